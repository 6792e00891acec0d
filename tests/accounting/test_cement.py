"""Cement: clinker by factor and by oxides, the floor of a line, raw-meal carbon, per clinker and per cement."""

import math
from typing import Any

import pytest

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.performance import indicators_of
from tanping.assessment.result import Indicator, Source
from tanping.factors.register import load_register

from .projects import AS_OF, CEMENT_LINE, altered, counted, without

FUEL = 150_000 * 23 * 0.0262 * 0.98 * 44 / 12
OXIDES = {"cao": "65 %", "cao_noncarbonate": "0.5 %", "mgo": "1.5 %", "mgo_noncarbonate": "0.2 %"}
DUST = [
    {"id": "窑尘", "role": "kiln_dust", "material": "窑头粉尘", "amount": "20000 t"},
    {"id": "旁路", "role": "kiln_dust", "material": "旁路放风粉尘", "amount": "5000 t"},
]
RAW_MEAL = {"id": "生料", "role": "raw_meal", "material": "生料", "amount": "1500000 t"}


def sources(**changes: Any) -> dict[str, Source]:
    return {source.id: source for source in counted(altered(CEMENT_LINE, **changes)).inventory(0).sources}


def indicators(**changes: Any) -> dict[str, Indicator]:
    blocks = counted(altered(CEMENT_LINE, **changes))
    return {one.id: one for one in indicators_of(blocks, load_register(), as_of=AS_OF)}


def by_oxides(**changes: Any) -> dict[str, Any]:
    clinker = {**CEMENT_LINE["products"][0], **OXIDES}
    made = {
        "project": {"method": "guide-2013"},
        "products": [clinker, CEMENT_LINE["products"][1]],
        "materials": [*DUST, RAW_MEAL],
    }
    return {**made, **changes}


def test_clinker_of_the_worked_example() -> None:
    line = sources()["units.K1.clinker"]
    assert line.design_year == pytest.approx(517_550, rel=1e-12)
    assert line.formula == "CM-1"
    assert {use.value for use in line.factors} == {0.535, 0.48, 0.305}


def test_floor_acts_on_each_line() -> None:
    units = [CEMENT_LINE["units"][0], {**CEMENT_LINE["units"][0], "id": "K2"}]
    products = [
        {"id": "1", "units": "K1", "product": "水泥熟料", "amount": "1000 t", "sold": "无"},
        {"id": "2", "units": "K2", "product": "水泥熟料", "amount": "1000000 t", "sold": "无"},
    ]
    slag = {"id": "渣", "units": "K1", "role": "alternative_raw", "material": "电石渣", "amount": "2000 t"}
    shown = sources(units=units, products=products, materials=[slag])
    assert shown["units.K1.clinker"].design_year == 0
    assert any("按零计" in note for note in shown["units.K1.clinker"].notes)
    assert shown["units.K2.clinker"].design_year == pytest.approx(535_000, rel=1e-12)
    assert shown["units.K2.clinker"].notes == ()


def test_material_of_no_line_is_not_deducted_silently() -> None:
    unknown = {"id": "渣", "role": "alternative_raw", "material": "没有这种渣", "amount": "2000 t"}
    shown = counted(altered(CEMENT_LINE, materials=[unknown])).inventory(0)
    assert shown.design_year_total is None
    assert any("没有这种渣" in line for line in shown.missing)


def test_none_needs_no_name() -> None:
    shown = sources(materials=[{"id": "替代原料", "role": "alternative_raw", "amount": "无"}])
    assert shown["units.K1.clinker"].design_year == pytest.approx(535_000, rel=1e-12)


def test_oxides_of_the_worked_example_with_raw_meal() -> None:
    shown = sources(**by_oxides())
    assert shown["products.熟料"].design_year == pytest.approx(534112.85714285714, rel=1e-12)
    assert shown["materials.生料"].design_year == pytest.approx(5500, rel=1e-12)


