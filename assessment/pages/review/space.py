"""The frame of a project's space: where it stands, what this person can do now, and the parts of the work as tabs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from html import escape
from importlib import import_module, util
from typing import Protocol, cast

import streamlit as st

from tanping.assessment.pages import parts, review
from tanping.assessment.pages.review import addresses, entry, marks, people, steps
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.review.errors import MissingError, NotAllowedError
from tanping.assessment.review.roles import CLAIMABLE, SIGNING, Action, Role
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.service.inbox import Task
from tanping.assessment.review.service.register import Listed
from tanping.assessment.review.service.steps import Standing
from tanping.assessment.review.users import SINGLE, Person
from tanping.assessment.review.workflow import ENDED, MAIN_LINE, TIMED, State

_PANELS = "tanping.assessment.pages.review.panels"
_FRAME = "tanping.assessment.pages.review"
PARTS = {
    "overview": f"{_FRAME}.overview",
    **{
        name: f"{_PANELS}.{name}"
        for name in (
            "material",
            "verification",
            "checklist",
            "demands",
            "merge",
            "draft",
            "papers",
            "filing",
            "comments",
        )
    },
    "people": f"{_FRAME}.people",
    "history": f"{_FRAME}.history",
}
"""Tab order. A panel that isn't part of this installation is not shown."""


class Panel(Protocol):
    """A part of the work on a project."""

    TITLE: str

    def wanted(self, here: shared.Here) -> bool:
        """Whether the panel is for this person now. A panel without it is for everybody."""

    def count(self, here: shared.Here) -> int:
        """How many things in it wait for this person. A panel without it does not count."""

    def show(self, here: shared.Here) -> None:
        """Write the panel."""


def panels() -> dict[str, Panel]:
    """Return the panels that are there by name, in tab order."""
    return {name: cast(Panel, import_module(path)) for name, path in PARTS.items() if util.find_spec(path)}


def show(joint: JointReview, person: Person, key: str) -> None:
    """Write a project's space for somebody."""
    listed = next((item for item in joint.register.reviews(person) if item.id == key), None)
    if listed is None:
        entry.bar("项目空间", person)
        review.told(MissingError("没有这个项目，或它不在您可以看到的项目里。"))
        return
    entry.bar(listed.title, person)
    review.tell_done()
    if person.has(Role.ADMINISTRATOR):
        st.html(f"{marks.state(listed.state)}")
        people.write(joint, person, key, None)
        return
    try:
        standing = joint.steps.standing(person, key)
        here = shared.Here(joint, person, key, joint.staffing.part(person, key))
    except NotAllowedError as error:
        _outside(joint, person, listed, str(error))
        return
    mine = [task for task in joint.inbox.tasks(person) if task.review_id == key and task.mine]
    _head(here, listed, standing, mine)
    steps.show(here, standing)
    _tabs(here, [addresses.panel_of(task.kind) for task in mine])


# ---- the head --------------------------------------------------------------------------------------------------------


def _head(here: shared.Here, listed: Listed, standing: Standing, mine: list[Task]) -> None:
    """Write which review this is, how its time stands, what is in this person's hands, and the line of its steps."""
    entered = here.joint.register.get(here.person, here.key)
    # The line of steps shows where the review stands; a chip says it only for what lies beside the line.
    chips = [] if standing.state in MAIN_LINE else [marks.state(standing.state)]
    chips += [parts.chip_of(f"第 {standing.round} 轮", "open")] if standing.round > 1 else []
    chips += [parts.chip_of("单机试用", "ask")] if listed.mode == SINGLE else []
    about = [f"第 {listed.serial} 号", f"项目代码 {entered.project_code}" if entered.project_code else "项目代码未填"]
    about += [entered.document_number] if entered.document_number else []
    about += [f"我：{here.part.office}{here.part.role}"]
    told = ["".join(chips), f'<span class="tp-soft tp-small">{escape("　".join(about))}</span>', _clock(standing)]
    told += [_in_hand(here, standing, mine)]
    st.html(f'<div class="tp-bar">{"".join(f"<span>{item}</span>" for item in told if item)}</div>')
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(marks.line(standing.state))
        steps.aside(here, standing)
        if here.may(Action.DECLARE):
            people.recusal(here.joint, here.person, here.key)
    if standing.stops:
        said = "；".join(f"{stop.started} 至 {stop.ended or '今'}（{stop.reason}）" for stop in standing.stops)
        st.html(
            f'<details class="tp-fold"><summary>停表 {len(standing.stops)} 次</summary><p>{escape(said)}</p></details>'
        )


