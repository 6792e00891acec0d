"""Measures change inputs and are counted again: by hand, alone, together, in any order."""

import copy
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from sample_works import AS_OF, C, Cement, Gas, Power, Steel

from tanping.assessment.accounting.inventory import account
from tanping.assessment.measures.changes import CHANGES, CannotApplyError
from tanping.assessment.measures.effect import Effects, effects_of, scenarios_of
from tanping.assessment.measures.library import find, library, of_sector
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import load_project, project_from_plain
from tanping.factors.register import load_register

RNG = random.Random(17)
PLANT, WORKS, LINE = Power(RNG), Steel(RNG), Cement(RNG)


def effects(data: dict[str, Any], *rows: tuple[str, str] | dict[str, str]) -> Effects:
    table = [
        {"id": str(at), **(row if isinstance(row, dict) else {"measure": row[0], "size": row[1]})}
        for at, row in enumerate(rows, start=1)
    ]
    made = effects_of(project_from_plain({**data, "measures": table}), load_register(), AS_OF)
    assert made is not None
    return made


def test_a_lower_coal_rate_by_hand():
    made = effects(PLANT.data, ("汽轮机通流改造", "4 gce/kWh"))
    saved_t = 4e-3 * PLANT.w_s * 29.3076 / PLANT.ncv
    assert made.before == pytest.approx(PLANT.total, rel=1e-12)
    assert made.cut == pytest.approx(saved_t * PLANT.ncv * PLANT.cc * 0.99 * C, rel=1e-9)
    (one,) = made.effects
    assert one.alone == one.marginal == one.cumulative == pytest.approx(made.cut)
    assert one.problems == ()
    assert made.overlap == pytest.approx(0.0, abs=1e-6)
    assert {shift.id for shift in made.shifts} >= {"supply_intensity", "annual_energy_tce"}


def test_the_coal_rate_itself_falls_and_its_check_still_holds():
    rate = PLANT.fc * PLANT.ncv / PLANT.w_s / 29.3076 * 1000
    data = PLANT.data
    data["units"] = [{**unit, "net_coal_rate": f"{rate:.3f} gce/kWh"} for unit in data["units"]]
    made = effects(data, ("汽轮机通流改造", "4 gce/kWh"))
    check = next(shift for shift in made.shifts if shift.id == "coal_rate_check")
    assert check.after == pytest.approx(check.before, abs=1e-4)


def test_auxiliary_power_moves_the_intensity_and_not_the_total():
    made = effects(PLANT.data, ("风机、水泵变频与提效", "0.3 %"))
    assert made.cut == 0.0
    shift = next(one for one in made.shifts if one.id == "supply_intensity")
    assert shift.after / shift.before == pytest.approx((100 - PLANT.aux) / (100 - PLANT.aux + 0.3), rel=1e-9)


def test_biomass_takes_the_place_of_heat():
    made = effects(PLANT.data, ("生物质掺烧", "5 %"))
    assert made.cut == pytest.approx(PLANT.coal * 0.05, rel=1e-9)
    assert any("新增生物质" in line for line in made.effects[0].changes)


def test_gas_for_coal_by_hand():
    made = effects(PLANT.data, ("天然气替代燃煤", "20 %"))
    moved = PLANT.fc * PLANT.ncv * 0.20
    assert made.cut == pytest.approx(PLANT.coal * 0.20 - moved * 0.01532 * 0.99 * C, rel=1e-9)


def test_own_power_replaces_bought_power_and_never_direct_emission():
    made = effects(LINE.data, ("余热（余压）发电", "1000 万kWh"))
    assert made.cut == pytest.approx(10_000 * 0.5827, rel=1e-12)
    too_much = effects(LINE.data, ("余热（余压）发电", "10 亿kWh"))
    assert too_much.cut == 0.0
    assert "超过外购量" in too_much.effects[0].problems[0]


