"""Mistakes in the net change: a closed line taken off twice, forgotten, or added."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every cut of the changes table."""
    cuts = figure.parts.get("cuts", ())
    for one in cuts:
        for id, counted in (("replaced_twice", 2.0), ("replaced_forgotten", 0.0), ("cut_added", -1.0)):
            yield slip(id, [(one, counted)], detail=one.sign.strip(), variant=one.sign, share=1 / len(cuts))
