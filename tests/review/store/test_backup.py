"""A backup goes back into either database, whole, and the record in it still verifies."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tanping.assessment.cli import main
from tanping.assessment.review.record import PROGRAM, SealingSession, append, keep
from tanping.assessment.review.store import Store, StoreError, guards
from tanping.assessment.review.store.backup import backup, restore
from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.people import SessionRow, UserRow
from tanping.assessment.review.store.reviews import CommentRow, ReviewRow
from tanping.assessment.review.store.tables import METADATA
from tanping.assessment.review.verify import verify

NOW = datetime(2026, 11, 2, 1, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def filled(url: str) -> Engine:
    return fill(url)


def fill(url: str) -> Engine:
    """Put in a little of everything: drafts, people, a review, comments that answer each other, contents."""
    Store(connect(url)).create_draft({"名": "射阳港"}, title="射阳港")
    engine = connect(url)
    with SealingSession(writing(engine)) as session, session.begin():
        session.add(
            UserRow(
                id="u1",
                login="wang",
                name="王某",
                organisation="省厅",
                active=True,
                mode="office",
                password="$argon2id$x",
                password_temporary=True,
                password_set=NOW,
                created=NOW,
            )
        )
        session.flush()
        session.add(
            SessionRow(token_hash="t", user_id="u1", how="本机", created=NOW, seen=NOW, expires=NOW, revoked=None)
        )
        blank = {column.name: "" for column in ReviewRow.__table__.columns}
        session.add(
            ReviewRow(
                **{
                    **blank,
                    "id": "r1",
                    "serial": 1,
                    "round": 1,
                    "stopped": False,
                    "accepted": date(2026, 11, 2),
                    "as_of": None,
                    "document_number": None,
                    "draft_id": None,
                    "issued": None,
                    "created": NOW,
                    "version": 1,
                }
            )
        )
        session.flush()
        # The older comment has the greater id: its answer must still come after it.
        for key, answered in (("z", None), ("a", "z"), ("m", "a")):
            session.add(
                CommentRow(
                    id=key,
                    review_id="r1",
                    place="units/5/hours",
                    page="12",
                    text="“小时数”？\u2028\n",
                    reply_to=answered,
                    user_id="u1",
                    office="气候",
                    at=NOW.replace(second="zam".index(key)),
                    settled_by=None,
                    settled=None,
                )
            )
            session.flush()
        digest = keep(session, bytes(range(256)) * 200, NOW)
        append(session, "记录", at=NOW, who=PROGRAM, blobs=[digest])
        append(session, "再记录", at=NOW, who=PROGRAM)
    return engine


def everything(engine: Engine) -> dict[str, Any]:
    tables = set(METADATA.tables) - {"sign_in_sessions"}
    with engine.connect() as connection:
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(METADATA.tables[name].select())), key=lambda row: repr(row)
            )
            for name in sorted(tables)
        }


def test_a_backup_is_taken_back_whole(filled: Engine, empty_url: str, tmp_path: Path) -> None:
    manifest = backup(filled, tmp_path / "备份.zip")
    target = connect(empty_url)
    assert restore(target, tmp_path / "备份.zip") == manifest
    assert everything(target) == everything(filled)
    assert verify(target).faults == ()
    assert verify(target).head == verify(filled).head
    with target.connect() as connection:
        assert guards.missing(connection) == []
        assert connection.execute(text("SELECT count(*) FROM sign_in_sessions")).scalar() == 0
    with SealingSession(writing(target)) as session, session.begin():
        append(session, "继续", at=NOW, who=PROGRAM)


def test_a_backup_is_private_and_overwrites_nothing(filled: Engine, tmp_path: Path) -> None:
    path = tmp_path / "备份.zip"
    backup(filled, path)
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_bytes()
    with pytest.raises(StoreError, match="不覆盖"):
        backup(filled, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["备份.zip"]


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_backup_goes_onto_a_disk_that_knows_no_links(
    filled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    """A memory stick, a network share; a file somebody made while the backup was written stays there too."""
    path = tmp_path / "备份.zip"

    def no_links(_draft: str, _path: Path) -> None:
        if meanwhile:
            path.write_bytes(b"somebody's")
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    if meanwhile:
        with pytest.raises(StoreError, match="不覆盖"):
            backup(filled, path)
        assert path.read_bytes() == b"somebody's"
    else:
        backup(filled, path)
        assert zipfile.ZipFile(path).testzip() is None
        assert path.stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path) == ["备份.zip"]


def test_a_full_database_is_not_restored_into(filled: Engine, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.zip")
    before = everything(filled)
    with pytest.raises(StoreError, match="不是空的"):
        restore(filled, tmp_path / "b.zip")
    assert everything(filled) == before


def changed(path: Path, name: str, change: Any) -> Path:
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.namelist():
            raw = old.read(item)
            if item == name:
                raw = change(raw)
            if raw is not None:
                new.writestr(item, raw)
    return target


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("tables/comments.jsonl", lambda raw: raw.replace("气候".encode(), "大气".encode()), "哈希不符"),
        ("tables/comments.jsonl", lambda raw: raw[: raw.index(b"\n") + 1], "哈希不符"),
        ("tables/comments.jsonl", lambda raw: None, "不完整"),
        ("manifest.json", lambda raw: None, "不是本程序的备份"),
        ("manifest.json", lambda raw: b"[]", "不是本程序的备份"),
        ("manifest.json", lambda raw: json.dumps({**json.loads(raw), "revision": "8888"}).encode(), "8888"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    sqlite_url: str, empty_sqlite_url: str, tmp_path: Path, name: str, change: Any, words: str
) -> None:
    backup(fill(sqlite_url), tmp_path / "b.zip")
    target = connect(empty_sqlite_url)
    with pytest.raises(StoreError, match=words):
        restore(target, changed(tmp_path / "b.zip", name, change))
    with target.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_a_file_that_is_no_zip_is_refused(empty_sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"nothing")
    with pytest.raises(StoreError, match="不是备份文件"):
        restore(connect(empty_sqlite_url), tmp_path / "b.zip")


# ---- the command -----------------------------------------------------------------------------------------------------


def test_the_command_makes_upgrades_and_verifies(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANPING_DB_URL", empty_url)
    assert main(["db", "verify"]) == 2
    assert "tanping db upgrade" in capsys.readouterr().err
    assert main(["db", "init"]) == 0
    assert main(["db", "init"]) == 0
    assert main(["db", "upgrade"]) == 0
    said = capsys.readouterr().out
    assert "已建库" in said
    assert "表结构是最新的" in said
    assert main(["db", "verify"]) == 0


def test_the_command_carries_a_record_from_one_store_to_another(
    filled: Engine, empty_sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty_url = empty_sqlite_url
    url = filled.url.render_as_string(hide_password=False)
    head, file = tmp_path / "head.json", tmp_path / "b.zip"
    assert main(["db", "head", "--url", url, "--out", str(head)]) == 0
    assert main(["db", "backup", str(file), "--url", url]) == 0
    assert main(["db", "restore", str(file), "--url", empty_url]) == 0
    assert main(["db", "restore", str(file), "--url", empty_url]) == 2
    capsys.readouterr()
    assert main(["db", "verify", "--url", empty_url, "--head", str(head), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["events"], said["faults"]) == (True, 2, [])
    spaced = " ".join(said["head"]["hash"][n : n + 4] for n in range(0, 64, 4)).upper()
    assert main(["db", "verify", "--url", empty_url, "--head", spaced]) == 0
    assert main(["db", "verify", "--url", empty_url, "--head", "0" * 63 + "1"]) == 1
    assert "不在记录中" in capsys.readouterr().out
    assert main(["db", "verify", "--url", empty_url, "--head", str(tmp_path / "none.json")]) == 2


def test_the_command_mends_and_tells_missing_triggers(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(connect(sqlite_url)).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER events_no_delete")
    assert main(["db", "verify", "--url", sqlite_url]) == 1
    assert "防护缺失" in capsys.readouterr().out
    assert main(["db", "upgrade", "--url", sqlite_url]) == 0
    assert "events_no_delete" in capsys.readouterr().out
    assert main(["db", "verify", "--url", sqlite_url]) == 0


@pytest.mark.xdist_group("postgresql")
def test_the_command_grants_a_role(postgresql_url: str, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(postgresql_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE tanping_granted LOGIN")
    assert main(["db", "grant", "tanping_granted", "--url", postgresql_url]) == 0
    with engine.begin() as connection:
        allowed = connection.exec_driver_sql(
            "SELECT has_table_privilege('tanping_granted', 'events', 'INSERT'), "
            "has_table_privilege('tanping_granted', 'events', 'UPDATE')"
        ).one()
        connection.exec_driver_sql("DROP OWNED BY tanping_granted")
        connection.exec_driver_sql("DROP ROLE tanping_granted")
    assert tuple(allowed) == (True, False)
    assert main(["db", "grant", "x", "--url", sqlite_url]) == 2
    assert "SQLite" in capsys.readouterr().err


def test_a_wrong_address_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "verify", "--url", "mysql://root:secret@host/x"]) == 2
    said = capsys.readouterr().err
    assert "不支持的数据库" in said
    assert "secret" not in said