def test_measures_of_steel_by_hand():
    made = effects(WORKS.data, ("降低入炉焦比", "20 kg/t"))
    assert made.cut == pytest.approx(0.020 * WORKS.iron * 28.435 * 0.02942 * 0.98 * C, rel=1e-9)
    made = effects(WORKS.data, ("提高废钢比", "20 万t"))
    share = 200_000 * 0.93 / WORKS.iron
    assert made.cut == pytest.approx((WORKS.coke_row - WORKS.sold) * share - 200_000 * 0.037, rel=1e-9)


def test_measures_of_cement_by_hand():
    made = effects(LINE.data, ("降低熟料热耗（预热器、分解炉、篦冷机改造）", "0.1 GJ/t"))
    assert made.cut == pytest.approx(0.1 * LINE.clinker * LINE.cc * 0.98 * C, rel=1e-9)
    made = effects(LINE.data, ("alternative_raw", "2 万t"))
    assert made.cut == pytest.approx(20_000 * 0.480, rel=1e-9)
    made = effects(LINE.data, ("降低熟料系数", "0.03"))
    share = 0.03 * LINE.cement / LINE.clinker
    assert made.cut == pytest.approx((LINE.burnt + LINE.line) * share, rel=1e-9)


def test_more_alternative_fuel_uses_its_own_analysis():
    data = LINE.data
    tyre = {
        "id": "轮胎",
        "units": "1",
        "fuel": "废轮胎",
        "role": "co_firing",
        "amount": "5000 t",
        "ncv": "31 GJ/t",
        "carbon_per_heat": "0.0232 tC/GJ",
        "oxidation": "1",
        "fossil_share": "0.8",
        "override_reason": "试",
    }
    data["fuels"] = [*data["fuels"], tyre]
    made = effects(data, ("增加替代燃料用量", "5 %"))
    moved = (LINE.coal * LINE.ncv + 5000 * 31) * 0.05
    assert made.cut == pytest.approx(moved * (LINE.cc * 0.98 - 0.0232 * 0.8) * C, rel=1e-9)
    assert "没有缺省值" in effects(LINE.data, ("增加替代燃料用量", "5 %")).effects[0].problems[0]


def test_capture_takes_its_share_and_costs_electricity():
    made = effects(PLANT.data, ("二氧化碳捕集与封存", "40 %"))
    burnt = PLANT.coal + PLANT.light_oil + PLANT.fgd
    assert made.cut == pytest.approx(burnt * 0.9 * 0.4, rel=1e-9)
    shift = next(one for one in made.shifts if one.id == "supply_intensity")
    supplied = PLANT.w_s - burnt * 0.36 * 0.25
    assert shift.after == pytest.approx(burnt * (1 - 0.36) / supplied, rel=1e-9)
    made = effects(LINE.data, ("capture", "30 %"))
    caught = (LINE.burnt + LINE.line) * 0.9 * 0.3
    assert made.cut == pytest.approx(caught - caught * 0.25 * 0.5827, rel=1e-9)
    saved = effects(PLANT.data, ("capture", "40 %"), ("汽轮机通流改造", "4 gce/kWh"))
    alone = effects(PLANT.data, ("汽轮机通流改造", "4 gce/kWh"))
    assert saved.effects[1].marginal == pytest.approx(alone.cut * (1 - 0.36), rel=1e-9)


def test_savings_of_bought_energy_by_hand():
    made = effects(WORKS.data, ("用电设备节能改造", "5000 万kWh"), ("用热系统节能改造", "10 万GJ"))
    assert [one.marginal for one in made.effects] == pytest.approx([50_000 * 0.5827, 100_000 * WORKS.ef_h], rel=1e-9)
    everything = effects(WORKS.data, ("用电设备节能改造", f"{WORKS.mwh} MWh"))
    assert everything.cut == pytest.approx(WORKS.mwh * 0.5827, rel=1e-9)


def injected() -> dict[str, Any]:
    data = copy.deepcopy(WORKS.data)
    coal = {"id": "喷煤", "fuel": "无烟煤", "role": "reductant", "amount": "600000 t", "ncv": "28 GJ/t"}
    data["fuels"].append({**coal, "carbon_per_heat": "0.0262 tC/GJ", "oxidation": "0.98", "override_reason": "试"})
    return data


