"""How a measure changes the inputs of a project. Each change takes a project and gives another one; nothing else is touched.

Changes act on what the project states at that moment, so that measures combine: savings scale every fuel that makes the heat, shares
are shares of the heat that is left. What a change needs and the project does not state is a ``CannotApplyError`` with the line to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tanping.assessment.accounting import power
from tanping.assessment.accounting.books import COAL_POWER_KINDS, POWER_KINDS, STANDARDS
from tanping.assessment.accounting.formula import show_result
from tanping.assessment.accounting.inventory import account
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.sources.fuel import COALS
from tanping.assessment.measures import formulas
from tanping.assessment.measures.library import Measure
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.model import Capture, Fuel, Material, Product, Project, Table, Unit
from tanping.assessment.project.model import Energy as EnergyRow
from tanping.assessment.project.stated import BLANK, Answer, Stated
from tanping.factors.lookup import NoFactor
from tanping.factors.record import FuelFactor
from tanping.factors.register import Register

NOTE = "措施："
BURNT = ("main", "co_firing", "reductant")
IRON_KINDS = frozenset({"coking", "sintering", "pelletizing", "ironmaking"})


class CannotApplyError(ValueError):
    """A measure lacks something; ``str`` is the line to show."""


@dataclass
class Applied:
    """A measure on its way: the register, the day, the units it is for, and the lines of what it changed."""

    measure: Measure
    size: float
    register: Register
    as_of: date
    units: tuple[str, ...] = ()
    said: list[str] = field(default_factory=list)

    def of(self, name: str) -> str:
        """A parameter of the library."""
        return self.measure.parameters[name]

    def constant(self, item: str) -> float:
        """A number of the register. Raises CannotApplyError."""
        try:
            return self.register.lookup(item, as_of=self.as_of).number
        except NoFactor as refusal:
            raise CannotApplyError(str(refusal)) from None


Change = Callable[[Project, Applied], Project]
CHANGES: dict[str, Change] = {}


def change(function: Change) -> Change:
    """Register a change under its name."""
    CHANGES[function.__name__] = function
    return function


# --- energy --------------------------------------------------------------------------------------------------------------


@change
def coal_rate(project: Project, applied: Applied) -> Project:
    """A lower net coal rate: less heat burnt for the same supply, taken from every fuel of the units in proportion."""
    units = _units(project, applied, COAL_POWER_KINDS, "燃煤发电机组")
    saved = 0.0
    for unit in units:
        supply = power.supplied_electricity_by_rate(
            power.generation(_known(unit, "capacity"), _known(unit, "hours")), _known(unit, "auxiliary_rate") / 100
        )
        saved += float(
            formulas.heat_saved_by_coal_rate(
                applied.size, supply, applied.constant("energy.standard_coal"), _heat_ratio(unit)
            )
        )
    lowered = _edit_units(
        project,
        units,
        lambda unit: (
            {"net_coal_rate": _less(unit, "net_coal_rate", "gce/kWh", applied)} if unit.net_coal_rate.known else {}
        ),
    )
    return _burn_less(lowered, _burnt_in(lowered, units), saved, applied)


@change
def auxiliary_rate(project: Project, applied: Applied) -> Project:
    """Less auxiliary power: the same fuel, more supply."""
    units = _units(project, applied, POWER_KINDS, "发电机组")
    return _edit_units(project, units, lambda unit: {"auxiliary_rate": _less(unit, "auxiliary_rate", "%", applied)})


@change
def electricity(project: Project, applied: Applied) -> Project:
    """Less electricity bought."""
    return _buy_less(project, "purchased_electricity", applied.size, "MWh", applied)


@change
def heat(project: Project, applied: Applied) -> Project:
    """Less heat bought."""
    return _buy_less(project, "purchased_heat", applied.size, "GJ", applied)


@change
def own_electricity(project: Project, applied: Applied) -> Project:
    """Own electricity takes the place of bought electricity; it is never taken off direct emissions (CM-5)."""
    bought = _buy_less(project, "purchased_electricity", applied.size, "MWh", applied)
    row = EnergyRow(
        id=_new_id(project.energy, applied),
        kind=_choice("own_electricity", applied),
        amount=_amount(applied.size, "MWh", applied),
    )
    return bought.model_copy(update={"energy": (*bought.energy, row)})


# --- fuel ----------------------------------------------------------------------------------------------------------------


@change
def biomass_share(project: Project, applied: Applied) -> Project:
    """Biomass in place of part of the heat burnt; its carbon is biogenic."""
    row = Fuel(
        id=_new_id(project.fuels, applied),
        fuel=_text(applied.of("fuel"), applied),
        role=_choice("co_firing", applied),
        ncv=_parsed(Fuel, "ncv", applied.of("ncv"), applied),
        carbon_per_heat=_parsed(Fuel, "carbon_per_heat", applied.of("carbon_per_heat"), applied),
        oxidation=_quantity(1.0, "1", applied),
        fossil_share=_quantity(0.0, "1", applied),
    )
    return _share_of_heat(project, applied, row, float(row.ncv.effective or 0))


@change
def gas_share(project: Project, applied: Applied) -> Project:
    """Natural gas in place of part of the coal, heat for heat, at the heating value of the chosen method."""
    record = _fuel_of_method(project, applied)
    row = Fuel(
        id=_new_id(project.fuels, applied),
        fuel=_text(applied.of("fuel"), applied),
        role=_choice("main", applied),
    )
    return _share_of_heat(project, applied, row, float(record.ncv or 0), "1e4Nm3")


@change
def more_co_firing(project: Project, applied: Applied) -> Project:
    """More of the alternative fuels the project already burns, with their own analysis."""
    rows = [row for row in project.fuels if row.role.effective == "co_firing" and row.amount.known]
    if not rows:
        raise CannotApplyError("项目文件没有掺烧（替代）燃料一行：先填报其热值和非生物质碳比例，没有缺省值")
    heat_before = sum(_heat_of(row, project, applied) for row in rows)
    whole = sum(_heat_of(row, project, applied) for row in _burnt(project, applied))
    if heat_before <= 0:
        raise CannotApplyError("掺烧（替代）燃料的热量为零")
    added = whole * applied.size / 100
    more = _scale(project, "fuels", rows, 1 + added / heat_before, applied)
    coals = [row for row in _burnt(more, applied) if row.role.effective != "co_firing"]
    return _burn_less(more, coals, added, applied)


@change
def fuel_per_iron(project: Project, applied: Applied) -> Project:
    """Less of a fuel per tonne of hot metal."""
    return _fuel_of_iron(project, applied, -1, lambda row: applied.of("fuel") in (row.fuel.effective or ""))


@change
def fuel_per_iron_more(project: Project, applied: Applied) -> Project:
    """More pulverised coal per tonne of hot metal."""
    return _fuel_of_iron(project, applied, 1, lambda row: _item(row, applied) in COALS)


@change
def capture(project: Project, applied: Applied) -> Project:
    """Capture of part of the flue gas, stored: a power plant supplies less, other works buy the electricity it takes."""
    if project.captures:
        raise CannotApplyError("项目文件已填报碳捕集：请在“碳捕集”表中改变比例")
    starts: list[date] = [day for unit in project.units if (day := unit.commissioned.effective) is not None]
    if not starts:
        raise CannotApplyError("生产单元投产日期未填，无法确定捕集投运日期")
    row = Capture(
        id=_new_id(project.captures, applied),
        units=Stated(Answer.GIVEN, value=applied.units, text="，".join(applied.units)) if applied.units else BLANK,
        start=Stated(Answer.GIVEN, value=min(starts), text=str(min(starts)), note=NOTE + applied.measure.name),
        rate=_parsed(Capture, "rate", applied.of("rate"), applied),
        share=_quantity(applied.size, "%", applied),
        destination=_choice("stored", applied),
        site=_text("封存地点待定（假设）", applied),
        electricity=_parsed(Capture, "electricity", applied.of("electricity"), applied),
        transport=_none(applied),
        leak=_none(applied),
    )
    made = project.model_copy(update={"captures": (*project.captures, row)})
    applied.said.append(f"捕集率 {applied.of('rate')}，处理烟气 {applied.size:g}%，电耗 {applied.of('electricity')}")
    if project.project.sector.effective == "power":
        return made
    caught = _caught(made, row, applied)
    drawn = caught * float(row.electricity.effective or 0)
    bought = EnergyRow(
        id=_new_id(made.energy, applied),
        kind=_choice("purchased_electricity", applied),
        amount=_amount(drawn, "MWh", applied),
    )
    applied.said.append(f"新增外购电 {show_result(drawn)} MWh")
    return made.model_copy(update={"energy": (*made.energy, bought)})


def _caught(project: Project, row: Capture, applied: Applied) -> float:
    """What a capture row catches in the design year, t, as accounting counts it."""
    blocks = account(columns_of([project]), applied.register, as_of=applied.as_of)
    for block in blocks.blocks:
        if block.formula.id == power.captured.id:
            for at, table_row in enumerate(block.rows):
                if str(block.table.ids[table_row]) == row.id and block.design[at] == block.design[at]:
                    return abs(float(block.design[at]))
    raise CannotApplyError("捕集单元的排放量未知，无法计算捕集量")


# --- materials and products ----------------------------------------------------------------------------------------------


@change
def scrap(project: Project, applied: Applied) -> Project:
    """More scrap, less hot metal: what making hot metal needs falls in proportion."""
    iron = next((row for row in project.products if _is_iron(row)), None)
    if iron is None or not iron.amount.known:
        raise CannotApplyError("产品表没有铁水（生铁）产量，无法计算废钢替代的份额")
    made = float(iron.amount.effective or 0)
    replaced = float(formulas.hot_metal_replaced(applied.size, float(applied.of("yield"))))
    if replaced >= made:
        raise CannotApplyError(f"增加的废钢折合铁水 {replaced:.0f} t，超过铁水产量 {made:.0f} t")
    left = 1 - replaced / made
    upstream = [
        row
        for row in project.fuels
        if row.role.effective in ("reductant", "main", "sold")
        and (not row.units.effective or _serves(project, row, IRON_KINDS))
    ]
    fluxes = [row for row in project.materials if row.role.effective == "flux" and _serves(project, row, IRON_KINDS)]
    changed = _scale(project, "fuels", upstream, left, applied)
    changed = _scale(changed, "materials", fluxes, left, applied)
    changed = _scale(changed, "products", [iron], left, applied)
    row = Material(
        id=_new_id(project.materials, applied),
        role=_choice("carbon_material", applied),
        material=_text("废钢", applied),
        amount=_amount(applied.size, "t", applied),
    )
    return changed.model_copy(update={"materials": (*changed.materials, row)})


@change
def clinker_heat(project: Project, applied: Applied) -> Project:
    """Less heat per tonne of clinker."""
    saved = float(formulas.saved_by_specific_use(applied.size, _clinker(project)))
    return _burn_less(project, _burnt(project, applied), saved, applied)


@change
def clinker_ratio(project: Project, applied: Applied) -> Project:
    """Less clinker in the same cement: kiln fuel, raw meal, dust and alternative raw materials fall with the clinker."""
    cement = [row for row in project.products if not is_clinker(row.product.effective) and row.amount.known]
    if not cement:
        raise CannotApplyError("产品表没有水泥产量，无法按熟料系数计算")
    saved = float(formulas.saved_by_specific_use(applied.size, sum(float(row.amount.effective or 0) for row in cement)))
    made = _clinker(project)
    if saved >= made:
        raise CannotApplyError("熟料减少量超过熟料产量")
    left = 1 - saved / made
    clinker = [row for row in project.products if is_clinker(row.product.effective)]
    kiln = [row for row in project.materials if row.role.effective in ("raw_meal", "kiln_dust", "alternative_raw")]
    changed = _scale(project, "products", clinker, left, applied)
    changed = _scale(changed, "materials", kiln, left, applied)
    return _scale(changed, "fuels", _burnt(project, applied), left, applied)


@change
def alternative_raw(project: Project, applied: Applied) -> Project:
    """Non-carbonate raw material fed to the kiln (CM-1)."""
    if project.project.method.effective != "ets-2024":
        raise CannotApplyError("氧化钙氧化镁法不按替代原料用量扣减：请改报非碳酸盐来源的 CaO、MgO 含量")
    lines = [unit.id for unit in project.units if unit.kind.effective == "clinker"]
    served = applied.units or tuple(lines)
    row = Material(
        id=_new_id(project.materials, applied),
        units=Stated(Answer.GIVEN, value=served, text="，".join(served)),
        role=_choice("alternative_raw", applied),
        material=_text(applied.of("material"), applied),
        amount=_amount(applied.size, "t", applied),
    )
    applied.said.append(f"新增入窑替代原料 {applied.of('material')} {show_result(applied.size)} t")
    return project.model_copy(update={"materials": (*project.materials, row)})


# --- shared --------------------------------------------------------------------------------------------------------------


def _units(project: Project, applied: Applied, kinds: frozenset[str], what: str) -> list[Unit]:
    found = [
        unit
        for unit in project.units
        if unit.kind.effective in kinds
        and unit.nature.effective != "existing"
        and (not applied.units or unit.id in applied.units)
    ]
    if not found:
        raise CannotApplyError(f"项目没有适用的{what}")
    return found


def _known(unit: Unit, column: str) -> float:
    stated: Stated[Decimal] = getattr(unit, column)
    if stated.effective is None:
        from tanping.assessment.project.catalogue import entry

        raise CannotApplyError(f"生产单元“{unit.id}”：{entry('units', column).label}未填")
    return float(stated.effective)


def _heat_ratio(unit: Unit) -> float:
    supplied = _known(unit, "heat_supplied")
    return 0.0 if supplied == 0.0 else float(power.heat_supply_ratio(supplied, _known(unit, "heat_produced")))


def _edit_units(project: Project, units: Sequence[Unit], edit: Callable[[Unit], Mapping[str, Stated[Any]]]) -> Project:
    mine = {unit.id for unit in units}
    edited = tuple(unit.model_copy(update=dict(edit(unit))) if unit.id in mine else unit for unit in project.units)
    return project.model_copy(update={"units": edited})


def _burnt(project: Project, applied: Applied) -> list[Fuel]:
    """Fuels that make heat, of the units the measure is for."""
    return [
        row
        for row in project.fuels
        if row.role.effective in BURNT
        and (not applied.units or not row.units.effective or set(row.units.effective) & set(applied.units))
    ]


def _burnt_in(project: Project, units: Sequence[Unit]) -> list[Fuel]:
    mine = {unit.id for unit in units}
    return [
        row
        for row in project.fuels
        if row.role.effective in BURNT and (not row.units.effective or set(row.units.effective) & mine)
    ]


def _burn_less(project: Project, fuels: Sequence[Fuel], saved: float, applied: Applied) -> Project:
    """Take an amount of heat off some fuels, each in proportion to its heat."""
    whole = sum(_heat_of(row, project, applied) for row in fuels)
    if not fuels or whole <= 0:
        raise CannotApplyError("没有可减少的燃料，或燃料的热量未知")
    if saved > whole:
        raise CannotApplyError(f"节约的热量 {saved:.0f} GJ 超过燃料热量 {whole:.0f} GJ")
    return _scale(project, "fuels", fuels, 1 - saved / whole, applied)


def _heat_of(row: Fuel, project: Project, applied: Applied) -> float:
    """Heat of a fuel row, GJ: declared heating value, else the default of the method (never for coal)."""
    if not row.amount.known:
        raise CannotApplyError(f"燃料“{row.id}”：年消耗量未填")
    if row.ncv.known:
        return float(row.amount.effective or 0) * float(row.ncv.effective or 0)
    item = _item(row, applied)
    if item is None or item in COALS:
        raise CannotApplyError(f"燃料“{row.id}”：低位发热量未填，无法按热量折算")
    return float(row.amount.effective or 0) * float(_record(project, item, applied).ncv or 0)


def _item(row: Fuel, applied: Applied) -> str | None:
    return names_of(applied.register, ("fuel.",)).item(row.fuel.effective)


def _record(project: Project, item: str, applied: Applied) -> FuelFactor:
    standards = STANDARDS.get((project.project.sector.effective or "", project.project.method.effective or ""), ())
    for standard in standards:
        try:
            found = applied.register.lookup(item, as_of=applied.as_of, standard=standard).record
        except NoFactor:
            continue
        if isinstance(found, FuelFactor) and found.ncv is not None:
            return found
    name = applied.register.of(item)[0].name
    raise CannotApplyError(f"{'所选核算依据' if standards else '没有选择核算依据，'}没有{name}的低位发热量缺省值")


def _fuel_of_method(project: Project, applied: Applied) -> FuelFactor:
    item = names_of(applied.register, ("fuel.",)).item(applied.of("fuel"))
    if item is None:
        raise CannotApplyError(f"因子库中没有“{applied.of('fuel')}”")
    return _record(project, item, applied)


def _share_of_heat(project: Project, applied: Applied, row: Fuel, ncv: float, unit: str = "t") -> Project:
    """Put a new fuel in place of a share of the heat of the coal (all fuels burnt but those already co-fired)."""
    if not 0 < applied.size <= 100:
        raise CannotApplyError(f"份额应大于 0 而不超过 100%，填的是 {applied.size:g}%")
    coals = [
        one for one in _burnt(project, applied) if one.role.effective != "co_firing" and _item(one, applied) in COALS
    ]
    moved = sum(_heat_of(one, project, applied) for one in coals) * applied.size / 100
    reduced = _burn_less(project, coals, moved, applied)
    amount = float(formulas.fuel_of_heat(moved, ncv))
    served = coals[0].units
    added = row.model_copy(update={"amount": _amount(amount, unit, applied), "units": served})
    applied.said.append(f"新增{row.fuel.effective} {show_result(amount)} {unit}")
    return reduced.model_copy(update={"fuels": (*reduced.fuels, added)})


def _fuel_of_iron(project: Project, applied: Applied, sign: int, mine: Callable[[Fuel], bool]) -> Project:
    iron = next((row for row in project.products if _is_iron(row)), None)
    rows = [row for row in project.fuels if row.role.effective in BURNT and mine(row) and row.amount.known]
    if iron is None or not iron.amount.known:
        raise CannotApplyError("产品表没有铁水（生铁）产量")
    if len(rows) != 1:
        raise CannotApplyError("燃料表中没有（或不止一行）相应的燃料，无法确定改变哪一行")
    moved = float(formulas.saved_by_specific_use(applied.size / 1000, float(iron.amount.effective or 0)))
    before = float(rows[0].amount.effective or 0)
    after = before + sign * moved
    if after < 0:
        raise CannotApplyError(f"燃料“{rows[0].id}”减少 {moved:.0f} t，超过其年消耗量")
    return _scale(project, "fuels", rows, after / before if before else 1.0, applied)


def _buy_less(project: Project, kind: str, size: float, unit: str, applied: Applied) -> Project:
    rows = [row for row in project.energy if row.kind.effective == kind and row.amount.known]
    if any(row.kind.effective == kind and row.carrier_mass.known and not row.amount.known for row in project.energy):
        raise CannotApplyError("外购热力以蒸汽或热水质量填报，请改填年热量后再算这项措施")
    whole = sum(float(row.amount.effective or 0) for row in rows)
    if size > whole:
        raise CannotApplyError(f"减少 {show_result(size)} {unit}，超过外购量 {show_result(whole)} {unit}")
    return _scale(project, "energy", rows, 1 - size / whole if whole else 1.0, applied)


def _scale(project: Project, table: str, rows: Sequence[Table], factor: float, applied: Applied) -> Project:
    """Multiply the amounts of some rows, keeping the unit they were told in."""
    mine = {getattr(row, "id", None) for row in rows}
    edited = []
    for row in getattr(project, table):
        if row.id in mine and row.amount.known:
            before = float(row.amount.effective or 0)
            unit = row.amount.effective_unit
            applied.said.append(f"{row.id}：{show_result(before)} → {show_result(before * factor)} {unit}")
            edited.append(row.model_copy(update={"amount": _amount(before * factor, unit, applied, row.amount)}))
        else:
            edited.append(row)
    return project.model_copy(update={table: tuple(edited)})


def _serves(project: Project, row: Material | Fuel, kinds: frozenset[str]) -> bool:
    named = row.units.effective
    of = {unit.id: unit.kind.effective for unit in project.units}
    return any(of.get(name) in kinds for name in named or ())


def _is_iron(row: Product) -> bool:
    return any(word in (row.product.effective or "") for word in ("铁水", "生铁"))


def _clinker(project: Project) -> float:
    rows = [row for row in project.products if is_clinker(row.product.effective)]
    if not rows or not all(row.amount.known for row in rows):
        raise CannotApplyError("产品表没有熟料产量")
    return sum(float(row.amount.effective or 0) for row in rows)


def _less(of: Unit, column: str, unit: str, applied: Applied) -> Stated[Decimal]:
    """A figure of a production unit, lowered by the size of the measure."""
    after = _known(of, column) - applied.size
    if after < 0:
        raise CannotApplyError(f"降低 {applied.size:g} {unit} 后为负")
    stated: Stated[Decimal] = getattr(of, column)
    applied.said.append(f"{stated.effective} → {show_result(after)} {unit}")
    return _amount(after, unit, applied, stated)


def _amount(value: float, unit: str, applied: Applied, before: Stated[Decimal] | None = None) -> Stated[Decimal]:
    made = _quantity(value, unit, applied)
    return made if before is None else replace(made, document=before.document, page=before.page)


def _quantity(value: float, unit: str, applied: Applied) -> Stated[Decimal]:
    return Stated(
        Answer.GIVEN,
        value=Decimal(repr(value)),
        unit=unit,
        text=f"{show_result(value)} {unit}",
        note=NOTE + applied.measure.name,
    )


def _text(value: str, applied: Applied) -> Stated[str]:
    return Stated(Answer.GIVEN, value=value, text=value, note=NOTE + applied.measure.name)


def _choice(code: str, applied: Applied) -> Stated[str]:
    return Stated(Answer.GIVEN, value=code, text=code, note=NOTE + applied.measure.name)


def _none(applied: Applied) -> Stated[Decimal]:
    return Stated(Answer.NONE, value=Decimal(0), unit="tCO2", text="无", note=NOTE + applied.measure.name)


def _parsed(table: type[Table], column: str, text: str, applied: Applied) -> Stated[Any]:
    from tanping.assessment.project.catalogue import entries

    known: Entry = entries(table)[column]
    return replace(known.parse(text), note=f"假设：{applied.measure.source}")


def _new_id(rows: Sequence[Table], applied: Applied) -> str:
    taken = {getattr(row, "id", "") for row in rows}
    name = applied.measure.name[:30]
    number = 1
    while (id := name if number == 1 else f"{name}{number}") in taken:
        number += 1
    return id
