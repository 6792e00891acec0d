"""A backup that any database can take back: one zip with every table as lines of JSON, and a manifest of their hashes.

Signed-in sessions are left out: they are keys, and they end anyway.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, MetaData, Table, select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from tanping import __version__
from tanping.assessment.review.store import guards, migrate
from tanping.assessment.review.store.connection import writing
from tanping.assessment.review.store.people import SessionRow
from tanping.assessment.review.store.trouble import StoreError, told

SCHEMA = "tanping.backup/1"
LEFT_OUT = frozenset({SessionRow.__tablename__, "alembic_version"})
_BATCH = 200
_BATCH_BYTES = 16 * 1024 * 1024
_LINE = 96 * 1024 * 1024
"""Bytes of one row: the largest attachment, spelled in base64, and some room."""
_MANIFEST = 1024 * 1024


def backup(engine: Engine, path: Path) -> dict[str, Any]:
    """Write all tables, as they stand at one moment, to a new zip; return its manifest. Raises StoreError, OSError.

    The file is readable by its owner only: it holds password hashes.
    """
    if path.exists():
        raise _there(path)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            manifest = _write(engine, archive)
        _name(Path(draft), path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return manifest


def _name(draft: Path, path: Path) -> None:
    """Give a finished draft its name, unless somebody made a file of that name meanwhile."""
    try:
        os.link(draft, path)  # unlike a rename it takes nobody's place
    except FileExistsError:
        raise _there(path) from None
    except OSError:
        # Memory sticks and network shares know no links: there only a file made in this very moment could be lost.
        if path.exists():
            raise _there(path) from None
        draft.rename(path)


def _there(path: Path) -> StoreError:
    return StoreError(f"{path.name} 已存在，请换一个文件名，备份不覆盖旧文件。")


def _write(engine: Engine, archive: zipfile.ZipFile) -> dict[str, Any]:
    snapshot = (
        engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    )
    with told(), snapshot.begin() as connection:
        manifest: dict[str, Any] = {
            "schema": SCHEMA,
            "program": __version__,
            "revision": migrate.revision(connection),
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "tables": {},
        }
        for table in _tables(connection):
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                manifest["tables"][table.name] = _write_table(connection, table, out)
    archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
    return manifest


def _write_table(connection: Connection, table: Table, out: IO[bytes]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    order = list(table.primary_key.columns)
    if any(key.column.table is table for key in table.foreign_keys):
        order.insert(0, table.columns["at"])  # a row that refers to another of its table is younger than that one
    for row in connection.execute(select(table).order_by(*order).execution_options(yield_per=_BATCH)).mappings():
        line = json.dumps({name: _out(value) for name, value in row.items()}, ensure_ascii=False).encode() + b"\n"
        out.write(line)
        digest.update(line)
        count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def restore(engine: Engine, path: Path) -> dict[str, Any]:
    """Fill an empty database from a backup, upgrade it to this version, return the manifest. All or nothing.

    Raises StoreError when the database is not empty or the file is no sound backup; OSError when it can't be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            with told(), writing(engine).begin() as connection:
                migrate.lock(connection)
                if migrate.revision(connection):
                    raise StoreError("目标数据库不是空的。恢复只写入空库：请另指定一个新的数据库地址，核对后再替换。")
                migrate.upgrade_to(connection, manifest["revision"])
                for table in _tables(connection):
                    _fill(connection, table, archive, manifest["tables"])
                migrate.upgrade_to(connection, migrate.newest())
                guards.install(connection)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        # The last three: a way of packing or a password that no backup of this program has.
        raise StoreError(f"{path.name} 不是备份文件，或已损坏。") from None
    except (OSError, ValueError, struct.error) as error:
        # Places named in a damaged zip may lie before its beginning.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        raise StoreError(f"{path.name} 不是备份文件，或已损坏。") from None
    except (IntegrityError, StatementError) as error:
        if isinstance(error, OperationalError):
            raise
        raise StoreError(f"{path.name} 里的行互相矛盾或不成行，备份已损坏或被改动，没有恢复任何内容。") from None
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with archive.open("manifest.json") as stream:
            text = stream.read(_MANIFEST + 1)
        if len(text) > _MANIFEST:
            raise ValueError
        manifest = json.loads(text)
        if manifest["schema"] != SCHEMA or not isinstance(manifest["tables"], dict):
            raise ValueError
        if not isinstance(manifest["revision"], str) or not isinstance(manifest["made"], str):
            raise TypeError
    except (KeyError, ValueError, TypeError, RecursionError):
        raise StoreError("文件里没有可用的备份清单，不是本程序的备份。") from None
    return dict(manifest)


def _fill(connection: Connection, table: Table, archive: zipfile.ZipFile, said: dict[str, Any]) -> None:
    if table.name not in said:
        raise StoreError(f"备份里缺少表 {table.name}，备份不完整。")
    digest, batch, count, size = hashlib.sha256(), [], 0, 0
    for line in _lines(archive, table.name):
        digest.update(line)
        batch.append(_row(table, line))
        count += 1
        size += len(line)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            connection.execute(table.insert(), batch)
            batch, size = [], 0
    if batch:
        connection.execute(table.insert(), batch)
    if {"rows": count, "sha256": digest.hexdigest()} != said[table.name]:
        raise StoreError(f"备份里的表 {table.name} 与清单的哈希不符，备份已损坏或被改动，没有恢复任何内容。")


def _row(table: Table, line: bytes) -> dict[str, Any]:
    try:
        row = {name: _in(value) for name, value in json.loads(line).items()}
        if set(row) != set(table.columns.keys()):
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise StoreError(f"备份里的表 {table.name} 有不成行的内容，备份已损坏或被改动，没有恢复任何内容。") from None
    return row


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(f"tables/{name}.jsonl") as stream:
            while line := stream.readline(_LINE):
                if not line.endswith(b"\n"):
                    raise StoreError(f"备份里的表 {name} 有过长或不完整的一行，备份已损坏或被改动，没有恢复任何内容。")
                yield line
    except KeyError:
        raise StoreError(f"备份里缺少表 {name}，备份不完整。") from None


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, in an order in which rows can be inserted."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _out(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, datetime):
        return {"moment": value.isoformat(timespec="microseconds")}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _in(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind == "bytes":
        return base64.b64decode(text)
    return datetime.fromisoformat(text) if kind == "moment" else date.fromisoformat(text)
