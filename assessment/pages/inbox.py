"""待办: what this person has to do, the most urgent first, and what they may take on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from tanping.assessment.pages import parts, review
from tanping.assessment.pages.review import entry, marks
from tanping.assessment.pages.review.addresses import open_space, panel_of
from tanping.assessment.review.clock import Pace
from tanping.assessment.review.roles import CLAIMABLE, Role
from tanping.assessment.review.service.inbox import Task
from tanping.assessment.review.users import Person

SHOWN = 30


def show() -> None:
    """Write the page."""
    here = review.need_person()
    entry.bar("待办", here)
    review.tell_done()
    try:
        tasks = review.joint().inbox.tasks(here)
    except review.REFUSALS as error:
        review.told(error)
        return
    mine, free = [task for task in tasks if task.mine], [task for task in tasks if not task.mine]
    parts.lead(_summary(mine, free))
    if not tasks:
        st.html(f'<div class="tp-panel tp-soft">没有待办。{_elsewhere(here)}</div>')
        return
    _group("由我办理", mine, here)
    _group("可领取", free, here)


def _elsewhere(here: Person) -> str:
    """Return where somebody's work is who has none here; some roles are never handed a task."""
    if here.has(Role.ADMINISTRATOR):
        return "联审的事项不交给管理员；用户和角色在“管理”的“用户”里，指派和解除在各项目的空间里。"
    if here.has(Role.AUDITOR):
        return "联审的事项不交给审计；封存记录在“管理”的“记录核验”里，各项目在“联审项目”里查阅。"
    return "新的事项交到您手上时会出现在这里；全部项目在“联审项目”里。"


def _summary(mine: Sequence[Task], free: Sequence[Task]) -> str:
    late = sum(task.reading.pace is Pace.OVERDUE for task in mine)
    soon = sum(task.reading.pace is Pace.SOON for task in mine)
    said = [f"由我办理 {len(mine)} 件"]
    said += [f"其中已超期 {late} 件"] if late else []
    said += [f"将到期 {soon} 件"] if soon else []
    said += [f"可领取 {len(free)} 件"] if free else []
    return "，".join(said) + "。"


def _group(title: str, tasks: Sequence[Task], here: Person) -> None:
    if not tasks:
        return
    st.subheader(title, anchor=False)
    for task in tasks[:SHOWN]:
        _line(task, here)
    if len(tasks) > SHOWN:
        st.html(f'<div class="tp-soft">还有 {len(tasks) - SHOWN} 件，办完前面的会依次出现。</div>')


def _line(task: Task, here: Person) -> None:
    with st.container(border=True):
        what, when, act = st.columns([9, 7, 3], vertical_alignment="center")
        with what:
            role = f"{task.office}{task.role}"
            state = marks.state(task.state) if task.title != task.state else ""
            st.html(
                f'<b>{escape(task.title)}</b>　{state}<div class="tp-small">{escape(task.review)}'
                f'　<span class="tp-soft">{escape(role)}</span></div>'
            )
        with when:
            told = marks.pace(task.reading) or '<span class="tp-soft tp-small">不计时限</span>'
            st.html(f'{told}<div class="tp-soft tp-small">{task.opened} 交办</div>')
        with act:
            _act(task, here)


def _act(task: Task, here: Person) -> None:
    if task.mine or task.role not in CLAIMABLE:
        if st.button("办理", key=f"open-{task.id}", width="stretch", type="primary" if task.mine else "secondary"):
            open_space(task.review_id, panel_of(task.kind))
        return
    if st.button("领取", key=f"claim-{task.id}", width="stretch"):
        joint = review.joint()
        if review.attempt(
            lambda: joint.staffing.claim(here, task.review_id, task.role, task.office), f"已领取：{task.title}"
        ):
            open_space(task.review_id, panel_of(task.kind))


show()
