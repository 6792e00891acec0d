"""YAML read as plain strings with the line of every value.

YAML 1.1 turns ``no``, dates and ``0123`` into other things, so every scalar stays the text the author typed and the
typed model above decides what it is. Aliases, tags, duplicate keys, deep nesting and large files are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tanping.records.errors import InputError, Problem, Where

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40

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
    if not text.strip():
        raise InputError(Problem(Where(source), "", "文件是空的", "项目文件，可用 tanping template 生成空白表"))
    lines: dict[Location, int] = {}
    try:
        data = _build(iter(yaml.parse(text, Loader=yaml.CBaseLoader)), source, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise InputError(Problem(Where(source, line), "", "不是有效的 YAML", _syntax(error))) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(Problem(Where(source, 1), "", "不是有效的 YAML", str(error).splitlines()[0])) from None
    return Document(source, data, lines)


def _build(events: Iterator[Any], source: str, lines: dict[Location, int]) -> Any:
    def line_of(event: Any) -> int:
        return int(event.start_mark.line) + 1

    def refuse(event: Any, what: str, allowed: str = "") -> InputError:
        return InputError(Problem(Where(source, line_of(event)), "", what, allowed))

    def value(event: Any, location: Location) -> Any:
        lines[location] = line_of(event)
        if isinstance(event, yaml.AliasEvent):
            raise refuse(event, "不允许使用 YAML 引用（*别名）", "把内容直接写出")
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise refuse(event, "不允许使用 YAML 锚点或标签", "把内容直接写出")
        if len(location) > MAX_DEPTH:
            raise refuse(event, "嵌套过深", f"不超过 {MAX_DEPTH} 层")
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.value != "" or event.style else None
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(value(event, (*location, len(items))))
            return items
        table: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise refuse(event, "键必须是普通文字")
            key = event.value
            if key in table:
                raise refuse(event, f"键“{key}”重复", "每个键只出现一次")
            key_line = line_of(event)
            table[key] = value(next(events), (*location, key))
            lines[(*location, key)] = key_line
        return table

    result: Any = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
            continue
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refuse(event, "一个文件只能有一份内容", "去掉多余的 ---")
            continue
        result = value(event, ())
    return result


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
