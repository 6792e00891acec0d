"""The store: drafts survive, nobody's change is lost, the tables are those of the models."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from tanping.assessment.review.store import Draft, DraftChangedError, DraftMissingError, Store, StoreError, default_url
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.tables import METADATA

WRITERS = 20
CHANGES = 10


@pytest.fixture
def new_url(tmp_path: Path) -> str:
    """A database that does not exist yet."""
    return f"sqlite:///{tmp_path / '库' / 'store.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


def with_key(key: str, value: Any) -> Any:
    return lambda content: {**content, key: value}


def test_a_draft_comes_back_as_it_was_saved(store: Store, url: str) -> None:
    content = {
        "schema": "tanping.project/1",
        "project": {"name": "射阳港电厂"},
        "units": [{"id": "7", "capacity": None}],
    }
    made = store.create_draft(content, title=" 射阳港电厂 ", sector="power", owner="甲")
    again = Store.open(url).load_draft(made.id)
    assert again == made
    assert (again.title, again.sector, again.owner, again.version) == ("射阳港电厂", "power", "甲", 1)
    assert again.content == content
    assert again.created.tzinfo is UTC
    assert abs((datetime.now(UTC) - again.created).total_seconds()) < 60


def test_content_is_canonical_so_its_hash_does_not_depend_on_key_order(store: Store, tmp_path: Path) -> None:
    one = store.create_draft({"b": "2", "a": "一"})
    two = store.create_draft({"a": "一", "b": "2"})
    assert one.sha256 == two.sha256 == hashlib.sha256('{"a":"一","b":"2"}'.encode()).hexdigest()


def test_a_whole_save_is_refused_when_the_draft_moved_on(store: Store) -> None:
    made = store.create_draft({"a": "1"})
    store.save_draft(made.id, {"a": "2"}, version=1)
    with pytest.raises(DraftChangedError, match="另一窗口"):
        store.save_draft(made.id, {"a": "3"}, version=1)
    assert store.load_draft(made.id).content == {"a": "2"}
    assert store.load_draft(made.id).version == 2


def test_a_change_that_alters_nothing_keeps_version_and_time(store: Store) -> None:
    made = store.create_draft({"a": "1"})
    assert store.change_draft(made.id, with_key("a", "1")) == made


def test_a_change_that_fails_writes_nothing(store: Store) -> None:
    made = store.create_draft({"a": "1"})

    def fail(content: dict[str, Any]) -> dict[str, Any]:
        content["a"] = "2"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.change_draft(made.id, fail)
    assert store.load_draft(made.id) == made
    assert store.change_draft(made.id, with_key("a", "3")).version == 2


def test_title_and_sector_follow_the_content(store: Store) -> None:
    made = store.create_draft({"name": "", "sector": ""})
    assert made.title == "未命名项目"
    changed = store.change_draft(
        made.id, lambda content: {"name": "某电厂", "sector": "power"}, describe=lambda c: (c["name"], c["sector"])
    )
    assert (changed.title, changed.sector) == ("某电厂", "power")


def test_list_shows_newest_first_and_only_the_owners(store: Store) -> None:
    first = store.create_draft({"n": "1"}, owner="甲")
    second = store.create_draft({"n": "2"}, owner="乙")
    third = store.create_draft({"n": "3"}, owner="甲")
    store.change_draft(first.id, with_key("n", "4"))
    assert [draft.id for draft in store.list_drafts()] == [first.id, third.id, second.id]
    assert [draft.id for draft in store.list_drafts(owner="甲")] == [first.id, third.id]
    assert len(store.list_drafts(limit=1)) == 1


def test_missing_and_deleted_drafts_are_named_as_such(store: Store) -> None:
    made = store.create_draft({})
    store.delete_draft(made.id)
    for act in (store.load_draft, store.delete_draft, lambda draft_id: store.change_draft(draft_id, dict)):
        with pytest.raises(DraftMissingError):
            act(made.id)


def test_a_monstrous_draft_is_refused(store: Store) -> None:
    made = store.create_draft({"a": "1"})
    with pytest.raises(StoreError, match="过大"):
        store.change_draft(made.id, with_key("a", "x" * 9_000_000))
    assert store.load_draft(made.id) == made


def test_a_broken_character_is_refused_in_words(store: Store) -> None:
    made = store.create_draft({"a": "1"})
    with pytest.raises(StoreError, match="不能保存"):
        store.change_draft(made.id, with_key("a", "\ud800"))
    assert store.load_draft(made.id) == made


CHANGE_MANY = """
import sys
from tanping.assessment.review.store import Store
url, draft_id, writer, changes = sys.argv[1:]
store = Store.open(url)
for number in range(int(changes)):
    store.change_draft(draft_id, lambda content: {**content, f"{writer}-{number}": "x"})
