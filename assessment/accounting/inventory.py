"""From columns to the inventory: ``account`` makes the blocks, ``InventoryBlocks`` sums them and shows one project.

The same code counts one project or a million: blocks are columns, a project is a few of their rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment import change, lifetime
from tanping.assessment.accounting import growth
from tanping.assessment.accounting.blocks import CAPTURE, END, GRID, OUTPUT, USE, WORKS, Block
from tanping.assessment.accounting.books import Books, open_books
from tanping.assessment.accounting.exact import ColumnSum, exact_sum
from tanping.assessment.accounting.operands import row_name
from tanping.assessment.accounting.processes import INCOMPLETE, QUERY, process_boundary
from tanping.assessment.accounting.required import unstated
from tanping.assessment.accounting.sharing import Sharing
from tanping.assessment.accounting.shelf import FloatArray, convention
from tanping.assessment.accounting.sources import capture, clinker, construction, fuel, materials, purchased
from tanping.assessment.accounting.sources.links import unit_links, units_of_projects
from tanping.assessment.accounting.words import BoolArray, IntArray
from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.project.model import FUEL_ROLES, METHODS
from tanping.assessment.result import Inventory, Source, Year
from tanping.factors.lookup import NoFactor
from tanping.factors.register import Register
from tanping.factors.scenarios import published_ends

SOURCES = (fuel, materials, clinker, purchased, construction)
LIFETIME_NOTE = "达产年（设计工况）数据用于评价；逐年与全生命周期数据仅供参考"
NO_METHOD = "核算依据：未选择（全文统一采用一种，不设隐含缺省）"
NO_CONSTRUCTION = "施工期：未填报建材与施工能耗，合计不含施工期"
END_OFF = "退役期：按填报不计入"
TREND_NOTE = "电网因子按已公布首末两年的变化率外推，只是观察值，不是预测"
NO_TREND = "全生命周期：法规适用日期前公布的全国电力平均因子不足两年，电网因子不能按变化率外推，请改选保持不变"


@dataclass(frozen=True)
class InventoryBlocks:
    """Blocks of some projects. ``blocks`` are the proposed works, ``existing`` those of units that stay as they are."""

    books: Books
    blocks: tuple[Block, ...]
    existing: tuple[Block, ...]
    unstated: Mapping[str, BoolArray]
    sharing: Sharing

    @property
    def columns(self) -> ProjectColumns:
        """The columns the blocks were made of."""
        return self.books.columns

    @property
    def summed(self) -> tuple[Block, ...]:
        """Blocks that enter totals."""
        return tuple(block for block in self.blocks if not block.memo)

    @property
    def proposed_units(self) -> BoolArray:
        """Which units belong to the project rather than to the existing works."""
        return self.sharing.proposed_units

    @cached_property
    def service(self) -> lifetime.Service:
        """Service of every unit."""
        return lifetime.service_of(self.columns["units"], self.defaults)

    @cached_property
    def defaults(self) -> lifetime.Defaults:
        """Lifetime conventions of the register; NaN where it has none."""

        def of(name: str) -> float:
            return self.books.shelf.answer(convention(f"convention.lifetime.{name}")).part("value")

        return lifetime.Defaults(of("ramp"), of("availability"), of("degradation"))

    # --- totals of many projects -----------------------------------------------------------------------------------------

    def design_year(self, categories: Iterable[str] | None = None) -> FloatArray:
        """Design-year emission of every project, tCO2; NaN where a source is unknown or unstated."""
        wanted = None if categories is None else frozenset(categories)
        sums = ColumnSum((self.columns.count,))
        for block in self.summed:
            if block.stage == "operation" and (wanted is None or block.category in wanted):
                sums.add_grouped(self.at_design(block), block.project)
        total = sums.total
        for lacking in self.unstated.values():
            total = np.where(lacking, np.nan, total)
        return total

    def at_design(self, block: Block) -> FloatArray:
        """Design-year figures of a block: capture that starts after the last unit is not in the design year."""
        if block.spread != CAPTURE:
            return block.design
        start = lifetime.day_numbers(block.table.days["start"])[block.rows]
        return np.where(start > self._last_commissioned[block.project], 0.0, block.design)

    @cached_property
    def _last_commissioned(self) -> FloatArray:
        """Day the last unit of each project starts, day number; NaN unknown."""
        units = self.columns["units"]
        last = np.full(self.columns.count, -np.inf)
        mine = self.proposed_units
        with np.errstate(invalid="ignore"):  # an untold start is NaN on purpose and makes the last one unknown
            np.maximum.at(last, units.project[mine], self.service.start[mine])
        return last

    def yearly(self, years: NDArray[np.int64]) -> Iterator[tuple[slice, FloatArray]]:
        """Operating emission (projects × years) of fixed chunks of projects, tCO2; NaN spreads.

        Sources of a unit that run alike are added before they run through the years: one pass a unit, in fixed order.
        """
        first, count = units_of_projects(self.columns)
        use, output, grid = self._by_unit
        for begin in range(0, self.columns.count, lifetime.CHUNK):
            projects = slice(begin, min(begin + lifetime.CHUNK, self.columns.count))
            last = projects.stop - 1
            units = slice(int(first[begin]), int(first[last] + count[last]))
            made, worn = lifetime.profiles(self.service, years, units)
            annual = worn * use[units, None]
            if grid is not None:
                owners = self.columns["units"].project[units].astype(np.int64)
                annual += worn * grid[units, None] * self._grid(owners, years)
            if output is not None:
                annual += output[units, None]
            annual *= made
            total = self._per_project(annual, first[projects] - units.start, count[projects], projects)
            for block in self.summed:
                if block.spread == CAPTURE:
                    low, high = np.searchsorted(block.project, (begin, projects.stop))
                    part = slice(int(low), int(high))
                    running = self.captured(block, part, units.start, made * worn, years)
                    np.add.at(total, block.project[part] - begin, running)
            yield projects, total

    def captured(
        self, block: Block, part: slice, first_unit: int, profile: FloatArray, years: NDArray[np.int64]
    ) -> FloatArray:
        """Capture rows through the years: with the units they serve, from their own start."""
        start = lifetime.day_numbers(block.table.days["start"])[block.rows[part], None]
        running = self.sharing.through_years(block, part, first_unit, profile)
        return running * lifetime.share_after(start, years)

    @cached_property
    def _by_unit(self) -> tuple[FloatArray, FloatArray | None, FloatArray | None]:
        """Design emission of every unit: what wears with use, what follows output alone, what follows a moving grid."""
        count = len(self.columns["units"])
        sums = {USE: np.zeros(count), OUTPUT: np.zeros(count), GRID: np.zeros(count)}
        for block in self.summed:
            if block.stage == "operation" and block.spread != CAPTURE:
                sums[block.spread] += self.sharing.by_unit(block)
        output = sums[OUTPUT] if any(block.spread == OUTPUT for block in self.summed) else None
        if not self._grid_moves.any():
            return sums[USE] + sums[GRID], output, None
        return sums[USE], output, sums[GRID]

    def _per_project(self, annual: FloatArray, first: IntArray, count: IntArray, projects: slice) -> FloatArray:
        """Add the units of each project; a project with sources and no unit of its own has unknown years."""
        if (count == 1).all():
            sums = annual
        else:
            sums = np.zeros((len(count), annual.shape[1]))
            some = count > 0
            if some.any():
                sums[some] = np.add.reduceat(annual, first[some], axis=0)
        homeless = self._homeless[projects]
        if homeless.any():
            sums = np.where(homeless[:, None], np.nan, sums)
        return sums

    @cached_property
    def _homeless(self) -> BoolArray:
        """Projects with an operating source that no unit of theirs carries."""
        found = np.zeros(self.columns.count, dtype=bool)
        for block in self.summed:
            if block.stage == "operation":
                carried = np.zeros(len(block.table), dtype=bool)
                carried[self.sharing.links(block.table)[0]] = True
                found[block.project[~carried[block.rows] & (block.design != 0)]] = True
        return found

    def lifetime_totals(self, years: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """Operating emission of every project over the years, and of every year over all projects, tCO2.

        The sum over projects is taken in fixed partitions, so neither order nor workers change a figure.
        """
        of_project = np.empty(self.columns.count)
        parts = []
        for projects, annual in self.yearly(years):
            of_project[projects] = annual.sum(axis=1)
            parts.append(annual.sum(axis=0))
        return of_project, np.array([math.fsum(column) for column in np.array(parts).T])

    def _grid(self, projects: IntArray, years: NDArray[np.int64]) -> FloatArray:
        """Grid factor of each year relative to the last published one (projects × years)."""
        moving = self._grid_moves[projects]
        if not moving.any():
            return np.ones((len(projects), 1))
        relative = np.ones((len(projects), len(years)))
        rate, base = self.grid_trend
        relative[moving] = growth.degraded(1.0, rate, np.maximum(years - base, 0).astype(np.float64))
        return relative

    @cached_property
    def _grid_moves(self) -> BoolArray:
        """Projects that chose the trend of the grid factor."""
        choice = self.columns["lifetime"]
        moves = np.zeros(self.columns.count, dtype=bool)
        moves[choice.project] = self.books.words(choice, "grid_scenario").are("trend")
        return moves

    @cached_property
    def grid_trend(self) -> tuple[float, int]:
        """Yearly change of the national average between its first and last year published by the legal date, and that last year."""
        day = self.books.classes[0].as_of
        try:
            first, last = published_ends(self.books.shelf.register, day)
        except NoFactor:
            return math.nan, day.year
        years = (first.data_year or 0, last.data_year or 0)
        return float(growth.grid_trend(first.number, last.number, years[1] - years[0])), years[1]

    # --- one project -----------------------------------------------------------------------------------------------------

    def inventory(self, project: int) -> Inventory:
        """The inventory of one project, with every source's worked expression, inputs and factors."""
        return _View(self, project).inventory()

    def lacking(self, project: int) -> tuple[str, ...]:
        """What the design-year total of one project lacks, each line once; empty when it is complete."""
        lines = [] if self.method(project) is not None else [NO_METHOD]
        for block in self.summed:
            if block.stage == "operation":
                low, high = np.searchsorted(block.project, (project, project + 1))
                lines += [line for at in range(int(low), int(high)) for line in _missing(block, at)]
        lines += [line for line, lacking in self.unstated.items() if lacking[project]]
        return tuple(dict.fromkeys(lines))

    def method(self, project: int) -> str | None:
        """The method one project chose, None when it chose none."""
        return self.books.classes[int(self.books.class_of[project])].method


