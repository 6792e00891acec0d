"""What the pages share while a person works: the store, the open draft, the date judged by, and the result.

The open draft's id and the way it is judged stand in the page's address, so a reload, a broken connection or a copied
address comes back to the same place. Nothing a person typed lives only in the session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from tanping.assessment.pages import draft as drafts
from tanping.assessment.review.store import Draft, DraftMissingError, Store, default_url
from tanping.records.errors import InputError, Problem
from tanping.rules.law import State, law_state

if TYPE_CHECKING:
    from tanping.assessment.project.model import Project
    from tanping.assessment.result import Assessment

MOMENTS = ("受理", "审批", "开工", "投产", "排污")
USUAL_MOMENT = "审批"
SECTION = "section"
"""In the session and the address of 填报: the section that is open."""
NEEDED_FIRST = "先补这些"
"""The section of 填报 with what decides most."""


@dataclass(frozen=True)
class Judged:
    """How a draft is judged: the legal date (None: the file's acceptance date) and the moment of the procedure."""

    as_of: date | None
    moment: str


@dataclass(frozen=True)
class Outcome:
    """What became of a draft: a result, or the problems that stand in its way."""

    project: Project | None
    assessment: Assessment | None
    problems: tuple[Problem, ...] = ()


def store() -> Store:
    """Return the store, opened once a process and database."""
    return _store(default_url())


@st.cache_resource(show_spinner=False)
def _store(url: str) -> Store:
    return Store.open(url)


# ---- the open draft --------------------------------------------------------------------------------------------------


def current() -> Draft | None:
    """Return the open draft, or None. The address decides; the session only remembers it from page to page."""
    draft_id = st.query_params.get("draft") or st.session_state.get("draft")
    if not draft_id:
        return None
    try:
        found = store().load_draft(draft_id)
    except DraftMissingError as error:
        close()
        st.warning(str(error))
        return None
    if not _may_open(found):
        close()
        st.warning("这份草稿是别人的，不能打开。")
        return None
    _remember(found.id)
    return found


def need_draft() -> Draft:
    """Return the open draft; without one, say how to open one and end the page here."""
    found = current()
    if found is None:
        st.info("还没有打开项目。请先在“开始”页打开示例、上传项目文件或新建草稿。")
        st.page_link(page("start"), label="去“开始”页")
        st.stop()
    return found


def owner() -> str:
    """Return whose new drafts are: the login where people sign in, empty in single-user mode."""
    from tanping.assessment.pages.review import entry

    here = entry.person() if entry.office_mode() else None
    return here.login if here else ""


def _may_open(draft: Draft) -> bool:
    """Whether a draft is this person's own, or that of a review they enter."""
    from tanping.assessment.pages import review
    from tanping.assessment.pages.review import entry

    if not entry.office_mode() or draft.owner == owner():
        return True
    here = review.person()
    return here is not None and any(item.draft_id == draft.id for item in review.joint().register.reviews(here))


def open_draft(draft_id: str, target: str) -> NoReturn:
    """Open a draft on a page (its file name without ``.py``)."""
    st.session_state["draft"] = draft_id
    for name in ("as_of", "moment"):
        st.session_state.pop(f"judged_{name}", None)
    st.switch_page(page(target), query_params={"draft": draft_id})


def fill_in(section: str) -> NoReturn:
    """Go to a section of 填报 with the open draft."""
    st.session_state[SECTION] = section
    st.switch_page(page("project"))


def close() -> None:
    """Forget the open draft; it stays in the store."""
    st.session_state.pop("draft", None)
    for name in ("draft", "as_of", "moment"):
        if name in st.query_params:
            del st.query_params[name]


def change(draft_id: str, alter: Callable[[drafts.Content], drafts.Content]) -> Draft:
    """Change the newest content of a draft under the store's lock, so that another window's change is kept too."""
    return store().change_draft(draft_id, alter, describe=drafts.describe)


def page(name: str) -> str:
    """Return the path of a page's file, as Streamlit's navigation knows it."""
    from tanping.assessment import pages

    return pages.path(name)


def _remember(draft_id: str) -> None:
    st.session_state["draft"] = draft_id
    if st.query_params.get("draft") != draft_id:
        st.query_params["draft"] = draft_id


# ---- how it is judged ------------------------------------------------------------------------------------------------


def judged() -> Judged:
    """Return the legal date and moment that the address names, else the session, else the usual ones."""
    said = {
        name: st.query_params.get(name) or st.session_state.get(f"judged_{name}", "") for name in ("as_of", "moment")
    }
    for name, text in said.items():
        if text and st.query_params.get(name) != text:
            st.query_params[name] = text
    try:
        as_of = date.fromisoformat(said["as_of"]) if said["as_of"] else None
    except ValueError:
        as_of = None
    return Judged(as_of, said["moment"] if said["moment"] in MOMENTS else USUAL_MOMENT)


def judge_by(as_of: date | None, moment: str) -> None:
    """Set the legal date (None: the file's own) and the moment for this person's pages."""
    for name, text in (
        ("as_of", as_of.isoformat() if as_of else ""),
        ("moment", "" if moment == USUAL_MOMENT else moment),
    ):
        st.session_state[f"judged_{name}"] = text
        if text:
            st.query_params[name] = text
        elif name in st.query_params:
            del st.query_params[name]


# ---- the result ------------------------------------------------------------------------------------------------------


def outcome(draft: Draft) -> Outcome:
    """Return the result of a draft as judged now, computed once for each content and way of judging."""
    way = judged()
    return _outcome(draft.sha256, law_state(), way.as_of, way.moment, draft.content["file"])


def typed(draft: Draft) -> Outcome:
    """Return the draft as a project, or what contradicts itself in it. Fast: nothing is assessed."""
    return _typed(draft.sha256, draft.content["file"])


def record(draft: Draft) -> bytes:
    """Return the copy of record of a draft's result (canonical JSON). The draft must have a result."""
    way = judged()
    return _record(draft.sha256, law_state(), way.as_of, way.moment, draft.content["file"])


@st.cache_resource(max_entries=8, show_spinner=False)
def _record(sha256: str, law: State, as_of: date | None, moment: str, _file: dict[str, Any]) -> bytes:
    from tanping.assessment.documents import context

    found = _outcome(sha256, law, as_of, moment, _file).assessment
    assert found is not None
    return context.canonical(found)


@st.cache_resource(max_entries=64, show_spinner=False)
def _typed(sha256: str, _file: dict[str, Any]) -> Outcome:
    from tanping.assessment.project.intake import project_from_plain

    try:
        return Outcome(project_from_plain(_file), None)
    except InputError as error:
        return Outcome(None, None, tuple(error.problems))


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(sha256: str, law: State, as_of: date | None, moment: str, _file: dict[str, Any]) -> Outcome:
    from tanping.assessment.assess import assess

    read = _typed(sha256, _file)
    if read.project is None:
        return read
    try:
        return Outcome(read.project, assess(read.project, as_of=as_of, moment=moment, source="草稿"))
    except InputError as error:
        return Outcome(read.project, None, tuple(error.problems))
