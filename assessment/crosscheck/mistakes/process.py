"""Mistakes in process rows of materials: units, fixed carbon, lime, limestone, own products, factors of other standards."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import power, steel
from tanping.assessment.accounting.names import names_of
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, everywhere, likely, scaled, slip, times, typed
from tanping.assessment.crosscheck.rerun import Term

AMOUNTS = {
    power.desulphurisation.id: power.desulphurisation.symbols["b"].sign,
    power.denitrification_urea.id: power.denitrification_urea.symbols["urea"].sign,
    steel.process_material.id: steel.process_material.symbols["m"].sign,
    steel.fixed_carbon.id: steel.fixed_carbon.symbols["ad"].sign,
}
FACTORS = {
    power.desulphurisation.id: power.desulphurisation.symbols["ef"].sign,
    steel.process_material.id: steel.process_material.symbols["ef"].sign,
    steel.fixed_carbon.id: steel.fixed_carbon.symbols["ef"].sign,
}
LIME, STONE = "石灰", "石灰石"


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every process row, and in the sum they stand in."""
    rows = [term for term in figure.terms if term.formula.id in AMOUNTS]
    alone = len(figure.terms) == 1
    yield from everywhere(
        (one for term in rows if term.counted for one in _row(case, term, "" if alone else term.name)), "全部物料"
    )
    if alone:
        return
    fixed = [term for term in rows if term.formula.id == steel.fixed_carbon.id and term.counted]
    if fixed and figure.id != "removal_total":
        yield from _fixed(fixed)
    for term in rows:
        yield from _stone(case, term)
        if figure.id == "ets_emission" and not term.counted:
            yield slip("desulphurisation_in_ets", times(term, 1.0))
    yield from _own(case, figure)


def _row(case: Case, term: Term, where: str) -> Iterator[Slip]:
    amount = term.one(AMOUNTS[term.formula.id])
    yield from scaled("material_thousand", amount, 1e3, 1e-3, where=where, evidence=likely(typed(amount, "kg", "千克")))
    yield from scaled("material_ten_thousand", amount, 1e4, 1e-4, where=where, evidence=likely(typed(amount, "万")))
    sign = FACTORS.get(term.formula.id)
    factor = term.one(sign) if sign else None
    if factor is None or factor.value != factor.value:
        return
    used = next((one for one in term.factors if one.value == factor.value), None)
    records = case.register.of(used.key) if used else ()
    item = records[0].item if records else _item(case, term)
    others = {one.number: one for one in case.register.of(item or "") if one.number != factor.value}
    for value, record in others.items():
        detail = f"{record.value} {record.unit}（{record.standard or record.document}）"
        changes = [(factor, value)]
        yield slip("process_other_standard", changes, where=where, detail=detail, variant=detail, share=1 / len(others))


def _item(case: Case, term: Term) -> str | None:
    fixed = term.formula.id == steel.fixed_carbon.id
    prefix = ("process.fixed_carbon.",) if fixed else ("process.",)
    skip = () if fixed else ("process.fixed_carbon.", "process.raw_deduction.")
    return names_of(case.register, prefix, skip).item(term.word("material") or None)


def _fixed(fixed: list[Term]) -> Iterator[Slip]:
    """Fixed carbon is subtracted; people add it, forget it, or take it off twice."""

    def of(terms: list[Term], factor: float) -> dict[int, float]:
        return {id(term.times): term.times.value * factor for term in terms}

    yield slip("fixed_added", of(fixed, -1.0), variant="all")
    yield slip("fixed_forgotten", of(fixed, 0.0), variant="all")
    if len(fixed) > 1:
        for term in fixed:
            yield slip("fixed_added", of([term], -1.0), where=term.name, share=0.3)
            yield slip("fixed_forgotten", of([term], 0.0), where=term.name, share=0.3)
    for term in fixed:
        yield slip("fixed_twice", of([term], 2.0), detail=term.name, share=1 / len(fixed))


def _stone(case: Case, term: Term) -> Iterator[Slip]:
    if term.formula.id != steel.process_material.id:
        return
    name = term.word("material")
    if STONE in name or "白云石" in name:
        yield slip("limestone_twice", times(term, 2 * term.times.value), detail=name)
    elif LIME in name:
        factor, stone = term.one(FACTORS[term.formula.id]), next(iter(case.register.of("process.limestone")), None)
        if factor is not None and stone is not None and factor.value != stone.number:
            yield slip("lime_as_limestone", [(factor, stone.number)], detail=name)


def _own(case: Case, figure: Figure) -> Iterator[Slip]:
    """Hot metal or DRI of the own works as if it had been bought."""
    if figure.extra is None or not any(
        term.formula.id in (steel.process_material.id, steel.fixed_carbon.id) for term in figure.terms
    ):
        return
    table = case.blocks.columns["products"]
    names = names_of(case.register, ("process.pig_iron", "process.dri"))
    for row, word in enumerate(table.words["product"]):
        item = names.item(word) or ("process.pig_iron" if word and "铁水" in word else None)
        record = next(iter(case.register.of(item) if item else ()), None)
        amount = float(table.numbers["amount"][row])
        if record is not None and table.project[row] == case.project and amount > 0:
            added = float(steel.process_material(amount, record.number))
            yield slip("own_as_bought", {id(figure.extra): added}, detail=str(word))
