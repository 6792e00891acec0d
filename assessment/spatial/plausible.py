"""Coordinates against what the file says in words: the county, and whether the site lies by the sea. Needs no layer and no map library.

Rough on purpose: county seats with a reach, and a coastline of 30 arc seconds from the 1990s. A doubt asks a person to look; it changes no fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.spatial.datum import to_cgcs2000
from tanping.assessment.spatial.outline import OutlineError, OutlineFile, read_outline
from tanping.records.regions import Place, full_name

HERE = Path(__file__).parent
COUNTY_POINTS = HERE / "county_points.csv"
COAST_RUNS = HERE / "coast_runs.csv"

COAST_SOURCE = "GLOBE 30″ 海陆格网（约 0.9 km，1990 年代状况，公有领域）"
CELL = 1 / 120
WEST, COLUMNS = 118.8, 457
INLAND = (116.0, WEST, 30.7, 35.4)
"""West, east, south, north of the land beyond the grid's western edge: nowhere nearer to any sea than 50 km."""
FAR_INLAND_KM = 30.0
"""A site said to be on coastal land is doubted beyond this: the widest coastal strip plus what the coast has grown."""
NEAR_COAST_KM = 2.0
"""A site said not to be on coastal land is doubted within this of the old coast; reclaimed land may have moved it away since, so a person looks."""
FAR_AT_SEA_KM = 25.0
"""A site this far out on the old sea has no reclaimed land under it."""
MARGIN_KM = 5.0
_RADIUS_KM = 6371.0

Doubt = tuple[int, str, str, str]


def doubts(columns: ProjectColumns) -> Iterator[Doubt]:
    """Yield project, label, what was typed and why it can't be, for projects that kept what was typed."""
    site = columns["site"]
    if site.rows is None:
        return
    for row in range(len(site)):
        project = int(site.project[row])
        point = _point(columns, project, row)
        if point is None:
            continue
        place = Place(*(site.words[name][row] for name in ("province", "city", "county")))
        typed = f"{point[0]:.4f}，{point[1]:.4f}"
        if why := county_doubt(place, *point):
            yield project, "坐标与行政区", typed, why
        if why := coast_doubt(_on_coast(columns, project), *point):
            yield project, "坐标与海岸", typed, why


def _point(columns: ProjectColumns, project: int, row: int) -> tuple[float, float] | None:
    """The middle of the drawn works, else the point of the sheet 厂址; a point whose datum is not told is still near enough for this."""
    places = columns.tables.get("places")
    for at in np.flatnonzero(places.project == project) if places is not None else ():
        kind, typed, datum = (places.words[name][at] for name in ("kind", "geometry", "datum"))  # type: ignore[union-attr]
        if kind == "plant" and typed and datum:
            try:
                outline = read_outline(typed)
            except OutlineError:
                continue
            if outline is not None and not isinstance(outline, OutlineFile):
                x, y = np.mean(np.array(outline.points), axis=0)
                return _moved(float(x), float(y), datum)
    site = columns["site"]
    x, y = site.numbers["longitude"][row], site.numbers["latitude"][row]
    if np.isnan(x) or np.isnan(y):
        return None
    return _moved(float(x), float(y), site.words["datum"][row] or "CGCS2000")


def _moved(x: float, y: float, datum: str) -> tuple[float, float]:
    there_x, there_y = to_cgcs2000(np.array([x]), np.array([y]), datum)
    return float(there_x[0]), float(there_y[0])


def _on_coast(columns: ProjectColumns, project: int) -> bool | None:
    declared = columns.answers.get("on_coastal_land")
    rows = np.flatnonzero(columns.fact_project == project)
    return None if declared is None or not len(rows) else declared.values[rows[0]]


