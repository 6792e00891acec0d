"""Purchased electricity and heat (净购入电力和热力), all sectors. Which factor applies is decided by the registry."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula
from tanping.records.basis import Basis

_STANDARD = "GB/T 32150；GB/T 32151"


@formula(
    id="EL-1",
    term="净购入电力隐含排放",
    standard=_STANDARD,
    unit="tCO2",
    symbols={"ad": ("AD_电", "净购入电量", "MWh"), "ef": ("EF_电", "电力排放因子", "tCO2/MWh")},
    basis=Basis.RECALLED,
)
def purchased_electricity(ad: Quantity, ef: Quantity) -> Quantity:
    """Indirect emission of net purchased electricity, tCO2 (location-based)."""
    return ad * ef


@formula(
    id="EL-1n",
    term="净购入电量",
    standard=_STANDARD,
    unit="MWh",
    symbols={"bought": ("W_购", "购入电量", "MWh"), "sold": ("W_售", "外供电量", "MWh")},
    basis=Basis.RECALLED,
)
def net_purchased(bought: Quantity, sold: Quantity) -> Quantity:
    """Net purchased electricity, MWh; own use of own output is not purchased."""
    return bought - sold


@formula(
    id="EL-2",
    term="净购入电力隐含排放（市场法）",
    standard="GB/T 32151（2024系列）",
    unit="tCO2",
    symbols={
        "ad": ("AD_电", "净购入电量", "MWh"),
        "certified": ("AD_绿", "有证书的非化石能源电量", "MWh"),
        "ef": ("EF_余", "其余电量的排放因子", "tCO2/MWh"),
    },
    basis=Basis.SECONDARY,
    note="与按地区因子的结果并列，不相加；证书编号必须填写",
)
def market_based_electricity(ad: Quantity, certified: Quantity, ef: Quantity) -> Quantity:
    """Indirect emission when certified non-fossil power counts zero, tCO2; shown beside EL-1, never added."""
    return (ad - certified) * ef


@formula(
    id="HT-1",
    term="净购入热力隐含排放",
    standard="GB/T 32151.34-2024；GB/T 32150-2025",
    unit="tCO2",
    symbols={"ad": ("AD_热", "净购入热量", "GJ"), "ef": ("EF_热", "热力排放因子", "tCO2/GJ")},
    basis=Basis.TRANSCRIBED,
)
def purchased_heat(ad: Quantity, ef: Quantity) -> Quantity:
    """Indirect emission of net purchased heat, tCO2."""
    return ad * ef


@formula(
    id="HT-2",
    term="蒸汽的热量",
    standard="GB/T 32151",
    unit="GJ",
    symbols={"m": ("m", "蒸汽质量", "t"), "h": ("h", "蒸汽焓值", "kJ/kg")},
    basis=Basis.RECALLED,
)
def steam_heat(m: Quantity, h: Quantity) -> Quantity:
    """Heat of steam above water of 20 °C, GJ."""
    return m * (h - 83.74) / 1000


@formula(
    id="HT-2w",
    term="热水的热量",
    standard="GB/T 32151",
    unit="GJ",
    symbols={"m": ("m", "热水质量", "t"), "t": ("T", "热水温度", "°C")},
    basis=Basis.RECALLED,
)
def hot_water_heat(m: Quantity, t: Quantity) -> Quantity:
    """Heat of water above 20 °C, GJ."""
    return m * (t - 20) * 4.1868 / 1000
