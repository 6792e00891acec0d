"""The address of a project's space: which project, which panel."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from tanping.assessment import pages

REVIEW, PANEL = "review", "panel"


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