def account(columns: ProjectColumns, register: Register, *, as_of: date) -> InventoryBlocks:
    """Count the emissions of some projects as of a legal date.

    Returns one block a formula; sums, years and the one-project view are asked of the result. Nothing is refused: a figure that
    is needed and absent is NaN and named by the view.
    """
    books = open_books(columns, register, as_of)
    blocks = [block for source in SOURCES for block in source.blocks(books)]
    sharing = Sharing(books)
    proposed = sharing.proposed_units
    blocks += capture.blocks(sharing, blocks)
    parts = [_split(columns, block, proposed) for block in blocks]
    return InventoryBlocks(
        books,
        tuple(block for block, _ in parts if len(block)),
        tuple(block for _, block in parts if len(block)),
        unstated(books, proposed),
        sharing,
    )


def _split(columns: ProjectColumns, block: Block, proposed: BoolArray) -> tuple[Block, Block]:
    """Part a block into the proposed works and rows that serve existing units only."""
    if block.stage != "operation" or proposed.all():
        return block, replace(block, rows=block.rows[:0])
    if block.table.name == "units":
        standing = ~proposed[block.rows]
    else:
        rows, units = unit_links(columns, block.table)
        any_new = np.zeros(len(block.table), dtype=bool)
        any_new[rows[proposed[units]]] = True
        linked = np.zeros(len(block.table), dtype=bool)
        linked[rows] = True
        standing = (linked & ~any_new)[block.rows]
    return replace(block, rows=block.rows[~standing]), replace(block, rows=block.rows[standing])


