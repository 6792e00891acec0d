"""One parquet file out of several, by copying their packed columns: nothing is unpacked and packed again.

A file is its row groups one after the other, then a footer that says where each column of each group begins (Apache Parquet, ``parquet.thrift``;
Thrift's compact protocol). The columns are copied byte by byte and the places in the footer moved. Schema and marks of the new footer are
written by Arrow, as an empty file.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

MAGIC = b"PAR1"
_WHOLE = I16, I32, I64 = 4, 5, 6
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
Struct = dict[int, tuple[int, Any]]
"""Fields of a Thrift struct: type and value by number. A list is its element type and its elements."""

# Fields of parquet.thrift by number.
_ROWS, _GROUPS = 3, 4
_COLUMNS, _UNPACKED, _GROUP_ROWS, _GROUP_PLACE, _PACKED, _ORDINAL = 1, 2, 3, 5, 6, 7
_CHUNK_PLACE, _CHUNK = 2, 3
_CHUNK_PATH, _CHUNK_UNPACKED, _CHUNK_PACKED, _DATA_PLACE, _INDEX_PLACE, _WORDS_PLACE = 3, 6, 7, 9, 10, 11
_MOVED = (_DATA_PLACE, _INDEX_PLACE, _WORDS_PLACE)

Piece = Sequence[Path | bytes]
"""Files of one row group each, or their bytes, that together hold the columns of some rows."""


def splice(out: Path, schema: pa.Schema, pieces: Iterable[Piece]) -> None:
    """Write a file of a schema (its metadata included), a row group a piece; pieces without rows are left out."""
    footer = _footer(_empty(schema))
    groups: list[Struct] = []
    with out.open("wb") as stream:
        stream.write(MAGIC)
        for piece in pieces:
            group = _group(stream, schema.names, piece, len(groups))
            if group is not None:
                groups.append(group)
        footer[_ROWS] = (I64, sum(group[_GROUP_ROWS][1] for group in groups))
        footer[_GROUPS] = (_LIST, (_STRUCT, groups))
        packed = bytes(_packed(footer))
        stream.write(packed + struct.pack("<I", len(packed)) + MAGIC)


def _empty(schema: pa.Schema) -> bytes:
    stream = io.BytesIO()
    pq.ParquetWriter(stream, schema).close()
    return stream.getvalue()


def _group(stream: BinaryIO, names: Sequence[str], piece: Piece, at: int) -> Struct | None:
    """Copy the columns of a piece in the order of the names; return what the footer says of them."""
    begin = stream.tell()
    found: dict[str, tuple[BinaryIO, Struct]] = {}
    rows = 0
    for part in piece:
        data: BinaryIO = io.BytesIO(part) if isinstance(part, bytes) else part.open("rb")
        groups = _footer(data)[_GROUPS][1][1]
        if len(groups) > 1:
            raise ValueError("a piece has one row group")
        for group in groups:
            rows = group[_GROUP_ROWS][1]
            for column in group[_COLUMNS][1][1]:
                name = b".".join(column[_CHUNK][1][_CHUNK_PATH][1][1]).decode()
                found[name] = (data, column)
    columns = [_copied(stream, *found[name]) for name in names] if rows else []
    for data, _ in found.values():
        data.close()
    if not rows:
        return None
    sizes = {kind: sum(column[_CHUNK][1][kind][1] for column in columns) for kind in (_CHUNK_UNPACKED, _CHUNK_PACKED)}
    return {
        _COLUMNS: (_LIST, (_STRUCT, columns)),
        _UNPACKED: (I64, sizes[_CHUNK_UNPACKED]),
        _GROUP_ROWS: (I64, rows),
        _GROUP_PLACE: (I64, begin),
        _PACKED: (I64, sizes[_CHUNK_PACKED]),
        _ORDINAL: (I16, at),
    }


def _copied(stream: BinaryIO, data: BinaryIO, column: Struct) -> Struct:
    if unknown := column.keys() - {_CHUNK_PLACE, _CHUNK}:
        raise ValueError(f"fields {sorted(unknown)} of a column name places that are not copied")
    told: Struct = column[_CHUNK][1]
    begin = min(told[field][1] for field in _MOVED if field in told)
    way = stream.tell() - begin
    data.seek(begin)
    stream.write(data.read(told[_CHUNK_PACKED][1]))
    moved = {field: (I64, told[field][1] + way) for field in _MOVED if field in told}
    place = column[_CHUNK_PLACE][1]
    return {_CHUNK_PLACE: (I64, place + way if place else 0), _CHUNK: (_STRUCT, {**told, **moved})}


def _footer(data: bytes | BinaryIO) -> Struct:
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    stream.seek(-8, io.SEEK_END)
    size, magic = struct.unpack("<I4s", stream.read(8))
    if magic != MAGIC:
        raise ValueError("not a parquet file")
    stream.seek(-8 - size, io.SEEK_END)
    return _Reading(stream.read(size)).struct()


# --- Thrift's compact protocol -----------------------------------------------------------------------------------------------


class _Reading:
    """Reads structs from bytes."""

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def struct(self) -> Struct:
        """The struct that begins here."""
        fields: Struct = {}
        number = 0
        while (head := self._byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = (kind, kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind))
        return fields

    def _value(self, kind: int) -> Any:
        if kind in _WHOLE:
            return self._signed()
        if kind == _BINARY:
            return self._bytes(self._unsigned())
        if kind == _STRUCT:
            return self.struct()
        if kind in (_LIST, _SET):
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._unsigned()
            return head & 15, [self._value(head & 15) for _ in range(count)]
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _DOUBLE:
            return self._bytes(8)
        raise ValueError(f"type {kind} is not of parquet.thrift")

    def _bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _signed(self) -> int:
        value = self._unsigned()
        return value >> 1 ^ -(value & 1)


def _packed(fields: Struct) -> bytearray:
    found = bytearray()
    last = 0
    for number, (kind, value) in sorted(fields.items()):
        told = (_TRUE if value else _FALSE) if kind in (_TRUE, _FALSE) else kind
        if 0 < number - last < 16:
            found.append((number - last) << 4 | told)
        else:
            found.append(told)
            found += _unsigned(number << 1)
        if kind not in (_TRUE, _FALSE):
            found += _value(kind, value)
        last = number
    found.append(_STOP)
    return found


def _value(kind: int, value: Any) -> bytes | bytearray:
    if kind in _WHOLE:
        return _unsigned(value << 1 ^ value >> 63)
    if kind == _BINARY:
        return _unsigned(len(value)) + value
    if kind == _STRUCT:
        return _packed(value)
    if kind in (_LIST, _SET):
        inner, elements = value
        head = bytes([len(elements) << 4 | inner]) if len(elements) < 15 else bytes([0xF0 | inner])
        size = b"" if len(elements) < 15 else _unsigned(len(elements))
        return head + size + b"".join(_value(inner, element) for element in elements)
    if kind == _DOUBLE:
        return bytes(value)
    return bytes([value])


def _unsigned(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
