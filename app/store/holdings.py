"""Articles whole, as they are kept: every version, what the librarian did, and where their permalinks lead.

What is exported, listed in a manifest and proved is read here; and what was exported elsewhere is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from app.domain.correction import Correction
from app.domain.record import Record
from app.store import tables as t
from app.store.corrections import corrections_of
from app.store.records import VERSION, to_record
from app.store.save import regroup, write_version


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """fixity, metadata_digest: as they were written down when it was stored. record: None where the text is not held,
    because the article was withdrawn in the archive it came from."""

    number: int
    stored_at: datetime
    fixity: str
    metadata_digest: str
    words: int
    record: Record | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One article. leads_to: the article it is merged into. stands_for: the one that stands for it, as its exact
    duplicate; that follows from the others' texts, and is told for reading only."""

    id: str
    identity_key: str
    slug: str
    duplicate_key: str | None
    stored_at: datetime
    versions: tuple[HeldVersion, ...]
    leads_to: str | None = None
    stands_for: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None
    corrections: tuple[Correction, ...] = ()
    former_addresses: tuple[str, ...] = ()


WITHHELD: Final = "withheld"
"""Place, and origin of the title, of versions whose text stayed in the archive they came from."""


def ids_in_order(connection: Connection) -> Iterator[str]:
    """The id of every article there is or was, so that none comes before the one it is merged into."""
    own = select(t.article.c.id).where(t.article.c.merged_into.is_(None)).order_by(t.article.c.id)
    yield from connection.execute(own).scalars()
    query = select(t.article.c.id, t.article.c.merged_into).where(t.article.c.merged_into.is_not(None))
    waiting = {row.id: row.merged_into for row in connection.execute(query.order_by(t.article.c.id))}
    while waiting:
        # Merges never run in a circle, so each round finds some that lead to what has been told.
        ready = [id for id, into in waiting.items() if into not in waiting] or list(waiting)
        yield from ready
        for id in ready:
            del waiting[id]


def leading_to(connection: Connection, ids: set[str]) -> set[str]:
    """The articles whose permalinks lead to one of these, by any number of steps."""
    leads = func.coalesce(t.article.c.merged_into, t.article.c.represented_by)
    query = select(t.article.c.id, leads.label("into")).where(leads.is_not(None))
    pairs = [(row.id, row.into) for row in connection.execute(query)]
    found: set[str] = set()
    while further := {id for id, into in pairs if into in ids or into in found} - found:
        found |= further
    return found


def holdings(connection: Connection, ids: Iterable[str]) -> Iterator[Holding]:
    """Articles whole, in the order of their ids' list. Versions of withdrawn ones come without their text."""
    for id in ids:
        row = connection.execute(select(t.article).where(t.article.c.id == id)).one()
        yield _holding(connection, row)


def held_versions(connection: Connection, id: str, *, withheld: bool = False) -> Iterator[HeldVersion]:
    """An article's versions, from the first. withheld: without their text and metadata."""
    query = VERSION.where(t.version.c.article_id == id).order_by(t.version.c.number)
    for row in connection.execute(query).all():
        record = None if withheld else to_record(connection, row)
        if record is not None and not record.paragraphs:
            record = None
        yield HeldVersion(row.number, row.stored_at, row.fixity, row.metadata_digest, row.words, record)


def _holding(connection: Connection, row: Row[Any]) -> Holding:
    formers = select(t.former_address.c.path).where(t.former_address.c.article_id == row.id)
    return Holding(
        id=row.id,
        identity_key=row.identity_key,
        slug=row.slug,
        duplicate_key=row.duplicate_key,
        stored_at=row.stored_at,
        versions=tuple(held_versions(connection, row.id, withheld=row.withdrawn_at is not None)),
        leads_to=row.merged_into,
        stands_for=row.represented_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason,
        corrections=tuple(corrections_of(connection, row.id)),
        former_addresses=tuple(connection.execute(formers.order_by(t.former_address.c.path)).scalars()),
    )


class OtherHistory(Exception):
    """The archive knows an article of this permalink by another history; the message says how they differ."""