@pytest.mark.parametrize("column", list(OXIDES))
def test_every_oxide_must_be_told(column: str) -> None:
    clinker = without({**CEMENT_LINE["products"][0], **OXIDES}, column)
    shown = sources(**by_oxides(products=[clinker, CEMENT_LINE["products"][1]]))
    assert shown["products.熟料"].design_year is None
    assert len(shown["products.熟料"].missing) == 1


def test_dust_and_raw_meal_must_be_stated() -> None:
    made = counted(altered(CEMENT_LINE, **by_oxides(materials=[RAW_MEAL]))).inventory(0)
    assert made.design_year_total is None
    assert any("粉尘" in line for line in made.missing)
    made = counted(altered(CEMENT_LINE, **by_oxides(materials=DUST))).inventory(0)
    assert any("生料" in line for line in made.missing)


def test_clinker_without_a_word_on_dust_stops() -> None:
    blocks = counted(altered(CEMENT_LINE, **by_oxides(materials=[RAW_MEAL])))
    inventory = blocks.inventory(0)
    line = {source.id: source for source in inventory.sources}["products.熟料"]
    assert line.design_year is None
    assert line.missing == ("窑炉粉尘、旁路放风粉尘：未填报（没有请填“无”）",)
    assert "未知" in line.expression
    assert inventory.missing.count(line.missing[0]) == 1
    assert {one.label for one in line.inputs if one.value is None} == {"窑炉排气筒（窑头）粉尘", "旁路放风粉尘"}


def test_a_check_by_oxides_says_what_it_leaves_out() -> None:
    clinker = {**CEMENT_LINE["products"][0], **OXIDES}
    bare = sources(products=[clinker, CEMENT_LINE["products"][1]])["products.熟料.oxides"]
    assert bare.design_year == pytest.approx(521085.71428571429, rel=1e-12)  # worked example B19a: clinker only
    assert any("未填报" in note for note in bare.notes)
    materials = [*CEMENT_LINE["materials"], *DUST]
    whole = sources(products=[clinker, CEMENT_LINE["products"][1]], materials=materials)["products.熟料.oxides"]
    assert whole.design_year == pytest.approx(534112.85714285714, rel=1e-12)  # worked example B19: with dust
    assert whole.notes == ()


def test_edition_not_on_hand_is_noted() -> None:
    shown = sources(**by_oxides(project={"method": "gbt-32151"}))
    assert any("2023" in note for note in shown["products.熟料"].notes)


def test_oxides_beside_the_factor_are_a_check_and_not_added() -> None:
    clinker = {**CEMENT_LINE["products"][0], **OXIDES}
    blocks = counted(altered(CEMENT_LINE, products=[clinker, CEMENT_LINE["products"][1]]))
    shown = {source.id: source for source in blocks.inventory(0).sources}
    assert shown["products.熟料.oxides"].memo
    assert blocks.design_year()[0] == counted(CEMENT_LINE).design_year()[0]


def test_per_clinker_and_per_cement_with_the_ratio() -> None:
    shown = indicators()
    direct = (517_550 + FUEL) / 1_000_000
    assert shown["clinker_direct"].value == pytest.approx(direct, rel=1e-12)
    assert shown["clinker_process"].value == pytest.approx(0.51755, rel=1e-12)
    assert shown["clinker_heat"].value == pytest.approx(3.45, rel=1e-12)
    assert shown["clinker_ratio"].value == pytest.approx(900_000 / 1_200_000, rel=1e-12)
    rest = 30_000 * 0.1333
    assert shown["cement_intensity"].value == pytest.approx(0.75 * direct + rest / 1_200_000, rel=1e-9)
    assert [one.value for one in shown["clinker_direct"].references] == [0.8534]
    assert "仅作对照" in shown["clinker_direct"].references[0].note


def test_sold_clinker_must_be_told_for_the_ratio() -> None:
    products = [without(CEMENT_LINE["products"][0], "sold"), CEMENT_LINE["products"][1]]
    shown = indicators(products=products)
    assert shown["clinker_ratio"].value is None
    assert shown["cement_intensity"].value is None
    assert shown["clinker_direct"].value is not None


