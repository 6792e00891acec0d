"""The pipeline over many projects: columns → inventory → facts → findings → one row of results a production unit.

The very functions of one project, on more rows. Findings are told as clause ids; rows with the same findings share one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.exact import ColumnSum
from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.words import Words, constant
from tanping.assessment.change import net_changes
from tanping.assessment.facts import facts_of
from tanping.assessment.portfolio.explain import explain
from tanping.assessment.portfolio.ledger import Ledger, ledger_of, stages_of
from tanping.assessment.portfolio.numbered import numbered
from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.screening import screen
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.survey import survey_places
from tanping.factors.register import Register
from tanping.rules.clause import LEVEL_NAMES, UNDECIDED
from tanping.rules.evaluate import Outcome, Screening
from tanping.rules.facts import Moment
from tanping.rules.kleene import Kleene, unpacked
from tanping.rules.pack import PackSet

BETWEEN = "；"

HEADINGS = {
    "row": "行号",
    "project": "项目代码",
    "name": "项目名称",
    "unit": "生产单元编号",
    "sector": "行业",
    "kind": "生产单元类别",
    "province": "省",
    "city": "设区市",
    "stage": "阶段",
    "as_of": "法规适用日期",
    "verdict": "审查结论",
    "best": "已确定",
    "worst": "最坏",
    "suspected": "疑似（含待核原文）",
    "design_year_tco2": "项目达产年排放（tCO2）",
    "lifetime_tco2": "项目全生命周期排放（tCO2）",
    "net_change_tco2": "项目净变化（tCO2）",
    "city_share": "占本市达产年排放合计",
    "complete": "清单完整",
    "missing": "缺",
    "assumptions": "筛查级假设与说明",
    "hits": "不符合的条款",
    "suspected_hits": "疑似不符合（待核原文）",
    "conditional": "有条件符合的条款",
    "open": "资料不足的条款",
    "factors": "所用因子",
}
"""Columns of a result by name, with their headings for people."""


@dataclass(frozen=True)
class Laws:
    """What a run judges by."""

    register: Register
    packs: PackSet
    moment: Moment
    layers: Layers


@dataclass(frozen=True)
class Results:
    """``table``: one row a production unit, columns of ``HEADINGS`` (without row, project code, city share, assumptions); ``ledger``: sums."""

    table: dict[str, pa.Array]
    ledger: Ledger


def results_of(columns: ProjectColumns, laws: Laws, as_of: date) -> Results:
    """Assess every project of some columns as of a legal date."""
    blocks = account(columns, laws.register, as_of=as_of)
    survey = survey_places(columns, laws.layers, as_of)
    facts = facts_of(columns, as_of, computed_facts(blocks), survey.over)
    screening = screen(laws.packs, facts, columns, as_of=as_of, moment=laws.moment)
    stage = stages_of(columns, as_of)
    ledger, operating = ledger_of(blocks, stage)
    owner = columns.fact_project
    design = blocks.design_year()
    explained = explain(blocks)
    of_row = explained.of_project[owner]
    units = columns["units"]
    words = blocks.books.words
    kind = words(units, "kind") if len(units) else constant(None, len(owner))
    best, worst, suspected = (levels[owner] for levels in (screening.best, screening.worst, screening.suspected))
    table = {
        "name": pa.array(columns["project"].words["name"][owner], pa.string()),
        "unit": pa.array(units.ids if len(units) else [""] * len(owner), pa.string()),
        "sector": _words(words(columns["project"], "sector"), owner),
        "kind": _words(kind),
        "province": _words(words(columns["site"], "province"), owner),
        "city": _words(words(columns["site"], "city"), owner),
        "stage": _words(Words.of(stage, len(stage)), owner),
        "as_of": pa.array(np.full(len(owner), np.datetime64(as_of)), pa.date32()),
        "verdict": _coded(np.where(best == worst, best, len(LEVEL_NAMES)), [*LEVEL_NAMES, UNDECIDED]),
        "best": _coded(best, LEVEL_NAMES),
        "worst": _coded(worst, LEVEL_NAMES),
        "suspected": _coded(suspected, LEVEL_NAMES),
        "design_year_tco2": _numbers(design[owner]),
        "lifetime_tco2": _numbers((operating + _other_stages(blocks))[owner]),
        "net_change_tco2": _numbers(net_changes(blocks)[owner]),
        "complete": pa.array(~np.isnan(design)[owner]),
        "missing": _coded(of_row, [BETWEEN.join(lines) for lines in explained.missing]),
        "factors": _coded(of_row, [BETWEEN.join(keys) for keys in explained.factors]),
        **_findings(screening),
    }
    return Results(table, ledger)


def _other_stages(blocks: InventoryBlocks) -> FloatArray:
    """What projects emit once: construction and end of life, tCO2."""
    sums = ColumnSum((blocks.columns.count,))
    for block in blocks.summed:
        if block.stage != "operation":
            sums.add_grouped(block.design, block.project)
    return sums.total


# --- findings --------------------------------------------------------------------------------------------------------------


def _findings(screening: Screening) -> dict[str, pa.Array]:
    rows = screening.table.rows
    judged = [one for one in screening.outcomes if one.level is not None]
    settled = [one for one in judged if one.clause.severity.level]
    checked = [one for one in settled if not one.clause.provisional]
    unchecked = [one for one in settled if one.clause.provisional]
    return {
        "hits": _told(checked, [_true(one) for one in checked], rows),
        "suspected_hits": _told(unchecked, [_true(one) for one in unchecked], rows),
        "conditional": _told(judged, [_conditional(one) for one in judged], rows),
        "open": _told(checked, [_open(one) for one in checked], rows),
    }


def _true(outcome: Outcome) -> NDArray[np.uint8]:
    level = _level(outcome)
    return level.true


def _open(outcome: Outcome) -> NDArray[np.uint8]:
    level = _level(outcome)
    return level.possible & ~level.true


def _conditional(outcome: Outcome) -> NDArray[np.uint8]:
    """Applies and hit, but no longer once the papers not due yet are obtained."""
    assert outcome.hit is not None
    assert outcome.after is not None
    return outcome.applies.possible & outcome.hit.true & ~outcome.after.possible


def _level(outcome: Outcome) -> Kleene:
    assert outcome.level is not None
    return outcome.level


def _told(outcomes: Sequence[Outcome], planes: Sequence[NDArray[np.uint8]], rows: int) -> pa.Array:
    """For every row the ids of the clauses whose plane is set, as one text; equal rows share it."""
    used = [(one.clause.id, plane) for one, plane in zip(outcomes, planes, strict=True) if plane.any()]
    state = np.zeros(rows, dtype=np.int64)
    patterns: list[tuple[str, ...]] = [()]
    for clause, plane in used:
        mask = unpacked(plane, rows)
        pairs, state = numbered(state * 2 + mask)
        patterns = [(*patterns[pair >> 1], clause) if pair & 1 else patterns[pair >> 1] for pair in pairs.tolist()]
    return _coded(state, [BETWEEN.join(ids) for ids in patterns])


# --- arrow -----------------------------------------------------------------------------------------------------------------


def _coded(codes: NDArray[Any], words: Iterable[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(words), pa.string()))


def _words(words: Words, rows: NDArray[Any] | slice = slice(None)) -> pa.Array:
    """A column of words at some rows; null where there is none."""
    codes = words.codes[rows].astype(np.int32)
    blank = ~words.test(lambda word: word is not None)[rows]
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=blank), pa.array([word or "" for word in words.distinct], pa.string())
    )


def _numbers(values: FloatArray) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
