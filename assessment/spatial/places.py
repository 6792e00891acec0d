"""The places of projects as geometries in CGCS2000, with how far each may be off and what they rest on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from tanping.assessment.project.columns import ColumnTable, ProjectColumns
from tanping.assessment.project.model import PLACE_KINDS
from tanping.assessment.spatial.datum import DATUMS, to_cgcs2000
from tanping.assessment.spatial.outline import (
    METRES_PER_DEGREE,
    NONE_WORDS,
    Outline,
    OutlineError,
    OutlineFile,
    read_outline,
)
from tanping.assessment.spatial.register import Layers
from tanping.records.errors import InputError

POINTS = frozenset({"outfall", "intake"})
"""Places that are a point by nature; of the others a point says only where they are, not how far they reach."""


@dataclass(frozen=True, eq=False)
class Spot:
    """One drawn place.

    ``shape``: CGCS2000 degrees. ``reach``: metres about a point within which the place lies wholly; None when nobody said how far it reaches.
    ``slack``: metres the drawing may be off. ``claimed``: nobody verified the drawing. ``note``: datum and rounding, for the evidence.
    """

    id: str
    kind: str
    shape: Any
    reach: float | None
    slack: float
    claimed: bool
    note: str

    @property
    def label(self) -> str:
        """Kind and id as printed."""
        kind = PLACE_KINDS[self.kind]
        return kind if self.id in ("", kind) else f"{kind} {self.id}"

    @property
    def whole(self) -> bool:
        """Whether it is known how far the place reaches."""
        return self.reach is not None


@dataclass
class ProjectPlaces:
    """What one project says of its places: drawn ones, kinds said not to exist, and what could not be used and why."""

    spots: list[Spot] = field(default_factory=list)
    none: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def of(self, kinds: Sequence[str]) -> list[Spot]:
        """Return the drawn places of some kinds."""
        return [spot for spot in self.spots if spot.kind in kinds]


def said_absent(columns: ProjectColumns) -> list[set[str]]:
    """Return, for every project, the kinds of places it says it does not have."""
    found: list[set[str]] = [set() for _ in range(columns.count)]
    table = columns.tables.get("places")
    for row in range(len(table)) if table is not None else ():
        kind, typed = table.words["kind"][row], table.words["geometry"][row]  # type: ignore[union-attr]
        if kind is not None and typed in NONE_WORDS:
            found[table.project[row]].add(kind)  # type: ignore[union-attr]
    return found


def places_of(columns: ProjectColumns, layers: Layers) -> list[ProjectPlaces]:
    """Return the places of every project, in order of the projects."""
    found = [ProjectPlaces() for _ in range(columns.count)]
    table = columns.tables.get("places")
    if table is not None:
        for row in range(len(table)):
            _add(table, row, found[table.project[row]], layers)
    site = columns["site"]
    for row in range(len(site)):
        places = found[site.project[row]]
        if not places.of(("plant",)) and "plant" not in places.none:
            _add_site(site, row, places)
    return found


def _add(table: ColumnTable, row: int, places: ProjectPlaces, layers: Layers) -> None:
    kind, typed, datum = (table.words[name][row] for name in ("kind", "geometry", "datum"))
    name = str(table.ids[row])
    if kind is None or typed is None:
        return
    reach = _number(table.numbers["reach"][row])
    label = f"位置 {name}"
    try:
        outline = read_outline(typed, line=kind == "linear")
        if outline is None:
            places.none.add(kind)
        elif datum is None:
            places.problems.append(f"{label} 没有写坐标系，不能叠图")
        elif isinstance(outline, OutlineFile):
            places.spots.append(
                _from_file(outline.name, name, kind, datum, reach, _claimed(table, row, "geometry"), layers)
            )
        else:
            places.spots.append(_from_outline(outline, name, kind, datum, reach, _claimed(table, row, "geometry")))
    except OutlineError as error:
        places.problems.append(f"{label} 不能叠图：{error.what}")


def _add_site(site: ColumnTable, row: int, places: ProjectPlaces) -> None:
    """The coordinates of the sheet 厂址: a point of the works, when no outline of them is given."""
    x, y = _number(site.numbers["longitude"][row]), _number(site.numbers["latitude"][row])
    datum = site.words["datum"][row]
    if x is None and y is None:
        return
    if x is None or y is None or datum is None:
        places.problems.append("厂址经度、纬度、坐标系没有填全，不能叠图")
        return
    step = min(_step(site, row, "longitude", x), _step(site, row, "latitude", y))
    rounding = math.hypot(0.5, 0.5) * step * METRES_PER_DEGREE
    outline = Outline("point", ((((x, y),),),), rounding)
    places.spots.append(_from_outline(outline, "", "plant", datum, None, _claimed(site, row, "longitude")))


def _step(table: ColumnTable, row: int, name: str, value: float) -> float:
    """The last typed digit of a coordinate: from what was typed where that was kept, else from the shortest way to write the number."""
    stated = table.stated(row, name)
    typed = stated.effective if stated is not None else None
    exponent = (typed if isinstance(typed, Decimal) else Decimal(repr(value))).as_tuple().exponent
    return 10.0 ** min(int(exponent), 0)


def _claimed(table: ColumnTable, row: int, name: str) -> bool:
    stated = table.stated(row, name)
    return stated is None or stated.claimed


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _from_outline(outline: Outline, name: str, kind: str, datum: str, reach: float | None, claimed: bool) -> Spot:
    import shapely  # type: ignore[import-untyped]

    parts = [[_moved(ring, datum) for ring in rings] for rings in outline.parts]
    if outline.kind == "point":
        shape = shapely.Point(parts[0][0][0])
    elif outline.kind == "line":
        shape = shapely.MultiLineString([rings[0] for rings in parts])
    else:
        shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in parts])
        if not shapely.is_valid(shape):
            raise OutlineError("边界自相交或环与环交叉")
    extent = 0.0 if outline.kind != "point" or kind in POINTS else reach
    fine = f"坐标按所写位数误差约 {outline.rounding:.2g} m" if outline.rounding >= 0.5 else ""
    note = "；".join(filter(None, (DATUMS[datum].note, fine)))
    return Spot(name, kind, shape, extent, outline.rounding + DATUMS[datum].accuracy, claimed, note)


def _moved(ring: Sequence[tuple[float, float]], datum: str) -> list[tuple[float, float]]:
    x, y = to_cgcs2000(np.array([point[0] for point in ring]), np.array([point[1] for point in ring]), datum)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _from_file(file: str, name: str, kind: str, datum: str, reach: float | None, claimed: bool, layers: Layers) -> Spot:
    """The outline of a place from a registered file, all its features together."""
    import shapely

    from tanping.assessment.spatial.shelf import features_of

    hits = layers.areas(file)
    if len(hits) != 1:
        told = f"登记了 {len(hits)} 份" if hits else "没有登记"
        raise OutlineError(f"文件“{file}”{told}（tanping layers add {file} --kind 项目范围）")
    layer = hits[0]
    if layer.datum != datum:
        raise OutlineError(f"坐标系写 {datum}，而文件“{file}”登记为 {layer.datum}")
    try:
        shape = shapely.union_all(features_of(layers, layer).geometries)
    except InputError as error:
        raise OutlineError(error.problems[0].what) from None
    extent = 0.0 if shape.geom_type != "Point" or kind in POINTS else reach
    note = "；".join(filter(None, (layer.citation, DATUMS[datum].note)))
    return Spot(name, kind, shape, extent, layer.slack, claimed, note)
