"""The panels of a project's space as people meet them: what is asked of whom, what is kept, what is refused, what two at once see."""

from __future__ import annotations

import contextlib
import copy
import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import review_panels
from app_visits import EXAMPLE, words
from pypdf import PdfReader
from review_panels import here
from review_walk import ASKED, WALK, World, answer_all, example_file, give_opinion, make_once, opinion, reply
from streamlit.testing.v1 import AppTest

from tanping.assessment.pages.review.panels import (
    checklist,
    comments,
    demands,
    draft,
    filing,
    material,
    merge,
    verification,
)
from tanping.assessment.pages.review.panels.draft import changes
from tanping.assessment.pages.review.panels.opinion_form import point_of
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service import submissions
from tanping.assessment.review.service.demands import Terms
from tanping.assessment.review.service.opinions import Point
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.store.migrate import upgrade
from tanping.assessment.review.verify import verify

At = Callable[[str], World]
PANELS = {
    "material": material,
    "verification": verification,
    "checklist": checklist,
    "demands": demands,
    "merge": merge,
    "draft": draft,
    "filing": filing,
    "comments": comments,
}
HOURS = "units/5/hours"


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, Path], World]]:
    """Copies of a store at every step of a whole review."""
    original, submissions.make = submissions.make, make_once
    folder = tmp_path_factory.mktemp("stations")
    url = f"sqlite:///{folder / 'walk.sqlite'}"
    engine = connect(url)
    upgrade(engine)
    engine.dispose()
    kept: dict[str, tuple[dict[str, str], datetime, str]] = {}
    walked = World(url)
    for name, lead_there in WALK:
        lead_there(walked)
        walked.engine.dispose()
        with contextlib.closing(sqlite3.connect(folder / "walk.sqlite")) as raw:
            raw.execute("VACUUM INTO ?", (str(folder / name),))
        kept[name] = (dict(walked.tokens), walked.clock.moment, walked.id)

    def at(name: str, copied: Path) -> World:
        shutil.copy(folder / name, copied)
        tokens, moment, review_id = kept[name]
        return World(f"sqlite:///{copied}", dict(tokens), moment, review_id)

    yield at
    submissions.make = original


@pytest.fixture
def at(stations: Callable[[str, Path], World], tmp_path: Path) -> Iterator[At]:
    made: list[World] = []

    def make(name: str) -> World:
        made.append(stations(name, tmp_path / f"{len(made)}.sqlite"))
        return made[-1]

    yield make
    for world in made:
        world.engine.dispose()


# ---- small steps of a person -----------------------------------------------------------------------------------------


def offers(panel: str, world: World, who: str) -> bool:
    """Whether a page offers somebody a panel."""
    wanted = getattr(PANELS[panel], "wanted", None)
    return wanted is None or wanted(here(world, who))


def opened(world: World, panel: str, who: str) -> AppTest:
    return fine(review_panels.visit(world, panel, who))


def fine(page: AppTest) -> AppTest:
    assert not page.exception, page.exception[0].value
    return page


def pressed(page: AppTest, label: str) -> AppTest:
    return fine(next(button for button in page.button if button.label == label).click().run())


def field(page: AppTest, label: str) -> Any:
    """The text field, area or list whose label begins so."""
    found = [*page.text_input, *page.text_area, *page.selectbox, *page.multiselect, *page.date_input, *page.checkbox]
    return next(item for item in found if item.label.startswith(label))


def left(page: AppTest, label: str, text: Any) -> AppTest:
    """Fill in a field and leave it."""
    return fine(field(page, label).set_value(text).run())


def chosen(page: AppTest, label: str, value: Any) -> AppTest:
    """Choose one of some that stand side by side."""
    return fine(next(group for group in page.get("button_group") if group.label == label).set_value(value).run())


def given(page: AppTest, label: str, name: str, content: bytes) -> AppTest:
    """Upload a file."""
    door = next(item for item in page.file_uploader if item.label.startswith(label))
    return fine(door.set_value((name, content, "")).run())


def section(page: AppTest, name: str) -> AppTest:
    return chosen(page, "栏目", name)


def refusals(page: AppTest) -> list[str]:
    return [error.value for error in page.error]


