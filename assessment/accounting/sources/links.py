"""Which production units a row belongs to, as flat pairs (row, unit)."""

from __future__ import annotations

import numpy as np

from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.words import IntArray
from tanping.assessment.project.columns import ColumnTable, ProjectColumns


def unit_links(columns: ProjectColumns, table: ColumnTable) -> tuple[IntArray, IntArray]:
    """Pairs (row, unit row), in row order. A row that names no unit belongs to every unit of its project."""
    first, count = units_of_projects(columns)
    if not table.units and (count == 1).all():
        return np.arange(len(table), dtype=np.int64), first[table.project]
    named = np.fromiter((len(units) for units in table.units), dtype=np.int64, count=len(table.units))
    if not len(named):
        named = np.zeros(len(table), dtype=np.int64)
    own = np.fromiter((unit for units in table.units for unit in units), dtype=np.int64, count=int(named.sum()))
    shared = np.where(named == 0, count[table.project], 0)
    each = named + shared
    rows = np.repeat(np.arange(len(table), dtype=np.int64), each)
    start = np.cumsum(each) - each
    within = np.arange(len(rows), dtype=np.int64) - start[rows]
    units = first[table.project[rows]] + within
    by_name = named[rows] > 0
    units[by_name] = own
    return rows, units


def units_of_projects(columns: ProjectColumns) -> tuple[IntArray, IntArray]:
    """First unit row and number of units of every project (units stand in project order)."""
    owners = columns["units"].project
    count = np.bincount(owners, minlength=columns.count).astype(np.int64)
    return np.cumsum(count) - count, count


def one_unit(books: Books, table: ColumnTable, kind: str) -> IntArray:
    """The unit of a kind each row belongs to: the one it names, or the only one of its project; −1 when that is unclear."""
    of_kind = books.words(books.columns["units"], "kind").are(kind)
    rows, linked = unit_links(books.columns, table)
    keep = of_kind[linked]
    rows, linked = rows[keep], linked[keep]
    how_many = np.bincount(rows, minlength=len(table))
    found = np.full(len(table), -1, dtype=np.int64)
    found[rows] = linked
    found[how_many != 1] = -1
    return found
