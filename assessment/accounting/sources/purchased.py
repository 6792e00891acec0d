"""Purchased and sold electricity and heat (EL-1, EL-2, HT-1)."""

from __future__ import annotations

import numpy as np

from tanping.assessment.accounting import purchased_energy
from tanping.assessment.accounting.blocks import GRID, ROW, USE, Block, Said
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.operands import Chosen, Computed, Declared, Either, FromRegister, Operand
from tanping.assessment.accounting.shelf import GRID as GRID_ITEM
from tanping.assessment.accounting.words import BoolArray, constant
from tanping.assessment.project.columns import ColumnTable

CROSSED_UNITS = f"电力热力“{ROW}”：电量应以 MWh（或万kWh）计，热量应以 GJ 计，因子与之对应"


def blocks(books: Books) -> list[Block]:
    """Blocks of bought energy, of sold energy where it is netted, and of the market-based view."""
    table = books.columns["energy"]
    if not len(table):
        return []
    kinds = books.words(table, "kind")
    plant = books.of_class(table, lambda its: its.sector == "power")
    blocked = _units_blocked(books, table)
    electric, hot = kinds.are("purchased_electricity", "sold_electricity"), kinds.are("purchased_heat", "sold_heat")
    grid = _factor(books, table, electric, GRID_ITEM, "电力排放因子", "tCO2/MWh")
    heat = _factor(books, table, hot, "heat.default", "热力排放因子", "tCO2/GJ")
    amount = amount_of(books)
    made = []
    for kind, name, formula, factor, category, spread, sign, rows in (
        (
            "purchased_electricity",
            "外购电力",
            purchased_energy.purchased_electricity,
            grid,
            "electricity",
            GRID,
            1,
            None,
        ),
        ("sold_electricity", "外供电力", purchased_energy.purchased_electricity, grid, "electricity", GRID, -1, ~plant),
        ("purchased_heat", "外购热力", purchased_energy.purchased_heat, heat, "heat", USE, 1, None),
        ("sold_heat", "外供热力", purchased_energy.purchased_heat, heat, "heat", USE, -1, ~plant),
    ):
        mine = kinds.are(kind)
        chosen = np.flatnonzero(mine if rows is None else mine & rows)
        if len(chosen):
            operands: dict[str, Operand] = {"ad": amount, "ef": factor}
            made.append(
                Block(
                    name,
                    formula,
                    table,
                    chosen,
                    operands,
                    "operation",
                    category,
                    spread,
                    sign,
                    quantity="ad",
                    blocked=blocked,
                )
            )
    certified = np.flatnonzero(kinds.are("purchased_electricity") & books.words(table, "certificate").test(bool))
    if len(certified):
        made.append(
            Block(
                name="外购电力（市场法口径）",
                formula=purchased_energy.market_based_electricity,
                table=table,
                rows=certified,
                operands={"ad": amount, "certified": amount, "ef": grid},
                stage="operation",
                category="electricity",
                spread=GRID,
                memo=True,
                suffix=".market",
                quantity="ad",
                blocked=blocked,
                notes=[
                    (np.ones(len(table), dtype=bool), "有证书的非化石能源电量按零计；与按地区因子的结果并列，不相加")
                ],
            )
        )
    return made


def amount_of(books: Books) -> Operand:
    """Electricity or heat of every row as told; heat told by its mass alone comes from enthalpy (HT-2) or temperature (HT-2w)."""
    table = books.columns["energy"]
    told, mass = Declared(table, "amount"), Declared(table, "carrier_mass")
    if np.isnan(mass.values).all():
        return told
    hot = books.words(table, "kind").are("purchased_heat", "sold_heat") & np.isnan(told.values) & ~np.isnan(mass.values)
    enthalpy, temperature = Declared(table, "steam_enthalpy"), Declared(table, "water_temperature")
    steam = Computed(purchased_energy.steam_heat, {"m": mass, "h": enthalpy})
    water = Computed(purchased_energy.hot_water_heat, {"m": mass, "t": temperature})
    return Chosen(hot, Chosen(~np.isnan(temperature.values), water, steam), told)


def _factor(books: Books, table: ColumnTable, mine: BoolArray, item: str, label: str, unit: str) -> Either:
    answers = books.ask(table, constant(item, len(table)).where(mine), needs_method=False)
    return Either(Declared(table, "factor"), FromRegister(books.shelf, answers, "value", label, unit=unit))


def _units_blocked(books: Books, table: ColumnTable) -> list[Said]:
    """Electricity told in GJ, heat in MWh, or a factor per the other unit: a question back, not a conversion."""
    amount_in, factor_in = table.measured_in.get("amount"), table.measured_in.get("factor")
    if amount_in is None or factor_in is None:
        return []
    kinds = books.words(table, "kind")
    electric = kinds.test(lambda kind: str(kind).endswith("_electricity"))
    heat = kinds.test(lambda kind: str(kind).endswith("_heat"))
    wrong = (electric & (amount_in == "GJ")) | (heat & (amount_in == "MWh"))
    wrong |= (electric & (factor_in == "tCO2/GJ")) | (heat & (factor_in == "tCO2/MWh"))
    # An explicit 无 is zero in any unit.
    wrong &= table.numbers["amount"] != 0
    return [(np.asarray(wrong, dtype=bool), CROSSED_UNITS)]
