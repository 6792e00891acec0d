"""批注: what reviewers remark on a page of the report or a field of the file, for each other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tanping.assessment.pages.review.panels import remarks, shared
from tanping.assessment.pages.review.panels.draft import of_draft
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.places import label_of, places_of
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.texts import Remark

TITLE = "批注"
ANYWHERE = ""


def wanted(here: Here) -> bool:
    """Reviewers and those who read their work."""
    return here.knows(Action.READ_OPINIONS)


def count(here: Here) -> int:
    """How many remarks are not dealt with, for who can deal with them."""
    if not here.may(Action.COMMENT):
        return 0
    found = _remarks(here.joint.texts.comments(here.person, here.key))
    return sum(not item.settled_by and not item.reply_to for item in found)


def show(here: Here) -> None:
    """Write the panel."""
    found = _remarks(here.joint.texts.comments(here.person, here.key))
    firsts = [item for item in found if not item.reply_to]
    open_ones = [item for item in firsts if not item.settled_by]
    if here.may(Action.COMMENT):
        shared.note(
            f"看报告时有疑问就记在这里，写明页码；处理完的记为已处理（未处理 {len(open_ones)} 条）。批注只有审查方看得到。"
        )
    else:
        shared.idle(f"共 {len(firsts)} 条批注，未处理 {len(open_ones)} 条。")
    titles = {"open": "未处理", "all": "全部"}
    opened = shared.sections(f"comments:{here.key}", titles, counts={"open": len(open_ones), "all": len(firsts)})
    shown = open_ones if opened == "open" else firsts
    if here.may(Action.COMMENT):
        _write(here)
    if not shown:
        shared.soft("没有未处理的批注。" if opened == "open" else "还没有批注。")
    for first in reversed(shown):
        remarks.thread(here, first, [item for item in found if item.reply_to == first.id], _about(first.place))


def _remarks(found: Sequence[Remark]) -> list[Remark]:
    """Return the remarks on the report and the file; those on a draft stand beside the draft."""
    return [item for item in found if not of_draft(item.place)]


def _about(place: str) -> str:
    try:
        return label_of(place) if place else ""
    except RefusedError:  # a field that the catalogue no longer knows
        return place


def _write(here: Here) -> None:
    with st.expander("写一条批注"):
        versions = here.joint.submissions.versions(here.person, here.key)
        labels = {ANYWHERE: "不限于某一项"}
        if versions:
            file = here.joint.submissions.file(here.person, here.key, versions[-1].id)
            labels |= {place: _about(place) for place, _ in places_of(file)}
        place = shared.choose(f"remark-place:{here.key}", "关于哪一项", list(labels), lambda item: labels[item])
        remarks.write(here, place=place)
