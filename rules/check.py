"""The slower checks of packs: can a condition be met at all, and do its cases cover what they must?

`tanping.rules.pack` refuses what is malformed; this finds what is well-formed and still wrong. Conditions are tried out by
the engine itself on every combination of the values that make a difference to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.errors import Problem
from tanping.records.expressions import And, Arithmetic, Compare, Kind, Literal, Member, Name, Node, Not, Or, walk
from tanping.records.regions import (
    Place,
    PlaceError,
    cities_of,
    contains,
    find_city,
    find_county,
    find_province,
    register,
)
from tanping.rules.block import Block, Context, Places
from tanping.rules.cases import Case
from tanping.rules.clause import NATIONWIDE, Clause
from tanping.rules.coverage import lacking
from tanping.rules.facts import Catalogue, Fact, FactTable, PaperStatus, Value, encode
from tanping.rules.pack import PackSet
from tanping.rules.program import compile_node

MOST_COMBINATIONS = 250_000


def check_packs(packs: PackSet, cases: Sequence[Case]) -> list[Problem]:
    """Return everything wrong: conditions that can't be met, duplicate clauses, and cases that don't cover their clause."""
    by_clause: dict[str, list[Case]] = {}
    for case in cases:
        by_clause.setdefault(case.clause, []).append(case)
    known = {clause.id for clause in packs.clauses}
    problems = [
        Problem(case.where, case.name, f"没有编号为 {case.clause} 的条款") for case in cases if case.clause not in known
    ]
    for clause in packs.clauses:
        problems += place_problems(clause)
        reach = reach_of(clause, packs.catalogue)
        problems += reach_problems(clause, reach)
        problems += coverage_problems(clause, by_clause.get(clause.id, []), packs.catalogue, reach)
    return problems + list(repeat_problems(packs.clauses))


# ---------------------------------------------------------------------------------------------- places

_FINDERS = {"province": find_province, "city": find_city, "county": find_county}


def place_problems(clause: Clause) -> Iterator[Problem]:
    """Say which places a condition names that the register doesn't have under that very name."""
    for part in walk(clause.hit) if clause.hit is not None else ():
        if not isinstance(part, Member) or part.name not in _FINDERS:
            continue
        for word in part.values:
            try:
                known = _FINDERS[part.name](word)
            except PlaceError as error:
                yield Problem(clause.where, f"{clause.id}.condition", error.what, error.allowed)
                continue
            if known != word:
                yield Problem(clause.where, f"{clause.id}.condition", f"地名“{word}”应写短名", known)


# ---------------------------------------------------------------------------------------------- reach


@dataclass(frozen=True)
class Reach:
    """Whether, over all combinations tried, the condition was ever true, and the clause ever hit, ever not hit, within its scope.

    None: too many combinations to be sure.
    """

    condition: bool | None
    hit: bool | None
    miss: bool | None


def reach_of(clause: Clause, catalogue: Catalogue) -> Reach:
    """Try a clause's condition on every combination of values that make a difference."""
    if clause.condition is None or clause.hit is None:
        return Reach(True, True, True)
    free = _domains(clause.condition, catalogue, None)
    scoped = _domains(clause.hit, catalogue, clause)
    alone = _truth(clause.condition, free, catalogue)
    bound = _truth(clause.hit, scoped, catalogue)
    if bound is None:
        return Reach(None if alone is None else bool(alone.any()), None, None)
    return Reach(None if alone is None else bool(alone.any()), bool(bound.any()), bool((~bound).any()))


def coverage_problems(clause: Clause, cases: Sequence[Case], catalogue: Catalogue, reach: Reach) -> list[Problem]:
    """Say which cases a clause still lacks."""

    def differs(other: Node) -> bool:
        return not _alike(clause, other, catalogue)

    found = list(lacking(clause, cases, catalogue, always_hit=reach.miss is False, differs=differs))
    return [Problem(clause.where, clause.id, f"用例不足：缺{'、'.join(found)}")] if found else []


