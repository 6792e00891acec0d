"""Mistakes in an allowance: the benchmark on the other output basis, or of another class of units.

The allowance depends on which benchmark a unit takes, so these are tried by accounting for the project again with altered units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.inventory import account
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes.slip import Slip, slip
from tanping.assessment.performance import LARGE_CLASS_MW, indicators_of
from tanping.assessment.project.columns import ProjectColumns

FloatArray = NDArray[np.float64]
OTHER_CLASS = {True: (350.0, "按 300 MW 等级及以下取"), False: (1000.0, "按 300 MW 等级以上取")}


def rerun(case: Case, figure: Figure) -> Iterator[tuple[Slip, float]]:
    """Each mistake with the figure it gives."""
    if figure.id != "ets_allowance" or not case.generating:
        return
    units = case.blocks.columns["units"].numbers
    mine = np.array(case.generating)
    capacity, hours, rate = (units[name] for name in ("capacity", "hours", "auxiliary_rate"))
    net, gross = capacity.copy(), rate.copy()
    net[mine] = capacity[mine] * (1 - rate[mine] / 100)
    gross[mine] = 0.0
    for said, changed in (
        ("用供电量乘发电基准值", {"capacity": net}),
        ("用发电量乘供电基准值", {"auxiliary_rate": gross}),
    ):
        yield slip("benchmark_on_supply", {}, detail=said, variant=said, share=0.5), _again(case, figure, changed)
    large = bool((capacity[mine] >= LARGE_CLASS_MW).all())
    size, said = OTHER_CLASS[large]
    other, longer = capacity.copy(), hours.copy()
    # The same generation from units of another size.
    other[mine], longer[mine] = size, capacity[mine] * hours[mine] / size
    yield (
        slip("benchmark_class", {}, detail=said, variant=said),
        _again(case, figure, {"capacity": other, "hours": longer}),
    )


def _again(case: Case, figure: Figure, changed: dict[str, FloatArray]) -> float:
    blocks = account(_altered(case.blocks.columns, "units", changed), case.register, as_of=case.as_of)
    for indicator in indicators_of(blocks, case.register, as_of=case.as_of, project=case.project):
        if indicator.id == figure.id and indicator.value is not None:
            return indicator.value
    return float("nan")


def _altered(columns: ProjectColumns, table: str, changed: dict[str, FloatArray]) -> ProjectColumns:
    old = columns[table]
    return replace(columns, tables={**columns.tables, table: replace(old, numbers={**old.numbers, **changed})})
