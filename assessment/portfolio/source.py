"""A portfolio table on its way in: csv and xlsx through the doors, parquet as a stream; columns understood, partitions fixed.

Partitions have 65,536 rows, a little more where a project would be cut; they depend on the file alone, never on who works on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tanping.assessment.portfolio.heading import UNREAD, Heading, Target, read_headings
from tanping.assessment.portfolio.mapping import Column, ColumnMap
from tanping.records.doors.intake import merged_problems, read_workbook
from tanping.records.doors.text import visible
from tanping.records.doors.workbook import BATCH, MIB, Sheet
from tanping.records.errors import InputError, Problem, Where

PARTITION = 65_536
MOST_COLUMNS = BATCH.columns
# Columns a partition carries beside its cells: the row of the file, the number of its project, the row that had the same code before.
ROW, PROJECT, EARLIER, SPOILT = "__row", "__project", "__earlier", "__spoilt"
FORMULA = "单元格是公式，读到的只能是上次保存的值"
TOO_LONG = "比表头多出内容"
_CODE = Target("project", "code")
MOST_ROWS = 20_000_000
MOST_UNITS = 10_000
MOST_UNPACKED = 1024 * MIB
FEWEST_BYTES = 1.0
"""A row of a large parquet file, packed by columns; codes alone take more, a million copies of one row take nothing."""
LONGEST_CELL = 16_000
"""Bytes; the longest text of the catalogue has 2000 letters."""


@dataclass(frozen=True)
class Source:
    """A table to be worked on. ``texts`` are the headings as understood, ``own`` as the file has them, by position."""

    path: Path
    where: Where
    own: tuple[str, ...]
    texts: tuple[str, ...]
    rows: int
    starts: tuple[int, ...]
    project: NDArray[np.int64]
    earlier: NDArray[np.int64]
    numbers: NDArray[np.int64] | None
    cells: pa.Table | None

    @property
    def read(self) -> tuple[int, ...]:
        """Positions of the columns that are read."""
        return tuple(at for at, text in enumerate(self.texts) if text and not text.startswith(UNREAD))

    def partitions(self, wanted: Sequence[int]) -> Iterator[tuple[int, pa.Table]]:
        """Yield number and rows of the wanted partitions in order."""
        stops = (*self.starts[1:], self.rows)
        spans = {at: (self.starts[at], stops[at]) for at in wanted}
        if self.cells is not None:
            for at, (start, stop) in spans.items():
                yield at, self._marked(self.cells.slice(start, stop - start), start)
            return
        yield from self._streamed(spans)

    def _streamed(self, spans: dict[int, tuple[int, int]]) -> Iterator[tuple[int, pa.Table]]:
        """Read row groups one after the other, skipping those nobody wants, and cut them at the partitions."""
        with pq.ParquetFile(self.path) as file:
            names = [file.schema_arrow.names[at] for at in self.read]
            offset, begin = 0, 0
            held: list[pa.Table] = []
            todo = sorted(spans.items())
            for group in range(file.num_row_groups):
                size = file.metadata.row_group(group).num_rows
                if todo and offset + size > todo[0][1][0]:
                    for batch in _batches(file, self.where, row_groups=[group], columns=names):
                        if not held:
                            begin = offset
                        held.append(pa.Table.from_batches([batch]))
                        offset += batch.num_rows
                        while todo and offset >= todo[0][1][1]:
                            at, (start, stop) = todo.pop(0)
                            joined = pa.concat_tables(held)
                            yield at, self._marked(joined.slice(start - begin, stop - start), start)
                            held, begin = [joined.slice(stop - begin)], stop
                        if not todo or offset <= todo[0][1][0]:
                            held = []
                else:
                    offset += size
                    held = []

    def _marked(self, cells: pa.Table, start: int) -> pa.Table:
        """Rename columns by position and add what the partition must know of the whole."""
        stop = start + cells.num_rows
        extra = [name for name in cells.column_names if name == SPOILT]
        columns = {f"c{at}": cells.column(place) for place, at in enumerate(self.read)}
        if extra:
            columns[SPOILT] = cells.column(SPOILT)
        numbers = np.arange(start + 1, stop + 1) if self.numbers is None else self.numbers[start:stop]
        columns[ROW] = pa.array(numbers)
        columns[PROJECT] = pa.array(self.project[start:stop] - (self.project[start] if stop > start else 0))
        columns[EARLIER] = pa.array(self.earlier[start:stop])
        return pa.table(columns)


def _batches(file: pq.ParquetFile, where: Where, **wanted: Any) -> Iterator[pa.RecordBatch]:
    """Read batches of a partition's size. Raises InputError where a page is damaged (Arrow calls that an error of the disk) or a text is none."""
    try:
        for batch in file.iter_batches(PARTITION, **wanted):
            batch.validate(full=True)
            yield batch
    except (pa.ArrowException, OSError):
        raise InputError(Problem(where, "", "parquet 文件已损坏，读到一半读不下去", "未损坏的 .parquet")) from None


