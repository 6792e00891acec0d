"""Energy per tonne of each process and line (单位产品能耗), for the rules on energy limits.

Only what the file puts on one unit counts: fuels (from the flow table where it speaks of the unit, else the fuel table), electricity
and heat of that unit alone, and its product. A unit without its own electricity or product row is unknown, never cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.formula import over
from tanping.assessment.accounting.processes import flow_fuels
from tanping.assessment.accounting.shelf import FloatArray, Question
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.sources.purchased import amount_of
from tanping.assessment.accounting.tce import EDITIONS, EnergyUse
from tanping.assessment.accounting.words import BoolArray, IntArray
from tanping.assessment.project.columns import ColumnTable

PROCESS_FACTS = {
    "ironmaking": "bf_process_energy_kgce_per_t",
    "bof_steel": "bof_process_energy_kgce_per_t",
    "eaf_steel": "eaf_process_energy_kgce_per_t",
    "sintering": "sinter_process_energy_kgce_per_t",
    "pelletizing": "pellet_process_energy_kgce_per_t",
    "coking": "coke_energy_kgce_per_t",
    "clinker": "clinker_energy_kgce_per_t",
}
CLINKER_POWER, CLINKER_COAL = "clinker_power_kwh_per_t", "clinker_coal_kgce_per_t"
KG, KWH = 1000.0, 1000.0


def unit_energy(books: Books) -> dict[str, FloatArray]:
    """Facts by name, one value a unit row; NaN where the unit is of another kind or something of it is untold."""
    units = books.columns["units"]
    if not len(units):
        return {}
    made = _Made(books)
    kinds = books.words(units, "kind")
    whole = over(made.tce * KG, made.product)
    facts = {name: np.where(kinds.are(kind), whole, np.nan) for kind, name in PROCESS_FACTS.items()}
    clinker = kinds.are("clinker")
    facts[CLINKER_POWER] = np.where(clinker, over(made.electricity * KWH, made.product), np.nan)
    facts[CLINKER_COAL] = np.where(clinker, over(made.fuel * KG, made.product), np.nan)
    return facts


@dataclass(frozen=True)
class _Made:
    """Sums over what stands on one unit alone."""

    books: Books

    @cached_property
    def tce(self) -> FloatArray:
        """Fuel, electricity at 当量值 and heat, tce."""
        return (
            self.fuel
            + self.electricity * self._coefficient("energy.electricity")
            + self.heat * self._coefficient("energy.heat")
        )

    @cached_property
    def fuel(self) -> FloatArray:
        """Fuel taken in less fuel handed on, tce."""
        by_flow, spoken = self._flows()
        return np.where(spoken, by_flow, self._fuels())

    @cached_property
    def electricity(self) -> FloatArray:
        """Electricity of the unit, MWh, bought or own."""
        return self._energy("purchased_electricity", "own_electricity", untold=np.nan)

    @cached_property
    def heat(self) -> FloatArray:
        """Heat bought for the unit, GJ; a unit that names none takes none."""
        return self._energy("purchased_heat", untold=0.0)

    @cached_property
    def product(self) -> FloatArray:
        """Product of the unit, t; for a kiln line the clinker."""
        table = self.books.columns["products"]
        alone = _alone(table)
        kinds = self.books.words(self.books.columns["units"], "kind")
        kiln = np.append(kinds.are("clinker"), False)[alone]
        rows = np.flatnonzero((alone >= 0) & (~kiln | self.books.words(table, "product").test(is_clinker)))
        return self._summed(rows, alone, table.numbers["amount"], np.nan)

    def _energy(self, *kinds: str, untold: float) -> FloatArray:
        table = self.books.columns["energy"]
        alone = _alone(table)
        rows = np.flatnonzero(self.books.words(table, "kind").are(*kinds) & (alone >= 0))
        return self._summed(rows, alone, amount_of(self.books).values, untold)

    def _fuels(self) -> FloatArray:
        table = self.books.columns["fuels"]
        alone = _alone(table)
        sums, seen = np.zeros(self._count), np.zeros(self._count, dtype=bool)
        for block in EnergyUse(self.books).fuels:
            mine = alone[block.rows] >= 0
            units = alone[block.rows][mine]
            np.add.at(sums, units, block.design[mine])
            seen[units] = True
        return np.where(seen, sums, np.nan)

    def _flows(self) -> tuple[FloatArray, BoolArray]:
        """Fuel by the flow table, tce, and which units it speaks of."""
        table, units = self.books.columns["flows"], self.books.columns["units"]
        sums, seen = np.zeros(self._count), np.zeros(self._count, dtype=bool)
        if not len(table):
            return sums, seen
        row_of = {
            (int(project), str(unit)): row
            for row, (project, unit) in enumerate(zip(units.project, units.ids, strict=True))
        }
        kinds, directions = self.books.words(table, "kind"), self.books.words(table, "direction")
        fuel, inward, outward = kinds.are("fuel"), directions.are("in", "power"), directions.are("out")
        operands = flow_fuels(self.books)
        amount = operands["fc"].values
        heat = amount * operands["ncv"].values / self._coefficient("energy.standard_coal", ())
        # What may be a fuel, or may come in or go out, makes the fuel of its unit unknown.
        unsaid = kinds.test(lambda kind: kind is None) | (fuel & directions.test(lambda direction: direction is None))
        heat = np.where(unsaid, np.nan, heat)
        heat = np.where(amount == 0.0, 0.0, heat)  # an explicit 无 is zero whatever else is unknown
        for row in np.flatnonzero(unsaid | (fuel & (inward | outward))):
            unit = row_of.get((int(table.project[row]), str(table.words["unit"][row])))
            if unit is not None:
                sums[unit] += heat[row] if inward[row] else -heat[row]
                seen[unit] = True
        return sums, seen

    @property
    def _count(self) -> int:
        return len(self.books.columns["units"])

    def _summed(self, rows: IntArray, unit: IntArray, amount: FloatArray, untold: float) -> FloatArray:
        sums, seen = np.zeros(self._count), np.zeros(self._count, dtype=bool)
        np.add.at(sums, unit[rows], amount[rows])
        seen[unit[rows]] = True
        return np.where(seen, sums, untold)

    def _coefficient(self, item: str, standards: tuple[str, ...] = EDITIONS) -> float:
        day = self.books.classes[0].as_of
        return self.books.shelf.answer(Question(item, None, day, standards)).part("value")


def _alone(table: ColumnTable) -> IntArray:
    """The one unit each row names, −1 where it names none or several."""
    if not table.units:
        return np.full(len(table), -1, dtype=np.int64)
    return np.array([units[0] if len(units) == 1 else -1 for units in table.units], dtype=np.int64)
