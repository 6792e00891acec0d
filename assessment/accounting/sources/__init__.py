"""From tables to blocks: one file a kind of source. Each ``blocks(books)`` returns the blocks of its sources."""
