"""The procedure as a pure state machine: which step leads where, who takes it, what must hold, what needs a reason.

Nothing here reads or writes. ``take`` gets the situation as the store sees it and the order as the person gave it, and returns the
step or raises RefusedError with every reason against it. Sending back, stopping, suspending, withdrawing are steps like the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tanping.assessment.review import roles
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.roles import ENTERING, Action, Role


class State(StrEnum):
    """Where a review stands: the step that is being done, or how it ended."""

    DRAFT = "草稿"
    SUBMITTED = "已提交"
    ACCEPTANCE = "受理审查"
    CORRECTION = "待补正"
    ASSESSMENT = "技术评估"
    REVISION = "待修改"
    CONSULTATION = "会审"
    MERGING = "意见汇总"
    COORDINATION = "协调会"
    DRAFTING = "拟稿"
    COUNTERSIGNING = "会签"
    CHECKING = "审核"
    SIGNING = "签发"
    NUMBERING = "编号"
    SEALING = "用印"
    FILING = "归档"
    FILED = "已归档"
    SUSPENDED = "中止"
    REFUSED = "不予受理"
    WITHDRAWN = "已撤回"
    TERMINATED = "已终止"


MAIN_LINE = (
    State.DRAFT,
    State.SUBMITTED,
    State.ACCEPTANCE,
    State.ASSESSMENT,
    State.CONSULTATION,
    State.MERGING,
    State.DRAFTING,
    State.COUNTERSIGNING,
    State.CHECKING,
    State.SIGNING,
    State.NUMBERING,
    State.SEALING,
    State.FILING,
    State.FILED,
)
"""The steps in order, as a page shows them."""

ENDED = frozenset({State.FILED, State.REFUSED, State.WITHDRAWN, State.TERMINATED})
TIMED = frozenset(
    {
        State.ASSESSMENT,
        State.CONSULTATION,
        State.MERGING,
        State.COORDINATION,
        State.DRAFTING,
        State.COUNTERSIGNING,
        State.CHECKING,
        State.SIGNING,
    }
)
"""States in which the clock of the whole review runs and may be stopped."""
BEFORE_ISSUE = frozenset({*TIMED, State.SUBMITTED, State.ACCEPTANCE, State.CORRECTION, State.REVISION, State.SUSPENDED})

RETENTIONS = ("永久", "30年", "10年")
NUMBER = re.compile(r"[^\s〔〕\d]{1,20}〔20\d{2}〕[1-9]\d{0,4}号")


@dataclass(frozen=True)
class Situation:
    """What the steps look at. Names and labels are Chinese, ready to be told."""

    state: State
    resume: State | None = None
    round: int = 1
    stopped: bool = False
    unsealed: bool = False
    """No version of the project file was sealed since the last draft, notice or request."""
    corrected: bool = False
    """A one-off correction notice was already given in this round."""
    demands_written: int = 0
    demands_unanswered: int = 0
    demands_unjudged: int = 0
    stale_result: bool = False
    """The newest result is not that of the newest version, the legal date and the values as verified."""
    experts_waiting: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    """Who was asked, has not answered, and is not noted as silent."""
    unable: tuple[str, ...] = ()
    """Who answered 材料不足暂无法出具."""
    doubts: tuple[str, ...] = ()
    points_open: int = 0
    disagreements: tuple[str, ...] = ()
    """Who does not agree, without minutes that settle it."""
    minutes_missing: bool = False
    conclusion_missing: bool = False
    """No drafted opinion of this round rests on the newest result."""
    countersigns_waiting: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    final_missing: bool = False
    file_gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """What a person asks for: the step, as what, why, and what the step needs besides."""

    action: Action
    role: Role
    reason: str = ""
    days: int | None = None
    number: str = ""
    number_taken: bool = False
    retention: str = ""
    archive_number: str = ""


class ClockEffect(StrEnum):
    """What a step does to the clock of the whole review."""

    NONE = ""
    START = "起算"
    STOP = "停表"
    GO = "恢复计时"
    END = "止算"


@dataclass(frozen=True)
class Step:
    """A step as taken: from where to where, and what it does to round and clock."""

    action: Action
    before: State
    after: State
    resume: State | None
    round: int
    stopped: bool
    clock: ClockEffect


Guard = Callable[[Situation, Order], str]
"""Returns why a step can't be taken, or an empty text."""


