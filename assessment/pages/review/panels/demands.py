"""补正与修改意见: drafted from what is missing and what differs, issued with the notice, answered, judged; the 意见—修改对照表."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.demands import Demand, TableRow, Terms
from tanping.assessment.review.words import Adoption, DemandStage
from tanping.assessment.review.workflow import State

TITLE = "补正与修改意见"
MOST_SUGGESTED = 30
FITTING = 7
"""How many suggestions are shown without a bar to scroll."""
JUDGEMENTS = tuple(Adoption)
WHO = (str(Role.BUILDER), str(Role.PREPARER))
"""Who on the applicant's side may be named to meet a demand; nobody named means both."""


def wanted(here: Here) -> bool:
    """Whoever may read the project, once it was handed in; the applicant, once something was demanded."""
    if here.part.state is State.DRAFT and here.part.round == 1:
        return False
    return here.knows(Action.WRITE_DEMAND) or bool(here.joint.demands.of_review(here.person, here.key))


def count(here: Here) -> int:
    """How many demands wait for this person: to be answered, judged or issued."""
    if not (here.may(Action.ANSWER_DEMAND) or here.may(Action.JUDGE_DEMAND)):
        return 0
    found = here.joint.demands.of_review(here.person, here.key)
    if here.may(Action.ANSWER_DEMAND):
        return sum(item.issued and not item.answer for item in found)
    return sum(map(_to_judge, found)) + sum(not item.issued for item in found)


def show(here: Here) -> None:
    """Write the panel."""
    found = here.joint.demands.of_review(here.person, here.key)
    issued, written = [item for item in found if item.issued], [item for item in found if not item.issued]
    _now(here, issued, written)
    titles = {}
    if here.may(Action.WRITE_DEMAND):
        titles["writing"] = "拟稿"
    titles["answers"] = "意见与答复"
    titles["table"] = "意见—修改对照表"
    counts = {"writing": len(written), "answers": len(issued)}
    opened = shared.sections(
        f"demands:{here.key}", titles, first="answers" if issued and not written else "", counts=counts
    )
    if opened == "writing":
        _writing(here, found, written)
    elif opened == "answers":
        _answers(here, issued)
    else:
        _table(here)


def _to_judge(item: Demand) -> bool:
    return bool(item.answer) and not item.outcome and item.stage is not DemandStage.CORRECTION


def _now(here: Here, issued: Sequence[Demand], written: Sequence[Demand]) -> None:
    unanswered = sum(not item.answer for item in issued)
    unjudged = sum(map(_to_judge, issued))
    if here.may(Action.ANSWER_DEMAND):
        if unanswered:
            shared.now(f"先在“登记与材料”封存改好的项目文件，再逐条写明怎么改的、在第几页（还有 {unanswered} 条）。")
        else:
            shared.now("都已答复，可以提交。提交前还能改答复。")
    elif here.may(Action.JUDGE_DEMAND) and unjudged:
        shared.now(f"对照新的一稿，逐条判定修改情况（还有 {unjudged} 条）。")
    elif here.may(Action.WRITE_DEMAND) and here.part.state is State.ACCEPTANCE:
        if here.part.role is Role.ACCEPTANCE:
            shared.now("只看材料齐不齐、合不合形式。缺的在这里一次拟全，再发一次性补正告知。")
        else:
            shared.note("发现材料缺项的可在这里拟入，由受理人员一次性告知。")
    elif here.may(Action.WRITE_DEMAND):
        waiting = f"已拟 {len(written)} 条，由{_issuer(here)}在上面发出。" if written else "没有要提的就不用办。"
        line = shared.now if written and here.part.role is _issuer(here) else shared.note
        line(f"内容上要改、要补的在这里拟成修改补充意见。{waiting}")
    elif here.enters:
        shared.idle("审查方提出的意见和您的答复在这里查阅。")
    else:
        shared.idle(f"本轮发出 {len(issued)} 条，未答复 {unanswered} 条，未判定 {unjudged} 条。")


def _issuer(here: Here) -> Role:
    return Role.ASSESSOR if here.part.state is State.ASSESSMENT else Role.LEAD_CLERK


# ---- drafting --------------------------------------------------------------------------------------------------------


def _writing(here: Here, found: Sequence[Demand], written: Sequence[Demand]) -> None:
    if written:
        with st.container(horizontal=True, vertical_alignment="center"):
            shared.head("已拟未发")
            _for_all(here, written)
        name = f"written:{here.key}"
        listed = {item.id: item for item in written}
        left, right = st.columns([5, 7], gap="medium")
        with left:
            chosen = shared.pick(
                name,
                "已拟的意见",
                list(listed),
                lambda item: f"{listed[item].number}. {shared.short(listed[item].text, 40)}",
                lambda item: _terms(listed[item]) or "没有写责任单位和期限",
            )
        with right:
            _reword(here, listed[chosen])
    else:
        shared.soft("还没有拟意见。可从系统建议里选，也可自己写。")
    _suggestions(here, {item.text for item in found})
    place = f"inside/demand/{here.person.id}"
    shared.writing(here, place, "自己写一条", height=70, placeholder="缺什么、要怎么改、依据哪一条")
    where = f"demand:{here.key}"

    def add() -> None:
        here.joint.demands.write(here.person, here.key, shared.said(here, place))
        shared.clear(here, place)

    with st.container(horizontal=True):
        shared.button("拟入", where, add, done="已拟入。")
        shared.phrases(here, place)
    shared.tell(where)


