"""Whole pages of the kinds that libraries are given: text without boilerplate, title without the site, date of
publication."""

import io
from textwrap import fill

import pytest

from app.domain.canonical import Kind
from app.ingest.draft import Hints
from app.ingest.readers.html import HtmlReader
from tests.ingest.pages.site import (
    ARTICLE,
    BOILERPLATE,
    FOOTER,
    HEADING,
    ITEMS,
    NAVIGATION,
    PARAGRAPHS,
    TEASERS,
    TEXT,
    read,
)

JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebSite", "name": "Harbour Review"},
{"@type": ["Article", "NewsArticle"], "headline": "Ports before winter", "datePublished": "2016-07-21T08:00:00+00:00",
"dateModified": "2018-01-01", "author": [{"@id": "#ann"}], "keywords": ["ports", "ships"], "inLanguage": "en-GB"},
{"@type": "Person", "@id": "#ann", "name": "Ann Other"}]}</script>"""

NEWS = f"""<!doctype html><html lang=en><head><title>Ports before winter - Harbour Review</title>
<meta property=og:site_name content="Harbour Review">{JSON_LD}</head><body>{NAVIGATION}<main><article>
<h1>Ports before winter</h1><p class=byline>By Ann Other</p><div>{ARTICLE}</div></article></main>{TEASERS}{FOOTER}"""

OFFICE = f"""<html><head><title>Ports before winter | Department of Harbours</title>
<meta name=dcterms.date content="07/21/2016"></head><body><form action=/><div id=header><h1 class=site-title>Department of
Harbours</h1></div>{NAVIGATION}<div id=content><h1>Ports before winter</h1>{ARTICLE}</div>{FOOTER}</form>"""

TABLES = f"""<html><head><title>Harbour Review: Ports before winter</title></head><body><table><tr>
<td><a href=/a>Home</a><br><a href=/b>News</a></td><td><font size=5><b>Ports before winter</b></font><br>
<i>By Ann Other</i><br>July 21, 2016<br>{ARTICLE}</td></tr></table>"""

BLOG = f"""<html><head><link rel=canonical href="https://www.harbour.example/2016/07/21/ports/"><title>Ports before winter —
harbour.example</title></head><body>{NAVIGATION}<div class=post><h2 class=post-title>Ports before winter</h2>{ARTICLE}</div>
<div class=footer>© 2024 All rights reserved</div>"""

MICRODATA = f"""<html><head><title>Harbour | Ports before winter</title></head><body><article>
<h1 itemprop=headline>Ports before winter</h1><time itemprop=dateModified datetime=2018-07-21>x</time>
<time itemprop=datePublished datetime=2016-07-21>x</time><div itemprop=articleBody>{ARTICLE}</div></article>{TEASERS}{FOOTER}"""

BARE = f"""<title>Ports before winter</title><h1>Ports before winter</h1>
<p class=meta>Updated 3 March 2019. Published 21st July 2016.</p>{ARTICLE}"""


@pytest.mark.parametrize(
    "page", [NEWS, OFFICE, TABLES, BLOG, MICRODATA, BARE], ids=str.split("news office tables blog microdata bare")
)
def test_text_title_and_date_of_a_page(page: str) -> None:
    record = read(page)
    assert record.title.value == "Ports before winter"
    assert record.published is not None and str(record.published.value)[:10] == "2016-07-21"
    texts = [paragraph.text for paragraph in record.paragraphs]
    assert [text for text in texts if text in TEXT] == TEXT
    assert not any(boilerplate in record.text for boilerplate in BOILERPLATE)


def test_paragraphs_keep_their_kind() -> None:
    kinds = {paragraph.text: paragraph.kind for paragraph in read(NEWS).paragraphs}
    assert kinds[HEADING] is Kind.HEADING and kinds[ITEMS[0]] is Kind.ITEM and kinds[PARAGRAPHS[0]] is Kind.PARAGRAPH


def test_metadata_says_where_it_is_from() -> None:
    record = read(NEWS)
    assert [(author.value, author.origin) for author in record.authors] == [("Ann Other", "json-ld")]
    assert record.source is not None and (record.source.value, record.source.origin) == (
        "Harbour Review",
        "meta og:site_name",
    )
    assert record.published is not None and record.published.origin == "json-ld"
    assert [topic.value for topic in record.topics] == ["ports", "ships"]
    assert record.language is not None and (record.language.value, record.language.origin) == ("en", "html lang")


def test_the_address_is_the_one_the_page_names_for_itself() -> None:
    assert read(BLOG).address == "https://www.harbour.example/2016/07/21/ports/"
    assert (
        read(BLOG, "https://harbour.example/2016/07/21/ports/?utm=1").address
        == "https://www.harbour.example/2016/07/21/ports/"
    )
    assert read(BLOG, "https://another.example/ports").address == "https://another.example/ports"
    assert read(BARE).address is None


def test_a_page_in_a_frame_of_fixed_width_is_plain_text() -> None:
    lines = "\n".join(fill(text, 70, initial_indent="  ") for text in PARAGRAPHS)
    page = f"<html><head><title>Record (Thursday, July 21, 2016)</title><body><pre>\n[Volume 3]\n\n       PORTS BEFORE WINTER\n\n{lines}</pre>"
    record = read(page)
    assert (record.title.value, record.title.origin) == ("PORTS BEFORE WINTER", "headline")
    assert str(record.published.value if record.published else None) == "2016-07-21"
    assert not record.text.startswith("[Volume 3]") and len(record.paragraphs) >= 6


def test_pages_without_an_article_do_no_harm() -> None:

    for page in (b"", b"<", b"<html>", b"<html><body></body></html>", b"\x00" * 50, b"<!--", b"<script>x</script>"):
        assert len(list(HtmlReader().read(io.BytesIO(page), Hints.of("a.html")))) == 1
