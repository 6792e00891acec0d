"""The sealed record: what is changed is told, and whatever is done to the record afterwards is found and placed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text

from tanping.assessment.review.record import (
    PROGRAM,
    ClockBackError,
    Head,
    SealingSession,
    Who,
    append,
    events_of,
    head_of,
    keep,
)
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.guards import ZERO
from tanping.assessment.review.store.people import UserRow
from tanping.assessment.review.verify import ChainCheck, Kind, Stored, verify
from tanping.records.canonical import canonical_bytes, sha256

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
EVENTS = 9


def user(number: int) -> UserRow:
    return UserRow(
        id=f"u{number}",
        login=f"login{number}",
        name=f"某{number}",
        organisation="省厅",
        active=True,
        mode="office",
        password="$argon2id$secret",
        password_temporary=False,
        password_set=START,
        created=START,
    )


@pytest.fixture
def engine(url: str) -> Engine:
    """A record of nine events: users made, one changed, contents kept."""
    made = connect(url)
    for number in range(1, EVENTS + 1):
        with SealingSession(writing(made)) as session, session.begin():
            if number == 5:
                session.get_one(UserRow, "u1").name = "改名"
            else:
                session.add(user(number))
            blob = keep(session, f"内容{number}".encode(), START)
            append(
                session,
                "建立用户",
                at=START + timedelta(seconds=number),
                who=Who("u1", "某1", "管理"),
                review_id="r1" if number % 2 else "",
                body={"第": number},
                blobs=[blob],
            )
    return made


def in_session(engine: Engine, act: Callable[[SealingSession], None]) -> None:
    with SealingSession(writing(engine)) as session, session.begin():
        act(session)


def head(engine: Engine) -> Head:
    with SealingSession(engine) as session:
        return head_of(session)


def run(engine: Engine, *statements: str) -> None:
    """Do as an attacker who owns the database: without guards."""
    with writing(engine).begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("events", "blobs"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(text(statement))


def faults(engine: Engine, *heads: Head) -> list[tuple[Kind, int | None]]:
    return [(fault.kind, fault.seq) for fault in verify(engine, heads).faults if fault.kind is not Kind.UNGUARDED]


# ---- writing ---------------------------------------------------------------------------------------------------------


def test_a_sound_record_is_sound(engine: Engine) -> None:
    report = verify(engine, [head(engine), Head(0, head(engine).hash)])
    assert report.faults == ()
    assert (report.events, report.blobs, report.rows) == (EVENTS, EVENTS, EVENTS - 1)
    assert report.head == head(engine)


def test_an_event_tells_the_rows_and_no_secret(engine: Engine) -> None:
    with SealingSession(engine) as session:
        events = [*events_of(session, "r1"), *events_of(session, "")]
        raw = session.execute(text("SELECT content FROM events ORDER BY seq")).scalars().all()
    fifth = next(event for event in events if event.seq == 5)
    assert fifth.rows[0][:2] == ("users", "u1")
    assert fifth.rows[0][2] is not None
    assert fifth.rows[0][2]["name"] == "改名"
    assert fifth.at == START + timedelta(seconds=5)
    assert (fifth.who.name, fifth.who.role, fifth.body) == ("某1", "管理", {"第": 5})
    assert all(b"argon2" not in bytes(content) for content in raw)
    assert all(canonical_bytes(json.loads(bytes(content))) == bytes(content) for content in raw)


def test_a_sealed_row_cannot_change_without_an_event(engine: Engine) -> None:
    def change(session: SealingSession) -> None:
        session.get_one(UserRow, "u2").name = "悄悄改"

    def add(session: SealingSession) -> None:
        session.add(user(77))

    def remove(session: SealingSession) -> None:
        session.delete(session.get_one(UserRow, "u2"))

    def change_flushed(session: SealingSession) -> None:
        change(session)
        session.flush()

    for act in (change, add, remove, change_flushed):
        with pytest.raises(RuntimeError, match="without an event"):
            in_session(engine, act)
    assert verify(engine).sound


def test_columns_kept_to_themselves_need_no_true_event(engine: Engine) -> None:
    with SealingSession(writing(engine)) as session, session.begin():
        session.get_one(UserRow, "u2").password = "$argon2id$other"
        append(session, "登录", at=START + timedelta(minutes=1), who=PROGRAM)
    assert verify(engine).sound


def test_a_clock_set_back_is_refused_and_nothing_is_written(engine: Engine) -> None:
    before = head(engine)

    def act(session: SealingSession) -> None:
        session.add(user(50))
        append(session, "建立用户", at=START - timedelta(hours=1), who=PROGRAM)

    with pytest.raises(ClockBackError, match=r"本机时钟（2026-11-02 08:00:00）早于最近一条记录的时间.*校准"):
        in_session(engine, act)
    assert head(engine) == before
    assert verify(engine).sound


def test_a_clock_corrected_by_seconds_keeps_the_order(engine: Engine) -> None:
    with SealingSession(writing(engine)) as session, session.begin():
        first = append(session, "记录", at=START + timedelta(seconds=EVENTS - 2), who=PROGRAM)
        second = append(session, "记录", at=START + timedelta(seconds=EVENTS - 2), who=PROGRAM)
    assert first.at < second.at
    assert verify(engine).sound


# ---- tampering -------------------------------------------------------------------------------------------------------


def rewritten(engine: Engine, first: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change an event and recompute the whole chain after it, as one who knows how would."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT seq, content FROM events ORDER BY seq")).all()
    statements, previous = [], ZERO
    for seq, raw in rows:
        content = json.loads(bytes(raw))
        content["previous"] = previous
        if seq == first:
            change(content)
        raw = canonical_bytes(content)
        previous = sha256(raw)
        literal = f"X'{raw.hex()}'" if engine.dialect.name == "sqlite" else f"'\\x{raw.hex()}'::bytea"
        statements.append(
            f"UPDATE events SET content = {literal}, hash = '{previous}', previous = '{content['previous']}', "
            f"kind = '{content['kind']}' WHERE seq = {seq}"
        )
    # Unique hashes: the rows are renumbered on the way so that no two meet.
    run(engine, *statements)


def test_an_edited_content_is_found_and_placed(engine: Engine) -> None:
    replaced = "replace(content, X'22', X'23')" if engine.dialect.name == "sqlite" else "content || 'x'::bytea"
    run(engine, f"UPDATE events SET content = {replaced} WHERE seq = 4")
    assert (Kind.EDITED, 4) in faults(engine)


@pytest.mark.parametrize(
    "assignment", ["kind = '签发'", "review_id = 'r9'", "previous = 'aa'", "at = '2026-11-02 01:00:04.5'"]
)
def test_an_edited_search_column_is_found(engine: Engine, assignment: str) -> None:
    run(engine, f"UPDATE events SET {assignment} WHERE seq = 4")
    assert (Kind.EDITED, 4) in faults(engine)


def test_a_deleted_event_is_found(engine: Engine) -> None:
    run(engine, "DELETE FROM events WHERE seq IN (4, 5)")
    found = verify(engine)
    assert (Kind.DELETED, 6) in faults(engine)
    assert any("第 4—5 条缺失" in fault.what for fault in found.faults)


def test_a_deletion_with_renumbering_is_found(engine: Engine) -> None:
    run(
        engine,
        "DELETE FROM events WHERE seq = 4",
        *(f"UPDATE events SET seq = {n - 1} WHERE seq = {n}" for n in range(5, 10)),
    )
    assert (Kind.EDITED, 4) in faults(engine)
    assert (Kind.REORDERED, 4) in faults(engine)


def test_swapped_events_are_found(engine: Engine) -> None:
    run(
        engine,
        "UPDATE events SET seq = 100 WHERE seq = 4",
        "UPDATE events SET seq = 4 WHERE seq = 6",
        "UPDATE events SET seq = 6 WHERE seq = 100",
    )
    assert {(Kind.REORDERED, 4), (Kind.REORDERED, 6)} <= set(faults(engine))


def test_an_inserted_event_is_found(engine: Engine) -> None:
    forged = {
        "schema": "tanping.event/1", "seq": 5, "previous": "", "at": "2026-11-02T01:00:04.500000Z", "kind": "签发",
        "mode": "office", "review": "r1", "who": {"id": "u1", "name": "某1", "role": "管理", "office": ""}, "body": {}, "rows": [], "blobs": [],
    }  # fmt: skip
    with engine.connect() as connection:
        forged["previous"] = connection.execute(text("SELECT hash FROM events WHERE seq = 4")).scalar()
    raw = canonical_bytes(forged)
    literal = f"X'{raw.hex()}'" if engine.dialect.name == "sqlite" else f"'\\x{raw.hex()}'::bytea"
    run(
        engine,
        *(f"UPDATE events SET seq = {n + 1} WHERE seq = {n}" for n in range(9, 4, -1)),
        "INSERT INTO events (seq, hash, previous, review_id, kind, at, content) VALUES "
        f"(5, '{sha256(raw)}', '{forged['previous']}', 'r1', '签发', '2026-11-02 01:00:04.500000', {literal})",
    )
    assert (Kind.INSERTED, 6) in faults(engine)


def test_truncation_shows_against_a_head_kept_elsewhere(engine: Engine) -> None:
    kept = head(engine)
    run(engine, "DELETE FROM events WHERE seq > 7", "DELETE FROM users WHERE id IN ('u8', 'u9')")
    assert faults(engine) == [], "a chain alone can't know what followed"
    assert (Kind.TRUNCATED, None) in faults(engine, kept)
    assert (Kind.REWRITTEN, None) in faults(engine, Head(0, kept.hash))
    assert any("只到第 7 条" in fault.what for fault in verify(engine, [kept]).faults)


def test_truncation_of_the_events_alone_shows_in_the_tables(engine: Engine) -> None:
    run(engine, "DELETE FROM events WHERE seq > 7")
    assert [kind for kind, _ in faults(engine)] == [Kind.INSERTED, Kind.INSERTED]


def test_a_wholly_recomputed_chain_shows_against_a_head_kept_elsewhere(engine: Engine) -> None:
    early = Head(3, "")
    with engine.connect() as connection:
        early = Head(3, connection.execute(text("SELECT hash FROM events WHERE seq = 3")).scalar_one())
    kept = head(engine)
    rewritten(engine, 4, lambda content: content.update(kind="不予受理"))
    assert faults(engine) == [], "a chain alone can be recomputed"
    assert faults(engine, early) == [], "what lies before the change still stands"
    assert faults(engine, kept) == [(Kind.REWRITTEN, EVENTS)]


@pytest.mark.parametrize(
    "forged",
    [
        {"rows": "users"},
        {"rows": [["users", 5, {}]]},
        {"rows": [["users", "u1", "改名"]]},
        {"rows": [["users", "u1"]]},
        {"rows": None},
        {"blobs": [5]},
        {"blobs": {"a": 1}},
    ],
)
def test_a_forged_content_under_a_right_hash_is_told_not_stumbled_over(engine: Engine, forged: dict[str, Any]) -> None:
    rewritten(engine, 4, lambda content: content.update(forged))
    assert (Kind.EDITED, 4) in faults(engine)
    assert any("不成事件" in fault.what for fault in verify(engine).faults)


def test_a_column_no_event_tells_must_hold_what_its_migration_put_there(engine: Engine) -> None:
    """Events before a release don't tell the columns it added; a row touched since without an event shows all the same."""
    rewritten(engine, EVENTS, lambda content: content["rows"][0][2].pop("organisation"))
    assert faults(engine) == [(Kind.EDITED, None)]
    assert any("u9" in fault.what and "organisation" in fault.what for fault in verify(engine).faults)


