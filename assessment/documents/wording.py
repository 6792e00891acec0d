"""Codes of an ``Assessment`` as readers see them: one label each, for every document, chart and page."""

from __future__ import annotations

from tanping.records.basis import Basis

CATEGORIES = {
    "fuel": "燃料燃烧",
    "process": "生产过程",
    "electricity": "净购入电力",
    "heat": "净购入热力",
    "construction": "施工期",
    "end_of_life": "退役期",
    "removal": "固碳与回收（扣减）",
}
STAGES = {"operation": "运行期", "construction": "施工期", "end_of_life": "退役期"}
ORIGINS = {
    "declared": "申报",
    "verified": "已核实",
    "assumed": "假设",
    "factor": "缺省因子",
    "computed": "计算",
}
STATEMENTS = {
    "assumption": "假设",
    "override": "替代缺省值",
    "doubt": "存疑",
}
CROSSCHECKS = {"figure": "核算复核", "chapter": "一致性核对", "physics": "物理关系校核"}
MOMENTS = ("受理", "审批", "开工", "投产", "排污")
LEVELS = ("禁止", "限制", "需论证", "资料不足", "符合")
METS = ("不符合", "资料不足", "转人工", "有条件符合", "符合")

# A result is told by shape and word, never by colour alone.
MARKS = {
    "禁止": "■",
    "限制": "▲",
    "需论证": "◆",
    "提示": "□",
    "资料不足": "○",
    "转人工": "◇",
    "有条件符合": "◎",
    "符合": "●",
    "不符合": "■",
    "不涉及": "－",
    "待定": "○",
}
TONES = {
    "禁止": "stop",
    "限制": "limit",
    "需论证": "argue",
    "不符合": "stop",
    "资料不足": "open",
    "转人工": "ask",
    "有条件符合": "condition",
    "符合": "clear",
    "待定": "open",
}


def label(table: dict[str, str], code: str) -> str:
    """Return the label of a code; a code without one is shown as it is, never dropped."""
    return table.get(code, code)


def basis_label(code: str) -> str:
    """Return the printed label of a basis code."""
    try:
        return Basis(code).label
    except ValueError:
        return code
