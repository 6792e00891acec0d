"""Years × sources: service, ramp, degradation, construction, end of life, grid scenario."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.assessment.lifetime import (
    Service,
    add_years,
    construction_shares,
    day_numbers,
    first_full_years,
    profiles,
    years_of,
)
from tanping.assessment.result import Inventory

from .projects import COAL_PLANT, COAL_UNIT, counted, plain, without

CONSTRUCTION = [
    {"id": "砼", "kind": "material", "item": "C30混凝土", "amount": "20000 m3", "distance": "40 km"},
    {"id": "筋", "kind": "material", "item": "热轧钢筋", "amount": "10000 t", "distance": "500 km"},
    {"id": "油", "kind": "machinery", "item": "柴油", "amount": "300 t"},
    {"id": "电", "kind": "electricity", "item": "施工用电", "amount": "1000 MWh"},
]


def service(start: str, years: float, *, ramp1: float = 1, ramp2: float = 1, d: float = 0) -> Service:
    days = np.array([start], dtype="datetime64[D]")
    return Service(
        day_numbers(days),
        day_numbers(add_years(days, np.array([float(years)]))),
        day_numbers(add_years(days, np.array([1.0]))),
        day_numbers(add_years(days, np.array([2.0]))),
        first_full_years(days),
        np.array([ramp1]),
        np.array([ramp2]),
        np.array([d]),
        1.0,
    )


def running(made: Service, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    output, use = profiles(made, np.arange(first, last + 1), slice(0, 1))
    return output[0], use[0]


def inventory(**changes: object) -> Inventory:
    return counted(plain(**changes)).inventory(0)


def test_whole_years() -> None:
    output, _ = running(service("2027-01-01", 2), 2026, 2029)
    assert output.tolist() == [0, 1, 1, 0]


def test_days_of_the_first_and_last_year() -> None:
    output, _ = running(service("2027-07-01", 1), 2027, 2028)
    assert output == pytest.approx([184 / 365, 182 / 366], rel=1e-12)


def test_ramp_follows_the_units_own_twelve_months() -> None:
    output, _ = running(service("2027-07-01", 3, ramp1=0.5, ramp2=0.8), 2027, 2030)
    first, second = 184, 182
    rest_2028 = 366 - second
    assert output[0] == pytest.approx(0.5 * first / 365, rel=1e-12)
    assert output[1] == pytest.approx((0.5 * second + 0.8 * rest_2028) / 366, rel=1e-12)
    full = running(service("2027-07-01", 3), 2027, 2030)[0]
    lost = 0.5 * 366 + 0.2 * 365
    days = np.array([365, 366, 365, 365])
    assert ((full - output) * days).sum() == pytest.approx(lost, rel=1e-12)


def test_degradation_counts_completed_years() -> None:
    _, use = running(service("2027-01-01", 4, d=0.01), 2027, 2030)
    assert use == pytest.approx([1, 1.01, 1.0201, 1.030301], rel=1e-12)
    assert use[0] == 1


def test_unknown_dates_give_unknown_years() -> None:
    assert np.isnan(running(service("NaT", 30), 2027, 2028)[0]).all()
    assert np.isnan(running(service("2027-01-01", math.nan), 2027, 2028)[0]).all()


def test_end_of_life_date_keeps_to_the_month() -> None:
    days = np.array(["2024-02-29", "2027-08-31", "2027-01-01"], dtype="datetime64[D]")
    assert add_years(days, np.array([1.0, 0.5, 30.0])).astype(str).tolist() == [
        "2025-02-28",
        "2028-02-29",
        "2057-01-01",
    ]


def test_years_run_from_the_first_spade_to_the_last_day() -> None:
    starts, ends = (
        day_numbers(np.array(["2027-01-01"], "datetime64[D]")),
        day_numbers(np.array(["2057-01-01"], "datetime64[D]")),
    )
    spade = float(day_numbers(np.array(["2025-06-01"], "datetime64[D]"))[0])
    years = years_of(starts, ends, spade)
    assert (years[0], years[-1]) == (2025, 2056)
    assert years_of(starts, ends, math.nan)[0] == 2027
    assert years_of(np.array([math.nan]), ends, spade) == ()


@settings(max_examples=30, deadline=None)
@given(st.dates(date(2021, 1, 1), date(2027, 12, 31)), st.integers(1, 3000))
def test_construction_shares_make_a_whole(start: date, days: int) -> None:
    first = float(np.datetime64(start).astype(int))
    shares = construction_shares(first, first + days, np.arange(2020, 2040))
    assert shares.sum() == pytest.approx(1, rel=1e-12)
    assert (shares >= 0).all()


def test_sum_over_years_is_sum_over_sources() -> None:
    made = inventory(construction=CONSTRUCTION)
    assert made.complete
    assert made.lifetime_total is not None
    by_year = math.fsum(year.total for year in made.annual)
    by_source = math.fsum(source.total or 0.0 for source in made.sources)
    by_part = math.fsum(value for year in made.annual for value in year.by_category.values())
    assert by_year == pytest.approx(made.lifetime_total, rel=1e-9)
    assert by_source == pytest.approx(made.lifetime_total, rel=1e-12)
    assert by_part == pytest.approx(made.lifetime_total, rel=1e-9)
    for source in made.sources:
        assert math.fsum(source.annual or ()) == pytest.approx(source.total, rel=1e-9)


def test_four_figures_with_four_names() -> None:
    unit = {**COAL_UNIT, "commissioned": "2027-07-01", "first_year_ramp": "50 %", "degradation": "1 %"}
    made = inventory(units=[unit])
    assert made.design_year_total is not None
    assert made.peak_year == 2056
    peak = next(year.total for year in made.annual if year.year == made.peak_year)
    assert peak == max(year.total for year in made.annual)
    assert peak > made.design_year_total
    operating = [year for year in made.annual if year.by_category]
    assert made.mean_operating == pytest.approx((made.lifetime_total or 0) / len(operating), rel=1e-12)
    assert made.lifetime_total != made.design_year_total * 30


def test_full_life_without_ramp_is_design_year_times_years() -> None:
    made = inventory()
    assert made.lifetime_total == pytest.approx((made.design_year_total or 0) * 30, rel=1e-12)


def test_two_units_commissioned_apart_share_a_fuel() -> None:
    second = {**COAL_UNIT, "id": "2", "commissioned": "2029-01-01", "hours": "2500 h"}
    made = inventory(units=[COAL_UNIT, second])
    coal = next(source for source in made.sources if source.id == "fuels.煤")
    by_year = dict(zip(made.years, coal.annual or (), strict=True))
    assert by_year[2027] == pytest.approx((coal.design_year or 0) * 2 / 3, rel=1e-12)
    assert by_year[2029] == pytest.approx(coal.design_year, rel=1e-12)
    assert by_year[2058] == pytest.approx((coal.design_year or 0) / 3, rel=1e-12)


def test_construction_and_end_of_life_stand_apart() -> None:
    made = inventory(construction=CONSTRUCTION)
    shown = {source.id: source for source in made.sources if source.stage != "operation"}
    expected = {
        "construction.砼": 5900,
        "construction.筋": 23400,
        "construction.砼.transport": 247.68,
        "construction.筋.transport": 390,
        "construction.油": 928.8,
        "construction.电": 582.7,
        "end_of_life": 0.1 * (247.68 + 390 + 928.8 + 582.7),
    }
    assert {name: source.total for name, source in shown.items()} == pytest.approx(expected, rel=1e-12)
    assert all(source.design_year == 0 for source in shown.values())
    assert shown["construction.砼"].gas == "CO2e"
    assert made.design_year_total == inventory().design_year_total
    assert sum(value != 0 for value in shown["end_of_life"].annual or ()) == 1
    assert any(line.startswith("假设：") and "退役" not in line for line in made.assumptions)


def test_end_of_life_can_be_switched_off_and_says_so() -> None:
    made = inventory(construction=CONSTRUCTION, lifetime={"end_of_life": "否"})
    assert all(source.stage != "end_of_life" for source in made.sources)
    assert any("退役期" in line for line in made.assumptions)


def test_material_by_volume_without_mass_has_no_transport() -> None:
    brick = {"id": "砖", "kind": "material", "item": "混凝土砖", "amount": "100 m3", "distance": "40 km"}
    made = inventory(construction=[brick])
    assert any("缺少质量" in line for line in made.missing)
    assert made.complete
    assert made.lifetime_total is None


def test_unit_of_a_material_that_does_not_meet_its_factor() -> None:
    made = inventory(construction=[{"id": "砼", "kind": "material", "item": "C30混凝土", "amount": "48000 t"}])
    assert any("与因子单位" in line for line in made.missing)
    assert made.lifetime_total is None


def test_no_construction_is_said() -> None:
    assert any("不含施工期" in line for line in inventory().warnings)


@pytest.mark.parametrize("column", ["commissioned", "life"])
def test_without_dates_the_design_year_stands_and_the_life_does_not(column: str) -> None:
    made = inventory(units=[without(COAL_UNIT, column)])
    assert made.complete
    assert made.design_year_total is not None
    assert made.lifetime_total is None
    assert made.years == ()
    assert any("1" in line for line in made.missing)


def test_defaults_of_the_lifetime_are_printed() -> None:
    made = inventory(units=[without(COAL_UNIT, "first_year_ramp", "second_year_ramp", "degradation")])
    for label in ("投产首年达产率", "投产次年达产率", "能耗年劣化率", "可用率", "电网因子"):
        assert any(label in line for line in made.assumptions), label
    assert made.lifetime_total == inventory().lifetime_total


def test_grid_trend_moves_electricity_alone() -> None:
    still, moving = inventory(), inventory(lifetime={"grid_scenario": "trend"})
    rate = (0.5306 / 0.5568) ** 0.5 - 1
    for old, new in zip(still.sources, moving.sources, strict=True):
        assert new.design_year == old.design_year
        if old.category == "electricity":
            at = still.years.index(2030)
            assert new.annual is not None
            assert old.annual is not None
            assert new.annual[at] == pytest.approx(old.annual[at] * (1 + rate) ** 7, rel=1e-9)
        else:
            assert new.annual == old.annual
    assert any("外推" in line for line in moving.assumptions)


def test_no_trend_can_be_read_off_one_published_year() -> None:
    blocks = counted(plain(lifetime={"grid_scenario": "trend"}), as_of=date(2024, 6, 1))
    made = blocks.inventory(0)
    assert made.design_year_total is not None
    assert made.lifetime_total is None  # the electricity must not silently fall out of the sum
    assert np.isnan(blocks.lifetime_totals(np.array(made.years))[0][0])
    assert any("不足两年" in line for line in made.missing)
    assert not any("nan" in line for line in (*made.missing, *made.assumptions))


def test_lifetime_of_a_table_is_the_sum_of_its_projects() -> None:
    data = [plain(), plain(fuels=[{**COAL_PLANT["fuels"][0], "amount": "77777 t"}, COAL_PLANT["fuels"][1]])]
    years = np.arange(2025, 2060)
    of_project, of_year = counted(*data).lifetime_totals(years)
    alone = [counted(one).inventory(0).lifetime_total for one in data]
    assert of_project == pytest.approx(alone, rel=1e-12)
    assert of_year.sum() == pytest.approx(sum(value or 0 for value in alone), rel=1e-12)


def test_units_that_do_not_tell_their_size_share_alike() -> None:
    second = {**COAL_UNIT, "id": "2", "commissioned": "2029-01-01"}
    made = inventory(units=[without(COAL_UNIT, "hours"), second])
    coal = next(source for source in made.sources if source.id == "fuels.煤")
    by_year = dict(zip(made.years, coal.annual or (), strict=True))
    assert by_year[2027] == pytest.approx((coal.design_year or 0) / 2, rel=1e-12)
