import io

import pytest

from app.domain.canonical import Kind
from app.domain.record import Unread
from app.ingest.draft import Draft, Hints
from app.ingest.readers.markdown import MarkdownReader, markdown_paragraphs


def read(content: str) -> Draft | Unread:
    (only,) = MarkdownReader().read(io.BytesIO(content.encode()), Hints.of("a.md"))
    return only


def test_front_matter_is_metadata() -> None:
    draft = read(
        "---\ntitle: 'Ships: a count'\nauthors: [Ann, Bob]\npublished: 2016-07-21\nurl: https://e.example/a\n"
        "topics:\n  - ports\nnote: kept\n---\n\nTwelve ships.\n"
    )
    assert isinstance(draft, Draft)
    assert draft.title is not None and (draft.title.value, draft.title.origin) == ("Ships: a count", "front matter")
    assert draft.published is not None and draft.published.value == "2016-07-21"
    assert [author.value for author in draft.authors] == ["Ann", "Bob"]
    assert [topic.value for topic in draft.topics] == ["ports"]
    assert draft.extra == {"note": "kept"}
    assert [paragraph.text for paragraph in draft.paragraphs] == ["Twelve ships."]


def test_values_are_text_and_never_guessed() -> None:
    draft = read("---\ntitle: 2016\nsource: no\nid: 007\n---\nText.")
    assert isinstance(draft, Draft)
    assert draft.title is not None and draft.title.value == "2016"
    assert draft.source is not None and draft.source.value == "no"
    assert draft.guid == "007"


def test_the_first_heading_is_the_title_where_none_is_given() -> None:
    draft = read("# Ships\n\nTwelve ships.")
    assert isinstance(draft, Draft)
    assert draft.title is not None and (draft.title.value, draft.title.origin) == ("Ships", "first heading")
    assert [paragraph.text for paragraph in draft.paragraphs] == ["Twelve ships."]


def test_text_without_front_matter_may_begin_with_a_rule() -> None:
    draft = read("---\nNot metadata, and never ended.")
    assert isinstance(draft, Draft)
    assert draft.paragraphs[0].text == "Not metadata, and never ended."


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [unclosed", "front matter can't be read in line"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("- just\n- a list", "no list of `name: value` lines"),
        ("title: {a: b}", "its title is not one line of text"),
        ("\ttitle: a", "front matter can't be read in line 2"),
    ],
)
def test_bad_front_matter_is_rejected_with_the_place(front: str, reason: str) -> None:
    unread = read(f"---\n{front}\n---\nText.")
    assert isinstance(unread, Unread)
    assert reason in unread.reason


def test_markup_is_taken_off_and_kinds_are_kept() -> None:
    found = [
        (p.text, p.kind, p.level)
        for p in markdown_paragraphs(
            "## Aims\n\nA *first* [linked](https://e.example) line\nthat wraps.\n\n1. one\n2. two\n   - deeper\n\n"
            "> said\n\n```\ncode  here\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>raw <b>html</b></div>\n"
        )
    ]
    assert found == [
        ("Aims", Kind.HEADING, 2),
        ("A first linked line that wraps.", Kind.PARAGRAPH, 0),
        ("one", Kind.ITEM, 1),
        ("two", Kind.ITEM, 1),
        ("deeper", Kind.ITEM, 2),
        ("said", Kind.QUOTE, 0),
        ("code  here", Kind.PREFORMATTED, 0),
        ("a | b", Kind.ROW, 1),
        ("1 | 2", Kind.ROW, 0),
        ("raw html", Kind.PARAGRAPH, 0),
    ]
