"""The address of a project's space: which project, which panel."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from tanping.assessment import pages

REVIEW, PANEL = "review", "panel"
_OF_TASK = {
    "收件": "material",
    "受理审查": "material",
    "补正材料": "demands",
    "提交修改稿": "demands",
    "技术评估": "verification",
    "专家意见": "checklist",
    "组织会审": "checklist",
    "征求意见": "checklist",
    "审定处室意见": "checklist",
    "汇总意见": "merge",
    "协调会": "merge",
    "拟稿": "draft",
    "组织会签": "draft",
    "会签": "draft",
    "审核": "draft",
    "签发": "draft",
    "编号": "filing",
    "用印": "filing",
    "归档": "filing",
}
"""Kind of a task → the panel in which it is done."""


def panel_of(kind: str) -> str:
    """Return the panel in which a task of a kind is done; empty where the steps above the panels are all there is to it."""
    return _OF_TASK.get(kind, "")


def open_space(review_id: str, panel: str = "") -> NoReturn:
    """Go to a project's space, to one of its panels if named."""
    st.session_state["review"] = review_id
    st.session_state["review-panel"] = panel
    st.switch_page(pages.path("space"), query_params={REVIEW: review_id, **({PANEL: panel} if panel else {})})


def asked_review() -> str:
    """Return the project that the address names, else the one opened last, else empty."""
    found = str(st.query_params.get(REVIEW) or st.session_state.get("review", ""))
    if found and st.query_params.get(REVIEW) != found:
        st.query_params[REVIEW] = found
    st.session_state["review"] = found
    return found
