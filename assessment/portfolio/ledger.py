"""The regional ledger: emission by city, sector, stage and year; what is committed against dated targets; replacement told twice.

Every partition adds its own projects; the whole is the exact sum of the partitions in their order, so that neither workers nor the order of
their work changes a figure. A project whose emission is unknown is counted as such, never as zero.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import Words
from tanping.assessment.change import GIVEN_UP
from tanping.assessment.portfolio.numbered import numbered
from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.project.model import CHANGE_ACCOUNTS, SECTORS

UNKNOWN_CITY = "（未定）"
OPERATING, APPROVED, IN_REVIEW, PLANNED, UNKNOWN_STAGE = "已投产", "已批未投产", "在审", "未受理", "未定"
COMMITTED = (OPERATING, APPROVED)
"""Stages whose emission is committed: it will come about unless something is changed."""


class Group(NamedTuple):
    """What the ledger adds up by."""

    province: str
    city: str
    sector: str
    stage: str


@dataclass
class Sums:
    """Sums of one group. ``design`` and ``years`` are of projects whose figures are known; the others are counted."""

    projects: int = 0
    unknown_design: int = 0
    unknown_years: int = 0
    design: float = 0.0
    years: dict[int, float] = field(default_factory=dict)


class GivenUp(NamedTuple):
    """One replacement or reduction: who gives up what to which project (by the row of the input)."""

    party: str
    account: str
    row: int
    amount: float


@dataclass
class Ledger:
    """Groups in the order they were met, and everything given up by other works."""

    groups: dict[Group, Sums] = field(default_factory=dict)
    given_up: list[GivenUp] = field(default_factory=list)

    def packed(self) -> bytes:
        """The ledger as bytes of JSON that keep every digit."""
        plain = {
            "groups": [
                [*group, sums.projects, sums.unknown_design, sums.unknown_years, sums.design, list(sums.years.items())]
                for group, sums in self.groups.items()
            ],
            "given_up": [list(one) for one in self.given_up],
        }
        return json.dumps(plain, ensure_ascii=False).encode()

    @classmethod
    def unpacked(cls, data: bytes) -> Ledger:
        """Read back what ``packed`` wrote."""
        plain, ledger = json.loads(data), cls()
        for province, city, sector, stage, projects, design_gaps, year_gaps, design, years in plain["groups"]:
            found = {int(year): float(value) for year, value in years}
            ledger.groups[Group(province, city, sector, stage)] = Sums(
                projects, design_gaps, year_gaps, float(design), found
            )
        ledger.given_up = [GivenUp(*one) for one in plain["given_up"]]
        return ledger


def stages_of(columns: ProjectColumns, as_of: date) -> NDArray[np.object_]:
    """How far every project has come on a day: in operation, approved, under review, not accepted; not told when no date says so."""
    day = np.datetime64(as_of)
    dates, units = columns["dates"], columns["units"]
    stage = np.full(columns.count, UNKNOWN_STAGE, dtype=object)
    stage[dates.days["accepted"] > day] = PLANNED
    stage[dates.days["accepted"] <= day] = IN_REVIEW
    stage[dates.days["approved"] <= day] = APPROVED
    running = np.zeros(columns.count, dtype=bool)
    running[units.project[units.days["commissioned"] <= day]] = True
    stage[running] = OPERATING
    return stage


def ledger_of(blocks: InventoryBlocks, stage: NDArray[np.object_]) -> tuple[Ledger, FloatArray]:
    """Add projects up by group. Returns the ledger and every project's operating emission over its life, tCO2 (NaN unknown)."""
    columns = blocks.columns
    code, groups = _grouped(blocks, stage)
    design = blocks.design_year()
    years = _years(blocks)
    operating = np.full(columns.count, np.nan)
    by_year = np.zeros((len(groups), len(years)))
    # Without a year in which anything is known to run, nothing is known of what it emits: no year is not nought.
    for projects, annual in blocks.yearly(years) if len(years) else ():
        operating[projects] = annual.sum(axis=1)
        known = np.flatnonzero(~np.isnan(operating[projects]))
        if not len(known):
            continue
        mine = code[projects][known]
        order = np.argsort(mine, kind="stable")
        first = np.flatnonzero(np.r_[True, np.diff(mine[order]) > 0])
        by_year[mine[order[first]]] += np.add.reduceat(annual[known[order]], first, axis=0)
    known = ~np.isnan(design)
    gaps = np.bincount(code[~known], minlength=len(groups))
    year_gaps = np.bincount(code[np.isnan(operating)], minlength=len(groups))
    count = np.bincount(code, minlength=len(groups))
    ledger = Ledger()
    for at, group in enumerate(groups):
        found = {int(year): float(value) for year, value in zip(years, by_year[at], strict=True) if value}
        total = math.fsum(design[(code == at) & known].tolist())
        ledger.groups[group] = Sums(int(count[at]), int(gaps[at]), int(year_gaps[at]), total, found)
    ledger.given_up = _given_up(columns)
    return ledger, operating


