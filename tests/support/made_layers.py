"""Small layers made for the tests: boxes about a point in the sea of numbers, no real border."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import Transformer

from tanping.assessment.spatial.claim import Claim
from tanping.assessment.spatial.layer import Layer
from tanping.assessment.spatial.reading import source_of
from tanping.assessment.spatial.register import Layers

NOW = datetime(2026, 5, 1, tzinfo=UTC)
X, Y = 120.5, 33.5
"""The middle of the made land, degrees."""

_THERE = Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
_BACK = Transformer.from_crs("EPSG:4549", "EPSG:4490", always_xy=True)
_X0, _Y0 = _THERE.transform(X, Y)


def at(east: float, north: float) -> tuple[float, float]:
    """The point so many metres east and north of the middle, degrees."""
    return _BACK.transform(_X0 + east, _Y0 + north)


def box(west: float, south: float, east: float, north: float) -> Any:
    """A box in metres about the middle, as a polygon in degrees."""
    return _degrees(shapely.box(west, south, east, north))


def line(*points: tuple[float, float]) -> Any:
    """A line through points in metres about the middle, in degrees."""
    return _degrees(shapely.LineString(points))


def _degrees(shape: Any) -> Any:
    """Straight in metres stays straight: a long edge gets vertices before it is bent by the projection."""
    return shapely.transform(shapely.segmentize(shape, 500), lambda xy: np.array([at(*point) for point in xy]))


def wkt(shape: Any) -> str:
    """As typed into a project file: nine decimals, a tenth of a millimetre."""
    return shapely.to_wkt(shape, rounding_precision=9)


def geojson(*shapes: Any, **columns: list[Any]) -> bytes:
    """Shapes as a GeoJSON file; one list of words a column."""
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {name: words[row] for name, words in columns.items()},
        }
        for row, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def write(
    path: Path, shapes: list[Any], crs: str | None = "EPSG:4490", encoding: str = "UTF-8", **columns: Any
) -> Path:
    """Write shapes as a GeoPackage or Shapefile, by suffix."""
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[np.array(words, dtype=object) for words in columns.values()],
        fields=list(columns),
        geometry_type=shapes[0].geom_type,
        crs=crs,
        driver={".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[path.suffix],
        encoding=encoding,
    )
    return path


def claim(kind: str, **more: Any) -> Claim:
    """What a loader would say of a layer."""
    said: dict[str, Any] = {
        "name": f"试验{kind}",
        "kind": kind,
        "issued": date(2023, 6, 1),
        "document": "试验批复",
        "datum": "CGCS2000",
        "accuracy": 5.0,
        "covers": () if kind == "project_area" else ("江苏",),
        "loaded_by": "测试员",
    }
    return Claim(**(said | more))


def add(layers: Layers, kind: str, *shapes: Any, columns: dict[str, list[Any]] | None = None, **more: Any) -> Layer:
    """Register shapes as a layer of a kind."""
    return layers.add(source_of(geojson(*shapes, **(columns or {})), f"{kind}.geojson"), claim(kind, **more), now=NOW)
