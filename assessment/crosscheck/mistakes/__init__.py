"""The mistakes people make, as tries: which operands of a figure to change, and what the change would be called."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes import (
    capture,
    cement,
    change,
    construction,
    energy,
    fuel,
    output,
    process,
    purchased,
    whole,
)
from tanping.assessment.crosscheck.mistakes.slip import Slip

FAMILIES = (fuel, purchased, process, cement, capture, construction, output, energy, change, whole)


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Every mistake that could have been made in a figure, one after the other; the same order always."""
    for family in FAMILIES:
        yield from family.slips(case, figure)
