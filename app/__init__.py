"""Policy Archive: policy articles stored in a database, searched through an index, read at permalinks that keep
answering."""
