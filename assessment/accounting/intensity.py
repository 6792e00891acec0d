"""Performance per denominator (PF-1): raw material, product, output value, value added. The guide sets no pass line."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula, over
from tanping.records.basis import Basis


@formula(
    id="PF-1",
    term="碳排放绩效",
    standard="环办环评函〔2021〕346号附件2",
    unit="tCO2/t",
    symbols={"e": ("E", "碳排放量", "tCO2"), "denominator": ("D", "原料、产品、产值或增加值", "t")},
    basis=Basis.RECALLED,
)
def performance(e: Quantity, denominator: Quantity) -> Quantity:
    """Emission per unit of a denominator; the unit is tCO2 per unit of the denominator."""
    return over(e, denominator)