# ---- the first line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("station", "expected"),
    [
        (
            "受理审查",
            {
                ("material", "受理"): "核对登记各项",
                ("demands", "受理"): "一次拟全",
                ("verification", "技术评估"): "翻到报告那一页",
                ("material", "建设单位"): "查阅",
            },
        ),
        (
            "会审中",
            {
                ("checklist", "气候处室经办"): "还有 7 条",
                ("checklist", "气候处室负责人"): "等经办人拟意见",
                ("checklist", "牵头处经办"): "还有 3 份意见没有回来",
                ("checklist", "专家"): "您的意见：原则同意",
                ("merge", "牵头处审核"): "共 1 条意见",
                ("comments", "审计"): "共 0 条批注",
            },
        ),
        ("意见汇总", {("merge", "牵头处经办"): "还有 3 条", ("demands", "牵头处经办"): "没有要提的就不用办"}),
        ("拟稿", {("draft", "牵头处经办"): "选一种结论"}),
        ("会签", {("draft", "气候处室负责人"): "为气候会签", ("draft", "牵头处经办"): "等会签：大气、气候"}),
        ("审核", {("draft", "牵头处审核"): "在上面审核通过"}),
        ("编号", {("filing", "牵头处经办"): "编文号"}),
        ("归档", {("filing", "档案"): "卷内材料齐全", ("filing", "牵头处经办"): "由档案人员归档"}),
        (
            "已归档",
            {("filing", "审计"): "已归档", ("draft", "审计"): "共 1 稿", ("verification", "审计"): "已核 0 项"},
        ),
    ],
)
def test_a_panel_begins_with_what_to_do_here_now(at: At, station: str, expected: dict[tuple[str, str], str]) -> None:
    world = at(station)
    for (panel, who), said in expected.items():
        assert offers(panel, world, who)
        first = next(text for text in words(opened(world, panel, who)).splitlines() if 'class="tp-now' in text)
        assert said in first
        assert ("现在要办" in first) != ("tp-idle" in first)


def test_nobody_is_offered_a_panel_of_others_work(at: At) -> None:
    world = at("会审中")
    offered = {who: {name for name in PANELS if offers(name, world, who)} for who in ("建设单位", "专家", "档案")}
    assert offered["建设单位"] == {"material"}
    assert {"checklist", "verification", "comments"} <= offered["专家"]
    assert "filing" in offered["档案"]


def test_tab_heads_count_what_waits_for_this_person(at: At) -> None:
    world = at("会审中")
    counts = {who: checklist.count(here(world, who)) for who in ("气候处室经办", "牵头处经办", "审计")}
    assert counts == {"气候处室经办": 7, "牵头处经办": 3, "审计": 0}
    merging = at("意见汇总")
    assert merge.count(here(merging, "牵头处经办")) == 3
    signing = at("会签")
    assert [draft.count(here(signing, f"{office}处室负责人")) for office in ASKED] == [1, 1]


@pytest.mark.parametrize(
    ("station", "panel", "who", "opens"),
    [
        ("受理审查", "material", "受理", "register"),
        ("受理审查", "material", "受理", "papers"),
        ("会审中", "checklist", "气候处室经办", "opinion"),
        ("会审中", "verification", "技术评估", ""),
        ("拟稿", "draft", "牵头处经办", ""),
    ],
)
def test_nothing_is_sent_over_what_a_person_is_typing(at: At, station: str, panel: str, who: str, opens: str) -> None:
    page = opened(at(station), panel, who)
    page = section(page, opens) if opens else page
    some = [*page.text_input, *page.text_area][0]
    page = fine(some.set_value("写了一半").run())
    page = fine(page.run())
    fields = [*page.text_input, *page.text_area]
    assert len(fields) > 0
    assert [item.label for item in fields if item.proto.set_value] == []


# ---- 登记与材料 --------------------------------------------------------------------------------------------------------


def test_a_register_field_saves_on_leaving_and_keeps_what_was_refused(at: At) -> None:
    world = at("受理审查")
    page = left(opened(world, "material", "受理"), "项目代码", "2020-320924-44-02-550011")
    assert world.review.register.get(world.p("受理"), world.id).project_code == "2020-320924-44-02-550011"
    page = left(page, "统一社会信用代码", "123")
    assert refusals(page) == ["统一社会信用代码“123”的校验码不符，请核对（18 位，GB 32100）。"]
    assert field(page, "统一社会信用代码").value == "123"
    assert world.review.register.get(world.p("受理"), world.id).credit_code == ""


def test_the_entry_is_read_only_for_an_applicant_whose_file_is_in_review(at: At) -> None:
    world = at("受理审查")
    page = opened(world, "material", "建设单位")
    assert [item.label for item in page.text_input] == []
    assert "江苏射阳港发电有限责任公司" in words(page)
    world.review.demands.write(world.p("受理"), world.id, "补充平面图。")
    world.step("受理", Action.REQUEST_CORRECTION)
    assert field(opened(world, "material", "建设单位"), "项目代码").value == ""


