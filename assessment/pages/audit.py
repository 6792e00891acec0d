"""记录核验: is the sealed record as it was written, the head to be kept elsewhere, and every event."""

from __future__ import annotations

import re
from datetime import datetime

import streamlit as st

from tanping.assessment.pages import parts, review
from tanping.assessment.pages.review import entry
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.record import Event, Head
from tanping.assessment.review.roles import Role
from tanping.assessment.review.users import Person
from tanping.assessment.review.verify import Report
from tanping.records.canonical import is_hash

SHOWN = 50


def show() -> None:
    """Write the page."""
    here = review.need_person()
    entry.bar("记录核验", here)
    if not here.has(Role.AUDITOR):
        parts.lead("每一步办理都封存为一条事件，逐条相连，事后改动能查出来。")
        st.info("这一页由审计使用。您办理的项目的封存事件，在项目空间的“办理过程”里。")
        return
    parts.lead(
        "每一步办理都封存为一条事件，逐条相连。核验能查出改动、删除、插入、换序；整链重算和尾部截断要靠库外保存的记录头。"
    )
    try:
        _verify(here)
        _events(here)
    except review.REFUSALS as error:
        review.told(error)


# ---- verification ----------------------------------------------------------------------------------------------------


def _verify(here: Person) -> None:
    joint = review.joint()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kept = st.text_input(
            "库外保存的记录头（可不填）", placeholder="64 位哈希，或文书上印的存证号全文", key="kept-head", width=520
        )
        asked = st.button("核验全部记录", type="primary", key="verify")
        st.download_button(
            "导出记录头",
            joint.oversight.head(here),
            file_name=f"记录头-{datetime.now(parts.BEIJING):%Y%m%d-%H%M}.json",
            mime="application/json",
            key="head",
            on_click="ignore",
        )
    if asked:
        with st.spinner("正在逐条核验……"):
            _report(joint.oversight.verify(here, _heads(kept or "")), compared=bool(kept))


def _heads(text: str) -> list[Head]:
    spoken = re.sub(r"\s", "", text).lower()
    if not spoken:
        return []
    if not is_hash(spoken):
        raise RefusedError("记录头应是 64 位十六进制的哈希，请从导出的文件或文书上完整抄录。")
    return [Head(0, spoken)]


def _report(report: Report, *, compared: bool) -> None:
    counted = f"事件 {report.events} 条，附存内容 {report.blobs} 份，核对表行 {report.rows} 行。"
    if report.sound:
        st.success(f"记录完好。{counted}")
        if not compared:
            st.html(
                '<div class="tp-soft tp-small">没有与库外的记录头比较。请定期导出记录头，存到数据库管理员不能改的地方。</div>'
            )
    else:
        st.error(f"记录有 {len(report.faults)} 处问题。{counted}请停止写入，保留现场，从备份核对。")
        parts.table(
            ("问题", "事件", "说明"),
            ((fault.kind, "" if fault.seq is None else str(fault.seq), fault.what) for fault in report.faults),
            tight=frozenset({0, 1}),
        )
    st.html(f'<div class="tp-small">记录头：第 {report.head.seq} 条　<code>{report.head.hash}</code></div>')


# ---- events ----------------------------------------------------------------------------------------------------------


def _events(here: Person) -> None:
    joint = review.joint()
    titles = {item.id: item.title for item in joint.register.reviews(here)}
    st.subheader("封存事件", anchor=False)
    kind = st.selectbox(
        "事件", joint.oversight.kinds(here), index=None, placeholder="全部事件", key="event-kind", width=240
    )
    newest = joint.oversight.events(here, kind=kind or "", limit=1)
    if not newest:
        st.html('<div class="tp-panel tp-soft">还没有封存事件。</div>')
        return
    pages = (newest[0].seq - 1) // SHOWN + 1 if not kind else 1
    page = int(st.number_input("第几页", 1, pages, 1, key="event-page", width=120)) if pages > 1 else 1
    before = newest[0].seq + 1 - (page - 1) * SHOWN
    found = joint.oversight.events(here, kind=kind or "", before=before, limit=SHOWN)
    parts.table(
        ("序号", "时间", "事件", "办理人", "项目或用户", "哈希"),
        (_row(event, titles) for event in found),
        numbers=frozenset({0}),
        tight=frozenset({1, 2, 3, 5}),
    )
    if kind and len(found) == SHOWN:
        st.html(f'<div class="tp-soft tp-small">列出最近 {SHOWN} 条；更早的在“全部事件”里翻页。</div>')


def _row(event: Event, titles: dict[str, str]) -> tuple[str, ...]:
    role = f"（{event.who.office}{event.who.role}）" if event.who.role else ""
    return (
        str(event.seq),
        parts.moment(event.at),
        event.kind,
        f"{event.who.name}{role}",
        titles.get(event.review_id, event.body.get("name", "") if not event.review_id else ""),
        event.hash[:16],
    )


show()