def _alike(clause: Clause, other: Node, catalogue: Catalogue) -> bool:
    """Whether a condition put in the place of the clause's own says the same wherever the clause can apply, as far as can be tried."""
    assert clause.hit is not None
    domains = _domains(clause.hit, catalogue, clause, on_lines=True)
    own, its = _truth(clause.hit, domains, catalogue), _truth(other, domains, catalogue)
    return own is None or its is None or bool(np.array_equal(own, its))


def reach_problems(clause: Clause, reach: Reach) -> Iterator[Problem]:
    """Say which conditions contradict themselves and which clauses can never be hit."""
    if reach.condition is False:
        yield Problem(clause.where, f"{clause.id}.condition", "条件自相矛盾，永远不成立")
    elif reach.hit is False:
        what = "在本条的行业、性质、地域、期限和例外之内，条件永远不成立"
        yield Problem(clause.where, f"{clause.id}.condition", what)


def _truth(node: Node, domains: dict[str, list[Value]], catalogue: Catalogue) -> NDArray[np.bool_] | None:
    """Return the node's truth for every combination, or None when there are too many."""
    size = 1
    for values in domains.values():
        size *= len(values)
    if size == 0:
        return np.zeros(0, dtype=np.bool_)
    if size > MOST_COMBINATIONS:
        return None
    columns, words, repeat = {}, {}, 1
    for name, values in domains.items():
        fact = catalogue[name]
        if fact.kind is Kind.TEXT:
            words[name] = tuple(map(str, values))
            coded = np.arange(len(values), dtype=np.int32)
        else:
            coded = np.array([encode(fact, value) for value in values])
        columns[name] = np.resize(np.repeat(coded, repeat), size)
        repeat *= len(values)
    table = FactTable.of_columns(catalogue, columns or {"sector": np.zeros(1, dtype=np.int8)}, words=words)
    day = date(2000, 1, 1)
    block = Block(Context(table, day, Places(table, day), {}), 0, table.rows)
    return compile_node(node, catalogue)(block).codes(table.rows) == 1


def _domains(
    node: Node, catalogue: Catalogue, clause: Clause | None, *, on_lines: bool = False
) -> dict[str, list[Value]]:
    """Return the values that make a difference, by fact; within a clause's scope when one is given.

    ``on_lines``: with values that meet a line that is reckoned exactly too (1.25 × 1).
    """
    thresholds: dict[str, set[Any]] = {}
    for part in walk(node):
        if isinstance(part, Member):
            thresholds.setdefault(part.name, set()).update(part.values)
        elif isinstance(part, Name):
            thresholds.setdefault(part.name, set())
        elif isinstance(part, Compare):
            marks = {item.value for item in walk(part) if isinstance(item, Literal)}
            if not marks or (on_lines and any(isinstance(item, Arithmetic) for item in walk(part))):
                marks |= {Decimal(0), Decimal(1)}
            for item in walk(part):
                if isinstance(item, Name):
                    thresholds.setdefault(item.name, set()).update(marks)
    return {name: _values(catalogue[name], marks, clause) for name, marks in thresholds.items()}


def _values(fact: Fact, marks: set[Any], clause: Clause | None) -> list[Value]:
    match fact.kind:
        case Kind.FLAG:
            return [True, False]
        case Kind.PAPER:
            return [PaperStatus.HELD, PaperStatus.ABSENT]
        case Kind.NUMBER:
            return _around(sorted(mark for mark in marks if isinstance(mark, Decimal)))
        case Kind.DATE:
            return _days_around(fact, sorted(mark for mark in marks if isinstance(mark, date)), clause)
        case Kind.CHOICE:
            return list(_scope(fact, clause))
    return _places(fact, marks, clause)


