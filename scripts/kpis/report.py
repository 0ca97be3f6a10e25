"""What the KPI report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

EVERY_MONTH, EVERY_SLICE, NO_SLICE = "all", "(all)", "(none)"
TOO_EARLY = "too early"

DIMENSIONS = ("channel", "region")
Number = int | float | None
# A period, and a value of each of the dimensions.
Slice = tuple[str, str, str]


@dataclass(frozen=True)
class Kpi:
    """One KPI for a period, channel and region.

    `period` is YYYY-MM or `all`; `channel` and `region` are `(all)` where the row is not split by
    them. `unit` is count, money (reporting currency), rate (0.1 is 10 %), ratio, days, hours or
    months. `lower` and `upper` are a 95 % interval: Wilson's of a share of independent cases, the
    bootstrap's of a median or mean. `note` also says what share of it no slice has, and counts the
    faults of the tables that it rests on.
    """

    kpi: str
    label: str
    method: str
    period: str
    channel: str
    region: str
    value: Number
    lower: Number
    upper: Number
    numerator: Number
    denominator: Number
    unit: str
    note: str

    @property
    def slice(self) -> Slice:
        """Its period, channel and region."""
        return self.period, self.channel, self.region

    @property
    def is_too_early(self) -> bool:
        """Whether the value cannot be said yet; the files and tables then say so in its place."""
        return self.value is None and self.note.startswith(TOO_EARLY)


@dataclass(frozen=True)
class Issue:
    """How many records of an entity have a fault of one name, with one of them as an example."""

    issue: str
    entity: str
    records: int
    example: str


@dataclass(frozen=True)
class KpiReport:
    """All KPIs, the choices that they rest on, the days that they cover, and where they lie.

    `issues` are the faults of the landed data, `marts.data_issues` counted by name and entity.
    `unknown` says by period and slice of what part of the main KPIs no channel or region is known.
    The files lie in `folder`, all of one `name`.
    """

    rows: tuple[Kpi, ...]
    choices: Mapping[str, str]
    issues: tuple[Issue, ...]
    unknown: Mapping[Slice, str]
    first_day: date | None
    last_day: date | None
    folder: Path
    name: str

    @property
    def csv_file(self) -> Path:
        """The report as a long table: a row a KPI, method, period and slice."""
        return self.folder / f"{self.name}.csv"

    @property
    def json_file(self) -> Path:
        """The same, with the choices and data issues."""
        return self.folder / f"{self.name}.json"

    @property
    def wide_files(self) -> tuple[Path, Path]:
        """A column a KPI, for a spreadsheet: with decimal points, and with decimal commas."""
        return (
            self.folder / f"{self.name}.wide.csv",
            self.folder / f"{self.name}.wide.decimal_comma.csv",
        )
