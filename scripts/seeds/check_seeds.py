"""Checks all seeds before any model runs, so that no point table says what it does not do."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.seeds.checks import mapping, misleading, models, naive_bayes, rules, sales
from scripts.seeds.checks.cells import check_cells
from scripts.seeds.checks.files import SeedFile, find_files, read_table
from scripts.seeds.checks.seeds import read_seeds
from scripts.seeds.checks.tables import Finding, Findings, Table
from scripts.seeds.checks.vocabulary import Vocabulary
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from scripts.shared.settings import project_var

_SHOWN = 20
_ORDER = ("file", "cell", "seeds", "landed")

# What is checked across rows and tables; a check names, as its parameters, the seeds that it reads.
_CHECKS: tuple[Callable[..., Findings], ...] = (
    models.champions,
    models.traffic_shares,
    models.groups,
    models.bands,
    models.grades,
    models.rescaling,
    rules.rule_ids,
    rules.conditions,
    rules.effects,
    rules.decays,
    rules.silences,
    rules.overlaps,
    rules.values,
    rules.reasons,
    mapping.event_conditions,
    mapping.sequences,
    mapping.measures,
    mapping.segment_conditions,
    mapping.nested_segments,
    mapping.stages,
    mapping.kpis,
    mapping.titles,
    mapping.countries_by_name,
    mapping.contacts,
    mapping.sources,
    mapping.rates,
    mapping.sizes,
    mapping.personas,
    naive_bayes.fields,
    naive_bayes.stages,
    sales.routing,
    sales.actions,
    sales.hours,
    sales.held_out,
    sales.fields,
    sales.alerts,
    misleading.lowest_bands,
    misleading.stages_by_band,
    misleading.bands_without_action,
    misleading.repeated_rules,
    misleading.ended_rules,
)


@dataclass(frozen=True)
class SeedReport:
    """What was found, what the rest rests on first: files, cells, then what tables say together.

    Of equals those of one file stand together, in the order of its lines. `folder` is that whose
    files people edit: the one laid over others, if there is one; `tables` are what was read of
    both, by name.
    """

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    folder: Path
    tables: Mapping[str, Table] = field(repr=False, compare=False)

    def raise_for_errors(self) -> None:
        """Raise a UserError that lists the errors, one a line, and the command that mends any."""
        if self.errors:
            lines = [str(finding) for finding in self.errors[:_SHOWN]]
            if len(self.errors) > _SHOWN:
                lines.append(f"and {len(self.errors) - _SHOWN} more")
            if self._is_mendable():
                lines.append(
                    "a spreadsheet writes such files; to have them mended: "
                    f"python -m scripts check-seeds --fix {_shown(self.folder)}"
                )
            raise UserError("\n".join(["the seeds cannot be used:", *lines]))

    def _is_mendable(self) -> bool:
        """Whether mending one of the files would do something about an error."""
        from scripts.seeds.fix_seeds import plan_fixes

        plan = plan_fixes(self.folder)
        faulty = {Path(finding.file).stem for finding in self.errors}
        return not plan.refused and any(Path(fix.file).stem in faulty for fix in plan.fixes)


def check_seeds(
    folder: Path, overlay: Path | None = None, *, allow_protected: bool | None = None
) -> SeedReport:
    """Check all CSV files of a folder of seeds.

    As with `LEADS_SEEDS`, files of the folder `overlay` replace those of the same name. Tables are
    compared with one another where neither has a faulty cell. With `allow_protected` rules may
    score protected attributes; None goes by the var in dbt_project.yml.
    """
    if allow_protected is None:
        allow_protected = project_var("allow_protected_attributes")
        if not isinstance(allow_protected, bool):
            raise UserError(
                f"allow_protected_attributes is {allow_protected!r}; it may be true or false"
            )
    tables, findings = _read_tables(folder, overlay)
    vocabulary = Vocabulary(tables)
    for table in tables.values():
        table.findings.extend(check_cells(table, vocabulary))
    checks = _CHECKS if allow_protected else (*_CHECKS, rules.protected)
    across = [finding for check in checks for finding in _applied(check, tables)]
    own = seed_files(overlay) if overlay else {}  # which may leave out what they do without
    across += misleading.emptied(table for name, table in tables.items() if name not in own)
    for table in tables.values():
        findings += table.findings
    findings += (replace(f, about="seeds") if f.about == "cell" else f for f in across)
    ordered = sorted(dict.fromkeys(findings), key=by_weight)
    errors = tuple(finding for finding in ordered if not finding.is_warning)
    warnings = tuple(finding for finding in ordered if finding.is_warning)
    return SeedReport(errors, warnings, overlay or folder, tables)


def seed_files(folder: Path, overlay: Path | None = None) -> dict[str, Path]:
    """The files of a folder of seeds by seed; those of `overlay` in place of those of their name.

    A seed that neither has is left out. Raises UserError where a folder may not be read.
    """
    files, _ = _files(folder, overlay)
    return {Path(name).stem: file.path for name, file in files.items() if file.path}


def _read_tables(folder: Path, overlay: Path | None) -> tuple[dict[str, Table], list[Finding]]:
    """The seeds by name, those of `overlay` laid over, and what is found of the folders."""
    seeds = read_seeds()
    files, findings = _files(folder, overlay)
    missing = {
        s.file_name: SeedFile(None, f"{folder.resolve().name}/{s.path}") for s in seeds.values()
    }
    files = missing | files
    return {name: read_table(files[seed.file_name], seed) for name, seed in seeds.items()}, findings


def _files(folder: Path, overlay: Path | None) -> tuple[dict[str, SeedFile], list[Finding]]:
    """The seeds of both folders by file name, and what is found of other files there."""
    known = [seed.file_name for seed in read_seeds().values()]
    files: dict[str, SeedFile] = {}
    findings: list[Finding] = []
    for place in filter(None, (folder, overlay)):
        own, odd = find_files(place.resolve(), known)
        files |= own
        findings += odd
    return files, findings


def _applied(check: Callable[..., Findings], tables: Mapping[str, Table]) -> Findings:
    """The findings of a check, if all tables that it reads are without fault."""
    read = [tables[name] for name in inspect.signature(check).parameters]
    if not any(table.is_faulty for table in read):
        yield from check(*read)


def by_weight(finding: Finding) -> tuple[int, str, int]:
    """The order in which findings are told."""
    return _ORDER.index(finding.about), finding.file, finding.line or 0


def _shown(folder: Path) -> Path:
    """A folder as one names it in the project."""
    return folder.relative_to(PROJECT) if folder.is_relative_to(PROJECT) else folder
