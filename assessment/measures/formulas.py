"""What a measure saves, and what a tonne costs (ME-1 … ME-6). Emission itself is counted by the formulas of accounting."""

from __future__ import annotations

from tanping.assessment.accounting.formula import DERIVED, Quantity, formula, over
from tanping.records.basis import Basis

_DERIVED = "热量平衡与物料平衡推导"
_NCV = ("NCV", "低位发热量", "GJ/t")


@formula(
    id="ME-1",
    term="节约（替代）热量折合燃料量",
    standard=_DERIVED,
    unit="t",
    symbols={"heat": ("ΔQ", "热量", "GJ"), "ncv": _NCV},
    basis=DERIVED,
    note="推导；气体以 10⁴Nm³ 计",
)
def fuel_of_heat(heat: Quantity, ncv: Quantity) -> Quantity:
    """Fuel that carries an amount of heat, t or 10⁴ Nm³."""
    return over(heat, ncv)


@formula(
    id="ME-2",
    term="供电煤耗降低所节约的入炉热量",
    standard=_DERIVED,
    unit="GJ",
    symbols={
        "saving": ("Δb_s", "供电标准煤耗降低", "gce/kWh"),
        "w_s": ("W_s", "供电量", "MWh"),
        "gj_per_tce": ("q_ce", "标准煤热值", "GJ/tce"),
        "r_h": ("r_h", "供热比", "1"),
    },
    basis=DERIVED,
    note="推导；与煤耗一致性校核（PW-4）同一关系",
)
def heat_saved_by_coal_rate(saving: Quantity, w_s: Quantity, gj_per_tce: Quantity, r_h: Quantity) -> Quantity:
    """Heat no longer burnt, GJ; 1 gce/kWh is 0.001 tce/MWh."""
    return over(saving / 1000 * w_s * gj_per_tce, 1 - r_h)


@formula(
    id="ME-3",
    term="单耗降低所节约的量",
    standard=_DERIVED,
    unit="GJ",
    symbols={"saving": ("Δq", "单位产品消耗降低", "GJ/t"), "output": ("M", "产品产量", "t")},
    basis=DERIVED,
    note="推导；也用于每吨铁水的燃料",
)
def saved_by_specific_use(saving: Quantity, output: Quantity) -> Quantity:
    """What a lower specific use saves in a year, in the unit of the numerator."""
    return saving * output


@formula(
    id="ME-4",
    term="措施年费用",
    standard="本工具约定（不折现）",
    unit="万元",
    symbols={
        "investment": ("I", "投资", "万元"),
        "life": ("n", "措施寿命", "a"),
        "running": ("O", "年净运行费用", "万元"),
    },
    basis=DERIVED,
    note="约定：投资按寿命平均分摊，不折现",
)
def yearly_cost(investment: Quantity, life: Quantity, running: Quantity) -> Quantity:
    """Cost of a year, 10⁴ yuan: investment spread evenly over the life, not discounted."""
    return over(investment, life) + running


@formula(
    id="ME-5",
    term="单位减排成本",
    standard="本工具约定（不折现）",
    unit="元/tCO2",
    symbols={"cost": ("C", "措施年费用", "万元"), "cut": ("ΔE", "年减排量", "tCO2")},
    basis=DERIVED,
    note="约定；按该措施在所列次序中的边际减排量计",
)
def cost_per_tonne(cost: Quantity, cut: Quantity) -> Quantity:
    """Yuan for a tonne of CO2; negative when the measure pays for itself."""
    return over(cost * 10_000, cut)


@formula(
    id="ME-6",
    term="废钢替代的铁水量",
    standard=_DERIVED,
    unit="t",
    symbols={"scrap": ("M_废钢", "增加的废钢", "t"), "yield_": ("η", "废钢金属收得率", "1")},
    basis=Basis.RECALLED,
    note="按金属量等量替代",
)
def hot_metal_replaced(scrap: Quantity, yield_: Quantity) -> Quantity:
    """Hot metal that scrap stands in for, t."""
    return scrap * yield_
