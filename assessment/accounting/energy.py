"""Energy in standard coal (综合能耗, GB/T 2589). Coefficients are dated factors, never unit conversions."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula, over
from tanping.records.basis import Basis


@formula(
    id="TC-1",
    term="折标准煤量",
    standard="GB/T 2589",
    unit="tce",
    symbols={"quantity": ("AD", "能源消费实物量", "t"), "coefficient": ("p", "折标准煤系数", "tce/t")},
    basis=Basis.RECALLED,
)
def standard_coal(quantity: Quantity, coefficient: Quantity) -> Quantity:
    """Energy in tce from a quantity and its coefficient."""
    return quantity * coefficient


@formula(
    id="TC-1q",
    term="折标准煤量（按实测低位发热量）",
    standard="GB/T 2589",
    unit="tce",
    symbols={
        "quantity": ("AD", "燃料消费实物量", "t"),
        "ncv": ("NCV", "低位发热量", "GJ/t"),
        "gj_per_tce": ("q_ce", "标准煤热值", "GJ/tce"),
    },
    basis=Basis.RECALLED,
)
def standard_coal_by_heat(quantity: Quantity, ncv: Quantity, gj_per_tce: Quantity) -> Quantity:
    """Energy in tce when the net calorific value is known."""
    return over(quantity * ncv, gj_per_tce)
