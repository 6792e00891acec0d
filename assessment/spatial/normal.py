"""A layer's features brought to one form: CGCS2000 longitude and latitude, no long edges, every geometry sound.

Runs in the confined process. Long edges are given vertices first, because what is straight in one projection is not in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tanping.assessment.spatial.datum import to_cgcs2000
from tanping.assessment.spatial.features import Features, label_of, too_many
from tanping.assessment.spatial.kinds import LayerKind, ShapeOf
from tanping.assessment.spatial.limits import LayerLimits
from tanping.assessment.spatial.outline import EAST, NORTH, SOUTH, WEST
from tanping.records.doors.text import visible
from tanping.records.doors.xlsx_scan import Fault, RefusedError

_SHOWN = 20
_STEP_DEGREES = 0.01
_STEP_METRES = 1000.0
_FAMILIES = {
    "CGCS2000": ("CHINA 2000", "CHINA GEODETIC COORDINATE SYSTEM 2000", "CGCS2000", "CGCS_2000", "CHINA_2000"),
    "WGS84": ("WGS 84", "WGS84", "WGS_1984", "WORLD GEODETIC SYSTEM 1984"),
    "西安80": ("XIAN", "XI'AN"),
    "北京54": ("BEIJING",),
}
_TYPES = {
    ShapeOf.AREA: (3, 6),
    ShapeOf.LINE: (1, 5),
    ShapeOf.POINT: (0, 4),
    ShapeOf.ANY: (0, 1, 3, 4, 5, 6),
}


@dataclass
class Normal:
    """Sound geometries in CGCS2000 degrees with zone codes and names; what was noticed and mended on the way."""

    geometries: NDArray[np.object_]
    zones: list[str]
    names: list[str]
    file_crs: str
    repaired: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def vertices(self) -> int:
        """How many vertices there are in all."""
        return int(shapely.get_num_coordinates(self.geometries).sum())

    @property
    def bounds(self) -> list[float]:
        """West, south, east, north, degrees."""
        return [float(value) for value in shapely.total_bounds(self.geometries)]


def normalise(
    features: Features, kind: LayerKind, datum: str, *, zone: str = "", repair: bool = False, limits: LayerLimits
) -> Normal:
    """Bring features to the one form. ``datum`` as the loader named it; ``zone``: the zone of all features, when the file has no attribute for it.

    Raises RefusedError with every faulty feature (the first 20 of a sort).
    """
    geometries = shapely.force_2d(features.geometries)
    if not len(geometries):
        raise RefusedError(Fault(None, "图层里没有要素", "至少一个要素"))
    _refuse(_empty(geometries, features) + _wrong_type(geometries, features, kind))
    _refuse([Fault(label, "坐标不是数") for _, label in _labels(~_all_numbers(geometries), features)])
    zones, faults = _zones(features, kind, zone)
    _refuse(faults)
    # Before any vertex is added: densifying quietly drops what crosses itself.
    geometries, repaired = _sound(geometries, features, repair)
    geometries, crs, notes = _to_degrees(geometries, features.crs, datum, limits)
    _refuse(_outside(geometries, features, datum))
    geometries = _dense(geometries, _STEP_DEGREES, limits)
    geometries = shapely.transform(geometries, lambda xy: np.column_stack(to_cgcs2000(xy[:, 0], xy[:, 1], datum)))
    geometries, _ = _sound(geometries, features, repair=True)
    return Normal(geometries, zones, list(features.names), crs, repaired, notes)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        shown = list(faults[:_SHOWN])
        if len(faults) > _SHOWN:
            shown.append(Fault(None, f"同样的问题另有 {len(faults) - _SHOWN} 处"))
        raise RefusedError(*shown)


def _labels(mask: NDArray[np.bool_], features: Features) -> list[tuple[int, str]]:
    return [(int(at), label_of(int(at) + 1, features.names[at])) for at in np.flatnonzero(mask)]


def _empty(geometries: NDArray[np.object_], features: Features) -> list[Fault]:
    mask = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    return [
        Fault(label, "没有几何", "每个要素都有几何；在地图软件中删去空要素") for _, label in _labels(mask, features)
    ]


def _wrong_type(geometries: NDArray[np.object_], features: Features, kind: LayerKind) -> list[Fault]:
    mask = ~np.isin(shapely.get_type_id(geometries), _TYPES[kind.shape]) & ~shapely.is_missing(geometries)
    return [
        Fault(label, f"是 {geometries[at].geom_type}，{kind.label}应为{kind.shape.label}", kind.shape.label)
        for at, label in _labels(mask, features)
    ]


def _zones(features: Features, kind: LayerKind, zone: str) -> tuple[list[str], list[Fault]]:
    """Return each feature's zone code; the zone named for the whole layer goes for features without a word of their own."""
    if not kind.zones:
        return [""] * len(features.names), []
    codes: list[str] = []
    faults: list[Fault] = []
    for at, word in enumerate(features.zones):
        code = kind.zone_of(word) if word.strip() else zone
        if not code:
            label = label_of(at + 1, features.names[at])
            what = f"分区“{visible(word)[:30]}”不认识" if word.strip() else "没有写明分区"
            faults.append(Fault(label, what, kind.zone_words))
        codes.append(code or "")
    return codes, faults