def test_pulverised_coal_in_place_of_coke():
    made = effects(injected(), ("降低入炉焦比", "20 kg/t"), ("提高喷煤比", "18 kg/t"))
    coke = 0.020 * WORKS.iron * 28.435 * 0.02942 * 0.98 * C
    coal = 0.018 * WORKS.iron * 28 * 0.0262 * 0.98 * C
    assert [one.marginal for one in made.effects] == pytest.approx([coke, -coal], rel=1e-9)
    assert "不止一行" in effects(WORKS.data, ("提高喷煤比", "18 kg/t")).effects[0].problems[0]
    all_coke = WORKS.coke / WORKS.iron * 1000
    assert effects(WORKS.data, ("降低入炉焦比", f"{all_coke * 1.001:.3f} kg/t")).effects[0].problems
    assert effects(WORKS.data, ("降低入炉焦比", f"{all_coke * 0.999:.3f} kg/t")).effects[0].problems == ()


def test_scrap_beyond_the_hot_metal_and_works_without_hot_metal():
    assert (
        "超过铁水产量"
        in effects(WORKS.data, ("提高废钢比", f"{WORKS.iron / 0.93 * 1.01:.0f} t")).effects[0].problems[0]
    )
    bare = copy.deepcopy(WORKS.data)
    bare["products"] = bare["products"][1:]
    for row in (("提高废钢比", "1 万t"), ("降低入炉焦比", "5 kg/t")):
        assert "铁水" in effects(bare, row).effects[0].problems[0]


def test_only_the_fluxes_of_ironmaking_fall_with_the_hot_metal():
    data = copy.deepcopy(WORKS.data)
    data["materials"][0]["units"], data["materials"][1]["units"] = "1", "2"
    share = 200_000 * 0.93 / WORKS.iron
    moved = (WORKS.coke_row - WORKS.sold + WORKS.stone * 0.440) * share - 200_000 * 0.037
    assert effects(data, ("提高废钢比", "20 万t")).cut == pytest.approx(moved, rel=1e-9)


def test_only_the_fuels_of_ironmaking_fall_with_the_hot_metal():
    rolling = {**WORKS.data["units"][0], "id": "轧", "kind": "钢压延"}
    units = [*WORKS.data["units"], rolling]
    gas = {"id": "加热炉", "units": "轧", "fuel": "天然气", "role": "main", "amount": "100 万Nm3"}
    made = effects({**WORKS.data, "units": units, "fuels": [*WORKS.data["fuels"], gas]}, ("提高废钢比", "1000 t"))
    (scrap,) = made.effects
    assert scrap.problems == ()
    assert not any(line.startswith("加热炉") for line in scrap.changes)
    assert any(line.startswith(str(WORKS.data["fuels"][0]["id"])) for line in scrap.changes)


def test_heat_of_a_fuel_on_defaults_counts():
    data = copy.deepcopy(LINE.data)
    data["fuels"].append({"id": "油", "fuel": "柴油", "role": "main", "amount": "3000 t"})
    made = effects(data, ("降低熟料热耗（预热器、分解炉、篦冷机改造）", "0.1 GJ/t"))
    oil = 3000 * 42.652
    left = 0.1 * LINE.clinker / (LINE.coal * LINE.ncv + oil)
    assert made.cut == pytest.approx((LINE.burnt + oil * 0.0202 * 0.98 * C) * left, rel=1e-9)
    del data["fuels"][0]["ncv"]
    assert (
        "低位发热量未填"
        in effects(data, ("降低熟料热耗（预热器、分解炉、篦冷机改造）", "0.1 GJ/t")).effects[0].problems[0]
    )


