"""Output of generating units at the design year: generation, supply, heat (PW-6, PW-7), as columns over the units table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tanping.assessment.accounting import power
from tanping.assessment.accounting.books import POWER_KINDS, Books
from tanping.assessment.accounting.operands import Computed, Declared, Operand
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import BoolArray
from tanping.assessment.project.columns import ColumnTable


@dataclass(frozen=True)
class PowerOutput:
    """Columns over units; NaN unknown."""

    books: Books

    @property
    def units(self) -> ColumnTable:
        """The units table."""
        return self.books.columns["units"]

    @cached_property
    def generating(self) -> BoolArray:
        """Which units generate electricity."""
        return self.books.words(self.units, "kind").are(*POWER_KINDS)

    @cached_property
    def generated(self) -> Operand:
        """Gross generation 发电量, MWh."""
        operands = {"capacity": Declared(self.units, "capacity"), "hours": Declared(self.units, "hours")}
        return Computed(power.generation, operands)

    @cached_property
    def supplied(self) -> Operand:
        """Supply 供电量 by the auxiliary rate on generation, MWh."""
        rate = Declared(self.units, "auxiliary_rate", 0.01)
        return Computed(power.supplied_electricity_by_rate, {"w_g": self.generated, "rate": rate})

    @cached_property
    def heat(self) -> Operand:
        """Heat supplied 供热量, GJ."""
        return Declared(self.units, "heat_supplied")

    @cached_property
    def heat_ratio(self) -> FloatArray:
        """Heat-supply ratio 供热比 of each unit; zero where no heat is supplied, whatever the boiler makes."""
        supplied = self.units.numbers["heat_supplied"]
        ratio = power.heat_supply_ratio(supplied, self.units.numbers["heat_produced"])
        return np.where(supplied == 0.0, 0.0, ratio)
