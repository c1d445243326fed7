"""The librarian's commands as a person runs them, with right and wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.test_commands import Shell
from tests.conftest import Archive


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


def _fed(shell: Shell) -> list[str]:
    """Three articles' ids."""
    lines = [
        json.dumps({"id": name, "title": name, "text": f"A text on {name}."}) for name in ("ports", "tolls", "ships")
    ]
    shell("ingest", "-", given="\n".join(lines).encode())
    archive = Archive(shell.folder)
    ids = archive.ids()
    archive.close()
    return ids


def _found(shell: Shell, query: str) -> int:
    return int(json.loads(shell("search", query, "--json").stdout)["total"])


def test_an_edit_is_said_searched_and_undone(shell: Shell) -> None:
    id, *_ = _fed(shell)
    done = shell(
        "edit", f"https://x.example/a/{id.upper()}/slug#p2", "--title", "Harbours", "--author", "Ann", "--reason", "R"
    )
    assert done.returncode == 0, done.stderr
    assert f"Edited {id}: title, authors (correction 1, " in done.stdout
    assert _found(shell, "author:ann harbours") == 1
    assert f"Took the last edit of {id} back" in shell("edit", id, "--undo").stdout
    assert _found(shell, "author:ann") == 0


def test_a_withdrawal_is_searched_no_more_and_undone(shell: Shell) -> None:
    id, *_ = _fed(shell)
    assert f"Withdrew {id}" in shell("withdraw", id, "--reason", "They asked").stdout
    assert _found(shell, "text") == 2
    assert f"Brought back {id}" in shell("withdraw", id, "--undo").stdout
    assert _found(shell, "text") == 3


def test_a_merge_is_said_and_undone(shell: Shell) -> None:
    first, second, _ = _fed(shell)
    assert f"Merged {first} into {second}" in shell("merge", first, second).stdout
    assert _found(shell, "text") == 2
    assert f"Parted {first}" in shell("merge", first, "--undo").stdout
    assert _found(shell, "text") == 3


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("edit", "ID"), 2, "say what to change"),
        (("edit", "ID", "--date", "7/5/2016"), 2, "published: “7/5/2016” is not a date that can be read"),
        (("edit", "ID", "--title", ""), 2, "needs a title"),
        (("edit", "ID", "--title", "x", "--undo"), 2, "goes with no other change"),
        (("edit", "ID", "--undo"), 1, "there is nothing to undo"),
        (("edit", "nonsense", "--title", "x"), 2, "is no article's id"),
        (("edit", "000000000000", "--title", "x"), 1, "No article of this archive has the id"),
        (("withdraw", "ID"), 2, "say why, with --reason"),
        (("withdraw", "ID", "--undo"), 1, "is not withdrawn"),
        (("merge", "ID"), 2, "name both"),
        (("merge", "ID", "ID"), 1, "can't be merged into itself"),
        (("merge", "ID", "--undo"), 1, "is not merged"),
        (("export",), 2, "say where to"),
        (("export", "-o", "a.xyz"), 2, "Known are: jsonl, warc"),
        (("export", "-o", "missing/a.jsonl"), 2, "no such folder"),
        (("redirects", "import", "missing.csv"), 2, "can't be read"),
        (("redirects", "remove", "/x"), 1, "leads nowhere"),
    ],
)
def test_wrong_use_gets_a_sentence(shell: Shell, words: tuple[str, ...], code: int, sentence: str) -> None:
    id = _fed(shell)[0]
    done = shell(*(id if word == "ID" else word for word in words))
    assert done.returncode == code
    assert sentence in done.stderr


def test_an_export_is_fed_to_another_archive(shell: Shell, tmp_path: Path) -> None:
    ids = _fed(shell)
    shell("withdraw", ids[0], "--reason", "They asked")
    assert "3 articles in all.warc.gz." in shell("export", "-o", "all.warc.gz").stdout
    assert "2 articles in some.jsonl." in shell("export", "text", "-o", "some.jsonl").stdout
    other = {"ARCHIVE_DATA_DIR": str(tmp_path / "other")}
    summary = json.loads(shell("ingest", "all.warc.gz", "--json", **other).stdout)
    assert (summary["read"], summary["added"], summary["rejected"]) == (3, 3, 0)
    assert json.loads(shell("search", "text", "--json", **other).stdout)["total"] == 2
    assert "All is well" in shell("verify", **other).stdout
    assert "0 added, 0 revised, 2 unchanged" in shell("ingest", "some.jsonl", **other).stdout
    for name, data in (("here", {}), ("there", other)):
        assert "3 versions of 3 articles" in shell("manifest", name, **data).stdout
    assert Path("here/SHA256SUMS").read_bytes() == Path("there/SHA256SUMS").read_bytes()
    mixed = shell("ingest", "all.warc.gz", shell.write("a.txt", "Text."))
    assert (mixed.returncode, "is read alone" in mixed.stderr) == (2, True)


def test_verify_names_what_was_altered(shell: Shell) -> None:
    ids = _fed(shell)
    assert shell("verify").returncode == 0
    archive = Archive(shell.folder)
    with archive.database.writing() as connection:
        connection.execute(text("UPDATE paragraph SET text = 'Altered.' WHERE version_id = 1"))
        connection.execute(text("UPDATE version SET title = 'Altered' WHERE id = 2"))
        connection.execute(text("DELETE FROM paragraph WHERE version_id = 3"))
        connection.execute(text("INSERT INTO outbox (article_id) VALUES (:id)"), {"id": ids[0]})
        second = "SELECT article_id FROM version WHERE id = 2"
        altered = f"UPDATE article SET current = 2, withdrawn_at = stored_at WHERE id IN ({second})"
        connection.execute(text(altered))
    archive.close()
    done = shell("verify")
    assert done.returncode == 1
    for sentence in (
        "the text of version 1 is not the one its sha256 is of",
        "the metadata of version 1 are not those that were stored",
        "the text of version 1 is gone",
        "The index owes a look at 1 article",
        "it should have the versions 1 to 2; 1 are there",
        "The index holds 1 article (",
    ):
        assert sentence in done.stdout, done.stdout


def test_redirects_are_checked_whole_and_then_kept(shell: Shell) -> None:
    id = _fed(shell)[0]
    wrong = shell.write("wrong.csv", f"old,new\n/a1,{id}\n/b1,/c1\n/c1,/b1\n/d1,nowhere\n")
    done = shell("redirects", "import", wrong)
    assert done.returncode == 1
    for sentence in ("Line 3: /b1 leads in a circle", "Line 5: “nowhere” is no article", "3 of 4 lines are wrong"):
        assert sentence in done.stderr
    assert shell("redirects", "list").stdout == ""
    right = shell.write("right.csv", f"/a1,{id}\n/b1,/a1\n")
    assert "2 addresses were added" in shell("redirects", "import", right).stdout
    assert "0 addresses were added, 2 led there already" in shell("redirects", "import", right).stdout
    assert shell("redirects", "list").stdout == f"/a1,/a/{id}\n/b1,/a/{id}\n"
    assert shell("redirects", "remove", "/a1").returncode == 0
    three = shell.write("three.csv", "/a1,b,c\n")
    assert "it has 3 columns, not two" in shell("redirects", "import", three).stderr