def _clock(standing: Standing) -> str:
    if standing.reading is None:
        return ""
    told = marks.pace(standing.reading)
    if standing.state not in TIMED | {State.REVISION, State.SUSPENDED}:
        told = f'<span class="tp-soft tp-small">已止算，用了 {standing.reading.used} 个工作日</span>'
    return f'<span class="tp-soft tp-small">总时限</span> {told}'


def _in_hand(here: shared.Here, standing: Standing, mine: list[Task]) -> str:
    """Return what is in this person's hands; with nothing there and no step theirs to take, that others are at work."""
    told = "　".join(f"{escape(task.title)} {marks.pace(task.reading)}" for task in mine if task.kind != steps.WHOLE)
    if told:
        return f"<b>交到您手上的</b>　{told}"
    if here.part.state in ENDED or steps.on_the_way(standing):
        return ""
    return '<span class="tp-soft tp-small">没有交到您手上的事，流程在其他角色手里。</span>'


# ---- tabs ------------------------------------------------------------------------------------------------------------


def _tabs(here: shared.Here, tasks: Sequence[str]) -> None:
    """Write the parts of the work, first the one in which this person's ``tasks`` are done."""
    shared.dress()
    found = {name: panel for name, panel in panels().items() if _wanted(panel, here)}
    key = f"panel-{here.key}-{here.part.role}"
    counted = {name: _count(panel, here) for name, panel in found.items()}
    titles = {name: panel.TITLE for name, panel in found.items()}
    own = next((name for name in tasks if name in found), "")
    _turn_to(key, found, own)
    waiting = next((name for name in found if counted[name]), "")
    reading = "draft" if here.part.role in SIGNING and "draft" in found else ""
    name = shared.sections(key, titles, first=own or waiting or reading or next(iter(found)), counts=counted)
    if st.query_params.get(addresses.PANEL) != name:
        st.query_params[addresses.PANEL] = name
    found[name].show(here)


def _turn_to(key: str, found: Collection[str], own: str) -> None:
    """Open the part that was asked for: by who came from elsewhere, by the address, or by a step that brought new work."""
    stepped = own if steps.taken_just_now() else ""
    called = str(st.session_state.pop("review-panel", "")) or stepped
    asked = called or ("" if key in st.session_state else str(st.query_params.get(addresses.PANEL) or ""))
    if asked in found:
        st.session_state[key] = asked


def _wanted(panel: Panel, here: shared.Here) -> bool:
    asked = getattr(panel, "wanted", None)
    return asked is None or bool(asked(here))


def _count(panel: Panel, here: shared.Here) -> int:
    counting = getattr(panel, "count", None)
    return int(counting(here)) if counting else 0


# ---- who has no part here yet ----------------------------------------------------------------------------------------


def _outside(joint: JointReview, person: Person, listed: Listed, why: str) -> None:
    st.html(f"{marks.state(listed.state)}{marks.line(listed.state)}")
    if joint.staffing.recused(person, listed.id):
        st.info("您在这个项目上已回避，不再参与。")
        return
    offered = [capacity for capacity in person.capacities if capacity.role in CLAIMABLE]
    if not offered:
        st.info(why)
        return
    st.html('<div class="tp-panel">您还不在这个项目的办理人员中。领取后即可办理；同一项目上一人只任一职。</div>')
    where = f"claim:{listed.id}"
    with st.container(horizontal=True):
        for capacity in offered:
            shared.button(
                f"作为{capacity}领取",
                where,
                partial(joint.staffing.claim, person, listed.id, capacity.role, capacity.office),
                done="已领取。",
            )
    shared.tell(where)
