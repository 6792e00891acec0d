"""审查要点与意见: an office's points by topic, its opinion; an expert's; for the lead who is asked and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from tanping.assessment.documents import wording
from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import asking, opinion_form, shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import INNER_OFFICES, OF_AN_OFFICE, OUTSIDE_BODIES, Action, Role
from tanping.assessment.review.service.checklist import MANUAL, Item, Topic
from tanping.assessment.review.service.opinions import Opinion
from tanping.assessment.review.words import Conflict, OfficeFinding, Outcome, Source, Stage
from tanping.assessment.review.workflow import State

TITLE = "审查要点与意见"
TO_DO = "待答复"


def wanted(here: Here) -> bool:
    """Reviewers and those who read their work."""
    return here.knows(Action.READ_OPINIONS)


def count(here: Here) -> int:
    """How many points of one's office wait for an answer; for the lead, how many opinions are still out."""
    if here.may(Action.ANSWER_POINT):
        return sum(map(_open, _items(here.joint.checklist.topics(here.person, here.key))))
    if here.may(Action.INVITE):
        opinions = here.joint.opinions.of_review(here.person, here.key)
        return sum(item.stage is not Stage.CONFIRMED and not item.silent for item in opinions)
    return 0


def show(here: Here) -> None:
    """Write the panel."""
    if here.part.role in OF_AN_OFFICE:
        _office(here)
    elif here.part.role is Role.EXPERT:
        _expert(here)
    else:
        _lead(here)


# ---- an office -------------------------------------------------------------------------------------------------------


def _office(here: Here) -> None:
    office = here.part.office
    topics = here.joint.checklist.topics(here.person, here.key)
    opinion = next(
        (item for item in here.joint.opinions.of_review(here.person, here.key) if item.office == office), None
    )
    waiting = sum(map(_open, _items(topics)))
    _now_office(here, opinion, waiting)
    titles = {"points": "审查要点", "opinion": f"{office}处室意见"}
    heading = here.part.role is Role.OFFICE_HEAD and opinion is not None and opinion.stage is Stage.DRAFTED
    counts = {"points": len(_items(topics))}
    opened = shared.sections(f"checklist:{here.key}", titles, first="opinion" if heading else "points", counts=counts)
    if opened == "points":
        _points(here, topics, office)
    else:
        _opinion(here, opinion)


def _now_office(here: Here, opinion: Opinion | None, waiting: int) -> None:
    office = here.part.office
    if opinion is None:
        shared.idle(f"本轮还没有向{office}征求意见，要点可先看。")
    elif not here.may(Action.ANSWER_POINT):
        shared.idle(f"{office}的意见：{opinion_form.status(opinion)}。要点和答复在这里查阅。")
    elif opinion.stage is Stage.CONFIRMED:
        shared.idle(f"{office}意见已定：{opinion.kind}。需要改变的，请牵头处重新征求。")
    elif here.part.role is Role.OFFICE_HEAD:
        if opinion.stage is Stage.DRAFTED:
            shared.now(f"经办人拟了“{opinion.kind}”。看过后审定，或写明理由退回。")
        else:
            shared.idle(f"等经办人拟意见（还有 {waiting} 条要点待答复）；您也可以直接答复要点。")
    elif opinion.stage is Stage.DRAFTED:
        shared.idle("意见已交负责人审定；审定前还可以改了再交。")
    elif waiting:
        returned = "负责人退回了意见。" if opinion.stage is Stage.RETURNED else ""
        shared.now(f"{returned}先逐条答复系统提示（还有 {waiting} 条），再到“{office}处室意见”出具意见。")
    else:
        returned = "负责人退回了意见，请改后再交。" if opinion.stage is Stage.RETURNED else "要点都已答复。"
        shared.now(f"{returned}请到“{office}处室意见”选意见类别，写好后交负责人审定。")


