"""Where an operand of a formula comes from: declared in a table, a factor of the register, or another formula.

An operand is a column (one value a table row, NaN unknown) that can, for one row, also say what it is: the symbolic leaf
of the worked expression, the inputs and factors to print, and the line that tells what is missing. The explanations are
made only when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.formula import Formula, Symbol, Symbolic, figure, leaf, total
from tanping.assessment.accounting.shelf import NO_ANSWER, Answer, FloatArray, Shelf
from tanping.assessment.accounting.words import IntArray
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, entry
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.result import FactorUse, Input

NO_DEFAULT = "没有可用的缺省值"
SHOWN_UNITS = {"1e4Nm3": "10⁴Nm³", "GJ/1e4Nm3": "GJ/10⁴Nm³", "1": "", "%": "%"}


def shown_unit(unit: str) -> str:
    """Unit as printed."""
    return SHOWN_UNITS.get(unit, unit)


class Operand(Protocol):
    """A column of values with its explanation."""

    @property
    def values(self) -> FloatArray:
        """One value a row; NaN is unknown."""
        ...

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """The operand of one row inside a worked expression."""
        ...

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """The inputs behind it."""
        ...

    def factors(self, row: int) -> list[FactorUse]:
        """The factors behind it."""
        ...

    def missing(self, row: int) -> list[str]:
        """Lines that say what is missing; empty when the value is known."""
        ...


@dataclass(frozen=True)
class Declared:
    """A column of the project file. ``scale`` brings it to the unit of the formula (0.01 for a percentage)."""

    table: ColumnTable
    column: str
    scale: float = 1.0

    @cached_property
    def values(self) -> FloatArray:
        """Values in the unit of the formula."""
        values = self.table.numbers[self.column]
        return values if self.scale == 1.0 else values * self.scale

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """Print the number exactly as given, in the catalogue's unit."""
        unit = shown_unit(self.unit(row))
        text = self._text(row)
        if self.scale != 1.0:
            return leaf(self.values[row], sign=symbol.sign, text=text and text + unit)
        return leaf(self.values[row], unit, sign=symbol.sign, text=text)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """One input, with the text typed and its page."""
        value = self.values[row]
        known = None if np.isnan(value) else float(value)
        unit = self.unit(row) if self.scale == 1.0 else symbol.unit
        stated = self.table.stated(row, self.column)
        if stated is None:
            return [Input(symbol.sign, self._label, known, unit)]
        origin = "verified" if not stated.claimed else "assumed" if stated.assumed else "declared"
        return [
            Input(
                symbol.sign,
                self._label,
                known,
                unit,
                text=stated.text,
                origin=origin,
                document=stated.document,
                page=stated.page,
                note=stated.note,
            )
        ]

    def factors(self, row: int) -> list[FactorUse]:
        """None: it was declared."""
        return []

    def missing(self, row: int) -> list[str]:
        """Name table, row and field."""
        if not np.isnan(self.values[row]):
            return []
        named = "" if _alone(self.table) else f"“{row_name(self.table, row)}”"
        return [f"{TABLE_LABELS[self.table.name]}{named}：{self._label}未填"]

    def unit(self, row: int) -> str:
        """Unit the number is stated in."""
        stated_in = self.table.measured_in.get(self.column)
        given = None if stated_in is None else stated_in[row]
        return str(given) if given else entry(self.table.name, self.column).unit

    @property
    def _label(self) -> str:
        return entry(self.table.name, self.column).label

    def _text(self, row: int) -> str:
        stated = self.table.stated(row, self.column)
        value = None if stated is None else stated.effective
        return "" if value is None else grouped(format(value, "f"))


@dataclass(frozen=True)
class FromRegister:
    """A number of a factor record. ``part`` is ``value`` or a part of a fuel; ``scale`` converts its unit."""

    shelf: Shelf
    answers: IntArray
    part: str
    label: str
    scale: float | FloatArray = 1.0
    unit: str | Sequence[str] | NDArray[Any] = ""
    hint: Callable[[int], str] | None = None

    @cached_property
    def values(self) -> FloatArray:
        """Values in the unit of the formula."""
        values: FloatArray = self.shelf.parts(self.part)[self.answers]
        return values * self.scale

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """Print the number as it stands in the register."""
        value = float(self.values[row])
        return leaf(value, shown_unit(self._unit(row) or symbol.unit), sign=symbol.sign)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """One input of origin ``factor``."""
        value = float(self.values[row])
        answer = self._answer(row)
        key = None if answer is None or answer.selected is None else answer.selected.record.key
        known = None if np.isnan(value) else value
        unit = self._unit(row) or symbol.unit
        return [Input(symbol.sign, self.label, known, unit, origin="factor", factor=key)]

    def factors(self, row: int) -> list[FactorUse]:
        """The record with the step that chose it."""
        answer = self._answer(row)
        return [] if answer is None or answer.selected is None else [factor_use(answer, self.part)]

    def missing(self, row: int) -> list[str]:
        """Why the register has no value."""
        if not np.isnan(self.values[row]):
            return []
        answer = self._answer(row)
        why = answer.problem if answer is not None else self.hint(row) if self.hint else ""
        return [f"{self.label}：{why or NO_DEFAULT}"]

    def _unit(self, row: int) -> str:
        return self.unit if isinstance(self.unit, str) else str(self.unit[row])

    def _answer(self, row: int) -> Answer | None:
        number = int(self.answers[row])
        return None if number == NO_ANSWER else self.shelf.answers[number]


