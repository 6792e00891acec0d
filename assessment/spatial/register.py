"""The shelf of layers: one folder a layer under ``TANPING_HOME/layers``, with the file as it came, its features and a manifest.

``<id>/source.<suffix>`` the bytes as loaded; ``<id>/features.txt`` one feature a line; ``<id>/manifest.yaml`` what the loader said of it and what was read.
Layers are never changed: a newer one says which it replaces, a removed one moves to ``removed/``, so that an old result can be made again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.spatial.child import FEATURES
from tanping.assessment.spatial.kinds import PROJECT_AREA
from tanping.assessment.spatial.layer import Layer, manifest_text, read_manifest
from tanping.assessment.spatial.limits import LAYER, LayerLimits
from tanping.records.doors.text import visible
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.home import home

if TYPE_CHECKING:
    from tanping.assessment.spatial.claim import Claim
    from tanping.assessment.spatial.reading import Source

MANIFEST = "manifest.yaml"
REMOVED = "removed"
_CHUNK = 1024 * 1024


def layers_folder() -> Path:
    """Return the folder in which layers are kept."""
    return home() / "layers"


@dataclass(frozen=True)
class Layers:
    """The layers of a folder, in order of kind, date and id. ``problems``: manifests that could not be read, and so do not count."""

    folder: Path
    layers: tuple[Layer, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def open(cls, folder: Path | None = None) -> Layers:
        """Read the manifests of a folder; an absent folder holds none."""
        folder = folder or layers_folder()
        found: list[Layer] = []
        problems: list[Problem] = []
        for path in sorted(folder.glob(f"*/{MANIFEST}")) if folder.is_dir() else []:
            if path.parent.name.startswith(".") or path.parent.name == REMOVED:
                continue
            try:
                found.append(read_manifest(path))
            except InputError as error:
                problems += error.problems
        return cls(folder, tuple(_with_ends(found)), tuple(problems))

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __bool__(self) -> bool:
        return bool(self.layers)

    @cached_property
    def by_id(self) -> Mapping[str, Layer]:
        """Layers by id."""
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def sha256(self) -> str:
        """What the layers say, as one hash; empty without layers."""
        text = "\n".join(manifest_text(layer) for layer in self.layers)
        return hashlib.sha256(text.encode()).hexdigest() if self.layers else ""

    def of(self, kind: str, as_of: date) -> tuple[Layer, ...]:
        """Return the layers of a kind that count on a legal date."""
        return tuple(layer for layer in self.layers if layer.kind == kind and layer.in_force(as_of))

    def areas(self, name: str) -> tuple[Layer, ...]:
        """Return the registered outlines of projects that go by a name or a file name."""
        return tuple(
            layer for layer in self.layers if layer.kind == PROJECT_AREA and name in (layer.name, layer.source_file)
        )

    def path(self, layer: Layer) -> Path:
        """Return the folder of a layer."""
        return self.folder / layer.id

    def get(self, id: str) -> Layer:
        """Return a layer by its id or the beginning of it. Raises InputError."""
        hits = [layer for layer in self.layers if layer.id == id] or [
            layer for layer in self.layers if id and layer.id.startswith(id)
        ]
        if len(hits) == 1:
            return hits[0]
        what = f"没有编号为“{visible(id)[:60]}”的图层" if not hits else f"“{visible(id)[:60]}”对应 {len(hits)} 个图层"
        near = suggest(id, self.by_id) if not hits else "、".join(layer.id for layer in hits)
        raise InputError(Problem(Where(str(self.folder)), "ID", what, near or "tanping layers list 列出的编号"))

    def add(self, source: Source, claim: Claim, *, now: datetime | None = None, limits: LayerLimits = LAYER) -> Layer:
        """Read, check and register a layer. Raises InputError; then nothing was kept."""
        from tanping.assessment.spatial.claim import check_claim
        from tanping.assessment.spatial.reading import read_layer

        kind, covers = check_claim(source.name, claim, self.by_id)
        wanted: dict[str, Any] = {
            "kind": kind.code,
            "datum": claim.datum,
            "table": claim.table,
            "zone": kind.zone_of(claim.zone) or "" if claim.zone else "",
            "zone_field": claim.zone_field,
            "name_field": claim.name_field,
            "repair": claim.repair,
        }
        with read_layer(source, limits, **wanted) as reading:
            layer = Layer(
                id=f"{kind.code}-{claim.issued.isoformat()}-{source.sha256[:8]}",
                name=claim.name,
                kind=kind.code,
                issued=claim.issued,
                document=claim.document,
                datum=claim.datum,
                accuracy=claim.accuracy,
                covers=covers,
                source_file=source.name,
                source_sha256=source.sha256,
                features_sha256=file_hash(reading.features_file),
                features=reading.features,
                vertices=reading.vertices,
                bounds=reading.bounds,
                version=claim.version,
                zone=wanted["zone"],
                zone_field=claim.zone_field,
                name_field=claim.name_field,
                table=claim.table,
                file_crs=reading.file_crs,
                repaired=reading.repaired,
                notes=reading.notes,
                loaded_by=claim.loaded_by,
                loaded_at=(now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
                replaces=self.get(claim.replaces).id if claim.replaces else "",
            )
            self._keep(layer, source, reading.features_file)
        return layer

    def _keep(self, layer: Layer, source: Source, features: Path) -> None:
        """Put a layer on the shelf, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.path(layer).exists():
            what = f"同一文件已按同一类别和日期登记（{layer.id}）"
            raise InputError(Problem(Where(source.name), "", what, "先移除，或用不同的成果日期"))
        building = Path(tempfile.mkdtemp(prefix=".adding-", dir=self.folder))
        try:
            (building / source_name(source)).write_bytes(source.data)
            shutil.copyfile(features, building / FEATURES)
            (building / MANIFEST).write_text(manifest_text(layer), encoding="utf-8")
            os.replace(building, self.path(layer))
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            raise

    def remove(self, id: str, *, now: datetime | None = None) -> Path:
        """Take a layer off the shelf; it stays under ``removed/`` so that old results can be made again. Raises InputError."""
        layer = self.get(id)
        stamp = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        target = self.folder / REMOVED / f"{layer.id}-{stamp}"
        target.parent.mkdir(exist_ok=True)
        os.replace(self.path(layer), target)
        return target

    def check(self) -> tuple[Problem, ...]:
        """Return everything that is no longer as it was registered."""
        problems = list(self.problems)
        for layer in self.layers:
            folder = self.path(layer)
            where = Where(str(folder))
            for name, wanted in ((FEATURES, layer.features_sha256), (_source_of(folder), layer.source_sha256)):
                path = folder / name if name else None
                if path is None or not path.is_file():
                    problems.append(Problem(where, layer.name, f"缺少文件 {name or 'source'}", "重新登记这个图层"))
                elif file_hash(path) != wanted:
                    what = f"{path.name} 与登记时的散列不一致"
                    problems.append(Problem(where, layer.name, what, "移除后用原文件重新登记"))
            if layer.replaces and layer.replaces not in self.by_id:
                problems.append(Problem(where, layer.name, f"所替代的图层 {layer.replaces} 不在登记中"))
        return tuple(problems)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def source_name(source: Source) -> str:
    """Return under what name the bytes are kept: a loose Shapefile is kept as the zip of its parts."""
    if source.data[:2] == b"PK":
        return "source.zip"
    return "source.gpkg" if source.data.startswith(b"SQLite") else "source.geojson"


def _source_of(folder: Path) -> str:
    return next((path.name for path in sorted(folder.glob("source*"))), "")


def _with_ends(layers: Iterable[Layer]) -> list[Layer]:
    """End each layer the day before the one that replaces it begins."""
    listed = sorted(layers, key=lambda layer: (layer.kind, layer.issued, layer.id))
    ends = {layer.replaces: date.fromordinal(layer.issued.toordinal() - 1) for layer in listed if layer.replaces}
    return [replace(layer, valid_to=ends.get(layer.id)) for layer in listed]
