"""What the project changes (以新带老、产能置换、区域碳减排): net change NC-1, final emission NC-2, the three accounts (三本账).

Figures of existing and replaced works are actual emissions of the base period as declared or verified; nothing is derived from
design capacity. A project that alters or follows existing works stays incomplete until they are told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tanping.assessment.accounting import net_change
from tanping.assessment.accounting.exact import ColumnSum, exact_sum
from tanping.assessment.accounting.formula import Symbolic, figure, leaf, total
from tanping.assessment.accounting.operands import Declared, row_name
from tanping.assessment.accounting.shelf import FloatArray

if TYPE_CHECKING:
    from tanping.assessment.accounting.inventory import InventoryBlocks

# Natures whose net change can't be told without the existing works.
ALTERING = frozenset({"expansion", "renovation", "technical_retrofit", "relocation"})
OWN = ("existing", "offset")
GIVEN_UP = ("replaced", "regional")
NO_EXISTING = "现有工程：改扩建、技改和迁建须填报现有工程排放量（没有请填“无”）"
NO_NATURE = "项目：建设性质未填，无法判断是否涉及现有工程"
NO_TOTAL = "拟建项目：清单不完整，达产年排放总量未知"
TWICE = "同一出让方同时列入以新带老和产能置换：一条退出的生产线只能列入一处"


@dataclass(frozen=True)
class Accounts:
    """The accounts of one project, tCO2 a year; None is unknown. ``net`` and ``final`` come with their worked expressions."""

    existing: float | None
    under_construction: float | None
    proposed_generated: float | None
    proposed: float | None
    offset: float | None
    replaced: float | None
    regional: float | None
    final: float | None
    final_expression: str
    net: float | None
    net_expression: str
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def net_changes(blocks: InventoryBlocks) -> FloatArray:
    """Net change of every project, tCO2 a year; NaN where a part is unknown or the existing works are not told."""
    before, after = _sums(blocks, "before"), _sums(blocks, "after")
    gone = {account: before[account] - after[account] for account in before}
    change = net_change.net_change(
        blocks.design_year(),
        after["existing"] + after["offset"],
        before["existing"] + before["offset"],
        gone["replaced"],
        gone["regional"],
    )
    return np.where(_untold(blocks), np.nan, change)


def accounts_of(blocks: InventoryBlocks, project: int) -> Accounts:
    """The three accounts and the net change of one project."""
    return _Ledger(blocks, project).accounts()


def _sums(blocks: InventoryBlocks, column: str) -> dict[str, FloatArray]:
    """Sums of a column by account and project. Works under construction and existing works need no figure after."""
    table = blocks.columns["changes"]
    accounts = blocks.books.words(table, "account")
    sums = {}
    for account in (*OWN, *GIVEN_UP):
        made = ColumnSum((blocks.columns.count,))
        rows = np.flatnonzero(accounts.are(account))
        made.add_grouped(table.numbers[column][rows], table.project[rows].astype(np.int64))
        sums[account] = made.total
    return sums


def _untold(blocks: InventoryBlocks) -> np.ndarray:
    """Projects that alter existing works, or don't say whether they do, and tell nothing of them."""
    identity = blocks.books.words(blocks.columns["project"], "nature")
    table = blocks.columns["changes"]
    told = np.zeros(blocks.columns.count, dtype=bool)
    told[table.project[blocks.books.words(table, "account").are(*OWN)]] = True
    return identity.test(lambda nature: nature is None) | (identity.are(*ALTERING) & ~told)


