"""`policy-archive rejections`."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.terminal import archive, fail, out
from app.store import rejections as rejections_of

app = typer.Typer(help="Records that could not be stored.", no_args_is_help=True)


@app.command("list")
def list_rejections(limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50) -> None:
    """List what could not be stored, newest first."""
    with archive() as (_, database), database.reading() as connection:
        total = rejections_of.count_rejections(connection)
        for one in rejections_of.rejections(connection, limit):
            out.print(f"{one.id}  {one.place}: {one.reason} ({one.size:,} bytes, run {one.run_id})", markup=False)
    out.print(f"{total:,} rejections" + (f", the newest {limit:,} shown." if total > limit else "."))


@app.command("show")
def show_rejection(id: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
    """Show one rejection whole, with the bytes that were kept."""
    with archive() as (_, database), database.reading() as connection:
        found = rejections_of.rejection(connection, id)
    if found is None:
        fail(f"there is no rejection {id}. `policy-archive rejections list` shows those there are.")
    out.print(f"Rejection {found.id}, run {found.run_id}, {found.rejected_at:%Y-%m-%d %H:%M:%S} UTC", markup=False)
    out.print(f"Place: {found.place}\nReader: {found.reader}\nReason: {found.reason}", markup=False)
    kept = "all" if len(found.raw) == found.size else f"the first {len(found.raw):,}"
    out.print(f"Bytes: {found.size:,}, {kept} kept:\n", markup=False)
    out.print(found.raw.decode("utf-8", "backslashreplace"), markup=False)
