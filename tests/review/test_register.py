"""The register: entries, papers, files."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from review_walk import World, example_file, make_once

from tanping.assessment.review.errors import ChangedError, MissingError, NotAllowedError, RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service import register
from tanping.assessment.review.service.register import credit_code_sound
from tanping.assessment.review.verify import verify

At = Callable[[str], World]


def test_the_entry_takes_from_the_file_what_it_does_not_have(at: At) -> None:
    world = at("草稿")
    entry = world.review.register.get(world.p("建设单位"), world.id)
    assert (entry.title, entry.sector, entry.city) == ("射阳港扩建", "电力", "盐城")
    assert entry.builder == "江苏射阳港发电有限责任公司"
    assert (entry.serial, entry.state, entry.mode) == (1, "草稿", "office")


def test_fields_are_checked_and_changes_told(at: At) -> None:
    world = at("草稿")
    builder = world.p("建设单位")
    version = world.review.register.get(builder, world.id).version
    entry = world.review.register.edit(
        builder,
        world.id,
        version,
        credit_code="91350100M000100Y43",
        category="报告书",
        level="省级",
        preparer="某环科院",
    )
    assert (entry.category, entry.version) == ("报告书", version + 1)
    for fields, words in (
        ({"credit_code": "91350100M000100Y44"}, "校验码不符"),
        ({"category": "登记表"}, "不在可选范围"),
        ({"title": " "}, "没有填写"),
        ({"city": "城" * 50}, "过长"),
        ({"state": "已归档"}, "没有“state”"),
        ({"preparer": "\ud800"}, "残缺"),
        ({"preparer": "a\0"}, "不能保存"),
    ):
        with pytest.raises(RefusedError, match=words):
            world.review.register.edit(builder, world.id, entry.version, **fields)
    with pytest.raises(ChangedError, match="登记刚被您自己在另一个窗口改过"):
        world.review.register.edit(builder, world.id, version, city="南通")


def test_the_applicant_is_not_told_which_reviewer_changed_something(at: At) -> None:
    world = at("受理审查")
    builder, acceptance = world.p("建设单位"), world.p("受理")
    world.review.demands.write(acceptance, world.id, "补图")
    world.step("受理", Action.REQUEST_CORRECTION)
    version = world.review.register.get(builder, world.id).version
    with pytest.raises(ChangedError, match="登记刚被审查方改过"):
        world.review.register.edit(builder, world.id, version - 1, city="南通")


def test_after_submission_the_applicant_leaves_the_entry_alone(at: At) -> None:
    world = at("受理审查")
    builder, clerk = world.p("建设单位"), world.p("受理")
    version = world.review.register.get(builder, world.id).version
    with pytest.raises(RefusedError, match="登记由审查方修改"):
        world.review.register.edit(builder, world.id, version, category="报告表")
    assert world.review.register.edit(clerk, world.id, version, category="报告书").category == "报告书"


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y4", False),
        ("91350100M000100Y43X", False),
        ("91350100M000100I43", False),
        ("91350100M0001O0Y43", False),
        ("19350100M000100Y43", False),
    ],
)
def test_credit_codes_have_a_check_digit(code: str, sound: bool) -> None:
    assert credit_code_sound(code) is sound


def test_who_sees_which_reviews(at: At) -> None:
    world = at("受理审查")
    other = world.review.register.create(world.p("环评编制单位"), "另一项目")
    seen = {
        name: {listed.id for listed in world.review.register.reviews(world.p(name))}
        for name in ("建设单位", "环评编制单位", "受理", "专家", "审计", "气候处室经办", "管理")
    }
    assert seen["建设单位"] == {world.id}
    assert seen["环评编制单位"] == {other}
    assert seen["专家"] == set()
    assert seen["受理"] == seen["气候处室经办"] == seen["管理"] == {world.id}, "a draft is nobody else's business"
    assert seen["审计"] == {world.id, other}


# ---- papers ----------------------------------------------------------------------------------------------------------


def test_papers_come_from_the_file_and_stay_as_an_official_left_them(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    world = at("受理审查")
    clerk, builder = world.p("受理"), world.p("建设单位")
    papers = {row.name: row for row in world.review.register.papers(clerk, world.id)}
    approval = papers["project_approval"]
    assert (approval.label, approval.status, approval.number, approval.issued) == (
        "项目核准（审批、备案）文件", "已取得", "苏发改能源发〔2020〕1346号", date(2020, 12, 10),
    )  # fmt: skip
    world.review.register.edit_paper(
        clerk, world.id, approval.id, approval.version, status="已取得", number="苏发改〔2020〕9号"
    )
    with pytest.raises(ChangedError):
        world.review.register.edit_paper(clerk, world.id, approval.id, approval.version, status="未办")

    world.review.demands.write(clerk, world.id, "补节能审查意见")
    world.step("受理", Action.REQUEST_CORRECTION)
    file = copy.deepcopy(example_file())
    file["papers"]["project_approval"]["number"] = "新号"
    file["papers"]["energy_review"]["status"] = "办理中"
    world.review.submissions.seal(builder, world.id, file)
    after = {row.name: row for row in world.review.register.papers(clerk, world.id)}
    assert after["project_approval"].number == "苏发改〔2020〕9号"
    assert after["energy_review"].status == "办理中"
    assert verify(world.engine).sound


def test_an_obtained_paper_has_a_number_or_a_word_why_not(at: At) -> None:
    world = at("受理审查")
    clerk = world.p("受理")
    row = world.review.register.add_paper(clerk, world.id, "取水许可")
    with pytest.raises(RefusedError, match="请填文号"):
        world.review.register.edit_paper(clerk, world.id, row.id, row.version, status="已取得")
    with pytest.raises(RefusedError, match="今天以后"):
        world.review.register.edit_paper(
            clerk, world.id, row.id, row.version, status="已取得", number="1", issued=date(2027, 1, 1)
        )
    with pytest.raises(RefusedError, match="不在可选范围"):
        world.review.register.edit_paper(clerk, world.id, row.id, row.version, status="有")
    world.review.register.edit_paper(clerk, world.id, row.id, row.version, status="已取得", note="原件已核，无文号")


# ---- files -----------------------------------------------------------------------------------------------------------


def test_files_are_kept_by_hash_and_come_back_whole(at: At) -> None:
    world = at("受理审查")
    builder = world.p("建设单位")
    paper = world.review.register.papers(builder, world.id)[0]
    content = bytes(range(256)) * 1000
    one = world.review.register.attach(builder, world.id, f"paper:{paper.id}", "C:\\x\\批复.PDF", content)
    two = world.review.register.attach(builder, world.id, f"paper:{paper.id}", "../../批复.pdf", content)
    assert (one.name, two.name, one.sha256) == ("批复.PDF", "批复.pdf", two.sha256)
    assert world.review.register.file(world.p("受理"), world.id, one.id) == ("批复.PDF", content)
    assert [row.id for row in world.review.register.files(builder, world.id, f"paper:{paper.id}")] == [one.id, two.id]
    assert verify(world.engine).sound


def test_files_are_bounded_and_of_known_kinds(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    world = at("受理审查")
    clerk = world.p("受理")
    monkeypatch.setattr(register, "MAX_FILE", 1000)
    for name, content, words in (
        ("a.pdf", b"x" * 1001, "过大"),
        ("a.pdf", b"", "是空的"),
        ("a.exe", b"x", "不收这种文件"),
        ("a", b"x", "不收这种文件"),
        ("x" * 300 + ".pdf", b"x", "过长"),
    ):
        with pytest.raises(RefusedError, match=words):
            world.review.register.attach(clerk, world.id, "other", name, content)
    for holder, error in (("paper:none", MissingError), ("nowhere", RefusedError), ("final", RefusedError)):
        with pytest.raises(error):
            world.review.register.attach(clerk, world.id, holder, "a.pdf", b"x")


def test_the_applicant_neither_adds_to_nor_sees_the_inner_files(at: At) -> None:
    world = at("会审中")
    lead, builder = world.p("牵头处经办"), world.p("建设单位")
    inner = world.review.register.attach(lead, world.id, "other", "内部.pdf", b"secret")
    with pytest.raises(NotAllowedError, match="内部办理"):
        world.review.register.file(builder, world.id, inner.id)
    assert inner.id not in [row.id for row in world.review.register.files(builder, world.id)]
    with pytest.raises(NotAllowedError, match="申报方的附件"):
        world.review.register.attach(builder, world.id, "other", "a.pdf", b"x")


def test_a_file_of_another_review_is_none(at: At) -> None:
    world = at("受理审查")
    preparer = world.p("环评编制单位")
    other = world.review.register.create(preparer, "另一项目")
    file = world.review.register.attach(world.p("受理"), world.id, "other", "a.pdf", b"x")
    with pytest.raises(MissingError):
        world.review.register.file(preparer, other, file.id)


def test_the_helper_of_these_tests_assesses_as_the_service_does() -> None:
    made = make_once(example_file(), None)
    assert made.as_of == date(2026, 11, 1)
    assert Path(__file__).exists()
