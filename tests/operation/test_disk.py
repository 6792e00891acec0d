"""A disk that is full or becomes read-only while people work, on a real small disk: told in words, nothing half written, and it goes on
when there is room again, without a restart. (At the store alone: tests/review/store/test_trouble.py.)
"""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_visits import EXAMPLE, sound, visit
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner

from tanping.assessment.cli import main
from tanping.assessment.doctor import State, check_folder
from tanping.assessment.pages import ONLY_READABLE
from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.review.store import Draft, Store, StoreUnavailableError
from tanping.assessment.review.store.connection import only_readable
from tanping.assessment.review.verify import verify
from tanping.records.doors.export import write_file

MEBIBYTES = 4


class Disk:
    """A disk of four MiB in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.filler = path / "占满"

    def fill(self) -> None:
        """Leave no room."""
        with self.filler.open("wb") as stream:
            try:
                while True:
                    os.write(stream.fileno(), b"\0" * 4096)
            except OSError:
                return

    def free(self) -> None:
        """Make room again."""
        self.filler.unlink()

    def remount(self, how: str) -> None:
        """Make it ``ro`` or ``rw``."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.path], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / "小盘"
    path.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "tmpfs", path], capture_output=True)
    if made.returncode:
        pytest.skip("no right to mount a small disk here")
    yield Disk(path)
    subprocess.run(["umount", "-l", path], check=True)


@pytest.fixture
def store(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    monkeypatch.setenv("TANPING_HOME", str(disk.path / "home"))
    return Store.open()


@pytest.fixture
def draft(store: Store) -> Draft:
    content = drafts.content_of(plain_project(load_project(EXAMPLE)))
    return store.create_draft(content, title="射阳港", sector="power")


def test_a_file_without_room_is_not_begun(disk: Disk, capsys: pytest.CaptureFixture[str]) -> None:
    disk.fill()
    for name, command in {
        "结果.json": ["assess", str(EXAMPLE), "--json"],
        "表.xlsx": ["template", "steel", "--xlsx"],
    }.items():
        assert main([*command, str(disk.path / name)]) == 2
        assert capsys.readouterr().err == f"{disk.path / name}: 文件读写失败：磁盘已满或不可写\n"
    assert os.listdir(disk.path) == [disk.filler.name]


def test_a_file_that_stands_stays_when_its_successor_has_no_room(disk: Disk) -> None:
    path = disk.path / "结果.json"
    write_file(path, b"before")
    disk.fill()
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"after" * 100_000)
    assert path.read_bytes() == b"before"
    disk.free()
    disk.remount("ro")
    with pytest.raises(OSError, match="Read-only"):
        write_file(path, b"after")
    disk.remount("rw")
    assert os.listdir(disk.path) == [path.name]


def test_a_portfolio_without_room_leaves_no_half_results(disk: Disk, capsys: pytest.CaptureFixture[str]) -> None:
    plants = EXAMPLE.parent / "portfolio"
    table = disk.path / "表.csv"
    lines = (plants / "wri_china_thermal_power.csv").read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:200]), "utf-8")
    columns = str(plants / "wri_china_thermal_power.columns.yaml")
    command = [
        "batch",
        str(table),
        "--out",
        str(disk.path / "出.parquet"),
        "--columns",
        columns,
        "--as-of",
        "2026-01-01",
    ]
    disk.fill()
    assert main(command) == 2
    assert "磁盘已满" in capsys.readouterr().err
    assert not [name for name in os.listdir(disk.path) if name.endswith((".parquet", ".csv")) and name != table.name]
    disk.free()
    assert main(command) == 0
    assert (disk.path / "出.parquet").is_file()


def test_a_backup_without_room_is_not_begun_and_takes_nothing(
    disk: Disk, draft: Draft, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.fill()
    there = sorted(os.listdir(disk.path / "home"))
    assert main(["db", "backup", str(disk.path / "home" / "备份.zip")]) == 2
    assert "磁盘已满" in capsys.readouterr().err
    assert sorted(os.listdir(disk.path / "home")) == there


def test_what_was_saved_before_the_disk_was_full_is_there(disk: Disk, store: Store) -> None:
    saved: list[str] = []

    def save_on() -> None:
        while len(saved) < MEBIBYTES << 10:
            saved.append(store.create_draft({"number": str(len(saved)), "text": "字" * 5_000}).id)

    with pytest.raises(StoreUnavailableError, match=r"磁盘已满.*没有写入"):
        save_on()
    assert len(saved) > 20
    assert [store.load_draft(key).content["number"] for key in saved] == list(map(str, range(len(saved))))
    assert verify(store.engine).sound


def test_the_app_tells_it_and_goes_on_when_there_is_room(
    disk: Disk, store: Store, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One visit of the page, whose disk becomes full and has room again."""
    page = Page(draft, monkeypatch)
    before = page.kept(store)
    disk.fill()
    assert "磁盘已满，不能保存。这次操作没有写入" in page.typed("甲")
    assert page.kept(store) == before
    assert State.BAD in {line.state for line in check_folder()}
    disk.free()
    assert page.typed("乙") == ""
    assert page.kept(store) == "乙"


def test_the_app_tells_that_the_disk_is_read_only_and_goes_on_when_it_is_not(
    disk: Disk, store: Store, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(draft, monkeypatch)
    # A disk is not made read-only while somebody has a file open for writing: the app's idle connections are let go of.
    for engine in [found for found in gc.get_objects() if isinstance(found, Engine)]:
        engine.dispose()
    disk.remount("ro")
    said = page.typed("丙")
    assert "这次操作没有写入" in said
    assert "所在磁盘是否以只读方式挂载" in said
    disk.remount("rw")
    sound(page.at.run())  # somebody looks again
    assert page.typed("丁") == ""
    assert page.kept(store) == "丁"


def test_a_start_on_a_read_only_disk_shows_what_is_there_and_goes_on_when_it_is_not(
    disk: Disk, store: Store, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    disk.remount("ro")
    page = Page(draft, monkeypatch)
    assert [found.value for found in page.at.warning] == [ONLY_READABLE]
    assert page.at.text_input(key=f"{draft.id}/project/owner").value == "江苏射阳港发电有限责任公司"
    assert "数据库是只读的，不能保存。这次操作没有写入" in page.typed("戊")
    disk.remount("rw")
    assert page.typed("己") == ""
    assert not page.at.warning
    assert page.kept(store) == "己"


def test_what_is_only_in_the_log_of_a_read_only_disk_is_not_passed_over(disk: Disk, store: Store) -> None:
    url = store.engine.url
    assert not only_readable(url)
    store.close()
    log = Path(f"{url.database}-wal")
    log.write_bytes(b"a transaction that was not carried over")
    disk.remount("ro")
    assert not only_readable(url)
    with pytest.raises(StoreUnavailableError, match="所在磁盘是否变成只读"):
        Store.open(str(url))
    disk.remount("rw")
    log.unlink()
    disk.remount("ro")
    assert only_readable(url)


class Page:
    """The page of a draft, opened once."""

    def __init__(self, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)
        self.draft = draft
        self.at = visit("project", draft)

    def typed(self, text: str) -> str:
        """Fill in a field; return what is told of it."""
        self.at.text_input(key=f"{self.draft.id}/project/owner").set_value(text).run()
        return "".join(error.value for error in sound(self.at).error)

    def kept(self, store: Store) -> str:
        """What the store has of it."""
        return drafts.text(store.load_draft(self.draft.id).content, "project/owner")
