"""Results on their way out: parquet with plain names, csv and xlsx with headings and words for people; whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanping.assessment.portfolio.ledger import UNKNOWN_CITY, Ledger, Target, tables
from tanping.assessment.portfolio.outcome import HEADINGS
from tanping.assessment.portfolio.partition import schema
from tanping.assessment.portfolio.splice import splice
from tanping.assessment.project.model import SECTORS, UNIT_KINDS
from tanping.records.doors.export import SafeWorkbook, csv_bytes, draft_beside, write_file, write_xlsx
from tanping.records.doors.workbook import Sheet
from tanping.records.errors import InputError, Problem, Where

SUFFIXES = (".parquet", ".pq", ".csv", ".xlsx")
TABLES = (".xlsx", ".csv")
"""Kinds of file for tables that people read."""
ERRORS = "errors"
VERSIONS = b"tanping.versions"
SHARE = "city_share"
_SHARE_AT = list(HEADINGS).index(SHARE)
_SPOKEN = pa.schema([one.with_type(pa.string()) if pa.types.is_dictionary(one.type) else one for one in schema()])
"""Columns of a result as any writer of parquet may have them."""
MOST_SHEET_ROWS = 1_048_575
CODED = {"sector": SECTORS, "kind": UNIT_KINDS}


def check_target(path: Path, option: str = "--out", suffixes: Sequence[str] = SUFFIXES) -> None:
    """Refuse a file that can't be written, before any work. Raises InputError."""
    if path.suffix.lower() not in suffixes:
        raise InputError(Problem(Where(str(path)), option, f"不认识扩展名“{path.suffix}”", "、".join(suffixes)))
    if not path.parent.is_dir():
        raise InputError(Problem(Where(str(path)), option, "所在文件夹不存在"))


def check_rows(out: Path, rows: int) -> None:
    """Refuse more rows than a sheet holds, before any work. Raises InputError."""
    if out.suffix.lower() == ".xlsx" and rows > MOST_SHEET_ROWS:
        raise InputError(Problem(Where(str(out)), "--out", f"{rows} 行超过一张工作表的上限", ".parquet 或 .csv"))


def errors_path(out: Path) -> Path:
    """Where the error table of a result stands."""
    return out.with_name(f"{out.name}.{ERRORS}.csv")


def write_result(
    out: Path,
    parts: Iterable[pa.Table],
    cities: Mapping[tuple[str, str], float],
    versions: Mapping[str, Any] | None = None,
) -> None:
    """Write the results as csv or xlsx, adding each project's share of its city. Raises OSError.

    A sheet must have room for them (``check_rows``). ``versions`` go into a sheet of their own in xlsx; csv has no place for them.
    """
    shared = (_shared(part, cities) for part in parts)
    if out.suffix.lower() == ".csv":
        _write_csv(out, shared)
    else:
        _write_xlsx(out, shared, versions or {})


def is_parquet(out: Path) -> bool:
    """Whether a result is asked for in columns."""
    return out.suffix.lower() in SUFFIXES[:2]


def pack_part(table: pa.Table, marks: Mapping[bytes, bytes]) -> bytes:
    """The results of a partition as they will stand in a parquet file, a single row group. ``marks`` go into the metadata."""
    coded = [one.name for one in table.schema if pa.types.is_dictionary(one.type) or pa.types.is_date(one.type)]
    whole = table.unify_dictionaries().combine_chunks().replace_schema_metadata(marks)
    return packed(whole, use_dictionary=[*coded, "unit"])


def write_parquet(
    out: Path, parts: Iterable[Path], cities: Mapping[tuple[str, str], float], versions: Mapping[str, Any]
) -> None:
    """Put packed partitions together, adding each project's share of its city; ``versions`` go into the metadata. Raises OSError."""
    marks = {VERSIONS: json.dumps(versions, ensure_ascii=False, sort_keys=True).encode()}
    whole = schema().insert(_SHARE_AT, pa.field(SHARE, pa.float64())).with_metadata(marks)
    with draft_beside(out) as draft:
        splice(draft, whole, ((path, _packed_share(path, cities)) for path in parts))


def _packed_share(path: Path, cities: Mapping[tuple[str, str], float]) -> bytes:
    found = pq.ParquetFile(path).read(columns=["province", "city", "design_year_tco2"])
    return packed(pa.table({SHARE: _share(found, cities)}), use_dictionary=False)


def packed(table: pa.Table, **how: Any) -> bytes:
    """A table as a parquet file of one row group."""
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", row_group_size=max(1, table.num_rows), **how)
    return stream.getvalue()


def write_errors(path: Path, parts: Iterable[pa.Table]) -> None:
    """Write the error table; one without errors has its headings only."""
    with draft_beside(path) as draft, draft.open("wb") as stream:
        for at, part in enumerate(parts):
            lines = [part.column_names] if at == 0 else []
            lines += zip(*(column.to_pylist() for column in part.columns), strict=True)
            data = csv_bytes(lines)
            stream.write(data if at == 0 else data.removeprefix(b"\xef\xbb\xbf"))


def write_ledger(path: Path, ledger: Ledger, targets: Sequence[Target] = ()) -> None:
    """Write the regional ledger. Raises OSError."""
    write_tables(path, tables(ledger, targets), "区域台账")


