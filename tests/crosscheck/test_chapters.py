"""一致性核对: chapters side by side, and physics across them."""

import copy
from typing import Any

import pytest
from sample_works import Cement, Power, checked

from tanping.assessment.crosscheck import chapters as words
from tanping.assessment.crosscheck.physics import BANDS, HOLDS, QUERY
from tanping.assessment.result import CrossCheck

from .test_figures import RNG

PLANT = Power(RNG)
CEMENT = Cement(RNG)


def rows(*said: tuple[str, str, str], data: dict[str, Any] | None = None, **more: str) -> dict[str, CrossCheck]:
    table = [
        {
            "id": str(at),
            "parameter": parameter,
            "chapter": chapter,
            "value": {"value": value, "page": f"第{at}页"},
            **more,
        }
        for at, (parameter, chapter, value) in enumerate(said, start=1)
    ]
    made = checked({**(data or PLANT.data), "chapters": table})
    return {row.figure: row for row in made if row.kind != "figure"}


def coal(amount: float) -> str:
    return f"{amount / 1e4:.2f}万t/a"


def test_chapters_that_say_the_same_agree_with_the_file():
    row = rows(("coal", "eia_air", coal(PLANT.fc)), ("coal", "eia_carbon", f"约{PLANT.fc / 1e4:.0f}万吨"))[
        "chapters.coal"
    ]
    assert row.verdict == words.AGREE
    assert [side.agrees for side in row.sides] == [None, True, True]
    assert row.sides[0].chapter == words.FILE
    assert row.sides[0].value == PLANT.fc
    assert row.page == "第1页；第2页"
    assert row.kind == "chapter"


def test_a_chapter_that_differs_is_flagged_with_its_page():
    row = rows(("coal", "eia_air", coal(PLANT.fc)), ("coal", "coal_plan", coal(PLANT.fc * 0.93)))["chapters.coal"]
    assert row.verdict == words.DIFFER
    assert [side.agrees for side in row.sides] == [None, True, False]
    assert row.sides[2].page == "第2页"
    assert row.difference == pytest.approx(1 / 0.93 - 1, rel=1e-3)


def test_a_lost_ten_thousand_is_named():
    row = rows(("coal", "feasibility", f"{PLANT.fc / 1e4:.0f} t"))["chapters.coal"]
    assert row.verdict == words.DIFFER
    assert row.causes == ("可行性研究报告：单位差 1 万倍（“万”多写或漏写）",)


def test_what_the_file_does_not_hold_is_compared_among_chapters():
    made = rows(
        ("so2_removed", "eia_air", "3.1万t"), ("so2_removed", "eia_solid", "2.4万t"), ("gypsum", "eia_solid", "9万t")
    )
    assert made["chapters.so2_removed"].verdict == words.DIFFER
    assert made["chapters.so2_removed"].recomputed is None
    assert made["chapters.gypsum"].verdict == words.ALONE


def test_unreadable_values_are_said_and_nothing_is_hidden():
    row = rows(("coal", "eia_air", "若干"), ("coal", "eia_carbon", coal(PLANT.fc)))["chapters.coal"]
    assert row.verdict == words.UNREAD
    assert "找不到数值" in row.notes[0]
    assert [side.agrees for side in row.sides] == [None, None, True]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("hours", f"{PLANT.hours} h"),
        ("capacity", "2000 MW"),
        ("generation", f"{PLANT.w_g / 1e5:.4f} 亿kWh"),
        ("supply", f"{PLANT.w_s:.0f} MWh"),
        ("limestone", f"{PLANT.stone} t"),
        ("electricity", f"{PLANT.mwh} MWh"),
        ("emission", f"{PLANT.total:.0f} t"),
        ("coal_ncv", f"{PLANT.ncv} MJ/kg"),
    ],
)
def test_every_parameter_meets_the_figure_of_the_file(parameter, value):
    row = rows((parameter, "feasibility", value))[f"chapters.{parameter}"]
    assert row.verdict == words.AGREE, row
    assert row.recomputed is not None


def test_products_by_name_and_a_product_nobody_makes():
    made = rows(("product", "replacement_notice", f"{CEMENT.clinker} t"), data=CEMENT.data, subject="水泥熟料")
    assert made["chapters.product.水泥熟料"].verdict == words.AGREE
    made = rows(("product", "approval", "100万t"), data=CEMENT.data, subject="熟料粉")
    assert "产品表中没有“熟料粉”" in made["chapters.product.熟料粉"].notes[-1]


def physics(*said: tuple[str, str, str]) -> dict[str, CrossCheck]:
    return {key: row for key, row in rows(*said).items() if row.kind == "physics"}


