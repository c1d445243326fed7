"""An article in other forms: text, Markdown, JSON, citations. Which form is asked for by Accept is in `negotiation`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from app.domain.article import Article, Tombstone
from app.domain.citation import Cited, bibtex, csl_item, ris
from app.language import _, noted
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import led, moved, withdrawn
from app.web.errors import NotFound
from app.web.links import link_header, linkset
from app.web.markdown import article_markdown
from app.web.present import read_number
from app.web.serialize import article_json, to_json
from app.web.signposting import landing_links, linkset_links


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an article. name: what its address ends in. text: what links to it say, empty where pages show none.

    dated: whether it says on which day it was asked for.
    """

    name: str
    media_type: str
    text: str
    write: Callable[[Article, Archive], str]
    dated: bool = False


def _json(article: Article, archive: Archive) -> str:
    return json.dumps(article_json(article, archive.base_url), ensure_ascii=False)


def _csl_json(article: Article, archive: Archive) -> str:
    return to_json([csl_item(cited(article, archive))])


def _linkset(article: Article, archive: Archive) -> str:
    contexts = [
        linkset(anchor, links) for anchor, links in linkset_links(article, archive.base_url, FORM_TYPES).items()
    ]
    return json.dumps({"linkset": contexts}, ensure_ascii=False)


def cited(
    article: Article,
    archive: Archive,
    paragraph: int | None = None,
    quotation: str | None = None,
    accessed: date | None = None,
) -> Cited:
    """What is cited, read today unless another day is given."""
    day = accessed or datetime.now(UTC).date()
    return Cited(article, archive.base_url, archive.settings.title, day, paragraph, quotation)


FORMS: Final[dict[str, Form]] = {
    form.name: form
    for form in (
        Form("json", "application/json", "JSON", _json),
        Form("txt", "text/plain", noted("Text"), lambda article, _: article.text),
        Form("md", "text/markdown", "Markdown", lambda article, archive: article_markdown(article, archive.base_url)),
        Form("ris", "application/x-research-info-systems", "RIS", lambda *of: ris(cited(*of)), dated=True),
        Form("bib", "application/x-bibtex", "BibTeX", lambda *of: bibtex(cited(*of)), dated=True),
        Form("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", _csl_json, dated=True),
        Form("linkset.json", "application/linkset+json", "", _linkset),
    )
}
FORM_TYPES: Final = {name: form.media_type for name, form in FORMS.items()}

router = APIRouter()


def _add(form: Form) -> None:
    """Its two addresses: of the article as it is now, and of one version."""

    def now(id: str, archive: ArchiveDep, request: Request) -> Response:
        found = archive.find(id)
        if isinstance(found, Article) and found.id == id:
            return _answer(form, found, archive)
        return led(request, id, found, lambda meant: f"/a/{meant}.{form.name}")

    def then(id: str, number: str, archive: ArchiveDep, request: Request) -> Response:
        match archive.version(id, read_number(number) or 0):
            case Article() as article if request.scope["path"] == f"{article.version_path}.{form.name}":
                return _answer(form, article, archive)
            case Article() as article:
                return moved(request, f"{article.version_path}.{form.name}")
            case Tombstone() as stone:
                return withdrawn(request, stone)
            case None:
                raise NotFound(_("There is no such version of an article here."))

    name = form.name.replace(".", "_")
    for path, answer in ((f"/a/{{id}}.{form.name}", now), (f"/a/{{id}}/v/{{number}}.{form.name}", then)):
        router.routes.append(APIRoute(path, answer, name=f"article_{name}_{answer.__name__}"))


def _answer(form: Form, article: Article, archive: Archive) -> Response:
    headers = {"Link": link_header(landing_links(article, archive.base_url))}
    body = form.write(article, archive).encode("utf-8", "replace")
    charset = "; charset=utf-8" if form.media_type.startswith("text/") or form.name in ("ris", "bib") else ""
    return Response(body, HTTPStatus.OK, headers, media_type=form.media_type + charset)


# The longer names first: `.csl.json` is no id with `.json` after it.
for _form in sorted(FORMS.values(), key=lambda form: -form.name.count(".")):
    _add(_form)
