"""The backup drill: everything comes back, table by table, and a loss is noticed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tanping.assessment.cli import main
from tanping.assessment.review.store import Store, backup
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.users import Accounts


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'a.sqlite'}"
    Store.open(found).create_draft({"名": "射阳港"}, title="射阳港")
    Accounts(connect(found)).first_administrator("admin", "管某")
    return found


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_the_drill_proves_equality_and_leaves_the_store_alone(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(tmp_path / "a.sqlite")
    assert main(["db", "drill", "--url", url, "--keep", str(tmp_path / "kept.zip")]) == 0
    said = capsys.readouterr().out
    assert "演练通过" in said
    assert "相符　drafts：1 行" in said
    assert "不符" not in said
    assert (tmp_path / "kept.zip").exists()
    assert content(tmp_path / "a.sqlite") == before


def test_a_row_that_does_not_come_back_is_noticed(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = backup.restore

    def losing(engine, path):  # type: ignore[no-untyped-def]
        manifest = whole(engine, path)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM drafts"))
        return manifest

    monkeypatch.setattr(backup, "restore", losing)
    assert main(["db", "drill", "--url", url]) == 1
    said = capsys.readouterr().out
    assert "不符　drafts：1 行" in said
    assert "演练没有通过" in said
