"""Mistakes in the construction period: concrete per tonne, kilograms summed with tonnes."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import construction
from tanping.assessment.accounting.sources.construction import concrete_density
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, everywhere, scaled

AMOUNT, FACTOR = (construction.material_production.symbols[name].sign for name in ("m", "ef"))


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every row of materials and transport."""
    rows = [term for term in figure.terms if term.block.stage == "construction"]
    alone = len(figure.terms) == 1

    def tries() -> Iterator[Slip]:
        for term in rows:
            where = "" if alone else term.name
            amount, factor = term.one(AMOUNT), term.one(FACTOR)
            concrete = term.formula.id == construction.material_production.id and "混凝土" in term.word("item")
            if concrete:
                yield from scaled("concrete_by_mass", amount, concrete_density(case.blocks.books), where=where)
            yield from scaled("construction_thousand", factor, 1e3, where=where)

    yield from everywhere(tries(), "全部施工期排放")
