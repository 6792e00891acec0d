from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise

from tanping.assessment.documents.charts import COLOURS, IN_INK, charts, comparable, compared, in_ink
from tanping.assessment.result import Assessment


def test_stacked_years_hold_every_figure(assessment: Assessment) -> None:
    chart = charts(assessment)["annual"]
    drawn: dict[int, list[float]] = {}
    for value in chart.spec["data"]["values"]:
        drawn.setdefault(value["年份"], []).append(value["排放量"])
    assert list(drawn) == [year.year for year in assessment.inventory.annual]
    for year in assessment.inventory.annual:
        assert math.isclose(math.fsum(drawn[year.year]) * 1e4, year.total, rel_tol=1e-12, abs_tol=1e-6)


def test_only_sources_of_operation_are_ranked(assessment: Assessment) -> None:
    values = charts(assessment)["sources"].spec["data"]["values"]
    amounts = [value["排放量"] for value in values]
    assert amounts == sorted(amounts, reverse=True)
    assert math.isclose(math.fsum(amounts) * 1e4, assessment.inventory.design_year_total or 0.0, rel_tol=1e-12)


def test_an_indicator_is_drawn_beside_references_of_its_own_unit(assessment: Assessment) -> None:
    made = charts(assessment)
    assert "indicator-supply_intensity" in made
    assert "indicator-value_added" not in made
    assert [value["类"] for value in made["indicator-supply_intensity"].spec["data"]["values"]] == [
        "本项目",
        "参考值",
        "参考值",
    ]


def test_incomplete_says_so(incomplete: Assessment) -> None:
    assert all("不完整" in charts(incomplete)[name].title for name in ("annual", "sources"))


def test_specifications_name_no_address_and_are_plain_json(assessment: Assessment) -> None:
    for chart in charts(assessment).values():
        text = json.dumps({key: value for key, value in chart.spec.items() if key != "$schema"}, allow_nan=False)
        assert "http" not in text
        assert '"url"' not in text
        assert chart.description


def test_colours_stay_apart_in_grey() -> None:
    greys = sorted(_lightness(colour) for colour in COLOURS.values())
    assert min(later - earlier for earlier, later in pairwise(greys)) > 0.03


def test_one_ink_is_the_same_chart_in_other_colours_and_stays_apart_in_grey(assessment: Assessment) -> None:
    greys = sorted(map(_lightness, IN_INK.values()))
    assert min(later - earlier for earlier, later in pairwise(greys)) > 0.03
    assert set(COLOURS.values()) <= set(IN_INK)
    for chart in charts(assessment).values():
        inked = json.dumps(in_ink(chart).spec)
        assert not any(colour in inked for colour in COLOURS.values())
        for colour, ink in IN_INK.items():
            inked = inked.replace(ink, colour)
        assert json.loads(inked) == chart.spec


def test_a_comparison_names_references_whole_and_leaves_out_an_unknown_year(assessment: Assessment) -> None:
    indicator = next(item for item in assessment.indicators if comparable(item))
    named = replace(
        indicator.references[0], name="300MW等级以上常规燃煤机组基准值", data_year="2024", unit=indicator.unit
    )
    undated = replace(named, name="很长的名字" * 9, data_year="")
    (chart,) = filter(None, [compared(replace(indicator, references=(named, undated)))])
    names = [value["对象"] for value in chart.spec["data"]["values"]]
    assert names[1] == "2. 300MW等级以上常规燃煤机组基准值（2024）"
    assert names[2].endswith("…")
    assert "（）" not in names[2]


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
