"""申报值与复核值: verdicts, adopted figures, what rows of the report say about each other."""

import pytest
from sample_works import Power, Steel, case_of, checked

from tanping.assessment.accounting.tce import NO_EQUIVALENT
from tanping.assessment.crosscheck import check as words
from tanping.assessment.result import CrossCheck

from .test_figures import RNG

PLANT = Power(RNG)


def declared(*rows: tuple[str, object], plant: object = PLANT) -> list[CrossCheck]:
    said = [{"id": str(at), "figure": figure, "value": value} for at, (figure, value) in enumerate(rows)]
    return [row for row in checked({**plant.data, "declared": said}) if row.kind == "figure"]


def test_a_figure_that_prints_as_recomputed_agrees():
    (row,) = declared(
        ("达产年排放总量", {"value": f"{PLANT.total / 1e4:.2f}万t", "page": "第312页", "document": "报告书"})
    )
    assert row.verdict == words.AGREES
    assert row.causes == ()
    assert (row.page, row.document, row.figure, row.unit) == ("第312页", "报告书", "design_year_total", "tCO2")
    assert row.recomputed == pytest.approx(PLANT.total, rel=1e-12)
    assert row.adopted == row.recomputed
    assert row.adopted_as == "复核值"
    assert row.low <= row.recomputed <= row.high


def test_a_named_cause_says_what_the_mistake_would_give():
    (row,) = declared(("煤", f"{PLANT.coal / 0.99:.0f} t"))
    assert row.verdict == words.NAMED
    assert row.named
    assert row.causes == ("漏乘碳氧化率",)
    (cause,) = row.explanations
    assert cause.numbers == (6,)
    assert cause.value == pytest.approx(PLANT.coal / 0.99, rel=1e-12)
    assert cause.inside
    assert row.difference == pytest.approx(1 / 0.99 - 1, abs=1e-6)


def test_rounding_on_the_way_makes_a_cause_possible_not_named():
    (row,) = declared(("煤", f"{PLANT.coal / (44 / 12) * 3.67 / 0.99:.0f} t"))
    assert row.verdict == words.POSSIBLE
    assert not row.named
    assert row.causes[0] == "漏乘碳氧化率"
    assert not row.explanations[0].inside


def test_close_figures_are_close_and_near_twins_are_not_claimed():
    (row,) = declared(("外购电", f"{PLANT.mwh * 0.5810:.2f} t"))
    assert row.verdict == words.CLOSE
    assert not row.named
    assert any("0.5810" in cause for cause in row.causes)


def test_a_difference_nobody_explains_is_unknown():
    (row,) = declared(("煤", f"{PLANT.coal * 1.0731:.0f} t"))
    assert (row.verdict, row.causes, row.named) == (words.UNKNOWN, (), False)


def test_the_lifetime_total_in_place_of_the_design_year():
    (row,) = declared(("达产年排放总量", f"{PLANT.total * 30 / 1e4:.0f}万t"))
    assert row.named
    assert row.causes[0].startswith("与另一指标混淆：填的是全生命周期")


def test_what_cannot_be_compared_says_why():
    rows = declared(("没有这个", "5 t"), ("煤", "五百吨"), ("煤", None), ("net_change", "3 t"), ("煤", "不超过1亿吨"))
    assert [row.verdict for row in rows] == [
        words.NOT_READ,
        words.NOT_READ,
        words.NOT_STATED,
        words.OUTSIDE if rows[3].recomputed is not None and rows[3].difference is None else rows[3].verdict,
        words.AGREES,
    ]
    assert "不认识的指标" in rows[0].notes[0]
    assert "找不到数值" in rows[1].notes[0]
    assert rows[4].high == 1e8
    assert rows[4].low is None
    assert rows[4].difference is None


def test_an_incomplete_inventory_is_not_compared():
    data = PLANT.data
    data["fuels"] = [{**data["fuels"][0], "amount": "不清楚"}, data["fuels"][1]]
    data["declared"] = [{"id": "1", "figure": "达产年排放总量", "value": "500万t"}]
    (row,) = (one for one in checked(data) if one.kind == "figure")
    assert row.verdict == words.NOT_RECOMPUTED
    assert (row.recomputed, row.adopted, row.adopted_as) == (None, None, "待补正")
    assert any("年消耗量" in note for note in row.notes)


def test_the_verified_figure_is_adopted():
    said = {"value": "500万t", "verified": "512.5万t", "verified_by": "技术评估组", "check": "已核实"}
    (row,) = declared(("达产年排放总量", said))
    assert row.declared == "500万t"
    assert row.declared_value == 5e6
    assert row.adopted == 5_125_000
    assert row.adopted_as == "核实值（技术评估组）"


