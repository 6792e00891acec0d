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

C = 44 / 12
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


# --- projects ------------------------------------------------------------------------------------------------------------


def _head(sector: str, method: str, **more: Any) -> dict[str, Any]:
    return {
        "schema": "tanping.project/1",
        "project": {"name": "试", "sector": sector, "nature": "新建", "method": method},
        "dates": {"accepted": "2026-11-01", "construction_start": "2025-01-01"},
        "site": {"province": "江苏", "city": "盐城"},
        **more,
    }


def _unit(id: str, kind: str, **more: str) -> dict[str, str]:
    return {"id": id, "kind": kind, "nature": "新增", "commissioned": "2027-01-01", "life": "30 a", **more}


@dataclass
class Power:
    """A coal plant of two units; ``v`` holds its numbers."""

    random: random.Random
    carbon: str = "heat"  # heat | mass | air
    chp: bool = False
    typed: str = ""

    def __post_init__(self) -> None:
        pick = self.random.uniform
        self.fc = round(pick(2e6, 4e6), -2)
        self.ncv = round(pick(19, 24), 2)
        self.kcal = round(self.ncv * 1000 / 4.1868)
        self.cc = round(pick(0.0255, 0.0275), 5)
        self.c_ar = round(self.ncv * self.cc * 100, 2)
        self.m_ar, self.m_ad = round(pick(8, 18), 1), round(pick(1.5, 4), 2)
        self.c_ad = round(self.c_ar * (100 - self.m_ad) / (100 - self.m_ar), 2)
        self.oil = round(pick(300, 900))
        self.stone = round(pick(4e4, 9e4), -1)
        self.mwh = round(pick(8e3, 4e4))
        self.cap, self.hours, self.aux = 1000, round(pick(4300, 5300)), round(pick(4.0, 6.5), 2)
        self.q_h, self.q_tot = round(pick(4e6, 9e6), -3), round(pick(6e7, 8e7), -3)

    @property
    def coal(self) -> float:
        if self.carbon == "heat":
            ncv = self.kcal * 4.1868 / 1000 if self.typed == "kcal" else self.ncv
            return self.fc * ncv * self.cc * 0.99 * C
        if self.carbon == "mass":
            return self.fc * self.c_ar / 100 * 0.99 * C
        return self.fc * self.c_ad / 100 * (100 - self.m_ar) / (100 - self.m_ad) * 0.99 * C

    @property
    def light_oil(self) -> float:
        return self.oil * 42.652 * 0.0202 * 0.98 * C

    @property
    def fgd(self) -> float:
        return self.stone * 0.9 * 0.44

    @property
    def grid(self) -> float:
        return self.mwh * 0.5827

    @property
    def total(self) -> float:
        return self.coal + self.light_oil + self.fgd + self.grid

    @property
    def w_g(self) -> float:
        return 2 * self.cap * self.hours

    @property
    def w_s(self) -> float:
        return self.w_g * (1 - self.aux / 100)

    @property
    def r_h(self) -> float:
        return self.q_h / self.q_tot if self.chp else 0.0

    @property
    def data(self) -> dict[str, Any]:
        heat = {"heat_supplied": f"{self.q_h / 2:.1f} GJ", "heat_produced": f"{self.q_tot / 2:.1f} GJ"}
        none = {"heat_supplied": "无"}
        units = [
            _unit(
                id,
                "燃煤热电联产" if self.chp else "煤电",
                capacity=f"{self.cap} MW",
                hours=f"{self.hours} h",
                auxiliary_rate=f"{self.aux} %",
                **(heat if self.chp else none),
            )
            for id in ("1", "2")
        ]
        ncv = f"{self.kcal} kcal/kg" if self.typed == "kcal" else f"{self.ncv} GJ/t"
        coal: dict[str, str] = {"id": "煤", "fuel": "烟煤", "role": "main", "amount": f"{self.fc} t", "ncv": ncv}
        if self.carbon == "heat":
            coal["carbon_per_heat"] = f"{self.cc * 1000:g} kgC/GJ" if self.typed == "kg" else f"{self.cc} tC/GJ"
        elif self.carbon == "mass":
            coal["carbon_as_received"] = f"{self.c_ar} %"
        else:
            coal["carbon_air_dry"] = f"{self.c_ad} %"
        if self.carbon != "heat":
            coal |= {"moisture_total": f"{self.m_ar} %", "moisture_air_dry": f"{self.m_ad} %"}
        oil = {"id": "油", "fuel": "柴油", "role": "start_up", "amount": f"{self.oil} t"}
        stone = {"id": "石灰石", "role": "desulphurisation", "material": "石灰石", "amount": f"{self.stone} t"}
        bought = {"id": "外购电", "kind": "purchased_electricity", "amount": f"{self.mwh} MWh"}
        return _head("电力", "ets-2024", units=units, fuels=[coal, oil], materials=[stone], energy=[bought])


