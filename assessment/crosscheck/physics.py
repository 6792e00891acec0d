"""Physics across chapters: coal of the air and the carbon chapter, limestone and sulphur, flue gas and carbon, heat and coal rate.

What burns, dissolves or leaves the stack is one and the same, whichever chapter describes it. A row is a query to the applicant, with
both sides' working; it decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tanping.assessment.accounting import power
from tanping.assessment.accounting.formula import Quantity, Ratio, Worked, figure, formula, leaf, show_result
from tanping.assessment.accounting.operands import shown_unit
from tanping.assessment.crosscheck.chapters import FILE, UNITS, Library, Statement, agree
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.project.model import PARAMETERS, Project
from tanping.assessment.result import CrossCheck, Side
from tanping.factors.lookup import NoFactor
from tanping.records.basis import Basis

HOLDS, QUERY = "相符", "存疑，请说明"

GYPSUM_PER_SO2 = Ratio(172, 64)
CO2_PER_VOLUME = 44 / 22.4


@dataclass(frozen=True)
class Band:
    """Where the ratio of one side to the other may lie. ``basis`` says how sure the band is."""

    low: float
    high: float
    basis: Basis
    why: str


# Ratios of the stated to the derived figure.
BANDS = {
    "coal": Band(0.995, 1.005, Basis.TRANSCRIBED, "同一批煤"),
    "limestone": Band(0.97, 1.15, Basis.RECALLED, "钙硫比一般 1.02—1.10"),
    "gypsum": Band(0.95, 1.35, Basis.RECALLED, "石膏含水约 10%、纯度约 90%"),
    "flue_gas": Band(0.90, 1.10, Basis.RECALLED, "烟气量与浓度的估算误差"),
    "heat": Band(0.97, 1.03, Basis.SECONDARY, "热量平衡，偏离超过 3% 提出疑问"),
    "output": Band(0.995, 1.005, Basis.TRANSCRIBED, "装机容量乘以利用小时"),
}


@formula(
    id="CK-1",
    term="烟气带出的二氧化碳",
    standard="理想气体体积关系",
    unit="tCO2",
    symbols={"flow": ("V", "烟气量（标态）", "1e4Nm3"), "share": ("φ_CO2", "二氧化碳体积分数", "1")},
    basis=Basis.TRANSCRIBED,
    note="推导：22.4 Nm³/kmol；烟气量与浓度须为同一干湿基、同一氧含量",
)
def co2_of_flue_gas(flow: Quantity, share: Quantity) -> Quantity:
    """CO2 that leaves with a year's flue gas, t: 10⁴ Nm³ × 44/22.4 kg/Nm³."""
    return flow * share * CO2_PER_VOLUME * 10


@formula(
    id="CK-2",
    term="脱硫石膏产生量（按脱除二氧化硫量）",
    standard="化学计量关系",
    unit="t",
    symbols={"so2_removed": ("ΔSO2", "石灰石脱除的二氧化硫", "t")},
    basis=Basis.TRANSCRIBED,
    note="推导：CaSO4·2H2O 172，SO2 64；不含水分与杂质",
)
def gypsum_by_sulphur(so2_removed: Quantity) -> Quantity:
    """Pure dry gypsum made by wet limestone desulphurisation, t."""
    return so2_removed * GYPSUM_PER_SO2


def physics_of(project: Project, case: Case) -> Iterator[CrossCheck]:
    """Every relation of which both sides are stated somewhere."""
    desk = _Desk(Library(project, case))
    yield from desk.coal()
    yield from desk.limestone()
    yield from desk.gypsum()
    yield from desk.flue_gas()
    yield from desk.heat()
    yield from desk.output()


