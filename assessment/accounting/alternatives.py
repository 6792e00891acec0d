"""The same project under the other methods (核算依据), side by side and never mixed row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tanping.assessment.accounting.inventory import account
from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.project.model import METHODS
from tanping.factors.register import Register


@dataclass(frozen=True)
class Alternative:
    """Design-year emission under one method, None with what it misses."""

    method: str
    label: str
    chosen: bool
    design_year_total: float | None
    missing: tuple[str, ...]


def side_by_side(
    columns: ProjectColumns, register: Register, *, as_of: date, project: int = 0
) -> tuple[Alternative, ...]:
    """Count one project under every method. The chosen one is the result; the others only show how far methods part."""
    chosen = columns["project"].words["method"][project]
    found = []
    for method, label in METHODS.items():
        inventory = account(_under(columns, method), register, as_of=as_of).inventory(project)
        found.append(Alternative(method, label, method == chosen, inventory.design_year_total, inventory.missing))
    return tuple(found)


def _under(columns: ProjectColumns, method: str) -> ProjectColumns:
    identity = columns["project"]
    methods = np.full(len(identity), method, dtype=object)
    changed = replace(identity, words={**identity.words, "method": methods})
    return replace(columns, tables={**columns.tables, "project": changed})
