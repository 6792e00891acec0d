"""PostgreSQL as source and sink of a portfolio: a table is streamed into parquet, a result goes into a new table in one transaction.

A place is written ``postgresql://user@host/database#schema.table``. Passwords stay out of the command line, where every user of the machine can
read them: libpq takes them from ``PGPASSWORD`` or ``~/.pgpass``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanping.assessment.portfolio.heading import Target, read_heading
from tanping.assessment.portfolio.source import PARTITION
from tanping.records.errors import InputError, Problem, Where

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://用户@主机/库#模式.表"
# Rows of a project must be neighbours, and a table of a database has no order of its own.
_ORDER = (Target("project", "code"), Target("units", "id"))
_ARROW = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
}


@dataclass(frozen=True)
class Place:
    """A table of a database. ``address`` is what libpq takes, without the table."""

    address: str
    schema: str
    table: str

    @property
    def said(self) -> str:
        """As named in messages."""
        return f"{self.address}#{self.schema}.{self.table}"

    @property
    def where(self) -> Where:
        """The place in messages."""
        return Where(self.said)


def is_database(text: str) -> bool:
    """Whether an argument names a table of a database rather than a file."""
    return text.partition("://")[0] in SCHEMES and "://" in text


def errors_table(table: str) -> str:
    """How the error table of a result is called."""
    return f"{table}_errors"


def place_of(text: str, option: str) -> Place:
    """Read the name of a table. Raises InputError, for a password in it too."""
    where = Where("命令行")
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets of an address of version 6 that don't match
        raise InputError(Problem(where, option, "不是数据库地址", EXAMPLE)) from None
    if parts.password is not None or any("password" in name.lower() for name, _ in parse_qsl(parts.query)):
        raise InputError(
            Problem(where, option, "口令不要写在命令行里，别人看得到", "PGPASSWORD 环境变量或 ~/.pgpass", EXAMPLE)
        )
    schema, _, table = parts.fragment.rpartition(".")
    if not table or not parts.path.strip("/"):
        raise InputError(Problem(where, option, "没有写明库和表", EXAMPLE))
    return Place(text.partition("#")[0], schema or "public", table)


def fetch(place: Place, path: Path) -> None:
    """Stream a table into a parquet file, ordered by project code and unit. Raises InputError."""
    from psycopg import sql

    with _connected(place) as connection:
        names = _columns(connection, place)
        query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(place.schema, place.table))
        order = _order(names)
        if order:
            query += sql.SQL(" ORDER BY ") + sql.SQL(", ").join(map(sql.Identifier, order))
        with connection.cursor(name="tanping_batch") as cursor:
            cursor.execute(query)
            kinds = [_ARROW.get(column.type_code, pa.string()) for column in cursor.description]
            schema = pa.schema([pa.field(name, kind) for name, kind in zip(names, kinds, strict=True)])
            with pq.ParquetWriter(path, schema, compression="zstd") as writer:
                while rows := cursor.fetchmany(PARTITION):
                    writer.write_table(_arrow(rows, schema))


def store(place: Place, result: Path, errors: Sequence[Sequence[Any]]) -> None:
    """Write a parquet result into a new table and its errors into ``<table>_errors``: both or neither. Raises InputError."""
    from psycopg import sql

    with _connected(place) as connection, connection.transaction():
        _require_absent(connection, place)
        with pq.ParquetFile(result) as file:
            schema = file.schema_arrow
            name = sql.Identifier(place.schema, place.table)
            _create(connection, name, [(one.name, _sql_kind(one.type)) for one in schema])
            for batch in file.iter_batches(PARTITION):
                columns = [_plain(column) for column in pa.Table.from_batches([batch]).columns]
                _copy(connection, name, zip(*columns, strict=True))
        head = [("row", "bigint"), *((name, "text") for name in ("project", "field", "content", "problem", "cure"))]
        second = sql.Identifier(place.schema, errors_table(place.table))
        _create(connection, second, head)
        _copy(connection, second, iter(errors))


def check_absent(place: Place) -> None:
    """Refuse a sink whose table is there already, before any work. Raises InputError."""
    with _connected(place) as connection:
        _require_absent(connection, place)


# --- parts -------------------------------------------------------------------------------------------------------------------


@contextmanager
def _connected(place: Place) -> Iterator[Any]:
    try:
        import psycopg
    except ImportError:
        what = "没有安装 PostgreSQL 驱动"
        raise InputError(Problem(place.where, "", what, "安装可选部分 tanping[postgresql]")) from None
    try:
        with psycopg.connect(place.address, connect_timeout=10) as connection:
            yield connection
    except psycopg.Error as error:
        reason = (error.diag.message_primary or str(error)).strip().splitlines()[0][:200]
        raise InputError(Problem(place.where, "", f"数据库不接受：{reason}", "能连上、有权限的库和表")) from None


def _columns(connection: Any, place: Place) -> list[str]:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s "
        "ORDER BY ordinal_position",
        (place.schema, place.table),
    ).fetchall()
    if not found:
        raise InputError(Problem(place.where, "", f"没有表 {place.schema}.{place.table}，或没有权限", EXAMPLE))
    return [name for (name,) in found]


def _require_absent(connection: Any, place: Place) -> None:
    known = "SELECT to_regclass(format('%%I.%%I', %s::text, %s::text))"
    for name in (place.table, errors_table(place.table)):
        if connection.execute(known, (place.schema, name)).fetchone()[0] is not None:
            raise InputError(Problem(place.where, "--out", f"表 {place.schema}.{name} 已存在，不覆盖", "新的表名"))


def _order(names: Sequence[str]) -> list[str]:
    targets: dict[Target, str] = {}
    for name in names:
        try:
            targets.setdefault(read_heading(0, name, Where("")).target, name)
        except InputError:
            continue
    return [targets[target] for target in _ORDER if target in targets]


def _arrow(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    columns = []
    for at, kind in enumerate(schema.types):
        values = [row[at] for row in rows]
        if pa.types.is_string(kind):
            values = [_text(value) for value in values]
        columns.append(pa.array(values, kind))
    return pa.Table.from_arrays(columns, schema=schema)


def _text(value: Any) -> str | None:
    # Decimals keep every digit: they are read as texts under the unit of their heading.
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value is None else str(value)


def _create(connection: Any, name: Any, columns: Sequence[tuple[str, str]]) -> None:
    from psycopg import sql

    parts = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns]
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(parts)))


def _copy(connection: Any, name: Any, rows: Iterator[Sequence[Any]]) -> None:
    from psycopg import sql

    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
        for row in rows:
            copy.write_row([value.replace("\x00", "�") if isinstance(value, str) else value for value in row])


def _plain(column: Any) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, pa.string())
    values: list[Any] = column.to_pylist()
    return values


def _sql_kind(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):
        return "double precision"
    if pa.types.is_integer(kind):
        return "bigint"
    if pa.types.is_boolean(kind):
        return "boolean"
    return "date" if pa.types.is_date(kind) else "text"
