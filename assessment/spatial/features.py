"""The features of a laid-out layer file: geometries, one attribute word each for zone and name, and the reference system the file claims.

Runs in the confined process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tanping.assessment.spatial.limits import LayerLimits
from tanping.assessment.spatial.package import Package
from tanping.records.doors.text import visible
from tanping.records.doors.xlsx_scan import Fault, RefusedError
from tanping.records.errors import suggest

_BATCH = 2000
_SHAPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}


@dataclass(frozen=True)
class Ask:
    """What to take from a file: the table (GeoPackage with several), the attributes that hold zone and name."""

    table: str = ""
    zone_field: str = ""
    name_field: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The attributes that were named."""
        return tuple(filter(None, (self.zone_field, self.name_field)))


@dataclass
class Features:
    """Geometries as they stand in the file, with the words of the asked attributes. ``crs`` is what the file says, None when it says nothing."""

    geometries: NDArray[np.object_]
    crs: str | None
    zones: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_features(package: Package, ask: Ask, limits: LayerLimits) -> Features:
    """Read a layer. Raises RefusedError naming the feature."""
    return _geojson(package, ask, limits) if package.kind == "geojson" else _table(package, ask, limits)


def too_many(what: str, count: int, limit: int) -> RefusedError:
    """Return the refusal of a layer that is too large."""
    return RefusedError(Fault(None, f"{what}过多（{count} 个）", f"不超过 {limit} 个；先裁剪到辖区或简化"))


def label_of(number: int, name: str = "") -> str:
    """Return how a feature is told: its number from 1 and its name."""
    return f"第 {number} 个要素" + (f"“{visible(name)[:30]}”" if name else "")


# --- GeoJSON -------------------------------------------------------------------------------------------------------------


