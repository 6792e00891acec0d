"""打印与下载: the technical report as PDF, the result as data, the project file to take along."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from tanping.assessment.documents import context, figures, pdf
from tanping.assessment.documents.forms import FORMS as PRINTED
from tanping.assessment.documents.word import word_bytes
from tanping.assessment.documents.workbook import workbook_bytes
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import parts, session, sheets
from tanping.assessment.pages.downloads import DOCX, PDF, XLSX, file_name
from tanping.assessment.project.form import form_bytes
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.compare import NO_VALUE, compare
from tanping.assessment.review.law import law_unkept
from tanping.assessment.review.store import Draft
from tanping.records.errors import InputError

if TYPE_CHECKING:
    from tanping.assessment.project.model import Project
    from tanping.assessment.result import Assessment

KEPT_PDFS = 4
MOST_CHANGES = 40
REPORT = "report"
FORMS = {
    REPORT: "含项目概况、逐条审查、排放核算算式、图表、批复条件、尚缺资料、假设与出处。",
    "report_full": "同上，已符合的条款也逐条列出。",
    "self_check": "给申报方的四张清单：硬伤、批前须办、须论证、缺资料。",
    "conformity": "逐条列出依据、要求、项目情况、证据和结论，横排。",
    "recount": "申报值与复核值对照、章节一致性、各排放源，横排。",
}
_VERSIONS = {"engine": "程序", "result": "结果格式", "factors": "因子库", "packs": "规则包"}


def show() -> None:
    """Write the page."""
    draft = session.need_draft()
    outcome = parts.project_bar(draft)
    assessment = parts.need_result(outcome)
    assert outcome.project is not None
    record = session.record(draft)
    sha256 = context.digest(record)
    left, right = st.columns(2, gap="large")
    with left:
        made = _paper(draft, assessment, record, sha256)
    with right:
        _other_forms(draft, assessment, record)
        _project_file(draft, outcome.project)
    if made is not None:
        st.subheader("预览", anchor=False)
        sheets.show(made, f"preview:{draft.id}")
    _versions(assessment, sha256)


def _paper(draft: Draft, assessment: Assessment, record: bytes, sha256: str) -> bytes | None:
    """Offer the papers of a result as PDF; return the chosen one if it is made."""
    st.subheader("打印（PDF）", anchor=False)
    form = st.selectbox(
        "文书", FORMS, format_func=lambda name: PRINTED[name].title, key="form", persist_state="session"
    )
    printed: dict[str, bytes] = st.session_state.setdefault("printed", {})
    name = sha256 if form == REPORT else f"{sha256}:{form}"
    if name not in printed:
        st.html(f'<div class="tp-soft">{FORMS[form]}排版约需几秒。</div>')
        if st.button("生成报告" if form == REPORT else "生成", type="primary", key="print"):
            _make(draft, assessment, record, form, name)
    else:
        st.download_button(
            "下载报告（PDF）" if form == REPORT else "下载（PDF）",
            printed[name],
            file_name=file_name(draft.title, PRINTED[form].title, "pdf"),
            mime=PDF,
            type="primary",
            key="pdf",
            on_click="ignore",
        )
        st.html(
            f'<div class="tp-soft tp-small">{len(printed[name]) // 1024} KiB　校验码 {sha256[:12]}　所据结果已在本机存档</div>'
        )
    _since_last_print(draft, record, sha256)
    return printed.get(name)


def _make(draft: Draft, assessment: Assessment, record: bytes, form: str, name: str) -> None:
    try:
        with st.spinner("正在排版……"), pdf.start_press(form) as press:
            made = _with_its_law(assessment, lambda: pdf.print_pdf(assessment, press, form))()
    except InputError as error:
        st.error(f"没有印成：{error}")
        return
    session.store().save_assessment(record, as_of=assessment.as_of, draft_id=draft.id)
    printed = st.session_state["printed"]
    while len(printed) >= KEPT_PDFS:
        printed.pop(next(iter(printed)))
    printed[name] = made
    st.rerun()


def _since_last_print(draft: Draft, record: bytes, sha256: str) -> None:
    """Say what changed since this draft was last printed: fields, figures, clauses."""
    last = session.store().last_assessment(draft.id)
    if last is None:
        return
    when = f"上次打印：{parts.moment(last.created)}"
    if last.sha256 == sha256:
        st.html(f'<div class="tp-soft tp-small">{when}，此后结果没有变化。</div>')
        return
    rows = _changed(json.loads(last.content), json.loads(record))
    with st.expander(f"{when}，此后有 {len(rows)} 处变化" if rows else f"{when}，此后只有版本或出处变化"):
        parts.table(("自上次打印以来的变化", "上次", "现在"), rows[:MOST_CHANGES], numbers=frozenset({1, 2}))
        if len(rows) > MOST_CHANGES:
            st.html(f'<div class="tp-soft tp-small">另有 {len(rows) - MOST_CHANGES} 处未列。</div>')


def _changed(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = compare(old["project"], new["project"], old, new)
    rows = [
        (item.label, item.before or NO_VALUE, item.after or NO_VALUE) for item in found.fields if not item.source_only
    ]
    rows += [
        (
            f"{item.label}（{figures.unit(item.unit)}）",
            figures.significant(item.before, 6),
            figures.significant(item.after, 6),
        )
        for item in found.figures
    ]
    return [*rows, *((item.citation, item.before or NO_VALUE, item.after or NO_VALUE) for item in found.clauses)]


def _other_forms(draft: Draft, assessment: Assessment, record: bytes) -> None:
    st.subheader("同一结果的其他形式", anchor=False)
    st.html(
        '<div class="tp-soft">Word 报告供改写摘用，改过的不再与校验码相符；Excel 底稿带活公式，可逐格复核；'
        "JSON 供其他系统读取，数值未修约。</div>"
    )
    with st.container(horizontal=True):
        for label, key, made, what, suffix, mime in (
            ("Word 报告", "docx", lambda: word_bytes(assessment), "技术评估报告", "docx", DOCX),
            ("Excel 计算底稿", "workbook", lambda: workbook_bytes(assessment), "计算底稿", "xlsx", XLSX),
            ("JSON 结果数据", "json", lambda: record, "结果", "json", "application/json"),
        ):
            name = file_name(draft.title, what, suffix)
            st.download_button(
                label, _with_its_law(assessment, made), file_name=name, mime=mime, key=key, on_click="ignore"
            )


def _with_its_law(assessment: Assessment, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return what makes a download and keeps the packs and factors it rests on, so that it can be replayed after an upgrade."""

    def made() -> bytes:
        if why := law_unkept(assessment.versions):
            logging.getLogger(__name__).warning(why)
        return make()

    return made