"""


def test_twenty_writers_in_one_process_lose_nothing(store: Store) -> None:
    made = store.create_draft({})
    failures: list[BaseException] = []

    def work(writer: int) -> None:
        try:
            for number in range(CHANGES):
                store.change_draft(made.id, with_key(f"{writer}-{number}", "x"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    after = store.load_draft(made.id)
    assert len(after.content) == WRITERS * CHANGES
    assert after.version == WRITERS * CHANGES + 1


def test_writers_in_several_processes_lose_nothing(url: str) -> None:
    store = Store.open(url)
    made = store.create_draft({})
    store.close()
    workers = [
        subprocess.Popen([sys.executable, "-c", CHANGE_MANY, url, made.id, str(writer), str(CHANGES)])
        for writer in range(3)
    ]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0, 0]
    assert Store.open(url).load_draft(made.id).version == 3 * CHANGES + 1


def test_optimistic_writers_who_retry_lose_nothing(store: Store) -> None:
    made = store.create_draft({"count": "0"})

    def add_one() -> Draft:
        while True:
            seen = store.load_draft(made.id)
            try:
                count = str(int(seen.content["count"]) + 1)
                return store.save_draft(made.id, {"count": count}, version=seen.version)
            except DraftChangedError:
                continue

    threads = [threading.Thread(target=add_one) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.load_draft(made.id).content == {"count": str(WRITERS)}


def test_many_may_open_a_new_database_at_once(new_url: str) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            Store.open(new_url).create_draft({})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(Store.open(new_url).list_drafts()) == 8


def test_migrations_make_exactly_the_tables_of_the_models(store: Store, url: str) -> None:
    engine = connect(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_sqlite_is_set_up_for_many_users(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with engine.connect() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")}
        assert asked == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_writing_transaction_takes_the_lock_at_its_start(sqlite_url: str) -> None:
    with writing(connect(sqlite_url)).begin():
        other = sqlite3.connect(connect(sqlite_url).url.database or "", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_assessments_are_kept_once_and_found_by_hash(store: Store) -> None:
    made = store.create_draft({})
    digest = store.save_assessment(b'{"a":1}', as_of=date(2026, 11, 1), draft_id=made.id)
    assert store.save_assessment(b'{"a":1}', as_of=date(2026, 11, 1)) == digest
    saved = store.load_assessment(digest)
    assert (saved.content, saved.as_of, saved.draft_id) == (b'{"a":1}', date(2026, 11, 1), made.id)
    store.delete_draft(made.id)
    assert store.load_assessment(digest).draft_id is None
    with pytest.raises(StoreError, match="没有"):
        store.load_assessment("0" * 64)


def test_a_tampered_assessment_is_noticed(store: Store, url: str) -> None:
    digest = store.save_assessment(b"{}", as_of=date(2026, 11, 1))
    with writing(connect(url)).begin() as connection:
        connection.execute(text("UPDATE assessments SET content = :raw"), {"raw": b"[]"})
    with pytest.raises(StoreError, match="改动"):
        store.load_assessment(digest)


def test_an_assessment_of_no_draft_is_refused_by_the_foreign_key(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.save_assessment(b"{}", as_of=date(2026, 11, 1), draft_id="none")


def test_where_the_store_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TANPING_DB_URL", "TANPING_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_url() == f"sqlite:///{tmp_path}/.local/share/tanping/tanping.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert default_url() == f"sqlite:///{tmp_path}/.local/share/tanping/tanping.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_url() == f"sqlite:///{tmp_path}/data/tanping/tanping.sqlite"
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "own"))
    assert default_url() == f"sqlite:///{tmp_path}/own/tanping.sqlite"
    monkeypatch.setenv("TANPING_DB_URL", "postgresql://host/db")
    assert default_url() == "postgresql://host/db"
