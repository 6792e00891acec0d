"""Power (电力): desulphurisation, output, heat supply and CHP split, capture. Combustion lies in combustion.py."""

from __future__ import annotations

from tanping.assessment.accounting.combustion import BY_HEAT_STANDARD, FACILITY_GUIDE
from tanping.assessment.accounting.formula import DERIVED, Quantity, Ratio, formula, over
from tanping.records.basis import Basis

_RH = ("r_h", "供热比", "1")
_E = ("E", "机组燃料（含脱硫）排放", "tCO2")
_QH = ("Q_h", "供热量", "GJ")
_WG = ("W_g", "发电量", "MWh")
_WS = ("W_s", "供电量", "MWh")
_WAUX = ("W_aux", "厂用电量", "MWh")

CO2_PER_SO2 = Ratio(44, 64)
CO2_PER_UREA = Ratio(44, 60)


@formula(
    id="PW-4",
    term="煤耗一致性校核比",
    standard="热量平衡推导",
    unit="1",
    symbols={
        "heat_in": ("Σ(FC·NCV)", "入炉燃料热量", "GJ"),
        "r_h": _RH,
        "coal_rate": ("b_s", "供电标准煤耗", "tce/MWh"),
        "w_s": _WS,
        "gj_per_tce": ("q_ce", "标准煤热值", "GJ/tce"),
    },
    basis=DERIVED,
    note="偏离 1 超过 3% 提出疑问",
)
def coal_rate_check(
    heat_in: Quantity, r_h: Quantity, coal_rate: Quantity, w_s: Quantity, gj_per_tce: Quantity
) -> Quantity:
    """Heat burnt for electricity over heat that the coal rate implies; 1 when both agree."""
    return over(heat_in * (1 - r_h), coal_rate * w_s * gj_per_tce)


@formula(
    id="PW-5",
    term="脱硫过程排放",
    standard=BY_HEAT_STANDARD,
    unit="tCO2",
    symbols={
        "b": ("B", "脱硫剂消耗量", "t"),
        "i": ("I", "脱硫剂碳酸盐含量", "1"),
        "ef": ("EF", "碳酸盐排放因子", "tCO2/t"),
        "tr": ("TR", "转化率", "1"),
    },
    basis=Basis.SECONDARY,
)
def desulphurisation(b: Quantity, i: Quantity, ef: Quantity, tr: Quantity) -> Quantity:
    """CO2 from the carbonate of a desulphurisation agent, tCO2."""
    return b * i * ef * tr


@formula(
    id="PW-5s",
    term="脱硫过程排放（按脱除二氧化硫量校核）",
    standard="化学计量关系",
    unit="tCO2",
    symbols={"so2_removed": ("ΔSO2", "石灰石脱除的二氧化硫", "t")},
    basis=DERIVED,
    note="用于校核，不作首选",
)
def desulphurisation_by_sulphur(so2_removed: Quantity) -> Quantity:
    """CO2 set free per SO2 that limestone removes, tCO2: a check, not the first choice."""
    return so2_removed * CO2_PER_SO2


@formula(
    id="PW-5u",
    term="脱硝尿素排放",
    standard="化学计量关系",
    unit="tCO2",
    symbols={"urea": ("M_尿素", "尿素消耗量", "t")},
    basis=DERIVED,
    note="发电设施核算指南未列入，可选；氨水无此项",
)
def denitrification_urea(urea: Quantity) -> Quantity:
    """CO2 from urea used in SCR or SNCR, tCO2."""
    return urea * CO2_PER_UREA


@formula(
    id="PW-6",
    term="供热比",
    standard=FACILITY_GUIDE,
    unit="1",
    symbols={"q_h": _QH, "q_tot": ("Q_tot", "锅炉（燃气电厂为全厂）总产热量", "GJ")},
    basis=Basis.RECALLED,
)
def heat_supply_ratio(q_h: Quantity, q_tot: Quantity) -> Quantity:
    """Share of the heat output that is supplied as heat."""
    return over(q_h, q_tot)


@formula(
    id="PW-7g",
    term="发电量",
    standard="设计工况定义",
    unit="MWh",
    symbols={"capacity": ("P", "单机容量", "MW"), "hours": ("h", "年利用小时数", "h")},
    basis=DERIVED,
    note="利用小时为满负荷小时",
)
def generation(capacity: Quantity, hours: Quantity) -> Quantity:
    """Gross generation at the design year, MWh, from full-load hours."""
    return capacity * hours


@formula(
    id="PW-7",
    term="供电量（纯凝）",
    standard=FACILITY_GUIDE,
    unit="MWh",
    symbols={"w_g": _WG, "w_aux": _WAUX},
    basis=Basis.RECALLED,
)
def supplied_electricity(w_g: Quantity, w_aux: Quantity) -> Quantity:
    """Electricity supplied by a condensing unit, MWh."""
    return w_g - w_aux


