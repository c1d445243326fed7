"""Rejections: records that could not be stored, kept with their bytes and the reason until they are stored or
dropped."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from app.domain.record import Place, Unread
from app.store import tables as t
from app.store.articles import AT_ONCE

RAW_BYTES_KEPT: Final = 1024 * 1024
"""How much of a rejected record's bytes is kept."""

_PARTICULARS: Final = re.compile(r"“[^”]*”|'[^']*'|\b0x[0-9A-Fa-f]+\b|\bU\+[0-9A-F]+\b|\d[\d,.:]*")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that could not be stored. size: its bytes in all; raw holds the first MiB of them."""

    id: int
    run_id: int
    rejected_at: datetime
    place: Place
    reader: str
    reason: str
    raw: bytes
    size: int

    @property
    def whole(self) -> bool:
        """Whether all of its bytes were kept."""
        return len(self.raw) == self.size


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rejections are meant; every condition must hold. reason: words that occur in it, in any case."""

    ids: tuple[int, ...] = ()
    run: int | None = None
    reason: str | None = None

    def of(self, query: Select[Any]) -> Select[Any]:
        if self.ids:
            query = query.where(t.rejection.c.id.in_(self.ids))
        if self.run is not None:
            query = query.where(t.rejection.c.run_id == self.run)
        if self.reason is not None:
            query = query.where(t.rejection.c.reason.icontains(self.reason, autoescape=True))
        return query


ALL: Final = Chosen()


def reject(connection: Connection, run_id: int, unread: Sequence[Unread]) -> None:
    """Keep what could not be stored. The same rejection, fed again, is kept once."""
    digests = {_digest(one.place, one.reason, one.size, one.raw): one for one in unread}
    wanted = list(digests)
    kept: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        query = select(t.rejection.c.digest).where(t.rejection.c.digest.in_(wanted[start : start + AT_ONCE]))
        kept.update(connection.execute(query).scalars())
    rows = [
        {
            "run_id": run_id,
            "rejected_at": datetime.now(UTC),
            "file": one.place.file,
            "number": one.place.number,
            "reader": one.reader,
            "reason": one.reason,
            "raw": one.raw[:RAW_BYTES_KEPT],
            "size": one.size,
            "digest": digest,
        }
        for digest, one in digests.items()
        if digest not in kept
    ]
    if rows:
        connection.execute(insert(t.rejection), rows)


def rejections(connection: Connection, limit: int, offset: int = 0, chosen: Chosen = ALL) -> list[Rejection]:
    """What could not be stored, newest first."""
    query = chosen.of(select(t.rejection)).order_by(t.rejection.c.id.desc()).limit(limit).offset(offset)
    return [_rejection(row) for row in connection.execute(query).mappings()]


def rejection(connection: Connection, id: int) -> Rejection | None:
    row = connection.execute(select(t.rejection).where(t.rejection.c.id == id)).mappings().first()
    return None if row is None else _rejection(row)


def chosen_ids(connection: Connection, chosen: Chosen) -> list[int]:
    """By their places, so that what stood in one file comes together."""
    query = chosen.of(select(t.rejection.c.id))
    return list(
        connection.execute(query.order_by(t.rejection.c.file, t.rejection.c.number, t.rejection.c.id)).scalars()
    )


def numbers_in(connection: Connection, file: str) -> set[int | None]:
    """The numbers of a file's records that are rejections."""
    return set(connection.execute(select(t.rejection.c.number).where(t.rejection.c.file == file)).scalars())


def count_rejections(connection: Connection, chosen: Chosen = ALL) -> int:
    return int(connection.execute(chosen.of(select(func.count()).select_from(t.rejection))).scalar_one())


def by_reason(connection: Connection, chosen: Chosen = ALL) -> Counter[str]:
    """Kind of reason -> how many rejections it has."""
    query = chosen.of(select(t.rejection.c.reason, func.count()).group_by(t.rejection.c.reason))
    kinds: Counter[str] = Counter()
    for reason, count in connection.execute(query):
        kinds[kind_of(reason)] += count
    return kinds


def kind_of(reason: str) -> str:
    """The reason without what is particular to the record: `byte 17 (0xE9) is not UTF-8` is `byte … (…) is not
    UTF-8`."""
    return _PARTICULARS.sub(_particular, reason)


def _particular(found: re.Match[str]) -> str:
    # The 8 of UTF-8 and the 404 of a site's answer tell kinds apart.
    before = found.string[max(0, found.start() - 9) : found.start()]
    if found[0].isdigit() and before.endswith(("-", "answered ")):
        return found[0]
    return "…"


def drop(connection: Connection, ids: Iterable[int]) -> int:
    """Forget rejections; returns how many there were."""
    wanted, dropped = list(ids), 0
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        dropped += connection.execute(delete(t.rejection).where(t.rejection.c.id.in_(part))).rowcount
    return dropped


def drop_at(connection: Connection, files: Iterable[str], reader: str) -> None:
    """Forget what a reader could not read at these places."""
    wanted = list(files)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        connection.execute(delete(t.rejection).where(t.rejection.c.file.in_(part), t.rejection.c.reader == reader))


def still(connection: Connection, rejection: Rejection, reason: str) -> None:
    """It failed again: the reason is now this one. Where that makes it the same as another, the two become one."""
    digest = _digest(rejection.place, reason, rejection.size, rejection.raw)
    other = connection.execute(
        select(t.rejection.c.id).where(t.rejection.c.digest == digest, t.rejection.c.id != rejection.id)
    ).scalar()
    mine = t.rejection.c.id == rejection.id
    if other is not None:
        connection.execute(delete(t.rejection).where(mine))
    elif reason != rejection.reason:
        connection.execute(update(t.rejection).where(mine).values(reason=reason, digest=digest))


def _rejection(row: RowMapping) -> Rejection:
    return Rejection(
        id=row["id"],
        run_id=row["run_id"],
        rejected_at=row["rejected_at"],
        place=Place(row["file"], row["number"]),
        reader=row["reader"],
        reason=row["reason"],
        raw=row["raw"],
        size=row["size"],
    )


def _digest(place: Place, reason: str, size: int, raw: bytes) -> str:
    return hashlib.sha256(
        f"{place.file}\n{place.number}\n{reason}\n{size}\n".encode() + raw[:RAW_BYTES_KEPT]
    ).hexdigest()
