"""Small pieces of a page: chips, tables, the bar above a project. Every text that goes into markup is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import streamlit as st

from tanping.assessment.documents import wording
from tanping.assessment.documents.figures import day
from tanping.assessment.pages import session
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.store import Draft
from tanping.records.errors import Problem
from tanping.records.titles import title_marks
from tanping.rules.finding import settled_word

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment, Screening

_PATH = re.compile(r"[\w.\[\]]+（(.+)）", re.ASCII)
BEIJING = ZoneInfo("Asia/Shanghai")


def chip(text: str, tone: str = "") -> str:
    """Return a labelled chip; its tone follows the word unless given. Told by shape and word, never by colour alone."""
    mark = wording.MARKS.get(text, "")
    return chip_of(f"{mark} {text}" if mark else text, tone or wording.TONES.get(text, "open"))


def chip_of(text: str, tone: str) -> str:
    """Return a chip with the text as it stands."""
    return f'<span class="tp-chip tp-{tone}">{escape(text)}</span>'


def lead(text: str) -> None:
    """Write the one line below a page's title."""
    st.html(f'<div class="tp-lead">{escape(text)}</div>')


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: frozenset[int] = frozenset(),
    tight: frozenset[int] = frozenset(),
    even: bool = False,
) -> None:
    """Write a table of plain texts. ``numbers`` are the columns set to the right, ``tight`` those never broken; ``even``: all as wide."""
    st.html(table_markup(head, rows, numbers=numbers, tight=tight, even=even))


def table_markup(
    head: Iterable[str],
    rows: Iterable[Iterable[str]],
    *,
    numbers: frozenset[int] = frozenset(),
    tight: frozenset[int] = frozenset(),
    even: bool = False,
) -> str:
    """Return a table of plain texts as markup; see ``table``."""

    def line(texts: Iterable[str], tag: str) -> str:
        marks = (
            ' class="tp-number"' if at in numbers else ' class="tp-tight"' if at in tight else "" for at in count()
        )
        return "".join(f"<{tag}{mark}>{escape(text)}</{tag}>" for mark, text in zip(marks, texts, strict=False))

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return f'<table class="tp-table{" tp-even" if even else ""}"><thead><tr>{line(head, "th")}</tr></thead><tbody>{body}</tbody></table>'


def scrolled(markup: str, label: str, height: int | None) -> None:
    """Write markup, in a box of its own to scroll when a height (pixels) is given; the keyboard reaches the box, a reader hears its label."""
    if height is not None:
        box = f'role="region" tabindex="0" aria-label="{escape(label)}" style="max-height:{height}px;overflow:auto"'
        markup = f"<div {box}>{markup}</div>"
    st.html(markup)


def quoted(title: str) -> str:
    """Return a document's title in title marks; marks inside it become single ones."""
    return title_marks(title)


def problems(found: Sequence[Problem], *, title: str) -> None:
    """Write what is wrong with an input: where, which field, what, what is allowed, an example."""
    st.error(f"{title}（{len(found)} 处）")
    table(
        ("位置", "字段", "问题", "应为", "例"),
        ((place(problem), problem.field, problem.what, problem.allowed, problem.example) for problem in found),
        tight=frozenset({0, 4}),
    )


def lacking(found: Sequence[Problem], *, title: str) -> None:
    """Write what is wrong with a draft: fields by the names they have on the screen, no lines of a file that isn't there."""
    st.error(f"{title}（{len(found)} 处）")
    rows = ((field_name(problem), problem.what, problem.allowed, problem.example) for problem in found)
    table(("字段", "问题", "应为", "例"), rows, tight=frozenset({3}))


def field_name(problem: Problem) -> str:
    """Return a problem's field as the screen names it: without the path that stands in a project file."""
    named = _PATH.fullmatch(problem.field)
    return named[1] if named else problem.field


def place(problem: Problem) -> str:
    """Return a problem's place as a person finds it: the cell, the line, or nothing."""
    where = problem.where
    if where.cell:
        return where.cell
    return f"第 {where.line} 行" if where.line else ""


def moment(value: datetime) -> str:
    """Write a moment of the store as this country's clock shows it."""
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def sector_label(code: str) -> str:
    """Return the sector's label, or 行业未填."""
    return SECTORS.get(code, "行业未填")


def headline(screening: Screening) -> str:
    """Return the result in two parts as chips: what is settled, what is still possible, what is suspected."""
    settled = settled_word(screening.best, screening.worst)
    told = [chip(f"已确定：{settled}", wording.TONES.get(settled, ""))]
    if screening.worst != screening.best:
        told.append(chip(f"最坏：{screening.worst}", wording.TONES.get(screening.worst, "")))
    if screening.suspected not in (screening.worst, screening.best):
        told.append(chip(f"疑似：{screening.suspected}（待核原文）", wording.TONES.get(screening.suspected, "")))
    return "".join(told)


def project_bar(draft: Draft) -> session.Outcome:
    """Write the bar above a project's page and return its result; without a result, say why and end the page."""
    outcome = session.outcome(draft)
    left, right = st.columns([5, 1], vertical_alignment="center")
    with right:
        judge(outcome)
    with left:
        way = session.judged()
        if outcome.assessment is None:
            told = chip("尚无结果", "open")
            when = day(way.as_of) if way.as_of else "未定"
        else:
            told, when = headline(outcome.assessment.screening), day(outcome.assessment.as_of)
        st.html(
            f'<div class="tp-bar"><b>{escape(draft.title)}</b><span class="tp-soft tp-small">{sector_label(draft.sector)}'
            f"　法规适用日期 {when}　判断时点 {way.moment}</span><span>{told}</span></div>"
        )
    return outcome


def judge(outcome: session.Outcome) -> None:
    """Offer the legal date and the moment judged."""
    way = session.judged()
    accepted = outcome.project.dates.accepted.effective if outcome.project else None
    with st.popover("判断条件", width="stretch"), st.form("judge", border=False):
        as_of = st.date_input(
            "法规适用日期",
            value=way.as_of or accepted,
            min_value="2000-01-01",
            max_value="2060-12-31",
            format="YYYY-MM-DD",
            help="空白时以项目文件的受理日期为准。换一个日期，可看当时的法规怎么说。",
        )
        picked = st.selectbox(
            "判断时点",
            session.MOMENTS,
            index=session.MOMENTS.index(way.moment),
            help="未到办理时点的文件列为审批条件，不作为不符合。",
        )
        if st.form_submit_button("按此判断", type="primary", width="stretch"):
            session.judge_by(None if as_of == accepted else as_of, picked)
            st.rerun()


def need_result(outcome: session.Outcome) -> Assessment:
    """Return the result; without one, say what stands in the way and end the page."""
    if outcome.assessment is not None:
        return outcome.assessment
    lacking(outcome.problems, title="还不能出结果，请先更正或补充")
    st.page_link(session.page("project"), label="去“填报”页")
    st.stop()


def to_form(label: str, section: str) -> None:
    """Offer to go to a section of 填报."""
    if st.button(label, type="tertiary", key=f"to-form-{section}", icon=":material/edit_note:"):
        session.fill_in(section)