def _grouped(blocks: InventoryBlocks, stage: NDArray[np.object_]) -> tuple[NDArray[np.int64], list[Group]]:
    """Number of every project's group, and the groups in the order they first appear."""
    site, identity = blocks.columns["site"], blocks.columns["project"]
    words = blocks.books.words
    said = [words(site, "province"), words(site, "city"), words(identity, "sector"), Words.of(stage, len(stage))]
    code = np.zeros(len(stage), dtype=np.int64)
    for column in said:
        # A blank text is no text.
        blank = next((at for at, word in enumerate(column.distinct) if not word), 0)
        same = np.array([at if word else blank for at, word in enumerate(column.distinct)] or [0], dtype=np.int64)
        code = code * len(same) + same[column.codes]
    _, code = numbered(code)
    # Written backwards, the first row of a group is what stays.
    first = np.zeros(int(code.max(initial=-1)) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code))[::-1]
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[code], [_group(*(column[at] for column in said)) for at in first[order].tolist()]


def _group(province: str | None, city: str | None, sector: str | None, stage: str) -> Group:
    return Group(province or UNKNOWN_CITY, city or UNKNOWN_CITY, sector or "", stage)


def _years(blocks: InventoryBlocks) -> NDArray[np.int64]:
    """Calendar years in which any unit runs."""
    service = blocks.service
    start, end = service.start[~np.isnan(service.start)], service.end[~np.isnan(service.end)]
    if not len(start) or not len(end):
        return np.zeros(0, dtype=np.int64)
    first = np.datetime64(int(start.min()), "D").astype("datetime64[Y]").astype(np.int64) + 1970
    last = np.datetime64(int(end.max()) - 1, "D").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.arange(first, last + 1)


def _given_up(columns: ProjectColumns) -> list[GivenUp]:
    table = columns["changes"]
    found = []
    for row in range(len(table)):
        party, account = table.words["party"][row], table.words["account"][row]
        if party and account in (*GIVEN_UP, "offset"):
            amount = float(table.numbers["before"][row] - table.numbers["after"][row])
            found.append(GivenUp(str(party), str(account), int(table.project[row]), amount))
    return found


# --- the whole ---------------------------------------------------------------------------------------------------------------


def joined(parts: Sequence[Ledger]) -> Ledger:
    """Add the ledgers of partitions, exactly and in their order."""
    whole = Ledger()
    designs: dict[Group, list[float]] = {}
    years: dict[Group, dict[int, list[float]]] = {}
    for part in parts:
        whole.given_up += part.given_up
        for group, sums in part.groups.items():
            held = whole.groups.setdefault(group, Sums())
            held.projects += sums.projects
            held.unknown_design += sums.unknown_design
            held.unknown_years += sums.unknown_years
            designs.setdefault(group, []).append(sums.design)
            for year, value in sums.years.items():
                years.setdefault(group, {}).setdefault(year, []).append(value)
    for group, held in whole.groups.items():
        held.design = math.fsum(designs[group])
        held.years = {year: math.fsum(values) for year, values in sorted(years.get(group, {}).items())}
    return whole


