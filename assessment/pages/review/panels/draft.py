"""拟稿与会签: the drafted opinion in one of three forms, its versions, the offices' 会签, remarks of who checks and signs."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

import streamlit as st

from tanping.assessment.documents.opinion import CONCLUSIONS, outcome_of
from tanping.assessment.documents.review import Outcome
from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import remarks, shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.drafting import CONCLUSION, Conclusion
from tanping.assessment.review.words import Adoption, Countersign, OpinionKind, Stage
from tanping.assessment.review.workflow import MAIN_LINE, State

TITLE = "拟稿与会签"
FORMS = tuple(Outcome)


def wanted(here: Here) -> bool:
    """Reviewers and those who read their work, from drafting on."""
    if not here.knows(Action.READ_OPINIONS):
        return False
    begun = here.part.state in MAIN_LINE[MAIN_LINE.index(State.DRAFTING) :]
    return begun or bool(here.joint.drafting.conclusions(here.person, here.key))


def count(here: Here) -> int:
    """Whether this person's office is still to countersign: 1 or 0."""
    if not here.may(Action.COUNTERSIGN):
        return 0
    newest = here.joint.drafting.conclusions(here.person, here.key)[-1]
    return int(here.part.office in _asked(here) and here.part.office not in _signed(newest))


def of_draft(place: str) -> bool:
    """Whether a remark is on a version of the draft."""
    return place.startswith(f"{CONCLUSION}/")


def show(here: Here) -> None:
    """Write the panel."""
    versions = here.joint.drafting.conclusions(here.person, here.key)
    _now(here, versions)
    if here.may(Action.WRITE_CONCLUSION):
        _write(here, versions)
    _versions(here, versions)


def _asked(here: Here) -> set[str]:
    return {item.office for item in here.joint.opinions.of_review(here.person, here.key)}


def _signed(version: Conclusion) -> dict[str, str]:
    return {office: outcome for office, outcome, _, _ in version.countersigns}


def _now(here: Here, versions: Sequence[Conclusion]) -> None:
    state, role = here.part.state, here.part.role
    if here.may(Action.WRITE_CONCLUSION):
        if _ready(here):
            shared.now(f"第 {versions[-1].number} 稿已存，可以在上面送会签；还要改的，改好再存一稿。")
        else:
            shared.now("选一种结论，改好文字，存为一稿，再送会签。")
    elif here.may(Action.COUNTERSIGN) and versions:
        office = here.part.office
        if office not in _asked(here):
            shared.idle(f"{office}不在这次会签范围内。")
        elif office in _signed(versions[-1]):
            shared.idle(f"{office}已会签：{_signed(versions[-1])[office]}。")
        else:
            shared.now(f"看第 {versions[-1].number} 稿，为{office}会签。")
    elif (state, role) in ((State.CHECKING, Role.LEAD_CHECKER), (State.SIGNING, Role.LEAD_SIGNER)):
        shared.now(
            f"看第 {versions[-1].number} 稿和各处室会签（联审意见全文在“文书”里打开）。同意的在上面{_what(state)}；要改的写明理由退回改稿。"
        )
    elif state is State.COUNTERSIGNING and role is Role.LEAD_CLERK:
        waiting = _asked_offices(here) - set(_signed(versions[-1]))
        shared.idle(f"等会签：{'、'.join(sorted(waiting))}。" if waiting else "会签已齐，可以在上面结束会签。")
    else:
        shared.idle(f"各稿和会签在这里查阅，共 {len(versions)} 稿。")


def _ready(here: Here) -> bool:
    """Whether nothing stands against sending the draft round."""
    return dict(here.joint.steps.standing(here.person, here.key).steps).get(Action.CIRCULATE) == ()


def _what(state: State) -> str:
    return "审核通过" if state is State.CHECKING else "签发"


def _asked_offices(here: Here) -> set[str]:
    return {item.office for item in here.joint.opinions.of_review(here.person, here.key) if item.source == "处室"}


# ---- writing ---------------------------------------------------------------------------------------------------------


def _write(here: Here, versions: Sequence[Conclusion]) -> None:
    suggested, why = _suggest(here)
    where = f"draft:{here.key}"
    begun = any(version.text.strip() for version in here.joint.texts.read(here.person, here.key, CONCLUSION).versions)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = st.segmented_control("结论", FORMS, default=suggested, key=f"{where}:form", required=True, **shared.KEPT)

        def begin() -> None:
            shared.put(here, CONCLUSION, CONCLUSIONS[Outcome(form)])

        shared.button(
            "换成这一种" if begun else "按此拟",
            where,
            begin,
            done="已换；原来的文字在“文字的历次改动”里。" if begun else "已拟出，可以改字句。",
        )
    shared.soft(f"系统建议“{suggested}”：{why}。各方意见、问题与修改要求、批复建议由记录自动排入正文其他部分。")
    text = shared.writing(here, CONCLUSION, "联审结论", height=170, placeholder="先在上面选一种结论，按“按此拟”")
    if text.strip() and outcome_of(text) is None:
        st.warning("文字里没有“联审结论：同意／修改完善后同意／不同意”三种规定表述之一，签发前须改定。")
    number = versions[-1].number + 1 if versions else 1

    def keep() -> None:
        here.joint.drafting.write_conclusion(here.person, here.key, shared.said(here, CONCLUSION))

    with st.container(horizontal=True):
        shared.button(f"存为第 {number} 稿", where, keep, done=f"已存为第 {number} 稿。", primary=True)
        shared.phrases(here, CONCLUSION)
        _history(here)
    shared.tell(where)


