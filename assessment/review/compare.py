"""What a new version changed: field by field in the project file, figure by figure and clause by clause in the result.

Reads stored files and results as plain data; computes nothing anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.places import FIGURES, label_of, part, places_of, said
from tanping.records.titles import title_marks

File = Mapping[str, Any]

NO_VALUE = "—"


@dataclass(frozen=True)
class FieldChange:
    """A field that differs. ``source_only``: the value stayed, only document, page or note changed."""

    place: str
    label: str
    before: str
    after: str
    page: str
    source_only: bool = False

    def __str__(self) -> str:
        if self.source_only:
            return f"{self.label}：值未变，出处或说明有修改"
        return f"{self.label}：{self.before or NO_VALUE} → {self.after or NO_VALUE}"


@dataclass(frozen=True)
class FigureChange:
    """A computed figure that differs; None: not computed. Unrounded, in ``unit``."""

    figure: str
    label: str
    unit: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class ClauseChange:
    """A clause whose finding differs: ``applies·met``; empty where the clause was not among the findings."""

    clause: str
    citation: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """All differences between two versions."""

    fields: tuple[FieldChange, ...]
    figures: tuple[FigureChange, ...]
    clauses: tuple[ClauseChange, ...]


def compare(old_file: File, new_file: File, old_result: File | None, new_result: File | None) -> Comparison:
    """Compare two versions; without both results only their fields."""
    fields = compare_files(old_file, new_file)
    if old_result is None or new_result is None:
        return Comparison(fields, (), ())
    return Comparison(fields, compare_figures(old_result, new_result), compare_clauses(old_result, new_result))


def compare_files(old: File, new: File) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of the new file, those that went at the end."""
    before, after = dict(places_of(old)), dict(places_of(new))
    places = [*after, *(place for place in before if place not in after)]
    changes = (_field_change(place, before.get(place), after.get(place)) for place in places)
    return tuple(change for change in changes if change is not None)


def _field_change(place: str, old: Any, new: Any) -> FieldChange | None:
    if old == new or (not said(old) and not said(new)):
        return None
    same = said(old) == said(new)
    page = "、".join(filter(None, (part(new, "document"), part(new, "page"))))
    return FieldChange(place, _label(place), said(old), said(new), page, source_only=same)


def _label(place: str) -> str:
    try:
        return label_of(place)
    except RefusedError:  # a field of an older version that the catalogue no longer knows
        return place


def compare_figures(old: File, new: File) -> tuple[FigureChange, ...]:
    """Return totals, sources and indicators that differ."""
    before, after = _figures(old), _figures(new)
    names = [*after, *(name for name in before if name not in after)]
    changes = []
    for name in names:
        label, unit, _ = after.get(name) or before[name]
        values = [found[name][2] if name in found else None for found in (before, after)]
        if values[0] != values[1]:
            changes.append(FigureChange(name, label, unit, values[0], values[1]))
    return tuple(changes)


def _figures(result: File) -> dict[str, tuple[str, str, float | None]]:
    inventory = result["inventory"]
    found = {name: (label, inventory["unit"], inventory[name]) for name, label in FIGURES.items()}
    for source in inventory["sources"]:
        for key, what in (("design_year", "达产年"), ("total", "合计")):
            label = f"{source['name']}（{what}）"
            found[f"source/{source['id']}/{key}"] = (label, inventory["unit"], source[key])
    for indicator in result["indicators"]:
        found[f"indicator/{indicator['id']}"] = (indicator["name"], indicator["unit"], indicator["value"])
    return found


def compare_clauses(old: File, new: File) -> tuple[ClauseChange, ...]:
    """Return the clauses whose finding differs."""
    before, after = _clauses(old), _clauses(new)
    names = [*after, *(name for name in before if name not in after)]
    changes = []
    for name in names:
        citation, _ = after.get(name) or before[name]
        words = [found[name][1] if name in found else "" for found in (before, after)]
        if words[0] != words[1]:
            changes.append(ClauseChange(name, citation, words[0], words[1]))
    return tuple(changes)


def _clauses(result: File) -> dict[str, tuple[str, str]]:
    return {
        finding["clause"]: (
            title_marks(finding["document"]) + finding["article"],
            f"{finding['applies']}·{finding['met']}",
        )
        for finding in result["screening"]["findings"]
    }


def fields_about(changes: Iterable[FieldChange], place: str, facts: Iterable[str] = ()) -> tuple[FieldChange, ...]:
    """Return the changed fields that a demand is about: at its place or below, or answers to the facts its clause reads."""
    wanted = set(facts)

    def concerns(change: FieldChange) -> bool:
        if place and (change.place == place or change.place.startswith(f"{place}/")):
            return True
        steps = change.place.split("/")
        return bool(wanted) and (steps[-1] in wanted or (steps[0] == "papers" and steps[1] in wanted))

    return tuple(change for change in changes if concerns(change))


def facts_of_clause(result: File, clause: str) -> tuple[str, ...]:
    """Return the names of the facts that a clause's finding read or missed."""
    for finding in result["screening"]["findings"]:
        if finding["clause"] == clause:
            read = [value["name"] for line in finding["trace"] for value in line["values"]]
            return tuple(dict.fromkeys([*read, *finding["missing"]]))
    return ()
