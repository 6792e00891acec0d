"""The page 因子库, run by Streamlit's own test bench."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tanping.assessment import pages
from tanping.factors.register import load_register


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file(pages.path("factors"), default_timeout=30).run()
    assert not app.exception
    return app


def markup(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html"))


def find(app: AppTest, **choices) -> AppTest:
    for name, value in choices.items():
        key = f"factors-{name}"
        if name == "words":
            app.text_input(key=key).set_value(value)
        elif name == "only":
            app.get("button_group")[0].set_value(value)
        else:
            app.selectbox(key=key).set_value(value)
    app.run()
    assert not app.exception
    return app


def test_it_opens_with_the_state_of_the_register(page):
    text = markup(page)
    assert page.title[0].value == "因子库"
    assert f"{len(load_register())} 条" in text
    assert "待核" in text
    assert "未决冲突 3 处" in text


def test_search_by_words(page):
    text = markup(find(page, words="江苏 平均"))
    assert "grid.jiangsu.average" in text
    assert "共 1 项 3 条" in text
    assert "0.5827" in text


def test_filters_narrow(page):
    assert "20 条" in markup(find(page, status="draft"))
    assert "征求意见稿" in markup(page)
    assert "共 3 项 3 条" in markup(
        find(page, status="", subject="heat", region="全国", basis="recalled", words="heat.water")
    )


def test_nothing_found_says_so(page):
    assert "没有这样的因子" in markup(find(page, words="没有这个词"))


def test_history_and_chart_of_a_key(page):
    app = find(page, words="grid.jiangsu.average", key="grid.jiangsu.average")
    text = markup(app)
    for value in ("0.5827", "0.5978", "0.6451"):
        assert value in text
    assert [header.value for header in app.subheader][:2] == ["历次取值", "历年变化"]


def test_a_date_and_place_tell_the_choice_and_why(page):
    app = find(page, words="grid.jiangsu.average", key="grid.jiangsu.average")
    app.date_input(key="factors-day").set_value(date(2025, 6, 1)).run()
    assert not app.exception
    assert "取江苏值（省级）" in markup(app)
    app.selectbox(key="factors-place-grid.jiangsu.average").set_value("西藏").run()
    assert "没有公布的电力平均因子" in markup(app)


def test_a_doubtful_record_shows_its_rival(page):
    text = markup(find(page, words="fuel.cets_steel_2024.lng", key="fuel.cets_steel_2024.lng"))
    assert "来源不一致" in text
    assert "0.0153" in text
    assert "未采信" in text


def test_compliance_year_records_are_chosen_by_their_year(page):
    app = find(page, words="ets.power.coal_gt300.benchmark", key="ets.power.coal_gt300.benchmark")
    app.date_input(key="factors-day").set_value(date(2026, 11, 1)).run()
    assert "征求意见稿，未定稿" in markup(app)
