"""Magnitudes that inputs give each other: more than the capacity, more steel than metal, more heat sold than made, odd specific uses.

Ranges of single inputs and of intensities stand in ``assessment.plausibility`` and are among the warnings of the inventory. Here are the
ones that need two tables. A range warns; a physical limit that is crossed is said to be impossible. The likely slip is named where a
usual one brings the figure back into its range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tanping.assessment.accounting.books import POWER_KINDS
from tanping.assessment.accounting.formula import show_result
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import shown_unit
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.sources.fuel import COALS
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.result import CrossCheck
from tanping.factors.record import Range

USUAL, IMPOSSIBLE = "超出常见范围", "不可能，请更正"
SLIPS: tuple[tuple[float, str], ...] = (
    (1e-3, "大 1000 倍（千克与吨、kWh 与 MWh）"),
    (1e3, "小 1000 倍（千克与吨、kWh 与 MWh）"),
    (1e-4, "大 1 万倍（多写了“万”）"),
    (1e4, "小 1 万倍（漏写了“万”）"),
    (0.1, "大 10 倍（万kWh 与 MWh）"),
    (10.0, "小 10 倍（万kWh 与 MWh）"),
)
CAPACITY_SLACK = 1.0 + 1e-9
NAMEPLATE = "产品产量不超过同一单元的年产能"
GENERATION = "发电量不超过装机容量乘以全年小时数（8784 h）"
HEAT = "供热量不超过总产热量"
YEAR_HOURS = 8784.0


@dataclass(frozen=True)
class Doubt:
    """One doubtful magnitude. ``limit`` is the end of the range (or the physical bound) that was passed."""

    key: str
    label: str
    value: float
    limit: float
    unit: str
    impossible: bool
    why: str
    slip: str = ""
    corrected: float | None = None

    def row(self) -> CrossCheck:
        """The doubt as a line of the comparison."""
        return CrossCheck(
            figure=f"plausibility.{self.key}",
            label=self.label,
            declared=f"{show_result(float(f'{self.value:.6g}'))} {shown_unit(self.unit)}".strip(),
            declared_value=self.value,
            recomputed=self.limit,
            unit=self.unit,
            difference=self.value / self.limit - 1 if self.limit else None,
            verdict=IMPOSSIBLE if self.impossible else USUAL,
            causes=(f"疑似{self.slip}",) if self.slip else (),
            kind="physics",
            notes=(self.why,),
        )


def doubts_of(case: Case) -> tuple[Doubt, ...]:
    """Every doubtful magnitude of one project."""
    look = _Look(case)
    return tuple(
        doubt for doubt in (*look.capacity(), *look.heat(), *look.steel(), *look.cement(), *look.money()) if doubt
    )


@dataclass(frozen=True)
class _Look:
    case: Case

    # --- output against capacity -----------------------------------------------------------------------------------------

    def capacity(self) -> Iterator[Doubt | None]:
        """Products against the capacity of the units that make them."""
        products, units = self.case.blocks.columns["products"], self.case.blocks.columns["units"]
        for row in self._rows("products"):
            amount = float(products.numbers["amount"][row])
            name = str(products.words["product"][row] or products.ids[row])
            electric = "amount" in products.measured_in and products.measured_in["amount"][row] == "MWh"
            linked = products.units[row] if products.units else ()
            makers = list(linked) or (self._makers(name) if not electric else self._generating)
            column, hours = ("capacity", YEAR_HOURS) if electric else ("output_capacity", 1.0)
            bound = sum(float(units.numbers[column][unit]) * hours for unit in makers) if makers else math.nan
            if amount > bound * CAPACITY_SLACK:
                unit = "MWh" if electric else "t"
                why = GENERATION if electric else NAMEPLATE
                yield self._passed("capacity", f"{name}产量与产能", amount, bound, unit, electric, why)

    @cached_property
    def _generating(self) -> list[int]:
        units = self.case.blocks.columns["units"]
        return [row for row in self._rows("units") if units.words["kind"][row] in POWER_KINDS]

    def _makers(self, product: str) -> list[int]:
        """The units a product must come from when the file names none: the only kind that makes it."""
        kinds = next((kinds for word, kinds in _MADE_BY if word in product), frozenset())
        units = self.case.blocks.columns["units"]
        return [row for row in self._rows("units") if units.words["kind"][row] in kinds]

    def heat(self) -> Iterator[Doubt | None]:
        """Heat supplied against heat made, unit by unit."""
        units = self.case.blocks.columns["units"]
        for row in self._rows("units"):
            supplied, made = (float(units.numbers[name][row]) for name in ("heat_supplied", "heat_produced"))
            if supplied > made * CAPACITY_SLACK:
                label = f"供热量与总产热量（{units.ids[row]}）"
                yield self._passed("heat", label, supplied, made, "GJ", True, HEAT)

    # --- steel -----------------------------------------------------------------------------------------------------------

    def steel(self) -> Iterator[Doubt | None]:
        """Crude steel against its metal; fuel, electrodes and electricity against what they make."""
        crude, iron = self._made("粗钢"), self._made("铁水", "生铁") or self._flow("铁水", "生铁")
        # A works with blast furnaces that tells no hot metal has told nothing to compare with.
        if iron or "ironmaking" not in self._kinds:
            bought = self._material("废钢") + self._material("生铁") + self._material("直接还原铁", "海绵铁")
            metal = iron - self._sold_of("铁水", "生铁") + bought + self._made("直接还原铁", "海绵铁")
            yield self._ratio("steel.metal_yield", "粗钢与投入金属料之比", crude, metal)
            if "eaf_steel" in self._kinds:
                yield self._ratio("steel.electrode_use", "吨钢电极消耗", self._material("电极") * 1000, crude)
        if "ironmaking" in self._kinds:
            coke, coal = self._fuel("fuel.coke"), self._fuel(*COALS)
            yield self._ratio("steel.coke_rate", "吨铁焦炭", coke * 1000, iron)
            if coke and coal and not self._kinds & {"coking", "sintering"}:
                yield self._ratio("steel.fuel_rate", "吨铁燃料比", (coke + coal) * 1000, iron)

    # --- cement ----------------------------------------------------------------------------------------------------------

    def cement(self) -> Iterator[Doubt | None]:
        """Raw meal, dust, waste heat and electricity against clinker and cement."""
        clinker = self._sum("products", self._is_clinker)
        raw = self._sum("materials", lambda row: self._role(row) == "raw_meal")
        yield self._ratio("cement.raw_meal_ratio", "生料与熟料之比", raw, clinker)
        dust = self._sum("materials", lambda row: self._role(row) == "kiln_dust")
        yield self._ratio("cement.kiln_dust_share", "窑炉粉尘与熟料之比", dust * 100, clinker)
        own = self._sum("energy", lambda row: self._kind(row) == "own_electricity")
        yield self._ratio("cement.waste_heat_power", "吨熟料余热发电量", own * 1000, clinker)
        if not clinker:
            return
        cement = self._sum("products", lambda row: not self._is_clinker(row))
        used = own + self._sum("energy", lambda row: self._kind(row) == "purchased_electricity")
        key, label, made = ("cement", "吨水泥综合电耗", cement) if cement else ("clinker", "吨熟料综合电耗", clinker)
        yield self._ratio(f"cement.electricity.{key}", label, used * 1000, made)

    def money(self) -> Iterator[Doubt | None]:
        """Value added against output value."""
        project = self.case.blocks.columns["project"].numbers
        value, added = (float(project[name][self.case.project]) for name in ("output_value", "value_added"))
        yield self._ratio("performance.value_added_ratio", "工业增加值与总产值之比", added, value)

    # --- shared ----------------------------------------------------------------------------------------------------------

    def _passed(self, key: str, label: str, value: float, bound: float, unit: str, impossible: bool, why: str) -> Doubt:
        slip = next(((factor, words) for factor, words in SLIPS if 0.3 * bound <= value * factor <= bound), None)
        return Doubt(key, label, value, bound, unit, impossible, why, *_named(slip, value))

    def _ratio(self, key: str, label: str, amount: float, per: float) -> Doubt | None:
        """Doubt about an amount per another, where both are told and neither is nothing."""
        return self._in_range(key, label, amount / per) if amount and per else None

    def _in_range(self, key: str, label: str, value: float) -> Doubt | None:
        usual: Range = self.case.register.range(key)
        if math.isnan(value) or usual.holds(value):
            return None
        high = usual.high is not None and value > float(usual.high)
        end = usual.high if high else usual.low
        limit = float(end) if end is not None else math.nan
        beyond = usual.limit is not None and value > float(usual.limit)
        slip = next(((factor, words) for factor, words in SLIPS if usual.holds(value * factor)), None)
        why = f"常见范围 {usual.words()}（{usual.document}；{usual.basis.label}）"
        return Doubt(
            key,
            label,
            value,
            float(usual.limit or 0) if beyond else limit,
            usual.unit,
            beyond,
            why,
            *_named(slip, value),
        )

    def _rows(self, table: str) -> list[int]:
        columns = self.case.blocks.columns[table]
        return [row for row in range(len(columns)) if columns.project[row] == self.case.project]

    @cached_property
    def _kinds(self) -> frozenset[str]:
        units = self.case.blocks.columns["units"]
        return frozenset(str(units.words["kind"][row]) for row in self._rows("units"))

    def _sum(self, table: str, mine: Callable[[int], bool], column: str = "amount") -> float:
        values = self.case.blocks.columns[table].numbers[column]
        return math.fsum(float(values[row]) for row in self._rows(table) if mine(row))

    def _made(self, *words: str) -> float:
        names = self.case.blocks.columns["products"].words["product"]
        return self._sum("products", lambda row: any(word in str(names[row] or "") for word in words))

    def _flow(self, *words: str) -> float:
        """What the processes (工序物料表) put out under some names."""
        table = self.case.blocks.columns["flows"]
        return self._sum(
            "flows",
            lambda row: (
                table.words["direction"][row] == "out"
                and any(word in str(table.words["item"][row] or "") for word in words)
            ),
        )

    def _sold_of(self, *words: str) -> float:
        table = self.case.blocks.columns["products"]
        sold = self._sum(
            "products", lambda row: any(word in str(table.words["product"][row] or "") for word in words), "sold"
        )
        return 0.0 if math.isnan(sold) else sold

    def _material(self, *words: str) -> float:
        """Bought material of some names; carbon fixed in products is not bought."""
        table = self.case.blocks.columns["materials"]
        return self._sum(
            "materials",
            lambda row: (
                self._role(row) != "fixed_carbon"
                and any(word in str(table.words["material"][row] or "") for word in words)
            ),
        )

    def _fuel(self, *items: str) -> float:
        table = self.case.blocks.columns["fuels"]
        names = names_of(self.case.register, ("fuel.",))
        return self._sum(
            "fuels",
            lambda row: (
                names.item(table.words["fuel"][row]) in items and table.words["role"][row] in ("main", "reductant")
            ),
        )

    def _role(self, row: int) -> object:
        return self.case.blocks.columns["materials"].words["role"][row]

    def _kind(self, row: int) -> object:
        return self.case.blocks.columns["energy"].words["kind"][row]

    def _is_clinker(self, row: int) -> bool:
        return bool(is_clinker(self.case.blocks.columns["products"].words["product"][row]))


_MADE_BY: tuple[tuple[str, frozenset[str]], ...] = (
    ("熟料", frozenset({"clinker"})),
    ("水泥", frozenset({"cement_grinding"})),
    ("粗钢", frozenset({"bof_steel", "eaf_steel"})),
    ("铁水", frozenset({"ironmaking"})),
    ("烧结矿", frozenset({"sintering"})),
    ("球团", frozenset({"pelletizing"})),
    ("焦炭", frozenset({"coking"})),
    ("钢材", frozenset({"rolling"})),
)


def _named(slip: tuple[float, str] | None, value: float) -> tuple[str, float | None]:
    return ("", None) if slip is None else (slip[1], value * slip[0])
