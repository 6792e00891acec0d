"""核实: facts and figures with their page; each reviewer's own 已核实 or 存疑; where two reviewers contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages import parts
from tanping.assessment.pages.review import attempt
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.project.catalogue import TABLE_LABELS
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.places import FIGURE, FIGURES, label_of, part, places_of, said
from tanping.assessment.review.roles import OF_AN_OFFICE, Action, Role
from tanping.assessment.review.service.verification import Check, Checked
from tanping.assessment.review.words import CheckStatus
from tanping.assessment.review.workflow import State

TITLE = "核实"
OURS, COMPUTED, OPEN_ONES = "本处室条款用到的", "计算结果", "存疑和不一致"
UNSEEN = "未核"
MINE = "我的核实"


@dataclass(frozen=True)
class Item:
    """A place that can be verified: what was declared, where it is in the report, and what reviewers found so far."""

    place: str
    label: str
    declared: str
    document: str
    page: str
    note: str
    checked: Checked | None

    @property
    def status(self) -> str:
        """Where it stands, in a word."""
        return self.checked.status if self.checked else UNSEEN


def wanted(here: Here) -> bool:
    """Reviewers and those who read their work, once something was handed in."""
    return here.knows(Action.READ_OPINIONS) and bool(here.joint.submissions.versions(here.person, here.key))


def count(here: Here) -> int:
    """How many places are in doubt, for who can settle them."""
    if not here.may(Action.VERIFY):
        return 0
    return sum(item.status == CheckStatus.DOUBTED for item in here.joint.verification.overview(here.person, here.key))


def show(here: Here) -> None:
    """Write the panel."""
    joint, person, key = here.joint, here.person, here.key
    versions = joint.submissions.versions(person, key)
    if not versions:
        shared.idle("还没有封存的项目文件。")
        return
    result = joint.submissions.result(person, key)
    items = items_of(
        joint.submissions.file(person, key, versions[-1].id), result, joint.verification.overview(person, key)
    )
    _now(here, items)
    _recalculate(here)
    groups = _groups(here, items, result)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        group = _group(here, groups)
        listed = {item.place: item for item in groups[group]}
        name = f"verify:{key}:{group}"
        chosen = shared.pick(
            name,
            "项目",
            list(listed),
            lambda place: _within(listed[place].label, group),
            lambda place: _hint(listed[place]),
        )
    with right:
        _item(here, listed[chosen], name, list(listed))


def items_of(file: Mapping[str, Any], result: Mapping[str, Any], checked: Sequence[Checked]) -> list[Item]:
    """Return every place of a file that holds something, the totals of its result, and what was checked besides."""
    found = {item.place: item for item in checked}
    items = []
    for place, raw in places_of(file):
        try:
            label = label_of(place)
        except RefusedError:  # a field that the catalogue no longer knows can't be verified
            continue
        items.append(
            Item(
                place,
                label,
                said(raw),
                part(raw, "document"),
                part(raw, "page"),
                part(raw, "note"),
                found.pop(place, None),
            )
        )
    inventory = result["inventory"]
    for name, label in FIGURES.items():
        place, value = f"{FIGURE}{name}", inventory[name]
        declared = f"{figures.number(value)} {figures.unit(inventory['unit'])}" if value is not None else ""
        items.append(Item(place, label, declared, "", "", "按项目文件计算", found.pop(place, None)))
    items += [Item(item.place, item.label, item.declared, "", "", "", item) for item in found.values()]
    return items


def _now(here: Here, items: Sequence[Item]) -> None:
    unseen = sum(item.status == UNSEEN for item in items)
    doubted = sum(item.status == CheckStatus.DOUBTED for item in items)
    so_far = f"已核 {len(items) - unseen} 项，存疑 {doubted} 项，未核 {unseen} 项。"
    if here.may(Action.VERIFY):
        # To the assessor it is the work, while the assessment lasts; later, and to the others, a help on the way to their own.
        assessing = here.part.role is Role.ASSESSOR and here.part.state is State.ASSESSMENT
        line = shared.now if assessing else shared.note
        line(f"翻到报告那一页，与申报值对：一致就存“已核实”，不一致填核实值，说不清记“存疑”。{so_far}")
    else:
        shared.idle(so_far)


def _recalculate(here: Here) -> None:
    if not here.may(Action.RECALCULATE) or here.joint.submissions.current(here.person, here.key):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="recalculate"):
        st.html('<span class="tp-small">核实值或法规适用日期有变，现有结果已不是最新。</span>', width="content")
        pressed = st.button("按核实值重算", type="primary", key=f"recalculate:{here.key}")
    if pressed:
        with st.spinner("正在按核实值重算并封存……"):
            done = attempt(lambda: here.joint.submissions.recalculate(here.person, here.key), "已按核实值重算并封存。")
        if done:
            st.rerun()


# ---- groups ----------------------------------------------------------------------------------------------------------


def _groups(here: Here, items: Sequence[Item], result: Mapping[str, Any]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {OPEN_ONES: [item for item in items if item.status == CheckStatus.DOUBTED]}
    if here.part.role in OF_AN_OFFICE:
        used = _used(result, here.part.office)
        groups[OURS] = [item for item in items if _names(item.place) & used]
    for item in items:
        title = COMPUTED if item.place.startswith(FIGURE) else TABLE_LABELS[item.place.split("/")[0]]
        groups.setdefault(title, []).append(item)
    return groups


def _used(result: Mapping[str, Any], office: str) -> set[str]:
    """Return the names of the facts and papers that an office's findings read."""
    findings = [
        item for item in result["screening"]["findings"] if item["office"] == office and item["applies"] != "不涉及"
    ]
    return {value["name"] for item in findings for line in item["trace"] for value in line["values"]}


