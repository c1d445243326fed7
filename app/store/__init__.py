"""The database: the archive's only truth."""
