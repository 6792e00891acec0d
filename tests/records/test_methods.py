"""Classes whose methods come back compiled are the classes dataclasses makes; and nothing is ever in the way."""

from __future__ import annotations

import builtins
import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanping.records.methods import Methods


@pytest.fixture(autouse=True)
def bytecode(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield
    vars(dataclasses).pop("exec", None)


def coal() -> type:
    """A class with all six methods."""

    @dataclasses.dataclass(frozen=True, order=True)
    class Coal:
        name: str
        carbon: float = 0.5
        papers: list[str] = dataclasses.field(default_factory=list)

    return Coal


def test_a_class_from_kept_methods_is_the_class_of_dataclasses(tmp_path: Path) -> None:
    plain = coal()
    for _ in range(2):
        methods = Methods(tmp_path / "methods")
        methods.install()
        made = coal()
        methods.keep()
        one, other = made("褐煤", 0.28), made("烟煤")
        assert repr(one).endswith("Coal(name='褐煤', carbon=0.28, papers=[])")
        assert one == made("褐煤", 0.28) != other
        assert other < one
        assert other.papers is not made("烟煤").papers
        with pytest.raises(dataclasses.FrozenInstanceError, match="carbon"):
            one.carbon = 1
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
            made()
        assert {name: getattr(made.__init__, name) for name in ("__defaults__", "__annotations__", "__qualname__")} == {
            name: getattr(plain.__init__, name) for name in ("__defaults__", "__annotations__", "__qualname__")
        }
    assert methods.known
    assert not methods.new


def test_a_kept_text_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Methods(tmp_path / "methods")
    first.install()
    coal()
    first.keep()
    Methods(tmp_path / "methods").install()
    monkeypatch.setattr(builtins, "compile", None)
    assert coal()("褐煤").carbon == 0.5


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xa7\r\r\n\x80\x04."])
def test_a_broken_file_is_made_again(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "methods"
    place.write_bytes(content)
    methods = Methods(place)
    assert methods.known == {}
    methods.install()
    coal()
    methods.keep()
    assert Methods(place).known == methods.new


def test_nothing_is_written_where_there_is_no_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    methods = Methods(tmp_path / "methods")
    methods.install()
    coal()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    methods.keep()
    assert list(tmp_path.iterdir()) == []


def test_old_texts_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanping.records.methods._MOST", 3)
    methods = Methods(tmp_path / "methods")
    methods.known = {str(number): b"" for number in range(3)}
    methods.install()
    coal()
    methods.keep()
    assert Methods(tmp_path / "methods").known == methods.new


_ASKED = """
import sys
from pathlib import Path
from tanping.assessment import cli
from tanping.records import methods

sys.dont_write_bytecode = False
made = methods.Methods(Path(sys.argv[1]))
methods.Methods = lambda: made
sys.argv = ["tanping", "screen", "nowhere.yaml"]
cli.command()
print(len(made.known), len(made.new))
"""


def test_a_command_finds_the_methods_of_the_one_before(tmp_path: Path) -> None:
    first, second = (
        subprocess.run([sys.executable, "-c", _ASKED, tmp_path / "methods"], capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    known, new = map(int, first.stdout.split())
    assert known == 0 < new
    assert second.stdout.split() == [str(new), "0"]
