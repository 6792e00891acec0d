"""Mistakes in a figure as a whole: its unit, sources left out or counted twice, part of the units, construction added."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip, times

COUNTED = 6


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in the whole figure."""
    if len(figure.terms) != 1:
        for factor in (1e3, 1e-3):
            yield slip("thousand", {id(figure.scale): factor}, variant=f"{factor:g}", share=0.5)
        for factor in (1e4, 1e-4):
            yield slip("ten_thousand", {id(figure.scale): factor}, variant=f"{factor:g}", share=0.5)
    yield from _units(case, figure)
    counted = [term for term in figure.terms if term.counted]
    if len(counted) > 1 and figure.unit.startswith("tCO2"):
        for term in counted:
            if term.word("role") not in ("sold", "fixed_carbon") and not term.word("kind").startswith("sold"):
                yield slip("left_out", times(term, 0.0), detail=term.name, share=1 / max(1, len(counted) / COUNTED))
                changes = times(term, 2 * term.times.value)
                yield slip("counted_twice", changes, detail=term.name, share=1 / len(counted))
    if figure.id == "design_year_total":
        built = [term for term in figure.terms if term.block.stage == "construction"]
        if built:
            changes = {id(term.times): 1.0 for term in built}
            yield slip("construction_added", changes, detail="施工期排放")


def _units(case: Case, figure: Figure) -> Iterator[Slip]:
    units = case.blocks.columns["units"]
    mine = [row for row in range(len(units)) if units.project[row] == case.project and case.blocks.proposed_units[row]]
    kinds = [units.words["kind"][row] for row in mine]
    per = figure.parts.keys() & {"product", "money", "capacity"} and figure.terms
    if per:
        return
    for kind in dict.fromkeys(kinds):
        count = kinds.count(kind)
        for part in range(1, count):
            yield slip(
                "half_of_units",
                {id(figure.scale): part / count},
                where=f"{count} 台（条）中的 {part} 台（条）",
                variant=f"{part}/{count}",
                share=1 / (count - 1),
            )
