"""The one way in for people's files: project YAML, Excel workbooks, CSV tables.

A workbook is opened in a child process with a memory and a time limit (see xlsx_scan.py for what is looked at first). Problems carry
``文件:表名!单元格`` or ``文件:行``. Cells come out as the text a person sees; typing them is the model's work.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from tanping.records.doors import csv_file
from tanping.records.doors.text import visible
from tanping.records.doors.workbook import FORM, Limits, Sheet, Workbook
from tanping.records.errors import InputError, Problem, Where
from tanping.records.located import MAX_BYTES as MAX_YAML
from tanping.records.located import Document, parse_yaml

_SHOWN = 20
_SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods")


def read(path: Path, *, limits: Limits = FORM, formulas: bool = False) -> Document | Workbook:
    """Read a file of any known kind: YAML gives a Document, xlsx and csv a Workbook. Raises InputError.

    ``formulas=True`` takes the cached values of formula cells and lists them in ``Sheet.formulas``; by default each is refused,
    because nobody can see whether the cached value is stale.
    """
    suffix = path.suffix.lower()
    limit = MAX_YAML if suffix in (".yaml", ".yml") else limits.file
    return parse(csv_file.read_bytes(path, limit), str(path), limits=limits, formulas=formulas)


def parse(data: bytes, source: str, *, limits: Limits = FORM, formulas: bool = False) -> Document | Workbook:
    """Same for bytes in hand (an upload); ``source`` is the file's name and decides the kind. Raises InputError."""
    suffix = Path(source).suffix.lower()
    packed = data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    if suffix in (".yaml", ".yml", ".csv", ".txt", ".tsv") and packed:
        raise InputError(Problem(Where(source), "", f"内容是 Excel 工作簿，扩展名却是 {suffix}", "把扩展名改回 .xlsx"))
    if suffix in (".yaml", ".yml"):
        return parse_yaml(data, source)
    if suffix in (".csv", ".txt", ".tsv"):
        return parse_csv(data, source, limits=limits)
    if suffix in _SPREADSHEETS or packed:
        return parse_xlsx(data, source, limits=limits, formulas=formulas)
    what = f"不认识扩展名“{visible(suffix)}”" if suffix else "文件名没有扩展名"
    raise InputError(Problem(Where(source), "", what, ".xlsx、.yaml 或 .csv"))


def read_workbook(path: Path, *, limits: Limits = FORM, formulas: bool = False) -> Workbook:
    """Read an xlsx or csv file. Raises InputError, for YAML too."""
    book = read(path, limits=limits, formulas=formulas)
    if isinstance(book, Document):
        raise InputError(Problem(Where(str(path)), "", "这里要表格，不是 YAML", ".xlsx 或 .csv"))
    return book


def parse_csv(data: bytes, source: str, *, limits: Limits = FORM) -> Workbook:
    """Read CSV bytes into a workbook of one sheet, named after the file. Raises InputError."""
    if len(data) > limits.file:
        raise InputError(Problem(Where(source), "", "文件过大", f"不超过 {limits.file // 1024} KiB"))
    lines, rows = [], []
    for line, row in csv_file.rows(csv_file.decode(data, source), source, limits):
        while row and row[-1] is None:
            row.pop()
        lines.append(line)
        rows.append(row)
    name = Path(source).stem
    return Workbook(source, {name: Sheet(name, source, rows, lines=lines)})


def parse_xlsx(data: bytes, source: str, *, limits: Limits = FORM, formulas: bool = False) -> Workbook:
    """Read xlsx bytes in a confined child process. Raises InputError with every faulty cell."""
    answer = ask_child("tanping.records.doors.child", asdict(limits), data, source, limits)
    if "faults" in answer:
        raise InputError(
            Problem(Where(source, cell=cell), "", what, allowed) for cell, what, allowed in answer["faults"]
        )
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for found in answer["sheets"]:
        name = found["name"]
        sheet = Sheet(name, source, found["rows"], found["hidden"], tuple(found["merged"]), tuple(found["formulas"]))
        problems += _cells(sheet, found["errors"], "单元格是错误值", "填数值或文字；不清楚的填“不清楚”")
        if not formulas:
            what = "单元格是公式，读到的只能是上次保存的值，无法核对"
            problems += _cells(sheet, sheet.formulas, what, "复制后“选择性粘贴—数值”")
        sheets[name] = sheet
    if problems:
        raise InputError(problems)
    return Workbook(source, sheets)


def merged_problems(sheet: Sheet, first_row: int, last_row: int) -> list[Problem]:
    """Return one problem for each merged range that touches the zero-based rows, a table's header for instance."""
    found = []
    for reference in sheet.merged:
        corners = [int("".join(filter(str.isdigit, corner)) or 0) - 1 for corner in reference.split(":")]
        if min(corners) <= last_row and max(corners) >= first_row:
            where = Where(sheet.source, cell=f"{visible(sheet.name)}!{visible(reference)}")
            found.append(Problem(where, "", "表头有合并单元格", "每列一个单独的表头单元格"))
    return found


def _cells(sheet: Sheet, cells: list[str] | tuple[str, ...], what: str, allowed: str) -> list[Problem]:
    name = visible(sheet.name)
    problems = [Problem(Where(sheet.source, cell=f"{name}!{cell}"), "", what, allowed) for cell in cells[:_SHOWN]]
    if len(cells) > _SHOWN:
        problems.append(
            Problem(Where(sheet.source, cell=name), "", f"同样的问题另有 {len(cells) - _SHOWN} 处", allowed)
        )
    return problems


def ask_child(
    module: str,
    argument: object,
    data: bytes | BinaryIO,
    source: str,
    limits: Limits,
    ordinary: str = "一份普通大小的工作簿",
) -> dict[str, Any]:
    """Give a file's bytes to a confined process of our own and return its JSON answer.

    An open file goes to the process as it is: its bytes are never in this one's memory. ``argument`` goes to the module as JSON. Raises InputError
    when the file is too big, or the process runs out of memory or time; ``ordinary`` says what would have been read.
    """
    size = len(data) if isinstance(data, bytes) else os.fstat(data.fileno()).st_size
    if size > limits.file:
        raise InputError(Problem(Where(source), "", "文件过大", f"不超过 {limits.file // 1024} KiB"))
    command = [sys.executable, "-P", "-m", module, json.dumps(argument)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),
        "PYTHONIOENCODING": "utf-8",
    }
    given = (subprocess.PIPE, data) if isinstance(data, bytes) else (data, None)
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell, nothing from the file in the command
        command, stdin=given[0], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        out, _ = process.communicate(given[1], timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise InputError(Problem(Where(source), "", f"读取超过 {limits.seconds} 秒", ordinary)) from None
    if process.returncode:
        raise InputError(Problem(Where(source), "", "读取时超出内存或时间上限", ordinary))
    answer: dict[str, Any] = json.loads(out)
    return answer
