"""What was done to a seed's file, and what could not be."""

from dataclasses import dataclass, field

from scripts.seeds.checks.tables import Finding, shortened

Line = tuple[int, list[str]]  # the number of a row's first line in its file, and its cells


@dataclass(frozen=True)
class Fix:
    """What was done to a file, or to a cell of a line: what stood there and stands now."""

    file: str
    what: str
    line: int | None = None
    column: str | None = None
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        """One line: place and what was done."""
        if not self.column:
            return f"{self.file}: {self.what}"
        before, after = shortened(self.before), shortened(self.after)
        return (
            f"{self.file} line {self.line}, column {self.column}: '{before}' is now '{after}' "
            f"({self.what})"
        )


@dataclass
class Notes:
    """The fixes of a file, and the findings for which it is refused.

    `padded` are the lines whose rows ended early: what they hold must go with the empty rest.
    """

    file: str
    fixes: list[Fix] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    padded: set[int] = field(default_factory=set)

    def fixed(self, what: str) -> None:
        """Note what was done to the whole file."""
        self.fixes.append(Fix(self.file, what))

    def refuse(self, message: str, line: int, column: str, value: str) -> None:
        """Note that a cell cannot be fixed."""
        shown = f"'{shortened(value)}' {message}"
        self.refused.append(Finding(self.file, line, column, value, shown))
