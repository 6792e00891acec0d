"""Mistakes in standard coal: 等价值 for 当量值, the reference coefficient for a measured heating value."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import energy
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip
from tanping.assessment.crosscheck.rerun import Term

COEFFICIENT = energy.standard_coal.symbols["coefficient"].sign
NCV, PER_TCE = (energy.standard_coal_by_heat.symbols[name].sign for name in ("ncv", "gj_per_tce"))
OTHER = {
    "annual_energy_tce": ("annual_energy_tce_equivalent", "equivalent_for_equal"),
    "annual_energy_tce_equivalent": ("annual_energy_tce", "equal_for_equivalent"),
}


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in a total of standard coal."""
    if figure.id not in OTHER:
        return
    other, mistake = OTHER[figure.id]
    swapped = case.figures[other]() if other in case.figures else None
    theirs = {_key(term): term for term in swapped.terms} if swapped else {}
    changes = []
    for term in figure.terms:
        mine, twin = term.one(COEFFICIENT), theirs.get(_key(term))
        of_twin = twin.one(COEFFICIENT) if twin else None
        if mine is not None and of_twin is not None and mine.value != of_twin.value:
            changes.append((mine, of_twin.value))
    if changes:
        yield slip(mistake, changes)
        for one in changes if len(changes) > 1 else []:
            yield slip(mistake, [one], variant="one", share=0.3)
    for term in figure.terms:
        ncv, per_tce = term.one(NCV), term.one(PER_TCE)
        if ncv is None or per_tce is None or "煤" not in term.word("fuel"):
            continue
        for record in case.register.of("energy.raw_coal")[:1]:
            # The reference coefficient is a heating value in other words.
            changed = [(ncv, record.number * per_tce.value)]
            yield slip("table_coefficient", changed, where=term.word("fuel"), detail=f"{record.value} {record.unit}")


def _key(term: Term) -> tuple[str, str, float]:
    return term.id, term.formula.id, term.leaves[0].value
