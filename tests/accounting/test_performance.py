"""Indicators of a coal plant: output, intensities, heat split, allowance, energy, references of the right basis."""

from datetime import date
from typing import Any

import pytest

from tanping.assessment.accounting.tce import NO_EQUIVALENT, EnergyUse
from tanping.assessment.performance import CONVENTIONAL, OF_NOTHING, indicators_of
from tanping.assessment.result import Indicator
from tanping.factors.register import load_register

from .projects import AS_OF, CEMENT_LINE, COAL_PLANT, COAL_UNIT, STEEL_WORKS, altered, counted, fuel, plain, without

E_UNIT = 1_000_000 * 20 * 0.0265 * 0.99 * 44 / 12 + 100 * 42.652 * 0.0202 * 0.98 * 44 / 12 + 20_000 * 0.9 * 0.44
W_G = 1000 * 5000.0
W_S = W_G * 0.96


def indicators(day: date = AS_OF, **changes: Any) -> dict[str, Indicator]:
    blocks = counted(plain(**changes), as_of=day)
    return {one.id: one for one in indicators_of(blocks, load_register(), as_of=day, project=0)}


def test_intensities_of_a_condensing_plant() -> None:
    shown = indicators()
    assert next(iter(shown)) == "supply_intensity"
    assert shown["generated"].value == W_G
    assert shown["supplied"].value == pytest.approx(W_S, rel=1e-12)
    assert shown["supply_intensity"].value == pytest.approx(E_UNIT / W_S, rel=1e-12)
    assert shown["generation_intensity"].value == pytest.approx(E_UNIT / W_G, rel=1e-12)
    assert "heat_intensity" not in shown


def test_purchased_electricity_is_not_in_the_intensity() -> None:
    more = [{**COAL_PLANT["energy"][0], "amount": "900000 MWh"}]
    assert indicators(energy=more)["supply_intensity"].value == indicators()["supply_intensity"].value


def test_heat_split_closes() -> None:
    unit = {**COAL_UNIT, "kind": "燃煤热电联产", "heat_supplied": "400 万GJ", "heat_produced": "2000 万GJ"}
    shown = indicators(units=[unit])
    e_s, e_h = shown["supply_intensity"].value, shown["heat_intensity"].value
    assert e_s == pytest.approx(0.8 * E_UNIT / W_S, rel=1e-12)
    assert e_h == pytest.approx(0.2 * E_UNIT / 4_000_000, rel=1e-12)
    assert e_s is not None
    assert e_h is not None
    assert e_s * W_S + e_h * 4_000_000 == pytest.approx(E_UNIT, rel=1e-12)


def test_heat_without_total_output_is_unknown() -> None:
    shown = indicators(units=[{**COAL_UNIT, "heat_supplied": "400 万GJ"}])
    assert shown["supply_intensity"].value is None


def test_blank_heat_is_not_zero_heat() -> None:
    shown = indicators(units=[without(COAL_UNIT, "heat_supplied")])
    assert shown["supply_intensity"].value is None
    assert any("供热量" in line for line in shown["supply_intensity"].missing)


@pytest.mark.parametrize("column", ["hours", "capacity", "auxiliary_rate"])
def test_missing_output_is_named(column: str) -> None:
    shown = indicators(units=[without(COAL_UNIT, column)])
    assert shown["supply_intensity"].value is None
    assert shown["supply_intensity"].missing


def test_benchmark_stands_beside_its_own_basis_only() -> None:
    later = indicators()
    assert [one.value for one in later["generation_intensity"].references] == [0.7910]
    assert later["supply_intensity"].references == ()
    earlier = indicators(date(2024, 1, 15), fuels=[fuel(oxidation="0.99"), COAL_PLANT["fuels"][1]])
    assert [one.value for one in earlier["supply_intensity"].references] == [0.8177]
    assert earlier["generation_intensity"].references == ()


