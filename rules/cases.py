"""Worked cases beside the packs: facts in, what the clause must say out. Written and read by people who know the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import Document, read_yaml
from tanping.records.validity import parse_date
from tanping.rules.clause import PROJECT_DATES
from tanping.rules.evaluate import evaluate
from tanping.rules.facts import Catalogue, FactTable, Moment, Value, parse_value
from tanping.rules.finding import Applies, Met, applies_at, met_at
from tanping.rules.pack import PACKS, PackSet

CASES = PACKS / "cases"

_KEYS = ("clause", "name", "as_of", "moment", "facts", "dates", "expect")


@dataclass(frozen=True)
class Case:
    """One case. ``met`` is None where the clause does not apply."""

    clause: str
    name: str
    as_of: date
    moment: Moment
    facts: Mapping[str, Value]
    dates: Mapping[str, date]
    applies: Applies
    met: Met | None
    where: Where = field(compare=False)

    @property
    def expected(self) -> str:
        """As printed: 适用 · 不符合."""
        return f"{self.applies} · {self.met}" if self.met else str(self.applies)


@dataclass(frozen=True)
class CaseResult:
    """A case and what the engine says of it."""

    case: Case
    applies: Applies
    met: Met

    @property
    def passed(self) -> bool:
        """Whether the engine says what the case expects."""
        return self.applies == self.case.applies and self.case.met in (None, self.met)

    @property
    def problem(self) -> Problem:
        """The line that tells what differs."""
        found = f"{self.applies} · {self.met}"
        what = f"用例“{self.case.name}”应为 {self.case.expected}，实为 {found}"
        return Problem(self.case.where, self.case.clause, what)


def load_cases(catalogue: Catalogue, folder: Path = CASES) -> tuple[Case, ...]:
    """Read all case files of a folder. Raises InputError with every problem found."""
    problems: list[Problem] = []
    cases = [
        case for path in sorted(folder.glob("*.yaml")) for case in read_cases(read_yaml(path), catalogue, problems)
    ]
    if problems:
        raise InputError(problems)
    return tuple(cases)


def read_cases(document: Document, catalogue: Catalogue, problems: list[Problem]) -> list[Case]:
    """Type the cases of one file; what is wrong is added to ``problems``."""
    data = document.data
    if not isinstance(data, dict) or set(data) != {"cases"} or not isinstance(data["cases"], list):
        problems.append(Problem(document.where(), "", "用例文件应只有一个键 cases，其下是列表", "cases: [...]"))
        return []
    rows = enumerate(data["cases"])
    return [case for at, row in rows if (case := _CaseReader(document, at, catalogue, problems).read(row))]


def run_cases(packs: PackSet, cases: Iterable[Case]) -> list[CaseResult]:
    """Run cases, those of one day and moment together as rows of one table. Results in the order given."""
    listed = list(cases)
    results: dict[int, CaseResult] = {}
    for (as_of, moment), members in _together(listed).items():
        chosen = [listed[at] for at in members]
        table = FactTable.of_project(packs.catalogue, {}, [(case.name, dict(case.facts)) for case in chosen])
        tested = packs.only({case.clause for case in chosen})
        screening = evaluate(tested, table, as_of=as_of, moment=moment, dates=_dates(chosen))
        outcomes = {outcome.clause.id: outcome for outcome in screening.outcomes}
        for row, at in enumerate(members):
            outcome = outcomes.get(listed[at].clause)
            told = (applies_at(outcome, row), met_at(outcome, row)) if outcome else (Applies.NO, Met.NOT_JUDGED)
            results[at] = CaseResult(listed[at], *told)
    return [results[at] for at in range(len(listed))]


def _together(cases: Sequence[Case]) -> dict[tuple[date, Moment], list[int]]:
    groups: dict[tuple[date, Moment], list[int]] = {}
    for at, case in enumerate(cases):
        groups.setdefault((case.as_of, case.moment), []).append(at)
    return groups


def _dates(cases: Sequence[Case]) -> dict[str, Any]:
    used = {name for case in cases for name in case.dates}
    return {name: np.array([case.dates.get(name) for case in cases], dtype="datetime64[D]") for name in used}


class _CaseReader:
    def __init__(self, document: Document, at: int, catalogue: Catalogue, problems: list[Problem]):
        self.document, self.at, self.catalogue, self.problems = document, at, catalogue, problems
        self.name = ""

    def fail(self, key: str, what: str, allowed: str = "") -> None:
        where = self.document.where(("cases", self.at, *key.split(".")))
        self.problems.append(Problem(where, f"{self.name or '?'}.{key}", what, allowed))

    def read(self, row: Any) -> Case | None:
        before = len(self.problems)
        if not isinstance(row, dict):
            self.fail("", "每个用例应是键值", "clause: …")
            return None
        self.name = str(row.get("name") or row.get("clause") or "")
        for key in row:
            if key not in _KEYS:
                self.fail(key, f"不认识的键“{key}”", suggest(key, _KEYS) or "、".join(_KEYS))
        for key in ("clause", "name"):
            if not isinstance(row.get(key), str):
                self.fail(key, f"缺少 {key}")
        as_of = self.day("as_of", row.get("as_of"))
        facts, dates = self.facts(row.get("facts")), self.dates(row.get("dates"))
        applies, met = self.expected(row.get("expect"))
        moment = self.one_of("moment", row.get("moment", Moment.APPROVAL.value), Moment)
        if len(self.problems) > before or as_of is None:
            return None
        where = self.document.where(("cases", self.at))
        return Case(row["clause"], row["name"], as_of, Moment(moment), facts, dates, applies, met, where)

    def day(self, key: str, text: Any) -> date | None:
        try:
            if isinstance(text, str):
                return parse_date(text)
        except ValueError:
            pass
        self.fail(key, f"没有“{text}”这一天" if text else f"缺少 {key.rpartition('.')[2]}", "YYYY-MM-DD")
        return None

    def one_of(self, key: str, text: Any, options: type[StrEnum]) -> Any:
        if isinstance(text, str) and text in options._value2member_map_:
            return options(text)
        self.fail(key, f"没有“{text}”" if text else f"缺少 {key.rpartition('.')[2]}", " / ".join(options))
        return None

    def facts(self, data: Any) -> dict[str, Value]:
        if not isinstance(data, dict):
            self.fail("facts", "缺少 facts", "{sector: coal_power, …}")
            return {}
        found: dict[str, Value] = {}
        for name, text in data.items():
            key, fact = f"facts.{name}", self.catalogue.get(name)
            if fact is None:
                self.fail(key, f"没有名为 {name} 的事实", suggest(name, self.catalogue))
            elif not isinstance(text, str):
                self.fail(key, "应有一个值；未知的事实不写")
            else:
                try:
                    found[name] = parse_value(fact, text)
                except ValueError as error:
                    self.fail(key, f"{fact.label}：{error}")
        return found

    def dates(self, data: Any) -> dict[str, date]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.fail("dates", "应是 日期名: YYYY-MM-DD", "、".join(PROJECT_DATES))
            return {}
        for name in data:
            if name not in PROJECT_DATES:
                self.fail(f"dates.{name}", f"没有项目日期“{name}”", "、".join(PROJECT_DATES))
        typed = {name: self.day(f"dates.{name}", text) for name, text in data.items()}
        return {name: day for name, day in typed.items() if day is not None}

    def expected(self, data: Any) -> tuple[Any, Met | None]:
        if not isinstance(data, dict) or "applies" not in data or set(data) - {"applies", "met"}:
            self.fail("expect", "应写明 applies，适用时再写 met", "{applies: 适用, met: 不符合}")
            return Applies.OPEN, None
        applies = self.one_of("expect.applies", data["applies"], Applies)
        met = self.one_of("expect.met", data["met"], Met) if "met" in data else None
        if applies is Applies.YES and met is None:
            self.fail("expect.met", "适用时应写明 met", " / ".join(Met))
        return applies, met