def test_shares_of_heat_leave_what_is_co_fired_alone():
    data = copy.deepcopy(PLANT.data)
    straw = {"id": "秸秆", "fuel": "生物质", "role": "co_firing", "amount": "100000 t", "ncv": "14 GJ/t"}
    data["fuels"].append({**straw, "carbon_per_heat": "0.0305 tC/GJ", "oxidation": "1", "fossil_share": "0"})
    moved = PLANT.fc * PLANT.ncv * 0.20
    made = effects(data, ("天然气替代燃煤", "20 %"))
    assert made.cut == pytest.approx(PLANT.coal * 0.20 - moved * 0.01532 * 0.99 * C, rel=1e-9)
    # The coal rate is of all heat burnt: straw saves as much as its share.
    heat = 4e-3 * PLANT.w_s * 29.3076
    whole = PLANT.fc * PLANT.ncv + 100_000 * 14
    assert effects(data, ("汽轮机通流改造", "4 gce/kWh")).cut == pytest.approx(PLANT.coal * heat / whole, rel=1e-9)


def test_a_plant_that_sells_heat_saves_by_its_ratio():
    chp = Power(RNG, chp=True)
    made = effects(chp.data, ("汽轮机通流改造", "4 gce/kWh"))
    heat = 4e-3 * chp.w_s * 29.3076 / (1 - chp.r_h)
    assert made.cut == pytest.approx(chp.coal * heat / (chp.fc * chp.ncv), rel=1e-9)


POWER_ROWS = (
    ("汽轮机通流改造", "4 gce/kWh"),
    ("冷端优化", "1 gce/kWh"),
    ("生物质掺烧", "5 %"),
    ("厂区光伏发电", "300 万kWh"),
    ("风机、水泵变频与提效", "0.3 %"),
)


def test_together_is_what_counting_the_changed_project_gives():
    made = effects(PLANT.data, *POWER_ROWS)
    assert made.effects[-1].cumulative == pytest.approx(made.cut)
    assert sum(one.marginal for one in made.effects) == pytest.approx(made.cut)
    assert made.after == pytest.approx(made.before - made.cut)
    # Two savings of the same coal overlap: alone they promise more than together they keep.
    assert made.overlap > 0
    assert made.overlap == pytest.approx(sum(one.alone for one in made.effects) - made.cut)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_the_order_moves_margins_and_never_the_sum(order):
    rows = [POWER_ROWS[at] for at in (0, 1, 2, 3)]
    turned = effects(PLANT.data, *(rows[at] for at in order))
    assert turned.cut == pytest.approx(effects(PLANT.data, *rows).cut, rel=1e-9)


def test_cost_per_tonne_where_cost_is_given():
    row = {
        "measure": "汽轮机通流改造",
        "size": "4 gce/kWh",
        "investment": "8000 万元",
        "running_cost": "-100 万元",
        "life": "20 a",
    }
    (one,) = effects(PLANT.data, row).effects
    assert one.cost == pytest.approx(8000 / 20 - 100)
    assert one.cost_per_tonne == pytest.approx(300 * 10_000 / one.marginal)
    (free,) = effects(PLANT.data, {**row, "investment": "无", "life": ""}).effects
    assert free.cost == -100
    assert free.cost_per_tonne < 0
    for lacking in ("investment", "running_cost", "life"):
        (one,) = effects(PLANT.data, {name: text for name, text in row.items() if name != lacking}).effects
        assert one.cost is None
        assert one.cost_per_tonne is None


def without_amounts(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "fuels": [{**row, "amount": "不清楚"} for row in data["fuels"]]}


def test_what_cannot_be_applied_says_why_and_changes_nothing():
    rows = (
        ("燃料电池", "1"),
        ("降低熟料热耗（预热器、分解炉、篦冷机改造）", "0.1 GJ/t"),
        {"measure": "生物质掺烧"},
        ("汽轮机通流改造", "4"),
        ("汽轮机通流改造", "0 gce/kWh"),
        ("生物质掺烧", "120 %"),
        ("汽轮机通流改造", "900 gce/kWh"),
    )
    made = effects(PLANT.data, *rows)
    assert made.cut == 0.0
    for one, words in zip(
        made.effects,
        ("措施库中没有", "不适用于本行业", "未填规模", "没有写单位", "大于零", "不超过 100%", "超过燃料热量"),
        strict=True,
    ):
        assert words in one.problems[0]
        assert (one.alone, one.marginal, one.cumulative) == (None, None, None)
    assert made.shifts == ()