def lifetime_figures(years: tuple[int, ...], sources: tuple[Source, ...], *, complete: bool) -> dict[str, Any]:
    """Years, total, peak and mean over some sources: the fields of an inventory that speak of its life.

    Memo sources are not summed; total, peak year and mean over operating years are None unless ``complete``.
    """
    summed = [source for source in sources if not source.memo]
    annual = tuple(_years(years, summed))
    figures: dict[str, Any] = {"annual": annual, "lifetime_total": None, "lifetime_co2e": None}
    figures |= {"peak_year": None, "mean_operating": None}
    if not complete:
        return figures
    figures["lifetime_total"] = exact_sum(source.total for source in summed if source.total is not None)
    figures["lifetime_co2e"] = exact_sum(source.total for source in summed if source.gas == "CO2e" and source.total)
    operating = [year for year in annual if year.by_category.keys() - {"construction", "end_of_life"}]
    if operating:
        run = (value for source in summed if source.stage == "operation" for value in source.annual or ())
        figures["peak_year"] = max(annual, key=lambda year: year.total).year
        figures["mean_operating"] = exact_sum(run) / len(operating)
    return figures


def _years(years: tuple[int, ...], summed: list[Source]) -> Iterator[Year]:
    for at, year in enumerate(years):
        by_category: dict[str, list[float]] = {}
        for source in summed:
            if source.annual is not None and source.annual[at] != 0.0:
                by_category.setdefault(source.category, []).append(source.annual[at])
        parts = {category: exact_sum(values) for category, values in by_category.items()}
        yield Year(year, exact_sum(value for values in by_category.values() for value in values), parts)


