from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article import Article
from app.domain.canonical import Paragraph
from app.domain.citation import Cited, bibtex, csl_item, markdown, ris, text_fragment
from app.domain.dates import parse_date
from app.domain.record import Stated

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def article(
    title: str = "Reopening the port",
    *,
    authors: tuple[str, ...] = ("Ann Ferreira", "Harbour Office"),
    source: str | None = "Harbour Gazette",
    published: str | None = "2016-07-21",
) -> Article:
    def stated(value: str) -> Stated[str]:
        return Stated(value, "given")

    return Article(
        id="0123456789ab",
        slug="reopening-the-port",
        version=2,
        versions=2,
        current=2,
        leads_elsewhere=False,
        title=stated(title),
        source=None if source is None else stated(source),
        authors=tuple(stated(author) for author in authors),
        topics=(stated("trade"), stated("ports")) if source else (),
        published=None if published is None else Stated(parse_date(published, NOW), "given"),
        summary=None,
        language=stated("en") if source else None,
        url=None,
        guid=None,
        paragraphs=(Paragraph("One."), Paragraph("Two.")),
        fixity="00",
        words=2,
        stored_at=NOW,
        first_stored_at=NOW,
    )


def cited(*of: str, paragraph: int | None = None, quotation: str | None = None, **fields: object) -> Cited:
    return Cited(
        article(*of, **fields), "http://archive.test", "Policy Archive", date(2026, 11, 25), paragraph, quotation
    )  # type: ignore[arg-type]


def bare() -> Cited:
    return Cited(article(authors=(), source=None, published=None), "http://archive.test", "Policy Archive", None)


def test_csl_json_has_the_fields_that_are_known() -> None:
    item = csl_item(cited(paragraph=2))
    assert item == {
        "id": "0123456789ab",
        "type": "article-newspaper",
        "title": "Reopening the port",
        "author": [{"family": "Ferreira", "given": "Ann"}, {"literal": "Harbour Office"}],
        "container-title": "Harbour Gazette",
        "issued": {"date-parts": [[2016, 7, 21]]},
        "accessed": {"date-parts": [[2026, 11, 25]]},
        "URL": "http://archive.test/a/0123456789ab/reopening-the-port",
        "archive": "Policy Archive",
        "archive_location": "0123456789ab",
        "locator": "2",
        "label": "paragraph",
        "version": "2",
        "language": "en",
        "keyword": "trade, ports",
    }
    assert json.loads(json.dumps(item)) == item


def test_nothing_stands_in_for_what_is_not_known() -> None:
    assert set(csl_item(bare())) == {"id", "type", "title", "URL", "archive", "archive_location", "version"}
    assert [line[:2] for line in ris(bare()).split("\r\n")[:-1]] == ["TY", "TI", "UR", "DP", "AN", "ET", "ER"]
    fields = re.findall(r"^  (\w+) =", bibtex(bare()), re.MULTILINE)
    assert fields == ["title", "howpublished", "note"]
    assert "n.d." in markdown(bare())


@pytest.mark.parametrize(
    ("published", "ris_date", "parts"),
    [("2016", "2016///", [2016]), ("2016-07", "2016/07//", [2016, 7]), ("2016-07-21", "2016/07/21/", [2016, 7, 21])],
)
def test_dates_are_as_precise_as_they_are_known(published: str, ris_date: str, parts: list[int]) -> None:
    of = cited(published=published)
    assert f"DA  - {ris_date}\r\n" in ris(of)
    assert csl_item(of)["issued"] == {"date-parts": [parts]}
    assert ("month = jul" in bibtex(of)) == (len(parts) > 1)
    assert ("day = {21}" in bibtex(of)) == (len(parts) > 2)


def test_ris_is_lines_of_two_letters_ended_by_crlf() -> None:
    text = ris(cited("A title\nof two lines", quotation="Words\n\nand words"))
    lines = text.split("\r\n")
    assert lines[0] == "TY  - NEWS"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line) for line in lines[:-1])
    assert "AU  - Ferreira, Ann" in lines
    assert "AU  - Harbour Office" in lines
    assert "Y2  - 2026/11/25" in lines


@given(st.text(min_size=1, max_size=40))
def test_bibtex_braces_balance_and_special_signs_are_escaped(title: str) -> None:
    entry = bibtex(cited(title))
    bare_of_escapes = re.sub(r"\\(?:textbackslash\{\}|textasciitilde\{\}|textasciicircum\{\}|.)", "", entry)
    depth = 0
    for char in bare_of_escapes:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    inside = bare_of_escapes.split("title = {{", 1)[1].split("}}", 1)[0]
    assert not set(inside) & set("$&#_%~^")
    assert "\n" not in inside


def test_bibtex_names_are_parted_by_and() -> None:
    assert "author = {Ferreira, Ann and {Harbour Office}}" in bibtex(cited())
    assert r"howpublished = {\url{http://archive.test/a/0123456789ab\#p2}}" in bibtex(cited(paragraph=2))


def test_markdown_quotes_the_passage_and_escapes_its_signs() -> None:
    text = markdown(cited("A *star*", paragraph=2, quotation="Two <b> lines\nof [text]."))
    assert text.startswith("> Two \\<b\\> lines\n> of \\[text\\].\n>\n> — Ann Ferreira, Harbour Office, ")
    assert "[A \\*star\\*](http://archive.test/a/0123456789ab/reopening-the-port#p2)" in text
    assert "[version 2](http://archive.test/a/0123456789ab/v/2#p2)" in text
    assert text.rstrip().endswith("Accessed 25 November 2026.")


@given(st.text(alphabet="ab ,-&é\n%", max_size=200))
def test_a_text_fragment_says_the_words_and_parts_them_by_one_comma_at_most(quotation: str) -> None:
    fragment = text_fragment(quotation)
    words = quotation.split()
    if not words:
        assert fragment == ""
        return
    assert fragment.startswith(":~:text=")
    ends = fragment.removeprefix(":~:text=").split(",")
    assert len(ends) == (1 if len(words) <= 12 else 2)
    assert not set("-& \n") & set("".join(ends))
    said = [unquote(end).split() for end in ends]
    assert said[0] == words[: len(said[0])]
    assert said[-1] == words[-len(said[-1]) :]


def test_a_text_fragment_encodes_what_would_part_it() -> None:
    assert text_fragment("al-Basri, Nuri & Co") == ":~:text=al%2DBasri%2C%20Nuri%20%26%20Co"
