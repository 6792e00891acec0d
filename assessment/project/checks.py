"""Checks between fields: identifiers, references, the order of dates, places that exist."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.model import Dates, Place, Project
from tanping.records.errors import Problem

DATE_ORDER = ("prepared", "accepted", "assessed", "approved")


def consistency_problems(project: Project, document: Any) -> list[Problem]:
    """Return everything that contradicts itself inside one file."""
    return [
        *_duplicate_ids(project, document),
        *_dangling_units(project, document),
        *_date_order(project, document),
        *_place(project, document),
        *_outlines(project, document),
    ]


def _duplicate_ids(project: Project, document: Any) -> Iterator[Problem]:
    for table in TABLES:
        if table in ONE_ROW:
            continue
        seen: dict[str, int] = {}
        for at, row in enumerate(getattr(project, table)):
            if row.id in seen:
                what = f"编号“{row.id}”与第 {seen[row.id] + 1} 项重复"
                yield Problem(document.where((table, at, "id")), f"{table}[{at}].id", what, "同一表内编号不重复")
            seen.setdefault(row.id, at)


def _dangling_units(project: Project, document: Any) -> Iterator[Problem]:
    """A row whose units nobody knows would count for the whole works."""
    known = [unit.id for unit in project.units]
    for table in (name for name, model in TABLES.items() if "units" in entries(model)):
        for at, row in enumerate(getattr(project, table)):
            for name in dict.fromkeys((*(row.units.value or ()), *(row.units.effective or ()))):
                if name not in known:
                    what = f"没有编号为“{name}”的生产单元"
                    yield Problem(document.where((table, at, "units")), f"{table}[{at}].units", what, "、".join(known))


def _date_order(project: Project, document: Any) -> Iterator[Problem]:
    labels = {name: entry.label for name, entry in entries(Dates).items()}
    for earlier, later in combinations(DATE_ORDER, 2):
        first, second = getattr(project.dates, earlier).effective, getattr(project.dates, later).effective
        if first and second and first > second:
            what = f"{labels[later]} {second} 早于{labels[earlier]} {first}"
            yield Problem(document.where(("dates", later)), f"dates.{later}", what, "先后有序")
    start = project.dates.construction_start.effective
    for at, unit in enumerate(project.units):
        commissioned = unit.commissioned.effective
        new = unit.nature.effective == "new"
        if start and commissioned and new and commissioned < start:
            what = f"投产日期 {commissioned} 早于{labels['construction_start']} {start}"
            yield Problem(
                document.where(("units", at, "commissioned")), f"units[{at}].commissioned", what, "先开工后投产"
            )


def _place(project: Project, document: Any) -> Iterator[Problem]:
    from tanping.records.regions import PlaceError, find_place

    site = project.site
    for name, typed in (
        ("province", (site.province.effective, None, None)),
        ("city", (site.province.effective, site.city.effective, None)),
        ("county", (site.province.effective, site.city.effective, site.county.effective)),
    ):
        try:
            find_place(*typed)
        except PlaceError as error:
            field = f"site.{name}（{TABLE_LABELS['site']}·{entries(type(site))[name].label}）"
            yield Problem(document.where(("site", name)), field, error.what, error.allowed, error.example)
            return


def _outlines(project: Project, document: Any) -> Iterator[Problem]:
    """Geometries that cannot be read, and coordinates that could lie anywhere because their datum is not told."""
    from tanping.assessment.spatial.outline import NONE_WORDS, OutlineError, read_outline

    labels = {name: entry.label for name, entry in entries(Place).items()}
    for at, row in enumerate(project.places):
        typed = row.geometry.effective
        if typed is None or typed in NONE_WORDS:
            continue
        try:
            read_outline(typed, line=row.kind.effective == "linear")
        except OutlineError as error:
            field = f"places[{at}].geometry（{TABLE_LABELS['places']}·{labels['geometry']}）"
            yield error.problem(document.where(("places", at, "geometry")), field)
        if not row.datum.known:
            field = f"places[{at}].datum（{TABLE_LABELS['places']}·{labels['datum']}）"
            what = "填了坐标而坐标系不明：不同坐标系可差数百米，不能用"
            allowed = entries(Place)["datum"].allowed
            yield Problem(document.where(("places", at, "datum")), field, what, allowed, "CGCS2000")