def _opinion(here: Here, opinion: Opinion | None) -> None:
    if opinion is None:
        shared.soft("牵头处征求意见后，在这里拟意见。")
        return
    where = f"opinion:{here.key}"
    shown = opinion_form.shown(opinion)
    if opinion.stage is Stage.CONFIRMED or opinion.kind:
        with st.container(border=True):
            opinion_form.standing(opinion)
    if opinion.reading and opinion.stage is not Stage.CONFIRMED:
        shared.soft(f"时限：{opinion.reading.words}")
    shared.tell(where, shown)
    if opinion.stage is Stage.CONFIRMED:
        return
    if here.may(Action.DRAFT_OPINION):
        base = f"opinion/{here.part.office}/{here.part.round}/opinion"
        opinion_form.write(here, base)

        def draft() -> None:
            kind, text, points = opinion_form.typed(here, base)
            here.joint.opinions.draft(here.person, here.key, opinion.version, kind, text, points)

        label = "改后再交负责人" if opinion.stage is Stage.DRAFTED else "交负责人审定"
        shared.button(label, where, draft, done="已交负责人审定。", shown=shown, primary=True)
    if here.may(Action.CONFIRM_OPINION) and opinion.stage is Stage.DRAFTED:
        _confirm(here, opinion, where, shown)


def _confirm(here: Here, opinion: Opinion, where: str, shown: shared.Shown) -> None:
    place = f"opinion/{here.part.office}/{here.part.round}/return"
    shared.writing(here, place, "退回理由（退回时填）", height=70)

    def send_back() -> None:
        reason = shared.said(here, place)
        here.joint.opinions.send_back(here.person, here.key, opinion.version, reason)
        shared.clear(here, place)

    with st.container(horizontal=True):
        shared.button(
            "审定",
            where,
            lambda: here.joint.opinions.confirm(here.person, here.key, opinion.version),
            done="已审定，意见已送牵头处。",
            shown=shown,
            primary=True,
        )
        shared.button("退回经办人", where, send_back, done="已退回经办人。", shown=shown)


# ---- points ----------------------------------------------------------------------------------------------------------


def _items(topics: Sequence[Topic]) -> list[Item]:
    return [item for topic in topics for item in topic.items]


def _open(item: Item) -> bool:
    return item.needed and (item.answer is None or item.outdated)


def _state(item: Item) -> str:
    if item.outdated:
        return "重答"
    if item.answer is not None:
        return "已答"
    return "待答" if item.needed else "不必答"


def _points(here: Here, topics: Sequence[Topic], office: str) -> None:
    if not topics:
        shared.soft("没有归这里的审查要点。" if office else "还没有评估结果。")
        return
    groups = {TO_DO: [item for item in _items(topics) if _open(item)]} | {
        topic.name: list(topic.items) for topic in topics
    }
    names = [name for name in groups if groups[name]]
    left, right = st.columns([5, 7], gap="medium")
    with left:
        group = shared.choose(f"topic:{here.key}:{office}", "看哪些", names, str)
        shared.soft(_progress(group, groups[group]))
        listed = {item.clause: item for item in groups[group]}
        name = f"point:{here.key}:{office}:{group}"
        chosen = shared.pick(
            name, "要点", list(listed), lambda c: shared.short(listed[c].requirement, 44), lambda c: _hint(listed[c])
        )
    with right:
        _point(here, listed[chosen], name, list(listed))


def _progress(group: str, items: Sequence[Item]) -> str:
    waiting = sum(map(_open, items))
    return f"共 {len(items)} 条" if group == TO_DO or not waiting else f"共 {len(items)} 条，{waiting} 条待答复"


def _hint(item: Item) -> str:
    state = _state(item)
    return f"{shared.MARKS.get(state, '')} {state}　系统提示：{wording.MARKS.get(item.hint, '')} {item.hint}".strip()


