"""`policy-archive export`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from app.cli.terminal import WRONG_USE, archive, fail, out, progress
from app.domain.query import Similar, Sort
from app.domain.wording import counted
from app.ingest.exported import FORMATS, write_export
from app.search.engine import SearchRequest
from app.search.live import LiveIndex
from app.search.parse import parse
from app.search.search import find
from app.search.thesaurus import ThesaurusFile
from app.settings import Settings
from app.store.database import Database
from app.store.holdings import holdings, ids_in_order, leading_to

HITS_AT_ONCE = 500


def export(
    query: Annotated[str | None, typer.Argument(help="Only articles that this search finds; all without one.")] = None,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="The file; .gz at its end compresses it.")] = None,
    format: Annotated[str | None, typer.Option(help=f"{' or '.join(FORMATS)}; else the file's name tells.")] = None,
) -> None:
    """Write articles whole, with every version and origin. `ingest` of the file in another archive makes the same of
    it."""
    if file is None:
        fail("say where to, with -o FILE.", WRONG_USE)
    name = file.name.removesuffix(".gz")
    chosen = format or next((one for one in FORMATS if name.endswith(f".{one}")), None)
    if chosen not in FORMATS:
        fail(f"--format {chosen!r} is not known. Known are: {', '.join(FORMATS)}.", WRONG_USE)
    if not file.parent.is_dir():
        fail(f"{file.parent}: there is no such folder. Make it first.", WRONG_USE)
    with archive() as (settings, database):
        wanted = None if query is None else set(_found(settings, database, query))
        with database.reading() as connection, progress("Writing") as show:
            chosen_ids = _ids(connection, wanted)
            found = holdings(connection, chosen_ids)
            base_url = settings.base_url.rstrip("/")
            written = write_export(file, chosen, found, base_url, lambda done: show(done, len(chosen_ids), ""))
    out.print(f"{counted(written, 'article')} in {file}.", markup=False)


def _ids(connection: Connection, wanted: set[str] | None) -> list[str]:
    """Those wanted, and those that lead to them."""
    if wanted is None:
        return list(ids_in_order(connection))
    all_of_them = wanted | leading_to(connection, wanted)
    return [id for id in ids_in_order(connection) if id in all_of_them]


def _found(settings: Settings, database: Database, query: str) -> Iterator[str]:
    index = LiveIndex(database, settings.index_folder)
    thesaurus = ThesaurusFile(settings.thesaurus).current()
    page = 1
    with index.engine() as engine:
        while True:
            request = SearchRequest(
                parse(query),
                sort=Sort.NEWEST,
                page=page,
                per_page=HITS_AT_ONCE,
                facets=(),
                months=False,
                similar=Similar.ALL,
            )
            hits = find(engine, request, thesaurus).result.hits
            yield from (hit.id for hit in hits)
            if len(hits) < HITS_AT_ONCE:
                break
            page += 1
    index.close()