@pytest.mark.parametrize(
    ("figure", "verified", "said"),
    [
        ("没有这个指标", "530", "核实值未采用：不知是哪个指标"),
        ("达产年排放总量", "五百", "核实值未采用：“五百”里找不到数值"),
        ("达产年排放总量", "530 GJ", "核实值未采用：“GJ”是"),
    ],
)
def test_a_verified_figure_that_cannot_be_taken_is_told(figure, verified, said):
    (row,) = declared((figure, {"value": "530万t", "verified": verified, "check": "已核实", "verified_by": "王"}))
    assert any(said in note for note in row.notes)
    assert row.adopted_as == ("待补正" if row.recomputed is None else "复核值")
    assert row.adopted == row.recomputed


def test_rows_the_report_states_rightly_are_not_blamed():
    wrong = PLANT.total - PLANT.coal + PLANT.coal / 0.99
    free = declared(("达产年排放总量", f"{wrong:.2f} t"))
    assert "碳氧化率" in free[0].causes[0]
    bound = declared(("达产年排放总量", f"{wrong:.2f} t"), ("煤", f"{PLANT.coal:.3f} t"))
    assert bound[1].verdict == words.AGREES
    assert not any("碳氧化率（煤" in cause or "碳氧化率（全部" in cause for cause in bound[0].causes)


def test_a_total_that_is_not_the_sum_of_its_own_rows_says_so():
    rows = declared(
        ("达产年排放总量", f"{PLANT.total * 1.3:.0f} t"),
        ("煤", f"{PLANT.coal:.0f} t"),
        ("油", f"{PLANT.light_oil:.1f} t"),
        ("石灰石", f"{PLANT.fgd:.0f} t"),
        ("外购电", f"{PLANT.grid:.0f} t"),
    )
    assert any("各分项之和" in note for note in rows[0].notes)
    fine = declared(*((row.figure, row.declared) for row in rows[1:]), ("达产年排放总量", f"{PLANT.total:.0f} t"))
    assert not any("各分项之和" in note for row in fine for note in row.notes)


def test_fixed_carbon_may_be_declared_with_either_sign():
    works = Steel(RNG)
    for sign in ("", "-"):
        (row,) = declared(("粗钢固碳", f"{sign}{works.crude * 0.037:.0f} t"), plant=works)
        assert row.verdict == words.AGREES, sign
        assert row.recomputed == pytest.approx(works.crude * 0.037)
    (row,) = declared(("固碳产品扣减合计", f"{works.fixed:.0f} t"), plant=works)
    assert row.verdict == words.AGREES


def test_an_allowance_on_the_wrong_basis_or_class():
    # 2024: 0.7910 of units above the 300 MW class on gross output; 0.8049 below.
    right = PLANT.w_g * 0.7910
    (row,) = declared(("配额", f"{right:.0f} t"))
    assert row.verdict == words.AGREES
    (row,) = declared(("配额", f"{PLANT.w_s * 0.7910:.0f} t"))
    assert "供电量" in row.causes[0]
    (row,) = declared(("配额", f"{PLANT.w_g * 0.8049:.0f} t"))
    assert "机组类别取错" in row.causes[0]


def test_no_declared_rows_no_comparison():
    assert [row for row in checked(PLANT.data) if row.kind == "figure"] == []


def test_a_power_project_has_no_equivalent_and_its_rate_used_for_the_other_is_recognised():
    equal = case_of(PLANT.data).figures["annual_energy_tce"]().recomputed
    # Electricity bought and supplied at the nation's supply rate instead of 0.1229.
    mistaken = equal + (PLANT.mwh - PLANT.w_s) * (0.3024 - 0.1229)
    first, second = declared(("年综合能耗（等价值）", "120 万tce"), ("年综合能耗（当量值）", f"{mistaken:.0f} tce"))
    assert first.verdict == words.NOT_RECOMPUTED
    assert first.notes == (NO_EQUIVALENT,)
    assert second.named
    assert "等价值" in second.causes[0]


def test_a_row_that_names_no_figure_says_so():
    (row,) = (
        made for made in checked({**PLANT.data, "declared": [{"id": "1", "value": "530 万t"}]}) if made.kind == "figure"
    )
    assert (row.recomputed, row.verdict, row.named) == (None, words.NOT_READ, False)
    assert any("未写明是哪个指标" in note for note in row.notes)


@pytest.mark.parametrize(("said", "share"), [("不超过", 0.9), ("不低于", 1.1)])
def test_a_bound_that_is_broken_is_outside_and_not_explained(said: str, share: float):
    (row,) = declared(("达产年排放总量", f"{said}{PLANT.total * share:.0f} t"))
    assert (row.verdict, row.causes) == (words.OUTSIDE, ())
    (kept,) = declared(("达产年排放总量", f"{said}{PLANT.total * (2 - share):.0f} t"))
    assert kept.verdict == words.AGREES
