"""What an assessment says beyond the inventory, in JSON, charts, report and workbook: from the steel and cement examples."""

from __future__ import annotations

import io
import json
import math
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tanping.assessment.accounting.processes import AIR, CarbonFlow
from tanping.assessment.assess import assess, uncertainty_for
from tanping.assessment.documents import charts, context, sankey
from tanping.assessment.documents.forms import source
from tanping.assessment.documents.recorded import read_assessment
from tanping.assessment.documents.tree import read
from tanping.assessment.documents.workbook import workbook_bytes
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.result import REVISION, Assessment
from tanping.records.canonical import canonical_bytes

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def made(name: str, **changes: Any) -> Assessment:
    plain = plain_project(load_project(EXAMPLES / name))
    return assess(project_from_plain({**plain, **changes}))


@pytest.fixture(scope="module")
def steel() -> Assessment:
    replaced = {"id": "旧线", "account": "replaced", "party": "某钢厂", "before": "900 万tCO2", "after": "0 tCO2"}
    regional = {"id": "热网", "account": "regional", "party": "某热电", "before": "60 万tCO2", "after": "10 万tCO2"}
    told = {"base_year": "2024", "verified_report": "核查报告"}
    return made("zhanjiang.yaml", changes=[{**replaced, **told}, {**regional, **told}])


@pytest.fixture(scope="module")
def cement() -> Assessment:
    wet = {"id": "a", "pollutants": "二氧化硫", "option": "石灰石湿法", "complies": "是", "chosen": "是"}
    dry = {"id": "b", "pollutants": "二氧化硫", "option": "干法", "complies": "是", "chosen": "否"}
    used = {"heat": "无", "fuel": "无"}
    controls = [
        {**wet, **used, "electricity": "3000 MWh", "reagent": "石灰石", "reagent_amount": "1 万吨"},
        {**dry, **used, "electricity": "4000 MWh", "reagent": "无"},
    ]
    return made("yimen.yaml", controls=controls)


# ---- result ----------------------------------------------------------------------------------------------------------


def test_the_json_carries_every_part_and_says_its_revision(steel: Assessment, cement: Assessment) -> None:
    plain = json.loads(json.dumps(steel.plain(), allow_nan=False))
    assert plain["schema"] == "tanping.assessment/1"
    assert plain["versions"]["result"] == REVISION
    assert plain["accounts"]["net"] == pytest.approx(plain["inventory"]["design_year_total"] - 9_500_000)
    assert [row["chosen"] for row in plain["methods"]] == [False, False, True]
    assert {row["unit"] for row in plain["processes"]["processes"]} >= {"焦化", "高炉", "转炉", "自备电厂"}
    assert all(row["inputs"] for row in plain["processes"]["processes"])
    assert plain["measures"]["effects"][0]["marginal"] > 0
    assert plain["controls"] == []
    assert cement.plain()["controls"][0]["least"] == "b"
    assert cement.plain()["processes"] is None


def test_a_sealed_record_gives_the_same_assessment_again(steel: Assessment, cement: Assessment) -> None:
    for made in (steel, cement):
        copy = canonical_bytes(made.plain())
        assert read_assessment(json.loads(copy)) == made


def test_methods_agree_with_the_inventory(cement: Assessment) -> None:
    chosen = next(row for row in cement.methods if row.chosen)
    assert chosen.design_year_total == cement.inventory.design_year_total
    other = next(row for row in cement.methods if row.method == "guide-2013")
    assert other.design_year_total is None
    assert any("CaO" in line for line in other.missing)


def test_a_range_in_the_file_brings_the_interval_and_a_page_can_ask_for_it(cement: Assessment) -> None:
    assert cement.uncertainty is not None
    assert cement.uncertainty.low < (cement.inventory.design_year_total or 0) < cement.uncertainty.high
    assert any("填报：±3" in one.origin for one in cement.uncertainty.drivers)
    silent = made("sheyanggang.yaml")
    assert silent.uncertainty is None
    asked = uncertainty_for(silent)
    assert asked is not None
    assert asked == uncertainty_for(silent)
    assert asked.value == silent.inventory.design_year_total


# ---- charts ----------------------------------------------------------------------------------------------------------


def test_the_waterfall_ends_where_the_steps_lead(steel: Assessment) -> None:
    values = charts.charts(steel)["net_change"].spec["data"]["values"]
    assert [value["项"] for value in values] == ["拟建项目", "产能置换", "区域碳减排", "净变化量"]
    assert values[-2]["止"] == pytest.approx(values[-1]["止"])
    assert steel.accounts is not None
    assert values[-1]["止"] == pytest.approx((steel.accounts.net or 0) / 1e4)
    assert all(later["起"] == pytest.approx(before["止"]) for before, later in pairwise(values[:-1]))


def test_no_waterfall_of_an_unknown_change(cement: Assessment) -> None:
    assert cement.accounts is not None
    assert cement.accounts.net is None
    assert "net_change" not in charts.charts(cement)
    values = charts.charts(cement)["measures"].spec["data"]["values"]
    assert cement.measures is not None
    assert values[-1]["止"] == pytest.approx(cement.measures.cut / 1e4)


