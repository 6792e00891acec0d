"""What comes through the intake: sheets of cells as text, each cell with its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tanping.records.doors.text import visible
from tanping.records.errors import Where

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How large a table may be. ``cells`` is the box from A1 to the last filled cell of a sheet; sizes in bytes."""

    file: int = 8 * MIB
    unpacked: int = 96 * MIB
    ratio: int = 400
    entries: int = 400
    sheets: int = 64
    columns: int = 512
    rows: int = 100_000
    cells: int = 1_000_000
    memory: int = 1024 * MIB
    seconds: int = 20


FORM = Limits()
BATCH = Limits(file=64 * MIB, unpacked=1024 * MIB, rows=1_048_575, cells=8_000_000, memory=4096 * MIB, seconds=120)


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[r][c]`` is the text of a cell as it reads in the sheet, None when blank; rows end at their last cell.

    ``formulas`` are the cells whose text is the value Excel last cached, ``merged`` the merged ranges (``A1:C1``); ``lines`` the file line
    of every row for CSV, empty for a workbook.
    """

    name: str
    source: str
    rows: list[list[str | None]]
    hidden: bool = False
    merged: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    lines: list[int] = field(default_factory=list)

    def cell(self, row: int, column: int) -> str | None:
        """Return a cell's text by zero-based row and column; None when blank or outside."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def where(self, row: int, column: int | None = None) -> Where:
        """Return the place of a cell: ``表名!B3`` in a workbook, the line in a CSV file."""
        if self.lines:
            return Where(self.source, self.lines[min(row, len(self.lines) - 1)])
        return Where(self.source, cell=f"{visible(self.name)}!{address(row, column or 0)}")

    def __iter__(self) -> Iterator[list[str | None]]:
        return iter(self.rows)


@dataclass(frozen=True)
class Workbook:
    """A file of sheets, in their order."""

    source: str
    sheets: dict[str, Sheet]


def column_letters(column: int) -> str:
    """Return the letters of a zero-based column: 0 -> A, 27 -> AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return the address of a zero-based row and column: (2, 1) -> B3."""
    return f"{column_letters(column)}{row + 1}"
