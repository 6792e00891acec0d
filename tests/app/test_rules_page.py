"""The page 规则库: found by topic, document and date, opened with its record, tried, taken out and brought in, its text checked by two."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from app_visits import address, sound, words
from streamlit.testing.v1 import AppTest

from tanping.assessment import pages
from tanping.assessment.pages.review import entry
from tanping.assessment.review.roles import Role
from tanping.assessment.review.store import Draft
from tanping.rules.attest import Verifications
from tanping.rules.facts import load_catalogue
from tanping.rules.law import load_law, packs_folder
from tanping.rules.pack import PACKS, load_packs
from tanping.rules.sheet_out import pack_workbook

CLAUSE = "js-zoning-2020-coastal-sea-quota"
TEXT = "会严重污染海洋又无可靠治理办法的工业项目，不得在沿海陆域新上。"


def visit(opened: Draft | None = None, **query: str) -> AppTest:
    """Open the page by itself, without the menu."""
    at = AppTest.from_file(pages.path("rules"), default_timeout=60)
    address(at, query | ({"draft": opened.id} if opened is not None else {}))
    return sound(at.run())


@pytest.fixture
def page(example: Draft) -> AppTest:
    return visit(example)


def find(at: AppTest, **wanted: object) -> AppTest:
    for name, value in wanted.items():
        if name == "words":
            at.text_input(key="rules-words").set_value(value)
        elif name == "day":
            at.slider(key="rules-day").set_value(value)
        elif name == "only":
            at.button_group(key="rules-only").set_value(value)
        elif name == "view":
            at.segmented_control(key="rules-view").set_value(value)
        elif name == "by":
            at.segmented_control(key="rules-by").set_value(value)
        else:
            at.selectbox(key=f"rules-{name}").set_value(value)
    return sound(at.run())


def opened(at: AppTest, clause: str = CLAUSE) -> AppTest:
    return find(at, words=clause)


def test_it_opens_with_the_state_of_the_law(page: AppTest) -> None:
    told = words(page)
    law = load_law()
    assert page.title[0].value == "规则库"
    assert f"共 {len(law.clauses)} 条" in told
    assert f"待核原文 {sum(clause.provisional for clause in law.clauses)} 条" in told


def test_found_by_words_topic_document_and_kind(page: AppTest) -> None:
    assert "共 1 条" in words(opened(page))
    day = date(2026, 11, 1)
    meant = [clause for clause in load_law().clauses if clause.topic == "产能置换" and clause.in_force(day)]
    told = words(find(page, words="", topic="产能置换", by="文件", day=day))
    assert f"共 {len(meant)} 条" in told
    assert all(clause.document.citation in told for clause in meant)
    manual = [clause for clause in meant if clause.manual]
    assert f"共 {len(manual)} 条" in words(find(page, only=["转人工"])) or not manual
    assert "没有这样的条款" in words(find(page, words="没有这个词"))


def test_the_day_decides_what_is_in_force_and_tells_what_changed(page: AppTest) -> None:
    law = load_law()
    for day in (date(2020, 12, 10), date(2026, 8, 14), date(2026, 8, 15)):
        told = words(find(page, day=day))
        assert f"{day} 有效 {sum(clause.in_force(day) for clause in law.clauses)} 条" in told
    came = sum(clause.effective_from == date(2026, 8, 15) for clause in law.clauses)
    assert f"新施行 {came} 条" in told
    sound(page.button(key="rules-before").click().run())
    assert page.slider(key="rules-day").value < date(2026, 8, 15)


def test_one_clause_shows_its_whole_record_and_its_trace(page: AppTest) -> None:
    told = words(opened(find(page, day=date(2026, 11, 1))))
    clause, catalogue = load_law().clause(CLAUSE), load_catalogue()
    for said in (
        clause.requirement,
        clause.document.citation,
        clause.article,
        clause.office,
        clause.topic,
        clause.basis_note,
        clause.id,
    ):
        assert said in told
    for name in clause.facts:
        assert catalogue[name].label in told
    assert "申报" in told
    before = words(find(page, day=date(2020, 6, 20)))
    assert "没有这样的条款" in before


def test_an_address_opens_its_clause_on_the_day_of_the_project(example: Draft) -> None:
    at = visit(example, clause=CLAUSE)
    assert at.selectbox(key=f"rules-clause-{CLAUSE}").value == CLAUSE
    assert at.slider(key="rules-day").value == date(2026, 11, 1)
    assert "共 1 条" in words(at)


def test_an_example_serves_when_nothing_is_open(store: object) -> None:
    at = opened(visit())
    assert "示例：" in at.selectbox(key="rules-project").value
    assert "适用" in words(at)


def test_two_people_raise_a_clause(page: AppTest) -> None:
    opened(page)
    page.file_uploader(key=f"attach-file-{CLAUSE}").upload("方案.txt", TEXT.encode())
    page.text_area(key=f"attach-excerpt-{CLAUSE}").set_value("不得在沿海陆域新上")
    page.text_input(key=f"attach-by-{CLAUSE}").set_value("甲")
    submit(page, "附上")
    law = load_law()
    assert law.clause(CLAUSE).provisional
    for by, told in (("甲", "不能自己复核"), ("乙", "已核原文")):
        page.radio(key=f"check-verdict-{CLAUSE}").set_value("一致")
        page.text_input(key=f"check-by-{CLAUSE}").set_value(by)
        submit(page, "复核")
        assert told in words(page)
    raised = load_law().clause(CLAUSE)
    assert (raised.provisional, raised.excerpt) == (False, "不得在沿海陆域新上")
    assert [step.by for step in Verifications.open().steps] == ["甲", "乙"]
    assert "甲" in words(find(page, view="原文核对"))


def submit(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    return sound(at)


def test_a_pack_goes_out_comes_in_and_is_put_aside(page: AppTest) -> None:
    find(page, view="规则包与表格")
    raw = (PACKS / "zoning.yaml").read_bytes().replace(b"pack: zoning", b"pack: own_list")
    for clause in next(pack for pack in load_packs() if pack.name == "zoning").clauses:
        raw = raw.replace(f"id: {clause.id}".encode(), f"id: own-{clause.id}".encode())
    page.file_uploader(key="rules-upload").upload("清单.xlsx", pack_workbook(raw, None, load_catalogue())).run()
    assert "与现有规则包并用" in words(sound(page))
    page.button(key="rules-keep").click().run()
    assert "已载入" in words(sound(page))
    assert "与已载入的相同" in words(page)
    assert (packs_folder() / "own_list.yaml").is_file()
    assert "own_list" in load_law().versions
    page.button(key="rules-off-own_list").click().run()
    sound(page)
    assert "own_list" not in load_law().versions


def test_a_faulty_sheet_is_told_by_cell_and_a_broken_pack_by_line(page: AppTest, tmp_path: Path) -> None:
    find(page, view="规则包与表格")
    page.file_uploader(key="rules-upload").upload("空.xlsx", pack_workbook(None, None, load_catalogue())).run()
    assert "规则包!B2" in words(sound(page))
    packs_folder().mkdir(parents=True)
    (packs_folder() / "own_list.yaml").write_text("pack: own_list\n", "utf-8")
    told = words(sound(page.run()))
    assert "不能审查" in told
    page.button(key="rules-off-own_list").click().run()
    assert f"共 {len(load_packs().clauses)} 条" in words(sound(page))


class Somebody:
    """Who is signed in, as far as the page asks."""

    def __init__(self, *roles: Role):
        self.name, self.roles = "丙", roles

    def has(self, role: Role) -> bool:
        return role in self.roles


@pytest.mark.parametrize(
    ("role", "keeps", "checks"),
    [(Role.BUILDER, False, False), (Role.AUDITOR, False, False), (Role.OFFICE_CLERK, False, True), (Role.ADMINISTRATOR, True, True)],
)  # fmt: skip
def test_where_people_sign_in_only_some_may_change_the_law(
    monkeypatch: pytest.MonkeyPatch, role: Role, keeps: bool, checks: bool
) -> None:
    monkeypatch.setattr(entry, "needs_sign_in", lambda: True)
    monkeypatch.setattr(entry, "need_person", lambda: Somebody(role))
    at = visit()
    opened(at)
    labels = [button.label for button in at.button]
    assert ("附上" in labels) is checks
    if checks:
        assert "附原文的人：丙" in words(at)
        assert not [box for box in at.text_input if "attach-by" in (box.key or "")]
    find(at, view="规则包与表格")
    assert bool(at.file_uploader) is keeps
    assert ("规则包由管理员载入" in words(at)) is not keeps
