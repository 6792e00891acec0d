"""意见汇总: every point and what becomes of it, where people contradict each other, meetings and their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import opinion_form, shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.opinions import Contradiction, KeptPoint, Opinion
from tanping.assessment.review.store.reviews import MinutesRow
from tanping.assessment.review.words import Adoption, Meeting, OpinionKind, Source, Stage
from tanping.assessment.review.workflow import State

TITLE = "意见汇总与会议"
ADOPTIONS = tuple(Adoption)
HELD = {State.ASSESSMENT: Meeting.VISIT, State.COORDINATION: Meeting.COORDINATION, State.MERGING: Meeting.COORDINATION}


def wanted(here: Here) -> bool:
    """Reviewers and those who read their work, once there is an opinion, a meeting, or work on either."""
    if not here.knows(Action.READ_OPINIONS):
        return False
    at_work = here.may(Action.WRITE_MINUTES) or here.may(Action.ADOPT)
    return at_work or bool(here.joint.opinions.of_review(here.person, here.key))


def count(here: Here) -> int:
    """How many points wait for this person's decision."""
    if not here.may(Action.ADOPT):
        return 0
    return sum(not point.adoption for _, point in _points_of(here.joint.opinions.of_review(here.person, here.key)))


def show(here: Here) -> None:
    """Write the panel."""
    opinions = here.joint.opinions.of_review(here.person, here.key)
    contradictions = here.joint.opinions.contradictions(here.person, here.key)
    minutes = here.joint.drafting.minutes(here.person, here.key)
    points = _points_of(opinions)
    _now(here, opinions, points, minutes)
    titles = {
        "points": "逐条意见",
        "opinions": "全部意见",
        "contradictions": "分歧",
        "minutes": "会议与踏勘",
    }
    counts = dict(zip(titles, map(len, (points, opinions, contradictions, minutes)), strict=True))
    meeting = here.part.state is State.COORDINATION and here.may(Action.WRITE_MINUTES)
    opened = shared.sections(f"merge:{here.key}", titles, first="minutes" if meeting else "points", counts=counts)
    if opened == "points":
        _points(here, points)
    elif opened == "opinions":
        _opinions(opinions)
    elif opened == "contradictions":
        _contradictions(here, contradictions, opinions, minutes)
    else:
        _minutes(here, minutes)


def _points_of(opinions: Sequence[Opinion]) -> list[tuple[Opinion, KeptPoint]]:
    return [(item, point) for item in opinions if item.stage is Stage.CONFIRMED for point in item.points]


def _unsettled(opinions: Sequence[Opinion]) -> list[Opinion]:
    return [
        item
        for item in opinions
        if item.source is not Source.EXPERT
        and item.stage is Stage.CONFIRMED
        and item.kind == OpinionKind.DISAGREE
        and not item.settled
    ]


def _now(
    here: Here,
    opinions: Sequence[Opinion],
    points: Sequence[tuple[Opinion, KeptPoint]],
    minutes: Sequence[MinutesRow],
) -> None:
    open_ones = sum(not point.adoption for _, point in points)
    against = _unsettled(opinions)
    if here.may(Action.ADOPT):
        if open_ones:
            shared.now(f"逐条定采纳情况，未采纳的写明理由（还有 {open_ones} 条）。")
        elif against:
            names = "、".join(item.office for item in against)
            shared.now(f"{names}不同意：先召开协调会，纪要录入后在“分歧”里写明协调结果。")
        else:
            shared.now("采纳情况都定了，没有未协调的分歧，可以开始拟稿。")
    elif here.part.state is State.COORDINATION and here.may(Action.WRITE_MINUTES):
        shared.now("会后在“会议与踏勘”录入协调会纪要；录入后不能改，更正另录一份。")
    elif here.may(Action.WRITE_MINUTES):
        shared.idle(f"踏勘、专家评审会和协调会的记录在“会议与踏勘”录入，已录 {len(minutes)} 份。")
    else:
        shared.idle(f"共 {len(points)} 条意见，{len(points) - open_ones} 条已定采纳情况。")


# ---- points ----------------------------------------------------------------------------------------------------------


def _points(here: Here, points: Sequence[tuple[Opinion, KeptPoint]]) -> None:
    if not points:
        shared.soft("各单位没有提出逐条意见，或意见还没有定。")
        return
    by_id = {point.id: (opinion, point) for opinion, point in points}
    name = f"adopt-list:{here.key}"

    def say(item: str) -> str:
        return f"{by_id[item][0].office} {by_id[item][1].number}. {shared.short(by_id[item][1].text, 36)}"

    def hint(item: str) -> str:
        return f"● {by_id[item][1].adoption}" if by_id[item][1].adoption else "○ 待定"

    left, right = st.columns([5, 7], gap="medium")
    with left:
        chosen = shared.pick(name, "意见", list(by_id), say, hint)
    with right:
        _point(here, *by_id[chosen], name, list(by_id))


