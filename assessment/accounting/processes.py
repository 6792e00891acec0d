"""Steel by process (工序层级): ST-6 for each process, ST-7 for each by-product gas, ST-8 against the works.

Rows of the flow table say what enters and leaves a process; a flow has one factor wherever it appears, so the processes add up to
what crosses the fence. By-product gas that is flared or lost earns its maker no credit: its carbon stays as emission.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tanping.assessment.accounting import combustion, steel
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.formula import Formula, Symbolic, figure, leaf, total
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import (
    Declared,
    Either,
    FromRegister,
    Operand,
    all_inputs,
    leaves,
    row_name,
)
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.project.model import FLOW_DIRECTIONS
from tanping.assessment.result import Input

GASES = {
    "fuel.blast_furnace_gas": "高炉煤气",
    "fuel.coke_oven_gas": "焦炉煤气",
    "fuel.converter_gas": "转炉煤气",
}
QUERY_ABOVE, INCOMPLETE_ABOVE = 2.0, 5.0
CLOSED, QUERY, INCOMPLETE, UNKNOWN = "闭合", "差额超过 2%，提出疑问", "差额超过 5%，工序表不完整", "资料不足"
OWN_POWER = "自备电厂"
NO_DIRECTION = "工序平衡“{name}”：去向未填"
AIR = "排入大气"
COKE = "fuel.coke"
# Below this share of the gross flow a balance differs by rounding alone.
ROUNDING = 1e-9
OUT_OF_PROCESS = ("sold", "flared", "holder", "loss")
_BALANCE = (
    ("made", "out"),
    ("used", "in"),
    ("power", "power"),
    ("sold", "sold"),
    ("flared", "flared"),
    ("holder", "holder"),
    ("loss", "loss"),
)


@dataclass(frozen=True)
class Process:
    """Direct emission of one process, tCO2 a year, with its worked expression; ``None`` names what it misses.

    ``doubt`` says when less is let out than the by-product gas burnt there holds: then more carbon leaves the process in coke, gas and
    products than came in, and amounts or factors can't be right.
    """

    unit: str
    kind: str
    emission: float | None
    in_fuel: float | None
    in_material: float | None
    out_fuel: float | None
    out_product: float | None
    expression: str
    product: str
    product_amount: float | None
    intensity: float | None
    missing: tuple[str, ...]
    doubt: str = ""
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class GasBalance:
    """One by-product gas, 10⁴ Nm³ a year: ST-7 with the verdict on what is unexplained."""

    gas: str
    made: float | None
    used: float | None
    power: float | None
    sold: float | None
    flared: float | None
    holder: float | None
    loss: float | None
    residual: float | None
    share: float | None
    verdict: str
    expression: str


@dataclass(frozen=True)
class WorksCheck:
    """ST-8: the processes against the works, and what explains a difference, tCO2 a year."""

    processes: float | None
    works: float | None
    residual: float | None
    explained: tuple[tuple[str, float], ...]
    unexplained: float | None
    expression: str


@dataclass(frozen=True)
class CarbonFlow:
    """A link of the carbon picture: from, to, what is carried, its carbon as tCO2 a year.

    ``kind`` is fuel | material | product | gas (by-product gas) | air (what the process lets out).
    """

    source: str
    target: str
    item: str
    value: float
    kind: str


@dataclass(frozen=True)
class ProcessBoundary:
    """The process view of one project; empty when it told no flows."""

    processes: tuple[Process, ...]
    gases: tuple[GasBalance, ...]
    works: WorksCheck | None
    flows: tuple[CarbonFlow, ...]


def process_boundary(books: Books, project: int, works_direct: float) -> ProcessBoundary:
    """Work out processes, gas balances and the check against the works' direct emission (tCO2, NaN unknown)."""
    # Warnings, indicators and the result ask for the same picture: it is drawn once a run.
    drawn: dict[int, _Boundary] = books.__dict__.setdefault("_boundaries", {})
    view = drawn.setdefault(project, _Boundary(books, project))
    if not view.rows:
        return ProcessBoundary((), (), None, ())
    return ProcessBoundary(view.processes, view.gases, view.works(works_direct), view.flows)


def flow_fuels(books: Books) -> dict[str, Operand]:
    """Operands of PW-2 over the flow table: told, or the value of the chosen method."""
    table, shelf = books.columns["flows"], books.shelf
    names = names_of(shelf.register, ("fuel.",))
    answers = books.ask(table, names.items(books.words(table, "item")))
    return {
        "fc": Declared(table, "amount"),
        "ncv": Either(Declared(table, "ncv"), FromRegister(shelf, answers, "ncv", "低位发热量缺省值")),
        "cc": Either(
            Declared(table, "carbon_per_heat"), FromRegister(shelf, answers, "carbon_content", "单位热值含碳量缺省值")
        ),
        "of": Either(Declared(table, "oxidation"), FromRegister(shelf, answers, "oxidation", "碳氧化率缺省值")),
    }


