"""How the parts of an inventory add up (GB/T 32150; 环办环评函〔2021〕346号 附件2)."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula
from tanping.records.basis import Basis

_PARTS = {
    "e_fuel": ("E_燃烧", "化石燃料燃烧排放", "tCO2"),
    "e_process": ("E_过程", "工业生产过程排放", "tCO2"),
    "e_electricity": ("E_电", "净购入电力隐含排放", "tCO2"),
    "e_heat": ("E_热", "净购入热力隐含排放", "tCO2"),
    "fixed": ("R", "固碳产品与回收利用的二氧化碳", "tCO2"),
}


@formula(
    id="EN-1",
    term="二氧化碳排放总量",
    standard="环办环评函〔2021〕346号附件2；GB/T 32150",
    unit="tCO2",
    symbols=_PARTS,
    basis=Basis.RECALLED,
)
def total_emission(
    e_fuel: Quantity, e_process: Quantity, e_electricity: Quantity, e_heat: Quantity, fixed: Quantity
) -> Quantity:
    """EIA total of a year, tCO2. Fixed carbon is subtracted."""
    return e_fuel + e_process + e_electricity + e_heat - fixed


@formula(
    id="EN-2",
    term="二氧化碳直接排放量",
    standard="环办环评函〔2021〕346号附件2；GB/T 32150",
    unit="tCO2",
    symbols={name: _PARTS[name] for name in ("e_fuel", "e_process", "fixed")},
    basis=Basis.RECALLED,
)
def direct_emission(e_fuel: Quantity, e_process: Quantity, fixed: Quantity) -> Quantity:
    """Direct emission of a year (EIA) and scope of the ETS for steel and cement, tCO2."""
    return e_fuel + e_process - fixed
