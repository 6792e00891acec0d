"""A portfolio table on its way in: csv and xlsx through the doors, parquet as a stream; columns understood, partitions fixed.

Partitions have 65,536 rows, a little more where a project would be cut; they depend on the file alone, never on who works on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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
_SEED = 65_536
MOST_ROWS = 20_000_000
MOST_GROUPED = 4_000_000
"""Rows of a row group; usual are a million and fewer."""
MOST_UNITS = 10_000
MOST_UNPACKED = 1024 * MIB
FEWEST_BYTES = 1.0
"""A row of a large parquet file, packed by columns; codes alone take more, a million copies of one row take nothing."""
LONGEST_CELL = 16_000
"""Bytes; the longest text of the catalogue has 2000 letters."""
FEW_WORDS = 4096
"""A column with no more different texts travels as numbers of them."""


@dataclass(frozen=True)
class Source:
    """A table to be worked on. ``texts`` are the headings as understood, ``own`` as the file has them, by position."""

    path: Path
    where: Where
    own: tuple[str, ...]
    texts: tuple[str, ...]
    rows: int
    starts: tuple[int, ...]
    project: NDArray[np.int32]
    earlier: NDArray[np.int32] | NDArray[np.int64]
    numbers: NDArray[np.int64] | None
    cells: pa.Table | None
    checked: str = ""
    """A column of texts that was read through when the partitions were cut: none is too long."""

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
        with _opened(self.path, self.where, but=self.checked) as file:
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
            if todo:
                raise _damaged(self.where)

    def _marked(self, cells: pa.Table, start: int) -> pa.Table:
        """Rename columns by position and add what the partition must know of the whole."""
        stop = start + cells.num_rows
        columns = {f"c{at}": _written(cells.column(place)) for place, at in enumerate(self.read)}
        if SPOILT in cells.column_names:
            columns[SPOILT] = cells.column(SPOILT)
        numbers = np.arange(start + 1, stop + 1) if self.numbers is None else self.numbers[start:stop]
        columns[ROW] = pa.array(numbers)
        columns[PROJECT] = pa.array((self.project[start:stop] - self.project[start]).astype(np.int64))
        columns[EARLIER] = pa.array(self.earlier[start:stop].astype(np.int64))
        return pa.table(columns)


def _opened(path: Path, where: Where, but: str = "") -> pq.ParquetFile:
    """Open a file so that texts come as dictionaries: until its length is known, a text said a million times takes its place once.

    What the footer says of a column is not believed (and Arrow dies of asking for some). ``but`` is a column known to be harmless.
    """
    try:
        schema = pq.read_schema(path)
        return pq.ParquetFile(
            path, read_dictionary=[one.name for one in schema if _is_text(one.type) and one.name != but]
        )
    except (pa.ArrowException, OSError):
        raise _damaged(where) from None


def _damaged(where: Where) -> InputError:
    return InputError(Problem(where, "", "parquet 文件已损坏，读到一半读不下去", "未损坏的 .parquet"))


def _batches(file: pq.ParquetFile, where: Where, **wanted: Any) -> Iterator[pa.RecordBatch]:
    """Read batches of a partition's size. Raises InputError where a page is damaged (Arrow calls that an error of the disk), a text is none or too long."""
    try:
        for batch in file.iter_batches(PARTITION, **wanted):
            batch.validate(full=True)
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                if _is_text(column.type):
                    words = column.dictionary if pa.types.is_dictionary(column.type) else column
                    if (pc.max(pc.binary_length(words)).as_py() or 0) > LONGEST_CELL:
                        what = "有一格的内容过长"
                        raise InputError(Problem(where, name, what, f"每格不超过 {LONGEST_CELL} 字节"))
            yield batch
    except (pa.ArrowException, OSError):
        raise _damaged(where) from None


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write the texts of a column out where numbering them saves nothing."""
    if not pa.types.is_dictionary(column.type) or all(len(part.dictionary) <= FEW_WORDS for part in column.chunks):
        return column
    return pa.chunked_array([part.dictionary_decode() for part in column.chunks])


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


Codes = Callable[[], Iterable[pa.Array]]
"""The project codes of a table as trimmed texts (blank ones null), in pieces; can be read again."""


def _plan(codes: Codes, where: Where) -> tuple[tuple[int, ...], NDArray[np.int32], NDArray[np.int32]]:
    """Return the first row of every partition, the project of every row, and for a code met before its first place (−1). Raises InputError.

    Neighbours with the same code are one project, a row without code is one of its own. The codes are never held together: of each project
    only a number made from its code is, and where two such numbers are equal the codes themselves are looked at again.
    """
    fresh, marks, rows, before, run = [], [], 0, None, 0
    for piece in codes():
        if not len(piece):
            continue
        new = _new(piece, before)
        heads = np.flatnonzero(new)
        lengths = np.diff(np.r_[heads, len(piece)])
        _check_project(max(run + int(heads[0] if len(heads) else len(piece)), int(lengths.max(initial=0))), where)
        run = int(lengths[-1]) if len(heads) else run + len(piece)
        before = piece[-1].as_py()
        fresh.append(new)
        marks.append(_marks(piece.take(pa.array(heads))))
        rows += len(piece)
    if not rows:
        raise _damaged(where)
    begins = _whole(fresh)
    first = np.flatnonzero(begins).astype(np.int32)
    earlier = np.repeat(_met(_whole(marks), first, codes), np.diff(first, append=np.int32(rows)))
    project = np.cumsum(begins, dtype=np.int32)
    project -= 1
    return _starts(first, rows), project, earlier


def _whole(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    """Join pieces and let go of them: there may be millions of rows."""
    joined = np.concatenate(pieces)
    pieces.clear()
    return joined


def _new(piece: pa.Array, before: str | None) -> NDArray[np.bool_]:
    """Which rows begin a project; ``before`` is the code of the row before the first."""
    same = pc.equal(piece[1:], piece[:-1]).fill_null(False).to_numpy(zero_copy_only=False)
    first = piece[0].as_py()
    return np.r_[first is None or first != before, ~same]


def _starts(heads: NDArray[Any], rows: int) -> tuple[int, ...]:
    starts, at = [], 0
    while at < rows:
        starts.append(at)
        if at + PARTITION >= rows:
            break
        place = int(np.searchsorted(heads, at + PARTITION))
        at = int(heads[place]) if place < len(heads) else rows
    return tuple(starts)


def _marks(codes: pa.Array) -> NDArray[np.uint64]:
    """A number of 64 bits for every code, 0 for none: Σ byte × weight of its place. Different codes may share one, though hardly ever."""
    marks = np.zeros(len(codes), np.uint64)
    told = codes.drop_null().cast(pa.large_string())
    if len(told):
        bounds = np.frombuffer(told.buffers()[1], np.int64)[told.offset : told.offset + len(told) + 1]
        texts = np.frombuffer(told.buffers()[2], np.uint8)[int(bounds[0]) : int(bounds[-1])]
        lengths = np.diff(bounds)
        weights = np.random.default_rng(_SEED).integers(1, 2**64, int(lengths.max()), np.uint64)
        known = np.asarray(codes.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
        if lengths.min() == lengths.max():
            marks[known] = ((texts.reshape(len(told), -1) + np.uint64(1)) * weights).sum(axis=1)
        else:
            begin = bounds[:-1] - bounds[0]
            place = np.arange(len(texts)) - np.repeat(begin, lengths)
            marks[known] = np.add.reduceat((texts + np.uint64(1)) * weights[place], begin)
    return marks


def _met(marks: NDArray[np.uint64], heads: NDArray[np.int32], codes: Codes) -> NDArray[np.int32]:
    """For every project the first row of an earlier one with the same code, −1 where there is none."""
    met = np.full(len(heads), -1, dtype=np.int32)
    ordered = np.sort(marks)
    twice = np.unique(ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)])
    if not len(twice):
        return met
    doubtful = np.flatnonzero(np.isin(marks, twice))
    rows, found, offset = heads[doubtful], [], 0
    for piece in codes():
        low, high = np.searchsorted(rows, (offset, offset + len(piece)))
        found.append(piece.take(pa.array(rows[low:high] - offset)).cast(pa.large_string()))
        offset += len(piece)
    code = pa.concat_arrays(found).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.full(int(code.max()) + 1, -1, dtype=np.int64)
    first[code[::-1]] = rows[::-1]  # written backwards, the first of a code is what stays
    met[doubtful] = np.where(first[code] == rows, -1, first[code])
    return met


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
    except (pa.ArrowException, OSError, UnicodeError):
        if not path.is_file():
            raise
        raise InputError(Problem(where, "", "不是有效的 parquet 文件", "未损坏的 .parquet")) from None
    if not rows:
        raise InputError(Problem(where, "", "表里没有数据行", "至少一行"))
    if at is None:
        every = np.arange(rows, dtype=np.int32)
        starts, none = _starts(every, rows), np.zeros(rows, dtype=np.int32)
        return Source(path, where, own, texts, rows, starts, every, none, None, None)
    starts, project, earlier = _plan(partial(_codes, path, where, own[at]), where)
    if len(project) != rows:  # the footer told another number than there are
        raise _damaged(where)
    earlier += 1
    return Source(path, where, own, texts, rows, starts, project, earlier, None, None, own[at])


def _is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts, said each time or once in a dictionary."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _is_plain(kind: pa.DataType) -> bool:
    of = pa.types
    if of.is_timestamp(kind) and kind.tz:
        try:
            pc.local_timestamp(pa.array([0], kind))
        except pa.ArrowInvalid:  # a time zone nobody knows
            return False
    plain = (of.is_integer, of.is_floating, of.is_decimal, of.is_boolean, of.is_date, of.is_time, of.is_timestamp)
    return any(is_kind(kind) for is_kind in (*plain, of.is_null))


def _check_size(file: pq.ParquetFile, where: Where) -> None:
    """Refuse what would unpack to more than any table of projects holds: a few kilobytes can say the same long text a million times."""
    told = file.metadata
    if told.num_rows > MOST_ROWS:
        raise InputError(Problem(where, "", f"有 {told.num_rows} 行", f"不超过 {MOST_ROWS} 行，请分成几个文件"))
    for group in range(told.num_row_groups):
        size, grouped = told.row_group(group).total_byte_size, told.row_group(group).num_rows
        if grouped > MOST_GROUPED:
            allowed = f"不超过 {MOST_GROUPED} 行，写出时把行组设小"
            raise InputError(Problem(where, "", f"第 {group + 1} 个行组有 {grouped} 行", allowed))
        if size > MOST_UNPACKED:
            allowed = f"不超过 {MOST_UNPACKED // MIB} MiB"
            raise InputError(Problem(where, "", f"第 {group + 1} 个行组展开后有 {size // MIB} MiB", allowed))
    packed_size = sum(told.row_group(group).total_byte_size for group in range(told.num_row_groups))
    if told.num_rows > PARTITION and packed_size < FEWEST_BYTES * told.num_rows:
        what = f"有 {told.num_rows} 行，内容却只有 {packed_size // 1024} KiB，几乎全是重复或空白的行"
        raise InputError(Problem(where, "", what, "每行一个不同的生产单元"))


def _codes(path: Path, where: Where, name: str) -> Iterator[pa.Array]:
    """Read the project codes of a file, a batch at a time.

    Row group by row group: read in one go, Arrow keeps every code it has met until the end, 140 bytes each.
    """
    with _opened(path, where) as file:
        for group in range(file.num_row_groups):
            for batch in _batches(file, where, row_groups=[group], columns=[name]):
                yield _key_texts(batch.column(0))


def _check_project(rows: int, where: Where) -> None:
    """A project is never cut, so it must not be as large as a table."""
    if rows > MOST_UNITS:
        what = f"同一个项目代码连续有 {rows} 行"
        raise InputError(Problem(where, "项目代码", what, f"一个项目不超过 {MOST_UNITS} 个生产单元"))


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
    keys = pa.array([None if at is None else sheet.cell(row, at) for row in body], pa.string())
    starts, project, earlier = _plan(lambda: [_key_texts(keys)], where)
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