def test_coal_of_the_carbon_chapter_is_the_coal_of_the_air_chapter():
    one = physics(("coal", "eia_carbon", coal(PLANT.fc)), ("coal", "eia_air", coal(PLANT.fc)))["physics.coal"]
    assert one.verdict == HOLDS
    one = physics(("coal", "eia_carbon", coal(PLANT.fc)), ("coal", "eia_air", coal(PLANT.fc * 1.02)))["physics.coal"]
    assert one.verdict == QUERY


def test_limestone_against_the_sulphur_it_takes():
    # 0.9 of the stone is carbonate; 100 t of it bind 64 t of SO2.
    sulphur = PLANT.stone * 0.9 * 64 / 100 / 1.03
    row = physics(("so2_removed", "eia_air", f"{sulphur:.0f} t"))["physics.limestone"]
    assert row.verdict == HOLDS
    assert row.difference == pytest.approx(0.03, abs=1e-3)
    assert len(row.notes) == 3
    assert physics(("so2_removed", "eia_air", f"{sulphur * 2:.0f} t"))["physics.limestone"].verdict == QUERY


def test_the_content_the_file_states_goes_before_the_default():
    data = copy.deepcopy(PLANT.data)
    data["materials"][0]["carbonate_content"] = "0.80"
    (row,) = (
        one
        for one in rows(("so2_removed", "eia_air", f"{PLANT.stone * 0.8 * 0.64:.0f} t"), data=data).values()
        if one.figure == "physics.limestone"
    )
    assert row.declared_value == pytest.approx(PLANT.stone * 0.8 * 0.44)
    assert row.difference == pytest.approx(0, abs=1e-3)
    assert f"石灰石年用量 {PLANT.stone:,.0f} t".replace(",", " ") in row.declared
    data["materials"] = [{**data["materials"][0], "role": "flux"}]
    made = rows(("so2_removed", "eia_air", "30000 t"), data=data)
    assert "physics.limestone" not in made


def test_the_first_readable_statement_is_the_declared_one():
    row = rows(("coal", "eia_air", "若干"), ("coal", "eia_carbon", coal(PLANT.fc)))["chapters.coal"]
    assert row.declared_value == pytest.approx(PLANT.fc, rel=1e-4)
    assert rows(("coal", "eia_air", "若干"))["chapters.coal"].declared_value is None


def test_gypsum_against_sulphur():
    made = physics(("so2_removed", "eia_air", "30000 t"), ("gypsum", "eia_solid", f"{30000 * 172 / 64 * 1.2:.0f} t"))
    assert made["physics.gypsum"].verdict == HOLDS
    made = physics(("so2_removed", "eia_air", "30000 t"), ("gypsum", "eia_solid", "30000 t"))
    assert made["physics.gypsum"].verdict == QUERY


def test_flue_gas_times_its_carbon_dioxide_against_the_total():
    # 10⁴ Nm³ with 12 % CO2 hold 10⁴ × 0.12 × 44/22.4 kg.
    direct = PLANT.coal + PLANT.light_oil + PLANT.fgd
    hourly = direct / (1e4 * 0.12 * 44 / 22.4 / 1000) / PLANT.hours
    made = rows(("flue_gas", "eia_air", f"{hourly:.2f} 万Nm3/h"), ("co2_share", "eia_carbon", "12.0%"))
    assert made["physics.flue_gas"].verdict == HOLDS
    assert made["physics.flue_gas"].difference == pytest.approx(0, abs=1e-3)
    assert "折成年量" in made["chapters.flue_gas"].notes[0]
    made = rows(("flue_gas", "eia_air", f"{hourly * 1.3:.2f} 万Nm3/h"), ("co2_share", "eia_carbon", "12.0%"))
    assert made["physics.flue_gas"].verdict == QUERY


def test_heat_balance_of_each_document():
    rate = PLANT.fc * PLANT.ncv / PLANT.w_s / 29.3076 * 1000
    data = PLANT.data
    data["units"] = [{**unit, "net_coal_rate": f"{rate:.2f} gce/kWh"} for unit in data["units"]]
    made = rows(("coal", "energy_report", coal(PLANT.fc * 0.9)), data=data)
    own = [row for row in checked(data) if row.figure == "physics.heat"]
    assert [row.verdict for row in own] == [HOLDS]
    assert own[0].declared_value == pytest.approx(1, abs=1e-3)
    assert made["physics.heat"].verdict == QUERY
    assert made["physics.heat"].declared_value == pytest.approx(0.9, abs=1e-3)


def test_generation_against_capacity_and_hours():
    row = physics(("generation", "feasibility", f"{PLANT.w_g:.0f} MWh"))["physics.output"]
    assert row.verdict == HOLDS
    row = physics(("generation", "feasibility", f"{PLANT.w_g * 1.1:.0f} MWh"))["physics.output"]
    assert row.verdict == QUERY


def test_bands_are_in_order_and_say_where_they_come_from():
    for band in BANDS.values():
        assert 0 < band.low < 1 < band.high
        assert band.why
