"""Typed geometries: what is read, how finely, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.assessment.spatial.outline import MAX_POINTS, Outline, OutlineError, OutlineFile, read_outline

RING = "120.4901,33.8203; 120.4962,33.8203; 120.4962,33.8161"


def refused(text: str, **more: bool) -> str:
    with pytest.raises(OutlineError) as error:
        read_outline(text, **more)
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        RING,
        RING + "; 120.4901,33.8203",
        RING.replace("; ", "；").replace(",", "，"),
        RING.replace("; ", "\n").replace(",", " "),
        "POLYGON ((120.4901 33.8203, 120.4962 33.8203, 120.4962 33.8161, 120.4901 33.8203))",
        "multipolygon(((120.4901 33.8203,120.4962 33.8203,120.4962 33.8161,120.4901 33.8203)))",
    ],
)
def test_ways_of_writing_one_area(text):
    found = read_outline(text)
    assert found.kind == "polygon"
    assert found.parts == ((((120.4901, 33.8203), (120.4962, 33.8203), (120.4962, 33.8161), (120.4901, 33.8203)),),)


@pytest.mark.parametrize("text", ["POINT (120.4901 33.8203)", "point(120.4901 33.8203)", "120.4901,33.8203"])
def test_ways_of_writing_one_point(text):
    found = read_outline(text)
    assert (found.kind, found.points) == ("point", ((120.4901, 33.8203),))
    assert found.rounding == pytest.approx(0.5e-4 * 2**0.5 * 111_320)


def test_too_many_points_are_refused():
    text = ";".join("99,9" if at % 2 else "98,8" for at in range(MAX_POINTS + 1))
    assert f"有 {MAX_POINTS + 1} 个坐标点" in refused(text, line=True)


def test_pairs_of_a_linear_facility_are_a_line():
    assert read_outline(RING, line=True).kind == "line"
    assert read_outline("LINESTRING (120 33, 121 33)").kind == "line"
    assert len(read_outline("MULTILINESTRING ((120 33, 121 33), (120 34, 121 34))", line=True).parts) == 2


def test_holes_are_kept():
    hole = "(120.1 33.1, 120.2 33.1, 120.2 33.2, 120.1 33.1)"
    found = read_outline(f"POLYGON ((120 33, 121 33, 121 34, 120 33), {hole})")
    assert len(found.parts[0]) == 2


def test_degrees_minutes_seconds():
    found = read_outline("东经120°29′24.4″，北纬33°49′12″")
    assert found.points[0] == pytest.approx((120 + 29 / 60 + 24.4 / 3600, 33 + 49 / 60 + 12 / 3600), abs=1e-12)
    assert found.rounding == pytest.approx(2.19, abs=0.01)
    assert read_outline("120°29',33°49'").rounding > 1000


@pytest.mark.parametrize(
    ("text", "metres"),
    [("120.49,33.82", 787), ("120.490123,33.820456", 0.079), ("120.5,33.820456", 0.079), ("120,33", 78715)],
)
def test_typed_digits_say_how_fine_a_point_is(text, metres):
    assert read_outline(text).rounding == pytest.approx(metres, rel=0.01)


def test_none_and_files():
    assert read_outline("无") is None
    assert read_outline("厂界.GeoJSON") == OutlineFile("厂界.GeoJSON")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("33.82,120.49", "写反"),
        ("540123.5,3741234.2", "读不出度数"),
        ("12.5,33.8", "不在我国范围"),
        ("120.49", "不是一对数"),
        ("120.49,33.82,5", "不是一对数"),
        ("120,33; 121,33", "只有 2 个不同的点"),
        ("120,33; 120,33; 120,33", "只有 1 个不同的点"),
        ("120°61′00″,33°10′00″", "小于 60"),
        ("POLYGON ((120 33, 121 33, 121 34, 120.1 33))", "没有闭合"),
        ("POLYGON ((120 33, 121 33", "括号不配对"),
        ("POINT Z (120 33 5)", "高程"),
        ("POINT (120 33) x", "多出内容"),
        ("POINT (120 33, 121 33)", "一个点"),
        ("MULTIPOINT (120 33, 121 33)", "各填一行"),
        ("POLYGON ((" * 1500, "括号不配对|读不出度数|0 个数"),
        ("LINESTRING (120 33 1, 121 33 1)", "3 个数"),
        ("LINESTRING (120 33, 120 33)", "同一个点"),
        ("GEOMETRYCOLLECTION (POINT (120 33))", "读不出度数|不是一对数"),
        ("../秘密.shp", "不写路径"),
        ("C:\\a.shp", "不写路径"),
        ("/etc/a.geojson", "不写路径"),
        ("1e2,33", "读不出度数"),
        ("120.4e1,nan", "读不出度数"),
        ("x" * 20_001, "过长"),
    ],
)
def test_refusals_say_why(text, words):
    said = refused(text)
    assert any(word in said for word in words.split("|")), said


def test_too_many_points():
    text = ";".join(f"120.{at:04d},33.{at % 7}" for at in range(MAX_POINTS + 1))
    assert len(text) > 20_000 or str(MAX_POINTS) in refused(text)


@settings(deadline=None)
@given(st.text(alphabet="120.33,; ()POLYGNTILES°′″东北°\n-", max_size=80))
def test_nothing_typed_breaks_the_reader(text):
    found: object = None
    with suppress(OutlineError):
        found = read_outline(text)
    assert found is None or isinstance(found, Outline | OutlineFile)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(730000, 1360000), st.integers(30000, 540000)).map(lambda p: (p[0] / 1e4, p[1] / 1e4)),
        min_size=3,
        max_size=30,
        unique=True,
    )
)
def test_pairs_and_wkt_say_the_same(points):
    pairs = "; ".join(f"{x:.4f},{y:.4f}" for x, y in points)
    ring = [*points, points[0]]
    wkt = "POLYGON ((" + ", ".join(f"{x:.4f} {y:.4f}" for x, y in ring) + "))"
    assert read_outline(pairs) == read_outline(wkt)
