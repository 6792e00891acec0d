"""What is missing, ranked by how much it decides.

Every candidate answer to every missing fact becomes rows of one table, screened once. An answer's weight is what it settles: each
clause that was open and no longer is, weighed by its severity. Clauses with unchecked text can't change the headline and weigh
next to nothing. A question's score is the mean over its answers. Asked in this order, prohibitions are settled first, and a
complying project reaches its headline soonest.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.expressions import Compare, Kind, Literal, Member, Name, names, walk
from tanping.rules.clause import Clause, Severity
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import Fact, FactTable, Origin, PaperStatus, Value, blank, encode
from tanping.rules.finding import MissingFact, OpenEnd, open_ends

_WEIGHTS = {Severity.PROHIBITED: 9.0, Severity.RESTRICTED: 3.0, Severity.TO_ARGUE: 1.0, Severity.NOTICE: 0.01}
_PROVISIONAL = 0.001
_EXPLAINED = {
    Origin.COMPUTED: "由核算得出，先补齐核算所需的数据",
    Origin.DERIVED: "由项目的其他字段推得，先补齐那些字段",
    Origin.SPATIAL: "需补充叠图，或附分区管控平台研判报告（编号、日期、单元编码）等写明结论的文件",
}


def missing_facts(screening: Screening, project: int = 0) -> tuple[MissingFact, ...]:
    """Rank the unknown facts that findings of one project turn on; those nobody is asked for come last."""
    wanted: dict[str, list[OpenEnd]] = {}
    for end in open_ends(screening, project):
        for name in end.missing:
            wanted.setdefault(name, []).append(end)
    if not wanted:
        return ()
    scores = _scores(screening, project, wanted)
    ranked = [_missing_fact(screening, name, open_, scores[name]) for name, open_ in wanted.items()]
    return tuple(sorted(ranked, key=lambda item: (not item.asked, -item.score, -item.decides, item.fact)))


def _missing_fact(screening: Screening, name: str, open_: Sequence[OpenEnd], score: float) -> MissingFact:
    fact = screening.packs.catalogue[name]
    clauses = tuple(dict.fromkeys(item.clause.id for item in open_))
    return MissingFact(
        fact=name,
        label=fact.label,
        kind=fact.kind,
        unit=fact.unit or "",
        ask=fact.ask or fact.label,
        meaning=fact.meaning,
        choices=tuple(fact.choices.items()),
        origin=fact.origin,
        office=fact.office,
        topic=fact.topic,
        units=tuple(dict.fromkeys(item.unit for item in open_ if item.unit)),
        decides=len(clauses),
        clauses=clauses,
        severity=max((item.clause.severity for item in open_), key=lambda severity: severity.level),
        score=round(score, 6),
        asked=fact.asked,
        explanation=_EXPLAINED.get(fact.origin, ""),
    )


# ---------------------------------------------------------------------------------------------- what if


@dataclass(frozen=True)
class _Answer:
    fact: str
    value: Value


def _scores(screening: Screening, project: int, wanted: Mapping[str, Sequence[OpenEnd]]) -> dict[str, float]:
    """Screen every candidate answer at once and return each fact's mean weight.

    Only open clauses are screened again: an answer to what is unknown never reopens a settled one (Kleene logic is monotone).
    """
    clauses = [outcome.clause for outcome in screening.outcomes]
    open_ids = {end.clause.id for ends in wanted.values() for end in ends}
    answers = [_Answer(name, value) for name in wanted for value in candidates(screening, name, clauses)]
    rows = np.asarray(screening.table.rows_of(project))
    supposed = evaluate(
        screening.packs.only(open_ids),
        _supposed(screening.table, rows, answers),
        as_of=screening.as_of,
        moment=screening.moment,
        dates={name: _repeated(day, rows, len(answers) + 1) for name, day in screening.context.dates.items()},
    )
    openness = _openness(supposed).reshape(len(answers) + 1, len(rows)).sum(axis=1)
    settled = openness[0] - openness[1:]
    weights: dict[str, list[float]] = {name: [] for name in wanted}
    for answer, weight in zip(answers, settled.tolist(), strict=True):
        weights[answer.fact].append(weight)
    return {name: float(np.mean(each)) if each else 0.0 for name, each in weights.items()}


def _repeated(day: Any, rows: NDArray[np.intp], times: int) -> Any:
    if isinstance(day, date):
        return day
    ordinals = np.tile(day[rows], times)
    stamps = (ordinals - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    stamps[np.isnan(ordinals)] = np.datetime64("NaT")
    return stamps


def _supposed(table: FactTable, rows: NDArray[np.intp], answers: Sequence[_Answer]) -> FactTable:
    """Return the project's rows as they are, then once more for each answer with the blanks of that fact filled in."""
    copies = len(answers) + 1
    project = np.repeat(np.arange(copies, dtype=np.int32), len(rows))
    taken = table.take(np.tile(rows, copies), project)
    columns, words = dict(taken.columns), dict(taken.words)
    for at, answer in enumerate(answers, start=1):
        fact = table.catalogue[answer.fact]
        if answer.fact not in columns:
            columns[answer.fact] = blank(fact.kind, len(project))
        column = columns[answer.fact]
        part = column[at * len(rows) : (at + 1) * len(rows)]
        unknown = np.isnan(part) if part.dtype == np.float64 else part < 0
        part[unknown] = _code(fact, answer.value, words)
    return FactTable(table.catalogue, project, columns, words)


