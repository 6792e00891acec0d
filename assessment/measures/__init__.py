"""Measures (减污降碳措施) and scenarios: changes of inputs, counted again by the same formulas, never hand-set percentages."""