def _point(here: Here, opinion: Opinion, point: KeptPoint, name: str, listed: list[str]) -> None:
    kind = "" if opinion.source is Source.OFFICE else f"（{opinion.source}）"
    st.html(
        f"<div><b>{escape(opinion.office)}{kind} 第 {point.number} 条</b>　{shared.chip(point.adoption or '待定')}"
        f'　<span class="tp-soft tp-small">总的结论：{escape(opinion.kind)}</span></div>'
    )
    shared.prose(point.text)
    shown = {"采纳情况": point.adoption, "理由": point.reason}
    shared.facts([("关于条款", point.clause), ("总的意见", opinion.text), ("定的人", point.adopted_by)])
    if not here.may(Action.ADOPT):
        shared.facts(list(shown.items()))
        return
    base = f"inside/adopt/{point.id}"
    shared.choosing(here, f"{base}/adoption", "采纳情况", ADOPTIONS, usual=point.adoption)
    shared.writing(here, f"{base}/reason", "理由（部分采纳、未采纳必填）", height=80)
    where = f"adopt:{here.key}"

    def save() -> None:
        here.joint.opinions.adopt(
            here.person,
            here.key,
            point.id,
            shared.chosen(here, f"{base}/adoption"),
            shared.said(here, f"{base}/reason"),
            seen=(point.adoption, point.reason),
        )
        shared.move_on(name, listed, point.id)

    shared.button(
        "存，看下一条", where, save, done=f"已存：{opinion.office}第 {point.number} 条。", shown=shown, primary=True
    )
    shared.tell(where, shown)


def _opinions(opinions: Sequence[Opinion]) -> None:
    if not opinions:
        shared.soft("还没有征求意见。")
        return
    opinion_form.table(opinions)
    for opinion in opinions:
        with st.expander(f"{opinion.office}　{opinion_form.status(opinion)}"):
            opinion_form.standing(opinion)


# ---- contradictions --------------------------------------------------------------------------------------------------


def _contradictions(
    here: Here, found: Sequence[Contradiction], opinions: Sequence[Opinion], minutes: Sequence[MinutesRow]
) -> None:
    if not found:
        shared.soft("没有发现相互矛盾的结论、认定或核实值。")
    else:
        parts.table(
            ("关于", "各方怎么说"),
            ((item.about, "；".join(f"{who}：{said}" for who, said in item.sides)) for item in found),
            tight=frozenset({0}),
        )
    for opinion in opinions:
        if opinion.kind == OpinionKind.DISAGREE and opinion.source is not Source.EXPERT:
            _settle(
                here,
                opinion,
                [row for row in minutes if row.kind == Meeting.COORDINATION and row.round == here.part.round],
            )


def _settle(here: Here, opinion: Opinion, minutes: Sequence[MinutesRow]) -> None:
    with st.container(border=True):
        opinion_form.standing(opinion)
        if not here.may(Action.SETTLE):
            return
        if not minutes:
            shared.soft("协调会开过、纪要录入后，才能写协调结果。")
            return
        titles = {row.id: f"{figures.day(row.held)} {row.venue}" for row in minutes}
        where = f"settle:{opinion.id}"
        picked = shared.choose(f"{where}:minutes", "依据的纪要", list(titles), lambda item: titles[item])
        place = f"inside/settle/{opinion.id}"
        shared.writing(here, place, "协调结果", height=80)

        def settle() -> None:
            outcome = shared.said(here, place)
            here.joint.opinions.settle(here.person, here.key, opinion.id, picked, outcome, version=opinion.version)

        shown = opinion_form.shown(opinion)
        shared.button("存协调结果", where, settle, done="已存协调结果。", shown=shown, primary=True)
        shared.tell(where, shown)


# ---- minutes ---------------------------------------------------------------------------------------------------------


def _minutes(here: Here, minutes: Sequence[MinutesRow]) -> None:
    if not minutes:
        shared.soft("还没有会议或踏勘记录。")
    for row in reversed(minutes):
        with st.expander(f"{row.kind}　{figures.day(row.held)}　{row.venue}", expanded=len(minutes) == 1):
            shared.facts([("参加人员", row.people), ("纪要", row.text), ("录入", parts.moment(row.at))])
            shared.files(here, f"minutes:{row.id}", label="签到表、照片等")
    if here.may(Action.WRITE_MINUTES):
        _write_minutes(here)


def _write_minutes(here: Here) -> None:
    shared.head("录入一份")
    base = f"inside/minutes/{here.person.id}"
    usual = str(HELD.get(here.part.state, ""))
    shared.choosing(here, f"{base}/kind", "会议类别", tuple(Meeting), usual=usual)
    left, middle = st.columns([1, 3])
    with left:
        held = shared.seed(f"minutes:{here.key}:held", None)
        st.date_input("日期", value=None, key=held, format="YYYY-MM-DD", min_value="2020-01-01", **shared.KEPT)
    with middle:
        shared.writing(here, f"{base}/venue", "地点", line=True)
    shared.writing(here, f"{base}/people", "参加人员", height=70, placeholder="单位和姓名")
    shared.writing(here, f"{base}/text", "纪要", height=150)
    where = f"minutes:{here.key}"

    def write() -> None:
        when = st.session_state.get(held)
        if not isinstance(when, date):
            raise RefusedError("日期没有填写。")
        here.joint.drafting.write_minutes(
            here.person,
            here.key,
            shared.chosen(here, f"{base}/kind"),
            held=when,
            venue=shared.said(here, f"{base}/venue"),
            people=shared.said(here, f"{base}/people"),
            text=shared.said(here, f"{base}/text"),
        )
        shared.clear(here, *(f"{base}/{name}" for name in ("kind", "venue", "people", "text")))
        shared.forget(held)

    shared.button("录入，此后不改", where, write, done="已录入。", primary=True)
    shared.tell(where)
