"""Screening in columns: every clause against every production unit, one path for one project and for a million.

Rows are taken in blocks that fit the cache. For each clause in force three columns of three-valued truth are kept:
does it apply, is it hit, and is it still hit once the papers not due yet are obtained. Their conjunction is the
level: true → settled at the clause's severity, unknown → possible, false → none. (docs/decisions.md, D3)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.rules.block import BLOCK_ROWS, Block, Context, Day, Places
from tanping.rules.clause import LEVEL_NAMES, UNDECIDED, Clause
from tanping.rules.facts import FactTable, Moment
from tanping.rules.kleene import Kleene, Plane, unpacked
from tanping.rules.pack import PackSet
from tanping.rules.program import Program, compile_program

Levels = NDArray[np.int8]

MOST_PROGRAMS = 16
"""Programs kept for each set of packs: one for each moment and law of the day that was asked for, the oldest dropped."""


@dataclass(frozen=True)
class Outcome:
    """One clause in all rows.

    ``hit``; ``after``: still hit once late papers are obtained; ``level`` = applies ∧ hit ∧ after: true settled at the clause's severity, unknown
    possible, false none. All three are None for a question to an office.
    """

    clause: Clause
    applies: Kleene
    hit: Kleene | None
    after: Kleene | None
    level: Kleene | None


@dataclass(frozen=True)
class Screening:
    """The result for a table.

    ``outcomes``: one for each clause in force (or bound on a date of the project's own), in pack order. ``best``, ``worst``, ``suspected``: one
    level 0–3 a project; ``row_best``, ``row_worst``, ``row_suspected``: one a production unit. ``whole``: all registers of a table of one
    project, so that what is told of it need not be run again.
    """

    packs: PackSet
    context: Context
    moment: Moment
    program: Program
    outcomes: tuple[Outcome, ...]
    row_best: Levels
    row_worst: Levels
    row_suspected: Levels
    whole: tuple[Block, list[Kleene]] | None = None

    @property
    def table(self) -> FactTable:
        """The facts screened."""
        return self.context.table

    @property
    def as_of(self) -> date:
        """The day whose law was used."""
        return self.context.as_of

    @property
    def best(self) -> Levels:
        """Level that is settled, of each project."""
        return self.by_project(self.row_best)

    @property
    def worst(self) -> Levels:
        """Level that is still possible, of each project."""
        return self.by_project(self.row_worst)

    @property
    def suspected(self) -> Levels:
        """Level that is possible when clauses with unchecked text are counted too, of each project."""
        return self.by_project(self.row_suspected)

    def by_project(self, levels: Levels) -> Levels:
        """Return the strictest level of each project's units."""
        if self.table.projects == self.table.rows:
            return levels
        return np.maximum.reduceat(levels, self.table.starts)

    def verdict(self, project: int = 0) -> str:
        """Return 符合/需论证/限制/禁止 when settled, else 资料不足."""
        best, worst = int(self.best[project]), int(self.worst[project])
        return LEVEL_NAMES[best] if best == worst else UNDECIDED

    def outcome(self, clause_id: str) -> Outcome:
        """Return the outcome of a clause. Raises KeyError when it is not in force."""
        for outcome in self.outcomes:
            if outcome.clause.id == clause_id:
                return outcome
        raise KeyError(clause_id)


def evaluate(
    packs: PackSet,
    table: FactTable,
    *,
    as_of: date,
    moment: Moment | str = Moment.APPROVAL,
    dates: Mapping[str, date | NDArray[Any] | None] | None = None,
) -> Screening:
    """Screen every production unit of a table against the clauses in force on ``as_of``.

    ``moment``: the moment judged; papers due later become conditions. ``dates``: the project's own dates by name (one day, or
    datetime64[D] for each row) for clauses that bind on them; what isn't given there is looked for in the table, else unknown.
    """
    moment = Moment(moment)
    days = _days(dates or {})
    clauses = in_force(packs.clauses, as_of)
    program = _program(packs, clauses, moment)
    context = Context(table, as_of, Places(table, as_of), days)
    store = _Store(program, table.rows)
    for start in range(0, table.rows or 1, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, table.rows)
        block = Block(context, start, stop)
        registers = program.run(block)
        store.keep(registers, start, stop)
    whole = (block, registers) if table.projects == 1 and table.rows == block.rows else None
    return Screening(packs, context, moment, program, store.outcomes(), *store.levels, whole=whole)


def in_force(clauses: Iterable[Clause], as_of: date) -> tuple[Clause, ...]:
    """Return the clauses valid on a day; one that binds on another date is judged row by row."""
    return tuple(clause for clause in clauses if clause.date_of or clause.in_force(as_of))


def _days(dates: Mapping[str, date | NDArray[Any] | None]) -> dict[str, Day]:
    days: dict[str, Day] = {}
    for name, value in dates.items():
        if isinstance(value, date):
            days[name] = value
        elif value is not None:
            stamps = np.asarray(value).astype("datetime64[D]")
            days[name] = stamps.astype(np.float64) + date(1970, 1, 1).toordinal()
            days[name][np.isnat(stamps)] = np.nan  # type: ignore[index]
    return days


def _program(packs: PackSet, clauses: tuple[Clause, ...], moment: Moment) -> Program:
    key = (moment, tuple(clause.id for clause in clauses))
    program: Program | None = packs.programs.get(key)
    if program is None:
        program = compile_program(clauses, packs.catalogue, moment)
        packs.programs[key] = program
        for oldest in list(packs.programs)[:-MOST_PROGRAMS]:
            packs.programs.pop(oldest, None)
    return program


class _Store:
    """Collects blocks: each column that clauses refer to, and the levels of the rows."""

    def __init__(self, program: Program, rows: int):
        self.program = program
        self.runs: list[list[Kleene]] = []
        self.levels = (np.zeros(rows, np.int8), np.zeros(rows, np.int8), np.zeros(rows, np.int8))

    def keep(self, registers: list[Kleene], start: int, stop: int) -> None:
        self.runs.append([registers[register] for register in self.program.kept])
        best, worst, suspected = self.levels
        for (level, provisional), members in self.program.groups.items():
            true, possible = np.bitwise_or.reduce(np.array([registers[register].planes for register in members]))
            _raise(suspected[start:stop], possible, level)
            if not provisional:
                _raise(worst[start:stop], possible, level)
                _raise(best[start:stop], true, level)

    def outcomes(self) -> tuple[Outcome, ...]:
        columns = dict(zip(self.program.kept, map(Kleene.joined, zip(*self.runs, strict=True)), strict=True))
        return tuple(
            Outcome(
                entry.clause,
                columns[entry.applies],
                *(None if register is None else columns[register] for register in entry.truths),
            )
            for entry in self.program.clauses
        )


def _raise(levels: Levels, plane: Plane, level: int) -> None:
    """Lift the rows of a plane to a level at least."""
    np.maximum(levels, unpacked(plane, len(levels)).view(np.int8) * np.int8(level), out=levels)
