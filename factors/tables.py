"""Reading the tables of the register: CSV bytes in, checked records out, every problem named with file, line and field.

One table a subject, UTF-8, comma separated, one number a cell. Columns are fixed: unknown or missing ones are refused.
"""

from __future__ import annotations

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from tanping.factors.record import Conflict, Factor, FuelFactor, Level, Origin, Place, Range, Status
from tanping.records.basis import Basis
from tanping.records.errors import Problem, Where, suggest
from tanping.records.quantity import QuantityError, parse_unit

MAX_BYTES = 4 * 1024 * 1024

WHO = ("key", "item", "name_zh")
WORTH = ("value", "unit")
FUEL_WORTH = (
    "ncv",
    "ncv_unit",
    "carbon_content",
    "oxidation",
    "ef",
    "ef_unit",
    "ef_per_gj",
    "ef_per_gj_unit",
)
SOURCE = (
    "data_year",
    "valid_from",
    "valid_to",
    "published",
    "region",
    "variant",
    "standard",
    "document",
    "basis",
    "origin",
    "status",
    "preferred",
    "conflict",
    "replaced_on",
    "replaced_by",
    "review_by",
    "recorded",
    "note",
)
ATTRIBUTES = frozenset({"sector", "activity_basis", "group", "scenario", "scope", "phase"})
PLACE_COLUMNS = ("region", "level", "no_value", "note")
CONFLICT_COLUMNS = ("conflict", "subject", "values", "state", "decision")
RANGE_COLUMNS = (
    "key",
    "sector",
    "name_zh",
    "low",
    "high",
    "limit",
    "unit",
    "basis",
    "origin",
    "document",
    "note",
)

_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_SIGNED = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")

_Kind = TypeVar("_Kind", bound=StrEnum)
_FIRST, _LAST = date.min, date.max


class Row:
    """One line of a table under examination. Readers return a harmless value after noting a problem."""

    def __init__(self, where: Where, cells: Mapping[str, str], problems: list[Problem]):
        self.where, self.cells, self._problems = where, cells, problems

    def refuse(self, column: str, what: str, allowed: str = "", example: str = "") -> None:
        """Note a problem in one field of this line."""
        self._problems.append(Problem(self.where, column, what, allowed, example))

    def text(self, column: str, *, required: str = "") -> str:
        """Return a cell; ``required`` says what should stand there when it must not be empty."""
        text = self.cells.get(column, "")
        if not text and required:
            self.refuse(column, "没有填写", required)
        return text

    def key(self, column: str) -> str:
        """Return a dotted ASCII key."""
        text = self.text(column, required="小写英文点分键")
        if text and not _KEY.fullmatch(text):
            self.refuse(column, f"键“{text[:60]}”写法不对", "小写英文、数字、下划线，点分", "fuel.cets_steel_2024.coke")
        return text

    def number(self, column: str, *, signed: bool = False) -> Decimal | None:
        """Return a plain decimal number, None when the cell is empty."""
        text = self.cells.get(column, "")
        if not text:
            return None
        if not (_SIGNED if signed else _NUMBER).fullmatch(text):
            self.refuse(column, f"“{text[:40]}”不是数字", "只写数字，小数点用英文句点，不带单位、逗号和文字", "0.5306")
            return None
        return Decimal(text)

    def unit(self, column: str) -> str:
        """Return a unit the unit file knows."""
        text = self.text(column, required="单位，无量纲写 1")
        if text and (problem := _unit_problem(text)):
            self.refuse(column, problem.what, problem.allowed or "单位表中的单位", problem.example)
        return text

    def year(self, column: str) -> int | None:
        """Return a year, None when the cell is empty."""
        text = self.cells.get(column, "")
        if not text:
            return None
        if not _YEAR.fullmatch(text):
            self.refuse(column, f"“{text[:40]}”不是年份", "四位年份", "2023")
            return None
        return int(text)

    def day(self, column: str, *, required: str = "") -> date | None:
        """Return an ISO date, None when the cell is empty."""
        text = self.text(column, required=required)
        if not text:
            return None
        found = _day(text)
        if found is None:
            self.refuse(column, f"“{text[:40]}”不是日期", "年-月-日", "2025-12-31")
        return found

    def published(self) -> tuple[str, date | None]:
        """Return when the document was published and the last day that can mean, None when unknown."""
        text = self.cells.get("published", "")
        if not text:
            return "", None
        found = last_day(text)
        if found is None:
            self.refuse("published", f"“{text[:40]}”不是日期", "年、年-月或年-月-日", "2025-12-31")
        return text, found

    def one_of(self, column: str, kind: type[_Kind], default: _Kind | None = None) -> _Kind:
        """Return a word of a closed list."""
        text = self.cells.get(column, "")
        if not text and default is not None:
            return default
        found = _words(kind).get(text)
        if found is None:
            self.refuse(column, f"“{text[:40]}”不在可选范围" if text else "没有填写", " / ".join(kind))
            return next(iter(kind))
        return found

    def yes_no(self, column: str) -> bool | None:
        """Return true, false or None (empty)."""
        text = self.cells.get(column, "")
        if text not in ("", "true", "false"):
            self.refuse(column, f"“{text[:40]}”不在可选范围", "true / false / 空")
        return {"true": True, "false": False}.get(text)


