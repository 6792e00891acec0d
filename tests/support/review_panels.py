"""One panel of the joint review as a person sees it, without the frame around it, for tests."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from streamlit.testing.v1 import AppTest

from tanping.assessment.pages.review import steps
from tanping.assessment.pages.review.panels.shared import Here

STEPS = "steps"
OPEN: dict[str, Any] = {}
"""What the panel under test is shown with: joint review, person, key, the panel's name."""


def show() -> None:
    """Write the panel, or the steps above all panels; run by the test's app."""
    joint, person, key = OPEN["joint"], OPEN["person"], OPEN["key"]
    here = Here(joint, person, key, joint.staffing.part(person, key))
    if OPEN["panel"] == STEPS:
        steps.show(here, joint.steps.standing(person, key))
    else:
        import_module(f"tanping.assessment.pages.review.panels.{OPEN['panel']}").show(here)


def here(world: Any, who: str) -> Here:
    """Return somebody's part in the world's review, as a page looks it up."""
    joint, person = world.review, world.p(who)
    return Here(joint, person, world.id, joint.staffing.part(person, world.id))


def visit(world: Any, panel: str, who: str) -> AppTest:
    """Open a panel of the world's review as somebody."""
    become(world, panel, who)
    at = AppTest.from_string("import review_panels\nreview_panels.show()\n", default_timeout=60)
    return at.run()


def become(world: Any, panel: str, who: str) -> None:
    """Say who looks at what in the next run."""
    OPEN.update(joint=world.review, person=world.p(who), key=world.id, panel=panel)
