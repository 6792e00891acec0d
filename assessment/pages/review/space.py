"""The frame of a project's space: its panels as tabs, in the order of the work."""

from __future__ import annotations

from importlib import import_module, util
from typing import Protocol, cast

import streamlit as st

from tanping.assessment.review.service import JointReview
from tanping.assessment.review.users import Person

PANELS = ("material", "verification", "checklist", "demands", "merge", "draft", "filing", "comments")
"""Tab order. A panel that isn't part of this installation is not shown."""
_HOME = "tanping.assessment.pages.review.panels"
PANEL = "panel"
"""In the address: the open panel."""


class Panel(Protocol):
    """A part of the work on a project."""

    TITLE: str

    def show(self, joint: JointReview, person: Person, key: str) -> None:
        """Write the panel for the review ``key``."""


def panels() -> dict[str, Panel]:
    """Return the panels by name, in tab order."""
    names = [name for name in PANELS if util.find_spec(f"{_HOME}.{name}")]
    return {name: cast(Panel, import_module(f"{_HOME}.{name}")) for name in names}


def show_panels(joint: JointReview, person: Person, key: str) -> None:
    """Write the tabs and the open one."""
    found = panels()
    if not found:
        return
    asked = st.query_params.get(PANEL, "")
    name = st.segmented_control(
        "事项",
        list(found),
        format_func=lambda item: found[item].TITLE,
        default=asked if asked in found else next(iter(found)),
        key=f"panel-{key}",
        label_visibility="collapsed",
    )
    name = name or next(iter(found))
    st.query_params[PANEL] = name
    found[name].show(joint, person, key)
