"""The rules engine and, beside it, the clause packs. Knows nothing of carbon."""
