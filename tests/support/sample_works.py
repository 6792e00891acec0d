"""Works with random numbers, counted by hand beside their project files, and their way through accounting to the comparison."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from tanping.assessment.accounting.inventory import account
from tanping.assessment.crosscheck.check import crosschecks_of
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.result import CrossCheck
from tanping.factors.register import load_register

C = 44 / 12
AS_OF = date(2026, 11, 1)


def case_of(data: dict[str, Any], as_of: date = AS_OF) -> Case:
    """A plain project, accounted for."""
    register = load_register()
    blocks = account(columns_of([project_from_plain(data)]), register, as_of=as_of)
    indicators = indicators_of(blocks, register, as_of=as_of)
    return Case(blocks, blocks.inventory(0), indicators, register, as_of)


def checked(data: dict[str, Any], as_of: date = AS_OF) -> tuple[CrossCheck, ...]:
    """Every comparison of a plain project."""
    case = case_of(data, as_of)
    return crosschecks_of(project_from_plain(data), case.blocks, case.inventory, case.indicators, case.register, as_of)


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
