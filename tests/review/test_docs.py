"""docs/review.md says what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanping.assessment.review import workflow
from tanping.assessment.review.roles import Role, allowed
from tanping.assessment.review.store.tables import GROWING
from tanping.assessment.review.verify import Kind
from tanping.assessment.review.workflow import COMMANDS, MAIN_LINE, State

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "review.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TEXT.splitlines() if line.startswith("| ")]
STEPS = {name: cells for cells in ROWS if len(cells) == 4 for name in cells[0].split(", ")}


MUST_HOLD = {
    workflow.sealed: "sealed",
    workflow.first_notice: "the first in this round",
    workflow.something_demanded: "something demanded",
    workflow.all_answered: "every demand answered",
    workflow.all_judged: "demands judged",
    workflow.nothing_unsent: "no drafted demand left",
    workflow.limit_given: "limit of the whole review",
    workflow.result_current: "result",
    workflow.experts_done: "experts heard or recused",
    workflow.somebody_invited: "somebody asked",
    workflow.all_replied: "all answered or noted 逾期未复",
    workflow.all_able: "nobody 材料不足",
    workflow.no_doubt: "no 存疑",
    workflow.points_adopted: "every point adopted or not",
    workflow.disagreements_settled: "disagreements settled",
    workflow.minutes_written: "minutes",
    workflow.conclusion_written: "rests on the newest result",
    workflow.all_countersigned: "every inner office countersigned",
    workflow.no_objection: "none objects",
    workflow.number_in_form: "form of the number; never given before",
    workflow.final_attached: "final PDF attached",
    workflow.file_complete: "卷内目录 complete",
    workflow.archive_data: "保管期限, 档号",
    workflow.clock_runs: "while the clock runs",
    workflow.clock_stands: "停表, 恢复计时",
}


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
    for guard in COMMANDS[action].guards:  # type: ignore[index]
        assert MUST_HOLD[guard] in " ".join(cells)
