"""Construction (施工期): materials, transport, machinery. GB/T 51366-2019 is a building standard used by analogy; its
values are kgCO2e and stand apart from the operating CO2."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula
from tanping.records.basis import Basis

_STANDARD = "GB/T 51366-2019（类比）"


@formula(
    id="CN-1",
    term="建材生产排放",
    standard=_STANDARD,
    unit="tCO2e",
    symbols={"m": ("M", "建材用量", "t"), "ef": ("EF", "建材碳排放因子", "kgCO2e/t")},
    basis=Basis.TRANSCRIBED,
)
def material_production(m: Quantity, ef: Quantity) -> Quantity:
    """Emission of a building material, tCO2e; quantity in the unit of the factor (concrete in m³)."""
    return m * ef / 1000


@formula(
    id="CN-2",
    term="建材运输排放",
    standard=_STANDARD,
    unit="tCO2e",
    symbols={
        "m": ("M", "建材质量", "t"),
        "d": ("D", "运输距离", "km"),
        "ef": ("EF", "运输碳排放因子", "kgCO2e/(t·km)"),
    },
    basis=Basis.TRANSCRIBED,
)
def material_transport(m: Quantity, d: Quantity, ef: Quantity) -> Quantity:
    """Emission of carrying a building material, tCO2e."""
    return m * d * ef / 1000


@formula(
    id="CN-2m",
    term="混凝土质量",
    standard="本工具约定（密度为假设）",
    unit="t",
    symbols={"volume": ("V", "混凝土体积", "m3"), "density": ("ρ_c", "混凝土密度", "t/m3")},
    basis=Basis.RECALLED,
)
def concrete_mass(volume: Quantity, density: Quantity) -> Quantity:
    """Mass of concrete given by volume, t."""
    return volume * density


@formula(
    id="CN-3",
    term="施工机械燃料排放",
    standard=_STANDARD,
    unit="tCO2",
    symbols={"fc": ("FC", "施工燃料用量", "t"), "ef": ("EF", "燃料排放因子", "tCO2/t")},
    basis=Basis.TRANSCRIBED,
    note="施工用电按 EL-1",
)
def site_fuel(fc: Quantity, ef: Quantity) -> Quantity:
    """Emission of fuel burnt on the building site, tCO2."""
    return fc * ef
