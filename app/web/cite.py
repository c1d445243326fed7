"""Citing an article, or a passage of it: with its words, its paragraph, its version and its day of access.

Works from a plain form; static/cite.js only fills in what the reader has selected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from app.domain.article import Article, Moved, Tombstone
from app.domain.citation import bibtex, csl_item, markdown, ris, text_fragment
from app.domain.passage import fingerprints
from app.language import _, noted, number_text
from app.web.citation_styles import StyledCitation, styled_citations
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import moved, unknown, withdrawn
from app.web.forms import cited
from app.web.pages import page
from app.web.present import DateView, date_text, read_number, shortened
from app.web.serialize import to_json

LONGEST_QUOTATION: Final = 5_000
"""Characters; a longer one is no quotation but a copy."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Block:
    """A citation in a form to be copied."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class CiteView:
    """number: of the paragraph, None for the article as a whole. quotation: as it stands in the text; asked: as it was
    asked for. notes: what could not be found, in sentences. fragment: the address that marks the quotation."""

    title: str
    article: str
    action: str
    paragraphs: int
    number: int | None
    asked: str
    quotation: str | None
    notes: tuple[str, ...]
    version: int
    newest: bool
    version_url: str
    stored: DateView
    accessed: DateView
    sha256: str
    url: str
    fragment: str
    lasting: str | None
    styles: tuple[StyledCitation, ...]
    blocks: tuple[Block, ...]


@router.get("/a/{id}/cite")
def cite_page(id: str, archive: ArchiveDep, request: Request) -> Response:
    match archive.find(id):
        case Article() as article if request.scope["path"] == f"/a/{article.id}/cite":
            asked = _asked_version(archive, article, request.query_params)
            view = _view(archive, asked, request.query_params)
            answer = page(request, "cite.html", canonical=f"/a/{article.id}/cite", view=view)
            # It says which day it is.
            answer.headers["Cache-Control"] = "no-cache"
            return answer
        case Article() as article:
            return moved(request, f"/a/{article.id}/cite")
        case Moved() as there:
            # Paragraphs of the one are not those of the other.
            return moved(request, f"/a/{there.into}", HTTPStatus.MOVED_PERMANENTLY)
        case Tombstone() as stone:
            return withdrawn(request, stone)
        case None:
            raise unknown(id)


def _asked_version(archive: Archive, article: Article, parameters: QueryParams) -> Article:
    number = read_number(parameters.get("v", ""))
    if not number or number == article.version:
        return article
    found = archive.version(article.id, number)
    return found if isinstance(found, Article) else article


def _view(archive: Archive, article: Article, parameters: QueryParams) -> CiteView:
    notes: list[str] = []
    asked = parameters.get("quote", "").strip()
    if len(asked) > LONGEST_QUOTATION:
        asked = asked[:LONGEST_QUOTATION]
        notes.append(
            _("Only the first %(most)s characters of the quotation were read.", most=number_text(LONGEST_QUOTATION))
        )
    number = _paragraph(article, parameters.get("p", ""), notes)
    quotation = None
    if asked:
        number, quotation = _find(article, number, asked)
        if quotation is None:
            sentence = noted("These words do not stand in paragraph %(number)s, so they are not quoted: “%(words)s”")
            if not number:
                sentence = noted("These words do not stand in the text, so they are not quoted: “%(words)s”")
            notes.append(_(sentence, number=number or 0, words=shortened(asked, 200)))
    elif number:
        quotation = article.paragraphs[number - 1].text
    now = datetime.now(UTC)
    subject = cited(article, archive, number, quotation, now.date())
    newest = article.version == article.current
    start = archive.base_url + (article.path if newest else article.version_path)
    anchor = f"#p{number}" if number else "#"
    return CiteView(
        title=article.title.value,
        article=article.path if newest else article.version_path,
        action=f"/a/{article.id}/cite",
        paragraphs=len(article.paragraphs),
        number=number,
        asked=asked,
        quotation=quotation,
        notes=tuple(notes),
        version=article.version,
        newest=newest,
        version_url=subject.version_url,
        stored=DateView(date_text(article.stored_at), article.stored_at.date().isoformat()),
        accessed=DateView(date_text(now), now.date().isoformat()),
        sha256=article.fixity,
        url=subject.url,
        fragment=start + anchor + text_fragment(quotation) if quotation else start,
        lasting=f"{archive.base_url}/a/{article.id}/p/{fingerprints(article.paragraphs)[number - 1]}"
        if number
        else None,
        styles=tuple(styled_citations(subject)),
        blocks=(
            Block("Markdown", markdown(subject)),
            Block("BibTeX", bibtex(subject)),
            Block("RIS", ris(subject).replace("\r\n", "\n")),
            Block("CSL-JSON", to_json([csl_item(subject)])),
        ),
    )


def _paragraph(article: Article, given: str, notes: list[str]) -> int | None:
    if not given.strip():
        return None
    number = read_number(given.strip().removeprefix("p").removeprefix("¶"))
    if number and number <= len(article.paragraphs):
        return number
    sentence = noted("There is no paragraph “%(given)s”; the article has %(count)s.")
    notes.append(_(sentence, given=shortened(given, 20), count=number_text(len(article.paragraphs))))
    return None


def _find(article: Article, number: int | None, asked: str) -> tuple[int | None, str | None]:
    """The paragraph that holds the words, and the words as they stand there: blanks, quotation marks and dashes of what
    was selected or typed may be others."""
    wanted, _places = _levelled(asked)
    numbers = [number] if number else range(1, len(article.paragraphs) + 1)
    for one in numbers:
        text = article.paragraphs[one - 1].text
        found, places = _levelled(text)
        at = found.find(wanted)
        if wanted and at >= 0:
            return one, text[places[at] : places[at + len(wanted) - 1] + 1]
    return number, None


_LEVEL: Final = str.maketrans("‘’‚‛“”„‟«»–—‑‐", '\'\'\'\'""""""----')


def _levelled(text: str) -> tuple[str, list[int]]:
    """The text with blanks, quotation marks and dashes evened out, and where each of its characters stood."""
    kept: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        char = " " if char.isspace() else char.translate(_LEVEL)
        if char == " " and (not kept or kept[-1] == " "):
            continue
        kept.append(char)
        places.append(place)
    while kept and kept[-1] == " ":
        kept.pop()
        places.pop()
    return "".join(kept), places
