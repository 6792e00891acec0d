"""污染治理方案比选: among options that meet the standards the one with the least CO2 goes first, where the air allows it.

The rule (guide of the ministry, part on measures; recalled, not read): where the area meets its air quality standards, the least-carbon option that
complies comes first. Where it does not, that priority holds only for pollutants in attainment: PM2.5 over the standard excludes SO2, NOx,
particulates and VOCs from it, ozone over the standard NOx and VOCs. What an option emits is counted by the formulas of the project's own
rows: electricity, heat, carbon-bearing reagent, fuel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.formula import figure, leaf
from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.model import POLLUTANTS, Control, Energy, Fuel, Material, Project
from tanping.assessment.project.stated import NONE_WORDS, Answer, Stated
from tanping.factors.register import Register
from tanping.records.basis import Basis

RULE = "《重点行业建设项目碳排放环境影响评价试点技术指南（试行）》（环办环评函〔2021〕346号附件2）关于减污降碳措施比选的要求"
RULE_BASIS = Basis.RECALLED
# Which pollutants lose the priority when the area exceeds a standard.
EXCLUDED = {
    "pm25_exceeds_standard": ("PM2.5 超标", frozenset({"so2", "nox", "pm", "vocs"})),
    "ozone_exceeds_standard": ("臭氧超标", frozenset({"nox", "vocs"})),
}
AGREES = "符合：采用了碳排放最小的达标方案"
NOT_LEAST = "未采用碳排放最小的达标方案，应补充论证"
NOT_APPLICABLE = "不适用碳排放最小优先"
FAILS = "采用的方案未说明能稳定达标"
OPEN = "资料不足"
ALONE = "只有一个方案，未作比选"
NO_INTENSITY = "本厂发电强度未知（清单不完整），自用电的排放无法计算"
REAGENTS = {"石灰石": "desulphurisation", "尿素": "denitrification"}
CARBON_FREE = ("氨水", "液氨", "烧碱", "氢氧化钠", "氧化镁", "海水")


@dataclass(frozen=True)
class Option:
    """One option: CO2 it causes in a year (t, None unknown) and how that came about."""

    id: str
    name: str
    complies: bool | None
    chosen: bool | None
    co2: float | None
    parts: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """The options for the same pollutants. ``priority`` is whether least CO2 goes first; None when the air quality is not told."""

    pollutants: tuple[str, ...]
    options: tuple[Option, ...]
    priority: bool | None
    why: str
    least: str | None
    verdict: str
    basis: str


def controls_of(project: Project, register: Register, as_of: date) -> tuple[Comparison, ...]:
    """Comparisons of the options a project lists, one a set of pollutants, in file order."""
    rows = [row for row in project.controls if row.option.known]
    if not rows:
        return ()
    options = {row.id: option for row, option in zip(rows, _options(project, rows, register, as_of), strict=True)}
    groups: dict[tuple[str, ...], list[Control]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row.pollutants.effective or ())), []).append(row)
    return tuple(
        _compare(project, pollutants, [options[row.id] for row in mine]) for pollutants, mine in groups.items()
    )


def priority_of(project: Project, pollutants: Sequence[str]) -> tuple[bool | None, str]:
    """Whether least CO2 goes first for some pollutants, and why; None while the air quality is not told."""
    unknown = []
    for fact, (words, excluded) in EXCLUDED.items():
        if excluded.isdisjoint(pollutants):
            continue
        stated: Stated[Any] | None = project.facts.get(fact)
        exceeds = None if stated is None else stated.effective
        if exceeds:
            return False, f"所在区域{words}，{_names(pollutants)}不以碳排放最小优先"
        if exceeds is None:
            unknown.append(words.removesuffix("超标"))
    if not pollutants:
        return None, "未写明治理的污染物"
    if unknown:
        return None, f"未说明所在区域{'、'.join(unknown)}是否达标"
    return True, f"{_names(pollutants)}不属超标污染物，达标方案中碳排放最小的优先"


def _names(pollutants: Sequence[str]) -> str:
    return "、".join(POLLUTANTS.get(one, one) for one in pollutants)


def _compare(project: Project, pollutants: tuple[str, ...], options: Sequence[Option]) -> Comparison:
    priority, why = priority_of(project, pollutants)
    able = [one for one in options if one.complies and one.co2 is not None]
    # Of equals the first listed, so that a result does not hang on rounding noise.
    least = min(able, key=lambda one: one.co2 or 0.0, default=None)
    verdict = _verdict(options, least, priority)
    return Comparison(
        pollutants, tuple(options), priority, why, None if least is None else least.id, verdict, RULE_BASIS.label
    )


def _verdict(options: Sequence[Option], least: Option | None, priority: bool | None) -> str:
    chosen = [one for one in options if one.chosen]
    if len(chosen) != 1:
        return OPEN
    if chosen[0].complies is not True:
        return FAILS
    if priority is False:
        return NOT_APPLICABLE
    if len(options) == 1:
        return ALONE
    undecided = any(one.co2 is None or one.complies is None for one in options)
    if priority is None or least is None or undecided:
        return OPEN
    return AGREES if _same(chosen[0], least) else NOT_LEAST


def _same(one: Option, least: Option) -> bool:
    return one.co2 is not None and least.co2 is not None and math.isclose(one.co2, least.co2, rel_tol=1e-9)


# --- what an option emits ------------------------------------------------------------------------------------------------


def _options(project: Project, rows: Sequence[Control], register: Register, as_of: date) -> Iterator[Option]:
    """Every option counted as the rows it would add to the project, all in one run."""
    variants = [_only(project, row) for row in rows]
    blocks = account(columns_of(variants), register, as_of=as_of)
    own = _own_intensity(project, register, as_of)
    for at, row in enumerate(rows):
        yield _option(row, blocks, at, own)


def _own_intensity(project: Project, register: Register, as_of: date) -> float | None:
    """A power plant feeds its controls itself: tCO2 a MWh generated; None for other works, which buy electricity."""
    if project.project.sector.effective != "power":
        return None
    blocks = account(columns_of([project]), register, as_of=as_of)
    found = {one.id: one.value for one in indicators_of(blocks, register, as_of=as_of)}
    value = found.get("generation_intensity")
    return math.nan if value is None else value


def _only(project: Project, row: Control) -> Project:
    """The project's frame with nothing but what the option uses."""
    energy = [
        Energy(id=column, kind=_said(kind), amount=getattr(row, column))
        for column, kind in (("electricity", "purchased_electricity"), ("heat", "purchased_heat"))
        if getattr(row, column).known
    ]
    materials, fuels = [], []
    reagent = row.reagent.effective
    if reagent is not None and (role := _role(reagent)):
        materials.append(Material(id="reagent", role=_said(role), material=_said(reagent), amount=row.reagent_amount))
    fuel = row.fuel.effective
    if fuel is not None and fuel not in NONE_WORDS:
        fuels.append(Fuel(id="fuel", fuel=_said(fuel), role=_said("main"), amount=row.fuel_amount))
    return project.model_copy(
        update={
            "energy": tuple(energy),
            "materials": tuple(materials),
            "fuels": tuple(fuels),
            "products": (),
            "construction": (),
            "changes": (),
            "captures": (),
        }
    )


