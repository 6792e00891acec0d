"""Mutation score of the second calculation, by hand: ``python -m benchmarks.mutate_second [--sample N] [--seed N] [module ...]``."""

from __future__ import annotations

import sys

from benchmarks import mutate_rules

MODULES = {
    "assessment/crosscheck/printed.py": ("crosscheck/test_printed.py",),
    "assessment/crosscheck/rerun.py": ("crosscheck/test_figures.py",),
    "assessment/crosscheck/causes.py": (
        "crosscheck/test_weighing.py",
        "crosscheck/test_check.py",
        "crosscheck/test_causes.py",
    ),
    "assessment/crosscheck/check.py": ("crosscheck/test_check.py",),
    "assessment/crosscheck/chapters.py": ("crosscheck/test_chapters.py",),
    "assessment/crosscheck/physics.py": ("crosscheck/test_chapters.py",),
    "assessment/crosscheck/plausibility.py": ("crosscheck/test_plausibility.py",),
    "assessment/uncertainty.py": ("uncertainty/test_uncertainty.py",),
    "assessment/measures/formulas.py": ("measures/test_effects.py",),
    "assessment/measures/changes.py": ("measures/test_effects.py",),
    "assessment/measures/effect.py": ("measures/test_effects.py",),
    "assessment/measures/controls.py": ("measures/test_controls.py",),
}

if __name__ == "__main__":
    mutate_rules.MODULES = MODULES
    mutate_rules.TESTS = mutate_rules.ROOT / "tests"
    sys.exit(mutate_rules.main())
