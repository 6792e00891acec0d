"""One project, or a table of a million, as the same columns.

A ``ColumnTable`` holds one row an item (a unit, a fuel stream …) with ``project`` telling whose it is. Numbers are float64 with
NaN for unknown, in the unit the entry names; dates are datetime64[D] with NaT; words are objects with None; flags are int8 with
−1 for unknown. Accounting and screening only see these. (docs/decisions.md, D8)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.model import Paper, Project, Table
from tanping.assessment.project.stated import Stated
from tanping.records.regions import find_place

UNKNOWN_FLAG = -1


@dataclass(frozen=True)
class ColumnTable:
    """Columns of one table of the catalogue.

    ``numbers``, ``days``, ``words``, ``flags`` map field name → array of ``len(self)`` rows. ``measured_in`` gives the unit a
    number was stated in where a field accepts several (t or 1e4Nm3). ``units`` lists, for each row, the row numbers of the units
    table it belongs to (empty: the whole works). ``rows`` are the stated values themselves, kept for traces (one project) and
    absent for portfolios.
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
class AnswerColumn:
    """Answers to one fact or the status and date of one paper: a value a fact row (None or NaN: unknown), and who stands behind it."""

    values: NDArray[Any]
    claimed: NDArray[np.bool_]
    dates: NDArray[np.datetime64] | None = None
    stated: tuple[Stated[Any] | Paper | None, ...] | None = None


@dataclass(frozen=True)
class ProjectColumns:
    """All tables of ``count`` projects by table name, and the answers to facts and papers.

    Answers have one row a production unit, and one for a project without units: ``fact_project`` tells whose row it is,
    ``fact_unit`` its row in the units table (−1: none).
    """

    count: int
    tables: dict[str, ColumnTable]
    fact_project: NDArray[np.int32]
    fact_unit: NDArray[np.int32]
    answers: dict[str, AnswerColumn] = field(default_factory=dict)

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
    fact_rows = [(at, unit) for at, known in enumerate(unit_rows) for unit in (list(known.values()) if known else [-1])]
    return ProjectColumns(
        len(projects),
        tables,
        np.array([owner for owner, _ in fact_rows], dtype=np.int32),
        np.array([unit for _, unit in fact_rows], dtype=np.int32),
        _answers(projects, unit_rows, len(fact_rows)),
    )


def _table(name: str, owners: list[int], rows: tuple[Table, ...], unit_rows: list[dict[str, int]]) -> ColumnTable:
    numbers: dict[str, NDArray[np.float64]] = {}
    days: dict[str, NDArray[np.datetime64]] = {}
    words: dict[str, NDArray[np.object_]] = {}
    flags: dict[str, NDArray[np.int8]] = {}
    measured: dict[str, NDArray[np.object_]] = {}
    for column, entry in entries(TABLES[name]).items():
        stated = [getattr(row, column) for row in rows]
        if entry.kind == "quantity":
            numbers[column] = np.array([_number(item) for item in stated], dtype=np.float64)
            if entry.other_units:
                measured[column] = _objects([item.effective_unit or None for item in stated])
        elif entry.kind == "date":
            days[column] = np.array([item.effective for item in stated], dtype="datetime64[D]")
        elif entry.kind == "flag":
            flags[column] = np.array([_flag(item) for item in stated], dtype=np.int8)
        else:
            words[column] = _objects([item.effective for item in stated])
    belongs: tuple[tuple[int, ...], ...] = ()
    if "units" in words:
        belongs = tuple(
            _unit_rows(named, unit_rows[owner]) for named, owner in zip(words["units"], owners, strict=True)
        )
    if name == "site":
        words |= place_words(words)
    ids = _objects([getattr(row, "id", "") for row in rows])
    return ColumnTable(
        name, np.array(owners, dtype=np.int32), ids, numbers, days, words, flags, measured, belongs, rows
    )


def place_words(words: Mapping[str, NDArray[np.object_]]) -> dict[str, NDArray[np.object_]]:
    """Return province, city and county in the register's short names (江苏省 → 江苏). Raises PlaceError for unknown places."""
    named = ("province", "city", "county")
    places = list(zip(*(words[name].tolist() for name in named), strict=True))
    short = {place: find_place(*place) for place in set(places)}
    found = [short[place] for place in places]
    return {name: _objects([place[at] for place in found]) for at, name in enumerate(named)}


def _answers(projects: Sequence[Project], unit_rows: list[dict[str, int]], rows: int) -> dict[str, AnswerColumn]:
    """Spread project answers over the units; a unit's own answer goes before the project's."""
    said: dict[str, list[Stated[Any] | Paper | None]] = {}
    row = 0
    for project in projects:
        whole: dict[str, Stated[Any] | Paper] = {**project.facts, **project.papers}
        own: Iterator[dict[str, Stated[Any]]] = (unit.facts for unit in project.units)
        for facts in own if project.units else ({},):
            for name, answer in {**whole, **facts}.items():
                said.setdefault(name, [None] * rows)[row] = answer
            row += 1
    return {name: _answer_column(stated) for name, stated in said.items()}


def _answer_column(stated: list[Stated[Any] | Paper | None]) -> AnswerColumn:
    values: list[Any] = []
    dates: list[Any] = []
    for item in stated:
        core = item.status if isinstance(item, Paper) else item
        values.append(None if core is None else core.effective)
        dates.append(item.date.effective if isinstance(item, Paper) else None)
    claimed = np.array([_claimed(item) for item in stated], dtype=bool)
    return AnswerColumn(_objects(values), claimed, np.array(dates, dtype="datetime64[D]"), tuple(stated))


def _claimed(item: Stated[Any] | Paper | None) -> bool:
    core = item.status if isinstance(item, Paper) else item
    return core is not None and core.claimed


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
