"""Who is here: the person of the session cookie, or in single-user mode the role that was chosen.

The cookie is set by routes (``assessment/web``), never by a page: a page only reads what the browser sent when it connected. Who is here is looked up
anew at every run, so an ended session or a role that was taken away shows at the next click.
"""

from __future__ import annotations

from html import escape
from typing import NoReturn

import streamlit as st

from tanping.assessment.pages.review import joint, told
from tanping.assessment.review.errors import ReviewError, SignInError
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store import StoreError, default_url
from tanping.assessment.review.users import SINGLE, Person
from tanping.assessment.web import LOCAL_HOSTS, handover, has_provider

COOKIE = "tanping_session"
SIGN_IN, SIGN_OUT, PASSWORD = "/account/sign-in", "/account/sign-out", "/account/password"
PROVIDER = "provider"
"""In the address: go to the identity provider's sign-in."""
LONG = 40
"""Characters from which on a project's name is set smaller, so that the work below it stays on the screen."""
ACTING = "as"
"""In the address: as what one acts in single-user mode."""


def office_mode() -> bool:
    """Whether people sign in here: the store has accounts. Raises StoreError."""
    return joint().accounts.has_accounts()


def needs_sign_in() -> bool:
    """Whether every page is for signed-in people only; if the store can't tell, say so and end the page."""
    try:
        return office_mode()
    except StoreError as error:
        told(error)
        st.stop()


def person() -> Person | None:
    """Return who is here, or None. What stands in the way is remembered for ``need_person``."""
    st.session_state.pop("entry-trouble", None)
    try:
        return _signed_in() if office_mode() else _chosen()
    except (ReviewError, StoreError) as error:
        st.session_state["entry-trouble"] = error
        return None


def need_person() -> Person:
    """Return who is here; else say why not and end the page."""
    found = person()
    if found is None:
        _turn_away()
    if found.must_change:
        st.info("请先把一次性口令改成自己的口令。")
        st.html(f'<a class="tp-link" href="{PASSWORD}" target="_self">去改口令</a>')
        st.stop()
    return found


def offer_sign_in() -> None:
    """Link to the sign-in form, which is a page of its own outside the app's connection."""
    st.html(f'<a class="tp-link" href="{SIGN_IN}" target="_self">去登录</a>')


def bar(title: str, here: Person) -> None:
    """Write a page's title with who is here beside it: in single-user mode a choice, else the name with the way out."""
    left, right = st.columns([7, 3], vertical_alignment="center")
    with left:
        if len(title) > LONG:
            st.html(f'<h1 class="tp-long">{escape(title)}</h1>')
        else:
            st.title(title, anchor=False)
    with right:
        if here.mode == SINGLE:
            _choice(here)
        else:
            _way_out(here)


def act_as(login: str) -> None:
    """Choose as what one acts in single-user mode."""
    st.session_state["acting"] = login
    st.query_params[ACTING] = login


# ---- several people --------------------------------------------------------------------------------------------------


def token() -> str:
    """Return the session token the browser sent, or empty."""
    return str(st.context.cookies.get(COOKIE) or "")


def _signed_in() -> Person | None:
    found = token()
    return joint().accounts.person(found) if found else None


def _turn_away() -> NoReturn:
    trouble = st.session_state.get("entry-trouble")
    if vouched():
        _hand_over()
    elif PROVIDER in st.query_params and has_provider():
        st.login()
    elif trouble is not None:
        told(trouble)
    else:
        st.info("请先登录。")
        offer_sign_in()
    st.stop()


def vouched() -> bool:
    """Whether the identity provider has just vouched for somebody who has no session here yet."""
    return bool(st.context.cookies.get(handover.PROVIDER_COOKIE)) and bool(st.user.get("is_logged_in"))


def _hand_over() -> None:
    """Open a session for whom the provider vouched for, and let a route set its cookie."""
    cookie = str(st.context.cookies.get(handover.PROVIDER_COOKIE))
    try:
        signed = joint().accounts.sign_in_oidc(str(st.user.get("iss", "")), str(st.user.get("sub", "")))
    except (ReviewError, StoreError) as error:
        st.error(str(error))
        if st.button("换一个身份登录"):
            st.logout()
        return
    code = handover.leave(signed.token, cookie)
    st.html(f'<a class="tp-link" href="{handover.ENTER}?code={code}" target="_self" id="tp-enter">进入</a>')
    st.html("<script>document.getElementById('tp-enter').click()</script>", unsafe_allow_javascript=True)


def _way_out(here: Person) -> None:
    roles = "、".join(map(str, here.capacities)) or "没有角色"
    with st.container(horizontal=True, horizontal_alignment="right"), st.popover(here.name, type="tertiary"):
        st.html(f"<b>{escape(here.name)}</b><div class='tp-soft tp-small'>{escape(here.organisation)}</div>")
        st.html(f'<div class="tp-soft tp-small">{escape(roles)}</div>')
        st.html(f'<a class="tp-link" href="{PASSWORD}" target="_self">改口令</a>')
        st.html(
            f'<form method="post" action="{SIGN_OUT}" target="_self"><button class="tp-plain">退出登录</button></form>'
        )


# ---- one person, every role ------------------------------------------------------------------------------------------


def people_of_single_mode() -> list[Person]:
    """Return the people of single-user mode, one for each role. Raises SignInError if others could reach this server."""
    hosts = st.get_option("server.allowedHosts") or []
    outside = [host for host in hosts if host not in LOCAL_HOSTS]
    if outside or st.context.headers.get("X-Forwarded-For"):
        raise SignInError(
            "本服务经反向代理对外开放，不能以单机模式使用。请先运行 tanping db admin 建立管理员，再登录。"
        )
    return _single(default_url(), str(st.get_option("server.address") or "未限定"), joint())


@st.cache_resource(show_spinner=False)
def _single(url: str, address: str, _review: JointReview) -> list[Person]:
    return _review.accounts.single_user(address)


def _chosen() -> Person:
    people = {found.login: found for found in people_of_single_mode()}
    login = str(st.query_params.get(ACTING) or st.session_state.get("acting", ""))
    found = people.get(login) or next(iter(people.values()))
    st.session_state["acting"] = found.login
    return found


def _choice(here: Person) -> None:
    people = {found.login: str(found.capacities[0]) for found in people_of_single_mode()}
    picked = st.selectbox(
        "单机试用，现在的角色",
        list(people),
        index=list(people).index(here.login),
        format_func=lambda login: f"单机试用：{people[login]}",
        label_visibility="collapsed",
        key=f"act-as-{here.login}",
    )
    if picked != here.login:
        act_as(picked)
        st.rerun()