@dataclass(frozen=True)
class _Desk:
    library: Library

    def coal(self) -> Iterator[CrossCheck]:
        """Coal of the carbon chapter is the coal of the air chapter."""
        for carbon in self.library.of("coal", chapter="eia_carbon"):
            for air in self.library.of("coal", subject=carbon.subject, chapter="eia_air"):
                assert carbon.printed is not None
                assert air.printed is not None
                yield _relation(
                    "coal",
                    "碳排放章节与大气章节的燃煤量",
                    "t",
                    carbon.printed.value,
                    air.printed.value,
                    (_side(carbon), _side(air)),
                    (),
                    close=agree(carbon.printed, air.printed),
                )

    def limestone(self) -> Iterator[CrossCheck]:
        """CO2 of the limestone (PW-5) against CO2 by the sulphur it takes (PW-5s)."""
        stone, stone_side = self._value("limestone")
        removed, removed_side = self._value("so2_removed")
        if math.isnan(stone) or math.isnan(removed) or not self._desulphurises():
            return
        content, factor = (
            self._register("process.desulphurisation.caco3_content"),
            self._register("process.desulphurisation.caco3"),
        )
        own = self._content()
        by_stone = power.desulphurisation.work(
            b=leaf(stone, "t", sign="B"), i=content if math.isnan(own) else own, ef=factor, tr=1.0
        )
        by_sulphur = power.desulphurisation_by_sulphur.work(so2_removed=leaf(removed, "t", sign="ΔSO2"))
        sides = (stone_side, removed_side)
        yield _worked("limestone", "石灰石用量与二氧化硫脱除量", by_stone, by_sulphur, sides)

    def gypsum(self) -> Iterator[CrossCheck]:
        """Gypsum against the sulphur it holds."""
        made, made_side = self._value("gypsum")
        removed, removed_side = self._value("so2_removed")
        if math.isnan(made) or math.isnan(removed):
            return
        worked = gypsum_by_sulphur.work(so2_removed=leaf(removed, "t", sign="ΔSO2"))
        yield _relation(
            "gypsum", "脱硫石膏与二氧化硫脱除量", "t", made, worked.value, (made_side, removed_side), (worked.text,)
        )

    def flue_gas(self) -> Iterator[CrossCheck]:
        """Flue gas times its CO2 against what the works emit directly."""
        flow, flow_side = self._value("flue_gas")
        share, share_side = self._value("co2_share")
        total = self._direct()
        if math.isnan(flow) or math.isnan(share) or math.isnan(total):
            return
        worked = co2_of_flue_gas.work(
            flow=leaf(flow, "10⁴Nm³", sign="V"), share=leaf(share / 100, sign="φ_CO2", text=f"{share:g}%")
        )
        total_side = Side(FILE, f"直接排放量 {show_result(total)} tCO2", total)
        sides = (flow_side, share_side, total_side)
        yield _relation("flue_gas", "烟气量与二氧化碳浓度", "tCO2", worked.value, total, sides, (worked.text,))

    def heat(self) -> Iterator[CrossCheck]:
        """PW-4: heat of the coal each chapter burns against its coal rate and supply."""
        supply, ncv = self.library.worked_with("supply", ""), self.library.worked_with("coal_ncv", "")
        ratio = self._heat_ratio()
        seen: set[tuple[float, ...]] = set()
        own = [(FILE, "")] + [(one.label, one.chapter) for one in self.library.statements]
        for label, chapter in dict.fromkeys(own):
            said = {name: self._in(name, chapter) for name in ("coal", "coal_ncv", "coal_rate", "supply")}
            rate, burnt = said["coal_rate"][0], said["coal"][0]
            heat_value = ncv if math.isnan(said["coal_ncv"][0]) else said["coal_ncv"][0]
            out = supply if math.isnan(said["supply"][0]) else said["supply"][0]
            key = (burnt, heat_value, rate, out)
            if key in seen or any(math.isnan(one) for one in (*key, ratio)):
                continue
            seen.add(key)
            per_tce = self._register("energy.standard_coal")
            worked = power.coal_rate_check.work(
                heat_in=figure(burnt * heat_value, "GJ", sign="Σ(FC·NCV)"),
                r_h=leaf(ratio, sign="r_h"),
                coal_rate=figure(rate * 0.001, "tce/MWh", sign="b_s"),
                w_s=figure(out, "MWh", sign="W_s"),
                gj_per_tce=leaf(per_tce, "GJ/tce", sign="q_ce"),
            )
            sides = tuple(side for value, side in said.values() if side is not None and not math.isnan(value))
            yield _relation("heat", f"燃煤热量与供电煤耗（{label}）", "1", worked.value, 1.0, sides, (worked.text,))

    def output(self) -> Iterator[CrossCheck]:
        """Generation against capacity times hours."""
        stated = self.library.of("generation")
        capacity, hours = self.library.worked_with("capacity", ""), self.library.worked_with("hours", "")
        for one in stated:
            assert one.printed is not None
            own_hours = next((other for other in self.library.of("hours", chapter=one.chapter)), None)
            used = own_hours.printed.value if own_hours is not None and own_hours.printed is not None else hours
            if math.isnan(capacity) or math.isnan(used):
                continue
            worked = power.generation.work(capacity=capacity, hours=used)
            sides = (_side(one), *((_side(own_hours),) if own_hours else ()))
            close = one.printed.holds(worked.value)
            yield _relation(
                "output",
                f"发电量与装机、利用小时（{one.label}）",
                "MWh",
                one.printed.value,
                worked.value,
                sides,
                (worked.text,),
                close=close,
            )

    # --- what the relations read -----------------------------------------------------------------------------------------

    def _value(self, parameter: str) -> tuple[float, Side]:
        """The first chapter that states a parameter, else the figure of the project file."""
        stated = self.library.of(parameter)
        if stated:
            assert stated[0].printed is not None
            return stated[0].printed.value, _side(stated[0])
        own = self.library.worked_with(parameter, "")
        return own, _own(parameter, own)

    def _in(self, parameter: str, chapter: str) -> tuple[float, Side | None]:
        if not chapter:
            own = self.library.worked_with(parameter, "")
            return own, _own(parameter, own)
        stated = self.library.of(parameter, subject="", chapter=chapter)
        if not stated:
            # Supply and coal rate are often stated in one document only.
            own = self.library.worked_with(parameter, "") if parameter == "coal_rate" else math.nan
            return own, None
        assert stated[0].printed is not None
        return stated[0].printed.value, _side(stated[0])

    def _register(self, item: str) -> float:
        try:
            return self.library.case.register.lookup(item, as_of=self.library.case.as_of).number
        except NoFactor:
            return math.nan

    def _desulphurises(self) -> bool:
        table = self.library.case.blocks.columns["materials"]
        return any(
            role == "desulphurisation" and project == self.library.case.project
            for role, project in zip(table.words["role"], table.project, strict=True)
        )

    def _content(self) -> float:
        table = self.library.case.blocks.columns["materials"]
        found = {
            float(content)
            for content, role, project in zip(
                table.numbers["carbonate_content"], table.words["role"], table.project, strict=True
            )
            if role == "desulphurisation" and project == self.library.case.project
        }
        return found.pop() if len(found) == 1 else math.nan

    def _direct(self) -> float:
        made = self.library.case.figures["direct_total"]().recomputed
        return math.nan if made is None else made

    def _heat_ratio(self) -> float:
        indicator = self.library.case.figures.get("supply_intensity")
        ratios = indicator().parts.get("ratio", ()) if indicator is not None else ()
        return ratios[0].value if ratios else math.nan