def _code(fact: Fact, value: Value, words: dict[str, tuple[str, ...]]) -> float | int:
    code = encode(fact, value)
    if not isinstance(code, str):
        return code
    known = words.get(fact.name, ())
    if code not in known:
        words[fact.name] = known = (*known, code)
    return known.index(code)


def _openness(screening: Screening) -> NDArray[np.float64]:
    """Return, for each row, the summed weight of the clauses that are still open."""
    rows = screening.table.rows
    total = np.zeros(rows)
    for outcome in screening.outcomes:
        if outcome.level is not None:
            weight = _weight(outcome.clause)
            total += weight * (outcome.level.codes(rows) < 0)
    return total


def _weight(clause: Clause) -> float:
    return _WEIGHTS[clause.severity] * (_PROVISIONAL if clause.provisional else 1)


def candidates(screening: Screening, name: str, clauses: Sequence[Clause]) -> list[Value]:
    """Return the answers worth supposing: one for each way the clauses in force can tell them apart."""
    fact = screening.packs.catalogue[name]
    match fact.kind:
        case Kind.FLAG:
            return [True, False]
        case Kind.PAPER:
            return [PaperStatus.HELD, PaperStatus.ABSENT]
        case Kind.CHOICE:
            return list(fact.choices)
    marks = sorted({mark for clause in clauses if name in clause.facts for mark in _marks(clause, name)})
    if fact.kind is Kind.NUMBER:
        return _beside(marks) if marks else [Decimal(0), Decimal(1)]
    if fact.kind is Kind.DATE:
        day = timedelta(days=1)
        return [marks[0] - day, *marks, marks[-1] + day] if marks else [screening.as_of]
    return [*marks, "别处"]


def _beside(marks: Sequence[Decimal]) -> list[Value]:
    """Every line, and an amount on each side of it; below the first only where that is more than nothing."""
    between = [(low + high) / 2 for low, high in itertools.pairwise(marks)]
    below = [marks[0] / 2] if marks[0] > 0 else []
    return sorted([*below, *marks, *between, marks[-1] + 1])


def _marks(clause: Clause, name: str) -> list[Any]:
    """Return what a clause compares a fact with."""
    found: list[Any] = []
    for part in walk(clause.hit) if clause.hit is not None else ():
        if isinstance(part, Member) and part.name == name:
            found += part.values
        elif isinstance(part, Compare) and name in names(part) and isinstance(part.right, Literal):
            found += [part.right.value] if part.left == Name(name) else []
    return found
