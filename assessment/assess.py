"""The one pipeline: project → columns → inventory → facts → findings → ``Assessment``. Computed once; everything else reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tanping import __version__
from tanping.assessment.accounting.inventory import InventoryBlocks, account, computed_facts
from tanping.assessment.facts import facts_of
from tanping.assessment.project.columns import ProjectColumns, columns_of
from tanping.assessment.project.intake import plain_project
from tanping.assessment.project.model import Project
from tanping.assessment.result import Assessment, Condition, Screening
from tanping.assessment.screening import conditions_of, screen, view
from tanping.assessment.spatial.survey import Survey, survey_places
from tanping.assessment.statements import statements_of
from tanping.assessment.switches import switched_inventory
from tanping.factors.register import Register, load_register
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


@dataclass(frozen=True)
class Screened:
    """The pipeline up to the findings: what ``tanping screen`` prints, and what ``assess`` goes on from."""

    project: Project
    as_of: date
    moment: str
    register: Register
    columns: ProjectColumns
    blocks: InventoryBlocks
    survey: Survey
    screening: Screening
    versions: dict[str, Any]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What an approval must be made subject to."""
        return conditions_of(self.screening.findings)


def screened(project: Project, *, as_of: date | None = None, moment: str = "审批", source: str = "") -> Screened:
    """Screen one project as of a legal date, at a moment of its life. Raises InputError when no legal date is known."""
    day = legal_date(project, as_of, source)
    register, packs = load_register(), load_packs()
    columns = columns_of([project])
    blocks = account(columns, register, as_of=day)
    survey = survey_places(columns, as_of=day)
    table = facts_of(columns, day, computed_facts(blocks), survey.over)
    found = view(screen(packs, table, columns, as_of=day, moment=Moment(moment)))
    versions = {"engine": __version__, "factors": register.sha256, "packs": packs.versions, **survey.versions}
    return Screened(project, day, moment, register, columns, blocks, survey, found, versions)


def assess(project: Project, *, as_of: date | None = None, moment: str = "审批", source: str = "") -> Assessment:
    """Assess one project: ``screened``, and what only a full assessment says. Raises InputError as ``screened`` does."""
    from tanping.assessment.crosscheck.check import crosschecks_of
    from tanping.assessment.performance import indicators_of

    found = screened(project, as_of=as_of, moment=moment, source=source)
    inventory = switched_inventory(found.blocks.inventory(0), project, found.register, as_of=found.as_of)
    indicators = indicators_of(found.blocks, found.register, as_of=found.as_of, project=0)
    return Assessment(
        project=plain_project(project),
        as_of=found.as_of,
        moment=moment,
        versions=found.versions,
        inventory=inventory,
        indicators=indicators,
        screening=found.screening,
        crosschecks=crosschecks_of(project, found.blocks, inventory, indicators, found.register, found.as_of),
        conditions=found.conditions,
        statements=(*statements_of(project), *found.survey.statements()),
    )
