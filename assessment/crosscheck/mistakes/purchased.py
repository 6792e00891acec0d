"""Mistakes in bought and sold electricity and heat: units, the factor of another year, place or kind, netting."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import purchased_energy
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import (
    KCAL,
    Slip,
    everywhere,
    likely,
    recognised,
    scaled,
    slip,
    times,
    typed,
)
from tanping.assessment.crosscheck.rerun import Leaf, Term
from tanping.factors.lookup import NoFactor
from tanping.factors.record import Factor

ELECTRICITY = {name: symbol.sign for name, symbol in purchased_energy.purchased_electricity.symbols.items()}
HEAT = {name: symbol.sign for name, symbol in purchased_energy.purchased_heat.symbols.items()}
OWN_PLACE = ("grid.average", "grid.ets_reporting_default", "grid.old6.average")


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every row of electricity and heat."""
    alone = len(figure.terms) == 1
    electric = [term for term in figure.terms if term.formula.id == purchased_energy.purchased_electricity.id]
    hot = [term for term in figure.terms if term.formula.id == purchased_energy.purchased_heat.id]
    counted = [term for term in (*electric, *hot) if term.counted]
    yield from everywhere(
        (one for term in electric if term.counted for one in _electricity(case, term, "" if alone else term.name)),
        "全部电力",
    )
    yield from everywhere(
        (one for term in hot if term.counted for one in _heat(case, term, "" if alone else term.name)), "全部热力"
    )
    if not alone:
        for term in counted:
            if term.word("kind") in ("sold_electricity", "sold_heat"):
                yield slip("sold_not_netted", times(term, 0.0), detail=term.name)
        yield from _waste_heat(case, figure)


def _electricity(case: Case, term: Term, where: str) -> Iterator[Slip]:
    amount, factor = term.one(ELECTRICITY["ad"]), term.one(ELECTRICITY["ef"])
    yield from scaled(
        "mwh_thousand", amount, 1e3, 1e-3, where=where, evidence=likely(typed(amount, "GWh", "kWh", "度"))
    )
    yield from scaled("wan_kwh", amount, 10, 0.1, where=where, evidence=likely(typed(amount, "万")))
    yield from scaled("yi_kwh", amount, 1e4, 1e-4, 1e5, 1e-5, where=where, evidence=likely(typed(amount, "亿"), 0.3))
    if factor is None or factor.value != factor.value or not factor.value:
        return
    yield from _averages(case, factor, where)
    for item, id in (
        ("grid.lifecycle.china", "life_cycle"),
        ("grid.excl_market_traded_nonfossil", "market_excluded"),
        ("grid.fossil_only", "fossil_only"),
    ):
        records = [one for one in case.register.of(item) if one.number != factor.value]
        for record in records:
            detail = _cited(record)
            changes = [(factor, record.number)]
            yield slip(id, changes, where=where, detail=detail, variant=detail, share=1 / len(records))


def _averages(case: Case, factor: Leaf, where: str) -> Iterator[Slip]:
    """Averages and reporting values: of the own place and the nation in any year first, of other provinces last."""
    home = _home(case)
    seen: set[float] = {factor.value}
    near: list[tuple[float, str, float]] = []
    far: list[tuple[float, str]] = []
    for item in OWN_PLACE:
        for record in sorted(case.register.of(item), key=lambda one: -(one.data_year or 0)):
            if record.number in seen:
                continue
            if record.region in home:
                seen.add(record.number)
                near.append((record.number, _cited(record), 1.0))
            elif item == "grid.average":
                far.append((record.number, _cited(record)))
    near += [(one.value, one.name, 0.5) for one in recognised("electricity") if one.value not in seen]
    for value, detail, share in near:
        # Factors in use at different times are about equally common: each is a try of its own.
        yield slip("other_year", [(factor, value)], where=where, detail=detail, variant=detail, share=share / 2)
    for value, detail in far:
        if value not in seen:
            changes = [(factor, value)]
            yield slip("other_province", changes, where=where, detail=detail, variant=detail, share=1 / len(far))


def _home(case: Case) -> frozenset[str]:
    province = case.blocks.columns["site"].words["province"][case.project]
    try:
        regions = case.register.chain(province) if province else ("全国",)
    except NoFactor:
        regions = ("全国",)
    return frozenset((*regions, "全国"))


def _cited(record: Factor) -> str:
    year = f"{record.data_year} 年 " if record.data_year else ""
    return f"{record.region}{year}{record.value} {record.unit}（{record.name}）"


def _heat(case: Case, term: Term, where: str) -> Iterator[Slip]:
    amount, factor = term.one(HEAT["ad"]), term.one(HEAT["ef"])
    yield from scaled("heat_thousand", amount, 1e3, 1e-3, where=where, evidence=likely(typed(amount, "MJ", "TJ", "kJ")))
    yield from scaled("heat_kcal", amount, KCAL, 1 / KCAL, where=where)
    for record in case.register.of("heat.steam.saturated_1mpa"):
        # A tonne of steam is that many GJ: whoever writes tonnes where GJ belong is short by it.
        yield from scaled("steam_mass", amount, 1 / record.number, where=where)
    if factor is None or factor.value != factor.value:
        return
    default = next(iter(case.register.of("heat.default")), None)
    if default is not None and default.number != factor.value:
        detail = f"{default.value} {default.unit}"
        yield slip("heat_default", [(factor, default.number)], where=where, detail=detail)
    provinces = [one for one in case.register.of("heat.province") if one.number != factor.value]
    for record in provinces:
        home = 5.0 if record.region in _home(case) else 1.0
        yield slip(
            "heat_province",
            [(factor, record.number)],
            where=where,
            detail=_cited(record),
            variant=record.region,
            share=home / len(provinces),
        )


def _waste_heat(case: Case, figure: Figure) -> Iterator[Slip]:
    """Own electricity turned into emission at the grid factor and taken off."""
    if figure.extra is None:
        return
    table = case.blocks.columns["energy"]
    factors = [
        one.value
        for term in figure.terms
        if term.formula.id == purchased_energy.purchased_electricity.id
        for one in term.all(ELECTRICITY["ef"])
    ]
    if not factors:
        return
    for row, kind in enumerate(table.words["kind"]):
        amount = float(table.numbers["amount"][row])
        if table.project[row] == case.project and kind == "own_electricity" and amount > 0:
            taken = float(purchased_energy.purchased_electricity(amount, factors[0]))
            yield slip("waste_heat_subtracted", {id(figure.extra): -taken}, detail=str(table.ids[row]))
