"""What pages ask of the service besides the work itself: one's part, whether the result is current, whether a decision is still of what was seen."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from review_walk import World, example_file, opinion

from tanping.assessment.review.errors import ChangedError, NotAllowedError
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.words import Conflict
from tanping.assessment.review.workflow import State

At = Callable[[str], World]
HOURS = "units/5/hours"


def test_a_part_tells_role_office_state_and_what_may_be_done_now(at: At) -> None:
    world = at("会审中")
    clerk = world.review.staffing.part(world.p("气候处室经办"), world.id)
    assert (clerk.role, clerk.office, clerk.state) == (Role.OFFICE_CLERK, "气候", State.CONSULTATION)
    assert clerk.may(Action.ANSWER_POINT)
    assert clerk.may(Action.READ_OPINIONS)
    assert not clerk.may(Action.CONFIRM_OPINION)
    expert = world.review.staffing.part(world.p("专家"), world.id)
    assert expert.conflict is Conflict.NONE
    assert expert.knows(Action.GIVE_EXPERT_OPINION)
    assert not expert.may(Action.GIVE_EXPERT_OPINION)
    assert world.review.staffing.part(world.p("审计"), world.id).role is Role.AUDITOR
    with pytest.raises(NotAllowedError):
        world.review.staffing.part(world.p("水处室经办"), world.id)


def test_a_result_is_current_until_a_value_is_verified_otherwise(at: At) -> None:
    world = at("会审中")
    lead = world.p("牵头处经办")
    assert world.review.submissions.current(lead, world.id)
    world.review.verification.check(lead, world.id, HOURS, "已核实", verified="4800 h", page="20")
    assert not world.review.submissions.current(lead, world.id)
    with pytest.raises(NotAllowedError):
        world.review.submissions.current(world.p("建设单位"), world.id)


def test_an_adoption_is_of_what_was_seen(at: At) -> None:
    world = at("意见汇总")
    lead, adopt = world.p("牵头处经办"), world.review.opinions.adopt
    point = opinion(world, "气候").points[0]
    adopt(lead, world.id, point.id, "部分采纳", "只落实一半", seen=("", ""))
    with pytest.raises(ChangedError, match="采纳情况刚被您自己在另一个窗口改过"):
        adopt(lead, world.id, point.id, "采纳", seen=("", ""))
    assert opinion(world, "气候").points[0].adoption == "部分采纳"
    adopt(lead, world.id, point.id, "采纳", seen=("部分采纳", "只落实一半"))
    assert opinion(world, "气候").points[0].adoption == "采纳"


def test_an_expert_knows_their_own_opinion(at: At) -> None:
    world = at("会审")
    seen = {
        who: [item.own for item in world.review.opinions.of_review(world.p(who), world.id)] for who in ("专家", "审计")
    }
    assert seen == {"专家": [True], "审计": [False]}


def test_a_check_of_an_earlier_version_that_holds_on_can_be_changed(at: At) -> None:
    world = at("技术评估")
    assessor, builder = world.p("技术评估"), world.p("建设单位")
    check = world.review.verification.check
    check(assessor, world.id, "units/6/hours", "存疑", note="页码不对")
    demand = world.review.demands.write(assessor, world.id, "改小时数")
    world.step("技术评估", Action.ASK_REVISION)
    file = copy.deepcopy(example_file())
    file["units"][0]["hours"] = "4700 h"
    world.review.submissions.seal(builder, world.id, file, report="修改稿")
    world.review.demands.answer(builder, world.id, demand.id, demand.version, "已改", "20")
    world.step("建设单位", Action.SUBMIT_REVISION)
    (held,) = world.review.verification.overview(assessor, world.id)
    with pytest.raises(Exception, match="上一稿"):
        check(assessor, world.id, "units/6/hours", "已核实", page="20", version=held.checks[0].version + 1)
    again = check(assessor, world.id, "units/6/hours", "已核实", page="20", version=held.checks[0].version)
    assert again.version == held.checks[0].version + 1
    (now,) = world.review.verification.overview(assessor, world.id)
    assert (now.status, len(now.checks)) == ("已核实", 1)
