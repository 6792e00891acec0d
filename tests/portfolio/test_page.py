"""The page 组合: the example runs, rows come a page at a time, filters hold, the run lives in the address."""

from __future__ import annotations

import os
import time
from datetime import date

import numpy as np
import pytest
from app_visits import sound, visit, words
from portfolio_tables import plant, write_csv

from tanping.assessment.portfolio import charts, kept
from tanping.assessment.portfolio.kept import Filter
from tanping.records.errors import InputError
from tanping.records.regions import cities_of


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))


@pytest.fixture
def key(tmp_path) -> str:
    cities = cities_of("江苏")
    rows = [
        plant(
            项目代码=f"P{at:03d}", 项目名称=f"第{at}电厂", 设区市=cities[at % 13],
            **{"县（市、区）": "", "燃料1·年消耗量（万吨）": str(100 + at) if at % 10 else ""},
        )
        for at in range(120)
    ]  # fmt: skip
    table = write_csv(tmp_path / "in.csv", rows)
    return kept.start(table.read_bytes(), "全省.csv", as_of=date(2026, 11, 1), moment="审批")


def test_a_run_is_shown_a_page_of_rows_at_a_time(key):
    at = visit("portfolio", run=key)
    assert [metric.value for metric in at.metric] == ["120", "120", "0", "12"]
    assert len(at.dataframe[0].value) == 50
    at.number_input(key="portfolio-page").set_value(3)
    sound(at.run())
    assert len(at.dataframe[0].value) == 20


def test_filters_narrow_the_rows(key):
    at = visit("portfolio", run=key)
    at.selectbox(key="portfolio-city").set_value("盐城")
    sound(at.run())
    shown = at.dataframe[0].value
    assert set(shown["设区市"]) == {"盐城"}
    at.text_input(key="portfolio-words").set_value("没有这样的名称")
    sound(at.run())
    assert "没有这样的行" in words(at)


def test_the_first_visit_offers_upload_and_example():
    at = visit("portfolio")
    assert at.button(key="portfolio-go").disabled
    at.button(key="portfolio-example").click()
    sound(at.run())
    assert at.metric[0].value == "1,074"
    assert kept.find("".join(at.query_params["run"])) is not None


def test_an_unknown_run_is_told():
    assert "没有这次运行的结果" in words(visit("portfolio", run="0" * 32))
    assert kept.find("../../etc") is None


def test_problems_are_told_in_the_name_of_the_upload(tmp_path):
    with pytest.raises(InputError) as caught:
        kept.start("项目名稱\n甲\n".encode(), "某市.csv", as_of=None, moment="审批")
    assert str(caught.value).startswith("某市.csv:1:")
    assert not list((tmp_path / "home" / "portfolio").iterdir())


def test_wanted_rows(key):
    table = kept.find(key).table()
    assert len(kept.wanted(table, Filter())) == 120
    assert len(kept.wanted(table, Filter(incomplete=True))) == 12
    largest = kept.wanted(table, Filter(largest_first=True))
    emission = table.column("design_year_tco2").to_numpy()[largest]
    assert (np.diff(emission[:108]) <= 0).all()
    assert np.isnan(emission[108:]).all()
    assert kept.wanted(table, Filter(words="第17电厂")).tolist() == [17]
    assert sum(kept.counts(table).values()) == 120


def test_downloads_hold_every_row(key):
    found = kept.find(key)
    for suffix in kept.SUFFIXES:
        from tanping.assessment.portfolio.write import read_result

        assert read_result(found.as_file(suffix)).num_rows == 120
    assert found.ledger_file().stat().st_size > 0
    kept.forget(found)
    assert kept.find(key) is None


def test_the_map_has_a_tile_for_every_city_and_says_that_it_is_schematic(key):
    assert set(charts.TILES) == set(cities_of("江苏"))
    assert len(set(charts.TILES.values())) == 13
    chart = charts.jiangsu(kept.find(key).ledger())
    assert "不表示边界" in chart.title
    assert len(chart.spec["data"]["values"]) == 13
    assert "http" not in str({name: part for name, part in chart.spec.items() if name != "$schema"})


def test_charts_render(key):
    from tanping.assessment.documents import draw

    found = kept.find(key)
    for chart in (
        charts.jiangsu(found.ledger()),
        charts.by_year(found.ledger()),
        charts.verdicts(kept.counts(found.table())),
    ):
        assert "<svg" in draw.svg(chart.spec)


def test_a_run_is_found_by_who_started_it_and_by_nobody_else(tmp_path):
    data = write_csv(tmp_path / "in.csv", [plant()]).read_bytes()
    key = kept.start(data, "某市.csv", as_of=None, moment="审批", owner="zhang")
    assert kept.find(key, "zhang") is not None
    assert kept.find(key, "li") is None
    assert kept.find(key) is None


def test_what_nobody_opens_any_more_is_cleared_away(tmp_path):
    data = write_csv(tmp_path / "in.csv", [plant()]).read_bytes()
    old, young = (kept.start(data, "某市.csv", as_of=None, moment="审批") for _ in range(2))
    folder = kept.find(old).folder
    long_ago = time.time() - (kept.KEPT_DAYS + 1) * 86400
    os.utime(folder, (long_ago, long_ago))
    kept.expire()
    assert (kept.find(old), kept.find(young) is not None) == (None, True)


def test_two_days_say_who_is_touched_and_by_which_clause(tmp_path):
    rows = [
        plant(
            项目代码=code, 项目名称=f"{code}锅炉房", 生产单元类别="燃煤锅炉",
            **{"县（市、区）": "", "距30万千瓦及以上热电厂（km）": distance},
        )
        for code, distance in (("near", "22"), ("far", "41"))
    ]  # fmt: skip
    table = write_csv(tmp_path / "in.csv", rows)
    key = kept.start(table.read_bytes(), "锅炉.csv", as_of=date(2024, 7, 11), moment="审批", against=date(2024, 7, 10))
    at = visit("portfolio", run=key)
    assert "2024年7月10日 → 2024年7月11日，谁受影响" in words(at)
    (rule,) = [
        one
        for one in at.selectbox(key="portfolio-moved").options
        if "不符合新出现" in one and "热电联产供热半径" in one
    ]
    assert rule.endswith("条款　1 行")
    at.selectbox(key="portfolio-moved").select(rule)
    said = words(sound(at.run()))
    assert "near锅炉房" in said
    assert "符合 → 限制" in said
    assert "<td>另有 2 条</td>" in said
    assert "far锅炉房" not in said
    found = kept.find(key)
    assert found is not None
    assert found.changes_file().read_bytes().startswith(b"PK")


def test_one_day_is_compared_with_nothing(key):
    at = visit("portfolio", run=key)
    assert "谁受影响" not in words(at)
