"""Database connections that behave the same for one user and for twenty.

SQLite: write-ahead log, foreign keys on, and every writing transaction takes the lock at its start (BEGIN IMMEDIATE).
A transaction that reads first and asks for the lock later is refused at once when another writer came between; waiting
does not help it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

BUSY_SECONDS = 20
WRITING = {"tanping_writing": True}


def connect(url: str) -> Engine:
    """Return an engine for ``url``; for SQLite its folder is made, closed to other users."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, pool_timeout=BUSY_SECONDS, max_overflow=30)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writing(engine: Engine) -> Engine:
    """Return the same engine for transactions that will write."""
    return engine.execution_options(**WRITING)


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    # The driver's own habit of opening transactions (late, and deferred) is switched off: _begin_sqlite opens them.
    raw.isolation_level = None
    cursor = raw.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("tanping_writing") else "BEGIN")
