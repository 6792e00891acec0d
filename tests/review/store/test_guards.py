"""The tables that only grow: no statement changes, replaces or removes a row, before and after any migration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from sqlalchemy import Column, Engine, MetaData, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from tanping.assessment.review.record import PROGRAM, SCHEMA, instant_text, plain
from tanping.assessment.review.store import StoreError, guards, migrate
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.tables import GROWING, METADATA, SEALED
from tanping.assessment.review.verify import verify
from tanping.records.canonical import canonical_bytes, sha256

NOW = datetime(2026, 11, 2, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def engine(url: str) -> Engine:
    made = connect(url)
    add_event(made, 1, "1" * 64, guards.ZERO)
    run(made, "INSERT INTO blobs VALUES (:sha, 1, :raw, :at)", sha="a" * 64, raw=b"x", at=NOW)
    return made


def run(engine: Engine, statement: str, **values: Any) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text(statement), values)


def add_event(engine: Engine, seq: int, digest: str, previous: str, verb: str = "INSERT") -> None:
    run(
        engine,
        f"{verb} INTO events (seq, hash, previous, review_id, kind, at, content) VALUES (:a, :b, :c, '', 'x', :d, :e)",
        a=seq,
        b=digest,
        c=previous,
        d=NOW,
        e=b"{}",
    )


def everything(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for name in ("events", "blobs") for row in connection.execute(text(f"SELECT * FROM {name}"))]


def refused(engine: Engine, act: Callable[[], None]) -> None:
    before = everything(engine)
    with pytest.raises(DBAPIError, match="sealed record"):
        act()
    assert everything(engine) == before


def test_an_event_that_follows_is_added(engine: Engine) -> None:
    add_event(engine, 2, "2" * 64, "1" * 64)
    assert len(everything(engine)) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET content = content",
        "UPDATE events SET kind = 'y' WHERE seq = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE seq = 1",
        "UPDATE blobs SET size = 2",
        "DELETE FROM blobs",
    ],
)
def test_no_row_is_changed_or_removed(engine: Engine, statement: str) -> None:
    refused(engine, lambda: run(engine, statement))


@pytest.mark.parametrize(
    ("seq", "digest", "previous"),
    [
        (3, "3" * 64, "1" * 64),
        (2, "2" * 64, "9" * 64),
        (0, "3" * 64, "1" * 64),
        (-1, "3" * 64, guards.ZERO),
        (1, "3" * 64, guards.ZERO),
    ],
)
def test_no_event_is_added_out_of_order(engine: Engine, seq: int, digest: str, previous: str) -> None:
    refused(engine, lambda: add_event(engine, seq, digest, previous))


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_sqlite_replaces_no_row(sqlite_url: str, verb: str) -> None:
    engine = connect(sqlite_url)
    add_event(engine, 1, "1" * 64, guards.ZERO)
    run(engine, "INSERT INTO blobs VALUES (:sha, 1, :raw, :at)", sha="a" * 64, raw=b"x", at=NOW)
    # By primary key, and by the other unique key.
    refused(engine, lambda: add_event(engine, 1, "7" * 64, guards.ZERO, verb))
    refused(engine, lambda: add_event(engine, 2, "1" * 64, "1" * 64, verb))
    refused(
        engine, lambda: run(engine, f"{verb} INTO blobs VALUES (:sha, 9, :raw, :at)", sha="a" * 64, raw=b"y", at=NOW)
    )


@pytest.mark.parametrize("name", ["submissions", "results", "minutes", "conclusions"])
def test_the_other_growing_tables_have_their_guards(url: str, name: str) -> None:
    engine = connect(url)
    with engine.connect() as connection:
        assert guards.missing(connection) == []
    assert name in GROWING


def test_an_upsert_changes_no_row(engine: Engine) -> None:
    statement = "INSERT INTO blobs VALUES (:sha, 2, :raw, :at) ON CONFLICT (sha256) DO UPDATE SET size = 2"
    refused(engine, lambda: run(engine, statement, sha="a" * 64, raw=b"y", at=NOW))


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE events",
        "TRUNCATE blobs CASCADE",
        "TRUNCATE reviews, events, blobs CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM events",
    ],
)
def test_postgresql_is_not_emptied(postgresql_url: str, statement: str) -> None:
    engine = connect(postgresql_url)
    add_event(engine, 1, "1" * 64, guards.ZERO)
    run(engine, "INSERT INTO blobs VALUES (:sha, 1, :raw, :at)", sha="a" * 64, raw=b"x", at=NOW)
    refused(engine, lambda: run(engine, statement))


@pytest.mark.xdist_group("postgresql")
def test_a_role_that_owns_nothing_can_work_but_not_switch_the_guards_off(postgresql_url: str) -> None:
    owner = connect(postgresql_url)
    run(owner, "DROP ROLE IF EXISTS tanping_app")
    run(owner, "CREATE ROLE tanping_app LOGIN")
    for statement in guards.grants("tanping_app"):
        run(owner, statement)
    worker = connect(owner.url.set(username="tanping_app").render_as_string(hide_password=False))
    assert migrate.upgrade(worker) is False
    add_event(worker, 1, "1" * 64, guards.ZERO)
    for statement in (
        "DROP TRIGGER events_no_change ON events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "TRUNCATE events",
        "UPDATE events SET kind = 'y'",
        "DROP TABLE events",
        "SET session_replication_role = replica",
    ):
        with pytest.raises((ProgrammingError, DBAPIError), match=r"owner|permission"):
            run(worker, statement)
    worker.dispose()
    run(owner, "DROP OWNED BY tanping_app")
    run(owner, "DROP ROLE tanping_app")


def test_a_missing_or_changed_trigger_is_told(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        assert guards.missing(connection) == []
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER events_no_delete")
            connection.exec_driver_sql("DROP TRIGGER blobs_no_update")
            connection.exec_driver_sql(
                "CREATE TRIGGER blobs_no_update BEFORE UPDATE ON blobs BEGIN SELECT 'nothing'; END"
            )
            assert guards.missing(connection) == ["blobs_no_update", "events_no_delete"]
        else:
            connection.exec_driver_sql("DROP TRIGGER events_no_truncate ON events")
            connection.exec_driver_sql("ALTER TABLE blobs DISABLE TRIGGER blobs_no_change")
            assert guards.missing(connection) == ["blobs_no_change", "events_no_truncate"]
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION tanping_follow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            )
            assert guards.missing(connection) == ["blobs_no_change", "events_follow", "events_no_truncate"]
        guards.install(connection)
        assert guards.missing(connection) == []


LATER = '''
"""A later change that copies the tables."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for name in {tables}:
        with op.batch_alter_table(name, recreate="always" if op.get_bind().dialect.name == "sqlite" else "auto") as batch:
            batch.add_column(sa.Column("later", sa.String(10), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        left = op.get_bind().exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").scalar()
        assert left == 0, "batch mode was expected to lose the triggers"
'''


def test_the_guards_survive_a_migration_that_copies_the_tables(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "v9999_later.py").write_text(
        LATER.format(head=migrate.newest(), tables=sorted(GROWING)), encoding="utf-8"
    )
    original = migrate.configuration

    def with_later(connection: Any = None) -> Config:
        config = original(connection)
        own = Path(migrate.__file__).with_name("migrations") / "versions"
        config.set_main_option("version_locations", f"{own}:{tmp_path}")
        return config

    before = everything(engine)
    monkeypatch.setattr(migrate, "configuration", with_later)
    assert migrate.upgrade(engine) is True
    with engine.connect() as connection:
        assert guards.missing(connection) == []
    assert [row[:-1] for row in everything(engine)] == before
    refused(engine, lambda: run(engine, "DELETE FROM events"))
    refused(engine, lambda: run(engine, "UPDATE blobs SET size = 5"))
    refused(engine, lambda: add_event(engine, 5, "5" * 64, "1" * 64))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="比本程序新"):
        migrate.upgrade(engine)


def test_the_newest_tables_need_no_upgrade(url: str) -> None:
    engine = connect(url)
    assert migrate.upgrade(engine) is False
    with engine.connect() as connection:
        assert migrate.revision(connection) == migrate.newest()


def test_the_grants_name_every_table() -> None:
    said = " ".join(guards.grants('a"b'))
    assert all(name in said for name in METADATA.tables)
    assert 'TO "a""b"' in said


@pytest.mark.parametrize("old", ["0001", "0002", "0003"])
def test_a_store_of_an_older_version_is_brought_up_with_what_it_holds(empty_url: str, old: str) -> None:
    engine = connect(empty_url)
    with writing(engine).begin() as connection:
        migrate.upgrade_to(connection, old)
        values = {"x": "d" * 32, "at": NOW}
        connection.execute(text("INSERT INTO drafts VALUES (:x, '题', 'power', '甲', '{}', :x, 1, :at, :at)"), values)
    assert migrate.upgrade(engine) is True
    with engine.connect() as connection:
        assert guards.missing(connection) == []
        assert migrate.revision(connection) == migrate.newest()
        assert connection.execute(text("SELECT title FROM drafts")).scalar_one() == "题"
    add_event(engine, 1, "1" * 64, guards.ZERO)
    refused(engine, lambda: run(engine, "DELETE FROM events"))


def test_a_record_made_before_a_column_came_is_still_sound(empty_url: str) -> None:
    engine = connect(empty_url)
    with writing(engine).begin() as connection:
        migrate.upgrade_to(connection, "0003")
        older = MetaData()
        older.reflect(connection)
        rows = []
        for name, own in (
            ("users", {"id": "u"}),
            ("reviews", {"id": "r"}),
            ("demands", {"id": "d", "text": "核实煤量"}),
        ):
            values = {**{column.name: _anything(column) for column in older.tables[name].columns}, **own}
            connection.execute(older.tables[name].insert().values(values))
            told = {key: plain(value) for key, value in values.items() if key not in ("id", *SEALED[name].unsealed)}
            rows.append([name, own["id"], told])
        raw = canonical_bytes(
            {
                "schema": SCHEMA, "seq": 1, "previous": guards.ZERO, "at": instant_text(NOW.replace(tzinfo=UTC)),
                "kind": "记录", "mode": "office", "review": "r", "who": PROGRAM.plain(), "body": {}, "rows": sorted(rows), "blobs": [],
            }
        )  # fmt: skip
        event = {"seq": 1, "hash": sha256(raw), "previous": guards.ZERO, "review_id": "r", "kind": "记录", "at": NOW}
        connection.execute(older.tables["events"].insert().values(**event, content=raw))
    assert migrate.upgrade(engine) is True
    assert verify(engine).faults == ()
    with engine.connect() as connection:
        assert tuple(connection.execute(text("SELECT text, page, who, due FROM demands")).one()) == (
            "核实煤量",
            "",
            "",
            None,
        )
    run(engine, "UPDATE demands SET text = 'anders'")
    assert [fault.kind for fault in verify(engine).faults] == ["改动"]


def _anything(column: Column[Any]) -> Any:
    """Return a value that fits a column; foreign keys lead to the one row there is."""
    for key in column.foreign_keys:
        return None if column.nullable else {"reviews": "r", "users": "u"}[key.column.table.name]
    if column.nullable:
        return None
    return {bool: False, int: 1, datetime: NOW}.get(column.type.python_type, "x")
