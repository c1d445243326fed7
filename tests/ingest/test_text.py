import io

import pytest

from app.domain.record import Unread
from app.ingest.draft import Draft, Hints
from app.ingest.readers.text import TextReader

BODY = "Ministers met to weigh how the port could be reopened before winter.\n\nThey did not agree."


def read(content: str | bytes) -> Draft:
    raw = content.encode() if isinstance(content, str) else content
    (only,) = TextReader().read(io.BytesIO(raw), Hints.of("a.txt"))
    assert isinstance(only, Draft), only
    return only


def test_headline_byline_and_date_are_taken_off_the_top() -> None:
    draft = read(f"Ministers weigh the port\n\nBy Ann Other and Bob O’Neil\nMarch 3, 2014\n\n{BODY}")
    assert draft.title is not None and (draft.title.value, draft.title.origin) == (
        "Ministers weigh the port",
        "headline",
    )
    assert [(author.value, author.origin) for author in draft.authors] == [
        ("Ann Other", "byline"),
        ("Bob O’Neil", "byline"),
    ]
    assert draft.published is not None and (draft.published.value, draft.published.origin) == (
        "March 3, 2014",
        "date line",
    )
    assert [paragraph.text for paragraph in draft.paragraphs] == BODY.split("\n\n")


def test_a_dateline_tells_the_date_and_stays_in_the_text() -> None:
    draft = read(f"GENEVA, March 3, 2014 — {BODY}")
    assert draft.title is None
    assert draft.published is not None and (draft.published.value, draft.published.origin) == (
        "March 3, 2014",
        "dateline",
    )
    assert draft.paragraphs[0].text.startswith("GENEVA, March 3, 2014 — Ministers")


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "By the time ministers met, the port had been closed for a year.\n\nThey did not agree.",
        "March 3 was the day.\n\nThey did not agree.",
        "Only one line without a full stop",
        "Dear colleagues,\n\nWe met.",
    ],
)
def test_text_without_a_headline_is_all_text(text: str) -> None:
    draft = read(text)
    assert draft.title is None
    assert "\n\n".join(paragraph.text for paragraph in draft.paragraphs) == text


def test_a_headline_alone_is_text() -> None:
    assert read("Ministers weigh the port\n\nBy Ann Other\n").paragraphs


def test_text_in_other_encodings_is_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        assert read("Café “Zoë” – it said so.".encode(encoding)).paragraphs[0].text == "Café “Zoë” – it said so."


@pytest.mark.parametrize(("raw", "reason"), [(b"a\x00b", "NUL"), (b"a" * (32 * 1024 * 1024 + 1), "larger than")])
def test_bytes_that_are_no_text_are_rejected(raw: bytes, reason: str) -> None:
    (only,) = TextReader().read(io.BytesIO(raw), Hints.of("a.txt"))
    assert isinstance(only, Unread)
    assert reason in only.reason
