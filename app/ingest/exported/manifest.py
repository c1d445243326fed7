"""A manifest: each version's text in a file, and a list of their sha256 that `sha256sum -c` checks with no archive.

Beside it stands a table of all permalinks, also of those whose text is withdrawn. Two archives that hold the same have
the same manifest, byte for byte.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.store.holdings import Holding

LIST: Final = "SHA256SUMS"
TABLE: Final = "permalinks.tsv"
_COLUMNS: Final = "permalink version sha256 metadata_sha256 stored_at state leads_to".split()


@dataclass(frozen=True, slots=True)
class Manifest:
    list: Path
    articles: int
    versions: int


def write_manifest(place: Path, found: Iterable[Holding], told: Callable[[int], None] | None = None) -> Manifest:
    """Write a manifest; raises OSError.

    place: a folder, or the name of the list, whose texts then stand in a folder named after it. found: in the order of
    their ids, so that what is the same reads the same.
    """
    is_folder = place.is_dir() or not place.suffix
    sums = place / LIST if is_folder else place
    beside = "" if is_folder else f"{place.stem}-texts/"
    sums.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    rows: list[str] = ["\t".join(_COLUMNS)]
    articles = versions = 0
    for holding in found:
        articles += 1
        for version in holding.versions:
            versions += 1
            rows.append(_row(holding, version.number, version.fixity, version.metadata_digest, version.stored_at))
            if version.record is not None:
                name = f"{beside}a/{holding.id}/v/{version.number}.txt"
                _write(sums.parent / name, version.record.text.encode())
                lines.append(f"{version.fixity}  {name}")
        if told is not None:
            told(articles)
    table = f"{beside}{TABLE}"
    content = ("\n".join(rows) + "\n").encode()
    _write(sums.parent / table, content)
    lines.append(f"{hashlib.sha256(content).hexdigest()}  {table}")
    _write(sums, ("\n".join(lines) + "\n").encode())
    return Manifest(sums, articles, versions)


def _row(holding: Holding, number: int, fixity: str, metadata_digest: str, stored_at: datetime) -> str:
    state, leads_to = "current" if number == len(holding.versions) else "earlier", ""
    if holding.withdrawn_at is not None:
        state = "withdrawn"
    elif holding.leads_to is not None:
        state, leads_to = "merged", holding.leads_to
    elif holding.stands_for is not None:
        state, leads_to = "duplicate", holding.stands_for
    at = stored_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return "\t".join((f"/a/{holding.id}", str(number), fixity, metadata_digest, at, state, leads_to))


def _write(file: Path, content: bytes) -> None:
    """The file is there whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)
