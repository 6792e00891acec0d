"""The inventory of a coal plant: what is counted, what is refused, what an absent figure does."""

import math
import random
import warnings
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.names import names_of
from tanping.assessment.accounting.shelf import NO_PROVINCE
from tanping.assessment.result import Source
from tanping.factors.register import load_register

from .projects import COAL_PLANT, COAL_UNIT, STEEL_WORKS, altered, counted, fuel, plain, without

COAL = 1_000_000 * 20.0 * 0.0265 * 0.99 * 44 / 12
OIL = 100 * 42.652 * 0.0202 * 0.98 * 44 / 12
LIMESTONE = 20_000 * 0.90 * 0.440
POWER = 100_000 * 0.5827
BASE = plain()


def sources(data: dict[str, Any], **options: Any) -> dict[str, Source]:
    return {source.id: source for source in counted(data, **options).inventory(0).sources}


def test_every_source_and_their_sum() -> None:
    inventory = counted(BASE).inventory(0)
    design = {source.id: source.design_year for source in inventory.sources}
    expected = {"fuels.煤": COAL, "fuels.油": OIL, "materials.石灰石": LIMESTONE, "energy.外购电": POWER}
    assert design == pytest.approx(expected, rel=1e-12)
    assert inventory.complete
    assert inventory.missing == ()
    assert inventory.design_year_total == math.fsum(design.values())
    assert inventory.known_design_year == inventory.design_year_total
    assert counted(BASE).design_year()[0] == inventory.design_year_total


def test_a_source_shows_its_working() -> None:
    coal = sources(BASE)["fuels.煤"]
    assert coal.expression == "1 000 000 t × 20.0 GJ/t × 0.0265 tC/GJ × 0.99 × 44/12 = 1 923 900 tCO2"
    assert [one.symbol for one in coal.inputs] == ["FC", "NCV", "CC", "OF"]
    assert [one.text for one in coal.inputs][:3] == ["1000000 t", "20.0 GJ/t", "0.0265 tC/GJ"]
    assert [one.origin for one in coal.inputs] == ["declared", "declared", "declared", "factor"]
    (oxidation,) = coal.factors
    assert oxidation.value == 0.99
    assert oxidation.key == coal.inputs[3].factor
    assert "发电设施" in oxidation.document


def test_amount_as_typed_and_page_are_kept() -> None:
    stated = {"value": "100 万吨", "document": "环评报告", "page": "312", "note": "假设：试"}
    coal = sources(plain(fuels=[fuel(amount=stated), COAL_PLANT["fuels"][1]]))["fuels.煤"]
    first = coal.inputs[0]
    assert (first.text, first.document, first.page, first.origin) == ("100 万吨", "环评报告", "312", "assumed")
    assert coal.expression.startswith("1 000 000 t × ")
    assert coal.design_year == pytest.approx(COAL, rel=1e-12)


def test_verified_value_goes_before_the_declared_one() -> None:
    stated = {"value": "100 万吨", "verified": "90 万吨", "check": "已核实", "verified_by": "核查组"}
    coal = sources(plain(fuels=[fuel(amount=stated), COAL_PLANT["fuels"][1]]))["fuels.煤"]
    assert coal.inputs[0].origin == "verified"
    assert coal.design_year == pytest.approx(COAL * 0.9, rel=1e-12)


@pytest.mark.parametrize("column", ["amount", "ncv"])
def test_coal_without_amount_or_heat_value_stops(column: str) -> None:
    data = plain(fuels=[without(fuel(), column), COAL_PLANT["fuels"][1]])
    inventory = counted(data).inventory(0)
    coal = next(source for source in inventory.sources if source.id == "fuels.煤")
    assert coal.design_year is None
    assert coal.annual is None
    assert coal.total is None
    assert len(coal.missing) == 1
    assert "煤" in coal.missing[0]
    assert coal.missing[0] in inventory.missing
    assert not inventory.complete
    assert inventory.design_year_total is None
    assert inventory.lifetime_total is None
    assert inventory.known_design_year == pytest.approx(OIL + LIMESTONE + POWER, rel=1e-12)
    assert math.isnan(counted(data).design_year()[0])


