"""Where fuzzing starts: true inputs of each door, taken from the examples and made with the program's own writers."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def seeds(target: str) -> list[bytes]:
    """Return true inputs for a target."""
    return {
        "project_yaml": _examples,
        "quantity": lambda: _texts("120 万吨", "1,200,000 t", "45 亿kWh", "261.8 gce/kWh", "3.1e5 Nm3", "55 %", "1.2×10^6 t", "约 3 t", "−5 t"),
        "expression": _conditions,
        "outline": lambda: _texts(
            "120.5,33.8; 120.6,33.8; 120.6,33.9", "POLYGON((120 33,120.1 33,120.1 33.1,120 33))", "120°30′15″E 33°48′N", "厂界.geojson", "无"
        ),
        "csv_table": lambda: [*_texts("项目编号,单机容量（MW）\nA,600\n", 'a;b\n"x ""y""";2\n'), "编号,名称\n1,射阳\n".encode("gb18030")],
        "parquet": _parquets,
        "workbook": _workbooks,
        "pack": lambda: [path.read_bytes() for path in sorted((ROOT / "rules" / "packs").glob("*.yaml"), key=lambda p: p.stat().st_size)[:4]],
        "layer": _layers,
        "settings": lambda: [
            (ROOT / "assessment" / "documents" / "office.yaml").read_bytes(),
            (ROOT / "assessment" / "review" / "holidays.yaml").read_bytes(),
            (ROOT / "examples" / "portfolio" / "wri_china_thermal_power.columns.yaml").read_bytes(),
        ],
        "result_file": _results,
        "backup": _backups,
        "assessment": lambda: _texts("1 t\n2 MW\n不清楚", "30 a\n0 %"),
    }[target]()  # fmt: skip


def dictionary() -> list[str]:
    """Words that stand in true inputs, for a fuzzer to put in."""
    return ["schema", "tanping.project/1", "project", "units", "fuels", "value", "万吨", "tce", "MW", "POLYGON((", "EMPTY", "°", "′", "and", "or", "not", "in", "has_", "type", "FeatureCollection", "coordinates", "xl/workbook.xml", "[Content_Types].xml", "<c r=\"A1\"", "1e999", "NaN", "&x;", "*a", "!!python", "---", "../", "\x00", "\u202e", "=1+1"]  # fmt: skip


def _texts(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]


def _examples() -> list[bytes]:
    small = b"schema: tanping.project/1\nproject: {name: x, sector: power}\nunits:\n- {id: '1', kind: coal_power, capacity: 1000 MW}\n"
    return [small, *(path.read_bytes() for path in sorted((ROOT / "examples").glob("*.yaml")))]


def _conditions() -> list[bytes]:
    import re

    found: set[str] = set()
    for path in sorted((ROOT / "rules" / "packs").glob("*.yaml")):
        found |= set(re.findall(r"^\s*condition: (.+)$", path.read_text("utf-8"), re.M))
    return [text.encode() for text in sorted(found)[::9]]


def _parquets() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = {
        "项目代码": ["A", "A", None],
        "项目名称": ["射阳", "射阳", "宜门"],
        "单机容量（MW）": [600.0, 1000.5, None],
    }
    found = []
    for options in ({}, {"compression": "none", "use_dictionary": False}, {"compression": "zstd", "row_group_size": 1}):
        out = io.BytesIO()
        pq.write_table(pa.table(whole), out, **options)
        found.append(out.getvalue())
    return found


def _workbooks() -> list[bytes]:
    from tanping.records.doors.export import xlsx_bytes

    with tempfile.TemporaryDirectory() as name:
        from tanping.assessment.project.form import write_form

        write_form(Path(name) / "a.xlsx", "cement")
        form = (Path(name) / "a.xlsx").read_bytes()
    return [xlsx_bytes({"表": [["编号", "名"], [1, "=1+1"], [None, 0.55]]}), form]


def _layers() -> list[bytes]:
    def feature(kind: str, coordinates: object) -> dict[str, object]:
        return {"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": kind, "coordinates": coordinates}}

    square = [[[120.0, 33.0], [120.1, 33.0], [120.1, 33.1], [120.0, 33.0]]]
    bow = [[[120.0, 33.0], [120.1, 33.1], [120.1, 33.0], [120.0, 33.1], [120.0, 33.0]]]
    return [
        json.dumps({"type": "FeatureCollection", "features": features}).encode()
        for features in (
            [feature("Polygon", square)],
            [feature("Polygon", bow), feature("MultiPolygon", [square, square])],
            [],
        )
    ]


def _results() -> list[bytes]:
    from datetime import date

    from tanping.assessment.assess import assess
    from tanping.assessment.documents.context import canonical
    from tanping.assessment.project.intake import load_project, project_from_plain
    from tanping.assessment.project.model import SCHEMA

    blank = assess(project_from_plain({"schema": SCHEMA}), as_of=date(2026, 11, 1))
    whole = assess(load_project(ROOT / "examples" / "sheyanggang.yaml"))
    return [canonical(blank), canonical(whole), _small_pdf()]


def _small_pdf() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Keywords": "tanping-form:report"})
    writer.add_attachment("assessment.json", b'{"schema":"tanping.assessment/1"}')
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _backups() -> list[bytes]:
    from tanping.assessment.review.store import Store
    from tanping.assessment.review.store.backup import backup
    from tanping.assessment.review.store.connection import connect

    with tempfile.TemporaryDirectory() as name:
        engine = connect(f"sqlite:///{name}/a.sqlite")
        Store.open(f"sqlite:///{name}/a.sqlite").create_draft({"a": "1"}, title="射阳港")
        backup(engine, Path(name) / "b.zip")
        engine.dispose()
        return [(Path(name) / "b.zip").read_bytes()]