def _for_all(here: Here, written: Sequence[Demand]) -> None:
    """Offer to set by whom and until when for all that is drafted; single ones may differ."""
    where = f"terms:{here.key}"
    who, due = f"{where}:who", f"{where}:due"

    def set_all() -> None:
        until = st.session_state.get(due)
        here.joint.demands.set_terms(
            here.person, here.key, shared.entered(who), until if isinstance(until, date) else None
        )

    with st.popover("统一写责任单位和期限", type="tertiary"):
        st.selectbox("各条责任单位", WHO, index=None, placeholder="双方共同", key=who, **shared.KEPT)
        st.date_input("各条完成期限", value=None, key=due, format="YYYY-MM-DD", min_value="2020-01-01", **shared.KEPT)
        shared.button(f"写入全部 {len(written)} 条", where, set_all, done="已写入全部各条，个别不同的可单独改。")
    shared.tell(where)


def _reword(here: Here, item: Demand) -> None:
    name = f"reword:{item.id}"
    terms = item.terms
    stored = {"text": item.text, "page": terms.page, "who": terms.who or None, "due": terms.due}
    keys = {field: shared.seed(f"{name}:{field}", value) for field, value in stored.items()}
    shown = {"意见": item.text, "责任与期限": _terms(item)}
    saving = {"on_change": _save_wording, "args": (here, item, keys, name, shown), **shared.KEPT}
    st.text_area(f"第 {item.number} 条　{item.source}", key=keys["text"], height=90, **saving)
    page, who, due = st.columns([2, 2, 2], vertical_alignment="bottom")
    options = WHO if terms.who in ("", *WHO) else (*WHO, terms.who)
    with page:
        st.text_input("报告页码", key=keys["page"], placeholder="例：第 35 页", **saving)
    with who:
        st.selectbox("责任单位", options, index=None, placeholder="双方共同", key=keys["who"], **saving)
    with due:
        st.date_input("完成期限", value=None, key=keys["due"], format="YYYY-MM-DD", min_value="2020-01-01", **saving)
    shared.button(
        "删去这一条",
        name,
        lambda: here.joint.demands.reword(here.person, here.key, item.id, item.version, ""),
        shown=shown,
    )
    shared.tell(name, shown)


def _save_wording(here: Here, item: Demand, keys: dict[str, str], name: str, shown: shared.Shown) -> None:
    text, until = shared.entered(keys["text"]), st.session_state.get(keys["due"])
    terms = Terms(shared.entered(keys["page"]), shared.entered(keys["who"]), until if isinstance(until, date) else None)
    if text.strip():
        shared.carry_out(
            name,
            lambda: here.joint.demands.reword(here.person, here.key, item.id, item.version, text, terms),
            "",
            shown,
        )


def _terms(item: Demand) -> str:
    """Return where, by whom and until when, in a line."""
    terms = item.terms
    due = f"{figures.day(terms.due)}前" if terms.due else ""
    return "　".join(filter(None, (f"报告 {terms.page}" if terms.page else "", terms.who, due)))


def _suggestions(here: Here, written: set[str]) -> None:
    found = [item for item in here.joint.demands.suggestions(here.person, here.key) if item.text not in written]
    with st.expander(f"系统建议　{len(found)}", expanded=bool(found) and not written):
        if not found:
            shared.soft("资料齐备，申报数与复核数没有要解释的差异。")
            return
        shared.soft("资料缺项在前，数据不一致在后。选中的一次拟入，拟入后还能改字句。")
        shown = found[:MOST_SUGGESTED]
        keys = [f"suggestion:{here.key}:{item.text}" for item in shown]
        with st.container(height=260 if len(shown) > FITTING else "content", border=False, gap="xsmall"):
            for item, key in zip(shown, keys, strict=True):
                st.checkbox(shared.plain(item.text), key=key)
        if len(found) > len(shown):
            shared.soft(f"先列 {len(shown)} 条，拟入后列其余的。")
        where = f"suggestions:{here.key}"

        def take() -> None:
            for item, key in zip(shown, keys, strict=True):
                if st.session_state.get(key):
                    here.joint.demands.write(here.person, here.key, item.text, clause=item.clause, place=item.place)

        shared.button("拟入选中的", where, take, done="已拟入选中的。")
        shared.tell(where)


# ---- answers and judgements ------------------------------------------------------------------------------------------