def _project_file(draft: Draft, project: Project) -> None:
    st.subheader("项目文件", anchor=False)
    st.html('<div class="tp-soft">所填内容原样带走；在别的机器上由“开始”页打开即可接着做。</div>')
    with st.container(horizontal=True):
        st.download_button(
            "Excel 填报表",
            lambda: form_bytes(drafts.sector(draft.content) or next(iter(SECTORS)), project),
            file_name=file_name(draft.title, "项目文件", "xlsx"),
            mime=XLSX,
            key="xlsx",
            on_click="ignore",
        )
        st.download_button(
            "YAML",
            lambda: _plain_text(draft),
            file_name=file_name(draft.title, "项目文件", "yaml"),
            mime="application/yaml",
            key="yaml",
            on_click="ignore",
        )
    if draft.content["typed"]:
        st.warning(f"有 {len(draft.content['typed'])} 项填写未被采用，不在项目文件里；请先在“填报”页更正。")


def _plain_text(draft: Draft) -> bytes:
    import yaml

    return yaml.safe_dump(draft.content["file"], allow_unicode=True, sort_keys=False, width=120).encode()


def _versions(assessment: Assessment, sha256: str) -> None:
    with st.expander("本结果所用的版本"):
        rows = [*map(_version, context.versions(assessment)), ("结果数据", sha256)]
        parts.table(("名称", "版本或 SHA-256"), rows)


def _version(line: tuple[str, str]) -> tuple[str, str]:
    """Return a version with what it is of in words; a pack keeps the name of its file."""
    head, mark, rest = line[0].partition(" ")
    return f"{_VERSIONS.get(head, head)}{mark}{rest}", line[1]


show()
