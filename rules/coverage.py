"""Which cases a clause still lacks: hit, miss and unknown, every line and every date from both sides, every paper, every limit of its scope.

A figure that merely occurs in a case proves little; so each part of a condition must also decide: with the part left out, or with
its ``<`` read as ``<=``, some case of the clause has to come out differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.expressions import And, Compare, Kind, Literal, Name, Node, Not, Or, render, walk
from tanping.records.regions import Place, contains
from tanping.rules.block import Block, Context, Places
from tanping.rules.cases import Case
from tanping.rules.clause import NATIONWIDE, Clause
from tanping.rules.facts import Catalogue, FactTable, Moment
from tanping.rules.finding import Applies, Met
from tanping.rules.program import compile_node

ONE_DAY = timedelta(days=1)


def lacking(
    clause: Clause,
    cases: Sequence[Case],
    catalogue: Catalogue,
    *,
    always_hit: bool,
    differs: Callable[[Node], bool],
) -> Iterator[str]:
    """Yield what the cases of a clause leave untried. ``differs``: whether another condition in its place could ever say something else."""
    if clause.manual:
        if Met.MANUAL not in {case.met for case in cases}:
            yield "转人工"
    else:
        yield from _outcomes(cases, always_hit)
        yield from _thresholds(clause, cases, catalogue)
        yield from _papers(clause, cases, catalogue)
        yield from _idle(clause, cases, catalogue, differs)
    yield from _inside(clause, cases, catalogue)
    yield from _outside(clause, cases, catalogue)
    yield from _ends(clause, cases)


def _outcomes(cases: Sequence[Case], always_hit: bool) -> Iterator[str]:
    met = {case.met for case in cases}
    if not met & {Met.HIT, Met.CONDITIONAL}:
        yield "不符合"
    if Met.MET not in met and not always_hit:
        yield "符合"
    if Met.UNKNOWN not in met and not any(case.applies is Applies.OPEN for case in cases):
        yield "资料不足"


# ---------------------------------------------------------------------------------------------- lines and dates


def _thresholds(clause: Clause, cases: Sequence[Case], catalogue: Catalogue) -> Iterator[str]:
    """Each number or date a fact is compared with: exactly on the line, and one step either side."""
    for part in dict.fromkeys(walk(clause.hit) if clause.hit is not None else ()):
        if not (isinstance(part, Compare) and isinstance(part.left, Name) and isinstance(part.right, Literal)):
            continue
        mark: Any = part.right.value
        step = _step(mark)
        told: list[Any] = [case.facts[part.left.name] for case in cases if part.left.name in case.facts]
        if part.left.name == "assessment_date":
            told += [case.as_of for case in cases]
        below = any(mark - step <= value < mark for value in told) or mark == 0  # few amounts can be less than nothing
        above = any(mark < value <= mark + step for value in told)
        sides = {"线下一步": below, "线上": mark in told, "线外一步": above}
        short = [side for side, there in sides.items() if not there]
        if short:
            yield f"{catalogue[part.left.name].label}在 {mark} 的{'/'.join(short)}"


def _step(mark: Decimal | date) -> Any:
    """Return one step of a line: a day, or one in the last decimal it is written with (one where it has none)."""
    if isinstance(mark, date):
        return ONE_DAY
    return Decimal(1).scaleb(min(int(mark.as_tuple().exponent), 0))


def _ends(clause: Clause, cases: Sequence[Case]) -> Iterator[str]:
    """Each end of the validity: the last day on one side, the first on the other."""
    days = [
        case.dates.get(clause.date_of, case.facts.get(clause.date_of)) if clause.date_of else case.as_of
        for case in cases
    ]
    first, last = clause.effective_from, clause.effective_to
    wanted = [(first - ONE_DAY, "施行前一日"), (first, "施行当日")] if first else []
    wanted += [(last, "失效当日"), (last + ONE_DAY, "失效次日")] if last else []
    for day, called in wanted:
        if day not in days:
            yield f"{day}（{called}）"


# ---------------------------------------------------------------------------------------------- papers


def _papers(clause: Clause, cases: Sequence[Case], catalogue: Catalogue) -> Iterator[str]:
    """Each paper: judged at the moment before it is due, and when it is due."""
    moments = tuple(Moment)
    for name in clause.facts:
        if catalogue[name].kind is not Kind.PAPER:
            continue
        due = clause.paper_binds_at(name, catalogue)
        told = {case.moment for case in cases if name in case.facts}
        if due is not moments[0] and moments[due.order - 1] not in told:
            yield f"{catalogue[name].label}在{due}之前（{moments[due.order - 1]}时）"
        if due not in told:
            yield f"{catalogue[name].label}到{due}时"


# ---------------------------------------------------------------------------------------------- scope


def _inside(clause: Clause, cases: Sequence[Case], catalogue: Catalogue) -> Iterator[str]:
    """Each class of unit, or group of them, that the scope names: a case of it that the clause is about, lest a name is dropped unseen."""
    sector = catalogue["sector"]
    told = {case.facts.get("sector") for case in cases if case.applies is not Applies.NO}
    words = clause.written.get("sectors")
    for word in words if isinstance(words, list) and len(words) > 1 else ():
        if told.isdisjoint(sector.members(word)):
            yield f"{sector.label}为{sector.named(word)}的"


def _outside(clause: Clause, cases: Sequence[Case], catalogue: Catalogue) -> Iterator[str]:
    """Each limit of the scope: a case beyond it that the clause has nothing to do with."""
    beyond = [case for case in cases if case.applies is Applies.NO]
    for name, codes in (
        ("sector", clause.sectors),
        ("unit_nature", clause.unit_natures),
        ("project_nature", clause.project_natures),
    ):
        limited = codes and set(codes) < set(catalogue[name].choices)
        if limited and not any(case.facts.get(name, codes[0]) not in codes for case in beyond):
            yield f"{catalogue[name].label}在范围之外"
    if clause.region != NATIONWIDE and not any(_elsewhere(clause.region, case) for case in beyond):
        yield f"{clause.region}以外"


def _elsewhere(region: str, case: Case) -> bool:
    province, city, county = (str(case.facts[name]) if name in case.facts else None for name in _PLACE)
    return contains(region, Place(province, city, county), case.as_of) is False


_PLACE = ("province", "city", "county")


# ---------------------------------------------------------------------------------------------- parts that decide


def _idle(
    clause: Clause, cases: Sequence[Case], catalogue: Catalogue, differs: Callable[[Node], bool]
) -> Iterator[str]:
    """Each part of the condition that no case turns on, though it could."""
    binding = [case for case in cases if case.applies is not Applies.NO]
    if clause.hit is None or not binding:
        return
    block = _block(binding, catalogue)

    def codes(node: Node) -> NDArray[np.int8]:
        return compile_node(node, catalogue)(block).codes(block.rows)

    told, found = codes(clause.hit), []
    for part, other in variants(clause.hit):
        if np.array_equal(codes(other), told) and differs(other):
            found.append(render(part, catalogue))
    if found:
        yield f"由 {'、'.join(dict.fromkeys(found))} 定结果的"


def _block(cases: Sequence[Case], catalogue: Catalogue) -> Block:
    """Return the cases as rows, each with the day it is judged on."""
    units = [(case.name, {"assessment_date": case.as_of, **case.facts}) for case in cases]
    table = FactTable.of_project(catalogue, {}, units)
    return Block(Context(table, cases[0].as_of, Places(table, cases[0].as_of), {}), 0, table.rows)


def variants(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each part of a condition with the condition that is slightly wrong there: the part left out, or its line moved by a hair."""
    match node:
        case And() | Or():
            for at, item in enumerate(node.items):
                others = node.items[:at] + node.items[at + 1 :]
                yield item, others[0] if len(others) == 1 else replace(node, items=others)
                for part, other in variants(item):
                    yield part, replace(node, items=(*node.items[:at], other, *node.items[at + 1 :]))
        case Not():
            for part, other in variants(node.item):
                yield part, Not(other)
        case Compare():
            if node.op in _BESIDE:
                yield node, replace(node, op=_BESIDE[node.op])


_BESIDE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
