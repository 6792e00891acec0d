"""YAML read as plain strings with the line of every value.

YAML 1.1 turns ``no``, dates and ``0123`` into other things, so every scalar stays the text the author typed and the
typed model above decides what it is. Aliases, tags, duplicate keys, deep nesting and large files are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tanping.records.doors.text import visible
from tanping.records.errors import InputError, Problem, Where

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 100_000

# What YAML itself does not allow, and would report in English.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")

Key = str | int
Location = tuple[Key, ...]


@dataclass(frozen=True)
class Document:
    """A parsed file: ``data`` of dicts, lists and strings (an empty value is ``None``); ``lines`` by location."""

    source: str
    data: Any
    lines: dict[Location, int]

    def where(self, location: Location = ()) -> Where:
        """Return the place of a location, or of its nearest known parent."""
        while location and location not in self.lines:
            location = location[:-1]
        return Where(self.source, self.lines.get(location, 1))


def read_yaml(path: Path, *, max_bytes: int = MAX_BYTES) -> Document:
    """Read a YAML file. Raises InputError with file and line for anything that is not plain, bounded YAML."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
    except OSError as error:
        raise InputError(Problem(Where(name), "", _os_words(error))) from None
    return parse_yaml(raw, name, max_bytes=max_bytes)


def parse_yaml(raw: bytes, source: str, *, max_bytes: int = MAX_BYTES) -> Document:
    """Parse YAML bytes (UTF-8). Same refusals as read_yaml."""
    if len(raw) > max_bytes:
        raise InputError(Problem(Where(source), "", "文件过大", f"不超过 {max_bytes // 1024} KiB"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(Problem(Where(source, line), "", "不是 UTF-8 编码的文本", "UTF-8 编码的 YAML")) from None
    text = text.removeprefix("\ufeff")
    odd = _CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        what = f"含控制字符 U+{ord(odd[0]):04X}"
        raise InputError(Problem(Where(source, line), "", what, "纯文本；从别处粘贴的内容请重新录入"))
    lines: dict[Location, int] = {}
    try:
        data = _build(yaml.parse(text, Loader=yaml.CBaseLoader), source, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise InputError(Problem(Where(source, line), "", "不是有效的 YAML", _syntax(error))) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise InputError(Problem(Where(source, 1), "", "不是有效的 YAML", "检查缩进、冒号和引号")) from None
    if data is None:
        raise InputError(
            Problem(Where(source), "", "文件是空的", "有内容的 YAML；空白的项目文件用 tanping template 生成")
        )
    return Document(source, data, lines)


def _build(events: Iterator[Any], source: str, lines: dict[Location, int]) -> Any:
    """Build the value of the one document. Refuses what plain data has no need of, at its line."""
    try:
        next(events)  # stream start
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        data = _Builder(events, source, lines).value(next(events), ())
        next(events)  # document end
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _refusal(source, after, "一个文件只能有一份内容", "去掉多余的 ---")
        return data
    finally:
        events.close()  # type: ignore[attr-defined]  # yaml.parse is a generator: it frees the parser's copy of the text


class _Builder:
    """Turns parser events into dicts, lists and texts, noting the line of each."""

    def __init__(self, events: Iterator[Any], source: str, lines: dict[Location, int]):
        self.events = events
        self.source = source
        self.lines = lines

    def value(self, event: Any, location: Location) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent:
            raise self._refuse(event, "不允许使用 YAML 引用（*别名）", "把内容直接写出")
        if event.anchor or event.tag:
            raise self._refuse(event, "不允许使用 YAML 锚点或标签", "把内容直接写出")
        self.lines[location] = event.start_mark.line + 1
        if kind is yaml.ScalarEvent:
            return event.value if event.value != "" or event.style else None
        if len(location) >= MAX_DEPTH:
            raise self._refuse(event, "嵌套过深", f"不超过 {MAX_DEPTH} 层")
        if len(self.lines) > MAX_NODES:
            raise self._refuse(event, "内容过多", f"不超过 {MAX_NODES} 项")
        return self.items(location) if kind is yaml.SequenceStartEvent else self.table(location)

    def items(self, location: Location) -> list[Any]:
        items: list[Any] = []
        for event in self.events:
            if type(event) is yaml.SequenceEndEvent:
                break
            if len(items) >= MAX_NODES:
                raise self._refuse(event, "内容过多", f"不超过 {MAX_NODES} 项")
            items.append(self.value(event, (*location, len(items))))
        return items

    def table(self, location: Location) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for event in self.events:
            if type(event) is yaml.MappingEndEvent:
                break
            line = event.start_mark.line + 1
            if type(event) is not yaml.ScalarEvent or event.anchor or event.tag:
                raise self._refuse(event, "键必须是普通文字")
            key = event.value
            if key in table:
                raise self._refuse(event, f"键“{visible(key[:40])}”重复", "每个键只出现一次")
            if len(table) >= MAX_NODES:
                raise self._refuse(event, "内容过多", f"不超过 {MAX_NODES} 项")
            inner = (*location, key)
            table[key] = self.value(next(self.events), inner)
            self.lines[inner] = line
        return table

    def _refuse(self, event: Any, what: str, allowed: str = "") -> InputError:
        return _refusal(self.source, event, what, allowed)


def _refusal(source: str, event: Any, what: str, allowed: str = "") -> InputError:
    return InputError(Problem(Where(source, event.start_mark.line + 1), "", what, allowed))


def _syntax(error: yaml.MarkedYAMLError) -> str:
    return {
        "mapping values are not allowed in this context": "“键: 值”各占一行，值里有冒号时加引号",
        "found character that cannot start any token": "缩进用空格，不用制表符",
    }.get(error.problem or "", "检查缩进、冒号和引号")


def _os_words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "找不到文件"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹，不是文件"
    if isinstance(error, PermissionError):
        return "没有读取权限"
    return "文件无法读取"
