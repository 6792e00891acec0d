"""打印与下载: a print looked at page by page, and what changed since the last one."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from app_visits import sound, visit, words

from tanping.assessment.review.store import Draft, Store
from tanping.records.home import home

pytestmark = pytest.mark.xdist_group("press")


def with_more_coal(content: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    coal = changed["file"]["fuels"][0]["amount"]
    coal["value"] = "3400000 t"
    return changed


def test_a_print_is_shown_page_by_page_and_what_changed_since_is_told(store: Store, example: Draft) -> None:
    at = visit("documents", example)
    assert "上次打印" not in words(at)
    at.selectbox(key="form").set_value("recount").run()
    at.button(key="print").click().run()
    sound(at)
    assert "此后结果没有变化" in words(at)
    assert any((home() / "archive").iterdir()), "the law of a printed result is kept for its replay"
    assert "第 1 页　共 2 页" in words(at)
    at.button(key=f"preview:{example.id}-page-on").click().run()
    assert "第 2 页　共 2 页" in words(at)

    store.change_draft(example.id, with_more_coal)
    at = visit("documents", example)
    told = words(at)
    assert "3400000 t" in told
    assert "达产年排放总量" in told
    assert any("处变化" in item.label for item in at.expander)