def _history(here: Here) -> None:
    found = here.joint.texts.history(here.person, here.key, CONCLUSION)
    if len(found) < 2:
        return
    with st.popover("文字的历次改动", type="tertiary"):
        for version in reversed(found[-8:]):
            shared.soft(f"{version.by}　{parts.moment(version.at)}")
            shared.prose(version.text or "（空）")


def _suggest(here: Here) -> tuple[Outcome, str]:
    """Return which form the record suggests, and why."""
    opinions = here.joint.opinions.of_review(here.person, here.key)
    against = [item.office for item in opinions if item.kind == OpinionKind.DISAGREE and not item.settled]
    result = here.joint.submissions.result(here.person, here.key)
    if result["screening"]["best"] == "禁止":
        return Outcome.REFUSED, "已确定有禁止性条款不符合"
    if against:
        return Outcome.REFUSED, f"{'、'.join(against)}不同意"
    adopted = sum(
        point.adoption in (Adoption.ADOPTED, Adoption.PARTLY)
        for item in opinions
        if item.stage is Stage.CONFIRMED
        for point in item.points
    )
    if adopted:
        return Outcome.REVISED, f"采纳了 {adopted} 条要求修改的意见"
    return Outcome.AGREED, "没有需要修改的意见，也没有禁止性条款不符合"


# ---- 会签 -------------------------------------------------------------------------------------------------------------


def _countersign(here: Here, newest: Conclusion) -> None:
    office = here.part.office
    if office not in _asked(here) or office in _signed(newest):
        return
    place, where = f"opinion/{office}/{here.part.round}/countersign/{newest.number}", f"countersign:{here.key}"
    shared.writing(here, place, "会签意见（有意见时必填）", height=80)

    def sign(outcome: Countersign) -> None:
        text = shared.said(here, place)
        here.joint.drafting.countersign(here.person, here.key, newest.id, outcome, text)

    with st.container(horizontal=True):
        shared.button("同意", where, lambda: sign(Countersign.AGREED), done=f"{office}已会签。", primary=True)
        shared.button("有意见", where, lambda: sign(Countersign.OBJECTED), done=f"{office}已会签，有意见。")


# ---- versions --------------------------------------------------------------------------------------------------------


def _versions(here: Here, versions: Sequence[Conclusion]) -> None:
    if not versions:
        shared.soft("还没有存过稿。")
        return
    titles = {item.id: f"第 {item.number} 稿" for item in reversed(versions)}
    picked = shared.sections(f"draft-version:{here.key}", titles)
    at = next(number for number, item in enumerate(versions) if item.id == picked)
    version = versions[at]
    shared.soft(f"{version.by}　{parts.moment(version.at)} 存")
    left, right = st.columns([7, 5], gap="medium")
    with left:
        if at and st.toggle("标出与上一稿的不同", key=f"draft-changes:{here.key}"):
            st.html(f'<div class="tp-prose">{changes(versions[at - 1].text, version.text)}</div>')
            shared.soft("划去的是上一稿的，下划线的是这一稿新写的。")
        else:
            shared.prose(version.text)
    with right:
        if at == len(versions) - 1:
            if here.may(Action.COUNTERSIGN):
                _countersign(here, version)
            shared.tell(f"countersign:{here.key}")
        _signatures(here, version, newest=at == len(versions) - 1)
        _remarks(here, version)


def changes(before: str, after: str) -> str:
    """Return a text with what changed, as markup: what went is struck out, what came is underlined."""
    told = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            told.append(escape(before[a:b]))
            continue
        if a < b:
            told.append(f'<del class="tp-old">{escape(before[a:b])}</del>')
        if c < d:
            told.append(f'<ins class="tp-new">{escape(after[c:d])}</ins>')
    return "".join(told)


def _signatures(here: Here, version: Conclusion, *, newest: bool) -> None:
    signed = [(office, f"{outcome}　{by}", text) for office, outcome, text, by in version.countersigns]
    waiting = _asked_offices(here) - set(_signed(version))
    if newest and here.part.state is State.COUNTERSIGNING:
        signed += [(office, "未签", "") for office in sorted(waiting)]
    if signed:
        parts.table(("会签", "意见", "内容"), signed, tight=frozenset({0, 1}))
    else:
        shared.soft("这一稿还没有会签。")


def _remarks(here: Here, version: Conclusion) -> None:
    place = f"{CONCLUSION}/{version.number}"
    found = here.joint.texts.comments(here.person, here.key, place)
    firsts = [item for item in found if not item.reply_to]
    for first in firsts:
        remarks.thread(here, first, [item for item in found if item.reply_to == first.id], f"对第 {version.number} 稿")
    if here.may(Action.COMMENT):
        with st.expander(f"对第 {version.number} 稿写批注"):
            remarks.write(here, place=place, label="批注（审核、签发意见也可写在这里）", page=False)
