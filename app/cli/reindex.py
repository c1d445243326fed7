"""`policy-archive reindex`."""

from __future__ import annotations

import time
from typing import Final

from app.cli.terminal import archive, out, progress
from app.domain.wording import counted
from app.search.indexer import Indexer
from app.store.index_state import LeaseTaken

SECONDS_TO_WAIT: Final = 3
"""Long enough for a server that is indexing a few articles, too short for a second reindex."""


def reindex() -> None:
    """Rebuild the index from the database beside the live one, then swap. The site goes on serving."""
    with archive() as (settings, database):
        indexer = Indexer(database, settings.index_folder)
        started = time.monotonic()
        while True:
            try:
                with progress("Indexing") as show:
                    indexed = indexer.rebuild(lambda done, total: show(done, total, ""))
                break
            except LeaseTaken:
                if time.monotonic() - started > SECONDS_TO_WAIT:
                    raise
                time.sleep(0.25)
        out.print(f"Indexed {counted(indexed, 'article')} in {time.monotonic() - started:.1f} s.")
