"""Magnitudes of two tables: what passes a capacity or a balance is found, with the slip that explains it."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from sample_works import Cement, Gas, Power, Steel, case_of, checked

from tanping.assessment.crosscheck.plausibility import IMPOSSIBLE, USUAL, doubts_of

RNG = random.Random(31)
PLANT, WORKS, LINE = Power(RNG, chp=True), Steel(RNG), Cement(RNG)
SCRAP = {"id": "废钢", "role": "carbon_material", "material": "废钢", "amount": f"{WORKS.crude * 0.15:.0f} t"}


def sound_works() -> dict[str, Any]:
    """Steel from 0.9 t hot metal and 0.15 t scrap, coke as rates allow."""
    data = copy.deepcopy(WORKS.data)
    data["materials"].append(SCRAP)
    data["fuels"][0]["amount"] = f"{WORKS.iron * 0.38:.0f} t"
    return data


def changed(data: dict[str, Any], table: str, id: str, **said: str) -> dict[str, Any]:
    made = copy.deepcopy(data)
    next(row for row in made[table] if row["id"] == id).update(said)
    return made


def sound_line() -> dict[str, Any]:
    """A line that buys what its mill and kiln use, 90 kWh a tonne of cement."""
    return changed(LINE.data, "energy", "外购电", amount=f"{LINE.cement * 0.090 - LINE.own:.0f} MWh")


def found(data: dict[str, Any]) -> dict[str, Any]:
    return {doubt.key: doubt for doubt in doubts_of(case_of(data))}


@pytest.mark.parametrize("data", [PLANT.data, Gas(RNG).data, sound_works(), sound_line()])
def test_sound_projects_raise_no_doubt(data):
    assert found(data) == {}


def test_more_product_than_capacity():
    doubt = found(changed(sound_line(), "products", "熟料", amount=f"{LINE.clinker * 1.1:.0f} t"))["capacity"]
    assert (doubt.value, doubt.limit) == pytest.approx((LINE.clinker * 1.1, LINE.clinker), rel=1e-6)
    assert not doubt.impossible
    assert not doubt.slip
    doubt = found(changed(sound_line(), "products", "水泥", amount=f"{LINE.cement * 1000:.0f} t"))["capacity"]
    assert "1000 倍" in doubt.slip
    assert doubt.corrected == pytest.approx(LINE.cement)


def test_more_electricity_than_a_year_has_hours():
    data = {**PLANT.data, "products": [{"id": "电", "product": "电力", "amount": f"{2000 * 9000} MWh"}]}
    doubt = found(data)["capacity"]
    assert doubt.impossible
    assert doubt.limit == 2000 * 8784
    data["products"] = [{"id": "电", "product": "电力", "amount": f"{PLANT.w_g:.0f} MWh"}]
    assert found(data) == {}


def test_more_heat_sold_than_made():
    data = changed(PLANT.data, "units", "1", heat_supplied=f"{PLANT.q_tot:.0f} GJ")
    doubt = found(data)["heat"]
    assert doubt.impossible
    assert "1" in doubt.label


def test_more_steel_than_iron_and_scrap_allow():
    data = sound_works()
    data["materials"] = [row for row in data["materials"] if row["id"] != "废钢"]
    doubt = found(data)["steel.metal_yield"]
    assert doubt.value == pytest.approx(WORKS.crude / WORKS.iron)
    assert doubt.impossible
    assert doubt.limit == 1.0


def test_hot_metal_of_the_processes_counts_and_hot_metal_nobody_tells_is_no_doubt():
    data = sound_works()
    data["products"] = [row for row in data["products"] if row["id"] != "铁水"]
    assert found(data) == {}
    flow = {"id": "铁水", "unit": "1", "direction": "out", "item": "铁水", "kind": "product"}
    data["flows"] = [{**flow, "amount": f"{WORKS.crude * 0.5:.0f} t"}]
    assert found(data)["steel.metal_yield"].impossible
    data["flows"] = [{**flow, "amount": f"{WORKS.iron:.0f} t"}]
    assert found(data) == {}


def without_mill() -> dict[str, Any]:
    """Only the kiln line, using 60 kWh a tonne of clinker."""
    data = sound_line()
    data["products"] = data["products"][:1]
    data["energy"] = [{"id": "外购电", "kind": "purchased_electricity", "amount": f"{LINE.clinker * 0.060:.0f} MWh"}]
    return data


def test_values_and_limits_by_hand():
    assert found(without_mill()) == {}
    doubt = found(changed(without_mill(), "energy", "外购电", amount=f"{LINE.clinker * 0.080:.0f} MWh"))
    assert doubt["cement.electricity.clinker"].value == pytest.approx(80, rel=1e-3)
    assert doubt["cement.electricity.clinker"].limit == 75
    data = changed(sound_line(), "energy", "外购电", amount=f"{LINE.cement * 0.130 - LINE.own:.0f} MWh")
    assert found(data)["cement.electricity.cement"].value == pytest.approx(130, rel=1e-3)
    dusty = sound_line()
    dusty["materials"].append(
        {
            "id": "尘",
            "units": "1",
            "role": "kiln_dust",
            "material": "窑头粉尘",
            "amount": f"{LINE.clinker * 0.05:.0f} t",
        }
    )
    assert found(dusty)["cement.kiln_dust_share"].value == pytest.approx(5, rel=1e-3)
    coke = changed(sound_works(), "fuels", "焦炭", amount=f"{WORKS.iron * 0.6:.0f} t")
    assert found(coke)["steel.coke_rate"].value == pytest.approx(600, rel=1e-3)
    assert found(coke)["steel.coke_rate"].limit == 450
    low = changed(sound_works(), "fuels", "焦炭", amount=f"{WORKS.iron * 0.2:.0f} t")
    assert found(low)["steel.coke_rate"].limit == 280


def test_fuel_rate_and_electrodes():
    coal = {"id": "煤", "fuel": "无烟煤", "role": "reductant", "ncv": "28 GJ/t", "carbon_per_heat": "0.0262 tC/GJ"}
    data = sound_works()
    data["fuels"].append({**coal, "amount": f"{WORKS.iron * 0.15:.0f} t"})
    assert found(data) == {}
    data["fuels"][-1]["amount"] = f"{WORKS.iron * 0.30:.0f} t"
    assert found(data)["steel.fuel_rate"].value == pytest.approx(680, rel=1e-3)
    data["units"].append({**data["units"][0], "id": "3", "kind": "烧结"})
    assert "steel.fuel_rate" not in found(data)
    arc = sound_works()
    arc["units"][1]["kind"] = "电弧炉炼钢"
    use = WORKS.electrode * 1000 / WORKS.crude
    assert found(arc)["steel.electrode_use"].value == pytest.approx(use)
    assert found(arc)["steel.electrode_use"].limit == 0.8


def test_no_blast_furnace_no_coke_rate():
    data = changed(sound_works(), "fuels", "焦炭", amount=f"{WORKS.iron * 0.9:.0f} t")
    data["units"][0]["kind"] = "烧结"
    assert "steel.coke_rate" not in found(data)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (lambda: changed(sound_works(), "fuels", "焦炭", amount=f"{WORKS.iron * 0.9:.0f} t"), "steel.coke_rate"),
        (lambda: changed(LINE.data, "materials", "生料", amount=f"{LINE.clinker:.0f} t"), "cement.raw_meal_ratio"),
        (lambda: changed(LINE.data, "energy", "余热电", amount="200000 MWh"), "cement.waste_heat_power"),
        (lambda: changed(LINE.data, "energy", "外购电", amount="900000 MWh"), "cement.electricity.cement"),
        (
            lambda: {
                **LINE.data,
                "project": {**LINE.data["project"], "output_value": "5 亿元", "value_added": "6 亿元"},
            },
            "performance.value_added_ratio",
        ),
    ],
)
def test_odd_specific_uses(data: Callable[[], dict[str, Any]], key):
    doubt = found(data())[key]
    assert doubt.value != doubt.limit
    assert "常见范围" in doubt.why


def test_a_lost_unit_is_named():
    doubt = found(changed(LINE.data, "energy", "余热电", amount=f"{LINE.own * 10} MWh"))["cement.waste_heat_power"]
    assert "10 倍" in doubt.slip
    assert doubt.corrected == pytest.approx(LINE.own * 1000 / LINE.clinker, rel=1e-3)


def test_doubts_stand_among_the_comparisons():
    rows = {
        row.figure: row
        for row in checked(changed(sound_line(), "products", "熟料", amount=f"{LINE.clinker * 1.1:.0f} t"))
    }
    row = rows["plausibility.capacity"]
    assert (row.kind, row.verdict) == ("physics", USUAL)
    assert row.difference == pytest.approx(0.1, abs=1e-3)
    data = {**PLANT.data, "products": [{"id": "电", "product": "电力", "amount": "100000000 MWh"}]}
    assert next(row for row in checked(data) if row.figure == "plausibility.capacity").verdict == IMPOSSIBLE


def test_what_is_unknown_raises_no_doubt():
    assert found(changed(sound_line(), "products", "熟料", amount="不清楚")) == {}
    assert found(changed(PLANT.data, "units", "1", heat_produced="不清楚")) == {}


@pytest.mark.parametrize(
    ("table", "column", "said", "words"),
    [
        ("fuels", "carbon_per_heat", "26 tC/GJ", "kgC/GJ"),
        ("fuels", "ncv", "5000 GJ/t", "kcal/kg"),
        ("fuels", "ncv", "21000 GJ/t", "kJ/kg"),
    ],
)
def test_slips_of_single_inputs_are_told_by_the_inventory(table, column, said, words):
    data = changed(Power(RNG).data, table, "煤", **{column: said})
    assert any(words in line for line in case_of(data).inventory.warnings)


def test_steel_by_hand() -> None:
    data = sound_works()
    data["units"].append({**data["units"][1], "id": "3", "kind": "电弧炉炼钢"})
    data["products"] = [
        {"id": "铁水", "product": "铁水", "amount": "900000 t", "sold": "100000 t"},
        {"id": "粗钢", "product": "粗钢", "amount": "1000000 t"},
        {"id": "铁二", "product": "直接还原铁", "amount": "30000 t"},
    ]
    data["fuels"] = [
        {"id": "焦炭", "fuel": "焦炭", "role": "main", "amount": "450000 t"},
        {"id": "煤", "fuel": "无烟煤", "role": "reductant", "amount": "270000 t", "ncv": "28 GJ/t"},
        {"id": "售", "fuel": "焦炭", "role": "sold", "amount": "99000 t"},
    ]
    data["materials"] = [
        {"id": "废", "role": "carbon_material", "material": "废钢", "amount": "40000 t"},
        {"id": "生", "role": "carbon_material", "material": "生铁", "amount": "20000 t"},
        {"id": "海", "role": "carbon_material", "material": "海绵铁", "amount": "10000 t"},
        {"id": "固", "role": "fixed_carbon", "material": "生铁", "amount": "500000 t"},
        {"id": "电极", "role": "electrode", "material": "石墨电极", "amount": "5000 t"},
    ]
    data["units"] = [{**unit, "output_capacity": "9000000 t"} for unit in data["units"]]
    # Metal: 900 − 100 + 40 + 20 + 10 + 30 thousand tonnes.
    assert {key: one.value for key, one in found(data).items()} == pytest.approx(
        {
            "steel.metal_yield": 1000 / 900,
            "steel.electrode_use": 5.0,
            "steel.coke_rate": 500.0,
            "steel.fuel_rate": 800.0,
        }
    )
    for name in ("焦化", "烧结"):
        more = copy.deepcopy(data)
        more["units"].append({**data["units"][0], "id": "9", "kind": name})
        assert "steel.fuel_rate" not in found(more), name
    for row in ("焦炭", "煤"):
        less = changed(data, "fuels", row, amount="无")
        assert "steel.fuel_rate" not in found(less), row
    less = changed(data, "units", "3", kind="转炉炼钢")
    assert "steel.electrode_use" not in found(less)
    less = changed(data, "materials", "电极", amount="无")
    assert "steel.electrode_use" not in found(less)


def test_cement_by_hand() -> None:
    data = sound_line()
    data["units"] = [{**unit, "output_capacity": "9000000 t"} for unit in data["units"]]
    data["products"] = [{**data["products"][0], "amount": "1000000 t"}, {**data["products"][1], "amount": "1500000 t"}]
    data["materials"] = [
        {"id": "生料", "units": "1", "role": "raw_meal", "material": "生料", "amount": "2000000 t"},
        {"id": "尘", "units": "1", "role": "kiln_dust", "material": "窑头粉尘", "amount": "90000 t"},
    ]
    data["energy"] = [
        {"id": "买", "kind": "purchased_electricity", "amount": "200000 MWh"},
        {"id": "余", "kind": "own_electricity", "amount": "70000 MWh"},
    ]
    assert {key: one.value for key, one in found(data).items()} == pytest.approx(
        {
            "cement.raw_meal_ratio": 2.0,
            "cement.kiln_dust_share": 9.0,
            "cement.waste_heat_power": 70.0,
            "cement.electricity.cement": 180.0,
        }
    )
    kiln = {**data, "products": data["products"][:1]}
    assert found(kiln)["cement.electricity.clinker"].value == pytest.approx(270.0)
    mill = {**data, "products": data["products"][1:]}
    assert found(mill) == {}
    bare = {**data, "materials": [], "energy": [{**data["energy"][0], "amount": "无"}]}
    assert found(bare) == {}
    unknown = {**data, "products": [data["products"][0], {**data["products"][1], "amount": "不清楚"}]}
    assert not any(key.startswith("cement.electricity") for key in found(unknown))


@pytest.mark.parametrize(
    ("amount", "slip", "corrected"),
    [
        (1.5, "", None),
        (1000.0, "大 1000 倍（千克与吨、kWh 与 MWh）", 1.0),
        (300.1, "大 1000 倍（千克与吨、kWh 与 MWh）", 0.3001),
        (299.9, "", None),
        (10_000.0, "大 1 万倍（多写了“万”）", 1.0),
        (10.0, "大 10 倍（万kWh 与 MWh）", 1.0),
    ],
)
def test_the_slip_behind_a_capacity_passed(amount: float, slip: str, corrected: float | None) -> None:
    data = sound_line()
    data["units"][0]["output_capacity"] = "1000000 t"
    doubt = found(changed(data, "products", "熟料", amount=f"{amount * 1e6:.0f} t"))["capacity"]
    assert (doubt.value, doubt.limit, doubt.unit, doubt.slip) == (pytest.approx(amount * 1e6), 1e6, "t", slip)
    assert doubt.corrected == (None if corrected is None else pytest.approx(corrected * 1e6))


def test_exactly_the_capacity_is_no_doubt() -> None:
    data = sound_line()
    data["units"][0]["output_capacity"] = "1000000 t"
    assert "capacity" not in found(changed(data, "products", "熟料", amount="1000000 t"))
    assert "capacity" in found(changed(data, "products", "熟料", amount="1000001 t"))
    power = {**PLANT.data, "products": [{"id": "电", "product": "电力", "amount": f"{2000 * 8784} MWh"}]}
    assert found(power) == {}
    power["products"][0]["amount"] = f"{2000 * 8784 + 10} MWh"
    assert found(power)["capacity"].unit == "MWh"
    assert found(changed(PLANT.data, "units", "1", heat_supplied="100 GJ", heat_produced="100 GJ")) == {}
    assert found(changed(PLANT.data, "units", "1", heat_supplied="101 GJ", heat_produced="100 GJ"))["heat"].limit == 100


def test_metal_nobody_says_was_sold_was_not() -> None:
    data = sound_works()
    data["products"] = [
        {"id": "铁水", "product": "铁水", "amount": "20 t"},
        {"id": "粗钢", "product": "粗钢", "amount": "30 t"},
    ]
    data["materials"] = []
    assert found(data)["steel.metal_yield"].value == 1.5
