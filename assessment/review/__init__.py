"""The joint review: states, roles, opinions, clocks, the sealed record, the store."""
