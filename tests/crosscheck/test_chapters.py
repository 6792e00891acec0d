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


def test_a_row_in_full() -> None:
    row = rows(("coal", "eia_carbon", coal(PLANT.fc * 1.1)), ("coal", "eia_air", coal(PLANT.fc * 0.8)))["chapters.coal"]
    high, low = (round(PLANT.fc * share / 1e4, 2) * 1e4 for share in (1.1, 0.8))
    assert row.declared_value == pytest.approx(high, rel=1e-12)
    assert row.recomputed == row.adopted == PLANT.fc
    assert row.difference == pytest.approx(high / low - 1, rel=1e-12)
    assert (row.adopted_as, row.unit, row.id, row.page, row.causes) == (words.FILE, "t", "1", "第1页；第2页", ())
    assert row.declared == f"环评·碳排放 {coal(PLANT.fc * 1.1)}；环评·大气 {coal(PLANT.fc * 0.8)}"
    assert [(side.value, side.page, side.agrees) for side in row.sides] == [
        (PLANT.fc, "", None),
        (pytest.approx(high), "第1页", False),
        (pytest.approx(low), "第2页", False),
    ]


def test_a_row_the_file_knows_nothing_of() -> None:
    row = rows(("so2_removed", "eia_air", "3.1万t"), ("so2_removed", "eia_solid", "24000 t"))["chapters.so2_removed"]
    assert (row.recomputed, row.adopted, row.adopted_as) == (None, None, "待补正")
    assert row.declared_value == 31_000
    assert row.difference == pytest.approx(31 / 24 - 1)
    assert [side.agrees for side in row.sides] == [True, False]
    alone = rows(("so2_removed", "eia_air", "3.1万t"))["chapters.so2_removed"]
    assert (alone.difference, alone.verdict) == (None, words.ALONE)
    nothing = rows(("so2_removed", "eia_air", "无"), ("so2_removed", "eia_solid", "0 t"))["chapters.so2_removed"]
    assert nothing.difference is None


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (10, "10 倍"),
        (0.1, "10 倍"),
        (1000, "1000 倍"),
        (0.001, "1000 倍"),
        (10_000, "1 万倍"),
        (0.0001, "1 万倍"),
        (100, ""),
    ],
)
def test_a_power_of_ten_away_is_named_whichever_way(factor: float, said: str) -> None:
    row = rows(("coal", "feasibility", f"{PLANT.fc * factor:.2f} t"))["chapters.coal"]
    assert row.verdict == words.DIFFER
    assert [cause.split("单位差 ")[1].startswith(said) for cause in row.causes] == ([True] if said else [])


def test_half_a_percent_is_alike_and_more_is_not() -> None:
    for share, alike in ((1.0049, True), (1.0051, False), (0.9951, True), (0.9949, False)):
        row = rows(("coal", "feasibility", f"{PLANT.fc * share:.0f} t"))["chapters.coal"]
        assert (row.verdict == words.AGREE) is alike, share


def test_parameters_of_one_unit() -> None:
    data = copy.deepcopy(PLANT.data)
    for unit, name, hours, rate in zip(data["units"], ("一号机", "二号机"), (5000, 4500), (280, 290), strict=True):
        unit |= {"name": name, "hours": f"{hours} h", "net_coal_rate": f"{rate} gce/kWh"}
    data["units"][1]["capacity"] = "600 MW"
    found = {
        (parameter, subject): next(
            iter(rows((parameter, "feasibility", "1 " + unit), data=data, subject=subject).values())
        )
        for parameter, unit in (("hours", "h"), ("coal_rate", "gce/kWh"), ("capacity", "MW"))
        for subject in ("1", "二号机", "三号机", "")
    }
    assert {key: row.recomputed for key, row in found.items()} == {
        ("hours", "1"): 5000,
        ("hours", "二号机"): 4500,
        ("hours", "三号机"): None,
        ("hours", ""): None,
        ("coal_rate", "1"): pytest.approx(280),
        ("coal_rate", "二号机"): pytest.approx(290),
        ("coal_rate", "三号机"): None,
        ("coal_rate", ""): None,
        ("capacity", "1"): 1000,
        ("capacity", "二号机"): 600,
        ("capacity", "三号机"): None,
        ("capacity", ""): 1600,
    }
    assert found["hours", "1"].figure == "chapters.hours.1"
    assert found["hours", "1"].label == "年利用（运行）小时数（1）"


