"""联审项目: every project this person may know of, found by a word; and, for who enters, a new one from a draft or a file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from tanping.assessment.pages import review, session
from tanping.assessment.pages.review import entry, intake, marks, opinions_in_one
from tanping.assessment.pages.review.addresses import open_space
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.roles import Action, allowed
from tanping.assessment.review.service.register import Listed
from tanping.assessment.review.users import Person
from tanping.assessment.review.workflow import ENDED

SHOWN = 25
GOING, DONE, MINE, ALL = "在办", "已办结", "与我有关", "全部"


def show() -> None:
    """Write the page."""
    here = review.need_person()
    entry.bar("联审项目", here)
    review.tell_done()
    try:
        listed = review.joint().register.reviews(here)
    except review.REFUSALS as error:
        review.told(error)
        return
    may_create = any(allowed(capacity.role, Action.CREATE) for capacity in here.capacities)
    if may_create:
        _new(here)
    opinions_in_one.offer(here, listed)
    _list(listed, may_create)


# ---- the list --------------------------------------------------------------------------------------------------------


def _list(listed: Sequence[Listed], may_create: bool) -> None:
    if not listed:
        told = "还没有项目。从上面选一份草稿或上传项目文件，即可建项送审。" if may_create else "还没有项目送审。"
        st.html(f'<div class="tp-panel tp-soft">{told}</div>')
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        word = st.text_input("查找", placeholder="项目名称、建设单位、设区市、文号", key="register-word")
    with right:
        kind = st.segmented_control(
            "范围",
            (GOING, MINE, DONE, ALL),
            default=GOING,
            required=True,
            key="register-kind",
            label_visibility="collapsed",
        )
    found = [item for item in listed if _of_kind(item, kind or ALL) and _has(item, (word or "").strip())]
    if not found:
        st.html('<div class="tp-panel tp-soft">没有符合的项目。换一个词，或把范围改为“全部”。</div>')
    for item in found[:SHOWN]:
        _line(item)
    if len(found) > SHOWN:
        st.html(f'<div class="tp-soft">另有 {len(found) - SHOWN} 个，请用查找缩小范围。</div>')


def _of_kind(item: Listed, kind: str) -> bool:
    return {GOING: item.state not in ENDED, DONE: item.state in ENDED, MINE: bool(item.mine)}.get(kind, True)


def _has(item: Listed, word: str) -> bool:
    return not word or any(word in text for text in (item.title, item.builder, item.city, item.document_number))


def _line(item: Listed) -> None:
    with st.container(border=True):
        what, where, act = st.columns([10, 6, 3], vertical_alignment="center")
        with what:
            about = "　".join(filter(None, (SECTORS.get(item.sector, item.sector), item.city, item.builder)))
            st.html(
                f'<b>{escape(item.title)}</b><div class="tp-soft tp-small">第 {item.serial} 号　{escape(about)}</div>'
            )
        with where:
            again = f"　第 {item.round} 轮" if item.round > 1 else ""
            said = "　".join(filter(None, (item.document_number, f"我：{item.mine}" if item.mine else "")))
            st.html(f'{marks.state(item.state)}{again}<div class="tp-soft tp-small">{escape(said)}</div>')
        with act:
            if st.button("打开", key=f"open-{item.id}", width="stretch"):
                open_space(item.id)


# ---- a new project ---------------------------------------------------------------------------------------------------


def _new(here: Person) -> None:
    with st.expander("新建联审项目"):
        current = session.current()
        source = intake.choose("new", preferred=current.id if current else "")
        if source is None:
            return
        if st.button("建项并封存送审稿", type="primary", key="create"):
            with st.spinner("正在核算并封存…"):
                made = _create(here, source)
            if made:
                open_space(made)


def _create(here: Person, source: intake.Source) -> str:
    joint, made = review.joint(), ""

    def work() -> None:
        nonlocal made
        made = joint.register.create(here, source.title, draft_id=source.draft_id)
        joint.submissions.seal(here, made, source.file)

    done = review.attempt(work, "已建项并封存送审稿。下一步：在项目空间里核对登记，然后提交。")
    return made if done else ""


show()
