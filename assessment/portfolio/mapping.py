"""A table that names its columns in its own way: a small YAML file says which field of the catalogue each one is.

    schema: tanping.columns/1
    columns:
      plant_id: 项目代码
      fuel: {to: 生产单元类别, words: {Coal: 煤电, Natural Gas: 燃气发电}}
      commissioning_year: {to: 投产日期, year: 是}
      owner_note: "#"
    constants:
      行业: 电力

``words`` are replaced before a cell is read (an empty one makes it blank); ``year`` takes the first of January of a bare year and says so on
the row; ``#`` leaves a column out; ``place`` reads province and city from an address in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import Document, read_yaml

SCHEMA = "tanping.columns/1"
_KEYS = ("to", "words", "year", "place")
_ANSWERS = {"是": True, "true": True, "yes": True, "否": False, "false": False, "no": False}


@dataclass(frozen=True)
class Column:
    """What becomes of one column."""

    to: str
    words: Mapping[str, str] = field(default_factory=dict)
    year: bool = False
    place: bool = False


@dataclass(frozen=True)
class ColumnMap:
    """Columns by the heading they have in the table, and headings whose value is the same in every row."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def heading(self, text: str) -> str:
        """The catalogue's heading for a column; its own when the map does not speak of it."""
        found = self.columns.get(text)
        return found.to if found else text


def read_map(path: Path) -> ColumnMap:
    """Read a column map. Raises InputError with every problem found."""
    document = read_yaml(path)
    data = document.data
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise InputError(Problem(document.where(), "schema", "不是列名对照文件", SCHEMA, f"schema: {SCHEMA}"))
    problems: list[Problem] = []
    for key in data:
        if key not in ("schema", "columns", "constants"):
            problems.append(Problem(document.where((key,)), key, "不认识的键", "columns、constants"))
    columns = {
        name: _column(document, name, content, problems) for name, content in _table(document, "columns", problems)
    }
    constants = {}
    for name, content in _table(document, "constants", problems):
        if not isinstance(content, str):
            problems.append(Problem(document.where(("constants", name)), name, "应是一个值", "行业: 电力"))
        else:
            constants[name] = content
    if problems:
        raise InputError(problems)
    return ColumnMap(columns, constants)


def _table(document: Document, key: str, problems: list[Problem]) -> list[tuple[str, Any]]:
    found = document.data.get(key) or {}
    if not isinstance(found, dict):
        problems.append(Problem(document.where((key,)), key, "应是键值", "列名: 字段"))
        return []
    return list(found.items())


def _column(document: Document, name: str, content: Any, problems: list[Problem]) -> Column:
    where = document.where(("columns", name))
    if isinstance(content, str):
        return Column(content)
    if not isinstance(content, dict) or not isinstance(content.get("to"), str):
        problems.append(Problem(where, name, "应是字段名，或带 to 的键值", "to: 生产单元类别"))
        return Column("#")
    for key in content:
        if key not in _KEYS:
            problems.append(Problem(where, name, f"不认识的键“{key}”", suggest(key, _KEYS) or "、".join(_KEYS)))
    words = content.get("words") or {}
    if not isinstance(words, dict) or not all(isinstance(word, str | None) for word in words.values()):
        problems.append(Problem(where, name, "words 应是键值", "Coal: 煤电"))
        words = {}
    flags = {key: _flag(content[key], where, f"{name}.{key}", problems) for key in ("year", "place") if key in content}
    return Column(content["to"], {key: word or "" for key, word in words.items()}, **flags)


def _flag(content: Any, where: Where, field: str, problems: list[Problem]) -> bool:
    answer = _ANSWERS.get(str(content).lower())
    if answer is None:
        problems.append(Problem(where, field, f"“{content}”不是回答", "是 或 否", "是"))
    return bool(answer)
