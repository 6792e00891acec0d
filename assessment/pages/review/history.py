"""办理过程: the steps that were taken, and for those who may read the record every sealed event with its hash."""

from __future__ import annotations

import streamlit as st

from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Action

TITLE = "办理过程"


def show(here: Here) -> None:
    """Write the panel."""
    taken = here.joint.steps.taken(here.person, here.key)
    if not taken:
        st.html('<div class="tp-panel tp-soft">还没有办过流程上的步骤。</div>')
    else:
        parts.table(
            ("时间", "办了什么", "从 → 到", "办理人", "理由", "存证号"),
            (
                (
                    parts.moment(step.at),
                    step.action,
                    f"{step.before} → {step.after}" if step.before != step.after else step.after,
                    f"{step.by}（{step.role}）" if step.by else step.role,
                    step.reason,
                    step.hash[:12],
                )
                for step in taken
            ),
            tight=frozenset({0, 1, 2, 5}),
        )
        shared.soft("存证号是这一步封存事件的哈希的前 12 位，与文书上印的一致。")
    if here.knows(Action.READ_RECORD):
        _record(here)


def _record(here: Here) -> None:
    with st.expander("全部封存事件"):
        parts.table(
            ("序号", "时间", "事件", "办理人", "存证号"),
            (
                (
                    str(event.seq),
                    parts.moment(event.at),
                    event.kind,
                    f"{event.who.name}（{event.who.office}{event.who.role}）" if event.who.role else event.who.name,
                    event.hash[:12],
                )
                for event in reversed(here.joint.filing.events(here.person, here.key))
            ),
            numbers=frozenset({0}),
            tight=frozenset({1, 2, 4}),
        )
