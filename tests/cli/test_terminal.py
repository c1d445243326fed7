"""What long work says of itself where there is no terminal."""

from __future__ import annotations

import re

import pytest

from app.cli import terminal


def test_reading_tells_its_rate_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "SECONDS_BETWEEN_LINES", 0.0)
    with terminal.reading_progress() as show:
        show(500, 250, 1000, "a.jsonl")
        show(700, 0, None, "standard input")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"Reading: 500 records, [\d,]+/s, 25%, about \d+ s left a\.jsonl", first)
    assert re.fullmatch(r"Reading: 700 records, [\d,]+/s standard input", second)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3599.6, "1 h 0 min"), (90_000, "25 h 0 min")]
)
def test_spans_of_time(seconds: float, told: str) -> None:
    assert terminal._span(seconds) == told
