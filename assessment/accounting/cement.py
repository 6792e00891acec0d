"""Cement (水泥): clinker process, raw-meal carbon, alternative fuels, waste heat, clinker ratio."""

from __future__ import annotations

from tanping.assessment.accounting.formula import CO2_PER_C, DERIVED, Quantity, Ratio, formula, largest, over
from tanping.records.basis import Basis

LINE_STANDARD = "CETS-AG-02.01-V01-2024"
GUIDE_2013 = "发改办气候〔2013〕2526号水泥企业指南；GB/T 32151.8-2015"

CO2_PER_CAO = Ratio(44, 56)
CO2_PER_MGO = Ratio(44, 40)

_CLINKER = ("M_熟料", "熟料产量", "t")


@formula(
    id="CM-1",
    term="熟料生产过程排放（熟料因子法，按生产线）",
    standard=LINE_STANDARD,
    unit="tCO2",
    symbols={
        "made": ("Σ(M_熟料·EF)", "各类熟料对应排放", "tCO2"),
        "deducted": ("Σ(M_替代·k)", "非碳酸盐替代原料扣减", "tCO2"),
    },
    basis=Basis.SECONDARY,
    note="每条窑线合计后取不小于零",
)
def clinker_line(made: Quantity, deducted: Quantity) -> Quantity:
    """Process emission of one kiln line, tCO2; the floor acts on the line, not on a material."""
    return largest(0, made - deducted)


@formula(
    id="CM-1e",
    term="某类熟料对应的过程排放",
    standard=LINE_STANDARD,
    unit="tCO2",
    symbols={"m": _CLINKER, "ef": ("EF", "熟料排放因子", "tCO2/t")},
    basis=Basis.SECONDARY,
)
def clinker_type(m: Quantity, ef: Quantity) -> Quantity:
    """Emission of one type of clinker before deduction, tCO2."""
    return m * ef


@formula(
    id="CM-1k",
    term="非碳酸盐替代原料扣减量",
    standard=LINE_STANDARD,
    unit="tCO2",
    symbols={"m": ("M_替代", "入窑生料替代原料用量", "t"), "k": ("k", "扣减系数", "tCO2/t")},
    basis=Basis.SECONDARY,
    note="只限配入生料的原料；磨入水泥的不扣",
)
def clinker_deduction(m: Quantity, k: Quantity) -> Quantity:
    """Deduction of one non-carbonate raw material fed to the kiln, tCO2."""
    return m * k


@formula(
    id="CM-2",
    term="熟料生产过程排放（氧化钙氧化镁法）",
    standard=GUIDE_2013,
    unit="tCO2",
    symbols={
        "clinker": _CLINKER,
        "kiln_dust": ("M_窑尘", "窑炉排气筒（窑头）粉尘", "t"),
        "bypass_dust": ("M_旁路", "旁路放风粉尘", "t"),
        "cao": ("CaO", "熟料氧化钙含量", "1"),
        "cao_nc": ("CaO_nc", "非碳酸盐来源氧化钙", "1"),
        "mgo": ("MgO", "熟料氧化镁含量", "1"),
        "mgo_nc": ("MgO_nc", "非碳酸盐来源氧化镁", "1"),
    },
    basis=Basis.TRANSCRIBED,
)
def clinker_oxides(
    clinker: Quantity,
    kiln_dust: Quantity,
    bypass_dust: Quantity,
    cao: Quantity,
    cao_nc: Quantity,
    mgo: Quantity,
    mgo_nc: Quantity,
) -> Quantity:
    """Process emission by CaO and MgO, fractions of clinker, tCO2; dust returned to the kiln does not count."""
    return (clinker + kiln_dust + bypass_dust) * ((cao - cao_nc) * CO2_PER_CAO + (mgo - mgo_nc) * CO2_PER_MGO)


@formula(
    id="CM-3",
    term="生料中非燃料碳排放",
    standard=GUIDE_2013,
    unit="tCO2",
    symbols={"raw_meal": ("M_生料", "生料量", "t"), "fr0": ("FR0", "生料非燃料碳含量", "1")},
    basis=Basis.RECALLED,
    note="与 CM-2 同属一套方法，不与 CM-1 相加",
)
def raw_meal_carbon(raw_meal: Quantity, fr0: Quantity) -> Quantity:
    """Organic carbon of the raw meal, tCO2."""
    return raw_meal * fr0 * CO2_PER_C


_ALTERNATIVE = {
    "m": ("M_替代燃料", "替代燃料用量", "t"),
    "hv": ("HV", "替代燃料发热量", "GJ/t"),
    "ef": ("EF", "替代燃料排放因子", "tCO2/GJ"),
    "phi": ("φ", "非生物质碳比例", "1"),
}


@formula(
    id="CM-4",
    term="替代燃料化石排放",
    standard=GUIDE_2013,
    unit="tCO2",
    symbols=_ALTERNATIVE,
    basis=Basis.RECALLED,
)
def alternative_fuel(m: Quantity, hv: Quantity, ef: Quantity, phi: Quantity) -> Quantity:
    """Fossil emission of an alternative fuel, tCO2."""
    return m * hv * ef * phi


@formula(
    id="CM-4b",
    term="替代燃料生物源排放（备忘项）",
    standard=GUIDE_2013,
    unit="tCO2",
    symbols=_ALTERNATIVE,
    basis=Basis.RECALLED,
)
def alternative_fuel_biogenic(m: Quantity, hv: Quantity, ef: Quantity, phi: Quantity) -> Quantity:
    """Biogenic emission of an alternative fuel, memo, tCO2."""
    return m * hv * ef * (1 - phi)


@formula(
    id="CM-5",
    term="扣除自用余热发电后的净购入电量",
    standard=GUIDE_2013,
    unit="MWh",
    symbols={"use": ("W_用", "用电量", "MWh"), "waste_heat": ("W_余热", "自用余热发电量", "MWh")},
    basis=Basis.RECALLED,
    note="余热发电不从直接排放中扣减；外售部分另列",
)
def purchased_after_waste_heat(use: Quantity, waste_heat: Quantity) -> Quantity:
    """Electricity to be bought after own waste-heat power, MWh."""
    return use - waste_heat


@formula(
    id="CM-6",
    term="熟料系数",
    standard="物料平衡推导",
    unit="1",
    symbols={"clinker_used": ("M_熟料用", "水泥所用熟料", "t"), "cement": ("M_水泥", "水泥产量", "t")},
    basis=DERIVED,
)
def clinker_ratio(clinker_used: Quantity, cement: Quantity) -> Quantity:
    """Clinker per tonne of cement."""
    return over(clinker_used, cement)


@formula(
    id="CM-6e",
    term="单位水泥排放",
    standard="物料平衡推导",
    unit="tCO2/t",
    symbols={
        "rho": ("ρ", "熟料系数", "1"),
        "e_clinker": ("e_熟料", "单位熟料排放", "tCO2/t"),
        "e_grinding": ("E_粉磨", "粉磨等其余排放", "tCO2"),
        "cement": ("M_水泥", "水泥产量", "t"),
    },
    basis=DERIVED,
    note="外销熟料的排放不计入",
)
def cement_intensity(rho: Quantity, e_clinker: Quantity, e_grinding: Quantity, cement: Quantity) -> Quantity:
    """Emission per tonne of cement, tCO2/t."""
    return rho * e_clinker + over(e_grinding, cement)