@dataclass
class Gas:
    """A gas plant."""

    random: random.Random

    def __post_init__(self) -> None:
        self.fc = round(self.random.uniform(3e4, 9e4), 1)
        self.mwh = round(self.random.uniform(4e3, 9e3))

    @property
    def row(self) -> float:
        return self.fc * 389.31 * 0.01532 * 0.99 * C

    @property
    def data(self) -> dict[str, Any]:
        unit = _unit("1", "燃气发电", capacity="400 MW", hours="3500 h", auxiliary_rate="2 %", heat_supplied="无")
        gas = {"id": "气", "fuel": "天然气", "role": "main", "amount": f"{self.fc} 万Nm3"}
        bought = {"id": "外购电", "kind": "purchased_electricity", "amount": f"{self.mwh} MWh"}
        return _head("电力", "ets-2024", units=[unit], fuels=[gas], energy=[bought])


@dataclass
class Steel:
    """An integrated works under the 2024 method."""

    random: random.Random

    def __post_init__(self) -> None:
        pick = self.random.uniform
        self.coke, self.gas = round(pick(1.2e6, 1.8e6), -2), round(pick(2e4, 6e4), 1)
        self.stone, self.dolomite = round(pick(2e5, 4e5), -2), round(pick(5e4, 1e5), -2)
        self.electrode, self.crude = round(pick(800, 2000)), round(pick(3.5e6, 4.5e6), -2)
        self.tar = round(pick(2e4, 4e4), -1)
        self.iron, self.rolled = round(self.crude * pick(0.88, 0.95), -2), round(self.crude * pick(0.93, 0.97), -2)
        self.mwh, self.gj = round(pick(6e5, 9e5)), round(pick(3e5, 6e5))
        self.ef_h = round(pick(0.055, 0.085), 4)

    @property
    def coke_row(self) -> float:
        return self.coke * 28.435 * 0.02942 * 0.98 * C

    @property
    def sold(self) -> float:
        return self.gas * 33.0 * 0.0708 * 0.99 * C

    @property
    def process(self) -> float:
        return self.stone * 0.440 + self.dolomite * 0.471 + self.electrode * 3.663

    @property
    def fixed(self) -> float:
        return self.crude * 0.037 + self.tar * 2.699

    @property
    def total(self) -> float:
        return self.coke_row - self.sold + self.process - self.fixed + self.mwh * 0.5827 + self.gj * self.ef_h

    @property
    def data(self) -> dict[str, Any]:
        units = [
            _unit("1", "炼铁", output_capacity=f"{self.iron} t", hours="8000 h"),
            _unit("2", "转炉炼钢", output_capacity=f"{self.crude} t", hours="8000 h"),
        ]
        fuels = [
            {"id": "焦炭", "fuel": "焦炭", "role": "reductant", "amount": f"{self.coke} t"},
            {"id": "外供煤气", "fuel": "高炉煤气", "role": "sold", "amount": f"{self.gas} 万Nm3"},
        ]
        materials = [
            {"id": "石灰石", "role": "flux", "material": "石灰石", "amount": f"{self.stone} t"},
            {"id": "白云石", "role": "flux", "material": "白云石", "amount": f"{self.dolomite} t"},
            {"id": "电极", "role": "electrode", "material": "电极", "amount": f"{self.electrode} t"},
            {"id": "粗钢固碳", "role": "fixed_carbon", "material": "粗钢", "amount": f"{self.crude} t"},
            {"id": "焦油固碳", "role": "fixed_carbon", "material": "焦油", "amount": f"{self.tar} t"},
        ]
        energy = [
            {"id": "外购电", "kind": "purchased_electricity", "amount": f"{self.mwh} MWh"},
            {"id": "外购热", "kind": "purchased_heat", "amount": f"{self.gj} GJ", "factor": f"{self.ef_h} tCO2/GJ"},
        ]
        products = [
            {"id": "铁水", "product": "铁水", "amount": f"{self.iron} t"},
            {"id": "粗钢", "product": "粗钢", "amount": f"{self.crude} t"},
            {"id": "钢材", "product": "钢材", "amount": f"{self.rolled} t"},
        ]
        return _head(
            "钢铁", "ets-2024", units=units, fuels=fuels, materials=materials, energy=energy, products=products
        )


