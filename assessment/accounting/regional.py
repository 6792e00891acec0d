"""What a project does to its city's carbon and its area's energy (RG-1 … RG-4). No city data: not assessed, said so."""

from __future__ import annotations

from collections.abc import Sequence

from tanping.assessment.accounting.formula import Quantity, formula, over
from tanping.records.basis import Basis

_ZHEJIANG = "浙环函〔2021〕179号"
_ENERGY = "固定资产投资项目节能审查（旧版口径）"


@formula(
    id="RG-1",
    term="对碳排放强度的影响 α",
    standard=_ZHEJIANG,
    unit="%",
    symbols={
        "e": ("E", "项目碳排放量", "tCO2"),
        "value_added": ("G", "项目工业增加值", "万元"),
        "city_intensity": ("H", "所在设区市碳排放强度", "tCO2/万元"),
    },
    basis=Basis.RECALLED,
)
def intensity_effect(e: Quantity, value_added: Quantity, city_intensity: Quantity) -> Quantity:
    """Alpha, percent above (below: negative) the city's intensity."""
    return (over(over(e, value_added), city_intensity) - 1) * 100


@formula(
    id="RG-2",
    term="对碳达峰的影响 β",
    standard=_ZHEJIANG,
    unit="%",
    symbols={"e": ("E", "项目碳排放量", "tCO2"), "e_city": ("E_市", "设区市达峰年碳排放总量", "tCO2")},
    basis=Basis.RECALLED,
)
def peak_effect(e: Quantity, e_city: Quantity) -> Quantity:
    """Beta, percent of the city's peak-year total."""
    return over(e, e_city) * 100


@formula(
    id="RG-3",
    term="新增能耗占所在地能耗增量比例 m",
    standard=_ENERGY,
    unit="%",
    symbols={"new_energy": ("d", "项目新增能耗", "tce"), "increment": ("ΔS", "所在地能源消费增量", "tce")},
    basis=Basis.SECONDARY,
)
def energy_increment_share(new_energy: Quantity, increment: Quantity) -> Quantity:
    """m, percent."""
    return over(new_energy, increment) * 100


@formula(
    id="RG-4",
    term="对单位增加值能耗的影响 n",
    standard=_ENERGY,
    unit="%",
    symbols={
        "a": ("a", "所在地能源消费总量", "tce"),
        "b": ("b", "所在地生产总值", "万元"),
        "d": ("d", "项目能耗（等价值；发电项目为当量值）", "tce"),
        "e": ("e", "项目增加值", "万元"),
    },
    basis=Basis.SECONDARY,
    note="可为负，按影响较小并注明",
)
def energy_intensity_effect(a: Quantity, b: Quantity, d: Quantity, e: Quantity) -> Quantity:
    """n, percent change of the area's energy per value added."""
    c = over(a, b)
    return over(over(a + d, b + e) - c, c) * 100


EFFECT_CLASSES = ("影响较小", "一定影响", "较大影响", "重大影响", "决定性影响")
# Names of the upper bounds (inclusive) of all but the last class, as the register keeps them.
BOUNDS = ("small", "some", "large", "major")


def effect_class(value: float, bounds: Sequence[float]) -> str:
    """Class of m or n by ascending upper bounds. A value on a bound belongs to the lower class; NaN has no class."""
    if value != value:
        return "未评价"
    return EFFECT_CLASSES[sum(value > bound for bound in bounds)]