def last_day(text: str) -> date | None:
    """Return the last day a date, month or year can mean; None when it is none of these."""
    if _YEAR.fullmatch(text):
        return date(int(text), 12, 31)
    if _MONTH.fullmatch(text):
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, monthrange(year, month)[1])
    return _day(text)


def read_rows(
    name: str, raw: bytes, columns: Iterable[str], problems: list[Problem], extra: frozenset[str] = frozenset()
) -> list[Row]:
    """Read one table. ``columns`` must all be there, those of ``extra`` may be; what is wrong goes to ``problems``."""
    text = _decode(name, raw, problems)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = next(reader, None)
        if header is None:
            problems.append(Problem(Where(name), "", "文件是空的", "表头和记录"))
        if header is None or not _header_fits(name, header, tuple(columns), extra, problems):
            return []
        for cells in reader:
            where = Where(name, reader.line_num)
            if len(cells) != len(header):
                problems.append(Problem(where, "", f"有 {len(cells)} 格", f"与表头一致，{len(header)} 格"))
                continue
            rows.append(Row(where, dict(zip(header, cells, strict=True)), problems))
    except csv.Error:
        problems.append(Problem(Where(name, reader.line_num), "", "引号不配对或有换行", "标准 CSV，一行一条记录"))
    return rows


def read_factors(name: str, raw: bytes, places: Mapping[str, Place], problems: list[Problem]) -> list[Factor]:
    """Read one table of factors; ``name`` is its path under the data folder, ``grid/average_2023.csv``."""
    subject = name.rsplit("data/", 1)[-1].removesuffix(".csv")
    fuels = "ncv" in raw[:400].decode("utf-8", "replace").split("\n", 1)[0].split(",")
    columns = (*WHO, *(FUEL_WORTH if fuels else WORTH), *SOURCE)
    rows = read_rows(name, raw, columns, problems, ATTRIBUTES)
    return [_fuel(row, subject, places) if fuels else _factor(row, subject, places) for row in rows]


def read_places(name: str, raw: bytes, problems: list[Problem]) -> dict[str, Place]:
    """Read the table of regions a record may stand for."""
    found: dict[str, Place] = {}
    for row in read_rows(name, raw, PLACE_COLUMNS, problems):
        place = Place(
            row.text("region", required="地区名称"),
            row.one_of("level", Level),
            *(row.text(column) for column in ("no_value", "note")),
        )
        if place.name in found:
            row.refuse("region", f"“{place.name}”重复", "每个地区一行")
        found[place.name] = place
    return found


def read_conflicts(name: str, raw: bytes, problems: list[Problem]) -> dict[str, Conflict]:
    """Read the table of contradictions between sources and what was decided."""
    found: dict[str, Conflict] = {}
    for row in read_rows(name, raw, CONFLICT_COLUMNS, problems):
        key = row.text("conflict", required="冲突编号")
        state = row.text("state")
        if state not in ("open", "closed"):
            row.refuse("state", f"“{state}”不在可选范围", "open / closed")
        if key in found:
            row.refuse("conflict", f"“{key}”重复", "每个冲突一行")
        words = [row.text(column, required="说明文字") for column in ("subject", "values", "decision")]
        found[key] = Conflict(key, words[0], words[1], state == "open", words[2])
    return found


def read_ranges(name: str, raw: bytes, problems: list[Problem]) -> dict[str, Range]:
    """Read the plausibility ranges."""
    found: dict[str, Range] = {}
    for row in read_rows(name, raw, RANGE_COLUMNS, problems):
        low, high, limit = (row.number(column, signed=True) for column in ("low", "high", "limit"))
        if low is None and high is None:
            row.refuse("low", "上下限都没有填写", "至少一个")
        if low is not None and high is not None and low > high:
            row.refuse("high", f"上限 {high} 小于下限 {low}")
        key = row.key("key")
        if key in found:
            row.refuse("key", f"“{key}”重复", "每个范围一行")
        found[key] = Range(
            key,
            row.text("sector", required="行业或 general"),
            row.text("name_zh", required="名称"),
            low,
            high,
            limit,
            row.unit("unit"),
            row.one_of("basis", Basis),
            row.one_of("origin", Origin, Origin.PRINTED),
            row.text("document", required="出处"),
            row.text("note"),
            row.where,
        )
    return found


def _factor(row: Row, subject: str, places: Mapping[str, Place]) -> Factor:
    value = row.number("value")
    if value is None and not row.cells["value"]:
        row.refuse("value", "没有填写", "数字", "0.5306")
    return Factor(value=value or Decimal(0), unit=row.unit("unit"), **_source(row, subject, places))


