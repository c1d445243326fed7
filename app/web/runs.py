"""What was fed to the archive and what became of it: runs, and each run's rejections with their reasons.

Anybody may read these pages, so of files only their names are shown, and never where they lie on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, Request, Response

from app.domain.record import Place
from app.language import _, number_text
from app.store import rejections, runs
from app.store.rejections import Chosen, Rejection
from app.store.runs import Counts, Run
from app.web.dependencies import ArchiveDep
from app.web.errors import NotFound
from app.web.pages import page
from app.web.present import HUGE, moment_text, pager, read_number, shortened

PER_PAGE: Final = 50
MOST_INPUTS: Final = 20
"""Inputs of a run that are named; further ones are counted."""
MOST_KINDS: Final = 30
LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 600

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in the list. state: `running`, `done`, or how else it ended. unfinished: it ended before its inputs did."""

    id: int
    path: str
    started: str
    inputs: str
    state: str
    unfinished: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class RejectionRow:
    id: int
    place: str
    reason: str
    size: int


@router.get("/about/runs")
def runs_page(archive: ArchiveDep, request: Request) -> Response:
    with archive.database.reading() as connection:
        total = runs.count_runs(connection)
        number = _page_of(request, total)
        found = runs.runs(connection, PER_PAGE, (number - 1) * PER_PAGE)
        kept = rejections.count_rejections(connection)

    def address(number: int) -> str:
        return "/about/runs" if number == 1 else f"/about/runs?page={number}"

    return page(
        request,
        "runs.html",
        canonical=address(number),
        runs=[_row(run) for run in found],
        rejections=kept,
        pager=pager(number, PER_PAGE, total, address),
    )


@router.get("/about/runs/{id}")
def run_page(id: str, archive: ArchiveDep, request: Request) -> Response:
    wanted = read_number(id) or 0
    with archive.database.reading() as connection:
        run = runs.run(connection, wanted) if 0 < wanted < HUGE else None
        if run is None:
            raise NotFound(_("No run of this archive has this number."))
        chosen = Chosen(run=run.id)
        total = rejections.count_rejections(connection, chosen)
        number = _page_of(request, total)
        found = rejections.rejections(connection, PER_PAGE, (number - 1) * PER_PAGE, chosen)
        kinds = rejections.by_reason(connection, chosen)

    def address(number: int) -> str:
        return f"/about/runs/{wanted}" if number == 1 else f"/about/runs/{wanted}?page={number}"

    return page(
        request,
        "run.html",
        canonical=address(number),
        run=_row(run),
        ended=moment_text(run.ended_at) if run.ended_at else None,
        given=[(_("source"), run.given.get("source")), *((_("topic"), topic) for topic in run.given.get("topics", ()))],
        inputs=[_shown(input) for input in run.inputs[:MOST_INPUTS]],
        more_inputs=max(0, len(run.inputs) - MOST_INPUTS),
        kinds=[(shortened(kind, LONGEST_REASON), count) for kind, count in kinds.most_common(MOST_KINDS)],
        rejections=[_rejection(one) for one in found],
        pager=pager(number, PER_PAGE, total, address),
    )


def _page_of(request: Request, total: int) -> int:
    """The number of the page asked for; the last where it is beyond that."""
    asked = max(1, read_number(request.query_params.get("page", "1")) or 1)
    return min(asked, max(1, -(-total // PER_PAGE)))


def _row(run: Run) -> RunRow:
    first = _shown(run.inputs[0]) if run.inputs else _("nothing")
    more = len(run.inputs) - 1
    return RunRow(
        id=run.id,
        path=f"/about/runs/{run.id}",
        started=moment_text(run.started_at),
        inputs=_("%(first)s and %(count)s more", first=first, count=number_text(more)) if more > 0 else first,
        state=_("running") if run.running else run.stopped or _("done"),
        unfinished=run.stopped is not None,
        counts=run.counts,
    )


def _rejection(one: Rejection) -> RejectionRow:
    place = Place(_shown(one.place.file), one.place.number) if one.place.file != "-" else one.place
    return RejectionRow(one.id, str(place), shortened(_without_folders(one), LONGEST_REASON), one.size)


def _without_folders(one: Rejection) -> str:
    """The reason; where it repeats the place of the file, with the file's name only."""
    return one.reason.replace(one.place.file, _shown(one.place.file)) if len(one.place.file) > 1 else one.reason


def _shown(input: str) -> str:
    """An address as it is, a file by its name."""
    if input == "-":
        return _("standard input")
    name = input if "://" in input else PurePosixPath(input).name or input
    return shortened(name, LONGEST_NAME)
