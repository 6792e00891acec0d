"""Mistakes in combustion rows: units, 44/12, oxidation, heating value, carbon, defaults, biomass, by-products."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.accounting import combustion
from tanping.assessment.accounting.names import names_of
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import (
    KCAL,
    Slip,
    everywhere,
    id_of,
    likely,
    scaled,
    slip,
    times,
    typed,
)
from tanping.assessment.crosscheck.rerun import Leaf, Term
from tanping.factors.record import FuelFactor

BYPRODUCTS = frozenset(
    {"fuel.blast_furnace_gas", "fuel.coke_oven_gas", "fuel.converter_gas", "fuel.other_coal_gas", "fuel.coke"}
)
CARBON = "44/12"
SIGNS = {name: symbol.sign for name, symbol in combustion.fossil_combustion.symbols.items()}
C_AR = combustion.combustion_by_carbon.symbols["c_ar"].sign
AIR_DRY = {name: symbol.sign for name, symbol in combustion.as_received_carbon.symbols.items()}


def slips(case: Case, figure: Figure) -> Iterator[Slip]:
    """Tries in every combustion row of a figure."""
    rows = [term for term in figure.terms if _is_fuel(term) and not term.block.memo]
    alone = len(figure.terms) == 1
    yield from everywhere((one for term in rows for one in _row(case, term, alone)), "全部燃料")
    if not alone:
        for term in figure.terms:
            yield from _among_others(case, term, rows)


def _is_fuel(term: Term) -> bool:
    return term.block.category == "fuel" and bool(term.all(SIGNS["fc"]))


def _row(case: Case, term: Term, alone: bool) -> Iterator[Slip]:
    where = "" if alone else term.name
    yield from _units(term, where)
    yield from _constants(term, where)
    yield from _carbon(case, term, where)
    yield from _other_standards(case, term, where)
    yield from _biomass(term, where)


def _units(term: Term, where: str) -> Iterator[Slip]:
    amount, ncv = term.one(SIGNS["fc"]), term.one(SIGNS["ncv"])
    gas = amount is not None and amount.input is not None and "Nm3" in amount.input.unit.replace("Nm³", "Nm3")
    if gas:
        yield from scaled("gas_ten_thousand", amount, 1e4, 1e-4, where=where)
    else:
        wan = typed(amount, "万")
        yield from scaled("mass_thousand", amount, 1e3, 1e-3, where=where, evidence=likely(typed(amount, "kg", "千克")))
        yield from scaled("mass_ten_thousand", amount, 1e4, 1e-4, where=where, evidence=likely(wan))
    kcal = likely(typed(ncv, "cal", "卡"))
    yield from scaled("ncv_kcal_as_kj", ncv, 1 / KCAL, where=where, evidence=kcal)
    yield from scaled("ncv_kcal_as_mj", ncv, 1e3 / KCAL, where=where, evidence=kcal)
    yield from scaled(
        "ncv_thousand", ncv, 1e3, 1e-3, where=where, evidence=likely(typed(ncv, "kJ", "MJ", "千焦", "兆焦"))
    )


def _constants(term: Term, where: str) -> Iterator[Slip]:
    for node in (one.node for one in term.leaves if str(one.node.text) == CARBON):
        yield slip("no_co2_per_c", {id(node): 1.0}, where=where)
        yield slip("twice_co2_per_c", {id(node): node.value**2}, where=where)
    oxidation = term.one(SIGNS["of"])
    if oxidation is not None and oxidation.value < 1.0:
        yield slip("no_oxidation", [(oxidation, 1.0)], where=where)
        yield from scaled("oxidation_percent", oxidation, 100, where=where, evidence=likely(typed(oxidation, "%")))


def _carbon(case: Case, term: Term, where: str) -> Iterator[Slip]:
    as_received, air_dry = term.one(C_AR), term.one(AIR_DRY["c_ad"])
    mass = as_received or air_dry
    per_heat = term.one(SIGNS["cc"])
    yield from scaled("carbon_percent", mass, 100, where=where, evidence=likely(typed(mass, "%")))
    small = likely(typed(per_heat, "kg", "TJ"))
    yield from scaled("carbon_per_tj", per_heat, 1e3, where=where, evidence=small)
    yield from _air_dry(term, as_received, where)
    measured = per_heat or mass
    if measured is None or measured.input is None or measured.input.origin == "factor":
        return
    defaults = [record for record in case.register.of("fuel.coal_default") if isinstance(record, FuelFactor)]
    coal = names_of(case.register, ("fuel.",)).item(term.word("fuel"))
    if coal is None or coal in BYPRODUCTS or ("coal" not in coal and coal not in ("fuel.anthracite", "fuel.lignite")):
        return
    for record in defaults:
        if record.carbon_content is None:
            continue
        detail, carbon = f"{record.carbon_content} tC/GJ", float(record.carbon_content)
        share = 1 / len(defaults)
        if per_heat is not None:
            yield slip("default_carbon", [(per_heat, carbon)], where=where, detail=detail, variant=detail, share=share)
        elif mass is not None and term.number("ncv") == term.number("ncv"):
            # PW-2 instead of PW-1: the carbon of a tonne is its heat times the default.
            changes = _carbon_of_a_tonne(term, mass, term.number("ncv") * carbon)
            yield slip("default_carbon", changes, where=where, detail=detail, variant=detail, share=share)


def _air_dry(term: Term, as_received: Leaf | None, where: str) -> Iterator[Slip]:
    total, own = term.one(AIR_DRY["m_ar"]), term.one(AIR_DRY["m_ad"])
    if total is not None and own is not None:
        yield slip("air_dry", [(total, own.value)], where=where)
        return
    m_ar, m_ad = term.number("moisture_total"), term.number("moisture_air_dry")
    if as_received is not None and m_ar == m_ar and m_ad == m_ad:
        # PW-3 backwards: the air-dry carbon this as-received carbon came from.
        dry = combustion.as_received_carbon(as_received.value, m_ad, m_ar)
        yield slip("air_dry", [(as_received, float(dry))], where=where)


def _carbon_of_a_tonne(term: Term, mass: Leaf, carbon: float) -> list[tuple[Leaf, float]]:
    total, own = term.one(AIR_DRY["m_ar"]), term.one(AIR_DRY["m_ad"])
    changes = [(mass, carbon)]
    if total is not None and own is not None:
        changes.append((total, own.value))
    return changes


def _other_standards(case: Case, term: Term, where: str) -> Iterator[Slip]:
    """The same fuel in the tables of other standards: all defaulted parts together, and each part alone."""
    item = names_of(case.register, ("fuel.",)).item(term.word("fuel"))
    if item is None:
        return
    parts = {"ncv": SIGNS["ncv"], "carbon_content": SIGNS["cc"], "oxidation": SIGNS["of"]}
    leaves = {part: one for part, sign in parts.items() if (one := term.one(sign)) is not None}
    records = [one for one in case.register.of(item) if isinstance(one, FuelFactor) and one.variant in ("", "default")]
    seen: set[tuple[tuple[int, float], ...]] = set()
    for record in records:
        said = {part: getattr(record, part) for part in leaves}
        for chosen in ([*leaves], *([part] for part in leaves)):
            changes = [
                (leaves[part], float(said[part]))
                for part in chosen
                if said[part] is not None
                and float(said[part]) != leaves[part].value
                and (len(chosen) == 1 or _defaulted(leaves[part]))
                and not (part == "oxidation" and float(said[part]) == 1.0)  # that is no_oxidation
            ]
            key = tuple(sorted((id_of(one), value) for one, value in changes))
            if (
                not changes
                or key in seen
                or (len(chosen) == 1 and chosen[0] == "ncv" and not _defaulted(leaves["ncv"]))
            ):
                continue
            seen.add(key)
            told = "、".join(f"{one.sign} {value:g}" for one, value in changes)
            detail = f"{record.standard or record.document} {told}"
            both = 1.0 if len(changes) > 1 or len(chosen) > 1 else 0.4
            yield slip(
                "other_standard", changes, where=where, detail=detail, variant=detail, share=both / max(1, len(records))
            )


def _defaulted(one: Leaf) -> bool:
    return one.input is not None and one.input.origin == "factor"


def _biomass(term: Term, where: str) -> Iterator[Slip]:
    share = term.one(SIGNS["phi"])
    if share is not None and 0.0 < share.value < 1.0:
        yield slip("biomass_all_fossil", [(share, 1.0)], where=where)
        yield slip("waste_all_biogenic", [(share, 0.0)], where=where)
    elif share is not None and share.value == 0.0:
        yield slip("biomass_all_fossil", [(share, 1.0)], where=where)


def _among_others(case: Case, term: Term, rows: list[Term]) -> Iterator[Slip]:
    """Mistakes of a sum: the check coal, gas counted twice or not deducted, own products taken as bought."""
    role = term.word("role")
    if term.block.table.name != "fuels":
        return
    if role == "check" and not term.block.suffix:
        yield slip("check_coal_added", times(term, 1.0), detail=term.name)
        mains = [one for one in rows if one.word("role") == "main"]
        if mains:
            changes = {**times(term, 1.0), **{key: value for one in mains for key, value in times(one, 0.0).items()}}
            yield slip("check_coal_instead", changes, detail=term.name)
    elif role == "sold" and term.counted:
        yield slip("sold_not_deducted", times(term, 0.0), detail=term.name)
    elif term in rows and names_of(case.register, ("fuel.",)).item(term.word("fuel")) in BYPRODUCTS:
        yield slip("byproduct_twice", times(term, 2 * term.times.value), detail=term.name)
    elif term.block.suffix == ".biogenic":
        yield slip("biomass_all_fossil", times(term, 1.0), where=term.name, variant="memo")
