"""The process in which a stranger's workbook is opened: limited memory and time, one JSON answer on standard output.

Started by the intake with the limits as its argument and the workbook on standard input.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tanping.records.doors.workbook import Limits
from tanping.records.doors.xlsx_scan import Fault, RefusedError, SheetScan, scan

_EXCEL_DIGITS = 15


def main() -> None:
    """Read, scan, answer."""
    limits = Limits(**json.loads(sys.argv[1]))
    confine(limits)
    # This process is over in a moment; looking for cycles in what it holds would cost a third of its time.
    gc.disable()
    try:
        data = sys.stdin.buffer.read(limits.file + 1)
        if len(data) > limits.file:
            raise RefusedError(Fault(None, "文件过大", f"不超过 {limits.file // 1024} KiB"))
        answer: dict[str, Any] = {"sheets": read(data, limits)}
    except RefusedError as refusal:
        answer = {"faults": [[fault.cell, fault.what, fault.allowed] for fault in refusal.faults]}
    except MemoryError:
        answer = {"faults": [[None, "读取时超出内存上限", "一份普通大小的工作簿"]]}
    json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))


def confine(limits: Limits, *, files: int = 0) -> None:
    """Limit this process: address space, processor seconds, no core file, no file it writes beyond ``files`` bytes.

    Systems without these limits rely on the scan.
    """
    try:
        import resource
    except ImportError:
        return
    wanted = [
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, files),
    ]
    for kind, value in wanted:
        _, hard = resource.getrlimit(kind)
        top = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (top, top))


def read(data: bytes, limits: Limits) -> list[dict[str, Any]]:
    """Return the sheets as plain data. Raises RefusedError."""
    scans = scan(data, limits)
    import io

    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(found, book) for found in scans]
    except MemoryError:
        raise
    except Exception:  # the reader raises several kinds of its own; to the person they all mean one thing
        raise RefusedError(Fault(None, "工作簿已损坏，无法读取", "在 Excel 或 WPS 中打开后重新另存的 .xlsx")) from None


def _sheet(found: SheetScan, book: Any) -> dict[str, Any]:
    rows: list[list[str | None]] = []
    if found.filled:
        values = book.get_sheet_by_name(found.name).to_python(skip_empty_area=False)
        for line in values:
            texts = [text_of(value) for value in line]
            while texts and texts[-1] is None:
                texts.pop()
            rows.append(texts)
        for row, column in found.percent:
            # The reader may take a cell the scan saw for blank; only numbers are shown as a percentage.
            if row < len(rows) and column < len(rows[row]) and isinstance(values[row][column], int | float):
                rows[row][column] = percentage(values[row][column])
        while rows and not rows[-1]:
            rows.pop()
    return {
        "name": found.name,
        "hidden": found.hidden,
        "rows": rows,
        "merged": found.merged,
        "formulas": found.formulas,
        "errors": found.errors,
    }


def text_of(value: Any) -> str | None:
    """Return a cell's value as the text a person sees in it; None when blank. Numbers keep Excel's 15 digits."""
    kind = type(value)
    if kind is str:
        return None if not value or value.isspace() else value
    if kind is float or kind is int:
        shown = repr(value)
        # Most numbers print as they read; an exponent or digits beyond Excel's own need care.
        if len(shown) <= _EXCEL_DIGITS and "e" not in shown:
            return shown.removesuffix(".0")
        return _digits(_fifteen(value))
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time | timedelta):
        return str(value)
    text = str(value)
    return text if text.strip() else None


def percentage(value: float) -> str:
    """Return a number that the sheet shows as a percentage: 0.55 -> ``55%``."""
    return f"{_digits(_fifteen(value) * 100)}%"


def _fifteen(value: float) -> Decimal:
    shown = Decimal(repr(value))
    return shown if len(shown.as_tuple().digits) <= _EXCEL_DIGITS else Decimal(f"{value:.{_EXCEL_DIGITS}g}")


def _digits(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


if __name__ == "__main__":
    main()
