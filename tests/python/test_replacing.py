"""Files are put in the place of others whole, or not at all."""

import stat
from pathlib import Path

import pytest

from scripts.shared import modes
from scripts.shared.errors import UserError
from scripts.shared.replacing import replace_files


def rights(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_file_keeps_its_rights_and_a_link_what_it_leads_to(tmp_path: Path) -> None:
    file, link = tmp_path / "file.csv", tmp_path / "link.csv"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_files({link: b"new"})
    assert link.is_symlink()
    assert file.read_text() == "new"
    assert rights(file) == 0o640
    assert {path.name for path in tmp_path.iterdir()} == {"file.csv", "link.csv"}


def test_who_may_read_a_new_file_is_the_user_s_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modes, "UMASK", 0o027)
    file = tmp_path / "new" / "file.csv"
    replace_files({file: b"new"})
    assert rights(file) == 0o640
    assert rights(file.parent) == 0o750


def test_no_file_is_written_where_one_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("old")
    with pytest.raises(UserError, match=r"file\.csv/other\.csv cannot be written: "):
        replace_files({file: b"new", file / "other.csv": b"new"})
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]