def test_allowance_of_the_latest_final_year() -> None:
    shown = indicators()
    assert shown["ets_allowance"].value == pytest.approx(W_G * 0.7910, rel=1e-12)
    assert shown["ets_allowance"].name.startswith("2024")
    small = indicators(units=[{**COAL_UNIT, "capacity": "350 MW"}])
    assert small["ets_allowance"].value == pytest.approx(350 * 5000 * 0.8049, rel=1e-12)


def test_allowance_on_supply_basis() -> None:
    day = date(2024, 1, 15)
    fuels = [fuel(oxidation="0.99"), COAL_PLANT["fuels"][1]]
    told = {**COAL_UNIT, "load_factor": "78 %", "cooling": "水冷（含海水直流）"}
    shown = indicators(day, fuels=fuels, units=[told])
    assert shown["ets_allowance"].value == pytest.approx(W_S * 0.8177 * 1.0102, rel=1e-12)
    by_air = indicators(day, fuels=fuels, units=[{**told, "cooling": "空冷"}])
    assert by_air["ets_allowance"].value == pytest.approx(W_S * 0.8177 * 1.0102 * 1.05, rel=1e-12)
    unknown = indicators(day, fuels=fuels)["ets_allowance"]
    assert unknown.value is None
    assert any("冷却方式" in line for line in unknown.missing)
    assert any("负荷" in line for line in unknown.missing)
    slime = [fuel(fuel="煤泥", ncv="12 GJ/t", carbon_per_heat="0.0254 tC/GJ", oxidation="0.99"), COAL_PLANT["fuels"][1]]
    apart = indicators(day, fuels=slime, units=[without(told, "load_factor")])  # no load correction outside its class
    assert apart["ets_allowance"].value == pytest.approx(W_S * 0.9303, rel=1e-12)


def test_ets_emission_leaves_out_desulphurisation_and_electricity() -> None:
    assert indicators()["ets_emission"].value == pytest.approx(E_UNIT - 20_000 * 0.9 * 0.44, rel=1e-12)


def test_coal_rate_check() -> None:
    shown = indicators()["coal_rate_check"]
    burnt = 1_000_000 * 20 + 100 * 42.652
    assert shown.value == pytest.approx(burnt / (0.280 * W_S * 29.3076), rel=1e-9)


def test_energy_and_economy() -> None:
    shown = indicators(project={"output_value": "20 亿元", "value_added": "8 亿元", "price_year": "2025"})
    taken = 1_000_000 * 20 / 29.3076 + 100 * 1.4571 + 100_000 * 0.1229
    assert shown["annual_energy_tce"].value == pytest.approx(taken - W_S * 0.1229, rel=1e-12)
    total = E_UNIT + 58_270
    assert shown["per_output_value"].value == pytest.approx(total / 200_000, rel=1e-12)
    assert shown["per_value_added"].value == pytest.approx(total / 80_000, rel=1e-12)
    assert "2025" in shown["per_value_added"].name


def test_a_power_project_has_no_equivalent_energy() -> None:
    shown = indicators()
    assert "annual_energy_tce_equivalent" not in shown
    assert shown["annual_energy_tce"].notes == (NO_EQUIVALENT,)
    works = {one.id: one for one in indicators_of(counted(STEEL_WORKS), load_register(), as_of=AS_OF)}
    assert works["annual_energy_tce"].notes == ()
    more = (works["annual_energy_tce_equivalent"].value or 0) - (works["annual_energy_tce"].value or 0)
    assert more == pytest.approx(100_000 * (0.3024 - 0.1229), rel=1e-9)


AREA = {
    "city_intensity": "1 tCO2/万元",
    "city_peak": "5000 万tCO2",
    "energy_increment": "80 万tce",
    "energy_total": "2000 万tce",
}


