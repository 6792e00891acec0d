"""The page 项目自查: from nothing to a first light in words, question by question, nothing lost, everything to take along."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from app_visits import EXAMPLE, sound, visit, words
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from tanping.assessment.assess import assess, screened
from tanping.assessment.documents.self_check import lists_of
from tanping.assessment.pages import asking
from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.form import write_form
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.result import Assessment
from tanping.assessment.review.store import Draft, Store
from tanping.rules.facts import load_catalogue


@pytest.fixture
def begun(store: Store) -> Draft:
    content = asking.begin(
        name="某滨海电厂", sector="power", nature="new", province="江苏", city="盐城", county="射阳县", accepted=date(2026, 11, 1), kinds=["coal_power"],
    )  # fmt: skip
    title, sector = drafts.describe(content)
    return store.create_draft(content, title=title, sector=sector)


@pytest.fixture(scope="module")
def result() -> Assessment:
    """The result of the worked example."""
    return assess(load_project(EXAMPLE))


def put(content: drafts.Content) -> list[asking.Asked]:
    return asking.remaining(content, screened(project_from_plain(content["file"])).screening.missing)


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    return sound(at)


def step(at: AppTest, name: str) -> AppTest:
    at.segmented_control(key="self-step").set_value(name).run()
    return sound(at)


def test_a_few_fields_give_a_first_light_in_words(store: Store) -> None:
    at = visit("self_check")
    assert "不会离开这台电脑" in words(at)
    at.text_input(key="self-name").set_value("某滨海电厂")
    for key, text in (("province", "江苏"), ("city", "盐城"), ("county", "射阳县")):
        at.text_input(key=f"self-{key}").set_value(text)
    press(at, "开始自查")
    assert "至少选一种生产单元" in words(at)
    at.multiselect(key="self-kinds-power").set_value(["coal_power"])
    press(at, "开始自查")
    (made,) = store.list_drafts()
    assert made.title == "某滨海电厂"
    assert made.content["file"]["units"] == [{"id": "1", "name": "煤电", "kind": "煤电", "nature": "新增"}]
    told = words(at)
    assert "目前没有发现硬伤" in told
    assert "最坏可能" in told
    assert "自查结果不代表审查意见" in told


def test_a_tick_list_saves_a_yes_a_no_or_not_known(store: Store, begun: Draft) -> None:
    content = begun.content
    asked = next(asked for asked in put(content) if asked.question.grouped)
    first, *others = asked.question.facts
    yes_no = asking.with_answers(content, asking.ticked(asked, [first.name], "否"))
    assert drafts.text(yes_no, asked.places[first.name][0]) == "是"
    assert {drafts.text(yes_no, asked.places[fact.name][0]) for fact in others} == {"否"}
    half = asking.with_answers(content, {p: t for p, t in asking.ticked(asked, [first.name], "").items() if t})
    assert drafts.text(half, asked.places[others[0].name][0]) == ""
    assert project_from_plain(half["file"])


def test_a_question_is_answered_on_the_page_and_kept(store: Store, begun: Draft) -> None:
    at = visit("self_check", begun)
    first = put(begun.content)[0]
    fact = first.question.facts[0]
    boxes = [box for box in at.selectbox if f"/{fact.name}/" in (box.key or "")]
    for box in boxes:
        box.set_value(box.options[0])
    press(at, "保存，下一问")
    saved = store.load_draft(begun.id)
    assert drafts.text(saved.content, first.places[fact.name][0]) == boxes[0].options[0]
    again = visit("self_check", saved)
    assert "已答 1 问" in again.get("progress")[0].proto.text
    press(again, "这一问都不清楚")
    saved = store.load_draft(begun.id)
    assert "不清楚" in str(saved.content["file"])
    assert len(asking.answered(saved.content)) == 2


def test_not_known_is_an_answer_and_the_questions_end(begun: Draft) -> None:
    content, count = begun.content, 0
    while open_ := put(content):
        for asked in open_[:8]:  # an unknown decides nothing, so what was next stays next
            count += 1
            assert count <= asking.MOST
            assert not {path for path in asked.paths if drafts.text(content, path)}
            content = asking.with_answers(content, asking.unsure(asked))
    assert count > 10
    assert screened(project_from_plain(content["file"])).screening.verdict == "资料不足"
    assert {asked.question.id for asked in asking.answered(content)}


def test_what_is_put_off_comes_last(begun: Draft) -> None:
    missing = screened(project_from_plain(begun.content["file"])).screening.missing
    first = asking.remaining(begun.content, missing)[0].question.id
    assert asking.remaining(begun.content, missing, [first])[-1].question.id == first


def test_the_form_of_the_answers_is_imported_unchanged(begun: Draft, tmp_path: Path) -> None:
    content = begun.content
    for asked in put(content)[:6]:
        told = (
            asking.ticked(asked, [fact.name for fact in asked.question.facts[:1]], "不清楚")
            if asked.question.grouped
            else asking.unsure(asked)
        )
        content = asking.with_answers(content, told)
    content = asking.with_answers(
        content,
        {
            "papers/energy_review/status": "办理中",
            "papers/eia_approval/status": "不清楚",
            "units/1/capacity": "100 万kW",
        },
    )
    project = project_from_plain(content["file"])
    path = tmp_path / "表.xlsx"
    write_form(path, "power", project)
    back = load_project(path)
    assert plain_project(back) == plain_project(project)
    assert screened(back).screening == screened(project).screening


def test_the_four_lists_the_papers_and_the_report(example: Draft, result: Assessment) -> None:
    at = step(visit("self_check", example), "自查结果")
    lists, told = lists_of(result), words(at)
    for title, count in (
        ("一、硬伤", lists.hard),
        ("二、批前须办", lists.papers),
        ("三、须论证", lists.argue),
        ("四、缺资料", lists.asked),
    ):
        assert f"{title}　{len(count)}" in told
    for item in (*lists.hard, *lists.argue):
        assert item.requirement in told
    for paper in lists.papers:
        assert paper.label in told
    assert "达产年排放量" in told
    assert "常见水平" in told
    press(at, "生成自查报告")
    (printed,) = at.session_state["self-printed"].values()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert "自查结果" in text
    assert "不代表审查意见" in text


def test_a_paper_that_is_lacking_is_no_fault_of_the_project(example: Draft, result: Assessment) -> None:
    catalogue = load_catalogue()
    content = asking.with_answers(example.content, {"papers/pollutant_total_quota/status": "未办"})
    before = lists_of(result)
    after = lists_of(assess(project_from_plain(content["file"])))
    assert len(after.hard) == len(before.hard)
    label = catalogue["pollutant_total_quota"].label
    assert [paper.status for paper in after.papers if paper.label == label] == ["未办"]
    assert label not in [paper.label for paper in before.papers]


def test_every_step_shows_and_stays_small(begun: Draft) -> None:
    at = visit("self_check", begun)
    kinds = ("text_input", "selectbox", "multiselect", "radio", "checkbox", "date_input", "text_area")
    for name in ("自查结果", "逐问回答", "基本情况", "排放用量"):
        step(at, name)
        assert len([widget for kind in kinds for widget in at.get(kind)]) <= 40, name
    press(at, "添加燃料")
    assert any("/fuels/1/amount" in (box.key or "") for box in at.text_input)


def test_rows_that_are_not_shown_are_told(store: Store, begun: Draft) -> None:
    for number in range(1, 7):
        store.change_draft(
            begun.id, lambda content, row=str(number): drafts.with_row(content, "fuels", row), describe=drafts.describe
        )
    at = step(visit("self_check", begun), "排放用量")
    assert "另有 2 行，在“填报”页的“燃料”里" in words(at)


def test_another_project_is_begun_beside_the_first(store: Store, begun: Draft) -> None:
    at = step(visit("self_check", begun), "基本情况")
    at.button(key="self-other").click().run()
    assert "还没有打开项目" in words(sound(at))
    assert store.load_draft(begun.id).title == begun.title
