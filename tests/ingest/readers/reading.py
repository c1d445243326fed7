"""Reading bytes as an ingest does, but without a database."""

from __future__ import annotations

import atexit
import io
from functools import cache
from typing import Any

from app.ingest.apart import Apart
from app.ingest.draft import Draft, Found, Hints, List
from app.ingest.read import read
from app.ingest.readers import reader


def all_in(raw: bytes, name: str = "a", **hints: Any) -> list[Found]:
    """What is found in the bytes of a file, its format told by content; documents in processes of their own."""
    given = Hints.of(name)
    found = read(io.BytesIO(raw), Hints(given.place, name, **hints), _apart())
    return [one for one in found if not isinstance(one, List)]


@cache
def _apart() -> Apart:
    """One process for all tests: starting one takes longer than most of them."""
    apart = Apart(processes=1)
    atexit.register(apart.__exit__)
    return apart


def found_by(format: str, raw: bytes, name: str = "a") -> list[Any]:
    """What one reader finds, in this process."""
    return [one for one in reader(format).read(io.BytesIO(raw), Hints.of(name)) if not isinstance(one, List)]


def drafted_by(format: str, raw: bytes, name: str = "a") -> Draft:
    (only,) = found_by(format, raw, name)
    assert isinstance(only, Draft), only
    return only


def texts(draft: Draft) -> list[str]:
    return [paragraph.text for paragraph in draft.paragraphs]
