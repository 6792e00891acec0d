"""What must never be in the repository: index addresses, hashes, paths of one machine, keys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+")


def tracked_texts() -> list[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        raw = path.read_bytes()
        if b"\0" not in raw:
            texts.append((name, raw.decode("utf-8", "replace")))  # what a fuzzer found need not be text
    assert len(texts) > 20
    return texts


def test_constraints_are_plain_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 30
    assert [line for line in pins if not PIN.fullmatch(line)] == []


def test_every_dependency_is_pinned() -> None:
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    pins = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if "==" in line and not line.startswith("#"):
            name, version = line.split("==")
            pins[canonicalize_name(name)] = version
    for requirement in map(Requirement, wanted):
        assert canonicalize_name(requirement.name) in pins, f"{requirement.name}: no pin in constraints.txt"
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), str(requirement)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a package index", "(index" + "-url|--has" + "h=|python" + "hosted)"),
        ("a private key", "BEGIN [A-Z ]*PRIVATE " + "KEY"),
        ("a path of this machine", re.escape(str(ROOT)) + r"\b" if len(ROOT.parts) > 2 else r"\b\B"),
    ],
)
def test_no_file_holds(what: str, pattern: str) -> None:
    found = [name for name, text in tracked_texts() if re.search(pattern, text)]
    assert found == [], f"{what} in {found}"
