"""The xlsx writer with its string door shut: what a person typed is never anything but text."""

from __future__ import annotations

import copy
import io
import math
from typing import Any

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from tanping.records.doors.text import starts_formula, visible


class TextWorksheet(Worksheet):
    """A worksheet whose texts are shown as they are and stay texts when the cell is edited."""

    owner: TextWorkbook

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        shown = visible(string)
        style = self.owner.quoted(cell_format) if starts_formula(shown) else cell_format
        return int(super()._write_string(row, col, shown, style))

    def _write_number(self, row: int, col: int, number: Any, cell_format: Any = None) -> int:
        if math.isnan(number):
            return int(self._write_blank(row, col, "", cell_format))
        if math.isinf(number):
            raise ValueError("an infinity cannot be written")
        return int(super()._write_number(row, col, number, cell_format))

    def _write_url(self, *_: Any, **__: Any) -> int:
        raise ValueError("links are not written: a stranger's text must not lead anywhere")

    def _write_rich_string(self, *_: Any, **__: Any) -> int:
        raise ValueError("rich text is not written: it bypasses the check of texts")

    def write_comment(self, row: int, col: int, comment: str, options: dict[str, Any] | None = None) -> int:
        """Write a cell comment, hidden characters shown."""
        return int(super().write_comment(row, col, visible(comment), options))


class TextWorkbook(Workbook):
    """A workbook of such worksheets."""

    worksheet_class = TextWorksheet

    def __init__(self, target: io.BytesIO):
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        super().__init__(target, options)
        self.worksheet_class = TextWorksheet
        self._twins: dict[int, Any] = {}

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> TextWorksheet:
        """Add a worksheet."""
        sheet: TextWorksheet = super().add_worksheet(name, TextWorksheet)
        sheet.owner = self
        return sheet

    def quoted(self, cell_format: Any) -> Any:
        """Return the format's twin with the text prefix: the cell stays text when somebody edits it."""
        key = id(cell_format)
        if key not in self._twins:
            if cell_format is None:
                twin = self.add_format({})
            else:
                twin = copy.copy(cell_format)
                twin.xf_index = twin.dxf_index = None
                self.formats.append(twin)
            twin.set_quote_prefix()
            self._twins[key] = twin
        return self._twins[key]
