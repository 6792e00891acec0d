"""Control options on least CO2, where the air allows it."""

import random
from typing import Any

import pytest
from sample_works import AS_OF, Cement, Power

from tanping.assessment.measures import controls as words
from tanping.assessment.measures.controls import Comparison, controls_of, priority_of
from tanping.assessment.project.intake import project_from_plain
from tanping.factors.register import load_register

RNG = random.Random(23)
PLANT, LINE = Power(RNG), Cement(RNG)
CLEAN = {"pm25_exceeds_standard": "否", "ozone_exceeds_standard": "否"}


def option(id: str, pollutants: str, **said: str) -> dict[str, str]:
    frame = {"heat": "无", "reagent": "无", "fuel": "无", "electricity": "无", "complies": "是", "chosen": "否"}
    return {"id": id, "pollutants": pollutants, "option": f"方案{id}", **frame, **said}


WET = option("湿法", "二氧化硫", chosen="是", electricity="3000 万kWh", reagent="石灰石", reagent_amount="6 万t")
AMMONIA = option("氨法", "二氧化硫", electricity="3200 万kWh", reagent="氨水")


def compared(*rows: dict[str, str], facts: dict[str, str] = CLEAN, data: dict[str, Any] = LINE.data) -> Comparison:
    project = project_from_plain({**data, "facts": facts, "controls": list(rows)})
    (one,) = controls_of(project, load_register(), AS_OF)
    return one


def test_options_are_counted_by_the_formulas_of_the_project():
    made = compared(WET, AMMONIA)
    assert [one.co2 for one in made.options] == pytest.approx([30_000 * 0.5827 + 60_000 * 0.9 * 0.44, 32_000 * 0.5827])
    assert made.least == "氨法"
    assert made.verdict == words.NOT_LEAST
    assert any("60 000 t × 0.9" in part for part in made.options[0].parts)


def test_a_power_plant_feeds_its_controls_itself():
    made = compared(WET, AMMONIA, data=PLANT.data)
    intensity = (PLANT.coal + PLANT.light_oil + PLANT.fgd) / PLANT.w_g
    assert made.options[1].co2 == pytest.approx(32_000 * intensity, rel=1e-9)


def test_a_plant_that_cannot_tell_its_intensity_says_so():
    unit = {**PLANT.data["units"][0], "hours": "不清楚"}
    made = compared(WET, AMMONIA, data={**PLANT.data, "units": [unit, *PLANT.data["units"][1:]]})
    assert made.options[1].co2 is None
    assert made.options[1].missing == (words.NO_INTENSITY,)


def test_what_the_plant_captures_is_no_part_of_an_option():
    capture = {"id": "C", "start": "2027-01-01", "rate": "90 %", "share": "50 %", "destination": "永久封存"}
    capture |= {"site": "某盆地", "electricity": "0.25 MWh/t", "transport": "5000 tCO2", "leak": "无"}
    burner = option("焚烧", "挥发性有机物", fuel="天然气", fuel_amount="20 万Nm3", chosen="是")
    with_capture = compared(burner, data={**LINE.data, "captures": [capture]})
    assert with_capture.options[0].co2 == compared(burner).options[0].co2


def test_heat_and_fuel_count_too():
    burner = option("焚烧", "挥发性有机物", heat="5000 GJ", fuel="天然气", fuel_amount="20 万Nm3", chosen="是")
    made = compared(burner, option("吸附", "挥发性有机物", electricity="10 万kWh"))
    assert made.options[0].co2 == pytest.approx(5000 * 0.11 + 20 * 389.31 * 0.01532 * 0.99 * 44 / 12, rel=1e-6)


def test_the_least_of_those_that_comply():
    made = compared({**WET, "chosen": "否"}, {**AMMONIA, "chosen": "是"})
    assert made.verdict == words.AGREES
    made = compared(WET, {**AMMONIA, "complies": "否"})
    assert made.least == "湿法"
    assert made.verdict == words.AGREES
    made = compared({**WET, "complies": "否"}, AMMONIA)
    assert made.verdict == words.FAILS


@pytest.mark.parametrize(
    ("pollutant", "pm25", "ozone", "priority"),
    [
        ("so2", "否", "否", True),
        ("so2", "否", "是", True),
        ("so2", "否", "不清楚", True),
        ("so2", "是", "否", False),
        ("so2", "不清楚", "否", None),
        ("nox", "否", "否", True),
        ("nox", "否", "是", False),
        ("nox", "否", "不清楚", None),
        ("pm", "是", "否", False),
        ("pm", "否", "是", True),
        ("vocs", "否", "是", False),
        ("vocs", "是", "不清楚", False),
    ],
)
def test_what_exceeds_the_standard_loses_the_priority(pollutant, pm25, ozone, priority):
    facts = {"pm25_exceeds_standard": pm25, "ozone_exceeds_standard": ozone}
    project = project_from_plain({**LINE.data, "facts": facts})
    found, why = priority_of(project, (pollutant,))
    assert found is priority
    assert why


def test_verdicts_follow_the_air():
    assert compared(WET, AMMONIA, facts={**CLEAN, "pm25_exceeds_standard": "是"}).verdict == words.NOT_APPLICABLE
    assert compared(WET, AMMONIA, facts={}).verdict == words.OPEN
    assert compared(WET).verdict == words.ALONE
    assert compared({**WET, "chosen": "否"}, AMMONIA).verdict == words.OPEN
    assert compared(WET, {**AMMONIA, "complies": "不清楚"}).verdict == words.OPEN


def test_missing_is_not_zero():
    for column, line in (("electricity", "年耗电量未填"), ("heat", "年耗热量未填"), ("reagent", "含碳药剂未填")):
        bare = {name: text for name, text in AMMONIA.items() if name != column}
        made = compared(WET, bare)
        assert made.options[1].co2 is None
        assert any(line in one for one in made.options[1].missing)
        assert made.verdict == words.OPEN
    unknown = compared(WET, {**AMMONIA, "fuel": "神秘气", "fuel_amount": "5 t"})
    assert unknown.options[1].co2 is None
    assert any("神秘气" in one for one in unknown.options[1].missing)
    made = compared(WET, {**AMMONIA, "reagent": "碳酸钠", "reagent_amount": "5 t"})
    assert "没有排放因子" in made.options[1].missing[0]
    made = compared({name: text for name, text in WET.items() if name != "reagent_amount"}, AMMONIA)
    assert made.options[0].co2 is None


def test_options_for_other_pollutants_stand_apart():
    project = project_from_plain(
        {**LINE.data, "facts": CLEAN, "controls": [WET, AMMONIA, option("SCR", "氮氧化物", electricity="5 万kWh")]}
    )
    made = controls_of(project, load_register(), AS_OF)
    assert [one.pollutants for one in made] == [("so2",), ("nox",)]
    assert controls_of(project_from_plain(LINE.data), load_register(), AS_OF) == ()