def county_doubt(place: Place, longitude: float, latitude: float) -> str:
    """Return why a point can't lie in the county (else the city) named; empty when it can, or when the place is not on the list."""
    rows = [
        point
        for point in county_points()
        if place.province == "江苏" and place.city == point.city and place.county in (None, point.county)
    ]
    if not rows:
        return ""
    gaps = [(_km(longitude, latitude, point.longitude, point.latitude) - point.reach_km, point) for point in rows]
    over, nearest = min(gaps, key=lambda gap: gap[0])
    if over <= MARGIN_KM:
        return ""
    away = _km(longitude, latitude, nearest.longitude, nearest.latitude)
    named = full_name(place) if place.county else f"{full_name(place)}最近的{nearest.county}"
    return f"坐标距{named}驻地约 {away:.0f} km，超出其可能范围（约 {nearest.reach_km:.0f} km，凭一般地理知识估计），请核对坐标、坐标系和行政区"


def coast_doubt(on_coast: bool | None, longitude: float, latitude: float) -> str:
    """Return why a point can't be as near to the sea as declared; empty when it can, or off the grid."""
    gap = coast_km(longitude, latitude)
    if gap is None:
        west, east, south, north = INLAND
        inland = west <= longitude < east and south <= latitude <= north
        return (
            f"申报位于沿海陆域，而坐标在内陆，距海岸远不止 {FAR_INLAND_KM:.0f} km，请核对"
            if on_coast and inland
            else ""
        )
    if gap < -FAR_AT_SEA_KM:
        return f"坐标在海上，距岸约 {-gap:.0f} km（{COAST_SOURCE}），请核对经纬度和坐标系"
    if on_coast is True and gap > FAR_INLAND_KM:
        return f"申报位于沿海陆域，而坐标距海岸约 {gap:.0f} km（{COAST_SOURCE}），请核对"
    if on_coast is False and abs(gap) < NEAR_COAST_KM:
        return f"申报不在沿海陆域，而坐标距海岸约 {abs(gap):.1f} km（{COAST_SOURCE}，围垦处此后可能外移），请核对"
    return ""


# --- data ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CountyPoint:
    """A county's seat, degrees, and how far the county may reach from it."""

    city: str
    county: str
    longitude: float
    latitude: float
    reach_km: float


@cache
def county_points() -> tuple[CountyPoint, ...]:
    """Return the seats of Jiangsu's counties."""
    rows = [line.split(",") for line in _lines(COUNTY_POINTS)[1:]]
    return tuple(CountyPoint(city, county, float(x), float(y), float(reach)) for city, county, x, y, reach in rows)


@dataclass(frozen=True)
class Coast:
    """The grid: ``sea`` by row (north to south) and column; the middles of the land cells that touch the sea, degrees."""

    latitude: NDArray[np.float64]
    sea: NDArray[np.bool_]
    shore_x: NDArray[np.float64]
    shore_y: NDArray[np.float64]


@cache
def coast() -> Coast:
    """Return the coast off Jiangsu."""
    rows = [line.split(",") for line in _lines(COAST_RUNS)]
    latitude = np.array([float(row[0]) for row in rows])
    turns = np.zeros((len(rows), COLUMNS), dtype=bool)
    for at, row in enumerate(rows):
        turns[at, [int(column) for column in row[1:]]] = True
    sea = np.cumsum(turns, axis=1) % 2 == 1
    beside = np.zeros_like(sea)
    beside[1:] |= sea[:-1]
    beside[:-1] |= sea[1:]
    beside[:, 1:] |= sea[:, :-1]
    beside[:, :-1] |= sea[:, 1:]
    at_row, at_column = np.nonzero(beside & ~sea)
    return Coast(latitude, sea, np.asarray(WEST + at_column * CELL, dtype=np.float64), latitude[at_row])


def coast_km(longitude: float, latitude: float) -> float | None:
    """Return the distance to the coast in km, to about a kilometre: negative at sea; None off the grid."""
    grid = coast()
    row = round((grid.latitude[0] - latitude) / CELL)
    column = round((longitude - WEST) / CELL)
    if not (0 <= row < len(grid.latitude) and 0 <= column < COLUMNS):
        return None
    gap = float(_km(longitude, latitude, grid.shore_x, grid.shore_y).min())
    return -gap if grid.sea[row, column] else gap


def _km(
    x: float, y: float, to_x: float | NDArray[np.float64], to_y: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Great-circle distance, km."""
    a, b, c, d = map(np.radians, (x, y, to_x, to_y))
    half = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return np.asarray(2 * _RADIUS_KM * np.arcsin(np.sqrt(half)))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
