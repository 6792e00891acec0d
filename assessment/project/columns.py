"""One project, or a table of a million, as the same columns.

A ``ColumnTable`` holds one row an item (a unit, a fuel stream …) with ``project`` telling whose it is. Numbers are float64 with NaN for
unknown, in the unit the entry names; dates are datetime64[D] with NaT; words are objects with None; flags are int8 with −1 for unknown.
Accounting and screening only see these. (docs/decisions.md, D8)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.model import Project, Table
from tanping.assessment.project.stated import Stated

UNKNOWN_FLAG = -1


@dataclass(frozen=True)
class ColumnTable:
    """Columns of one table of the catalogue.

    ``numbers``, ``days``, ``words``, ``flags`` map field name → array of ``len(self)`` rows. ``measured_in`` gives the unit a number was
    stated in where a field accepts several (t or 1e4Nm3). ``units`` lists, for each row, the row numbers of the units table it belongs to
    (empty: the whole works). ``rows`` are the stated values themselves, kept for traces (one project) and absent for portfolios.
    """

    name: str
    project: NDArray[np.int32]
    ids: NDArray[np.object_]
    numbers: dict[str, NDArray[np.float64]]
    days: dict[str, NDArray[np.datetime64]]
    words: dict[str, NDArray[np.object_]]
    flags: dict[str, NDArray[np.int8]]
    measured_in: dict[str, NDArray[np.object_]] = field(default_factory=dict)
    units: tuple[tuple[int, ...], ...] = ()
    rows: tuple[Table, ...] | None = None

    def __len__(self) -> int:
        return len(self.project)

    def stated(self, row: int, name: str) -> Stated[Any] | None:
        """Return the stated value behind a cell, when it was kept."""
        return getattr(self.rows[row], name) if self.rows is not None else None


@dataclass(frozen=True)
class ProjectColumns:
    """All tables of ``count`` projects, by table name."""

    count: int
    tables: dict[str, ColumnTable]

    def __getitem__(self, name: str) -> ColumnTable:
        return self.tables[name]


def columns_of(projects: Sequence[Project]) -> ProjectColumns:
    """Lay projects out as columns, keeping the stated values for traces."""
    unit_rows: list[dict[str, int]] = []
    count = 0
    for project in projects:
        unit_rows.append({unit.id: count + at for at, unit in enumerate(project.units)})
        count += len(project.units)
    tables = {}
    for name in TABLES:
        owners: list[int] = []
        rows: list[Table] = []
        for at, project in enumerate(projects):
            part: Iterable[Table] = (getattr(project, name),) if name in ONE_ROW else getattr(project, name)
            for row in part:
                owners.append(at)
                rows.append(row)
        tables[name] = _table(name, owners, tuple(rows), unit_rows)
    return ProjectColumns(len(projects), tables)


def _table(name: str, owners: list[int], rows: tuple[Table, ...], unit_rows: list[dict[str, int]]) -> ColumnTable:
    numbers, days, words, flags, measured = {}, {}, {}, {}, {}
    for column, entry in entries(TABLES[name]).items():
        stated = [getattr(row, column) for row in rows]
        if entry.kind == "quantity":
            numbers[column] = np.array([_number(item) for item in stated], dtype=np.float64)
            if entry.other_units:
                measured[column] = _objects([item.unit or None for item in stated])
        elif entry.kind == "date":
            days[column] = np.array([item.effective for item in stated], dtype="datetime64[D]")
        elif entry.kind == "flag":
            flags[column] = np.array([_flag(item) for item in stated], dtype=np.int8)
        else:
            words[column] = _objects([item.effective for item in stated])
    belongs = (
        tuple(
            _unit_rows(entry_units, unit_rows[owner]) for entry_units, owner in zip(words["units"], owners, strict=True)
        )
        if "units" in words
        else ()
    )
    return ColumnTable(
        name,
        np.array(owners, dtype=np.int32),
        _objects([getattr(row, "id", "") for row in rows]),
        numbers,
        days,
        words,
        flags,
        measured,
        belongs,
        rows,
    )


def _number(stated: Stated[Any]) -> float:
    value = stated.effective
    return float("nan") if value is None else float(value)


def _flag(stated: Stated[Any]) -> int:
    value = stated.effective
    return UNKNOWN_FLAG if value is None else int(value)


def _unit_rows(named: tuple[str, ...] | None, known: dict[str, int]) -> tuple[int, ...]:
    return tuple(known[name] for name in named or () if name in known)


def _objects(items: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
