"""Accounting: one project over forty years, and a million projects over thirty against bare NumPy of the same arithmetic."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.frame import ROOT, Measure, best_of
from tanping.assessment.lifetime import CHUNK

PROJECTS = 1_000_000
YEARS = np.arange(2027, 2057)
_DAY = date(2026, 11, 1)


def _one_project() -> float:
    """Milliseconds from columns to the inventory of the example, forty years, warm."""
    from tanping.assessment.accounting.inventory import account
    from tanping.assessment.project.columns import columns_of
    from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
    from tanping.factors.register import load_register

    data: dict[str, Any] = plain_project(load_project(ROOT / "examples" / "sheyanggang.yaml"))
    for unit in data["units"]:
        unit["life"] = "40 a"
    columns, register = columns_of([project_from_plain(data)]), load_register()

    def work() -> None:
        assert len(account(columns, register, as_of=_DAY).inventory(0).years) >= 40

    work()
    return best_of(9, work) * 1000


def _table(name: str, count: int, numbers: dict[str, Any], words: dict[str, Any], **more: Any) -> Any:
    from tanping.assessment.project.catalogue import TABLES, entries
    from tanping.assessment.project.columns import ColumnTable

    catalogue = entries(TABLES[name])
    owners = more.pop("project", np.arange(count, dtype=np.int32))

    def filled(value: Any) -> Any:
        column = np.empty(count, dtype=object)
        column[:] = value
        return column

    return ColumnTable(
        name=name,
        project=owners,
        ids=filled("1"),
        numbers={
            column: np.asarray(numbers[column], dtype=np.float64) if column in numbers else np.full(count, np.nan)
            for column, entry in catalogue.items()
            if entry.kind == "quantity"
        },
        days={
            column: more.get(column, np.full(count, "NaT", "datetime64[D]"))
            for column, entry in catalogue.items()
            if entry.kind == "date"
        },
        words={
            column: filled(words.get(column))
            for column, entry in catalogue.items()
            if entry.kind in ("text", "choice", "choices")
        },
        flags={column: np.full(count, -1, np.int8) for column, entry in catalogue.items() if entry.kind == "flag"},
    )


@cache
def _portfolio(count: int) -> Any:
    """Coal plants of one unit: coal and oil, limestone, purchased electricity; every number drawn from a seed."""
    from tanping.assessment.project.catalogue import ONE_ROW, TABLES
    from tanping.assessment.project.columns import ProjectColumns

    draw = np.random.default_rng(7)
    month = np.datetime64("2027-01") + draw.integers(0, 100, count).astype("timedelta64[M]")
    day = month.astype("datetime64[D]") + draw.integers(0, 28, count).astype("timedelta64[D]")
    owners = np.arange(count, dtype=np.int32)
    two = np.repeat(owners, 2)

    def drawn(low: float, high: float, size: int = count) -> Any:
        return draw.uniform(low, high, size)

    fuels = _table(
        "fuels",
        2 * count,
        {
            "amount": np.stack([drawn(1e5, 4e6), drawn(10, 900)], 1).ravel(),
            "ncv": np.stack([drawn(16, 26), np.full(count, 42.652)], 1).ravel(),
            "carbon_per_heat": np.stack([drawn(0.025, 0.028), np.full(count, 0.0202)], 1).ravel(),
        },
        {},
        project=two,
    )
    fuels.words["fuel"][0::2], fuels.words["fuel"][1::2] = "烟煤", "柴油"
    fuels.words["role"][0::2], fuels.words["role"][1::2] = "main", "start_up"
    tables = {
        "project": _table("project", count, {}, {"sector": "power", "method": "ets-2024", "nature": "new"}),
        "dates": _table("dates", count, {}, {}),
        "site": _table("site", count, {}, {"province": "江苏", "city": "盐城"}),
        "units": _table(
            "units",
            count,
            {
                "capacity": drawn(300, 1000),
                "hours": drawn(3500, 5500),
                "life": np.full(count, 30.0),
                "first_year_ramp": drawn(50, 100),
                "second_year_ramp": drawn(80, 100),
                "degradation": drawn(0, 0.5),
            },
            {"kind": "coal_power", "nature": "new"},
            commissioned=day,
        ),
        "fuels": fuels,
        "materials": _table(
            "materials", count, {"amount": drawn(1e3, 9e4)}, {"role": "desulphurisation", "material": "石灰石"}
        ),
        "energy": _table("energy", count, {"amount": drawn(0, 5e4)}, {"kind": "purchased_electricity"}),
        "lifetime": _table("lifetime", count, {}, {}),
    }
    for name in TABLES:
        if name not in tables:
            rows = count if name in ONE_ROW else 0
            tables[name] = _table(name, rows, {}, {}, project=owners[:rows])
    return ProjectColumns(count, tables, owners, owners)


def _counted(count: int) -> tuple[float, float]:
    """Total of the projects' lifetimes and the seconds it took: look-ups, blocks, years, sums."""
    from tanping.assessment.accounting.inventory import account
    from tanping.factors.register import load_register

    columns, register = _portfolio(count), load_register()
    start = perf_counter()
    of_project, _ = account(columns, register, as_of=_DAY).lifetime_totals(YEARS)
    return float(of_project.sum()), perf_counter() - start


