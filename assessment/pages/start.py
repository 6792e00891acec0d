"""开始: open an example, upload a project file, begin a new draft, or go on with an old one."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

import tanping
from tanping.assessment.pages import ASTRAY, parts, session
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages.uploads import SUFFIXES, uploaded_content
from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.store import Draft
from tanping.records.errors import InputError

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

EXAMPLES = Path(tanping.__file__).with_name("examples")
SHOWN = 8


def show() -> None:
    """Write the page."""
    st.title("碳评联审", anchor=False)
    parts.lead("建设项目碳排放环境影响评价：复核排放清单，按法规适用日期逐条审查，列出资料缺口，出具技术报告。")
    told = st.container()
    if st.query_params.pop(ASTRAY, ""):
        told.info("没有您要的那一页，地址可能抄错了。这里是“开始”页，其他页在上面的菜单里。")
    left, right = st.columns([11, 10], gap="large")
    with left:
        _upload(told)
        _examples()
        _new()
    with right:
        _recent()
    kept = "所填内容存于本单位的服务器" if session.owner() else "本工具只在本机运行，不联网，所填内容存于本机"
    st.html(f'<div class="tp-foot">{kept}。空白和“不清楚”都按未知处理，不当作零。结果是系统提示，不是行政决定。</div>')


def _upload(told: DeltaGenerator) -> None:
    """Offer to open a file; what is wrong with it is told across the page, where there is room for it."""
    st.subheader("打开项目文件", anchor=False)
    uploaded = st.file_uploader(
        "项目文件（Excel 填报表或 YAML）", type=SUFFIXES, key="upload", label_visibility="collapsed"
    )
    if uploaded is None or st.session_state.get("opened") == uploaded.file_id:
        return
    try:
        content = uploaded_content(uploaded)
    except InputError as error:
        with told:
            parts.problems(error.problems, title=f"“{uploaded.name}”不能打开，请更正后再上传")
        return
    st.session_state["opened"] = uploaded.file_id
    _open_new(content, "findings")


def _examples() -> None:
    st.subheader("示例", anchor=False)
    for path in sorted(EXAMPLES.glob("*.yaml")):
        title = _example_title(str(path), path.stat().st_mtime_ns)
        if title and st.button(title, key=f"example-{path.stem}", icon=":material/description:", width="stretch"):
            _open_new(drafts.content_of(plain_project(load_project(path))), "findings")


@st.cache_data(show_spinner=False)
def _example_title(path: str, _changed: int) -> str:
    """Return an example's title, empty if the file can't be opened (it is then not offered)."""
    try:
        return load_project(Path(path)).project.name.text
    except InputError:
        return ""


def _new() -> None:
    st.subheader("新建草稿", anchor=False)
    with st.form("new", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("项目名称", placeholder="可稍后再填", max_chars=100)
        sector = st.selectbox("行业", list(SECTORS), format_func=lambda code: SECTORS[code], width=130)
        if st.form_submit_button("新建"):
            _open_new(drafts.blank(sector, name or ""), "project")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<span class="tp-soft tp-small">也可先下载空白填报表（Excel），填好再打开：</span>', width="content")
        for code, label in SECTORS.items():
            st.download_button(
                label,
                partial(_blank_form, code),
                file_name=f"碳评联审项目表（{label}）.xlsx",
                key=f"blank-{code}",
                type="tertiary",
                on_click="ignore",
            )


def _blank_form(sector: str) -> bytes:
    from tanping.assessment.project.form import form_bytes

    return form_bytes(sector)


def _open_new(content: drafts.Content, target: str) -> None:
    title, sector = drafts.describe(content)
    made = session.store().create_draft(content, title=title, sector=sector, owner=session.owner())
    session.open_draft(made.id, target)


def _recent() -> None:
    st.subheader("最近的草稿", anchor=False)
    listed = session.store().list_drafts(owner=session.owner() or None, limit=SHOWN)
    if not listed:
        st.html('<div class="tp-soft">还没有草稿。打开的项目都会留在这里，随时可以接着做。</div>')
    for draft in listed:
        _draft_line(draft)


def _draft_line(draft: Draft) -> None:
    with st.container(border=True, gap="xxsmall"):
        name, gone = st.columns([9, 1], vertical_alignment="center")
        with name:
            if st.button(draft.title, key=f"open-{draft.id}", type="tertiary"):
                session.open_draft(draft.id, "project" if draft.content["typed"] else "findings")
            st.html(
                f'<span class="tp-soft tp-small">{parts.sector_label(draft.sector)}　{parts.moment(draft.updated)} 改动'
                f"　第 {draft.version} 版</span>"
            )
        with gone, st.popover("", icon=":material/more_horiz:", type="tertiary"):
            st.write("删除后不能找回。")
            if st.button("删除这份草稿", key=f"delete-{draft.id}"):
                session.store().delete_draft(draft.id)
                if st.session_state.get("draft") == draft.id:
                    session.close()
                st.rerun()


show()
