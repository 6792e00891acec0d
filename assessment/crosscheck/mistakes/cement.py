"""Mistakes in clinker rows: oxides, non-carbonate parts, dust, deduction, floor, raw-meal carbon, other clinker factors."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import cement
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, likely, scaled, slip, typed
from tanping.assessment.crosscheck.rerun import Leaf, Term

OXIDES = {name: symbol.sign for name, symbol in cement.clinker_oxides.symbols.items()}
CLINKER, FACTOR = (cement.clinker_type.symbols[name].sign for name in ("m", "ef"))
DEDUCTED = cement.clinker_deduction.symbols["m"].sign
DUST_SIGNS = (OXIDES["kiln_dust"], OXIDES["bypass_dust"])
MOLAR_MGO = 44 / 40.3


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every clinker row."""
    alone = len(figure.terms) == 1
    for term in figure.terms:
        where = "" if alone else term.name
        if not term.counted:
            continue
        if term.formula.id == cement.clinker_oxides.id:
            yield from _oxides(term, where)
        elif term.formula.id == cement.clinker_line.id:
            yield from _line(case, figure, term, where)
        elif term.formula.id == cement.raw_meal_carbon.id:
            yield from scaled("raw_meal_percent", _only(term, "FR0"), 100, where=where)
            for node in (one.node for one in term.leaves if one.node.kind == "ratio"):
                yield slip("no_co2_per_c", {id(node): 1.0}, where=where)


def _only(term: Term, sign: str) -> Leaf | None:
    return next((one for one in term.leaves if one.sign == sign), None)


def _oxides(term: Term, where: str) -> Iterator[Slip]:
    ratios = {str(one.node.text): one for one in term.leaves}
    lime, magnesia = ratios.get(str(cement.CO2_PER_CAO)), ratios.get(str(cement.CO2_PER_MGO))
    if lime is not None and magnesia is not None:
        yield slip("mgo_44_56", [(magnesia, lime.value)], where=where)
        yield slip("cao_44_40", [(lime, magnesia.value)], where=where)
        yield slip("mgo_molar", [(magnesia, MOLAR_MGO)], where=where)
    parts = [one for one in (_only(term, OXIDES["cao_nc"]), _only(term, OXIDES["mgo_nc"])) if one and one.value]
    if parts:
        yield slip("noncarbonate_kept", [(one, 0.0) for one in parts], where=where, variant="both")
    if len(parts) > 1:
        for one in parts:
            yield slip("noncarbonate_kept", [(one, 0.0)], where=f"{term.name} {one.sign}", share=0.4)
    dust = [one for one in term.leaves if one.sign in DUST_SIGNS and one.value]
    if dust:
        yield slip("dust_forgotten", [(one, 0.0) for one in dust], where=where, variant="all")
    if len(dust) > 1:
        for one in dust:
            yield slip("dust_forgotten", [(one, 0.0)], where=f"{term.name} {one.sign}", share=0.4)
    made = _only(term, CLINKER)
    yield from _amount(made, where)


def _amount(made: Leaf | None, where: str) -> Iterator[Slip]:
    yield from scaled("material_thousand", made, 1e3, 1e-3, where=where, evidence=likely(typed(made, "kg", "千克")))
    yield from scaled("material_ten_thousand", made, 1e4, 1e-4, where=where, evidence=likely(typed(made, "万")))


def _line(case: Case, figure: Figure, term: Term, where: str) -> Iterator[Slip]:
    made = [one for one in term.leaves if one.sign == CLINKER and one.input is not None]
    taken = [one for one in term.leaves if one.sign == DEDUCTED and one.input is not None and one.value]
    yield from _amount(made[0] if len(made) == 1 else None, where)
    if taken:
        yield slip("deduction_forgotten", [(one, 0.0) for one in taken], where=where, variant="all")
    if len(taken) > 1:
        for one in taken:
            yield slip("deduction_forgotten", [(one, 0.0)], where=f"{term.name} {one.value:g} t", share=0.4)
    floors = [one for one in term.tree.parts if term.tree.kind == "max" and not one.parts]
    if floors and term.tree.value == floors[0].value:
        yield slip("floor_missing", {id(floors[0]): float("-inf")}, where=where)
    factors = [one for one in term.leaves if one.sign == FACTOR and one.input is not None]
    values = {one.value for one in factors}
    others = {
        record.number: record
        for name in ("process.clinker.portland", "process.clinker", "process.ipcc_2006.clinker")
        for record in case.register.of(name)
        if record.number not in values
    }
    if factors:
        for value, record in others.items():
            detail = f"{record.value} {record.unit}（{record.document}）"
            changes = [(one, value) for one in factors]
            yield slip("other_clinker", changes, where=where, detail=detail, variant=detail, share=1 / len(others))
    yield from _raw_meal(case, figure)


def _raw_meal(case: Case, figure: Figure) -> Iterator[Slip]:
    """CM-3 beside CM-1: the clinker factor has no such term."""
    if figure.extra is None:
        return
    table = case.blocks.columns["materials"]
    for row, role in enumerate(table.words["role"]):
        amount = float(table.numbers["amount"][row])
        if table.project[row] != case.project or role != "raw_meal" or not amount > 0:
            continue
        for record in case.register.of("process.raw_meal_carbon"):
            added = float(cement.raw_meal_carbon(amount, record.number))
            name = str(table.words["material"][row] or table.ids[row])
            yield slip("raw_meal_added", {id(figure.extra): added}, where=name, variant=record.variant)
