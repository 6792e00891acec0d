"""Take every measure of ``benchmarks/bench_*.py`` in one run and print them as a table. Exit 1 if a target is missed."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from benchmarks.frame import Measure, table


def _collect(wanted: str) -> list[Measure]:
    measures: list[Measure] = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        module = importlib.import_module(f"benchmarks.{path.stem}")
        measures += [measure for measure in module.MEASURES if wanted in measure.name or wanted in path.stem]
    return measures


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="part of a measure's or module's name")
    measures = _collect(parser.parse_args().only)
    if not measures:
        print("no such measure", file=sys.stderr)
        return 2
    print(f"[bench] {len(measures)} measures, one run")
    text, held = table(measures)
    print(text)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