@dataclass(frozen=True)
class Either:
    """The first operand where it is known, else the second: declared, else the default of the register."""

    first: Operand
    second: Operand

    @cached_property
    def values(self) -> FloatArray:
        """Values of whichever is known."""
        first = self.first.values
        return np.where(np.isnan(first), self.second.values, first)

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """Delegate to the one in use."""
        return self._used(row).leaf(row, symbol)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """Delegate to the one in use."""
        return self._used(row).inputs(row, symbol)

    def factors(self, row: int) -> list[FactorUse]:
        """Delegate to the one in use."""
        return self._used(row).factors(row)

    def missing(self, row: int) -> list[str]:
        """What is asked for first, and why nothing stands in for it."""
        if not np.isnan(self.first.values[row]) or not np.isnan(self.second.values[row]):
            return []
        why = "；".join(line for line in self.second.missing(row) if not line.endswith(NO_DEFAULT))
        return [f"{line}（{why}）" if why else line for line in self.first.missing(row)]

    def _used(self, row: int) -> Operand:
        return self.second if np.isnan(self.first.values[row]) else self.first


@dataclass(frozen=True)
class Chosen:
    """One operand for the rows of a mask, another for the rest."""

    mask: NDArray[np.bool_]
    yes: Operand
    no: Operand

    @cached_property
    def values(self) -> FloatArray:
        """Values of whichever the row takes."""
        return np.where(self.mask, self.yes.values, self.no.values)

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """Delegate."""
        return self._of(row).leaf(row, symbol)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """Delegate."""
        return self._of(row).inputs(row, symbol)

    def factors(self, row: int) -> list[FactorUse]:
        """Delegate."""
        return self._of(row).factors(row)

    def missing(self, row: int) -> list[str]:
        """Delegate."""
        return self._of(row).missing(row)

    def _of(self, row: int) -> Operand:
        return self.yes if self.mask[row] else self.no


@dataclass(frozen=True)
class Computed:
    """The result of another formula over operands of the same table."""

    formula: Formula
    operands: Mapping[str, Operand]

    @cached_property
    def values(self) -> FloatArray:
        """Values of the formula."""
        return np.asarray(self.formula(**{name: operand.values for name, operand in self.operands.items()}))

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """The worked expression of the inner formula."""
        return self.formula.work(**leaves(self.formula, self.operands, row)).tree

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """Inputs of the inner formula."""
        return all_inputs(self.formula, self.operands, row)

    def factors(self, row: int) -> list[FactorUse]:
        """Factors of the inner formula."""
        return [use for operand in self.operands.values() for use in operand.factors(row)]

    def missing(self, row: int) -> list[str]:
        """Everything the inner formula misses."""
        return [line for operand in self.operands.values() for line in operand.missing(row)]


@dataclass(frozen=True)
class Given:
    """A column worked out elsewhere and shown as a figure."""

    column: FloatArray
    label: str
    unit: str

    @property
    def values(self) -> FloatArray:
        """The column."""
        return self.column

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """The figure with its unit."""
        return figure(float(self.column[row]), shown_unit(self.unit), sign=symbol.sign)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """One computed input."""
        value = float(self.column[row])
        known = None if np.isnan(value) else value
        return [Input(symbol.sign, self.label, known, self.unit, origin="computed")]

    def factors(self, row: int) -> list[FactorUse]:
        """None of its own."""
        return []

    def missing(self, row: int) -> list[str]:
        """Said by the sources it was worked out from."""
        return [f"{self.label}：未知"] if np.isnan(self.column[row]) else []


@dataclass(frozen=True)
class Untold:
    """What nobody stated: unknown in every row, with the line that says so."""

    count: int
    line: str

    @property
    def values(self) -> FloatArray:
        """NaN throughout."""
        return np.full(self.count, np.nan)

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """An unknown of the symbol's unit."""
        return leaf(np.nan, symbol.unit, sign=symbol.sign)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """One input without a value."""
        return [Input(symbol.sign, symbol.term, None, symbol.unit)]

    def factors(self, row: int) -> list[FactorUse]:
        """None."""
        return []

    def missing(self, row: int) -> list[str]:
        """The line."""
        return [self.line]


