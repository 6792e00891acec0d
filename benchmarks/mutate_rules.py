"""Mutation score of the rules engine, by hand: ``python -m benchmarks.mutate_rules [--total N | --sample N] [--seed N] [module ...]``.

Not part of the suite. How mutants are made and judged: ``mutate_run.py``.
"""

from __future__ import annotations

import sys

from benchmarks import mutate_run

_RULES = [
    "kleene",
    "block",
    "program",
    "evaluate",
    "clause",
    "finding",
    "missing",
    "facts",
    "pack",
    "cases",
    "check",
    "coverage",
    "diff",
]
MODULES = (*(f"rules/{name}.py" for name in _RULES), "records/expressions.py")
TESTS = ("tests/rules",)

if __name__ == "__main__":
    sys.exit(mutate_run.main(MODULES, TESTS))
