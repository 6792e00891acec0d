"""归档: number, seal, final document, the 卷内目录 and what it still lacks, retention and archive number."""

from __future__ import annotations

from html import escape

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.filing import FileItem
from tanping.assessment.review.service.register import FINAL
from tanping.assessment.review.workflow import State

TITLE = "编号、用印与归档"
_STATES = (State.NUMBERING, State.SEALING, State.FILING, State.FILED)
_DOING = frozenset({Role.LEAD_CLERK, Role.ARCHIVIST})


def wanted(here: Here) -> bool:
    """Those who read the record, once the opinion is signed; the archivist always."""
    if not here.knows(Action.READ_OPINIONS):
        return False
    return here.part.state in _STATES or here.part.role is Role.ARCHIVIST


def show(here: Here) -> None:
    """Write the panel."""
    contents = here.joint.filing.contents(here.person, here.key)
    _now(here, [item for item in contents if not item.ready])
    _document(here)
    shared.head(f"卷内目录　{len(contents)} 件")
    st.html(_table(contents))
    if here.part.role is Role.ARCHIVIST and here.part.state is State.FILING:
        shared.files(here, "other", label="补入卷内的其他文件")


def _now(here: Here, lacking: list[FileItem]) -> None:
    state = here.part.state
    if here.part.role not in _DOING or state not in _STATES[:-1]:
        when = "归档后" if state is not State.FILED else "已归档，"
        shared.idle(f"{when}编号、定稿文件和卷内目录在这里查阅。")
    elif state is State.NUMBERING:
        shared.now("在上面给联审意见编文号，例：苏环碳联〔2026〕3号。")
    elif state is State.SEALING:
        shared.now("定稿打印用印后扫描成 PDF，在上面上传并记用印。")
    elif here.part.role is Role.LEAD_CLERK:
        shared.idle("由档案人员归档。")
    elif lacking:
        shared.now(f"卷内还缺 {len(lacking)} 件，补齐后归档：{'、'.join(item.title for item in lacking)}。")
    else:
        shared.now("卷内材料齐全，在上面选保管期限、写档号归档。")


def _document(here: Here) -> None:
    review = here.joint.register.get(here.person, here.key)
    shared.facts(
        [
            ("文号", review.document_number or "还没有编号"),
            ("编号日期", figures.day(review.issued) if review.issued else ""),
            ("保管期限", review.retention),
            ("档号", review.archive_number),
        ]
    )
    finals = here.joint.register.files(here.person, here.key, FINAL)
    if finals:
        shared.downloads(here, finals)
    else:
        shared.soft("还没有用印的定稿文件。")


def _table(contents: list[FileItem]) -> str:
    titles = "".join(f"<th>{title}</th>" for title in ("", "题名", "责任者", "文号", "日期", "校验码", "在卷"))
    rows = "".join(
        "<tr>"
        f'<td class="tp-number">{item.number}</td><td>{escape(item.title)}</td><td>{escape(item.author)}</td>'
        f'<td>{escape(item.reference)}</td><td class="tp-tight">{figures.day(item.dated) if item.dated else ""}</td>'
        f'<td class="tp-tight">{item.sha256[:12]}</td><td class="tp-tight">{"● 有" if item.ready else "○ 缺"}</td>'
        "</tr>"
        for item in contents
    )
    return f'<table class="tp-table"><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>'