class _View:
    """Lays out one project of the blocks."""

    def __init__(self, blocks: InventoryBlocks, project: int):
        self._all = blocks
        self._project = project
        columns = blocks.columns
        first, count = units_of_projects(columns)
        self._units = slice(int(first[project]), int(first[project] + count[project]))
        self._mine = np.flatnonzero(blocks.proposed_units[self._units]) + self._units.start
        self._works_start = float(lifetime.day_numbers(columns["dates"].days["construction_start"])[project])
        service = blocks.service
        years = lifetime.years_of(service.start[self._mine], service.end[self._mine], self._works_start)
        self._years = np.array(years, dtype=np.int64)
        self._output, self._use = lifetime.profiles(service, self._years, self._units)

    def inventory(self) -> Inventory:
        """Put the inventory together."""
        sources = tuple(self._source(block, at) for block, at in self._rows())
        summed = [source for source in sources if not source.memo]
        running = [source for source in summed if source.stage == "operation"]
        missing = self._all.lacking(self._project)
        stopped = bool(missing)
        known = [source.design_year for source in running if source.design_year is not None]
        design = exact_sum(known) if not stopped else None
        later = self._lifetime_missing(summed)
        years = tuple(int(year) for year in self._years)
        accounts = change.accounts_of(self._all, self._project)
        return Inventory(
            method=METHODS.get(self._all.method(self._project) or "", "未选择"),
            years=years,
            sources=sources,
            complete=not stopped,
            missing=tuple(dict.fromkeys([*missing, *later])),
            design_year_total=design,
            known_design_year=exact_sum(known),
            net_change=accounts.net,
            net_change_missing=accounts.missing,
            warnings=(*self._warnings(), *accounts.warnings),
            assumptions=tuple(self._assumptions()),
            **lifetime_figures(years, sources, complete=not stopped and not later),
        )

    def _rows(self) -> Iterator[tuple[Block, int]]:
        """Blocks and positions of this project's sources."""
        for block in self._all.blocks:
            low, high = np.searchsorted(block.project, (self._project, self._project + 1))
            for at in range(int(low), int(high)):
                yield block, at

    def _source(self, block: Block, at: int) -> Source:
        missing = _missing(block, at)
        design = float(block.design[at])
        unknown = math.isnan(design)
        annual = None if unknown else self._through(block, at)
        once = block.spread in (WORKS, END)
        worked = block.worked(at)
        total = design if once and not unknown else exact_sum(annual) if annual else None
        return Source(
            id=_source_id(block, at),
            name=_source_name(block, at),
            unit=_unit_of(block, at),
            stage=block.stage,
            category=block.category,
            formula=block.formula.id,
            standard=block.formula.standard,
            term=block.formula.term,
            expression=worked.text if not unknown and not _nothing(block, at) else worked.tree.worked(),
            inputs=block.inputs(at),
            factors=block.factors(at),
            annual=annual,
            design_year=None if unknown else 0.0 if once else float(self._all.at_design(block)[at]),
            total=total,
            missing=missing,
            notes=block.noted(at),
            memo=block.memo,
            gas=block.gas,
        )

    def _through(self, block: Block, at: int) -> tuple[float, ...] | None:
        """Emission of a source in each year, None when the years are unknown."""
        if not len(self._years):
            return None
        design = float(block.design[at])
        if block.spread == WORKS:
            shares = self._works_shares
        elif block.spread == END:
            shares = np.where(self._years == self._last_year, 1.0, 0.0)
        else:
            profile = self._output if block.spread == OUTPUT else self._output * self._use
            part = slice(at, at + 1)
            if block.spread == CAPTURE:
                running = self._all.captured(block, part, self._units.start, profile, self._years)
            else:
                running = self._all.sharing.through_years(block, part, self._units.start, profile)
            if block.spread == GRID:
                running = running * self._all._grid(block.project[at : at + 1], self._years)
            return None if np.isnan(running).any() else tuple(map(float, running[0]))
        return None if np.isnan(shares).any() else tuple(map(float, design * shares))

    @cached_property
    def _works_shares(self) -> FloatArray:
        ends = self._all.service.start[self._mine]
        works_end = float(ends.max()) if len(ends) else math.nan
        return lifetime.construction_shares(self._works_start, works_end, self._years)

    @property
    def _last_year(self) -> int:
        return int(self._years[-1])

    def _lifetime_missing(self, summed: list[Source]) -> list[str]:
        """What the years need beyond the design year."""
        units = self._all.columns["units"]
        lines = []
        for unit in self._mine:
            name = row_name(units, int(unit))
            if np.isnat(units.days["commissioned"][unit]):
                lines.append(f"生产单元“{name}”：投产日期未填，无法逐年计算")
            if math.isnan(units.numbers["life"][unit]):
                lines.append(f"生产单元“{name}”：设计寿命未填，无法计算全生命周期")
        lines += [line for source in summed if source.stage != "operation" for line in source.missing]
        works = any(source.stage == "construction" for source in summed)
        if works and math.isnan(self._works_start):
            lines.append("日期：开工日期未填，施工期排放无法分摊到各年")
        moved = any(block.spread == GRID and not block.memo for block, _ in self._rows())
        if moved and self._all._grid_moves[self._project] and math.isnan(self._all.grid_trend[0]):
            lines.append(NO_TREND)
        return lines

    def _warnings(self) -> Iterator[str]:
        # Doubts look at indicators, which look at this module.
        from tanping.assessment.plausibility import doubts

        yield from (doubt.words() for doubt in doubts(self._all, self._project))
        boundary = process_boundary(self._all.books, self._project, math.nan)
        for gas in boundary.gases:
            if gas.verdict in (QUERY, INCOMPLETE):
                yield f"{gas.gas}平衡：{gas.verdict}（{gas.expression}）"
        for process in boundary.processes:
            if process.doubt:
                yield f"工序“{process.unit}”：{process.doubt}"
        table = self._all.columns["construction"]
        if not (table.project == self._project).any():
            yield NO_CONSTRUCTION
        for block, at in self._rows():
            yield from (f"{_source_name(block, at)}：{text}" for text in block.warned(at))

    def _assumptions(self) -> Iterator[str]:
        units, defaults = self._all.columns["units"], self._all.defaults
        yield LIFETIME_NOTE
        noted = (note for block, at in self._rows() for note in block.noted(at) if note.startswith("假设"))
        yield from dict.fromkeys(noted)
        for column, label, value in (
            ("first_year_ramp", "投产首年达产率", defaults.ramp),
            ("second_year_ramp", "投产次年达产率", defaults.ramp),
            ("degradation", "能耗年劣化率", defaults.degradation),
        ):
            blank = [row_name(units, int(unit)) for unit in self._mine if math.isnan(units.numbers[column][unit])]
            if blank:
                yield f"{label}未填，按 {value:.0%} 计（约定）：{'、'.join(blank)}"
        yield f"可用率按 {defaults.availability:.0%} 计：利用小时数已含检修停运"
        choice = self._all.columns["lifetime"]
        mine = np.flatnonzero(choice.project == self._project)
        if self._all._grid_moves[self._project]:
            rate, base = self._all.grid_trend
            yield NO_TREND if math.isnan(rate) else f"{TREND_NOTE}（{base} 年起每年 {rate:+.3%}）"
        else:
            told = "" if len(mine) and choice.words["grid_scenario"][mine[0]] else "（未选情景，按此约定）"
            yield f"电网因子各年保持法规适用日期前最近一次公布值不变{told}"
        if len(mine) and choice.flags["end_of_life"][mine[0]] == 0:
            yield END_OFF


