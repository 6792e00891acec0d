"""文书: the papers of a review that this person may print, each to look at, to take away as PDF or Word, and what changed since its last print."""

from __future__ import annotations

from html import escape

import streamlit as st

from tanping.assessment.pages import parts, sheets
from tanping.assessment.pages.downloads import DOCX, PDF, file_name
from tanping.assessment.pages.review import REFUSALS, told
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.service.papers import Paper
from tanping.assessment.review.service.printing import Changes

TITLE = "文书"
_MIME = {"pdf": PDF, "docx": DOCX}
_SHOWN = 12
_LONGEST = 160


def show(here: Here) -> None:
    """Write the panel."""
    papers = here.joint.printing.documents_of(here.person, here.key)
    ready = [paper for paper in papers if not paper.why]
    waiting = [paper for paper in papers if paper.why]
    if not ready:
        shared.idle("还没有可以印的文书。" + _later(waiting))
        return
    left, right = st.columns([1, 3], gap="large")
    with left:
        chosen = _pick(here.key, ready)
        if waiting:
            shared.soft(_later(waiting))
    with right:
        _paper(here, chosen)


def _pick(key: str, ready: list[Paper]) -> Paper:
    by_name = {f"{paper.form}:{paper.about}": paper for paper in ready}
    name = shared.pick(
        f"pick-papers-{key}",
        "文书",
        list(by_name),
        lambda item: by_name[item].title,
        lambda item: "已封存" if by_name[item].sealed else "未定稿",
    )
    return by_name[name]


def _later(waiting: list[Paper]) -> str:
    return "；".join(f"{paper.title}：{paper.why}" for paper in waiting)


def _paper(here: Here, paper: Paper) -> None:
    mark = parts.chip_of("● 已封存", "clear") if paper.sealed else parts.chip_of("○ 未定稿", "open")
    st.html(f'<div class="tp-bar"><b>{escape(paper.title)}</b><span>{mark}</span></div>')
    with st.container(horizontal=True):
        _take(here, paper, "pdf", "下载 PDF")
        _take(here, paper, "docx", "下载 Word")
        st.button("预览", key=f"preview:{here.key}", on_click=_open, args=(here.key, paper))
    shared.soft("PDF 可核验；Word 供改写，改过的不再与校验码相符。下载会记入联审记录，预览不记。")
    try:
        _changes(here.joint.printing.changes(here.person, here.key, paper.form, paper.about))
        if st.session_state.get(f"papers-open:{here.key}") == (paper.form, paper.about):
            with st.spinner("正在排版……"):
                made = _made(here.key, paper.form, paper.about, here.joint.printing.stamp(here.person, here.key), here)
            sheets.show(made, f"papers:{here.key}:{paper.form}:{paper.about}")
    except REFUSALS as error:
        told(error)


def _take(here: Here, paper: Paper, format: str, label: str) -> None:
    """Offer a paper; it is made, and the print put on record, when it is taken."""
    title = here.joint.register.get(here.person, here.key).title
    st.download_button(
        label,
        lambda: here.joint.printing.print_form(here.person, here.key, paper.form, format, paper.about),
        file_name=file_name(title, paper.title, format),
        mime=_MIME[format],
        key=f"take:{here.key}:{paper.form}:{paper.about}:{format}",
        type="primary" if format == "pdf" else "secondary",
        on_click="ignore",
    )


def _open(key: str, paper: Paper) -> None:
    st.session_state[f"papers-open:{key}"] = (paper.form, paper.about)


@st.cache_resource(max_entries=12, show_spinner=False)
def _made(key: str, form: str, about: str, stamp: str, _here: Here) -> bytes:
    """The preview, kept until anything of the review changes. Whoever asks was shown this paper among their own before."""
    return _here.joint.printing.preview(_here.person, key, form, about)


# ---- what changed ----------------------------------------------------------------------------------------------------


def _changes(found: Changes | None) -> None:
    if found is None:
        shared.soft("还没有印过。")
        return
    last = f"上次打印：{parts.moment(found.at)}，{found.by}，{'PDF' if found.format == 'pdf' else 'Word'}"
    if not (found.gone or found.come):
        shared.soft(f"{last}。此后内容没有变化。")
        return
    rows = changed_rows(found.gone, found.come)
    st.html(
        f'<details class="tp-fold"><summary>{escape(last)}；自上次打印以来有变化（删改 {len(found.gone)} 处，新写 {len(found.come)} 处）</summary>'
        f"{rows}</details>"
    )


def changed_rows(gone: tuple[str, ...], come: tuple[str, ...]) -> str:
    """Return what went and what came as markup, the first few of many."""
    lines = [f'<p class="tp-old">{escape(shared.short(text, _LONGEST))}</p>' for text in gone[:_SHOWN]]
    lines += [f'<p class="tp-new">{escape(shared.short(text, _LONGEST))}</p>' for text in come[:_SHOWN]]
    rest = max(0, len(gone) - _SHOWN) + max(0, len(come) - _SHOWN)
    return "".join(lines) + (f"<p>另有 {rest} 处，见预览。</p>" if rest else "")
