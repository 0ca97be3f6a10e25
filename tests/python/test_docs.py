"""What README and docs tell of is there: pages, commands, settings, marts, steps of the models."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from scripts.commands import app
from scripts.shared.paths import PROJECT

MODELS = PROJECT / "models"
PAGES = sorted(
    page
    for pages in ("*.md", "docs/**/*.md", "models/**/*.md", "presets/*.md")
    for page in PROJECT.glob(pages)
)


def told(page: str) -> str:
    return (PROJECT / page).read_text("utf-8")


def commands() -> set[str]:
    return {
        command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        for command in app.registered_commands
    }


def test_readme_is_short() -> None:
    assert len(told("README.md").splitlines()) <= 120


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_readme() -> None:
    readme = told("README.md")
    for page in (PROJECT / "docs").glob("*.md"):
        assert f"](docs/{page.name})" in readme


def test_every_command_is_in_the_table_that_the_readme_names() -> None:
    assert "](docs/operations.md#commands)" in told("README.md")
    table = told("docs/operations.md").split("\n## Commands\n")[1].split("\n## ")[0]
    for name in commands():
        assert re.search(rf"`python -m scripts {name}[ `]", table), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_no_other_command_is_told_of(page: Path) -> None:
    text = page.read_text("utf-8")
    assert {*re.findall(r"python -m scripts ([a-z][a-z-]*)", text)} <= commands()
    targets = {*re.findall(r"^([a-z-]+):", told("Makefile"), re.M)}
    assert {*re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.M)} <= targets


def test_every_setting_is_told_of() -> None:
    page = told("docs/settings.md")
    for name in yaml.safe_load(told("dbt_project.yml"))["vars"]:
        assert re.search(rf"^\| .*`{name}`.* \|", page, re.M), name
    read = [PROJECT / "profiles.yml", PROJECT / "dbt_project.yml", *PROJECT.glob("scripts/**/*.py")]
    for name in {*re.findall(r"\bLEADS_[A-Z_]+", "".join(map(Path.read_text, read)))}:
        assert re.search(rf"^\| .*`{name}`.* \|", page, re.M), name


def test_every_mart_is_told_of() -> None:
    table = told("docs/bi.md").split("\n## The marts\n")[1].split("\n## ")[0]
    first_cells = "".join(re.findall(r"^\| (.+?) \|", table, re.M))
    assert {*re.findall(r"`(\w+)`", first_cells)} == {
        file.stem for file in MODELS.rglob("*.sql") if not re.match("(stg|int)_", file.stem)
    }


@cache
def places() -> dict[str, str]:
    """The folder of each model and seed, as models/README.md names it."""
    return {
        file.stem: name_of(file)
        for file in [*MODELS.rglob("*.sql"), *(PROJECT / "seeds").rglob("*.csv")]
    }


def name_of(file: Path) -> str:
    folder = str(file.parent.relative_to(PROJECT)).removeprefix("models/")
    return file.stem if folder == "intermediate" else folder.removeprefix("intermediate/")


def named(sql: str) -> Iterator[str]:
    """The models and seeds that SQL refers to, also by `ref('int_' ~ kind ~ '_rules')`."""
    for first, rest in re.findall(r"ref\(\s*'(\w+)'((?:\s*~\s*(?:\w+|'\w*'))*)", sql):
        parts = [re.escape(first)]
        for literal, _ in re.findall(r"~\s*(?:'(\w*)'|(\w+))", rest):
            parts.append(re.escape(literal) or r"\w+")
        yield from (name for name in places() if re.fullmatch("".join(parts), name))


@cache
def references() -> dict[str, set[str]]:
    """What each model reads; macros of the project that read anything are looked into."""
    macros = {
        name: {*named(body)}
        for file in (PROJECT / "macros").glob("*.sql")
        for name, body in re.findall(
            r"macro (\w+)\(.*?(?=-?%\})(.*?)endmacro", file.read_text("utf-8"), re.S
        )
    }
    found = {}
    for file in MODELS.rglob("*.sql"):
        sql = file.read_text("utf-8")
        called = (macros[name] for name in re.findall(r"(\w+)\(", sql) if name in macros)
        found[file.stem] = {*named(sql)}.union(*called) - {file.stem}
    return found


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the table under a row of heads."""
    lines = told(page).split(f"\n{head}\n")[1].splitlines()[1:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def quoted(cell: str) -> set[str]:
    return {*re.findall(r"`([\w/]+)`", cell)}


FOLDERS = "| folder | comes in: what it reads | goes out: what it makes |"


def test_the_steps_read_what_their_page_says() -> None:
    reads: dict[str, set[str]] = {}
    for model, read in references().items():
        reads.setdefault(places()[model], set()).update(places()[name] for name in read)
    for folder, comes_in, _ in rows("models/README.md", FOLDERS):
        (name,) = quoted(folder)
        assert quoted(comes_in) == reads.pop(name) - {name}, name
    assert not reads


def test_no_step_reads_a_later_one_or_a_mart() -> None:
    order = [name for folder, *_ in rows("models/README.md", FOLDERS) for name in quoted(folder)]
    against = {
        (model, name)
        for model, read in references().items()
        for name in read
        if not places()[name].startswith("seeds/")
        and order.index(places()[name]) > order.index(places()[model])
    }
    assert not against
    steps = {name for name, place in places().items() if "/" not in place} - {"naive_bayes"}
    read_by_steps = {
        places()[name]
        for model, read in references().items()
        for name in read
        if model in steps and places()[model] != "naive_bayes"
    }
    assert not {place for place in read_by_steps if place.startswith("marts/")}
    others = {
        name
        for model, read in references().items()
        if places()[model] != "naive_bayes"
        for name in read
    }
    assert "naive_bayes" not in {places()[name] for name in others}


def test_models_are_short() -> None:
    lines = {
        file.stem: len(told(str(file.relative_to(PROJECT))).splitlines())
        for file in MODELS.rglob("*.sql")
    }
    assert {name: count for name, count in lines.items() if count > 80} == {}


def test_each_model_on_the_way_of_an_event_reads_the_one_before() -> None:
    page = told("docs/architecture.md")
    ways = re.findall(r"(?:^\d+\. .+\n(?: +.+\n)*)+", page, re.M)
    ways = [re.findall(r"^\d+\. `(\w+)`", way, re.M) for way in ways]
    assert [way[-1] for way in ways] == ["lead_score_factors", "lead_score"]
    for way in ways:
        for before, model in pairwise(way):
            assert before in references()[model], model


def test_the_architecture_names_models_that_are_there() -> None:
    named_there = re.findall(r"`((?:stg|int)_\w+)`", told("docs/architecture.md"))
    assert named_there and {*named_there} <= {*places()}
