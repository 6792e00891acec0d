"""Opening a page of the app in a test as a browser would, by address, and reading what it says."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

import tanping
from tanping.assessment import pages
from tanping.assessment.review.store import Draft

APP = Path(tanping.__file__).with_name("app.py")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
KINDS = ("html", "markdown", "title", "subheader", "info", "warning", "error", "success", "caption")


def visit(name: str, opened: Draft | None = None, **query: str) -> AppTest:
    """Open a page (by its file name), with a draft and other things in the address."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    if opened is not None:
        query["draft"] = opened.id
    if name != "start":
        at.switch_page(f"assessment/pages/{name}.py")
    address(at, query)
    return sound(at.run())


def address(at: AppTest, query: dict[str, str]) -> None:
    """Put things into the address."""
    for key, value in query.items():
        at.query_params[key] = value


def sound(at: AppTest) -> AppTest:
    """Return the app after checking that no page failed."""
    assert not at.exception, at.exception[0]
    assert pages.TROUBLE not in [error.value for error in at.error]
    return at


def words(at: AppTest) -> str:
    """Everything a page says, as one text."""
    said = [
        getattr(element, "value", None) or getattr(element, "body", "") for kind in KINDS for element in at.get(kind)
    ]
    return "\n".join(map(str, said))
