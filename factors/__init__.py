"""The factor register and, beside it, its data. Knows nothing of rules."""