def _names(place: str) -> set[str]:
    steps = place.split("/")
    return {steps[-1], steps[1]} if steps[0] == "papers" else {steps[-1]}


def _group(here: Here, groups: Mapping[str, Sequence[Item]]) -> str:
    names = [name for name in groups if name != OPEN_ONES or groups[name]]
    usual = OURS if groups.get(OURS) else names[0]
    chosen = shared.choose(f"verify-group:{here.key}", "看哪一组", names, str, first=usual)
    shared.soft(_progress(chosen, groups[chosen]))
    return chosen


def _within(label: str, group: str) -> str:
    """Return a place's label without the name of the group it stands in."""
    return label.removeprefix(group).lstrip("· ")


def _progress(name: str, items: Sequence[Item]) -> str:
    if name == OPEN_ONES:
        return f"{len(items)} 项"
    return f"已核 {sum(item.status != UNSEEN for item in items)} 项，共 {len(items)} 项"


def _hint(item: Item) -> str:
    mark = shared.MARKS.get(item.status, "")
    return f"{mark} {item.status}　{shared.short(item.declared, 22) or '未申报'}"


# ---- one place -------------------------------------------------------------------------------------------------------


def _item(here: Here, item: Item, name: str, listed: list[str]) -> None:
    shared.head(item.label)
    source = " ".join(filter(None, (item.document, item.page)))
    title = "计算值" if item.place.startswith(FIGURE) else "申报值"
    shared.facts([(title, item.declared or "未申报"), ("出处", source or "申报方没有写出处"), ("申报说明", item.note)])
    checks = item.checked.checks if item.checked else ()
    if item.checked and item.checked.contradicting:
        st.warning("几位审查人的核实不一致，暂按存疑处理；请互相核对，或由牵头处协调。")
    others = [check for check in checks if check.user_id != here.person.id]
    if others:
        parts.table(
            ("谁", "状态", "核实值", "依据", "说明"),
            (
                (f"{c.by}（{c.office}）" if c.office else c.by, c.status, c.verified or "同申报值", _where(c), c.note)
                for c in others
            ),
            tight=frozenset({0, 1}),
        )
    own = next((check for check in checks if check.user_id == here.person.id), None)
    if here.may(Action.VERIFY):
        _own(here, item, own, name, listed)
    elif own:
        shared.facts(list(_shown(own).items()))


def _where(check: Check) -> str:
    return " ".join(filter(None, (check.document, check.page)))


def _shown(own: Check | None) -> dict[str, str]:
    if own is None:
        return {MINE: UNSEEN}
    return {MINE: own.status, "核实值": own.verified, "依据": _where(own), "说明": own.note}


def _own(here: Here, item: Item, own: Check | None, name: str, listed: list[str]) -> None:
    stored = {
        "status": str(own.status) if own else str(CheckStatus.VERIFIED),
        "verified": own.verified if own else "",
        "document": own.document if own else item.document,
        "page": own.page if own else item.page,
        "note": own.note if own else "",
    }
    keys = {field: shared.seed(f"check:{here.key}:{item.place}:{field}", value) for field, value in stored.items()}
    st.segmented_control(MINE, list(CheckStatus), key=keys["status"], required=True, **shared.KEPT)
    if not item.place.startswith(FIGURE):
        st.text_input("核实值", key=keys["verified"], placeholder="与申报值一致时空着", **shared.KEPT)
    left, right = st.columns([2, 1])
    with left:
        st.text_input("报告或文件", key=keys["document"], placeholder="例：环评报告", **shared.KEPT)
    with right:
        st.text_input("页码", key=keys["page"], placeholder="例：第 35 页", **shared.KEPT)
    st.text_input("说明（存疑时写明疑点）", key=keys["note"], **shared.KEPT)
    where = f"verify:{here.key}"

    def save() -> None:
        here.joint.verification.check(
            here.person,
            here.key,
            item.place,
            **{field: shared.entered(key) for field, key in keys.items()},
            version=own.version if own else 0,
        )
        shared.move_on(name, listed, item.place)

    with st.container(horizontal=True):
        shared.button("存，看下一项", where, save, done=f"已存：{item.label}", shown=_shown(own), primary=True)
        if own:

            def take_back() -> None:
                here.joint.verification.withdraw(here.person, here.key, item.place)
                shared.forget(*keys.values())

            shared.button("撤回我的核实", where, take_back, done=f"已撤回：{item.label}")
    shared.tell(where, _shown(own))
