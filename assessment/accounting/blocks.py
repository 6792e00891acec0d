"""The primary result of accounting: one typed block a formula, sources as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tanping.assessment.accounting.formula import Formula, Worked
from tanping.assessment.accounting.operands import Operand, all_inputs, leaves, row_name
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import BoolArray, IntArray
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.result import FactorUse, Input

# A line about some rows of a table; ROW in it stands for the row's name.
Said = tuple[BoolArray, str]
ROW = "{row}"

# How a yearly amount runs through the years.
USE = "use"  # with output, worsened by degradation (fuel, desulphurisation, bought energy)
OUTPUT = "output"  # with output alone (process materials, products)
GRID = "grid"  # like USE, and its factor follows the grid scenario
WORKS = "works"  # once, over the construction period
END = "end"  # once, in the last year
CAPTURE = "capture"  # like USE, from the day the capture plant starts


@dataclass(frozen=True)
class Block:
    """Sources that share a formula.

    ``quantity`` names the operand whose explicit zero (无) makes the source zero whatever else is unknown.
    ``rows`` are rows of ``table``; ``operands`` are columns over the whole table; ``design`` is tCO2 of the design year (or of
    the whole period for WORKS and END), one a row of ``rows``, NaN unknown, ``sign`` applied. ``memo`` rows are never summed. ``blocked`` rows are
    stopped for another reason than a blank.
    """

    name: str
    formula: Formula
    table: ColumnTable
    rows: IntArray
    operands: Mapping[str, Operand]
    stage: str
    category: str
    spread: str
    sign: int = 1
    memo: bool = False
    gas: str = "CO2"
    suffix: str = ""
    quantity: str = ""
    blocked: Sequence[Said] = ()
    notes: Sequence[Said] = ()
    warnings: Sequence[Said] = ()
    design: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        values = {name: operand.values[self.rows] for name, operand in self.operands.items()}
        design = np.asarray(self.formula(**values), dtype=np.float64) * self.sign
        for mask, _ in self.blocked:
            design[mask[self.rows]] = np.nan
        if self.quantity:
            design[values[self.quantity] == 0.0] = 0.0
        object.__setattr__(self, "design", design)

    @property
    def project(self) -> IntArray:
        """Project of each source."""
        return self.table.project[self.rows].astype(np.int64)

    def __len__(self) -> int:
        return len(self.rows)

    def worked(self, at: int) -> Worked:
        """Worked expression of the source at a position; what is subtracted carries its minus."""
        worked = self.amount(at)
        return worked if self.sign > 0 else replace(worked, tree=-worked.tree)

    def amount(self, at: int) -> Worked:
        """Worked expression of the formula alone, before the sign."""
        return self.formula.work(**leaves(self.formula, self.operands, int(self.rows[at])))

    def inputs(self, at: int) -> tuple[Input, ...]:
        """Inputs of the source at a position."""
        return tuple(all_inputs(self.formula, self.operands, int(self.rows[at])))

    def factors(self, at: int) -> tuple[FactorUse, ...]:
        """Factors of the source at a position, each once."""
        uses = [use for operand in self.operands.values() for use in operand.factors(int(self.rows[at]))]
        return tuple(dict.fromkeys(uses))

    def missing(self, at: int) -> tuple[str, ...]:
        """What the source at a position lacks."""
        row = int(self.rows[at])
        if not np.isnan(self.design[at]):
            return ()
        lines = [line for operand in self.operands.values() for line in operand.missing(row)]
        return tuple(dict.fromkeys([*lines, *self._said(self.blocked, at)]))

    def noted(self, at: int) -> tuple[str, ...]:
        """Notes that apply to the source at a position."""
        return self._said(self.notes, at)

    def warned(self, at: int) -> tuple[str, ...]:
        """Warnings that apply to the source at a position."""
        return self._said(self.warnings, at)

    def _said(self, said: Sequence[Said], at: int) -> tuple[str, ...]:
        row = int(self.rows[at])
        name = row_name(self.table, row) if said else ""
        return tuple(text.replace(ROW, name) for mask, text in said if mask[row])