def test_an_effect_on_the_area_lacks_what_it_is_made_of_and_nothing_else() -> None:
    shown = indicators(area=AREA, units=[without(COAL_UNIT, "auxiliary_rate")])
    rate, added = "生产单元“1”：厂用电率未填", "项目“测试电厂”：达产年工业增加值未填"
    assert shown["region_alpha"].missing == (added,)
    assert shown["region_beta"].missing == ()
    assert shown["region_m"].missing == (rate,)
    assert shown["region_n"].missing == (added, "所在地：所在地生产总值未填", rate)
    silent = indicators(area=AREA, fuels=[without(fuel(), "amount"), COAL_PLANT["fuels"][1]])
    assert silent["region_beta"].missing == ("达产年排放总量：清单不完整",)


def test_an_unknown_indicator_always_says_why() -> None:
    nothing = altered(
        CEMENT_LINE, products=[{**CEMENT_LINE["products"][0], "amount": "无"}, CEMENT_LINE["products"][1]]
    )
    blast = {"id": "1", "unit": "BF", "direction": "in", "item": "焦炭", "kind": "fuel", "amount": "400000 t"}
    no_method = altered(STEEL_WORKS, project={"method": "不清楚"}, flows=[blast])
    unsure = plain(units=[{**COAL_UNIT, "heat_supplied": "不清楚"}])
    lines = {}
    for data in (nothing, no_method, unsure):
        for one in indicators_of(counted(data), load_register(), as_of=AS_OF):
            assert (one.value is None) == bool(one.missing), one
            lines[one.id] = one.missing
    assert lines["clinker_process"] == (OF_NOTHING,)
    assert lines["coal_rate_check"] == ("生产单元“1”：年供热量未填",)
    assert lines["works_residual"]


def test_a_unit_of_gangue_has_the_benchmark_of_its_class() -> None:
    waste = fuel(fuel="煤矸石", ncv="6.5 GJ/t", carbon_per_heat="0.0254 tC/GJ", amount="8000000 t")
    usual, gangue = indicators(), indicators(fuels=[waste, COAL_PLANT["fuels"][1]])
    assert usual["ets_allowance"].value == pytest.approx(W_G * 0.7910, rel=1e-12)
    assert usual["ets_allowance"].notes == (CONVENTIONAL,)
    assert gangue["ets_allowance"].value == pytest.approx(W_G * 0.8244, rel=1e-12)
    assert gangue["ets_allowance"].notes == ()
    spare = indicators(fuels=[fuel(), {**waste, "id": "备", "amount": "无"}, COAL_PLANT["fuels"][1]])
    other = {**COAL_UNIT, "id": "2"}
    apart = indicators(
        units=[COAL_UNIT, other], fuels=[fuel(units="1"), {**waste, "id": "矸", "units": "2"}, COAL_PLANT["fuels"][1]]
    )
    assert spare["ets_allowance"].value == usual["ets_allowance"].value
    assert apart["ets_allowance"].value == pytest.approx(W_G * (0.7910 + 0.8244), rel=1e-12)


def test_cement_without_clinker_has_its_figure_a_tonne() -> None:
    mill = {**CEMENT_LINE["units"][0], "kind": "水泥粉磨"}
    data = altered(CEMENT_LINE, units=[mill], products=[CEMENT_LINE["products"][1]], fuels=[], materials=[])
    blocks = counted(data)
    shown = {one.id: one for one in indicators_of(blocks, load_register(), as_of=AS_OF)}
    assert shown["per_product.水泥"].value == pytest.approx(blocks.design_year()[0] / 1_200_000, rel=1e-12)