def write_tables(path: Path, found: Mapping[str, list[list[Any]]], title: str) -> None:
    """Write tables by title: xlsx with a sheet a table, or csv with one table below the other. Raises OSError."""
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, found, title)
    else:
        lines: list[list[Any]] = []
        for name, table in found.items():
            lines += [[name], *table, []]
        write_file(path, csv_bytes(lines))


def _shared(part: pa.Table, cities: Mapping[tuple[str, str], float]) -> pa.Table:
    return part.add_column(_SHARE_AT, SHARE, _share(part, cities))


def _share(part: pa.Table, cities: Mapping[tuple[str, str], float]) -> pa.Array:
    """Share of each project in the known design-year emission of its city; blank without city or figure."""
    totals = {key: value for key, value in cities.items() if UNKNOWN_CITY not in key and value > 0}
    (province, provinces), (city, named) = _numbered(part.column("province")), _numbered(part.column("city"))
    of_pair = np.array([[totals.get((one or "", other or ""), np.nan) for other in named] for one in provinces])
    total = of_pair[province, city]
    design = part.column("design_year_tco2").to_numpy().astype(np.float64)
    return pa.array(design / total, pa.float64(), from_pandas=True)


def _numbered(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str | None]]:
    """Words of a column as codes; the last code is that of no word."""
    coded = pc.cast(column, pa.string()).combine_chunks().dictionary_encode()
    coded = coded if isinstance(coded, pa.DictionaryArray) else coded.chunk(0)
    words = [*coded.dictionary.to_pylist(), None]
    return coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False), words


def _write_csv(out: Path, parts: Iterator[pa.Table]) -> None:
    with draft_beside(out) as draft, draft.open("wb") as stream:
        stream.write(csv_bytes([list(HEADINGS.values())]))
        for part in parts:
            stream.write(csv_bytes(_lines(part)).removeprefix(b"\xef\xbb\xbf"))


def _write_xlsx(out: Path, parts: Iterator[pa.Table], versions: Mapping[str, Any]) -> None:
    with SafeWorkbook("项目组合评价结果") as book:
        sheet = book.sheet("结果")
        sheet.layout.freeze_panes(1, 0)
        sheet.row(0, list(HEADINGS.values()), {"bold": True, "text_wrap": True, "valign": "top"})
        at = 1
        for part in parts:
            for line in _lines(part):
                sheet.row(at, line)
                at += 1
        if versions:
            sheet = book.sheet("版本")
            sheet.row(0, ["名称", "版本或 SHA-256"], {"bold": True})
            for at, (name, value) in enumerate(_flat(versions), start=1):
                sheet.row(at, [name, value])
    write_file(out, book.data)


def _flat(versions: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for name, value in versions.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{head}{name} · ")
        else:
            yield f"{head}{name}", str(value)


def _lines(part: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = []
    for name in HEADINGS:
        column = part.column(name)
        if pa.types.is_dictionary(column.type):
            column = pc.cast(column, pa.string())
        values = column.to_pylist()
        words = CODED.get(name)
        columns.append([words.get(value, value) for value in values] if words else values)
    return zip(*columns, strict=True)


def read_result(path: Path) -> pa.Table:
    """Read a result back as parquet columns by plain name; csv and xlsx results are read through the doors. Raises InputError."""
    if path.suffix.lower() not in (".parquet", ".pq"):
        return _read_sheet(path)
    where = Where(str(path))
    try:
        found = pq.read_table(path)
        _require(found.column_names, where)
        found.select(schema().names).cast(_SPOKEN)
    except FileNotFoundError:
        raise InputError(Problem(where, "", "找不到文件")) from None
    except pa.ArrowInvalid:
        raise InputError(Problem(where, "", "不是有效的 parquet 文件")) from None
    except pa.ArrowNotImplementedError:
        raise _no_result(where) from None
    return found


def _require(names: Iterable[str | None], where: Where) -> None:
    if lacking := [HEADINGS[name] for name in schema().names if name not in set(names)]:
        raise _no_result(where, f"，缺 {'、'.join(lacking)}" if len(lacking) < len(HEADINGS) / 2 else "")


def _no_result(where: Where, more: str = "") -> InputError:
    return InputError(Problem(where, "", f"不是 tanping batch 的结果{more}", "batch 写出的文件"))


def _read_sheet(path: Path) -> pa.Table:
    from tanping.records.doors.intake import read_workbook
    from tanping.records.doors.workbook import BATCH

    sheet = next(iter(read_workbook(path, limits=BATCH).sheets.values()))
    names = {heading: name for name, heading in HEADINGS.items()}
    head = [names.get(text or "") for text in (sheet.rows[0] if sheet.rows else [])]
    _require(head, sheet.where(0))
    columns = {}
    for at, name in enumerate(head):
        if name is not None:
            columns[name] = [_back(name, sheet, row, at) for row in range(1, len(sheet.rows))]
    return pa.table(columns)


def _back(name: str, sheet: Sheet, row: int, column: int) -> Any:
    text = sheet.cell(row, column)
    try:
        if name.endswith("_tco2") or name == SHARE:
            return None if text is None else float(text)
        if name == "row":
            return int(text or 0)
    except ValueError:
        raise InputError(Problem(sheet.where(row, column), HEADINGS[name], f"“{text}”不是数值", "原样的结果")) from None
    if name == "complete":
        return text == "是"
    return text.removeprefix("'") if text else ""
