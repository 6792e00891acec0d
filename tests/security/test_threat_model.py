"""docs/threat-model.md names tests that are there, and every fuzz target has its figures."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def test_every_named_test_exists() -> None:
    assert len(NAMED) > 50
    absent = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).exists() or not re.search(rf"^\s*def {name}\(", (ROOT / path).read_text("utf-8"), re.M)
    ]
    assert absent == []


def test_every_door_names_its_test() -> None:
    rows = [
        line for line in TEXT.partition("## Doors")[2].partition("## Faults")[0].splitlines() if line.startswith("| ")
    ]
    doors = [row for row in rows if not row.startswith(("| Door", "| Way out"))]
    assert len(doors) > 30
    assert [row for row in doors if "::" not in row] == []


def test_every_fuzz_target_is_in_the_table() -> None:
    targets = re.findall(r"^def (\w+)\(data: bytes\)", (ROOT / "fuzz" / "targets.py").read_text("utf-8"), re.M)
    assert len(targets) == 13
    assert [name for name in targets if f"`{name}`" not in TEXT] == []


def test_the_counts_are_those_of_the_tests() -> None:
    from tanping.assessment.review.roles import MATRIX, Action, Role

    pairs, allowed = len(Role) * len(Action), sum(len(held) for held in MATRIX.values())
    said = f"{len(Role)} × {len(Action)} = {pairs}, each tried on the real service: {allowed} allowed, {pairs - allowed} refused"
    assert said in TEXT
    kills = (ROOT / "tests" / "review" / "test_kill.py").read_text("utf-8")
    sqlite, postgresql = re.findall(r"ON_SQLITE, ON_POSTGRESQL = \d+, (\d+), (\d+)", kills)[0]
    assert f"{sqlite} on SQLite, {postgresql} on PostgreSQL" in TEXT
