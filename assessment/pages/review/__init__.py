"""What the pages of the joint review share: the review's service, who is here, and how a refusal is told.

``entry`` knows who is here, ``space`` is the frame of one project's space, ``panels`` are the parts of the work in it. Nothing here decides:
every action goes to ``JointReview``, which checks it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from tanping.assessment.pages import parts
from tanping.assessment.review.errors import ReviewError, SignInError
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store import StoreError, default_url
from tanping.assessment.review.users import Person
from tanping.records.errors import InputError

REFUSALS = (ReviewError, StoreError, InputError)
"""What an action may answer with instead of being done; each is words for the person."""


def joint() -> JointReview:
    """Return the joint review, opened once a process and database. Raises StoreError."""
    return _joint(default_url())


@st.cache_resource(show_spinner=False)
def _joint(url: str) -> JointReview:
    return JointReview.open(url)


def person() -> Person | None:
    """Return who is here, as they stand now, or None."""
    from tanping.assessment.pages.review import entry

    return entry.person()


def need_person() -> Person:
    """Return who is here; if nobody is, say how to sign in and end the page."""
    from tanping.assessment.pages.review import entry

    return entry.need_person()


def told(error: Exception) -> None:
    """Tell a refusal (one of ``REFUSALS``) in its own words."""
    if isinstance(error, InputError):
        parts.problems(error.problems, title="没有办成，请先更正")
        return
    st.error(str(error))
    if isinstance(error, SignInError):
        from tanping.assessment.pages.review import entry

        entry.offer_sign_in()


def attempt(act: Callable[[], object], done: str = "") -> bool:
    """Do something; tell the refusal and return False, or remember ``done`` for ``tell_done`` and return True.

    After True the caller usually reruns the page, so that it shows what stands now.
    """
    try:
        act()
    except REFUSALS as error:
        told(error)
        return False
    if done:
        st.session_state["review-done"] = done
    return True


def tell_done() -> None:
    """Tell, once, what was done just before this run."""
    if done := st.session_state.pop("review-done", ""):
        st.toast(done)


__all__ = ["REFUSALS", "attempt", "joint", "need_person", "person", "tell_done", "told"]