@dataclass(frozen=True)
class Route:
    """From a state to a state, for some of the roles that may take the step at all. ``after`` None: stay, or go back to ``resume``."""

    before: State
    after: State | None
    roles: frozenset[Role] | None = None


@dataclass(frozen=True)
class Command:
    """A step: its routes, guards, whether it needs a reason, and what it does to the clock."""

    routes: tuple[Route, ...]
    guards: tuple[Guard, ...] = ()
    reason: bool = False
    clock: ClockEffect = ClockEffect.NONE


# ---- guards ----------------------------------------------------------------------------------------------------------


def sealed(situation: Situation, _order: Order) -> str:
    """A new version of the project file must have been sealed."""
    return "还没有封存新的项目文件，请先上传并封存" if situation.unsealed else ""


def first_notice(situation: Situation, _order: Order) -> str:
    """Corrections are asked for once."""
    return "本轮已发过一次性补正告知，补正要求须一次告知、不得再次要求补正" if situation.corrected else ""


def something_demanded(situation: Situation, _order: Order) -> str:
    """A notice or request must say something."""
    return "" if situation.demands_written else "还没有拟出任何一条意见"


def all_answered(situation: Situation, _order: Order) -> str:
    """The applicant answers every demand."""
    count = situation.demands_unanswered
    return f"还有 {count} 条意见没有答复修改情况" if count else ""


def all_judged(situation: Situation, _order: Order) -> str:
    """Every answer is judged, and nothing written is left unsent."""
    said = []
    if situation.demands_written:
        said.append(f"有 {situation.demands_written} 条拟好的意见没有发出")
    if situation.demands_unjudged:
        said.append(f"有 {situation.demands_unjudged} 条意见的修改情况没有判定")
    return "，".join(said)


def nothing_unsent(situation: Situation, _order: Order) -> str:
    """At acceptance no drafted correction may be left aside."""
    return f"有 {situation.demands_written} 条拟好的补正要求没有发出也没有删去" if situation.demands_written else ""


def limit_given(_situation: Situation, order: Order) -> str:
    """Acceptance states the limit of the whole review."""
    if order.days is None or order.days < 1:
        return "没有写明联审总时限（工作日数，从受理次日起算）"
    return ""


def result_current(situation: Situation, _order: Order) -> str:
    """The result must be that of the newest version and values."""
    if not situation.stale_result:
        return ""
    return "评估结果不是最新一稿、法规适用日期和核实值的结果，请先重算并封存"


def experts_done(situation: Situation, _order: Order) -> str:
    """Every expert gave an opinion or withdrew."""
    return f"专家意见未齐：{_list(situation.experts_waiting)}" if situation.experts_waiting else ""


def somebody_invited(situation: Situation, _order: Order) -> str:
    """A joint review asks somebody."""
    return "" if situation.invited else "还没有向任何处室或单位征求意见"


def all_replied(situation: Situation, _order: Order) -> str:
    """Who was asked answered, or stands as silent."""
    return f"意见未齐：{_list(situation.waiting)}（逾期的先记“逾期未复”）" if situation.waiting else ""


def all_able(situation: Situation, _order: Order) -> str:
    """Nobody still lacks material."""
    return f"{_list(situation.unable)}称材料不足暂无法出具意见，请补充后重新征求" if situation.unable else ""


def no_doubt(situation: Situation, _order: Order) -> str:
    """The opinion rests on verified values."""
    return f"存疑未决：{_list(situation.doubts)}" if situation.doubts else ""


def points_adopted(situation: Situation, _order: Order) -> str:
    """Every point of every opinion has its adoption."""
    return f"还有 {situation.points_open} 条意见没有填采纳情况" if situation.points_open else ""


def disagreements_settled(situation: Situation, _order: Order) -> str:
    """Who does not agree is heard at a coordination meeting."""
    if not situation.disagreements:
        return ""
    return f"{_list(situation.disagreements)}不同意，须经协调会形成纪要，或由其改变意见"


def minutes_written(situation: Situation, _order: Order) -> str:
    """A meeting leaves minutes."""
    return "协调会纪要还没有录入" if situation.minutes_missing else ""


def conclusion_written(situation: Situation, _order: Order) -> str:
    """There is a draft, made from the newest result."""
    return "还没有依据最新结果的联审意见稿" if situation.conclusion_missing else ""


