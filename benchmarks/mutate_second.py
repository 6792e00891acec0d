"""Mutation score of the second calculation, by hand: ``python -m benchmarks.mutate_second [--total N | --sample N] [--seed N] [module ...]``.

Not part of the suite. How mutants are made and judged: ``mutate_run.py``.
"""

from __future__ import annotations

import sys

from benchmarks import mutate_run
from benchmarks.mutate_accounting import PRELOAD

MODULES = (
    *sorted(
        str(file.relative_to(mutate_run.ROOT))
        for folder in ("crosscheck", "measures")
        for file in (mutate_run.ROOT / "assessment" / folder).rglob("*.py")
        if file.name != "__init__.py"
    ),
    "assessment/uncertainty.py",
)
# The accounting is not spoiled here: loaded once, it spares every mutant that time.
LOADED = ("tanping.assessment.accounting.inventory", "tanping.assessment.performance")
TESTS = ("tests/crosscheck", "tests/measures", "tests/uncertainty")

if __name__ == "__main__":
    sys.exit(mutate_run.main(MODULES, TESTS, (*PRELOAD, *LOADED)))
