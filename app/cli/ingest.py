"""`policy-archive ingest`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.terminal import FAILED, WRONG_USE, archive, exists, fail, out, outcomes, reading_progress, say
from app.cli.terminal import progress as show_progress
from app.cli.terminal import settings as read_settings
from app.domain.record import Place
from app.domain.wording import counted
from app.ingest.compose import Given
from app.ingest.exported import is_export
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.target import is_address, read_target, without_secrets
from app.ingest.inputs import STDIN, WrongInput, find_inputs
from app.ingest.read import AnyInput
from app.ingest.readers import FORMATS, reader
from app.ingest.rehearse import rehearse
from app.ingest.run import Far, Follow, Summary
from app.ingest.run import ingest as run_ingest
from app.search.alongside import Alongside
from app.search.indexer import Indexer
from app.settings import Settings
from app.store.database import Database
from app.store.index_state import LeaseTaken
from app.store.migrate import migrate

PROBLEMS_SHOWN: Final = 20
SECONDS_TO_WAIT: Final = 60
"""How long a run waits for another process that is writing the index."""


def ingest(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH|URL|- ...", help="Files, folders, addresses, or - for standard input.")
    ],
    source: Annotated[str | None, typer.Option(help="Who published records that do not say so.")] = None,
    format: Annotated[str | None, typer.Option(help=f"Read every input as this: {', '.join(FORMATS)}.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic for every record; may be repeated.")] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Fetch what feeds and sitemaps in files only link to.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each record, and write nothing.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first record that is rejected, and exit with 1.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Store articles from files, folders of them, addresses of the web, or standard input, and index them."""
    if any(is_export(path) for path in paths):
        from app.cli.exported import ingest_exports

        ingest_exports(paths, strict=strict, as_json=as_json)
        return
    if format is not None and format not in FORMATS:
        fail(f"--format {format!r} is not known. Known are: {', '.join(FORMATS)}.", WRONG_USE)
    if paths.count(STDIN) > 1:
        fail("standard input (-) can be read only once.", WRONG_USE)
    inputs, wrong = _find(paths, format)
    given = Given(source, tuple(topic or ()))
    rejected = 0
    if inputs and dry_run:
        summary = _rehearse(inputs, given, _following(follow), strict=strict, as_json=as_json)
        rejected = summary.counts.rejected
    elif inputs:
        with archive(make=True) as (settings, database):
            with Alongside(database.url, settings.index_folder) as alongside:
                summary = _store(database, inputs, given, alongside, _following(follow), strict=strict)
            report(summary, as_json=as_json)
            bring_index_up_to_date(settings, database)
        rejected = summary.counts.rejected
    for error in wrong:
        say(f"Error: {error}")
    if wrong:
        raise typer.Exit(WRONG_USE)
    if strict and rejected:
        raise typer.Exit(FAILED)


def _find(named: Sequence[str], format: str | None) -> tuple[list[AnyInput], list[WrongInput]]:
    """Everything to read, in the order of the names; and what can't be read."""
    inputs: list[AnyInput] = []
    wrong: list[WrongInput] = []
    fetcher = None
    for name in named:
        if not is_address(name):
            found, errors = find_inputs([name], format)
            inputs.extend(found)
            wrong.extend(errors)
            continue
        from app.cli.fetching import fetcher_of
        from app.ingest.fetch.addressed import AddressInput

        try:
            read_target(name)
        except FetchFailed as failed:
            wrong.append(WrongInput(f"{without_secrets(name)}: {failed}."))
            continue
        fetcher = fetcher or fetcher_of(read_settings())
        inputs.append(AddressInput(name.strip(), fetcher, reader(format) if format else None))
    return inputs, wrong


def _following(wanted: bool) -> Follow | None:
    if not wanted:
        return None
    from app.cli.fetching import fetcher_of
    from app.ingest.fetch.addressed import Follower

    return Follower(fetcher_of(read_settings()))


def _store(
    database: Database,
    inputs: Sequence[AnyInput],
    given: Given,
    alongside: Alongside,
    follow: Follow | None,
    *,
    strict: bool,
) -> Summary:
    with reading_progress() as show:

        def tell(far: Far) -> None:
            show(far.counts.read, far.done, far.total, str(Place(far.file)))
            alongside.stored(far.counts.added + far.counts.revised + far.counts.duplicates)

        return run_ingest(database, inputs, given, tell, follow=follow, strict=strict)


def _rehearse(
    inputs: Sequence[AnyInput], given: Given, follow: Follow | None, *, strict: bool, as_json: bool
) -> Summary:
    def tell(place: Place, outcome: str, what: str) -> None:
        if not as_json:
            out.print(f"{outcome:<10}{place}: {what}", markup=False)

    with _archive_or_none() as database, reading_progress() as show:
        summary = rehearse(
            database,
            inputs,
            given,
            tell,
            lambda far: show(far.counts.read, far.done, far.total, str(Place(far.file))),
            follow=follow,
            strict=strict,
        )
    report(summary, as_json=as_json, dry=True)
    return summary


@contextmanager
def _archive_or_none() -> Iterator[Database]:
    """The archive to compare with; where there is none yet, an empty one that nobody keeps."""
    if exists(read_settings()):
        with archive() as (_, database):
            yield database
        return
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        migrate(database)
        try:
            yield database
        finally:
            database.close()


def report(summary: Summary, *, as_json: bool, dry: bool = False) -> None:
    """Say what a run did, or would do."""
    if not dry:
        for problem in summary.problems[:PROBLEMS_SHOWN]:
            say(problem)
        unshown = len(summary.problems[PROBLEMS_SHOWN:]) + summary.untold
        if unshown:
            say(f"... and {unshown:,} more like these; `policy-archive rejections list` shows what was rejected.")
    counts = summary.counts
    if as_json:
        fields = {"run": summary.run or None, **asdict(counts), "seconds": round(summary.seconds, 3)}
        out.print(json.dumps(fields), markup=False)
        return
    rate = counts.read / summary.seconds if summary.seconds else 0.0
    out.print(
        f"{'Nothing was written' if dry else f'Run {summary.run}'}: {counted(counts.read, 'record')} read in "
        f"{summary.seconds:.1f} s ({rate:,.0f} a second): {outcomes(counts)}."
    )
    for reason, records in summary.reasons.most_common(10):
        out.print(f"  rejected {records:,}: {reason}", markup=False)
    if summary.stopped:
        out.print(f"It {summary.stopped}; the records after it were not read.", markup=False)


def bring_index_up_to_date(settings: Settings, database: Database) -> None:
    """Index what the outbox owes. If another process is writing the index, wait a while; it may do our share as
    well."""
    indexer = Indexer(database, settings.index_folder)
    try:
        with show_progress("Indexing") as show:
            indexer.catch_up(lambda done, total: show(done, total, ""), wait=SECONDS_TO_WAIT)
        indexer.tidy()
    except LeaseTaken as error:
        say(f"{error}. The articles are stored, and will be found by searches when it is done.")
