"""Which statements an inventory needs before it may call itself complete: missing is not zero, 无 is a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tanping.assessment.accounting.books import COAL_POWER_KINDS, Books
from tanping.assessment.accounting.sources.clinker import DUST_UNTOLD, is_clinker, without_line
from tanping.assessment.accounting.words import BoolArray

_BLAST = frozenset({"sintering", "ironmaking", "bof_steel", "eaf_steel"})
_STEEL_MAKING = frozenset({"ironmaking", "bof_steel", "eaf_steel"})
_BURNING = frozenset({"coking", "sintering", "pelletizing", "ironmaking", "bof_steel", "eaf_steel", "rolling"})


@dataclass(frozen=True)
class Requirement:
    """A row somebody must have written (an amount or 无) when a project has units of some kinds."""

    line: str
    kinds: frozenset[str]
    table: str
    column: str
    words: frozenset[str]
    methods: frozenset[str] | None = None
    word_test: Callable[[str | None], bool] | None = None


def _needs(line: str, kinds: frozenset[str], table: str, column: str, *words: str, **more: object) -> Requirement:
    return Requirement(line, kinds, table, column, frozenset(words), **more)  # type: ignore[arg-type]


NO_UNIT = "生产单元：未填报"
ONLY_STANDING = "生产单元：只填了现有单元，没有新增或改造的单元"
_ANY: frozenset[str] = frozenset()
_CEMENT = frozenset({"clinker"})
_OXIDES = frozenset({"guide-2013", "gbt-32151"})

REQUIREMENTS = (
    _needs("主燃料：未填报", COAL_POWER_KINDS | {"gas_power", "coal_boiler"}, "fuels", "role", "main"),
    _needs("点火助燃燃料：未填报（没有请填“无”）", COAL_POWER_KINDS, "fuels", "role", "start_up"),
    _needs("脱硫剂：未填报（海水或氨法脱硫请填“无”）", COAL_POWER_KINDS, "materials", "role", "desulphurisation"),
    _needs("工序燃料、还原剂：未填报（没有请填“无”）", _BURNING, "fuels", "role", "main", "reductant"),
    _needs("熔剂：未填报（没有请填“无”）", _BLAST, "materials", "role", "flux"),
    _needs("电极：未填报（没有请填“无”）", frozenset({"eaf_steel"}), "materials", "role", "electrode"),
    _needs("固碳产品（粗钢、外销生铁等）：未填报", _STEEL_MAKING, "materials", "role", "fixed_carbon"),
    _needs("熟料产量：未填报", _CEMENT, "products", "product", word_test=is_clinker),
    _needs("水泥窑燃料：未填报", _CEMENT, "fuels", "role", "main"),
    _needs(
        "入窑替代原料：未填报（没有请填“无”）",
        _CEMENT,
        "materials",
        "role",
        "alternative_raw",
        methods=frozenset({"ets-2024"}),
    ),
    _needs(DUST_UNTOLD, _CEMENT, "materials", "role", "kiln_dust", methods=_OXIDES),
    _needs("生料：未填报", _CEMENT, "materials", "role", "raw_meal", methods=_OXIDES),
    _needs("外购电力：未填报（没有请填“无”）", _ANY, "energy", "kind", "purchased_electricity"),
    _needs("外购热力：未填报（没有请填“无”）", _STEEL_MAKING, "energy", "kind", "purchased_heat"),
)


def unstated(books: Books, proposed: BoolArray) -> dict[str, BoolArray]:
    """For each requirement, which projects need it and do not state it. ``proposed``: one flag a unit."""
    units = books.columns["units"]
    kinds = books.words(units, "kind")
    methods = np.array([its.method or "" for its in books.classes])[books.class_of]
    lacking = {}
    for needed in REQUIREMENTS:
        applies = np.zeros(books.columns.count, dtype=bool)
        of_kind = kinds.are(*needed.kinds) if needed.kinds else np.ones(len(units), dtype=bool)
        applies[units.project[of_kind & proposed]] = True
        if not needed.kinds:
            applies[:] = True
        if needed.methods is not None:
            applies &= np.isin(methods, list(needed.methods))
        if applies.any():
            lacking[needed.line] = applies & ~_stated(books, needed)
    lacking |= without_line(books)
    lacking |= _unsorted(books)
    some, new = np.zeros((2, books.columns.count), dtype=bool)
    some[units.project], new[units.project[proposed]] = True, True
    # What no unit of the project carries would be a complete total of nothing.
    lacking |= {line: mine for line, mine in ((NO_UNIT, ~some), (ONLY_STANDING, some & ~new)) if mine.any()}
    return lacking


def _unsorted(books: Books) -> dict[str, BoolArray]:
    """Projects with an amount nobody said the use of: no block takes such a row, so it must not vanish."""
    materials, energy = books.columns["materials"], books.columns["energy"]
    roles = books.words(materials, "role")
    unnamed = books.words(materials, "material").test(lambda word: word is None)
    found = {}
    for line, table, mine in (
        ("物料：有一行用途未填", materials, roles.test(lambda role: role is None)),
        ("脱硝剂：有一行物料名称未填（尿素还是氨）", materials, roles.are("denitrification") & unnamed),
        ("电力热力：有一行类别未填", energy, books.words(energy, "kind").test(lambda kind: kind is None)),
    ):
        unsorted = mine & (table.numbers["amount"] != 0)
        if unsorted.any():
            found[line] = np.zeros(books.columns.count, dtype=bool)
            found[line][table.project[unsorted]] = True
    return found


def _stated(books: Books, needed: Requirement) -> BoolArray:
    table = books.columns[needed.table]
    words = books.words(table, needed.column)
    rows = words.test(needed.word_test) if needed.word_test is not None else words.are(*needed.words)
    stated = np.zeros(books.columns.count, dtype=bool)
    if len(table):
        stated[table.project[rows]] = True
    return stated