def _worked(key: str, label: str, one: Worked, other: Worked, sides: tuple[Side, ...]) -> CrossCheck:
    return _relation(key, label, one.unit, one.value, other.value, sides, (one.text, other.text))


def _relation(
    key: str,
    label: str,
    unit: str,
    stated: float,
    derived: float,
    sides: tuple[Side, ...],
    working: tuple[str, ...],
    *,
    close: bool = False,
) -> CrossCheck:
    band = BANDS[key]
    ratio = stated / derived if derived else math.nan
    holds = close or band.low <= ratio <= band.high
    return CrossCheck(
        figure=f"physics.{key}",
        label=label,
        declared="；".join(f"{side.chapter} {side.text}".strip() for side in sides),
        declared_value=stated,
        recomputed=derived,
        unit=unit,
        difference=None if math.isnan(ratio) else ratio - 1,
        verdict=HOLDS if holds else QUERY,
        page="；".join(dict.fromkeys(side.page for side in sides if side.page)),
        kind="physics",
        notes=(*working, f"允许范围 {band.low:g}—{band.high:g}：{band.why}（{band.basis.label}）"),
        sides=sides,
    )


def _own(parameter: str, value: float) -> Side:
    """The figure this assessment works with, as a side of the relation."""
    text = "" if math.isnan(value) else f"{PARAMETERS[parameter]} {show_result(value)} {shown_unit(UNITS[parameter])}"
    return Side(FILE, text, None if math.isnan(value) else value)


def _side(one: Statement) -> Side:
    said = one.row.value
    return Side(one.label, said.text, one.printed.value if one.printed else None, said.document, said.page)
