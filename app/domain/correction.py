"""The librarian's corrections: an edit of metadata, a withdrawal, a merge; each can be undone by a further one.

What the librarian says of a field stands over what is fed, until it is undone; what was fed is kept beside it. How
corrections are stored is left to the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from app.domain.dates import parse_date
from app.domain.record import Amended, Record, Stated

ORIGIN: Final = "librarian"
"""Origin of a value that a correction gave."""

FIELDS: Final = ("title", "authors", "published", "source", "topics", "summary", "language")
"""What an edit may change: the metadata, never the text."""
MANY: Final = frozenset({"authors", "topics"})

Edit = Mapping[str, Any]
"""Field -> its value as text, a list of texts for fields of many, None for what is not known."""

_NO_LATER = datetime(9998, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    EDIT = "edit"
    WITHDRAWAL = "withdrawal"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Correction:
    """reason: None where none was given. undoes: the correction that it takes back.

    detail: of an edit, the fields it set; of a merge, `into`; of merges and withdrawals, `with`: the exact duplicates
    that went the same way.
    """

    id: int
    article_id: str
    kind: Kind
    at: datetime
    reason: str | None
    detail: Mapping[str, Any]
    undoes: int | None = None


def standing(corrections: Sequence[Correction], kind: Kind) -> list[Correction]:
    """Those of a kind that were not undone, in the order in which they were made."""
    undone = {one.undoes for one in corrections if one.undoes is not None}
    return [one for one in corrections if one.kind is kind and one.undoes is None and one.id not in undone]


def amended(record: Record, edits: Sequence[Edit], correction: int | None = None) -> Record:
    """The record with the librarian's words in place of its own, and its own beside them.

    record: as it was fed. edits: oldest first; the last to name a field counts. correction: the one by which this
    became a version.
    """
    said: dict[str, Any] = {}
    for edit in edits:
        said.update(edit)
    if not said and correction is None:
        return record
    own = _own(record)
    fed = {field: own[field] for field in said}
    changed = replace(record, **{field: _stated(field, value) for field, value in said.items()})
    return replace(changed, amended=Amended(fed, record.metadata_digest if fed else None, correction))


def as_fed(record: Record) -> Record:
    """The record with its own words where the librarian's stood."""
    if record.amended is None:
        return record
    own = {field: _unpacked(field, value) for field, value in record.amended.fed.items()}
    return replace(record, amended=None, **own)


def _stated(field: str, value: Any) -> Any:
    if field in MANY:
        return tuple(Stated(one, ORIGIN) for one in value)
    if value is None:
        return None
    return Stated(parse_date(value, _NO_LATER) if field == "published" else value, ORIGIN)


def _own(record: Record) -> dict[str, Any]:
    """Each field's value and origin, as JSON takes them."""
    found: dict[str, Any] = {}
    for field in FIELDS:
        stated = getattr(record, field)
        if field in MANY:
            found[field] = [[one.value, one.origin] for one in stated]
        else:
            found[field] = None if stated is None else [str(stated.value), stated.origin]
    return found


def _unpacked(field: str, packed: Any) -> Any:
    if field in MANY:
        return tuple(Stated(value, origin) for value, origin in packed)
    if packed is None:
        return None
    value, origin = packed
    return Stated(parse_date(value, _NO_LATER) if field == "published" else value, origin)
