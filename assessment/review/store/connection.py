"""Database connections that behave the same for one user and for twenty.

SQLite: write-ahead log, foreign keys on, and every writing transaction takes the lock at its start (BEGIN IMMEDIATE).
A transaction that reads first and asks for the lock later is refused at once when another writer came between; waiting
does not help it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from tanping.assessment.review.store.trouble import StoreError

BUSY_SECONDS = 20
WRITING = {"tanping_writing": True}


def connect(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """Return an engine for ``url`` (SQLite or PostgreSQL); for SQLite its folder is made, closed to other users.

    ``busy_seconds`` is how long a writer waits for the others. Raises StoreError for an address that is none.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed, busy_seconds)
    if (file := _file(parsed)) and not only_readable(parsed):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        connect_args={"timeout": busy_seconds},
        pool_timeout=busy_seconds,
        max_overflow=30,
        # What people wrote, and the hashes of keys, stay out of error messages and so out of logs.
        hide_parameters=True,
    )

    def prepare(raw: Any, _record: Any) -> None:
        _prepare_sqlite(raw, busy_seconds)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    if file:
        _let_read(engine)
    return engine


def only_readable(url: URL) -> bool:
    """Tell whether a database can be read but not written: an SQLite file, complete in itself, on a disk that is mounted read-only."""
    file = _file(url)
    if file is None or not hasattr(os, "statvfs") or not file.is_file():
        return False
    log = file.with_name(f"{file.name}-wal")
    # What is only in the log would be missed.
    complete = not log.exists() or log.stat().st_size == 0
    return complete and bool(os.statvfs(file).f_flag & os.ST_RDONLY)


def _file(url: URL) -> Path | None:
    """Return the file of an SQLite database; None in memory, and for addresses that say more than a path."""
    named = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if named and "uri" not in url.query else None


def _let_read(engine: Engine) -> None:
    """Open the file as one nobody changes while its disk is read-only; let such connections go as soon as it is not."""

    def opened(dialect: Any, record: Any, _arguments: Any, named: dict[str, Any]) -> Any:
        record.info["only-readable"] = readable = only_readable(engine.url)
        if not readable:
            return None
        path = quote(str(Path(str(engine.url.database)).absolute()))
        return dialect.connect(f"file:{path}?immutable=1", **named, uri=True)

    def checked(_raw: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("only-readable") and not only_readable(engine.url):
            raise DisconnectionError("the disk takes writing again")

    event.listen(engine, "do_connect", opened)
    event.listen(engine, "checkout", checked)


def writing(engine: Engine) -> Engine:
    """Return the same engine for transactions that will write."""
    return engine.execution_options(**WRITING)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The address may hold a password: it is not repeated.
        raise StoreError("数据库地址（TANPING_DB_URL）写得不对，例：postgresql://用户@主机/库名") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"不支持的数据库“{parsed.get_backend_name()}”，可用 sqlite 或 postgresql。")
    return parsed


def _postgresql(url: URL, busy_seconds: float) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise StoreError("缺少 PostgreSQL 驱动，请安装：pip install 'tanping[postgresql]'") from None
    options = f"-c lock_timeout={int(busy_seconds * 1000)} -c timezone=UTC"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=busy_seconds,
        max_overflow=30,
        hide_parameters=True,
        connect_args={"connect_timeout": max(2, int(busy_seconds)), "options": options},
    )


def _prepare_sqlite(raw: Any, busy_seconds: float) -> None:
    # The driver's own habit of opening transactions (late, and deferred) is switched off: _begin_sqlite opens them.
    raw.isolation_level = None
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("tanping_writing") else "BEGIN")
