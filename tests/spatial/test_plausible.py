"""Coordinates against county and coast, without any layer."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from made_projects import project, row

from tanping.assessment.project.columns import columns_of
from tanping.assessment.spatial.plausible import coast_doubt, coast_km, county_doubt, county_points
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.survey import survey_places
from tanping.records.regions import Place, counties_of, register

AS_OF = date(2026, 5, 1)


def told(tmp_path, **more):
    columns = columns_of([project(without=(), **more)])
    return [
        line.label for line in survey_places(columns, Layers(tmp_path / "none"), AS_OF).lines if line.kind == "doubt"
    ]


def test_every_county_of_the_register_has_its_seat():
    seats = {(point.city, point.county) for point in county_points()}
    assert seats == {(city, county) for city, counties in register().counties.items() for county in counties}


def test_no_seat_contradicts_its_own_county_or_city():
    for point in county_points():
        place = Place("江苏", point.city, point.county)
        assert county_doubt(place, point.longitude, point.latitude) == ""
        assert county_doubt(place._replace(county=None), point.longitude, point.latitude) == ""
        assert coast_doubt(None, point.longitude, point.latitude) == ""


@pytest.mark.parametrize(
    ("city", "county", "longitude", "latitude", "doubted"),
    [
        ("盐城", "射阳", 120.49, 33.82, False),
        ("盐城", "射阳", 118.80, 32.05, True),
        ("盐城", None, 118.80, 32.05, True),
        ("盐城", None, 120.5, 32.9, False),
        ("南通", "通州湾", 121.42, 32.20, False),
        ("徐州", "沛县", 120.49, 33.82, True),
    ],
)
def test_county(city, county, longitude, latitude, doubted):
    assert bool(county_doubt(Place("江苏", city, county), longitude, latitude)) is doubted


def test_places_off_the_list_are_not_judged():
    assert county_doubt(Place("江西", "新余", None), 100.0, 30.0) == ""
    assert county_doubt(Place(), 100.0, 30.0) == ""
    assert coast_km(114.9, 27.8) is None


@pytest.mark.parametrize(
    ("longitude", "latitude", "low", "high"),
    [
        (120.15, 33.38, 40, 55),
        (120.49, 33.82, -6, 6),
        (119.60, 34.60, -6, 6),
        (118.80, 32.05, 150, 260),
        (122.40, 33.5, -150, -100),
        (120.86, 32.01, 30, 70),
    ],
)
def test_coast(longitude, latitude, low, high):
    assert low < coast_km(longitude, latitude) < high


def test_coast_doubts():
    assert "沿海陆域" in coast_doubt(True, 118.80, 32.05)
    assert coast_doubt(True, 120.49, 33.82) == ""
    assert "不在沿海陆域" in coast_doubt(False, 120.49, 33.82)
    assert coast_doubt(False, 118.80, 32.05) == ""
    assert "海上" in coast_doubt(None, 122.40, 33.5)
    assert "30″" in coast_doubt(True, 118.80, 32.05)


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(118.78, 32.06), (117.28, 34.20), (118.30, 33.96), (118.79, 30.75)]
)
def test_land_beyond_the_grid_is_inland(longitude, latitude):
    assert coast_km(longitude, latitude) is None
    assert "坐标在内陆" in coast_doubt(True, longitude, latitude)
    assert coast_doubt(False, longitude, latitude) == coast_doubt(None, longitude, latitude) == ""


@pytest.mark.parametrize(("longitude", "latitude"), [(118.79, 36.9), (115.9, 32.0), (120.2, 30.3), (119.0, 30.7)])
def test_elsewhere_beyond_the_grid_nothing_is_said(longitude, latitude):
    assert coast_doubt(True, longitude, latitude) == ""


def test_doubts_reach_the_report_and_change_no_fact(tmp_path):
    site = {"longitude": "118.80", "latitude": "32.05", "datum": "WGS84"}
    assert told(tmp_path, site=site) == ["坐标与行政区"]
    assert told(tmp_path, site=site, facts={"on_coastal_land": "是"}) == ["坐标与行政区", "坐标与海岸"]
    assert told(tmp_path, site={"longitude": "120.49", "latitude": "33.82", "datum": "BD-09"}) == []
    assert told(tmp_path) == []
    columns = columns_of([project(without=(), site=site, facts={"on_coastal_land": "是"})])
    survey = survey_places(columns, Layers(tmp_path / "none"), AS_OF)
    assert survey.answers == {}


def test_the_drawn_works_go_before_the_point(tmp_path):
    place = (row("1", "厂区", "118.80,32.05; 118.81,32.05; 118.81,32.04"),)
    columns = columns_of(
        [project(*place, without=(), site={"longitude": "120.49", "latitude": "33.82", "datum": "WGS84"})]
    )
    lines = survey_places(columns, Layers(tmp_path / "none"), AS_OF).lines
    assert [line.label for line in lines if line.kind == "doubt"] == ["坐标与行政区"]


def test_it_needs_no_map_library():
    code = (
        "import sys\n"
        "for name in ('shapely', 'pyproj', 'pyogrio'): sys.modules[name] = None\n"
        "from tanping.assessment.spatial.plausible import coast_km, county_points\n"
        "import tanping.assessment.spatial.survey\n"
        "print(round(coast_km(120.15, 33.38)), len(county_points()))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split()[1] == str(sum(len(counties_of(city)) for city in register().counties))


def test_a_project_is_assessed_without_any_map_library(tmp_path):
    """The whole pipeline with the extra not installed, layers registered or not."""
    code = (
        "import sys, os\n"
        "for name in ('shapely', 'pyproj', 'pyogrio'): sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from tanping.assessment.project.intake import load_project\n"
        "from tanping.assessment.assess import screened\n"
        "print(screened(load_project(Path('examples/sheyanggang.yaml'))).screening.verdict)"
    )
    import os
    from pathlib import Path

    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "TANPING_HOME": str(tmp_path)},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()