def test_a_register_field_that_somebody_else_changed_is_not_overwritten(at: At) -> None:
    world = at("受理审查")
    page = opened(world, "material", "受理")
    lead = world.p("牵头处经办")
    entry = world.review.register.get(lead, world.id)
    world.review.register.edit(lead, world.id, entry.version, zoning_unit="ZH32092420001")
    # Another field moved on: this one is saved all the same. The same field: both are shown.
    page = left(page, "设区市", "盐城市")
    assert refusals(page) == []
    entry = world.review.register.get(lead, world.id)
    world.review.register.edit(lead, world.id, entry.version, city="南通市")
    page = left(page, "设区市", "连云港市")
    assert "登记刚被牵头处经办某（牵头处经办）改过" in refusals(page)[0]
    assert "南通市" in words(page)
    assert field(page, "设区市").value == "连云港市"
    assert world.review.register.get(lead, world.id).city == "南通市"


def test_a_paper_decided_upon_an_old_look_shows_what_changed(at: At) -> None:
    world = at("受理审查")
    page = section(opened(world, "material", "受理"), "papers")
    paper = world.review.register.papers(world.p("受理"), world.id)[0]
    page = left(page, "文号", "苏环总量〔2026〕5号")
    lead = world.p("牵头处经办")
    world.review.register.edit_paper(lead, world.id, paper.id, paper.version, status="办理中", note="正在补办")
    page = pressed(page, "核对无误，存")
    assert "刚被牵头处经办某（牵头处经办）改过" in refusals(page)[0]
    said = words(page)
    assert "您看到的" in said
    assert "正在补办" in said
    assert field(page, "文号").value == "苏环总量〔2026〕5号"
    page = pressed(page, "核对无误，存")
    kept = world.review.register.papers(world.p("受理"), world.id)[0]
    assert (kept.number, kept.edited) == ("苏环总量〔2026〕5号", True)


def test_a_new_version_shows_what_it_changed_field_by_field(at: At) -> None:
    world = at("技术评估")
    revised(world)
    page = section(opened(world, "material", "技术评估"), "compare")
    said = words(page)
    assert "值有改动的 2 项" in said
    assert "4950 h" in said
    assert "4700 h" in said
    assert "达产年排放总量" in said


def test_an_applicant_seals_a_version_from_a_filled_form_and_only_then(at: At) -> None:
    world = at("技术评估")
    world.review.demands.write(world.p("技术评估"), world.id, "核对小时数。")
    world.step("技术评估", Action.ASK_REVISION)
    page = section(opened(world, "material", "建设单位"), "versions")
    assert next(button for button in page.button if button.label == "封存").disabled
    page = given(page, "项目文件（Excel", "坏的.yaml", b"project: [")
    assert "不能打开" in refusals(page)[0]
    page = given(page, "项目文件（Excel", "射阳港.yaml", EXAMPLE.read_bytes())
    page = pressed(page, "封存")
    versions = world.review.submissions.versions(world.p("建设单位"), world.id)
    assert [(row.number, row.report) for row in versions] == [(1, "送审稿"), (2, "修改稿")]


def revised(world: World) -> None:
    """The assessor asks for a change, the applicant hands in a version that makes it."""
    assessor, builder = world.p("技术评估"), world.p("建设单位")
    demand = world.review.demands.write(assessor, world.id, "核对 5 号机组年利用小时数。", place=HOURS)
    world.step("技术评估", Action.ASK_REVISION)
    file = copy.deepcopy(example_file())
    file["units"][0]["hours"] = "4700 h"
    file["fuels"][0]["amount"] = "320 万吨"
    world.review.submissions.seal(builder, world.id, file, report="修改稿")
    world.review.demands.answer(builder, world.id, demand.id, demand.version, "已改为 4700 h", "20")
    world.step("建设单位", Action.SUBMIT_REVISION)


# ---- 核实 ------------------------------------------------------------------------------------------------------------


def test_a_reviewer_verifies_with_page_and_goes_on_to_the_next(at: At) -> None:
    world = at("技术评估")
    page = opened(world, "verification", "技术评估")
    page = fine(field(page, "看哪一组").select("生产单元").run())
    first, second = (place for place, _ in zip(page.radio[0].options, range(2), strict=False))
    place = page.radio[0].value
    page = pressed(page, "存，看下一项")
    assert "请写明依据的报告页码或文件" in refusals(page)[0]
    page = left(page, "页码", "第 20 页")
    page = pressed(page, "存，看下一项")
    assert refusals(page) == []
    assert first != second
    assert page.radio[0].value != place
    (found,) = world.review.verification.overview(world.p("技术评估"), world.id)
    assert (found.place, found.status, found.checks[0].page) == (place, "已核实", "第 20 页")


