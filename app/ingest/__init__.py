"""Ingest: from what a librarian is given to records, and from records to the store."""
