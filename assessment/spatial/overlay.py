"""One place against features, in the plane: certainly in, certainly out, or too close to the line to say.

Every boundary may lie off by ``slack`` metres, those of the layer and of the place together. A place certainly meets an area when some point of it lies
deeper inside than the slack; it certainly doesn't when it is farther away than the slack; between the two nobody can tell from the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tanping.assessment.spatial.places import Spot
from tanping.assessment.spatial.plane import Plane, plane_at
from tanping.assessment.spatial.verdict import State

_ARCS = 8
_SEAM = 0.1
"""Metres: areas drawn side by side leave slits of rounding between them that are no boundary."""


@dataclass(frozen=True, eq=False)
class Laid:
    """A place in its plane. ``body``: everything the place may take up (a point with its reach); ``core``: what it surely takes up."""

    spot: Spot
    plane: Plane
    core: Any
    body: Any

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Box of the place in degrees, without reach."""
        west, south, east, north = shapely.bounds(self.spot.shape)
        return float(west), float(south), float(east), float(north)

    @property
    def reach(self) -> float:
        """Metres the body goes beyond the core."""
        return self.spot.reach or 0.0


@dataclass(frozen=True)
class Measure:
    """What was measured: state, overlap in m² and its share of the place, length in m, distance in m (None: nothing near)."""

    state: State
    area: float = 0.0
    share: float = 0.0
    length: float = 0.0
    distance: float | None = None


def lay(spot: Spot) -> Laid:
    """Put a place into its plane."""
    plane = plane_at(float(shapely.get_x(shapely.centroid(spot.shape))))
    core = _sound(plane.lay(shapely.segmentize(spot.shape, 0.01)))
    body = shapely.buffer(core, spot.reach, quad_segs=_ARCS * 4) if spot.reach else core
    return Laid(spot, plane, core, body)


def meets(laid: Laid, features: NDArray[np.object_], slack: float) -> Measure:
    """Does the place meet the features (degrees)?"""
    ground = _ground(laid, features, slack)
    if ground is None:
        return Measure(State.NO if laid.spot.whole else State.OPEN)
    distance = float(shapely.distance(laid.body, ground))
    if distance > slack:
        return Measure(State.NO if laid.spot.whole else State.OPEN, distance=distance)
    common = shapely.intersection(laid.core, ground)
    area, length = (
        float(shapely.area(common)),
        float(shapely.length(common)) if laid.core.geom_type.endswith("String") else 0.0,
    )
    share = area / float(shapely.area(laid.core)) if shapely.area(laid.core) else 0.0
    state = State.YES if _surely_meet(laid.core, ground, slack) else State.EDGE
    return Measure(state, area, share, length, distance)


def within(laid: Laid, features: NDArray[np.object_], slack: float) -> Measure:
    """Does the place lie wholly inside the features together?"""
    ground = _ground(laid, features, slack)
    if ground is None:
        return Measure(State.NO)
    outside = shapely.difference(laid.core, shapely.buffer(ground, slack, quad_segs=_ARCS))
    share = 1 - _part(shapely.difference(laid.core, ground), laid.core)
    if not shapely.is_empty(outside):
        return Measure(State.NO, share=share)
    if not laid.spot.whole:
        return Measure(State.OPEN, share=share)
    inner = _shrunk(ground, slack)
    return Measure(State.YES if shapely.covers(inner, laid.body) else State.EDGE, share=share)


def distance(laid: Laid, features: NDArray[np.object_], slack: float, *, own: bool = False) -> Measure:
    """How far is the nearest feature (degrees) from the place? With ``own``, features on the place itself don't count."""
    shapes = np.asarray(laid.plane.lay(features), dtype=object)
    if own:
        shapes = shapes[shapely.distance(laid.body, shapes) > slack]
    if not len(shapes):
        return Measure(State.OPEN)
    gaps = shapely.distance(laid.core, shapes)
    nearest = shapes[int(np.argmin(gaps))]
    metres = max(laid.plane.metres_between(laid.core, nearest) - laid.reach, 0.0)
    return Measure(State.YES if laid.spot.whole else State.OPEN, distance=metres)


def length_on(laid: Laid, features: NDArray[np.object_], slack: float) -> Measure:
    """How many metres of the line features (degrees) does the place cover?"""
    ground = _ground(laid, features, slack)
    if ground is None or float(shapely.distance(laid.body, ground)) > slack:
        return Measure(State.NO if laid.spot.whole else State.OPEN)
    covered = float(shapely.length(shapely.intersection(laid.core, ground)))
    sure = covered > 0 and _surely_meet(laid.core, ground, slack)
    return Measure(State.YES if sure else State.EDGE, length=covered)


def seaward(laid: Laid, line: NDArray[np.object_], coast: NDArray[np.object_], slack: float) -> Measure:
    """Does the place reach seaward of a line (degrees), the sea lying where the nearest coast (degrees) is reached without crossing it?"""
    if not laid.spot.whole:
        return Measure(State.OPEN)
    limit = shapely.union_all(laid.plane.lay(line))
    shore = shapely.union_all(laid.plane.lay(coast))
    gap = float(shapely.distance(laid.body, limit))
    if gap <= slack:
        return Measure(State.YES if _surely_meet(laid.body, limit, slack) else State.EDGE, distance=gap)
    way = shapely.shortest_line(laid.body, shore)
    return Measure(State.NO if shapely.intersects(way, limit) else State.YES, distance=gap)


# --- pieces ----------------------------------------------------------------------------------------------------------------


def _ground(laid: Laid, features: NDArray[np.object_], slack: float) -> Any:
    """Return the features near the place as one geometry of the plane, cut to a box beyond which nothing matters; None when there is nothing."""
    if not len(features):
        return None
    shapes = np.asarray(laid.plane.lay(features), dtype=object)
    shapes = np.array([_sound(shape) for shape in shapes], dtype=object)
    west, south, east, north = shapely.bounds(laid.body)
    # A cut edge must stay farther away than the slack, or it would pass for a boundary.
    margin = 2 * slack + 50.0
    frame = shapely.box(west - margin, south - margin, east + margin, north + margin)
    cut = shapely.intersection(shapes, frame)
    cut = cut[~shapely.is_empty(cut)]
    return shapely.union_all(cut) if len(cut) else None


def _sound(shape: Any) -> Any:
    return shape if shapely.is_valid(shape) else shapely.make_valid(shape)


def _surely_meet(core: Any, ground: Any, slack: float) -> bool:
    """Whether they meet wherever within the slack the boundaries really lie: one of them reaches deeper than the slack into the other."""
    for outer, inner in ((ground, core), (core, ground)):
        eroded = _shrunk(outer, slack)
        if not shapely.is_empty(eroded) and shapely.intersects(eroded, inner):
            return True
    return False


def _shrunk(shape: Any, slack: float) -> Any:
    """Return what lies deeper than the slack inside a shape, slits closed first."""
    closed = shapely.buffer(shape, _SEAM, quad_segs=_ARCS)
    return shapely.buffer(closed, -slack - _SEAM, quad_segs=_ARCS)


def _part(piece: Any, whole: Any) -> float:
    area = float(shapely.area(whole))
    return float(shapely.area(piece)) / area if area else float(not shapely.is_empty(piece))
