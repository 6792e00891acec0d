"""The one pipeline: project → columns → inventory → facts → findings → ``Assessment``. Computed once; everything else reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tanping import __version__
from tanping.assessment.accounting.inventory import account, computed_facts
from tanping.assessment.facts import facts_of
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import plain_project
from tanping.assessment.project.model import Project
from tanping.assessment.result import Assessment
from tanping.assessment.screening import conditions_of, screen, view
from tanping.assessment.statements import statements_of
from tanping.factors.register import load_register
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.facts import Moment
from tanping.rules.pack import load_packs


def legal_date(project: Project, asked: date | None, source: str = "") -> date:
    """Return the 法规适用日期: the one asked for, else the acceptance date; never today. Raises InputError without either."""
    found = asked or project.dates.accepted.effective
    if found is None:
        raise InputError(
            Problem(
                Where(source or "项目文件"),
                "dates.accepted（日期·受理日期）",
                "没有受理日期，无法确定法规适用日期",
                "在文件中填写受理日期，或用 --as-of 指定",
                "--as-of 2026-11-01",
            )
        )
    return found


def assess(project: Project, *, as_of: date | None = None, moment: str = "审批", source: str = "") -> Assessment:
    """Assess one project as of a legal date, at a moment of its life. Raises InputError when no legal date is known."""
    day = legal_date(project, as_of, source)
    register = load_register()
    packs = load_packs()
    columns = columns_of([project])
    blocks = account(columns, register, as_of=day)
    inventory = blocks.inventory(0)
    table = facts_of(columns, day, computed_facts(blocks))
    screening = view(screen(packs, table, columns, as_of=day, moment=Moment(moment)))
    return Assessment(
        project=plain_project(project),
        as_of=day,
        moment=moment,
        versions=_versions(register, packs),
        inventory=inventory,
        indicators=indicators_of(blocks, register, as_of=day, project=0),
        screening=screening,
        conditions=conditions_of(screening.findings),
        statements=statements_of(project),
    )


def _versions(register: Any, packs: Any) -> dict[str, Any]:
    return {
        "engine": __version__,
        "factors": register.sha256,
        "packs": packs.versions,
    }
