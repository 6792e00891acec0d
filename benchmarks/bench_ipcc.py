"""Accounting beside ``bonsai-ipcc`` on its own cement case: IPCC 2006, volume 3, equation 2.2, tier 2.

Left out where it is not installed. It is in no extra, for it brings forty packages of its own; ``pip install bonsai-ipcc`` adds it.

Both count the process emission of one clinker line from its calcium oxide. The library counts case by case from its tables; here a case
is a project, read from columns. It has no chapter on fuels in the versions on PyPI, so that fuels are not compared.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.frame import Measure, best_of

CASE: dict[str, Any] = {"year": 2006, "region": "World", "product": "portland"}
GIVEN = {"m_cl": (1_550_000.0, "t/yr"), "cao_non_carbo_frac": (0.005, "kg/kg")}
"""What the library's tables leave to the user; the rest of the case is its own default."""
LINES = 1_000
_DAY = date(2026, 11, 1)
# The library's ratio of molar masses (0.43971 / 0.5603) and the national one (44 / 56) differ by an eighth of a percent.
CLOSE = 2e-3


def _peer() -> Callable[[], Any]:
    import pandas as pd
    from bonsai_ipcc.industry.mineral import sequence  # type: ignore[import-not-found]

    names = ["year", "region", "product", "property"]
    index = pd.MultiIndex.from_tuples([(*CASE.values(), "def")], names=names)
    for name, (value, unit) in GIVEN.items():
        setattr(sequence.par, name, pd.DataFrame({"value": [value], "unit": [unit]}, index=index))
    return lambda: sequence.tier2_co2_cement_simple(**CASE)


def _columns(steps: Any, count: int) -> Any:
    """Return projects of one kiln line each, with the clinker and oxides of the peer's case."""
    from tanping.assessment.project.columns import columns_of
    from tanping.assessment.project.intake import project_from_plain

    one = project_from_plain(
        {
            "schema": "tanping.project/1",
            "project": {"name": "水泥", "sector": "cement", "nature": "new", "method": "guide-2013"},
            "site": {"province": "江苏", "city": "盐城"},
            "units": [{"id": "K1", "kind": "clinker", "nature": "new", "commissioned": "2027-01-01", "life": "30 a"}],
            "fuels": [{"id": "煤", "units": "K1", "role": "main", "fuel": "烟煤", "amount": "无"}],
            "energy": [{"id": "电", "kind": "purchased_electricity", "amount": "无"}],
            "materials": [
                {"id": "尘", "units": "K1", "role": "kiln_dust", "material": "窑头粉尘", "amount": "无"},
                {"id": "生料", "units": "K1", "role": "raw_meal", "material": "生料", "amount": "无"},
            ],
            "products": [
                {
                    "id": "1",
                    "units": "K1",
                    "product": "水泥熟料",
                    "amount": f"{steps.m_cl.value} t",
                    "cao": f"{steps.cao_in_clinker.value * 100} %",
                    "cao_noncarbonate": f"{steps.cao_non_carbo_frac.value * 100} %",
                    "mgo": "0 %",
                    "mgo_noncarbonate": "0 %",
                }
            ],
        }
    )
    return columns_of([one] * count)


def _clinker(columns: Any) -> float:
    """Tonnes of CO2 of the first line's clinker, by all that an inventory looks up and keeps."""
    from tanping.assessment.accounting.inventory import account
    from tanping.factors.register import load_register

    return float(account(columns, load_register(), as_of=_DAY).design_year(["process"])[0])


def _ratio(count: int) -> float:
    """Seconds a line here over seconds a case there; both must find the same emission."""
    peer = _peer()
    steps = peer()
    columns = _columns(steps, count)
    theirs = steps.co2_emissions_tier2_.value / steps.ckd_correc_fact.value
    assert abs(_clinker(columns) / theirs - 1) < CLOSE, (_clinker(columns), theirs)
    return best_of(5, lambda: _clinker(columns)) / count / best_of(5, peer)


MEASURES = (
    [
        Measure("one clinker line, whole inventory, over bonsai-ipcc tier 2", "×", None, lambda: _ratio(1)),
        Measure(f"{LINES:,} clinker lines at once, each over bonsai-ipcc tier 2", "×", 1.0, lambda: _ratio(LINES)),
    ]
    if importlib.util.find_spec("bonsai_ipcc")
    else []
)
