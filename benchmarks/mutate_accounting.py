"""Mutation score of the accounting, by hand: ``python -m benchmarks.mutate_accounting [--total N | --sample N] [--seed N] [module ...]``.

Not part of the suite. How mutants are made and judged: ``mutate_run.py``.
"""

from __future__ import annotations

import sys

from benchmarks import mutate_run

MODULES = (
    *sorted(
        str(file.relative_to(mutate_run.ROOT))
        for file in (mutate_run.ROOT / "assessment" / "accounting").rglob("*.py")
        if file.name != "__init__.py"
    ),
    "assessment/lifetime.py",
    "assessment/change.py",
    "assessment/performance.py",
    "assessment/plausibility.py",
    "assessment/switches.py",
)
TESTS = ("tests/accounting", "tests/crosscheck", "tests/measures", "tests/uncertainty")
PRELOAD = (
    "tanping.records.quantity",
    "tanping.factors.register",
    "tanping.assessment.project.model",
    "tanping.assessment.project.catalogue",
    "tanping.assessment.result",
)

if __name__ == "__main__":
    sys.exit(mutate_run.main(MODULES, TESTS, PRELOAD))
