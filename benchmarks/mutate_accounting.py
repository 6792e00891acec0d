"""Mutation score of the accounting, by hand: ``python -m benchmarks.mutate_accounting [--sample N] [--seed N] [module ...]``."""

from __future__ import annotations

import sys

from benchmarks import mutate_rules

MODULES = {
    "assessment/accounting/formula.py": ("test_formula.py", "test_worked_examples.py"),
    "assessment/accounting/power.py": ("test_worked_examples.py", "test_formulas_by_hand.py"),
    "assessment/accounting/allowance.py": ("test_worked_examples.py", "test_formulas_by_hand.py"),
    "assessment/accounting/combustion.py": ("test_worked_examples.py", "test_formulas_by_hand.py"),
    "assessment/accounting/regional.py": ("test_region.py",),
    "assessment/accounting/words.py": ("test_inventory.py",),
    "assessment/accounting/exact.py": ("test_inventory.py", "test_exact.py"),
    "assessment/accounting/shelf.py": ("test_inventory.py",),
    "assessment/accounting/blocks.py": ("test_inventory.py", "test_lifetime.py"),
    "assessment/accounting/sharing.py": ("test_inventory.py", "test_lifetime.py", "test_capture.py"),
    "assessment/accounting/inventory.py": (
        "test_inventory.py",
        "test_lifetime.py",
        "test_capture.py",
        "test_cement.py",
    ),
    "assessment/accounting/required.py": ("test_inventory.py", "test_steel.py", "test_cement.py"),
    "assessment/accounting/processes.py": ("test_processes.py",),
    "assessment/accounting/unit_energy.py": ("test_cement.py", "test_processes.py"),
    "assessment/accounting/tce.py": ("test_inventory.py", "test_performance.py"),
    "assessment/accounting/sources/fuel.py": ("test_inventory.py", "test_steel.py"),
    "assessment/accounting/sources/materials.py": ("test_inventory.py", "test_steel.py"),
    "assessment/accounting/sources/purchased.py": ("test_inventory.py", "test_steel.py"),
    "assessment/accounting/sources/clinker.py": ("test_cement.py",),
    "assessment/accounting/sources/construction.py": ("test_lifetime.py",),
    "assessment/accounting/sources/capture.py": ("test_capture.py",),
    "assessment/lifetime.py": ("test_lifetime.py", "test_capture.py"),
    "assessment/change.py": ("test_change.py",),
    "assessment/performance.py": ("test_performance.py", "test_cement.py", "test_steel.py", "test_region.py"),
    "assessment/plausibility.py": ("test_plausibility.py", "test_processes.py"),
}

if __name__ == "__main__":
    mutate_rules.MODULES = MODULES
    mutate_rules.TESTS = mutate_rules.ROOT / "tests" / "accounting"
    sys.exit(mutate_rules.main())
