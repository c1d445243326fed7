"""The pages of runs and their rejections."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from app.ingest.compose import Given
from app.ingest.inputs import find_inputs
from app.ingest.run import ingest
from app.store import runs
from app.store import tables as t
from tests.web.conftest import Site


def test_an_archive_without_runs_says_so(site: Site) -> None:
    page = site.get("/about/runs")
    assert (page.status, "Nothing was fed" in page.text) == (200, True)
    assert "/about/runs" in site.get("/about").html.links().values()


def test_a_run_is_told_with_its_rejections(site: Site) -> None:
    path = site.archive.write("deep/a.jsonl", '{"text": "One.", "id": "1"}\nno json\n{"text": ""}\n')
    site.archive.ingest(path, given=Given("<b>Gazette</b>", ("ports",)))
    listed = site.get("/about/runs")
    row = [cell.text.strip() for cell in listed.html.one("tbody").inside if cell.tag in ("td", "th")]
    assert (row[0], row[2], row[3:9], row[9]) == ("Run 1", "a.jsonl", ["3", "1", "0", "0", "0", "2"], "done")
    page = site.get("/about/runs/1")
    assert "a.jsonl, record 2" in page.text
    assert "it is not JSON: Expecting value at character 1" in page.text
    assert "&lt;b&gt;Gazette&lt;/b&gt;" in page.text
    assert str(path.parent) not in page.text + listed.text


def test_what_was_fed_is_shown_as_text_only(site: Site) -> None:
    site.archive.ingest(site.archive.write("<script>x.txt", b"\xff"), site.archive.write("b.jsonl", '["<img src=x>"\n'))
    page = site.get("/about/runs/1")
    assert "<img" not in page.text and not [one for one in page.html.all("script") if one.text]
    assert "&lt;script&gt;x.txt" in page.text


def test_rejections_are_paged(site: Site) -> None:
    site.archive.ingest(site.archive.write("a.jsonl", "".join(f"no json {n}\n" for n in range(120))))
    first, last, beyond = (site.get("/about/runs/1", page=number) for number in (1, 3, 99))
    assert "1–50 on this page" in first.text and "101–120 on this page" in last.text
    assert last.text == beyond.text
    assert site.get("/about/runs/1", page="x").text == first.text
    assert first.html.one("a", rel="next").attributes["href"] == "/about/runs/1?page=2"


@pytest.mark.parametrize("id", ["0", "2", "x", "9" * 30, "-1"])
def test_a_run_that_never_was_is_not_found(site: Site, id: str) -> None:
    site.archive.add("One.")
    assert site.get(f"/about/runs/{id}").status == 404


def test_a_run_goes_on_as_long_as_its_process_does(site: Site) -> None:
    with site.archive.database.writing() as connection:
        runs.start_run(connection, ["a.jsonl"])
    assert "running" in site.get("/about/runs").text
    assert "still running" in site.get("/about/runs/1").text
    assert "ended early" not in site.get("/about/runs/1").text


def test_a_run_whose_process_was_killed_ended_early(site: Site) -> None:
    code = (
        "import sys, os, signal; from app.store.database import Database; from app.store import runs\n"
        "with Database(sys.argv[1]).writing() as c: runs.start_run(c, ['a.jsonl'])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, site.archive.settings.database], env=os.environ, check=False)
    assert killed.returncode == -9
    assert "its process ended early" in site.get("/about/runs").text
    assert "the rest is when the same is fed again" in site.get("/about/runs/1").text


def test_a_run_from_before_this_was_written_down_ended_early(site: Site) -> None:
    with site.archive.database.writing() as connection:
        runs.start_run(connection, ["a.jsonl"])
        connection.execute(update(t.ingest_run).values(process=None, seen_at=None))
    assert "its process ended early" in site.get("/about/runs").text


def test_a_run_that_was_told_to_stop_says_so(site: Site) -> None:
    inputs, _ = find_inputs([str(site.archive.write("a.jsonl", "no json\n{}\n"))], None)
    ingest(site.archive.database, inputs, Given(), strict=True)
    assert "stopped at the first rejection" in site.get("/about/runs/1").text