def test_the_tornado_stands_around_the_figure(cement: Assessment) -> None:
    drawn = charts.charts(cement)["tornado"].spec["data"]["values"]
    assert {value["起"] for value in drawn} == {(cement.inventory.design_year_total or 0) / 1e4}
    swings = [abs(high["止"] - low["止"]) for low, high in zip(drawn[::2], drawn[1::2], strict=True)]
    assert swings == sorted(swings, reverse=True)


def test_bars_keep_the_order_of_the_table(steel: Assessment) -> None:
    spec = charts.charts(steel)["sources"].spec
    names = [value["排放源"] for value in spec["data"]["values"]]
    assert spec["encoding"]["y"]["sort"] == names
    assert [int(name.split(".")[0]) for name in names] == list(range(1, len(names) + 1))
    assert all(value["排放量"] for value in spec["data"]["values"])


# ---- the carbon picture ----------------------------------------------------------------------------------------------


def _through(picture: sankey.Picture) -> dict[str, tuple[float, float]]:
    came: dict[str, float] = defaultdict(float)
    went: dict[str, float] = defaultdict(float)
    for one in picture.ribbons:
        went[one.source] += one.value
        came[one.target] += one.value
    return {node.name: (came[node.name], went[node.name]) for node in picture.nodes}


def test_what_comes_into_a_process_leaves_it_and_the_air_gets_what_the_works_let_out(steel: Assessment) -> None:
    assert steel.processes is not None
    assert steel.processes.works is not None
    passed = _through(sankey.placed(steel.processes.flows))
    for name, (came, went) in passed.items():
        if came and went:
            assert came == pytest.approx(went, rel=1e-9), name
    assert passed[AIR][0] == pytest.approx(steel.processes.works.works or 0, rel=1e-9)


def test_places_lie_in_the_picture_and_links_lead_to_the_right(steel: Assessment) -> None:
    assert steel.processes is not None
    picture = sankey.placed(steel.processes.flows)
    place = {node.name: node for node in picture.nodes}
    for node in picture.nodes:
        assert -1e-9 <= node.top < node.bottom <= 1 + 1e-9
    for column in {node.column for node in picture.nodes}:
        members = sorted((node for node in picture.nodes if node.column == column), key=lambda node: node.top)
        assert all(upper.bottom <= lower.top + 1e-9 for upper, lower in pairwise(members))
    for one in picture.ribbons:
        assert place[one.source].column < place[one.target].column
        assert one.edge[0][0] <= one.edge[-1][0]


def test_what_nobody_took_and_what_nobody_made_is_shown() -> None:
    flows = [
        CarbonFlow("外购煤", "焦化", "煤", 100.0, "fuel"),
        CarbonFlow("焦化", "焦炭", "焦炭", 90.0, "fuel"),
        CarbonFlow("焦炭", "高炉", "焦炭", 80.0, "fuel"),
        CarbonFlow("焦化", AIR, "CO2", 10.0, "air"),
        CarbonFlow("高炉", AIR, "CO2", 80.0, "air"),
    ]
    assert _through(sankey.placed(flows))[sankey.LOST] == (10.0, 0.0)
    more = [*flows[:2], replace(flows[2], value=95.0), *flows[3:]]
    assert _through(sankey.placed(more))["焦炭差额"] == (0.0, 5.0)


def test_a_process_that_makes_more_carbon_than_it_gets_is_fed_the_difference() -> None:
    flows = [
        CarbonFlow("外购煤", "焦化", "煤", 100.0, "fuel"),
        CarbonFlow("焦化", "焦炉煤气", "焦炉煤气", 120.0, "gas"),
        CarbonFlow("焦炉煤气", "焦化", "焦炉煤气", 30.0, "gas"),
        CarbonFlow("焦炉煤气", "轧钢", "焦炉煤气", 90.0, "gas"),
        CarbonFlow("焦化", AIR, "CO2", 10.0, "air"),
        CarbonFlow("轧钢", AIR, "CO2", 90.0, "air"),
    ]
    passed = _through(sankey.placed(flows))
    assert passed[sankey.EXCESS] == (0.0, 20.0)
    assert passed["焦化"] == (120.0, 120.0)
    assert passed[AIR][0] == 120.0


_PLACES = st.sampled_from(["焦化", "高炉", "转炉", "轧钢"])
_ITEMS = st.sampled_from([("焦炭", "fuel"), ("高炉煤气", "gas"), ("生铁", "product"), ("焦化", "material")])
_AMOUNTS = st.floats(1e-3, 1e8)


@st.composite
def _flows(draw: st.DrawFn) -> list[CarbonFlow]:
    """Any flow table: rings, pools of several makers, things nobody takes, a thing named like a process."""
    made = []
    for _ in range(draw(st.integers(1, 14))):
        unit, (item, kind), value = draw(_PLACES), draw(_ITEMS), draw(_AMOUNTS)
        way = draw(st.sampled_from(["in", "out", "bought", "sold", "air"]))
        made.append(
            {
                "in": CarbonFlow(item, unit, item, value, kind),
                "out": CarbonFlow(unit, item, item, value, kind),
                "bought": CarbonFlow(f"外购{item}", unit, item, value, kind),
                "sold": CarbonFlow(item, "外供", item, value, kind),
                "air": CarbonFlow(unit, AIR, "CO2", value, "air"),
            }[way]
        )
    return made


