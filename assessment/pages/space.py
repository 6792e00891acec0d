"""项目空间: one project, for one person."""

from __future__ import annotations

import streamlit as st

from tanping.assessment import pages
from tanping.assessment.pages import review
from tanping.assessment.pages.review import addresses, entry, space


def show() -> None:
    """Write the page."""
    here = review.need_person()
    key = addresses.asked_review()
    if not key:
        entry.bar("项目空间", here)
        st.info("还没有打开项目。请从“待办”或“联审项目”里打开一个。")
        st.page_link(pages.path("register"), label="去“联审项目”")
        return
    try:
        space.show(review.joint(), here, key)
    except review.REFUSALS as error:
        review.told(error)


show()