def test_contents_of_another_type_are_told(sqlite_url: str) -> None:
    """SQLite keeps whatever is put into a column."""
    made = connect(sqlite_url)
    in_session(made, lambda session: [keep(session, b"x", START), append(session, "记录", at=START, who=PROGRAM)])
    run(made, "UPDATE events SET content = 1000000000000", "UPDATE blobs SET content = 2.5")
    assert faults(made) == [(Kind.EDITED, 1), (Kind.EDITED, 1), (Kind.EDITED, None)]


def test_changed_tables_are_found(engine: Engine) -> None:
    run(engine, "UPDATE users SET name = '冒名' WHERE id = 'u3'")
    assert faults(engine) == [(Kind.EDITED, None)]
    run(engine, "UPDATE users SET name = '某3' WHERE id = 'u3'", "DELETE FROM users WHERE id = 'u2'")
    assert faults(engine) == [(Kind.DELETED, None)]


def test_a_row_without_event_is_found(engine: Engine) -> None:
    run(
        engine,
        "INSERT INTO users SELECT 'x', 'x', name, organisation, active, mode, password, password_temporary, password_set, created FROM users WHERE id = 'u2'",
    )
    assert faults(engine) == [(Kind.INSERTED, None)]


def test_changed_and_lost_contents_are_found(engine: Engine) -> None:
    digest = sha256("内容3".encode())
    raw = "X'00'" if engine.dialect.name == "sqlite" else "'\\x00'::bytea"
    run(engine, f"UPDATE blobs SET content = {raw} WHERE sha256 = '{digest}'")
    assert faults(engine) == [(Kind.EDITED, None)]
    run(engine, f"DELETE FROM blobs WHERE sha256 = '{digest}'")
    assert faults(engine) == [(Kind.DELETED, 3)]


