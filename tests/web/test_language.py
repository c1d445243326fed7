from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import language
from app.domain.permalink import permalink_id
from app.language import DEFAULT, NoTranslation, speak
from app.settings import Settings
from app.translations import MESSAGES, catalogue, written
from app.web.app import create_app
from app.web.counted import counted
from tests.conftest import Archive
from tests.made_up_language import CYRILLIC, make_up
from tests.web.conftest import PLAIN_PAGES

FIRST, SECOND = (f"/a/{permalink_id(f'https://qx.example/{name}')}" for name in ("one", "two"))

# Every word of these articles begins with qx, so that any other word of a page is the page's own.
TEXT = "Qxalo qxbelo qxcado.\n\n# Qxhead\n\nQxdado qxeno qxfano qxgato.\n\n- Qxitem\n- Qxother\n\n| Qxcell | Qxcell |\n"
RECORDS: tuple[dict[str, Any], ...] = (
    {
        "url": "https://qx.example/one",
        "title": "Qxtitle",
        "text": TEXT,
        "author": ["Qxann", "Qxbo"],
        "source": "Qxpress",
        "published": "2016-07-21",
        "topics": ["qxtrade", "qxports"],
        "summary": "Qxsummary.",
    },
    {
        "url": "https://qx.example/two",
        "title": "Qxother",
        "text": "Qxalo qxzeta.",
        "published": "2017-03",
        "source": "Qxpost",
    },
    {"url": "https://qx.example/three", "title": "Qxthird", "text": "Qxeta qxalo.", "published": "qxnever"},
)

PAGES = [
    *PLAIN_PAGES,
    "/search?q=",
    "/search?q=qxalo",
    "/search?q=qxalo+qxbelo+qxzzz",
    "/search?q=qxalo+qxcado&explain=1&source=Qxpress&from=2016&to=2017",
    "/search?q=%22qxalo+qxbelo%22+OR+(qxdado+NEAR/2+qxeno)+-qxzeta&match=any&year=2016&year=unknown",
    "/search?q=qxzzz+title:qxyyy+author:qxann+qx*+qxalo~+date:2016&as_of=2040",
    "/search?q=qxalo&page=9&per_page=500&sort=qx&from=qx&to=2016&year=qx&as_of=qx",
    "/search?q=((qxalo+AND+date:13+%22qx+person:qxann",
    "/browse/topics?as_of=2040",
    "/browse/authors?as_of=qx",
    "/browse/sources/Qxpress",
    "/browse/sources/Qxnone?as_of=2000",
    "/browse/2016",
    "/browse/2017/03",
    f"{FIRST}/qxtitle",
    f"{FIRST}/qxtitle?q=qxalo+qxtitle",
    f"{FIRST}/qxtitle?q=qxzzz",
    f"{FIRST}/qxtitle?as_of=2040",
    f"{FIRST}/qxtitle?as_of=2000",
    f"{FIRST}/v/1",
    f"{FIRST}/v/2",
    f"{FIRST}/v/9",
    f"{FIRST}/versions",
    f"{FIRST}/diff/1/2",
    f"{FIRST}/diff?from=qx",
    f"{FIRST}/cite?p=2&quote=qxzzz",
    f"{FIRST}/cite?p=99&v=1",
    f"{FIRST}/p/zzzzzzzz",
    f"{SECOND}/qxother",
    f"/related/{FIRST[3:]}",
    f"/list?items={FIRST[3:]},000000000000,qx&name=Qxports&add=qx",
]