def test_default_carbon_is_taken_from_the_register_with_the_warning() -> None:
    blocks = counted(plain(fuels=[without(fuel(), "carbon_per_heat"), COAL_PLANT["fuels"][1]]))
    inventory = blocks.inventory(0)
    coal = inventory.sources[0]
    assert coal.design_year == pytest.approx(1_000_000 * 20.0 * 0.03085 * 0.99 * 44 / 12, rel=1e-12)
    assert any("缺省含碳量" in line for line in inventory.warnings)
    none = plain(fuels=[fuel(), {**without(fuel(id="备"), "carbon_per_heat"), "amount": "无"}, COAL_PLANT["fuels"][1]])
    steel = altered(STEEL_WORKS, fuels=[{"id": "煤", "fuel": "无烟煤", "role": "reductant", "amount": "1000 t"}])
    for silent in (none, steel):  # nothing burnt; a table that is no penalty value
        assert not any("缺省含碳量" in line for line in counted(silent).inventory(0).warnings)


def test_measured_carbon_and_air_dry_carbon() -> None:
    measured = sources(plain(fuels=[fuel(carbon_as_received="53 %"), COAL_PLANT["fuels"][1]]))["fuels.煤"]
    assert measured.formula == "PW-1"
    assert measured.design_year == pytest.approx(1_000_000 * 0.53 * 0.99 * 44 / 12, rel=1e-12)
    assert "53%" in measured.expression
    dry = fuel(carbon_air_dry="55 %", moisture_total="8 %", moisture_air_dry="2 %")
    converted = sources(plain(fuels=[dry, COAL_PLANT["fuels"][1]]))["fuels.煤"]
    assert converted.formula == "PW-1"
    assert converted.design_year == pytest.approx(1_000_000 * 0.5163265306122449 * 0.99 * 44 / 12, rel=1e-12)
    assert "(100 − 8 %) ÷ (100 − 2 %)" in converted.expression


def test_no_method_no_figure() -> None:
    data = plain()
    data["project"] = without(data["project"], "method")
    inventory = counted(data).inventory(0)
    assert inventory.design_year_total is None
    assert inventory.missing[0].startswith("核算依据")
    assert next(source for source in inventory.sources if source.id == "fuels.煤").design_year is None


def test_method_decides_the_oxidation() -> None:
    older = sources(plain(project={"method": "guide-2013"}))["fuels.煤"]
    assert older.design_year == pytest.approx(COAL / 0.99 * 0.98, rel=1e-12)


@pytest.mark.parametrize("table", ["materials", "energy", "fuels"])
def test_a_row_nobody_wrote_is_missing_and_not_zero(table: str) -> None:
    rows = [] if table != "fuels" else [COAL_PLANT["fuels"][0]]
    inventory = counted(plain(**{table: rows})).inventory(0)
    assert not inventory.complete
    assert inventory.design_year_total is None
    assert any("未填报" in line for line in inventory.missing)
    assert math.isnan(counted(plain(**{table: rows})).design_year()[0])


def test_none_is_a_statement() -> None:
    rows = [COAL_PLANT["fuels"][0], {"id": "油", "role": "start_up", "amount": "无"}]
    inventory = counted(plain(fuels=rows)).inventory(0)
    oil = next(source for source in inventory.sources if source.id == "fuels.油")
    assert oil.design_year == 0.0
    assert oil.missing == ()
    assert inventory.complete
    assert inventory.design_year_total == pytest.approx(COAL + LIMESTONE + POWER, rel=1e-12)


def test_check_coal_is_shown_and_never_added() -> None:
    rows = [*COAL_PLANT["fuels"], fuel(id="校核煤", role="check", ncv="19.0 GJ/t")]
    inventory = counted(plain(fuels=rows)).inventory(0)
    check = next(source for source in inventory.sources if source.id == "fuels.校核煤")
    assert check.memo
    assert check.design_year == pytest.approx(COAL * 0.95, rel=1e-12)
    assert inventory.design_year_total == pytest.approx(COAL + OIL + LIMESTONE + POWER, rel=1e-12)


def test_co_firing_needs_its_fossil_share() -> None:
    sludge = fuel(id="污泥", fuel="污泥", role="co_firing", amount="10000 t", ncv="5 GJ/t", oxidation="0.98")
    stopped = counted(plain(fuels=[*COAL_PLANT["fuels"], sludge])).inventory(0)
    assert any("非生物质碳比例" in line for line in stopped.missing)
    parted = counted(plain(fuels=[*COAL_PLANT["fuels"], {**sludge, "fossil_share": "0.3"}])).inventory(0)
    every = 10_000 * 5 * 0.0265 * 0.98 * 44 / 12
    shown = {source.id: source for source in parted.sources}
    assert shown["fuels.污泥"].design_year == pytest.approx(every * 0.3, rel=1e-12)
    assert shown["fuels.污泥.biogenic"].design_year == pytest.approx(every * 0.7, rel=1e-12)
    assert shown["fuels.污泥.biogenic"].memo
    assert parted.design_year_total == pytest.approx(COAL + OIL + LIMESTONE + POWER + every * 0.3, rel=1e-12)