def _around(marks: Sequence[Decimal]) -> list[Value]:
    """Every threshold, a point between each two, and points outside; two more, so that facts can be told apart from each other."""
    values = {mark + step for mark in marks for step in (Decimal(0), Decimal(1), Decimal(-1))}
    values |= {(low + high) / 2 for low, high in itertools.pairwise(marks)}
    low, high = min(values, default=Decimal(0)), max(values, default=Decimal(1))
    return sorted(values | {low - 1000, high + 1000})


def _days_around(fact: Fact, marks: Sequence[date], clause: Clause | None) -> list[Value]:
    days = {mark + timedelta(days=step) for mark in marks or [date(2020, 1, 1)] for step in (-1, 0, 1)}
    if clause and fact.name == "assessment_date" and not clause.date_of:
        days |= {day for day in (clause.effective_from, clause.effective_to) if day}
        return sorted(day for day in days if clause.in_force(day))
    return sorted(days)


def _scope(fact: Fact, clause: Clause | None) -> Iterable[str]:
    if clause is not None:
        scoped = {
            "sector": clause.sectors,
            "unit_nature": clause.unit_natures,
            "project_nature": clause.project_natures or tuple(fact.choices),
        }
        return scoped.get(fact.name, tuple(fact.choices))
    return fact.choices


def _places(fact: Fact, marks: set[Any], clause: Clause | None) -> list[Value]:
    """The places named, as far as the clause's region may hold them, and one that nobody names."""
    named: list[Value] = sorted(str(mark) for mark in marks)
    if clause is not None and clause.region != NATIONWIDE and fact.name == "city":
        day = clause.effective_from or date(2026, 1, 1)
        cities = [(province, city) for province in register().provinces for city in cities_of(province)]
        inside = [city for province, city in cities if contains(clause.region, Place(province, city), day) is not False]
        others: list[Value] = [city for city in inside if city not in named]
        return [city for city in named if city in inside] + others[:1]
    return [*named, "别处"]


# ---------------------------------------------------------------------------------------------- repetition


def repeat_problems(clauses: Sequence[Clause]) -> Iterator[Problem]:
    """The same demand twice: same document, article, scope and condition in whatever order, valid at the same time.

    Two that differ in their figures only are versions of one demand, unless a hit means something else.
    """
    seen: dict[Hashable, list[tuple[Clause, Node]]] = {}
    for clause in clauses:
        if clause.hit is None:
            continue
        key = (
            clause.document.title,
            clause.article,
            frozenset(clause.sectors),
            frozenset(clause.unit_natures),
            frozenset(clause.project_natures),
            clause.region,
            _shape(clause.hit),
        )
        for other, hit in seen.setdefault(key, []):
            same = _figures(clause.hit) == _figures(hit)
            if _overlap(clause, other) and (same or clause.severity is other.severity):
                what = "内容相同且有效期重叠" if same else "只有数值不同而有效期重叠"
                yield Problem(clause.where, clause.id, f"与 {other.id} {what}")
        seen[key].append((clause, clause.hit))


def _shape(node: Node) -> tuple[Hashable, ...]:
    """Return a condition without its figures and the order of its parts."""
    match node:
        case And() | Or():
            return (type(node).__name__, *sorted((_shape(item) for item in node.items), key=repr))
        case Not():
            return "not", _shape(node.item)
        case Compare() | Arithmetic():
            return node.op, _shape(node.left), _shape(node.right)
        case Member():
            return node.name, *sorted(node.values)
        case Name():
            return (node.name,)
    return (type(node).__name__,)


def _figures(node: Node) -> list[tuple[str, list[Any]]]:
    """Return the figures of a condition, each group beside the comparison it stands in, whatever the order."""
    compared = (part for part in walk(node) if isinstance(part, Compare))
    found = [
        (repr(_shape(part)), [item.value for item in walk(part) if isinstance(item, Literal)]) for part in compared
    ]
    return sorted(found, key=str)


def _overlap(one: Clause, other: Clause) -> bool:
    starts = max(one.effective_from or date.min, other.effective_from or date.min)
    return starts <= min(one.effective_to or date.max, other.effective_to or date.max)