@dataclass(frozen=True)
class _Ledger:
    blocks: InventoryBlocks
    project: int

    def accounts(self) -> Accounts:
        """Work out every account from the same rows."""
        missing = list(self._missing())
        design = float(self.blocks.design_year()[self.project])
        proposed = figure(design, "tCO2", sign="E_拟建")
        own_before = self._sum("before", *OWN)
        own_after = self._sum("after", *OWN)
        replaced, regional = self._cut("replaced"), self._cut("regional")
        offset = total([self._cut("offset"), self._cut("existing")])
        under = self._sum("before", "under_construction")
        net = net_change.net_change.work(
            proposed=proposed,
            existing_after=own_after,
            existing_before=own_before,
            replaced=replaced,
            regional=regional,
        )
        final = net_change.final_emission.work(
            existing=own_before, under_construction=under, proposed=proposed, cut=offset
        )
        untold = bool(_untold(self.blocks)[self.project])
        memo = [
            float(block.design[at])
            for block in self.blocks.blocks
            if block.memo and block.suffix == ".biogenic"
            for at in np.flatnonzero(block.project == self.project)
        ]
        return Accounts(
            existing=None if untold else _known(own_before.value),
            under_construction=_known(under.value),
            proposed_generated=_known(exact_sum([design, *memo]) if not math.isnan(design) else math.nan),
            proposed=_known(design),
            offset=None if untold else _known(offset.value),
            replaced=_known(replaced.value),
            regional=_known(regional.value),
            final=None if untold else _known(final.value),
            final_expression=final.text if not untold and not math.isnan(final.value) else final.tree.worked(),
            net=None if untold else _known(net.value),
            net_expression=net.text if not untold and not math.isnan(net.value) else net.tree.worked(),
            missing=tuple(dict.fromkeys(missing)),
            warnings=tuple(self._warnings()),
        )

    def _rows(self, *accounts: str) -> list[int]:
        table = self.blocks.columns["changes"]
        mine = self.blocks.books.words(table, "account").are(*accounts) & (table.project == self.project)
        return [int(row) for row in np.flatnonzero(mine)]

    def _leaf(self, row: int, column: str) -> Symbolic:
        symbol = net_change.net_change.symbols["proposed"]
        return Declared(self.blocks.columns["changes"], column).leaf(row, symbol)

    def _sum(self, column: str, *accounts: str) -> Symbolic:
        rows = self._rows(*accounts)
        return total(self._leaf(row, column) for row in rows) if rows else leaf(0.0, "tCO2")

    def _cut(self, account: str) -> Symbolic:
        rows = self._rows(account)
        if not rows:
            return leaf(0.0, "tCO2")
        return total(self._leaf(row, "before") - self._leaf(row, "after") for row in rows)

    def _missing(self) -> Iterator[str]:
        nature = self.blocks.columns["project"].words["nature"][self.project]
        if math.isnan(float(self.blocks.design_year()[self.project])):
            yield NO_TOTAL
        if nature is None:
            yield NO_NATURE
        elif nature in ALTERING and not self._rows(*OWN):
            yield NO_EXISTING
        table = self.blocks.columns["changes"]
        for row in self._rows(*OWN, *GIVEN_UP):
            for column in ("before", "after"):
                yield from Declared(table, column).missing(row)
        for row in self._rows("under_construction"):
            yield from Declared(table, "before").missing(row)

    def _warnings(self) -> Iterator[str]:
        table = self.blocks.columns["changes"]
        parties = {
            account: {table.words["party"][row] for row in self._rows(account)} for account in ("offset", "replaced")
        }
        for party in sorted(filter(None, parties["offset"] & parties["replaced"])):
            yield f"{party}：{TWICE}"
        for row in self._rows("replaced"):
            name = row_name(table, row)
            if not table.words["base_year"][row]:
                yield f"产能置换“{name}”：基准期未填，被置换排放应为基准期实际排放"
            if not table.words["verified_report"][row]:
                yield f"产能置换“{name}”：没有核查报告或依据"
        design = float(self.blocks.design_year()[self.project])
        replaced = self._cut("replaced").value
        if design > 0 and replaced > 2 * design:
            yield "被置换排放超过拟建项目排放的 2 倍，请核对是否为实际排放、是否重复"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
