"""A reading list: articles and passages that its address names, and the list as one file with their citations.

Nothing is kept on the server: the address is the list. static/list.js keeps one in the reader's browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from app.domain.article import Article, Moved, Tombstone
from app.domain.citation import Cited, bibtex, csl_item, markdown, ris
from app.domain.passage import fingerprints
from app.domain.reading_list import LONGEST_NAME, MOST_ITEMS, Item, read_items, read_permalink, write_items
from app.language import _, noted, plural
from app.store import permalinks
from app.store.browse import Shelf
from app.web.dependencies import Archive, ArchiveDep
from app.web.elsewhere import withdrawn_text
from app.web.forms import cited
from app.web.pages import page
from app.web.present import ArticleLine, date_view, shelf_link, shortened
from app.web.serialize import to_json

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the page shows it. line: None where no article can be shown. passage: the words of the paragraph, and
    number: where it stands now. note: what became of the item, in a sentence. citation: None where there is nothing to
    cite."""

    item: Item
    path: str
    line: ArticleLine | None = None
    passage: str | None = None
    number: int | None = None
    note: str | None = None
    remove: str = ""
    citation: Cited | None = None


@dataclass(frozen=True, slots=True)
class File:
    """The whole list in one file. name: what its address ends in."""

    name: str
    media_type: str
    text: str
    write: Callable[[Sequence[Entry], str, str], str]


@dataclass(frozen=True, slots=True)
class ListView:
    """problems: what could not be read, in sentences. files: what each is called, and where it is."""

    name: str
    items: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@router.get("/list")
def reading_list(archive: ArchiveDep, request: Request) -> Response:
    parameters = request.query_params
    given = read_items(parameters.get("items", ""))
    name = _name(parameters)
    problems = [_("“%(given)s” is no item of a reading list.", given=shortened(one, 40)) for one in given.unread[:5]]
    if given.left_out:
        problems.append(
            plural(
                "A list holds at most %(most)s items; %(num)s more was left out.",
                "A list holds at most %(most)s items; %(num)s more were left out.",
                given.left_out,
                most=MOST_ITEMS,
            )
        )
    if add := parameters.get("add", "").strip():
        added = _pointed(archive, add)
        if added is None:
            problems.append(_("“%(given)s” is no permalink of this archive.", given=shortened(add, 80)))
        elif len(given.items) >= MOST_ITEMS and added not in given.items:
            problems.append(_("The list is full: it holds at most %(most)s items.", most=MOST_ITEMS))
        else:
            items = (*(one for one in given.items if one != added), added)
            return RedirectResponse(_address(items, name), HTTPStatus.SEE_OTHER)
    address = _address(given.items, name)
    entries = tuple(
        replace(entry, remove=_address([one for one in given.items if one != entry.item], name))
        for entry in _entries(archive, given.items)
    )
    query = address.partition("?")[2]
    files = tuple((_(file.text), f"/list.{file.name}?{query}") for file in FILES if query)
    view = ListView(name, write_items(given.items), entries, tuple(problems), files)
    return page(request, "reading_list.html", canonical=address, view=view)


def _name(parameters: QueryParams) -> str:
    return " ".join(parameters.get("name", "")[:LONGEST_NAME].split())


def _address(items: Sequence[Item], name: str) -> str:
    asked = ({"name": name} if name else {}) | ({"items": write_items(items)} if items else {})
    return f"/list?{urlencode(asked, safe=',', errors='replace')}" if asked else "/list"


def _pointed(archive: Archive, text: str) -> Item | None:
    """The item that a pasted permalink means. None where it means nothing here."""
    pointed = read_permalink(text)
    if pointed is None:
        return None
    if pointed.number is None:
        return pointed.item
    found = archive.find(pointed.item.id)
    if not isinstance(found, Article) or pointed.number > len(found.paragraphs) or not pointed.number:
        return pointed.item
    return Item(found.id, fingerprints(found.paragraphs)[pointed.number - 1])


def _entries(archive: Archive, items: Sequence[Item]) -> list[Entry]:
    ids = [item.id for item in items]
    with archive.database.reading() as connection:
        found = permalinks.find_all(connection, ids, [item.id for item in items if item.mark])
    marks = {
        article.id: {mark: number for number, mark in enumerate(fingerprints(article.paragraphs), start=1)}
        for article in found.values()
        if isinstance(article, Article) and article.paragraphs
    }
    return [_entry(archive, item, found, marks) for item in items]


