"""`policy-archive verify`."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from sqlalchemy import Connection

from app.cli.terminal import FAILED, archive, out, progress
from app.domain.wording import counted
from app.search.engine import IndexUnavailable
from app.search.whoosh import open_engine
from app.search.whoosh import verify as verify_index
from app.settings import Settings
from app.store import articles, index_state
from app.store.proof import database_problems

SHOWN = 5
"""Ids that a sentence names."""


def verify() -> None:
    """Prove that nothing was lost or altered: the database, every version's text, the index. Exits with 1 if not."""
    problems = 0
    with archive() as (settings, database), database.reading() as connection, progress("Proving") as show:
        for problem in database_problems(connection, lambda done, total: show(done, total, "")):
            problems += 1
            out.print(problem, markup=False)
        for problem in _index_problems(connection, settings):
            problems += 1
            out.print(problem, markup=False)
    if problems:
        out.print(f"{problems:,} problems.")
        raise typer.Exit(FAILED)
    out.print(
        "All is well: every version's text is what it was when it was stored, and the index holds what it should."
    )


def _index_problems(connection: Connection, settings: Settings) -> Iterator[str]:
    state = index_state.read(connection)
    if state.directory is None:
        yield "There is no search index yet. Run `policy-archive reindex`."
        return
    directory = settings.index_folder / state.directory
    try:
        yield from verify_index(directory)
        engine = open_engine(directory, state.generation)
    except IndexUnavailable as error:
        yield str(error)
        return
    try:
        held = set(engine.document_ids())
    finally:
        engine.close()
    wanted = set(articles.listed_ids(connection, "", 1_000_000_000))
    if missing := sorted(wanted - held):
        yield f"The index lacks {_named(missing)}. Run `policy-archive reindex`."
    if surplus := sorted(held - wanted):
        yield f"The index holds {_named(surplus)}, which it should not. Run `policy-archive reindex`."


def _named(ids: list[str]) -> str:
    shown = ", ".join(ids[:SHOWN])
    more = f" and {len(ids) - SHOWN:,} more" if len(ids) > SHOWN else ""
    return f"{counted(len(ids), 'article')} ({shown}{more})"