def _point(here: Here, item: Item, name: str, listed: list[str]) -> None:
    flags = [word for word, on in (("按申报，未核实", item.claimed), ("待核原文", item.provisional)) if on]
    marks = "".join(f'<span class="tp-flag tp-small">{escape(flag)}</span>' for flag in flags)
    st.html(f"<div><b>{escape(item.requirement)}</b></div><div>{parts.chip(item.hint)}{marks}</div>")
    shared.facts(
        [
            ("条款", item.citation),
            ("严重程度", item.severity),
            ("系统提示", "" if item.hint == MANUAL else item.because),
            ("请处室判断", item.question if item.hint == MANUAL else ""),
            ("可核材料", "、".join(item.evidence)),
        ]
    )
    _read_facts(item)
    if item.outdated and item.answer:
        st.warning(f"答复时系统提示是“{item.answer.hint}”，现在是“{item.hint}”，请重新答复。")
    if here.may(Action.ANSWER_POINT) and here.part.role in OF_AN_OFFICE:
        _answer(here, item, name, listed)
    elif item.answer:
        shared.facts(list(_shown(item).items()))
    elif item.needed:
        shared.soft("处室还没有答复。")


def _read_facts(item: Item) -> None:
    values = {value["label"]: value for line in item.finding["trace"] for value in line["values"]}
    if not values:
        return
    with st.expander(f"判断用到的事实　{len(values)}"):
        parts.table(
            ("事实", "本项目", "来源"),
            (
                (label, value["value"], " ".join(filter(None, (value["origin"], value["document"], value["page"]))))
                for label, value in values.items()
            ),
        )


def _shown(item: Item) -> dict[str, str]:
    answer = item.answer
    if answer is None:
        return {"答复": "还没有答复"}
    return {
        "答复": f"{answer.outcome}系统提示（{answer.hint}）" if answer.hint != MANUAL else "处室判断",
        "处室认定": str(answer.finding),
        "理由": answer.reason,
        "依据": answer.evidence,
        "页码": answer.page,
        "答复人": f"{answer.by}　{parts.moment(answer.at)}",
    }


def _answer(here: Here, item: Item, name: str, listed: list[str]) -> None:
    base = f"opinion/{here.part.office}/{here.part.round}/point/{item.clause}"
    manual = item.hint == MANUAL
    outcome = str(Outcome.TAKEN)
    if item.answer:
        shared.soft(f"已答：{item.answer.outcome}，认定{item.answer.finding}（{item.answer.by}）。可改后再存。")
    way, own = st.columns([2, 3])
    if not manual:
        usual = str(item.answer.outcome) if item.answer and not item.outdated else ""
        with way:
            outcome = shared.choosing(here, f"{base}/outcome", f"系统提示“{item.hint}”", tuple(Outcome), usual=usual)
    overruled = outcome == Outcome.OVERRULED
    if manual or overruled:
        options = [str(finding) for finding in OfficeFinding if manual or finding != item.hint]
        with st.container() if manual else own:
            shared.choosing(here, f"{base}/finding", "处室认定", options)
    needed = "（必填）" if manual or overruled else "（可不填）"
    shared.writing(here, f"{base}/reason", f"理由{needed}", height=80)
    shared.phrases(here, f"{base}/reason", item.finding["topic"])
    left, right = st.columns([2, 1])
    with left:
        shared.writing(here, f"{base}/evidence", f"依据：文件或现场记录{'（必填）' if overruled else ''}", line=True)
    with right:
        shared.writing(here, f"{base}/page", "页码", line=True)
    where = f"answer:{here.key}"

    def save() -> None:
        here.joint.checklist.answer(
            here.person,
            here.key,
            item.clause,
            str(Outcome.TAKEN) if manual else shared.chosen(here, f"{base}/outcome"),
            finding=shared.chosen(here, f"{base}/finding") if manual or overruled else "",
            reason=shared.said(here, f"{base}/reason"),
            evidence=shared.said(here, f"{base}/evidence"),
            page=shared.said(here, f"{base}/page"),
            version=item.answer.version if item.answer else 0,
        )
        shared.move_on(name, listed, item.clause)

    def as_point() -> None:
        text = shared.said(here, f"{base}/reason") or item.requirement
        shared.add_line(
            here,
            f"opinion/{here.part.office}/{here.part.round}/opinion/points",
            opinion_form.line_of(text, item.clause),
        )

    with st.container(horizontal=True):
        shared.button("存答复，看下一条", where, save, done="已存答复。", shown=_shown(item), primary=True)
        shared.button(
            "写成一条意见",
            where,
            as_point,
            done="已加到处室意见的逐条意见里。",
            help="用上面的理由，理由空着时用条款要求",
        )
    shared.tell(where, _shown(item))


