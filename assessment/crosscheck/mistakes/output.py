"""Mistakes in outputs and intensities: gross for net, hours, heat ratio, the wrong product, money in another unit."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.crosscheck.figures import Case, Figure, products_of
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip

FULL_YEARS = (8760.0, 8000.0, 9000.0)
GROSS_FIGURES = ("generation_intensity", "generated")


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in what an intensity is divided by, and in outputs themselves."""
    yield from _gross_and_net(case, figure)
    hours = figure.parts.get("hours", ())
    for full in FULL_YEARS:
        changed = [(one, full) for one in hours if one.value != full]
        if changed and len(changed) == len(hours):
            yield slip(
                "hours_full_year", changed, detail=f"{full:.0f}", variant=f"{full:.0f}", share=1 / len(FULL_YEARS)
            )
    for one in figure.parts.get("ratio", ()):
        if one.value:
            yield slip("heat_ratio_ignored", [(one, 0.0)])
    yield from _products(case, figure)
    for part in ("money", "emission", "city"):
        for one in figure.parts.get(part, ()):
            for factor in (1e4, 1e-4):
                yield slip("money_ten_thousand", [(one, one.value * factor)], variant=f"{part} {factor:g}", share=0.5)


def _gross_and_net(case: Case, figure: Figure) -> Iterator[Slip]:
    auxiliary = figure.parts.get("auxiliary", ())
    if auxiliary:
        yield slip("gross_for_net", [(one, 0.0) for one in auxiliary])
    elif figure.id in GROSS_FIGURES:
        # Net output is gross output at a capacity less the auxiliary share.
        capacity = figure.parts.get("capacity", ())
        rates = [case.number("units", "auxiliary_rate", unit, "r_aux", 0.01).value for unit in case.generating]
        if capacity and all(rate == rate and rate for rate in rates):
            yield slip(
                "net_for_gross",
                [(one, one.value * (1 - rate)) for one, rate in zip(capacity, rates, strict=True)],
            )


def _products(case: Case, figure: Figure) -> Iterator[Slip]:
    made = figure.parts.get("product", ())
    if len(made) != 1 or made[0].input is None:
        return
    own = next((name for name, one in products_of(case) if one.value == made[0].value), "")
    others = [(name, one) for name, one in products_of(case) if one.value != made[0].value and one.value]
    same_unit = [(name, one) for name, one in others if one.input is not None and one.input.unit == made[0].input.unit]
    for name, one in same_unit:
        crossed = is_clinker(name) != is_clinker(own)
        id = "clinker_for_cement" if crossed else "other_product"
        yield slip(id, [(made[0], one.value)], detail=name, variant=name, share=1 / len(same_unit))
