from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.canonical import plain_paragraphs
from app.domain.record import Place, Record, Stated, Unstorable
from app.ingest.compose import Given, clean_line, compose
from app.ingest.draft import Draft

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def composed(text: str = "Some text.", given: Given = Given(), **fields: Any) -> Record:
    stated = {
        name: Stated(value, "record") if isinstance(value, str) and name not in ("guid", "address") else value
        for name, value in fields.items()
    }
    return compose(Draft(Place("a"), "txt", b"", 0, plain_paragraphs(text), **stated), given, NOW)


def test_a_record_without_text_cannot_be_stored() -> None:
    with pytest.raises(Unstorable, match="no text"):
        composed(" \n ")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Building a &ldquo;front door&rdquo;", "Building a “front door”"),
        ("Interior&#39;s feeds", "Interior's feeds"),
        ("R&amp;amp;D", "R&D"),
        ("A <em>very</em> <a href='x'>long</a> day", "A very long day"),
        ("a < b > c", "a < b > c"),
        ("  two\n lines\t", "two lines"),
    ],
)
def test_a_line_of_metadata_is_cleaned(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean
    assert composed(title=raw).title == Stated(clean, "record")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The port reopens. Ships came.", "The port reopens"),
        ("Will the U.S. pay? Nobody knows.", "Will the U.S. pay?"),
        ("## Aims\n\nText.", "Aims"),
        ("**What is it?** A team.", "What is it?"),
        ("…\n\nWords at last.", "Words at last"),
    ],
)
def test_a_title_is_made_of_the_first_sentence_and_says_so(text: str, title: str) -> None:
    assert composed(text).title == Stated(title, "first line")
    assert composed(text, title=" &nbsp; ").title == Stated(title, "first line")


def test_a_made_title_is_cut_at_a_word() -> None:
    made = composed("word " * 100).title.value
    assert made.endswith("word…") and len(made) <= 101


def test_an_endless_title_is_shortened_and_kept_whole() -> None:
    long = "words and words " * 200
    record = composed(title=long)
    assert record.title.origin == "record, shortened" and len(record.title.value) <= 401
    assert record.extra["title"] == long


def test_an_impossible_date_is_left_out_and_its_reason_kept() -> None:
    record = composed(published="2016-02-31")
    assert record.published is None
    (refused,) = record.refused
    assert (refused.field, refused.value) == ("published", "2016-02-31") and "calendar" in refused.reason


def test_an_address_that_is_none_is_left_out() -> None:
    record = composed(address="see attachment", guid="1")
    assert record.address is None and record.refused[0].field == "url"
    assert record.identity_key == "\n1"


def test_what_the_librarian_says_fills_in_and_never_overrides() -> None:
    given = Given("Given Source", ("given topic",))
    assert composed(given=given).source == Stated("Given Source", "given")
    assert composed(source="Own", given=given).source == Stated("Own", "record")
    assert composed(topics=(Stated("own", "record"),), given=given).topics == (
        Stated("own", "record"),
        Stated("given topic", "given"),
    )


def test_names_are_parted_at_semicolons_and_kept_once() -> None:
    authors = (Stated("Ann; Bob;Ann", "record"),)
    assert [author.value for author in composed(authors=authors).authors] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("tag", "kept"), [("en", "en"), ("pt_BR", "pt-BR"), ("AR", "ar"), ("English!", None), ("", None)]
)
def test_a_language_is_a_tag(tag: str, kept: str | None) -> None:
    language = composed(language=tag).language
    assert (language.value if language else None) == kept
