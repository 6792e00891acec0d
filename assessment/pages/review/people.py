"""办理人员: who acts as what here, whom one may assign or release, and the declaration about 回避."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tanping.assessment.pages import parts, review
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.review.errors import NotAllowedError
from tanping.assessment.review.roles import ASSIGNS, INNER_OFFICES, OF_AN_OFFICE, Action, Role, allowed
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.service.staffing import Member, Part
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Conflict

TITLE = "办理人员"


def show(here: shared.Here) -> None:
    """Write the panel."""
    write(here.joint, here.person, here.key, here.part)


def write(joint: JointReview, person: Person, key: str, part: Part | None) -> None:
    """Write who acts here, for somebody with a part here or, without one, for an administrator."""
    role = Role.ADMINISTRATOR if part is None else part.role
    members = _members(joint, person, key)
    if members:
        _table(members)
    if part is not None and part.may(Action.DECLARE):
        _declaration(joint, person, key, part)
    if ASSIGNS.get(role) and (part is None or part.may(Action.ASSIGN)):
        _assign(joint, person, key, role, part.office if part else "")
        _release(joint, person, key, role, members)


def _members(joint: JointReview, person: Person, key: str) -> Sequence[Member]:
    """Return who acts here; the applicant's side is not shown the offices' people."""
    try:
        return joint.staffing.members(person, key)
    except NotAllowedError:
        return ()
    except review.REFUSALS as error:
        review.told(error)
        return ()


def _table(members: Sequence[Member]) -> None:
    parts.table(
        ("角色", "姓名", "自", "至", "回避声明", "说明"),
        (
            (
                f"{member.office}{member.role}",
                member.name,
                parts.moment(member.since)[:10],
                parts.moment(member.until)[:10] if member.until else "在任",
                member.conflict if allowed(member.role, Action.DECLARE) else "",
                member.reason,
            )
            for member in members
        ),
        tight=frozenset({0, 1, 2, 3, 4}),
    )


# ---- 回避 ------------------------------------------------------------------------------------------------------------


def recusal(joint: JointReview, person: Person, key: str) -> None:
    """Offer to withdraw for an interest, whatever one's part is and wherever one looks; what became of it is told beside ``_declaration``."""
    where = f"recuse:{key}"
    with st.popover("回避", type="tertiary"):
        reason = f"recuse-reason:{key}"
        st.text_area("回避理由", key=reason, height=80, placeholder="例：曾参与该项目环评文件的编制", **shared.KEPT)
        shared.soft("与建设单位、编制单位有利害关系的应当回避。回避后您在本项目的工作即告结束，待办退回，不能再领取。")
        shared.button(
            "确认回避",
            where,
            lambda: joint.staffing.declare(person, key, conflict=True, reason=shared.entered(reason)),
            done="已回避，您不再参与这个项目。",
        )
        shared.tell(where)


def _declaration(joint: JointReview, person: Person, key: str, part: Part) -> None:
    where = f"declare:{key}"
    shared.tell(where)
    if part.conflict is not Conflict.OPEN:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        shared.soft("与建设单位、编制单位没有利害关系的，可以在此声明；有的，请在上面“回避”。")
        shared.button(
            "声明无利害关系",
            where,
            lambda: joint.staffing.declare(person, key, conflict=False),
            done="已声明无利害关系。",
        )


# ---- assigning -------------------------------------------------------------------------------------------------------


def _assign(joint: JointReview, person: Person, key: str, role: Role, office: str) -> None:
    where = f"assign:{key}"
    st.html('<h3 class="tp-topic">指派</h3>')
    shared.tell(where)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = Role(
            st.selectbox("角色", [item for item in Role if item in ASSIGNS[role]], key=f"{where}:role", width=180)
        )
        of = ""
        if wanted in OF_AN_OFFICE:
            of = office or st.selectbox("处室", INNER_OFFICES, key=f"{where}:office", width=130)
        people = dict(joint.staffing.candidates(person, key, wanted, of))
        chosen = st.selectbox(
            "人员",
            list(people),
            format_func=lambda user: people[user],
            index=None,
            placeholder="请选" if people else "没有可指派的人",
            key=f"{where}:who:{wanted}:{of}",
            width=220,
        )
        shared.button(
            "指派",
            where,
            lambda: joint.staffing.assign(person, key, str(chosen), wanted, of),
            done=f"已指派{people.get(str(chosen), '')}为{of}{wanted}。",
            disabled=chosen is None,
        )


def _release(joint: JointReview, person: Person, key: str, role: Role, members: Sequence[Member]) -> None:
    going = {item.id: item for item in members if item.until is None and item.role in ASSIGNS[role]}
    if not going:
        return
    where = f"assign:{key}"
    with st.expander("解除指派"), st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            "人员",
            list(going),
            format_func=lambda item: f"{going[item].name}（{going[item].office}{going[item].role}）",
            key=f"release:{key}",
            width=260,
        )
        reason = f"release-reason:{key}"
        st.text_input("理由", key=reason, width=320, **shared.KEPT)
        shared.button(
            "解除",
            where,
            lambda: joint.staffing.release(person, key, picked, shared.entered(reason)),
            done="已解除指派，未办的事项已退回。",
        )
