"""Sixty figures with a known mistake, and twenty that are wrong for a reason of their own.

Made without the code under test: every wrong figure is worked out here by plain arithmetic, as a person with a calculator makes it,
from random inputs, and printed the ways reports print. ``expected`` are ids of mistakes.yaml.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sample_works import C, Cement, Gas, Power, Steel

SEED = 20261122


@dataclass(frozen=True)
class Wrong:
    """One declared figure: the project, what is declared, how it is printed, which mistakes were made."""

    name: str
    data: dict[str, Any]
    figure: str
    printed: str
    expected: frozenset[str]
    right: float
    wrong: float


# --- printing ------------------------------------------------------------------------------------------------------------


def tonnes(value: float, rng: random.Random) -> str:
    """A mass of CO2 as reports print it: in full, in 万t with two decimals, or about so much."""
    style = rng.choices(("full", "decimals", "wan", "about"), (3, 2, 4, 1))[0]
    if abs(value) < 2e4 or style == "full":
        return f"{value:.0f} t"
    if style == "decimals":
        return f"{value:,.2f} tCO2"
    if style == "wan":
        return f"{value / 1e4:.2f}万t"
    wan = value / 1e4
    return f"约{wan:.{max(0, 3 - int(math.log10(wan)))}f}万吨"


def small(unit: str) -> Callable[[float, random.Random], str]:
    """An intensity with three or four decimals."""
    return lambda value, rng: f"{value:.{rng.choice((3, 4))}f} {unit}"


def plain(unit: str) -> Callable[[float, random.Random], str]:
    """A yearly amount."""
    return lambda value, rng: rng.choice((f"{value:.0f} {unit}", f"{value / 1e4:.2f}万{unit}"))


# --- mistakes, one line each ---------------------------------------------------------------------------------------------

Print = Callable[[float, random.Random], str]


def errors(seed: int = SEED) -> list[Wrong]:
    """The sixty errors: forty-five single, fifteen double."""
    rng = random.Random(seed)
    made: list[Wrong] = []

    def add(project: Any, figure: str, right: float, wrong: float, *expected: str, show: Print = tonnes) -> None:
        number = len(made) + 1
        made.append(
            Wrong(
                f"{number:02d} {figure} {'+'.join(expected)}",
                project.data,
                figure,
                show(wrong, rng),
                frozenset(expected),
                right,
                wrong,
            )
        )

    _power_rows(rng, add)
    _power_totals(rng, add)
    _outputs(rng, add)
    _steel(rng, add)
    _cement(rng, add)
    _pairs(rng, add)
    return made


def _power_rows(rng: random.Random, add: Any) -> None:
    for wrong, *expected in (
        (lambda p: p.coal / C, "no_co2_per_c"),
        (lambda p: p.coal * C, "twice_co2_per_c"),
        (lambda p: p.coal / 0.99, "no_oxidation"),
        (lambda p: p.coal * 100, "oxidation_percent"),
        (lambda p: p.coal * 1000, "mass_thousand"),
        (lambda p: p.fc / 1e4 * p.ncv * p.cc * 0.99 * C, "mass_ten_thousand"),
        (lambda p: p.fc * p.ncv * 0.03085 * 0.99 * C, "default_carbon"),
        (lambda p: p.fc * p.ncv * 0.03356 * 0.99 * C, "default_carbon"),
    ):
        plant = Power(rng)
        add(plant, "煤", plant.coal, wrong(plant), *expected)
    plant = Power(rng, typed="kcal")
    add(plant, "煤", plant.coal, plant.fc * plant.kcal / 1000 * plant.cc * 0.99 * C, "ncv_kcal_as_kj")
    plant = Power(rng, typed="kg")
    add(plant, "煤", plant.coal, plant.fc * plant.ncv * plant.cc * 1000 * 0.99 * C, "carbon_per_tj")
    plant = Power(rng, carbon="mass")
    add(plant, "煤", plant.coal, plant.fc * plant.c_ar * 0.99 * C, "carbon_percent")
    plant = Power(rng, carbon="mass")
    add(plant, "煤", plant.coal, plant.fc * plant.c_ar / 100 * C, "no_oxidation")
    plant = Power(rng, carbon="air")
    add(plant, "煤", plant.coal, plant.fc * plant.c_ad / 100 * 0.99 * C, "air_dry")
    plant = Power(rng, carbon="mass")
    add(plant, "煤", plant.coal, plant.fc * plant.ncv * 0.03085 * 0.99 * C, "default_carbon")
    gas = Gas(rng)
    add(gas, "气", gas.row, gas.row * 1e4, "gas_ten_thousand")


def _power_totals(rng: random.Random, add: Any) -> None:
    for value, expected in (
        (0.7035, "other_year"),
        (0.6101, "other_year"),
        (0.6451, "other_year"),
        (0.6205, "life_cycle"),
        (0.6096, "market_excluded"),
        (0.8273, "fossil_only"),
    ):
        plant = Power(rng)
        add(plant, "外购电", plant.grid, plant.mwh * value, expected)
    plant = Power(rng)
    add(plant, "外购电", plant.grid, plant.mwh * 1000 * 0.5827, "mwh_thousand")
    plant = Power(rng)
    add(plant, "外购电", plant.grid, plant.mwh / 10 * 0.5827, "wan_kwh")
    plant = Power(rng)
    add(plant, "达产年排放总量", plant.total, plant.total - plant.coal + plant.coal / 0.99, "no_oxidation")
    plant = Power(rng)
    add(plant, "达产年排放总量", plant.total, plant.total - plant.fgd, "left_out")
    plant = Power(rng)
    add(plant, "碳排放总量", plant.total, plant.total / 2, "half_of_units")


def _outputs(rng: random.Random, add: Any) -> None:
    plant = Power(rng)
    e = plant.coal + plant.light_oil + plant.fgd
    add(plant, "供电碳排放强度", e / plant.w_s, e / plant.w_g, "gross_for_net", show=small("tCO2/MWh"))
    plant = Power(rng)
    e = plant.coal + plant.light_oil + plant.fgd
    add(plant, "发电碳排放强度", e / plant.w_g, e / plant.w_s, "net_for_gross", show=small("kg/kWh"))
    plant = Power(rng, chp=True)
    e = plant.coal + plant.light_oil + plant.fgd
    add(
        plant,
        "供电碳排放强度",
        (1 - plant.r_h) * e / plant.w_s,
        e / plant.w_s,
        "heat_ratio_ignored",
        show=small("t/MWh"),
    )
    plant = Power(rng)
    add(plant, "年发电量", plant.w_g, 2 * plant.cap * 8760, "hours_full_year", show=plain("MWh"))


def _steel(rng: random.Random, add: Any) -> None:
    works = Steel(rng)
    add(works, "焦炭", works.coke_row, works.coke * 28.435 * 0.0295 * 0.93 * C, "other_standard")
    works = Steel(rng)
    add(works, "达产年排放总量", works.total, works.total + 2 * works.fixed, "fixed_added")
    works = Steel(rng)
    add(works, "达产年排放总量", works.total, works.total + works.fixed, "fixed_forgotten")
    works = Steel(rng)
    add(works, "达产年排放总量", works.total, works.total + works.sold, "sold_not_deducted")
    works = Steel(rng)
    add(works, "达产年排放总量", works.total, works.total + works.stone * 0.44, "limestone_twice")
    works = Steel(rng)
    add(works, "达产年排放总量", works.total, works.total + works.iron * 0.172, "own_as_bought")
    works = Steel(rng)
    add(works, "吨钢排放", works.total / works.crude, works.total / works.rolled, "other_product", show=small("t/t"))
    works = Steel(rng)
    add(works, "外购热", works.gj * works.ef_h, works.gj * 0.11, "heat_default")


def _cement(rng: random.Random, add: Any) -> None:
    old = "guide-2013"
    line = Cement(rng, old)
    add(line, "熟料", line.line, line.oxides(44 / 56, nc=True, dust=True), "mgo_44_56")
    line = Cement(rng, old)
    add(line, "熟料", line.line, line.oxides(44 / 40, nc=False, dust=True), "noncarbonate_kept")
    line = Cement(rng, old)
    add(line, "熟料", line.line, line.oxides(44 / 40, nc=True, dust=False), "dust_forgotten")
    line = Cement(rng, old)
    add(line, "生料", line.raw_meal, line.raw * 0.1 * C, "raw_meal_percent")
    line = Cement(rng)
    add(line, "units.1.clinker", line.line, line.clinker * 0.535, "deduction_forgotten")
    line = Cement(rng)
    e = line.burnt + line.line
    add(line, "单位熟料直接排放", e / line.clinker, e / line.cement, "clinker_for_cement", show=small("tCO2/t"))
    line = Cement(rng)
    e = line.burnt + line.line + line.mwh * 0.5827
    add(line, "达产年排放总量", e, e - line.own * 0.5827, "waste_heat_subtracted")


def _pairs(rng: random.Random, add: Any) -> None:
    plant = Power(rng)
    add(plant, "煤", plant.coal, plant.fc * plant.ncv * 0.03085 * C, "no_oxidation", "default_carbon")
    plant = Power(rng)
    add(plant, "煤", plant.coal, plant.fc * plant.ncv * plant.cc, "no_oxidation", "no_co2_per_c")
    plant = Power(rng)
    add(plant, "煤", plant.coal, plant.fc * plant.ncv * 0.03085 * 0.99, "default_carbon", "no_co2_per_c")
    plant = Power(rng, carbon="air")
    add(plant, "煤", plant.coal, plant.fc * plant.c_ad / 100 * C, "air_dry", "no_oxidation")
    plant = Power(rng, typed="kcal")
    add(plant, "煤", plant.coal, plant.fc * plant.kcal / 1000 * plant.cc * C, "ncv_kcal_as_kj", "no_oxidation")
    gas = Gas(rng)
    add(gas, "气", gas.row, gas.row * 1e4 / 0.99, "gas_ten_thousand", "no_oxidation")
    plant = Power(rng)
    add(plant, "外购电", plant.grid, plant.mwh * 1000 * 0.5366, "mwh_thousand", "other_year")
    plant = Power(rng)
    add(plant, "外购电", plant.grid, plant.mwh / 10 * 0.6205, "wan_kwh", "life_cycle")
    plant = Power(rng)
    wrong = plant.total - plant.coal + plant.coal / 0.99 - plant.fgd
    add(plant, "达产年排放总量", plant.total, wrong, "no_oxidation", "left_out")
    plant = Power(rng)
    e = plant.coal + plant.light_oil + plant.fgd
    wrong = (e - plant.coal + plant.coal / 0.99) / plant.w_g
    add(plant, "供电碳排放强度", e / plant.w_s, wrong, "gross_for_net", "no_oxidation", show=small("t/MWh"))
    plant = Power(rng, chp=True)
    e = plant.coal + plant.light_oil + plant.fgd
    right = (1 - plant.r_h) * e / plant.w_s
    add(plant, "供电碳排放强度", right, e / plant.w_g, "gross_for_net", "heat_ratio_ignored", show=small("t/MWh"))
    line = Cement(rng, "guide-2013")
    wrong = line.oxides(44 / 56, nc=False, dust=True)
    add(line, "熟料", line.line, wrong, "mgo_44_56", "noncarbonate_kept")
    line = Cement(rng, "guide-2013")
    wrong = line.oxides(44 / 56, nc=True, dust=False)
    add(line, "熟料", line.line, wrong, "mgo_44_56", "dust_forgotten")
    works = Steel(rng)
    wrong = works.total + 2 * works.fixed + works.stone * 0.44
    add(works, "达产年排放总量", works.total, wrong, "fixed_added", "limestone_twice")
    works = Steel(rng)
    wrong = works.total + works.fixed + works.sold
    add(works, "达产年排放总量", works.total, wrong, "fixed_forgotten", "sold_not_deducted")


def foreign(seed: int = SEED + 1, count: int = 20) -> Iterator[Wrong]:
    """Figures off by something that is in no list: a number that was never right."""
    rng = random.Random(seed)
    for number in range(count):
        project, figure, right = _any(rng, number)
        factor = 1 + rng.choice((-1, 1)) * rng.uniform(0.02, 0.4)
        wrong = right * factor
        yield Wrong(
            f"{number:02d} {figure} ×{factor:.4f}", project.data, figure, tonnes(wrong, rng), frozenset(), right, wrong
        )


def _any(rng: random.Random, number: int) -> tuple[Any, str, float]:
    plant, works, line = Power(rng), Steel(rng), Cement(rng)
    return (
        (plant, "煤", plant.coal),
        (plant, "外购电", plant.grid),
        (plant, "达产年排放总量", plant.total),
        (works, "达产年排放总量", works.total),
        (line, "units.1.clinker", line.line),
    )[number % 5]
