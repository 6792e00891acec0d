"""`tanping doctor`: every kind of trouble is named, with a way to mend it; a look changes nothing."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tanping.assessment import doctor
from tanping.assessment.cli import main
from tanping.assessment.doctor import Line, State
from tanping.assessment.documents import fonts
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.store.migrate import upgrade
from tanping.assessment.review.users import Accounts


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "数据"
    monkeypatch.setenv("TANPING_HOME", str(home))
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    return home


@pytest.fixture
def store(folder: Path) -> Path:
    """A store with one sealed event: its first administrator."""
    folder.mkdir(mode=0o700)
    path = folder / "tanping.sqlite"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    Accounts(engine).first_administrator("admin", "管某")
    engine.dispose()
    return path


def states(lines: Any) -> dict[str, State]:
    return {line.name: line.state for line in lines}


def only(lines: Any, state: State = State.BAD) -> Line:
    (found,) = (line for line in lines if line.state is state)
    assert found.mend, "every trouble has a way to mend it"
    return found


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["doctor", "--json", "--no-print", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_fresh_machine_is_sound_and_stays_as_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys)
    assert (code, said["sound"], said["problems"]) == (0, True, 0)
    assert not folder.exists(), "a look makes nothing"
    names = [check["name"] for check in said["checks"]]
    assert {"Python", "程序包", "数据文件夹", "数据库", "时钟", "节假日表", "端口"} <= set(names)


def test_a_store_in_use_is_looked_through(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys)
    assert code == 0, said
    found = {check["name"]: check["said"] for check in said["checks"]}
    assert found["防改触发器"] == "齐全"
    assert "条事件相接" in found["封存记录"]
    code, said = told(capsys, "--quick")
    assert "封存记录" not in {check["name"] for check in said["checks"]}


def test_a_changed_record_and_a_dropped_trigger_are_found(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(store) as raw:
        raw.execute("DROP TRIGGER events_no_update")
        raw.execute("UPDATE events SET kind = 'x' WHERE seq = 1")
    raw.close()
    code, said = told(capsys)
    bad = {check["name"]: check for check in said["checks"] if check["state"] == "问题"}
    assert code == 1
    assert set(bad) == {"防改触发器", "封存记录"}
    assert "events_no_update" in bad["防改触发器"]["said"]
    assert all(check["mend"] for check in bad.values())


def test_printed_words_say_what_and_how(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store.write_bytes(b"not a database at all" * 100)
    assert main(["doctor", "--no-print"]) == 1
    printed = capsys.readouterr().out
    assert "问题　数据库：数据库文件已损坏" in printed
    assert "改法：" in printed
    assert printed.rstrip().splitlines()[-1].startswith("有 1 项问题")


@pytest.mark.parametrize(("revision", "words"), [("0001", "tanping db upgrade"), ("9999", "更新的程序")])
def test_older_and_newer_tables_are_told_apart(
    store: Path, revision: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tanping.assessment.review.store.migrate.known", lambda: {"0001"})
    with sqlite3.connect(store) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    raw.close()
    assert words in only(doctor.check_database()).mend


@pytest.mark.parametrize(
    "url", ["mysql://u:geheim77@h/d", "kein url", "postgresql://u:geheim77@127.0.0.1:1/d?password=geheim77"]
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(folder: Path, url: str) -> None:
    line = only(doctor.check_database(url))
    assert "geheim77" not in line.said + line.mend


def test_a_folder_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(doctor.tempfile, "NamedTemporaryFile", refuse)
    assert "不可写" in only(doctor.check_folder()).said
    folder.write_text("a file in its place")
    assert "不是文件夹" in only(doctor.check_folder()).said


def test_little_room_a_shared_disk_and_open_doors_are_noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    usage = doctor.shutil._ntuple_diskusage  # type: ignore[attr-defined]
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(10**9, 0, 100 * doctor.MIB))
    monkeypatch.setattr(doctor, "disk_of", lambda _: "nfs4")
    lines = list(doctor.check_folder())
    assert "剩余 100 MiB" in only(lines).said
    assert [line.state for line in lines[1:]] == [State.NOTE, State.NOTE]


def test_the_kind_of_a_disk_is_that_of_the_nearest_mount() -> None:
    mounts = "/dev/a / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\ntmpfs /srv/local tmpfs rw 0 0\n"
    assert [doctor.disk_of(Path(name), mounts) for name in ("/home/x", "/srv/data", "/srv/local/y")] == [
        "ext4",
        "nfs4",
        "tmpfs",
    ]


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-06-01", State.GOOD), ("2026-12-01", State.NOTE), ("2031-03-01", State.BAD)],
)
def test_a_year_without_holidays_is_told_in_time(folder: Path, day: str, state: State) -> None:
    (line,) = doctor.check_holidays(datetime.fromisoformat(f"{day}T12:00:00+08:00"))
    assert line.state is state
    assert bool(line.mend) is (state is not State.GOOD)


def test_a_clock_behind_the_record_is_a_problem(store: Path) -> None:
    now = datetime.now().astimezone()
    assert states(doctor.check_clock(now + timedelta(minutes=1))) == {"时钟": State.GOOD}
    assert "校准" in only(doctor.check_clock(now - timedelta(days=400))).mend


def test_the_last_event_is_told_in_utc_whatever_the_zone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = doctor._last_event(None)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert doctor._last_event(None) == event
        # An hour back, eight hours east: the record is younger than the clock.
        now = datetime.now().astimezone() - timedelta(hours=1)
        assert "早于" in only(doctor.check_clock(now)).said
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_program_that_was_not_installed_vouches_for_no_package() -> None:
    (line,) = doctor.check_packages([], {})
    assert line.state is State.NOTE
    assert "不能核对" in line.said


def test_packages_missing_or_too_old() -> None:
    wanted = ["pydantic>=2.11", "jinja2>=3", 'shapely>=2; extra == "geo"', 'pytest>=8; extra == "dev"']
    lines = list(doctor.check_packages(wanted, {"pydantic": "2.1"}))
    line = only(lines)
    assert "pydantic 是 2.1" in line.said
    assert "jinja2 未安装" in line.said
    assert [note.said for note in lines if note.state is State.NOTE] == [
        "图层叠图（生态保护红线等）不可用（没有 shapely）"
    ]


def test_fonts_that_lack_common_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(doctor.common_characters()) > 6763
    monkeypatch.setattr(fonts.Fonts, "coverage", fonts.merged([(0, 0x9EFF)]))
    assert "常用字" in only(doctor.check_fonts()).said


@pytest.mark.parametrize(
    ("stderr", "words"),
    [
        ("ModuleNotFoundError: No module named 'weasyprint'", "没有安装 WeasyPrint"),
        ("OSError: cannot load library 'libpango-1.0-0'", "缺少 Pango"),
    ],
)
def test_a_machine_without_layout_engine(monkeypatch: pytest.MonkeyPatch, stderr: str, words: str) -> None:
    monkeypatch.setattr(doctor.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, "", stderr))
    line = only(doctor.check_layout())
    assert words in line.said
    assert "--no-print" in line.mend


def test_a_port_in_use_is_noted() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (line,) = doctor.check_port(taken.getsockname()[1])
    assert line.state is State.NOTE


def test_wrong_settings_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "office.yaml").write_text("office: {nmae: 某厅}\n", "utf-8")
    monkeypatch.setenv("TANPING_LOG", "laut")
    line = only(doctor.check_settings())
    assert "nmae" in line.said
    assert "TANPING_LOG" in line.said


def test_a_secret_that_is_broken_or_open_to_others_is_told(folder: Path) -> None:
    folder.mkdir()
    secret = folder / "secrets.toml"
    secret.write_text("[auth]\nclient_secret = geheim77\n", "utf-8")
    secret.chmod(0o600)
    assert "geheim77" not in only(doctor.check_settings()).said
    secret.write_text("[auth]\nclient_secret = 'geheim77'\n", "utf-8")
    assert states(doctor.check_settings()) == {"设置": State.GOOD}
    secret.chmod(0o644)
    assert "chmod 600" in only(doctor.check_settings()).mend


def test_a_look_that_fails_itself_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("password=geheim77")

    line = only(doctor.safely("名", broken))
    assert "RuntimeError" in line.said
    assert "geheim77" not in line.said
