"""`policy-archive rejections`."""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any

import typer

from app.cli.ingest import bring_index_up_to_date
from app.cli.terminal import WRONG_USE, archive, fail, out, progress, say
from app.ingest.read import AnyInput
from app.ingest.retry import Retried
from app.ingest.retry import retry as retry_them
from app.settings import Settings
from app.store import rejections as kept
from app.store.database import Database
from app.store.rejections import Chosen, Rejection

app = typer.Typer(help="Records that could not be stored.", no_args_is_help=True)

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID ...", help="Their numbers in the list.")]
Run = Annotated[int | None, typer.Option(min=1, help="Only those of this run.")]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Only those whose reason has this in it.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_rejections(
    run: Run = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List what could not be stored, newest first, and how many each reason has."""
    chosen = Chosen(run=run, reason=reason)
    with archive() as (_, database), database.reading() as connection:
        total = kept.count_rejections(connection, chosen)
        found = kept.rejections(connection, limit, chosen=chosen)
        kinds = kept.by_reason(connection, chosen)
    if as_json:
        out.print(json.dumps([_fields(one) for one in found], ensure_ascii=False), markup=False)
        return
    for one in found:
        out.print(f"{one.id}  {one.place}: {one.reason} ({one.size:,} bytes, run {one.run_id})", markup=False)
    out.print(f"{total:,} rejections" + (f", the newest {limit:,} shown." if total > limit else "."))
    if total > 1:
        for kind, records in kinds.most_common(10):
            out.print(f"  {records:,}: {kind}", markup=False)


@app.command("show")
def show_rejection(
    id: Annotated[int, typer.Argument(help="Its number in the list.")],
    as_json: Json = False,
) -> None:
    """Show one rejection whole, with the bytes that were kept."""
    with archive() as (_, database), database.reading() as connection:
        found = kept.rejection(connection, id)
    if found is None:
        fail(_no_such(id))
    if as_json:
        fields = _fields(found) | {"raw": base64.b64encode(found.raw).decode("ascii")}
        out.print(json.dumps(fields, ensure_ascii=False), markup=False)
        return
    out.print(f"Rejection {found.id}, run {found.run_id}, {found.rejected_at:%Y-%m-%d %H:%M:%S} UTC", markup=False)
    out.print(f"Place: {found.place}\nReader: {found.reader}\nReason: {found.reason}", markup=False)
    how_many = "all" if found.whole else f"the first {len(found.raw):,}"
    out.print(f"Bytes: {found.size:,}, {how_many} kept:\n", markup=False)
    out.print(found.raw.decode("utf-8", "backslashreplace"), markup=False)


@app.command("retry")
def retry(ids: Ids = None, run: Run = None, reason: Reason = None, every: All = False, as_json: Json = False) -> None:
    """Try again to store what could not be stored: it may be, after a mended file, a better reader, or a site that
    answers again."""
    chosen = _chosen(ids, run, reason, every)
    with archive() as (settings, database):
        wanted = _wanted(database, chosen)
        done: list[Retried] = []
        with progress("Retrying") as show:

            def tell(one: Retried) -> None:
                done.append(one)
                if not as_json:
                    say(
                        f"{one.id}  {one.place}: {'stored' if one.reason is None else f'still rejected: {one.reason}'}."
                    )
                show(len(done), len(wanted), "")

            summary = retry_them(database, wanted, _Addresses(settings), tell)
        bring_index_up_to_date(settings, database)
    stored = sum(one.reason is None for one in done)
    if as_json:
        fields = {"run": summary.run, "tried": len(done), "stored": stored, "rejected": len(done) - stored}
        out.print(json.dumps(fields), markup=False)
        return
    out.print(f"Run {summary.run}: {len(done):,} tried, {stored:,} stored, {len(done) - stored:,} still rejected.")
    for kind, records in summary.reasons.most_common(10):
        out.print(f"  rejected {records:,}: {kind}", markup=False)


@app.command("drop")
def drop(ids: Ids = None, run: Run = None, reason: Reason = None, every: All = False, as_json: Json = False) -> None:
    """Forget rejections, with the bytes that were kept of them."""
    chosen = _chosen(ids, run, reason, every)
    with archive() as (_, database):
        wanted = _wanted(database, chosen)
        with database.writing() as connection:
            dropped = kept.drop(connection, wanted)
    out.print(json.dumps({"dropped": dropped}) if as_json else f"{dropped:,} rejections dropped.", markup=False)


class _Addresses:
    """Makes inputs of addresses; HTTP is loaded with the first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._fetcher: Any = None

    def __call__(self, address: str) -> AnyInput:
        from app.cli.fetching import fetcher_of
        from app.ingest.fetch.addressed import AddressInput

        self._fetcher = self._fetcher or fetcher_of(self._settings)
        return AddressInput(address, self._fetcher)


def _chosen(ids: list[int] | None, run: int | None, reason: str | None, every: bool) -> Chosen:
    chosen = Chosen(tuple(ids or ()), run, reason)
    if chosen == kept.ALL and not every:
        fail("say which: their numbers, --run N, --reason TEXT, or --all.", WRONG_USE)
    if every and chosen != kept.ALL:
        fail("--all goes with nothing else.", WRONG_USE)
    return chosen


def _wanted(database: Database, chosen: Chosen) -> list[int]:
    with database.reading() as connection:
        found = kept.chosen_ids(connection, chosen)
        missing = [id for id in chosen.ids if kept.rejection(connection, id) is None]
    if missing:
        fail(_no_such(missing[0]))
    return found


def _no_such(id: int) -> str:
    return f"there is no rejection {id}. `policy-archive rejections list` shows those there are."


def _fields(one: Rejection) -> dict[str, Any]:
    return {
        "id": one.id,
        "run": one.run_id,
        "rejected": one.rejected_at.isoformat(timespec="seconds"),
        "file": one.place.file,
        "record": one.place.number,
        "reader": one.reader,
        "reason": one.reason,
        "bytes": one.size,
        "kept": len(one.raw),
    }
