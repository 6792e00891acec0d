"""The process in which a stranger's layer is opened: limited memory and time, one JSON answer on standard output.

Started by ``reading`` with what is wanted as its argument and the file on standard input. The features go, one a line, into a file of the folder
that was named: ``[zone, name, geometry]`` in JSON, the geometry as hexadecimal WKB in CGCS2000 degrees.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanping.assessment.spatial.kinds import load_kinds
from tanping.assessment.spatial.limits import LayerLimits
from tanping.records.doors.child import confine
from tanping.records.doors.text import visible
from tanping.records.doors.xlsx_scan import Fault, RefusedError

FEATURES = "features.txt"


@dataclass(frozen=True)
class Wanted:
    """What to read and how: see the fields of ``tanping layers add``. ``folder``: where the features are written."""

    folder: str
    name: str
    kind: str
    datum: str
    table: str = ""
    zone: str = ""
    zone_field: str = ""
    name_field: str = ""
    repair: bool = False


def main() -> None:
    """Read, check, write, answer."""
    wanted, limits = json.loads(sys.argv[1])
    bounds = LayerLimits(**limits)
    confine(bounds.door, files=bounds.unpacked)
    try:
        data = sys.stdin.buffer.read(bounds.file + 1)
        if len(data) > bounds.file:
            raise RefusedError(Fault(None, "文件过大", f"不超过 {bounds.file // 1024} KiB"))
        answer = read(data, Wanted(**wanted), bounds)
    except RefusedError as refusal:
        answer = {"faults": [[fault.cell, fault.what, fault.allowed] for fault in refusal.faults]}
    except MemoryError:
        answer = {"faults": [[None, "读取时超出内存上限", "裁剪到辖区的图层"]]}
    json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))


def read(data: bytes, wanted: Wanted, limits: LayerLimits) -> dict[str, Any]:
    """Read a layer and write its features. Raises RefusedError."""
    from tanping.assessment.spatial.features import Ask, read_features
    from tanping.assessment.spatial.normal import normalise
    from tanping.assessment.spatial.package import lay_out

    folder = Path(wanted.folder)
    package = lay_out(data, wanted.name, folder, limits)
    features = read_features(package, Ask(wanted.table, wanted.zone_field, wanted.name_field), limits)
    kind = load_kinds().layers[wanted.kind]
    normal = normalise(features, kind, wanted.datum, zone=wanted.zone, repair=wanted.repair, limits=limits)
    write_features(folder / FEATURES, normal)
    return {
        "features": len(normal.geometries),
        "vertices": normal.vertices,
        "bounds": normal.bounds,
        "file_crs": normal.file_crs,
        "repaired": normal.repaired,
        "notes": normal.notes,
    }


def write_features(path: Path, normal: Any) -> None:
    """Write the features, one a line."""
    import shapely  # type: ignore[import-untyped]

    with path.open("w", encoding="utf-8", newline="\n") as target:
        for zone, name, geometry in zip(normal.zones, normal.names, normal.geometries, strict=True):
            line = json.dumps([zone, visible(name[:200]), shapely.to_wkb(geometry, hex=True)], ensure_ascii=False)
            target.write(line + "\n")


if __name__ == "__main__":
    main()