def city_totals(ledger: Ledger) -> dict[tuple[str, str], float]:
    """Known design-year emission of every city, tCO2."""
    found: dict[tuple[str, str], list[float]] = {}
    for group, sums in ledger.groups.items():
        found.setdefault((group.province, group.city), []).append(sums.design)
    return {city: math.fsum(values) for city, values in found.items()}


@dataclass(frozen=True)
class ToldTwice:
    """A party whose closed capacity more than one project counts."""

    party: str
    accounts: tuple[str, ...]
    rows: tuple[int, ...]
    amount: float


def told_twice(ledger: Ledger) -> tuple[ToldTwice, ...]:
    """Parties that give up to more than one project, with all their rows."""
    by_party: dict[str, list[GivenUp]] = {}
    for one in ledger.given_up:
        by_party.setdefault(one.party, []).append(one)
    return tuple(
        ToldTwice(
            party,
            tuple(dict.fromkeys(CHANGE_ACCOUNTS[one.account] for one in found)),
            tuple(one.row for one in found),
            math.fsum(one.amount for one in found),
        )
        for party, found in sorted(by_party.items())
        if len({one.row for one in found}) > 1
    )


class Target(NamedTuple):
    """What a city may emit in a year, tCO2, and where that stands."""

    city: str
    year: int
    amount: float
    source: str = ""


@dataclass(frozen=True)
class Against:
    """Committed emission of a city in a year against its target; ``incomplete`` projects are not in it."""

    target: Target
    committed: float
    incomplete: int

    @property
    def left(self) -> float:
        """What the target leaves, tCO2; negative when it is exceeded already."""
        return self.target.amount - self.committed


def against(ledger: Ledger, targets: Iterable[Target]) -> tuple[Against, ...]:
    """Set what is committed (in operation or approved) against dated targets."""
    found = []
    for target in targets:
        mine = [sums for group, sums in ledger.groups.items() if group.city == target.city and group.stage in COMMITTED]
        committed = math.fsum(sums.years.get(target.year, 0.0) for sums in mine)
        found.append(Against(target, committed, sum(sums.unknown_years for sums in mine)))
    return tuple(found)


def tables(ledger: Ledger, targets: Sequence[Target] = ()) -> dict[str, list[list[Any]]]:
    """The ledger as tables for people, by title; first rows are headings. Figures in tCO2, unrounded."""
    head = ["省", "设区市", "行业", "阶段"]
    groups = sorted(ledger.groups.items())
    sums = [[*head, "项目数", "排放不完整的项目数", "达产年排放已知合计（tCO2）"]]
    sums += [[*_shown(group), held.projects, held.unknown_design, held.design] for group, held in groups]  # type: ignore[list-item]
    years: list[list[Any]] = [[*head, "年份", "排放已知合计（tCO2）", "未计入的项目数"]]
    for group, held in groups:
        years += [[*_shown(group), year, value, held.unknown_years] for year, value in held.years.items()]
    twice: list[list[Any]] = [["出让（减排）方", "账目", "行号", "各处合计（tCO2）", "说明"]]
    for one in told_twice(ledger):
        rows = "、".join(map(str, one.rows))
        twice.append([one.party, "、".join(one.accounts), rows, one.amount, "同一出让方列入多个项目，疑似重复计入"])
    found = {"汇总": sums, "逐年": years, "出让方重复": twice}
    if targets:
        found["目标对照"] = [
            ["设区市", "年份", "目标（tCO2）", "已投产与已批排放（tCO2）", "余量（tCO2）", "未计入的项目数", "目标出处"]
        ]
        found["目标对照"] += [
            [
                one.target.city,
                one.target.year,
                one.target.amount,
                one.committed,
                one.left,
                one.incomplete,
                one.target.source,
            ]
            for one in against(ledger, targets)
        ]
    return found


def _shown(group: Group) -> list[str]:
    return [group.province, group.city, SECTORS.get(group.sector, group.sector or "未填"), group.stage]
