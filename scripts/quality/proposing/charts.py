"""The picture of a proposal: how it ranks, parts and holds, beside what it is held against.

Drawn by Vega-Lite, which is a part of dbt-charts, as SVG: the same proposal gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import vl_convert

from scripts.quality.evaluation import Leads
from scripts.quality.proposing.bands import Band
from scripts.shared.statistics import Flags, Numbers, isotonic, wilson

Chart = dict[str, Any]

# Points of a curve, and of a score in a bar.
_STEPS, _BAR = 100, 5
_COLOURS = ("#b8513a", "#4c78a8", "#7f7f7f", "#c9c9c9")
_WIDTH, _HEIGHT = 330, 220
_SHARE = {"format": "%"}


def drawn(leads: Leads, scores: Mapping[str, Numbers], bands: Sequence[Band]) -> str:
    """The charts as SVG. The first of `scores`, all of all `leads` or of those held out, is it.

    Of the others only curves are drawn; NaN is a lead without that score.
    """
    split = leads.first_held_out
    held = leads.converted[split:]
    own = next(iter(scores.values()))
    curves = list(_curves(held, {of: score[-len(held) :] for of, score in scores.items()}))
    names = list(scores)
    ranking = [
        _line("ROC curve: conversions found, others called in vain", curves, names,
              ("in_vain", "Others called in vain")),
        _line("Lift curve: conversions found among the best scored", curves, names,
              ("leads", "Leads called")),
    ]  # fmt: skip
    parting = [_spread(held, own[split:]), _bands(bands)]
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": "The proposal on the leads held out", "anchor": "start", "fontSize": 16},
        "background": "white",
        "config": {"view": {"stroke": None}, "axis": {"labelFontSize": 11}},
        "vconcat": [{"hconcat": ranking}, {"hconcat": parting}, _months(leads, own, split)],
        "resolve": {"scale": {"color": "independent"}},
    }
    drawing: str = vl_convert.vegalite_to_svg(specification)
    return drawing


def _line(title: str, rows: Sequence[Chart], names: Sequence[str], x: tuple[str, str]) -> Chart:
    field, said = x
    return {
        "title": title, "width": _WIDTH, "height": _HEIGHT, "data": {"values": list(rows)},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {"field": field, "type": "quantitative", "title": said, "axis": _SHARE},
            "y": {"field": "share", "type": "quantitative", "title": "Conversions found",
                  "axis": _SHARE},
            "order": {"field": "place"},
            "color": _colours(names),
        },
    }  # fmt: skip


def _colours(names: Sequence[str]) -> Chart:
    scale = {"domain": list(names), "range": list(_COLOURS[: len(names)])}
    return {"field": "name", "type": "nominal", "scale": scale, "title": None,
            "legend": {"orient": "bottom"}}  # fmt: skip


def _curves(converted: Flags, scores: Mapping[str, Numbers]) -> Iterator[Chart]:
    """Of each score the shares found, called and called in vain, the highest score first."""
    for name, of in scores.items():
        known = ~np.isnan(of)
        won, score = converted[known], of[known]
        ends = np.unique(-score, return_inverse=True)[1]
        called, found = (np.cumsum(np.bincount(ends, weights)) for weights in (None, won))
        called, found = (np.append(0, of_all) for of_all in (called, found))
        steps = np.unique(np.linspace(0, len(called) - 1, _STEPS).astype(int))
        for place, step in enumerate(steps.tolist()):
            yield {
                "name": name, "place": place,
                "leads": round(float(called[step] / called[-1]), 4),
                "in_vain": round(float(
                    (called[step] - found[step]) / max(1, called[-1] - found[-1])), 4),
                "share": round(float(found[step] / max(1, found[-1])), 4),
            }  # fmt: skip


def _spread(converted: Flags, score: Numbers) -> Chart:
    """Of the leads that converted, and of others, the share in each range of scores."""
    first, last = np.floor(score.min() / _BAR), np.ceil(score.max() / _BAR)
    edges = np.arange(first, max(last, first + 1) + 1) * _BAR
    rows = []
    for name, flags in (("converted", converted), ("others", ~converted)):
        shares = np.histogram(score[flags], edges)[0] / max(1, int(flags.sum()))
        for low, high, share in zip(edges[:-1], edges[1:], shares, strict=True):
            rows.append({"name": name, "low": low, "high": high, "share": round(share, 4)})
    return {
        "title": "Scores of leads that converted, and of others", "width": _WIDTH,
        "height": _HEIGHT, "data": {"values": rows},
        "mark": {"type": "bar", "opacity": 0.5},
        "encoding": {
            "x": {"field": "low", "type": "quantitative", "title": "Score", "bin": "binned"},
            "x2": {"field": "high"},
            "y": {"field": "share", "type": "quantitative", "title": "Share of them", "stack": None,
                  "axis": _SHARE},
            "color": _colours(["converted", "others"]),
        },
    }  # fmt: skip


def _bands(bands: Sequence[Band]) -> Chart:
    rows = [{"band": band.name, "share": band.rate, "low": band.low, "high": band.high,
             "leads": f"{band.share:.0%} of leads"} for band in bands]  # fmt: skip
    x = {"field": "band", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelAngle": 0}}  # fmt: skip
    y = {"type": "quantitative", "axis": _SHARE, "title": "Converted"}
    return {
        "title": "Conversion by band, with its 95 % interval",
        "width": _WIDTH, "height": _HEIGHT, "data": {"values": rows},
        "layer": [
            {"mark": {"type": "bar", "color": _COLOURS[1], "width": 40},
             "encoding": {"x": x, "y": y | {"field": "share"}}},
            {"mark": {"type": "rule", "strokeWidth": 2},
             "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "text", "dy": -8},
             "encoding": {"x": x, "y": y | {"field": "high"}, "text": {"field": "leads"}}},
        ],
    }  # fmt: skip


def _months(leads: Leads, score: Numbers, split: int) -> Chart:
    """By month of creation what the scores of the leads that teach promise, and what came."""
    came = leads.converted
    known, place = np.unique(score[:split], return_inverse=True)
    rates = isotonic(np.bincount(place, came[:split]), np.bincount(place))
    promised = np.interp(score, known, rates)
    month = leads.created_date.astype("datetime64[M]")
    months = np.unique(month).tolist()
    shares = [[float(of[month == own].mean()) for own in months] for of in (came, promised)]
    # Of few leads an interval goes beyond what is worth showing.
    top = 1.5 * max(*shares[0], *shares[1]) or 1.0
    rows: list[Chart] = []
    for own, *both in zip(months, *shares, strict=True):
        leads_of = month == own
        low, high = wilson(int(came[leads_of].sum()), int(leads_of.sum())) or (0.0, 1.0)
        part = "held out" if leads_of[split:].any() else "teach"
        common = {"month": f"{own:%Y-%m}-01", "leads": part, "low": round(min(low, top), 4),
                  "high": round(min(high, top), 4)}  # fmt: skip
        for name, share in zip(("came", "promised"), both, strict=True):
            rows.append(common | {"name": name, "share": round(share, 4)})
    x = {"field": "month", "type": "temporal", "timeUnit": "utcyearmonth",
         "title": "Month of creation", "axis": {"format": "%b %Y", "labelAngle": -45}}  # fmt: skip
    y = {"field": "share", "type": "quantitative", "title": "Converted", "axis": _SHARE,
         "scale": {"domain": [0, top]}}  # fmt: skip
    colour = _colours(["promised", "came"])
    return {
        "title": "All leads by month: what scores promise, and what came with its 95 % interval",
        "width": 2 * _WIDTH + 80, "height": _HEIGHT, "data": {"values": rows},
        "layer": [
            {"transform": [{"filter": "datum.name == 'came'"}],
             "mark": {"type": "rule", "color": _COLOURS[1], "opacity": 0.6},
             "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "strokeWidth": 2},
             "encoding": {"x": x, "y": y, "color": colour}},
            {"mark": {"type": "point", "size": 40},
             "encoding": {"x": x, "y": y, "color": colour,
                          "shape": {"field": "leads", "type": "nominal", "title": None,
                                    "scale": {"domain": ["teach", "held out"],
                                              "range": ["circle", "square"]},
                                    "legend": {"orient": "bottom"}}}},
        ],
    }  # fmt: skip
