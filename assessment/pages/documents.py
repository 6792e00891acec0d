"""打印与下载: the technical report as PDF, the result as data, the project file to take along."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from tanping.assessment.documents import context, pdf
from tanping.assessment.documents.press import PrintError
from tanping.assessment.documents.word import word_bytes
from tanping.assessment.documents.workbook import workbook_bytes
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import parts, session
from tanping.assessment.project.form import write_form
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.store import Draft
from tanping.records.errors import InputError

if TYPE_CHECKING:
    from tanping.assessment.project.model import Project
    from tanping.assessment.result import Assessment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_PDFS = 4
_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


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
        _report(draft, assessment, record, sha256)
        _other_forms(draft, assessment, record)
    with right:
        _project_file(draft, outcome.project)
    _versions(assessment, sha256)


def _report(draft: Draft, assessment: Assessment, record: bytes, sha256: str) -> None:
    st.subheader("技术评估报告（PDF）", anchor=False)
    printed: dict[str, bytes] = st.session_state.setdefault("printed", {})
    if sha256 not in printed:
        st.html(
            '<div class="tp-soft">含项目概况、逐条审查、排放核算算式、图表、批复条件、尚缺资料、假设与出处。排版约需几秒。</div>'
        )
        if not st.button("生成报告", type="primary", key="print"):
            return
        try:
            with st.spinner("正在排版……"):
                made = _print(assessment)
        except (PrintError, InputError) as error:
            st.error(f"没有印成：{error}")
            return
        session.store().save_assessment(record, as_of=assessment.as_of, draft_id=draft.id)
        while len(printed) >= KEPT_PDFS:
            printed.pop(next(iter(printed)))
        printed[sha256] = made
        st.rerun()
    st.download_button(
        "下载报告（PDF）",
        printed[sha256],
        file_name=_name(draft, "技术评估报告", "pdf"),
        mime="application/pdf",
        type="primary",
        key="pdf",
        on_click="ignore",
    )
    st.html(
        f'<div class="tp-soft tp-small">{len(printed[sha256]) // 1024} KiB　校验码 {sha256[:12]}　所据结果已在本机存档</div>'
    )


def _print(assessment: Assessment) -> bytes:
    with pdf.start_press() as press:
        return pdf.print_pdf(assessment, press)


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
            name = _name(draft, what, suffix)
            st.download_button(label, made, file_name=name, mime=mime, key=key, on_click="ignore")


def _project_file(draft: Draft, project: Project) -> None:
    st.subheader("项目文件", anchor=False)
    st.html('<div class="tp-soft">所填内容原样带走；在别的机器上由“开始”页打开即可接着做。</div>')
    with st.container(horizontal=True):
        st.download_button(
            "Excel 填报表",
            lambda: _form(draft, project),
            file_name=_name(draft, "项目文件", "xlsx"),
            mime=XLSX,
            key="xlsx",
            on_click="ignore",
        )
        st.download_button(
            "YAML",
            lambda: _plain_text(draft),
            file_name=_name(draft, "项目文件", "yaml"),
            mime="application/yaml",
            key="yaml",
            on_click="ignore",
        )
    if draft.content["typed"]:
        st.warning(f"有 {len(draft.content['typed'])} 项填写未被采用，不在项目文件里；请先在“填报”页更正。")


def _plain_text(draft: Draft) -> bytes:
    import yaml

    return yaml.safe_dump(draft.content["file"], allow_unicode=True, sort_keys=False, width=120).encode()


def _form(draft: Draft, project: Project) -> bytes:
    with tempfile.TemporaryDirectory(prefix="tanping-") as folder:
        path = Path(folder) / "form.xlsx"
        write_form(path, drafts.sector(draft.content) or next(iter(SECTORS)), project)
        return path.read_bytes()


def _versions(assessment: Assessment, sha256: str) -> None:
    with st.expander("本结果所用的版本"):
        rows = [*_flat(assessment.versions), ("结果数据", sha256)]
        parts.table(("名称", "版本或 SHA-256"), rows)


def _flat(versions: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, str]]:
    for name, value in versions.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{head}{name} · ")
        else:
            yield f"{head}{name}", str(value)


def _name(draft: Draft, what: str, suffix: str) -> str:
    title = _UNFIT.sub("_", draft.title).strip("_.")[:60]
    return f"{title}-{what}.{suffix}"


show()