def refused(data: dict[str, Any], measure: str, size: str) -> str:
    (one,) = effects(data, (measure, size)).effects
    assert one.alone is None
    (problem,) = one.problems
    return problem


def with_unit(data: dict[str, Any], **said: str) -> dict[str, Any]:
    return {**data, "units": [{**unit, **said} for unit in data["units"]]}


def cement_only() -> list[dict[str, Any]]:
    return [row for row in LINE.data["products"] if "熟料" in row["product"]]


OTHER_METHOD = {**LINE.data, "project": {**LINE.data["project"], "method": "guide-2013"}}
OFF_FUEL = {"id": "替代", "fuel": "垃圾衍生燃料", "role": "co_firing", "amount": "无", "ncv": "12 GJ/t"}
CAUGHT = {"id": "C", "start": "2027-01-01", "rate": "90 %", "share": "50 %", "destination": "永久封存", "site": "盆地"}
DEAR_HEAT = "降低熟料热耗（预热器、分解炉、篦冷机改造）"
CAPTURE = "二氧化碳捕集与封存"


@pytest.mark.parametrize(
    ("data", "measure", "size", "words"),
    [
        ({**PLANT.data, "captures": [CAUGHT]}, CAPTURE, "10 %", "已填报碳捕集"),
        (with_unit(PLANT.data, commissioned="不清楚"), CAPTURE, "10 %", "投产日期未填"),
        (without_amounts(LINE.data), CAPTURE, "10 %", "捕集单元的排放量未知"),
        ({**LINE.data, "products": cement_only()}, "降低熟料系数", "0.05", "没有水泥产量"),
        (LINE.data, "降低熟料系数", "1", "超过熟料产量"),
        ({**LINE.data, "products": []}, DEAR_HEAT, "0.1 GJ/t", "没有熟料产量"),
        ({**LINE.data, "fuels": []}, DEAR_HEAT, "0.1 GJ/t", "没有可减少的燃料"),
        (OTHER_METHOD, "非碳酸盐原料替代（电石渣等）", "1 万t", "氧化钙氧化镁法"),
        ({**LINE.data, "fuels": [*LINE.data["fuels"], OFF_FUEL]}, "增加替代燃料用量", "5 %", "热量为零"),
        (with_unit(PLANT.data, hours="不清楚"), "汽轮机通流改造", "4 gce/kWh", "单元“1”：年利用（运行）小时数未填"),
        (with_unit(PLANT.data, auxiliary_rate="不清楚"), "风机、水泵变频与提效", "0.1 %", "单元“1”：厂用电率未填"),
        (PLANT.data, "风机、水泵变频与提效", "60 %", "后为负"),
        (
            {**PLANT.data, "project": {**PLANT.data["project"], "method": ""}},
            "天然气替代燃煤",
            "5 %",
            "没有选择核算依据",
        ),
    ],
)
def test_every_refusal_names_what_is_in_the_way(data: dict[str, Any], measure: str, size: str, words: str):
    assert words in refused(data, measure, size)


def test_the_same_measure_twice_makes_two_rows():
    made = effects(PLANT.data, ("生物质掺烧", "5 %"), ("生物质掺烧", "5 %"))
    assert all(one.problems == () for one in made.effects)
    assert made.effects[1].marginal == pytest.approx(made.effects[0].marginal * 0.95, rel=1e-6)


def test_an_unusual_size_is_a_question_not_a_refusal():
    (one,) = effects(PLANT.data, ("汽轮机通流改造", "40 gce/kWh")).effects
    assert one.problems == ()
    assert any("超出常见范围" in note for note in one.notes)


def test_an_incomplete_inventory_counts_what_is_known():
    data = {**PLANT.data, "materials": []}
    made = effects(data, ("汽轮机通流改造", "4 gce/kWh"))
    assert not made.complete
    assert made.notes
    assert made.cut == pytest.approx(effects(PLANT.data, ("汽轮机通流改造", "4 gce/kWh")).cut, rel=1e-9)
    blank = {**PLANT.data, "fuels": [{**PLANT.data["fuels"][0], "amount": "不清楚"}, PLANT.data["fuels"][1]]}
    assert "年消耗量未填" in effects(blank, ("汽轮机通流改造", "4 gce/kWh")).effects[0].problems[0]