def _answers(here: Here, issued: Sequence[Demand]) -> None:
    if not issued:
        shared.soft("本轮还没有发出意见。")
        return
    rows = {row.demand.id: row for row in here.joint.demands.table(here.person, here.key)}
    name = f"demand-list:{here.key}"
    left, right = st.columns([5, 7], gap="medium")
    with left:
        chosen = shared.pick(
            name,
            "意见",
            list(rows),
            lambda item: f"{rows[item].demand.number}. {shared.short(rows[item].demand.text, 40)}",
            lambda item: _state(rows[item].demand),
        )
    with right:
        _one(here, rows[chosen], name, list(rows))


def _state(item: Demand) -> str:
    if item.outcome:
        return f"● 判定：{item.outcome}"
    if item.answer:
        return f"● 第 {item.answered_in} 稿已答复"
    due = f"，{figures.day(item.terms.due)}前" if item.terms.due else ""
    return f"‼ 逾期未答复{due}" if item.late else f"○ 待答复{due}"


def _one(here: Here, row: TableRow, name: str, listed: list[str]) -> None:
    item = row.demand
    st.html(
        f"<div><b>第 {item.number} 条</b>　{shared.chip(item.outcome or ('已答' if item.answer else '待答'))}</div>"
    )
    shared.prose(item.text)
    shared.facts(
        [
            ("提出", item.source),
            ("责任与期限", _terms(item)),
            *_shown(item).items(),
            ("检出的修改", row.found if item.answer else ""),
        ]
    )
    if here.may(Action.ANSWER_DEMAND):
        _answer(here, item, name, listed)
    elif here.may(Action.JUDGE_DEMAND) and item.answer:
        _files(here, item)
        _judge(here, item, name, listed)
    else:
        _files(here, item)


def _files(here: Here, item: Demand) -> None:
    if here.joint.register.files(here.person, here.key, f"demand:{item.id}"):
        shared.files(here, f"demand:{item.id}")


def _shown(item: Demand) -> dict[str, str]:
    return {
        "修改情况": item.answer,
        "页码": item.answer_page,
        "判定": item.outcome,
        "判定理由": item.outcome_reason,
    }


def _answer(here: Here, item: Demand, name: str, listed: list[str]) -> None:
    base = f"applicant/demand/{item.id}"
    shared.writing(here, f"{base}/answer", "怎么改的", height=110, placeholder="写明改了什么；没有改的写明理由")
    shared.writing(here, f"{base}/page", "在新稿的页码", line=True, placeholder="例：第 35—36 页")
    where = f"answer-demand:{here.key}"

    def save() -> None:
        answer, page = shared.said(here, f"{base}/answer"), shared.said(here, f"{base}/page")
        here.joint.demands.answer(here.person, here.key, item.id, item.version, answer, page)
        shared.move_on(name, listed, item.id)

    shared.button(
        "存答复，看下一条", where, save, done=f"已存第 {item.number} 条的答复。", shown=_shown(item), primary=True
    )
    shared.tell(where, _shown(item))
    shared.files(here, f"demand:{item.id}", label="这一条的附件")


def _judge(here: Here, item: Demand, name: str, listed: list[str]) -> None:
    base = f"inside/judge/{item.id}/{item.answered_in}"
    shared.choosing(here, f"{base}/outcome", "判定", JUDGEMENTS, usual=item.outcome)
    shared.writing(here, f"{base}/reason", "理由（部分采纳、未采纳必填）", height=70)
    where = f"judge:{here.key}"

    def save() -> None:
        here.joint.demands.judge(
            here.person,
            here.key,
            item.id,
            item.version,
            shared.chosen(here, f"{base}/outcome"),
            shared.said(here, f"{base}/reason"),
        )
        shared.move_on(name, listed, item.id)

    shared.button(
        "存判定，看下一条", where, save, done=f"已存第 {item.number} 条的判定。", shown=_shown(item), primary=True
    )
    shared.tell(where, _shown(item))


# ---- the table -------------------------------------------------------------------------------------------------------


def _table(here: Here) -> None:
    round_ = here.part.round
    if round_ > 1:
        rounds = list(range(round_, 0, -1))
        round_ = st.selectbox(
            "哪一轮", rounds, format_func=lambda n: f"第 {n} 轮", key=f"demand-round:{here.key}", width=160
        )
    rows = here.joint.demands.table(here.person, here.key, round_=round_)
    if not rows:
        shared.soft("这一轮没有发出意见，对照表是空的。")
        return
    parts.table(
        ("", "意见", "责任与期限", "修改情况", "页码", "系统检出的修改", "判定"),
        map(_line, rows),
        numbers=frozenset({0}),
        tight=frozenset({4}),
    )


def _line(row: TableRow) -> tuple[str, ...]:
    item = row.demand
    judged = f"{item.outcome}：{item.outcome_reason}" if item.outcome_reason else item.outcome
    return (
        str(item.number),
        item.text,
        _terms(item),
        item.answer or "未答复",
        item.answer_page,
        row.found if item.answer else "",
        judged,
    )