def _missing(block: Block, at: int) -> tuple[str, ...]:
    """What a source lacks; an unknown figure is never without a line."""
    unknown = math.isnan(float(block.design[at]))
    return block.missing(at) or ((f"{_source_name(block, at)}：无法计算",) if unknown else ())


def _nothing(block: Block, at: int) -> bool:
    """Whether the source is an explicit 无: its expression then stands without a result that NaN inputs would spoil."""
    return bool(block.quantity) and block.operands[block.quantity].values[block.rows[at]] == 0.0


def _source_id(block: Block, at: int) -> str:
    identifier = str(block.table.ids[block.rows[at]])
    if block.table.name == "lifetime":
        return block.suffix
    return f"{block.table.name}.{identifier}{block.suffix}"


def _source_name(block: Block, at: int) -> str:
    row = int(block.rows[at])
    if block.table.name == "lifetime":
        return block.name
    named = row_name(block.table, row)
    role = FUEL_ROLES.get(block.table.words["role"][row], "") if block.table.name == "fuels" else block.name
    kind = "（生物源，备忘）" if block.suffix == ".biogenic" else ""
    return f"{named} {role}{kind}".strip()


def _unit_of(block: Block, at: int) -> str:
    """Identifiers of the units a source serves, as the file names them."""
    if block.table.name == "units":
        return str(block.table.ids[block.rows[at]])
    units = block.table.words.get("units")
    named = None if units is None else units[block.rows[at]]
    return "、".join(map(str, named)) if named else ""
