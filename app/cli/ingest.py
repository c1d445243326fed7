"""`policy-archive ingest`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer

from app.cli.terminal import FAILED, WRONG_USE, archive, fail, out, progress, say
from app.ingest.compose import Given
from app.ingest.exported import is_export
from app.ingest.inputs import STDIN, Input, find_inputs
from app.ingest.readers import FORMATS
from app.ingest.run import Summary
from app.ingest.run import ingest as run_ingest
from app.search.indexer import Indexer
from app.settings import Settings
from app.store.database import Database
from app.store.index_state import LeaseTaken
from app.store.runs import Counts

PROBLEMS_SHOWN: Final = 20
SECONDS_TO_WAIT: Final = 60
"""How long a run waits for another process that is writing the index."""


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH|- ...", help="Files, folders, or - for standard input.")],
    source: Annotated[str | None, typer.Option(help="Who published records that do not say so.")] = None,
    format: Annotated[str | None, typer.Option(help=f"Read every input as this: {', '.join(FORMATS)}.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic for every record; may be repeated.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if a record was rejected.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Store articles from files, folders of them, or standard input, and index them."""
    if any(is_export(path) for path in paths):
        from app.cli.exported import ingest_exports

        ingest_exports(paths, strict=strict, as_json=as_json)
        return
    if format is not None and format not in FORMATS:
        fail(f"--format {format!r} is not known. Known are: {', '.join(FORMATS)}.", WRONG_USE)
    if paths.count(STDIN) > 1:
        fail("standard input (-) can be read only once.", WRONG_USE)
    inputs, wrong = find_inputs(paths, format)
    if not inputs:
        for error in wrong:
            say(f"Error: {error}")
        raise typer.Exit(WRONG_USE)
    with archive(make=True) as (settings, database):
        summary = _store(database, inputs, Given(source, tuple(topic or ())))
        _report(summary, as_json=as_json)
        bring_index_up_to_date(settings, database)
    for error in wrong:
        say(f"Error: {error}")
    if wrong:
        raise typer.Exit(WRONG_USE)
    if strict and summary.counts.rejected:
        raise typer.Exit(FAILED)


def _store(database: Database, inputs: list[Input], given: Given) -> Summary:
    with progress("Reading") as show:

        def tell(counts: Counts, input: Input) -> None:
            show(counts.read, None, input.file if input.path else "standard input")

        return run_ingest(database, inputs, given, tell)


def _report(summary: Summary, *, as_json: bool) -> None:
    for problem in summary.problems[:PROBLEMS_SHOWN]:
        say(problem)
    unshown = len(summary.problems[PROBLEMS_SHOWN:]) + summary.untold
    if unshown:
        say(f"... and {unshown:,} more like these; `policy-archive rejections list` shows what was rejected.")
    counts = summary.counts
    if as_json:
        fields = {"run": summary.run, **asdict(counts), "seconds": round(summary.seconds, 3)}
        out.print(json.dumps(fields), markup=False)
        return
    rate = counts.read / summary.seconds if summary.seconds else 0.0
    out.print(
        f"Run {summary.run}: {counts.read:,} records read in {summary.seconds:.1f} s ({rate:,.0f} a second): "
        f"{counts.added:,} added, {counts.revised:,} revised, {counts.unchanged:,} unchanged, "
        f"{counts.duplicates:,} duplicates, {counts.rejected:,} rejected."
    )
    for reason, records in summary.reasons.most_common(10):
        out.print(f"  rejected {records:,}: {reason}", markup=False)


def bring_index_up_to_date(settings: Settings, database: Database) -> None:
    """Index what the outbox owes. If another process is writing the index, wait a while; it may do our share as
    well."""
    indexer = Indexer(database, settings.index_folder)
    try:
        with progress("Indexing") as show:
            indexer.catch_up(lambda done, total: show(done, total, ""), wait=SECONDS_TO_WAIT)
    except LeaseTaken as error:
        say(f"{error}. The articles are stored, and will be found by searches when it is done.")
