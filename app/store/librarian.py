"""Carries the librarian's corrections out: edits, withdrawals, merges, and what undoes them.

Each is one transaction of the caller's, with the note of when and why, and the notes that the index owes it. An article
goes with its exact duplicates: pages show them as one, so what is done to the one is done to all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, select

from app.domain.correction import Correction, Edit, Kind, amended, as_fed, standing
from app.store import corrections, runs
from app.store import tables as t
from app.store.records import record_of
from app.store.save import revise, set_aside, take_back


class NotPossible(Exception):
    """A correction that can't be carried out; the message says why, and what to do instead."""


def edit(connection: Connection, article_id: str, changes: Edit, reason: str | None) -> Correction:
    """Set fields of an article, which makes its next version. Raises NotPossible."""
    _open_article(connection, article_id, or_duplicate=True)
    current = record_of(connection, article_id)
    edits = corrections.standing_edits(connection, [article_id]).get(article_id, [])
    if amended(as_fed(current), [*edits, changes]).metadata_digest == current.metadata_digest:
        raise NotPossible(f"The article {article_id} says this already; nothing was changed.")
    noted = corrections.note(connection, article_id, Kind.EDIT, reason, changes)
    _new_version(connection, article_id, [*edits, changes], noted)
    return noted


def undo_edit(connection: Connection, article_id: str, reason: str | None) -> Correction:
    """Take the last edit that still stands back, which makes the next version. Raises NotPossible."""
    _open_article(connection, article_id, or_duplicate=True)
    last = _last(connection, article_id, Kind.EDIT, "was not edited, or every edit was undone")
    noted = corrections.note(connection, article_id, Kind.EDIT, reason, last.detail, last.id)
    _new_version(
        connection, article_id, corrections.standing_edits(connection, [article_id]).get(article_id, []), noted
    )
    return noted


def withdraw(connection: Connection, article_id: str, reason: str) -> Correction:
    """Take an article and its exact duplicates out of everything that is shown. Raises NotPossible."""
    _open_article(connection, article_id)
    others = _duplicates(connection, article_id)
    noted = corrections.note(connection, article_id, Kind.WITHDRAWAL, reason, {"with": others})
    set_aside(connection, [article_id, *others], withdrawn_at=noted.at, withdrawn_reason=reason)
    return noted


def restore(connection: Connection, article_id: str, reason: str | None) -> Correction:
    """Bring a withdrawn article back, with the duplicates that went with it. Raises NotPossible."""
    row = _article(connection, article_id)
    if row.withdrawn_at is None:
        raise NotPossible(f"The article {article_id} is not withdrawn.")
    last = _last(connection, article_id, Kind.WITHDRAWAL, "went with another, of which it is an exact duplicate")
    ids = [article_id, *last.detail["with"]]
    if missing := _without_text(connection, ids):
        raise NotPossible(
            f"The text of {', '.join(missing)} is not in this archive: it came from an export, which leaves the text "
            "of withdrawn articles out. Bring it back in the archive it came from."
        )
    noted = corrections.note(connection, article_id, Kind.WITHDRAWAL, reason, last.detail, last.id)
    take_back(connection, ids, withdrawn_at=None, withdrawn_reason=None)
    return noted


def merge(connection: Connection, article_id: str, into: str, reason: str | None) -> Correction:
    """Let an article and its exact duplicates lead to another. Raises NotPossible, for what would lead in a circle,
    too."""
    _open_article(connection, article_id)
    if into == article_id:
        raise NotPossible(f"{article_id} can't be merged into itself; name another article.")
    others = _duplicates(connection, article_id)
    chain = _chain(connection, into)
    if chain[-1].withdrawn_at is not None:
        raise NotPossible(f"The article {into} was withdrawn; nothing can be merged into it.")
    if article_id in {row.id for row in chain}:
        raise NotPossible(f"{into} leads to {article_id} already: merging it there would lead in a circle.")
    noted = corrections.note(connection, article_id, Kind.MERGE, reason, {"into": into, "with": others})
    set_aside(connection, [article_id, *others], merged_into=into)
    return noted


def unmerge(connection: Connection, article_id: str, reason: str | None) -> Correction:
    """Let a merged article stand for itself again, with the duplicates that went with it. Raises NotPossible."""
    row = _article(connection, article_id)
    if row.merged_into is None:
        raise NotPossible(f"The article {article_id} is not merged into another.")
    last = _last(connection, article_id, Kind.MERGE, "went with another, of which it is an exact duplicate")
    noted = corrections.note(connection, article_id, Kind.MERGE, reason, last.detail, last.id)
    take_back(connection, [article_id, *last.detail["with"]], merged_into=None)
    return noted


def _new_version(connection: Connection, article_id: str, edits: Sequence[Edit], noted: Correction) -> None:
    # Every version belongs to a run; a correction is one of its own.
    run_id = runs.start_run(connection, [f"correction {noted.id}"])
    runs.count(connection, run_id, runs.Counts(read=1, revised=1))
    runs.finish_run(connection, run_id)
    record = amended(as_fed(record_of(connection, article_id)), edits, noted.id)
    revise(connection, run_id, article_id, record)


def _article(connection: Connection, article_id: str) -> Row[Any]:
    row = connection.execute(select(t.article).where(t.article.c.id == article_id)).first()
    if row is None:
        raise NotPossible(f"No article of this archive has the id {article_id}.")
    return row


def _open_article(connection: Connection, article_id: str, *, or_duplicate: bool = False) -> Row[Any]:
    """The article, if it stands for itself, or, where that will do, is another's exact duplicate."""
    row = _article(connection, article_id)
    if row.withdrawn_at is not None:
        raise NotPossible(
            f"The article {article_id} was withdrawn on {row.withdrawn_at.astimezone(UTC):%Y-%m-%d}. "
            f"Bring it back first, with `policy-archive withdraw {article_id} --undo`."
        )
    if row.merged_into is not None:
        raise NotPossible(
            f"The article {article_id} is merged into {row.merged_into}. "
            f"Part them first, with `policy-archive merge {article_id} --undo`."
        )
    if row.represented_by is not None and not or_duplicate:
        raise NotPossible(
            f"The article {article_id} is an exact duplicate of {row.represented_by}, which stands for both; name that."
        )
    return row


def _last(connection: Connection, article_id: str, kind: Kind, otherwise: str) -> Correction:
    found = standing(corrections.corrections_of(connection, article_id), kind)
    if not found:
        raise NotPossible(f"The article {article_id} {otherwise}: there is nothing to undo.")
    return found[-1]


def _duplicates(connection: Connection, article_id: str) -> list[str]:
    query = select(t.article.c.id).where(t.article.c.represented_by == article_id).order_by(t.article.c.id)
    return list(connection.execute(query).scalars())


def _chain(connection: Connection, article_id: str) -> list[Row[Any]]:
    """The articles through which a permalink leads, the last one being where it ends."""
    chain = [_article(connection, article_id)]
    while further := chain[-1].merged_into or chain[-1].represented_by:
        chain.append(_article(connection, further))
    return chain


def _without_text(connection: Connection, ids: Sequence[str]) -> list[str]:
    query = (
        select(t.version.c.article_id)
        .distinct()
        .where(t.version.c.article_id.in_(ids))
        .where(~select(t.paragraph.c.number).where(t.paragraph.c.version_id == t.version.c.id).exists())
        .order_by(t.version.c.article_id)
    )
    return list(connection.execute(query).scalars())
