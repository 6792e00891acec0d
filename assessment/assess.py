"""The one pipeline: project → columns → inventory → facts → findings → ``Assessment``. Computed once; everything else reads it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tanping import __version__
from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.facts import facts_of
from tanping.assessment.project.columns import ProjectColumns, columns_of
from tanping.assessment.project.intake import plain_project, project_from_plain
from tanping.assessment.project.model import Project
from tanping.assessment.result import REVISION, Assessment, Condition, Indicator, Inventory, Screening
from tanping.assessment.screening import conditions_of, screen, view
from tanping.assessment.spatial.survey import Survey, survey_places
from tanping.assessment.statements import statements_of
from tanping.assessment.switches import switched_inventory
from tanping.factors.register import Register, load_register
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.facts import Moment
from tanping.rules.law import load_law

if TYPE_CHECKING:
    from tanping.assessment.accounting.processes import ProcessBoundary
    from tanping.assessment.measures.controls import Comparison
    from tanping.assessment.measures.effect import Effects
    from tanping.assessment.uncertainty import Uncertainty

RANGE = "±"


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
    register, packs = load_register(), load_law()
    columns = columns_of([project])
    blocks = account(columns, register, as_of=day)
    survey = survey_places(columns, as_of=day)
    table = facts_of(columns, day, computed_facts(blocks), survey.over)
    found = view(screen(packs, table, columns, as_of=day, moment=Moment(moment)))
    versions = {
        "engine": __version__,
        "result": REVISION,
        "factors": register.sha256,
        "packs": packs.versions,
        **survey.versions,
    }
    return Screened(project, day, moment, register, columns, blocks, survey, found, versions)


def assess(project: Project, *, as_of: date | None = None, moment: str = "审批", source: str = "") -> Assessment:
    """Assess one project: ``screened``, and what only a full assessment says. Raises InputError as ``screened`` does."""
    from tanping.assessment.accounting.alternatives import side_by_side
    from tanping.assessment.change import accounts_of
    from tanping.assessment.crosscheck.check import crosschecks_of

    found = screened(project, as_of=as_of, moment=moment, source=source)
    blocks, register, day = found.blocks, found.register, found.as_of
    inventory, indicators = _counted(project, blocks, register, day)
    plain = plain_project(project)
    return Assessment(
        project=plain,
        as_of=day,
        moment=moment,
        versions=found.versions,
        inventory=inventory,
        indicators=indicators,
        screening=found.screening,
        crosschecks=crosschecks_of(project, blocks, inventory, indicators, register, day),
        conditions=found.conditions,
        statements=(*statements_of(project), *found.survey.statements()),
        accounts=accounts_of(blocks, 0),
        methods=side_by_side(blocks, register, as_of=day),
        processes=_processes(blocks, indicators),
        measures=_measures(project, register, day),
        controls=_controls(project, register, day),
        uncertainty=_uncertainty(blocks, inventory, indicators, register, day) if _states_a_range(plain) else None,
    )


def uncertainty_for(assessment: Assessment) -> Uncertainty | None:
    """Work out the interval of the design-year total of any assessed project; None while that total is unknown."""
    if assessment.uncertainty is not None:
        return assessment.uncertainty
    project, register = project_from_plain(assessment.project), load_register()
    blocks = account(columns_of([project]), register, as_of=assessment.as_of)
    inventory, indicators = _counted(project, blocks, register, assessment.as_of)
    return _uncertainty(blocks, inventory, indicators, register, assessment.as_of)


def _counted(
    project: Project, blocks: InventoryBlocks, register: Register, day: date
) -> tuple[Inventory, tuple[Indicator, ...]]:
    from tanping.assessment.performance import indicators_of

    inventory = switched_inventory(blocks.inventory(0), project, register, as_of=day)
    return inventory, indicators_of(blocks, register, as_of=day, project=0)


def _uncertainty(
    blocks: InventoryBlocks, inventory: Inventory, indicators: tuple[Indicator, ...], register: Register, day: date
) -> Uncertainty | None:
    from tanping.assessment.crosscheck.figures import Case
    from tanping.assessment.uncertainty import uncertainty_of

    return uncertainty_of(Case(blocks, inventory, indicators, register, day, 0))


def _processes(blocks: InventoryBlocks, indicators: tuple[Indicator, ...]) -> ProcessBoundary | None:
    """The process view of a steel works; None where no flows were told."""
    from tanping.assessment.accounting.processes import process_boundary

    direct = next((one.value for one in indicators if one.id == "works_direct"), None)
    made = process_boundary(blocks.books, 0, math.nan if direct is None else direct)
    return made if made.processes or made.gases else None


def _measures(project: Project, register: Register, day: date) -> Effects | None:
    if not project.measures:
        return None
    from tanping.assessment.measures.effect import effects_of

    return effects_of(project, register, day)


def _controls(project: Project, register: Register, day: date) -> tuple[Comparison, ...]:
    if not project.controls:
        return ()
    from tanping.assessment.measures.controls import controls_of

    return controls_of(project, register, day)


def _states_a_range(plain: Any) -> bool:
    """Whether a value of the file carries a range of its own (±) in its note."""
    if isinstance(plain, dict):
        return RANGE in str(plain.get("note") or "") or any(_states_a_range(part) for part in plain.values())
    return isinstance(plain, list | tuple) and any(_states_a_range(part) for part in plain)
