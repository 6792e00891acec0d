"""What is fuzzed: each door of the program with bytes from a stranger. A target returns, or raises only what the door may raise.

Each takes bytes and uses no network, no store and no file outside the folder of its own.
"""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tanping.records.errors import InputError
from tanping.records.field_error import FieldError

ROOT = Path(__file__).resolve().parents[1]
Target = Callable[[bytes], None]

_FOLDER = Path(tempfile.mkdtemp(prefix="tanping-fuzz-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def project_yaml(data: bytes) -> None:
    """A project file as YAML, up to the typed model."""
    from tanping.assessment.project.intake import load_project_bytes, plain_project, project_from_plain

    try:
        project = load_project_bytes(data, "项目.yaml")
    except InputError as error:
        assert str(error)
        return
    project_from_plain(plain_project(project))  # what was read can be kept and read again


def quantity(data: bytes) -> None:
    """A quantity with its unit; what is accepted reads back the same."""
    from tanping.records.quantity import parse_quantity

    text = data.decode("utf-8", "replace")
    for unit in ("t", "MWh", "GJ/t", "%", "tCO2"):
        try:
            found = parse_quantity(text, unit)
        except FieldError:
            continue
        value = found.in_unit(unit)
        assert value == value, text
        assert abs(value) < 10**60, text
        assert parse_quantity(found.text, unit).in_unit(unit) == value


def expression(data: bytes) -> None:
    """A clause's condition: parsed, bound to the catalogue, written out in words."""
    from tanping.records.expressions import ExpressionError, bind, parse, render

    try:
        tree = parse(data.decode("utf-8", "replace"))
        bound, errors = bind(tree, _catalogue())
        if bound is not None and not errors:
            assert render(bound, _catalogue())
    except ExpressionError as error:
        assert str(error)


def outline(data: bytes) -> None:
    """The place of a project: pairs, degrees, WKT, a file's name."""
    from tanping.assessment.spatial.outline import OutlineFile, read_outline

    try:
        found = read_outline(data.decode("utf-8", "replace"))
    except FieldError:
        return
    if isinstance(found, OutlineFile):
        assert not set(found.name) & set("/\\\0"), found.name


def csv_table(data: bytes) -> None:
    """A table as CSV, in any encoding."""
    from tanping.records.doors.intake import parse_csv

    try:
        parse_csv(data, "表.csv")
    except InputError as error:
        assert str(error)


def parquet(data: bytes) -> None:
    """A table in columns, read to its end."""
    from tanping.assessment.portfolio.source import open_source

    path = _FOLDER / "表.parquet"
    path.write_bytes(data)
    try:
        found = open_source(path)
        rows = sum(part.num_rows for _, part in found.partitions(range(len(found.starts))))
        assert rows == found.rows
    except InputError as error:
        assert str(error)


def workbook(data: bytes) -> None:
    """A workbook: what the confined process does, here without its confinement."""
    from tanping.records.doors.child import read
    from tanping.records.doors.workbook import FORM
    from tanping.records.doors.xlsx_scan import RefusedError

    try:
        read(data, FORM)
    except RefusedError as refusal:
        assert refusal.faults


def pack(data: bytes) -> None:
    """A pack of clauses."""
    from tanping.rules.pack import parse_pack

    try:
        parse_pack(data, "包.yaml", _catalogue())
    except InputError as error:
        assert str(error)


def layer(data: bytes) -> None:
    """A map layer as GeoJSON: what the confined process does, here without its confinement."""
    from tanping.assessment.spatial.child import Wanted, read
    from tanping.assessment.spatial.limits import LayerLimits
    from tanping.records.doors.xlsx_scan import RefusedError

    folder = Path(tempfile.mkdtemp(dir=_FOLDER))
    try:
        read(
            data,
            Wanted(str(folder), "层.geojson", "ecological_redline", "CGCS2000", repair=True),
            LayerLimits(vertices=20_000),
        )
    except RefusedError as refusal:
        assert refusal.faults
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings(data: bytes) -> None:
    """Office settings, holiday years, column maps: small YAML files of an office."""
    from tanping.assessment.documents.office import read_office
    from tanping.assessment.portfolio.mapping import read_map
    from tanping.assessment.review.clock import read_years

    path = _FOLDER / "设置.yaml"
    path.write_bytes(data)
    for read in (read_office, read_years, read_map):
        try:
            read(path)
        except InputError as error:
            assert str(error)


def result_file(data: bytes) -> None:
    """A result handed in for verification, as JSON or PDF: what the confined process does, here without its confinement, and what is made of it."""
    from tanping.assessment.documents.proof import judged
    from tanping.assessment.documents.result_file import contents
    from tanping.assessment.result import SCHEMA

    found = contents(data, SCHEMA)
    json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    if "fault" in found:
        assert found["fault"][0]
        return
    try:
        assert judged(Path("结果"), found).lines
    except InputError as error:
        assert str(error)


def backup(data: bytes) -> None:
    """A backup to be restored into an empty database."""
    from tanping.assessment.review.store import StoreError
    from tanping.assessment.review.store.backup import restore
    from tanping.assessment.review.store.connection import connect

    folder = Path(tempfile.mkdtemp(dir=_FOLDER))
    path = folder / "备份.zip"
    path.write_bytes(data)
    engine = connect(f"sqlite:///{folder / 'leer.sqlite'}")
    try:
        restore(engine, path)
    except StoreError as error:
        assert str(error)
    finally:
        engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def assessment(data: bytes) -> None:
    """A whole assessment of the example with values replaced by odd ones: a result without a NaN in it, or a refusal."""
    import random

    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import project_from_plain

    chance = random.Random(data)
    plain = json.loads(_example())
    texts = [part.decode("utf-8", "replace") for part in data.split(b"\n") if part] or [""]
    places = list(_leaves(plain))
    for _ in range(chance.randint(1, 6)):
        holder, key = chance.choice(places)
        holder[key] = chance.choice([*texts, *ODD])
    try:
        result = assess(project_from_plain(plain), as_of=None)
    except InputError as error:
        assert str(error)
        return
    json.dumps(result.plain(), allow_nan=False)


ODD = (
    "0 t",
    "无",
    "不清楚",
    "-1 t",
    "1e29 t",
    "0 %",
    "100 %",
    "1000 %",
    "1e-20 t",
    "9999-12-31",
    "0001-01-01",
    "0 a",
    "1 a",
    "200 a",
    "NaN t",
    "",
    "办理中",
)


def _leaves(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if key in ("id", "schema"):
            continue
        found += _leaves(item) if isinstance(item, dict | list) else [(value, key)]
    return found


@cache
def _example() -> str:
    from tanping.assessment.project.intake import load_project, plain_project

    return json.dumps(plain_project(load_project(ROOT / "examples" / "sheyanggang.yaml")))


@cache
def _catalogue() -> Any:
    from tanping.rules.facts import load_catalogue

    return load_catalogue()


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        project_yaml, quantity, expression, outline, csv_table, parquet, workbook, pack, layer, settings, result_file, backup, assessment
    )
}  # fmt: skip
