"""From typed columns to ``ProjectColumns``: the same tables accounting and screening read of one project file.

One row of a portfolio is one production unit; rows side by side with the same project code are one project. What belongs to the whole project
(dates, place, method …) stands in its first row and may be repeated, not contradicted, in the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.portfolio.heading import FACTS, PAPERS, Heading, Target
from tanping.assessment.portfolio.typed import Fault, Typed
from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.columns import (
    UNKNOWN_FLAG,
    AnswerColumn,
    ColumnTable,
    ProjectColumns,
    place_words,
)
from tanping.records.regions import PlaceError, find_place
from tanping.rules.facts import PaperStatus

Index = NDArray[np.int64]
PLACE = ("province", "city", "county")
OTHER_ROW_WRONG = "同一项目的另一行有误，整个项目没有计算"


@dataclass(frozen=True)
class Rows:
    """Typed columns of one partition by target. ``project`` numbers the rows' projects: 0, 0, 1, 2, 2 …

    ``constant`` columns are the same in every row: alone they do not make an item.
    """

    count: int
    typed: Mapping[Target, Typed]
    headings: Mapping[Target, Heading]
    project: Index
    constant: frozenset[Target] = frozenset()

    @property
    def first(self) -> Index:
        """First row of every project."""
        return np.flatnonzero(np.r_[True, self.project[1:] != self.project[:-1]]) if self.count else np.zeros(0, int)

    def words(self, table: str, field: str) -> NDArray[np.object_]:
        """A column of words; None where there is none."""
        held = self.typed.get(Target(table, field))
        return held.values if held is not None else np.full(self.count, None, dtype=object)


# --- what is wrong between cells -------------------------------------------------------------------------------------------


def faults_of(rows: Rows) -> Iterator[Fault]:
    """Yield what is wrong: with cells, between the rows of a project, with places."""
    for held in rows.typed.values():
        yield from held.faults
    yield from _contradictions(rows)
    yield from _unit_ids(rows)
    yield from _places(rows)


def refused(rows: Rows, faults: Sequence[Fault]) -> tuple[NDArray[np.bool_], Fault | None]:
    """Return the rows that are not computed, and the fault of those that are right but share a project with a wrong one."""
    wrong = np.zeros(rows.count, dtype=bool)
    for fault in faults:
        wrong[fault.rows] = True
    if not wrong.any():
        return wrong, None
    bad = np.zeros(int(rows.project[-1]) + 1, dtype=bool)
    bad[rows.project[wrong]] = True
    whole = bad[rows.project]
    others = np.flatnonzero(whole & ~wrong)
    return whole, Fault(others, "", OTHER_ROW_WRONG, "改正同一项目的那一行") if len(others) else None


def _whole(target: Target) -> bool:
    return target.table in ONE_ROW


def _contradictions(rows: Rows) -> Iterator[Fault]:
    if len(rows.first) == rows.count:
        return
    head = rows.first[rows.project]
    for target, held in rows.typed.items():
        if _whole(target):
            differs = held.given & _differ(held.values, held.values[head])
            if differs.any():
                text = rows.headings[target].text
                yield Fault(np.flatnonzero(differs), text, "与本项目第一行不一致", "留空，或与第一行相同")


def _differ(values: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        return (values != others) & ~(np.isnan(values) & np.isnan(others))
    if values.dtype.kind == "M":
        return (values != others) & ~(np.isnat(values) & np.isnat(others))
    return np.asarray(values != others, dtype=bool)


def _unit_ids(rows: Rows) -> Iterator[Fault]:
    target = Target("units", "id")
    if target not in rows.typed:
        return
    if len(rows.first) == rows.count:
        return
    seen: set[tuple[int, Any]] = set()
    twice = []
    for row, key in enumerate(zip(rows.project.tolist(), rows.typed[target].values.tolist(), strict=True)):
        if key[1] is not None and key in seen:
            twice.append(row)
        seen.add(key)
    if twice:
        yield Fault(np.array(twice), rows.headings[target].text, "同一项目内生产单元编号重复", "编号不重复")


def _places(rows: Rows) -> Iterator[Fault]:
    where: dict[tuple[str | None, ...], list[int]] = {}
    for row, place in enumerate(zip(*(rows.words("site", name).tolist() for name in PLACE), strict=True)):
        where.setdefault(place, []).append(row)
    for place, at in where.items():
        try:
            find_place(*place)
        except PlaceError as error:
            mend = "；例：".join(part for part in (error.allowed, error.example) if part)
            yield Fault(np.array(at), "厂址", error.what, mend, "".join(filter(None, place)))


# --- columns -----------------------------------------------------------------------------------------------------------------


def assemble(rows: Rows, kept: Index) -> ProjectColumns:
    """Lay the kept rows (whole projects, ascending) out as columns."""
    project = rows.project[kept]
    new = np.r_[True, project[1:] != project[:-1]]
    owner = (np.cumsum(new) - 1).astype(np.int32)
    heads = kept[new]
    made = _Maker(rows, kept, owner, heads)
    tables = {name: made.table(name) for name in TABLES}
    has_units = len(tables["units"]) > 0
    units = np.arange(len(kept), dtype=np.int32) if has_units else np.full(len(kept), -1, dtype=np.int32)
    return ProjectColumns(len(heads), tables, owner, units, made.answers())


@dataclass(frozen=True)
class _Maker:
    rows: Rows
    kept: Index
    owner: NDArray[np.int32]
    heads: Index

    def table(self, name: str) -> ColumnTable:
        """One table of the catalogue: a row a project, a row a unit, or a row for each item that any cell speaks of."""
        if name in ONE_ROW:
            at = np.arange(len(self.heads), dtype=np.int32)
            return self._columns(name, at, [(1, self.heads)], np.arange(len(self.heads)), _filled(len(at), ""))
        items = sorted({target.at for target in self.rows.typed if target.table == name})
        if name == "units":
            ids = self._unit_ids()
            whole = [(1, self.kept)] if items else [(1, self.kept[:0])]
            count = len(whole[0][1])
            return self._columns(name, self.owner[:count], whole, np.arange(count), ids[:count])
        return self._items(name, items)

    def _unit_ids(self) -> NDArray[np.object_]:
        ids = self.rows.words("units", "id")[self.kept].copy()
        blank = np.flatnonzero(ids == np.array(None))
        starts = np.flatnonzero(np.r_[True, self.owner[1:] != self.owner[:-1]])
        place = np.arange(len(ids)) - starts[self.owner] + 1
        words = np.array([str(number) for number in range(int(place.max(initial=0)) + 1)], dtype=object)
        ids[blank] = words[place[blank]]
        return ids

    def _items(self, name: str, items: Sequence[int]) -> ColumnTable:
        parts = []
        for at in items:
            spoken = np.zeros(self.rows.count, dtype=bool)
            for target, held in self.rows.typed.items():
                if target.table == name and target.at == at and target not in self.rows.constant:
                    spoken |= held.given
            parts.append((at, np.flatnonzero(spoken[self.kept])))
        places = np.concatenate([part for _, part in parts]) if parts else np.zeros(0, dtype=np.int64)
        numbers = np.repeat([at for at, _ in parts], [len(part) for _, part in parts]).astype(np.int64)
        order = np.lexsort((numbers, places))
        words = np.array([str(number) for number in range(max(items, default=0) + 1)], dtype=object)
        table = self._columns(
            name,
            self.owner[places[order]],
            [(at, self.kept[part]) for at, part in parts],
            order,
            words[numbers[order]] if len(order) else _filled(0, ""),
        )
        return self._linked(table, places[order])

    def _linked(self, table: ColumnTable, places: Index) -> ColumnTable:
        """Tie items to the unit of their row where projects have several units; else they belong to the whole works."""
        if "units" not in table.words or len(self.heads) == len(self.kept):
            return table
        return replace(table, units=tuple((place,) for place in places.tolist()))

    def _columns(
        self, name: str, project: NDArray[np.int32], parts: Sequence[tuple[int, Index]], order: Index, ids: Any
    ) -> ColumnTable:
        numbers: dict[str, NDArray[np.float64]] = {}
        days: dict[str, NDArray[np.datetime64]] = {}
        words: dict[str, NDArray[np.object_]] = {}
        flags: dict[str, NDArray[np.int8]] = {}
        measured: dict[str, NDArray[np.object_]] = {}
        for field, entry in entries(TABLES[name]).items():
            held = [(self.rows.typed.get(Target(name, field, at)), rows) for at, rows in parts]
            if entry.kind == "quantity":
                numbers[field] = _gather(held, order, np.nan, np.float64)
                if entry.other_units:
                    measured[field] = _gather(held, order, None, object, units=True)
            elif entry.kind == "date":
                days[field] = _gather(held, order, np.datetime64("NaT"), "datetime64[D]")
            elif entry.kind == "flag":
                flags[field] = _gather(held, order, UNKNOWN_FLAG, np.int8)
            else:
                words[field] = _gather(held, order, None, object)
        if name == "site":
            words |= place_words(words)
        return ColumnTable(name, project, ids, numbers, days, words, flags, measured)

    def answers(self) -> dict[str, AnswerColumn]:
        """Facts and papers, one value a kept row: the row's own, else that of the project's first row."""
        found = {}
        for target, held in self.rows.typed.items():
            if target.table == FACTS:
                at = self._said_at(held)
                found[target.field] = AnswerColumn(held.values[at], held.given[at])
            elif target.table == PAPERS and not target.field.endswith(".date"):
                found[target.field] = self._paper(target, held)
        for target, held in self.rows.typed.items():
            paper = target.field.removesuffix(".date")
            if target.table == PAPERS and paper not in found:
                at = self._said_at(held)
                nothing = np.full(len(at), -1, dtype=np.int8)
                found[paper] = AnswerColumn(nothing, held.given[at], held.values[at])
        return found

    def _said_at(self, held: Typed) -> Index:
        return np.where(held.given[self.kept], self.kept, self.heads[self.owner])

    def _paper(self, target: Target, held: Typed) -> AnswerColumn:
        code = {status.value: np.int8(status.code) for status in PaperStatus}
        at = self._said_at(held)
        codes = np.array([code.get(word, np.int8(-1)) for word in held.values[at].tolist()], dtype=np.int8)
        day = self.rows.typed.get(Target(PAPERS, f"{target.field}.date"))
        return AnswerColumn(codes, held.given[at], None if day is None else day.values[self._said_at(day)])


def _gather(
    held: Sequence[tuple[Typed | None, Index]], order: Index, blank: Any, kind: Any, *, units: bool = False
) -> NDArray[Any]:
    """Take a field's values of every item at its rows, then put the items into the order of the rows."""
    parts = []
    for column, rows in held:
        source = None if column is None else column.measured_in if units else column.values
        if source is None:
            parts.append(np.full(len(rows), blank, dtype=kind))
        else:
            parts.append(source[rows])
    joined = np.concatenate(parts) if parts else np.empty(0, dtype=kind)
    return joined[order] if len(parts) > 1 else joined


def _filled(count: int, word: Any) -> NDArray[np.object_]:
    column = np.empty(count, dtype=object)
    column[:] = word
    return column