def test_quantity_in_tonnes_with_heat_value_of_a_gas_is_a_question() -> None:
    rows = [fuel(ncv="389.31 GJ/1e4Nm3"), COAL_PLANT["fuels"][1]]
    inventory = counted(plain(fuels=rows)).inventory(0)
    assert any("计量单位不一致" in line for line in inventory.missing)


def test_grid_factor_is_never_younger_than_the_legal_date() -> None:
    def factor(day: date) -> float:
        data = plain(fuels=[fuel(oxidation="0.99"), {"id": "油", "role": "start_up", "amount": "无"}])
        return next(
            source for source in counted(data, as_of=day).inventory(0).sources if source.category == "electricity"
        )

    assert factor(date(2025, 12, 30)).design_year == pytest.approx(100_000 * 0.5978)
    assert factor(date(2025, 12, 31)).design_year == pytest.approx(100_000 * 0.5827)
    assert factor(date(2020, 12, 10)).design_year == pytest.approx(100_000 * 0.6101)


def test_a_province_without_value_is_refused() -> None:
    inventory = counted(plain(site={"province": "西藏", "city": "拉萨", "county": "城关区"})).inventory(0)
    bought = next(source for source in inventory.sources if source.category == "electricity")
    assert bought.design_year is None
    assert any("西藏" in line for line in bought.missing)


def test_supplier_factor_and_certificate() -> None:
    row = {
        "id": "绿电",
        "kind": "purchased_electricity",
        "amount": "1000 MWh",
        "factor": "0.5 tCO2/MWh",
        "certificate": "GEC-1",
    }
    shown = sources(plain(energy=[row]))
    assert shown["energy.绿电"].design_year == pytest.approx(500)
    assert shown["energy.绿电.market"].design_year == 0.0
    assert shown["energy.绿电.market"].memo


def test_power_sold_by_a_plant_is_a_product() -> None:
    rows = [*COAL_PLANT["energy"], {"id": "上网", "kind": "sold_electricity", "amount": "4800000 MWh"}]
    assert counted(plain(energy=rows)).inventory(0).design_year_total == counted(BASE).inventory(0).design_year_total


def test_electricity_in_gigajoules_is_a_question() -> None:
    inventory = counted(plain(energy=[{"id": "电", "kind": "purchased_electricity", "amount": "5 GJ"}])).inventory(0)
    assert any("电量应以 MWh" in line for line in inventory.missing)


def test_purchased_heat_takes_the_default_in_force() -> None:
    rows = [*COAL_PLANT["energy"], {"id": "汽", "kind": "purchased_heat", "amount": "50 万GJ"}]
    heat = sources(plain(energy=rows))["energy.汽"]
    assert heat.expression == "500 000 GJ × 0.11 tCO2/GJ = 55 000 tCO2"
    assert heat.factors[0].document == "GB/T 32150-2025"
    measured = [*COAL_PLANT["energy"], {**rows[1], "factor": "85 kgCO2/GJ"}]
    assert sources(plain(energy=measured))["energy.汽"].design_year == pytest.approx(42_500)
    crossed = [*COAL_PLANT["energy"], {**rows[1], "factor": "0.3 tCO2/MWh"}]
    assert sources(plain(energy=crossed))["energy.汽"].design_year is None


def test_existing_units_stay_out_of_the_project() -> None:
    units = [COAL_UNIT, {**COAL_UNIT, "id": "0", "nature": "现有"}]
    rows = [fuel(units="1"), fuel(id="老煤", units="0"), COAL_PLANT["fuels"][1]]
    blocks = counted(plain(units=units, fuels=rows))
    assert {source.id for source in blocks.inventory(0).sources if source.category == "fuel"} == {
        "fuels.煤",
        "fuels.油",
    }
    assert math.fsum(float(block.design.sum()) for block in blocks.existing) == pytest.approx(COAL, rel=1e-12)