@given(_flows())
@settings(max_examples=150, deadline=None)
def test_any_flow_table_can_be_drawn(flows: list[CarbonFlow]) -> None:
    picture = sankey.placed(flows)
    place = {node.name: node for node in picture.nodes}
    assert len(place) == len(picture.nodes)
    for node in picture.nodes:
        assert -1e-6 <= node.top <= node.bottom <= 1 + 1e-6
        assert 0 <= node.x <= 1
    for one in picture.ribbons:
        assert one.value > 0
        assert place[one.source].column < place[one.target].column
        assert len(one.edge) == sankey.POINTS
        assert all(math.isfinite(part) for point in one.edge for part in point)


def test_what_goes_back_that_is_no_gas_comes_in_again() -> None:
    flows = [
        CarbonFlow("外购煤", "焦化", "煤", 100.0, "fuel"),
        CarbonFlow("焦化", "焦炭", "焦炭", 90.0, "fuel"),
        CarbonFlow("焦炭", "高炉", "焦炭", 90.0, "fuel"),
        CarbonFlow("高炉", "焦粉", "焦粉", 10.0, "fuel"),
        CarbonFlow("焦粉", "焦化", "焦粉", 10.0, "fuel"),
        CarbonFlow("焦化", AIR, "CO2", 20.0, "air"),
        CarbonFlow("高炉", AIR, "CO2", 80.0, "air"),
    ]
    passed = _through(sankey.placed(flows))
    assert passed["焦粉回用"] == (10.0, 0.0)
    assert passed["回用焦粉"] == (0.0, 10.0)
    assert passed["焦化"] == (110.0, 110.0)
    assert passed[AIR][0] == 100.0


# ---- report and workbook ---------------------------------------------------------------------------------------------


def test_the_report_tells_them_in_order(steel: Assessment, cement: Assessment) -> None:
    text = read(source("report", steel).html).text
    for words in ("（四）工序与碳平衡", "（七）三本账与净变化量", "（八）减碳措施", "（九）不确定度"):
        assert words in text
    told = text[text.index("（四）工序与碳平衡") :]
    assert "副产煤气平衡" in told
    assert "闭合" in told
    other = read(source("report", cement).html).text
    assert "工序与碳平衡" not in other
    for words in (
        "（七）减碳措施",
        "（八）污染治理方案比选",
        "未说明所在区域",
        "（九）不确定度",
        "万tCO₂e",
    ):
        assert words.replace("₂", "2") in other.replace("₂", "2")


def test_a_project_that_changes_nothing_says_so_in_a_line() -> None:
    text = read(source("report", made("zhanjiang.yaml", measures=[])).html).text
    assert "净变化量等于拟建项目排放量" in text
    assert "减碳措施的效果" not in text


def test_the_workbook_holds_the_same_figures(steel: Assessment, cement: Assessment) -> None:
    def rows(data: bytes, sheet: str) -> list[list[Any]]:
        return [
            list(row) for row in CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
        ]

    book = workbook_bytes(steel)
    assert steel.processes is not None
    told = {row[0]: row for row in rows(book, "工序")}
    for item in steel.processes.processes:
        assert told[item.unit][5] == pytest.approx(item.emission)
    (net,) = (row[1] for row in rows(book, "三本账") if row[0].startswith("净变化量"))
    assert steel.accounts is not None
    assert net == pytest.approx(steel.accounts.net)
    assert len(rows(book, "现有与置换")) == 3
    other = workbook_bytes(cement)
    assert math.isclose(rows(other, "减碳措施")[-1][6], cement.measures.cut if cement.measures else 0.0)
    assert rows(other, "治理方案比选")[1][0] == "二氧化硫"
    assert rows(other, "不确定度")[1][8]
    assert rows(other, "方法对照")[1][4]
    names = CalamineWorkbook.from_object(io.BytesIO(other)).sheet_names
    assert "工序" not in names


def test_rows_of_change_keep_page_and_note(steel: Assessment) -> None:
    stated = {"value": "核查报告", "document": "核查报告", "page": "第 7 页"}
    row = {
        "id": "旧线",
        "account": "offset",
        "party": "本厂",
        "before": "5 tCO2",
        "after": "0 tCO2",
        "verified_report": stated,
    }
    (told,) = context.changes({"changes": [row]})
    assert told.account == "以新带老"
    assert "第 7 页" in told.ground


def test_the_range_of_a_total_of_nothing_is_printed_without_a_share(cement: Assessment) -> None:
    assert cement.uncertainty is not None
    nothing = replace(cement.uncertainty, value=0.0, low=-100.0, high=100.0)
    assert "（复核值 0.00）" in source("report", replace(cement, uncertainty=nothing)).html
