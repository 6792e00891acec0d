"""The plane in which areas and distances are measured: CGCS2000 3-degree Gauss-Krüger of the place's longitude (GB/T 18314 practice, EPSG 4534–4554)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]

_FIRST, _LAST = 75, 135
_EPSG_OF_FIRST = 4534
_GEOGRAPHIC = 4490


@dataclass(frozen=True)
class Plane:
    """A projection with its central meridian, degrees; coordinates in metres."""

    meridian: int

    @property
    def name(self) -> str:
        """As evidence names it."""
        return f"CGCS2000 高斯-克吕格 3 度带（中央经线 {self.meridian}°）"

    def lay(self, shapes: Any) -> Any:
        """Return geometries in degrees as geometries in metres."""
        there, _ = _transformers(self.meridian)
        return shapely.transform(shapes, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the plane as longitude and latitude."""
        _, back = _transformers(self.meridian)
        longitude, latitude = back.transform(x, y)
        return float(longitude), float(latitude)

    def metres_between(self, one: Any, other: Any) -> float:
        """Return the least distance of two geometries of the plane on the ellipsoid, metres: far from the meridian the plane stretches."""
        line = shapely.shortest_line(one, other)
        (ax, ay), (bx, by) = shapely.get_coordinates(line)
        if (ax, ay) == (bx, by):
            return 0.0
        *_, metres = _geod().inv(*self.degrees(ax, ay), *self.degrees(bx, by))
        return float(metres)


def plane_at(longitude: float) -> Plane:
    """Return the plane of a longitude: the nearest meridian divisible by three."""
    return Plane(int(min(max(3 * round(longitude / 3), _FIRST), _LAST)))


@cache
def _transformers(meridian: int) -> tuple[Any, Any]:
    from pyproj import Transformer
    from pyproj.network import set_network_enabled

    set_network_enabled(False)
    epsg = _EPSG_OF_FIRST + (meridian - _FIRST) // 3
    return (
        Transformer.from_crs(_GEOGRAPHIC, epsg, always_xy=True),
        Transformer.from_crs(epsg, _GEOGRAPHIC, always_xy=True),
    )


@cache
def _geod() -> Any:
    from pyproj import Geod

    return Geod(ellps="GRS80")
