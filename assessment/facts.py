"""From a project's columns and computed figures to the fact table the rules read.

Declared answers pass through; what follows from other fields is derived here and nowhere else; what accounting computes comes in
as ``computed``. One row a production unit, for one project or a province.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.columns import AnswerColumn, ColumnTable, ProjectColumns
from tanping.assessment.project.model import Paper
from tanping.assessment.project.stated import Check, Stated
from tanping.records.regions import Place, contains
from tanping.rules.facts import Catalogue, Cell, Fact, FactTable, Origin, load_catalogue

DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class Column:
    """A fact's values (one a fact row) and whether each rests on an unverified declaration. ``origins``: where rows differ in origin."""

    values: NDArray[Any]
    claimed: NDArray[np.bool_] | bool = False
    origin: Origin = Origin.DERIVED
    stated: tuple[Stated[Any] | None, ...] | None = None
    origins: tuple[Origin, ...] | None = None

    def origin_of(self, row: int) -> Origin:
        """Return where the value of a row comes from."""
        return self.origins[row] if self.origins is not None else self.origin


Overlay = Callable[[Mapping[str, Column]], Mapping[str, Column]]
"""What the map changes: from the columns found so far to those it lays over them (``tanping.assessment.spatial.survey``)."""


def facts_of(
    columns: ProjectColumns,
    as_of: date,
    computed: Mapping[str, Column] | None = None,
    overlay: Overlay | None = None,
) -> FactTable:
    """Build the fact table. ``computed`` holds figures of accounting by fact name, one value a fact row."""
    catalogue = load_catalogue()
    found = {name: declared_column(catalogue[name], answer) for name, answer in columns.answers.items()}
    found |= {name: derive(columns, as_of) for name, derive in DERIVED.items()}
    found |= {name: _certain_else(derive(columns, as_of), found.get(name)) for name, derive in WHERE_CERTAIN.items()}
    found |= {name: column for name, column in (computed or {}).items() if name not in found or _blank(found[name])}
    if overlay is not None:
        found |= overlay(found)
    ids = list(map(str, columns["units"].ids.tolist()))
    table = FactTable.of_columns(
        catalogue,
        {name: column.values for name, column in found.items()},
        project=columns.fact_project,
        claimed={name: column.claimed for name, column in found.items()},
        units=[ids[row] if row >= 0 else "" for row in columns.fact_unit.tolist()],
    )
    if columns["project"].rows is None:
        # A portfolio keeps no statements: there is nothing to trace, and a million rows of cells would not fit.
        return table
    return replace(table, cells=_cells(catalogue, found, table))


# --- declared ------------------------------------------------------------------------------------------------------------


def declared_column(fact: Fact, answer: AnswerColumn) -> Column:
    """Return a declared answer as a column: a claim, whatever map it was read from."""
    stated = tuple(_as_stated(item) for item in answer.stated) if answer.stated is not None else None
    return Column(_typed(fact, answer.values), answer.claimed, Origin.DECLARED, stated)


def _as_stated(item: Stated[Any] | Paper | None) -> Stated[Any] | None:
    if not isinstance(item, Paper):
        return item
    text = " ".join(part for part in (item.status.text, item.number.text, item.date.text) if part)
    return replace(item.status, text=text, page=item.page.text, note=item.note.text)


