"""Combustion of fuels (PW-1, PW-2, PW-9), start-up oil, sold by-product gas, the check coal and the biogenic memo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tanping.assessment.accounting import combustion
from tanping.assessment.accounting.blocks import ROW, USE, Block, Said
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.composition import GasCarbon
from tanping.assessment.accounting.formula import Formula
from tanping.assessment.accounting.names import Names, names_of
from tanping.assessment.accounting.operands import Chosen, Computed, Declared, Either, FromRegister, Operand
from tanping.assessment.accounting.shelf import NO_ANSWER
from tanping.assessment.accounting.words import BoolArray, IntArray, constant
from tanping.assessment.project.columns import ColumnTable

COALS = frozenset(
    {
        "fuel.anthracite",
        "fuel.bituminous_coal",
        "fuel.sub_bituminous_coal",
        "fuel.lignite",
        "fuel.coking_coal",
        "fuel.coal_gangue",
        "fuel.coal_slime",
        "fuel.washed_coal",
        "fuel.other_washed_coal",
        "fuel.briquette",
        "fuel.other_coal_products",
        "fuel.coal_default",
    }
)
# What makes a unit an unconventional one (非常规燃煤机组), as far as the fuel tells; a fluidised bed of ordinary coal is not told.
WASTE_COALS = frozenset({"fuel.coal_gangue", "fuel.coal_slime"})
NO_METHOD = "未选核算依据，不出数"
CROSSED_UNITS = f"燃料“{ROW}”：消耗量与低位发热量的计量单位不一致（吨与万立方米）"
GAS_BY_MASS = f"燃料“{ROW}”：按气体组分计算的，消耗量须以 万Nm3 计"
COAL_WORDS = ("煤", "coal")
# Burnt in a boiler of the power sector, coal takes the oxidation of the power guides, not that of industrial furnaces.
POWER_OXIDATION = "process.coal_oxidation"
DEFAULT_CARBON = "fuel.coal_default"
DEFAULT_WARNING = "单位热值含碳量取缺省值：已公布的比较显示缺省含碳量法较实测偏差 18%—30%，应补充设计煤种元素碳实测值"


def fuel_names(books: Books) -> Names:
    """Names of all fuels."""
    return names_of(books.shelf.register, ("fuel.",))


def is_coal(books: Books, table: ColumnTable) -> BoolArray:
    """Whether each fuel row is coal, by item or, for a word the register does not know, by the word."""
    names = fuel_names(books)
    return books.words(table, "fuel").test(lambda word: _is_coal(word, names.item(word)))


def burns_waste_coal(books: Books, project: int, unit: str = "") -> bool:
    """Whether gangue or slime is a main fuel of a project, or of one unit of it."""
    table, names = books.columns["fuels"], fuel_names(books)
    main = books.words(table, "role").are("main") & books.words(table, "fuel").test(
        lambda word: names.item(word) in WASTE_COALS
    )
    served = table.words["units"]
    return any(
        not unit or not served[row] or unit in served[row]
        for row in np.flatnonzero(main & (table.project == project) & (table.numbers["amount"] != 0))
    )


def _is_coal(word: str | None, item: str | None) -> bool:
    if item is not None:
        return item in COALS
    return word is not None and any(part in word.lower() for part in COAL_WORDS) and "气" not in word


def blocks(books: Books) -> list[Block]:
    """Blocks of every fuel row: measured carbon (PW-1) where it is given, else heat value and carbon per heat (PW-2)."""
    table = books.columns["fuels"]
    if not len(table):
        return []
    operands = fuel_operands(books, table)
    # A composition that can't be read stops its row: it must not fall back on a default unnoticed.
    measured = ~np.isnan(operands["c_ar"].values) | GasCarbon.of(books).stated
    roles = books.words(table, "role")
    check, sold = roles.are("check"), roles.are("sold")
    counted = ~check & ~sold
    mixed = roles.are("co_firing") | (table.numbers["fossil_share"] < 1)
    shared = _Shared(
        table, operands, _blocked(books, table), _notes(books, table, measured), _warnings(books, table, measured)
    )
    made = []
    for mine, name, (whole, fossil, biogenic) in (
        (measured, "燃料燃烧（元素碳）", _BY_CARBON),
        (~measured, "燃料燃烧（热值与含碳量）", _BY_HEAT),
    ):
        made += [
            shared.block(name, whole, mine & counted & ~mixed),
            shared.block(name, fossil, mine & counted & mixed),
            shared.block(name, biogenic, mine & counted & mixed, suffix=".biogenic", memo=True),
            shared.block(name, whole, mine & sold, sign=-1),
            shared.block(name, whole, mine & check, memo=True),
        ]
    return [block for block in made if len(block)]


_BY_CARBON = (combustion.combustion_by_carbon, combustion.fossil_carbon, combustion.biogenic_carbon)
_BY_HEAT = (combustion.combustion_by_heat, combustion.fossil_combustion, combustion.biogenic_combustion)


@dataclass(frozen=True)
class _Shared:
    """What all fuel blocks have in common."""

    table: ColumnTable
    operands: Mapping[str, Operand]
    blocked: list[Said]
    notes: list[Said]
    warnings: list[Said]

    def block(
        self, name: str, formula: Formula, mine: BoolArray, *, suffix: str = "", sign: int = 1, memo: bool = False
    ) -> Block:
        return Block(
            name=name,
            formula=formula,
            table=self.table,
            rows=np.flatnonzero(mine),
            operands={symbol: self.operands[symbol] for symbol in formula.symbols},
            stage="operation",
            category="fuel",
            spread=USE,
            sign=sign,
            memo=memo,
            suffix=suffix,
            quantity="fc",
            blocked=self.blocked,
            notes=self.notes,
            warnings=self.warnings,
        )


def fuel_operands(books: Books, table: ColumnTable) -> dict[str, Operand]:
    """Operands of the combustion formulas: declared where given, else the default of the chosen method where there may be one.

    Coal has no default heating value, a waste no default fossil share.
    """
    names = fuel_names(books)
    words = books.words(table, "fuel")
    items = names.items(words)
    answers = books.ask(table, items)
    coal = is_coal(books, table)
    not_coal = np.where(coal, NO_ANSWER, answers)
    default = _coal_default(books, table)
    carbon = np.where(coal & _unanswered(books, answers) & ~_unanswered(books, default), default, answers)
    shelf = books.shelf

    def hint(row: int) -> str:
        return names.hint(words[row])

    as_received = Either(
        Declared(table, "carbon_as_received", 0.01),
        Computed(
            combustion.as_received_carbon,
            {
                "c_ad": Declared(table, "carbon_air_dry", 0.01),
                "m_ar": Declared(table, "moisture_total"),
                "m_ad": Declared(table, "moisture_air_dry"),
            },
        ),
    )
    gas = GasCarbon.of(books)
    return {
        "fc": Declared(table, "amount"),
        "ncv": Either(Declared(table, "ncv"), FromRegister(shelf, not_coal, "ncv", "低位发热量缺省值", hint=hint)),
        "cc": Either(
            Declared(table, "carbon_per_heat"),
            FromRegister(shelf, carbon, "carbon_content", "单位热值含碳量缺省值", hint=hint),
        ),
        "c_ar": Chosen(gas.stated, gas, as_received),
        "of": Either(Declared(table, "oxidation"), _oxidation(books, table, coal, answers)),
        "phi": Declared(table, "fossil_share"),
    }


def _oxidation(books: Books, table: ColumnTable, coal: BoolArray, answers: IntArray) -> Operand:
    in_power = coal & books.of_class(table, lambda its: its.sector == "power")
    asked = constant(POWER_OXIDATION, len(table)).where(in_power)
    # The 32151 tables give furnaces only; the power guide's value is the one printed for boilers.
    boiler = books.ask(table, asked, also=("power_guide_2022", "guide_2013_power"))
    in_boiler = FromRegister(books.shelf, boiler, "value", "燃煤碳氧化率缺省值")
    in_furnace = FromRegister(books.shelf, np.where(in_power, NO_ANSWER, answers), "oxidation", "碳氧化率缺省值")
    return Either(in_boiler, in_furnace)


def _coal_default(books: Books, table: ColumnTable) -> IntArray:
    return books.ask(table, constant(DEFAULT_CARBON, len(table)).where(is_coal(books, table)))


def _unanswered(books: Books, answers: IntArray) -> BoolArray:
    carbon = books.shelf.parts("carbon_content")
    return np.asarray(np.isnan(carbon[answers]))


def _blocked(books: Books, table: ColumnTable) -> list[Said]:
    """Rows stopped because no method was chosen, or quantity and heat value are told in different units."""
    blocked = [(~books.of_class(table, lambda its: bool(its.standards)), NO_METHOD)]
    amount_in, ncv_in = table.measured_in.get("amount"), table.measured_in.get("ncv")
    if amount_in is not None and ncv_in is not None:
        told = (amount_in != np.array(None)) & (ncv_in != np.array(None))
        crossed = told & ((amount_in == "1e4Nm3") != (ncv_in == "GJ/1e4Nm3"))
        blocked.append((np.asarray(crossed, dtype=bool), CROSSED_UNITS))
    if amount_in is not None:
        by_mass = GasCarbon.of(books).stated & (amount_in == "t") & (table.numbers["amount"] != 0)
        blocked.append((np.asarray(by_mass, dtype=bool), GAS_BY_MASS))
    return blocked


def _notes(books: Books, table: ColumnTable, measured: BoolArray) -> list[Said]:
    roles = books.words(table, "role")
    return [
        (measured & ~np.isnan(table.numbers["carbon_per_heat"]), "同时给出元素碳与单位热值含碳量：按元素碳计算"),
        (roles.are("check"), "校核煤种为替代方案，不与设计煤种相加"),
        (roles.are("sold"), "外供燃料，从排放量中扣减"),
    ]


def _warnings(books: Books, table: ColumnTable, measured: BoolArray) -> list[Said]:
    """The published warning on default carbon, and defaults replaced without a written reason."""
    # What was compared are coal plants; the tables of steel and cement are no penalty values.
    in_plant = books.of_class(table, lambda its: its.sector == "power")
    assumed = is_coal(books, table) & in_plant & ~measured & np.isnan(table.numbers["carbon_per_heat"])
    assumed &= table.numbers["amount"] != 0
    unexplained = books.words(table, "override_reason").test(lambda reason: not reason)
    replaced = ~np.isnan(table.numbers["oxidation"]) & unexplained & (table.numbers["amount"] != 0)
    return [(assumed, DEFAULT_WARNING), (replaced, "以填报的碳氧化率代替缺省值，未写理由")]
