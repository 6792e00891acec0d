"""Where a project file for the review comes from: a draft of this person's, or a file. A file becomes a draft, so that it can be worked on later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import parts, session
from tanping.assessment.pages.uploads import SUFFIXES, uploaded_content
from tanping.records.errors import InputError

UPLOAD = "上传项目文件"
LISTED = 30


@dataclass(frozen=True)
class Source:
    """A project file that can be assessed, and the draft it lies in."""

    draft_id: str
    title: str
    file: Mapping[str, Any]


def choose(name: str, preferred: str = "") -> Source | None:
    """Offer this person's drafts and the upload of a file; return the chosen one if it can be handed in, else say what is wrong."""
    listed = {draft.id: draft for draft in session.store().list_drafts(owner=session.owner() or None, limit=LISTED)}
    known = [*listed, UPLOAD]
    picked = st.selectbox(
        "项目文件",
        known,
        index=known.index(preferred) if preferred in known else 0,
        format_func=lambda key: f"草稿：{listed[key].title}" if key in listed else UPLOAD,
        key=f"{name}-source",
    )
    if picked == UPLOAD:
        picked = _upload(name)
        if not picked:
            return None
    return _checked(picked)


def _upload(name: str) -> str:
    """Take a file in as a draft and return its id, once for each file."""
    given = st.file_uploader("项目文件（Excel 填报表或 YAML）", type=SUFFIXES, key=f"{name}-upload")
    if given is None:
        return ""
    kept: dict[str, str] = st.session_state.setdefault("uploaded-drafts", {})
    if given.file_id not in kept:
        try:
            content = uploaded_content(given)
        except InputError as error:
            parts.problems(error.problems, title=f"“{given.name}”不能打开，请更正后再上传")
            return ""
        title, sector = drafts.describe(content)
        kept[given.file_id] = (
            session.store().create_draft(content, title=title, sector=sector, owner=session.owner()).id
        )
    return kept[given.file_id]


def _checked(draft_id: str) -> Source | None:
    draft = session.store().load_draft(draft_id)
    if refused := draft.content["typed"]:
        st.warning(f"草稿里有 {len(refused)} 项填写未被采用，请先在“填报”页更正。")
        return None
    problems = session.typed(draft).problems
    if problems:
        parts.problems(problems, title="项目文件还不能送审，请先更正")
        return None
    return Source(draft.id, draft.title, draft.content["file"])
