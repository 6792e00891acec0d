"""The frame of the benchmarks: measures with a target, all taken in one run, shown as ratios.

A module ``benchmarks/bench_*.py`` offers ``MEASURES``, a list of ``Measure``. A measure returns its figure in its own
unit; the table shows figure ÷ target (≤ 1 holds) and figure ÷ yardstick, the time a bare Python start takes in this very
run, so that runs on different machines can be compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TANPING = str(Path(sys.executable).with_name("tanping"))


@dataclass(frozen=True)
class Measure:
    """One figure: its name, unit (``s``, ``ms``, ``MiB`` …), the most it may be (None: only shown), and how to take it."""

    name: str
    unit: str
    target: float | None
    take: Callable[[], float]


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Run ``work`` several times; return the median seconds of a run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def command(*arguments: str, cwd: Path = ROOT) -> None:
    """Run a command to its end. Raises CalledProcessError if it fails, so that no failure is timed as a success."""
    subprocess.run(arguments, cwd=cwd, check=True, capture_output=True)


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True)
sys.exit(done.returncode) if done.returncode else print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_mib(*arguments: str, cwd: Path = ROOT) -> float:
    """Return the largest resident memory, MiB, of any one process that the command started, itself included."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *arguments], cwd=cwd, check=True, capture_output=True, text=True
    )
    return float(done.stdout) / 1024


def yardstick() -> float:
    """Return the median seconds of a bare start of this Python."""
    return best_of(9, lambda: command(sys.executable, "-I", "-c", "pass"))


def table(measures: Sequence[Measure]) -> tuple[str, bool]:
    """Take every measure once, in order. Return the table as text and whether all targets were met."""
    rod = yardstick()
    width = max(len(measure.name) for measure in measures)
    lines = [
        f"yardstick: a bare Python start takes {rod * 1000:.1f} ms in this run",
        "",
        f"{'measure':{width}}  {'figure':>10}  {'unit':4}  {'target':>8}  {'÷target':>8}  {'÷yardstick':>10}",
    ]
    held = True
    for measure in measures:
        try:
            figure = measure.take()
        except Exception as error:  # one broken measure must not hide the others
            held = False
            lines.append(f"{measure.name:{width}}  failed: {type(error).__name__}: {str(error)[:150]}")
            continue
        of_target = "" if measure.target is None else f"{figure / measure.target:.2f}"
        target = "" if measure.target is None else f"{measure.target:g}"
        seconds = {"s": figure, "ms": figure / 1000}.get(measure.unit)
        of_rod = "" if seconds is None else f"{seconds / rod:.1f}"
        held = held and (measure.target is None or figure <= measure.target)
        lines.append(
            f"{measure.name:{width}}  {figure:10.3f}  {measure.unit:4}  {target:>8}  {of_target:>8}  {of_rod:>10}"
        )
    return "\n".join(lines), held
