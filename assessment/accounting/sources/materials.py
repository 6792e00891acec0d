"""Process emission of materials: desulphurisation (PW-5), urea (PW-5u), bought carbon (ST-3), fixed carbon (ST-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tanping.assessment.accounting import power, steel
from tanping.assessment.accounting.blocks import OUTPUT, USE, Block, Said
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.formula import Formula
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import Declared, Either, FromRegister, Operand
from tanping.assessment.accounting.words import BoolArray, Words, constant
from tanping.assessment.project.columns import ColumnTable

BOUGHT = ("flux", "electrode", "carbon_material")
# The chapter on desulphurisation stands in the power guide of 2013 alone; whichever method is chosen, these are its values.
DESULPHURISATION = ("guide_2013_power",)
LIMESTONE_WORDS = ("石灰石", "碳酸钙", "limestone", "caco3")
LIMESTONE_ONLY = "缺省值只适用于石灰石；脱硫剂不含碳酸盐的（生石灰、电石渣、氨、海水），用量填“无”"
OUTSIDE_ETS = "2021 年起的发电设施核算指南不计此项；环评总量计入，配额口径不计"
TWICE = "同一产品又作为外供燃料扣减：每吨只能扣一次，请核对两处数量"
UREA_OPTIONAL = "发电设施核算指南未列入，环评总量计入"


def blocks(books: Books) -> list[Block]:
    """Blocks of every material row that emits or fixes carbon on its own; kiln materials belong to the clinker block."""
    table = books.columns["materials"]
    if not len(table):
        return []
    roles = books.words(table, "role")
    made = []
    wet = roles.are("desulphurisation")
    if wet.any():
        made.append(
            _block(
                table, wet, "脱硫过程", power.desulphurisation, _agent(books, table), USE, notes=[(wet, OUTSIDE_ETS)]
            )
        )
    urea = roles.are("denitrification") & books.words(table, "material").test(_is_urea)
    if urea.any():
        operands = {"urea": Declared(table, "amount")}
        made.append(
            _block(table, urea, "脱硝尿素", power.denitrification_urea, operands, USE, notes=[(urea, UREA_OPTIONAL)])
        )
    bought = roles.are(*BOUGHT)
    if bought.any():
        factors = _factor(books, table, ("process.",), skip=("process.fixed_carbon.", "process.raw_deduction."))
        bought_operands: dict[str, Operand] = {"m": Declared(table, "amount"), "ef": factors}
        made.append(_block(table, bought, "外购熔剂、电极与含碳原料", steel.process_material, bought_operands, OUTPUT))
    fixed = roles.are("fixed_carbon")
    if fixed.any():
        fixed_operands: dict[str, Operand] = {
            "ad": Declared(table, "amount"),
            "ef": _factor(books, table, ("process.fixed_carbon.",)),
        }
        twice: list[Said] = [(fixed & _sold_as_fuel(books, table), TWICE)]
        made.append(
            _block(
                table,
                fixed,
                "固碳产品",
                steel.fixed_carbon,
                fixed_operands,
                OUTPUT,
                category="removal",
                sign=-1,
                warnings=twice,
            )
        )
    return made


def _sold_as_fuel(books: Books, table: ColumnTable) -> BoolArray:
    """Which rows name a thing that their project subtracts as a sold fuel too (tar, benzol)."""
    fuels = books.columns["fuels"]
    sold = books.words(fuels, "role").are("sold") & (fuels.numbers["amount"] != 0)
    if not sold.any():
        return np.zeros(len(table), dtype=bool)
    register = books.shelf.register
    mine = names_of(register, ("process.fixed_carbon.",)).items(books.words(table, "material"))
    theirs = names_of(register, ("fuel.",)).items(books.words(fuels, "fuel"))
    distinct = [_thing(item) for item in (*mine.distinct, *theirs.distinct)]
    things = Words.of(distinct, len(distinct))
    own, other = things.codes[mine.codes], things.codes[len(mine.distinct) + theirs.codes]
    width = len(things.distinct)
    named = mine.test(bool) & (table.numbers["amount"] != 0)
    sold_here = fuels.project[sold].astype(np.int64) * width + other[sold]
    return named & np.isin(table.project.astype(np.int64) * width + own, sold_here)


def _thing(item: str | None) -> str | None:
    """coal_tar of process.fixed_carbon.coal_tar and of fuel.coal_tar."""
    return item and item.rsplit(".", 1)[-1]


def _block(
    table: ColumnTable,
    mine: BoolArray,
    name: str,
    formula: Formula,
    operands: Mapping[str, Operand],
    spread: str,
    *,
    category: str = "process",
    sign: int = 1,
    notes: Sequence[Said] = (),
    warnings: Sequence[Said] = (),
) -> Block:
    quantity = next(iter(formula.symbols))
    rows = np.flatnonzero(mine)
    return Block(
        name,
        formula,
        table,
        rows,
        operands,
        "operation",
        category,
        spread,
        sign,
        quantity=quantity,
        notes=notes,
        warnings=warnings,
    )


def _agent(books: Books, table: ColumnTable) -> dict[str, Operand]:
    wet = books.words(table, "role").are("desulphurisation")
    # Burnt lime, carbide slag or ammonia lose no CO2 in the absorber: the limestone values must not stand in for them.
    stone = books.words(table, "material").test(_is_limestone)

    def default(item: str, label: str) -> FromRegister:
        asked = constant(item, len(table)).where(wet & stone)
        answers = books.ask(table, asked, needs_method=False, also=DESULPHURISATION)
        return FromRegister(books.shelf, answers, "value", label, hint=lambda row: LIMESTONE_ONLY)

    content = default("process.desulphurisation.caco3_content", "脱硫剂碳酸盐含量缺省值")
    conversion = default("process.desulphurisation.conversion", "脱硫转化率缺省值")
    carbonate = default("process.desulphurisation.caco3", "碳酸钙排放因子")
    return {
        "b": Declared(table, "amount"),
        "i": Either(Declared(table, "carbonate_content"), content),
        "ef": Either(Declared(table, "factor"), carbonate),
        "tr": Either(Declared(table, "conversion"), conversion),
    }


def _factor(books: Books, table: ColumnTable, prefixes: tuple[str, ...], skip: tuple[str, ...] = ()) -> Operand:
    names = names_of(books.shelf.register, prefixes, skip)
    words = books.words(table, "material")
    answers = books.ask(table, names.items(words))

    def hint(row: int) -> str:
        return names.hint(words[row])

    return Either(Declared(table, "factor"), FromRegister(books.shelf, answers, "value", "排放因子缺省值", hint=hint))


def _is_limestone(word: str | None) -> bool:
    return word is not None and any(part in word.lower() for part in LIMESTONE_WORDS)


def _is_urea(word: str | None) -> bool:
    return word is not None and ("尿素" in word or "urea" in word.lower())
