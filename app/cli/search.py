"""`policy-archive search`."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.terminal import WRONG_USE, archive, fail, out, say
from app.domain.dates import display_date
from app.domain.moments import read_as_of
from app.domain.query import Match, Similar, Sort
from app.domain.wording import counted
from app.search.engine import SearchRequest
from app.search.live import LiveIndex
from app.search.parse import in_words, parse
from app.search.search import Answer, Hit, SearchPage
from app.search.search import search as run_search
from app.search.serialize import clause_note, search_json
from app.search.snippets import Piece
from app.search.thesaurus import ThesaurusFile


def search(
    query: Annotated[str, typer.Argument(help='Words, "a phrase", -without.')],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Hits to show.")] = 10,
    sort: Annotated[Sort, typer.Option(help="Order of hits.")] = Sort.RELEVANCE,
    match: Annotated[Match | None, typer.Option(help="Whether every word must occur, or any.")] = None,
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Search the archive as it stood at the end of a day, month or year.")
    ] = "",
    similar: Annotated[
        Similar, typer.Option(help="Whether near-duplicates of a hit are collapsed beneath it.")
    ] = Similar.COLLAPSED,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Search the archive: the same search as on the site."""
    moment = read_as_of(as_of)
    if moment is not None and moment.problem is not None:
        fail(f"--as-of {as_of!r} is no date. Write a day as 2026-01-31, or a month, or a year.", WRONG_USE)
    with archive() as (settings, database):
        index = LiveIndex(database, settings.index_folder)
        thesaurus = ThesaurusFile(settings.thesaurus).current()
        request = SearchRequest(parse(query, match), sort=sort, per_page=limit, as_of=moment, similar=similar)
        with index.engine() as engine:
            page = run_search(database, engine, request, thesaurus)
        index.close()
        if as_json:
            out.print(json.dumps(search_json(page, settings.base_url), ensure_ascii=False), markup=False)
            return
        _say_how_it_was_read(page.answer)
        table = Table(show_lines=True, header_style="bold")
        table.add_column("Article", ratio=4)
        table.add_column("Source")
        table.add_column("Date", no_wrap=True)
        for hit in page.hits:
            table.add_row(
                _article(hit, settings.base_url), hit.article.source or "", display_date(hit.article.published)
            )
        if page.hits:
            out.print(table)
        out.print(f"{_counted(page)} ({page.took_ms:.0f} ms).")


def _counted(page: SearchPage) -> str:
    said = [counted(page.result.total, "article")]
    if page.result.collapsed:
        said.append(f"{page.result.collapsed:,} of them beneath a similar one (--similar all lists them)")
    if page.answer.shown > len(page.hits):
        said.append(f"the first {len(page.hits):,} shown")
    return ", ".join(said)


def _say_how_it_was_read(answer: Answer) -> None:
    say(f"Read as: {in_words(answer.query.asked)}")
    for note in answer.notes:
        say(note)
    if answer.fallback:
        say("No article answers all of this; these answer any of it.")
    if len(answer.clauses) > 1 or any(clause.widened for clause in answer.clauses):
        for clause in answer.clauses:
            widened = f" (with {', '.join(clause.widened)})" if clause.widened else ""
            told = clause_note(clause, answered=answer.answered)
            say(f"  {clause.text}{widened}: {clause.total:,}{f'. {told}' if told else ''}")
    if answer.narrow is not None:
        say(f"Without other names: {answer.narrow}")
    if answer.did_you_mean is not None:
        say(f"Did you mean: {answer.did_you_mean}")


def _article(hit: Hit, base_url: str) -> Text:
    text = _marked(hit.title, "bold")
    for snippet in hit.snippets.items:
        text.append(f"\n¶{snippet.paragraph} ", "dim")
        text.append_text(_marked(snippet.pieces, ""))
    text.append(f"\n{base_url}{hit.article.lasting_path}", "cyan")
    if hit.found.similar:
        text.append(f"\n{hit.found.similar:,} similar", "bold")
        for other in hit.beneath:
            told = ", ".join((other.title, other.source or "source unknown", display_date(other.published)))
            text.append(f"\n  {told}\n  ").append(f"{base_url}{other.lasting_path}", "cyan")
        if hit.found.similar > len(hit.beneath):
            text.append(f"\n  and {hit.found.similar - len(hit.beneath):,} more")
    return text


def _marked(pieces: tuple[Piece, ...], style: str) -> Text:
    text = Text()
    for piece in pieces:
        text.append(piece.text, "bold yellow" if piece.marked else style)
    return text
