"""The embedded index: SQLite with FTS5 in a file of its own (sqlite.org/fts5.html)."""
