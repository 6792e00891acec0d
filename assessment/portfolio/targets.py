"""Dated targets of cities, from a small table: 设区市, 年份, 目标（tCO2）, 出处."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from pathlib import Path

from pydantic_core import PydanticCustomError

from tanping.assessment.portfolio.ledger import Target
from tanping.assessment.project.entry import quantity
from tanping.records.doors.intake import read_workbook
from tanping.records.doors.workbook import Sheet
from tanping.records.errors import InputError, Problem
from tanping.records.regions import PlaceError, find_city

HEADINGS = ("设区市", "年份", "目标", "出处")
_AMOUNT = quantity("目标", "tCO2", example="8000 万tCO2")


def read_targets(path: Path) -> tuple[Target, ...]:
    """Read targets. The unit stands in the heading or in the cell. Raises InputError with every problem found."""
    sheet = next(iter(read_workbook(path).sheets.values()))
    head = [(text or "").strip() for text in (sheet.rows[0] if sheet.rows else [])]
    found = {
        name: at for at, text in enumerate(head) for name in HEADINGS if text == name or text.startswith(f"{name}（")
    }
    if missing := [name for name in HEADINGS[:3] if name not in found]:
        raise InputError(Problem(sheet.where(0), "、".join(missing), "目标表缺少这一列", "、".join(HEADINGS)))
    unit = re.search(r"（(.+)）$", head[found["目标"]])
    problems: list[Problem] = []
    targets = [
        _target(sheet, row, found, unit[1] if unit else "", problems)
        for row in range(1, len(sheet.rows))
        if any(sheet.rows[row])
    ]
    if problems:
        raise InputError(problems)
    return tuple(target for target in targets if target)


def _target(sheet: Sheet, row: int, at: dict[str, int], unit: str, problems: list[Problem]) -> Target | None:
    texts = {name: (sheet.cell(row, column) or "").strip() for name, column in at.items()}
    city, year, amount = "", 0, math.nan
    try:
        city = find_city(texts["设区市"])
    except PlaceError as error:
        problems.append(error.problem(sheet.where(row, at["设区市"]), "设区市"))
    if re.fullmatch(r"[0-9]{4}", texts["年份"]):
        year = int(texts["年份"])
    else:
        problems.append(Problem(sheet.where(row, at["年份"]), "年份", f"“{texts['年份']}”不是年份", "四位数", "2030"))
    try:
        said = _AMOUNT.parse(f"{texts['目标']} {unit}".strip())
        amount = math.nan if said.value is None else float(Decimal(said.value))
    except PydanticCustomError as error:
        context = error.context or {}
        problems.append(Problem(sheet.where(row, at["目标"]), "目标", str(context["what"]), str(context["allowed"])))
    if math.isnan(amount) and not problems:
        problems.append(Problem(sheet.where(row, at["目标"]), "目标", "没有填目标", "数值", "80000000"))
    return Target(city, year, amount, texts.get("出处", ""))