def _bare(count: int) -> tuple[float, float]:
    """The same figures by plain NumPy: no look-ups, no names, no exact sums."""
    columns = _portfolio(count)
    units, fuels = columns["units"], columns["fuels"]
    amount, ncv, cc = (fuels.numbers[name].reshape(count, 2) for name in ("amount", "ncv", "carbon_per_heat"))
    limestone, bought = columns["materials"].numbers["amount"], columns["energy"].numbers["amount"]
    start = perf_counter()
    begins = (YEARS - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.float64)
    ends = (YEARS - 1969).astype("datetime64[Y]").astype("datetime64[D]").astype(np.float64)
    total, by_year = np.empty(count), []
    for low in range(0, count, CHUNK):
        part = slice(low, low + CHUNK)
        days = units.days["commissioned"][part]
        month = days.astype("datetime64[M]")
        offset = days - month.astype("datetime64[D]")
        life = (month + np.rint(units.numbers["life"][part] * 12).astype("timedelta64[M]")).astype(
            "datetime64[D]"
        ) + offset
        one = ((month + np.timedelta64(12, "M")).astype("datetime64[D]") + offset).astype(np.float64)[:, None]
        two = ((month + np.timedelta64(24, "M")).astype("datetime64[D]") + offset).astype(np.float64)[:, None]
        first, last = days.astype(np.float64)[:, None], life.astype(np.float64)[:, None]
        served = np.maximum(np.minimum(last, ends) - np.maximum(first, begins), 0)
        early = np.maximum(np.minimum(np.minimum(last, one), ends) - np.maximum(first, begins), 0)
        later = np.maximum(np.minimum(np.minimum(last, two), ends) - np.maximum(one, begins), 0)
        ramp1 = units.numbers["first_year_ramp"][part, None] / 100
        ramp2 = units.numbers["second_year_ramp"][part, None] / 100
        output = (early * ramp1 + later * ramp2 + (served - early - later)) / (ends - begins)
        new_year = days.astype("datetime64[Y]")
        full_year = new_year.astype(np.float64) + 1970 + (days > new_year.astype("datetime64[D]"))
        age = np.maximum(YEARS - full_year[:, None], 0)
        use = (1 + units.numbers["degradation"][part, None] / 100) ** age
        profile = output * use
        burnt = (amount[part] * ncv[part] * cc[part] * np.array([0.99, 0.98]) * (44 / 12)).sum(axis=1)
        design = burnt + limestone[part] * 0.9 * 0.44 * 1.0 + bought[part] * 0.5827
        annual = design[:, None] * profile
        total[part] = annual.sum(axis=1)
        by_year.append(annual.sum(axis=0))
    return float(total.sum()), perf_counter() - start


def _ratio() -> float:
    """Seconds of the accounting over seconds of bare NumPy; both must find the same total."""
    mine, bare = [], []
    for _ in range(3):
        counted, seconds = _counted(PROJECTS)
        mine.append(seconds)
        plain, seconds = _bare(PROJECTS)
        bare.append(seconds)
        assert abs(counted / plain - 1) < 1e-9, (counted, plain)
    return min(mine) / min(bare)


def _peak() -> float:
    """Most memory of a fresh process that counts the million, MiB."""
    code = (
        "import resource; from benchmarks.bench_accounting import _counted, PROJECTS; _counted(PROJECTS);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    return float(
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    )


MEASURES = [
    Measure("inventory of one project, 40 years", "ms", 30.0, _one_project),
    Measure("1,000,000 projects × 30 years over bare NumPy", "×", 2.0, _ratio),
    Measure("1,000,000 projects × 30 years, peak memory", "MiB", 2048.0, _peak),
]
