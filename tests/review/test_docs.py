"""docs/review.md says what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanping.assessment.review.roles import Role, allowed
from tanping.assessment.review.store.tables import GROWING
from tanping.assessment.review.verify import Kind
from tanping.assessment.review.workflow import COMMANDS, MAIN_LINE, State

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "review.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TEXT.splitlines() if line.startswith("| ")]
STEPS = {name: cells for cells in ROWS if len(cells) == 4 for name in cells[0].split(", ")}


def test_every_state_role_growing_table_and_kind_of_fault_is_named() -> None:
    assert " → ".join(MAIN_LINE) in TEXT
    for name in (*State, *Role, *GROWING, *Kind):
        assert name in TEXT


@pytest.mark.parametrize("action", COMMANDS)
def test_every_step_stands_in_the_table_with_its_roles_and_reason(action: str) -> None:
    cells = STEPS[action]
    held = {role for role in Role if allowed(role, action)}  # type: ignore[arg-type]
    assert {role for role in held if role in cells[2]} == held
    if COMMANDS[action].reason:  # type: ignore[index]
        assert "reason" in cells[3]
