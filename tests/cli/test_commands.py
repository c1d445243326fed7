"""The commands as a person runs them: real archives, real exit codes, nothing but sentences."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from app.cli.main import app
from app.store.index_state import release, take_lease
from tests.conftest import Archive


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs commands in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def __call__(self, *words: str | Path, given: bytes = b"", **settings: str) -> Done:
        """In this process, which is quicker to start than one of its own."""
        result = CliRunner().invoke(app, [str(word) for word in words], input=given, env=self.environment(settings))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return Done(result.exit_code, result.stdout, result.stderr)

    def start(self, *words: str | Path, **settings: str) -> subprocess.Popen[str]:
        """As a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli.main", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | self.environment(settings),
            # A shell that runs the tests in the background has them ignore SIGINT; a person's command does not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def environment(self, settings: dict[str, str]) -> dict[str, str]:
        project = str(Path(__file__).parents[2])
        return {"ARCHIVE_DATA_DIR": str(self.data), "PYTHONPATH": project, "COLUMNS": "200"} | settings

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


def test_from_nothing_to_a_search(shell: Shell) -> None:
    path = shell.write("a.jsonl", '{"text": "Ships came to the port.", "title": "Ships", "id": "1"}\nnot json\n')
    done = shell("ingest", path, "--source", "The Harbour", "--topic", "ports", "--json")
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    assert list(summary) == ["run", "read", "added", "revised", "unchanged", "duplicates", "rejected", "seconds"]
    assert (summary["read"], summary["added"], summary["rejected"]) == (2, 1, 1)
    assert "record 2: rejected: it is not JSON" in done.stderr

    found = json.loads(shell("search", "ship", "--json").stdout)
    assert (found["total"], found["hits"][0]["title"], found["hits"][0]["source"]) == (1, "Ships", "The Harbour")
    assert "Ships" in shell("search", "ship").stdout
    assert "record 2" in shell("rejections", "list").stdout
    assert "not json" in shell("rejections", "show", "1").stdout
    assert "Articles   1\n" in shell("stats").stdout
    assert "Indexed 1 article " in shell("reindex").stdout


def test_a_search_in_the_terminal_explains_itself(shell: Shell) -> None:
    shell("ingest", "-", given=b'{"text": "Daesh fled from the government."}\n{"text": "Ships came."}')
    done = shell("search", "isis goverment ships")
    assert "Read as: articles with “isis” (also “ISIL”" in done.stderr
    assert "No article answers all of this; these answer any of it." in done.stderr
    assert "goverment: 0. No article has this." in done.stderr
    assert "Without other names: =isis goverment ships" in done.stderr
    assert "2 articles" in done.stdout
    assert "Did you mean: government" in shell("search", "goverment").stderr


