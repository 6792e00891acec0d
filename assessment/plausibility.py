"""Doubts: figures outside the usual range, with the slip that would explain them.

A range warns and never refuses by itself; a physical limit that is crossed is said to be impossible. Ranges and their sources come
from the register (``plausibility.csv``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tanping.assessment.accounting import cement
from tanping.assessment.accounting.books import COAL_POWER_KINDS
from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.formula import show_result
from tanping.assessment.accounting.operands import row_name, shown_unit
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.sources.fuel import burns_waste_coal, fuel_names
from tanping.assessment.performance import sector_indicators
from tanping.assessment.project.catalogue import TABLE_LABELS, entry
from tanping.factors.record import Range

if TYPE_CHECKING:
    from tanping.assessment.accounting.inventory import InventoryBlocks


class Slip(NamedTuple):
    """A mistake people make: the right value is the one given times ``factor``."""

    factor: float
    words: str


_THOUSAND = (Slip(0.001, "单位差 1000 倍"), Slip(1000, "单位差 1000 倍"))
_WAN = (Slip(1e-4, "多写了“万”"), Slip(1e4, "漏写了“万”"))
_PERCENT = (Slip(100, "把小数当作百分数填写"), Slip(0.01, "把百分数当作小数填写"))
SLIPS: dict[str, tuple[Slip, ...]] = {
    "ncv": (
        Slip(0.0041868, "把 kcal/kg 的数值填作 GJ/t"),
        Slip(0.001, "把 kJ/kg 的数值填作 GJ/t"),
        Slip(4.1868, "把 Mcal/kg 的数值填作 GJ/t"),
        Slip(1000, "把 TJ/t 的数值填作 GJ/t"),
    ),
    "carbon_per_heat": (
        Slip(0.001, "把 kgC/GJ（tC/TJ）的数值填作 tC/GJ"),
        Slip(12 / 44, "把二氧化碳因子（tCO2/GJ）填作含碳量"),
        Slip(12 / 44 / 1000, "把二氧化碳因子（kgCO2/GJ）填作含碳量"),
    ),
    "carbon_as_received": _PERCENT,
    "auxiliary_rate": _PERCENT,
    "load": _PERCENT,
    "oxide": _PERCENT,
    "hours": (Slip(1 / 24, "把小时按天重复换算"), Slip(24, "把天数填作小时")),
    "coal_rate": (Slip(1000, "把 kgce/kWh 的数值填作 gce/kWh"), Slip(0.001, "单位差 1000 倍")),
}
_ANY = (*_THOUSAND, *_WAN)
# Coals the ranges of steam coal speak of; gangue, slime, washed coal and briquettes lie elsewhere and have none.
STEAM_COALS = {
    "fuel.anthracite": "hard_coal",
    "fuel.bituminous_coal": "hard_coal",
    "fuel.sub_bituminous_coal": "hard_coal",
    "fuel.coal_default": "hard_coal",
    "fuel.lignite": "lignite",
}
# Ranges of process emission by kind of unit; a furnace that hands its gas on is net of it.
PROCESS_RANGES = {
    "coking": "steel.process.coking",
    "sintering": "steel.process.sintering",
    "pelletizing": "steel.process.pelletizing",
    "ironmaking": "steel.process.ironmaking_net",
    "bof_steel": "steel.process.bof",
    "eaf_steel": "steel.process.eaf",
    "rolling": "steel.process.rolling",
}


@dataclass(frozen=True)
class Doubt:
    """A figure outside its range. ``impossible``: beyond a physical limit."""

    where: str
    label: str
    value: float
    range: Range
    slip: str
    corrected: float | None
    impossible: bool

    def words(self) -> str:
        """As printed among the warnings."""
        unit = shown_unit(self.range.unit)
        shown = f"{show_result(self.value)} {unit}".strip()
        what = "超出物理上限" if self.impossible else f"超出常见范围 {self.range.words()}"
        line = f"{self.where}：{self.label} {shown} {what}（{self.range.document}）"
        if self.corrected is not None:
            line += f"，疑似{self.slip}（改正后为 {show_result(self.corrected)} {unit}".rstrip() + "）"
        return line


def doubts(blocks: InventoryBlocks, project: int = 0) -> tuple[Doubt, ...]:
    """Every figure of one project that lies outside its range, inputs first, then what follows from them."""
    look = _Look(blocks, project)
    return tuple(doubt for doubt in (*look.fuels(), *look.units(), *look.products(), *look.figures()) if doubt)


@dataclass(frozen=True)
class _Look:
    blocks: InventoryBlocks
    project: int

    def fuels(self) -> Iterator[Doubt | None]:
        """Heating value and carbon of coal, and the emission per tonne that follows."""
        table = self.blocks.columns["fuels"]
        names = fuel_names(self.blocks.books)
        for row in self._rows("fuels"):
            kind = STEAM_COALS.get(names.item(table.words["fuel"][row]) or "")
            # Coking and injection coal of a steelworks lie above the ranges of steam coal.
            if kind is None or self._sector == "steel":
                continue
            for column in ("ncv", "carbon_per_heat", "carbon_as_received"):
                yield self._column(f"power.{column}.{kind}", "fuels", row, column, column)

    def units(self) -> Iterator[Doubt | None]:
        """Hours, auxiliary rate, coal rate, life, ramp and degradation of units."""
        table = self.blocks.columns["units"]
        for row in self._rows("units"):
            kind = table.words["kind"][row]
            gas, coal = kind == "gas_power", kind in COAL_POWER_KINDS
            if coal or gas:
                yield self._column("power.hours", "units", row, "hours", "hours")
                key = f"power.auxiliary_rate.{'gas' if gas else 'coal'}"
                yield self._column(key, "units", row, "auxiliary_rate", "auxiliary_rate")
            if coal:
                yield self._column("power.net_coal_rate", "units", row, "net_coal_rate", "coal_rate")
            yield self._column("lifetime.life", "units", row, "life", "")
            yield self._column("lifetime.ramp", "units", row, "first_year_ramp", "load", 0.01)
            yield self._column("lifetime.degradation", "units", row, "degradation", "load")

    def products(self) -> Iterator[Doubt | None]:
        """Oxides of clinker."""
        table = self.blocks.columns["products"]
        for row in self._rows("products"):
            if is_clinker(table.words["product"][row]):
                yield self._column("cement.cao", "products", row, "cao", "oxide", 0.01)
                yield self._column("cement.mgo", "products", row, "mgo", "oxide", 0.01)

    def figures(self) -> Iterator[Doubt | None]:
        """Intensities, shares and balances that follow from the inputs."""
        register = self.blocks.books.shelf.register
        as_of = self.blocks.books.classes[int(self.blocks.books.class_of[self.project])].as_of
        kinds = {self.blocks.columns["units"].words["kind"][row] for row in self._rows("units")}
        fuel = (
            "gas" if kinds == {"gas_power"} else "cfb" if burns_waste_coal(self.blocks.books, self.project) else "coal"
        )
        units = self.blocks.columns["units"]
        kind_of = {str(units.ids[row]): str(units.words["kind"][row]) for row in self._rows("units")}
        keys = {
            "supply_intensity": f"power.supply_intensity.{fuel}",
            "heat_intensity": f"power.heat_intensity.{fuel.replace('cfb', 'coal')}",
            "clinker_process": "cement.process",
            "clinker_direct": "cement.direct",
            "clinker_heat": "cement.heat",
            "clinker_ratio": "cement.clinker_ratio",
            "cement_intensity": "cement.intensity",
        }
        for indicator in sector_indicators(self.blocks, register, as_of=as_of, project=self.project):
            if indicator.value is None:
                continue
            if indicator.id.startswith("process.") and indicator.unit == "tCO2/t":
                kind = PROCESS_RANGES.get(kind_of.get(indicator.id.removeprefix("process."), ""))
                yield self._check(kind, "计算结果", indicator.name, indicator.value, _ANY) if kind else None
            if indicator.id in keys:
                yield self._check(keys[indicator.id], "计算结果", indicator.name, indicator.value, _ANY)
            if indicator.id == "coal_rate_check":
                gap = abs(indicator.value - 1) * 100
                yield self._check("power.heat_balance_gap", "计算结果", "燃料热量与设计供电煤耗之差", gap, ())
        yield from self._shares()
        yield self._clinker_methods()

    def _shares(self) -> Iterator[Doubt | None]:
        """Desulphurisation and start-up oil against the combustion of the main fuel."""
        burnt, parts = 0.0, {"power.fgd_share": 0.0, "power.start_up_share": 0.0}
        for block in self.blocks.summed:
            for at in np.flatnonzero(block.project == self.project):
                row, value = int(block.rows[at]), float(block.design[at])
                role = block.table.words["role"][row] if "role" in block.table.words else None
                if role == "main":
                    burnt += value
                elif role == "start_up":
                    parts["power.start_up_share"] += value
                elif role == "desulphurisation":
                    parts["power.fgd_share"] += value
        if self._sector != "power" or not burnt > 0:
            return
        labels = {"power.fgd_share": "脱硫排放占燃烧排放", "power.start_up_share": "点火助燃排放占燃烧排放"}
        for key, part in parts.items():
            # An explicit 无 is an answer (seawater desulphurisation, plasma ignition), not a slip.
            if part > 0:
                yield self._check(key, "计算结果", labels[key], part / burnt * 100, _ANY)

    def _clinker_methods(self) -> Doubt | None:
        """Clinker factor against CaO and MgO, where both can be worked."""
        by_factor = self._sum_of(cement.clinker_line.id, memo=False)
        by_oxides = self._sum_of(cement.clinker_oxides.id, memo=True)
        if not by_factor > 0 or math.isnan(by_oxides):
            return None
        gap = abs(by_oxides / by_factor - 1) * 100
        return self._check("cement.method_gap", "计算结果", "熟料因子法与氧化钙氧化镁法之差", gap, ())

    def _sum_of(self, formula: str, *, memo: bool) -> float:
        found = [
            float(block.design[at])
            for block in self.blocks.blocks
            if block.formula.id == formula and block.memo == memo
            for at in np.flatnonzero(block.project == self.project)
        ]
        return exact_sum(found) if found else math.nan

    @property
    def _sector(self) -> str | None:
        return self.blocks.books.classes[int(self.blocks.books.class_of[self.project])].sector

    def _rows(self, table: str) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.blocks.columns[table].project == self.project)]

    def _column(self, key: str, table: str, row: int, column: str, slips: str, scale: float = 1.0) -> Doubt | None:
        where = f"{TABLE_LABELS[table]}“{row_name(self.blocks.columns[table], row)}”"
        value = float(self.blocks.columns[table].numbers[column][row]) * scale
        return self._check(key, where, entry(table, column).label, value, SLIPS.get(slips, ()))

    def _check(self, key: str, where: str, label: str, value: float, slips: tuple[Slip, ...]) -> Doubt | None:
        usual = self.blocks.books.shelf.register.range(key)
        if math.isnan(value) or usual.holds(value):
            return None
        slip = next((one for one in slips if usual.holds(value * one.factor)), None)
        beyond = usual.limit is not None and value > usual.limit
        corrected = None if slip is None else value * slip.factor
        return Doubt(where, label, value, usual, "" if slip is None else slip.words, corrected, bool(beyond))