def test_existing_units_of_an_expansion_are_not_the_project() -> None:
    data = copy.deepcopy(PLANT.data)
    data["project"]["nature"] = "扩建"
    data["units"].append(
        {**data["units"][0], "id": "0", "nature": "现有", "hours": "3000 h", "commissioned": "2001-01-01"}
    )
    assert rows(("hours", "feasibility", "1 h"), data=data)["chapters.hours"].recomputed == PLANT.hours
    assert rows(("capacity", "feasibility", "1 MW"), data=data)["chapters.capacity"].recomputed == 2000


SULPHUR = PLANT.stone * 0.9 * 64 / 100  # t SO2 that the stone of the file binds
DIRECT = PLANT.coal + PLANT.light_oil + PLANT.fgd
FLOW = DIRECT / (1e4 * 0.12 * 44 / 22.4 / 1000)  # 10⁴ Nm³ a year at 12 % CO2


@pytest.mark.parametrize(
    ("key", "said", "low", "high"),
    [
        (
            "coal",
            lambda x: [("coal", "eia_carbon", f"{PLANT.fc * x:.3f} t"), ("coal", "eia_air", f"{PLANT.fc:.3f} t")],
            0.995,
            1.005,
        ),
        ("limestone", lambda x: [("so2_removed", "eia_air", f"{SULPHUR / x:.3f} t")], 0.97, 1.15),
        (
            "gypsum",
            lambda x: [
                ("so2_removed", "eia_air", "30000.000 t"),
                ("gypsum", "eia_solid", f"{30000 * 172 / 64 * x:.3f} t"),
            ],
            0.95,
            1.35,
        ),
        (
            "flue_gas",
            lambda x: [("flue_gas", "eia_air", f"{FLOW * x:.3f} 万Nm3"), ("co2_share", "eia_carbon", "12.0%")],
            0.9,
            1.1,
        ),
        ("output", lambda x: [("generation", "feasibility", f"{PLANT.w_g * x:.3f} MWh")], 0.995, 1.005),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_relation_holds_in_its_band_and_nowhere_else(key, said, low: float, high: float) -> None:
    for ratio, verdict in ((low - 0.001, QUERY), (low + 0.001, HOLDS), (high - 0.001, HOLDS), (high + 0.001, QUERY)):
        row = physics(*said(ratio))[f"physics.{key}"]
        assert row.verdict == verdict, ratio
        assert row.difference == pytest.approx(ratio - 1, rel=1e-4)
        assert row.declared_value == pytest.approx(row.recomputed * ratio, rel=1e-6)
        assert f"允许范围 {low:g}—{high:g}" in row.notes[-1]


def test_what_one_side_lacks_is_not_related() -> None:
    for said in (
        [("gypsum", "eia_solid", "9万t")],
        [("so2_removed", "eia_air", "3万t")],
        [("flue_gas", "eia_air", "9亿Nm3")],
    ):
        assert not {"physics.gypsum", "physics.flue_gas"} & set(physics(*said))
    assert set(physics(("coal", "eia_carbon", coal(PLANT.fc)))) == set()
    row = physics(("gypsum", "eia_solid", "9万t"), ("so2_removed", "eia_air", "0 t"))["physics.gypsum"]
    assert (row.verdict, row.difference) == (QUERY, None)


def test_generation_of_a_document_goes_by_its_own_hours() -> None:
    made = physics(("hours", "feasibility", "4000 h"), ("generation", "feasibility", "8000000 MWh"))["physics.output"]
    assert (made.verdict, made.recomputed) == (HOLDS, 8_000_000)
    assert len(made.sides) == 2
    made = physics(("hours", "eia_air", "4000 h"), ("generation", "feasibility", "8000000 MWh"))["physics.output"]
    assert made.recomputed == PLANT.w_g
    assert len(made.sides) == 1


def test_heat_balance_with_heat_supplied() -> None:
    works = Power(RNG, chp=True)
    rate = works.fc * works.ncv * (1 - works.r_h) / works.w_s / 29.3076 * 1000
    data = works.data
    data["units"] = [{**unit, "net_coal_rate": f"{rate:.4f} gce/kWh"} for unit in data["units"]]
    for share, verdict in ((1.0, HOLDS), (0.975, HOLDS), (0.965, QUERY), (1.025, HOLDS), (1.035, QUERY)):
        made = rows(("coal", "feasibility", f"{works.fc * share:.1f} t"), data=data)
        row = (
            next(one for one in checked({**data}) if one.figure == "physics.heat")
            if share == 1
            else made["physics.heat"]
        )
        assert row.declared_value == pytest.approx(share, rel=1e-4)
        assert (row.verdict, row.unit, row.recomputed) == (verdict, "1", 1.0)
