"""The embedded engine, under the name the rest of the house imports it by."""

from app.search.whoosh import WhooshEngine, WhooshWriter, create, open_engine, open_writer

__all__ = ["WhooshEngine", "WhooshWriter", "create", "open_engine", "open_writer"]
