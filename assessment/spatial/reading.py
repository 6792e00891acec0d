"""The door for layers: a file an office holds becomes checked features in CGCS2000, or a refusal that names file and feature."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tanping.assessment.spatial.child import FEATURES, Wanted
from tanping.assessment.spatial.limits import LAYER, LayerLimits
from tanping.assessment.spatial.package import ALLOWED, SHAPEFILE_PARTS, bundle
from tanping.records.doors import csv_file
from tanping.records.doors.intake import ask_child
from tanping.records.errors import InputError, Problem, Where

NEEDED = ("shapely", "pyproj", "pyogrio")


@dataclass(frozen=True)
class Source:
    """A layer file in hand: its name, its bytes (a loose Shapefile bundled as one zip) and the hash of those bytes."""

    name: str
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Reading:
    """What was read: counts, bounds (west, south, east, north in degrees) and the folder's file of features."""

    features_file: Path
    features: int
    vertices: int
    bounds: tuple[float, float, float, float]
    file_crs: str
    repaired: int
    notes: tuple[str, ...]


def missing_libraries() -> tuple[str, ...]:
    """Return which of the map libraries are not installed."""
    return tuple(name for name in NEEDED if find_spec(name) is None)


def require_libraries(source: str = "tanping layers") -> None:
    """Raise InputError when the map libraries are not installed."""
    missing = missing_libraries()
    if missing:
        what = f"没有安装地图组件 {'、'.join(missing)}，不能读图层和叠图"
        raise InputError(Problem(Where(source), "", what, "安装 tanping[geo]", "pip install 'tanping[geo]'"))


def load_source(path: Path, limits: LayerLimits = LAYER) -> Source:
    """Read a layer file from disk, a loose Shapefile with its parts. Raises InputError."""
    if path.suffix.lower() != ".shp":
        return source_of(csv_file.read_bytes(path, limits.file), path.name)
    parts: dict[str, bytes] = {}
    left = limits.file
    for suffix in SHAPEFILE_PARTS:
        beside = _beside(path, suffix)
        if beside is None:
            continue
        parts[suffix] = csv_file.read_bytes(beside, left)
        left -= len(parts[suffix])
    for suffix in (".shp", ".shx"):
        if suffix not in parts:
            raise InputError(Problem(Where(str(path)), "", f"旁边没有 {suffix}", "、".join(SHAPEFILE_PARTS)))
    return source_of(bundle(parts), path.name)


def _beside(path: Path, suffix: str) -> Path | None:
    """Return the part of a Shapefile, whichever way its suffix is spelled."""
    found = [path.with_suffix(form) for form in (suffix, suffix.upper())]
    return next((one for one in found if one.is_file()), None)


def source_of(data: bytes, name: str) -> Source:
    """Return a file in hand (an upload) as a source."""
    return Source(name, data, hashlib.sha256(data).hexdigest())


@contextmanager
def read_layer(source: Source, limits: LayerLimits = LAYER, **wanted: Any) -> Iterator[Reading]:
    """Read a layer in a confined process; its features lie in a folder that is gone when the block ends.

    ``wanted``: the fields of ``Wanted`` but folder and name. Raises InputError with every faulty feature.
    """
    require_libraries(source.name)
    with TemporaryDirectory(prefix="tanping-layer-") as folder:
        asked = Wanted(folder=folder, name=source.name, **wanted)
        module = "tanping.assessment.spatial.child"
        answer = ask_child(module, [asdict(asked), asdict(limits)], source.data, source.name, limits.door, ALLOWED)
        if "faults" in answer:
            raise InputError(
                Problem(Where(source.name, cell=cell), "", what, allowed) for cell, what, allowed in answer["faults"]
            )
        west, south, east, north = answer["bounds"]
        yield Reading(
            Path(folder) / FEATURES,
            answer["features"],
            answer["vertices"],
            (west, south, east, north),
            answer["file_crs"],
            answer["repaired"],
            tuple(answer["notes"]),
        )