def _fuel(row: Row, subject: str, places: Mapping[str, Place]) -> FuelFactor:
    ncv, carbon, oxidation, ef, per_gj = (
        row.number(column) for column in ("ncv", "carbon_content", "oxidation", "ef", "ef_per_gj")
    )
    units = [
        row.unit(column) if number is not None else _no_unit(row, column)
        for number, column in ((ncv, "ncv_unit"), (ef, "ef_unit"), (per_gj, "ef_per_gj_unit"))
    ]
    if ef is None and per_gj is None:
        row.refuse("ef", "没有填写", "ef 与 ef_per_gj 至少一个")
    if oxidation is not None and not 0 < oxidation <= 1:
        row.refuse("oxidation", f"{oxidation} 不是氧化率", "0 到 1 之间的小数", "0.98")
    value, unit = (ef, units[1]) if ef is not None else (per_gj, units[2])
    return FuelFactor(
        value=value or Decimal(0),
        unit=unit,
        ncv=ncv,
        ncv_unit=units[0],
        carbon_content=carbon,
        oxidation=oxidation,
        ef=ef,
        ef_unit=units[1],
        ef_per_gj=per_gj,
        ef_per_gj_unit=units[2],
        **_source(row, subject, places),
    )


def _source(row: Row, subject: str, places: Mapping[str, Place]) -> dict[str, Any]:
    """Read what every record says of itself besides its worth, by Factor's field names."""
    data_year, first, last = row.year("data_year"), row.day("valid_from"), row.day("valid_to")
    if data_year is None and first is None and last is None:
        row.refuse("valid_from", "没有数据年份，也没有有效期", "data_year、valid_from、valid_to 至少一个")
    if first and last and first > last:
        row.refuse("valid_to", f"{last} 早于 valid_from {first}")
    published, published_on = row.published()
    replaced, replaced_by = row.day("replaced_on"), row.text("replaced_by")
    if bool(replaced) != bool(replaced_by):
        row.refuse("replaced_by", "replaced_on 与 replaced_by 只填了一个", "两个都填或都不填")
    region = row.text("region", required="地区，如 全国、江苏")
    return {
        "key": row.key("key"),
        "item": row.key("item"),
        "subject": subject,
        "name": row.text("name_zh", required="名称"),
        "data_year": data_year,
        "valid_from": first,
        "valid_to": last,
        "published": published,
        "published_on": published_on,
        "region": region,
        "level": _level(row, region, places),
        "variant": row.text("variant"),
        "standard": row.text("standard"),
        "document": row.text("document", required="出处文件"),
        "basis": row.one_of("basis", Basis),
        "origin": row.one_of("origin", Origin, Origin.PRINTED),
        "status": row.one_of("status", Status),
        "preferred": row.yes_no("preferred"),
        "conflict": row.text("conflict"),
        "replaced_on": replaced,
        "replaced_by": replaced_by,
        "review_by": row.day("review_by", required="复核期限，年-月-日") or _LAST,
        "recorded": row.day("recorded", required="登记日期，年-月-日") or _FIRST,
        "note": row.text("note"),
        "attributes": {name: row.cells[name] for name in ATTRIBUTES & row.cells.keys() if row.cells[name]},
        "where": row.where,
    }


def _level(row: Row, region: str, places: Mapping[str, Place]) -> Level:
    if region in places:
        return places[region].level
    if region:
        row.refuse("region", f"不认识地区“{region[:20]}”", suggest(region, places) or "地区表中的名称")
    return Level.NATION


def _no_unit(row: Row, column: str) -> str:
    if row.cells[column]:
        row.refuse(column, "有单位却没有数值", "数值与单位同时填写或同时留空")
    return ""


def _decode(name: str, raw: bytes, problems: list[Problem]) -> str | None:
    if len(raw) > MAX_BYTES:
        problems.append(Problem(Where(name), "", "文件过大", f"不超过 {MAX_BYTES // 1024} KiB"))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(Where(name, line), "", "不是 UTF-8 编码的文本", "UTF-8 编码的 CSV"))
        return None
    if "\0" in text:
        problems.append(Problem(Where(name), "", "文件里有空字符，不是文本", "UTF-8 编码的 CSV"))
        return None
    return text


def _header_fits(
    name: str, header: list[str], columns: tuple[str, ...], extra: frozenset[str], problems: list[Problem]
) -> bool:
    before = len(problems)
    where = Where(name, 1)
    for column in columns:
        if column not in header:
            problems.append(Problem(where, column, "缺少这一列", "表头：" + "，".join(columns)))
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            problems.append(Problem(where, column, "列名重复", "每列一个名称"))
        if column not in columns and column not in extra:
            hint = suggest(column, (*columns, *extra))
            problems.append(Problem(where, column or "（空）", "不认识的列", hint or "删去，或改用已有的列"))
    return len(problems) == before


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _unit_problem(text: str) -> QuantityError | None:
    try:
        parse_unit(text)
    except QuantityError as error:
        return error
    return None


@lru_cache(maxsize=16)
def _words(kind: type[_Kind]) -> dict[str, _Kind]:
    return {member.value: member for member in kind}