@dataclass
class Cement:
    """A clinker line with its mill; ``method`` decides how clinker is counted."""

    random: random.Random
    method: str = "ets-2024"

    def __post_init__(self) -> None:
        pick = self.random.uniform
        self.clinker, self.cement = round(pick(1.1e6, 1.6e6), -2), round(pick(1.5e6, 2.1e6), -2)
        self.slag, self.raw = round(pick(2e4, 6e4), -1), round(self.clinker * 1.52, -2)
        self.coal, self.ncv, self.cc = (
            round(pick(1.4e5, 2.1e5), -1),
            round(pick(20, 23), 2),
            round(pick(0.0255, 0.027), 5),
        )
        self.mwh, self.own = round(pick(6e4, 9e4)), round(pick(3e4, 5e4))
        self.cao, self.mgo = round(pick(64, 66.5), 2), round(pick(1.2, 3.2), 2)
        self.cao_nc, self.mgo_nc = round(pick(0.4, 1.5), 2), round(pick(0.05, 0.3), 2)
        self.dust, self.bypass = round(pick(6e3, 2e4)), round(pick(3e3, 9e3))

    @property
    def of(self) -> float:
        return 0.98 if self.method == "ets-2024" else 0.93

    @property
    def line(self) -> float:
        if self.method == "ets-2024":
            return self.clinker * 0.535 - self.slag * 0.480
        return self.oxides(44 / 40, nc=True, dust=True)

    def oxides(self, mgo: float, *, nc: bool, dust: bool) -> float:
        made = self.clinker + (self.dust + self.bypass if dust else 0)
        lime = self.cao - (self.cao_nc if nc else 0)
        magnesia = self.mgo - (self.mgo_nc if nc else 0)
        return made * (lime / 100 * 44 / 56 + magnesia / 100 * mgo)

    @property
    def raw_meal(self) -> float:
        return self.raw * 0.001 * C

    @property
    def data(self) -> dict[str, Any]:
        units = [
            _unit("1", "水泥熟料", output_capacity=f"{self.clinker} t", hours="7440 h"),
            _unit("2", "水泥粉磨", output_capacity=f"{self.cement} t", hours="6000 h"),
        ]
        coal = {
            "id": "煤",
            "fuel": "烟煤",
            "role": "main",
            "amount": f"{self.coal} t",
            "ncv": f"{self.ncv} GJ/t",
            "carbon_per_heat": f"{self.cc} tC/GJ",
            "oxidation": f"{self.of}",
            "override_reason": "试",
        }
        clinker = {"id": "熟料", "units": "1", "product": "水泥熟料", "amount": f"{self.clinker} t"}
        materials = [{"id": "生料", "units": "1", "role": "raw_meal", "material": "生料", "amount": f"{self.raw} t"}]
        if self.method == "ets-2024":
            materials.append(
                {
                    "id": "电石渣",
                    "units": "1",
                    "role": "alternative_raw",
                    "material": "电石渣",
                    "amount": f"{self.slag} t",
                }
            )
        else:
            clinker |= {
                "cao": f"{self.cao} %",
                "mgo": f"{self.mgo} %",
                "cao_noncarbonate": f"{self.cao_nc} %",
                "mgo_noncarbonate": f"{self.mgo_nc} %",
            }
            materials += [
                {"id": "窑尘", "units": "1", "role": "kiln_dust", "material": "窑头粉尘", "amount": f"{self.dust} t"},
                {
                    "id": "旁路",
                    "units": "1",
                    "role": "kiln_dust",
                    "material": "旁路放风粉尘",
                    "amount": f"{self.bypass} t",
                },
            ]
        energy = [
            {"id": "外购电", "kind": "purchased_electricity", "amount": f"{self.mwh} MWh"},
            {"id": "余热电", "kind": "own_electricity", "amount": f"{self.own} MWh"},
        ]
        products = [clinker, {"id": "水泥", "units": "2", "product": "水泥", "amount": f"{self.cement} t"}]
        return _head(
            "水泥", self.method, units=units, fuels=[coal], materials=materials, energy=energy, products=products
        )

    @property
    def burnt(self) -> float:
        return self.coal * self.ncv * self.cc * self.of * C


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