def open_source(path: Path, mapping: ColumnMap | None = None) -> Source:
    """Open a table and understand its headings. Raises InputError with every problem found."""
    mapping = mapping or ColumnMap()
    if path.suffix.lower() in (".parquet", ".pq"):
        return _parquet(path, mapping)
    return _sheet(path, mapping)


def fingerprint(path: Path) -> str:
    """sha256 of the file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# --- headings --------------------------------------------------------------------------------------------------------------


def headings_of(texts: Sequence[str], mapping: ColumnMap, where: Where) -> tuple[tuple[Heading, ...], list[Heading]]:
    """Understand the columns of a table and the constants of its map. Raises InputError."""
    every = read_headings([*texts, *mapping.constants], where)
    split = len(texts)
    return tuple(one for one in every if one.column < split), [one for one in every if one.column >= split]


def _understood(own: Sequence[str], mapping: ColumnMap, where: Where) -> tuple[str, ...]:
    if len(own) > MOST_COLUMNS:
        raise InputError(Problem(where, "", f"有 {len(own)} 列", f"不超过 {MOST_COLUMNS} 列"))
    absent = [name for name in mapping.columns if name not in own]
    if absent:
        raise InputError(Problem(where, name, "列名对照里有这一列，表里没有", "、".join(own)[:200]) for name in absent)
    texts = tuple(mapping.heading(text) for text in own)
    headings_of(texts, mapping, where)
    return texts


def _keys(texts: Sequence[str], mapping: ColumnMap, where: Where) -> int | None:
    headings, _ = headings_of(texts, mapping, where)
    return next((one.column for one in headings if one.target == _CODE), None)


def _plan(keys: pa.Array | None, rows: int) -> tuple[tuple[int, ...], NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of every partition, the project of every row, and for a code met before its first place (−1).

    ``keys``: the project code of every row. Neighbours with the same code are one project, a row without code is one of its own.
    """
    if keys is None:
        return tuple(range(0, rows, PARTITION)), np.arange(rows), np.full(rows, -1)
    coded = keys.dictionary_encode()
    code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    new = np.r_[True, (code[1:] != code[:-1]) | (code[1:] < 0)]
    heads = np.flatnonzero(new)
    head_code = code[heads]
    known = head_code >= 0
    # Written backwards, the first head of a code is what stays.
    first = np.full(len(coded.dictionary), -1, dtype=np.int64)
    first[head_code[known][::-1]] = heads[known][::-1]
    met = np.where(known, first[head_code], -1) if len(first) else np.full(len(heads), -1)
    earlier = np.repeat(np.where(met == heads, -1, met), np.diff(np.r_[heads, rows]))
    starts, at = [], 0
    while at < rows:
        starts.append(at)
        if at + PARTITION >= rows:
            break
        place = int(np.searchsorted(heads, at + PARTITION))
        at = int(heads[place]) if place < len(heads) else rows
    return tuple(starts), np.cumsum(new) - 1, earlier


# --- kinds of file -----------------------------------------------------------------------------------------------------------


