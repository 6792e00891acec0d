"""Mistakes in capture: CO2 that is used taken as stored, the share of the flue gas or the loss of output forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import power
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip, times

SHARE = power.captured.symbols["s"].sign


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in captured amounts and in the supply after capture."""
    alone = len(figure.terms) == 1
    for term in figure.terms:
        if term.formula.id != power.captured.id:
            continue
        share = term.one(SHARE)
        if share is not None and share.value < 1.0:
            yield slip("share_ignored", [(share, 1.0)], where="" if alone else term.name)
        if not term.counted and term.word("destination") == "used":
            yield slip("used_subtracted", times(term, -1.0), detail=term.name)
    for one in figure.parts.get("capture_use", ()):
        yield slip("loss_ignored", [(one, 0.0)])
