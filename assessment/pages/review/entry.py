"""Who is here: the person of the session cookie, or in single-user mode the role that was chosen.

The cookie is set and taken back by routes (``assessment/web``), never by the page: a page only reads what the browser sent when it connected.
"""

from __future__ import annotations

import streamlit as st

from tanping.assessment.pages.review import joint, told
from tanping.assessment.review.errors import SignInError
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store import StoreError, default_url
from tanping.assessment.review.users import Person

COOKIE = "tanping_session"
SIGN_IN = "/account/sign-in"
ACTING = "as"
"""In the address: as what one acts in single-user mode."""


def office_mode() -> bool:
    """Whether people sign in here: the store has accounts."""
    return joint().accounts.has_accounts()


def person() -> Person | None:
    """Return who is here, or None. What stands in the way is remembered for ``need_person``."""
    st.session_state.pop("entry-trouble", None)
    try:
        return _signed_in() if office_mode() else _chosen()
    except (SignInError, StoreError) as error:
        st.session_state["entry-trouble"] = error
        return None


def need_person() -> Person:
    """Return who is here; else say why not and end the page."""
    found = person()
    if found is not None:
        return found
    trouble = st.session_state.get("entry-trouble")
    if trouble is not None:
        told(trouble)
    else:
        st.info("请先登录。")
        offer_sign_in()
    st.stop()


def offer_sign_in() -> None:
    """Link to the sign-in form, which is a page of its own outside of the app's connection."""
    st.html(f'<a class="tp-link" href="{SIGN_IN}" target="_self">去登录</a>')


def people_of_single_mode() -> list[Person]:
    """Return the people of single-user mode, one for each role. Raises SignInError if the server isn't bound to this machine."""
    return _single(default_url(), str(st.get_option("server.address") or ""), joint())


def act_as(login: str) -> None:
    """Choose as what one acts in single-user mode."""
    st.session_state["acting"] = login
    st.query_params[ACTING] = login


def token() -> str:
    """Return the session token the browser sent, or empty."""
    return str(st.context.cookies.get(COOKIE) or "")


@st.cache_resource(show_spinner=False)
def _single(_url: str, address: str, _review: JointReview) -> list[Person]:
    return _review.accounts.single_user(address)


def _signed_in() -> Person | None:
    found = token()
    return joint().accounts.person(found) if found else None


def _chosen() -> Person:
    people = {person.login: person for person in people_of_single_mode()}
    login = st.query_params.get(ACTING) or st.session_state.get("acting", "")
    found = people.get(login) or next(iter(people.values()))
    st.session_state["acting"] = found.login
    return found