def test_urea_counts_and_ammonia_does_not() -> None:
    urea = {"id": "尿素", "role": "denitrification", "material": "尿素", "amount": "300 t"}
    ammonia = {"id": "氨水", "role": "denitrification", "material": "氨水", "amount": "300 t"}
    shown = sources(plain(materials=[*COAL_PLANT["materials"], urea, ammonia]))
    assert shown["materials.尿素"].design_year == pytest.approx(220)
    assert "materials.氨水" not in shown


def test_order_of_rows_changes_nothing() -> None:
    rows = [fuel(id=f"煤{at}", amount=f"{1000 + 337 * at} t", ncv=f"{18 + at / 7:.3f} GJ/t") for at in range(9)]
    rows.append(COAL_PLANT["fuels"][1])
    expected = counted(plain(fuels=rows)).inventory(0).design_year_total
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        assert counted(plain(fuels=rows)).inventory(0).design_year_total == expected
        assert counted(plain(fuels=rows)).design_year()[0] == expected


@pytest.mark.parametrize("text", ["100 万吨", "1000000 t", "1e9 kg", "1,000,000 t", "1 Mt"])
def test_unit_of_the_amount_changes_nothing(text: str) -> None:
    assert (
        sources(plain(fuels=[fuel(amount=text), COAL_PLANT["fuels"][1]]))["fuels.煤"].design_year
        == sources(BASE)["fuels.煤"].design_year
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**7), st.integers(2, 50))
def test_linear_in_activity(amount: int, times: int) -> None:
    one = sources(plain(fuels=[fuel(amount=f"{amount} t"), COAL_PLANT["fuels"][1]]))["fuels.煤"].design_year
    many = sources(plain(fuels=[fuel(amount=f"{amount * times} t"), COAL_PLANT["fuels"][1]]))["fuels.煤"].design_year
    assert one is not None
    assert many == pytest.approx(one * times, rel=1e-12)


def test_a_table_of_projects_gives_what_each_gives_alone() -> None:
    several = [
        BASE,
        plain(site={"province": "广东", "city": "广州", "county": "增城区"}),
        plain(
            project={"method": "guide-2013"}, units=[COAL_UNIT, {**COAL_UNIT, "id": "2", "commissioned": "2028-07-01"}]
        ),
        plain(materials=[]),
        plain(fuels=[fuel(amount="123456 t"), COAL_PLANT["fuels"][1]]),
    ]
    together = counted(*several)
    years = np.arange(2025, 2062)
    annual = np.concatenate([chunk for _, chunk in together.yearly(years)])
    for at, one in enumerate(several):
        alone = counted(one).inventory(0)
        total = together.design_year()[at]
        assert (math.isnan(total) and alone.design_year_total is None) or total == alone.design_year_total
        assert together.inventory(at) == alone
        operating = {year.year: year.total for year in alone.annual}
        for column, year in enumerate(years):
            assert annual[at, column] == pytest.approx(operating.get(int(year), 0.0), rel=1e-12)


def test_figures_for_the_rules() -> None:
    facts = computed_facts(counted(BASE, plain(materials=[]), plain(fuels=[])))
    assert facts["ghg_emission_tco2e"].values[0] == pytest.approx(COAL + OIL + LIMESTONE + POWER, rel=1e-12)
    assert np.isnan(facts["ghg_emission_tco2e"].values[1:]).all()
    assert facts["annual_coal_t"].values[0] == 1_000_000
    assert math.isnan(facts["annual_coal_t"].values[2])
    taken = 1_000_000 * 20 / 29.3076 + 100 * 1.4571 + 100_000 * 0.1229
    passed = 1000 * 5000 * 0.96 * 0.1229
    assert facts["annual_energy_tce"].values[0] == pytest.approx(taken - passed, rel=1e-12)
    assert facts["annual_energy_tce_higher_of_two"].values[0] == pytest.approx(taken - passed, rel=1e-12)
    assert facts["annual_coal_t"].claimed is not False


def test_coal_of_an_unnamed_fuel_is_unknown() -> None:
    facts = computed_facts(counted(plain(fuels=[without(fuel(), "fuel"), COAL_PLANT["fuels"][1]])))
    assert math.isnan(facts["annual_coal_t"].values[0])


def test_a_name_the_register_does_not_know_is_a_question() -> None:
    rows = [COAL_PLANT["fuels"][0], {"id": "油", "fuel": "轻质柴油", "role": "start_up", "amount": "5 t"}]
    inventory = counted(plain(fuels=rows)).inventory(0)
    assert any("“轻质柴油”" in line and "您是否想写 柴油" in line for line in inventory.missing)


