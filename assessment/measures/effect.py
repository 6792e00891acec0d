"""What measures do, alone and together: the project is changed, counted again, and compared with itself.

All variants of a project go through accounting as rows of one run. ``alone`` is a measure by itself, ``marginal`` what it adds after those
before it, ``cumulative`` everything so far; because savings share the same fuel, the sum of the alone figures is more than what all
measures do together, and the difference is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.measures import formulas
from tanping.assessment.measures.changes import CHANGES, Applied, CannotApplyError
from tanping.assessment.measures.library import Measure, find
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.model import Measure as MeasureRow
from tanping.assessment.project.model import Project
from tanping.assessment.project.stated import Stated
from tanping.factors.register import Register
from tanping.records.quantity import QuantityError, parse_quantity

INCOMPLETE = "清单不完整：减排量按已知排放源计算"
# Measures change the tables of the works, not the flow table: what rests on flows alone would not move with them.
OF_FLOWS = ("process.", "works_residual")
ZERO = 1e-6  # a change of less than a gram of CO2 is none


@dataclass(frozen=True)
class Effect:
    """One measure in its place. Cuts are tCO2 a year, positive when emission falls; None when it could not be applied.

    ``cost`` is 10⁴ yuan a year, ``cost_per_tonne`` yuan per tonne of the marginal cut; None where no cost is given or nothing is cut.
    """

    id: str
    measure: str
    name: str
    kind: str
    size: str
    alone: float | None
    marginal: float | None
    cumulative: float | None
    cost: float | None
    cost_per_tonne: float | None
    changes: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    basis: str


@dataclass(frozen=True)
class Shift:
    """An indicator before the measures and with all of them."""

    id: str
    name: str
    unit: str
    before: float
    after: float


@dataclass(frozen=True)
class Effects:
    """All measures of a project. ``overlap`` is the sum of the alone cuts less the cut together."""

    before: float
    after: float
    cut: float
    overlap: float
    complete: bool
    effects: tuple[Effect, ...]
    shifts: tuple[Shift, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """A chosen set of measures: the total it leads to and what it cuts, tCO2 a year."""

    name: str
    measures: tuple[str, ...]
    total: float
    cut: float


@dataclass(frozen=True)
class _Planned:
    """A row of the table 减碳措施, read: the measure and its size, or why not."""

    row: MeasureRow
    measure: Measure | None
    size: float
    problem: str = ""


def effects_of(project: Project, register: Register, as_of: date) -> Effects | None:
    """Effects of the measures a project lists, in file order; None when it lists none."""
    planned = [_plan(row, project) for row in project.measures if row.measure.known]
    if not planned:
        return None
    steps = [_Step(one, register, as_of) for one in planned]
    variants = [project]
    alone: list[int | None] = []
    lines: list[tuple[str, ...]] = []
    problems: list[str] = []
    for one in steps:
        changed, said, problem = one(project)
        problems.append(problem)
        lines.append(said)
        alone.append(len(variants) if changed is not None else None)
        variants += [changed] if changed is not None else []
    chain: list[int | None] = []
    standing = project
    for at, one in enumerate(steps):
        changed, _, problem = one(standing)
        problems[at] = problems[at] or problem
        standing = changed if changed is not None else standing
        chain.append(len(variants) if changed is not None else None)
        variants += [changed] if changed is not None else []
    variants.append(standing)
    totals, complete, blocks = _totals(variants, register, as_of)
    shifts = _shifts(blocks, register, as_of, len(variants) - 1)
    return _laid_out(planned, alone, chain, totals, lines, problems, complete, shifts)


def scenarios_of(
    project: Project, scenarios: Mapping[str, Sequence[str]], register: Register, as_of: date
) -> tuple[Scenario, ...]:
    """Totals of sets of measures (ids of rows of the table 减碳措施), each applied together in file order.

    Raises CannotApplyError for a measure that cannot be applied and KeyError for a row that does not exist.
    """
    rows = {row.id: row for row in project.measures}
    variants = [project]
    for chosen in scenarios.values():
        unknown = [id for id in chosen if id not in rows]
        if unknown:
            raise KeyError(unknown[0])
        standing = project
        for row in project.measures:
            if row.id not in chosen:
                continue
            changed, _, problem = _Step(_plan(row, project), register, as_of)(standing)
            if changed is None:
                raise CannotApplyError(problem)
            standing = changed
        variants.append(standing)
    totals, _, _ = _totals(variants, register, as_of)
    return tuple(
        Scenario(name, tuple(chosen), totals[at], totals[0] - totals[at])
        for at, (name, chosen) in enumerate(scenarios.items(), start=1)
    )


def _plan(row: MeasureRow, project: Project) -> _Planned:
    found = find(row.measure.effective or "")
    if isinstance(found, str):
        return _Planned(row, None, math.nan, found)
    sector = project.project.sector.effective
    if sector not in found.sectors:
        return _Planned(row, found, math.nan, f"“{found.name}”不适用于本行业")
    if row.size.effective is None:
        return _Planned(row, found, math.nan, f"未填规模（{found.size_label}，{found.unit}）")
    try:
        size = float(parse_quantity(row.size.effective, found.unit).in_unit(found.unit))
    except QuantityError as refusal:
        return _Planned(row, found, math.nan, f"规模：{refusal.what}；{found.size_label}，以 {found.unit} 计")
    if size <= 0:
        return _Planned(row, found, math.nan, "规模应大于零")
    return _Planned(row, found, size)


@dataclass(frozen=True)
class _Step:
    """A planned measure as a step from one project to the next: (project, lines, problem)."""

    planned: _Planned
    register: Register
    as_of: date

    def __call__(self, project: Project) -> tuple[Project | None, tuple[str, ...], str]:
        planned = self.planned
        if planned.measure is None or planned.problem:
            return None, (), planned.problem
        units = tuple(planned.row.units.effective or ())
        applied = Applied(planned.measure, planned.size, self.register, self.as_of, units)
        try:
            changed = CHANGES[planned.measure.change](project, applied)
        except CannotApplyError as refusal:
            return None, (), str(refusal)
        return changed, tuple(applied.said), ""


def _totals(variants: Sequence[Project], register: Register, as_of: date) -> tuple[list[float], bool, InventoryBlocks]:
    """Design-year totals of all variants in one run of accounting; the known part where an inventory is incomplete."""
    blocks = account(columns_of(variants), register, as_of=as_of)
    whole = blocks.design_year()
    if not np.isnan(whole).any():
        return [float(value) for value in whole], True, blocks
    return [_known_part(blocks, at) for at in range(len(variants))], False, blocks


def _shifts(blocks: InventoryBlocks, register: Register, as_of: date, last: int) -> tuple[Shift, ...]:
    """Indicators of the project as it is and with all measures, where they differ."""
    before = indicators_of(blocks, register, as_of=as_of, project=0)
    after = {one.id: one.value for one in indicators_of(blocks, register, as_of=as_of, project=last)}
    return tuple(
        Shift(one.id, one.name, one.unit, one.value, now)
        for one in before
        if not one.id.startswith(OF_FLOWS)
        and one.value is not None
        and (now := after.get(one.id)) is not None
        and now != one.value
    )


def _known_part(blocks: InventoryBlocks, project: int) -> float:
    return exact_sum(
        float(value)
        for block in blocks.summed
        if block.stage == "operation"
        for value in blocks.at_design(block)[block.project == project]
        if not math.isnan(value)
    )


def _laid_out(
    planned: Sequence[_Planned],
    alone: Sequence[int | None],
    chain: Sequence[int | None],
    totals: Sequence[float],
    lines: Sequence[tuple[str, ...]],
    problems: Sequence[str],
    complete: bool,
    shifts: tuple[Shift, ...],
) -> Effects:
    before = standing = totals[0]
    made = []
    for at, one in enumerate(planned):
        place, single = chain[at], alone[at]
        marginal = None if place is None else standing - totals[place]
        standing = standing if place is None else totals[place]
        made.append(
            _effect(
                one,
                None if single is None else before - totals[single],
                marginal,
                None if place is None else before - standing,
                lines[at],
                problems[at],
            )
        )
    singles = [one.alone for one in made if one.alone is not None]
    cut = before - standing
    notes = () if complete else (INCOMPLETE,)
    return Effects(before, standing, cut, exact_sum(singles) - cut, complete, tuple(made), shifts, notes)


def _effect(
    one: _Planned,
    alone: float | None,
    marginal: float | None,
    cumulative: float | None,
    lines: tuple[str, ...],
    problem: str,
) -> Effect:
    measure, row = one.measure, one.row
    cost = _cost(row)
    per_tonne = None
    if cost is not None and marginal is not None and abs(marginal) > ZERO:
        per_tonne = float(formulas.cost_per_tonne(cost, marginal))
    notes = [] if measure is None or not measure.note else [measure.note]
    if measure is not None and not problem and not measure.usual[0] <= one.size <= measure.usual[1]:
        low, high = measure.usual
        notes.append(f"规模超出常见范围 {low:g}—{high:g} {measure.unit}，请核对")
    return Effect(
        id=row.id,
        measure=measure.id if measure is not None else "",
        name=measure.name if measure is not None else row.measure.text,
        kind=measure.kind if measure is not None else "",
        size=row.size.text,
        alone=alone,
        marginal=marginal,
        cumulative=cumulative,
        cost=cost,
        cost_per_tonne=per_tonne,
        changes=lines,
        problems=(problem,) if problem else (),
        notes=tuple(notes),
        source=measure.source if measure is not None else "",
        basis=measure.basis.label if measure is not None else "",
    )


def _cost(row: MeasureRow) -> float | None:
    """Cost of a year, 10⁴ yuan; None unless it is told: investment with its life, running cost, or both with an explicit 无."""

    def value(stated: Stated[Any]) -> float | None:
        return None if stated.effective is None else float(stated.effective)

    investment, running, life = value(row.investment), value(row.running_cost), value(row.life)
    if investment is None or running is None or (investment and not life):
        return None
    return float(formulas.yearly_cost(investment, life or 1.0, running))
