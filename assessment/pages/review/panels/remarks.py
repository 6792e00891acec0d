"""Remarks on a place or a page: a thread each, written, replied to, settled."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.texts import Remark


def thread(here: Here, first: Remark, replies: Sequence[Remark], about: str = "") -> None:
    """Write a remark with its replies."""
    with st.container(border=True, gap="xsmall"):
        where = "　".join(
            filter(None, (about, first.page and f"第 {first.page} 页" if first.page.isdigit() else first.page))
        )
        done = f"　{shared.chip('已处理')}" if first.settled_by else ""
        st.html(f'<div class="tp-small tp-soft">{escape(where or "未指明位置")}{done}</div>{_said(first)}')
        for reply in replies:
            st.html(f'<div class="tp-reply">{_said(reply)}</div>')
        if here.may(Action.COMMENT) and not first.settled_by:
            _reply(here, first)


def write(here: Here, *, place: str = "", label: str = "批注", page: bool = True) -> None:
    """Write the fields of a new remark; they save when left."""
    base = f"inside/remark/{here.person.id}/{place}"
    if page:
        left, right = st.columns([5, 1])
    else:
        left, right = st.container(), None
    with left:
        shared.writing(here, f"{base}/text", label, height=80)
    if right is not None:
        with right:
            shared.writing(here, f"{base}/page", "页码", line=True, placeholder="例：35")

    def add() -> None:
        number = shared.said(here, f"{base}/page") if page else ""
        here.joint.texts.comment(here.person, here.key, shared.said(here, f"{base}/text"), place=place, page=number)
        shared.clear(here, f"{base}/text", f"{base}/page")

    shared.button("批注", f"remark:{here.key}:{place}", add, done="已批注。")
    shared.tell(f"remark:{here.key}:{place}")


def _said(remark: Remark) -> str:
    who = f"{remark.by}（{remark.office}）" if remark.office else remark.by
    return (
        f'<div><b>{escape(who)}</b><span class="tp-soft tp-small">　{parts.moment(remark.at)}</span></div>'
        f'<div class="tp-lines">{escape(remark.text)}</div>'
    )


def _reply(here: Here, first: Remark) -> None:
    place, where = f"inside/reply-to/{first.id}/{here.person.id}", f"remark:{first.id}"

    def reply() -> None:
        here.joint.texts.comment(here.person, here.key, shared.said(here, place), reply_to=first.id)
        shared.clear(here, place)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("回复"):
            shared.writing(here, place, "回复", height=70)
            shared.button("存回复", where, reply, done="已回复。", primary=True)
        shared.button(
            "记为已处理", where, lambda: here.joint.texts.settle(here.person, here.key, first.id), done="已记为处理完。"
        )
    shared.tell(where)
