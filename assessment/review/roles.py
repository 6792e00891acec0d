"""Who may do what: the roles of a joint review, its actions, and the matrix of both.

Separation of duties: who enters does not review, who reviews does not sign off. A person may hold several roles, but takes one on a
project, and having acted in it takes no other there.
"""

from __future__ import annotations

from enum import StrEnum

from tanping.assessment.review.errors import NotAllowedError


class Role(StrEnum):
    """What a person acts as."""

    BUILDER = "建设单位"
    PREPARER = "环评编制单位"
    ACCEPTANCE = "受理"
    ASSESSOR = "技术评估"
    EXPERT = "专家"
    OFFICE_CLERK = "处室经办"
    OFFICE_HEAD = "处室负责人"
    LEAD_CLERK = "牵头处经办"
    LEAD_CHECKER = "牵头处审核"
    LEAD_SIGNER = "牵头处签发"
    ARCHIVIST = "档案"
    ADMINISTRATOR = "管理"
    AUDITOR = "审计"


ENTERING = frozenset({Role.BUILDER, Role.PREPARER})
REVIEWING = frozenset(
    {Role.ACCEPTANCE, Role.ASSESSOR, Role.EXPERT, Role.OFFICE_CLERK, Role.OFFICE_HEAD, Role.LEAD_CLERK}
)
SIGNING = frozenset({Role.LEAD_CHECKER, Role.LEAD_SIGNER})
LEADING = frozenset({Role.LEAD_CLERK}) | SIGNING
OF_AN_OFFICE = frozenset({Role.OFFICE_CLERK, Role.OFFICE_HEAD})
EVERYWHERE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that are held of the whole office, never taken on one project."""
ON_A_PROJECT = frozenset(Role) - EVERYWHERE
CLAIMABLE = ON_A_PROJECT - ENTERING - {Role.EXPERT}
"""Roles a holder may take on a project without being asked; experts are appointed, who enters is who started the project."""

INNER_OFFICES = ("环评", "气候", "大气", "水", "海洋", "固体废物", "自然生态")
OUTSIDE_BODIES = ("发展改革", "工业和信息化", "自然资源", "水利", "能源")


class Action(StrEnum):
    """What a person does. Steps of the procedure first, then the work within them, then what concerns no single project."""

    # steps (tanping.assessment.review.workflow)
    SUBMIT = "提交"
    RECEIVE = "收件"
    REQUEST_CORRECTION = "一次性补正告知"
    SUBMIT_CORRECTION = "提交补正"
    REFUSE = "不予受理"
    ACCEPT = "受理"
    ASK_REVISION = "修改补充意见"
    SUBMIT_REVISION = "提交修改稿"
    FINISH_ASSESSMENT = "完成技术评估"
    RETURN_TO_ASSESSMENT = "退回技术评估"
    CLOSE_CONSULTATION = "会审结束"
    RETURN_TO_CONSULTATION = "退回会审"
    CALL_COORDINATION = "召开协调会"
    CLOSE_COORDINATION = "协调会结束"
    START_DRAFTING = "开始拟稿"
    CIRCULATE = "送会签"
    CLOSE_COUNTERSIGNING = "会签结束"
    RETURN_DRAFT = "退回改稿"
    CHECK = "审核通过"
    SIGN = "签发"
    NUMBER = "编号"
    SEAL = "用印"
    FILE = "归档"
    STOP_CLOCK = "停表"
    RESTART_CLOCK = "恢复计时"
    SUSPEND = "中止"
    RESUME = "恢复审查"
    WITHDRAW = "撤回"
    TERMINATE = "终止"
    REOPEN = "重新联审"
    # work on a project
    CREATE = "建项"
    SEAL_VERSION = "封存项目文件"
    EDIT_REGISTER = "改登记"
    EDIT_PAPERS = "核对文件登记"
    ATTACH = "上传附件"
    ANSWER_DEMAND = "答复补正修改意见"
    WRITE_DEMAND = "拟补正修改意见"
    JUDGE_DEMAND = "判定修改情况"
    VERIFY = "核实"
    RECALCULATE = "按核实值重算"
    ANSWER_POINT = "答审查要点"
    DRAFT_OPINION = "拟处室意见"
    CONFIRM_OPINION = "定处室意见"
    GIVE_EXPERT_OPINION = "出专家意见"
    DECLARE = "回避声明"
    INVITE = "征求意见"
    RECORD_REPLY = "录入外单位复函"
    NOTE_SILENCE = "记逾期未复"
    ADOPT = "采纳意见"
    SETTLE = "处理分歧"
    WRITE_MINUTES = "写纪要"
    WRITE_CONCLUSION = "拟联审意见"
    COUNTERSIGN = "会签"
    COMMENT = "批注"
    WRITE_TEXT = "写文稿"
    CLAIM = "领取"
    ASSIGN = "指派"
    # reading
    READ_PROJECT = "看项目"
    READ_OPINIONS = "看内部意见"
    READ_RECORD = "看全部记录"
    # beyond one project
    MANAGE_USERS = "管用户"


_INSIDE = REVIEWING | SIGNING
_R = Role

MATRIX: dict[Action, frozenset[Role]] = {
    Action.SUBMIT: ENTERING,
    Action.RECEIVE: frozenset({_R.ACCEPTANCE}),
    Action.REQUEST_CORRECTION: frozenset({_R.ACCEPTANCE}),
    Action.SUBMIT_CORRECTION: ENTERING,
    Action.REFUSE: frozenset({_R.ACCEPTANCE}),
    Action.ACCEPT: frozenset({_R.ACCEPTANCE}),
    Action.ASK_REVISION: frozenset({_R.ASSESSOR, _R.LEAD_CLERK}),
    Action.SUBMIT_REVISION: ENTERING,
    Action.FINISH_ASSESSMENT: frozenset({_R.ASSESSOR}),
    Action.RETURN_TO_ASSESSMENT: frozenset({_R.LEAD_CLERK}),
    Action.CLOSE_CONSULTATION: frozenset({_R.LEAD_CLERK}),
    Action.RETURN_TO_CONSULTATION: frozenset({_R.LEAD_CLERK}),
    Action.CALL_COORDINATION: frozenset({_R.LEAD_CLERK}),
    Action.CLOSE_COORDINATION: frozenset({_R.LEAD_CLERK}),
    Action.START_DRAFTING: frozenset({_R.LEAD_CLERK}),
    Action.CIRCULATE: frozenset({_R.LEAD_CLERK}),
    Action.CLOSE_COUNTERSIGNING: frozenset({_R.LEAD_CLERK}),
    Action.RETURN_DRAFT: frozenset({_R.LEAD_CLERK, _R.LEAD_CHECKER, _R.LEAD_SIGNER}),
    Action.CHECK: frozenset({_R.LEAD_CHECKER}),
    Action.SIGN: frozenset({_R.LEAD_SIGNER}),
    Action.NUMBER: frozenset({_R.LEAD_CLERK, _R.ARCHIVIST}),
    Action.SEAL: frozenset({_R.LEAD_CLERK, _R.ARCHIVIST}),
    Action.FILE: frozenset({_R.ARCHIVIST}),
    Action.STOP_CLOCK: frozenset({_R.ACCEPTANCE, _R.ASSESSOR, _R.LEAD_CLERK}),
    Action.RESTART_CLOCK: frozenset({_R.ACCEPTANCE, _R.ASSESSOR, _R.LEAD_CLERK}),
    Action.SUSPEND: frozenset({_R.LEAD_CLERK}),
    Action.RESUME: frozenset({_R.LEAD_CLERK}),
    Action.WITHDRAW: ENTERING,
    Action.TERMINATE: frozenset({_R.LEAD_SIGNER}),
    Action.REOPEN: ENTERING | {_R.LEAD_CLERK},
    Action.CREATE: ENTERING,
    Action.SEAL_VERSION: ENTERING,
    Action.EDIT_REGISTER: ENTERING | {_R.ACCEPTANCE, _R.LEAD_CLERK},
    Action.EDIT_PAPERS: frozenset({_R.ACCEPTANCE, _R.ASSESSOR, _R.OFFICE_CLERK, _R.LEAD_CLERK}),
    Action.ATTACH: ENTERING | REVIEWING | {_R.ARCHIVIST},
    Action.ANSWER_DEMAND: ENTERING,
    Action.WRITE_DEMAND: REVIEWING,
    Action.JUDGE_DEMAND: REVIEWING - {_R.EXPERT},
    Action.VERIFY: REVIEWING - {_R.EXPERT},
    Action.RECALCULATE: frozenset({_R.ASSESSOR, _R.LEAD_CLERK}),
    Action.ANSWER_POINT: OF_AN_OFFICE,
    Action.DRAFT_OPINION: frozenset({_R.OFFICE_CLERK}),
    Action.CONFIRM_OPINION: frozenset({_R.OFFICE_HEAD}),
    Action.GIVE_EXPERT_OPINION: frozenset({_R.EXPERT}),
    Action.DECLARE: REVIEWING | SIGNING,
    Action.INVITE: frozenset({_R.LEAD_CLERK}),
    Action.RECORD_REPLY: frozenset({_R.LEAD_CLERK}),
    Action.NOTE_SILENCE: frozenset({_R.LEAD_CLERK}),
    Action.ADOPT: frozenset({_R.LEAD_CLERK}),
    Action.SETTLE: frozenset({_R.LEAD_CLERK}),
    Action.WRITE_MINUTES: frozenset({_R.ASSESSOR, _R.LEAD_CLERK}),
    Action.WRITE_CONCLUSION: frozenset({_R.LEAD_CLERK}),
    Action.COUNTERSIGN: frozenset({_R.OFFICE_HEAD}),
    Action.COMMENT: _INSIDE,
    Action.WRITE_TEXT: ENTERING | _INSIDE,
    Action.CLAIM: CLAIMABLE,
    Action.ASSIGN: ENTERING | {_R.ADMINISTRATOR, _R.ASSESSOR, _R.OFFICE_HEAD, _R.LEAD_CLERK},
    Action.READ_PROJECT: frozenset(Role) - {_R.ADMINISTRATOR},
    Action.READ_OPINIONS: _INSIDE | {_R.ARCHIVIST, _R.AUDITOR},
    Action.READ_RECORD: frozenset({_R.LEAD_CLERK, _R.LEAD_CHECKER, _R.LEAD_SIGNER, _R.ARCHIVIST, _R.AUDITOR}),
    Action.MANAGE_USERS: frozenset({_R.ADMINISTRATOR}),
}

ASSIGNS: dict[Role, frozenset[Role]] = {
    _R.BUILDER: frozenset({_R.PREPARER}),
    _R.PREPARER: frozenset({_R.BUILDER}),
    _R.ADMINISTRATOR: CLAIMABLE,
    _R.ASSESSOR: frozenset({_R.EXPERT}),
    _R.OFFICE_HEAD: frozenset({_R.OFFICE_CLERK}),
    _R.LEAD_CLERK: frozenset(
        {_R.ASSESSOR, _R.EXPERT, _R.OFFICE_CLERK, _R.OFFICE_HEAD, _R.LEAD_CHECKER, _R.LEAD_SIGNER}
    ),
}
"""Whom each role may assign to a project."""


def allowed(role: Role, action: Action) -> bool:
    """Whether a role may do an action, the state of the review aside."""
    return role in MATRIX[action]


def require(role: Role, action: Action) -> None:
    """Raise NotAllowedError unless the role may do the action."""
    if not allowed(role, action):
        held = "、".join(other for other in Role if other in MATRIX[action])
        raise NotAllowedError(f"“{role}”不能{action}，这一步由{held}办理。")


def clash(held: Role, wanted: Role) -> str:
    """Return why a person who has acted as ``held`` on a project can't act as ``wanted`` there; empty if it is the same role."""
    if held is wanted:
        return ""
    if held in ENTERING and wanted not in ENTERING:
        return "填报人不参与审查"
    if held in REVIEWING and wanted in SIGNING:
        return "审查人不参与审核签发"
    return "同一项目上一人只任一职"
