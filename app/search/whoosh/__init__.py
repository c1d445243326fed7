"""The embedded engine: Whoosh keeps the postings, this package says what they mean."""

from app.search.whoosh.engine import WhooshEngine, open_engine, verify
from app.search.whoosh.writer import WhooshWriter, create, exists, open_writer

__all__ = ["WhooshEngine", "WhooshWriter", "create", "exists", "open_engine", "open_writer", "verify"]
