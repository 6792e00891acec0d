"""The regional ledger: groups, years, targets, replacement told twice."""

from __future__ import annotations

import math
from datetime import date

import pytest
from portfolio_tables import plant, write_csv

from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.ledger import (
    APPROVED,
    IN_REVIEW,
    OPERATING,
    PLANNED,
    UNKNOWN_STAGE,
    Group,
    Ledger,
    against,
    joined,
    tables,
    told_twice,
)
from tanping.assessment.portfolio.targets import read_targets
from tanping.assessment.portfolio.write import read_result
from tanping.records.errors import InputError

DAY = date(2029, 1, 1)


def city(code: str, name: str = "苏州", **more):
    return plant(项目代码=code, 设区市=name, **{"县（市、区）": "", **more})


@pytest.fixture
def made(tmp_path):
    rows = [
        city("standing", 审批日期="2027-01-01"),
        city("approved", 审批日期="2028-01-01", 投产日期="2030-01-01"),
        city("in-review", 投产日期="2031-01-01"),
        city("planned", 受理日期="2029-06-01", 投产日期="2032-01-01"),
        city("unknown", 审批日期="2028-01-01", 投产日期="2030-01-01", **{"燃料1·年消耗量（万吨）": ""}),
        city("elsewhere", "盐城"),
        city("untold", "盐城", 受理日期="", 投产日期=""),
    ]
    table = write_csv(tmp_path / "in.csv", rows)
    report = run(table, tmp_path / "out.parquet", Options(as_of=DAY, ledger=tmp_path / "ledger.xlsx"))
    return report, read_result(tmp_path / "out.parquet").to_pylist()


def test_groups_hold_their_projects(made):
    report, rows = made
    found = {(group.city, group.stage): sums for group, sums in report.ledger.groups.items()}
    assert {key: sums.projects for key, sums in found.items()} == {
        ("苏州", OPERATING): 1,
        ("苏州", APPROVED): 2,
        ("苏州", IN_REVIEW): 1,
        ("苏州", PLANNED): 1,
        ("盐城", OPERATING): 1,
        ("盐城", UNKNOWN_STAGE): 1,
    }
    by_code = {row["project"]: row for row in rows}
    assert found["苏州", APPROVED].design == by_code["approved"]["design_year_tco2"]
    assert found["苏州", APPROVED].unknown_design == 1
    # Construction and end of life are not told here, so the years are the lifetime.
    assert math.fsum(found["苏州", APPROVED].years.values()) == pytest.approx(by_code["approved"]["lifetime_tco2"])


def test_committed_emission_stands_against_the_target_of_its_year(made, tmp_path):
    report, rows = made
    each = rows[0]["design_year_tco2"]
    path = tmp_path / "targets.csv"
    path.write_text("设区市,年份,目标（万tCO2）,出处\n苏州市,2035,900,某规划\n苏州,2029,1,\n", "utf-8")
    late, early = against(report.ledger, read_targets(path))
    assert late.target.amount == 9_000_000
    assert late.committed == pytest.approx(2 * each)
    assert late.left == pytest.approx(9_000_000 - 2 * each)
    assert late.incomplete == 1
    assert early.committed == pytest.approx(each)
    assert early.left < 0
    assert "某规划" in str(tables(report.ledger, [late.target])["目标对照"])


def test_a_target_table_with_slips_names_them_all(tmp_path):
    path = tmp_path / "targets.csv"
    path.write_text("设区市,年份,目标（万tCO2）\n苏洲,2035,900\n苏州,三五年,900\n苏州,2035,不多\n苏州,2035,\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_targets(path)
    assert [problem.where.line for problem in caught.value.problems] == [2, 3, 4, 5]


def test_a_party_that_gives_up_to_two_projects_is_flagged(tmp_path):
    given = {"现有与置换1·账目": "产能置换（被置换）", "现有与置换1·出让（减排）方": "甲钢厂 1 号高炉"}
    given |= {"现有与置换1·本项目前年排放量（万tCO2）": "120", "现有与置换1·本项目后年排放量（万tCO2）": "0"}
    other = {**given, "现有与置换1·出让（减排）方": "乙钢厂"}
    rows = [plant(**given), plant(项目代码="P2", **other), plant(项目代码="P3", **given)]
    report = run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", Options())
    (found,) = told_twice(report.ledger)
    assert (found.party, found.rows, found.amount) == ("甲钢厂 1 号高炉", (2, 4), 2_400_000.0)


def test_the_ledger_keeps_every_digit_and_adds_in_any_parts(made):
    report, _ = made
    again = Ledger.unpacked(report.ledger.packed())
    assert again.groups == report.ledger.groups
    group = Group("江苏", "苏州", "power", APPROVED)
    parts = []
    for value in (1e16, 1.0, -1e16):
        part = Ledger()
        part.groups[group] = type(report.ledger.groups[group])(1, 0, 0, value, {2030: value})
        parts.append(part)
    assert joined(parts).groups[group].design == 1.0
    assert joined(parts).groups[group].years == {2030: 1.0}


def test_a_table_in_which_nothing_is_known_to_run_has_no_lifetime_not_nought(tmp_path):
    table = write_csv(tmp_path / "in.csv", [city("one", 受理日期="", 投产日期=""), city("two", 投产日期="")])
    report = run(table, tmp_path / "out.parquet", Options(as_of=DAY, ledger=tmp_path / "ledger.xlsx"))
    assert [row["lifetime_tco2"] for row in read_result(tmp_path / "out.parquet").to_pylist()] == [None, None]
    assert sum(sums.unknown_years for sums in report.ledger.groups.values()) == 2
