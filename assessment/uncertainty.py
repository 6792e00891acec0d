"""Uncertainty of an inventory: ranges on inputs and factors, seeded draws through the same columns, interval and tornado."""
