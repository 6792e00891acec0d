"""Corners of the accounting: the table of years against the one project, what is published too late, what is of no unit."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.formula import figure, largest, leaf, show_number, show_result, smallest
from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.accounting.unit_energy import unit_energy
from tanping.factors.register import load_register

from .projects import AS_OF, CEMENT_LINE, COAL_PLANT, COAL_UNIT, STEEL_WORKS, altered, counted, plain, without

TREND = {"grid_scenario": "trend"}
SECOND = {**COAL_UNIT, "id": "2", "commissioned": "2029-04-01", "first_year_ramp": "60 %", "degradation": "1 %"}
KILN = {**CEMENT_LINE["units"][0], "first_year_ramp": "70 %", "degradation": "2 %"}
STANDING = {**CEMENT_LINE["units"][0], "id": "K0", "nature": "现有", "commissioned": "2010-01-01"}
OLD_CLINKER = {"id": "旧熟料", "units": "K0", "product": "水泥熟料", "amount": "500000 t", "sold": "无"}
EXPANDED = altered(
    CEMENT_LINE,
    units=[STANDING, KILN],
    products=[OLD_CLINKER, {**CEMENT_LINE["products"][0], "units": "K1"}, CEMENT_LINE["products"][1]],
    materials=[{**row, "units": "K1"} for row in CEMENT_LINE["materials"]],
    lifetime=TREND,
)
RUNS: dict[str, dict[str, Any]] = {
    "coal": plain(units=[COAL_UNIT, SECOND]),
    "coal, moving grid": plain(units=[COAL_UNIT, SECOND], lifetime=TREND),
    "steel": altered(STEEL_WORKS, lifetime=TREND),
    "cement": altered(CEMENT_LINE, units=[KILN]),
    "cement, moving grid": altered(CEMENT_LINE, units=[KILN], lifetime=TREND),
    "cement beside a standing line": EXPANDED,
}
CATCH = {
    "id": "捕集",
    "start": "2031-07-01",
    "rate": "90 %",
    "share": "50 %",
    "destination": "stored",
    "site": "某盐穴",
    "electricity": "0.25 MWh/t",
    "transport": "1000 tCO2",
    "leak": "无",
}
RUNS["coal caught"] = plain(captures=[CATCH])
RUNS["coal of two units caught"] = plain(
    units=[COAL_UNIT, SECOND], captures=[CATCH, {**CATCH, "id": "再", "share": "5 %"}]
)
YEARS = np.arange(2024, 2062)


def years_of(blocks: InventoryBlocks, project: int) -> list[float]:
    """Operating emission of one project by year, from its sources."""
    made = blocks.inventory(project)
    running = [source for source in made.sources if source.stage == "operation" and not source.memo]
    assert all(source.annual is not None for source in running)
    at = {year: place for place, year in enumerate(made.years)}
    return [math.fsum((one.annual or ())[at[year]] for one in running) if year in at else 0.0 for year in YEARS]


def test_the_years_of_a_table_are_those_of_each_project() -> None:
    blocks = counted(*RUNS.values())
    (whole,) = [annual for _, annual in blocks.yearly(YEARS)]
    for project, name in enumerate(RUNS):
        assert whole[project] == pytest.approx(years_of(blocks, project), rel=1e-9), name
    of_project, of_year = blocks.lifetime_totals(YEARS)
    assert of_project == pytest.approx(whole.sum(axis=1), rel=1e-12)
    assert of_year == pytest.approx(whole.sum(axis=0), rel=1e-12)


def test_projects_alone_and_together_have_the_same_years() -> None:
    together = np.concatenate([annual for _, annual in counted(*RUNS.values()).yearly(YEARS)])
    for at, data in enumerate(RUNS.values()):
        ((_, alone),) = counted(data).yearly(YEARS)
        assert together[at] == pytest.approx(alone[0], rel=1e-12)


def test_a_source_of_standing_units_alone_leaves_the_years_of_the_project_untouched() -> None:
    with_old = counted(EXPANDED)
    new = counted(
        altered(
            EXPANDED, units=[KILN], products=[{**CEMENT_LINE["products"][0], "units": "K1"}, EXPANDED["products"][2]]
        )
    )
    assert with_old.design_year()[0] == new.design_year()[0]
    assert {block.name for block in with_old.existing} == {"熟料生产过程"}
    (old,) = with_old.existing
    assert old.design == pytest.approx([500_000 * 0.535], rel=1e-12)
    ((_, mine),), ((_, alone),) = with_old.yearly(YEARS), new.yearly(YEARS)
    assert mine == pytest.approx(alone, rel=1e-12)


def test_a_project_without_a_unit_has_a_design_year_question_and_no_years() -> None:
    blocks = counted(plain(units=[]), plain())
    ((_, annual),) = blocks.yearly(YEARS)
    assert np.isnan(annual[0]).all()
    assert not np.isnan(annual[1]).any()
    made = blocks.inventory(0)
    assert made.missing == counted(plain(units=[])).inventory(0).missing == ("生产单元：未填报",)
    assert (made.design_year_total, made.lifetime_total) == (None, None)
    assert blocks.inventory(1).complete
    ((_, caught),) = counted(plain(units=[], captures=[CATCH]), RUNS["coal caught"]).yearly(YEARS)
    ((_, alone),) = counted(RUNS["coal caught"]).yearly(YEARS)
    assert np.isnan(caught[0]).all()
    assert caught[1] == pytest.approx(alone[0], rel=1e-12)
    nothing = [{**row, "amount": "无"} for row in COAL_PLANT["fuels"]]
    still = [{**row, "amount": "无"} for row in COAL_PLANT["materials"]]
    empty = plain(units=[], fuels=nothing, materials=still, energy=[{**COAL_PLANT["energy"][0], "amount": "无"}])
    ((_, annual),) = counted(empty).yearly(YEARS)
    assert (annual == 0).all()


def test_standing_units_alone_are_no_project_of_zero_emission() -> None:
    made = counted(plain(units=[{**COAL_UNIT, "nature": "现有"}]))
    inventory = made.inventory(0)
    assert inventory.missing == ("生产单元：只填了现有单元，没有新增或改造的单元",)
    assert (inventory.design_year_total, inventory.lifetime_total) == (None, None)
    assert math.isnan(made.design_year()[0])
    assert counted(plain(units=[{**COAL_UNIT, "nature": "现有"}, SECOND])).inventory(0).complete


def test_a_trend_needs_two_published_years() -> None:
    early = date(2024, 6, 1)  # of the provincial series only the data of 2021 are published by then
    made = counted(plain(lifetime=TREND), as_of=early)
    assert math.isnan(made.grid_trend[0])
    inventory = made.inventory(0)
    assert inventory.design_year_total is not None
    bought = next(source for source in inventory.sources if source.category == "electricity")
    assert bought.annual is None
    assert counted(plain(), as_of=early).inventory(0).lifetime_total is not None


def test_construction_without_its_first_day_has_no_years() -> None:
    steel = [{"id": "筋", "kind": "material", "item": "热轧钢筋", "amount": "10000 t", "distance": "500 km"}]
    data = plain(construction=steel)
    data["dates"] = without(data["dates"], "construction_start")
    made = counted(data).inventory(0)
    assert made.complete
    assert made.lifetime_total is None
    assert any("开工日期未填" in line for line in made.missing)
    assert counted(plain(construction=steel)).inventory(0).lifetime_total is not None


# --- symbolic operands ---------------------------------------------------------------------------------------------------


def test_a_number_may_stand_on_either_side() -> None:
    three = leaf(3)
    made = {"2 + 3": 2 + three, "2 − 3": 2 - three, "2 × 3": 2 * three, "2 ÷ 3": 2 / three, "2^3": 2**three}
    assert {name: tree.worked() for name, tree in made.items()} == {name: name for name in made}
    assert [tree.value for tree in made.values()] == [5, -1, 6, 2 / 3, 8]
    right = {"3 + 2": three + 2, "3 − 2": three - 2, "3 × 2": three * 2, "3 ÷ 2": three / 2, "3^2": three**2}
    assert {name: tree.worked() for name, tree in right.items()} == {name: name for name in right}
    assert [tree.value for tree in right.values()] == [5, 1, 6, 1.5, 9]


def test_smaller_and_larger() -> None:
    assert (smallest(2.0, 5.0), largest(2.0, 5.0)) == (2.0, 5.0)
    assert smallest(np.array([1.0, 7.0]), 5.0).tolist() == [1.0, 5.0]
    for first, second in ((leaf(2), 5.0), (2.0, leaf(5))):
        assert (smallest(first, second).worked(), smallest(first, second).value) == ("min(2, 5)", 2)
        assert (largest(first, second).worked(), largest(first, second).value) == ("max(2, 5)", 5)
    assert math.isnan(smallest(math.nan, 1.0))
    assert math.isnan(smallest(leaf(math.nan), 1.0).value)


def test_beyond_what_a_number_holds() -> None:
    assert (leaf(1e300) ** 10).value == math.inf
    assert show_number(math.inf) == "∞"
    assert show_number(-math.inf) == "-∞"
    assert show_number(1e22) == "1e+22"
    assert show_number(1e-13) == "1e-13"
    assert show_result(0.1 + 0.2) == "0.3"
    assert figure(2 / 3, "t").worked() == "0.666666666667 t"


# --- what rules and tables read ------------------------------------------------------------------------------------------


def test_no_unit_no_energy_of_units() -> None:
    assert unit_energy(counted(plain(units=[])).books) == {}


def test_a_table_without_kept_statements_rests_on_claims() -> None:
    blocks = counted(plain())
    tables = {name: replace(table, rows=None) for name, table in blocks.columns.tables.items()}
    bare = account(replace(blocks.columns, tables=tables), load_register(), as_of=AS_OF)
    assert bare.design_year()[0] == blocks.design_year()[0]
    assert all(column.claimed.all() for column in computed_facts(bare).values())
    coal = bare.inventory(0).sources[0]
    assert [(one.value, one.text) for one in coal.inputs][:2] == [(1e6, ""), (20.0, "")]
