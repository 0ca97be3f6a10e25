"""A CSV that is edited keeps the bytes of all that was not."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.seeds.document import Document
from scripts.seeds.merge import Conflict, Key, merge
from scripts.seeds.overlay import SEEDS
from scripts.shared.errors import UserError

CELLS = st.text(st.sampled_from('ab1,"|\n\r é'), max_size=5)
ENDS = st.sampled_from(["\n", "\r\n"])


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[list[str]], str]:
    """A CSV as somebody may have written it: the text, its cells, and how its lines end."""
    width, height = draw(st.integers(2, 4)), draw(st.integers(2, 6))
    end = draw(ENDS)
    rows = [[draw(CELLS) for _ in range(width)] for _ in range(height)]
    lines = []
    for row in rows:
        must = [bool(set(cell) & set(',"\n\r')) for cell in row]
        lines.append(
            ",".join(
                quoted(cell) if needs or draw(st.booleans()) else cell
                for cell, needs in zip(row, must, strict=True)
            )
        )
    last = end if draw(st.booleans()) else ""
    return end.join(lines) + last, rows, end


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


@given(files(), st.data())
def test_only_lines_that_were_edited_differ(
    file: tuple[str, list[list[str]], str], data: st.DataObject
) -> None:
    text, rows, end = file
    document = Document.read(text.encode(), "file")
    assert document.to_bytes() == text.encode()
    assert [list(record.cells) for record in (document.header, *document.records)] == rows

    expected = [(list(record.cells), record) for record in document.records]
    for _ in range(data.draw(st.integers(0, 4))):
        what = data.draw(st.sampled_from(["edit", "add", "delete"]))
        place = data.draw(st.integers(0, len(expected)))
        if what == "add" or place == len(expected):
            cells = [data.draw(CELLS) for _ in rows[0]]
            expected.insert(place, (cells, document.record(cells)))
        elif what == "delete":
            del expected[place]
        else:
            cells = list(expected[place][0])
            cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(CELLS)
            expected[place] = (cells, expected[place][1].with_cells(cells))
    after = document.with_records(record for _, record in expected)

    assert read(after.to_bytes()) == [rows[0], *(cells for cells, _ in expected)]
    untouched = {id(record) for record in document.records}
    for record, (_, wanted) in zip(after.records, expected, strict=True):
        if id(wanted) in untouched and wanted.end:
            assert record.text == wanted.text
    assert after.to_bytes().startswith(document.header.text.rstrip("\r\n").encode())
    assert all(record.text.endswith(end) for record in after.records[:-1])


@pytest.mark.parametrize("file", sorted(SEEDS.rglob("*.csv")), ids=lambda file: file.stem)
def test_seeds_are_read_as_csv_reads_them_and_written_as_they_were(file: Path) -> None:
    content = file.read_bytes()
    document = Document.read(content, file.name)
    assert document.to_bytes() == content
    assert [list(row.cells) for row in (document.header, *document.records)] == read(content)


def test_a_cell_keeps_its_quotes_and_gets_them_where_it_needs_them() -> None:
    document = Document.read(b'a,b,c\r\n"1",2,"x, y"\r\n', "file")
    edited = document.records[0].with_cells(["3", "4, 5", "x, y"])
    added = document.record(["", 'say "no"', "6"])
    content = document.with_records([edited, added]).to_bytes()
    assert content == b'a,b,c\r\n"3","4, 5","x, y"\r\n,"say ""no""",6\r\n'


def test_a_byte_order_mark_blank_rows_and_a_missing_last_line_end_stay() -> None:
    content = '\ufeffa,b\n1,2\n\n"3",4'.encode()
    document = Document.read(content, "file")
    assert document.to_bytes() == content
    assert [record.cells for record in document.records] == [("1", "2"), ("", ""), ("3", "4")]
    longer = document.with_records([*document.records, document.record(["5", "6"])])
    assert longer.to_bytes() == content + b"\n5,6\n"


def test_lines_are_those_on_which_rows_begin() -> None:
    document = Document.read(b'a,b\n"1\n2",3\n4,5\n', "file")
    assert document.lines() == [2, 4]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"a,b\n\xff,1\n", "it is not UTF-8"),
        (b"a,b\n1\n", "row 2 has 1 cells, the header has 2"),
        (b'a,b\n"1,2\n', "in row 2 a double quote is not closed"),
        (b'a,b\n"1"2,3\n', "in row 2 a double quote is not closed, or text follows it"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_cause(content: bytes, cause: str) -> None:
    with pytest.raises(UserError, match=cause):
        Document.read(content, "points/score_bands.csv")


BASE = "key,points,reason\na,1,old\nb,2,old\nc,3,old\n"


def document(text: str) -> Document:
    return Document.read(text.encode(), "file")


def merged(
    ours: str, theirs: str, takes_ours: dict[Conflict, bool] | None = None
) -> tuple[str, tuple[Conflict, ...]]:
    found = merge(document(BASE), document(ours), document(theirs), ["key"], takes_ours or {})
    return found.document.to_bytes().decode(), found.conflicts


def test_edits_of_other_cells_and_rows_are_put_together() -> None:
    ours = "key,points,reason\na,10,old\nnew,5,mine\nb,2,old\n"
    theirs = 'key,points,reason\na,1,"theirs"\nb,2,old\nc,3,old\nz,9,theirs\n'
    text, conflicts = merged(ours, theirs)
    assert text == 'key,points,reason\na,10,"theirs"\nnew,5,mine\nb,2,old\nz,9,theirs\n'
    assert conflicts == ()


@pytest.mark.parametrize(("is_ours", "points"), [(True, "10"), (False, "20")])
def test_of_a_cell_that_both_changed_a_person_says_whose_counts(is_ours: bool, points: str) -> None:
    ours, theirs = BASE.replace("a,1", "a,10"), BASE.replace("a,1", "a,20")
    conflict = Conflict(Key(("a",), 0), "points", "10", "20")
    assert merged(ours, theirs)[1] == (conflict,)
    text, _ = merged(ours, theirs, {conflict: is_ours})
    assert text == BASE.replace("a,1", f"a,{points}")


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_row_that_one_changed_and_one_took_out_is_a_conflict(is_ours: bool) -> None:
    gone, changed = BASE.replace("a,1,old\n", ""), BASE.replace("a,1", "a,10")
    conflict = Conflict(Key(("a",), 0), None, None, "a, 10, old")
    assert merged(gone, changed)[1] == (conflict,)
    assert merged(gone, changed, {conflict: is_ours})[0] == (gone if is_ours else changed)
    conflict = Conflict(Key(("a",), 0), None, "a, 10, old", None)
    assert merged(changed, gone)[1] == (conflict,)
    assert merged(changed, gone, {conflict: is_ours})[0] == (changed if is_ours else gone)


def test_both_changed_the_same_is_no_conflict() -> None:
    both = BASE.replace("a,1", "a,10").replace("b,2,old\n", "")
    assert merged(both, both) == (both, ())
    added = BASE + "new,5,same\n"
    assert merged(added, added) == (added, ())


def test_other_columns_are_refused() -> None:
    with pytest.raises(UserError, match="columns of the file were changed"):
        merged(BASE, BASE.replace("reason", "why"))
