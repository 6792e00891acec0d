"""Intervals and tornado: the same formulas, seeded, order-free; ranges stated, from the register, or assumed and said so."""

import math
import random
from typing import Any

import numpy as np
import pytest
from sample_works import AS_OF, Cement, Gas, Power, Steel, case_of

from tanping.assessment.accounting.inventory import account
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.crosscheck.rerun import evaluate
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.uncertainty import SEED, Spread, uncertainty_of
from tanping.factors.register import load_register

RNG = random.Random(11)
PROJECTS = [Power(RNG).data, Power(RNG, carbon="air", chp=True).data, Gas(RNG).data, Steel(RNG).data, Cement(RNG).data]


def with_note(data: dict[str, Any], table: str, column: str, note: str) -> dict[str, Any]:
    first = data[table][0]
    return {**data, table: [{**first, column: {"value": first[column], "note": note}}, *data[table][1:]]}


@pytest.mark.parametrize("data", PROJECTS)
def test_the_interval_holds_the_figure_and_repeats(data):
    case = case_of(data)
    one, two = uncertainty_of(case), uncertainty_of(case_of(data))
    assert one == two
    assert one.low < one.value < one.high
    assert one.low < one.mean < one.high
    assert one.value == case.inventory.design_year_total
    assert (one.draws, one.seed, one.level) == (10_000, SEED, 0.95)
    other = uncertainty_of(case, seed=SEED + 1)
    assert other.low != one.low
    assert other.low == pytest.approx(one.low, rel=0.01)


def test_draws_are_what_accounting_would_have_counted():
    """Changing an operand here and changing the input of the project file are one and the same."""
    plant = Power(RNG)
    case = case_of(plant.data)
    figure = case.figures["design_year_total"]()
    coal = next(term for term in figure.terms if term.id == "fuels.煤")
    factors = np.array([0.9, 1.0, 1.17])
    changed = {id(coal.one("FC").node): coal.one("FC").value * factors, id(coal.one("CC").node): 0.0255}
    drawn = evaluate(figure.whole, changed)
    for factor, value in zip(factors, drawn, strict=True):
        row = {**plant.data["fuels"][0], "amount": f"{plant.fc * factor:.6f} t", "carbon_per_heat": "0.0255 tC/GJ"}
        again = case_of({**plant.data, "fuels": [row, plant.data["fuels"][1]]})
        assert again.inventory.design_year_total == pytest.approx(value, rel=1e-12)


def test_one_normal_input_gives_the_interval_by_hand():
    plant = Power(RNG)
    data = with_note(plant.data, "fuels", "amount", "±10 %")
    case = case_of(data)
    result = uncertainty_of(case, "煤", draws=200_000)
    bar = next(one for one in result.drivers if "年消耗量" in one.label)
    assert bar.origin == "填报：±10 %"
    assert (bar.low, bar.high) == pytest.approx((plant.fc * 0.9, plant.fc * 1.1))
    assert (bar.at_low, bar.at_high) == pytest.approx((plant.coal * 0.9, plant.coal * 1.1), rel=1e-12)
    # Independent relative 95 % ranges of a product add in squares: amount 10 %, heat 2 %, carbon 2 %; oxidation adds little.
    assert result.relative == pytest.approx(math.sqrt(0.10**2 + 0.02**2 + 0.02**2), rel=0.03)
    assert result.drivers[0] is bar
    assert bar.share == pytest.approx(0.10**2 / (0.10**2 + 2 * 0.02**2), abs=0.03)


def test_an_absolute_range_is_told_in_the_unit_typed():
    plant = Power(RNG)
    data = plant.data
    row = {**data["fuels"][0], "amount": {"value": f"{plant.fc / 1e4:.4f} 万吨", "note": "计量误差±2，核算组"}}
    result = uncertainty_of(case_of({**data, "fuels": [row, data["fuels"][1]]}), "煤")
    bar = next(one for one in result.drivers if "年消耗量" in one.label)
    assert bar.high - bar.low == pytest.approx(40_000, rel=1e-6)


