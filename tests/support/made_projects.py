"""Small projects for the spatial tests."""

from __future__ import annotations

from typing import Any

from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.project.model import Project

NONE = {"ash_yard": "灰渣场", "berth": "码头", "linear": "线性设施", "outfall": "排污口"}


def row(id: str, kind: str, geometry: str, datum: str = "CGCS2000", **more: Any) -> dict[str, Any]:
    """One row of the table of places."""
    return {"id": id, "kind": kind, "geometry": geometry, "datum": datum, **more}


def project(
    *places: dict[str, Any],
    facts: dict[str, Any] | None = None,
    site: dict[str, Any] | None = None,
    without: tuple[str, ...] = tuple(NONE.values()),
    **more: Any,
) -> Project:
    """A project with places; of the kinds in ``without`` that are not drawn it says it has none."""
    drawn = {place["kind"] for place in places}
    absent = [{"id": f"无{kind}", "kind": kind, "geometry": "无"} for kind in without if kind not in drawn]
    return project_from_plain(
        {
            "schema": "tanping.project/1",
            "project": {"name": "试验", "sector": "电力", "nature": "新建"},
            "dates": {"accepted": "2026-05-01"},
            "site": {"province": "江苏", "city": "盐城", "county": "射阳县", **(site or {})},
            "places": [*places, *absent],
            "facts": facts or {},
            **more,
        }
    )
