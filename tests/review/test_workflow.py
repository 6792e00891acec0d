"""The procedure: no path skips a guard, no role oversteps, what is refused is told in Chinese.

The table of what each state needs is written here a second time, by hand, from the design; the program's own table is not used as
its own judge.
"""

from __future__ import annotations

import itertools
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tanping.assessment.review.errors import NotAllowedError, RefusedError, ReviewError
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.workflow import (
    COMMANDS,
    ENDED,
    MAIN_LINE,
    ClockEffect,
    Order,
    Situation,
    State,
    Step,
    obstacles,
    offered,
    take,
)

S, A, R = State, Action, Role

# Written by hand: from, to, who.
EDGES = """
提交 草稿 已提交 建设单位,环评编制单位
收件 已提交 受理审查 受理
一次性补正告知 受理审查 待补正 受理
提交补正 待补正 受理审查 建设单位,环评编制单位
不予受理 受理审查 不予受理 受理
受理 受理审查 技术评估 受理
修改补充意见 技术评估 待修改 技术评估
修改补充意见 会审 待修改 牵头处经办
修改补充意见 意见汇总 待修改 牵头处经办
提交修改稿 待修改 <回> 建设单位,环评编制单位
完成技术评估 技术评估 会审 技术评估
退回技术评估 会审 技术评估 牵头处经办
会审结束 会审 意见汇总 牵头处经办
退回会审 意见汇总 会审 牵头处经办
退回会审 拟稿 会审 牵头处经办
召开协调会 意见汇总 协调会 牵头处经办
协调会结束 协调会 意见汇总 牵头处经办
开始拟稿 意见汇总 拟稿 牵头处经办
送会签 拟稿 会签 牵头处经办
会签结束 会签 审核 牵头处经办
退回改稿 会签 拟稿 牵头处经办
退回改稿 审核 拟稿 牵头处审核
退回改稿 签发 拟稿 牵头处签发
审核通过 审核 签发 牵头处审核
签发 签发 编号 牵头处签发
编号 编号 用印 牵头处经办,档案
用印 用印 归档 牵头处经办,档案
归档 归档 已归档 档案
恢复审查 中止 <回> 牵头处经办
重新联审 不予受理 草稿 建设单位,环评编制单位
重新联审 已撤回 草稿 建设单位,环评编制单位
重新联审 已终止 草稿 牵头处经办
重新联审 已归档 草稿 牵头处经办
"""
TIMED = ["技术评估", "会审", "意见汇总", "协调会", "拟稿", "会签", "审核", "签发"]
for state in TIMED:
    EDGES += f"停表 {state} {state} 受理,技术评估,牵头处经办\n恢复计时 {state} {state} 受理,技术评估,牵头处经办\n"
    EDGES += f"中止 {state} 中止 牵头处经办\n"
for state in [*TIMED, "待修改", "中止"]:
    EDGES += f"终止 {state} 已终止 牵头处签发\n"
for state in [*TIMED, "已提交", "受理审查", "待补正", "待修改", "中止"]:
    EDGES += f"撤回 {state} 已撤回 建设单位,环评编制单位\n"

ALLOWED: dict[tuple[Action, State], tuple[str, frozenset[str]]] = {}
for line in EDGES.split("\n"):
    if line:
        action, before, after, who = line.split()
        ALLOWED[A(action), S(before)] = (after, frozenset(who.split(",")))

NEEDS_REASON = {
    "不予受理",
    "退回技术评估",
    "退回会审",
    "召开协调会",
    "退回改稿",
    "停表",
    "中止",
    "恢复审查",
    "终止",
    "撤回",
    "重新联审",
}

# Written by hand: which circumstance stands against which steps.
AGAINST: dict[str, set[str]] = {
    "unsealed": {"提交", "提交补正", "提交修改稿"},
    "corrected": {"一次性补正告知"},
    "no_demands_written": {"一次性补正告知", "修改补充意见"},
    "demands_written": {"受理", "完成技术评估", "会审结束", "开始拟稿"},
    "demands_unanswered": {"提交补正", "提交修改稿"},
    "demands_unjudged": {"完成技术评估", "会审结束", "开始拟稿"},
    "stale_result": {"完成技术评估", "开始拟稿"},
    "experts_waiting": {"完成技术评估"},
    "nobody_invited": {"会审结束"},
    "waiting": {"会审结束"},
    "unable": {"会审结束"},
    "doubts": {"开始拟稿"},
    "points_open": {"开始拟稿"},
    "disagreements": {"开始拟稿"},
    "minutes_missing": {"协调会结束"},
    "conclusion_missing": {"送会签", "会签结束", "审核通过", "签发"},
    "countersigns_waiting": {"会签结束"},
    "objections": {"会签结束"},
    "final_missing": {"用印"},
    "file_gaps": {"归档"},
    "stopped": {"停表"},
    "running": {"恢复计时"},
    "no_days": {"受理"},
    "bad_number": {"编号"},
    "number_taken": {"编号"},
    "bad_retention": {"归档"},
    "no_archive_number": {"归档"},
}


