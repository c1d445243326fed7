"""`policy-archive watch`."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from app.cli.ingest import bring_index_up_to_date
from app.cli.terminal import WRONG_USE, archive, fail, out, outcomes, say
from app.ingest.compose import Given
from app.ingest.inputs import shown
from app.ingest.watch import Told, Watch


def watch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder, with those below it.")],
    source: Annotated[str | None, typer.Option(help="Who published records that do not say so.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic for every record; may be repeated.")] = None,
    settle: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds for which a file must not have changed.")
    ] = 3.0,
) -> None:
    """Ingest what is dropped into a folder, once it has stopped changing, until stopped."""
    if not folder.is_dir():
        fail(f"{shown(folder)}: there is no such folder. Make it, or check the path.", WRONG_USE)
    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with archive(make=True) as (settings, database):

        def tell(told: Told) -> None:
            if told.summary is None:
                say(str(told.problem))
                return
            for problem in told.summary.problems[:5]:
                say(problem)
            out.print(
                f"{told.file}: {outcomes(told.summary.counts)} (run {told.summary.run})."
                + (" Stopped before its end; it is read again with the next watch." if told.summary.stopped else ""),
                markup=False,
            )
            if not stop.is_set():  # what the index is owed is noted, and done by the next who looks
                bring_index_up_to_date(settings, database)

        say(f"Watching {shown(folder)} (stop with Ctrl+C)")
        Watch(database, folder, Given(source, tuple(topic or ())), tell, stop, settled_after=settle).run()
    say("Stopped.")