@pytest.mark.parametrize("command", ["search", "serve", "demo"])
def test_a_wrong_thesaurus_is_told_before_anything_else(shell: Shell, command: str) -> None:
    shell("ingest", "-", given=b'{"text": "ships"}')
    file = shell.write("names.txt", "UN, United Nations\nalone\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    done = shell(command, *(["ships"] if command == "search" else ["--port", port]), ARCHIVE_THESAURUS=str(file))
    assert done.returncode == 2
    assert f"{file}, line 2" in done.stderr
    assert "ARCHIVE_THESAURUS" in done.stderr


def test_a_query_may_begin_with_a_minus(shell: Shell) -> None:
    shell("ingest", "-", given=b'{"text": "ships"}\n{"text": "trains"}')
    assert json.loads(shell("search", "-ships", "--json").stdout)["total"] == 1


def test_records_from_standard_input(shell: Shell) -> None:
    done = shell("ingest", "-", "--json", given=b'{"text": "one"}\n{"text": "two"}')
    assert json.loads(done.stdout)["added"] == 2
    done = shell("ingest", "-", "--format", "txt", "--json", given="Café.".encode())
    assert json.loads(done.stdout)["added"] == 1


def test_nothing_to_read_begins_no_archive(shell: Shell) -> None:
    done = shell("ingest", "missing.txt")
    assert done.returncode == 2
    assert "no such file or folder" in done.stderr
    assert not shell.data.exists()


def test_strict_fails_on_a_rejection(shell: Shell) -> None:
    path = shell.write("a.jsonl", "not json\n")
    assert shell("ingest", path).returncode == 0
    assert shell("ingest", path, "--strict").returncode == 1


def test_a_missing_path_is_wrong_use_and_the_others_are_stored(shell: Shell) -> None:
    path = shell.write("a.txt", "Text.")
    done = shell("ingest", "missing.txt", path, "--json")
    assert done.returncode == 2
    assert "missing.txt: there is no such file or folder. Check the path." in done.stderr
    assert json.loads(done.stdout)["added"] == 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("ingest", "a.txt", "--format", "xls"), 2, "--format 'xls' is not known"),
        (("ingest", "-", "-"), 2, "only once"),
        (("ingest",), 2, "Missing argument"),
        (("search", "ship"), 1, "there is no archive in"),
        (("stats",), 1, "Begin one with"),
        (("reindex",), 1, "there is no archive in"),
        (("rejections", "show", "1"), 1, "there is no archive in"),
        (("nonsense",), 2, "No such command"),
        (("serve", "--port", "99999"), 2, "65535"),
    ],
)
def test_wrong_use_gets_a_sentence(shell: Shell, words: tuple[str, ...], code: int, sentence: str) -> None:
    done = shell(*words)
    assert done.returncode == code
    assert sentence in done.stderr


def test_a_data_folder_that_cannot_be_written_is_named(shell: Shell) -> None:
    shell.write("data", "a file where the folder should be")
    done = shell("ingest", shell.write("a.txt", "Text."))
    assert done.returncode == 1
    assert f"The data folder {shell.data} can't be made" in done.stderr


def test_a_wrong_setting_is_named(shell: Shell) -> None:
    done = shell("stats", ARCHIVE_INDEX_URL="redis://x")
    assert done.returncode == 2
    assert "ARCHIVE_INDEX_URL is 'redis://x'" in done.stderr


def test_a_port_in_use_is_named(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = shell("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "is in use by another program. Stop it, or choose another port with --port." in done.stderr


def test_a_second_reindex_says_who_is_at_work(shell: Shell) -> None:
    archive = Archive(shell.folder)
    archive.add("One.")
    lease = take_lease(archive.database, "rebuilding it")
    done = shell("reindex")
    assert done.returncode == 1
    assert f"process {os.getpid()}/" in done.stderr and "Wait until it is done, and try again." in done.stderr
    release(archive.database, lease)
    assert shell("reindex").returncode == 0
    archive.close()


def test_a_full_disk_is_told_and_what_was_there_goes_on(shell: Shell) -> None:
    words = " ".join(f"word{number}" for number in range(40_000))
    assert shell("ingest", shell.write("long.txt", f"Kept before.\n\n{words}")).returncode == 0
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most))
    try:
        done = shell("reindex")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
    assert done.returncode == 1 and "there is no room left to write" in done.stderr
    assert "Kept before" in shell("search", "word39999").stdout
    assert shell("reindex").returncode == 0


def test_two_ingests_at_once_lose_nothing(shell: Shell) -> None:
    processes = []
    for name in ("a", "b"):
        lines = "".join(json.dumps({"text": f"Article {n} of {name}.", "id": f"{name}{n}"}) + "\n" for n in range(500))
        processes.append(shell.start("ingest", shell.write(f"{name}.jsonl", lines), "--json"))
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert json.loads(out)["added"] == 500
    assert json.loads(shell("search", "article", "--json").stdout)["total"] == 1000


def test_an_interrupted_command_shows_no_traceback(shell: Shell) -> None:
    lines = "".join(json.dumps({"text": f"Article {n}. " * 50, "id": str(n)}) + "\n" for n in range(20_000))
    process = shell.start("ingest", shell.write("a.jsonl", lines))
    while not (shell.data / "archive.sqlite3-wal").exists() and process.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "What was stored stays stored" in err and "Traceback" not in err
