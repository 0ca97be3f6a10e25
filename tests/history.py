"""A small warehouse whose leads tell nothing about their outcome, but for a taste and what cheats.

What tells them apart comes with the opportunity, 20 days after creation: a version of the lead that
names the product sold, and a call. `deal_number` was filled in afterwards, as if it were known from
the first day. `taste` leans towards the leads that convert.
"""

import random
from datetime import date, timedelta
from pathlib import Path

from tests.warehouse import Row, build

START = date(2025, 1, 1)
RULES = ("score_model", "rule_id", "score_group", "points", "locked", "reason")


def leads_without_a_clue() -> dict[str, list[Row]]:
    """600 leads, each with an opportunity 20 days later or none, whatever they are and did."""
    draw = random.Random(6)
    raw: dict[str, list[Row]] = {"leads": [], "lead_events": [], "opportunities": []}
    for number in range(600):
        lead_id, day = f"l{number:03}", START + timedelta(number % 60)
        created = {"lead_id": lead_id, "created_at": f"{day}T08:00:00", "updated_at": f"{day}"}
        converts = draw.random() < 1 / 3
        taste = "yes" if draw.random() < (0.6 if converts else 0.3) else "no"
        industry = draw.choice(["Software", "Media", "Retail"])
        known = {"taste": taste} | ({"deal_number": f"{number}"} if converts else {})
        raw["leads"].append({**created, "industry": industry, "attributes": known})
        raw["lead_events"].append(
            {"event_id": f"v{number}", "lead_id": lead_id, "event_type": "email_open",
             "occurred_at": f"{day + timedelta(draw.randrange(7))}T09:00:00"}
        )  # fmt: skip
        if converts:
            won = f"{day + timedelta(20)}T09:00:00"
            later = known | {"product_sold": "gold"}
            raw["leads"].append(
                {**created, "updated_at": won, "industry": industry, "attributes": later}
            )
            raw["lead_events"].append(
                {"event_id": f"s{number}", "lead_id": lead_id, "event_type": "call_connected",
                 "occurred_at": won}
            )  # fmt: skip
            raw["opportunities"].append(
                {"opportunity_id": f"o{number}", "lead_id": lead_id, "created_at": won,
                 "stage": "won", "closed_at": won, "is_won": "true"}
            )  # fmt: skip
    return raw


def models_that_guess_and_cheat() -> dict[str, list[Row]]:
    names = ("guesses", "cheats", "knows", "learns")
    return {
        "score_models": [
            {"score_model": name, "role": "challenger" if number else "champion",
             "traffic_share": "0" if number else ""}
            for number, name in enumerate(names)
        ],
        "score_groups": [{"score_model": n, "score_group": "g", "kind": "fit"} for n in names],
        "score_bands": [
            {"score_model": name, "band": band, "band_order": order, "lower_bound": lower}
            for name in names
            for order, band, lower in ((1, "cold", ""), (2, "hot", 10), (3, "sales_ready", 20))
        ],
        "attribute_points": [
            dict(zip((*RULES, "attribute", "operator", "value", "effect"), row, strict=True))
            for row in (
                ("guesses", "media", "g", 10, "no", "r", "industry", "equals", "Media", "points"),
                ("guesses", "shop", "g", 20, "no", "r", "industry", "equals", "Retail", "points"),
                ("cheats", "sold", "g", 50, "no", "r", "product_sold", "is_set", "", "points"),
                ("knows", "taste", "g", 10, "no", "r", "taste", "equals", "yes", "points"),
                ("learns", "taste", "g", 5, "no", "r", "taste", "equals", "yes", "points"),
                ("learns", "media", "g", 4, "yes", "r", "industry", "equals", "Media", "points"),
                ("learns", "shop", "g", 9, "no", "r", "industry", "equals", "Retail", "points"),
                ("learns", "deal", "g", 1, "no", "r", "deal_number", "is_set", "", "points"),
                ("learns", "bank", "g", 3, "no", "r", "industry", "equals", "Bank", "points"),
            )
        ],
        "event_points": [
            dict(zip((*RULES, "event_key", "decay"), row, strict=True))
            for row in (
                ("guesses", "visit", "g", 5, "no", "r", "email_open", "none"),
                ("cheats", "signed", "g", 50, "no", "r", "call_connected", "none"),
            )
        ],
        **{name: [] for name in ("inactivity_points", "grade_bounds", "grade_matrix",
                                 "golden_leads")},
    }  # fmt: skip


def build_history(folder: Path) -> None:
    """Build it in `folder`: leads.duckdb, and in seeds/ the point tables."""
    marts = ("lead_score_by_model", "lead_score_factors", "lead_verdicts")
    select = ["+path:models/marts/quality", *(f"+{mart}" for mart in marts)]
    build(
        folder, leads_without_a_clue(), models_that_guess_and_cheat(), select, outcome_days="60",
        as_of="2025-06-30",
    ).close()  # fmt: skip
