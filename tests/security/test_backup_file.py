"""A backup handed in by a stranger: refused in words, whatever stands in it, and nothing is restored."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tanping.assessment.cli import main
from tanping.assessment.review.store import Store, StoreError
from tanping.assessment.review.store.backup import backup, restore
from tanping.assessment.review.store.connection import connect

Tables = dict[str, bytes]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    url = f"sqlite:///{folder / 'a.sqlite'}"
    Store.open(url).create_draft({"名": "射阳港"}, title="射阳港")
    backup(connect(url), folder / "sound.zip")
    return folder / "sound.zip"


def forged(
    sound: Path, path: Path, change: Callable[[dict[str, Any], Tables], None], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    """Write a backup with other content, its hashes right: only what it says is wrong."""
    with zipfile.ZipFile(sound) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        tables = {name: archive.read(f"tables/{name}.jsonl") for name in manifest["tables"]}
    change(manifest, tables)
    for name, raw in tables.items():
        manifest["tables"][name] = {"rows": raw.count(b"\n"), "sha256": hashlib.sha256(raw).hexdigest()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, raw in tables.items():
            archive.writestr(f"tables/{name}.jsonl", raw)
        archive.writestr("manifest.json", json.dumps(manifest))
    return path


def table(raw: bytes) -> Callable[[dict[str, Any], Tables], None]:
    return lambda _, tables: tables.update(drafts=raw)


def said(**values: Any) -> Callable[[dict[str, Any], Tables], None]:
    return lambda manifest, _: manifest.update(values)


@pytest.mark.parametrize(
    "change",
    [
        table(b"[1, 2]\n"),
        table(b"{\n"),
        table(b"null\n"),
        table(b"{}\n"),
        table(b"\xff\xfe\n"),
        table(b'{"id": {"bytes": "!!!", "x": 1}}\n'),
        table(b'{"id": {"moment": "never"}}\n'),
        table(b"[" * 100_000 + b"\n"),
        table(b'{"id": "a"}'),
        lambda _, tables: tables.update(drafts=tables["drafts"] * 2),
        lambda _, tables: tables.update(drafts=tables["drafts"].replace(b'"version": 1', b'"version": null')),
        lambda _, tables: tables.update(drafts=tables["drafts"].replace(b'"version"', b'"versions"')),
        said(revision=7),
        said(revision="../../etc"),
        said(tables=[]),
        said(schema="tanping.backup/9"),
    ],
)
def test_it_is_refused_in_words(
    sound: Path, tmp_path: Path, change: Callable[[dict[str, Any], Tables], None], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "b.zip"
    try:
        forged(sound, path, change)
    except (TypeError, AttributeError):  # the manifest itself is none
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", json.dumps({"schema": "tanping.backup/1", "tables": []}))
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    assert main(["db", "restore", "--url", url, str(path)]) == 2
    told = capsys.readouterr()
    assert told.err.strip()
    assert "Traceback" not in told.err
    with connect(url).connect() as connection:
        assert not connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'drafts'").all()


def test_names_that_climb_out_are_never_written(sound: Path, tmp_path: Path) -> None:
    path = forged(sound, tmp_path / "b.zip", lambda *_: None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../climbed.txt", "x")
        archive.writestr("/tmp/climbed.txt", "x")
    restore(connect(f"sqlite:///{tmp_path / 'empty.sqlite'}"), path)
    assert not list(tmp_path.parent.rglob("climbed.txt"))


def test_a_bomb_costs_no_memory(tmp_path: Path) -> None:
    """A manifest of a quarter of a gigabyte, packed into a megabyte."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("manifest.json", "w", force_zip64=True) as out,
    ):
        out.write(b'{"schema": "')
        for _ in range(256):
            out.write(b" " * (1 << 20))
    code = f"""
import resource, sys
from pathlib import Path
from tanping.assessment.review.store import StoreError
from tanping.assessment.review.store.backup import restore
from tanping.assessment.review.store.connection import connect
engine = connect("sqlite:///{tmp_path / "empty.sqlite"}")
engine.connect().close()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    restore(engine, Path({str(path)!r}))
except StoreError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 30


def test_another_way_of_packing_is_refused(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    raw = bytearray(forged(sound, path, lambda *_: None).read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 10 : at + 12] = b"\x63\x00"  # a method nobody knows
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="不是备份"):
        restore(connect(f"sqlite:///{tmp_path / 'empty.sqlite'}"), path)
