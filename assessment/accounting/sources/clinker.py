"""Clinker process emission: CM-1 per kiln line (2024 method), CM-2 with CM-3 (2013 guide, GB/T 32151.8-2015)."""

from __future__ import annotations

import numpy as np

from tanping.assessment.accounting import cement
from tanping.assessment.accounting.blocks import OUTPUT, Block
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import Chosen, Declared, Either, FromRegister, Operand, SumOf, Untold
from tanping.assessment.accounting.sources.links import one_unit
from tanping.assessment.accounting.words import BoolArray, IntArray, constant
from tanping.assessment.project.columns import ColumnTable

FLOOR_BITES = "非碳酸盐替代原料扣减量超过熟料过程排放，按零计"
DUST_UNTOLD = "窑炉粉尘、旁路放风粉尘：未填报（没有请填“无”）"
CLINKER_ALONE = "校核只按熟料计：窑炉粉尘、旁路放风粉尘未填报"
NO_LINE = "{what}：有几条生产线（或没有熟料单元）时须指明属于哪一条生产线"
EDITION = "GB/T 32151.8-2023 的条文未取得，按 2015 版与 2013 年指南的氧化钙氧化镁法计算"
FACTOR_METHOD = "ets-2024"
OXIDE_METHODS = frozenset({"guide-2013", "gbt-32151"})
BYPASS_WORDS = ("旁路", "bypass")
HIGH_CARBON_WORDS = ("煤矸石", "高碳")


def blocks(books: Books) -> list[Block]:
    """Blocks of every kiln line (2024 method) or clinker product (CaO and MgO method)."""
    products = books.columns["products"]
    clinker = books.words(products, "product").test(is_clinker)
    if not clinker.any():
        return []
    made = []
    by_factor = clinker & books.of_class(products, lambda its: its.method == FACTOR_METHOD)
    if by_factor.any():
        made.append(_lines(books, products, np.flatnonzero(by_factor)))
    by_oxides = np.flatnonzero(clinker & books.of_class(products, lambda its: its.method in OXIDE_METHODS))
    if len(by_oxides):
        made.append(_oxides(books, products, by_oxides))
    # Where the 2024 method counts and the oxides are known as well, the other method stands beside it as a check.
    beside = np.flatnonzero(by_factor & ~np.isnan(products.numbers["cao"]))
    if len(beside):
        made.append(_oxides(books, products, beside, memo=True))
    raw = _raw_meal(books)
    return [*made, *raw]


def is_clinker(word: str | None) -> bool:
    """Whether a product is clinker."""
    return word is not None and "熟料" in word


def without_line(books: Books) -> dict[str, BoolArray]:
    """Projects with clinker, replaced raw material or dust that can't be put on one kiln line, by the line that says so."""
    products, materials = books.columns["products"], books.columns["materials"]
    roles = books.words(materials, "role")
    found = {}

    def under(table: ColumnTable, methods: frozenset[str]) -> BoolArray:
        return books.of_class(table, lambda its: its.method in methods)

    factor = frozenset({FACTOR_METHOD})
    clinker = books.words(products, "product").test(is_clinker)
    for line, table, mine in (
        (NO_LINE.format(what="熟料"), products, clinker & under(products, factor)),
        (NO_LINE.format(what="入窑替代原料"), materials, roles.are("alternative_raw") & under(materials, factor)),
        (NO_LINE.format(what="窑炉粉尘"), materials, roles.are("kiln_dust") & under(materials, OXIDE_METHODS)),
    ):
        if not mine.any():
            continue
        # An explicit 无 belongs nowhere and need not say where.
        homeless = mine & (table.numbers["amount"] != 0) & (one_unit(books, table, "clinker") < 0)
        found[line] = np.zeros(books.columns.count, dtype=bool)
        found[line][table.project[homeless]] = True
    return found