def test_capture_after_the_design_year_is_not_in_the_direct_emission_of_steel() -> None:
    capture = {"id": "C", "rate": "90 %", "share": "50 %", "destination": "永久封存", "site": "某盆地"}
    capture |= {"electricity": "0.25 MWh/t", "transport": "无", "leak": "无"}
    direct = []
    for start in ("2027-01-01", "2035-01-01"):
        blocks = counted(altered(STEEL_WORKS, captures=[{**capture, "start": start}]))
        shown = {one.id: one.value or 0 for one in indicators_of(blocks, load_register(), as_of=AS_OF)}
        direct.append(shown["works_direct"])
    without_capture = indicators_of(counted(STEEL_WORKS), load_register(), as_of=AS_OF)
    assert direct[0] < direct[1] == {one.id: one.value for one in without_capture}["works_direct"]


def test_what_a_plant_sells_is_passed_on_once() -> None:
    sold = {"id": "上网", "kind": "sold_electricity", "amount": "4800000 MWh"}
    steam = {"id": "供汽", "kind": "sold_heat", "amount": "2000000 GJ"}
    unit = {**COAL_UNIT, "heat_supplied": "2000000 GJ", "heat_produced": "20000000 GJ"}
    silent = plain(units=[unit])
    twice = plain(units=[unit], energy=[*COAL_PLANT["energy"], sold, steam])
    boiler = plain(energy=[*COAL_PLANT["energy"], steam])  # no unit supplies heat: the row is all that tells it
    use = EnergyUse(counted(silent, twice, plain(), boiler).books).total(equivalent=False)
    assert use[1] == use[0] > 0
    assert use[3] == pytest.approx(use[2] - 2_000_000 * 0.03412, rel=1e-9)
    told = {one.id: one for one in indicators_of(counted(twice), load_register(), as_of=AS_OF)}
    assert told["annual_energy_tce"].value == pytest.approx(use[0], rel=1e-12)


def test_a_captive_plant_feeds_its_own_works() -> None:
    captive = {**COAL_UNIT, "id": "自备", "kind": "自备燃煤机组", "capacity": "100 MW"}
    alone = EnergyUse(counted(STEEL_WORKS).books).total(equivalent=False)[0]
    both = counted(altered(STEEL_WORKS, units=[*STEEL_WORKS["units"], captive]))
    assert EnergyUse(both.books).total(equivalent=False)[0] == alone
    assert "supply_intensity" not in {one.id for one in indicators_of(both, load_register(), as_of=AS_OF)}


def test_allowance_of_steel_rests_on_a_stated_balance_value() -> None:
    assert "ets_allowance" not in {one.id for one in indicators_of(counted(STEEL_WORKS), load_register(), as_of=AS_OF)}
    told = counted(altered(STEEL_WORKS, project={"balance_value": "2.6 tCO2/t"}))
    shown = {one.id: one for one in indicators_of(told, load_register(), as_of=AS_OF)}
    direct = 1242506.2674666667
    deviation = (2.6 - direct / 500_000) / 2.6
    assert shown["ets_deviation"].value == pytest.approx(deviation, rel=1e-12)
    assert shown["ets_allowance"].value == pytest.approx(direct * (1 + 0.15 * deviation), rel=1e-12)


def test_an_incomplete_inventory_gives_no_performance_figure() -> None:
    shown = indicators(project={"output_value": "20 亿元"}, materials=[])
    assert shown["per_output_value"].value is None
    assert shown["per_output_value"].missing


def test_expression_of_every_indicator_ends_in_its_value() -> None:
    for one in indicators().values():
        assert one.value is not None
        printed = one.expression.rsplit(" = ", 1)[1].removesuffix(f" {one.unit}").replace(" ", "")
        assert float(printed) == pytest.approx(one.value, rel=1e-11), one.id


def test_gas_without_a_heating_value_takes_its_coefficient() -> None:
    gas = {"id": "气", "fuel": "天然气", "role": "co_firing", "amount": "100 万Nm3", "fossil_share": "1"}
    before, after = indicators(), indicators(fuels=[*COAL_PLANT["fuels"], gas])
    more = (after["annual_energy_tce"].value or 0) - (before["annual_energy_tce"].value or 0)
    assert more == pytest.approx(100 * 13.3, rel=1e-6)