# --- reference systems -----------------------------------------------------------------------------------------------------


def _to_degrees(
    geometries: NDArray[np.object_], crs: str | None, datum: str, limits: LayerLimits
) -> tuple[NDArray[np.object_], str, list[str]]:
    """Return geometries in degrees of the datum the loader named, what the file says of its system, and notes on the difference."""
    if crs is None:
        if _largest(geometries) > 400:
            what = "坐标不是经纬度，而文件没有写明投影"
            raise RefusedError(Fault(None, what, "带 .prj 的 Shapefile、GeoPackage，或经纬度坐标"))
        return geometries, "未写明", [f"文件没有写明坐标系，按登记的 {datum} 使用"]
    system = _system(crs)
    family, shown = _family(system), _shown(system)
    notes = _differences(system, family, datum)
    if system.is_geographic:
        return geometries, shown, notes
    from pyproj import Transformer

    geometries = _dense(geometries, _STEP_METRES, limits)
    there = Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    with np.errstate(all="ignore"):
        moved = shapely.transform(geometries, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    return moved, shown, notes


def _system(crs: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        raise RefusedError(Fault(None, f"文件写的坐标系“{visible(crs)[:60]}”读不懂", "CGCS2000 或 WGS84")) from None
    if not (system.is_geographic or system.is_projected) or system.geodetic_crs is None:
        raise RefusedError(Fault(None, f"文件写的坐标系是“{_shown(system)}”", "经纬度或平面投影"))
    return system


def _shown(system: Any) -> str:
    return visible(str(system.name))[:60]


def _family(system: Any) -> str:
    told = f"{system.geodetic_crs.name} {system.geodetic_crs.datum.name if system.geodetic_crs.datum else ''}".upper()
    return next((name for name, words in _FAMILIES.items() if any(word in told for word in words)), "")


def _differences(system: Any, family: str, datum: str) -> list[str]:
    """Return a note where the file says another datum than the loader; refuse what can't be brought together."""
    shown = _shown(system)
    if family not in ("CGCS2000", "WGS84"):
        what = f"文件的坐标系是“{shown}”，不能直接换算到 CGCS2000"
        raise RefusedError(Fault(None, what, "由测绘单位用当地参数转换为 CGCS2000 后再登记"))
    if family == datum:
        return []
    if datum in ("GCJ-02", "BD-09"):
        return [f"文件写明“{shown}”，登记为 {datum}：按 {datum} 反算"]
    return [f"文件写明“{shown}”，登记为 {datum}；二者相差小于 1 m"]


def _largest(geometries: NDArray[np.object_]) -> float:
    bounds = np.abs(shapely.total_bounds(geometries))
    return float(bounds.max()) if np.isfinite(bounds).all() else np.inf


# --- coordinates -----------------------------------------------------------------------------------------------------------


def _dense(geometries: NDArray[np.object_], step: float, limits: LayerLimits) -> NDArray[np.object_]:
    """Give long edges vertices, after a bound on how many that will be."""
    with np.errstate(all="ignore"):
        added = float(np.nansum(shapely.length(geometries))) / step
    count = int(shapely.get_num_coordinates(geometries).sum())
    if not np.isfinite(added) or count + added > limits.vertices:
        raise too_many("坐标点（含长边加密）", count + (int(added) if np.isfinite(added) else 0), limits.vertices)
    return np.asarray(shapely.segmentize(geometries, step), dtype=object)


def _outside(geometries: NDArray[np.object_], features: Features, datum: str) -> list[Fault]:
    bounds = shapely.bounds(geometries)
    with np.errstate(invalid="ignore"):
        west, south, east, north = bounds.T
        inside = (west >= WEST) & (south >= SOUTH) & (east <= EAST) & (north <= NORTH)
        swapped = (west >= SOUTH) & (east <= NORTH) & (south >= WEST) & (north <= EAST)
    return [
        Fault(
            label,
            f"坐标疑似经纬度写反（{bounds[at][0]:.6g}，{bounds[at][1]:.6g}）"
            if swapped[at]
            else f"坐标不在我国范围内（{bounds[at][0]:.6g}，{bounds[at][1]:.6g}）",
            f"经度 {WEST:g}—{EAST:g}，纬度 {SOUTH:g}—{NORTH:g}；检查坐标系是否为 {datum}",
        )
        for at, label in _labels(~inside, features)
    ]


def _all_numbers(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which geometries have only finite coordinates: one that isn't leaves no trace in the bounds."""
    points, owners = shapely.get_coordinates(geometries, return_index=True)
    good = np.ones(len(geometries), dtype=bool)
    good[owners[~np.isfinite(points).all(axis=1)]] = False
    return good


# --- soundness -------------------------------------------------------------------------------------------------------------


def _sound(geometries: NDArray[np.object_], features: Features, repair: bool) -> tuple[NDArray[np.object_], int]:
    bad = ~shapely.is_valid(geometries)
    if not bad.any():
        return geometries, 0
    if not repair:
        _refuse(
            [
                Fault(label, _reason(geometries[at]), "在地图软件中修复，或用 --repair 让程序修复并记入登记")
                for at, label in _labels(bad, features)
            ]
        )
    geometries = geometries.copy()
    for at, label in _labels(bad, features):
        mended = _same_kind(shapely.make_valid(geometries[at]), geometries[at])
        if mended is None:
            raise RefusedError(Fault(label, "几何无法修复", "在地图软件中重新绘制"))
        geometries[at] = mended
    return geometries, int(bad.sum())


_REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界与自身相接",
    "Hole lies outside shell": "内环在外环之外",
    "Nested shells": "外环互相嵌套",
    "Nested holes": "内环互相嵌套",
    "Duplicate Rings": "有重复的环",
    "Interior is disconnected": "内环把面割断",
    "Too few points in geometry component": "环的点太少",
    "Invalid Coordinate": "坐标不是数",
}


def _reason(geometry: Any) -> str:
    told = str(shapely.is_valid_reason(geometry))
    name, _, place = told.partition("[")
    where = f"（{place.rstrip(']')} 附近）" if place else ""
    return f"{_REASONS.get(name, '几何无效')}{where}"


def _same_kind(mended: Any, before: Any) -> Any:
    """Keep of a repaired geometry what has the dimension it had before; None when nothing is left."""
    wanted = shapely.get_dimensions(before)
    parts = [part for part in shapely.get_parts(shapely.get_parts([mended])) if shapely.get_dimensions(part) == wanted]
    return shapely.union_all(parts) if parts else None