@dataclass(frozen=True)
class _Boundary:
    books: Books
    project: int

    @property
    def table(self) -> ColumnTable:
        """The flow table."""
        return self.books.columns["flows"]

    @cached_property
    def rows(self) -> list[int]:
        """Rows of this project."""
        return [int(row) for row in np.flatnonzero(self.table.project == self.project)]

    @cached_property
    def units(self) -> list[str]:
        """Processes in the order they are first named."""
        told = (self._unit(row) for row in self.rows if self._is(row, "in", "out", "power"))
        return [name for name in dict.fromkeys(told) if name]

    @cached_property
    def gas_items(self) -> list[str]:
        """By-product gases that appear."""
        return [item for item in GASES if any(self._items[row] == item for row in self.rows)]

    # --- what a row is worth ---------------------------------------------------------------------------------------------

    @cached_property
    def _fuel(self) -> dict[str, Operand]:
        return flow_fuels(self.books)

    @cached_property
    def _material(self) -> dict[str, Operand]:
        return self._by_factor(steel.process_material, "m", ("process.",), ("process.fixed_carbon.",))

    @cached_property
    def _product(self) -> dict[str, Operand]:
        return self._by_factor(steel.fixed_carbon, "ad", ("process.fixed_carbon.",), ())

    def _by_factor(
        self, formula: Formula, quantity: str, prefixes: tuple[str, ...], skip: tuple[str, ...]
    ) -> dict[str, Operand]:
        names = names_of(self.books.shelf.register, prefixes, skip)
        answers = self.books.ask(self.table, names.items(self.books.words(self.table, "item")))
        factor = FromRegister(self.books.shelf, answers, "value", "排放因子缺省值")
        return {quantity: Declared(self.table, "amount"), "ef": Either(Declared(self.table, "factor"), factor)}

    def _formula(self, row: int) -> tuple[Formula, dict[str, Operand]]:
        kind = self.table.words["kind"][row]
        if kind == "fuel":
            return combustion.combustion_by_heat, self._fuel
        if kind == "product":
            return steel.fixed_carbon, self._product
        return steel.process_material, self._material

    @cached_property
    def _trees(self) -> dict[int, Symbolic]:
        return {}

    def _tree(self, row: int) -> Symbolic:
        """What a row is worth, worked once."""
        if row not in self._trees:
            self._trees[row] = self._worked(row)
        return self._trees[row]

    def _worked(self, row: int) -> Symbolic:
        formula, operands = self._formula(row)
        if self.table.numbers["amount"][row] == 0.0:
            return leaf(0.0, "tCO2")
        if self._adrift(row):
            return leaf(math.nan, "tCO2")
        return formula.work(**leaves(formula, operands, row)).tree

    def _missing(self, row: int) -> list[str]:
        lines = [NO_DIRECTION.format(name=row_name(self.table, row))] if self._adrift(row) else []
        if not math.isnan(self._tree(row).value):
            return lines
        return [*lines, *(line for operand in self._formula(row)[1].values() for line in operand.missing(row))]

    def _adrift(self, row: int) -> bool:
        """An amount nobody said the direction of: what it belongs to is unknown, not less."""
        return self.table.words["direction"][row] is None and self._amount(row) != 0.0

    def _is(self, row: int, *directions: str) -> bool:
        return self.table.words["direction"][row] in directions

    @cached_property
    def _items(self) -> list[str | None]:
        names = names_of(self.books.shelf.register, ("fuel.",))
        return [names.item(word) for word in self.table.words["item"]]

    # --- ST-6 ------------------------------------------------------------------------------------------------------------

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """Every process, worked once."""
        return tuple(self._process(name) for name in self.units)

    def _process(self, name: str) -> Process:
        """What comes in less what goes out, carbon at one factor a flow."""
        rows = [row for row in self.rows if self._unit(row) == name]
        # A row of no direction counts as coming in, unknown: it must not fall out of the sum.
        entering = [row for row in rows if self._is(row, "in", "power") or self._adrift(row)]
        leaving = [row for row in rows if self._is(row, "out")]
        parts = {
            "in_fuel": self._sum(row for row in entering if self._burns(row)),
            "in_material": self._sum(row for row in entering if not self._burns(row)),
            "out_fuel": self._credit([row for row in leaving if self._burns(row)]),
            "out_product": self._sum(row for row in leaving if not self._burns(row)),
        }
        worked = steel.process_unit.work(**parts)
        product, amount = self._product_of(name, leaving)
        value = _known(worked.value)
        return Process(
            unit=name,
            kind=self._kind(name),
            emission=value,
            in_fuel=_known(parts["in_fuel"].value),
            in_material=_known(parts["in_material"].value),
            out_fuel=_known(parts["out_fuel"].value),
            out_product=_known(parts["out_product"].value),
            expression=worked.text if value is not None else worked.tree.worked(),
            product=product,
            product_amount=amount,
            intensity=None if value is None or not amount else value / amount,
            missing=tuple(dict.fromkeys(line for row in rows for line in self._missing(row))),
            doubt=self._doubt(entering, worked.value),
            inputs=tuple(one for row in rows for one in self._inputs(row)),
        )

    def _inputs(self, row: int) -> Iterator[Input]:
        """Operands of a row as typed or taken, named by where the flow goes and what it is."""
        formula, operands = self._formula(row)
        direction = self.table.words["direction"][row]
        going = "去向未填" if direction is None else FLOW_DIRECTIONS[direction].split("（")[0]
        for one in all_inputs(formula, operands, row):
            yield replace(one, label=f"{going} {self._word(row)}　{one.label}")

    def _doubt(self, entering: list[int], emission: float) -> str:
        burnt = self._sum(row for row in entering if self._items[row] in GASES).value
        fed = self._sum(row for row in entering if self._items[row] not in GASES).value
        over = burnt - emission
        if not fed or not over > QUERY_ABOVE / 100 * fed:
            return ""
        return f"产出含碳多于投入（加热煤气除外）{over / 1e4:.2f} 万tCO2，占投入 {over / fed:.1%}，请核对用量与含碳量"

    def _unit(self, row: int) -> str:
        """The process a row belongs to; gas for the own power plant may leave the name out."""
        named = self.table.words["unit"][row]
        return str(named) if named else OWN_POWER if self._is(row, "power") else ""

    def _burns(self, row: int) -> bool:
        return bool(self.table.words["kind"][row] == "fuel")

    def _sum(self, rows: Iterable[int]) -> Symbolic:
        found = [self._tree(row) for row in rows]
        return total(found) if found else leaf(0.0, "tCO2")

    def _credit(self, rows: list[int]) -> Symbolic:
        """Fuels handed on. What is flared or lost earns no credit; several makers bear it by what they made."""
        credit = self._sum(rows)
        for item in dict.fromkeys(self._word(row) for row in rows):
            wasted = [row for row in self._of(item) if self._is(row, "flared", "loss")]
            if not wasted:
                continue
            made = exact_sum(float(self._amount(row)) for row in self._of(item) if self._is(row, "out"))
            mine = exact_sum(float(self._amount(row)) for row in rows if self._word(row) == item)
            share = mine / made if made else math.nan
            lost = self._sum(wasted)
            credit = credit - (lost if share == 1.0 else lost * figure(share))
        return credit

    def _word(self, row: int) -> str:
        """What flows; a row that does not say goes by its own number, so that no two are taken for one."""
        return str(self.table.words["item"][row] or self.table.ids[row])

    def _of(self, item: str) -> list[int]:
        return [row for row in self.rows if self._word(row) == item]

    def _amount(self, row: int) -> float:
        return float(self.table.numbers["amount"][row])

    def _kind(self, name: str) -> str:
        units = self.books.columns["units"]
        for row in np.flatnonzero(units.project == self.project):
            if units.ids[row] == name:
                return str(units.words["kind"][row] or "")
        return ""

    def _product_of(self, name: str, leaving: list[int]) -> tuple[str, float | None]:
        """The process' main product: coke of a coking plant, else the first product that leaves it, else the product table's."""
        coking = self._kind(name) == "coking"
        for row in leaving:
            if (self._items[row] == COKE) if coking else (self.table.words["kind"][row] == "product"):
                return self._word(row), _known(self._amount(row))
        products = self.books.columns["products"]
        for at in np.flatnonzero(products.project == self.project):
            if tuple(products.words["units"][at] or ()) == (name,):
                return str(products.words["product"][at]), _known(float(products.numbers["amount"][at]))
        return "", None

    # --- ST-7 ------------------------------------------------------------------------------------------------------------

    @cached_property
    def gases(self) -> tuple[GasBalance, ...]:
        """Every by-product gas, worked once."""
        return tuple(self._gas(item) for item in self.gas_items)

    def _gas(self, item: str) -> GasBalance:
        """Balance of a by-product gas over the whole works."""
        rows = [row for row in self.rows if self._items[row] == item]
        parts = {name: self._amounts(rows, direction) for name, direction in _BALANCE}
        if any(self._adrift(row) for row in rows):
            parts["used"] = parts["used"] + leaf(math.nan, "10⁴Nm³")
        worked = steel.gas_residual.work(**parts)
        made = parts["made"].value
        share = abs(worked.value) / made * 100 if made else math.nan
        known = {name: _known(tree.value) for name, tree in parts.items()}
        return GasBalance(
            gas=GASES[item],
            made=known["made"],
            used=known["used"],
            power=known["power"],
            sold=known["sold"],
            flared=known["flared"],
            holder=known["holder"],
            loss=known["loss"],
            residual=_known(worked.value),
            share=_known(share),
            verdict=_verdict(share),
            expression=worked.tree.worked() if math.isnan(worked.value) else worked.text,
        )

    def _amounts(self, rows: list[int], direction: str) -> Symbolic:
        symbol = steel.gas_residual.symbols["made"]
        amount = Declared(self.table, "amount")
        mine = [amount.leaf(row, symbol) for row in rows if self._is(row, direction)]
        return total(mine) if mine else leaf(0.0, "10⁴Nm³")

    # --- ST-8 ------------------------------------------------------------------------------------------------------------

    def works(self, direct: float) -> WorksCheck:
        """The processes against the works; what was made inside and did not arrive explains a difference."""
        made = [process.emission for process in self.processes]
        processes = exact_sum(math.nan if value is None else value for value in made)
        worked = steel.works_residual.work(
            processes=figure(processes, "tCO2", sign="ΣE_工序"), works=figure(direct, "tCO2", sign="E_企业")
        )
        explained = tuple(self._explanations())
        rest = worked.value - exact_sum(value for _, value in explained)
        if abs(rest) <= ROUNDING * abs(direct):
            rest = 0.0  # sums of the same flows in another order
        return WorksCheck(
            processes=_known(processes),
            works=_known(direct),
            residual=_known(worked.value),
            explained=explained,
            unexplained=_known(rest),
            expression=worked.tree.worked() if math.isnan(worked.value) else worked.text,
        )

    def _explanations(self) -> Iterator[tuple[str, float]]:
        """Stock changes and unexplained amounts of internal flows, at the flow's own factor.

        A credit was given for what was made; what went into stock or can't be found was credited and never counted again. Coke or
        lime used beyond what was made was bought and stands in the works' figure too; gas cannot be bought.
        """
        for item in dict.fromkeys(self._word(row) for row in self.rows if self._is(row, "out")):
            rows = self._of(item)
            if not any(self._is(row, "in", "power") for row in rows):
                continue
            stock = self._sum(row for row in rows if self._is(row, "holder")).value
            if stock:
                yield f"{item}库存（柜存）变化", -stock
            rest = exact_sum((1.0 if self._is(row, "out") else -1.0) * self._tree(row).value for row in rows)
            bought = rest < 0 and self._items[rows[0]] not in GASES
            if not bought and abs(rest) > ROUNDING * exact_sum(abs(self._tree(row).value) for row in rows):
                yield f"{item}平衡差额", -rest

    # --- the carbon picture ----------------------------------------------------------------------------------------------

    @cached_property
    def flows(self) -> tuple[CarbonFlow, ...]:
        """The links, worked once."""
        return tuple(self._carbon())

    def _carbon(self) -> Iterator[CarbonFlow]:
        """Links for a Sankey picture: outside → process, process → process pool of an item, pool → outside."""
        inside = {self._word(row) for row in self.rows if self._is(row, "out")}
        for row in self.rows:
            item, unit = self._word(row), self._unit(row)
            value = self._tree(row).value
            if math.isnan(value) or value == 0.0:
                continue
            direction = self.table.words["direction"][row]
            kind = "gas" if self._items[row] in GASES else str(self.table.words["kind"][row] or "material")
            if direction in ("in", "power"):
                yield CarbonFlow(item if item in inside else f"外购{item}", unit, item, value, kind)
            elif direction == "out":
                yield CarbonFlow(unit, item, item, value, kind)
            elif direction in OUT_OF_PROCESS:
                yield CarbonFlow(item, FLOW_DIRECTIONS[direction], item, value, kind)
        for process in self.processes:
            if process.emission is not None and process.emission > 0:
                yield CarbonFlow(process.unit, AIR, "CO2", process.emission, "air")


def _verdict(share: float) -> str:
    if math.isnan(share):
        return UNKNOWN
    if share > INCOMPLETE_ABOVE:
        return INCOMPLETE
    return QUERY if share > QUERY_ABOVE else CLOSED


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
