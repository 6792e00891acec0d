"""The real plants of the examples: incomplete as they are, estimated with every assumption named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.locate import read_address
from tanping.assessment.portfolio.mapping import read_map
from tanping.assessment.portfolio.screening_grade import MARK
from tanping.assessment.portfolio.write import read_result

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "portfolio"
TABLE = FOLDER / "wri_china_thermal_power.csv"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wri")
    mapping = read_map(TABLE.with_suffix(".columns.yaml"))
    found = []
    for grade in (False, True):
        out = folder / f"{grade}.parquet"
        report = run(TABLE, out, Options(as_of=date(2026, 11, 1), mapping=mapping, screening_grade=grade))
        found.append((report, read_result(out).to_pylist()))
    return found


def test_as_they_are_all_are_incomplete_and_none_vanishes(both):
    (report, rows), _ = both
    assert report.given == 1074
    assert report.written + report.refused == 1074
    assert report.refused < 20
    assert not any(row["complete"] for row in rows)
    assert all("主燃料：未填报" in row["missing"] or "燃料" in row["missing"] or not row["kind"] for row in rows)
    assert not any(MARK in row["assumptions"] for row in rows)


def test_screening_grade_names_every_default_on_every_row_it_touches(both):
    _, (_, rows) = both
    whole = [row for row in rows if row["complete"]]
    assert len(whole) > 1040
    for row in whole:
        assert "convention.screening.hours." in row["assumptions"]
        assert "脱硫剂未计" in row["assumptions"] or row["kind"] == "gas_power"
        if row["kind"] == "coal_power":
            assert "convention.screening.coal_rate." in row["assumptions"]
    # A row without capacity can't be estimated: it stays incomplete.
    assert any(not row["complete"] for row in rows)


def test_screening_grade_counts_by_hand(both):
    _, (_, rows) = both
    (row,) = (row for row in rows if row["project"] == "1070397")
    supplied = 2000 * 4628 * (1 - 0.0535) if "ge_1000" in row["assumptions"] else 0
    standard_coal = row["design_year_tco2"] / (29.3076 * 0.03085 * 0.99 * 44 / 12)
    capacity = standard_coal / (4628 * (1 - 0.0535) * 0.285)
    assert supplied > 0
    assert capacity == pytest.approx(round(capacity), abs=0.01)


def test_where_the_plants_stand(both):
    _, (_, rows) = both
    jiangsu = [row for row in rows if row["province"] == "江苏"]
    assert 50 < len(jiangsu) < 80
    for row in rows:
        said = row["assumptions"]
        if row["province"]:
            assert "由地址文字判读" in said
        else:
            assert "未定" in said
        if row["province"] == "江苏" and not row["city"]:
            assert "江苏的设区市，未定" in said


@pytest.mark.parametrize(
    ("address", "province", "city"),
    [
        ("Sheyanggang Sheyang County Yancheng Prefecture Jiangsu Province", "江苏", "盐城"),
        ("Ying'an Hunchun Yanbian Jilin Province", "吉林", None),
        ("Shaanxi", "陕西", None),
        ("Xinyuan Jiangsu Province", "江苏", None),
        ("Shanxi and Hebei border", None, None),
        ("Huai'an District Huai'an Prefecture Jiangsu Province", "江苏", "淮安"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_addresses(address, province, city):
    found = read_address(address)
    assert (found.province, found.city) == (province, city)
    assert bool(found.doubt) == (province is None or (province == "江苏" and city is None))