def all_countersigned(situation: Situation, _order: Order) -> str:
    """Every inner office countersigned."""
    return f"会签未齐：{_list(situation.countersigns_waiting)}" if situation.countersigns_waiting else ""


def no_objection(situation: Situation, _order: Order) -> str:
    """An objection sends the draft back."""
    return f"{_list(situation.objections)}会签有意见，请退回改稿后重新会签" if situation.objections else ""


def number_in_form(_situation: Situation, order: Order) -> str:
    """The number has its official form and is free."""
    if not NUMBER.fullmatch(order.number):
        return f"文号“{order.number}”不合格式，例：苏环碳联〔2026〕3号"
    return f"文号“{order.number}”已用过" if order.number_taken else ""


def final_attached(situation: Situation, _order: Order) -> str:
    """What is sealed is the final document."""
    return "还没有上传定稿文件（PDF）" if situation.final_missing else ""


def file_complete(situation: Situation, _order: Order) -> str:
    """The file has all its parts."""
    return f"卷内缺：{_list(situation.file_gaps)}" if situation.file_gaps else ""


def archive_data(_situation: Situation, order: Order) -> str:
    """Filing states how long and where."""
    if order.retention not in RETENTIONS:
        return f"保管期限应为：{_list(RETENTIONS)}"
    return "" if order.archive_number.strip() else "没有写档号"


def clock_runs(situation: Situation, _order: Order) -> str:
    """A standing clock can't be stopped again."""
    return "已在停表中" if situation.stopped else ""


def clock_stands(situation: Situation, _order: Order) -> str:
    """A running clock can't be restarted."""
    return "" if situation.stopped else "没有停表"


def _list(names: tuple[str, ...]) -> str:
    return "、".join(names)


# ---- the table -------------------------------------------------------------------------------------------------------


def _all(states: frozenset[State], after: State | None) -> tuple[Route, ...]:
    return tuple(Route(state, after) for state in State if state in states)


_S = State
_ASSESSOR = frozenset({Role.ASSESSOR})
_LEAD = frozenset({Role.LEAD_CLERK})

