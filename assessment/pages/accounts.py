"""用户: who may sign in and as what; for 管理. One-time passwords are shown once, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from tanping.assessment.pages import parts, review
from tanping.assessment.pages.review import entry
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.review.roles import Role
from tanping.assessment.review.users import SINGLE, Account, Capacity, Person, all_capacities
from tanping.assessment.web import has_provider

WHERE = "accounts"
NEW = "new-account"
FEW = 12


def show() -> None:
    """Write the page."""
    here = review.need_person()
    entry.bar("用户", here)
    if here.mode == SINGLE:
        st.info(
            "现在是单机模式，没有账户。要供多人使用，请在服务器上运行 tanping db admin 登录名 --name 姓名 建立管理员；"
            "此后人人都须登录，单机模式即关闭。"
        )
        return
    if not here.has(Role.ADMINISTRATOR):
        st.info("用户由管理员管理。要改自己的口令，请点右上角的姓名。")
        return
    shared.tell(WHERE)
    _password_once()
    try:
        people = review.joint().accounts.people(here)
    except review.REFUSALS as error:
        review.told(error)
        return
    # What is done here stands above the list, which may be long.
    _new(here)
    _change(here, people)
    _table(_sought(people))


def _sought(people: Sequence[Account]) -> Sequence[Account]:
    """Return who is looked for, by any word of their line; a short list needs no looking."""
    if len(people) <= FEW:
        return people
    words = str(st.text_input("查找", placeholder="姓名、登录名、单位、角色", key="seek", width=420) or "").split()
    found = [one for one in people if all(word in " ".join(_line(one)) for word in words)]
    if not found:
        st.html(f'<div class="tp-panel tp-soft">{len(people)} 个用户里没有符合的。</div>')
    return found


def _line(one: Account) -> tuple[str, ...]:
    return (
        one.name,
        one.login,
        one.organisation,
        "、".join(map(str, one.capacities)) or "（没有角色）",
        "已停用" if not one.active else "待首次登录" if one.temporary else "在用",
    )


def _table(people: Sequence[Account]) -> None:
    if not people:
        return
    parts.table(
        ("姓名", "登录名", "单位", "角色", "状态"),
        map(_line, people),
        tight=frozenset({0, 1, 4}),
    )


# ---- one-time passwords ----------------------------------------------------------------------------------------------


def _password_once() -> None:
    """Show a one-time password until the administrator has taken it down."""
    found = st.session_state.get("one-time")
    if not found:
        return
    login, password = found
    with st.container(border=True):
        st.html(f"登录名 <b>{escape(login)}</b> 的一次性口令（只显示这一次，72 小时内有效，首次登录须改）：")
        st.code(password, language=None)
        if st.button("已记下", key="one-time-taken"):
            st.session_state.pop("one-time")
            st.rerun()


def _with_password(login: str, act: Callable[[], str]) -> Callable[[], None]:
    def work() -> None:
        st.session_state["one-time"] = (login, act())

    return work


# ---- a new person ----------------------------------------------------------------------------------------------------


def _new(here: Person) -> None:
    with st.expander("新建用户"):
        first, second, third = st.columns(3)
        with first:
            st.text_input("登录名", key=f"{NEW}-login", max_chars=60)
        with second:
            st.text_input("姓名", key=f"{NEW}-name", max_chars=100)
        with third:
            st.text_input("单位", key=f"{NEW}-organisation", max_chars=200)
        st.multiselect(
            "角色",
            all_capacities(),
            format_func=str,
            key=f"{NEW}-roles",
            placeholder="可选多个；管理、审计只能单独担任",
        )
        shared.button("建立", WHERE, lambda: _add(here), done="已建立，请把一次性口令交给本人。", primary=True)


def _add(here: Person) -> None:
    login = shared.entered(f"{NEW}-login")
    work = _with_password(
        login,
        lambda: review.joint().accounts.add(
            here,
            login,
            shared.entered(f"{NEW}-name"),
            organisation=shared.entered(f"{NEW}-organisation"),
            capacities=st.session_state.get(f"{NEW}-roles") or [],
        ),
    )
    work()
    for name in ("login", "name", "organisation"):
        st.session_state[f"{NEW}-{name}"] = ""
    st.session_state[f"{NEW}-roles"] = []


# ---- somebody who is there -------------------------------------------------------------------------------------------


def _change(here: Person, people: Sequence[Account]) -> None:
    with st.expander("调整用户"):
        known = {one.id: one for one in people}
        picked = st.selectbox(
            "用户", list(known), format_func=lambda key: f"{known[key].name}（{known[key].login}）", key="account"
        )
        one = known[picked]
        if not one.active:
            _revive(here, one)
            return
        _roles(here, one)
        _sign_in(here, one)
        _identity(here, one)


def _roles(here: Person, one: Account) -> None:
    accounts = review.joint().accounts
    free = [capacity for capacity in all_capacities() if capacity not in one.capacities]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = _capacity("授予角色", free, f"grant-{one.id}")
        if given is not None:
            shared.button(
                "授予", WHERE, partial(accounts.grant, here, one.id, given), done=f"已授予{one.name}“{given}”。"
            )
        taken = _capacity("收回角色", one.capacities, f"take-{one.id}")
        if taken is not None:
            shared.button(
                "收回", WHERE, partial(accounts.withdraw, here, one.id, taken), done="已收回，其未办事项已退回。"
            )


def _capacity(label: str, offered: Sequence[Capacity], key: str) -> Capacity | None:
    return st.selectbox(label, offered, index=None, format_func=str, placeholder="请选", key=key, width=220)


def _sign_in(here: Person, one: Account) -> None:
    accounts = review.joint().accounts
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shared.button(
            "重置口令并解锁",
            WHERE,
            _with_password(one.login, lambda: accounts.reset_password(here, one.id)),
            done=f"已重置{one.name}的口令，其登录已全部失效。",
            help="发一个新的一次性口令；现有登录全部失效，登录锁定解除。",
        )
        reason = f"stop-{one.id}"
        st.text_input("停用理由", key=reason, width=320)
        shared.button(
            "停用",
            WHERE,
            lambda: accounts.deactivate(here, one.id, shared.entered(reason)),
            done=f"已停用{one.name}，其未办事项已退回。",
        )


def _revive(here: Person, one: Account) -> None:
    accounts = review.joint().accounts
    shared.button(
        "重新启用",
        WHERE,
        _with_password(one.login, lambda: accounts.reactivate(here, one.id)),
        done=f"已启用{one.name}，请把一次性口令交给本人。",
    )


def _identity(here: Person, one: Account) -> None:
    """Bind a subject of the identity provider, where one is set up."""
    if not has_provider():
        return
    accounts = review.joint().accounts
    issuer, subject = f"issuer-{one.id}", f"subject-{one.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("统一认证签发者", placeholder="https://…", key=issuer, width=320)
        st.text_input("主体标识", key=subject, width=240)
        shared.button(
            "绑定",
            WHERE,
            lambda: accounts.link(here, one.id, shared.entered(issuer), shared.entered(subject)),
            done="已绑定。",
        )
        shared.button(
            "解绑",
            WHERE,
            lambda: accounts.unlink(here, shared.entered(issuer), shared.entered(subject)),
            done="已解绑，其登录已失效。",
        )


show()
