"""The one way out for tables: xlsx and CSV in which no text is a formula, whatever a stranger typed into a field.

Texts go out as texts (never guessed into numbers, links or formulas), with hidden characters made visible; the only formulas are those this
program writes itself with ``SafeSheet.formula``. Files are written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.records.doors.text import neutral, visible

if TYPE_CHECKING:
    from tanping.records.doors.safe_xlsx import TextWorksheet

Style = dict[str, Any]
Cell = str | int | float | Decimal | bool | date | None
Table = Iterable[Iterable[Cell]]

# A fixed time of making, so that the same content gives the same bytes.
_MADE = datetime(2026, 1, 1)
_HEAD: Style = {"bold": True, "text_wrap": True, "valign": "top"}
_MAX_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class SafeWorkbook:
    """An xlsx in the making. Use it in a ``with`` block; when that ends without an error, ``data`` holds the bytes."""

    def __init__(self, title: str = ""):
        from tanping.records.doors.safe_xlsx import TextWorkbook

        self._buffer = io.BytesIO()
        self._book = TextWorkbook(self._buffer)
        self._book.set_properties({"title": visible(title), "created": _MADE})
        self._formats: dict[str, Any] = {}
        self._names: set[str] = set()
        self.data = b""

    def __enter__(self) -> SafeWorkbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._book.close()
            self.data = self._buffer.getvalue()

    def sheet(self, name: str) -> SafeSheet:
        """Add a sheet. The name is cut to what Excel allows (31 characters, none of ``[]:*?/\\``) and made unique."""
        clean = _FORBIDDEN.sub("_", visible(name)).strip("' ") or "表"
        unique, number = clean[:_MAX_NAME], 2
        while unique.casefold() in self._names:
            end = f"_{number}"
            unique, number = clean[: _MAX_NAME - len(end)] + end, number + 1
        self._names.add(unique.casefold())
        return SafeSheet(self, self._book.add_worksheet(unique))

    def style(self, properties: Style) -> Any:
        """Return the writer's format of some properties; equal properties share one."""
        key = repr(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


class SafeSheet:
    """A sheet of a SafeWorkbook. Rows and columns count from zero; a style is a dict of the xlsx writer's format properties.

    ``layout`` is the writer's own worksheet, for widths, frozen panes, drop-downs, comments and protection.
    """

    def __init__(self, book: SafeWorkbook, layout: TextWorksheet):
        self.book = book
        self.layout = layout
        self.name = str(layout.get_name())

    def write(self, row: int, column: int, value: Cell, style: Style | None = None) -> None:
        """Write a value by its type. None, NaN and empty text leave the cell blank: missing is not zero. ValueError for infinities."""
        value = _spoken(value)
        if isinstance(value, date):
            style = {"num_format": "yyyy-mm-dd", **(style or {})}
        self.layout.write(row, column, value, self.book.style(style) if style else None)

    def row(self, row: int, values: Iterable[Cell], style: Style | None = None) -> None:
        """Write values side by side from column A."""
        for column, value in enumerate(values):
            self.write(row, column, value, style)

    def formula(self, row: int, column: int, expression: str, value: float, style: Style | None = None) -> None:
        """Write a live formula made by this program, with its value. Never pass text that a person typed."""
        self.layout.write_formula(row, column, expression, self.book.style(style or {}), value)

    def merge(self, first: tuple[int, int], last: tuple[int, int], text: str, style: Style) -> None:
        """Merge the range between two cells (row, column), for titles and notes, and write its text."""
        self.layout.merge_range(*first, *last, text, self.book.style(style))


def xlsx_bytes(tables: Mapping[str, Table], title: str = "") -> bytes:
    """Return a workbook of plain tables, one a sheet; the first row of each is its heading, bold and frozen."""
    with SafeWorkbook(title) as book:
        for name, rows in tables.items():
            sheet = book.sheet(name)
            sheet.layout.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                sheet.row(number, row, None if number else _HEAD)
    return book.data


def write_xlsx(path: Path, tables: Mapping[str, Table], title: str = "") -> None:
    """Write what xlsx_bytes returns, whole or not at all. Raises OSError."""
    write_file(path, xlsx_bytes(tables, title))


def csv_bytes(rows: Table) -> bytes:
    """Return CSV as Chinese Excel opens it right (UTF-8 with mark, CRLF). Texts are neutralised, numbers go out unrounded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a draft beside it takes its place at the end. Raises OSError.

    A device or a pipe is written to as it is: putting a file in the place of /dev/null would harm the whole machine.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        with path.open("wb") as stream:
            stream.write(data)
        return
    try:
        _replace(path, data)
    except OSError as error:
        # A full disk names no file, and the draft's name means nothing to anybody.
        if error.errno is not None:
            error.filename = str(path)
        raise


def _replace(path: Path, data: bytes) -> None:
    with draft_beside(path) as draft:
        draft.write_bytes(data)


@contextmanager
def draft_beside(path: Path) -> Iterator[Path]:
    """Give an empty file beside another, with the rights any new file gets; it takes the other's place when all went well, else it is gone.

    Raises OSError. The system applies the mask of the process: asking for the mask means setting it for a moment, and two threads that do so at
    once can leave it open for good.
    """
    draft = path.parent / f".{path.name[:40]}-{os.urandom(8).hex()}"
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield draft
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _spoken(value: Cell) -> Cell:
    return ("是" if value else "否") if isinstance(value, bool) else value


def _plain(value: Cell) -> str:
    value = _spoken(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, date):
        return value.isoformat()
    if not math.isfinite(value):
        raise ValueError("an infinity cannot be written")
    return format(value, "f") if isinstance(value, Decimal) else repr(value)
