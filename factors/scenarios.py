"""Grid-factor paths for sums over a plant's life: named, labelled, none of them a forecast.

* ``constant`` — the last published value stays (the default).
* ``trend`` — the yearly change seen between the first and last published national averages, continued.
* ``path:<key>`` — the shape of a published pathway, scaled so that it meets the published value in its data year.

No official projection of Chinese grid factors is known; a reader sees which path a sum rests on from its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tanping.factors.lookup import NATION, NoFactor, Selected
from tanping.factors.record import Factor
from tanping.factors.register import Register

CONSTANT, TREND, PATH = "constant", "trend", "path:"


@dataclass(frozen=True)
class GridPath:
    """A factor for every year asked for, in the unit of ``base.record`` (kgCO2/kWh = tCO2/MWh).

    ``factors`` runs along ``years``; ``label`` is what the report prints; ``records`` are the records besides ``base`` that
    shape it; ``notes`` are the conventions applied.
    """

    name: str
    label: str
    years: NDArray[np.int64]
    factors: NDArray[np.float64]
    base: Selected
    records: tuple[Factor, ...] = ()
    notes: tuple[str, ...] = ()


def scenario_names(register: Register) -> dict[str, str]:
    """Return the scenarios on hand: name → label. The default comes first."""
    names = {CONSTANT: "保持最近公布值不变（缺省）", TREND: "按已公布年份的变化率延续（观察值，不是预测）"}
    for record in register:
        if record.key.startswith("traj.") and record.attributes.get("sector") == "power" and _is_intensity(record):
            names.setdefault(PATH + record.key, f"{record.name}，按基准年换算（情景路径，不是预测）")
    return names


def grid_path(
    register: Register,
    name: str,
    years: Sequence[int],
    base: Selected,
    *,
    as_of: date,
    override: str | None = None,
) -> GridPath:
    """Return the path of a scenario over ``years``, starting from the chosen factor ``base``.

    Years up to the base year keep the base value (nothing is back-cast). Raises NoFactor when the scenario is unknown, its
    records may not be used on ``as_of`` (``override``: the written reason), or the base year is outside it.
    """
    span = np.asarray(years, dtype=np.int64)
    if name == CONSTANT:
        return _constant(span, base)
    if name == TREND:
        return _trend(register, span, base, as_of)
    if name in scenario_names(register):
        return _pathway(register, name, span, base, as_of, override)
    raise NoFactor(name, ["没有这个电网因子情景；已有：" + "、".join(scenario_names(register))])


def observed_trend(register: Register, as_of: date) -> tuple[float, tuple[Factor, ...]]:
    """Return the yearly change of the national average between its first and last published year, and both records.

    The geometric mean, e.g. 2021 → 2023: (0.5306/0.5568)^(1/2) − 1 = −2.381 % a year. Raises NoFactor with fewer than two
    years published on ``as_of``.
    """
    first, last = published_ends(register, as_of)
    span = (last.data_year or 0) - (first.data_year or 0)
    return (last.number / first.number) ** (1 / span) - 1, (first, last)


def published_ends(register: Register, as_of: date) -> tuple[Factor, Factor]:
    """Return the national averages of the first and the last year published on ``as_of``. Raises NoFactor with fewer than two."""
    known = [
        record
        for record in register.of("grid.average")
        if record.region == NATION and record.published_on and record.published_on <= as_of and record.data_year
    ]
    known.sort(key=lambda record: record.data_year or 0)
    if len(known) < 2:
        raise NoFactor(TREND, [f"截至 {as_of} 公布的全国平均因子不足两年，看不出变化率"], known)
    return known[0], known[-1]


def _constant(years: NDArray[np.int64], base: Selected) -> GridPath:
    value = base.record.number
    label = f"保持最近公布值 {base.record.value} {base.record.unit}（{_vintage(base.record)}）不变"
    return GridPath(CONSTANT, label, years, np.full(years.shape, value), base)


def _trend(register: Register, years: NDArray[np.int64], base: Selected, as_of: date) -> GridPath:
    rate, ends = observed_trend(register, as_of)
    start = _base_year(TREND, base)
    factors = base.record.number * (1 + rate) ** np.maximum(years - start, 0)
    label = (
        f"按全国平均因子 {ends[0].data_year}→{ends[1].data_year} 年观察变化率 {rate * 100:+.3f} %/a 延续"
        f"（起点 {base.record.value}，{_vintage(base.record)}；观察值，不是预测）"
    )
    return GridPath(TREND, label, years, factors, base, ends, (_KEPT.format(start),))


def _pathway(
    register: Register, name: str, years: NDArray[np.int64], base: Selected, as_of: date, override: str | None
) -> GridPath:
    key = name.removeprefix(PATH)
    points = sorted(register.of(key), key=lambda record: record.data_year or 0)
    chosen = [
        register.lookup(key, as_of=as_of, variant=record.variant, year=record.data_year, override=override).record
        for record in points
    ]
    known = np.array([record.data_year or 0 for record in chosen], dtype=np.float64)
    values = np.array([record.number for record in chosen])
    start = _base_year(name, base)
    if not known[0] <= start <= known[-1]:
        raise NoFactor(name, [f"路径只有 {known[0]:.0f}—{known[-1]:.0f} 年，不含基准年 {start}"], chosen)
    at_base = float(np.interp(start, known, values))
    if at_base == 0:
        raise NoFactor(name, [f"路径在基准年 {start} 为零，无法换算"], chosen)
    shape = np.interp(np.maximum(years, start), known, values) / at_base
    label = f"{chosen[0].name}的形状，按 {start} 年 {base.record.value} {base.record.unit} 换算（情景路径，不是预测）"
    notes = (_KEPT.format(start), "已列年份之间按直线内插", f"{known[-1]:.0f} 年之后保持该年的值")
    return GridPath(name, label, years, base.record.number * shape, base, tuple(chosen), notes)


_KEPT = "{} 年及以前取基准值，不回推"


def _base_year(name: str, base: Selected) -> int:
    record = base.record
    if record.data_year is None or record.item != "grid.average":
        raise NoFactor(name, [f"{record.name}不是按数据年份公布的平均因子，不能作为此情景的起点"], [record])
    return record.data_year


def _vintage(record: Factor) -> str:
    return f"{record.data_year} 年数据" if record.data_year else record.document


def _is_intensity(record: Factor) -> bool:
    return record.unit.endswith(("/MWh", "/kWh"))
