"""All formulas, loaded: the method handbook, the workbook and the tests read this."""

from __future__ import annotations

from tanping.assessment.accounting import (  # noqa: F401  (each import registers its formulas)
    allowance,
    cement,
    combustion,
    construction,
    end_of_life,
    energy,
    growth,
    intensity,
    net_change,
    power,
    purchased_energy,
    regional,
    steel,
    totals,
)
from tanping.assessment.accounting.formula import FORMULAS, Formula


def formulas() -> dict[str, Formula]:
    """Every formula by id."""
    return dict(FORMULAS)