# ---- an expert -------------------------------------------------------------------------------------------------------


def _expert(here: Here) -> None:
    opinions = here.joint.opinions.of_review(here.person, here.key)
    own = next((item for item in opinions if item.source is Source.EXPERT and item.own), None)
    if here.part.conflict is Conflict.OPEN and here.may(Action.DECLARE):
        shared.now("先作回避声明：与建设单位、编制单位没有利害关系的，声明后出具意见；有的，请点右上的“回避”。")
        _declare(here)
        return
    if own is None:
        shared.idle("本轮没有请您出具专家意见。")
    elif not here.may(Action.GIVE_EXPERT_OPINION):
        shared.idle(f"您的意见：{opinion_form.status(own)}。")
    elif own.stage is Stage.CONFIRMED:
        shared.idle("意见已提交；技术评估结束前可以改后再提交。")
    else:
        shared.now("看审查要点和核实情况，写好意见后提交。")
    titles = {"opinion": "专家意见", "points": "各处室审查要点"}
    if shared.sections(f"checklist:{here.key}", titles) == "points":
        _all_points(here)
    elif own is not None:
        _expert_opinion(here, own)


def _expert_opinion(here: Here, own: Opinion) -> None:
    where, shown = f"opinion:{here.key}", opinion_form.shown(own)
    if own.kind:
        with st.container(border=True):
            opinion_form.standing(own)
    shared.tell(where, shown)
    if not here.may(Action.GIVE_EXPERT_OPINION):
        return
    base = f"expert/{here.person.id}/{here.part.round}"
    opinion_form.write(here, base)

    def give() -> None:
        kind, text, points = opinion_form.typed(here, base)
        here.joint.opinions.give_expert_opinion(here.person, here.key, own.version, kind, text, points)

    shared.button("提交专家意见", where, give, done="已提交专家意见。", shown=shown, primary=True)


def _declare(here: Here) -> None:
    """Offer the declaration that lets an expert begin; the way out stands in the head of every space."""
    where = f"declare:{here.key}"
    shared.button(
        "声明无利害关系",
        where,
        lambda: here.joint.staffing.declare(here.person, here.key, conflict=False),
        done="已声明，可以出具意见了。",
        primary=True,
    )
    shared.tell(where)


# ---- the lead and those who read -------------------------------------------------------------------------------------


def _lead(here: Here) -> None:
    opinions = here.joint.opinions.of_review(here.person, here.key)
    out = [item for item in opinions if item.stage is not Stage.CONFIRMED and not item.silent]
    if here.may(Action.INVITE):
        if not any(item.source is not Source.EXPERT for item in opinions):
            shared.now("选处室和外单位征求意见，写明时限。")
        elif out:
            shared.now(f"还有 {len(out)} 份意见没有回来。外单位来函的在这里代录；逾期的记“逾期未复”。")
        else:
            shared.now("意见已齐，可以结束会审。")
    else:
        shared.idle(_read_line(here, opinions))
    titles = {"asking": "征求意见与答复", "points": "各处室审查要点"}
    if shared.sections(f"checklist:{here.key}", titles, counts={"asking": len(opinions)}) == "points":
        _all_points(here)
    else:
        asking.show(here, opinions)


def _read_line(here: Here, opinions: Sequence[Opinion]) -> str:
    if here.part.state in (State.SUBMITTED, State.ACCEPTANCE, State.CORRECTION):
        return "受理以后才征求意见；各处室的审查要点可先看。"
    return (
        f"共征求 {len(opinions)} 份意见，要点和答复在这里查阅。"
        if opinions
        else "还没有征求意见；各处室的审查要点可先看。"
    )


def _all_points(here: Here) -> None:
    office = st.segmented_control(
        "单位",
        (*INNER_OFFICES, *OUTSIDE_BODIES),
        default=INNER_OFFICES[0],
        key=f"office:{here.key}",
        required=True,
        persist_state="session",
    )
    _points(here, here.joint.checklist.topics(here.person, here.key, office), office)
