"""Which share of a source each production unit carries, so that it runs through the years of that unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tanping.assessment.accounting.blocks import Block
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.sources.links import unit_links
from tanping.assessment.accounting.words import BoolArray, IntArray
from tanping.assessment.project.columns import ColumnTable


@dataclass(frozen=True)
class Sharing:
    """Links between rows and the units of the project (existing units, which stay as they are, left out)."""

    books: Books
    _links: dict[str, tuple[IntArray, IntArray, FloatArray]] = field(default_factory=dict)

    @cached_property
    def proposed_units(self) -> BoolArray:
        """Which units belong to the project rather than to the existing works."""
        return ~self.books.words(self.books.columns["units"], "nature").are("existing")

    def links(self, table: ColumnTable) -> tuple[IntArray, IntArray, FloatArray]:
        """Pairs (row, proposed unit) of a table in row order, with the unit's share of the row's amount.

        The share follows design output (capacity × hours); units that don't all state it share alike.
        """
        if table.name not in self._links:
            self._links[table.name] = self._make(table)
        return self._links[table.name]

    def by_unit(self, block: Block) -> FloatArray:
        """Design emission of a block by unit, tCO2; a source of no unit is left out."""
        worth = np.zeros(len(block.table))
        worth[block.rows] = block.design
        rows, units, share = self.links(block.table)
        sums = np.bincount(units, worth[rows] * share, minlength=len(self.books.columns["units"]))
        return sums.astype(np.float64)

    def through_years(self, block: Block, part: slice, first_unit: int, profile: FloatArray) -> FloatArray:
        """Emission of some sources of a block through the years (sources × years); NaN where no unit carries one.

        ``profile`` (units × years, from ``first_unit`` on) is what the design figure is multiplied by.
        """
        rows, units, share = self.links(block.table)
        of_rows = block.rows[part]
        low = np.searchsorted(rows, of_rows, "left")
        each = np.searchsorted(rows, of_rows, "right") - low
        if (each == 1).all():
            return (block.design[part] * share[low])[:, None] * profile[units[low] - first_unit]
        links = np.repeat(low - (np.cumsum(each) - each), each) + np.arange(int(each.sum()))
        weighted = share[links, None] * profile[units[links] - first_unit]
        sums = np.zeros((len(of_rows), profile.shape[1]))
        np.add.at(sums, np.repeat(np.arange(len(of_rows)), each), weighted)
        sums[each == 0] = np.nan
        return block.design[part, None] * sums

    def _make(self, table: ColumnTable) -> tuple[IntArray, IntArray, FloatArray]:
        if table.name == "units":
            every = np.arange(len(table), dtype=np.int64)
            return every, every, np.ones(len(table))
        rows, units = unit_links(self.books.columns, table)
        keep = self.proposed_units[units]
        if not keep.all():
            rows, units = rows[keep], units[keep]
        if len(rows) == len(table) and (np.diff(rows) == 1).all():
            return rows, units, np.ones(len(rows))
        weight = self._design_output[units]
        sums = np.zeros(len(table))
        np.add.at(sums, rows, weight)
        count = np.bincount(rows, minlength=len(table))
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(np.isnan(sums[rows]) | (sums[rows] == 0), 1.0 / count[rows], weight / sums[rows])
        return rows, units, share

    @cached_property
    def _design_output(self) -> FloatArray:
        units = self.books.columns["units"]
        power = ~np.isnan(units.numbers["capacity"])
        size = np.where(power, units.numbers["capacity"], units.numbers["output_capacity"])
        return np.asarray(size * np.where(power, units.numbers["hours"], 1.0))
