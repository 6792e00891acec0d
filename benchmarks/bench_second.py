"""The second calculation: draws of one project, and the comparison of its declared figures with their causes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from benchmarks.frame import ROOT, Measure, best_of

_DAY = date(2026, 11, 1)
DRAWS = 10_000


@cache
def _case() -> Any:
    from tanping.assessment.accounting.inventory import account
    from tanping.assessment.crosscheck.figures import Case
    from tanping.assessment.performance import indicators_of
    from tanping.assessment.project.columns import columns_of
    from tanping.assessment.project.intake import load_project
    from tanping.factors.register import load_register

    register = load_register()
    project = load_project(ROOT / "examples" / "sheyanggang.yaml")
    blocks = account(columns_of([project]), register, as_of=_DAY)
    indicators = indicators_of(blocks, register, as_of=_DAY)
    return project, Case(blocks, blocks.inventory(0), indicators, register, _DAY)


def _draws() -> float:
    """Seconds for the interval and tornado of the design-year total, 10,000 draws, warm."""
    from tanping.assessment.uncertainty import uncertainty_of

    _, case = _case()

    def work() -> None:
        made = uncertainty_of(case, draws=DRAWS)
        assert made is not None
        assert made.draws == DRAWS

    work()
    return best_of(5, work)


def _comparison() -> float:
    """Milliseconds to compare everything the example declares, causes in pairs included, warm."""
    from tanping.assessment.crosscheck.check import crosschecks_of

    project, case = _case()

    def work() -> None:
        rows = crosschecks_of(project, case.blocks, case.inventory, case.indicators, case.register, case.as_of)
        assert any(row.named for row in rows)

    work()
    return best_of(5, work) * 1000


MEASURES = [
    Measure("uncertainty: one project, 10,000 draws", "s", 1.0, _draws),
    Measure("comparison: declared figures of the example with causes", "ms", None, _comparison),
]
