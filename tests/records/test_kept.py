"""What is kept beside the bytecode: the same as made anew, made anew when anything changed, and never in the way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tanping.factors import register
from tanping.records.kept import kept
from tanping.rules import facts, pack

FILES = {"a.yaml": b"one", "b.yaml": b"two"}


class Maker:
    """Counts how often it had to make something."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> dict[str, int]:
        self.made += 1
        return {"number": self.made}


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "reader.py").write_text("version = 1\n")
    return folder


def only(folder: Path) -> Path:
    (found,) = (folder / "__pycache__").iterdir()
    return found


def test_made_once_and_read_back(tmp_path: Path, code: Path) -> None:
    make = Maker()
    assert [kept(tmp_path, "x", FILES, code, make) for _ in range(3)] == [{"number": 1}] * 3


@pytest.mark.parametrize(
    "changed", [{"a.yaml": b"one", "b.yaml": b"twp"}, {"a.yaml": b"onet", "b.yaml": b"wo"}, {"a.yaml": b"one"}]
)
def test_another_byte_makes_it_anew(tmp_path: Path, code: Path, changed: dict[str, bytes]) -> None:
    make = Maker()
    kept(tmp_path, "x", FILES, code, make)
    assert kept(tmp_path, "x", changed, code, make) == {"number": 2}
    assert kept(tmp_path, "x", FILES, code, make) == {"number": 3}


def test_other_code_makes_it_anew(tmp_path: Path, code: Path) -> None:
    make = Maker()
    kept(tmp_path, "x", FILES, code, make)
    (code / "reader.py").write_text("version = 20\n")
    assert kept(tmp_path, "x", FILES, code, make) == {"number": 2}


@pytest.mark.parametrize("cut", [0, 5, 32, 40])
def test_half_a_file_is_as_good_as_none(tmp_path: Path, code: Path, cut: int) -> None:
    make = Maker()
    kept(tmp_path, "x", FILES, code, make)
    only(tmp_path).write_bytes(only(tmp_path).read_bytes()[:cut])
    assert kept(tmp_path, "x", FILES, code, make) == {"number": 2}
    assert kept(tmp_path, "x", FILES, code, make) == {"number": 2}


def test_where_python_keeps_no_bytecode_nothing_is_kept(
    tmp_path: Path, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert kept(tmp_path, "x", FILES, code, Maker()) == {"number": 1}
    assert not (tmp_path / "__pycache__").exists()


def test_a_place_that_can_not_be_written_is_no_error(tmp_path: Path, code: Path) -> None:
    (tmp_path / "__pycache__").write_text("in the way")
    make = Maker()
    assert [kept(tmp_path, "x", FILES, code, make) for _ in range(2)] == [{"number": 1}, {"number": 2}]


def test_what_fails_is_not_kept(tmp_path: Path, code: Path) -> None:
    def fail() -> None:
        raise ValueError("as it is")

    with pytest.raises(ValueError, match="as it is"):
        kept(tmp_path, "x", FILES, code, fail)
    assert not (tmp_path / "__pycache__").exists()


def test_law_and_factors_read_back_equal_those_made_anew() -> None:
    known = pack.load_packs()
    assert known.packs == pack.read_packs(sorted(pack.PACKS.glob("*.yaml"))).packs
    assert dict(known.catalogue) == facts._read_catalogue(facts.FACTS)
    made = register.read_register(register.DATA)
    assert register.load_register().records == made.records
    assert register.load_register().sha256 == made.sha256


def test_a_folder_from_elsewhere_is_never_unpickled(tmp_path: Path) -> None:
    """A folder of packs may come from anybody; only what lies beside the program's own bytecode is trusted."""
    for path in pack.PACKS.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    pack.load_packs(tmp_path)
    assert not (tmp_path / "__pycache__").exists()
