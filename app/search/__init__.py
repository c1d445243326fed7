"""Search: reads queries, keeps the index in step with the database, answers searches through one protocol."""
