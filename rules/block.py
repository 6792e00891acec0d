"""A run of rows of a fact table, small enough for the cache, and the three-valued columns that can be read off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.regions import Place, contains
from tanping.rules.facts import SATISFIED_FROM, FactTable
from tanping.rules.kleene import Kleene, Mask, Plane

BLOCK_ROWS = 65_536

Day = date | NDArray[np.float64]
Contains = Callable[[str, Place, date], bool | None]

_NOBODY = -2
_DENSE = 1 << 22
_PLACE_NAMES = ("province", "city", "county")


class Places:
    """The places of a table: each distinct province, city and county once, and which of them a row lies in."""

    def __init__(self, table: FactTable, as_of: date, inside: Contains = contains):
        columns = [np.asarray(table.column(name), dtype=np.int64) + 1 for name in _PLACE_NAMES]
        words = [(None, *table.words.get(name, ())) for name in _PLACE_NAMES]
        sizes = [len(part) for part in words]
        key = (columns[0] * sizes[1] + columns[1]) * sizes[2] + columns[2]
        distinct, self.index = _distinct(key, sizes[0] * sizes[1] * sizes[2])
        self.places = [
            Place(
                words[0][at // (sizes[1] * sizes[2])],
                words[1][at // sizes[2] % sizes[1]],
                words[2][at % sizes[2]],
            )
            for at in distinct.tolist()
        ]
        self.as_of, self.inside = as_of, inside
        self._known: dict[str, tuple[Mask, Mask]] = {}

    def truth(self, region: str) -> tuple[Mask, Mask]:
        """Return, for each distinct place, whether it is surely inside and whether it may be."""
        if region not in self._known:
            answers = [self.inside(region, place, self.as_of) for place in self.places]
            inside = np.array([answer is True for answer in answers])
            self._known[region] = inside, np.array([answer is not False for answer in answers])
        return self._known[region]


def _distinct(key: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size > _DENSE:
        distinct, index = np.unique(key, return_inverse=True)
        return distinct, index
    present = np.zeros(size, dtype=np.bool_)
    present[key] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[key]


@dataclass(frozen=True)
class Context:
    """What holds for a whole screening: the day judged, where the rows lie, and the dates clauses may bind on."""

    table: FactTable
    as_of: date
    places: Places
    dates: Mapping[str, Day]


class Block:
    """Rows ``start`` to ``stop`` of a table. Columns read twice are kept."""

    def __init__(self, context: Context, start: int, stop: int):
        self.context, self.part = context, slice(start, stop)
        self.rows = stop - start
        self._known: dict[str, Plane] = {}
        self._equal: dict[tuple[str, str], Plane] = {}

    def column(self, name: str) -> NDArray[Any] | None:
        """Return a column's values in these rows; None when nobody answered."""
        found = self.context.table.columns.get(name)
        if found is not None:
            return found[self.part]
        if name == "assessment_date":
            return np.full(self.rows, float(self.context.as_of.toordinal()))
        return None

    @cached_property
    def unknown(self) -> Kleene:
        """The column of which nothing is known."""
        return Kleene.constant(None, self.rows)

    def answers(self, name: str) -> bool:
        """Whether there is such a column at all."""
        return name in self.context.table.columns or name == "assessment_date"

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers or dates: float64, NaN where unknown."""
        values = self.column(name)
        return np.full(self.rows, np.nan) if values is None else values

    def known(self, name: str) -> Plane:
        """Return the plane of the rows where a column is answered."""
        if name not in self._known:
            values = self.column(name)
            self._known[name] = _answered(values) if values is not None else self.unknown.true
        return self._known[name]

    def flag(self, name: str) -> Kleene:
        """Return a flag."""
        values = self.column(name)
        return self.unknown if values is None else Kleene.of_masks(values == 1, values != 0)

    def paper(self, name: str) -> Kleene:
        """Return whether a paper is as good as held; unknown where its status was not told."""
        values = self.column(name)
        if values is None:
            return self.unknown
        held = values >= SATISFIED_FROM
        return Kleene.of_masks(held, held | (values < 0))

    def member(self, name: str, wanted: Sequence[str]) -> Kleene:
        """Return whether a choice or text is one of the wanted."""
        values = self.column(name)
        if values is None:
            return self.unknown
        first, *others = wanted
        inside = self.equal(name, values, first)
        for other in others:
            inside = inside | self.equal(name, values, other)
        return Kleene.of_planes(inside, self.known(name))

    def equal(self, name: str, values: NDArray[Any], word: str) -> Plane:
        """Return the plane of the rows where a choice or text is this one."""
        if (name, word) not in self._equal:
            self._equal[name, word] = np.packbits(values == self.code(name, word))
        return self._equal[name, word]

    def code(self, name: str, word: str) -> int:
        """Return the code a word has in this table's column; a word nobody used matches nothing."""
        table = self.context.table
        known = tuple(table.catalogue[name].choices) or table.words.get(name, ())
        return known.index(word) if word in known else _NOBODY

    def compared(self, outcome: Mask, facts: Sequence[str]) -> Kleene:
        """Return a comparison's outcome, unknown where any of its facts is."""
        known = self.known(facts[0])
        for name in facts[1:]:
            known = known & self.known(name)
        return Kleene.of_planes(np.packbits(outcome) & known, known)

    def region(self, name: str) -> Kleene:
        """Return whether the rows lie in a region of the register."""
        places = self.context.places
        inside, possible = places.truth(name)
        index = places.index[self.part]
        return Kleene.of_masks(inside[index], possible[index])

    def in_force(self, name: str, first: date | None, last: date | None) -> Kleene:
        """Return whether a dated clause is valid on another date of the project."""
        days = self.context.dates.get(name)
        ordinals = self.numbers(name) if days is None else days
        if isinstance(ordinals, date):
            ordinals = np.full(self.rows, float(ordinals.toordinal()))
        elif days is not None:
            ordinals = ordinals[self.part]
        inside = np.ones(self.rows, dtype=np.bool_)
        if first:
            inside &= ordinals >= first.toordinal()
        if last:
            inside &= ordinals <= last.toordinal()
        return Kleene.of(inside, ordinals == ordinals)


def _answered(values: NDArray[Any]) -> Plane:
    return np.packbits(values == values if values.dtype == np.float64 else values >= 0)