def test_two_who_disagree_are_both_shown_and_the_result_is_told_to_be_old(at: At) -> None:
    world = at("会审中")
    check = world.review.verification.check
    check(world.p("大气处室经办"), world.id, HOURS, "已核实", verified="4800 h", page="21")
    check(world.p("技术评估"), world.id, HOURS, "已核实", page="20")
    assert verification.count(here(world, "牵头处经办")) == 1
    page = opened(world, "verification", "牵头处经办")
    page = fine(field(page, "看哪一组").select("存疑和不一致").run())
    said = words(page)
    assert "几位审查人的核实不一致" in said
    assert "4800 h" in said
    assert "同申报值" in said
    assert "按核实值重算" in [button.label for button in page.button]
    assert "按核实值重算" not in [button.label for button in opened(world, "verification", "气候处室经办").button]


# ---- 审查要点与意见 ----------------------------------------------------------------------------------------------------


def test_overruling_needs_reason_and_evidence_and_loses_nothing(at: At) -> None:
    world = at("会审中")
    clerk = world.p("气候处室经办")
    hit = next(
        item
        for topic in world.review.checklist.topics(clerk, world.id)
        for item in topic.items
        if item.hint == "不符合"
    )
    page = opened(world, "checklist", "气候处室经办")
    page = fine(page.radio[0].set_value(hit.clause).run())
    page = chosen(page, "系统提示“不符合”", "不采纳")
    page = chosen(page, "处室认定", "符合")
    page = left(page, "理由", "报告附件 3 已补充三情形汇总。")
    page = pressed(page, "存答复，看下一条")
    assert refusals(page) == ["不采纳系统提示，须写明理由和依据（文件、页码或现场记录）。"]
    assert field(page, "理由").value == "报告附件 3 已补充三情形汇总。"
    # A broken connection: what was typed and chosen is there again.
    page = fine(opened(world, "checklist", "气候处室经办").radio[0].set_value(hit.clause).run())
    assert field(page, "理由").value == "报告附件 3 已补充三情形汇总。"
    page = left(page, "依据", "报告附件 3 第 12 页")
    page = pressed(page, "存答复，看下一条")
    answered = {item.clause: item for topic in world.review.checklist.topics(clerk, world.id) for item in topic.items}
    answer = answered[hit.clause].answer
    assert answer is not None
    assert (answer.outcome, answer.finding, answer.evidence) == ("不采纳", "符合", "报告附件 3 第 12 页")
    assert page.radio[0].value != hit.clause


def test_two_on_one_field_see_both_texts_and_make_them_one(at: At) -> None:
    world = at("会审中")
    clerk, head = world.p("气候处室经办"), world.p("气候处室负责人")
    page = section(opened(world, "checklist", "气候处室经办"), "opinion")
    place = "opinion/气候/1/opinion/text"
    world.review.texts.save(head, world.id, place, "负责人写的", ())
    page = left(page, "总的意见", "经办人写的")
    said = words(page)
    assert "“总的意见”由气候处室负责人某、您同时写了 2 份" in said
    assert "负责人写的" in said
    assert "经办人写的" in said
    page = left(page, "总的意见（合并后的）", "两人都同意的写法")
    page = pressed(page, "存为合并后的一份")
    assert world.review.texts.read(clerk, world.id, place).text == "两人都同意的写法"
    assert field(page, "总的意见").value == "两人都同意的写法"


def test_what_somebody_else_saved_is_taken_up_by_a_field_nobody_typed_in(at: At) -> None:
    world = at("会审中")
    page = section(opened(world, "checklist", "气候处室经办"), "opinion")
    world.review.texts.save(world.p("气候处室负责人"), world.id, "opinion/气候/1/opinion/points", "补充监测计划。", ())
    page = fine(page.run())
    assert field(page, "逐条意见").value == "补充监测计划。"


def test_a_phrase_is_added_below_what_stands(at: At) -> None:
    world = at("会审中")
    page = section(opened(world, "checklist", "气候处室经办"), "opinion")
    page = left(page, "总的意见", "第一行")
    phrase = field(page, "选一条").options[0]
    page = fine(field(page, "选一条").select(phrase).run())
    page = pressed(page, "填入")
    assert field(page, "总的意见").value == f"第一行\n{phrase}"


