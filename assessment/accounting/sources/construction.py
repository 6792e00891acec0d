"""Construction (CN-1 … CN-3) and the labelled assumption for the end of life (EOL-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tanping.assessment.accounting import construction, end_of_life, purchased_energy
from tanping.assessment.accounting.blocks import END, ROW, WORKS, Block, Said
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import (
    Chosen,
    Computed,
    Declared,
    Either,
    FromRegister,
    Operand,
    SumOf,
)
from tanping.assessment.accounting.shelf import GRID as GRID_ITEM
from tanping.assessment.accounting.shelf import NO_ANSWER, FloatArray, convention
from tanping.assessment.accounting.words import IntArray, constant
from tanping.assessment.project.columns import ColumnTable

STANDARD = ("gbt51366_2019",)
ALSO = ("gbt51366_2019", "cpcd_2025")
# The file asks for a distance, not for a lorry: its load is a convention of the register, said so in a note.
LORRY = "construction.transport.truck_diesel_{load:g}t"
CONVENTION = "convention.construction"
DISTANCE_CONCRETE = "construction.transport.default_distance.concrete"
DISTANCE_OTHER = "construction.transport.default_distance.other"
LORRY_NOTE = (
    "假设：混凝土按 {concrete:g} t 柴油货车、其他建材按 {other:g} t 柴油货车运输（约定）；未填运距的取标准缺省运距"
)
DENSITY_NOTE = "假设：混凝土密度 {density:g} t/m³（约定）"
CROSSED_UNITS = f"施工期“{ROW}”：数量单位与因子单位不一致（吨、立方米）"
ELECTRICITY = purchased_energy.purchased_electricity.id
NO_MASS = f"施工期“{ROW}”：以体积计，缺少质量，无法计算运输排放"
END_NOTE = "假设：按施工机械与运输排放的一定比例估计，不是标准规定，可在全生命周期选项中关闭"
BY_ANALOGY = "按 GB/T 51366-2019（建筑标准）类比，单位 tCO2e，与运行期二氧化碳分列"

# Units of register factors per unit of the quantity in the file (t, m3): what brings kgCO2e to kgCO2e per that unit.
PER = {"kgCO2e/t": ("t", 1.0), "kgCO2e/m3": ("m3", 1.0), "kgCO2e/kg": ("t", 1000.0)}
FUEL_PER = {"kgCO2/kg": ("t", 1.0), "kgCO2/m3": ("m3", 0.001)}


def blocks(books: Books) -> list[Block]:
    """Blocks of materials, their transport, machinery, site electricity, and the end of life that rests on them."""
    table = books.columns["construction"]
    if not len(table):
        return []
    kinds = books.words(table, "kind")
    made = [
        make(books, table, np.flatnonzero(mine))
        for make, mine in (
            (_materials, kinds.are("material")),
            (_transport, kinds.are("material", "transport")),
            (_machinery, kinds.are("machinery")),
            (_electricity, kinds.are("electricity")),
        )
        if mine.any()
    ]
    return [*made, *_end(books, made)]


def _materials(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    answers, hint = _asked(books, table, "material", "construction.material.")
    scale, units, blocked = _per(books, table, answers, PER)
    factor = FromRegister(books.shelf, answers, "value", "建材碳排放因子", scale=scale, unit=units, hint=hint)
    return Block(
        name="建材生产",
        formula=construction.material_production,
        table=table,
        rows=rows,
        operands={"m": Declared(table, "amount"), "ef": factor},
        stage="construction",
        category="construction",
        spread=WORKS,
        gas="CO2e",
        quantity="m",
        blocked=blocked,
        notes=[(np.ones(len(table), dtype=bool), BY_ANALOGY)],
    )


def _transport(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    items = books.words(table, "item")
    concrete = items.test(lambda word: word is not None and "混凝土" in word and "砖" not in word)
    material = books.words(table, "kind").are("material")
    load = {name: _convention(books, f"lorry.{name}") for name in ("concrete", "other")}
    lorry = {name: constant(LORRY.format(load=value), len(table)) for name, value in load.items()}
    lorries = lorry["concrete"].where(concrete, lorry["other"])
    named = names_of(books.shelf.register, ("construction.transport.",)).items(items)
    vehicles = books.ask(table, lorries.where(material, named), needs_method=False, also=ALSO)
    distances = constant(DISTANCE_CONCRETE, len(table)).where(concrete, constant(DISTANCE_OTHER, len(table)))
    default = books.ask(table, distances.where(material), needs_method=False, also=STANDARD)
    told = table.measured_in.get("amount")
    by_volume = concrete if told is None else np.asarray(told == "m3", dtype=bool)
    density = np.full(len(table), books.shelf.number(convention(f"{CONVENTION}.concrete_density")))
    volume: dict[str, Operand] = {
        "volume": Declared(table, "amount"),
        "density": FromRegister(books.shelf, density, "value", "混凝土密度（约定）", unit="t/m3"),
    }
    operands: dict[str, Operand] = {
        "m": Chosen(by_volume & concrete, Computed(construction.concrete_mass, volume), Declared(table, "amount")),
        "d": Either(Declared(table, "distance"), FromRegister(books.shelf, default, "value", "缺省运距", unit="km")),
        "ef": FromRegister(books.shelf, vehicles, "value", "运输碳排放因子", unit="kgCO2e/(t·km)"),
    }
    return Block(
        name="建材运输",
        formula=construction.material_transport,
        table=table,
        rows=rows,
        operands=operands,
        stage="construction",
        category="construction",
        spread=WORKS,
        gas="CO2e",
        suffix=".transport",
        quantity="m",
        blocked=[(by_volume & ~concrete, NO_MASS)],
        notes=[
            (material, LORRY_NOTE.format(**load)),
            (by_volume & concrete, DENSITY_NOTE.format(density=concrete_density(books))),
        ],
    )


def concrete_density(books: Books) -> float:
    """Density of concrete that a volume becomes a mass by, t/m3: a convention of the register."""
    return _convention(books, "concrete_density")


def _convention(books: Books, name: str) -> float:
    return books.shelf.answer(convention(f"{CONVENTION}.{name}")).part("value")


def _machinery(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    answers, hint = _asked(books, table, "machinery", "construction.site_energy.")
    scale, units, blocked = _per(books, table, answers, FUEL_PER)
    factor = FromRegister(books.shelf, answers, "value", "现场燃料排放因子", scale=scale, unit=units, hint=hint)
    return Block(
        name="施工机械燃料",
        formula=construction.site_fuel,
        table=table,
        rows=rows,
        operands={"fc": Declared(table, "amount"), "ef": factor},
        stage="construction",
        category="construction",
        spread=WORKS,
        quantity="fc",
        blocked=blocked,
    )


def _electricity(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    asked = constant(GRID_ITEM, len(table)).where(books.words(table, "kind").are("electricity"))
    answers = books.ask(table, asked, needs_method=False)
    factor = FromRegister(books.shelf, answers, "value", "电力排放因子", unit="tCO2/MWh")
    return Block(
        name="施工用电",
        formula=purchased_energy.purchased_electricity,
        table=table,
        rows=rows,
        operands={"ad": Declared(table, "amount"), "ef": factor},
        stage="construction",
        category="construction",
        spread=WORKS,
        quantity="ad",
    )


def _end(books: Books, made: list[Block]) -> list[Block]:
    """One row a project that has site energy or transport and did not switch the assumption off."""
    choice = books.columns["lifetime"]
    parts = {
        "machinery": [block for block in made if block.formula.id in (construction.site_fuel.id, ELECTRICITY)],
        "transport": [block for block in made if block.formula.id == construction.material_transport.id],
    }
    told, unknown = np.zeros(books.columns.count, dtype=bool), np.zeros(books.columns.count, dtype=bool)
    for block in (*parts["machinery"], *parts["transport"]):
        told[block.project] = True
        unknown[block.project[np.isnan(block.design)]] = True
    rows = np.flatnonzero(told[choice.project] & (choice.flags["end_of_life"] != 0))
    if not len(rows):
        return []
    share = np.full(len(choice), books.shelf.number(convention("construction.decommission.share_of_construction")))
    row_of = np.full(books.columns.count, -1, dtype=np.int64)
    row_of[choice.project] = np.arange(len(choice))
    operands: dict[str, Operand] = {"share": FromRegister(books.shelf, share, "value", "拆除阶段占比（假设）")}
    for name, blocks_of in parts.items():
        operands[name] = SumOf(len(choice), [(one.formula, one.operands, _target(one, row_of)) for one in blocks_of])
    return [
        Block(
            name="退役拆除",
            formula=end_of_life.demolition,
            table=choice,
            rows=rows,
            operands=operands,
            stage="end_of_life",
            category="end_of_life",
            spread=END,
            gas="CO2e",
            suffix="end_of_life",
            blocked=[(unknown[choice.project], "施工期有未知项，退役拆除无法估计")],
            notes=[(np.ones(len(choice), dtype=bool), END_NOTE)],
        )
    ]


def _target(block: Block, row_of: IntArray) -> IntArray:
    target = np.full(len(block.table), -1, dtype=np.int64)
    target[block.rows] = row_of[block.project]
    return target


def _asked(books: Books, table: ColumnTable, kind: str, prefix: str) -> tuple[IntArray, Callable[[int], str]]:
    names = names_of(books.shelf.register, (prefix,))
    words = books.words(table, "item")
    items = names.items(words).where(books.words(table, "kind").are(kind))

    def hint(row: int) -> str:
        return names.hint(words[row])

    return books.ask(table, items, needs_method=False, also=ALSO), hint


def _per(
    books: Books, table: ColumnTable, answers: IntArray, per: Mapping[str, tuple[str, float]]
) -> tuple[FloatArray, list[str], list[Said]]:
    """Scale and unit that bring each row's factor to its quantity; rows whose units don't meet are blocked."""
    told = [one.selected for one in books.shelf.answers]
    units = [per.get(one.record.unit, ("", 1.0)) if one else ("", 1.0) for one in told]
    scales = np.array([*(scale for _, scale in units), 1.0])[answers]
    heads = ["" if one is None else one.record.unit.split("/")[0] for one in told]
    shown = [
        f"{head.replace('kg', 't') if per is FUEL_PER else head}/{wanted}"
        for head, (wanted, _) in zip(heads, units, strict=True)
    ]
    wanted = np.array([*(unit for unit, _ in units), ""], dtype=object)[answers]
    given = table.measured_in.get("amount")
    if given is None:
        crossed = np.zeros(len(table), dtype=bool)
    else:
        known = (answers != NO_ANSWER) & (given != np.array(None)) & (table.numbers["amount"] != 0)
        crossed = np.asarray(known & (given != wanted), dtype=bool)
    return scales, [*np.array([*shown, ""], dtype=object)[answers]], [(crossed, CROSSED_UNITS)]
