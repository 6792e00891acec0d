"""Projects of the tests on their way through accounting to the comparison."""

from __future__ import annotations

from datetime import date
from typing import Any

from tanping.assessment.accounting.inventory import account
from tanping.assessment.crosscheck.check import crosschecks_of
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.result import CrossCheck
from tanping.factors.register import load_register

AS_OF = date(2026, 11, 1)


def case_of(data: dict[str, Any], as_of: date = AS_OF) -> Case:
    """A plain project, accounted for."""
    register = load_register()
    blocks = account(columns_of([project_from_plain(data)]), register, as_of=as_of)
    indicators = indicators_of(blocks, register, as_of=as_of)
    return Case(blocks, blocks.inventory(0), indicators, register, as_of)


def checked(data: dict[str, Any], as_of: date = AS_OF) -> tuple[CrossCheck, ...]:
    """Every comparison of a plain project."""
    case = case_of(data, as_of)
    return crosschecks_of(project_from_plain(data), case.blocks, case.inventory, case.indicators, case.register, as_of)