def test_an_opinion_goes_from_clerk_to_head_and_back(at: At) -> None:
    world = at("会审中")
    page = section(opened(world, "checklist", "气候处室经办"), "opinion")
    page = chosen(page, "意见类别", "原则同意")
    page = left(page, "逐条意见", "落实监测计划。\n补充元素碳实测〔ghg-eia-fuel〕")
    page = pressed(page, "交负责人审定")
    assert "还有 7 条审查要点没有答复" in refusals(page)[0]
    answer_all(world, "气候")
    page = pressed(page, "交负责人审定")
    assert opinion(world, "气候").stage == "已拟"
    assert [point.clause for point in opinion(world, "气候").points] == ["", "ghg-eia-fuel"]
    page = opened(world, "checklist", "气候处室负责人")
    assert "经办人拟了“原则同意”" in words(page)
    page = pressed(page, "退回经办人")
    assert refusals(page) == ["退回理由没有填写。"]
    page = left(page, "退回理由", "第 2 条写明依据")
    page = pressed(page, "退回经办人")
    assert opinion(world, "气候").stage == "退回"
    page = pressed(section(opened(world, "checklist", "气候处室经办"), "opinion"), "交负责人审定")
    page = pressed(opened(world, "checklist", "气候处室负责人"), "审定")
    assert opinion(world, "气候").stage == "已定"
    assert "气候意见已定：原则同意" in words(page)
    assert verify(world.engine).sound


def test_a_head_does_not_confirm_what_was_changed_meanwhile(at: At) -> None:
    world = at("会审中")
    answer_all(world, "气候")
    clerk, place = world.p("气候处室经办"), world.review.opinions
    place.draft(clerk, world.id, opinion(world, "气候").version, "原则同意", "", (Point("甲"),))
    page = opened(world, "checklist", "气候处室负责人")
    place.draft(clerk, world.id, opinion(world, "气候").version, "原则同意", "", (Point("乙"),))
    page = pressed(page, "审定")
    assert "刚被气候处室经办某（气候处室经办）改过" in refusals(page)[0]
    said = words(page)
    assert "1. 甲" in said
    assert "1. 乙" in said
    assert opinion(world, "气候").stage == "已拟"


def test_an_expert_declares_before_giving_an_opinion(at: At) -> None:
    world = at("技术评估")
    expert = world.p("专家")
    world.review.staffing.assign(world.p("技术评估"), world.id, expert.id, Role.EXPERT)
    page = opened(world, "checklist", "专家")
    assert "先作回避声明" in words(page)
    page = pressed(page, "声明无利害关系")
    assert "写好意见后提交" in words(page)
    page = chosen(page, "意见类别", "同意")
    page = left(page, "总的意见", "总体可行。")
    page = pressed(page, "提交专家意见")
    assert opinion(world, expert.name).kind == "同意"


def test_a_letter_is_recorded_by_proxy_with_number_date_and_scan(at: At) -> None:
    world = at("会审中")
    page = opened(world, "checklist", "牵头处经办")
    page = left(page, "② 复函文号", "苏能函〔2026〕8号")
    page = chosen(page, "意见类别", "无意见")
    page = pressed(page, "存为复函")
    assert refusals(page) == ["复函日期没有填写。"]
    page = left(page, "③ 复函日期", world.clock.moment.date())
    page = pressed(page, "存为复函")
    assert refusals(page) == ["请先上传能源复函的扫描件。"]
    page = given(page, "① 能源复函", "复函.exe.pdf.exe", b"MZ")
    assert "不收这种文件" in refusals(page)[0]
    page = given(page, "① 能源复函", "复函.pdf", b"%PDF scan")
    page = pressed(page, "存为复函")
    assert (opinion(world, "能源").kind, opinion(world, "能源").reply_number) == ("无意见", "苏能函〔2026〕8号")
    assert "复函.pdf" in [item.label.replace("\\", "") for item in page.get("download_button")]


def test_a_filled_sheet_fills_the_fields_of_the_reply(at: At) -> None:
    world = at("会审中")
    lead, asked = world.p("牵头处经办"), opinion(world, "能源")
    _, blank = world.review.opinions.sheet(lead, world.id, asked.id)
    book = openpyxl.load_workbook(io.BytesIO(blank))
    for place, value in {"B7": "原则同意", "B9": "苏能函〔2026〕8号", "B10": "2026-11-02", "B13": "落实替代。"}.items():
        book["征求意见表"][place] = value
    filled = io.BytesIO()
    book.save(filled)
    page = opened(world, "checklist", "牵头处经办")
    page = given(page, "有填好的征求意见表", "另一份.xlsx", b"not a workbook")
    assert page.error
    page = given(page, "有填好的征求意见表", "能源.xlsx", filled.getvalue())
    assert refusals(page) == []
    assert field(page, "② 复函文号").value == "苏能函〔2026〕8号"
    assert field(page, "逐条意见").value == "落实替代。"
    assert opinion(world, "能源").stage == "待办"
    page = pressed(page, "存为复函")
    assert "请先上传能源复函的扫描件" in refusals(page)[0], "the sheet is no scan of the letter"
    page = given(page, "① 能源复函的扫描件", "复函.pdf", b"%PDF scan")
    page = pressed(page, "存为复函")
    kept = opinion(world, "能源")
    assert (kept.kind, [point.text for point in kept.points], str(kept.reply_date)) == (
        "原则同意",
        ["落实替代。"],
        "2026-11-02",
    )


