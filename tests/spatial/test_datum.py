"""Web-map coordinates come back to where they are, to less than a metre of the open formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.assessment.spatial.datum import DATUMS, gcj02_to_bd09, to_cgcs2000, wgs84_to_gcj02

# WGS 84 (longitude, latitude) and the same point in GCJ-02, as printed in the tests of eviltransform: Shanghai, Shenzhen, Beijing.
PRINTED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# GCJ-02 and the same point in BD-09, as printed in the tests of coordtransform.
PRINTED_BD = [
    ((116.404, 39.915), (116.41036949371029, 39.92133699351021)),
]

place = st.tuples(st.floats(74, 135), st.floats(4, 53))


def metres(a, b) -> float:
    x = (a[0] - b[0]) * 111320 * np.cos(np.radians(b[1]))
    return float(np.hypot(x, (a[1] - b[1]) * 110950))


def there(datum, point):
    x, y = to_cgcs2000(np.array([point[0]]), np.array([point[1]]), datum)
    return float(x[0]), float(y[0])


@pytest.mark.parametrize(("true", "shifted"), PRINTED)
def test_printed_points(true, shifted):
    x, y = wgs84_to_gcj02(np.array([true[0]]), np.array([true[1]]))
    assert metres((x[0], y[0]), shifted) < 0.01
    assert metres(there("GCJ-02", shifted), true) < 0.01
    assert metres(shifted, true) > 300


@pytest.mark.parametrize(("gcj", "bd"), PRINTED_BD)
def test_printed_points_of_baidu(gcj, bd):
    x, y = gcj02_to_bd09(np.array([gcj[0]]), np.array([gcj[1]]))
    assert metres((x[0], y[0]), bd) < 0.01
    assert metres(there("BD-09", bd), there("GCJ-02", gcj)) < 0.01


@settings(deadline=None)
@given(place)
def test_back_and_forth(point):
    x, y = np.array([point[0]]), np.array([point[1]])
    gcj = wgs84_to_gcj02(x, y)
    bd = gcj02_to_bd09(*gcj)
    assert metres(there("GCJ-02", (gcj[0][0], gcj[1][0])), point) < 0.01
    assert metres(there("BD-09", (bd[0][0], bd[1][0])), point) < 0.01


def test_the_others_stay_and_what_is_unknown_is_refused():
    assert there("CGCS2000", (120.5, 33.5)) == (120.5, 33.5)
    assert there("WGS84", (120.5, 33.5)) == (120.5, 33.5)
    with pytest.raises(KeyError):
        there("北京54", (120.5, 33.5))


def test_many_are_converted_as_one():
    points = [shifted for _, shifted in PRINTED]
    x, y = to_cgcs2000(np.array([p[0] for p in points]), np.array([p[1] for p in points]), "GCJ-02")
    assert list(zip(x.tolist(), y.tolist(), strict=True)) == [there("GCJ-02", p) for p in points]


def test_accuracy_grows_with_the_doubt():
    assert [DATUMS[name].accuracy for name in ("CGCS2000", "WGS84", "GCJ-02", "BD-09")] == sorted(
        datum.accuracy for datum in DATUMS.values()
    )
    assert all(datum.note for datum in DATUMS.values() if datum.accuracy)


def test_codes_are_those_of_the_project_file():
    from tanping.assessment.project.model import DATUMS as TYPED

    assert set(DATUMS) == set(TYPED)
