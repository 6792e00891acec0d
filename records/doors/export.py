"""The one way out for tables: xlsx and CSV in which no text is a formula, whatever a stranger typed into a field.

Texts go out as texts (never guessed into numbers, links or formulas), with hidden characters made visible; the only formulas are those this
program writes itself with ``write_formula``. Files are written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.records.doors.text import neutral, visible

if TYPE_CHECKING:
    from tanping.records.doors.safe_xlsx import SafeWorkbook

Cell = str | int | float | Decimal | bool | date | None
Table = Iterable[Iterable[Cell]]

# A fixed time of making, so that the same content gives the same bytes.
_MADE = datetime(2026, 1, 1)


@contextmanager
def new_workbook(target: Path | io.BytesIO, title: str = "") -> Iterator[SafeWorkbook]:
    """Open a workbook for writing; it appears in ``target`` (a path or a buffer) when the block ends without an error.

    It is the xlsx writer's own workbook, but for three things: text written to a cell stays text, hidden characters are shown, and calls
    that make live links or rich text out of strings are refused.
    """
    from tanping.records.doors.safe_xlsx import SafeWorkbook

    buffer = io.BytesIO()
    book = SafeWorkbook(buffer)
    book.set_properties({"title": visible(title), "created": _MADE})
    yield book
    book.close()
    if isinstance(target, Path):
        write_whole(target, buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def write_xlsx(target: Path | io.BytesIO, tables: Mapping[str, Table], title: str = "") -> None:
    """Write plain tables, one a sheet; the first row of each is its heading, bold and frozen. OSError if the file can't be written."""
    with new_workbook(target, title) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    style = day if isinstance(value, date) else None
                    sheet.write(number, column, _spoken(value), style if number else head)


def xlsx_bytes(tables: Mapping[str, Table], title: str = "") -> bytes:
    """Return what write_xlsx writes."""
    buffer = io.BytesIO()
    write_xlsx(buffer, tables, title)
    return buffer.getvalue()


def csv_bytes(rows: Table) -> bytes:
    """Return CSV as Chinese Excel opens it right (UTF-8 with mark, CRLF). Texts are neutralised, numbers go out unrounded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a draft beside it takes its place at the end. Raises OSError."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # mkstemp makes private files; a result is for whoever may read the folder.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(draft, 0o666 & ~mask)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
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
