"""CSV as people save it: UTF-8 with or without mark, GBK/GB18030 from Chinese Excel, UTF-16; comma, tab or semicolon."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from tanping.records.doors.workbook import Limits
from tanping.records.errors import InputError, Problem, Where

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAX_ROW = 1024 * 1024
_SURELY_UTF8 = 8
_SAMPLE = 64 * 1024


def decode(data: bytes, source: str) -> str:
    """Decode the bytes of a text table. Raises InputError with the line of the first byte that fits no encoding."""
    if not data.strip():
        raise InputError(Problem(Where(source), "", "文件是空的", "有表头和内容的 CSV"))
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, source)
    if b"\x00" in data:
        raise InputError(Problem(Where(source), "", "不是文本文件（含空字节）", "UTF-8 或 GBK 编码的 CSV"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Chinese text in GBK hardly ever starts with many valid UTF-8 characters: that is UTF-8 with a damaged byte.
        utf8 = sum(not char.isascii() for char in data[: error.start].decode("utf-8")) >= _SURELY_UTF8
        return _strict(data, "utf-8" if utf8 else "gb18030", source)


def rows(text: str, source: str, limits: Limits) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the file line on which a row starts and its cells (None when blank). Raises InputError with the line."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter(text), strict=True)
    start, cells = 1, 0
    while True:
        lines.used = 0
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(Problem(Where(source, start), "", *_fault(str(error)))) from None
        cells += len(row)
        if len(row) > limits.columns:
            raise InputError(Problem(Where(source, start), "", f"一行有 {len(row)} 列", f"不超过 {limits.columns} 列"))
        if reader.line_num > limits.rows or cells > limits.cells:
            raise InputError(
                Problem(Where(source, start), "", "内容过多", f"不超过 {limits.rows} 行、{limits.cells} 格")
            )
        yield start, [cell if cell.strip() else None for cell in row]
        start = reader.line_num + 1


class _Lines:
    """The lines of a text, as long as one row does not swallow too many of them (an open quote would take the whole file)."""

    def __init__(self, text: str):
        self.stream = io.StringIO(text, newline="")
        self.used = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.used += len(line)
        if self.used > _MAX_ROW:
            raise csv.Error("field larger than a row may be")
        return line


def delimiter(text: str) -> str:
    """Return the separator of the first line that has one: the most frequent of comma, tab and semicolon outside quotes."""
    for line in text[:_SAMPLE].splitlines():
        bare = "".join(line.split('"')[::2])
        counts = {mark: bare.count(mark) for mark in ",\t;"}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a file up to a limit. Raises InputError when it is missing, a folder, unreadable or larger."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(Problem(Where(name), "", "找不到文件")) from None
    except IsADirectoryError:
        raise InputError(Problem(Where(name), "", "这是文件夹，不是文件")) from None
    except (OSError, ValueError):
        raise InputError(Problem(Where(name), "", "文件无法读取")) from None
    if len(data) > limit:
        raise InputError(Problem(Where(name), "", "文件过大", f"不超过 {limit // 1024} KiB"))
    return data


def _strict(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(Problem(Where(source, line), "", "文字编码无法识别", "UTF-8 或 GBK 编码的 CSV")) from None


def _fault(message: str) -> tuple[str, str]:
    if "field larger" in message:
        return "一格的内容过长，可能少了一个引号", "每格的引号成对出现"
    if "quote" in message or "unexpected end" in message or "expected after" in message:
        return "引号不成对", "含逗号或换行的内容整格加双引号，其中的双引号写两个"
    return "不是有效的 CSV", "每行的列用逗号隔开"