def test_alternative_fuel_with_biomass_share() -> None:
    waste = {
        "id": "RDF",
        "fuel": "RDF",
        "role": "co_firing",
        "amount": "20000 t",
        "ncv": "15 GJ/t",
        "carbon_per_heat": "0.025 tC/GJ",
        "oxidation": "1",
        "fossil_share": "0.6",
    }
    shown = sources(fuels=[*CEMENT_LINE["fuels"], waste])
    every = 20_000 * 15 * 0.025 * 44 / 12
    assert shown["fuels.RDF"].design_year == pytest.approx(every * 0.6, rel=1e-12)
    assert shown["fuels.RDF.biogenic"].memo
    untold = counted(altered(CEMENT_LINE, fuels=[*CEMENT_LINE["fuels"], without(waste, "fossil_share")]))
    assert math.isnan(untold.design_year()[0])


def energy_facts(**changes: Any) -> dict[str, float]:
    blocks = counted(altered(CEMENT_LINE, **changes))
    return {name: float(column.values[0]) for name, column in computed_facts(blocks).items()}


def test_energy_of_a_line_needs_its_own_rows() -> None:
    own = {
        "fuels": [{**CEMENT_LINE["fuels"][0], "units": "K1"}],
        "energy": [
            {"id": "电", "units": "K1", "kind": "purchased_electricity", "amount": "30000 MWh"},
            {"id": "余热", "units": "K1", "kind": "own_electricity", "amount": "28000 MWh"},
        ],
        "products": [{**CEMENT_LINE["products"][0], "units": "K1"}, CEMENT_LINE["products"][1]],
    }
    facts = energy_facts(**own)
    coal = 150_000 * 23 / 29.3076
    assert facts["clinker_coal_kgce_per_t"] == pytest.approx(coal / 1000, rel=1e-12)
    assert facts["clinker_power_kwh_per_t"] == pytest.approx(58, rel=1e-12)
    assert facts["clinker_energy_kgce_per_t"] == pytest.approx((coal + 58_000 * 0.1229) / 1000, rel=1e-12)
    warm = {
        **own,
        "energy": [*own["energy"], {"id": "汽", "units": "K1", "kind": "purchased_heat", "amount": "9000 GJ"}],
    }
    heated = energy_facts(**warm)["clinker_energy_kgce_per_t"]
    assert heated == pytest.approx((coal + 58_000 * 0.1229 + 9_000 * 0.03412) / 1000, rel=1e-12)
    for table in own:
        assert math.isnan(energy_facts(**{**own, table: CEMENT_LINE[table]})["clinker_energy_kgce_per_t"]), table


def test_the_check_stands_beside_the_2024_method_alone() -> None:
    assert not any(name.endswith(".oxides") for name in sources(**by_oxides()))
    assert not any(name.endswith(".oxides") for name in sources())


def test_dust_without_a_name_may_be_none() -> None:
    dust = [{"id": "粉尘", "role": "kiln_dust", "amount": "无"}]
    shown = sources(**by_oxides(materials=[*dust, RAW_MEAL]))
    assert shown["products.熟料"].design_year == pytest.approx(521085.71428571429, rel=1e-12)


def test_clinker_of_an_unclear_line_is_not_counted_silently() -> None:
    units = [CEMENT_LINE["units"][0], {**CEMENT_LINE["units"][0], "id": "K2"}]
    made = counted(altered(CEMENT_LINE, units=units)).inventory(0)
    assert "units.K1.clinker" not in {source.id for source in made.sources}
    assert made.design_year_total is None
    assert any("熟料" in line and "生产线" in line for line in made.missing)
    replaced = [{"id": "渣", "role": "alternative_raw", "material": "电石渣", "amount": "2000 t"}]
    named = [{**CEMENT_LINE["products"][0], "units": "K1"}, CEMENT_LINE["products"][1]]
    made = counted(altered(CEMENT_LINE, units=units, products=named, materials=replaced)).inventory(0)
    assert made.design_year_total is None
    assert any("替代原料" in line and "生产线" in line for line in made.missing)
