"""What an article is called does not hang on the Python that names it: two versions give the same identities."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import dateutil
import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, sys
from app.domain.canonical import plain_paragraphs
from app.domain.permalink import permalink_id, slug
from app.domain.record import Place, Record, Stated

found = []
for address, text in json.load(sys.stdin):
    paragraphs = plain_paragraphs(text)
    record = Record(paragraphs, Stated(text[:40], "first line"), Place("a"), address=address or None)
    key = record.identity_key
    found.append([key, permalink_id(key), slug(record.title.value), record.text, record.fixity, record.duplicate_key])
json.dump(found, sys.stdout)
"""

SAMPLES = [
    ("https://WWW.Example.org:443/a/../Ü%c3%a4?utm_source=x&b=%7e#p", "The port reopened.\n\nShips came."),
    ("http://straße.example/ǅ/ﬁ?q=½", "Straße, ﬁrst, ½, Ǆ, İstanbul, ΣΊΣΥΦΟΣ, e\u0301, \u1e9e"),
    ("", "Neither address nor id; Sa\u0301nchez\u00a0met\u200b him.\r\n\r\nA\fB\rC"),
    ("", "在中国。 \u0627\u0644\u0633\u0644\u0627\u0645 \U0001f600 \u0e33 \uac00\u11a8"),
    ("https://example.org/", "  - one\n  - two\n\n# Head\n\n> said\n\n" + "word " * 40),
]


@cache
def other_pythons() -> tuple[str, ...]:
    """Pythons of other versions that start and are new enough."""
    found = []
    for minor in range(11, 16):
        path = shutil.which(f"python3.{minor}")
        if path and minor != sys.version_info.minor and says(path, "print(1)", "") == "1\n":
            found.append(path)
    return tuple(found)


def says(python: str, program: str, given: str) -> str:
    # What the domain imports besides the standard library is plain Python, so another Python can have it from here.
    lent = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(dateutil.__file__).parents[1])])}
    done = subprocess.run(
        [python, "-c", program], input=given, capture_output=True, text=True, env=lent, timeout=60, check=False
    )
    return done.stdout


def test_another_python_gives_the_same_permalinks_and_hashes() -> None:
    if not other_pythons():
        pytest.skip("no other Python than this one is installed (python3.11 to python3.15 were looked for)")
    given = json.dumps(SAMPLES)
    own = json.loads(says(sys.executable, PROGRAM, given))
    assert len(own) == len(SAMPLES) and len({identity for _, identity, *_ in own}) == len(SAMPLES)
    for python in other_pythons():
        assert json.loads(says(python, PROGRAM, given) or "null") == own, python