def test_switched_off_guards_are_told(engine: Engine) -> None:
    run(engine)
    assert {fault.kind for fault in verify(engine).faults} == {Kind.UNGUARDED}


# ---- any tampering ---------------------------------------------------------------------------------------------------


def chain(count: int) -> list[Stored]:
    stored, previous = [], ZERO
    for seq in range(1, count + 1):
        at = f"2026-11-02T01:00:{seq:02}.000000Z"
        content = {"seq": seq, "previous": previous, "at": at, "kind": "k", "review": "r", "rows": [], "blobs": []}
        raw = canonical_bytes(content)
        stored.append(Stored(seq, sha256(raw), previous, "r", "k", at, raw))
        previous = sha256(raw)
    return stored


SOUND = chain(8)


def check(rows: list[Stored], *heads: Head) -> list[Kind]:
    checker = ChainCheck(heads)
    for row in sorted(rows, key=lambda row: row.seq):
        checker.take(row)
    checker.finish()
    return [fault.kind for fault in checker.faults]


@st.composite
def tampered(draw: st.DrawFn) -> list[Stored]:
    rows = list(SOUND)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(rows) - 1))
        deed = draw(st.sampled_from(["edit", "column", "delete", "renumber", "swap", "copy"]))
        if deed == "edit":
            content = bytearray(rows[at].content)
            content[draw(st.integers(0, len(content) - 1))] ^= draw(st.integers(1, 255))
            rows[at] = replace(rows[at], content=bytes(content))
        elif deed == "column":
            name = draw(st.sampled_from(["hash", "previous", "review_id", "kind", "at"]))
            rows[at] = replace(rows[at], **{name: draw(st.text(max_size=64))})
        elif deed == "delete" and len(rows) > 1:
            del rows[at]
        elif deed == "renumber" and len(rows) > 1:
            del rows[at]
            rows = [replace(row, seq=number) for number, row in enumerate(rows, 1)]
        elif deed == "swap":
            other = draw(st.integers(0, len(rows) - 1))
            one, two = rows[at], rows[other]
            rows[at], rows[other] = replace(two, seq=one.seq), replace(one, seq=two.seq)
        else:
            rows.insert(at, rows[at])
            rows = [replace(row, seq=number) for number, row in enumerate(rows, 1)]
    return rows


@settings(max_examples=400, deadline=None)
@given(tampered())
def test_any_tampering_is_found_with_a_head_kept_elsewhere(rows: list[Stored]) -> None:
    found = check(rows, Head(8, SOUND[-1].hash))
    assert bool(found) == (rows != SOUND)


def test_the_untouched_chain_is_sound() -> None:
    assert check(SOUND, *(Head(row.seq, row.hash) for row in SOUND), Head(0, SOUND[2].hash), Head(0, ZERO)) == []


def test_the_engine_of_a_plain_sqlite_file_can_be_verified(sqlite_url: str) -> None:
    assert verify(create_engine(sqlite_url)).sound
