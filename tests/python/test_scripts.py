"""What scripts know of one another, and of the tables below the marts."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from scripts.landing.contract import read_contract
from scripts.shared import interface
from scripts.shared.paths import PROJECT

SCRIPTS = PROJECT / "scripts"
MODULES = sorted([*SCRIPTS.rglob("*.py"), *(PROJECT / "tests").rglob("*.py")])
INTERFACE = SCRIPTS / "shared" / "interface.py"
# The benchmark stands beside the project.
READERS = [
    module
    for module in SCRIPTS.rglob("*.py")
    if module != INTERFACE and module.parent.name != "bench"
]


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def own_imports(module: Path) -> Iterator[tuple[str, ast.alias]]:
    """What a module imports from scripts and tests: from which package or module, and what."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("scripts", "tests")
        ):
            yield from ((str(node.module), alias) for alias in node.names)


def is_private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__")


def private_names(module: Path) -> Iterator[str]:
    """Names with a leading underscore that a module takes from another: by import, as an attribute
    of what it imported, or in a test that puts something else in their place.
    """
    known = set()
    for source, alias in own_imports(module):
        known.add(alias.asname or alias.name)
        if is_private(alias.name):
            yield f"{source}.{alias.name}"
    for node in ast.walk(parsed(module)):
        match node:
            case ast.Attribute(ast.Name(id=owner), attribute) if owner in known:
                if is_private(attribute):
                    yield f"{owner}.{attribute}"
            case ast.Call(ast.Attribute(attr="setattr"), [ast.Constant(str(path)), *_]):
                if is_private(path.rpartition(".")[2]):
                    yield path
            case ast.Call(ast.Attribute(attr="setattr"), [_, ast.Constant(name), *_]):
                if is_private(name):
                    yield str(name)


def test_only_what_is_public_is_used_elsewhere() -> None:
    found = {str(module): [*private_names(module)] for module in MODULES}
    assert {module: names for module, names in found.items() if names} == {}


def test_what_all_share_needs_none_of_the_others() -> None:
    for module in (SCRIPTS / "shared").glob("*.py"):
        for source, _ in own_imports(module):
            assert source.startswith("scripts.shared"), module


def test_every_folder_says_what_is_in_it() -> None:
    folders = {file.parent for file in SCRIPTS.glob("*/*.py")}
    assert len(folders) <= 9
    for folder in folders:
        said = ast.get_docstring(parsed(folder / "__init__.py")) or ""
        assert said.endswith(".") and "\n" not in said, folder


def texts(module: Path) -> Iterator[str]:
    """The texts in a module, with {} for what is put into them."""
    for node in ast.walk(parsed(module)):
        match node:
            case ast.Constant(str(text)):
                yield text
            case ast.JoinedStr(parts):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
                )


def tables(module: Path, schemas: str) -> set[str]:
    """The tables of some schemas that a module names in a text; {} for a name put into it."""
    naming = rf"\b(?:{schemas})\.(?:\w+|\{{\}})"
    return {table for text in texts(module) for table in re.findall(naming, text)}


def made(folder: Path) -> set[str]:
    """The tables that the modules of a folder make themselves."""
    making = r"create table (?:if not exists )?(?:\{catalog\}\.)?((?:raw|state)\.\w+)"
    return {
        table
        for module in folder.glob("*.py")
        for text in texts(module)
        for table in re.findall(making, text)
    }


def test_scripts_read_below_the_marts_by_the_interface_alone() -> None:
    for module in READERS:
        assert tables(module, "staging|intermediate|seeds") == set(), module
        assert tables(module, "state") <= {*made(module.parent), "state.{}"}, module


def test_of_raw_scripts_read_the_contract_and_what_land_notes() -> None:
    contract = {f"raw.{entity}" for entity in read_contract()}
    known = {*contract, *made(SCRIPTS / "landing"), "raw.{}"}
    for module in READERS:
        assert tables(module, "raw") <= known, module


def test_the_interface_has_tables_that_are_there_and_read() -> None:
    models = {file.stem for file in (PROJECT / "models").rglob("*.sql")}
    models |= {file.stem for file in (PROJECT / "seeds").rglob("*.csv")}
    for name, table in vars(interface).items():
        if not name.isupper():
            continue
        schema, _, model = table.partition(".")
        assert schema == "state" or model in models, table
        readers = [reader for reader in READERS if re.search(rf"\b{name}\b", reader.read_text())]
        assert readers, name