def test_offices_are_asked_with_a_limit(at: At) -> None:
    world = at("会审")
    page = opened(world, "checklist", "牵头处经办")
    assert field(page, "处室").value == ["环评", "气候", "大气", "水", "海洋", "固体废物", "自然生态"]
    page = left(page, "处室", ["气候"])
    page = pressed(page, "征求处室意见")
    assert opinion(world, "气候").stage == "待办"
    (form,) = [expander for expander in page.expander if expander.label == "征求意见"]
    assert form.proto.expanded, "the next one is asked in the same form"
    assert "已发出征求意见。" in [told.value for told in page.success]
    assert not form.success, "a word that would be folded away with the form"
    page = left(page, "外单位", ["能源"])
    page = pressed(page, "征求外单位意见")
    assert refusals(page) == ["征求意见函文号没有填写。"]
    assert field(page, "外单位").value == ["能源"]


def test_a_point_is_tied_to_a_clause_by_its_end() -> None:
    assert point_of(" 落实监测计划。 ") == Point("落实监测计划。")
    assert point_of("补充实测〔ghg-eia-fuel〕 ") == Point("补充实测", clause="ghg-eia-fuel")
    assert point_of("按〔2026〕3号文办理") == Point("按〔2026〕3号文办理")


# ---- 补正与修改意见 ----------------------------------------------------------------------------------------------------


def test_suggestions_become_demands_that_only_reviewers_see_until_issued(at: At) -> None:
    world = at("受理审查")
    page = opened(world, "demands", "受理")
    page = fine(page.checkbox[0].check().run())
    page = pressed(page, "拟入选中的")
    (written,) = world.review.demands.of_review(world.p("受理"), world.id)
    assert written.text.startswith("请补充")
    assert written.place.startswith("facts/")
    page = left(page, "自己写一条", "补充平面图。")
    page = pressed(page, "拟入")
    assert field(page, "自己写一条").value == ""
    page = left(page, "第 1 条", "请补充能耗占比，并注明页码。")
    texts = [item.text for item in world.review.demands.of_review(world.p("受理"), world.id)]
    assert texts == ["请补充能耗占比，并注明页码。", "补充平面图。"]
    page = left(page, "各条责任单位", "环评编制单位")
    page = left(page, "各条完成期限", world.clock.moment.date() + timedelta(days=9))
    page = pressed(page, "写入全部 2 条")
    page = left(page, "报告页码", "第 88 页")
    page = left(page, "责任单位", "建设单位")
    kept = [item.terms for item in world.review.demands.of_review(world.p("受理"), world.id)]
    assert kept == [
        Terms("第 88 页", "建设单位", date(2026, 11, 11)),
        Terms("", "环评编制单位", date(2026, 11, 11)),
    ]
    assert demands.count(here(world, "受理")) == 2
    assert not demands.wanted(here(world, "建设单位"))
    world.step("受理", Action.REQUEST_CORRECTION)
    assert demands.wanted(here(world, "建设单位"))
    assert demands.count(here(world, "建设单位")) == 2


def test_a_demand_is_answered_after_sealing_and_judged_with_a_reason(at: At) -> None:
    world = at("技术评估")
    demand = world.review.demands.write(world.p("技术评估"), world.id, "核对小时数。", place=HOURS)
    world.step("技术评估", Action.ASK_REVISION)
    page = opened(world, "demands", "建设单位")
    assert "先在“登记与材料”封存" in words(page)
    page = left(page, "怎么改的", "已改为 4700 h")
    page = pressed(page, "存答复，看下一条")
    assert refusals(page) == ["请先封存修改后的项目文件，再逐条答复修改情况。"]
    file = copy.deepcopy(example_file())
    file["units"][0]["hours"] = "4700 h"
    world.review.submissions.seal(world.p("建设单位"), world.id, file, report="修改稿")
    page = pressed(page, "存答复，看下一条")
    world.step("建设单位", Action.SUBMIT_REVISION)
    page = opened(world, "demands", "技术评估")
    said = words(page)
    assert "还有 1 条" in said
    assert "4950 h → 4700 h" in said
    page = chosen(page, "判定", "部分采纳")
    page = pressed(page, "存判定，看下一条")
    assert refusals(page) == ["理由没有填写。"]
    page = left(page, "理由", "依据页码不对")
    page = pressed(page, "存判定，看下一条")
    (judged,) = world.review.demands.of_review(world.p("技术评估"), world.id)
    assert (judged.id, judged.outcome, judged.outcome_reason) == (demand.id, "部分采纳", "依据页码不对")
    assert "部分采纳：依据页码不对" in words(section(page, "table"))


