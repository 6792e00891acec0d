"""Indicators of one project (绩效指标): intensities, allowance, energy, regional effect, each worked and set beside references.

References are published figures of their own date and denominator; the guide sets no pass line and none is invented here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from tanping.assessment.accounting import allowance, cement, energy, intensity, power, regional, steel
from tanping.assessment.accounting.blocks import Block
from tanping.assessment.accounting.books import COAL_POWER_KINDS, POWER_KINDS, ProjectClass
from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.formula import Formula, Symbol, Symbolic, Worked, figure, leaf, show_result, total
from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.accounting.operands import Declared, row_name
from tanping.assessment.accounting.output import PowerOutput
from tanping.assessment.accounting.processes import process_boundary
from tanping.assessment.accounting.shelf import Question
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.sources.fuel import burns_waste_coal
from tanping.assessment.accounting.tce import NO_EQUIVALENT, EnergyUse
from tanping.assessment.accounting.words import IntArray
from tanping.assessment.project.columns import ColumnTable
from tanping.assessment.result import Indicator, Reference
from tanping.factors.lookup import NoFactor, Selected
from tanping.factors.register import Register

LARGE_CLASS_MW = 400.0
SUPPLY_BASIS_LAST_YEAR = 2022
_VALUE = Symbol("", "", "")
# Many published intensities carry no date of publication: good enough to stand beside a figure, never to enter one.
FOR_COMPARISON = "仅作对照，不参与计算，也不是限值"
OF_THE_UNIT = (power.desulphurisation.id, power.captured.id, power.capture_losses.id)
INCOMPLETE = "达产年排放总量：清单不完整"
CONVENTIONAL = "按常规燃煤机组的基准值测算；循环流化床、水煤浆等非常规机组另有基准值"
OF_NOTHING = "作除数的量填报为零，不计算"
CLINKER_DIRECT = (("ets.draft2017.clinker", "benchmark", 2017),)
CLINKER_PROCESS = (("process.ipcc_2006.clinker", None, None),)
CRUDE_STEEL = (
    ("ref.steel.worldsteel.bf_bof", "annual", None),
    ("ref.steel.worldsteel.scrap_eaf", "annual", None),
    ("ref.steel.worldsteel.dri_eaf", "annual", None),
    ("ref.steel.china.long_route", None, None),
)


def indicators_of(
    blocks: InventoryBlocks, register: Register, *, as_of: date, project: int = 0
) -> tuple[Indicator, ...]:
    """Return every indicator the project's data allow, the sector's own intensity first."""
    desk = _Desk(blocks, register, as_of, project)
    own = (*desk.power(), *desk.cement(), *desk.steel())
    return (*own, *desk.products(), *desk.energy(), *desk.economy(), *desk.region())


def sector_indicators(
    blocks: InventoryBlocks, register: Register, *, as_of: date, project: int = 0
) -> tuple[Indicator, ...]:
    """Return only the intensities and balances of the sector."""
    desk = _Desk(blocks, register, as_of, project)
    return (*desk.power(), *desk.cement(), *desk.steel())


@dataclass(frozen=True)
class _Desk:
    """What one project's indicators are made from."""

    blocks: InventoryBlocks
    register: Register
    as_of: date
    project: int

    # --- power -----------------------------------------------------------------------------------------------------------

    def power(self) -> Iterator[Indicator]:
        """Supply, generation and heat intensity, the coal rate check, the allowance of the year."""
        if not len(self._generating) or self._class_of.sector not in (None, "power"):
            return
        e, w_s, w_g = self._plant_emission, self._after_capture(), self._plant("generated", "MWh")
        q_h, r_h = self._plant("heat", "GJ"), self._heat_ratio
        lacking = [*self._missing_fuel, *self._missing_output]
        yield self._made(
            "supply_intensity",
            power.supply_intensity,
            lacking,
            self._intensity_references(False),
            r_h=r_h,
            e=e,
            w_s=w_s,
        )
        yield self._made(
            "generation_intensity",
            power.generation_intensity,
            lacking,
            self._intensity_references(True),
            r_h=r_h,
            e=e,
            w_g=w_g,
        )
        if q_h.value != 0.0:
            yield self._made(
                "heat_intensity", power.heat_intensity, lacking, self._heat_references(), r_h=r_h, e=e, q_h=q_h
            )
        yield from self._outputs()
        yield from self._coal_rate(r_h)
        yield from self._allowance()

    @cached_property
    def _units(self) -> IntArray:
        table = self.blocks.columns["units"]
        return np.flatnonzero((table.project == self.project) & self.blocks.proposed_units)

    @cached_property
    def _generating(self) -> IntArray:
        kinds = self.blocks.columns["units"].words["kind"]
        return np.array([unit for unit in self._units if kinds[unit] in POWER_KINDS], dtype=np.int64)

    @cached_property
    def _output(self) -> PowerOutput:
        return PowerOutput(self.blocks.books)

    def _plant(self, name: str, unit: str) -> Symbolic:
        values = getattr(self._output, name).values[self._generating]
        return figure(
            exact_sum(map(float, values)), unit, sign={"generated": "W_g", "supplied": "W_s", "heat": "Q_h"}[name]
        )

    def _after_capture(self) -> Symbolic:
        """Electricity supplied after what the capture plant takes (PW-10w); CO2 that is used costs as much as CO2 stored."""
        supplied = self._plant("supplied", "MWh")
        table = self.blocks.columns["captures"]
        caught, drawn = [], []
        for block in self.blocks.blocks:
            if block.formula.id != power.captured.id:
                continue
            for at in np.flatnonzero(block.project == self.project):
                caught.append(abs(float(self.blocks.at_design(block)[at])))
                drawn.append(caught[-1] * float(table.numbers["electricity"][block.rows[at]]))
        mass = exact_sum(caught)
        if not mass:
            return supplied
        w = figure(exact_sum(drawn) / mass, "MWh/t", sign="w")
        return power.output_after_capture.work(w_s=supplied, w=w, m_cap=figure(mass, "tCO2", sign="M_捕集")).tree

    @cached_property
    def _plant_emission(self) -> Symbolic:
        """Fuel and desulphurisation emission of the generating units less what is stored; purchased electricity is not in it."""
        found = [
            float(self.blocks.at_design(block)[at])
            for block, at in self._sources()
            if block.category == "fuel" or block.formula.id in OF_THE_UNIT
        ]
        return figure(exact_sum(found) if found else math.nan, "tCO2", sign="E")

    @cached_property
    def _missing_fuel(self) -> list[str]:
        lines = [
            line
            for block, at in self._sources()
            if block.category == "fuel" or block.formula.id == power.desulphurisation.id
            for line in block.missing(at)
        ]
        if not any(block.category == "fuel" for block, _ in self._sources()):
            lines.append("主燃料：未填报")
        return lines

    @cached_property
    def _missing_output(self) -> list[str]:
        output = self._output
        lines = [
            line
            for unit in self._generating
            for operand in (output.supplied, output.heat)
            for line in operand.missing(int(unit))
        ]
        table = self.blocks.columns["captures"]
        power_use = Declared(table, "electricity")
        lines += [line for row in np.flatnonzero(table.project == self.project) for line in power_use.missing(int(row))]
        return list(dict.fromkeys(lines))

    @cached_property
    def _heat_ratio(self) -> Symbolic:
        """Heat-supply ratio of the plant: heat supplied over heat made, zero where none is supplied."""
        units = self.blocks.columns["units"]
        heat = exact_sum(map(float, units.numbers["heat_supplied"][self._generating]))
        if heat == 0.0:
            return leaf(0.0, sign="r_h")
        made = exact_sum(map(float, units.numbers["heat_produced"][self._generating]))
        return power.heat_supply_ratio.work(
            q_h=figure(heat, "GJ", sign="Q_h"), q_tot=figure(made, "GJ", sign="Q_tot")
        ).tree

    def _outputs(self) -> Iterator[Indicator]:
        symbol = power.supply_intensity.symbols["w_s"]
        for name, label, formula in (
            ("generated", "年发电量", power.generation.id),
            ("supplied", "年供电量", power.supplied_electricity_by_rate.id),
        ):
            operand = getattr(self._output, name)
            tree = total(operand.leaf(int(unit), symbol) for unit in self._generating)
            yield _indicator(name, label, formula, tree, "MWh", self._missing_output)

    def _coal_rate(self, r_h: Symbolic) -> Iterator[Indicator]:
        """PW-4: heat burnt against the declared coal rate. More than 3 % apart is a query, not a refusal."""
        units = self.blocks.columns["units"]
        coal_units = [unit for unit in self._generating if units.words["kind"][unit] in COAL_POWER_KINDS]
        if len(coal_units) != len(self._generating):
            return
        rates = units.numbers["net_coal_rate"][self._generating] * 0.001
        supplied = self._output.supplied.values[self._generating]
        burnt = exact_sum(float(rate * out) for rate, out in zip(rates, supplied, strict=True))
        if math.isnan(self._fuel_heat) or math.isnan(burnt):
            return
        per_tce = self.blocks.books.shelf.answer(Question("energy.standard_coal", None, self.as_of)).part("value")
        out = exact_sum(map(float, supplied))
        yield self._made(
            "coal_rate_check",
            power.coal_rate_check,
            self._missing_output,
            (),
            heat_in=figure(self._fuel_heat, "GJ", sign="Σ(FC·NCV)"),
            r_h=r_h,
            coal_rate=figure(burnt / out if out else math.nan, "tce/MWh", sign="b_s"),
            w_s=figure(out, "MWh", sign="W_s"),
            gj_per_tce=leaf(per_tce, "GJ/tce", sign="q_ce"),
        )

    # --- allowance -------------------------------------------------------------------------------------------------------

    def _allowance(self) -> Iterator[Indicator]:
        """The allowance of the latest compliance year with final benchmarks published by the legal date, by unit class."""
        found = self._benchmarks()
        if found is None:
            return
        year, benchmarks, heat_benchmark = found
        parts = []
        for unit, benchmark in zip(self._generating, benchmarks, strict=True):
            b_e = leaf(benchmark.number, "tCO2/MWh", sign="B_e")
            b_h = leaf(heat_benchmark.number, "tCO2/GJ", sign="B_h")
            parts.append(self._unit_allowance(int(unit), year, b_e, b_h))
        references = tuple(_reference(one) for one in dict.fromkeys([*benchmarks, heat_benchmark]))
        formula = (
            allowance.power_allowance_supply if year <= SUPPLY_BASIS_LAST_YEAR else allowance.power_allowance_generation
        )
        yield _indicator(
            "ets_allowance",
            f"{year}年度配额（按基准值测算，不作评价限值）",
            formula.id,
            total(parts),
            "t",
            [*self._missing_output, *(self._missing_corrections if year <= SUPPLY_BASIS_LAST_YEAR else ())],
            references,
            (CONVENTIONAL,) if any("常规" in one.name and "非常规" not in one.name for one in references) else (),
        )
        ets = [float(block.design[at]) for block, at in self._sources() if block.category == "fuel"]
        yield _indicator(
            "ets_emission",
            "配额口径排放量（化石燃料燃烧，不含脱硫与外购电力）",
            "PW-1/PW-2",
            total(figure(value, "tCO2", sign="E") for value in ets),
            "tCO2",
            self._missing_fuel,
        )

    def _unit_allowance(self, unit: int, year: int, b_e: Symbolic, b_h: Symbolic) -> Symbolic:
        symbols = allowance.power_allowance_generation.symbols
        heat = self._output.heat.leaf(unit, symbols["q_h"])
        if year > SUPPLY_BASIS_LAST_YEAR:
            gross = self._output.generated.leaf(unit, symbols["w_g"])
            peak = self._coefficient("ets.power.peak_correction_2023.factor", year, variant="assumption")
            return allowance.power_allowance_generation.work(
                w_g=gross, b_e=b_e, f_p=leaf(peak, sign="F_p"), q_h=heat, b_h=b_h
            ).tree
        ratio = leaf(float(self._output.heat_ratio[unit]), sign="r_h")
        gas = self.blocks.columns["units"].words["kind"][unit] == "gas_power"
        slope = self._coefficient(f"ets.power.heat_correction.{'gas' if gas else 'coal'}", year)
        condensing = ratio.value == 0.0 and self._conventional(unit)
        load = self.blocks.columns["units"].numbers["load_factor"][unit] / 100
        f_f = allowance.load_correction.work(f=leaf(load, sign="F")).tree if condensing else leaf(1.0, sign="F_f")
        return allowance.power_allowance_supply.work(
            w_s=self._output.supplied.leaf(unit, allowance.power_allowance_supply.symbols["w_s"]),
            b_e=b_e,
            f_l=leaf(1.0 if gas else self._cooling(unit, year), sign="F_l"),
            f_r=allowance.heat_correction.work(slope=leaf(slope, sign="k_r"), r_h=ratio),
            f_f=f_f,
            q_h=heat,
            b_h=b_h,
        ).tree

    def _cooling(self, unit: int, year: int) -> float:
        told = self.blocks.columns["units"].words["cooling"][unit]
        return math.nan if told is None else self._coefficient(f"ets.power.cooling_correction.{told}", year)

    @property
    def _missing_corrections(self) -> list[str]:
        """What the allowance on electricity supplied asks of coal units beyond their output."""
        units = self.blocks.columns["units"]
        load, lines = Declared(units, "load_factor"), []
        for unit in map(int, self._generating):
            if units.words["kind"][unit] == "gas_power":
                continue
            if units.words["cooling"][unit] is None:
                lines.append(f"生产单元“{row_name(units, unit)}”：冷却方式未填")
            if self._output.heat_ratio[unit] == 0.0 and self._conventional(unit):
                lines += load.missing(unit)
        return lines

    def _benchmarks(self) -> tuple[int, list[Selected], Selected] | None:
        units = self.blocks.columns["units"]
        gas = all(units.words["kind"][unit] == "gas_power" for unit in self._generating)
        for year in range(self.as_of.year, 2018, -1):
            try:
                heat = self.register.lookup(
                    f"ets.heat.{'gas' if gas else 'coal'}.benchmark", as_of=self.as_of, year=year
                )
                electric = [
                    self.register.lookup(f"ets.power.{self._class(int(unit))}.benchmark", as_of=self.as_of, year=year)
                    for unit in self._generating
                ]
            except NoFactor:
                continue
            return year, electric, heat
        return None

    def _conventional(self, unit: int) -> bool:
        """Whether a unit is an ordinary coal unit, the only kind the load correction (ET-1f) is for."""
        return self._class(unit) in ("coal_gt300", "coal_le300")

    def _class(self, unit: int) -> str:
        units = self.blocks.columns["units"]
        if units.words["kind"][unit] == "gas_power":
            return "gas"
        if burns_waste_coal(self.blocks.books, self.project, str(units.ids[unit])):
            return "coal_unconventional"
        return "coal_gt300" if units.numbers["capacity"][unit] >= LARGE_CLASS_MW else "coal_le300"

    def _coefficient(self, item: str, year: int, variant: str | None = None) -> float:
        try:
            return self.register.lookup(item, as_of=self.as_of, year=year, variant=variant).number
        except NoFactor:
            return math.nan

    def _intensity_references(self, gross: bool) -> tuple[Reference, ...]:
        """Benchmarks on the indicator's own output basis only: a supply line is never set against gross output."""
        found = self._benchmarks()
        if found is None:
            return ()
        year, benchmarks, _ = found
        if gross != (year > SUPPLY_BASIS_LAST_YEAR):
            return ()
        return tuple(_reference(one) for one in dict.fromkeys(benchmarks))

    def _heat_references(self) -> tuple[Reference, ...]:
        found = self._benchmarks()
        return () if found is None else (_reference(found[2]),)

    # --- cement ----------------------------------------------------------------------------------------------------------

    def cement(self) -> Iterator[Indicator]:
        """Per tonne of clinker (line: kiln fuel and process), per tonne of cement, with the clinker ratio between them."""
        clinker = self._products(is_clinker)
        if not clinker:
            return
        made = self._sum_column("products", "amount", clinker, "t", "M_熟料")
        process, fuel = self._emission("process"), self._emission("fuel")
        direct = figure(process.value + fuel.value, "tCO2", sign="E_线")
        lacking = [*self._missing_of("fuel", "process"), *self._missing_rows("products", "amount", clinker)]
        per = intensity.performance
        yield _indicator(
            "clinker_direct",
            "单位熟料直接排放（生产线边界）",
            per.id,
            per.work(e=direct, denominator=made).tree,
            "tCO2/t",
            lacking,
            self._references(CLINKER_DIRECT),
        )
        yield _indicator(
            "clinker_process",
            "单位熟料过程排放",
            per.id,
            per.work(e=process, denominator=made).tree,
            "tCO2/t",
            lacking,
            self._references(CLINKER_PROCESS),
        )
        heat = figure(self._fuel_heat, "GJ")
        yield _indicator(
            "clinker_heat", "单位熟料热耗", per.id, per.work(e=heat, denominator=made).tree, "GJ/t", lacking
        )
        yield from self._industry(direct, made, lacking)
        milled = self._products(lambda word: word is not None and not is_clinker(word))
        if milled:
            yield from self._per_cement(clinker, milled, made, direct, lacking)

    def _per_cement(
        self, clinker: list[int], milled: list[int], made: Symbolic, direct: Symbolic, lacking: list[str]
    ) -> Iterator[Indicator]:
        amount = self._sum_column("products", "amount", milled, "t", "M_水泥")
        sold = self._sum_column("products", "sold", clinker, "t", "M_外售")
        lacking = [
            *lacking,
            *self._missing_rows("products", "sold", clinker),
            *self._missing_rows("products", "amount", milled),
        ]
        rho = cement.clinker_ratio.work(clinker_used=made - sold, cement=amount)
        yield _indicator("clinker_ratio", "熟料系数", rho.formula.id, rho.tree, "t/t", lacking)
        rest = figure(self._design - direct.value, "tCO2", sign="E_粉磨")
        e_clinker = figure(direct.value / made.value if made.value else math.nan, "tCO2/t", sign="e_熟料")
        whole = cement.cement_intensity.work(
            rho=figure(rho.value, sign="ρ"), e_clinker=e_clinker, e_grinding=rest, cement=amount
        )
        if math.isnan(self._design):
            lacking.append(INCOMPLETE)
        yield _indicator(
            "cement_intensity",
            "单位水泥排放（全厂边界，外销熟料不计）",
            whole.formula.id,
            whole.tree,
            "tCO2/t",
            lacking,
        )

    # --- steel -----------------------------------------------------------------------------------------------------------

    def steel(self) -> Iterator[Indicator]:
        """Direct emission (fixed carbon subtracted) and the total per tonne of crude steel."""
        if self._class_of.sector != "steel":
            return
        parts = {name: self._emission(name) for name in ("fuel", "process", "removal")}
        lacking = self._missing_of("fuel", "process", "removal")
        fixed = figure(-parts["removal"].value, "tCO2", sign="R")
        direct = steel.works_direct.work(e_fuel=parts["fuel"], e_process=parts["process"], fixed=fixed)
        crude = self._products(lambda word: word is not None and "粗钢" in word)
        if crude:
            amount = self._sum_column("products", "amount", crude, "t", "D")
            whole = intensity.performance.work(e=figure(self._design, "tCO2", sign="E"), denominator=amount)
            missing = [*self._missing_rows("products", "amount", crude)]
            if math.isnan(self._design):
                missing.append(INCOMPLETE)
            yield _indicator(
                "per_crude_steel",
                "吨钢排放（全厂边界）",
                whole.formula.id,
                whole.tree,
                "tCO2/t",
                missing,
                self._references(CRUDE_STEEL),
            )
        yield _indicator(
            "works_direct", "企业层级直接排放（配额口径）", direct.formula.id, direct.tree, "tCO2", lacking
        )
        if crude:
            yield from self._industry(direct.tree, amount, [*lacking, *self._missing_rows("products", "amount", crude)])
        yield from self._processes(direct.value, lacking)

    def _processes(self, direct: float, lacking: list[str]) -> Iterator[Indicator]:
        """Each process per tonne of its product (ST-6), and the check of their sum against the works (ST-8)."""
        boundary = process_boundary(self.blocks.books, self.project, direct)
        for one in boundary.processes:
            emission = figure(math.nan if one.emission is None else one.emission, "tCO2", sign="E")
            if one.product_amount is None:
                yield _indicator(
                    f"process.{one.unit}",
                    f"工序排放（{one.unit}）",
                    steel.process_unit.id,
                    emission,
                    "tCO2",
                    [*one.missing],
                )
                continue
            amount = figure(one.product_amount, "t", sign="D")
            tree = intensity.performance.work(e=emission, denominator=amount).tree
            name = f"工序排放（{one.unit}，每吨{one.product}）"
            yield _indicator(f"process.{one.unit}", name, steel.process_unit.id, tree, "tCO2/t", [*one.missing])
        if boundary.works is not None:
            works = boundary.works
            left = math.nan if works.unexplained is None else works.unexplained
            yield _indicator(
                "works_residual",
                "工序合计与企业层级之差（扣除库存变化与已知差额后）",
                steel.works_residual.id,
                figure(left, "tCO2"),
                "tCO2",
                [*lacking, *(line for one in boundary.processes for line in one.missing)],
            )

    # --- allowance of steel and cement ------------------------------------------------------------------------------------

    def _industry(self, direct: Symbolic, made: Symbolic, lacking: list[str]) -> Iterator[Indicator]:
        """ET-3 against the balance value the file states; none is stated, none is assumed and nothing is shown."""
        stated = Declared(self.blocks.columns["project"], "balance_value")
        balance = stated.leaf(self.project, Symbol("B", "碳市场行业平衡值", "tCO2/t"))
        if math.isnan(balance.value):
            return
        deviation = allowance.intensity_deviation.work(b=balance, e=direct, q=made)
        yield _indicator(
            "ets_deviation",
            "直接排放强度相对碳市场行业平衡值的偏差（填报值，不作评价限值）",
            deviation.formula.id,
            deviation.tree,
            "1",
            lacking,
        )
        alpha = allowance.surplus_coefficient.work(x=figure(deviation.value, sign="X"))
        granted = allowance.industry_allowance.work(e=direct, alpha=figure(alpha.value, sign="α"))
        yield _indicator(
            "ets_allowance",
            "2025年度配额（按填报的行业平衡值测算，不作评价限值）",
            granted.formula.id,
            granted.tree,
            "t",
            lacking,
        )

    # --- products, energy, economy ---------------------------------------------------------------------------------------

    def products(self) -> Iterator[Indicator]:
        """Emission per tonne of each product (PF-1), electricity products aside."""
        table = self.blocks.columns["products"]
        rows = np.flatnonzero(table.project == self.project)
        stated_in = table.measured_in.get("amount")
        for row in rows:
            amount = float(table.numbers["amount"][row])
            if stated_in is not None and stated_in[row] == "MWh":
                continue
            if self._has_its_own(table.words["product"][row]):
                continue
            name = str(table.words["product"][row] or table.ids[row])
            yield self._per(
                f"per_product.{table.ids[row]}", f"单位产品排放（{name}）", amount, "t", f"产品“{name}”：年产量未填"
            )

    def _has_its_own(self, word: str | None) -> bool:
        """Crude steel, and clinker with the cement made of it, have indicators that know their boundary."""
        if self._class_of.sector == "cement":
            return bool(self._products(is_clinker))
        return self._class_of.sector == "steel" and word is not None and "粗钢" in word

    def energy(self) -> Iterator[Indicator]:
        """Energy at 当量值 and 等价值; a power project has the first alone."""
        converting = bool(self._energy_use.converting[self.project])
        notes = (NO_EQUIVALENT,) if converting else ()
        for name, label, equivalent in (
            ("annual_energy_tce", "年综合能耗（当量值，投入减外供）", False),
            ("annual_energy_tce_equivalent", "年综合能耗（等价值，投入减外供）", True),
        ):
            if not (equivalent and converting):
                tree, lacking = self._energy(equivalent=equivalent)
                yield _indicator(name, label, energy.standard_coal.id, tree, "tce", lacking, notes=notes)

    @cached_property
    def _energy_use(self) -> EnergyUse:
        return EnergyUse(self.blocks.books)

    def _energy(self, *, equivalent: bool) -> tuple[Symbolic, list[str]]:
        """Energy taken in less energy passed on, worked, and what it lacks."""
        use = self._energy_use
        parts = [*use.fuels, *use.purchased(equivalent), *use.supplied(equivalent)]
        taken: list[Symbolic] = []
        passed: list[Symbolic] = []
        lacking: list[str] = []
        for block, at in _rows(parts, self.project):
            lacking += block.missing(at)
            if block.design[at] != 0.0:
                (taken if block.sign > 0 else passed).append(block.amount(at).tree)
        if not any(True for _ in _rows(use.fuels, self.project)):
            return leaf(math.nan, "tce"), [*lacking, "主燃料：未填报"]
        return (total(taken) - total(passed) if passed else total(taken)), lacking

    def economy(self) -> Iterator[Indicator]:
        """Emission per 10⁴ yuan of output value and of value added (PF-1), where given."""
        table = self.blocks.columns["project"]
        year = table.words["price_year"][self.project]
        told = f"，{year}年价" if year else ""
        for column, label in (("output_value", "单位工业总产值排放"), ("value_added", "单位工业增加值排放")):
            amount = float(table.numbers[column][self.project])
            if not math.isnan(amount):
                yield self._per(f"per_{column}", f"{label}{told}", amount, "万元", "")

    def region(self) -> Iterator[Indicator]:
        """Effect on the city's carbon (α, β) and on the area's energy (m, n), where the area's figures are told."""
        area = self.blocks.columns["area"]
        for row in map(int, np.flatnonzero(area.project == self.project)):
            yield from self._on_the_city(area, row)
            yield from self._on_the_area(area, row)

    def _on_the_city(self, area: ColumnTable, row: int) -> Iterator[Indicator]:
        e = figure(self._design, "tCO2", sign="E")
        lacking = [INCOMPLETE] if math.isnan(self._design) else []
        if not math.isnan(area.numbers["city_intensity"][row]):
            city = Declared(area, "city_intensity").leaf(row, _VALUE)
            alpha = regional.intensity_effect.work(
                e=e, value_added=self._added.leaf(self.project, _VALUE), city_intensity=city
            )
            missing = [*self._added.missing(self.project), *lacking]
            yield _indicator("region_alpha", "对设区市碳排放强度的影响 α", alpha.formula.id, alpha.tree, "%", missing)
        if not math.isnan(area.numbers["city_peak"][row]):
            beta = regional.peak_effect.work(e=e, e_city=Declared(area, "city_peak").leaf(row, _VALUE))
            yield _indicator("region_beta", "对设区市碳达峰的影响 β", beta.formula.id, beta.tree, "%", lacking)

    def _on_the_area(self, area: ColumnTable, row: int) -> Iterator[Indicator]:
        used = figure(self._energy_equivalent, "tce", sign="d")
        if not math.isnan(area.numbers["energy_increment"][row]):
            increment = Declared(area, "energy_increment").leaf(row, _VALUE)
            m = regional.energy_increment_share.work(new_energy=used, increment=increment)
            yield self._area_effect("m", "对所在地能耗增量的影响", m, [])
        if not math.isnan(area.numbers["energy_total"][row]):
            product = Declared(area, "gross_product")
            n = regional.energy_intensity_effect.work(
                a=Declared(area, "energy_total").leaf(row, _VALUE),
                b=product.leaf(row, _VALUE),
                d=used,
                e=self._added.leaf(self.project, _VALUE),
            )
            missing = [*self._added.missing(self.project), *product.missing(row)]
            yield self._area_effect("n", "对所在地单位生产总值能耗的影响", n, missing)

    def _area_effect(self, which: str, label: str, worked: Worked, missing: list[str]) -> Indicator:
        """m or n with its class; what the project's own energy lacks, it lacks too."""
        converting = bool(self._energy_use.converting[self.project])
        lines = [*missing, *self._energy(equivalent=not converting)[1]]
        name = f"{label} {which}（{self._effect(which, worked.value)}）"
        notes = (NO_EQUIVALENT,) if converting else ()
        return _indicator(f"region_{which}", name, worked.formula.id, worked.tree, "%", lines, notes=notes)

    @property
    def _added(self) -> Declared:
        return Declared(self.blocks.columns["project"], "value_added")

    @cached_property
    def _energy_equivalent(self) -> float:
        return float(self._energy_use.total(equivalent=True)[self.project])

    def _effect(self, which: str, value: float) -> str:
        """Class of m or n by the bounds of the register; a negative n is the lightest class, with a word."""
        bounds = []
        for name in regional.BOUNDS:
            try:
                selected = self.register.lookup(
                    f"ref.energy_impact.{which}.{name}", as_of=self.as_of, override=FOR_COMPARISON
                )
            except NoFactor:
                return "未评价"
            bounds.append(selected.number)
        note = "，为负" if value < 0 else ""
        return regional.effect_class(value, bounds) + note

    def _per(self, id: str, name: str, amount: float, unit: str, lacking: str) -> Indicator:
        design = self._design
        missing = [] if not math.isnan(design) else [INCOMPLETE]
        if math.isnan(amount) and lacking:
            missing.append(lacking)
        tree = intensity.performance.work(
            e=figure(design, "tCO2", sign="E"), denominator=leaf(amount, unit, sign="D")
        ).tree
        return _indicator(id, name, intensity.performance.id, tree, f"tCO2/{unit}", missing)

    # --- shared ----------------------------------------------------------------------------------------------------------

    @property
    def _class_of(self) -> ProjectClass:
        return self.blocks.books.classes[int(self.blocks.books.class_of[self.project])]

    @cached_property
    def _design(self) -> float:
        """Design-year emission, NaN while the inventory is incomplete."""
        return float(self.blocks.design_year()[self.project])

    def _emission(self, category: str) -> Symbolic:
        """Design-year emission of a category; nothing stated in it is nothing emitted, what is required is checked elsewhere."""
        found = [float(self.blocks.at_design(block)[at]) for block, at in self._sources() if block.category == category]
        sign = {"fuel": "E_燃烧", "process": "E_过程", "removal": "R"}[category]
        return figure(exact_sum(found), "tCO2", sign=sign)

    def _missing_of(self, *categories: str) -> list[str]:
        lines = [line for block, at in self._sources() if block.category in categories for line in block.missing(at)]
        unstated = [line for line, lacking in self.blocks.unstated.items() if lacking[self.project]]
        return [*lines, *unstated]

    @cached_property
    def _fuel_heat(self) -> float:
        """Heat of the fuels burnt, GJ; NaN while one heating value is unknown."""
        found = [
            float(block.operands["fc"].values[row] * block.operands["ncv"].values[row])
            for block, at in self._sources()
            if block.category == "fuel" and block.sign > 0
            for row in [int(block.rows[at])]
            if "ncv" in block.operands
        ]
        return exact_sum(found) if found else math.nan

    def _products(self, holds: Callable[[str | None], bool]) -> list[int]:
        """Rows of this project's products, in tonnes, whose word passes a test."""
        table = self.blocks.columns["products"]
        told = table.measured_in.get("amount")
        mine = (table.project == self.project) & self.blocks.books.words(table, "product").test(holds)
        return [int(row) for row in np.flatnonzero(mine) if told is None or told[row] != "MWh"]

    def _sum_column(self, table: str, column: str, rows: list[int], unit: str, sign: str) -> Symbolic:
        values = self.blocks.columns[table].numbers[column]
        return figure(exact_sum(float(values[row]) for row in rows), unit, sign=sign)

    def _missing_rows(self, table: str, column: str, rows: list[int]) -> list[str]:
        operand = Declared(self.blocks.columns[table], column)
        return [line for row in rows for line in operand.missing(row)]

    def _references(self, wanted: tuple[tuple[str, str | None, int | None], ...]) -> tuple[Reference, ...]:
        """Published figures of the same denominator, as far as they were known on the legal date."""
        found = []
        for item, variant, year in wanted:
            try:
                selected = self.register.lookup(
                    item, as_of=self.as_of, variant=variant, year=year, override=FOR_COMPARISON
                )
            except NoFactor:
                continue
            if (selected.record.data_year or 0) <= self.as_of.year:
                found.append(_reference(selected))
        return tuple(found)

    def _sources(self) -> list[tuple[Block, int]]:
        """Summed operating sources of the project."""
        summed = [block for block in self.blocks.summed if block.stage == "operation"]
        return list(_rows(summed, self.project))

    def _made(
        self, id: str, formula: Formula, missing: Iterable[str], references: tuple[Reference, ...], **operands: object
    ) -> Indicator:
        worked = formula.work(**operands)
        return _indicator(id, formula.term, formula.id, worked.tree, formula.unit, list(missing), references)