@formula(
    id="PW-7h",
    term="供电量（热电联产）",
    standard=FACILITY_GUIDE,
    unit="MWh",
    symbols={
        "w_g": _WG,
        "w_aux": _WAUX,
        "w_aux_h": ("W_aux,h", "供热专用厂用电量", "MWh"),
        "r_h": _RH,
    },
    basis=Basis.RECALLED,
)
def supplied_electricity_chp(w_g: Quantity, w_aux: Quantity, w_aux_h: Quantity, r_h: Quantity) -> Quantity:
    """Electricity supplied by a CHP unit, MWh; auxiliary power that serves heat is not charged to electricity."""
    return w_g - (w_aux - w_aux_h) * (1 - r_h)


@formula(
    id="PW-7r",
    term="供电量（按厂用电率）",
    standard=FACILITY_GUIDE,
    unit="MWh",
    symbols={"w_g": _WG, "rate": ("r_aux", "厂用电率", "1")},
    basis=Basis.RECALLED,
)
def supplied_electricity_by_rate(w_g: Quantity, rate: Quantity) -> Quantity:
    """Electricity supplied, MWh, when only a rate on generation is given."""
    return w_g * (1 - rate)


@formula(
    id="PW-8",
    term="供电碳排放强度",
    standard=FACILITY_GUIDE,
    unit="tCO2/MWh",
    symbols={"r_h": _RH, "e": _E, "w_s": _WS},
    basis=Basis.RECALLED,
)
def supply_intensity(r_h: Quantity, e: Quantity, w_s: Quantity) -> Quantity:
    """Emission of electricity per MWh supplied; purchased electricity is not in it."""
    return over((1 - r_h) * e, w_s)


@formula(
    id="PW-8g",
    term="发电碳排放强度",
    standard=FACILITY_GUIDE,
    unit="tCO2/MWh",
    symbols={"r_h": _RH, "e": _E, "w_g": _WG},
    basis=Basis.RECALLED,
)
def generation_intensity(r_h: Quantity, e: Quantity, w_g: Quantity) -> Quantity:
    """Emission of electricity per MWh generated."""
    return over((1 - r_h) * e, w_g)


@formula(
    id="PW-8h",
    term="供热碳排放强度",
    standard=FACILITY_GUIDE,
    unit="tCO2/GJ",
    symbols={"r_h": _RH, "e": _E, "q_h": _QH},
    basis=Basis.RECALLED,
)
def heat_intensity(r_h: Quantity, e: Quantity, q_h: Quantity) -> Quantity:
    """Emission of heat per GJ supplied."""
    return over(r_h * e, q_h)


@formula(
    id="PW-10",
    term="捕集后净排放",
    standard="物料平衡推导",
    unit="tCO2",
    symbols={
        "e_gen": ("E_产生", "捕集前产生量", "tCO2"),
        "m_stored": ("M_封存", "永久封存或矿化量", "tCO2"),
        "e_transport": ("E_运输", "运输排放", "tCO2"),
        "e_leak": ("E_泄漏", "泄漏量", "tCO2"),
    },
    basis=DERIVED,
    note="只扣除永久封存或矿化部分",
)
def net_after_capture(e_gen: Quantity, m_stored: Quantity, e_transport: Quantity, e_leak: Quantity) -> Quantity:
    """Emission after permanent storage, tCO2; CO2 that is merely used is not subtracted."""
    return e_gen - m_stored + e_transport + e_leak


@formula(
    id="PW-10c",
    term="二氧化碳捕集量",
    standard="物料平衡推导",
    unit="tCO2",
    symbols={
        "eta": ("η", "捕集率", "1"),
        "s": ("s", "处理烟气比例", "1"),
        "e_gen": ("E_产生", "捕集前产生量", "tCO2"),
    },
    basis=DERIVED,
)
def captured(eta: Quantity, s: Quantity, e_gen: Quantity) -> Quantity:
    """CO2 captured, t."""
    return eta * s * e_gen


@formula(
    id="PW-10t",
    term="捕集后的运输与泄漏排放",
    standard="物料平衡推导",
    unit="tCO2",
    symbols={
        "e_transport": ("E_运输", "运输排放", "tCO2"),
        "e_leak": ("E_泄漏", "泄漏量", "tCO2"),
    },
    basis=DERIVED,
)
def capture_losses(e_transport: Quantity, e_leak: Quantity) -> Quantity:
    """Emission of transport and leaks of captured CO2, tCO2."""
    return e_transport + e_leak


@formula(
    id="PW-10w",
    term="捕集后供电量",
    standard="物料平衡推导",
    unit="MWh",
    symbols={
        "w_s": _WS,
        "w": ("w", "捕集（含压缩）单位电耗", "MWh/t"),
        "m_cap": ("M_捕集", "捕集量", "tCO2"),
    },
    basis=DERIVED,
)
def output_after_capture(w_s: Quantity, w: Quantity, m_cap: Quantity) -> Quantity:
    """Electricity supplied after the capture plant's own use, MWh."""
    return w_s - w * m_cap