# ---- 意见汇总与会议 ----------------------------------------------------------------------------------------------------


def test_a_point_is_adopted_with_reason_and_not_over_anothers_head(at: At) -> None:
    world = at("意见汇总")
    point = opinion(world, "气候").points[0]
    page = fine(opened(world, "merge", "牵头处经办").radio[0].set_value(point.id).run())
    page = chosen(page, "采纳情况", "未采纳")
    page = pressed(page, "存，看下一条")
    assert refusals(page) == ["理由没有填写。"]
    page = left(page, "理由", "监测计划已在报告第 80 页")
    world.review.opinions.adopt(world.p("牵头处经办"), world.id, point.id, "采纳", "先前已定")
    page = pressed(page, "存，看下一条")
    assert "采纳情况刚被您自己在另一个窗口改过" in refusals(page)[0]
    assert "先前已定" in words(page)
    page = pressed(page, "存，看下一条")
    assert opinion(world, "气候").points[0].reason == "监测计划已在报告第 80 页"


def test_a_disagreement_is_settled_by_minutes(at: At) -> None:
    world = at("会审中")
    give_opinion(world, "气候")
    give_opinion(world, "大气", "不同意", (Point("区域削减来源不实。"),))
    reply(world)
    world.step("牵头处经办", Action.CLOSE_CONSULTATION)
    page = section(opened(world, "merge", "牵头处经办"), "contradictions")
    said = words(page)
    assert "总的结论" in said
    assert "协调会开过、纪要录入后" in said
    world.step("牵头处经办", Action.CALL_COORDINATION, reason="大气不同意")
    page = opened(world, "merge", "牵头处经办")
    page = left(page, "地点", "三楼会议室")
    page = left(page, "参加人员", "环评、气候、大气")
    page = left(page, "纪要", "削减来源改由甲企业提供。")
    page = pressed(page, "录入，此后不改")
    assert refusals(page) == ["日期没有填写。"]
    page = left(page, "日期", world.clock.moment.date())
    page = pressed(page, "录入，此后不改")
    (minutes,) = world.review.drafting.minutes(world.p("审计"), world.id)
    assert (minutes.kind, minutes.text) == ("协调会", "削减来源改由甲企业提供。")
    assert field(page, "纪要").value == ""
    world.step("牵头处经办", Action.CLOSE_COORDINATION)
    page = section(opened(world, "merge", "牵头处经办"), "contradictions")
    page = left(page, "协调结果", "大气同意按新来源。")
    page = pressed(page, "存协调结果")
    assert opinion(world, "大气").settled == "大气同意按新来源。"


# ---- 拟稿与会签 ------------------------------------------------------------------------------------------------------


def test_a_conclusion_is_begun_from_a_form_kept_and_countersigned(at: At) -> None:
    world = at("拟稿")
    page = opened(world, "draft", "牵头处经办")
    assert "系统建议“修改完善后同意”：采纳了 3 条" in words(page)
    empty = field(page, "联审结论").key
    page = pressed(page, "按此拟")
    assert field(page, "联审结论").value.endswith("联审结论为：修改完善后同意。")
    assert field(page, "联审结论").key != empty  # A click under way still brings the empty field along.
    page = left(page, "联审结论", "综上，尚可。")
    assert "三种规定表述" in words(page)
    page = pressed(page, "换成这一种")
    page = pressed(page, "存为第 1 稿")
    assert "存为第 2 稿" in [button.label for button in page.button]
    assert "第 1 稿已存，可以在上面送会签" in words(page)
    world.step("牵头处经办", Action.CIRCULATE)
    page = opened(world, "draft", "气候处室负责人")
    page = pressed(page, "有意见")
    assert refusals(page) == ["会签意见没有填写。"]
    page = pressed(page, "同意")
    (version,) = world.review.drafting.conclusions(world.p("审计"), world.id)
    assert version.countersigns == (("气候", "同意", "", "气候处室负责人某"),)
    assert "气候已会签：同意" in words(page)


def test_versions_show_what_changed_by_more_than_colour() -> None:
    shown = changes("原则<同意>。", "原则同意，附意见。")
    assert '<del class="tp-old">' in shown
    assert '<ins class="tp-new">' in shown
    assert "<同意>" not in shown