def circumstances(situation: Situation, order: Order) -> set[str]:
    """Name what is the case."""
    return {
        name
        for name, holds in {
            "unsealed": situation.unsealed,
            "corrected": situation.corrected,
            "no_demands_written": situation.demands_written == 0,
            "demands_written": situation.demands_written > 0,
            "demands_unanswered": situation.demands_unanswered > 0,
            "demands_unjudged": situation.demands_unjudged > 0,
            "stale_result": situation.stale_result,
            "experts_waiting": situation.experts_waiting != (),
            "nobody_invited": situation.invited == (),
            "waiting": situation.waiting != (),
            "unable": situation.unable != (),
            "doubts": situation.doubts != (),
            "points_open": situation.points_open > 0,
            "disagreements": situation.disagreements != (),
            "minutes_missing": situation.minutes_missing,
            "conclusion_missing": situation.conclusion_missing,
            "countersigns_waiting": situation.countersigns_waiting != (),
            "objections": situation.objections != (),
            "final_missing": situation.final_missing,
            "file_gaps": situation.file_gaps != (),
            "stopped": situation.stopped,
            "running": not situation.stopped,
            "no_days": order.days is None or order.days < 1,
            "bad_number": order.number != "苏环碳联〔2026〕3号",
            "number_taken": order.number_taken,
            "bad_retention": order.retention not in ("永久", "30年", "10年"),
            "no_archive_number": not order.archive_number.strip(),
        }.items()
        if holds
    }


def expected(situation: Situation, order: Order) -> str:
    """Return the state a step must lead to, or an empty text if it must be refused: the judge of all tests below."""
    edge = ALLOWED.get((order.action, situation.state))
    if edge is None or order.role not in edge[1]:
        return ""
    if order.action in NEEDS_REASON and not order.reason.strip():
        return ""
    if any(order.action in AGAINST[name] for name in circumstances(situation, order)):
        return ""
    return (situation.resume or "") if edge[0] == "<回>" else edge[0]