def _entry(
    archive: Archive,
    item: Item,
    found: Mapping[str, Article | Moved | Tombstone],
    marks: Mapping[str, Mapping[str, int]],
) -> Entry:
    path, note = f"/a/{item.id}", None
    article = found.get(item.id)
    if isinstance(article, Moved):
        note = _("The article that was put here is the same as, or was merged into, this one.")
        article = found.get(article.into)
    if isinstance(article, Tombstone):
        return Entry(item, path, note=withdrawn_text(article))
    if not isinstance(article, Article):
        return Entry(item, path, note=_("No article of this archive has, or ever had, this id."))
    line = _line(article)
    if item.mark is None:
        return Entry(item, article.path, line, note=note, citation=cited(article, archive))
    number = marks.get(article.id, {}).get(item.mark)
    if number is None:
        changed = _("This passage has changed since, or is gone; its lasting link shows what became of it.")
        return Entry(item, f"{path}/p/{item.mark}", line, note=changed, citation=cited(article, archive))
    text = article.paragraphs[number - 1].text
    citation = cited(article, archive, number, text)
    return Entry(item, f"{article.path}#p{number}", line, text, number, note, citation=citation)


def _line(article: Article) -> ArticleLine:
    return ArticleLine(
        title=article.title.value,
        path=article.path,
        source=None if article.source is None else shelf_link(Shelf.SOURCES, article.source.value),
        authors=tuple(shelf_link(Shelf.AUTHORS, author.value) for author in article.authors),
        date=date_view(None if article.published is None else article.published.value),
        summary=None,
    )


def _markdown(entries: Sequence[Entry], name: str, address: str) -> str:
    parts = [f"# {name or _('Reading list')}\n"]
    for entry in entries:
        if entry.citation is not None:
            said = markdown(entry.citation)
            parts.append(said if entry.passage else f"- {said}")
        if entry.note:
            parts.append(f"- {entry.item}: {entry.note}\n" if entry.citation is None else f"  ({entry.note})\n")
    return "\n".join([*parts, f"<{address}>\n"])


def _citations(entries: Sequence[Entry]) -> list[Cited]:
    return [entry.citation for entry in entries if entry.citation is not None]


def _bibtex(entries: Sequence[Entry], _name: str, _address: str) -> str:
    """Each under a key of its own: passages of one article would else share one."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.citation is not None:
            key = f"a{entry.citation.article.id}"
            own = f"{key}-p{entry.number}" if entry.number else key
            found.setdefault(own, bibtex(entry.citation).replace(f"{{{key},", f"{{{own},", 1))
    return "\n".join(found.values())


def _csl_json(entries: Sequence[Entry], _name: str, _address: str) -> str:
    found: dict[str, dict[str, Any]] = {}
    for one in _citations(entries):
        item = csl_item(one)
        if one.paragraph:
            item["id"] = f"{item['id']}-p{one.paragraph}"
            item["note"] = one.quotation
        found.setdefault(item["id"], item)
    return to_json(list(found.values()))


def _bookmarks(entries: Sequence[Entry], name: str, _address: str) -> str:
    """As Netscape wrote bookmarks, which every browser reads."""
    added = int(datetime.now(UTC).timestamp())
    title = escape(name or _("Reading list"))
    lines = [
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>",
        '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">',
        f"<TITLE>{title}</TITLE>",
        f"<H1>{title}</H1>",
        "<DL><p>",
        f"    <DT><H3>{title}</H3>",
        "    <DL><p>",
    ]
    for entry in entries:
        if entry.citation is not None:
            said = escape(" ".join(entry.citation.article.title.value.split()))
            url = entry.citation.url
            if entry.number:
                url = f"{entry.citation.base_url}/a/{entry.citation.article.id}/p/{entry.item.mark}"
            lines.append(f'        <DT><A HREF="{escape(url)}" ADD_DATE="{added}">{said}</A>')
            if entry.passage:
                lines.append(f"        <DD>{escape(' '.join(entry.passage.split()))}")
    return "\n".join([*lines, "    </DL><p>", "</DL><p>", ""])


FILES: Final = (
    File("md", "text/markdown; charset=utf-8", "Markdown", _markdown),
    File(
        "ris",
        "application/x-research-info-systems; charset=utf-8",
        "RIS",
        lambda entries, *_said: "".join(map(ris, _citations(entries))),
    ),
    File("bib", "application/x-bibtex; charset=utf-8", "BibTeX", _bibtex),
    File("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", _csl_json),
    File("bookmarks.html", "text/html; charset=utf-8", noted("Bookmarks"), _bookmarks),
)


def _add(file: File) -> None:
    def whole_list(archive: ArchiveDep, request: Request) -> Response:
        items = read_items(request.query_params.get("items", "")).items
        name = _name(request.query_params)
        entries = _entries(archive, items)
        body = file.write(entries, name, archive.base_url + _address(items, name)).encode("utf-8", "replace")
        # A download, also where a browser could show it: the bookmarks are no page of this site.
        headers = {"Content-Disposition": f'attachment; filename="reading-list.{file.name}"'}
        return Response(body, HTTPStatus.OK, headers, media_type=file.media_type)

    router.routes.append(APIRoute(f"/list.{file.name}", whole_list, name=f"reading_list_{file.name}"))


for _file in FILES:
    _add(_file)
