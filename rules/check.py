"""The slower checks of packs: can a condition be met at all, and do its cases cover what they must?

`tanping.rules.pack` refuses what is malformed; this finds what is well-formed and still wrong. Conditions are tried out by
the engine itself on every combination of the values that make a difference to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.errors import Problem, Where
from tanping.records.expressions import Compare, Kind, Literal, Member, Name, Node, walk
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
from tanping.rules.facts import Catalogue, Fact, FactTable, Moment, PaperStatus, Value, encode
from tanping.rules.finding import Applies, Met
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
    return problems + list(_repeated(packs.clauses))


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


def _domains(node: Node, catalogue: Catalogue, clause: Clause | None) -> dict[str, list[Value]]:
    """Return the values that make a difference, by fact; within a clause's scope when one is given."""
    thresholds: dict[str, set[Any]] = {}
    for part in walk(node):
        if isinstance(part, Member):
            thresholds.setdefault(part.name, set()).update(part.values)
        elif isinstance(part, Name):
            thresholds.setdefault(part.name, set())
        elif isinstance(part, Compare):
            marks = {item.value for item in walk(part) if isinstance(item, Literal)}
            for item in walk(part):
                if isinstance(item, Name):
                    thresholds.setdefault(item.name, set()).update(marks or {Decimal(0), Decimal(1)})
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


# ---------------------------------------------------------------------------------------------- coverage


def coverage_problems(clause: Clause, cases: Sequence[Case], catalogue: Catalogue, reach: Reach) -> list[Problem]:
    """Say which cases a clause still lacks."""
    lacking = list(_lacking(clause, cases, catalogue, reach))
    return [Problem(clause.where, clause.id, f"用例不足：缺{'、'.join(lacking)}")] if lacking else []


def _lacking(clause: Clause, cases: Sequence[Case], catalogue: Catalogue, reach: Reach) -> Iterator[str]:
    met = {case.met for case in cases}
    if clause.manual:
        if Met.MANUAL not in met:
            yield "转人工"
    else:
        if not met & {Met.HIT, Met.CONDITIONAL}:
            yield "不符合"
        if Met.MET not in met and reach.miss is not False:
            yield "符合"
        if Met.UNKNOWN not in met and not any(case.applies is Applies.OPEN for case in cases):
            yield "资料不足"
        yield from _thresholds(clause, cases)
        yield from _papers(clause, cases, catalogue)
    yield from _ends(clause, cases)


def _thresholds(clause: Clause, cases: Sequence[Case]) -> Iterator[str]:
    """Each number or date a fact is compared with: exactly on the line, and one step either side."""
    for part in dict.fromkeys(walk(clause.hit) if clause.hit is not None else ()):
        if not (isinstance(part, Compare) and isinstance(part.left, Name) and isinstance(part.right, Literal)):
            continue
        mark: Any = part.right.value
        told: list[Any] = [case.facts[part.left.name] for case in cases if part.left.name in case.facts]
        if part.left.name == "assessment_date":
            told += [case.as_of for case in cases]
        below = any(value < mark for value in told) or mark == 0  # few amounts can be less than nothing
        sides = {"线下": below, "线上": mark in told, "线外": any(value > mark for value in told)}
        short = [side for side, there in sides.items() if not there]
        if short:
            yield f"{part.left.name} 在 {mark} 的{'/'.join(short)}"


def _papers(clause: Clause, cases: Sequence[Case], catalogue: Catalogue) -> Iterator[str]:
    """Each paper: judged before its moment, and when it is due."""
    for name in clause.facts:
        if catalogue[name].kind is not Kind.PAPER:
            continue
        due = clause.paper_binds_at(name, catalogue)
        told = [case.moment for case in cases if name in case.facts]
        if due is not Moment.ACCEPTANCE and not any(due.is_after(moment) for moment in told):
            yield f"{name} 在{due}之前"
        if not any(not due.is_after(moment) for moment in told):
            yield f"{name} 到{due}时"


def _ends(clause: Clause, cases: Sequence[Case]) -> Iterator[str]:
    """Each end of the validity: a day inside and a day outside."""
    first, last = clause.effective_from, clause.effective_to
    days = [
        case.dates.get(clause.date_of, case.facts.get(clause.date_of)) if clause.date_of else case.as_of
        for case in cases
    ]
    told = [day for day in days if isinstance(day, date)]
    if first and not any(day < first for day in told):
        yield f"{first} 施行之前"
    if last and not any(day > last for day in told):
        yield f"{last} 失效之后"
    if (first or last) and not any((not first or first <= day) and (not last or day <= last) for day in told):
        yield "有效期之内"


# ---------------------------------------------------------------------------------------------- repetition


def _repeated(clauses: Sequence[Clause]) -> Iterator[Problem]:
    """The same demand twice: same document, article, scope and condition, valid at the same time."""
    seen: dict[tuple[object, ...], list[Clause]] = {}
    for clause in clauses:
        if clause.condition is None:
            continue
        key = (
            clause.document.title,
            clause.article,
            frozenset(clause.sectors),
            frozenset(clause.unit_natures),
            frozenset(clause.project_natures),
            clause.region,
            clause.hit,
        )
        for other in seen.setdefault(key, []):
            if _overlap(clause, other):
                yield Problem(clause.where, clause.id, f"与 {other.id} 内容相同且有效期重叠（{_place(other.where)}）")
        seen[key].append(clause)


def _overlap(one: Clause, other: Clause) -> bool:
    starts = max(one.effective_from or date.min, other.effective_from or date.min)
    return starts <= min(one.effective_to or date.max, other.effective_to or date.max)


def _place(where: Where) -> str:
    return f"第 {where.line} 行" if where.line else where.source