@dataclass(frozen=True)
class SumOf:
    """Parts of other tables added up for each row of this one (clinker and deductions of a kiln line).

    ``parts`` are (formula, operands, target): ``target`` holds for each row of the part's table the row it belongs to,
    −1 for none; without a formula the one operand itself is added. A row to which nothing belongs is zero: whether that was stated is checked elsewhere.
    """

    count: int
    parts: Sequence[tuple[Formula | None, Mapping[str, Operand], IntArray]]

    @cached_property
    def values(self) -> FloatArray:
        """Sums in the order of the parts."""
        sums = np.zeros(self.count)
        for formula, operands, target in self.parts:
            if not len(target):
                continue
            worth = _worth(formula, operands)
            belongs = target >= 0
            np.add.at(sums, target[belongs], worth[belongs])
        return sums

    def leaf(self, row: int, symbol: Symbol) -> Symbolic:
        """The worked sum."""
        added = total(_part_leaf(formula, operands, part, symbol) for formula, operands, part in self._parts_of(row))
        return added if isinstance(added, Symbolic) else leaf(0.0, sign=symbol.sign)

    def inputs(self, row: int, symbol: Symbol) -> list[Input]:
        """Inputs of every part."""
        return [
            one
            for formula, operands, part in self._parts_of(row)
            for name, operand in operands.items()
            for one in operand.inputs(part, formula.symbols[name] if formula else symbol)
        ]

    def factors(self, row: int) -> list[FactorUse]:
        """Factors of every part."""
        return [
            use
            for _, operands, part in self._parts_of(row)
            for operand in operands.values()
            for use in operand.factors(part)
        ]

    def missing(self, row: int) -> list[str]:
        """Everything any part misses."""
        return [
            line
            for formula, operands, part in self._parts_of(row)
            if np.isnan(_worth(formula, operands)[part])
            for operand in operands.values()
            for line in operand.missing(part)
        ]

    def _parts_of(self, row: int) -> list[tuple[Formula | None, Mapping[str, Operand], int]]:
        return [
            (formula, operands, int(part))
            for formula, operands, target in self.parts
            for part in np.flatnonzero(target == row)
        ]


def _worth(formula: Formula | None, operands: Mapping[str, Operand]) -> FloatArray:
    """Values of a part; an explicit zero quantity (its first operand) is zero whatever else is unknown."""
    if formula is None:
        (only,) = operands.values()
        return only.values
    values = {name: operand.values for name, operand in operands.items()}
    quantity = next(iter(values.values()))
    return np.where(quantity == 0.0, 0.0, np.asarray(formula(**values)))


def _part_leaf(formula: Formula | None, operands: Mapping[str, Operand], row: int, symbol: Symbol) -> Symbolic:
    if formula is None:
        (only,) = operands.values()
        return only.leaf(row, symbol)
    (quantity, first), *_ = operands.items()
    if first.values[row] == 0.0:
        return first.leaf(row, formula.symbols[quantity])
    return formula.work(**leaves(formula, operands, row)).tree


def leaves(formula: Formula, operands: Mapping[str, Operand], row: int) -> dict[str, Any]:
    """Operands of one row as leaves of the formula's worked expression."""
    return {name: operand.leaf(row, formula.symbols[name]) for name, operand in operands.items()}


def all_inputs(formula: Formula, operands: Mapping[str, Operand], row: int) -> list[Input]:
    """Inputs of one row in the order of the formula's symbols."""
    return [one for name, operand in operands.items() for one in operand.inputs(row, formula.symbols[name])]


def factor_use(answer: Answer, part: str) -> FactorUse:
    """The record of an answer, as printed beside a source."""
    selected = answer.selected
    assert selected is not None
    record = selected.record
    number = answer.part(part)
    return FactorUse(
        key=record.key,
        name=record.name,
        value=number,
        unit=record.unit if part == "value" else PART_UNITS[part](record),
        document=record.document,
        basis=record.basis.value,
        status=record.status.value,
        region=record.region,
        data_year="" if record.data_year is None else str(record.data_year),
        variant=record.variant,
        why=selected.override or selected.why,
        provisional=record.provisional,
        rivals=tuple(rival.cite() for rival in selected.rivals),
    )


PART_UNITS = {
    "ncv": lambda record: record.ncv_unit,
    "carbon_content": lambda record: "tC/GJ",
    "oxidation": lambda record: "1",
    "ef": lambda record: record.ef_unit,
    "ef_per_gj": lambda record: record.ef_per_gj_unit,
}


def _alone(table: ColumnTable) -> bool:
    """Whether a table has one row a project and nothing to call it by."""
    return table.name in ONE_ROW and "name" not in table.words


def row_name(table: ColumnTable, row: int) -> str:
    """What a row is called where a person reads."""
    for column in ("name", "fuel", "material", "product", "item"):
        words = table.words.get(column)
        if words is not None and words[row]:
            named = str(words[row])
            identifier = str(table.ids[row])
            return named if not identifier or identifier == named else f"{identifier}（{named}）"
    return str(table.ids[row]) or f"第{row + 1}行"


def grouped(digits: str) -> str:
    """Group the whole part of a plain decimal in threes."""
    whole, dot, fraction = digits.lstrip("-").partition(".")
    text = f"{int(whole):,}".replace(",", " ") + dot + fraction
    return f"-{text}" if digits.startswith("-") else text
