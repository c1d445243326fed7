"""`policy-archive search` and `export` where articles are nearly the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import Shell
from tests.search.prose import edited, prose


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    records = [
        {"id": "a", "title": "Levy agreed", "text": "\n\n".join(prose(1)), "published": "2016-07-21"},
        {"id": "b", "title": "Agreed", "text": "\n\n".join(edited(prose(1))), "source": "Wire", "published": "2017"},
        {"id": "c", "title": "Levy refused", "text": "\n\n".join(prose(2)), "published": "2015"},
    ]
    shell("ingest", "-", given="\n".join(map(json.dumps, records)).encode())
    return shell


def test_the_terminal_lists_what_is_beneath(shell: Shell) -> None:
    said = shell("search", "levy", "--sort", "newest").stdout
    assert "1 similar" in said
    assert "Levy agreed, source unknown, 21 July 2016" in said
    assert "3 articles, 1 of them beneath a similar one (--similar all lists them) (" in said
    every = shell("search", "levy", "--similar", "all").stdout
    assert "similar" not in every
    assert "3 articles (" in every


def test_json_collapses_as_the_site_does(shell: Shell) -> None:
    found = json.loads(shell("search", "levy", "--json", "--sort", "newest").stdout)
    assert [(hit["guid"], hit["similar"]) for hit in found["hits"]] == [("b", 1), ("c", 0)]
    every = json.loads(shell("search", "levy", "--json", "--similar", "all").stdout)
    assert (every["total"], every["collapsed"], len(every["hits"])) == (3, 0, 3)


def test_a_wrong_way_is_wrong_use(shell: Shell) -> None:
    done = shell("search", "levy", "--similar", "some")
    assert done.returncode == 2
    assert "'some'" in done.stderr


def test_an_export_holds_every_article(shell: Shell) -> None:
    assert "3 articles in" in shell("export", "levy", "-o", "out.jsonl").stdout
