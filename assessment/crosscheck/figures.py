"""Every figure a report may declare, as one expression down to its inputs: source rows, totals, outputs, intensities, energy.

The value that is compared is always the one of the inventory or the indicator; the expression built here from the same formulas
exists to be run again with altered operands (a test holds both equal).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from tanping.assessment.accounting import intensity, net_change, power, regional
from tanping.assessment.accounting.books import POWER_KINDS
from tanping.assessment.accounting.formula import Formula, Symbol, Symbolic, figure, leaf, total
from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.accounting.operands import Declared
from tanping.assessment.accounting.sources.clinker import is_clinker
from tanping.assessment.accounting.tce import NO_EQUIVALENT, EnergyUse
from tanping.assessment.crosscheck.rerun import Leaf, Term, positions, summed, term_of, terms_of
from tanping.assessment.performance import OF_THE_UNIT
from tanping.assessment.project.model import CHANGE_ACCOUNTS
from tanping.assessment.result import Indicator, Inventory
from tanping.factors.register import Register
from tanping.records.errors import suggest

# The expression of a figure, its terms, the zero beside them, and the leaves outside the terms.
_Made: TypeAlias = "tuple[Symbolic | None, tuple[Term, ...], Symbolic | None, dict[str, tuple[Leaf, ...]]]"
_Output: TypeAlias = "tuple[Symbolic, dict[str, tuple[Leaf, ...]]]"
CATEGORIES = {
    "fuel": "化石燃料燃烧排放合计",
    "process": "工业生产过程排放合计",
    "electricity": "净购入电力排放合计",
    "heat": "净购入热力排放合计",
    "removal": "固碳产品扣减合计",
}
# What reports call a figure. The left side is an id of this module, of an indicator, or of a source.
ALIASES = {
    "design_year_total": (
        "达产年排放总量",
        "碳排放总量",
        "二氧化碳排放总量",
        "排放总量",
        "年排放总量",
        "达产年二氧化碳排放量",
    ),
    "direct_total": ("直接排放量", "二氧化碳直接排放量"),
    "lifetime_total": ("全生命周期排放总量", "全生命周期排放"),
    "mean_operating": ("运行期年均排放量", "年均排放量"),
    "net_change": ("净变化量", "碳排放净变化量"),
    "generated": ("发电量", "年发电量"),
    "supplied": ("供电量", "年供电量", "上网电量"),
    "supply_intensity": ("供电碳排放强度", "单位供电量排放", "供电碳排放绩效"),
    "generation_intensity": ("发电碳排放强度", "单位发电量排放"),
    "heat_intensity": ("供热碳排放强度", "单位供热量排放"),
    "annual_energy_tce": ("综合能耗", "年综合能耗", "综合能源消费量（当量值）", "年综合能耗（当量值）"),
    "annual_energy_tce_equivalent": ("综合能源消费量（等价值）", "年综合能耗（等价值）"),
    "ets_allowance": ("配额", "配额量", "年度配额"),
    "ets_emission": ("配额口径排放量",),
    "clinker_direct": ("单位熟料直接排放", "吨熟料排放"),
    "clinker_process": ("单位熟料过程排放",),
    "clinker_ratio": ("熟料系数",),
    "cement_intensity": ("单位水泥排放", "吨水泥排放"),
    "per_crude_steel": ("吨钢排放", "单位粗钢排放"),
    "per_output_value": ("单位工业总产值排放", "万元产值排放"),
    "per_value_added": ("单位工业增加值排放", "万元增加值排放"),
}


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure with its expression.

    ``recomputed`` is None when something it needs is unknown; ``missing`` then says what. ``tree`` is None where the figure
    cannot be taken apart. ``extra`` is the zero that something may be added to the sum by mistake; ``parts`` names leaves that stand
    outside the terms (an output, a ratio).
    """

    id: str
    name: str
    unit: str
    recomputed: float | None
    tree: Symbolic | None = None
    terms: tuple[Term, ...] = ()
    extra: Symbolic | None = None
    parts: Mapping[str, tuple[Leaf, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    scale: Symbolic = field(default_factory=lambda: leaf(1.0))

    @cached_property
    def whole(self) -> Symbolic | None:
        """The expression with the factor that a slip of the whole figure changes."""
        return None if self.tree is None else self.scale * self.tree


@dataclass(frozen=True, eq=False)
class Case:
    """What one project's second calculation reads."""

    blocks: InventoryBlocks
    inventory: Inventory
    indicators: tuple[Indicator, ...]
    register: Register
    as_of: date
    project: int = 0
    # What was tried on a figure already: several rows may declare the same one.
    tried: dict[tuple[str, frozenset[str]], Any] = field(default_factory=dict)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Every source of the inventory."""
        return terms_of(self.blocks, self.inventory, self.project)

    @cached_property
    def figures(self) -> dict[str, Callable[[], Figure]]:
        """What can be compared, by id; made when asked for."""
        made: dict[str, Callable[[], Figure]] = {}
        for term in self.terms:
            made[term.id] = lambda term=term: self._source(term)  # type: ignore[misc]
        made["design_year_total"] = self._design_total
        made["direct_total"] = lambda: self._category(
            "direct_total", "二氧化碳直接排放量", ("fuel", "process", "removal")
        )
        for category, name in CATEGORIES.items():
            made[f"{category}_total"] = lambda category=category, name=name: self._category(  # type: ignore[misc]
                f"{category}_total", name, (category,)
            )
        made["lifetime_total"] = self._lifetime
        made["mean_operating"] = lambda: self._plain(
            "mean_operating", "运行期年均排放量", "tCO2", self.inventory.mean_operating
        )
        made["net_change"] = self._net_change
        for indicator in self.indicators:
            made[indicator.id] = lambda indicator=indicator: self._indicator(indicator)  # type: ignore[misc]
        if EnergyUse(self.blocks.books).converting[self.project]:
            made["annual_energy_tce_equivalent"] = self._no_equivalent
        return made

    def find(self, asked: str) -> Figure | str:
        """The figure a person means by an id, a name, or a name reports use; else the sentence that refuses it."""
        text = asked.strip()
        for id in (text, self._names.get(_plain(text), "")):
            if id in self.figures:
                return self.figures[id]()
        near = suggest(text, [*self._shown, *self.figures])
        return f"不认识的指标“{text[:40]}”" + (f"，{near}" if near else "")

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for id, others in ALIASES.items():
            for name in others:
                names.setdefault(_plain(name), id)
        for id, name in [
            *((term.id, term.name) for term in self.terms),
            *((one.id, one.name) for one in self.indicators),
        ]:
            names.setdefault(_plain(name), id)
        for id, name in CATEGORIES.items():
            names.setdefault(_plain(name), f"{id}_total")
        for term in self.terms:
            # A bare row number of the file, where it is the only one of that name.
            bare = _plain(term.id.split(".", 1)[-1])
            names[bare] = "" if bare in names else term.id
        return names

    @cached_property
    def _shown(self) -> list[str]:
        return [name for others in ALIASES.values() for name in others[:1]] + [term.name for term in self.terms]

    # --- sources and totals ----------------------------------------------------------------------------------------------

    def _source(self, term: Term) -> Figure:
        source = term.source
        assert source is not None
        value = source.total if source.stage != "operation" else source.design_year
        # A subtracted row is printed as the positive amount it takes away, and so it is declared.
        alone = term.counting(1.0)
        unit = "tCO2e" if source.gas == "CO2e" else "tCO2"
        recomputed = None if value is None else alone.value
        return Figure(term.id, term.name, unit, recomputed, alone.product, (alone,), missing=source.missing)

    @cached_property
    def running(self) -> tuple[Term, ...]:
        """Sources of the operating stage that are summed."""
        return tuple(term for term in self.terms if term.block.stage == "operation" and term.counted)

    @cached_property
    def uncounted(self) -> tuple[Term, ...]:
        """Sources that are shown and not summed into the design year: check coal, biogenic memo, construction."""
        return tuple(
            term.counting(0.0) for term in self.terms if term not in self.running and term.block.suffix != ".market"
        )

    def _design_total(self) -> Figure:
        made = _summed((*self.running, *self.uncounted))
        value, missing = self.inventory.design_year_total, self.inventory.missing
        return Figure("design_year_total", "达产年排放总量", "tCO2", value, *made, missing)

    def _category(self, id: str, name: str, categories: Sequence[str]) -> Figure:
        mine = [term for term in self.running if term.block.category in categories]
        missing = tuple(line for term in mine if term.source for line in term.source.missing)
        if categories == ("removal",):
            mine = [term.counting(1.0) for term in mine]
        value = math.fsum(term.value for term in mine) if mine else math.nan
        memo = [term for term in self.uncounted if term.block.category in categories]
        lacking = missing or (() if mine else (f"{name}：没有这类排放源",))
        return Figure(id, name, "tCO2", None if math.isnan(value) else value, *_summed((*mine, *memo)), lacking)

    def _lifetime(self) -> Figure:
        # What starts after the design year is not in it, and yet in the lifetime.
        terms = tuple(
            term.counting(float(term.block.sign))
            for term in self.terms
            if term.source is not None and not term.source.memo
        )
        value = self.inventory.lifetime_total
        made: _Made = (None, (), None, {})
        if value is not None and terms:
            # Over the years every source runs in proportion to its design year.
            made = (total(term.product * figure(_years(term)) for term in terms), terms, None, {})
        return Figure("lifetime_total", "全生命周期排放总量", "tCO2", value, *made, self.inventory.missing)

    def _plain(self, id: str, name: str, unit: str, value: float | None, missing: Sequence[str] = ()) -> Figure:
        return Figure(id, name, unit, value, missing=tuple(missing) or self.inventory.missing)

    def _no_equivalent(self) -> Figure:
        """A power project has no 等价值; its working is kept, since people take it for the 当量值."""
        taken_apart = self._energy(equivalent=True) or (None, (), None, {})
        name = "年综合能耗（等价值）"
        return Figure("annual_energy_tce_equivalent", name, "tce", None, *taken_apart, (NO_EQUIVALENT,))

    def _net_change(self) -> Figure:
        """NC-1 over the rows of the changes table; each cut can be counted another number of times."""
        table = self.blocks.columns["changes"]
        sums: dict[str, list[Symbolic]] = {account: [] for account in ("after", "before", "replaced", "regional")}
        cuts: tuple[Leaf, ...] = ()
        for row in np.flatnonzero(table.project == self.project):
            account = table.words["account"][row]
            before, after = (self.number("changes", name, int(row), "E").node for name in ("before", "after"))
            name = table.words["party"][row] or table.ids[row]
            counted = leaf(1.0, sign=f"{CHANGE_ACCOUNTS.get(account, '')} {name}")
            if account in ("existing", "offset"):
                # before − after is what the own works give up, however often it is counted.
                sums["before"].append(before)
                sums["after"].append(before - counted * (before - after))
            elif account in ("replaced", "regional"):
                sums[account].append(counted * (before - after))
            else:
                continue
            cuts += (Leaf(counted, None),)
        proposed, terms, extra, _ = _summed(self.running)
        tree = net_change.net_change.work(
            proposed=proposed,
            existing_after=_total(sums["after"]),
            existing_before=_total(sums["before"]),
            replaced=_total(sums["replaced"]),
            regional=_total(sums["regional"]),
        ).tree
        value, missing = self.inventory.net_change, self.inventory.net_change_missing
        return Figure("net_change", "碳排放净变化量", "tCO2", value, tree, terms, extra, {"cuts": cuts}, missing)

    # --- indicators ------------------------------------------------------------------------------------------------------

    def _indicator(self, indicator: Indicator) -> Figure:
        made = self._taken_apart(indicator.id) or (None, (), None, {})
        return Figure(indicator.id, indicator.name, indicator.unit, indicator.value, *made, indicator.missing)

    def _taken_apart(self, id: str) -> _Made | None:
        """The expression of an indicator down to its inputs, None for one this module does not know."""
        if id.startswith("per_product."):
            return self._per_rows(None, lambda row: self._product_id(row) == id.removeprefix("per_product."))
        build: Callable[[], _Made | None] | None = {
            "supply_intensity": lambda: self._per_output(power.supply_intensity, "w_s", self._supplied()),
            "generation_intensity": lambda: self._per_output(power.generation_intensity, "w_g", self._generated()),
            "heat_intensity": lambda: self._per_output(power.heat_intensity, "q_h", self._heat()),
            "generated": lambda: _outputs(self._generated()),
            "supplied": lambda: _outputs(self._supplied()),
            "ets_emission": lambda: self._sum_of("fuel", also=power.desulphurisation.id),
            "annual_energy_tce": lambda: self._energy(equivalent=False),
            "annual_energy_tce_equivalent": lambda: self._energy(equivalent=True),
            "works_direct": lambda: self._sum_of("fuel", "process", "removal"),
            "clinker_direct": lambda: self._per_rows(("fuel", "process"), self._is_clinker),
            "clinker_process": lambda: self._per_rows(("process",), self._is_clinker),
            "per_crude_steel": lambda: self._per_rows(None, lambda row: "粗钢" in self._product(row)),
            "per_output_value": lambda: self._per_value("output_value"),
            "per_value_added": lambda: self._per_value("value_added"),
            "region_alpha": self._alpha,
            "region_beta": self._beta,
        }.get(id)
        return build() if build is not None else None

    @cached_property
    def generating(self) -> list[int]:
        """Rows of the units that generate electricity and belong to the project."""
        units = self.blocks.columns["units"]
        mine = np.flatnonzero((units.project == self.project) & self.blocks.proposed_units)
        return [int(unit) for unit in mine if units.words["kind"][unit] in POWER_KINDS]

    def number(self, table: str, column: str, row: int, sign: str, scale: float = 1.0) -> Leaf:
        """A number of the project file as a leaf with its input."""
        declared, symbol = Declared(self.blocks.columns[table], column, scale), Symbol(sign, "", "")
        (said,) = declared.inputs(row, symbol)
        return Leaf(declared.leaf(row, symbol), said)

    def _generated(self) -> _Output:
        parts: dict[str, tuple[Leaf, ...]] = {"capacity": (), "hours": ()}
        return total([self._gross(unit, parts) for unit in self.generating]), parts

    def _supplied(self) -> _Output:
        parts: dict[str, tuple[Leaf, ...]] = {"capacity": (), "hours": (), "auxiliary": ()}
        trees = []
        for unit in self.generating:
            rate = self.number("units", "auxiliary_rate", unit, "r_aux", 0.01)
            parts["auxiliary"] += (rate,)
            gross = self._gross(unit, parts)
            trees.append(power.supplied_electricity_by_rate.work(w_g=gross, rate=rate.node).tree)
        return total(trees), parts

    def _gross(self, unit: int, parts: dict[str, tuple[Leaf, ...]]) -> Symbolic:
        capacity, hours = self.number("units", "capacity", unit, "P"), self.number("units", "hours", unit, "h")
        parts["capacity"] += (capacity,)
        parts["hours"] += (hours,)
        return power.generation.work(capacity=capacity.node, hours=hours.node).tree

    def _heat(self) -> _Output:
        found = tuple(self.number("units", "heat_supplied", unit, "Q_h") for unit in self.generating)
        return total([one.node for one in found]), {"heat": found}

    def _ratio(self) -> Leaf:
        """Heat-supply ratio of the plant, zero where none is supplied."""
        units = self.blocks.columns["units"].numbers
        heat, made = (
            math.fsum(float(units[column][unit]) for unit in self.generating)
            for column in ("heat_supplied", "heat_produced")
        )
        return Leaf(leaf(0.0 if heat == 0.0 else power.heat_supply_ratio(heat, made), sign="r_h"), None)

    def _per_output(self, formula: Formula, name: str, output: _Output) -> _Made:
        """Fuel and desulphurisation of the generating units over an output (PW-8)."""
        emitted, terms, extra, _ = self._sum_of("fuel", counting=OF_THE_UNIT)
        ratio = self._ratio()
        denominator, parts = output
        if name == "w_s" and (taken := self._capture_use()) is not None:
            mass, use = taken
            denominator = power.output_after_capture.work(w_s=denominator, w=use.node, m_cap=mass).tree
            parts = {**parts, "capture_use": (use,)}
        operands: dict[str, Any] = {"r_h": ratio.node, "e": emitted, name: denominator}
        tree = formula.work(**operands).tree
        return tree, terms, extra, {**parts, "ratio": (ratio,)}

    def _capture_use(self) -> tuple[Symbolic, Leaf] | None:
        """CO2 that is caught (stored or used), and the electricity a tonne of it takes; None where nothing is caught."""
        caught = [term for term in self.terms if term.formula.id == power.captured.id and not _later(term)]
        mass = math.fsum(term.tree.value for term in caught)
        if not mass:
            return None
        drawn = math.fsum(term.tree.value * term.number("electricity") for term in caught)
        return figure(mass, "tCO2"), Leaf(figure(drawn / mass, "MWh/t", sign="w"), None)

    def _sum_of(self, *categories: str, counting: tuple[str, ...] = (), also: str = "") -> _Made:
        """Running sources of some categories and of formulas ``counting``; those of ``also`` stand by, not counted."""
        mine = [term for term in self.running if term.block.category in categories or term.formula.id in counting]
        by = [term.counting(0.0) for term in self.running if also and term.formula.id == also]
        return _summed((*mine, *by))

    def _per_rows(self, categories: Sequence[str] | None, mine: Callable[[int], bool]) -> _Made | None:
        table = self.blocks.columns["products"]
        rows = [int(row) for row in np.flatnonzero(table.project == self.project) if mine(int(row))]
        if not rows:
            return None
        made = tuple(self.number("products", "amount", row, "D") for row in rows)
        emitted, terms, extra, _ = _summed(
            term for term in self.running if categories is None or term.block.category in categories
        )
        tree = intensity.performance.work(e=emitted, denominator=total([one.node for one in made])).tree
        return tree, terms, extra, {"product": made}

    def _per_value(self, column: str) -> _Made:
        money = self.number("project", column, self.project, "D")
        emitted, terms, extra, _ = _summed(self.running)
        tree = intensity.performance.work(e=emitted, denominator=money.node).tree
        return tree, terms, extra, {"money": (money,)}

    def _alpha(self) -> _Made | None:
        """α (RG-1): emission per value added over the city's intensity."""
        row = self._area_row
        emitted, terms, extra, parts = self._emitted()
        added = self.number("project", "value_added", self.project, "G")
        city = self.number("area", "city_intensity", row, "H")
        tree = regional.intensity_effect.work(e=emitted, value_added=added.node, city_intensity=city.node).tree
        return tree, terms, extra, {**parts, "money": (added,), "city": (city,)}

    def _beta(self) -> _Made | None:
        """β (RG-2): emission over the city's total of its peak year."""
        emitted, terms, extra, parts = self._emitted()
        city = self.number("area", "city_peak", self._area_row, "E_市")
        tree = regional.peak_effect.work(e=emitted, e_city=city.node).tree
        return tree, terms, extra, {**parts, "city": (city,)}

    def _emitted(self) -> tuple[Symbolic, tuple[Term, ...], Symbolic | None, dict[str, tuple[Leaf, ...]]]:
        """The total with the unit it may have been put in by mistake."""
        tree, terms, extra, _ = _summed(self.running)
        unit = leaf(1.0)
        assert tree is not None
        return unit * tree, terms, extra, {"emission": (Leaf(unit, None),)}

    @property
    def _area_row(self) -> int:
        return int(np.flatnonzero(self.blocks.columns["area"].project == self.project)[0])

    def _energy(self, *, equivalent: bool) -> _Made:
        use = EnergyUse(self.blocks.books)
        blocks = [*use.fuels, *use.purchased(equivalent), *use.supplied(equivalent)]
        return _summed(
            term_of(block, at, id=f"{block.table.name}.{block.table.ids[block.rows[at]]}", name=block.name)
            for block, at in positions(blocks, self.project)
            if block.design[at] != 0.0
        )

    def _product(self, row: int) -> str:
        return str(self.blocks.columns["products"].words["product"][row] or "")

    def _product_id(self, row: int) -> str:
        return str(self.blocks.columns["products"].ids[row])

    def _is_clinker(self, row: int) -> bool:
        return bool(is_clinker(self._product(row)))


def _summed(terms: Iterable[Term]) -> _Made:
    mine = _tied(tuple(terms))
    extra = leaf(0.0)
    return summed(mine) + extra, mine, extra, {}


def _tied(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Terms with what is captured hanging on what is emitted beside it: a mistake in the fuel is one in its capture too."""
    emitting = [term for term in terms if term.counted and term.block.category in ("fuel", "process")]
    emitting = [term for term in emitting if term.formula.id != power.capture_losses.id]
    whole = summed(emitting)
    if not whole.value or math.isnan(whole.value):
        return terms
    return tuple(_hung(term, whole) if term.formula.id == power.captured.id else term for term in terms)


def _hung(term: Term, emitted: Symbolic) -> Term:
    signs = {name: symbol.sign for name, symbol in power.captured.symbols.items()}
    leaves = {name: term.one(sign) for name, sign in signs.items()}
    if any(one is None for one in leaves.values()):
        return term
    operands = {name: one.node for name, one in leaves.items() if one is not None}
    operands["e_gen"] = emitted * figure(operands["e_gen"].value / emitted.value)
    tree = power.captured.work(eta=operands["eta"], s=operands["s"], e_gen=operands["e_gen"]).tree
    return replace(term, tree=tree)


def _later(term: Term) -> bool:
    """Whether a capture starts only after the design year."""
    return term.source is not None and not term.source.memo and term.source.design_year == 0.0


def _total(trees: Sequence[Symbolic]) -> Symbolic:
    return total(trees) if trees else leaf(0.0, "tCO2")


def _outputs(output: _Output) -> _Made:
    tree, parts = output
    return tree, (), None, parts


def _years(term: Term) -> float:
    """How many design years a source's lifetime total is worth; construction is its own whole."""
    source = term.source
    if source is None or source.total is None:
        return math.nan
    return source.total / term.value if term.value else 0.0


def _plain(name: str) -> str:
    return name.strip().replace("(", "（").replace(")", "）").replace(" ", "").lower()


def products_of(case: Case) -> list[tuple[str, Leaf]]:
    """Products of the project with their yearly amounts, for denominators that were exchanged."""
    table = case.blocks.columns["products"]
    rows = np.flatnonzero((table.project == case.project) & ~np.isnan(table.numbers["amount"]))
    return [
        (str(table.words["product"][row] or table.ids[row]), case.number("products", "amount", int(row), "D"))
        for row in rows
    ]
