"""Commands that fetch, dry runs and strict ones, as a person runs them."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import Shell
from tests.ingest.fetch.web import answer, page, serving

OPEN = {"ARCHIVE_FETCH_PRIVATE": "true", "ARCHIVE_FETCH_DELAY": "0"}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


def test_an_address_is_ingested(shell: Shell) -> None:
    with serving({"/a": page("Ports reopen")}) as server:
        done = shell("ingest", f"{server.address}/a", f"{server.address}/b", "--json", **OPEN)
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    assert (summary["read"], summary["added"], summary["rejected"]) == (2, 1, 1)
    assert f"{server.address}/b: rejected: its site answered 404 Not Found." in done.stderr
    found = json.loads(shell("search", "council", "--json").stdout)["hits"][0]
    assert found["title"] == "Ports reopen"


def test_private_addresses_are_closed_unless_a_setting_opens_them(shell: Shell) -> None:
    with serving({"/a": page()}) as server:
        done = shell("ingest", f"{server.address}/a", ARCHIVE_FETCH_PORTS=str(server.port))
    assert done.returncode == 0
    assert "127.0.0.1 is not on the open web (loopback)" in done.stderr
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("ftp://example.org/a", "ftp://example.org/a: “ftp” is not http or https, and nothing else is fetched."),
        ("http://ann:secret@example.org/", "http://…@example.org/: the address has a user name or password in it"),
        ("https://exa..mple/", "no host name that can exist"),
    ],
)
def test_what_cannot_be_an_address_is_wrong_use(shell: Shell, address: str, sentence: str) -> None:
    done = shell("ingest", address)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "secret" not in done.stderr
    assert not shell.data.exists()


class TestDryRun:
    def test_tells_what_would_become_of_each_record_and_writes_nothing(self, shell: Shell) -> None:
        shell("ingest", "-", given=b'{"text": "Old.", "title": "Old", "id": "1"}')
        before = (shell.data / "archive.sqlite3").read_bytes()
        path = shell.write(
            "a.jsonl",
            '{"text": "Old.", "title": "Old", "id": "1"}\n{"text": "Newer.", "title": "Newer", "id": "1"}\n'
            '{"text": "New.", "title": "New", "id": "2"}\n{"text": "New.", "title": "New", "id": "2"}\nnot json\n',
        )
        done = shell("ingest", path, "--dry-run")
        assert done.returncode == 0
        assert [line.split() [0] for line in done.stdout.splitlines()[:5]] == [
            "unchanged", "revised", "added", "duplicate", "rejected",
        ]  # fmt: skip
        assert f"added     {path}, record 3: New" in done.stdout
        assert "Nothing was written: 5 records read" in done.stdout
        assert (shell.data / "archive.sqlite3").read_bytes() == before
        assert json.loads(shell("ingest", path, "--dry-run", "--json").stdout) == (
            json.loads(shell("ingest", path, "--json").stdout) | {"run": None, "seconds": pytest.approx(0, abs=60)}
        )

    def test_begins_no_archive(self, shell: Shell) -> None:
        done = shell("ingest", shell.write("a.txt", "Text."), "--dry-run", "--json")
        assert (done.returncode, json.loads(done.stdout)["added"]) == (0, 1)
        assert not shell.data.exists()

    def test_fetches_and_keeps_nothing(self, shell: Shell) -> None:
        with serving({"/a": page("Ports reopen")}) as server:
            done = shell("ingest", f"{server.address}/a", "--dry-run", **OPEN)
        assert f"added     {server.address}/a: Ports reopen" in done.stdout
        assert not shell.data.exists()


def test_strict_stops_at_the_first_rejection_and_keeps_what_came_before(shell: Shell) -> None:
    path = shell.write("a.jsonl", '{"text": "One.", "id": "1"}\nnot json\n{"text": "Two.", "id": "2"}\nnor this\n')
    done = shell("ingest", path, "--strict")
    assert done.returncode == 1
    assert "2 records read" in done.stdout and "1 added" in done.stdout and "1 rejected" in done.stdout
    assert "stopped at the first rejection" in done.stdout
    dry = shell("ingest", path, "--strict", "--dry-run")
    assert dry.returncode == 1
    assert "2 records read" in dry.stdout


class TestRejections:
    def test_are_listed_retried_and_dropped(self, shell: Shell) -> None:
        path = shell.write("a.jsonl", 'no json\n{"text": ""}\n')
        shell("ingest", path)
        listed = json.loads(shell("rejections", "list", "--json").stdout)
        assert [(one["id"], one["record"], one["reader"], one["kept"]) for one in listed] == [
            (2, 2, "jsonl", 12),
            (1, 1, "jsonl", 7),
        ]
        assert "1: it has no text" in shell("rejections", "list").stdout
        assert json.loads(shell("rejections", "show", "1", "--json").stdout)["raw"] == "bm8ganNvbg=="
        path.write_text('{"text": "Json now."}\n{"text": ""}\n')
        done = shell("rejections", "retry", "--all")
        assert "2 tried, 1 stored, 1 still rejected." in done.stdout
        assert "record 2: still rejected: it has no text." in done.stderr
        assert json.loads(shell("search", "json", "--json").stdout)["total"] == 1
        assert json.loads(shell("rejections", "drop", "--reason", "no text", "--json").stdout) == {"dropped": 1}
        assert shell("rejections", "list").stdout == "0 rejections.\n"

    def test_an_address_is_tried_again(self, shell: Shell) -> None:
        with serving({}) as server:
            shell("ingest", f"{server.address}/a", **OPEN)
            server.answers["/a"] = page()
            done = shell("rejections", "retry", "1", "--json", **OPEN)
        assert json.loads(done.stdout) == {"run": 2, "tried": 1, "stored": 1, "rejected": 0}

    @pytest.mark.parametrize(
        ("words", "code", "sentence"),
        [
            (("retry",), 2, "say which"),
            (("drop",), 2, "say which"),
            (("drop", "1", "--all"), 2, "goes with nothing else"),
            (("retry", "7"), 1, "there is no rejection 7"),
            (("drop", "x"), 2, "valid integer"),
        ],
    )
    def test_wrong_use_gets_a_sentence(self, shell: Shell, words: tuple[str, ...], code: int, sentence: str) -> None:
        shell("ingest", shell.write("a.jsonl", "no json\n"))
        done = shell("rejections", *words)
        assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
        assert json.loads(shell("rejections", "list", "--json").stdout)


FEED = """<rss version="2.0"><channel><title>Gazette</title>
<item><title>Port</title><link>/port</link><guid>1</guid></item></channel></rss>"""


class TestFeeds:
    def test_are_added_polled_listed_and_removed(self, shell: Shell) -> None:
        with serving({"/feed": answer(FEED), "/port": page("Port")}) as server:
            done = shell("feeds", "add", f"{server.address}/feed", "--topic", "ports", **OPEN)
            assert f"Feed 1: Gazette, {server.address}/feed (1 entries now)" in done.stdout
            again = shell("feeds", "add", f"{server.address}/feed", **OPEN)
            assert (again.returncode, "already, as feed 1" in again.stderr) == (1, True)
            done = shell("feeds", "poll", "--json", **OPEN)
            assert [(one["added"], one["problem"]) for one in json.loads(done.stdout)] == [(1, None)]
            assert "No feed is due" in shell("feeds", "poll", **OPEN).stderr
            assert "nothing new" in shell("feeds", "poll", "--all", **OPEN).stdout
            server.answers["/feed"] = answer(status="410 Gone")
            done = shell("feeds", "poll", "1", **OPEN)
            assert (done.returncode, "It is not asked any more." in done.stdout) == (1, True)
        listed = json.loads(shell("feeds", "list", "--json").stdout)
        assert [(one["title"], one["topics"], one["next"]) for one in listed] == [("Gazette", ["ports"], None)]
        assert "ended" in shell("feeds", "list").stdout
        assert shell("feeds", "remove", f"{server.address}/feed").returncode == 0
        assert shell("feeds", "list").stdout == "0 feeds.\n"
        assert json.loads(shell("search", "topic:ports", "--json").stdout)["total"] == 1

    @pytest.mark.parametrize(
        ("words", "code", "sentence"),
        [
            (("add", "example.org/feed"), 2, "nothing else is fetched"),
            (("add", "http://127.0.0.1/feed"), 1, "not on the open web"),
            (("remove", "7"), 1, "there is no feed 7"),
            (("poll", "https://example.org/feed"), 1, "there is no feed https://example.org/feed"),
        ],
    )
    def test_wrong_use_gets_a_sentence(self, shell: Shell, words: tuple[str, ...], code: int, sentence: str) -> None:
        shell("ingest", "-", given=b'{"text": "x"}')
        done = shell("feeds", *words)
        assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr


def test_the_serving_process_polls(shell: Shell) -> None:
    with serving({"/feed": answer(FEED), "/port": page("Port")}) as server, socket.socket() as free:
        shell("feeds", "add", f"{server.address}/feed", **OPEN)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        process = shell.start("serve", "--poll", "--port", str(port), **OPEN)
        try:
            give_up = time.monotonic() + 30
            while "/port" not in server.paths and time.monotonic() < give_up:
                time.sleep(0.05)
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert server.paths == ["/feed", "/feed", "/port"]
    assert json.loads(shell("feeds", "list", "--json").stdout)[0]["polled"] is not None


class TestWatch:
    def test_takes_what_is_dropped_and_ends_when_told(self, shell: Shell) -> None:
        folder = shell.folder / "drop"
        folder.mkdir()
        process = shell.start("watch", folder, "--settle", "0.1", "--source", "The Harbour")
        try:
            (folder / "a.txt").write_text("Ships came to the port.")
            give_up = time.monotonic() + 30
            while time.monotonic() < give_up:
                if (
                    shell.data.exists()
                    and json.loads(shell("search", "ships", "--json").stdout or '{"total": 0}')["total"]
                ):
                    break
                time.sleep(0.2)
        finally:
            process.terminate()
            out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert f"{folder / 'a.txt'}: 1 added" in out
        assert "Stopped." in err

    def test_a_folder_that_is_not_there_is_wrong_use(self, shell: Shell) -> None:
        done = shell("watch", "nowhere")
        assert (done.returncode, "there is no such folder" in done.stderr) == (2, True)
