"""Exports of an archive: written whole, with every version and origin, and read back so that the archive that comes of
it has the same permalinks, versions, hashes, tombstones and merges."""

from app.ingest.exported.restore import Restored, is_export, restore
from app.ingest.exported.write import FORMATS, write_export

__all__ = ["FORMATS", "Restored", "is_export", "restore", "write_export"]