def _rows(blocks: Iterable[Block], project: int) -> Iterator[tuple[Block, int]]:
    for block in blocks:
        low, high = np.searchsorted(block.project, (project, project + 1))
        for at in range(int(low), int(high)):
            yield block, at


def _indicator(
    id: str,
    name: str,
    formula: str,
    tree: Symbolic | float,
    unit: str,
    missing: list[str],
    references: tuple[Reference, ...] = (),
    notes: tuple[str, ...] = (),
) -> Indicator:
    """An indicator whose value is unknown says what it misses, never a number."""
    value = tree.value if isinstance(tree, Symbolic) else tree
    unknown = math.isnan(value)
    text = tree.worked() if isinstance(tree, Symbolic) else ""
    shown = "" if unit == "1" else f" {unit}"
    expression = text if unknown or not text else f"{text} = {show_result(value)}{shown}"
    lines = tuple(dict.fromkeys(missing)) or (OF_NOTHING,) if unknown else ()
    return Indicator(id, name, None if unknown else value, unit, formula, expression, lines, references, notes)


def _reference(selected: Selected) -> Reference:
    record = selected.record
    year = "" if record.data_year is None else str(record.data_year)
    note = "；".join(selected.warnings)
    return Reference(record.name, selected.number, record.unit, record.document, year, note)