COMMANDS: dict[Action, Command] = {
    Action.SUBMIT: Command((Route(_S.DRAFT, _S.SUBMITTED),), (sealed,)),
    Action.RECEIVE: Command((Route(_S.SUBMITTED, _S.ACCEPTANCE),)),
    Action.REQUEST_CORRECTION: Command((Route(_S.ACCEPTANCE, _S.CORRECTION),), (first_notice, something_demanded)),
    Action.SUBMIT_CORRECTION: Command((Route(_S.CORRECTION, _S.ACCEPTANCE),), (sealed, all_answered)),
    Action.REFUSE: Command((Route(_S.ACCEPTANCE, _S.REFUSED),), reason=True),
    Action.ACCEPT: Command(
        (Route(_S.ACCEPTANCE, _S.ASSESSMENT),), (nothing_unsent, limit_given), clock=ClockEffect.START
    ),
    Action.ASK_REVISION: Command(
        (
            Route(_S.ASSESSMENT, _S.REVISION, _ASSESSOR),
            Route(_S.CONSULTATION, _S.REVISION, _LEAD),
            Route(_S.MERGING, _S.REVISION, _LEAD),
        ),
        (something_demanded,),
        clock=ClockEffect.STOP,
    ),
    Action.SUBMIT_REVISION: Command((Route(_S.REVISION, None),), (sealed, all_answered), clock=ClockEffect.GO),
    Action.FINISH_ASSESSMENT: Command(
        (Route(_S.ASSESSMENT, _S.CONSULTATION),), (result_current, all_judged, experts_done)
    ),
    Action.RETURN_TO_ASSESSMENT: Command((Route(_S.CONSULTATION, _S.ASSESSMENT),), reason=True),
    Action.CLOSE_CONSULTATION: Command(
        (Route(_S.CONSULTATION, _S.MERGING),), (somebody_invited, all_replied, all_able, all_judged)
    ),
    Action.RETURN_TO_CONSULTATION: Command(
        (Route(_S.MERGING, _S.CONSULTATION), Route(_S.DRAFTING, _S.CONSULTATION)), reason=True
    ),
    Action.CALL_COORDINATION: Command((Route(_S.MERGING, _S.COORDINATION),), reason=True),
    Action.CLOSE_COORDINATION: Command((Route(_S.COORDINATION, _S.MERGING),), (minutes_written,)),
    Action.START_DRAFTING: Command(
        (Route(_S.MERGING, _S.DRAFTING),),
        (result_current, no_doubt, all_judged, points_adopted, disagreements_settled),
    ),
    Action.CIRCULATE: Command((Route(_S.DRAFTING, _S.COUNTERSIGNING),), (conclusion_written,)),
    Action.CLOSE_COUNTERSIGNING: Command(
        (Route(_S.COUNTERSIGNING, _S.CHECKING),), (conclusion_written, all_countersigned, no_objection)
    ),
    Action.RETURN_DRAFT: Command(
        (
            Route(_S.COUNTERSIGNING, _S.DRAFTING, _LEAD),
            Route(_S.CHECKING, _S.DRAFTING, frozenset({Role.LEAD_CHECKER})),
            Route(_S.SIGNING, _S.DRAFTING, frozenset({Role.LEAD_SIGNER})),
        ),
        reason=True,
    ),
    Action.CHECK: Command((Route(_S.CHECKING, _S.SIGNING),), (conclusion_written,)),
    Action.SIGN: Command((Route(_S.SIGNING, _S.NUMBERING),), (conclusion_written,), clock=ClockEffect.END),
    Action.NUMBER: Command((Route(_S.NUMBERING, _S.SEALING),), (number_in_form,)),
    Action.SEAL: Command((Route(_S.SEALING, _S.FILING),), (final_attached,)),
    Action.FILE: Command((Route(_S.FILING, _S.FILED),), (file_complete, archive_data)),
    Action.STOP_CLOCK: Command(_all(TIMED, None), (clock_runs,), reason=True, clock=ClockEffect.STOP),
    Action.RESTART_CLOCK: Command(_all(TIMED, None), (clock_stands,), clock=ClockEffect.GO),
    Action.SUSPEND: Command(_all(TIMED, _S.SUSPENDED), reason=True, clock=ClockEffect.STOP),
    Action.RESUME: Command((Route(_S.SUSPENDED, None),), reason=True, clock=ClockEffect.GO),
    Action.WITHDRAW: Command(_all(BEFORE_ISSUE, _S.WITHDRAWN), reason=True, clock=ClockEffect.END),
    Action.TERMINATE: Command(
        _all(TIMED | {_S.REVISION, _S.SUSPENDED}, _S.TERMINATED), reason=True, clock=ClockEffect.END
    ),
    Action.REOPEN: Command(
        (
            Route(_S.REFUSED, _S.DRAFT, ENTERING),
            Route(_S.WITHDRAWN, _S.DRAFT, ENTERING),
            Route(_S.TERMINATED, _S.DRAFT, _LEAD),
            Route(_S.FILED, _S.DRAFT, _LEAD),
        ),
        reason=True,
    ),
}
"""Every step of the procedure."""


# ---- when the work is done -------------------------------------------------------------------------------------------

_JUDGING = frozenset({_S.ASSESSMENT, _S.CONSULTATION, _S.MERGING})
_OPEN = frozenset(State) - ENDED - {_S.SUSPENDED}

WHEN: dict[Action, frozenset[State]] = {
    Action.SEAL_VERSION: frozenset({_S.DRAFT, _S.CORRECTION, _S.REVISION}),
    Action.EDIT_REGISTER: frozenset({_S.DRAFT, _S.CORRECTION, _S.REVISION, _S.ACCEPTANCE, *_JUDGING}),
    Action.EDIT_PAPERS: _JUDGING | {_S.ACCEPTANCE},
    Action.ATTACH: _OPEN,
    Action.ANSWER_DEMAND: frozenset({_S.CORRECTION, _S.REVISION}),
    Action.WRITE_DEMAND: _JUDGING | {_S.ACCEPTANCE},
    Action.JUDGE_DEMAND: _JUDGING | {_S.ACCEPTANCE},
    Action.VERIFY: _JUDGING | {_S.ACCEPTANCE},
    Action.RECALCULATE: _JUDGING,
    Action.ANSWER_POINT: frozenset({_S.CONSULTATION}),
    Action.DRAFT_OPINION: frozenset({_S.CONSULTATION}),
    Action.CONFIRM_OPINION: frozenset({_S.CONSULTATION}),
    Action.GIVE_EXPERT_OPINION: frozenset({_S.ASSESSMENT}),
    Action.DECLARE: _OPEN,
    Action.INVITE: frozenset({_S.CONSULTATION}),
    Action.RECORD_REPLY: frozenset({_S.CONSULTATION}),
    Action.NOTE_SILENCE: frozenset({_S.CONSULTATION}),
    Action.ADOPT: frozenset({_S.MERGING}),
    Action.SETTLE: frozenset({_S.MERGING}),
    Action.WRITE_MINUTES: _JUDGING | {_S.COORDINATION},
    Action.WRITE_CONCLUSION: frozenset({_S.DRAFTING}),
    Action.COUNTERSIGN: frozenset({_S.COUNTERSIGNING}),
    Action.COMMENT: _OPEN,
    Action.WRITE_TEXT: _OPEN,
    Action.CLAIM: _OPEN,
    Action.ASSIGN: _OPEN,
}
"""In which states each work on a project is done."""
EXPERTS_ASKED = frozenset({_S.SUBMITTED, _S.ACCEPTANCE, _S.CORRECTION, _S.ASSESSMENT, _S.REVISION})
"""In which states an expert may be appointed: while the time for an expert's opinion is now or still to come."""


