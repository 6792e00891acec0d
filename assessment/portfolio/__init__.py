"""Many projects: a table in, the same pipeline over its columns, a table out; the regional ledger; what changed."""
