"""The features of registered layers, read when they are first overlaid and kept by hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tanping.assessment.spatial.child import FEATURES
from tanping.assessment.spatial.layer import Layer
from tanping.assessment.spatial.register import Layers
from tanping.records.errors import InputError, Problem, Where

KILOMETRES_PER_DEGREE = 110.5
"""A little less than a degree of latitude anywhere in China, so that a search box never falls short."""


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """The features of a layer in CGCS2000 degrees, with zone codes, names and a tree over their boxes."""

    geometries: NDArray[np.object_]
    zones: NDArray[np.object_]
    names: NDArray[np.object_]
    tree: Any

    def near(self, bounds: tuple[float, float, float, float], metres: float) -> NDArray[np.intp]:
        """Return the rows whose box comes within so many metres of a box in degrees, in file order."""
        west, south, east, north = bounds
        high = metres / 1000 / KILOMETRES_PER_DEGREE
        wide = high / max(np.cos(np.radians(min(max(abs(south), abs(north)) + high, 89.0))), 0.01)
        box = shapely.box(west - wide, south - high, east + wide, north + high)
        return np.sort(self.tree.query(box))


def features_of(layers: Layers, layer: Layer) -> FeatureSet:
    """Return a layer's features. Raises InputError when its file is not as it was registered."""
    return _features(layers.path(layer) / FEATURES, layer.features_sha256)


@lru_cache(maxsize=64)
def _features(path: Path, sha256: str) -> FeatureSet:
    try:
        raw = path.read_bytes()
    except OSError:
        raise InputError(Problem(Where(str(path)), "", "图层文件缺失", "tanping layers check")) from None
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise InputError(Problem(Where(str(path)), "", "图层文件与登记时的散列不一致", "tanping layers check"))
    # Not splitlines: a name may hold a line separator of its own (U+2028), which JSON leaves as it is.
    rows = [json.loads(line) for line in raw.decode("utf-8").split("\n") if line]
    zones, names, geometries = zip(*rows, strict=True)
    shapes = np.asarray(shapely.from_wkb(np.array(geometries, dtype=object)), dtype=object)
    shapely.prepare(shapes)
    return FeatureSet(shapes, _objects(zones), _objects(names), shapely.STRtree(shapes))


def _objects(items: tuple[str, ...]) -> NDArray[np.object_]:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
