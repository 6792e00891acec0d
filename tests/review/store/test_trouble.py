"""A locked, read-only, full, absent or damaged database: a clear message, and nothing lost or half written."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from tanping.assessment.review.store import Store, StoreError, StoreUnavailableError
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.trouble import told


def small_store(url: str, *pragmas: str) -> Store:
    engine = connect(url, busy_seconds=0.2)

    @event.listens_for(engine, "connect")
    def set_up(raw: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")

    return Store(engine)


def test_a_locked_database_says_so_and_the_text_can_be_saved_again(sqlite_url: str) -> None:
    store = small_store(sqlite_url)
    made = store.create_draft({"a": "1"})
    other = sqlite3.connect(connect(sqlite_url).url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match=r"正忙.*没有写入"):
        store.change_draft(made.id, lambda content: {**content, "b": "2"})
    assert store.load_draft(made.id) == made, "reading goes on while another writes"
    other.execute("ROLLBACK")
    assert store.change_draft(made.id, lambda content: {**content, "b": "2"}).content == {"a": "1", "b": "2"}


@pytest.mark.xdist_group("postgresql")
def test_a_locked_row_of_postgresql_says_so(postgresql_url: str) -> None:
    store = Store(connect(postgresql_url, busy_seconds=0.2))
    made = store.create_draft({"a": "1"})
    with connect(postgresql_url).begin() as connection:
        connection.exec_driver_sql("SELECT * FROM drafts FOR UPDATE")
        with pytest.raises(StoreUnavailableError, match=r"正忙.*没有写入"):
            store.delete_draft(made.id)
    assert store.load_draft(made.id) == made


def test_a_read_only_database_says_so(url: str) -> None:
    made = Store(connect(url)).create_draft({"a": "1"})
    if url.startswith("sqlite"):
        store = small_store(url, "query_only = ON")
    else:
        engine = connect(url)
        event.listen(engine, "connect", lambda raw, _: setattr(raw, "read_only", True))
        store = Store(engine)
    with pytest.raises(StoreUnavailableError, match=r"只读.*没有写入"):
        store.delete_draft(made.id)
    assert store.load_draft(made.id) == made


def test_a_full_disk_says_so_and_writes_nothing(sqlite_url: str) -> None:
    made = Store(connect(sqlite_url)).create_draft({"a": "1"})
    pages = sqlite3.connect(connect(sqlite_url).url.database or "").execute("PRAGMA page_count").fetchone()[0]
    store = small_store(sqlite_url, f"max_page_count = {pages + 5}")
    with pytest.raises(StoreUnavailableError, match=r"磁盘已满.*没有写入"):
        store.change_draft(made.id, lambda content: {**content, "b": "x" * 200_000})
    assert store.load_draft(made.id) == made
    assert store.change_draft(made.id, lambda content: {**content, "b": "2"}).version == 2


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_text("这不是数据库" * 1000, encoding="utf-8")
    with pytest.raises(StoreError, match="已损坏或不是"):
        Store.open(f"sqlite:///{tmp_path / 'x.sqlite'}")


def test_a_server_that_is_not_there_says_so() -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnavailableError, match="连不上数据库"):
        Store(connect("postgresql://someone@127.0.0.1:1/none")).list_drafts()
    assert time.monotonic() - started < 60


@pytest.mark.xdist_group("postgresql")
def test_a_connection_lost_in_the_commit_is_not_called_unwritten(postgresql_url: str) -> None:
    engine, other = connect(postgresql_url), connect(postgresql_url)

    def lost(statement: str) -> str:
        with pytest.raises(StoreUnavailableError) as refused, told(), writing(engine).begin() as connection:  # noqa: PT012
            number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with other.begin() as admin:
                admin.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")
            if statement:
                connection.exec_driver_sql(statement)
        return str(refused.value)

    assert "不能确定这次操作是否已经写入" in lost("")
    assert "没有写入，已存的内容都在" in lost("SELECT 1")


def test_tables_of_another_version_say_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="tanping db upgrade"):
        Store(connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")).list_drafts()


@pytest.mark.parametrize(
    ("url", "words"), [("", "写得不对"), ("mysql://root:secret@host/x", "不支持的数据库"), ("nonsense", "写得不对")]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        connect(url)
    assert "secret" not in str(caught.value)
