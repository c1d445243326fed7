import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.canonical import Kind, canonical_characters, canonical_text, fixity, has_words, plain_paragraphs

WRAPPED = """The committee met on Tuesday to consider the request and, after a
long debate about its cost, put off the vote until the spring.

  Members of both parties said that they needed more figures before
they could decide."""


def texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in plain_paragraphs(text)]


def test_blank_lines_part_paragraphs() -> None:
    assert texts("One.\n\n\n \nTwo.\n") == ["One.", "Two."]


def test_one_paragraph_a_line_without_blank_lines() -> None:
    long = " ".join(["This paragraph goes on for rather longer than any line that somebody would wrap."] * 2)
    assert texts(f"{long}\n{long}\nA short one.\n{long}") == [long, long, "A short one.", long]


def test_a_wrapped_line_belongs_to_its_paragraph() -> None:
    assert len(texts(WRAPPED)) == 2
    assert texts(WRAPPED)[0].startswith("The committee met") and texts(WRAPPED)[0].endswith("the spring.")


def test_an_indented_line_begins_a_paragraph() -> None:
    text = "The first paragraph, wrapped at some column, ends here.\n  The second begins indented and goes to its\nend."
    assert len(texts(text)) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_lf(end: str) -> None:
    assert canonical_text(plain_paragraphs(f"One.{end}{end}Two.  {end}")) == "One.\n\nTwo."


def test_unicode_is_nfc_and_a_byte_order_mark_goes() -> None:
    assert texts("\ufeffCafe\u0301") == ["Café"]


def test_u2028_is_no_paragraph_border() -> None:
    assert texts("One\u2028two.") == ["One\u2028two."]


def test_a_table_keeps_its_blanks() -> None:
    table = "Country      Aid 2016     Aid 2017\nNorth        12           14\nSouth        9            11"
    (paragraph,) = plain_paragraphs(table)
    assert paragraph.kind is Kind.PREFORMATTED
    assert paragraph.text == table


def test_headings_items_and_quotes_are_told_apart() -> None:
    kinds = [paragraph.kind for paragraph in plain_paragraphs("## Aims\n- one\n- two\n> said\nText.")]
    assert kinds == [Kind.HEADING, Kind.ITEM, Kind.ITEM, Kind.QUOTE, Kind.PARAGRAPH]


@pytest.mark.parametrize("nothing", ["", " \n\t\n", "\u200b\ufeff", "\u00ad \u2060"])
def test_what_nobody_could_read_is_no_paragraph(nothing: str) -> None:
    assert texts(nothing) == []


@given(st.text(alphabet=st.sampled_from("ab .\n-#>A1 \t—”\u2028é"), max_size=300))
def test_canonical_text_is_its_own_canonical_text(text: str) -> None:
    once = canonical_text(plain_paragraphs(text))
    assert canonical_text(plain_paragraphs(once)) == once


@given(st.text())
def test_nothing_that_can_be_read_is_lost(text: str) -> None:
    kept = [char for char in canonical_text(plain_paragraphs(text)) if has_words(char)]
    assert kept == [char for char in canonical_characters(text) if has_words(char)]


def test_fixity_is_the_sha256_of_the_text_in_utf8() -> None:
    assert fixity("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
