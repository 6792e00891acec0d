"""Offices, bodies, experts: checklists answered, opinions drafted and confirmed, replies by proxy, silence, disagreement, merging."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from review_walk import World, answer_all, consult, give_opinion, opinion, reply

from tanping.assessment.review.clock import MissingYearError
from tanping.assessment.review.errors import ChangedError, NotAllowedError, RefusedError
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.opinions import Point
from tanping.assessment.review.verify import verify
from tanping.rules.clause import TOPICS

At = Callable[[str], World]
CLERK, HEAD, LEAD = "气候处室经办", "气候处室负责人", "牵头处经办"


def items(world: World, who: str = CLERK) -> dict[str, Any]:
    return {
        item.clause: item for topic in world.review.checklist.topics(world.p(who), world.id) for item in topic.items
    }


def with_hint(world: World, hint: str) -> Any:
    return next(item for item in items(world).values() if item.hint == hint)


# ---- checklists ------------------------------------------------------------------------------------------------------


def test_a_checklist_is_the_offices_findings_by_topic_most_urgent_first(at: At) -> None:
    world = at("会审中")
    topics = world.review.checklist.topics(world.p(CLERK), world.id)
    plain = world.review.submissions.result(world.p(CLERK), world.id)
    own = [
        found for found in plain["screening"]["findings"] if found["office"] == "气候" and found["applies"] != "不涉及"
    ]
    assert sorted(items(world)) == sorted(found["clause"] for found in own)
    assert [topic.name for topic in topics] == [name for name in TOPICS if name in {found["topic"] for found in own}]
    assert {item.needed for item in items(world).values() if item.hint in ("不符合", "资料不足", "转人工")} == {True}
    for topic in topics:
        hits = [number for number, item in enumerate(topic.items) if item.hint == "不符合"]
        assert hits == list(range(len(hits)))
    outside = world.review.checklist.topics(world.p(LEAD), world.id, "能源")
    assert all(item.finding["office"] == "能源" for topic in outside for item in topic.items)


def test_a_hint_is_taken_or_overruled_with_reason_and_evidence(at: At) -> None:
    world = at("会审中")
    clerk, hit = world.p(CLERK), with_hint(world, "不符合")
    answer = world.review.checklist.answer
    for words, more in (
        ("写明理由和依据", {"finding": "符合"}),
        ("写明理由和依据", {"finding": "符合", "reason": "报告已改"}),
        ("写明理由和依据", {"finding": "符合", "evidence": "报告第 5 页"}),
        ("处室认定“”不在可选范围", {"reason": "x", "evidence": "y"}),
        ("请选“采纳”", {"finding": "不符合", "reason": "x", "evidence": "y"}),
    ):
        with pytest.raises(RefusedError, match=words):
            answer(clerk, world.id, hit.clause, "不采纳", **more)
    with pytest.raises(RefusedError, match="不能另作"):
        answer(clerk, world.id, hit.clause, "采纳", finding="符合")
    item = answer(
        clerk, world.id, hit.clause, "不采纳", finding="符合", reason="专章第 5 章已补", evidence="报告", page="88"
    )
    assert (item.answer.outcome, item.answer.finding, item.answer.hint) == ("不采纳", "符合", "不符合")
    with pytest.raises(ChangedError):
        answer(world.p(HEAD), world.id, hit.clause, "采纳")
    again = answer(world.p(HEAD), world.id, hit.clause, "采纳", version=item.answer.version)
    assert (again.answer.finding, again.answer.by) == ("不符合", "气候处室负责人某")
    assert verify(world.engine).sound


def test_a_question_to_the_office_is_answered_by_the_office(at: At) -> None:
    world = at("会审中")
    manual = with_hint(world, "转人工")
    with pytest.raises(RefusedError, match="处室认定"):
        world.review.checklist.answer(world.p(CLERK), world.id, manual.clause, "采纳", reason="x")
    with pytest.raises(RefusedError, match="写明判断理由"):
        world.review.checklist.answer(world.p(CLERK), world.id, manual.clause, "采纳", finding="符合")
    world.review.checklist.answer(world.p(CLERK), world.id, manual.clause, "采纳", finding="不涉及", reason="无此情形")
    with pytest.raises(RefusedError, match="审查要点里没有这一条"):
        world.review.checklist.answer(world.p(CLERK), world.id, "no-such-clause", "采纳")
    with pytest.raises(RefusedError, match="大气的审查要点里没有"):
        world.review.checklist.answer(
            world.p("大气处室经办"), world.id, manual.clause, "采纳", finding="符合", reason="x"
        )


# ---- inner offices ---------------------------------------------------------------------------------------------------


def test_the_clerk_drafts_and_the_head_confirms(at: At) -> None:
    world = at("会审中")
    clerk, head = world.p(CLERK), world.p(HEAD)
    draft, confirm = world.review.opinions.draft, world.review.opinions.confirm
    with pytest.raises(RefusedError, match=r"还有 \d+ 条审查要点没有答复"):
        draft(clerk, world.id, opinion(world, "气候").version, "原则同意", "", [Point("x")])
    with pytest.raises(RefusedError, match="还在“待办”"):
        confirm(head, world.id, opinion(world, "气候").version)
    answer_all(world, "气候")
    for kind, points, words in (
        ("赞成", [], "不在可选范围"),
        ("原则同意", [], "至少一条意见"),
        ("不同意", [], "写明理由"),
        ("材料不足暂无法出具", [], "逐条列出"),
        ("原则同意", [Point(" ")], "第 1 条意见没有填写"),
    ):
        with pytest.raises(RefusedError, match=words):
            draft(clerk, world.id, opinion(world, "气候").version, kind, "", points)
    drafted = draft(
        clerk, world.id, opinion(world, "气候").version, "原则同意", "总体可行", [Point("落实监测计划", clause="c")]
    )
    assert (drafted.stage, drafted.drafted_by, drafted.claims > 0) == ("已拟", "气候处室经办某", True)
    returned = world.review.opinions.send_back(head, world.id, drafted.version, "理由不足")
    assert returned.stage == "退回"
    again = draft(clerk, world.id, returned.version, "原则同意", "", [Point("落实监测计划"), Point("补充实测")])
    done = confirm(head, world.id, again.version)
    assert (done.stage, done.confirmed_by, [point.text for point in done.points]) == (
        "已定", "气候处室负责人某", ["落实监测计划", "补充实测"],
    )  # fmt: skip
    with pytest.raises(RefusedError, match="已定"):
        draft(clerk, world.id, done.version, "同意")
    assert verify(world.engine).sound


def test_an_office_that_found_a_prohibition_can_not_agree(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    world = at("会审中")
    answer_all(world, "气候")
    from tanping.assessment.review.service import checklist

    original = checklist._item

    def severe(*arguments: Any) -> Any:
        item = original(*arguments)
        return item if item.hint != "不符合" else type(item)(**{**vars(item), "severity": "禁止"})

    monkeypatch.setattr(checklist, "_item", severe)
    with pytest.raises(RefusedError, match=r"不能出具“同意”：已认定不符合.*（禁止）"):
        world.review.opinions.draft(world.p(CLERK), world.id, opinion(world, "气候").version, "同意")
    world.review.opinions.draft(world.p(CLERK), world.id, opinion(world, "气候").version, "不同意", "触碰禁止条款")


def test_two_who_work_on_one_opinion_do_not_overwrite_each_other(at: At) -> None:
    world = at("会审中")
    answer_all(world, "气候")
    version = opinion(world, "气候").version
    world.review.opinions.draft(world.p(CLERK), world.id, version, "原则同意", "", [Point("甲")])
    with pytest.raises(ChangedError, match="您自己在另一个窗口"):
        world.review.opinions.draft(world.p(CLERK), world.id, version, "原则同意", "", [Point("乙")])
    assert [point.text for point in opinion(world, "气候").points] == ["甲"]


def test_an_office_that_was_not_asked_has_no_opinion(at: At) -> None:
    world = at("会审中")
    world.review.staffing.claim(world.p("水处室经办"), world.id, Role.OFFICE_CLERK, "水")
    with pytest.raises(NotAllowedError, match="没有向水征求意见"):
        world.review.opinions.draft(world.p("水处室经办"), world.id, 1, "不涉及")


# ---- asking, silence, asking again -----------------------------------------------------------------------------------


def test_asking_sets_a_limit_in_working_days(at: At) -> None:
    world = at("会审中")
    asked = opinion(world, "气候")
    assert (asked.reading.due, asked.reading.left) == (date(2026, 11, 9), 5)
    with pytest.raises(RefusedError, match="1—60"):
        world.review.opinions.invite(world.p(LEAD), world.id, "水", days=0)
    with pytest.raises(RefusedError, match="征求意见函文号"):
        world.review.opinions.invite(world.p(LEAD), world.id, "水利", days=5)
    with pytest.raises(RefusedError, match="处室或单位"):
        world.review.opinions.invite(world.p(LEAD), world.id, "财政", days=5)
    with pytest.raises(MissingYearError, match="没有 2027 年"):
        world.review.opinions.invite(world.p(LEAD), world.id, "水", days=60)


def test_who_does_not_answer_in_time_stands_in_the_record(at: At) -> None:
    world = at("会审中")
    asked = opinion(world, "能源")
    with pytest.raises(RefusedError, match="还没有逾期"):
        world.review.opinions.note_silence(world.p(LEAD), world.id, asked.id)
    world.days(15)
    assert opinion(world, "能源").reading.pace == "已超期"
    assert "收能源复函" in world.review.inbox.overview(world.p(LEAD), world.id).overdue
    noted = world.review.opinions.note_silence(world.p(LEAD), world.id, asked.id)
    assert noted.silent
    give_opinion(world, "气候")
    give_opinion(world, "大气")
    world.step(LEAD, Action.CLOSE_CONSULTATION)
    kinds = [event.kind for event in world.review.filing.events(world.p(LEAD), world.id)]
    assert "记逾期未复" in kinds
    assert "能源意见（未复）" in [item.title for item in world.review.filing.contents(world.p(LEAD), world.id)]


def test_consultation_closes_when_all_have_answered(at: At) -> None:
    world = at("会审中")
    with pytest.raises(RefusedError, match="意见未齐：气候、大气、能源"):
        world.step(LEAD, Action.CLOSE_CONSULTATION)
    give_opinion(world, "气候")
    give_opinion(world, "大气", "材料不足暂无法出具", (Point("缺总量文件"),))
    reply(world)
    with pytest.raises(RefusedError, match="大气称材料不足"):
        world.step(LEAD, Action.CLOSE_CONSULTATION)
    again = world.review.opinions.invite(world.p(LEAD), world.id, "大气", days=3)
    assert (again.stage, again.kind, again.points) == ("待办", "", ())
    give_opinion(world, "大气")
    world.step(LEAD, Action.CLOSE_CONSULTATION)
    drafted = [
        event.body for event in world.review.filing.events(world.p(LEAD), world.id) if event.kind == "定处室意见"
    ]
    assert [body["kind"] for body in drafted if body["office"] == "大气"] == ["材料不足暂无法出具", "原则同意"]
    assert verify(world.engine).sound


# ---- outside bodies --------------------------------------------------------------------------------------------------


def test_a_letter_is_recorded_by_proxy_with_number_and_scan(at: At) -> None:
    world = at("会审中")
    lead, asked = world.p(LEAD), opinion(world, "能源")
    record = world.review.opinions.record_reply
    with pytest.raises(RefusedError, match="扫描件"):
        record(lead, world.id, asked.id, asked.version, "无意见", reply_number="x", reply_date=date(2026, 11, 2))
    world.review.register.attach(lead, world.id, f"opinion:{asked.id}", "复函.pdf", b"%PDF")
    for number, day, words in (("", date(2026, 11, 2), "复函文号"), ("x", date(2026, 11, 9), "今天以后")):
        with pytest.raises(RefusedError, match=words):
            record(lead, world.id, asked.id, asked.version, "无意见", reply_number=number, reply_date=day)
    done = record(
        lead, world.id, asked.id, asked.version, "原则同意",
        reply_number="苏能函〔2026〕8号", reply_date=date(2026, 11, 2), points=[Point("落实煤炭替代")],
    )  # fmt: skip
    assert (done.stage, done.reply_number, done.confirmed_by) == ("已定", "苏能函〔2026〕8号", "牵头处经办某")
    event = world.review.filing.events(lead, world.id)[-1]
    assert event.body["by_proxy"] is True
    assert len(event.body["scans"]) == 1
    inner = opinion(world, "气候")
    with pytest.raises(RefusedError, match="处室意见由处室自己办"):
        record(lead, world.id, inner.id, inner.version, "同意", reply_number="x", reply_date=date(2026, 11, 2))


# ---- experts ---------------------------------------------------------------------------------------------------------


def test_an_expert_declares_before_judging_and_may_recuse(at: At) -> None:
    world = at("技术评估")
    assessor, expert = world.p("技术评估"), world.p("专家")
    world.review.staffing.assign(assessor, world.id, expert.id, Role.EXPERT)
    with pytest.raises(RefusedError, match="请先作回避声明"):
        world.review.opinions.give_expert_opinion(expert, world.id, 1, "同意", "可行")
    world.review.submissions.recalculate(assessor, world.id)
    with pytest.raises(RefusedError, match="专家意见未齐：专家某"):
        world.step("技术评估", Action.FINISH_ASSESSMENT)
    with pytest.raises(RefusedError, match="回避理由"):
        world.review.staffing.declare(expert, world.id, conflict=True)
    world.review.staffing.declare(expert, world.id, conflict=True, reason="曾参与报告编制")
    with pytest.raises(NotAllowedError):
        world.review.opinions.give_expert_opinion(expert, world.id, 1, "同意", "可行")
    with pytest.raises(RefusedError, match="已回避"):
        world.review.staffing.assign(assessor, world.id, expert.id, Role.EXPERT)
    world.step("技术评估", Action.FINISH_ASSESSMENT)
    assert verify(world.engine).sound


def test_an_expert_is_not_asked_when_no_opinion_can_be_given_any_more(at: At) -> None:
    world = at("会审中")
    lead, admin = world.p("牵头处经办"), world.p("管理")
    world.review.accounts.add(admin, "expert2", "另一专家", capacities=[world.p("专家").capacities[0]])
    other = next(
        user for user, name in world.review.staffing.candidates(lead, world.id, Role.EXPERT) if name == "另一专家"
    )
    before = [item.office for item in world.review.opinions.of_review(lead, world.id)]
    with pytest.raises(RefusedError, match="现在是“会审”，不能再请专家"):
        world.review.staffing.assign(lead, world.id, other, Role.EXPERT)
    assert [item.office for item in world.review.opinions.of_review(lead, world.id)] == before
    assert "另一专家" not in [member.name for member in world.review.staffing.members(lead, world.id)]


def test_experts_of_one_name_are_two(at: At) -> None:
    world = at("技术评估")
    admin, assessor = world.p("管理"), world.p("技术评估")
    world.review.accounts.add(admin, "expert2", "专家某", capacities=[world.p("专家").capacities[0]])
    for user_id, _ in world.review.staffing.candidates(assessor, world.id, Role.EXPERT):
        world.review.staffing.assign(assessor, world.id, user_id, Role.EXPERT)
    names = [item.office for item in world.review.opinions.of_review(assessor, world.id)]
    assert sorted(names)[0] == "专家某"
    assert len(set(names)) == 2


# ---- merging ---------------------------------------------------------------------------------------------------------


def test_every_point_gets_its_adoption_with_reason(at: At) -> None:
    world = at("意见汇总")
    lead = world.p(LEAD)
    points = [point for item in world.review.opinions.of_review(lead, world.id) for point in item.points]
    assert len(points) == 3
    with pytest.raises(RefusedError, match="还有 3 条意见没有填采纳情况"):
        world.step(LEAD, Action.START_DRAFTING)
    with pytest.raises(RefusedError, match="理由没有填写"):
        world.review.opinions.adopt(lead, world.id, points[0].id, "未采纳")
    world.review.opinions.adopt(lead, world.id, points[0].id, "未采纳", "与上位规定不符")
    for point in points[1:]:
        world.review.opinions.adopt(lead, world.id, point.id, "采纳")
    world.step(LEAD, Action.START_DRAFTING)


def test_a_disagreement_goes_to_a_coordination_meeting_with_minutes(at: At) -> None:
    world = at("会审中")
    lead = world.p(LEAD)
    give_opinion(world, "气候", "不同意", (Point("排放量过大"),))
    give_opinion(world, "大气")
    reply(world)
    world.step(LEAD, Action.CLOSE_CONSULTATION)
    found = world.review.opinions.contradictions(lead, world.id)
    assert found[0].about == "总的结论"
    assert ("气候", "不同意") in found[0].sides
    for item in world.review.opinions.of_review(lead, world.id):
        for point in item.points:
            world.review.opinions.adopt(lead, world.id, point.id, "采纳")
    with pytest.raises(RefusedError, match="气候不同意，须经协调会"):
        world.step(LEAD, Action.START_DRAFTING)
    world.step(LEAD, Action.CALL_COORDINATION, reason="气候与大气意见相左")
    with pytest.raises(RefusedError, match="纪要还没有录入"):
        world.step(LEAD, Action.CLOSE_COORDINATION)
    with pytest.raises(RefusedError, match="今天以后"):
        world.review.drafting.write_minutes(
            lead, world.id, "协调会", held=date(2026, 12, 1), venue="省厅", people="各处", text="x"
        )
    minutes = world.review.drafting.write_minutes(
        lead,
        world.id,
        "协调会",
        held=date(2026, 11, 2),
        venue="省厅",
        people="气候、大气",
        text="经协调，同意附条件通过",
    )
    visit = world.review.drafting.write_minutes(
        lead, world.id, "现场踏勘", held=date(2026, 11, 2), venue="厂址", people="某", text="已踏勘"
    )
    world.step(LEAD, Action.CLOSE_COORDINATION)
    asked = opinion(world, "气候")
    with pytest.raises(RefusedError, match="须以本轮协调会的纪要为据"):
        world.review.opinions.settle(lead, world.id, asked.id, visit.id, "附条件")
    assert world.review.opinions.settle(lead, world.id, asked.id, minutes.id, "附条件通过").settled == "附条件通过"
    world.step(LEAD, Action.START_DRAFTING)
    assert verify(world.engine).sound


def test_contradictory_values_and_findings_are_shown_to_the_lead(at: At) -> None:
    world = at("会审中")
    check = world.review.verification.check
    check(world.p(CLERK), world.id, "units/5/hours", "已核实", verified="4800 h", page="20")
    check(world.p("大气处室经办"), world.id, "units/5/hours", "已核实", verified="5000 h", page="21")
    about = {item.about: item.sides for item in world.review.opinions.contradictions(world.p(LEAD), world.id)}
    assert {side[0] for side in about["生产单元 5·年利用（运行）小时数"]} == {"气候处室经办某", "大气处室经办某"}
    consult_with_doubt = "存疑未决：生产单元 5·年利用（运行）小时数"
    consult(world)
    with pytest.raises(RefusedError, match=consult_with_doubt):
        world.step(LEAD, Action.START_DRAFTING)


# ---- drafts and 会签 --------------------------------------------------------------------------------------------------


def test_an_objection_sends_the_draft_back_and_a_new_version_goes_round(at: At) -> None:
    world = at("会签")
    lead, drafting = world.p(LEAD), world.review.drafting
    first = drafting.conclusions(lead, world.id)[-1]
    with pytest.raises(RefusedError, match="会签意见没有填写"):
        drafting.countersign(world.p(HEAD), world.id, first.id, "有意见")
    drafting.countersign(world.p(HEAD), world.id, first.id, "有意见", "请写明监测要求")
    with pytest.raises(RefusedError, match="已会签这一稿"):
        drafting.countersign(world.p(HEAD), world.id, first.id, "同意")
    drafting.countersign(world.p("大气处室负责人"), world.id, first.id, "同意")
    with pytest.raises(RefusedError, match="气候会签有意见"):
        world.step(LEAD, Action.CLOSE_COUNTERSIGNING)
    world.step(LEAD, Action.RETURN_DRAFT, reason="吸收气候处意见")
    with pytest.raises(RefusedError, match="还没有依据最新结果的联审意见稿"):
        world.step(LEAD, Action.CIRCULATE)
    second = drafting.write_conclusion(lead, world.id, "经联审，原则同意。请落实监测。")
    world.step(LEAD, Action.CIRCULATE)
    with pytest.raises(RefusedError, match="不是最新一稿"):
        drafting.countersign(world.p(HEAD), world.id, first.id, "同意")
    for office in ("气候", "大气"):
        drafting.countersign(world.p(f"{office}处室负责人"), world.id, second.id, "同意")
    world.step(LEAD, Action.CLOSE_COUNTERSIGNING)
    assert [item.text for item in drafting.conclusions(lead, world.id)] == [first.text, second.text]
    assert verify(world.engine).sound


def test_phrases_are_the_offices_own_and_the_programs(at: At) -> None:
    world = at("会审中")
    phrases = world.review.phrases
    own = phrases.add(world.p(CLERK), "气候", "碳市场与报告", "请按时报送排放报告。")
    listed = phrases.of_office(world.p(CLERK), "气候", "碳市场与报告")
    assert listed[0] == own
    assert all(item.topic in ("碳市场与报告", "通用") for item in listed)
    assert own not in phrases.of_office(world.p(CLERK), "大气")
    assert {item.topic for item in phrases.of_office(world.p(CLERK), "大气")} <= {*TOPICS, "通用"}
    for act in (
        lambda: phrases.add(world.p(CLERK), "大气", "通用", "x"),
        lambda: phrases.remove(world.p("大气处室经办"), own.id),
        lambda: phrases.add(world.p("建设单位"), "", "通用", "x"),
    ):
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(RefusedError, match="不认识的审查要点"):
        phrases.add(world.p(CLERK), "气候", "别的", "x")
    phrases.remove(world.p(CLERK), own.id)
    assert own not in phrases.of_office(world.p(CLERK), "气候")
