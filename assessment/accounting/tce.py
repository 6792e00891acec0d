"""Energy of a project in standard coal (TC-1): what it takes in less what it passes on, at 当量值 and at 等价值.

Fuels with a declared heating value go by it, others by the coefficient of GB/T 2589; which was taken is printed.

A power project has no 等价值. GB/T 2589 values electricity that is used at what making it took; the same value put on the electricity a plant
passes on turns its use into a comparison with the nation's average plant, negative for every plant better than it. For such a project the
当量值 (energy put in less energy passed on) stands alone, also where a rule takes the higher of the two or the effect on an area.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tanping.assessment.accounting import energy
from tanping.assessment.accounting.blocks import USE, Block
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.exact import ColumnSum
from tanping.assessment.accounting.operands import Declared, FromRegister, Operand
from tanping.assessment.accounting.output import PowerOutput
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.sources.fuel import fuel_names, is_coal
from tanping.assessment.accounting.sources.purchased import amount_of
from tanping.assessment.accounting.words import BoolArray, IntArray, constant
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.project.stated import UNKNOWN_WORDS

EDITIONS = ("gbt2589_2020", "gbt2589_2008")
SUPPLY_RATE = "ref.power.supply_coal.national"
# Coals without a row of their own in GB/T 2589 count as raw coal.
COEFFICIENTS = {
    "fuel.anthracite": "energy.raw_coal",
    "fuel.bituminous_coal": "energy.raw_coal",
    "fuel.lignite": "energy.raw_coal",
    "fuel.coal_default": "energy.raw_coal",
    "fuel.coking_coal": "energy.raw_coal",
    "fuel.washed_coal": "energy.washed_coal",
    "fuel.coke": "energy.coke",
    "fuel.crude_oil": "energy.crude_oil",
    "fuel.fuel_oil": "energy.fuel_oil",
    "fuel.gasoline": "energy.gasoline",
    "fuel.diesel": "energy.diesel",
    "fuel.natural_gas": "energy.natural_gas",
}
# kgce/kg is tce/t; kgce/m3 of a quantity in 10⁴ Nm³ is ten times tce; kgce/kWh is tce/MWh; kgce/MJ is tce/GJ.
GAS_SCALE = 10.0
GCE_TO_TCE_PER_MWH = 0.001
NO_EQUIVALENT = (
    "发电项目不列等价值：按等价值扣减外供电力，得到的是与全国平均供电煤耗之差，不是能源消费量；取高值、算影响时用当量值"
)


@dataclass(frozen=True)
class EnergyUse:
    """Energy of some projects, tce; NaN where something is unknown."""

    books: Books

    @cached_property
    def converting(self) -> BoolArray:
        """Projects whose product is energy: power projects with a generating unit of their own. They have no 等价值."""
        found = np.zeros(self.books.columns.count, dtype=bool)
        found[self.books.columns["units"].project[self._passing_on]] = True
        return found

    @cached_property
    def _passing_on(self) -> BoolArray:
        """Units whose output leaves the project. A captive plant of other works feeds them; what it sells is a row of the file."""
        units = self.books.columns["units"]
        outside = self.books.of_class(units, lambda its: its.sector in (None, "power"))
        existing = self.books.words(units, "nature").are("existing")
        return PowerOutput(self.books).generating & outside & ~existing

    @cached_property
    def fuels(self) -> list[Block]:
        """Fuel rows in tce, sold fuel negative; check coal, an alternative, does not count."""
        books = self.books
        table = books.columns["fuels"]
        if not len(table):
            return []
        per_tce = self._constant(table, "energy.standard_coal")
        items = fuel_names(books).items(books.words(table, "fuel")).mapped(COEFFICIENTS.get)
        answers = books.ask(table, items, needs_method=False, also=EDITIONS)
        gas = table.measured_in["amount"] == "1e4Nm3" if "amount" in table.measured_in else np.zeros(len(table), bool)
        coefficient = FromRegister(
            books.shelf,
            answers,
            "value",
            "折标准煤系数",
            scale=np.where(gas, GAS_SCALE, 1.0),
            unit=np.where(gas, "tce/10⁴Nm³", "tce/t"),
        )
        measured = ~np.isnan(table.numbers["ncv"])
        roles = books.words(table, "role")
        counted, sold = ~roles.are("check"), roles.are("sold")
        by_heat: dict[str, Operand] = {
            "quantity": Declared(table, "amount"),
            "ncv": Declared(table, "ncv"),
            "gj_per_tce": per_tce,
        }
        by_table: dict[str, Operand] = {"quantity": Declared(table, "amount"), "coefficient": coefficient}
        made = []
        for rows, formula, operands in (
            (measured, energy.standard_coal_by_heat, by_heat),
            (~measured, energy.standard_coal, by_table),
        ):
            for sign, mine in ((1, ~sold), (-1, sold)):
                chosen = np.flatnonzero(rows & counted & mine)
                made.append(
                    Block(
                        "燃料", formula, table, chosen, operands, "operation", "energy", USE, sign, quantity="quantity"
                    )
                )
        return [block for block in made if len(block)]

    def purchased(self, equivalent: bool) -> list[Block]:
        """Electricity and heat bought (plus) and passed on (minus); at 等价值 electricity counts the national supply rate."""
        books = self.books
        table = books.columns["energy"]
        kinds = books.words(table, "kind")
        amount = amount_of(books)
        electric = kinds.are("purchased_electricity", "sold_electricity")
        hot = kinds.are("purchased_heat", "sold_heat")
        once = ~self._sold_by_units(table)
        made = []
        for rows, coefficient in ((electric, self._electricity(table, equivalent)), (hot, self._heat(table))):
            for sign, prefix in ((1, "purchased"), (-1, "sold")):
                chosen = np.flatnonzero(rows & once & kinds.are(f"{prefix}_electricity", f"{prefix}_heat"))
                operands: dict[str, Operand] = {"quantity": amount, "coefficient": coefficient}
                made.append(
                    Block(
                        "电力热力",
                        energy.standard_coal,
                        table,
                        chosen,
                        operands,
                        "operation",
                        "energy",
                        USE,
                        sign,
                        quantity="quantity",
                    )
                )
        return [block for block in made if len(block)]

    def _sold_by_units(self, table: ColumnTable) -> BoolArray:
        """Rows of energy sold that say again what generating units pass on (``supplied``): taken off once, not twice."""
        kinds, units = self.books.words(table, "kind"), self.books.columns["units"]
        heating = np.zeros(self.books.columns.count, dtype=bool)
        heating[units.project[self._passing_on & (units.numbers["heat_supplied"] != 0)]] = True
        electric = kinds.are("sold_electricity") & self.converting[table.project]
        return np.asarray(electric | (kinds.are("sold_heat") & heating[table.project]))

    def supplied(self, equivalent: bool) -> list[Block]:
        """What generating units pass on: electricity supplied and heat supplied (minus)."""
        units = self.books.columns["units"]
        output = PowerOutput(self.books)
        rows = np.flatnonzero(self._passing_on)
        made = []
        for quantity, coefficient in (
            (output.supplied, self._electricity(units, equivalent)),
            (output.heat, self._heat(units)),
        ):
            operands: dict[str, Operand] = {"quantity": quantity, "coefficient": coefficient}
            made.append(
                Block(
                    "外供",
                    energy.standard_coal,
                    units,
                    rows,
                    operands,
                    "operation",
                    "energy",
                    USE,
                    -1,
                    quantity="quantity",
                )
            )
        return [block for block in made if len(block)]

    def total(self, *, equivalent: bool) -> FloatArray:
        """Yearly energy of every project, tce: taken in less passed on. Converting projects have their 当量值 either way."""
        if equivalent and self.converting.any():
            return np.where(self.converting, self.total(equivalent=False), self._summed(equivalent=True))
        return self._summed(equivalent)

    def _summed(self, equivalent: bool) -> FloatArray:
        sums = ColumnSum((self.books.columns.count,))
        for block in (*self.fuels, *self.purchased(equivalent), *self.supplied(equivalent)):
            sums.add_grouped(block.design, block.project)
        return self._only_told(sums.total)

    def coal(self) -> FloatArray:
        """Coal burnt a year by every project, t of physical coal."""
        table = self.books.columns["fuels"]
        sums = ColumnSum((self.books.columns.count,))
        if len(table):
            unnamed = self.books.words(table, "fuel").test(lambda word: word is None or word in UNKNOWN_WORDS)
            counted = ~self.books.words(table, "role").are("check", "sold")
            rows = np.flatnonzero((is_coal(self.books, table) | unnamed) & counted)
            # A fuel nobody named may be coal: unless its amount is zero, the coal is unknown.
            amount = np.where(unnamed & (table.numbers["amount"] != 0), np.nan, table.numbers["amount"])
            sums.add_grouped(amount[rows], table.project[rows].astype(np.int64))
        return self._only_told(sums.total)

    def _only_told(self, totals: FloatArray) -> FloatArray:
        """A project without a single fuel row has said nothing: unknown, not zero."""
        told = np.zeros(self.books.columns.count, dtype=bool)
        told[self.books.columns["fuels"].project] = True
        return np.where(told, totals, np.nan)

    def _electricity(self, table: ColumnTable, equivalent: bool) -> FromRegister:
        if not equivalent:
            return self._constant(table, "energy.electricity", EDITIONS, unit="tce/MWh")
        return self._constant(table, SUPPLY_RATE, scale=GCE_TO_TCE_PER_MWH, unit="tce/MWh")

    def _heat(self, table: ColumnTable) -> FromRegister:
        return self._constant(table, "energy.heat", EDITIONS, unit="tce/GJ")

    def _constant(
        self, table: ColumnTable, item: str, standards: tuple[str, ...] = (), *, scale: float = 1.0, unit: str = ""
    ) -> FromRegister:
        rows: IntArray = self.books.ask(table, constant(item, len(table)), needs_method=False, also=standards)
        label = {"energy.standard_coal": "标准煤热值"}.get(item, "折标准煤系数")
        return FromRegister(self.books.shelf, rows, "value", label, scale=scale, unit=unit)
