"""Layer files of every kind come in alike; what is hostile or unfit is refused with file and feature."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from dataclasses import replace

import pytest
import shapely
from made_layers import X, Y, at, box, geojson, line, write

from tanping.assessment.spatial.limits import LAYER
from tanping.assessment.spatial.reading import load_source, missing_libraries, read_layer, source_of
from tanping.records.errors import InputError

AREA = box(-500, -500, 500, 500)


def read(source, limits=LAYER, **wanted):
    wanted = {"kind": "ecological_redline", "datum": "CGCS2000"} | wanted
    with read_layer(source, limits, **wanted) as reading:
        rows = [json.loads(row) for row in reading.features_file.read_text("utf-8").splitlines()]
        return reading, [(zone, name, shapely.from_wkb(geometry)) for zone, name, geometry in rows]


def refused(source, limits=LAYER, **wanted) -> str:
    with pytest.raises(InputError) as error:
        read(source, limits, **wanted)
    return str(error.value)


def zipped(files: dict[str, bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def near(a, b, metres=0.01) -> bool:
    """Whether two areas differ by less than so many metres."""
    return shapely.hausdorff_distance(a, b) < metres / 111_000


# --- the three formats -------------------------------------------------------------------------------------------------------


def test_all_formats_say_the_same(tmp_path):
    columns = {"jb": ["一级保护区", "准保护区"], "mc": ["甲", "乙"]}
    shapes = [AREA, box(1000, 0, 1500, 500)]
    wanted = {"kind": "drinking_water", "zone_field": "jb", "name_field": "mc"}
    ways = [source_of(geojson(*shapes, **columns), "a.geojson")]
    ways.append(load_source(write(tmp_path / "a.gpkg", shapes, **columns)))
    ways.append(load_source(write(tmp_path / "a.shp", shapes, **columns)))
    for path in tmp_path.glob("a.cpg"):
        path.unlink()
    ways.append(load_source(tmp_path / "a.shp"))
    gbk = tmp_path / "gbk"
    gbk.mkdir()
    write(gbk / "a.shp", shapes, encoding="GB18030", **columns)
    (gbk / "a.cpg").unlink()
    ways.append(load_source(gbk / "a.shp"))
    ways.append(source_of(zipped({f"县级/{path.name}": path.read_bytes() for path in gbk.iterdir()}), "a.zip"))
    ways.append(source_of(zipped({"a.gpkg": (tmp_path / "a.gpkg").read_bytes()}), "a.zip"))
    for source in ways:
        reading, rows = read(source, **wanted)
        assert reading.features == 2
        assert [(zone, name) for zone, name, _ in rows] == [("level1", "甲"), ("quasi", "乙")]
        assert all(near(found, shape) for (_, _, found), shape in zip(rows, shapes, strict=True))


def test_a_projected_layer_comes_back_to_degrees(tmp_path):
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4490", "EPSG:4528", always_xy=True)
    moved = shapely.transform(AREA, lambda xy: list(zip(*there.transform(xy[:, 0], xy[:, 1]), strict=True)))
    assert moved.bounds[0] > 40_000_000  # zone number before the easting
    for name in ("a.gpkg", "a.shp"):
        reading, [(_, _, found)] = read(load_source(write(tmp_path / name, [moved], crs="EPSG:4528")))
        assert near(found, AREA)
        assert "Gauss" in reading.file_crs


def test_long_edges_get_vertices():
    wide = shapely.box(118, 32, 121, 34)
    _, [(_, _, found)] = read(source_of(geojson(wide), "a.geojson"))
    assert shapely.get_num_coordinates(found) > 900
    assert shapely.equals(found, wide)


@pytest.mark.parametrize(("datum", "metres"), [("GCJ-02", (300, 800)), ("BD-09", (700, 1600))])
def test_web_map_layers_are_shifted_back(datum, metres):
    _, [(_, _, found)] = read(source_of(geojson(AREA), "a.geojson"), datum=datum)
    shift = shapely.distance(found.centroid, AREA.centroid) * 100_000
    assert metres[0] < shift < metres[1]


def test_what_the_file_says_of_its_datum_is_noted(tmp_path):
    reading, _ = read(load_source(write(tmp_path / "a.gpkg", [AREA], crs="EPSG:4326")))
    assert "小于 1 m" in reading.notes[0]
    reading, _ = read(load_source(tmp_path / "a.gpkg"), datum="WGS84")
    assert reading.notes == ()
    reading, _ = read(source_of(geojson(AREA), "a.geojson"))
    assert "没有写明坐标系" in reading.notes[0]
    reading, _ = read(load_source(tmp_path / "a.gpkg"), datum="GCJ-02")
    assert "按 GCJ-02 反算" in reading.notes[0]


@pytest.mark.parametrize("crs", ["EPSG:4610", "EPSG:2360", "EPSG:4214", "EPSG:2433"])
def test_old_datums_are_refused(tmp_path, crs):
    shape = AREA if crs in ("EPSG:4610", "EPSG:4214") else shapely.box(40500000, 3700000, 40501000, 3701000)
    assert "当地参数" in refused(load_source(write(tmp_path / "a.gpkg", [shape], crs=crs)))


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_metres_without_a_projection_are_refused(tmp_path):
    write(tmp_path / "a.shp", [shapely.box(500000, 3700000, 501000, 3701000)], crs=None)
    assert "没有写明投影" in refused(load_source(tmp_path / "a.shp"))


def test_a_geopackage_with_several_tables(tmp_path):
    path = write(tmp_path / "a.gpkg", [AREA])
    import numpy as np
    import pyogrio.raw

    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(np.array([AREA])), field_data=[], fields=[], geometry_type="Polygon",
        crs="EPSG:4490", driver="GPKG", layer="第二", append=True,
    )  # fmt: skip
    source = load_source(path)
    assert "2 个图层（a、第二）" in refused(source)
    assert read(source, table="第二")[0].features == 1
    assert "没有图层“第三”" in refused(source, table="第三")


# --- features that don't fit ---------------------------------------------------------------------------------------------------


def bowtie():
    return shapely.Polygon([at(0, 0), at(100, 100), at(100, 0), at(0, 100)])


def test_invalid_geometry_is_named_and_can_be_repaired():
    source = source_of(geojson(AREA, bowtie(), mc=["好", "坏"]), "红线.geojson")
    said = refused(source, name_field="mc")
    assert "红线.geojson:第 2 个要素“坏”" in said
    assert "自相交" in said
    reading, rows = read(source, repair=True)
    assert reading.repaired == 1
    assert all(shapely.is_valid(row[2]) for row in rows)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (geojson(), "没有要素"),
        (geojson(line((0, 0), (10, 10))), "应为面"),
        (geojson(shapely.Polygon()), "没有几何|不完整|嵌套|坐标"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}]}', "第 1 个要素"),
        (geojson(shapely.box(33, 120, 34, 121)), "写反"),
        (geojson(shapely.box(-80, 33, -79, 34)), "不在我国范围"),
        (geojson(AREA).replace(b"120.", b"1e999,120.", 1), "不是|不完整|不在"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[["a",1]]]}}]}', "不完整|不是"),
        (b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"CircularString","coordinates":[]}}]}', "不支持"),
        (b'{"type":"Topology"}', "不是 GeoJSON"),
        (b"{" * 100000, "JSON"),
        (b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":' + b"[" * 500 + b"]" * 500 + b"}}", "嵌套|JSON|不完整|不是"),
        (b"\xff\xfe{", "认识"),
        (b'{"a": "\xb0\xa1"}', "UTF-8"),
        (b"", "空的"),
        (b"\x00\x00\x27\x0a" + b"\0" * 96, "缺少 .shx"),
        (b"SQLite format 3\x00" + b"\0" * 100, "不是 GeoPackage"),
        (b"GIF89a", "不是认识的"),
    ],
)  # fmt: skip
def test_refusals(data, words):
    name = "a.bin" if data[:1] in (b"\x00", b"S", b"G", b"\xff") else "a.geojson"
    said = refused(source_of(data, name))
    assert name in said
    assert any(word in said for word in words.split("|")), said


def test_unknown_zones_and_attributes_are_named():
    source = source_of(geojson(AREA, AREA, jb=["一级", "特级"]), "a.geojson")
    said = refused(source, kind="drinking_water", zone_field="jb")
    assert "第 2 个要素" in said
    assert "特级" in said
    assert "准保护区" in said
    assert "您是否想写 jb" in refused(source, kind="drinking_water", zone_field="jbb")
    assert "没有写明分区" in refused(
        source_of(geojson(AREA, jb=[None]), "a.geojson"), kind="drinking_water", zone_field="jb"
    )


def test_every_faulty_feature_is_told_up_to_twenty():
    source = source_of(geojson(*[bowtie() for _ in range(50)]), "a.geojson")
    said = refused(source).splitlines()
    assert len(said) == 21
    assert "另有 30 处" in said[-1]


# --- size and malice ----------------------------------------------------------------------------------------------------------


def test_counts_are_bounded():
    source = source_of(geojson(*[box(at, 0, at + 1, 1) for at in range(30)]), "a.geojson")
    assert "要素过多" in refused(source, replace(LAYER, features=29))
    assert "坐标点过多" in refused(source, replace(LAYER, vertices=100))
    assert "文件过大" in refused(source, replace(LAYER, file=100))


def test_counts_of_tables_are_bounded(tmp_path):
    source = load_source(write(tmp_path / "a.gpkg", [box(at, 0, at + 1, 1) for at in range(30)]))
    assert "要素过多" in refused(source, replace(LAYER, features=29))
    assert "坐标点过多" in refused(source, replace(LAYER, vertices=100))


def test_a_zigzag_across_the_country_does_not_explode():
    """Few vertices in the file, billions once long edges are filled in."""
    points = [(74 + 61 * (at % 2), 5 + 48 * at / 5000) for at in range(5000)]
    source = source_of(geojson(shapely.LineString(points)), "a.geojson")
    assert "长边加密" in refused(source, kind="coastline")


def test_memory_and_time_are_bounded():
    source = source_of(geojson(AREA), "a.geojson")
    assert "内存" in refused(source, replace(LAYER, memory=64 * 1024 * 1024))
    assert "秒" in refused(source, replace(LAYER, seconds=0))


def test_zip_bombs_and_odd_zips(tmp_path):
    write(tmp_path / "a.shp", [AREA])
    parts = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert "压缩炸弹" in refused(source_of(zipped(parts | {"a.dbf": b"\0" * 60_000_000}), "a.zip"))
    assert "展开后的内容过大" in refused(
        source_of(zipped(parts, zipfile.ZIP_STORED), "a.zip"), replace(LAYER, unpacked=200)
    )
    assert "100 个文件" in refused(source_of(zipped({f"{at}.txt": b"" for at in range(100)}), "a.zip"))
    assert "没有图层文件" in refused(source_of(zipped({"a.txt": b"x"}), "a.zip"))
    assert "2 个图层" in refused(source_of(zipped(parts | {"b.geojson": b"{}"}), "a.zip"))
    assert "缺少 .shx" in refused(source_of(zipped({"a.shp": parts["a.shp"]}), "a.zip"))
    assert "压缩方式" in refused(source_of(zipped(parts, zipfile.ZIP_LZMA), "a.zip"))
    whole = zipped(parts)
    assert "损坏" in refused(source_of(whole[: len(whole) // 2], "a.zip"))
    hurt = bytearray(whole)
    hurt[60:80] = b"\xff" * 20
    assert "损坏" in refused(source_of(bytes(hurt), "a.zip"))


def test_a_zip_that_climbs_out_of_its_folder_writes_nothing_there(tmp_path):
    write(tmp_path / "a.shp", [AREA])
    parts = {f"../../../../../../tmp/tanping-escape/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    reading, _ = read(source_of(zipped(parts), "a.zip"))
    assert reading.features == 1
    from pathlib import Path

    assert not Path("/tmp/tanping-escape").exists()


def test_a_password_is_told(tmp_path):
    write(tmp_path / "a.shp", [AREA])
    data = bytearray(zipped({path.name: path.read_bytes() for path in tmp_path.iterdir()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    assert "密码" in refused(source_of(bytes(data), "a.zip"))


def test_damaged_tables_are_refused(tmp_path):
    data = bytearray(write(tmp_path / "a.gpkg", [AREA] * 50).read_bytes())
    data[4096:40960] = b"\x5a" * 36864
    said = refused(source_of(bytes(data), "a.gpkg"))
    assert "a.gpkg" in said
    write(tmp_path / "a.shp", [AREA])
    shp = bytearray((tmp_path / "a.shp").read_bytes())
    shp[108:160] = b"\xff" * 52
    (tmp_path / "a.shp").write_bytes(shp)
    assert "a.shp" in refused(load_source(tmp_path / "a.shp"))


def test_an_endless_view_is_stopped(tmp_path):
    """A GeoPackage is a database: its table may be a query without end."""
    path = write(tmp_path / "a.gpkg", [AREA])
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema=ON")
        database.execute(
            "CREATE VIEW v AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid+1 FROM n)"
            " SELECT n.fid AS fid, (SELECT geom FROM a LIMIT 1) AS geom FROM n"
        )
        database.execute(
            "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',4490)"
        )
        database.execute("INSERT INTO gpkg_geometry_columns VALUES('v','geom','POLYGON',4490,0,0)")
    assert "a.gpkg" in refused(load_source(path), replace(LAYER, seconds=6), table="v")


def test_loose_parts_must_be_there(tmp_path):
    write(tmp_path / "a.shp", [AREA])
    (tmp_path / "a.shx").unlink()
    with pytest.raises(InputError, match=r"旁边没有 \.shx"):
        load_source(tmp_path / "a.shp")
    with pytest.raises(InputError, match="找不到文件"):
        load_source(tmp_path / "nothing.gpkg")


def test_the_hash_of_loose_parts_does_not_depend_on_dates(tmp_path):
    write(tmp_path / "a.shp", [AREA])
    first = load_source(tmp_path / "a.shp")
    other = tmp_path / "b"
    shutil.copytree(tmp_path, other, ignore=shutil.ignore_patterns("b"))
    assert load_source(other / "a.shp").sha256 == first.sha256


def test_without_the_libraries_the_door_says_so(monkeypatch):
    monkeypatch.setattr("tanping.assessment.spatial.reading.find_spec", lambda name: None)
    assert missing_libraries() == ("shapely", "pyproj", "pyogrio")
    assert "tanping[geo]" in refused(source_of(geojson(AREA), "a.geojson"))


def test_the_made_land_is_where_it_should_be():
    assert at(0, 0) == pytest.approx((X, Y))