def test_a_coarse_entry_is_no_better_than_its_digits():
    data = PROJECTS[0]
    row = {**data["fuels"][0], "carbon_per_heat": "0.03 tC/GJ"}
    result = uncertainty_of(case_of({**data, "fuels": [row, data["fuels"][1]]}), "煤")
    bar = next(one for one in result.drivers if "含碳量" in one.label)
    assert (bar.low, bar.high) == pytest.approx((0.025, 0.035))
    assert bar.origin.startswith("填报位数")


def test_defaults_take_rivals_or_a_plausibility_range():
    works = uncertainty_of(case_of(PROJECTS[3]))
    coke = next(one for one in works.drivers if "焦炭" in one.label and "碳氧化率" in one.label)
    assert (coke.low, coke.high) == pytest.approx((0.93, 0.98))
    data = PROJECTS[0]
    row = {name: value for name, value in data["fuels"][0].items() if name != "carbon_per_heat"}
    bare = uncertainty_of(case_of({**data, "fuels": [row, data["fuels"][1]]}))
    carbon = next(one for one in bare.drivers if "含碳量" in one.label and "燃煤" in one.label)
    assert carbon.low == pytest.approx(0.0245)
    assert carbon.high == pytest.approx(0.03085)  # the default lies above the usual range on purpose
    assert "常见范围" in carbon.origin
    assert bare.mean < bare.value


def test_more_inputs_leave_the_draws_of_the_others_alone():
    plant = Power(RNG)
    plain = uncertainty_of(case_of(plant.data), "煤")
    more = {
        **plant.data,
        "energy": [*plant.data["energy"], {"id": "2", "kind": "purchased_electricity", "amount": "5 MWh"}],
    }
    assert uncertainty_of(case_of(more), "煤") == plain
    turned = {**plant.data, "fuels": plant.data["fuels"][::-1]}
    assert uncertainty_of(case_of(turned), "煤") == plain


def test_the_same_factor_in_two_rows_is_one_draw():
    data = PROJECTS[0]
    bought = data["energy"][0]
    twice = {**data, "energy": [bought, {**bought, "id": "二"}]}
    result = uncertainty_of(case_of(twice), "净购入电力排放合计")
    assert sum("电力排放因子" in one.label for one in result.drivers) == 1


def test_shares_of_variance_add_up_and_bars_stand_in_order():
    for data in PROJECTS:
        result = uncertainty_of(case_of(data))
        assert sum(one.share for one in result.drivers) == pytest.approx(1.0, abs=0.1)
        swings = [one.swing for one in result.drivers]
        assert swings == sorted(swings, reverse=True)
        assert all(one.low <= one.value <= one.high for one in result.drivers)
        assert all(one.origin and one.basis for one in result.drivers)


def test_what_is_unknown_or_cannot_be_run_has_no_interval():
    data = {**PROJECTS[0], "fuels": [{**PROJECTS[0]["fuels"][0], "amount": "不清楚"}, PROJECTS[0]["fuels"][1]]}
    assert uncertainty_of(case_of(data)) is None
    assert uncertainty_of(case_of(PROJECTS[0]), "没有这个") is None


def test_fractions_stay_fractions():
    spread = Spread(0.9, 1.1, 0.1, "", "")
    drawn = spread.draw(0.99, 50_000, np.random.Generator(np.random.PCG64(1)), 1.0)
    assert drawn.max() <= 1.0
    assert (drawn == 1.0).mean() < 0.01
    assert (
        Spread(0.5, 0.5, None, "", "").draw(0.5, 3, np.random.Generator(np.random.PCG64(1)), 1.0).tolist() == [0.5] * 3
    )


def test_one_project_among_many_has_its_own_interval():
    register = load_register()
    projects = [project_from_plain(data) for data in PROJECTS[:3]]
    blocks = account(columns_of(projects), register, as_of=AS_OF)
    for at, data in enumerate(PROJECTS[:3]):
        indicators = indicators_of(blocks, register, as_of=AS_OF, project=at)
        among = uncertainty_of(Case(blocks, blocks.inventory(at), indicators, register, AS_OF, at))
        assert among == uncertainty_of(case_of(data))
