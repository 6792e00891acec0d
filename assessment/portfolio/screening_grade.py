"""Screening grade: what a row of a power plant leaves blank, taken from dated class defaults of the register and named on the row.

Only blanks are filled, never a word somebody said (不清楚 is one). Which records these are, and what they rest on, stands in
``factors/data/conventions/screening.csv``; here is only which blank takes which record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting import power
from tanping.assessment.accounting.books import COAL_POWER_KINDS
from tanping.assessment.accounting.shelf import Answer, Question, Shelf, convention
from tanping.assessment.portfolio.assemble import Rows
from tanping.assessment.portfolio.heading import Heading, Target, entry_of
from tanping.assessment.portfolio.typed import Typed
from tanping.factors.record import Factor
from tanping.factors.register import Register

MARK = "筛查级"
PREFIX = "convention.screening."
GAS = "gas_power"
# Least capacity of each class, MW, and the end of its record's key; the first that a unit reaches is its class.
CLASSES = ((1000.0, "ge_1000"), (600.0, "ge_600"), (300.0, "ge_300"), (0.0, "lt_300"))
COAL, NATURAL_GAS = "烟煤", "天然气"
NOT_COUNTED = (
    ("fuels", 2, {"fuel": "柴油", "role": "start_up"}, "点火助燃燃料"),
    ("materials", 1, {"material": "石灰石", "role": "desulphurisation"}, "脱硫剂"),
    ("energy", 1, {"kind": "purchased_electricity"}, "外购电力"),
)

STANDARD_COAL = "energy.standard_coal"
GAS_ITEM, GAS_STANDARD = "fuel.natural_gas", ("power_guide_2022",)

BoolArray = NDArray[np.bool_]
Note = tuple[BoolArray, str]


def filled(rows: Rows, kept: NDArray[np.int64], register: Register, as_of: date) -> tuple[Rows, list[Note]]:
    """Fill the blanks of power units. Returns the rows and, for every assumption, which rows it touches and how it reads."""
    filler = _Filler(rows, Shelf(register), as_of, {}, [])
    filler.fill(kept)
    return replace(rows, typed={**rows.typed, **filler.made}, headings=filler.headings()), filler.notes


@dataclass(frozen=True)
class _Found:
    """An answer of the register that is there."""

    answer: Answer
    record: Factor

    def part(self, name: str) -> float:
        """A number of the record."""
        return self.answer.part(name)


@dataclass(frozen=True)
class _Filler:
    rows: Rows
    shelf: Shelf
    as_of: date
    made: dict[Target, Typed]
    notes: list[Note]

    def fill(self, kept: NDArray[np.int64]) -> None:
        """Fill everything that follows from kind and capacity, in the order in which one needs the other."""
        chosen = np.zeros(self.rows.count, dtype=bool)
        chosen[kept] = True
        kind = self.rows.words("units", "kind")
        coal = chosen & np.isin(kind.astype(str), list(COAL_POWER_KINDS))
        gas = chosen & (kind == GAS)
        sized = ~np.isnan(self._number("units", "capacity"))
        for mine, name in ((coal, "coal"), (gas, "gas")):
            self._record(Target("units", "hours"), mine & sized, f"hours.{name}")
            self._record(Target("units", "life"), mine, f"life.{name}")
            self._record(Target("units", "auxiliary_rate"), mine & sized, f"auxiliary_rate.{name}")
        capacity, taken = self._number("units", "capacity"), np.zeros(self.rows.count, dtype=bool)
        for least, name in CLASSES:
            of_class = coal & ~taken & (capacity >= least)
            taken |= of_class
            self._record(Target("units", "net_coal_rate"), of_class, f"coal_rate.{name}")
        self._coal(coal & sized)
        self._gas(gas & sized)
        burning = (coal | gas) & sized
        for table, at, words, label in NOT_COUNTED:
            self._nothing(table, at, words, label, coal & sized if table != "energy" else burning)

    def _coal(self, mine: BoolArray) -> None:
        """Coal burnt: what the coal rate implies for the electricity supplied, in standard coal."""
        generation = power.generation(self._number("units", "capacity"), self._number("units", "hours"))
        auxiliary = generation * (self._number("units", "auxiliary_rate") / 100)
        supply = power.supplied_electricity(generation, auxiliary)
        amount = np.asarray(supply * self._number("units", "net_coal_rate") / 1000)
        mine = mine & self._unsaid("fuels", 1) & ~np.isnan(amount)
        heat = self._asked(convention(STANDARD_COAL)).record
        self._items(
            "fuels", 1, mine, {"fuel": COAL, "role": "main"}, {"amount": amount, "ncv": heat.number}, ("t", "GJ/t")
        )
        self._note(mine, f"{MARK}：燃煤量由供电量与供电煤耗推算，按标准煤 {_cited(heat)}")

    def _gas(self, mine: BoolArray) -> None:
        """Gas burnt: gross generation by the class's heat rate and the register's heat value."""
        rate, heat = self._value("heat_rate.gas"), self._asked(Question(GAS_ITEM, None, self.as_of, GAS_STANDARD))
        generation = power.generation(self._number("units", "capacity"), self._number("units", "hours"))
        ncv = heat.part("ncv")
        amount = np.asarray(generation * rate.number / ncv)
        mine = mine & self._unsaid("fuels", 1) & ~np.isnan(amount)
        words = {"fuel": NATURAL_GAS, "role": "main"}
        units = ("1e4Nm3", "GJ/1e4Nm3")
        self._items("fuels", 1, mine, words, {"amount": amount, "ncv": ncv}, units)
        self._note(mine, f"{MARK}：燃气量由发电量与气耗推算，{_cited(rate)}，低位发热量 {heat.record.cite()}")

    def _nothing(self, table: str, at: int, words: Mapping[str, str], label: str, mine: BoolArray) -> None:
        mine = mine & self._unsaid(table, at) & ~self._speaks(table, words)
        self._items(table, at, mine, words, {"amount": 0.0}, ())
        self._note(mine, f"{MARK}：{label}未计")

    # --- parts -----------------------------------------------------------------------------------------------------------

    def _record(self, target: Target, mine: BoolArray, key: str) -> None:
        """Fill the blanks of a field with a record of the register."""
        record = self._value(key)
        held = self._typed(target)
        mine = mine & ~held.given
        if mine.any():
            self._set(target, mine, record.number)
            self._note(mine, f"{MARK}：{entry_of(target).label}取 {_cited(record)}")

    def _value(self, key: str) -> Factor:
        return self._asked(convention(PREFIX + key)).record

    def _asked(self, question: Question) -> _Found:
        answer = self.shelf.answer(question)
        assert answer.selected is not None, answer.problem
        return _Found(answer, answer.selected.record)

    def _items(
        self,
        table: str,
        at: int,
        mine: BoolArray,
        words: Mapping[str, str],
        numbers: Mapping[str, Any],
        units: tuple[str, ...],
    ) -> None:
        if not mine.any():
            return
        for name, word in words.items():
            self._set(Target(table, name, at), mine, word)
        for place, (name, value) in enumerate(numbers.items()):
            filled = value[mine] if isinstance(value, np.ndarray) else value
            self._set(Target(table, name, at), mine, filled, units[place] if units else "")

    def _set(self, target: Target, mine: BoolArray, value: Any, unit: str = "") -> None:
        held = self._typed(target)
        values, given = held.values.copy(), held.given | mine
        values[mine] = value
        measured = held.measured_in
        if unit and entry_of(target).other_units:
            measured = np.full(len(given), None, dtype=object) if measured is None else measured.copy()
            measured[mine] = unit
        self.made[target] = Typed(values, given, measured)

    def _typed(self, target: Target) -> Typed:
        held = self.made.get(target) or self.rows.typed.get(target)
        if held is not None:
            return held
        kind = entry_of(target).kind
        blank: NDArray[Any] = np.full(self.rows.count, None, dtype=object)
        if kind == "quantity":
            blank = np.full(self.rows.count, np.nan)
        return Typed(blank, np.zeros(self.rows.count, dtype=bool))

    def _number(self, table: str, field: str) -> NDArray[np.float64]:
        return self._typed(Target(table, field)).values

    def _unsaid(self, table: str, at: int) -> BoolArray:
        """Rows whose item of a table nobody spoke of."""
        said = np.zeros(self.rows.count, dtype=bool)
        for target, held in self.rows.typed.items():
            if target.table == table and target.at == at:
                said |= held.given
        return ~said

    def _speaks(self, table: str, words: Mapping[str, str]) -> BoolArray:
        """Rows in which any item of a table has the role (or kind) already."""
        name = "kind" if "kind" in words else "role"
        found = np.zeros(self.rows.count, dtype=bool)
        for target, held in self.rows.typed.items():
            if target.table == table and target.field == name:
                found |= held.values == words[name]
        return found

    def _note(self, mine: BoolArray, text: str) -> None:
        if mine.any():
            self.notes.append((mine, text))

    def headings(self) -> dict[Target, Heading]:
        """Headings of all columns, those made here too."""
        made = {target: Heading(-1, entry_of(target).label, target, entry_of(target)) for target in self.made}
        return {**made, **self.rows.headings}


def _cited(record: Factor) -> str:
    unit = "" if record.unit == "1" else f" {record.unit}"
    return f"{record.value}{unit}（{record.key}；{record.document}；{record.basis.label}）"