def test_only_the_units_named_are_changed():
    row = {"measure": "汽轮机通流改造", "size": "4 gce/kWh", "units": "1"}
    one, both = effects(PLANT.data, row), effects(PLANT.data, {**row, "units": ""})
    assert one.cut == pytest.approx(both.cut / 2, rel=1e-9)


def test_scenarios_are_sets_of_measures():
    table = [{"id": str(at), "measure": name, "size": size} for at, (name, size) in enumerate(POWER_ROWS)]
    project = project_from_plain({**PLANT.data, "measures": table})
    made = scenarios_of(
        project, {"不采取措施": (), "只节能": ("0", "1"), "全部": tuple("01234")}, load_register(), AS_OF
    )
    assert [one.name for one in made] == ["不采取措施", "只节能", "全部"]
    assert made[0].cut == 0.0
    assert 0 < made[1].cut < made[2].cut
    assert made[2].cut == pytest.approx(effects(PLANT.data, *POWER_ROWS).cut)
    with pytest.raises(KeyError):
        scenarios_of(project, {"错": ("9",)}, load_register(), AS_OF)
    bad = project_from_plain({**PLANT.data, "measures": [{"id": "1", "measure": "没有", "size": "1"}]})
    with pytest.raises(CannotApplyError):
        scenarios_of(bad, {"错": ("1",)}, load_register(), AS_OF)


def test_a_project_without_measures_has_no_effects():
    assert effects_of(project_from_plain(PLANT.data), load_register(), AS_OF) is None


def test_the_project_itself_is_left_alone():
    table = [{"id": "1", "measure": "生物质掺烧", "size": "5 %"}]
    project = project_from_plain({**PLANT.data, "measures": table})
    before = project.model_dump()
    effects_of(project, load_register(), AS_OF)
    assert project.model_dump() == before
    blocks = account(columns_of([project]), load_register(), as_of=AS_OF)
    assert blocks.design_year()[0] == pytest.approx(PLANT.total, rel=1e-12)


def test_every_measure_of_the_library_is_sound():
    used = set()
    for measure in library().values():
        assert measure.change in CHANGES
        used.add(measure.change)
        assert 0 <= measure.usual[0] < measure.usual[1]
        assert measure.source
        assert "%" not in measure.note or measure.unit == "%"
        assert find(measure.name) is measure
        assert find(measure.id) is measure
    assert used == set(CHANGES)
    for sector in ("power", "steel", "cement"):
        assert len(of_sector(sector)) >= 6
    assert find("通流改造").name == "汽轮机通流改造"
    assert "您是否想写" in find("汽轮机通流改招")


def test_a_gas_plant_has_no_coal_to_save():
    made = effects(Gas(RNG).data, ("汽轮机通流改造", "4 gce/kWh"))
    assert "没有适用的燃煤发电机组" in made.effects[0].problems[0]


def test_shifts_leave_out_what_rests_on_the_flow_table() -> None:
    project = load_project(Path(__file__).parents[2] / "examples" / "zhanjiang.yaml")
    made = effects_of(project, load_register(), AS_OF)
    assert made is not None
    assert made.cut > 0
    shifted = {shift.id for shift in made.shifts}
    assert "per_crude_steel" in shifted
    assert not any(id.startswith(("process.", "works_residual")) for id in shifted)


def test_heat_told_as_steam_cannot_be_scaled() -> None:
    steam = {"id": "蒸汽", "kind": "purchased_heat", "carrier_mass": "10000 t", "steam_enthalpy": "2777 kJ/kg"}
    data = {**WORKS.data}
    data["energy"] = [*(row for row in data["energy"] if row["kind"] != "purchased_heat"), steam]
    made = effects(data, ("用热系统节能改造", "1000 GJ"))
    assert any("蒸汽或热水质量" in problem for problem in made.effects[0].problems)
