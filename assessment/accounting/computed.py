"""Figures the rules read: emission, energy and coal of the design year, as fact columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting import regional
from tanping.assessment.accounting.shelf import FloatArray
from tanping.assessment.accounting.tce import EnergyUse
from tanping.assessment.accounting.unit_energy import unit_energy
from tanping.assessment.facts import Column
from tanping.assessment.project.columns import ProjectColumns
from tanping.rules.facts import Origin

if TYPE_CHECKING:
    from tanping.assessment.accounting.inventory import InventoryBlocks

READ_TABLES = ("units", "fuels", "materials", "energy", "products", "flows", "area")


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
        **_regional(blocks, equivalent),
    }
    claimed = _claimed(columns)[columns.fact_project]
    told = {name: values[columns.fact_project] for name, values in of_project.items()}
    for name, values in unit_energy(blocks.books).items():
        told[name] = np.append(values, np.nan)[columns.fact_unit]
    return {name: Column(values, claimed, Origin.COMPUTED) for name, values in told.items()}


def _regional(blocks: InventoryBlocks, equivalent: FloatArray) -> dict[str, FloatArray]:
    """m and n of the old energy review, where the area's figures are told."""
    area, identity = blocks.columns["area"].numbers, blocks.columns["project"].numbers
    return {
        "energy_increment_share_pct": regional.energy_increment_share(equivalent, area["energy_increment"]),
        "energy_intensity_effect_pct": regional.energy_intensity_effect(
            area["energy_total"], area["gross_product"], equivalent, identity["value_added"]
        ),
    }


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
