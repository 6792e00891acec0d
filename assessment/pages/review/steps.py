"""What this person can do now: each step with what it still lacks, and a small form with what it needs.

The service decides; a step that is shown as open may still be refused, and then everything that stands against it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from tanping.assessment.pages import review
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import KEPT, Here
from tanping.assessment.review import workflow
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.register import FINAL
from tanping.assessment.review.service.steps import WHOLE, Standing

__all__ = ["WHOLE", "aside", "on_the_way", "show", "taken_just_now"]

ONWARD = frozenset(
    {
        *(action for action, command in workflow.COMMANDS.items() if not command.reason),
        Action.RESUME,
        Action.REOPEN,
    }
)
"""Steps on the way; the others stop it, turn back or end it, and are put aside."""
_NOW_AND_THEN = frozenset({Action.REQUEST_CORRECTION, Action.ASK_REVISION})
"""Steps that most reviews can do without: put aside until there is something to send."""
_IDLE = {False: Action.RESTART_CLOCK, True: Action.STOP_CLOCK}
"""What makes no sense while the clock runs, or stands."""
_TAKEN = "step-taken"
Needs = Callable[[], Mapping[str, Any]]
_Offer = tuple[Action, tuple[str, ...]]
"""A step and what it still lacks."""


def show(here: Here, standing: Standing) -> None:
    """Write the steps on the way that this person may take, and what became of a step just taken."""
    where = _where(here)
    shared.tell(where)
    onward, _ = _offered(standing)
    if onward:
        with st.container(border=True, gap="xsmall", key=f"steps-{here.key}"):
            for number, (action, lacking) in enumerate(onward):
                lacks = () if _picked(here, action) else lacking
                _step(here, where, action, lacks, head=_head(number, lacks))


def on_the_way(standing: Standing) -> bool:
    """Whether a step on the way is offered, be it that something still lacks."""
    return bool(_offered(standing)[0])


def aside(here: Here, standing: Standing) -> None:
    """Write what stops the review, turns it back or ends it, folded behind one word."""
    _, others = _offered(standing)
    if not others:
        return
    with st.popover("其他办理", type="tertiary", width=110):
        lacks = dict(others)
        names = list(lacks)
        picked = names[0]
        if len(names) > 1:
            picked = st.radio("办什么", names, key=f"{_where(here)}:other", label_visibility="collapsed")
        _step(here, _where(here), picked, lacks[picked], narrow=True)


def _where(here: Here) -> str:
    return f"step:{here.key}"


def _offered(standing: Standing) -> tuple[list[_Offer], list[_Offer]]:
    """Return the steps that are offered: those on the way, and the others."""
    offered = [step for step in standing.steps if step[0] is not _IDLE[standing.stopped]]
    onward = [step for step in offered if step[0] in ONWARD and not (step[0] in _NOW_AND_THEN and step[1])]
    return onward, [step for step in offered if step not in onward]


def _head(number: int, lacks: tuple[str, ...]) -> str:
    if number:
        return ""
    return f"<b>{'下一步' if lacks else '您现在可以办'}</b>　"


def _step(
    here: Here, where: str, action: Action, lacks: tuple[str, ...], head: str = "", *, narrow: bool = False
) -> None:
    with st.container(key=f"step-{action.name.lower()}-{here.key}", gap="xsmall"):
        # Where there is little room the button stands under what it is about.
        said, act = (st.container(), st.container()) if narrow else st.columns([8, 2], vertical_alignment="center")
        with said:
            st.html(f"{head}{_said(action, lacks)}")
            needs = _form(here, action)
        with act, st.container(horizontal=True, horizontal_alignment="right"):
            shared.button(
                action,
                where,
                lambda: _take(here, action, needs),
                done=f"已办：{action}。",
                primary=not lacks and action in ONWARD,
                disabled=bool(lacks) and action is not Action.SEAL,
            )


def _said(action: Action, lacks: tuple[str, ...]) -> str:
    if lacks:
        return f'<span class="tp-lack">✕ {action}还缺：{escape("；".join(lacks))}</span>'
    return f"<span>✓ {_WHAT.get(action, f'可以{action}。')}</span>"


_WHAT = {
    Action.SUBMIT: "送审稿已封存，可以提交。提交后由受理人员收件。",
    Action.RECEIVE: "收下送审材料，开始受理审查。",
    Action.ACCEPT: "材料齐全的，受理并写明联审总时限；自次日起计时。",
    Action.REQUEST_CORRECTION: "发出一次性补正告知；本轮只有这一次。",
    Action.SUBMIT_CORRECTION: "新稿已封存，补正要求都已答复，可以提交。",
    Action.ASK_REVISION: "发出修改补充意见；发出后停表，等修改稿。",
    Action.SUBMIT_REVISION: "修改稿已封存，意见都已答复，可以提交。",
    Action.FINISH_ASSESSMENT: "技术评估的结果已是最新，可以转入会审。",
    Action.CLOSE_CONSULTATION: "意见已齐，可以转入意见汇总。",
    Action.CLOSE_COORDINATION: "纪要已录入，可以回到意见汇总。",
    Action.START_DRAFTING: "意见都有采纳情况，可以拟稿。",
    Action.CIRCULATE: "稿子依据最新结果，可以送会签。",
    Action.CLOSE_COUNTERSIGNING: "会签已齐，可以送审核。",
    Action.CHECK: "审阅联审意见稿，同意的送签发。",
    Action.SIGN: "审阅联审意见稿，同意的签发；签发后止算总时限。",
    Action.NUMBER: "给联审意见编文号。",
    Action.SEAL: "定稿文件（PDF）已选好，可以用印。",
    Action.FILE: "卷内材料齐全的，写明保管期限和档号归档。",
}


# ---- what a step needs -----------------------------------------------------------------------------------------------


def _form(here: Here, action: Action) -> Needs:
    """Write the fields of a step; return what gives their values when it is taken."""
    if workflow.COMMANDS[action].reason:
        return _reason(here, action)
    return _FORMS.get(action, _nothing_needed)(here)


def _nothing_needed(_here: Here) -> Needs:
    return dict


def _reason(here: Here, action: Action) -> Needs:
    if here.may(Action.WRITE_TEXT):
        place = _place(here, action)
        shared.writing(here, place, f"{action}的理由", height=80)
        return lambda: {"reason": shared.said(here, place)}
    key = f"reason:{here.key}:{action}"
    st.text_area(f"{action}的理由", key=key, height=80, **KEPT)
    return lambda: {"reason": shared.entered(key)}


def _place(here: Here, action: Action) -> str:
    return f"{here.own}/step/{action.name.lower()}/{here.person.id}"


def _accept(here: Here) -> Needs:
    days, as_of = f"days:{here.key}", f"as-of:{here.key}"
    with st.container(horizontal=True):
        st.number_input(
            "联审总时限（工作日）", min_value=1, max_value=365, value=None, step=1, key=days, width=190, **KEPT
        )
        st.date_input(
            "法规适用日期",
            value=None,
            min_value=date(2000, 1, 1),
            format="YYYY-MM-DD",
            key=as_of,
            width=190,
            help="空白时为受理当日。按这一天有效的法规逐条审查。",
            **KEPT,
        )
    return lambda: {"days": st.session_state.get(days), "as_of": st.session_state.get(as_of)}


def _number(here: Here) -> Needs:
    key = f"number:{here.key}"
    st.text_input("文号", placeholder="例：苏环碳联〔2026〕3号", key=key, width=300, **KEPT)
    return lambda: {"number": shared.entered(key)}


def _final(here: Here) -> str:
    return f"final:{here.key}"


def _picked(here: Here, action: Action) -> bool:
    """Whether what a step lacks is picked in its form: the final document is kept when the step is taken."""
    return action is Action.SEAL and st.session_state.get(_final(here)) is not None


def _seal(here: Here) -> Needs:
    key = _final(here)
    there = here.joint.register.files(here.person, here.key, FINAL)
    if there:
        shared.soft(f"已上传：{there[-1].name}")
    with st.container(key=f"attach-final-{here.key}"):
        st.file_uploader("定稿文件（PDF）", type=["pdf"], key=key)

    def values() -> Mapping[str, Any]:
        given = st.session_state.get(key)
        if given is not None:
            here.joint.register.attach(here.person, here.key, FINAL, given.name, given.getvalue())
        return {}

    return values


def _file(here: Here) -> Needs:
    retention, number = f"retention:{here.key}", f"archive:{here.key}"
    with st.container(horizontal=True):
        st.selectbox("保管期限", workflow.RETENTIONS, index=None, placeholder="请选", key=retention, width=160, **KEPT)
        st.text_input("档号", placeholder="例：2026-HP-003", key=number, width=240, **KEPT)
    return lambda: {"retention": shared.entered(retention), "archive_number": shared.entered(number)}


def _remark(action: Action, label: str) -> Callable[[Here], Needs]:
    """Return the form of a step with which a word may be said; it stands in the record and on the 会签单."""

    def form(here: Here) -> Needs:
        place = _place(here, action)
        shared.writing(here, place, f"{label}（可不填）", height=70)
        return lambda: {"reason": shared.said(here, place)}

    return form


_REMARKED = {Action.CHECK: "审核意见", Action.SIGN: "签发意见"}
_FORMS: dict[Action, Callable[[Here], Needs]] = {
    **{action: _remark(action, label) for action, label in _REMARKED.items()},
    Action.ACCEPT: _accept,
    Action.NUMBER: _number,
    Action.SEAL: _seal,
    Action.FILE: _file,
}


def taken_just_now() -> bool:
    """Whether this person took a step just before this run; told once."""
    return bool(st.session_state.pop(_TAKEN, False))


def _take(here: Here, action: Action, needs: Needs) -> None:
    here.joint.steps.take(here.person, here.key, action, **needs())
    st.session_state[_TAKEN] = True
    if (workflow.COMMANDS[action].reason or action in _REMARKED) and here.may(Action.WRITE_TEXT):
        _forget_reason(here, action)


def _forget_reason(here: Here, action: Action) -> None:
    """Empty the reason, which now stands in the record. Where the step ended the review no text changes any more, and none needs to."""
    try:
        shared.clear(here, _place(here, action))
    except review.REFUSALS:
        return
