"""A registered layer, and its manifest as YAML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tanping.assessment.spatial.datum import DATUMS
from tanping.assessment.spatial.kinds import load_kinds
from tanping.records.doors.text import visible
from tanping.records.errors import InputError, Problem
from tanping.records.located import read_yaml
from tanping.records.regions import Place

SCHEMA = "tanping.layer/1"


@dataclass(frozen=True)
class Layer:
    """One registered layer.

    ``accuracy``: how far, in metres, its lines may lie from the truth, as the loader stated it. ``covers``: places (province, city, county) for which it
    is complete: only there does finding nothing mean there is nothing. ``valid_to``: the last day it counts, when a newer one replaces it.
    """

    id: str
    name: str
    kind: str
    issued: date
    document: str
    datum: str
    accuracy: float
    covers: tuple[tuple[str, ...], ...]
    source_file: str
    source_sha256: str
    features_sha256: str
    features: int
    vertices: int
    bounds: tuple[float, float, float, float]
    version: str = ""
    zone: str = ""
    zone_field: str = ""
    name_field: str = ""
    table: str = ""
    file_crs: str = ""
    repaired: int = 0
    notes: tuple[str, ...] = ()
    loaded_by: str = ""
    loaded_at: str = ""
    replaces: str = ""
    valid_to: date | None = None

    @property
    def kind_label(self) -> str:
        """The kind as printed."""
        return load_kinds().layers[self.kind].label

    @property
    def slack(self) -> float:
        """Metres by which a boundary of this layer may be off, datum included."""
        return self.accuracy + DATUMS[self.datum].accuracy

    @property
    def citation(self) -> str:
        """What evidence says of it: name, document, date, version, hash, datum."""
        parts = [
            self.document,
            f"{self.issued} 成果",
            self.version,
            f"{self.datum} 坐标",
            f"sha256 {self.source_sha256[:16]}",
        ]
        return f"图层“{self.name}”（{'，'.join(filter(None, parts))}）"

    def in_force(self, as_of: date) -> bool:
        """Whether the layer counts on a legal date."""
        return self.issued <= as_of and (self.valid_to is None or as_of <= self.valid_to)

    def covers_place(self, place: Place) -> bool | None:
        """Whether it is complete where a project lies; None when the project does not say finely enough."""
        path = tuple(part for part in place if part)
        if any(path[: len(one)] == one for one in self.covers):
            return True
        return None if any(one[: len(path)] == path for one in self.covers) else False


def manifest_text(layer: Layer) -> str:
    """Return the manifest of a layer as YAML; every value is a text."""
    plain: dict[str, Any] = {"schema": SCHEMA}
    for name in _TEXTS:
        if value := getattr(layer, name):
            plain[name] = str(value)
    plain |= {
        "accuracy_m": repr(layer.accuracy),
        "covers": ["/".join(place) for place in layer.covers],
        "features": str(layer.features),
        "vertices": str(layer.vertices),
        "repaired": str(layer.repaired),
        "bounds": [repr(value) for value in layer.bounds],
        "notes": list(layer.notes),
    }
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=140)


_TEXTS = (
    "id",
    "name",
    "kind",
    "issued",
    "version",
    "document",
    "datum",
    "zone",
    "zone_field",
    "name_field",
    "table",
    "replaces",
    "source_file",
    "source_sha256",
    "features_sha256",
    "file_crs",
    "loaded_by",
    "loaded_at",
)


def read_manifest(path: Path) -> Layer:
    """Type one manifest. Raises InputError with file and line."""
    document = read_yaml(path)
    data = document.data
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise InputError(Problem(document.where(), "schema", "不是图层登记", SCHEMA))
    try:
        texts: dict[str, Any] = {name: data.get(name) or "" for name in _TEXTS if name != "issued"}
        west, south, east, north = map(float, data["bounds"])
        layer = Layer(
            **texts,
            issued=date.fromisoformat(data["issued"]),
            accuracy=float(data["accuracy_m"]),
            covers=tuple(tuple(place.split("/")) for place in data.get("covers") or ()),
            features=int(data["features"]),
            vertices=int(data["vertices"]),
            bounds=(west, south, east, north),
            repaired=int(data.get("repaired") or 0),
            notes=tuple(data.get("notes") or ()),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(Problem(document.where(), "", f"图层登记不完整（{visible(str(error))[:60]}）")) from None
    if layer.id != path.parent.name or layer.kind not in load_kinds().layers or layer.datum not in DATUMS:
        raise InputError(Problem(document.where(), "id", "图层登记与所在文件夹不符，或类别、坐标系不认识"))
    return layer