def put_in(connection: Connection, run_id: int, holding: Holding) -> int | None:
    """Put an article from another archive in, in the caller's transaction. How many versions it brought to an article
    that was here; None for one that was not.

    An article that is here already gets the versions that follow its own. Raises OtherHistory where they do not, and
    IntegrityError where it leads to an article that is not here.
    """
    brought = _put_in(connection, run_id, holding)
    if brought != 0:
        regroup(connection, [holding.id])
    return brought


def _put_in(connection: Connection, run_id: int, holding: Holding) -> int | None:
    row = connection.execute(select(t.article).where(t.article.c.id == holding.id)).first()
    if row is not None and row.identity_key != holding.identity_key:
        raise OtherHistory(f"the permalink {holding.id} belongs to another article here")
    state = {
        "slug": holding.slug,
        "current": len(holding.versions),
        "duplicate_key": holding.duplicate_key,
        "merged_into": holding.leads_to,
        "withdrawn_at": holding.withdrawn_at,
        "withdrawn_reason": holding.withdrawn_reason,
    }
    if row is None:
        values = {"id": holding.id, "identity_key": holding.identity_key, "stored_at": holding.stored_at}
        connection.execute(insert(t.article).values(**values, **state))
        start = 0
    else:
        start = _versions_held(connection, holding)
        known = len(corrections_of(connection, holding.id))
        if start == len(holding.versions) and known >= len(holding.corrections):
            return 0
        connection.execute(update(t.article).where(t.article.c.id == holding.id).values(**state))
    made = _put_corrections(connection, holding)
    for version in holding.versions[start:]:
        _put_version(connection, run_id, holding.id, version, made)
    _put_former_addresses(connection, holding)
    return None if row is None else max(1, len(holding.versions) - start)


def _versions_held(connection: Connection, holding: Holding) -> int:
    """How many of the holding's versions are here; they have to be its first ones, or all."""
    query = select(t.version.c.number, t.version.c.fixity, t.version.c.metadata_digest)
    rows = connection.execute(query.where(t.version.c.article_id == holding.id).order_by(t.version.c.number)).all()
    for (number, fixity, digest), version in zip(rows, holding.versions, strict=False):
        if (fixity, digest) != (version.fixity, version.metadata_digest):
            raise OtherHistory(f"version {number} of {holding.id} is another one here")
    return min(len(rows), len(holding.versions))


def _put_corrections(connection: Connection, holding: Holding) -> dict[int, int]:
    """Those that are not here yet; the ids that all of them had there -> those they have here."""
    here = [correction.id for correction in corrections_of(connection, holding.id)]
    ids = dict(zip((correction.id for correction in holding.corrections), here, strict=False))
    for correction in holding.corrections[len(here) :]:
        result = connection.execute(
            insert(t.correction).values(
                article_id=holding.id,
                kind=correction.kind.value,
                at=correction.at,
                reason=correction.reason,
                detail=dict(correction.detail),
                undoes=None if correction.undoes is None else ids[correction.undoes],
            )
        )
        ids[correction.id] = int(result.inserted_primary_key[0])  # type: ignore[index]
    return ids


def _put_version(
    connection: Connection, run_id: int, article_id: str, version: HeldVersion, made: Mapping[int, int]
) -> None:
    record = version.record
    if record is None:
        values = {
            "article_id": article_id,
            "number": version.number,
            "run_id": run_id,
            "stored_at": version.stored_at,
            "place": WITHHELD,
            "fixity": version.fixity,
            "metadata_digest": version.metadata_digest,
            "words": version.words,
            "title": "",
            "title_origin": WITHHELD,
            "refused": [],
            "extra": {},
        }
        connection.execute(insert(t.version).values(**values))
        return
    if record.amended is not None and record.amended.correction is not None:
        amended = replace(record.amended, correction=made[record.amended.correction])
        record = replace(record, amended=amended)
    write_version(connection, run_id, article_id, version.number, record, version.stored_at)


def _put_former_addresses(connection: Connection, holding: Holding) -> None:
    """An address that leads elsewhere here goes on leading there."""
    for path in holding.former_addresses:
        known = connection.execute(select(t.former_address.c.path).where(t.former_address.c.path == path)).first()
        if known is None:
            now = datetime.now(UTC)
            connection.execute(insert(t.former_address).values(path=path, article_id=holding.id, added_at=now))
