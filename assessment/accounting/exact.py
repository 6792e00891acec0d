"""Sums that do not depend on the order of work: fsum for one figure, compensated sums for columns of figures."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import IntArray


def exact_sum(values: Iterable[float]) -> float:
    """Correctly rounded sum; NaN if any is NaN."""
    return math.fsum(values)


class ColumnSum:
    """Adds columns one after the other with the rounding errors carried along (double-double)."""

    def __init__(self, shape: tuple[int, ...]):
        self._high = np.zeros(shape)
        self._low = np.zeros(shape)

    def add(self, column: FloatArray, at: IntArray | slice = slice(None)) -> None:
        """Add a column at some rows; no row may occur twice in one call."""
        high = self._high[at]
        added = high + column
        back = added - high
        # Knuth's two-sum: what the addition rounded away.
        self._low[at] += (high - (added - back)) + (column - back)
        self._high[at] = added

    def add_grouped(self, column: FloatArray, group: IntArray) -> None:
        """Add rows to their groups in row order; ``group`` is ascending."""
        if not len(group):
            return
        first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        if len(first) == len(group):  # a row a group: nothing to wait for
            whole = len(group) == len(self._high) and group[0] == 0
            self.add(column, slice(None) if whole else group)
            return
        rank = np.arange(len(group)) - np.repeat(first, np.diff(np.r_[first, len(group)]))
        for turn in range(int(rank.max()) + 1):
            mine = rank == turn
            self.add(column[mine], group[mine])

    @property
    def total(self) -> FloatArray:
        """The sums."""
        return np.asarray(self._high + self._low)
