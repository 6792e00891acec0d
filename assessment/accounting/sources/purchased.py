"""Purchased and sold electricity and heat (EL-1, EL-2, HT-1)."""

from __future__ import annotations

import numpy as np

from tanping.assessment.accounting import purchased_energy
from tanping.assessment.accounting.blocks import GRID, USE, Block
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.operands import Declared, Either, FromRegister, Operand, row_name
from tanping.assessment.accounting.shelf import GRID as GRID_ITEM
from tanping.assessment.project.columns import ColumnTable

PLANT_OUTPUT = "电厂外供的电力和热力是产品，不从排放量中扣减"


def blocks(books: Books) -> list[Block]:
    """Blocks of bought energy, of sold energy where it is netted, and of the market-based view."""
    table = books.columns["energy"]
    if not len(table):
        return []
    kinds = table.words["kind"]
    plant = np.array([its.sector == "power" for its in books.classes])[books.place(table)]
    electric = np.isin(kinds.astype(str), ("purchased_electricity", "sold_electricity"))
    blocked = _units_blocked(table)
    grid = _factor(books, table, np.asarray(electric), "MWh", GRID_ITEM, "电力排放因子", "tCO2/MWh")
    hot = np.isin(kinds.astype(str), ("purchased_heat", "sold_heat"))
    heat = _factor(books, table, np.asarray(hot), "GJ", "heat.default", "热力排放因子", "tCO2/GJ")
    amount = Declared(table, "amount")
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
        mine = kinds == kind
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
    certified = np.flatnonzero(
        (kinds == "purchased_electricity") & np.array([bool(word) for word in table.words["certificate"]])
    )
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
                notes=[(certified, "有证书的非化石能源电量按零计；与按地区因子的结果并列，不相加")],
            )
        )
    return made


def _factor(
    books: Books,
    table: ColumnTable,
    mine: np.ndarray,
    per: str,
    item: str,
    label: str,
    unit: str,
) -> Either:
    asked = [item if one else None for one in mine]
    answers = books.ask(table, asked, needs_method=False)
    return Either(Declared(table, "factor"), FromRegister(books.shelf, answers, "value", label, unit=unit))


def _units_blocked(table: ColumnTable) -> dict[int, str]:
    """Electricity told in GJ, heat in MWh, or a factor per the other unit: a question back, not a conversion."""
    amount_in = table.measured_in.get("amount")
    factor_in = table.measured_in.get("factor")
    if amount_in is None or factor_in is None:
        return {}
    kinds = table.words["kind"].astype(str)
    electric = np.array([kind.endswith("_electricity") for kind in kinds], dtype=bool)
    heat = np.array([kind.endswith("_heat") for kind in kinds], dtype=bool)
    wrong = (electric & (amount_in == "GJ")) | (heat & (amount_in == "MWh"))
    wrong |= (electric & (factor_in == "tCO2/GJ")) | (heat & (factor_in == "tCO2/MWh"))
    # An explicit 无 is zero in any unit.
    wrong &= table.numbers["amount"] != 0
    return {
        int(row): f"电力热力“{row_name(table, int(row))}”：电量应以 MWh（或万kWh）计，热量应以 GJ 计，因子与之对应"
        for row in np.flatnonzero(wrong)
    }