def _parquet(path: Path, mapping: ColumnMap) -> Source:
    where = Where(str(path))
    try:
        with pq.ParquetFile(path) as file:
            own = tuple(file.schema_arrow.names)
            if len(set(own)) != len(own):
                raise InputError(Problem(where, "", "有重名的列", "每列一个名称"))
            odd = [one.name for one in file.schema_arrow if not (_is_text(one.type) or _is_plain(one.type))]
            rows = file.metadata.num_rows
            _check_size(file, where)
            if odd:
                raise InputError(Problem(where, name, "这一列不是文字、数值、日期或是否", "普通的列") for name in odd)
            texts = _understood(own, mapping, where)
            at = _keys(texts, mapping, where)
            if at is not None:
                _check_runs(file, where, own[at])
            keys = None if at is None else _key_texts(_one(file.read(columns=[own[at]]).column(0)))
    except (pa.ArrowException, OSError, UnicodeError):
        if not path.is_file():
            raise
        raise InputError(Problem(where, "", "不是有效的 parquet 文件", "未损坏的 .parquet")) from None
    if not rows:
        raise InputError(Problem(where, "", "表里没有数据行", "至少一行"))
    starts, project, earlier = _plan(keys, rows)
    _check_projects(project, where)
    return Source(path, where, own, texts, rows, starts, project, np.where(earlier < 0, 0, earlier + 1), None, None)


def _is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts, said each time or once in a dictionary."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _is_plain(kind: pa.DataType) -> bool:
    of = pa.types
    return any(
        is_kind(kind)
        for is_kind in (of.is_integer, of.is_floating, of.is_decimal, of.is_boolean, of.is_temporal, of.is_null)
    )


def _check_size(file: pq.ParquetFile, where: Where) -> None:
    """Refuse what would unpack to more than any table of projects holds: a few kilobytes can say the same long text a million times."""
    told = file.metadata
    if told.num_rows > MOST_ROWS:
        raise InputError(Problem(where, "", f"有 {told.num_rows} 行", f"不超过 {MOST_ROWS} 行，请分成几个文件"))
    for group in range(told.num_row_groups):
        size = told.row_group(group).total_byte_size
        if size > MOST_UNPACKED:
            allowed = f"不超过 {MOST_UNPACKED // MIB} MiB"
            raise InputError(Problem(where, "", f"第 {group + 1} 个行组展开后有 {size // MIB} MiB", allowed))
    packed_size = sum(told.row_group(group).total_byte_size for group in range(told.num_row_groups))
    if told.num_rows > PARTITION and packed_size < FEWEST_BYTES * told.num_rows:
        what = f"有 {told.num_rows} 行，内容却只有 {packed_size // 1024} KiB，几乎全是重复或空白的行"
        raise InputError(Problem(where, "", what, "每行一个不同的生产单元"))
    words = [one.name for one in file.schema_arrow if _is_text(one.type)]
    if not words:
        return
    # What the footer says of a column is not believed (and Arrow dies of asking for some). Read as dictionaries, a repeated text takes its place once.
    with pq.ParquetFile(where.source, read_dictionary=words) as packed:
        for batch in _batches(packed, where, columns=words):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                lengths = pc.binary_length(column.dictionary if pa.types.is_dictionary(column.type) else column)
                if (pc.max(lengths).as_py() or 0) > LONGEST_CELL:
                    raise InputError(Problem(where, name, "有一格的内容过长", f"每格不超过 {LONGEST_CELL} 字节"))


def _check_runs(file: pq.ParquetFile, where: Where, name: str) -> None:
    """Look for a project too large while only a batch is in memory: the codes of all rows are read together afterwards."""
    before, run = None, 0
    for batch in _batches(file, where, columns=[name]):
        if not batch.num_rows:
            continue
        coded = _key_texts(batch.column(0)).dictionary_encode()
        code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        heads = np.flatnonzero(np.r_[True, (code[1:] != code[:-1]) | (code[1:] < 0)])
        sizes = np.diff(np.r_[heads, len(code)])
        first = coded[0].as_py()
        sizes[0] += run if first is not None and first == before else 0
        if sizes.max() > MOST_UNITS:
            raise _too_large(where, int(sizes.max()))
        before, run = coded[-1].as_py(), int(sizes[-1])


