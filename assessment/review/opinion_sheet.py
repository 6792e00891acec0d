"""The 征求意见表: an outside body's opinion sheet as a workbook, out with the letter and back with the answer.

What comes back is read, not trusted: it fills the fields of a reply, and the person who records it looks at them beside the scan. A sheet
knows the opinion it was made for, so that another body's or another project's is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tanping.assessment.review.words import OpinionKind
from tanping.records.errors import InputError, Problem, Where, suggest

if TYPE_CHECKING:
    from tanping.records.doors.workbook import Sheet

TITLE, CLAUSES = "征求意见表", "有关条款"
KEY = "表号（勿改）"
KIND, TEXT, NUMBER, DATED = "意见类别", "总的意见", "复函文号", "复函日期"
POINTS = ("序号", "具体意见", "依据（条款编号、文件、页码）")
LINES = 20
"""How many points the blank sheet has room for; rows added below are read too."""
_WIDTHS = (22, 70, 38)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_LONGEST = {TEXT: 20_000, NUMBER: 60}


@dataclass(frozen=True)
class Asked:
    """What the sheet is about. ``clauses`` are (id, citation, requirement, question) of those that concern the body."""

    key: str
    project: str
    body: str
    letter: str
    due: date | None
    clauses: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Answered:
    """What a body wrote into its sheet. ``points`` are (text, clause id or empty); ``dated`` None if left blank."""

    kind: str
    text: str
    points: tuple[tuple[str, str], ...]
    number: str
    dated: date | None


def write(asked: Asked) -> bytes:
    """Return the sheet as an xlsx."""
    from tanping.records.doors.export import SafeWorkbook

    with SafeWorkbook(f"{asked.project} {TITLE}") as book:
        head, fill = {"bold": True, "valign": "top"}, {"text_wrap": True, "valign": "top", "border": 1}
        sheet = book.sheet(TITLE)
        for column, width in enumerate(_WIDTHS):
            sheet.layout.set_column(column, column, width)
        sheet.layout.hide_gridlines(2)
        sheet.layout.fit_to_pages(1, 0)
        sheet.layout.set_paper(9)
        for row, (label, value, hint) in enumerate(_top(asked)):
            sheet.write(row, 0, label, head)
            sheet.write(row, 1, value, fill if row else head)
            sheet.write(row, 2, hint, {"italic": True, "font_color": "#55606c", "text_wrap": True})
            if label == KIND:
                sheet.layout.data_validation(row, 1, row, 1, {"validate": "list", "source": list(OpinionKind)})
            if label == TEXT:
                sheet.layout.set_row(row, 90)
        first = row + 2
        sheet.row(first, POINTS, {"bold": True, "bottom": 1})
        for line in range(1, LINES + 1):
            sheet.row(first + line, (line, "", ""), fill)
        _clauses(book.sheet(CLAUSES), asked)
    return book.data


def _top(asked: Asked) -> Iterator[tuple[str, Any, str]]:
    yield TITLE, "", "填好后连同盖章的复函一并送回"
    yield "项目名称", asked.project, ""
    yield "答复单位", asked.body, ""
    yield "征求意见函文号", asked.letter, ""
    yield "请于此日前答复", asked.due, "逾期未复的，记为“逾期未复”"
    yield KEY, asked.key, "系统据此认表"
    yield KIND, "", f"从下拉列表选一项：{'、'.join(OpinionKind)}"
    yield TEXT, "", "不同意的写明理由"
    yield NUMBER, "", "与复函一致"
    yield DATED, "", "例：2026-11-20"


def _clauses(sheet: Any, asked: Asked) -> None:
    for column, width in enumerate((26, 44, 60, 44)):
        sheet.layout.set_column(column, column, width)
    sheet.row(0, ("条款编号", "条款", "要求", "请判断"), {"bold": True, "bottom": 1})
    for row, clause in enumerate(asked.clauses, 1):
        sheet.row(row, clause, {"text_wrap": True, "valign": "top"})


# ---- coming back -----------------------------------------------------------------------------------------------------


def read(data: bytes, source: str, key: str, clauses: Sequence[str]) -> Answered:
    """Read a sheet that came back for the opinion ``key``. Raises InputError with every problem, each with its cell."""
    from tanping.records.doors.intake import parse_xlsx

    book = parse_xlsx(data, source)
    sheet = book.sheets.get(TITLE)
    if sheet is None:
        what = f"没有“{TITLE}”这一页"
        raise InputError(Problem(Where(source), "", what, "随征求意见函发出的征求意见表"))
    return _Reader(sheet, clauses).answered(key)


class _Reader:
    """Finds what is written by its label, wherever rows were added."""

    def __init__(self, sheet: Sheet, clauses: Sequence[str]) -> None:
        self.sheet = sheet
        self.clauses = frozenset(clauses)
        self.problems: list[Problem] = []
        self.rows: Mapping[str, int] = {
            label.strip(): row for row, cells in reversed(list(enumerate(sheet))) if cells and (label := cells[0])
        }

    def answered(self, key: str) -> Answered:
        """Return what is written. Raises InputError."""
        if self._text(KEY) != key:
            self._refuse(KEY, "不是这份征求意见的表，可能拿错了项目或单位的", "向本单位发出的那一份")
            raise InputError(self.problems)
        found = Answered(self._kind(), self._long(TEXT), tuple(self._points()), self._long(NUMBER), self._dated())
        if self.problems:
            raise InputError(self.problems)
        return found

    def _text(self, label: str) -> str:
        row = self.rows.get(label)
        return (self.sheet.cell(row, 1) or "").strip() if row is not None else ""

    def _long(self, label: str) -> str:
        text = self._text(label)
        if len(text) > _LONGEST[label]:
            self._refuse(label, f"过长（{len(text)} 字）", f"不超过 {_LONGEST[label]} 字")
        return text

    def _kind(self) -> str:
        kind = self._text(KIND)
        if kind not in tuple(OpinionKind):
            what = f"“{kind[:40]}”不是意见类别" if kind else "没有填写"
            hint = suggest(kind, OpinionKind)
            self._refuse(KIND, what + (f"，{hint}" if hint else ""), "、".join(OpinionKind))
        return kind

    def _dated(self) -> date | None:
        typed = self._text(DATED)
        if not typed:
            return None
        found = _DATE.fullmatch(typed)
        if found:
            with suppress(ValueError):
                return date(*map(int, found.groups()))
        self._refuse(DATED, f"“{typed[:40]}”不是日期", "年-月-日", "2026-11-20")
        return None

    def _points(self) -> Iterator[tuple[str, str]]:
        first = self.rows.get(POINTS[0])
        if first is None:
            self._refuse(POINTS[0], "找不到具体意见的表头", "、".join(POINTS))
            return
        for row in range(first + 1, len(self.sheet.rows)):
            text = (self.sheet.cell(row, 1) or "").strip()
            ground = (self.sheet.cell(row, 2) or "").strip()
            if ground in self.clauses and text:
                yield text, ground
            elif text or ground:
                yield (f"{text}（依据：{ground}）" if text and ground else text or ground), ""

    def _refuse(self, label: str, what: str, allowed: str, example: str = "") -> None:
        row = self.rows.get(label)
        where = self.sheet.where(row, 1) if row is not None else Where(self.sheet.source)
        self.problems.append(Problem(where, label, what, allowed, example))
