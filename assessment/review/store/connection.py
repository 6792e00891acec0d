"""Database connections that behave the same for one user and for twenty.

SQLite: write-ahead log, foreign keys on, and every writing transaction takes the lock at its start (BEGIN IMMEDIATE).
A transaction that reads first and asks for the lock later is refused at once when another writer came between; waiting
does not help it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

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
    if parsed.database and parsed.database != ":memory:" and "uri" not in parsed.query:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
    return engine


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
