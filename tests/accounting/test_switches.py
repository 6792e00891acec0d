"""Dated changes: an input changes on a day, the years follow, the design year stays as proposed."""

import math
from typing import Any

import pytest

from tanping.assessment.accounting.inventory import account
from tanping.assessment.project.columns import columns_of
from tanping.assessment.result import Inventory
from tanping.assessment.switches import switched_inventory
from tanping.factors.register import load_register

from .projects import AS_OF, plain, project

HALF = {"id": "减煤", "start": "2040-01-01", "table": "fuels", "row": "煤", "field": "amount", "value": "500000 t"}


def inventory(*switches: dict[str, Any], **more: Any) -> Inventory:
    made = project(plain(switches=list(switches), **more))
    base = account(columns_of([made]), load_register(), as_of=AS_OF).inventory(0)
    return switched_inventory(base, made, load_register(), as_of=AS_OF)


def annual(made: Inventory, source: str = "fuels.煤") -> dict[int, float]:
    found = next(one for one in made.sources if one.id == source)
    return dict(zip(made.years, found.annual or (), strict=True))


def test_without_switches_nothing_changes() -> None:
    made = project(plain())
    base = account(columns_of([made]), load_register(), as_of=AS_OF).inventory(0)
    assert switched_inventory(base, made, load_register(), as_of=AS_OF) is base


def test_a_year_takes_each_state_by_its_days() -> None:
    made = inventory({**HALF, "start": "2040-07-01"})
    by_year = annual(made)
    assert by_year[2039] == pytest.approx(1_923_900, rel=1e-12)
    assert by_year[2041] == pytest.approx(961_950, rel=1e-12)
    assert by_year[2040] == pytest.approx(1_923_900 * (182 / 366) + 961_950 * (184 / 366), rel=1e-12)


def test_design_year_stays_and_the_life_changes() -> None:
    made, before = inventory(HALF), inventory()
    assert made.design_year_total == before.design_year_total
    assert made.lifetime_total == pytest.approx((before.lifetime_total or 0) - 17 * 961_950, rel=1e-12)
    assert math.fsum(year.total for year in made.annual) == pytest.approx(made.lifetime_total, rel=1e-9)
    assert made.peak_year is not None
    assert made.peak_year < 2040
    assert any("2040-01-01 起" in line and "500000 t" in line for line in made.assumptions)


def test_switches_follow_their_dates_whatever_their_order() -> None:
    later = {**HALF, "id": "再减", "start": "2045-01-01", "value": "无"}
    by_year = annual(inventory(later, HALF))
    assert by_year[2039] == pytest.approx(1_923_900)
    assert by_year[2044] == pytest.approx(961_950)
    assert by_year[2046] == 0
    assert inventory(later, HALF).lifetime_total == inventory(HALF, later).lifetime_total


def test_a_field_may_be_named_by_its_label() -> None:
    assert annual(inventory({**HALF, "field": "年消耗量"})) == annual(inventory(HALF))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"start": None}, "起始日期未填"),
        ({"value": None}, "未填"),
        ({"row": "没有"}, "没有编号"),
        ({"field": "没有"}, "没有字段"),
        ({"value": "-5 t"}, "不能为负"),
        ({"value": "5 GJ"}, ""),
    ],
)
def test_a_switch_nobody_can_follow_is_named_and_stops_the_life(change: dict[str, Any], what: str) -> None:
    made = inventory({**HALF, **change})
    assert made.lifetime_total is None
    assert any("情景变更“减煤”" in line and what in line for line in made.missing)
    assert made.design_year_total is not None


def test_a_switch_to_unknown_stops_the_life() -> None:
    made = inventory({**HALF, "value": "不清楚"})
    assert made.lifetime_total is None
    assert made.design_year_total is not None


@pytest.mark.parametrize(("field", "value"), [("设计寿命", "20 a"), ("commissioned", "2028-01-01"), ("nature", "现有")])
def test_a_change_of_the_years_themselves_is_refused_in_words(field: str, value: str) -> None:
    made = inventory({**HALF, "table": "units", "row": "1", "field": field, "value": value})
    assert made.lifetime_total is None
    assert any("情景变更“减煤”" in line and "服务年限" in line for line in made.missing)
    assert made.design_year_total == inventory().design_year_total