# What is the same in every language: names of formats, of styles and of fields of the query language, and the data of
# pages for machines.
UNTRANSLATED = re.compile(
    r"\b(Policy Archive|policy-archive|Markdown|RIS|BibTeX|CSL-JSON|JSON|UTC|sha256|Chicago|APA|MLA|Bluebook|OSCOLA|"
    r"AND|OR|NOT|NEAR|relevance|newest|oldest|unknown|records\.jsonl|[0-9a-f]{64}|"
    r"(title|author|source|topic|text|date|before|after|since|until|person|place|org|speaker|year|page|per_page|sort|from|to"
    r"|as_of)(?=[:=]))\b|https?://\S*|\bqx\w*",
    re.IGNORECASE,
)
# What the archive noted when it stored the articles, citations, and examples of what can be typed.
_ELEMENTS = "|".join(("code", "pre", "q", "i", "cite", "blockquote", "textarea", "script"))
AS_STORED = re.compile(
    rf"<({_ELEMENTS})\b.*?</\1>"
    r'|<dd dir="auto" class="copied">.*?</dd>'
    r"|<td[^>]*>(?:record|“qxnever.*?)</td>"
    r'|<th scope="row"><a href="/search\?q=.*?</th>',
    re.DOTALL,
)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("translations")
    make_up(folder, "uk", CYRILLIC)
    return folder


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory, made_up: Path) -> Iterator[TestClient]:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    archive.add(*RECORDS)
    archive.add({**RECORDS[0], "text": f"{TEXT}\n\nQxnew.", "title": "Qxtitle qxnew"})
    settings = archive.settings.model_copy(update={"locale": "uk", "translations": made_up})
    with TestClient(create_app(settings), base_url="http://archive.test") as site:
        yield site
    archive.close()
    speak(DEFAULT)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_words_of_its_own(translated: TestClient, path: str) -> None:
    html = AS_STORED.sub(" ", translated.get(path).text)
    attributes = re.findall(r'(?:aria-label|placeholder|title|alt|name="description" content)="([^"]*)"', html)
    said = [*re.findall(r">([^<>]+)<", html[html.index("<title>") :]), *attributes]
    assert len(said) > 20
    assert [text for one in said if re.search("[A-Za-z]{2}", text := UNTRANSLATED.sub("", one))] == []


def test_scripts_and_style_sheet_speak_the_language(translated: TestClient) -> None:
    page = translated.get("/").text
    (address,) = re.findall(r'href="(/static/words\.css\?v=\w+)"', page)
    assert '<html lang="uk">' in page
    assert "вжрґ" in translated.get(address).text
    assert "скгл" in translated.get("/static/words.js").text


def test_the_catalogue_is_that_of_the_code() -> None:
    assert MESSAGES.read_bytes() == written(catalogue()), "make catalogue"


@pytest.fixture
def spoken() -> Iterator[None]:
    yield
    speak(DEFAULT)


@pytest.mark.usefixtures("spoken")
def test_numbers_and_dates_are_written_as_the_language_does(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text('msgid "%(num)s article"\nmsgid_plural "%(num)s articles"\n'
                                    'msgstr[0] "%(num)s Artikel"\nmsgstr[1] "%(num)s Artikel"\n')  # fmt: skip
    said = {}
    for tag in ("en-GB", "en-US", "de"):
        speak(tag, tmp_path)
        said[tag] = (
            language.day_text(date(2016, 7, 21)),
            counted(1204, "article"),
            language.listed(["a", "b", "c"]),
            language.decimal_text(0.5),
        )
    assert said == {
        "en-GB": ("21 July 2016", "1,204 articles", "a, b and c", "0.50"),
        "en-US": ("July 21, 2016", "1,204 articles", "a, b, and c", "0.50"),
        "de": ("21. Juli 2016", "1.204 Artikel", "a, b und c", "0,50"),
    }


@pytest.mark.usefixtures("spoken")
def test_a_language_written_from_right_to_left(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "ar.po").write_text('msgid "Search"\nmsgstr "\u0628\u062d\u062b"\n')
    settings = archive.settings.model_copy(update={"locale": "ar", "translations": tmp_path})
    with TestClient(create_app(settings)) as site:
        page = site.get("/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert ">\u0628\u062d\u062b</button>" in page


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        (
            'msgid "Page %(page)s of %(pages)s"\nmsgstr "%(seite)s"\n',
            r"line 1: '%\(seite\)s' has %\(seite\)s, which the",
        ),
        ('msgid "%(number)s %%"\nmsgstr "%(number)s %"\n', "has a single %, which the English has not"),
        ('msgid "Search\n', "can't be read"),
    ],
)
def test_a_translation_that_pages_would_stumble_over_is_refused(tmp_path: Path, translation: str, problem: str) -> None:
    (tmp_path / "de.po").write_text(translation)
    with pytest.raises(NoTranslation, match=problem):
        speak("de", tmp_path)
    assert language.tag() == DEFAULT


@pytest.mark.parametrize(
    ("tag", "problem"), [("fr", "into French; the pages can speak: en"), ("qq-qq-q", "no language")]
)
def test_a_language_that_pages_do_not_speak(tag: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Settings(locale=tag, _env_file=None)
