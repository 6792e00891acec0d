"""Places in a project file: one field by its path, what stands there, how it is called, and how a verification is put in.

A place is written ``project/name``, ``units/7/capacity``, ``units/7/facts/x``, ``facts/x``, ``papers/energy_review/status``; rows are found by
their ``id``. ``figure/<name>`` is a computed figure (``figure/design_year_total``), which no file holds.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from tanping.assessment.project.answers import fact_entry
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.model import Paper
from tanping.assessment.review.errors import RefusedError
from tanping.rules.facts import load_catalogue

File = Mapping[str, Any]
FIGURE = "figure/"
FIGURES = {
    "design_year_total": "达产年排放总量",
    "lifetime_total": "全生命周期排放总量",
    "net_change": "排放净变化量",
}
"""Totals of an inventory by name."""


def entry_of(place: str) -> Entry:
    """Return the catalogue's entry of a place. Raises RefusedError if the catalogue has no such field."""
    table, *rest = place.split("/")
    try:
        if "facts" in (table, *rest[:-1]):
            return fact_entry(rest[-1])
        return entries(Paper if table == "papers" else TABLES[table])[rest[-1]]
    except (KeyError, IndexError, StopIteration):
        raise RefusedError(f"项目文件里没有“{place[:80]}”这一项。") from None


def label_of(place: str) -> str:
    """Return how a place is called: ``生产单元 7·单机容量``."""
    if place.startswith(FIGURE):
        name = place.removeprefix(FIGURE)
        return FIGURES.get(name, name)
    table, *rest = place.split("/")
    label = entry_of(place).label
    if table == "papers":
        catalogue = load_catalogue()
        paper = catalogue[rest[0]].label if rest[0] in catalogue else rest[0]
        return f"{paper}·{label}"
    row = f" {rest[0]}" if table in TABLES and table not in ONE_ROW else ""
    return f"{TABLE_LABELS[table]}{row}·{label}"


def raw_at(file: File, place: str) -> Any:
    """Return what stands at a place: a text, a mapping with parts, a list, or None."""
    holder = _holder(file, place)
    return None if holder is None else holder.get(place.rsplit("/", 1)[-1])


def text_at(file: File, place: str) -> str:
    """Return the declared value at a place as it was typed, empty if none."""
    return said(raw_at(file, place))


def said(raw: Any) -> str:
    """Return the value part of what stands at a place, as text."""
    if isinstance(raw, Mapping):
        raw = raw.get("value")
    if isinstance(raw, list):
        return "，".join(map(str, raw))
    return "" if raw is None else str(raw)


def part(raw: Any, name: str) -> str:
    """Return a part (document, page, note) of what stands at a place."""
    return str(raw.get(name) or "") if isinstance(raw, Mapping) else ""


def with_checks(file: File, checks: Mapping[str, tuple[str, str, str]]) -> dict[str, Any]:
    """Return the file with verifications put in: place → (status, verified value as typed, by whom).

    A verified value that was not retyped is the declared one. Places in rows that the file does not have are passed over.
    """
    changed = copy.deepcopy(dict(file))
    for place, (status, verified, by) in checks.items():
        holder = _holder(changed, place, make=True)
        key = place.rsplit("/", 1)[-1]
        if holder is None:
            continue
        raw = holder.get(key)
        parts = dict(raw) if isinstance(raw, Mapping) else {"value": raw}
        parts["check"], parts["verified_by"] = status, by
        value = verified or said(raw)
        parts.pop("verified", None)
        if status == "已核实" and value:
            parts["verified"] = value
        holder[key] = parts
    return changed


def check_text(place: str, typed: str) -> None:
    """Raise RefusedError if a field can't take a value, in the words of the field."""
    entry = entry_of(place)
    try:
        entry.parse(typed)
    except PydanticCustomError as error:
        words = error.context or {}
        allowed, example = words.get("allowed"), words.get("example")
        hints = "；".join(filter(None, (allowed and f"应为：{allowed}", example and f"例：{example}")))
        raise RefusedError(f"{entry.label}：{words.get('what', '')}{'；' + hints if hints else ''}") from None


def places_of(file: File) -> Iterator[tuple[str, Any]]:
    """Yield every place that holds something, in file order of the catalogue, with what stands there."""
    for table in TABLES:
        content = file.get(table)
        if table in ONE_ROW:
            yield from _places_of_row(table, content or {})
        else:
            for row in content or []:
                yield from _places_of_row(f"{table}/{row['id']}", row)
    for name, paper in (file.get("papers") or {}).items():
        yield from _places_of_row(f"papers/{name}", paper)
    for name, raw in (file.get("facts") or {}).items():
        yield f"facts/{name}", raw


def _places_of_row(head: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, raw in row.items():
        if name == "facts":
            yield from ((f"{head}/facts/{fact}", value) for fact, value in raw.items())
        elif name != "id" and raw is not None:
            yield f"{head}/{name}", raw


def _holder(file: Mapping[str, Any], place: str, *, make: bool = False) -> dict[str, Any] | None:
    """Return the mapping that holds a place; with ``make``, missing mappings are added, but never a row."""
    table, *rest = place.split("/")
    steps = [table, *rest[:-1]]
    found: Any = file
    if table in TABLES and table not in ONE_ROW:
        row_id, *steps = steps[1:] or [""]
        found = next((row for row in file.get(table) or [] if row.get("id") == row_id), None)
    for step in steps:
        if not isinstance(found, dict):
            return None
        if make and found.get(step) is None:
            found[step] = {}
        found = found.get(step)
    return found if isinstance(found, dict) else None
