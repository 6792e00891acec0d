"""Figures the rules read: emission, energy and coal of the design year, as fact columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.tce import EnergyUse
from tanping.assessment.facts import Column
from tanping.assessment.project.columns import ProjectColumns
from tanping.rules.facts import Origin

if TYPE_CHECKING:
    from tanping.assessment.accounting.inventory import InventoryBlocks

READ_TABLES = ("units", "fuels", "materials", "energy", "products")


def computed_facts(blocks: InventoryBlocks) -> dict[str, Column]:
    """Return figures by fact name, one value a fact row; NaN where something they need is unknown."""
    columns = blocks.columns
    use = EnergyUse(blocks.books)
    equal, equivalent = use.total(equivalent=False), use.total(equivalent=True)
    of_project = {
        "ghg_emission_tco2e": blocks.design_year(),
        "annual_energy_tce": equal,
        "annual_energy_tce_higher_of_two": np.maximum(equal, equivalent),
        "annual_coal_t": use.coal(),
    }
    claimed = _claimed(columns)[columns.fact_project]
    return {name: Column(values[columns.fact_project], claimed, Origin.COMPUTED) for name, values in of_project.items()}


def _claimed(columns: ProjectColumns) -> NDArray[np.bool_]:
    """Which projects' figures rest on a declared number nobody verified; without kept statements, all."""
    claimed = np.zeros(columns.count, dtype=bool)
    for name in READ_TABLES:
        table = columns[name]
        if table.rows is None:
            claimed[table.project] = True
            continue
        for row, project in enumerate(table.project):
            claimed[project] |= any(
                stated is not None and stated.claimed
                for stated in (table.stated(row, number) for number in table.numbers)
            )
    return claimed
