"""The answers that people choose from, in the words of the offices."""

from __future__ import annotations

from enum import StrEnum


class OpinionKind(StrEnum):
    """What an office, a body or an expert concludes."""

    AGREE = "同意"
    AGREE_IN_PRINCIPLE = "原则同意"
    DISAGREE = "不同意"
    NO_OPINION = "无意见"
    NOT_CONCERNED = "不涉及"
    UNABLE = "材料不足暂无法出具"


class Source(StrEnum):
    """Whose opinion it is."""

    OFFICE = "处室"
    BODY = "外单位"
    EXPERT = "专家"


class Stage(StrEnum):
    """How far an opinion is."""

    ASKED = "待办"
    DRAFTED = "已拟"
    RETURNED = "退回"
    CONFIRMED = "已定"
    RECUSED = "回避"


class Adoption(StrEnum):
    """What became of a point or of a demand."""

    ADOPTED = "采纳"
    PARTLY = "部分采纳"
    REJECTED = "未采纳"


class Outcome(StrEnum):
    """What an office does with a 系统提示."""

    TAKEN = "采纳"
    OVERRULED = "不采纳"


class OfficeFinding(StrEnum):
    """What an office itself finds of a clause."""

    MET = "符合"
    CONDITIONAL = "有条件符合"
    HIT = "不符合"
    NOT_CONCERNED = "不涉及"
    UNKNOWN = "资料不足"


class CheckStatus(StrEnum):
    """What a reviewer found of a declared value."""

    VERIFIED = "已核实"
    DOUBTED = "存疑"


class DemandStage(StrEnum):
    """When something is demanded of the applicant."""

    CORRECTION = "补正"
    REVISION = "修改补充"


class Countersign(StrEnum):
    """How an office countersigns."""

    AGREED = "同意"
    OBJECTED = "有意见"


class Meeting(StrEnum):
    """What minutes are of."""

    VISIT = "现场踏勘"
    EXPERTS = "专家评审会"
    COORDINATION = "协调会"


class Conflict(StrEnum):
    """Declaration about 回避."""

    OPEN = "未声明"
    NONE = "无利害关系"
    RECUSED = "回避"


REPORTS = ("送审稿", "修改稿", "报批稿")
CATEGORIES = ("报告书", "报告表")
LEVELS = ("国家级", "省级", "设区市级")
PAPER_STATUSES = ("已取得", "办理中", "未办", "不需要", "")
