import os
from pathlib import Path

import pytest

from app.ingest.inputs import WrongInput, find_inputs


def names(folder: Path, *named: str) -> list[str]:
    inputs, wrong = find_inputs(list(named) or [str(folder)], None)
    assert not wrong
    return [Path(input.file).name for input in inputs]


def problem(*named: Path | str) -> str:
    inputs, wrong = find_inputs([str(one) for one in named], None)
    assert not inputs
    (only,) = wrong
    assert isinstance(only, WrongInput)
    return str(only)


def test_a_folder_gives_its_files_by_path(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c/d.jsonl.gz", "README.md", ".hidden.txt", ".git/x.txt", "picture.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert names(tmp_path) == ["a.md", "b.txt", "d.jsonl.gz"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["a.txt"]


def test_what_cannot_be_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no such file or folder. Check the path" in problem(tmp_path / "missing.txt")
    assert "holds no file that can be read" in problem(tmp_path / "empty")
    assert "no file (a device or socket)" in problem("/dev/null")
    assert "can't be looked at" in problem("a\0b")


def test_a_missing_path_does_not_keep_the_others_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    inputs, wrong = find_inputs([str(tmp_path / "missing.txt"), str(tmp_path / "a.txt")], None)
    assert len(inputs) == 1 and len(wrong) == 1


@pytest.mark.skipif(os.name != "posix", reason="only POSIX file names are bytes")
def test_a_file_name_that_is_no_utf8_can_be_printed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    (only,), _ = find_inputs([str(tmp_path)], None)
    assert only.file.encode() and only.file.endswith("caf\ufffd.txt")
