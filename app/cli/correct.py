"""`policy-archive edit`, `withdraw` and `merge`: the librarian's corrections, and what undoes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Annotated

import typer
from sqlalchemy import Connection

from app.cli.ingest import bring_index_up_to_date
from app.cli.terminal import WRONG_USE, archive, fail, out
from app.domain.correction import Correction
from app.domain.permalink import read_id
from app.ingest.correct import WrongEdit, read_edit
from app.store import librarian

Id = Annotated[str, typer.Argument(help="The article's id, as its permalink has it, or the permalink.")]
Reason = Annotated[str | None, typer.Option(help="Why; it is kept, and shown.")]


def edit(
    id: Id,
    title: Annotated[str | None, typer.Option(help="The title.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="An author; may be repeated. '' for: not known.")] = None,
    date: Annotated[
        str | None, typer.Option(help="When it was published: 2016, 2016-07, 2016-07-21. '' for: not known.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Who published it. '' for: not known.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic; may be repeated. '' for: none.")] = None,
    summary: Annotated[str | None, typer.Option(help="The summary. '' for: none.")] = None,
    language: Annotated[str | None, typer.Option(help="The language's tag, such as en. '' for: not known.")] = None,
    reason: Reason = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last edit back.")] = False,
) -> None:
    """Set an article's metadata right. It becomes the next version; what is fed later does not change these fields."""
    given = {
        "title": title,
        "authors": author,
        "published": date,
        "source": source,
        "topics": topic,
        "summary": summary,
        "language": language,
    }
    changes = {field: value for field, value in given.items() if value is not None and value != []}
    if undo and changes:
        fail("--undo takes the last edit back; it goes with no other change.", WRONG_USE)
    if undo:
        _carry_out(id, lambda connection, found: librarian.undo_edit(connection, found, reason), "took back")
        return
    if not changes:
        fail("say what to change, with --title, --author, --date, --source, --topic, --summary, --language.", WRONG_USE)
    try:
        read = read_edit(changes)
    except WrongEdit as error:
        fail(str(error), WRONG_USE)
    _carry_out(id, lambda connection, found: librarian.edit(connection, found, read, reason), "set")


def withdraw(
    id: Id,
    reason: Reason = None,
    undo: Annotated[bool, typer.Option("--undo", help="Bring it back.")] = False,
) -> None:
    """Take an article out of pages, searches, exports and feeds. Its permalink says when and why."""
    if undo:
        _carry_out(id, lambda connection, found: librarian.restore(connection, found, reason), "")
        return
    if reason is None or not reason.strip():
        fail("say why, with --reason: it is what the article's permalink will answer with.", WRONG_USE)
    _carry_out(id, lambda connection, found: librarian.withdraw(connection, found, reason), "")


def merge(
    id: Annotated[str, typer.Argument(metavar="FROM", help="The article that is to lead elsewhere.")],
    into: Annotated[str | None, typer.Argument(metavar="INTO", help="Where it is to lead.")] = None,
    reason: Reason = None,
    undo: Annotated[bool, typer.Option("--undo", help="Part them again; INTO is left out.")] = False,
) -> None:
    """Let an article's permalink lead to another, which stands for both."""
    if undo:
        if into is not None:
            fail("--undo needs only the article that was merged, not where it was merged into.", WRONG_USE)
        _carry_out(id, lambda connection, found: librarian.unmerge(connection, found, reason), "")
        return
    if into is None:
        fail("name both: the article that is to lead elsewhere, and the one it is to lead to.", WRONG_USE)
    target = _read(into)
    _carry_out(id, lambda connection, found: librarian.merge(connection, found, target, reason), "")


_DONE = {
    ("edit", False): "Edited",
    ("edit", True): "Took the last edit of",
    ("withdrawal", False): "Withdrew",
    ("withdrawal", True): "Brought back",
    ("merge", False): "Merged",
    ("merge", True): "Parted",
}


def _carry_out(id: str, correct: Callable[[Connection, str], Correction], verb: str) -> None:
    found = _read(id)
    with archive() as (settings, database):
        try:
            with database.writing() as connection:
                done = correct(connection, found)
        except librarian.NotPossible as error:
            fail(str(error))
        others = done.detail.get("with", [])
        told = f"{_DONE[done.kind.value, done.undoes is not None]} {found}"
        told += {"took back": " back", "set": f": {', '.join(done.detail)}"}.get(verb, "")
        told += f" into {done.detail['into']}" if "into" in done.detail and done.undoes is None else ""
        told += f", and its exact duplicates {', '.join(others)}" if others else ""
        out.print(f"{told} (correction {done.id}, {done.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC).", markup=False)
        bring_index_up_to_date(settings, database)


def _read(text: str) -> str:
    """The id in what was given: an id, or a permalink."""
    tail = text.strip().partition("/a/")[2] or text
    found = read_id(tail.partition("/")[0].partition(".")[0].partition("#")[0].partition("?")[0])
    if found is None:
        fail(f"{text!r} is no article's id. It is the 12 characters after /a/ in the permalink.", WRONG_USE)
    return found
