"""Who is asked and what came back: inviting, recording an outside body's letter by proxy, noting who did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from tanping.assessment.pages.review import REFUSALS
from tanping.assessment.pages.review.panels import opinion_form, shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.clock import Pace
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.roles import INNER_OFFICES, OUTSIDE_BODIES, Action
from tanping.assessment.review.service.opinions import Opinion
from tanping.assessment.review.words import Source, Stage

USUAL_DAYS = 5


def show(here: Here, opinions: Sequence[Opinion]) -> None:
    """Write who was asked, one of them in full, and for the lead the forms to ask."""
    if here.may(Action.INVITE):
        _invite(here, opinions)
    if opinions:
        opinion_form.table(opinions)
        _one(here, opinions)
    else:
        shared.soft("还没有向任何处室或单位征求意见。")


def _one(here: Here, opinions: Sequence[Opinion]) -> None:
    by_id = {item.id: item for item in opinions}
    waiting = [item.id for item in opinions if item.source is Source.BODY and item.stage is not Stage.CONFIRMED]
    ids = list(by_id)
    first = waiting[0] if waiting and here.may(Action.RECORD_REPLY) else ids[0]
    chosen = shared.sections(f"asked:{here.key}", {item: by_id[item].office for item in ids}, first=first)
    opinion = by_id[chosen]
    where, shown = f"asked:{opinion.id}", opinion_form.shown(opinion)
    with st.container(border=True):
        opinion_form.standing(opinion)
        shared.tell(where, shown)
        if opinion.source is Source.BODY:
            _body(here, opinion, where, shown)
        overdue = opinion.reading is not None and opinion.reading.pace is Pace.OVERDUE
        if here.may(Action.NOTE_SILENCE) and overdue and opinion.stage is not Stage.CONFIRMED and not opinion.silent:
            shared.button(
                "记逾期未复",
                where,
                lambda: here.joint.opinions.note_silence(here.person, here.key, opinion.id),
                done="已记逾期未复；以后来函的仍可补录。",
            )


def _body(here: Here, opinion: Opinion, where: str, shown: shared.Shown) -> None:
    if not here.may(Action.RECORD_REPLY) or opinion.stage is Stage.CONFIRMED:
        shared.files(here, f"opinion:{opinion.id}", label=f"{opinion.office}复函的扫描件")
        return
    shared.head("代录复函")
    base = f"inside/reply/{opinion.id}"
    dated = shared.seed(f"reply:{opinion.id}:date", None)
    left, right = st.columns(2, gap="medium")
    with left:
        shared.files(here, f"opinion:{opinion.id}", label=f"① {opinion.office}复函的扫描件（先上传）")
    with right:
        _sheet(here, opinion, base, dated)
    left, right = st.columns(2)
    with left:
        shared.writing(here, f"{base}/number", "② 复函文号", line=True, placeholder="例：苏能函〔2026〕8号")
    with right:
        st.date_input("③ 复函日期", value=None, key=dated, format="YYYY-MM-DD", min_value="2020-01-01", **shared.KEPT)
    opinion_form.write(here, base)

    def record() -> None:
        kind, text, points = opinion_form.typed(here, base)
        replied = st.session_state.get(dated)
        if not isinstance(replied, date):
            raise RefusedError("复函日期没有填写。")
        here.joint.opinions.record_reply(
            here.person,
            here.key,
            opinion.id,
            opinion.version,
            kind,
            reply_number=shared.said(here, f"{base}/number"),
            reply_date=replied,
            text=text,
            points=points,
        )

    shared.button("存为复函", where, record, done=f"已录{opinion.office}复函。", shown=shown, primary=True)


def _sheet(here: Here, opinion: Opinion, base: str, dated: str) -> None:
    """Offer the opinion sheet to go out, and take the one that came back: it fills the fields below, to be looked at beside the scan."""
    where = f"sheet:{opinion.id}"
    turn = st.session_state.get(f"{where}#turn", 0)
    with st.container(key=f"attach-sheet-{opinion.id}"):
        st.file_uploader(
            "有填好的征求意见表（Excel）的，读入代填",
            type=["xlsx"],
            key=f"{where}:{turn}",
            on_change=_take_sheet,
            args=(here, opinion, base, dated, where, turn),
        )
    shared.tell(where)
    st.download_button(
        "下载空白征求意见表（Excel）",
        lambda: here.joint.opinions.sheet(here.person, here.key, opinion.id)[1],
        file_name=f"征求意见表（{opinion.office}）.xlsx",
        key=f"{where}:blank",
        type="tertiary",
        on_click="ignore",
        icon=":material/download:",
    )


def _take_sheet(here: Here, opinion: Opinion, base: str, dated: str, where: str, turn: int) -> None:
    uploaded = st.session_state.get(f"{where}:{turn}")
    if uploaded is None:
        return
    st.session_state[f"{where}#turn"] = turn + 1

    def take() -> None:
        content = uploaded.getvalue()
        found = here.joint.opinions.read_sheet(here.person, here.key, opinion.id, uploaded.name, content)
        points = "\n".join(opinion_form.line_of(" ".join(text.split()), clause) for text, clause in found.points)
        for name, text in (("kind", found.kind), ("text", found.text), ("points", points), ("number", found.number)):
            shared.put(here, f"{base}/{name}", text)
        st.session_state[dated] = found.dated
        here.joint.register.attach(here.person, here.key, f"opinion:{opinion.id}", uploaded.name, content)

    shared.carry_out(where, take, "已读入并附上，请与扫描件核对后存为复函。", None)


# ---- asking ----------------------------------------------------------------------------------------------------------


def _invite(here: Here, opinions: Sequence[Opinion]) -> None:
    asked = {item.office for item in opinions}
    begun = any(item.source is not Source.EXPERT for item in opinions)
    where = f"invite:{here.key}"
    shared.tell(where)
    # Open for as long as one is asking: it does not close under the hand once the first one is asked.
    with st.expander("征求意见", expanded=st.session_state.setdefault(f"{where}:open", not begun)):
        concerned = _concerned(here)
        left, right = st.columns(2, gap="medium")
        with left:
            _invite_some(here, "处室", INNER_OFFICES, asked, concerned, where)
        with right:
            _invite_some(here, "外单位", OUTSIDE_BODIES, asked, concerned, where)
        shared.soft("带 ● 的有适用条款；再次征求已答复的单位，原答复留在记录里。")


def _concerned(here: Here) -> set[str]:
    """Return the offices that a clause of the result concerns."""
    findings = here.joint.submissions.result(here.person, here.key)["screening"]["findings"]
    return {item["office"] for item in findings if item["applies"] != "不涉及"}


def _invite_some(
    here: Here, kind: str, offices: Sequence[str], asked: set[str], concerned: set[str], where: str
) -> None:
    outside = kind == "外单位"
    name = f"{where}:{kind}"
    if f"{name}:who" not in st.session_state:
        st.session_state[f"{name}:who"] = [
            office for office in offices if office in concerned and office not in asked and not outside
        ]
    st.multiselect(
        kind,
        offices,
        format_func=lambda office: (
            f"{'● ' if office in concerned else ''}{office}{'（再次）' if office in asked else ''}"
        ),
        key=f"{name}:who",
        placeholder="选一个或几个",
        wrap=True,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("时限（工作日）", 1, 60, USUAL_DAYS, key=f"{name}:days", width=150)
        if outside:
            st.text_input(
                "征求意见函文号", key=f"{name}:letter", placeholder="例：苏环函〔2026〕12号", width=260, **shared.KEPT
            )

    def invite() -> None:
        chosen = st.session_state.get(f"{name}:who") or []
        if not chosen:
            raise RefusedError(f"请先选{kind}。")
        failed = []
        for office in chosen:
            try:
                here.joint.opinions.invite(
                    here.person,
                    here.key,
                    office,
                    days=int(st.session_state[f"{name}:days"]),
                    letter_number=shared.entered(f"{name}:letter"),
                )
            except REFUSALS as error:
                failed.append((office, error))
        st.session_state[f"{name}:who"] = [office for office, _ in failed]
        if failed:
            raise failed[0][1]

    shared.button(f"征求{kind}意见", where, invite, done="已发出征求意见。", primary=not outside)
