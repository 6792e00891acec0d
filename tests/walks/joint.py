"""The joint review, walked by driving the journey that the tests keep: the same clicks, counted and photographed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import test_joint_review as journey
from review_people import People, working_calendar
from walker import Walk

LOOKED_AT = ("claim", "go", "tab", "see")


def joint_review(walk: Walk, address: str, people: People) -> None:
    """From the project file to the filed opinion, everybody at a browser."""
    # The journey opens its own browsers; all it asks for is a context.
    browser: Any = SimpleNamespace(new_context=lambda **_asked: walk.context())
    with looked_at(walk):
        journey.test_from_the_project_file_to_the_filed_opinion(browser, address, people)


def office(home: Path) -> People:
    """Hire everybody into the store of a server that has not started yet."""
    working_calendar(home)
    people = People(f"sqlite:///{home / 'tanping.sqlite'}")
    people.hire(journey.STAFF)
    return people


@contextmanager
def looked_at(walk: Walk) -> Iterator[None]:
    """Photograph a desk after each step that shows something new."""
    before = {name: getattr(journey.Desk, name) for name in LOOKED_AT}

    def watching(name: str) -> Any:
        def act(desk: Any, told: str = "", *more: Any) -> None:
            before[name](desk, *(told,) if told else (), *more)
            walk.shot(desk.page, f"{name}-{''.join(char for char in str(told) if char.isalnum())[:12]}")

        return act

    try:
        for name in LOOKED_AT:
            setattr(journey.Desk, name, watching(name))
        yield
    finally:
        for name, method in before.items():
            setattr(journey.Desk, name, method)
