"""排放核算 beyond the inventory: processes, three accounts, measures, uncertainty, comparison, as a person sees and opens them."""

from __future__ import annotations

from typing import Any

import pytest
from app_visits import EXAMPLE, sound, visit, words

from tanping.assessment.assess import assess
from tanping.assessment.documents import figures
from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.review.store import Draft, Store

CHANGES = [
    {
        "id": "旧线",
        "account": "replaced",
        "party": "某钢厂",
        "before": "900 万tCO2",
        "after": "0 tCO2",
        "base_year": "2024",
    }
]


def content(name: str, **changes: Any) -> dict[str, Any]:
    return {**plain_project(load_project(EXAMPLE.with_name(name))), **changes}


def opened(store: Store, plain: dict[str, Any]) -> Draft:
    made = drafts.content_of(plain_project(project_from_plain(plain)))
    title, sector = drafts.describe(made)
    return store.create_draft(made, title=title, sector=sector)


def shown(draft: Draft, view: str) -> str:
    at = visit("inventory", draft)
    at.segmented_control(key="inventory-view").set_value(view).run()
    return words(sound(at))


def test_steel_shows_processes_accounts_measures_and_interval(store: Store) -> None:
    plain = content("zhanjiang.yaml", changes=CHANGES)
    result = assess(project_from_plain(plain))
    draft = opened(store, plain)
    told = shown(draft, "工序与碳平衡")
    assert result.processes is not None
    for item in result.processes.processes:
        assert item.unit in told
        assert figures.ten_thousand_tonnes(item.emission) in told
        for one in item.inputs:
            assert one.label in told
    assert "闭合" in told
    told = shown(draft, "三本账")
    assert result.accounts is not None
    assert figures.ten_thousand_tonnes(result.accounts.net) in told
    assert "某钢厂" in told
    assert "900 万tCO2" in told
    told = shown(draft, "减碳措施")
    assert result.measures is not None
    assert figures.ten_thousand_tonnes(result.measures.cut) in told
    assert result.measures.effects[0].changes[0] in told
    told = shown(draft, "不确定度")
    assert result.uncertainty is not None
    assert figures.ten_thousand_tonnes(result.uncertainty.low) in told
    assert "填报：±2" in told


def test_the_comparison_opens_down_to_cause_sides_and_working(store: Store) -> None:
    plain = content("sheyanggang.yaml")
    result = assess(project_from_plain(plain))
    told = shown(opened(store, plain), "申报与复核")
    kinds = {check.kind for check in result.crosschecks}
    assert kinds == {"figure", "chapter", "physics"}
    for check in result.crosschecks:
        assert check.verdict in told
        for side in check.sides:
            assert side.chapter in told
        for cause in check.explanations:
            assert cause.text in told
    named = next(check for check in result.crosschecks if check.named)
    assert figures.significant(named.recomputed, 8) in told


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("三本账", "没有填报现有工程"),
        ("减碳措施", "没有填报减碳措施和治理方案"),
        ("申报与复核", "没有可对照的申报数"),
        ("不确定度", "95% 区间"),
    ],
)
def test_an_empty_view_says_where_to_fill_in(store: Store, view: str, told: str) -> None:
    draft = opened(store, content("yimen.yaml", changes=[], measures=[]))
    at = visit("inventory", draft)
    assert "工序与碳平衡" not in at.segmented_control(key="inventory-view").options
    at.segmented_control(key="inventory-view").set_value(view).run()
    assert told in words(sound(at))


def test_other_methods_stand_below_the_inventory(store: Store) -> None:
    told = shown(opened(store, content("yimen.yaml")), "排放清单")
    assert "GB/T 32150/32151 系列国家标准" in told
    assert "CaO" in told
