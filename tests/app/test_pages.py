"""Every page, run as Streamlit runs it: what it shows, and what a click or a word leaves in the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_visits import EXAMPLE, sound, visit, words
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from tanping.assessment import pages
from tanping.assessment.assess import assess
from tanping.assessment.documents import context
from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.intake import load_project
from tanping.assessment.result import Assessment
from tanping.assessment.review.store import Draft, DraftMissingError, Store
from tanping.rules.finding import Applies

WORKING = [name for name in pages.WORK if name != pages.FIRST]


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(load_project(EXAMPLE))


# ---- start -----------------------------------------------------------------------------------------------------------


def test_start_offers_examples_a_form_and_old_drafts(example: Draft) -> None:
    at = visit("start")
    labels = [button.label for button in at.button]
    assert example.title in labels
    assert sum(button.key.startswith("example-") for button in at.button) >= 1
    assert "不联网" in words(at)


def test_who_asked_for_a_page_that_is_not_there_is_told_once() -> None:
    at = visit("start", **{pages.ASTRAY: "1"})
    assert "没有您要的那一页" in at.info[0].value
    assert not at.run().info
    assert not visit("start").info


def test_an_example_opens_as_a_draft_of_its_own(store: Store) -> None:
    at = visit("start")
    at.button(key="example-sheyanggang").click().run()
    sound(at)
    (made,) = store.list_drafts()
    assert made.title.startswith("江苏射阳港电厂")
    assert made.sector == "power"
    assert at.query_params["draft"] == made.id
    assert "适用条款" in words(at)


def test_an_uploaded_file_opens_as_a_draft(store: Store) -> None:
    at = visit("start")
    at.file_uploader(key="upload").upload(EXAMPLE.name, EXAMPLE.read_bytes()).run()
    sound(at)
    assert [draft.content["file"]["site"]["city"] for draft in store.list_drafts()] == ["盐城"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.yaml", b"schema: tanping.project/1\nunits: [{id: 1, capacity: 1000}]\n", "第 2 行"),
        ("a.yaml", b"", "a.yaml"),
        ("a.yaml", b"\xff\xfe\x00", "a.yaml"),
        ("a.xlsx", b"not a workbook", "a.xlsx"),
        ("a.yaml", b"<script>alert(1)</script>: 1\n", "&lt;script&gt;"),
    ],
)
def test_a_bad_upload_is_told_and_makes_no_draft(store: Store, name: str, content: bytes, told: str) -> None:
    at = visit("start")
    at.file_uploader(key="upload").upload(name, content).run()
    sound(at)
    assert told in words(at)
    assert "<script>" not in words(at)
    assert store.list_drafts() == []


def test_a_new_draft_starts_with_its_sector_only(store: Store) -> None:
    at = visit("start")
    at.text_input[0].set_value("某钢铁项目")
    at.selectbox[0].select("steel")
    next(button for button in at.button if button.label == "新建").click().run()
    sound(at)
    (made,) = store.list_drafts()
    assert (made.title, made.sector) == ("某钢铁项目", "steel")
    assert at.query_params["draft"] == made.id


def test_a_draft_is_deleted_only_from_its_menu(store: Store, example: Draft) -> None:
    at = visit("start")
    at.button(key=f"delete-{example.id}").click().run()
    sound(at)
    with pytest.raises(DraftMissingError):
        store.load_draft(example.id)


# ---- any page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORKING)
def test_a_page_without_a_draft_says_where_to_begin(name: str) -> None:
    assert "还没有打开项目" in words(visit(name))


@pytest.mark.parametrize("name", WORKING)
def test_an_address_of_a_deleted_draft_is_told(name: str) -> None:
    assert "没有这份草稿" in words(visit(name, draft="0" * 32))


@pytest.mark.parametrize("name", WORKING)
def test_a_blank_draft_shows_on_every_page_and_claims_nothing(store: Store, name: str) -> None:
    content = drafts.blank("power")
    made = store.create_draft(content, sector="power")
    told = words(visit(name, made))
    assert "尚无结果" in told
    assert "达产年排放量" not in told


@pytest.mark.parametrize("name", WORKING)
def test_every_page_shows_the_example(example: Draft, name: str) -> None:
    assert example.title in words(visit(name, example))


@pytest.mark.parametrize("name", WORKING)
def test_names_are_never_markup(store: Store, example: Draft, name: str) -> None:
    hostile = "<img src=x onerror=alert(1)>**甲**"
    store.change_draft(
        example.id,
        lambda content: drafts.with_text(
            drafts.with_text(content, "project/name", hostile), "units/5/name", "<script>甲</script>"
        ),
        describe=drafts.describe,
    )
    told = words(visit(name, example))
    assert "<img src=x" not in told
    assert "<script>" not in told


# ---- project ---------------------------------------------------------------------------------------------------------


def section(at: AppTest, name: str) -> AppTest:
    at.radio(key="section").set_value(name).run()
    return sound(at)


def test_a_field_saves_when_it_is_left_and_a_new_visit_shows_it(store: Store, example: Draft) -> None:
    at = visit("project", example)
    at.text_input(key=f"{example.id}/project/owner").set_value("另一公司").run()
    sound(at)
    saved = store.load_draft(example.id)
    assert drafts.text(saved.content, "project/owner") == "另一公司"
    assert saved.version == example.version + 1
    again = visit("project", example)
    assert again.text_input(key=f"{example.id}/project/owner").value == "另一公司"


def test_a_refused_text_is_told_below_its_field_and_kept(store: Store, example: Draft) -> None:
    at = section(visit("project", example), "生产单元")
    key = f"{example.id}/units/5/capacity"
    at.text_input(key=key).set_value("1000").run()
    told = words(sound(at))
    assert "未采用：" in told
    assert "有 1 项填写未被采用" in told
    saved = store.load_draft(example.id)
    assert saved.content["typed"] == {"units/5/capacity": "1000"}
    assert drafts.raw(saved.content, "units/5/capacity")["value"] is None
    at.text_input(key=key).set_value("100 万kW").run()
    told = words(sound(at))
    assert "未采用：" not in told
    assert "＝ 1000 MW" in told


def test_what_is_typed_in_the_fields_own_unit_is_not_said_again(example: Draft) -> None:
    told = words(section(visit("project", example), "燃料"))
    assert "＝ 3\u00a0308\u00a0000" in told or "＝ 3 308 000" in told, "330.8 万吨 is"
    assert "＝ 1<" not in told, "1 of no unit is not"


def test_two_windows_keep_each_others_changes(store: Store, example: Draft) -> None:
    one, two = visit("project", example), visit("project", example)
    one.text_input(key=f"{example.id}/project/owner").set_value("甲公司").run()
    two.text_input(key=f"{example.id}/project/name").set_value("乙工程").run()
    saved = store.load_draft(example.id)
    assert drafts.text(saved.content, "project/owner") == "甲公司"
    assert saved.title == "乙工程"


def test_rows_are_copied_and_removed(store: Store, example: Draft) -> None:
    at = section(visit("project", example), "生产单元")
    key = f"{example.id}/row/units"
    at.button(key=f"{key}/copy").click().run()
    sound(at)
    assert drafts.rows(store.load_draft(example.id).content, "units") == ["5", "6", "1"]
    at.button(key=f"{key}/remove").click().run()
    sound(at)
    assert drafts.rows(store.load_draft(example.id).content, "units") == ["5", "6"]


def test_papers_and_facts_are_answered(store: Store, example: Draft) -> None:
    at = section(visit("project", example), "文件办理")
    status = at.selectbox(key=f"{example.id}/papers/carbon_assessment_chapter/status")
    status.set_value("办理中").run()
    at = section(at, "事实")
    first = next(box for box in at.selectbox if "/facts/" in (box.key or ""))
    first.set_value("不清楚").run()
    sound(at)
    saved = store.load_draft(example.id).content
    assert drafts.text(saved, "papers/carbon_assessment_chapter/status") == "办理中"
    assert drafts.text(saved, first.key.split("/", 1)[1]) == "不清楚"


@pytest.mark.parametrize("everything", [False, True])
def test_every_section_shows_and_stays_small(example: Draft, everything: bool) -> None:
    at = visit("project", example)
    sections = [label.split("　")[0] for label in at.radio(key="section").options]
    assert len(sections) > 10
    for name in sections:
        section(at, name)
        for toggle in at.toggle:
            toggle.set_value(everything)
        at.run()
        sound(at)
        fields = [
            widget
            for kind in ("text_input", "selectbox", "text_area", "multiselect", "radio", "toggle", "date_input")
            for widget in at.get(kind)
        ]
        assert len(fields) <= 40, name


# ---- findings, inventory, documents ----------------------------------------------------------------------------------


def test_findings_tell_the_result_and_every_clause_to_deal_with(example: Draft, assessment: Assessment) -> None:
    told = words(visit("findings", example))
    assert assessment.screening.headline in told
    for item in assessment.screening.findings:
        if item.applies != Applies.NO and item.met != "符合":
            assert item.clause in told


def test_findings_change_with_the_legal_date(example: Draft) -> None:
    now, then = visit("findings", example), visit("findings", example, as_of="2020-12-10")
    assert "2026年11月1日" in words(now)
    assert "2020年12月10日" in words(then)
    assert words(now).count("<details") > words(then).count("<details")


@pytest.mark.parametrize("view", ["逐条结果", "尚缺资料", "批复条件", "假设与存疑"])
def test_every_view_of_the_findings(example: Draft, view: str) -> None:
    at = visit("findings", example)
    at.segmented_control(key="findings-view").set_value(view).run()
    sound(at)


def test_missing_facts_are_listed_in_order(example: Draft, assessment: Assessment) -> None:
    at = visit("findings", example)
    at.segmented_control(key="findings-view").set_value("尚缺资料").run()
    told = words(at)
    places = [told.index(item.label) for item in assessment.screening.missing[:5]]
    assert places == sorted(places)


def test_what_is_missing_leads_to_where_it_is_filled_in(example: Draft) -> None:
    at = visit("findings", example)
    at.segmented_control(key="findings-view").set_value("尚缺资料").run()
    at.button(key="to-form-先补这些").click().run()
    sound(at)
    assert at.radio(key="section").value == "先补这些"
    assert at.query_params["section"] == "先补这些"
    assert at.query_params["draft"] == example.id


def test_findings_by_conclusion(example: Draft, assessment: Assessment) -> None:
    at = visit("findings", example)
    at.selectbox(key="findings-met-需要处理的").set_value("资料不足").run()
    unknown = [item for item in assessment.screening.findings if item.applies != Applies.NO and item.met == "资料不足"]
    shown = "".join(element.body for element in at.get("html"))
    assert shown.count("class='tp-finding'") == len(unknown) > 0
    assert "符合" not in at.selectbox(key="findings-met-需要处理的").options


def test_the_inventory_shows_the_figures_of_the_result(example: Draft, assessment: Assessment) -> None:
    told = words(visit("inventory", example))
    for tile in context.tiles(assessment):
        assert tile.value in told
    for source in assessment.inventory.sources:
        assert source.name in told


def test_an_incomplete_inventory_shows_no_total(store: Store, example: Draft) -> None:
    store.change_draft(
        example.id, lambda content: drafts.with_text(content, f"fuels/{drafts.rows(content, 'fuels')[0]}/amount", "")
    )
    told = words(visit("inventory", example))
    assert "总量不完整" in told
    assert "合计（" not in told


@pytest.mark.parametrize("view", ["排放清单", "逐年排放", "绩效指标", "申报与复核"])
def test_every_view_of_the_inventory(example: Draft, view: str) -> None:
    at = visit("inventory", example)
    at.segmented_control(key="inventory-view").set_value(view).run()
    sound(at)


def test_the_report_is_printed_and_its_result_archived(
    store: Store, example: Draft, assessment: Assessment, tmp_path: Path
) -> None:
    at = visit("documents", example)
    at.button(key="print").click().run()
    sound(at)
    (printed,) = at.session_state["printed"].items()
    sha256, pdf = printed
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    assert "射阳港" in "".join(page.extract_text() for page in PdfReader(path).pages[:3])
    assert store.load_assessment(sha256).content == context.canonical(assessment)