def _check_projects(project: NDArray[np.int64], where: Where) -> None:
    """A project is never cut, so it must not be as large as a table."""
    most = int(np.bincount(project).max()) if len(project) else 0
    if most > MOST_UNITS:
        raise _too_large(where, most)


def _too_large(where: Where, rows: int) -> InputError:
    what = f"同一个项目代码连续有 {rows} 行"
    return InputError(Problem(where, "项目代码", what, f"一个项目不超过 {MOST_UNITS} 个生产单元"))


def _sheet(path: Path, mapping: ColumnMap) -> Source:
    sheet = _only_sheet(path)
    head = next((row for row, cells in enumerate(sheet.rows) if any(cells)), None)
    where = sheet.where(head or 0)
    if head is None:
        raise InputError(Problem(where, "", "表是空的", "第一行列名，以下每行一个生产单元"))
    if problems := merged_problems(sheet, head, head):
        raise InputError(problems)
    own = tuple((text or "").strip() for text in sheet.rows[head])
    texts = _understood(own, mapping, where)
    body = [row for row in range(head + 1, len(sheet.rows)) if any(sheet.rows[row])]
    if not body:
        raise InputError(Problem(where, "", "表里没有数据行", "至少一行"))
    numbers = np.array([sheet.lines[row] if sheet.lines else row + 1 for row in body])
    read = [at for at, text in enumerate(texts) if text and not text.startswith(UNREAD)]
    columns = {f"c{at}": pa.array([sheet.cell(row, at) for row in body], pa.string()) for at in read}
    columns[SPOILT] = pa.array(_spoilt(sheet, body, len(own)), pa.string())
    at = _keys(texts, mapping, where)
    keys = None if at is None else _key_texts(pa.array([sheet.cell(row, at) for row in body], pa.string()))
    starts, project, earlier = _plan(keys, len(body))
    _check_projects(project, where)
    first = np.where(earlier < 0, 0, numbers[np.maximum(earlier, 0)])
    return Source(path, where, own, texts, len(body), starts, project, first, numbers, pa.table(columns))


def _only_sheet(path: Path) -> Sheet:
    book = read_workbook(path, limits=BATCH, formulas=True)
    filled = [sheet for sheet in book.sheets.values() if sheet.rows and not sheet.hidden]
    if len(filled) > 1:
        names = "、".join(visible(sheet.name) for sheet in filled)
        raise InputError(Problem(Where(str(path)), "", f"有 {len(filled)} 张有内容的工作表：{names}", "只留一张"))
    if not filled:
        raise InputError(Problem(Where(str(path)), "", "没有有内容的工作表", "一张表"))
    return filled[0]


def _spoilt(sheet: Sheet, body: Sequence[int], columns: int) -> list[str | None]:
    """What is wrong with whole rows: formula cells, more cells than headings."""
    formulas: dict[int, str] = {}
    for cell in sheet.formulas:
        formulas.setdefault(int("".join(filter(str.isdigit, cell))) - 1, cell)
    found: list[str | None] = []
    for row in body:
        if row in formulas:
            found.append(f"{formulas[row]}：{FORMULA}")
        else:
            found.append(TOO_LONG if any(sheet.rows[row][columns:]) else None)
    return found


def _key_texts(column: pa.Array) -> pa.Array:
    """Return project codes as trimmed texts, blank ones as nulls."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed)


def _one(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return (
        pc.cast(column, pa.large_string()).combine_chunks()
        if pa.types.is_string(column.type)
        else column.combine_chunks()
    )


def mapped(column: pa.Array, spec: Column | None) -> pa.Array:
    """Replace the words of a column as its map says. Bare years become their first of January."""
    if spec is None or not (spec.words or spec.year):
        return column
    values = [None if value is None else str(value).strip() for value in column.to_pylist()]
    if spec.words:
        values = [spec.words.get(value, value) if value is not None else None for value in values]
    if spec.year:
        values = [f"{value.removesuffix('.0')}-01-01" if value else None for value in values]
    return pa.array(values, pa.string())