def _role(reagent: str) -> str:
    return next((role for word, role in REAGENTS.items() if word in reagent), "")


def _option(row: Control, blocks: InventoryBlocks, at: int, own: float | None) -> Option:
    values: list[float] = []
    parts: list[str] = []
    missing = list(_unstated(row))
    for block in blocks.summed:
        for place in np.flatnonzero(block.project == at):
            value = float(block.design[place])
            if block.category == "electricity" and own is not None:
                # Supplied by the plant itself: its own intensity, not the grid's.
                if math.isnan(own):
                    missing.append(NO_INTENSITY)
                used = leaf(float(row.electricity.effective or Decimal(0)), "MWh", sign="AD_电")
                worked = block.formula.work(ad=used, ef=figure(own, "tCO2/MWh（本厂发电强度）", sign="EF_电"))
                value = worked.value
                parts.append(worked.text)
            else:
                parts.append(block.worked(int(place)).text)
                missing += block.missing(int(place))
            values.append(value)
    total = exact_sum(values) if values else 0.0
    unknown = bool(missing) or math.isnan(total)
    return Option(
        row.id,
        row.option.text,
        row.complies.effective,
        row.chosen.effective,
        None if unknown else total,
        tuple(parts),
        tuple(dict.fromkeys(missing)),
    )


def _unstated(row: Control) -> Iterator[str]:
    """Missing is not zero: an option that uses no reagent or fuel says 无."""
    for column, label in (("electricity", "年耗电量"), ("heat", "年耗热量")):
        if not getattr(row, column).known:
            yield f"{label}未填（没有请填“无”）"
    reagent, fuel = row.reagent.effective, row.fuel.effective
    if reagent is None:
        yield "含碳药剂未填（没有请填“无”）"
    elif _role(reagent):
        if not row.reagent_amount.known:
            yield f"药剂“{reagent}”：用量未填"
    elif reagent not in NONE_WORDS and not any(word in reagent for word in CARBON_FREE):
        yield f"药剂“{reagent}”没有排放因子（已知：{'、'.join(REAGENTS)}；不含碳的请填“无”）"
    if fuel is None:
        yield "耗用燃料未填（没有请填“无”）"
    elif fuel not in NONE_WORDS and not row.fuel_amount.known:
        yield f"燃料“{fuel}”：用量未填"


def _said(text: str) -> Stated[str]:
    return Stated(Answer.GIVEN, value=text, text=text)