def _typed(fact: Fact, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype != object:
        return values
    if fact.kind == "number":
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    if fact.kind == "flag":
        return np.array([-1 if value is None else int(value) for value in values], dtype=np.int8)
    if fact.kind == "date":
        return values.astype("datetime64[D]")
    return values


def _blank(column: Column) -> bool:
    values = column.values
    if values.dtype == object:
        return all(value is None for value in values)
    return bool(np.isnan(values).all() if values.dtype.kind == "f" else (values < 0).all())


# --- derived -------------------------------------------------------------------------------------------------------------


def _of_project(table: str, name: str) -> Callable[[ProjectColumns, date], Column]:
    def derive(columns: ProjectColumns, as_of: date) -> Column:
        return _gather(columns[table], name, columns.fact_project)

    return derive


def _of_unit(name: str) -> Callable[[ProjectColumns, date], Column]:
    def derive(columns: ProjectColumns, as_of: date) -> Column:
        return _gather(columns["units"], name, columns.fact_unit)

    return derive


def _gather(table: ColumnTable, name: str, rows: NDArray[np.int32]) -> Column:
    """Take a field's values at some rows of its table; row −1 is unknown."""
    numbers = name in table.numbers
    source: NDArray[Any] = table.numbers[name] if numbers else table.words[name]
    missing: Any = np.nan if numbers else None
    values = np.full(len(rows), missing, dtype=np.float64 if numbers else object)
    known = rows >= 0
    values[known] = source[rows[known]]
    stated = None
    claimed: NDArray[np.bool_] | bool = True
    if table.rows is not None:
        stated = tuple(table.stated(int(row), name) if row >= 0 else None for row in rows)
        claimed = np.array([item is not None and item.claimed for item in stated], dtype=bool)
    return Column(values, claimed, Origin.DECLARED, stated)


def _identity(table: str, name: str) -> Callable[[ProjectColumns, date], Column]:
    """Where and what the project is: scope, not a claim that decides a clause."""

    def derive(columns: ProjectColumns, as_of: date) -> Column:
        rows = columns.fact_unit if table == "units" else columns.fact_project
        return replace(_gather(columns[table], name, rows), claimed=False, origin=Origin.DERIVED)

    return derive


def _assessment_date(columns: ProjectColumns, as_of: date) -> Column:
    return Column(np.full(len(columns.fact_project), np.datetime64(as_of), dtype="datetime64[D]"))


def _years_since(paper: str) -> Callable[[ProjectColumns, date], Column]:
    """Years from a paper's date to the legal date; unknown without a date, and for papers dated later."""

    def derive(columns: ProjectColumns, as_of: date) -> Column:
        answer = columns.answers.get(paper)
        if answer is None or answer.dates is None:
            return Column(np.full(len(columns.fact_project), np.nan))
        years = (np.datetime64(as_of) - answer.dates).astype("timedelta64[D]").astype(np.float64) / DAYS_A_YEAR
        years[np.isnat(answer.dates) | (answer.dates > np.datetime64(as_of))] = np.nan
        return Column(years, answer.claimed)

    return derive


def _inside(region: str) -> Callable[[ProjectColumns, date], Column]:
    """Whether the place lies in a region of the register (unknown stays unknown)."""

    def derive(columns: ProjectColumns, as_of: date) -> Column:
        site = columns["site"]
        places = list(zip(*(site.words[name].tolist() for name in ("province", "city", "county")), strict=True))
        code = {place: _inside_code(region, Place(*place), as_of) for place in set(places)}
        codes = np.fromiter(map(code.__getitem__, places), dtype=np.int8, count=len(places))
        return Column(codes[columns.fact_project])

    return derive


def _inside_code(region: str, place: Place, as_of: date) -> int:
    found = contains(region, place, as_of)
    return -1 if found is None else int(found)


DERIVED: dict[str, Callable[[ProjectColumns, date], Column]] = {
    "sector": _identity("units", "kind"),
    "unit_nature": _identity("units", "nature"),
    "project_nature": _identity("project", "nature"),
    "province": _identity("site", "province"),
    "city": _identity("site", "city"),
    "county": _identity("site", "county"),
    "assessment_date": _assessment_date,
    "carbon_accounting_method": _of_project("project", "method"),
    "unit_capacity_mw": _of_unit("capacity"),
    "net_coal_consumption_gce_per_kwh": _of_unit("net_coal_rate"),
    "in_nearshore_action_county": _inside("近岸海域行动县区"),
    "years_since_energy_review": _years_since("energy_review"),
    "eia_approval_age_years": _years_since("eia_approval"),
}

WHERE_CERTAIN: dict[str, Callable[[ProjectColumns, date], Column]] = {"in_yangtze_basin": _inside("长江流域")}
"""Asked facts that the region register answers where it is certain; elsewhere the declared answer stands."""


def _certain_else(derived: Column, declared: Column | None) -> Column:
    if declared is None:
        return derived
    open_ = derived.values < 0
    values = np.where(open_, declared.values, derived.values).astype(np.int8)
    stated = None
    if declared.stated is not None:
        stated = tuple(item if use else None for item, use in zip(declared.stated, open_, strict=True))
    return Column(values, np.logical_and(open_, declared.claimed), derived.origin, stated)


# --- traces --------------------------------------------------------------------------------------------------------------


def _cells(catalogue: Catalogue, found: Mapping[str, Column], table: FactTable) -> dict[tuple[str, int], Cell]:
    """Return what stands behind each known cell, for single projects (columns that kept their statements)."""
    cells: dict[tuple[str, int], Cell] = {}
    for name, column in found.items():
        if column.stated is None and column.origin is Origin.DECLARED:
            continue
        for row in range(table.rows):
            value = table.value(name, row)
            if value is not None:
                cells[name, row] = _cell(catalogue[name], column, row, value)
    return cells


def _cell(fact: Fact, column: Column, row: int, value: Any) -> Cell:
    stated = column.stated[row] if column.stated is not None else None
    if stated is None:
        return Cell(value, _words(fact, value), column.origin_of(row))
    origin = Origin.VERIFIED if stated.check is Check.VERIFIED else column.origin_of(row)
    return Cell(value, stated.text, origin, stated.document, stated.page, stated.note)


def _words(fact: Fact, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return fact.choices.get(value, str(value)) if isinstance(value, str) else f"{value} {fact.unit or ''}".strip()