def _lines(books: Books, products: ColumnTable, rows: IntArray) -> Block:
    columns = books.columns
    units, materials = columns["units"], columns["materials"]
    line = one_unit(books, products, "clinker")
    types = names_of(books.shelf.register, ("process.clinker.",))
    factors = FromRegister(
        books.shelf, books.ask(products, types.items(books.words(products, "product"))), "value", "熟料排放因子"
    )
    mine = np.full(len(products), -1, dtype=np.int64)
    mine[rows] = line[rows]
    parts: dict[str, Operand] = {"m": Declared(products, "amount"), "ef": factors}
    made = SumOf(len(units), [(cement.clinker_type, parts, mine)])
    replaced = books.words(materials, "role").are("alternative_raw")
    names = names_of(books.shelf.register, ("process.raw_deduction.",))
    items = names.items(books.words(materials, "material")).where(replaced)
    credits = FromRegister(books.shelf, books.ask(materials, items), "value", "扣减系数")
    fed = np.where(replaced, one_unit(books, materials, "clinker"), -1).astype(np.int64)
    deducted = SumOf(
        len(units),
        [
            (
                cement.clinker_deduction,
                {"m": Declared(materials, "amount"), "k": Either(Declared(materials, "factor"), credits)},
                fed,
            )
        ],
    )
    lines = np.unique(line[rows][line[rows] >= 0])
    return Block(
        name="熟料生产过程",
        formula=cement.clinker_line,
        table=units,
        rows=lines,
        operands={"made": made, "deducted": deducted},
        stage="operation",
        category="process",
        spread=OUTPUT,
        suffix=".clinker",
        notes=[(deducted.values > made.values, FLOOR_BITES)],
    )


def _oxides(books: Books, products: ColumnTable, rows: IntArray, *, memo: bool = False) -> Block:
    materials = books.columns["materials"]
    dust = books.words(materials, "role").are("kiln_dust")
    bypass = books.words(materials, "material").test(lambda word: _has(word, BYPASS_WORDS))
    line = one_unit(books, products, "clinker")
    of_line = {int(unit): int(row) for row, unit in zip(rows, line[rows], strict=True) if unit >= 0}
    belongs = np.array([of_line.get(int(unit), -1) for unit in one_unit(books, materials, "clinker")], dtype=np.int64)

    told = np.isin(products.project, materials.project[dust])

    def dust_of(kind: np.ndarray) -> Operand:
        target = np.where(dust & kind, belongs, -1).astype(np.int64)
        summed = SumOf(len(products), [(None, {"m": Declared(materials, "amount")}, target)])
        return summed if memo else Chosen(told, summed, Untold(len(products), DUST_UNTOLD))

    operands: dict[str, Operand] = {
        "clinker": Declared(products, "amount"),
        "kiln_dust": dust_of(~bypass),
        "bypass_dust": dust_of(bypass),
        "cao": Declared(products, "cao", 0.01),
        "cao_nc": Declared(products, "cao_noncarbonate", 0.01),
        "mgo": Declared(products, "mgo", 0.01),
        "mgo_nc": Declared(products, "mgo_noncarbonate", 0.01),
    }
    return Block(
        name="熟料生产过程（氧化钙氧化镁法）",
        formula=cement.clinker_oxides,
        table=products,
        rows=rows,
        operands=operands,
        stage="operation",
        category="process",
        spread=OUTPUT,
        memo=memo,
        suffix=".oxides" if memo else "",
        notes=[
            (books.of_class(products, lambda its: its.method == "gbt-32151"), EDITION),
            (~told & memo, CLINKER_ALONE),
        ],
    )


def _raw_meal(books: Books) -> list[Block]:
    materials = books.columns["materials"]
    raw = books.words(materials, "role").are("raw_meal")
    rows = np.flatnonzero(raw & books.of_class(materials, lambda its: its.method in OXIDE_METHODS))
    if not len(rows):
        return []
    high = books.words(materials, "material").test(lambda word: _has(word, HIGH_CARBON_WORDS))
    parts = [
        books.ask(
            materials,
            constant("process.raw_meal_carbon", len(materials)).where(raw & (high == carbon)),
            needs_method=False,
            also=("guide_2013_cement",),
            variant="high_carbon_raw_material" if carbon else "normal",
        )
        for carbon in (False, True)
    ]
    share = FromRegister(books.shelf, np.where(high, parts[1], parts[0]), "value", "生料非燃料碳含量缺省值")
    return [
        Block(
            name="生料非燃料碳",
            formula=cement.raw_meal_carbon,
            table=materials,
            rows=rows,
            operands={"raw_meal": Declared(materials, "amount"), "fr0": share},
            stage="operation",
            category="process",
            spread=OUTPUT,
        )
    ]


def _has(word: str | None, parts: tuple[str, ...]) -> bool:
    return word is not None and any(part in word.lower() for part in parts)
