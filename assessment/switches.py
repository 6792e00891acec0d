"""Dated changes (情景变更): from a day on, an input has another value — fuel, share, factor, amount — and the years follow.

Each switch is a change of an input, never a hand-set percentage. The project is counted as it stands before the first switch
and again after each; a year takes each state by the days it holds. The design year stays that of the project as proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from tanping.assessment import lifetime
from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.inventory import account, lifetime_figures
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.project.catalogue import TABLE_LABELS, TABLES, entries
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import plain_project, project_from_plain
from tanping.assessment.project.model import Project, Switch
from tanping.assessment.result import Inventory, Source
from tanping.factors.register import Register
from tanping.records.errors import InputError

NOTE = "全生命周期含 {count} 项情景变更；达产年数据按拟建方案，不含变更"
UNTOLD = "情景变更“{name}”：{what}，逐年与全生命周期不含此项"
OTHER_YEARS = "改变了服务年限（投产日期、设计寿命或单元性质），不能作情景变更，请直接改填生产单元"


def switched_inventory(base: Inventory, project: Project, register: Register, *, as_of: date) -> Inventory:
    """Run the switches of a project through the years of its inventory; the same inventory when there are none."""
    if not project.switches:
        return base
    usable, problems = _readable(project)
    if problems:
        return _without(base, problems)
    states = [base]
    plain = plain_project(project)
    for switch in usable:
        plain = _changed(plain, switch)
        states.append(account(columns_of([project_from_plain(plain)]), register, as_of=as_of).inventory(0))
        if states[-1].years != base.years:
            return _without(base, [UNTOLD.format(name=switch.id, what=OTHER_YEARS)])
    shares = _shares([switch.start.effective for switch in usable], base.years)
    sources = _merged(states, shares)
    notes = (*base.assumptions, NOTE.format(count=len(usable)), *(_told(switch) for switch in usable))
    missing = tuple(line for state in states[1:] for line in state.missing if line not in base.missing)
    made = lifetime_figures(base.years, sources, complete=base.lifetime_total is not None and not missing)
    return replace(base, sources=sources, missing=(*base.missing, *dict.fromkeys(missing)), assumptions=notes, **made)


def _without(base: Inventory, problems: list[str]) -> Inventory:
    """The inventory with a life nobody can tell, and why."""
    return replace(base, lifetime_total=None, lifetime_co2e=None, missing=(*base.missing, *problems))


def _readable(project: Project) -> tuple[list[Switch], list[str]]:
    """Switches in the order of their dates, and a line for each that can't be followed."""
    problems = []
    plain = plain_project(project)
    for switch in project.switches:
        what = _trouble(plain, switch)
        if what:
            problems.append(UNTOLD.format(name=switch.id, what=what))
    return sorted(project.switches, key=lambda one: one.start.effective or date.max), problems


def _trouble(plain: dict[str, Any], switch: Switch) -> str:
    if switch.start.effective is None:
        return "起始日期未填"
    table, field = switch.table.effective, switch.field.effective
    if table is None or field is None or switch.value.effective is None:
        return "变更的表、字段或数值未填"
    if _field(table, field) is None:
        return f"{TABLE_LABELS[table]}没有字段“{field}”"
    if not any(row.get("id") == switch.row.effective for row in plain.get(table, [])):
        return f"{TABLE_LABELS[table]}没有编号“{switch.row.effective}”"
    try:
        project_from_plain(_changed(plain, switch))
    except InputError as error:
        return error.problems[0].what
    return ""


def _field(table: str, word: str) -> str | None:
    """Field of a table by its name or its label."""
    known = entries(TABLES[table])
    return word if word in known else next((name for name, entry in known.items() if entry.label == word), None)


def _changed(plain: dict[str, Any], switch: Switch) -> dict[str, Any]:
    """The project file with one value replaced."""
    table, field = str(switch.table.effective), _field(str(switch.table.effective), str(switch.field.effective))
    rows = [{**row, field: switch.value.text} if row.get("id") == switch.row.effective else row for row in plain[table]]
    return {**plain, table: rows}


def _shares(starts: Sequence[Any], years: tuple[int, ...]) -> FloatArray:
    """Share of each year under each state (states × years); the columns add to one."""
    calendar = np.array(years, dtype=np.int64)
    after = [np.ones(len(years))]
    for start in starts:
        day = np.array([[float(np.datetime64(start, "D").astype(np.int64))]])
        after.append(lifetime.share_after(day, calendar)[0])
    after.append(np.zeros(len(years)))
    return np.array([now - later for now, later in pairwise(after)])


def _merged(states: list[Inventory], shares: FloatArray) -> tuple[Source, ...]:
    """Sources of the base and any that only a later state has, each with the years of all states."""
    found: dict[str, Source] = {}
    for state in states:
        for source in state.sources:
            found.setdefault(source.id, replace(source, design_year=0.0) if state is not states[0] else source)
    return tuple(_through(source, states, shares) for source in found.values())


def _through(source: Source, states: list[Inventory], shares: FloatArray) -> Source:
    if source.stage != "operation":
        return source
    annual = np.zeros(shares.shape[1])
    for state, share in zip(states, shares, strict=True):
        same = next((one for one in state.sources if one.id == source.id), None)
        if same is None:
            continue
        if same.annual is None:
            return replace(source, annual=None, total=None)
        annual += np.array(same.annual) * share
    told = tuple(map(float, annual))
    return replace(source, annual=told, total=exact_sum(told))


def _told(switch: Switch) -> str:
    table = str(switch.table.effective)
    row = f"“{switch.row.effective}”" if switch.row.effective else ""
    field = _field(table, str(switch.field.effective)) or ""
    label = entries(TABLES[table])[field].label
    return f"情景变更：{switch.start.effective} 起，{TABLE_LABELS[table]}{row}{label}改为 {switch.value.text}"