@pytest.mark.parametrize(
    ("word", "plain_word"), [("0#柴油", "柴油"), ("０＃柴油", "柴油"), ("lng", "液化天然气"), ("ＬＮＧ", "液化天然气")]
)
def test_one_thing_has_several_names(word: str, plain_word: str) -> None:
    names = names_of(load_register(), ("fuel.",))
    assert names.item(word) == names.item(plain_word) is not None


@pytest.mark.parametrize(
    ("table", "row", "what"),
    [
        ("materials", {"id": "x", "role": "不清楚", "material": "石灰石", "amount": "5 t"}, "用途未填"),
        ("materials", {"id": "x", "role": "denitrification", "amount": "5 t"}, "物料名称未填"),
        ("energy", {"id": "x", "kind": "不清楚", "amount": "5 MWh"}, "类别未填"),
    ],
)
def test_an_amount_of_unknown_use_does_not_vanish(table: str, row: dict[str, Any], what: str) -> None:
    made = counted(plain(**{table: [*COAL_PLANT[table], row]})).inventory(0)
    assert made.design_year_total is None
    assert any(what in line for line in made.missing)
    nothing = counted(plain(**{table: [*COAL_PLANT[table], {**row, "amount": "无"}]})).inventory(0)
    assert nothing.complete


def test_a_fuel_of_unknown_use_is_counted() -> None:
    rows = [*COAL_PLANT["fuels"], fuel(id="x", role="不清楚", amount="1000 t")]
    assert counted(plain(fuels=rows)).inventory(0).design_year_total == pytest.approx(
        COAL + OIL + LIMESTONE + POWER + 1923.9, rel=1e-12
    )


def test_the_grid_of_no_province_is_no_grid() -> None:
    nowhere = counted(plain(site={"province": "", "city": "", "county": ""})).inventory(0)
    assert nowhere.design_year_total is None
    assert any(NO_PROVINCE in line for line in nowhere.missing)
    measured = [{**COAL_PLANT["energy"][0], "factor": "0.5 tCO2/MWh", "override_reason": "供方实测"}]
    told = counted(plain(site={"province": "", "city": "", "county": ""}, energy=measured)).inventory(0)
    assert told.design_year_total is not None


def test_equivalents_in_a_lifetime_are_told_apart() -> None:
    rows = [{"id": "混凝土", "kind": "material", "item": "C30混凝土", "amount": "1000 m3", "distance": "40 km"}]
    made = counted(plain(construction=rows)).inventory(0)
    carried = 1000 * 2.4 * 40 * 0.129 / 1000
    assert made.lifetime_co2e == pytest.approx(1000 * 0.295 + carried + 0.1 * carried, rel=1e-9)
    assert counted(plain()).inventory(0).lifetime_co2e == 0.0
    assert any("2.4 t/m³（约定）" in line for line in made.assumptions)


def test_an_untold_start_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        blocks = counted(plain(units=[without(COAL_UNIT, "commissioned")]))
        blocks.design_year()
        assert np.isnan(blocks._last_commissioned[0])


@pytest.mark.parametrize("agent", [{"material": "生石灰"}, {"material": "氨水"}, {}])
def test_limestone_defaults_do_not_stand_in_for_another_agent(agent: dict[str, str]) -> None:
    row = {"id": "脱硫剂", "role": "desulphurisation", "amount": "20000 t", **agent}
    made = counted(plain(materials=[row])).inventory(0)
    assert made.design_year_total is None
    assert any("只适用于石灰石" in line for line in made.missing)
    told = {**row, "carbonate_content": "0.5", "conversion": "0.8", "factor": "0.44 tCO2/t"}
    assert sources(plain(materials=[told]))["materials.脱硫剂"].design_year == pytest.approx(3520, rel=1e-12)
    assert counted(plain(materials=[{**row, "amount": "无"}])).inventory(0).complete


@pytest.mark.parametrize("word", ["石灰石粉", "Limestone", "CaCO3"])
def test_limestone_has_its_defaults_by_any_name(word: str) -> None:
    row = {"id": "脱硫剂", "role": "desulphurisation", "material": word, "amount": "20000 t"}
    assert sources(plain(materials=[row]))["materials.脱硫剂"].design_year == pytest.approx(LIMESTONE, rel=1e-12)