def _geojson(package: Package, ask: Ask, limits: LayerLimits) -> Features:
    try:
        data = json.loads(package.path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RefusedError(Fault(None, "不是 UTF-8 编码", "UTF-8 编码的 GeoJSON")) from None
    except (ValueError, RecursionError):
        raise RefusedError(Fault(None, "不是有效的 JSON", "GeoJSON 要素集合（FeatureCollection）")) from None
    rows = _rows(data)
    if len(rows) > limits.features:
        raise too_many("要素", len(rows), limits.features)
    found = Features(np.empty(len(rows), dtype=object), _declared_crs(data))
    vertices = 0
    for at, row in enumerate(rows):
        geometry, words = _feature(row, at + 1, ask)
        vertices += _count(geometry, label_of(at + 1))
        if vertices > limits.vertices:
            raise too_many("坐标点", vertices, limits.vertices)
        found.geometries[at] = _shape(geometry, label_of(at + 1))
        found.zones.append(words.get(ask.zone_field, ""))
        found.names.append(words.get(ask.name_field, ""))
    return found


def _rows(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        raise RefusedError(Fault(None, "不是 GeoJSON", "FeatureCollection"))
    if data.get("type") == "FeatureCollection" and isinstance(data.get("features"), list):
        return list(data["features"])
    if data.get("type") == "Feature":
        return [data]
    if _is_shape(data.get("type")):
        return [{"type": "Feature", "geometry": data, "properties": {}}]
    raise RefusedError(Fault(None, "不是 GeoJSON 要素集合", "FeatureCollection"))


def _is_shape(name: Any) -> bool:
    return isinstance(name, str) and name in _SHAPES


def _declared_crs(data: dict[str, Any]) -> str | None:
    """GeoJSON is WGS 84 by its standard; only the older form names another system. What the standard supposes is no statement of the author."""
    try:
        name = data["crs"]["properties"]["name"]
    except (KeyError, TypeError):
        return None
    return name if isinstance(name, str) and len(name) < 200 else None


def _feature(row: Any, number: int, ask: Ask) -> tuple[dict[str, Any], dict[str, str]]:
    if not isinstance(row, dict) or not isinstance(row.get("geometry"), dict):
        raise RefusedError(Fault(label_of(number), "没有几何", "每个要素都有几何"))
    properties = row.get("properties") or {}
    words = {}
    for name in ask.fields:
        if not isinstance(properties, dict) or name not in properties:
            known = list(properties) if isinstance(properties, dict) else []
            raise RefusedError(Fault(label_of(number), f"没有属性“{visible(name)[:30]}”", _near(name, known)))
        value = properties[name]
        words[name] = "" if value is None else str(value)
    return row["geometry"], words


def _count(geometry: dict[str, Any], label: str) -> int:
    """Count the vertices before anything is built, refusing nesting that no geometry has."""
    if not _is_shape(geometry.get("type")):
        raise RefusedError(Fault(label, f"几何类型“{visible(str(geometry.get('type')))[:30]}”不支持", "点、线、面"))
    count = 0
    level: list[Any] = [geometry.get("coordinates")]
    for _ in range(5):
        below: list[Any] = []
        for item in level:
            if isinstance(item, list) and item and not isinstance(item[0], list):
                count += 1
            elif isinstance(item, list):
                below += item
            else:
                raise RefusedError(Fault(label, "坐标不是数对", "[经度, 纬度]"))
        level = below
    if level:
        raise RefusedError(Fault(label, "坐标嵌套过深", "点、线、面"))
    return count


def _shape(geometry: dict[str, Any], label: str) -> Any:
    try:
        return shapely.from_geojson(json.dumps({"type": geometry["type"], "coordinates": geometry["coordinates"]}))
    except (shapely.GEOSException, ValueError, TypeError):
        raise RefusedError(Fault(label, "几何不完整或坐标不是数", "点、线、面")) from None


# --- GeoPackage and Shapefile ----------------------------------------------------------------------------------------------


def _table(package: Package, ask: Ask, limits: LayerLimits) -> Features:
    try:
        table = _choose_table(package, ask)
        encoding = _encoding(package, table, ask)
        crs, parts = _batches(package, table, encoding, ask, limits)
    except (RefusedError, MemoryError):
        raise
    except Exception:  # the library raises a dozen kinds of its own; to the person they all mean one thing
        raise RefusedError(Fault(None, "图层文件已损坏，无法读取", "在地图软件中打开后重新导出")) from None
    geometries = np.concatenate([part[0] for part in parts]) if parts else np.empty(0, dtype=object)
    columns: dict[str, list[str]] = {name: [word for part in parts for word in part[1][name]] for name in ask.fields}
    blank = [""] * len(geometries)
    return Features(geometries, crs, columns.get(ask.zone_field, blank), columns.get(ask.name_field, blank))


def _choose_table(package: Package, ask: Ask) -> str:
    import pyogrio  # type: ignore[import-untyped]

    listed = [str(name) for name, shape in pyogrio.list_layers(package.path) if shape is not None]
    if ask.table:
        if ask.table not in listed:
            raise RefusedError(Fault(None, f"没有图层“{visible(ask.table)[:30]}”", _near(ask.table, listed)))
        return ask.table
    if len(listed) != 1:
        names = "、".join(visible(name)[:30] for name in listed[:10])
        raise RefusedError(Fault(None, f"文件里有 {len(listed)} 个图层（{names}）", "用 --table 指定一个"))
    return listed[0]


def _encoding(package: Package, table: str, ask: Ask) -> str | None:
    """Return how the attribute words are encoded. Chinese Shapefiles without a .cpg are in GBK unless they happen to be valid UTF-8."""
    import pyogrio.raw  # type: ignore[import-untyped]

    if package.kind != "shapefile" or ".cpg" in package.parts:
        return _checked(_names(package, table, None), ask, None)
    try:
        names = _names(package, table, "UTF-8")
        wanted = [name for name in ask.fields if name in names]
        pyogrio.raw.read(package.path, layer=table, columns=wanted, read_geometry=False, encoding="UTF-8")
    except UnicodeDecodeError:
        return _checked(_names(package, table, "GB18030"), ask, "GB18030")
    return _checked(names, ask, "UTF-8")


def _names(package: Package, table: str, encoding: str | None) -> list[str]:
    import pyogrio

    return [str(name) for name in pyogrio.read_info(package.path, layer=table, encoding=encoding)["fields"]]


def _checked(fields: list[str], ask: Ask, encoding: str | None) -> str | None:
    for name in ask.fields:
        if name not in fields:
            raise RefusedError(Fault(None, f"没有属性“{visible(name)[:30]}”", _near(name, fields)))
    return encoding


Batch = tuple[NDArray[np.object_], dict[str, list[str]]]


def _batches(
    package: Package, table: str, encoding: str | None, ask: Ask, limits: LayerLimits
) -> tuple[str | None, list[Batch]]:
    crs: str | None = None
    parts: list[Batch] = []
    rows = vertices = 0
    for meta, geometries, columns in _read(package, table, encoding, ask):
        crs = meta.get("crs")
        rows += len(geometries)
        if rows > limits.features:
            raise too_many("要素", rows, limits.features)
        shapes = _shapes(geometries, rows - len(geometries))
        vertices += int(shapely.get_num_coordinates(shapes).sum())
        if vertices > limits.vertices:
            raise too_many("坐标点", vertices, limits.vertices)
        parts.append((shapes, columns))
    return crs, parts


def _read(
    package: Package, table: str, encoding: str | None, ask: Ask
) -> Iterator[tuple[dict[str, Any], NDArray[np.object_], dict[str, list[str]]]]:
    import pyogrio.raw

    start = 0
    while True:
        meta, _, geometries, data = pyogrio.raw.read(
            package.path,
            layer=table,
            columns=list(dict.fromkeys(ask.fields)),
            encoding=encoding,
            force_2d=True,
            skip_features=start,
            max_features=_BATCH,
        )
        columns = {name: [_word(value) for value in values] for name, values in zip(meta["fields"], data, strict=True)}
        if geometries is None or not len(geometries):
            return
        yield meta, geometries, columns
        start += len(geometries)


def _shapes(raw: NDArray[np.object_], before: int) -> NDArray[np.object_]:
    try:
        return np.asarray(shapely.from_wkb(raw), dtype=object)
    except (shapely.GEOSException, ValueError, TypeError):
        for at, one in enumerate(raw):
            try:
                shapely.from_wkb(one)
            except (shapely.GEOSException, ValueError, TypeError):
                raise RefusedError(
                    Fault(label_of(before + at + 1), "几何已损坏或是曲线", "点、线、面（折线）")
                ) from None
        raise


def _word(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value)


def _near(name: str, known: list[str]) -> str:
    listed = "、".join(visible(str(item))[:30] for item in known[:20])
    near = suggest(name, [str(item) for item in known])
    return "；".join(filter(None, (near, f"文件里有 {listed}" if listed else "文件里没有")))