NAMES = st.sampled_from([(), ("气候",), ("大气", "水")])
COUNTS = st.sampled_from([0, 0, 0, 2])
RARELY = st.sampled_from([False, False, False, True])


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    state = draw(st.sampled_from(State))
    return Situation(
        state=state,
        resume=draw(st.sampled_from([S(name) for name in TIMED])) if state in (S.SUSPENDED, S.REVISION) else None,
        round=draw(st.integers(1, 3)),
        stopped=draw(st.booleans()),
        unsealed=draw(RARELY),
        corrected=draw(RARELY),
        demands_written=draw(COUNTS),
        demands_unanswered=draw(COUNTS),
        demands_unjudged=draw(COUNTS),
        stale_result=draw(RARELY),
        experts_waiting=draw(NAMES),
        invited=draw(NAMES),
        waiting=draw(NAMES),
        unable=draw(NAMES),
        doubts=draw(NAMES),
        points_open=draw(COUNTS),
        disagreements=draw(NAMES),
        minutes_missing=draw(RARELY),
        conclusion_missing=draw(RARELY),
        countersigns_waiting=draw(NAMES),
        objections=draw(NAMES),
        final_missing=draw(RARELY),
        file_gaps=draw(NAMES),
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    return Order(
        action=draw(st.sampled_from(list(COMMANDS))),
        role=draw(st.sampled_from(Role)),
        reason=draw(st.sampled_from(["", "  ", "材料有误", "依规定"])),
        days=draw(st.sampled_from([None, 0, 20])),
        number=draw(st.sampled_from(["苏环碳联〔2026〕3号", "苏环碳联〔2026〕3号", "苏环2026-3", ""])),
        number_taken=draw(RARELY),
        retention=draw(st.sampled_from(["永久", "30年", "无"])),
        archive_number=draw(st.sampled_from(["A-1", " "])),
    )


@settings(max_examples=500, deadline=None)
@given(situations(), orders())
def test_a_step_is_taken_exactly_when_the_table_written_by_hand_says_so(situation: Situation, order: Order) -> None:
    wanted = expected(situation, order)
    if not wanted:
        with pytest.raises(ReviewError, match=r"[一-龥].*。$"):
            take(situation, order)
        return
    step = take(situation, order)
    assert step.after == wanted
    assert (step.before, step.action) == (situation.state, order.action)
    assert step.round == situation.round + (order.action is A.REOPEN)


def good(state: State, action: Action) -> Situation:
    """A situation in which nothing stands against a step."""
    resume = S.CONSULTATION if state in (S.SUSPENDED, S.REVISION) else None
    demands = 2 if action in (A.REQUEST_CORRECTION, A.ASK_REVISION) else 0
    return Situation(
        state=state, resume=resume, demands_written=demands, invited=("气候",), stopped=action is A.RESTART_CLOCK
    )


def full(action: Action, role: Role) -> Order:
    """An order that lacks nothing."""
    return Order(action, role, "理由", 20, "苏环碳联〔2026〕3号", False, "永久", "A-1")


@pytest.mark.parametrize("action", COMMANDS)
def test_every_action_state_and_role_is_decided_as_written_by_hand(action: Action) -> None:
    for state, role in itertools.product(State, Role):
        edge = ALLOWED.get((action, state))
        situation = good(state, action)
        if edge is not None and role in edge[1]:
            after = "会审" if edge[0] == "<回>" else edge[0]
            assert take(situation, full(action, role)).after == after
            assert action in offered(situation, role)
        else:
            with pytest.raises((RefusedError, NotAllowedError)):
                take(situation, full(action, role))
            assert action not in offered(situation, role)


@pytest.mark.parametrize("name", AGAINST)
def test_each_circumstance_alone_stands_in_the_way(name: str) -> None:
    bad = {
        "no_demands_written": {"demands_written": 0},
        "nobody_invited": {"invited": ()},
        "running": {"stopped": False},
    }.get(name)
    wrong_order = {
        "no_days": {"days": None},
        "bad_number": {"number": "第3号"},
        "number_taken": {"number_taken": True},
        "bad_retention": {"retention": "5年"},
        "no_archive_number": {"archive_number": ""},
    }.get(name, {})
    kinds = {field.name: field.default for field in fields(Situation) if field.name != "state"}
    if bad is None and not wrong_order:
        usual = kinds[name]
        bad = {name: 2 if usual == 0 and usual is not False else ("气候",) if usual == () else True}
    for action in map(A, AGAINST[name]):
        (state, (_, who)) = next((key[1], edge) for key, edge in ALLOWED.items() if key[0] is action)
        role = R(min(who))
        situation = good(state, action)
        take(situation, full(action, role))
        with pytest.raises(RefusedError):
            take(replace(situation, **(bad or {})), replace(full(action, role), **wrong_order))


def test_what_is_lacking_is_told_all_at_once() -> None:
    situation = Situation(S.MERGING, doubts=("units/5/hours",), points_open=3, disagreements=("大气", "水"))
    with pytest.raises(RefusedError) as caught:
        take(situation, Order(A.START_DRAFTING, R.LEAD_CLERK))
    assert str(caught.value) == (
        "不能开始拟稿：存疑未决：units/5/hours；还有 3 条意见没有填采纳情况；大气、水不同意，须经协调会形成纪要，或由其改变意见。"
    )
    assert len(obstacles(situation, A.START_DRAFTING)) == 3
    assert obstacles(situation, A.NUMBER) == (), "what the person will type is not an obstacle yet"


def test_a_step_out_of_place_says_where_it_belongs() -> None:
    with pytest.raises(RefusedError, match="现在是“会审”，不能受理；受理在“受理审查”时办理"):
        take(Situation(S.CONSULTATION), full(A.ACCEPT, R.ACCEPTANCE))
    with pytest.raises(NotAllowedError, match="“专家”不能签发，这一步由牵头处签发办理"):
        take(Situation(S.SIGNING), full(A.SIGN, R.EXPERT))
    with pytest.raises(RefusedError, match="在“会审”时，修改补充意见由牵头处经办办理"):
        take(Situation(S.CONSULTATION, demands_written=1), full(A.ASK_REVISION, R.ASSESSOR))


def test_a_record_without_a_way_back_is_told() -> None:
    with pytest.raises(RefusedError, match="核验数据库"):
        take(Situation(S.SUSPENDED), full(A.RESUME, R.LEAD_CLERK))


def test_the_clock_runs_from_acceptance_to_signing() -> None:
    assert take(good(S.ACCEPTANCE, A.ACCEPT), full(A.ACCEPT, R.ACCEPTANCE)).clock is ClockEffect.START
    asked = take(good(S.ASSESSMENT, A.ASK_REVISION), full(A.ASK_REVISION, R.ASSESSOR))
    assert (asked.clock, asked.stopped, asked.resume) == (ClockEffect.STOP, True, S.ASSESSMENT)
    back = take(Situation(S.REVISION, resume=S.ASSESSMENT, stopped=True), full(A.SUBMIT_REVISION, R.BUILDER))
    assert (back.clock, back.stopped, back.resume) == (ClockEffect.GO, False, None)
    assert take(good(S.SIGNING, A.SIGN), full(A.SIGN, R.LEAD_SIGNER)).clock is ClockEffect.END


class Procedure(RuleBasedStateMachine):
    """Random people take random steps while circumstances change; the way taken is checked from its log alone."""

    @initialize()
    def start(self) -> None:
        self.situation = Situation(S.DRAFT, unsealed=True)
        self.log: list[tuple[Step, Situation, Order]] = []

    @rule(other=situations())
    def circumstances_change(self, other: Situation) -> None:
        now = self.situation
        self.situation = replace(other, state=now.state, resume=now.resume, round=now.round, stopped=now.stopped)

    @rule()
    def everything_is_in_order(self) -> None:
        self.situation = Situation(
            self.situation.state, self.situation.resume, self.situation.round, self.situation.stopped, invited=("气候",)
        )

    @rule(order=orders())
    def anybody_asks_anything(self, order: Order) -> None:
        self.ask(order)

    @rule(data=st.data())
    def somebody_entitled_asks(self, data: st.DataObject) -> None:
        here = [(action, edge) for (action, state), edge in ALLOWED.items() if state is self.situation.state]
        action, (_, who) = data.draw(st.sampled_from(here))
        self.ask(full(action, R(data.draw(st.sampled_from(sorted(who))))))

    def ask(self, order: Order) -> None:
        try:
            step = take(self.situation, order)
        except ReviewError:
            return
        self.log.append((step, self.situation, order))
        self.situation = replace(
            self.situation, state=step.after, resume=step.resume, round=step.round, stopped=step.stopped
        )

    @invariant()
    def no_guard_was_skipped(self) -> None:
        for step, situation, order in self.log[-1:]:
            assert expected(situation, order) == step.after

    @invariant()
    def nothing_is_issued_that_was_not_submitted_accepted_heard_and_signed(self) -> None:
        if self.situation.state not in (S.NUMBERING, S.SEALING, S.FILING, S.FILED):
            return
        this_round = [
            (step.action, order.role) for step, situation, order in self.log if situation.round == self.situation.round
        ]
        # The way to the end, read backwards: each of these lies behind the next.
        position = len(this_round)
        for needed in (A.SIGN, A.CHECK, A.CLOSE_COUNTERSIGNING, A.CIRCULATE, A.START_DRAFTING, A.CLOSE_CONSULTATION):
            position = max(i for i in range(position) if this_round[i][0] is needed)
        for needed in (A.FINISH_ASSESSMENT, A.ACCEPT, A.RECEIVE, A.SUBMIT):
            position = max(i for i in range(position) if this_round[i][0] is needed)

    @invariant()
    def a_way_back_is_known_exactly_while_away(self) -> None:
        away = self.situation.state in (S.SUSPENDED, S.REVISION)
        assert (self.situation.resume is not None) == away

    @invariant()
    def an_ended_review_does_not_stand_on_a_stopped_clock(self) -> None:
        assert not (self.situation.state in ENDED and self.situation.stopped)


Procedure.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestProcedure = Procedure.TestCase


def test_the_main_line_can_be_walked() -> None:
    way = [A.SUBMIT, A.RECEIVE, A.ACCEPT, A.FINISH_ASSESSMENT, A.CLOSE_CONSULTATION, A.START_DRAFTING, A.CIRCULATE]
    way += [A.CLOSE_COUNTERSIGNING, A.CHECK, A.SIGN, A.NUMBER, A.SEAL, A.FILE]
    situation = Situation(S.DRAFT, invited=("气候",))
    seen = [situation.state]
    for action in way:
        role = next(role for role in Role if action in offered(situation, role))
        step = take(situation, full(action, role))
        situation = replace(situation, state=step.after)
        seen.append(step.after)
    assert tuple(seen) == MAIN_LINE
