"""审查结果: what is settled, what is still possible, clause by clause; what is missing; what becomes a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from tanping.assessment.documents import context, wording
from tanping.assessment.pages import parts, session
from tanping.assessment.screening import decisive
from tanping.rules.finding import Applies, Finding, Met, TraceLine, by_topic

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment

VIEWS = ("逐条结果", "尚缺资料", "批复条件", "假设与存疑")
TO_DO = "需要处理的"
ALL = "全部适用的"
NOT_APPLICABLE = "不涉及的"
SHOWN = (TO_DO, ALL, NOT_APPLICABLE)
EVERY_MET = "全部结论"
EVERY_OFFICE = "全部部门"


def show() -> None:
    """Write the page."""
    draft = session.need_draft()
    outcome = parts.project_bar(draft)
    assessment = parts.need_result(outcome)
    _summary(assessment)
    view = st.segmented_control(
        "内容", VIEWS, default=VIEWS[0], required=True, key="findings-view", label_visibility="collapsed"
    )
    if view == VIEWS[1]:
        _missing(assessment)
    elif view == VIEWS[2]:
        _conditions(assessment)
    elif view == VIEWS[3]:
        _statements(assessment)
    else:
        _clauses(assessment)


def _summary(assessment: Assessment) -> None:
    screening = assessment.screening
    counts = Counter(str(item.met) for item in screening.findings if item.applies != Applies.NO)
    suspected = sum(item.provisional and item.met == Met.HIT for item in screening.findings)
    told = "　".join(f"{parts.chip(met)} {counts[met]}" for met in wording.METS if counts[met])
    more = f"　其中疑似 {suspected}（待核原文）" if suspected else ""
    st.html(
        f'<div class="tp-panel"><div class="tp-strong">{escape(screening.headline)}</div>'
        f'<div class="tp-small tp-soft tp-gap">适用条款 {sum(counts.values())} 条：{told}{more}</div></div>'
    )


# ---- clause by clause ------------------------------------------------------------------------------------------------


def _clauses(assessment: Assessment) -> None:
    findings = assessment.screening.findings
    _forewords(assessment.screening.forewords)
    left, middle, right = st.columns([4, 1.2, 1.2], vertical_alignment="bottom")
    with left:
        shown = st.segmented_control("显示", SHOWN, default=TO_DO, required=True, key="findings-shown") or TO_DO
    with middle:
        mets = [EVERY_MET, *(word for word in wording.METS if shown == ALL or word != Met.MET)]
        met = st.selectbox("结论", mets, key=f"findings-met-{shown}", disabled=shown == NOT_APPLICABLE)
    with right:
        offices = [EVERY_OFFICE, *sorted({item.office for item in findings if item.office})]
        office = st.selectbox("部门", offices, key="findings-office")
    chosen = [
        item
        for item in findings
        if _wanted(item, shown) and office in (EVERY_OFFICE, item.office) and met in (EVERY_MET, str(item.met))
    ]
    if not chosen:
        st.html('<div class="tp-soft">没有这样的条款。</div>')
    if shown == NOT_APPLICABLE:
        parts.table(
            ("条款", "不涉及的原因"),
            ((f"{parts.quoted(item.document)}{item.article}　{item.requirement}", item.why) for item in chosen),
        )
        return
    for topic in by_topic(chosen):
        items = "".join(map(_finding, topic.findings))
        st.html(
            f'<h3 class="tp-topic">{escape(topic.topic)}<span class="tp-soft">　{len(topic.findings)}</span></h3>{items}'
        )


def _forewords(forewords: Sequence[str]) -> None:
    """Say what each pack of clauses is and is not; folded, because a reviewer reads it once."""
    if forewords:
        told = "".join(f"<p>{escape(text)}</p>" for text in forewords)
        st.html(f'<details class="tp-fold"><summary>各规则包的说明（{len(forewords)}）</summary>{told}</details>')


def _wanted(item: Finding, shown: str) -> bool:
    if item.applies == Applies.NO or shown == NOT_APPLICABLE:
        return (item.applies == Applies.NO) == (shown == NOT_APPLICABLE)
    return shown == ALL or item.met != Met.MET


def _finding(item: Finding) -> str:
    judged = context.judge(item)
    word = judged.conclusion
    chip = parts.chip_of(f"{word.mark} {word.word}", word.tone)
    flags = "".join(f'<span class="tp-flag">{escape(remark)}</span>' for remark in word.remarks)
    head = (
        f'<span class="tp-verdict">{chip}</span><span class="tp-demand">{escape(item.requirement)}</span>'
        f'<span class="tp-cite">{escape(_citation(item))}{flags}</span>'
    )
    return f"<details class='tp-finding'><summary>{head}</summary><div>{''.join(_body(item, judged.units))}</div></details>"


def _citation(item: Finding) -> str:
    number = f"（{item.number}）" if item.number else ""
    return f"{parts.quoted(item.document)}{number}{item.article}"


def _body(item: Finding, units: Sequence[str]) -> Iterable[str]:
    if item.applies == Applies.OPEN:
        yield _line("是否适用", f"待定：{item.why}")
    yield _line("判断依据", item.because)
    if units:
        yield _line("生产单元", "；".join(units))
    if item.condition:
        yield _line("触发条件", item.condition)
    rows = "".join(map(_trace, item.trace))
    if rows:
        yield (
            '<table class="tp-table"><thead><tr><th>比较</th><th>结果</th><th>本项目</th><th>出处</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    if item.papers:
        yield _line("转为条件", "；".join(paper.condition for paper in item.papers))
    if item.excerpt:
        yield _line("原文摘录", item.excerpt)
    if item.evidence:
        yield _line("可核材料", "、".join(item.evidence))
    yield _line("严重程度", f"{item.severity}　{item.binds_at}时须符合　由{item.office or '牵头部门'}核")
    note = f"（{item.basis_note}）" if item.basis_note else ""
    yield _line("原文核对", f"{wording.basis_label(item.basis)}{note}")
    yield f'<p><span class="tp-soft">条款编号</span><a href="{escape(_register(item.clause))}" target="_self">{escape(item.clause)}</a></p>'


def _register(clause: str) -> str:
    """Return the address of a clause in the register, with the draft and the way it is judged kept."""
    return "rules?" + urlencode({**st.query_params.to_dict(), "clause": clause})


def _trace(line: TraceLine) -> str:
    values = "、".join(f"{value.label} {value.shown}" for value in line.values)
    places = "；".join(
        dict.fromkeys(" ".join(filter(None, (v.origin, v.document, v.page, v.note))) for v in line.values if v.origin)
    )
    mark = " class='tp-decisive'" if line.decisive else ""
    cells = "".join(f"<td>{escape(text)}</td>" for text in (line.text, line.truth_label, values, places))
    return f"<tr{mark}>{cells}</tr>"


def _line(name: str, text: str) -> str:
    return f'<p><span class="tp-soft">{name}</span>{escape(text)}</p>' if text else ""


# ---- what is missing, conditions, assumptions ------------------------------------------------------------------------


def _missing(assessment: Assessment) -> None:
    screening, inventory = assessment.screening, assessment.inventory
    if not screening.missing and not inventory.missing:
        st.success("条款判断和核算所需的资料齐备。")
        return
    if screening.missing:
        weighty = len(decisive(screening.findings))
        rest = f"，其中 {weighty} 项左右结论" if weighty else "，都只涉及待核原文或不改变结论的条款"
        parts.lead(
            f"共 {len(screening.missing)} 项{rest}。按影响从大到小排列，补齐靠前的几项，最能缩小“已确定”与“最坏”之间的差距。"
        )
        parts.table(
            ("", "资料", "问题", "生产单元", "影响条款", "最重", "部门"),
            (
                (
                    str(place),
                    item.label,
                    "".join((item.ask, item.explanation)) if item.asked else item.explanation,
                    "、".join(item.units),
                    str(item.decides),
                    item.severity,
                    item.office,
                )
                for place, item in enumerate(screening.missing, 1)
            ),
            numbers=frozenset({0, 4}),
            tight=frozenset({3, 5, 6}),
        )
        parts.to_form("去“填报”页逐项补充", session.NEEDED_FIRST)
    if inventory.missing:
        st.subheader("核算所缺数据", anchor=False)
        parts.table(("", "数据"), ((str(place), item) for place, item in enumerate(inventory.missing, 1)))


def _conditions(assessment: Assessment) -> None:
    grouped = context.conditions(assessment.conditions)
    if not grouped:
        st.html('<div class="tp-soft">没有由条款产生的批复条件。</div>')
    cited = {item.clause: _citation(item) for item in assessment.screening.findings}
    for moment, members in grouped:
        st.subheader(f"{moment}前", anchor=False)
        parts.table(
            ("条件", "办理单位", "依据"),
            ((item.text, item.body, cited.get(item.clause, item.clause)) for item in members),
        )


def _statements(assessment: Assessment) -> None:
    grouped = context.statements(assessment.statements)
    if not grouped:
        st.html('<div class="tp-soft">没有假设、替换或存疑的数据。</div>')
    for kind, reasons in grouped:
        st.subheader(f"{kind}　{len(reasons)}", anchor=False)
        parts.table(("理由或说明", "据此取值"), ((reason, "；".join(said)) for reason, said in reasons), even=True)


show()
