"""Why a project's figures are what they are, for many projects: what is missing and which factors were used.

Projects whose tables have the same blanks, the same deciding words and the same class are alike: one of them is asked (``Block.missing``,
``Block.factors``: the words of the one-project view), the answer stands for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.blocks import Block
from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.accounting.operands import row_name
from tanping.assessment.accounting.words import IntArray
from tanping.assessment.portfolio.numbered import numbered
from tanping.assessment.project.columns import ColumnTable

# Words that decide which formula and which factor a row takes.
DECIDING = {
    "units": ("kind", "nature"),
    "fuels": ("fuel", "role"),
    "materials": ("material", "role"),
    "energy": ("kind", "certificate"),
    "products": ("product",),
    "construction": ("kind", "item"),
    "lifetime": ("grid_scenario",),
}
NO_DATE = "生产单元：投产日期未填，无法逐年计算"
NO_LIFE = "生产单元：设计寿命未填，无法计算全生命周期"


@dataclass(frozen=True)
class Explained:
    """``of_project``: number of each project's explanation; ``missing`` and ``factors`` by that number."""

    of_project: IntArray
    missing: tuple[tuple[str, ...], ...]
    factors: tuple[tuple[str, ...], ...]


def explain(blocks: InventoryBlocks) -> Explained:
    """Explain every project of some blocks."""
    count = blocks.columns.count
    state = blocks.books.class_of.astype(np.int64)
    for lacking in blocks.unstated.values():
        state = _refined(state, lacking)
    undated, unlived = _unserved(blocks)
    state = _refined(_refined(state, undated), unlived)
    for block in blocks.summed:
        kind = _alike(blocks, block)
        for rows in _turns(block.project):
            step = np.zeros(count, dtype=np.int64)
            step[block.project[rows]] = kind[rows] + 1
            state = _refined(state, step)
    _, examples, of_project = np.unique(state, return_index=True, return_inverse=True)
    told = [_told(blocks, int(project), undated, unlived) for project in examples]
    return Explained(of_project, tuple(missing for missing, _ in told), tuple(factors for _, factors in told))


def _refined(state: IntArray, step: NDArray[Any]) -> IntArray:
    """Number the pairs (state, step) that occur."""
    if not step.any():
        return state
    codes = step.astype(np.int64)
    return numbered(state * (int(codes.max()) + 1) + codes)[1]


def _alike(blocks: InventoryBlocks, block: Block) -> IntArray:
    """Number the sources of a block by what their explanation depends on."""
    table, rows = block.table, block.rows
    state = blocks.books.place(table)[rows].astype(np.int64)
    for numbers in table.numbers.values():
        taken = numbers[rows]
        state = _refined(state, np.isnan(taken))
    for column in DECIDING.get(table.name, ()):
        state = _refined(state, blocks.books.words(table, column).codes[rows])
    for operand in block.operands.values():
        state = _refined(state, np.isnan(operand.values[rows]))
    return _refined(state, np.isnan(block.design))


def _turns(project: IntArray) -> Iterator[IntArray]:
    """Yield positions so that no project occurs twice in one turn: first sources, second sources …"""
    if not len(project):
        return
    first = np.flatnonzero(np.r_[True, project[1:] != project[:-1]])
    rank = np.arange(len(project)) - np.repeat(first, np.diff(np.r_[first, len(project)]))
    for turn in range(int(rank.max()) + 1):
        yield np.flatnonzero(rank == turn)


def _unserved(blocks: InventoryBlocks) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    units, mine = blocks.columns["units"], blocks.proposed_units
    undated = np.zeros(blocks.columns.count, dtype=bool)
    unlived = undated.copy()
    undated[units.project[mine & np.isnat(units.days["commissioned"])]] = True
    unlived[units.project[mine & np.isnan(units.numbers["life"])]] = True
    return undated, unlived


def _told(
    blocks: InventoryBlocks, project: int, undated: NDArray[np.bool_], unlived: NDArray[np.bool_]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    missing = [line for line, lacking in blocks.unstated.items() if lacking[project]]
    factors = []
    for block in blocks.summed:
        low, high = np.searchsorted(block.project, (project, project + 1))
        for at in range(int(low), int(high)):
            missing += [_nameless(line, block.table, int(block.rows[at])) for line in block.missing(at)]
            factors += [_named(use.key, use.data_year) for use in block.factors(at)]
    missing += [line for line, lacks in ((NO_DATE, undated), (NO_LIFE, unlived)) if lacks[project]]
    return tuple(dict.fromkeys(missing)), tuple(sorted(set(factors)))


def _nameless(line: str, table: ColumnTable, row: int) -> str:
    """The line without the name of the row it was asked of: it stands for all that are alike."""
    return line.replace(f"“{row_name(table, row)}”", "")


def _named(key: str, year: str) -> str:
    return f"{key}@{year}" if year else key
