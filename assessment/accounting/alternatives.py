"""The same project under the other methods (核算依据), side by side and never mixed row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tanping.assessment.accounting.inventory import InventoryBlocks, account
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
    blocks: InventoryBlocks, register: Register, *, as_of: date, project: int = 0
) -> tuple[Alternative, ...]:
    """Count one project under every method. The chosen one (``blocks``) is the result; the others only show how far methods part."""
    columns, chosen = blocks.columns, blocks.method(project)
    found = []
    for method, label in METHODS.items():
        counted = blocks if method == chosen else account(_under(columns, method), register, as_of=as_of)
        total = float(counted.design_year()[project])
        known = None if math.isnan(total) else total
        found.append(Alternative(method, label, method == chosen, known, counted.lacking(project)))
    return tuple(found)


def _under(columns: ProjectColumns, method: str) -> ProjectColumns:
    identity = columns["project"]
    methods = np.full(len(identity), method, dtype=object)
    changed = replace(identity, words={**identity.words, "method": methods})
    return replace(columns, tables={**columns.tables, "project": changed})
