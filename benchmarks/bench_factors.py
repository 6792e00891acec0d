"""The factor register: how long it takes to read and check all of it in a fresh process, and to answer a question."""

from __future__ import annotations

import itertools
import subprocess
import sys
from datetime import date, timedelta

from benchmarks.frame import ROOT, Measure, best_of

_COLD = """
import time
start = time.perf_counter()
from tanping.factors.register import load_register
read = time.perf_counter()
load_register()
print((time.perf_counter() - start) * 1000, (time.perf_counter() - read) * 1000)
"""
_DAY = date(2026, 11, 1)


def _cold(which: int) -> float:
    """Median of fresh processes: 0 import and load, 1 load alone; milliseconds."""
    runs = sorted(
        float(
            subprocess.run(
                [sys.executable, "-c", _COLD], cwd=ROOT, check=True, capture_output=True, text=True
            ).stdout.split()[which]
        )
        for _ in range(9)
    )
    return runs[len(runs) // 2]


def _lookup(*, fresh: bool) -> float:
    """Microseconds of one lookup: asked before, or for a day nobody has asked about yet."""
    from tanping.factors.register import load_register

    register = load_register()
    register.lookup("grid.average", region="江苏", as_of=_DAY)
    count = 2000
    days = itertools.count(1)

    def work() -> None:
        for _ in range(count):
            day = _DAY + timedelta(days=next(days)) if fresh else _DAY
            register.lookup("grid.average", region="江苏", as_of=day)

    return best_of(5, work) / count * 1e6


def _grid() -> float:
    from tanping.factors.register import load_register

    register = load_register()

    def work() -> None:
        for _ in range(2000):
            register.grid_factor("江苏", _DAY)

    return best_of(5, work) / 2000 * 1e6


MEASURES = [
    Measure("factor register, load and check", "ms", 150.0, lambda: _cold(1)),
    Measure("factor register, import, load and check", "ms", None, lambda: _cold(0)),
    Measure("factor lookup, asked before", "us", 20.0, lambda: _lookup(fresh=False)),
    Measure("factor lookup, never asked", "us", 20.0, lambda: _lookup(fresh=True)),
    Measure("grid factor of a province", "us", 20.0, _grid),
]
