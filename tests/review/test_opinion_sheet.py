"""An outside body's opinion sheet: out with the letter, filled in as people do, back into the fields of a reply."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from review_walk import World, opinion

from tanping.assessment.review import opinion_sheet
from tanping.assessment.review.errors import NotAllowedError, RefusedError
from tanping.assessment.review.opinion_sheet import Answered, Asked
from tanping.records.errors import InputError

At = Callable[[str], World]
ASKED = Asked(
    "a1", "射阳港扩建", "能源", "苏环函〔2026〕12号", date(2026, 11, 16), (("coal-1", "《甲》第三条", "落实替代", ""),)
)


def filled(blank: bytes, cells: dict[str, Any], **other: Any) -> bytes:
    """A sheet with values put beside its labels, as somebody at a desk does; ``other`` are cells by address."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book["征求意见表"]
    rows = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    for label, value in cells.items():
        sheet.cell(rows[label], 2, value)
    for place, value in other.items():
        sheet[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def first_line(blank: bytes) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(blank))["征求意见表"]
    return next(cell.row for cell in sheet["A"] if cell.value == "序号") + 1


def problems(data: bytes, key: str = "a1") -> list[str]:
    with pytest.raises(InputError) as refused:
        opinion_sheet.read(data, "回.xlsx", key, ["coal-1"])
    return [f"{problem.where.cell} {problem.field} {problem.what}" for problem in refused.value.problems]


@pytest.mark.parametrize(
    "dated", [date(2026, 11, 12), "2026-11-12", "2026/11/12", "2026年11月12日"], ids=["date", "iso", "slash", "chinese"]
)
def test_what_a_body_writes_comes_back(dated: Any) -> None:
    blank = opinion_sheet.write(ASKED)
    line = first_line(blank)
    data = filled(
        blank,
        {"意见类别": "原则同意", "总的意见": "总体可行。", "复函文号": "苏能函〔2026〕8号", "复函日期": dated},
        **{f"B{line}": "落实煤炭替代。", f"C{line}": "coal-1", f"B{line + 2}": "写清楚", f"C{line + 2}": "第 12 页"},
    )
    assert opinion_sheet.read(data, "回.xlsx", "a1", ["coal-1"]) == Answered(
        "原则同意",
        "总体可行。",
        (("落实煤炭替代。", "coal-1"), ("写清楚（依据：第 12 页）", "")),
        "苏能函〔2026〕8号",
        date(2026, 11, 12),
    )


def test_a_sheet_says_all_that_is_wrong_with_its_cells() -> None:
    blank = opinion_sheet.write(ASKED)
    assert problems(blank) == ["征求意见表!B7 意见类别 没有填写"]
    wrong = filled(blank, {"意见类别": "原则同义", "复函日期": "下周", "复函文号": "号" * 61})
    assert problems(wrong) == [
        "征求意见表!B7 意见类别 “原则同义”不是意见类别，您是否想写 原则同意",
        "征求意见表!B9 复函文号 过长（61 字）",
        "征求意见表!B10 复函日期 “下周”不是日期",
    ]
    assert problems(filled(blank, {"意见类别": "同意", "复函日期": "2026-13-01"})) == [
        "征求意见表!B10 复函日期 “2026-13-01”不是日期"
    ]
    assert problems(filled(blank, {"意见类别": "同意"}), key="other") == [
        "征求意见表!B6 表号（勿改） 不是这份征求意见的表，可能拿错了项目或单位的"
    ]
    assert "公式" in problems(filled(blank, {"意见类别": "同意", "总的意见": "=1+1"}))[0]
    other = openpyxl.Workbook()
    buffer = io.BytesIO()
    other.save(buffer)
    assert problems(buffer.getvalue()) == ["None  没有“征求意见表”这一页"]
    with pytest.raises(InputError):
        opinion_sheet.read(b"%PDF", "回.xlsx", "a1", [])


def test_the_lead_takes_the_sheet_out_and_reads_it_back(at: At) -> None:
    world = at("会审中")
    lead, asked = world.p("牵头处经办"), opinion(world, "能源")
    name, blank = world.review.opinions.sheet(lead, world.id, asked.id)
    assert name == "征求意见表（能源）.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(blank))
    said = [cell.value for row in book["征求意见表"].iter_rows() for cell in row if cell.value]
    assert {"射阳港扩建", "能源", "苏环函〔2026〕12号", asked.id} <= set(said)
    clauses = [row[0].value for row in book["有关条款"].iter_rows(min_row=2)]
    listed = world.review.checklist.topics(lead, world.id, "能源")
    assert sorted(clauses) == sorted(item.clause for topic in listed for item in topic.items)
    line = first_line(blank)
    data = filled(blank, {"意见类别": "原则同意"}, **{f"B{line}": "落实替代。", f"C{line}": clauses[0]})
    found = world.review.opinions.read_sheet(lead, world.id, asked.id, name, data)
    assert (found.kind, found.points, found.dated) == ("原则同意", (("落实替代。", clauses[0]),), None)
    assert opinion(world, "能源").stage == "待办"
    with pytest.raises(RefusedError, match="只有外单位"):
        world.review.opinions.sheet(lead, world.id, opinion(world, "气候").id)
    with pytest.raises(NotAllowedError):
        world.review.opinions.read_sheet(world.p("气候处室经办"), world.id, asked.id, name, data)
