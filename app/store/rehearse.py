"""What `save` would make of records, without writing: decided as they would be, batch after batch, and forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.domain.record import Record
from app.store.save import Batch, Saved


class Rehearsal:
    """connection: open for reading as long as the rehearsal goes on, so that it sees one state of the archive."""

    def __init__(self, connection: Connection) -> None:
        self._batch = Batch(connection, run_id=0)

    def save(self, records: Sequence[Record]) -> list[Saved]:
        """Records saved before are taken into account, as if they had been stored."""
        self._batch.look_up(records)
        saved = [self._batch.decide(record) for record in records]
        self._batch.forget_what_to_write()
        return saved