def test_who_checks_remarks_on_a_version_beside_it(at: At) -> None:
    world = at("审核")
    page = left(opened(world, "draft", "牵头处审核"), "批注", "第二句改为“经复核”。")
    page = pressed(page, "批注")
    (remark,) = world.review.texts.comments(world.p("审计"), world.id)
    assert (remark.place, remark.by) == ("conclusion/1", "牵头处审核某")
    assert "第二句改为“经复核”。" in words(opened(world, "draft", "牵头处经办"))
    assert comments.count(here(world, "牵头处经办")) == 0


def test_what_the_checker_and_the_signer_say_stands_in_the_record_and_on_the_sheet(at: At) -> None:
    world = at("审核")
    page = left(opened(world, review_panels.STEPS, "牵头处审核"), "审核意见", "文字已核，建议签发。")
    page = pressed(page, "审核通过")
    page = pressed(opened(world, review_panels.STEPS, "牵头处签发"), "签发")
    assert world.state() == "编号"
    taken = {step.action: step.reason for step in world.review.steps.taken(world.p("审计"), world.id)}
    assert (taken["审核通过"], taken["签发"]) == ("文字已核，建议签发。", "")
    sheet = world.review.printing.preview(world.p("牵头处经办"), world.id, "countersign")
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages)
    assert "审核通过：文字已核，建议签发。" in said.replace("\n", "")


# ---- 归档, 批注 -------------------------------------------------------------------------------------------------------


def test_the_file_shows_what_it_lacks_and_what_lies_in_it(at: At) -> None:
    said = words(opened(at("用印"), "filing", "牵头处经办"))
    assert "苏环碳联〔2026〕3号" in said
    assert "○ 缺" in said
    assert "还没有用印的定稿文件" in said
    page = opened(at("已归档"), "filing", "审计")
    assert "2026-HP-003" in words(page)
    assert "○ 缺" not in words(page)
    assert [item.label.replace("\\", "") for item in page.get("download_button")] == ["联审意见.pdf"]


def test_a_final_document_that_is_picked_is_not_told_as_lacking(at: At) -> None:
    page = opened(at("用印"), review_panels.STEPS, "牵头处经办")
    assert "用印还缺：还没有上传定稿文件" in words(page)
    page = fine(page.file_uploader[0].upload("联审意见.pdf", b"%PDF-1.7").run())
    assert "用印还缺" not in words(page)
    assert "已选好，可以用印" in words(page)


def test_verifying_is_the_assessors_work_while_the_assessment_lasts(at: At) -> None:
    assert "现在要办" in words(opened(at("技术评估"), "verification", "技术评估"))
    assert "现在要办" not in words(opened(at("会审中"), "verification", "技术评估"))


def test_a_remark_has_its_page_is_replied_to_and_settled(at: At) -> None:
    world = at("会审中")
    page = opened(world, "comments", "气候处室经办")
    page = left(page, "批注", "这里的小时数与第 7 章不同。")
    page = left(page, "页码", "35")
    page = pressed(page, "批注")
    assert field(page, "批注").value == ""
    page = opened(world, "comments", "技术评估")
    assert "第 35 页" in words(page)
    assert [comments.count(here(world, who)) for who in ("技术评估", "审计")] == [1, 0]
    page = left(page, "回复", "以第 7 章为准。")
    page = pressed(page, "存回复")
    page = pressed(page, "记为已处理")
    first, second = world.review.texts.comments(world.p("审计"), world.id)
    assert (first.page, first.settled_by, second.reply_to) == ("35", "技术评估某", first.id)
    assert comments.count(here(world, "技术评估")) == 0
    assert "没有未处理的批注" in words(page)


def test_things_of_one_name_are_told_apart_in_a_list(at: At) -> None:
    world = at("受理审查")
    clerk = world.p("受理")
    papers = [world.review.register.add_paper(clerk, world.id, "总量确认文件（一）") for _ in range(2)]
    page = section(opened(world, "material", "受理"), "papers")
    for paper, number in zip(papers, ("盐环〔2026〕6号", "盐环〔2026〕7号"), strict=True):
        page = fine(page.radio[0].set_value(paper.id).run())
        page = chosen(left(page, "文号", number), "办理状态", "已取得")
        page = pressed(page, "核对无误，存")
    numbers = {row.id: row.number for row in world.review.register.papers(clerk, world.id)}
    assert [numbers[paper.id] for paper in papers] == ["盐环〔2026〕6号", "盐环〔2026〕7号"]


def test_a_section_keeps_its_title_whatever_waits_in_it(at: At) -> None:
    page = opened(at("意见汇总"), "merge", "牵头处经办")
    assert page.segmented_control[0].options == ["逐条意见", "全部意见", "分歧", "会议与踏勘"]
    assert 'nth-of-type(1)::after { content: "3"' in "".join(item.body for item in page.get("html"))
