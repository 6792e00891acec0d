"""Combustion of fuels (化石燃料燃烧排放), the chapter common to power, steel and cement."""

from __future__ import annotations

from tanping.assessment.accounting.formula import CO2_PER_C, DERIVED, Quantity, formula
from tanping.records.basis import Basis

_FC = ("FC", "燃料消耗量", "t")
_NCV = ("NCV", "低位发热量", "GJ/t")
_CC = ("CC", "单位热值含碳量", "tC/GJ")
_OF = ("OF", "碳氧化率", "1")
_PHI = ("φ", "非生物质碳比例", "1")
_M_AR = ("M_ar", "全水分", "%")
_M_AD = ("M_ad", "空气干燥基水分", "%")

BY_HEAT_STANDARD = "发改办气候〔2013〕2526号发电企业指南；GB/T 32151.1"
FACILITY_GUIDE = "企业温室气体排放核算与报告指南 发电设施（环办气候函〔2022〕111号、〔2022〕485号）"


@formula(
    id="PW-1",
    term="化石燃料燃烧排放（元素碳实测）",
    standard=FACILITY_GUIDE,
    unit="tCO2",
    symbols={"fc": _FC, "c_ar": ("C_ar", "收到基元素碳含量", "tC/t"), "of": _OF},
    basis=Basis.RECALLED,
)
def combustion_by_carbon(fc: Quantity, c_ar: Quantity, of: Quantity) -> Quantity:
    """Combustion by measured carbon, one fuel, tCO2."""
    return fc * c_ar * of * CO2_PER_C


@formula(
    id="PW-1g",
    term="气体燃料某组分含碳量",
    standard="化学计量关系",
    unit="tC/1e4Nm3",
    symbols={"volume": ("V_n", "组分体积分数", "1"), "atoms": ("N_n", "组分碳原子数", "1")},
    basis=DERIVED,
    note="推导：22.4 Nm³/kmol；各组分相加",
)
def gas_component_carbon(volume: Quantity, atoms: Quantity) -> Quantity:
    """Carbon of one component in 10⁴ Nm³ of gas, tC; add the components."""
    return volume * atoms * 12 / 22.4 * 10


@formula(
    id="PW-2",
    term="化石燃料燃烧排放（低位发热量与单位热值含碳量）",
    standard=BY_HEAT_STANDARD,
    unit="tCO2",
    symbols={"fc": _FC, "ncv": _NCV, "cc": _CC, "of": _OF},
    basis=Basis.SECONDARY,
    note="气体燃料：消耗量以 10⁴Nm³ 计，低位发热量以 GJ/10⁴Nm³ 计",
)
def combustion_by_heat(fc: Quantity, ncv: Quantity, cc: Quantity, of: Quantity) -> Quantity:
    """Combustion by heat, one fuel, tCO2. Gas: fc in 10⁴ Nm³ and ncv in GJ/10⁴Nm³."""
    return fc * ncv * cc * of * CO2_PER_C


@formula(
    id="PW-3",
    term="元素碳含量由空气干燥基换算为收到基",
    standard=FACILITY_GUIDE,
    unit="tC/t",
    symbols={"c_ad": ("C_ad", "空气干燥基元素碳含量", "tC/t"), "m_ar": _M_AR, "m_ad": _M_AD},
    basis=Basis.RECALLED,
)
def as_received_carbon(c_ad: Quantity, m_ar: Quantity, m_ad: Quantity) -> Quantity:
    """Carbon as received, in the unit of c_ad; moistures in percent."""
    return c_ad * (100 - m_ar) / (100 - m_ad)


@formula(
    id="PW-3d",
    term="元素碳含量由干燥基换算为收到基",
    standard=FACILITY_GUIDE,
    unit="tC/t",
    symbols={"c_d": ("C_d", "干燥基元素碳含量", "tC/t"), "m_ar": _M_AR},
    basis=Basis.RECALLED,
)
def as_received_from_dry(c_d: Quantity, m_ar: Quantity) -> Quantity:
    """Carbon as received from dry basis, in the unit of c_d; moisture in percent."""
    return c_d * (100 - m_ar) / 100


@formula(
    id="PW-3q",
    term="收到基低位发热量",
    standard="GB/T 213",
    unit="GJ/t",
    symbols={
        "q_gr_ad": ("Q_gr,ad", "空气干燥基高位发热量", "J/g"),
        "h_ad": ("H_ad", "空气干燥基氢含量", "%"),
        "m_ar": _M_AR,
        "m_ad": _M_AD,
    },
    basis=Basis.RECALLED,
)
def net_calorific_value(q_gr_ad: Quantity, h_ad: Quantity, m_ar: Quantity, m_ad: Quantity) -> Quantity:
    """Net calorific value as received, GJ/t, from the gross air-dry one in J/g. NCV does not convert like carbon."""
    return ((q_gr_ad - 206 * h_ad) * (100 - m_ar) / (100 - m_ad) - 23 * m_ar) / 1000


@formula(
    id="PW-9",
    term="掺烧燃料的化石排放",
    standard="GB/T 32150",
    unit="tCO2",
    symbols={"fc": _FC, "ncv": _NCV, "cc": _CC, "of": _OF, "phi": _PHI},
    basis=Basis.RECALLED,
)
def fossil_combustion(fc: Quantity, ncv: Quantity, cc: Quantity, of: Quantity, phi: Quantity) -> Quantity:
    """Fossil part of a co-fired fuel, tCO2."""
    return combustion_by_heat(fc, ncv, cc, of) * phi


@formula(
    id="PW-9b",
    term="掺烧燃料的生物源排放（备忘项）",
    standard="GB/T 32150",
    unit="tCO2",
    symbols={"fc": _FC, "ncv": _NCV, "cc": _CC, "of": _OF, "phi": _PHI},
    basis=Basis.RECALLED,
)
def biogenic_combustion(fc: Quantity, ncv: Quantity, cc: Quantity, of: Quantity, phi: Quantity) -> Quantity:
    """Biogenic part of a co-fired fuel, memo, tCO2."""
    return combustion_by_heat(fc, ncv, cc, of) * (1 - phi)


_CARBON = {"fc": _FC, "c_ar": ("C_ar", "收到基元素碳含量", "tC/t"), "of": _OF, "phi": _PHI}


@formula(
    id="PW-9c",
    term="掺烧燃料的化石排放（元素碳实测）",
    standard="GB/T 32150",
    unit="tCO2",
    symbols=_CARBON,
    basis=Basis.RECALLED,
)
def fossil_carbon(fc: Quantity, c_ar: Quantity, of: Quantity, phi: Quantity) -> Quantity:
    """Fossil part of a co-fired fuel by measured carbon, tCO2."""
    return combustion_by_carbon(fc, c_ar, of) * phi


@formula(
    id="PW-9cb",
    term="掺烧燃料的生物源排放（元素碳实测，备忘项）",
    standard="GB/T 32150",
    unit="tCO2",
    symbols=_CARBON,
    basis=Basis.RECALLED,
)
def biogenic_carbon(fc: Quantity, c_ar: Quantity, of: Quantity, phi: Quantity) -> Quantity:
    """Biogenic part of a co-fired fuel by measured carbon, memo, tCO2."""
    return combustion_by_carbon(fc, c_ar, of) * (1 - phi)