def require_state(state: State, action: Action) -> None:
    """Raise RefusedError unless a work is done in this state."""
    states = WHEN[action]
    if state not in states:
        usual = "、".join(f"“{item}”" for item in State if item in states)
        raise RefusedError(f"现在是“{state}”，不能{action}；{action}在{usual}时办理。")


# ---- taking a step ---------------------------------------------------------------------------------------------------


def take(situation: Situation, order: Order) -> Step:
    """Return the step. Raises NotAllowedError for the wrong role, RefusedError with every reason against it."""
    roles.require(order.role, order.action)
    command = COMMANDS[order.action]
    route = _route(command, situation, order)
    against = [said for guard in command.guards if (said := guard(situation, order))]
    if command.reason and not order.reason.strip():
        against.append(f"{order.action}须写明理由")
    if against:
        raise RefusedError(f"不能{order.action}：{'；'.join(against)}。")
    return _step(command, route, situation, order)


def offered(situation: Situation, role: Role) -> tuple[Action, ...]:
    """Return the steps a role can take from here, whether or not their guards hold yet."""
    return tuple(
        action
        for action, command in COMMANDS.items()
        if roles.allowed(role, action)
        and any(route.before is situation.state and _for(route, role) for route in command.routes)
    )


def obstacles(situation: Situation, action: Action) -> tuple[str, ...]:
    """Return what the review itself still lacks for a step, to be shown before anybody asks for it."""
    blank = Order(action, next(role for role in Role if roles.allowed(role, action)))
    return tuple(
        said for guard in COMMANDS[action].guards if guard not in OF_THE_ORDER if (said := guard(situation, blank))
    )


OF_THE_ORDER = frozenset({limit_given, number_in_form, archive_data})
"""Guards that look at what the person typed for the step."""


def _route(command: Command, situation: Situation, order: Order) -> Route:
    here = [route for route in command.routes if route.before is situation.state]
    if not here:
        usual = "、".join(f"“{route.before}”" for route in command.routes)
        raise RefusedError(f"现在是“{situation.state}”，不能{order.action}；{order.action}在{usual}时办理。")
    for route in here:
        if _for(route, order.role):
            return route
    held = "、".join(
        role for role in Role if any(_for(route, role) for route in here) and roles.allowed(role, order.action)
    )
    raise RefusedError(f"在“{situation.state}”时，{order.action}由{held}办理，不由{order.role}办理。")


def _for(route: Route, role: Role) -> bool:
    return route.roles is None or role in route.roles


def _step(command: Command, route: Route, situation: Situation, order: Order) -> Step:
    away = situation.state in (State.SUSPENDED, State.REVISION)
    after = route.after or (situation.resume if away else situation.state)
    if after is None:
        raise RefusedError(f"记录里没有{order.action}后应回到的步骤，请联系管理员核验数据库。")
    stopped = situation.stopped if command.clock is ClockEffect.NONE else command.clock is ClockEffect.STOP
    return Step(
        action=order.action,
        before=situation.state,
        after=after,
        resume=situation.state if after in (State.SUSPENDED, State.REVISION) else None,
        round=situation.round + (order.action is Action.REOPEN),
        stopped=stopped,
        clock=command.clock,
    )
