"""Construction (CN-1 … CN-3) and the labelled assumption for the end of life (EOL-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from tanping.assessment.accounting import construction, end_of_life, purchased_energy
from tanping.assessment.accounting.blocks import END, WORKS, Block
from tanping.assessment.accounting.books import Books
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.operands import (
    Chosen,
    Computed,
    Declared,
    Either,
    Fixed,
    FromRegister,
    Operand,
    SumOf,
    row_name,
)
from tanping.assessment.accounting.shelf import GRID as GRID_ITEM
from tanping.assessment.accounting.shelf import NO_ANSWER, FloatArray, IntArray, convention
from tanping.assessment.project.columns import ColumnTable

STANDARD = ("gbt51366_2019",)
ALSO = ("gbt51366_2019", "cpcd_2025")
# The file asks for a distance, not for a lorry: the common ones of the standard, said so in a note.
LORRY_CONCRETE = "construction.transport.truck_diesel_18t"
LORRY_OTHER = "construction.transport.truck_diesel_30t"
LORRY_NOTE = "假设：混凝土按 18 t 柴油货车、其他建材按 30 t 柴油货车运输；未填运距的取标准缺省运距"
CONCRETE_DENSITY = 2.4
DENSITY_NOTE = "假设：混凝土密度 2.4 t/m³"
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
    kinds = table.words["kind"]
    made: list[Block] = []
    rows = np.flatnonzero(kinds == "material")
    if len(rows):
        made += [_materials(books, table, rows)]
    carried = np.flatnonzero((kinds == "material") | (kinds == "transport"))
    if len(carried):
        made.append(_transport(books, table, carried))
    machines = np.flatnonzero(kinds == "machinery")
    if len(machines):
        made.append(_machinery(books, table, machines))
    wired = np.flatnonzero(kinds == "electricity")
    if len(wired):
        made.append(_electricity(books, table, wired))
    return [*made, *_end(books, table, made)]


def _materials(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    answers, hint = _asked(books, table, table.words["kind"] == "material", ("construction.material.",))
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
        notes=[(rows, BY_ANALOGY)],
    )


def _transport(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    concrete = np.array([word is not None and "混凝土" in word and "砖" not in word for word in table.words["item"]])
    material = np.asarray(table.words["kind"] == "material")
    lorry = np.where(concrete, LORRY_CONCRETE, LORRY_OTHER).astype(object)
    named = names_of(books.shelf.register, ("construction.transport.",)).items(table.words["item"])
    asked = [
        str(lorry[row]) if material[row] else named[row] if table.words["kind"][row] == "transport" else None
        for row in range(len(table))
    ]
    vehicles = books.ask(table, asked, needs_method=False, also=ALSO)
    distance = [
        f"construction.transport.default_distance.{'concrete' if concrete[row] else 'other'}" if material[row] else None
        for row in range(len(table))
    ]
    default = books.ask(table, distance, needs_method=False, also=STANDARD)
    by_volume = np.asarray(table.measured_in["amount"] == "m3") if "amount" in table.measured_in else concrete
    volume: dict[str, Operand] = {
        "volume": Declared(table, "amount"),
        "density": Fixed(CONCRETE_DENSITY, len(table)),
    }
    operands: dict[str, Operand] = {
        "m": Chosen(by_volume & concrete, Computed(construction.concrete_mass, volume), Declared(table, "amount")),
        "d": Either(Declared(table, "distance"), FromRegister(books.shelf, default, "value", "缺省运距", unit="km")),
        "ef": FromRegister(books.shelf, vehicles, "value", "运输碳排放因子", unit="kgCO2e/(t·km)"),
    }
    unweighed = {
        int(row): f"施工期“{row_name(table, int(row))}”：以体积计，缺少质量，无法计算运输排放"
        for row in np.flatnonzero(by_volume & ~concrete)
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
        blocked=unweighed,
        notes=[(rows[material[rows]], LORRY_NOTE), (np.flatnonzero(by_volume & concrete), DENSITY_NOTE)],
    )


def _machinery(books: Books, table: ColumnTable, rows: IntArray) -> Block:
    answers, hint = _asked(books, table, table.words["kind"] == "machinery", ("construction.site_energy.",))
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
    asked = [GRID_ITEM if kind == "electricity" else None for kind in table.words["kind"]]
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


def _end(books: Books, table: ColumnTable, made: list[Block]) -> list[Block]:
    """One row a project that has site energy or transport and did not switch the assumption off."""
    choice = books.columns["lifetime"]
    parts = {
        "machinery": [block for block in made if block.name in ("施工机械燃料", "施工用电")],
        "transport": [block for block in made if block.name == "建材运输"],
    }
    has_any = np.zeros(books.columns.count, dtype=bool)
    for block in (*parts["machinery"], *parts["transport"]):
        has_any[block.project] = True
    rows = np.flatnonzero(has_any[choice.project] & (choice.flags["end_of_life"] != 0))
    unknown = {
        int(block.project[at]) for b in parts.values() for block in b for at in np.flatnonzero(np.isnan(block.design))
    }
    if not len(rows):
        return []
    share = np.full(len(choice), books.shelf.number(convention("construction.decommission.share_of_construction")))
    row_of = np.full(books.columns.count, -1, dtype=np.int64)
    row_of[choice.project] = np.arange(len(choice))
    operands: dict[str, Operand] = {"share": FromRegister(books.shelf, share, "value", "拆除阶段占比（假设）")}
    for name, blocks_of in parts.items():
        operands[name] = SumOf(len(choice), [(b.formula, b.operands, _target(b, row_of)) for b in blocks_of])
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
            blocked={
                int(row): "施工期有未知项，退役拆除无法估计" for row in rows if int(choice.project[row]) in unknown
            },
            notes=[(rows, END_NOTE)],
        )
    ]


def _target(block: Block, row_of: IntArray) -> IntArray:
    target = np.full(len(block.table), -1, dtype=np.int64)
    target[block.rows] = row_of[block.project]
    return target


def _asked(
    books: Books, table: ColumnTable, mine: np.ndarray, prefixes: tuple[str, ...]
) -> tuple[IntArray, Callable[[int], str]]:
    names = names_of(books.shelf.register, prefixes)
    items = names.items(table.words["item"])

    def hint(row: int) -> str:
        word = table.words["item"][row]
        return "" if items[row] is not None or word is None else names.hint(word)

    asked = [item if one else None for item, one in zip(items, mine, strict=True)]
    return books.ask(table, asked, needs_method=False, also=ALSO), hint


def _per(
    books: Books, table: ColumnTable, answers: IntArray, per: Mapping[str, tuple[str, float]]
) -> tuple[FloatArray, list[str], dict[int, str]]:
    """Scale and unit that bring each row's factor to its quantity; rows whose units don't meet are blocked."""
    scale = np.ones(len(table))
    units = [""] * len(table)
    blocked = {}
    stated_in = table.measured_in.get("amount")
    for row, answer in enumerate(answers):
        selected = books.shelf.answers[answer].selected if answer != NO_ANSWER else None
        if selected is None:
            continue
        unit = selected.record.unit
        wanted, scale[row] = per.get(unit, ("", 1.0))
        head = unit.split("/")[0]
        units[row] = f"{head.replace('kg', 't') if per is FUEL_PER else head}/{wanted}"
        given = None if stated_in is None else stated_in[row]
        if given is not None and given != wanted and table.numbers["amount"][row] != 0:
            blocked[row] = f"施工期“{row_name(table, row)}”：数量单位 {given} 与因子单位 {unit} 不一致"
    return scale, units, blocked
