"""The ground: reading quantities, places, YAML and workbooks.

What has a target is processor time, so that a busy machine does not fail it.
"""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import date
from functools import cache
from time import process_time

from benchmarks.frame import ROOT, Measure, best_of

_IMPORT = """
import tanping, time
start = time.process_time()
import tanping.records.quantity
print((time.process_time() - start) * 1000)
"""
_ROWS, _COLUMNS = 10_000, 20


def _import_quantity() -> float:
    """Processor milliseconds to import the quantity module in a fresh process, the median of nine."""
    command = [sys.executable, "-c", _IMPORT]
    runs = [
        float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout) for _ in range(9)
    ]
    return sorted(runs)[4]


def _quantity() -> float:
    """Microseconds to read one quantity and convert it."""
    from tanping.records.quantity import parse_quantity

    written = [("120 万吨", "t"), ("261.8 gce/kWh", "gce/kWh"), ("45 亿kWh", "MWh"), ("26.5 kgC/GJ", "tC/GJ")] * 500

    def work() -> None:
        for text, unit in written:
            parse_quantity(text, unit).in_unit(unit)

    work()
    return best_of(5, work) / len(written) * 1e6


def _place() -> float:
    """Microseconds of one question whether a place lies in a region."""
    from tanping.records.regions import Place, contains

    place, day = Place("江苏", "盐城", "射阳"), date(2026, 11, 1)

    def work() -> None:
        for _ in range(5000):
            contains("长江流域", place, day)

    work()
    return best_of(5, work) / 5000 * 1e6


@cache
def _pack() -> bytes:
    """About 190 KB of the project's own packs as one YAML file."""
    clauses = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules" / "packs").glob("*.yaml"))]
    raw, number = "", 0
    while len(raw.encode()) < 190_000:
        text = clauses[number % len(clauses)].replace("\n", "\n  ")
        raw, number = raw + f"p{number}:\n  {text.rstrip()}\n", number + 1
    return raw.encode()


def _yaml() -> float:
    """Processor milliseconds to read 190 KB of YAML with lines, the median of nine."""
    from tanping.records.located import parse_yaml

    raw, runs = _pack(), []
    for _ in range(9):
        start = process_time()
        parse_yaml(raw, "pack.yaml")
        runs.append(process_time() - start)
    return sorted(runs)[4] * 190_000 / len(raw) * 1000


@cache
def _workbook() -> bytes:
    from tanping.records.doors.export import xlsx_bytes

    return xlsx_bytes({"项目": [[row * column + 0.5 for column in range(_COLUMNS)] for row in range(_ROWS)]})


def _intake() -> float:
    """Milliseconds to take in a workbook of 200,000 cells: scanned, confined, as text."""
    from tanping.records.doors.intake import parse_xlsx

    data = _workbook()
    return best_of(3, lambda: parse_xlsx(data, "a.xlsx")) * 1000


def _intake_ratio() -> float:
    """The same against the bare reader in this process."""
    import python_calamine

    data = _workbook()
    bare = best_of(
        3, lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    )
    return _intake() / 1000 / bare


def _rate() -> float:
    """Thousands of cells a second through the door."""
    return _ROWS * _COLUMNS / _intake()


def _pandas(engine: str) -> float:
    """Thousands of cells a second that pandas reads as text with an engine, no door before it."""
    import pandas as pd

    data = _workbook()
    seconds = best_of(3, lambda: pd.read_excel(io.BytesIO(data), header=None, dtype=str, engine=engine))  # type: ignore[call-overload]
    return _ROWS * _COLUMNS / seconds / 1000


def _small() -> float:
    """Milliseconds to take in a form of a few cells: what the child process costs."""
    from tanping.records.doors.export import xlsx_bytes
    from tanping.records.doors.intake import parse_xlsx

    data = xlsx_bytes({"项目": [["字段", "填写"], ["名称", "甲"]]})
    return best_of(7, lambda: parse_xlsx(data, "a.xlsx")) * 1000


MEASURES = [
    Measure("import of records.quantity", "ms", 20.0, _import_quantity),
    Measure("one quantity, read and converted", "us", None, _quantity),
    Measure("one place in one region", "us", None, _place),
    Measure("190 KB of YAML, with lines", "ms", 32.0, _yaml),
    Measure("workbook of a few cells", "ms", None, _small),
    Measure("workbook of 200,000 cells", "ms", None, _intake),
    Measure("… against the bare reader", "x", None, _intake_ratio),
    Measure("… thousand cells a second", "k/s", None, _rate),
    Measure("… pandas with calamine", "k/s", None, lambda: _pandas("calamine")),
    Measure("… pandas with openpyxl", "k/s", None, lambda: _pandas("openpyxl")),
]
