"""The report as one HTML file: hostile names stay words, nothing runs, nothing is fetched."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

from tanping.assessment.assess import assess
from tanping.assessment.documents.web_page import html_text
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.project.model import SCHEMA

HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(1)><link href='//evil.example'>{{7*7}}"


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.events: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("src", "href", "action", "data"):
                self.addresses.add((value or "")[:11])
            if name.startswith("on"):
                self.events.add(name)


def test_nothing_of_a_project_becomes_markup() -> None:
    plain = {
        "schema": SCHEMA,
        "project": {"name": HOSTILE, "sector": "power", "owner": HOSTILE},
        "units": [{"id": "1", "name": HOSTILE, "kind": "coal_power", "capacity": "600 MW"}],
    }
    text = html_text(assess(project_from_plain(plain), as_of=date(2026, 11, 1)))
    seen = Seen()
    seen.feed(text)
    assert not seen.tags & {"script", "link", "iframe", "object", "form"}
    assert all(address.startswith(("data:image/", "#")) for address in seen.addresses)
    assert seen.events == set()
    assert "{{7*7}}" in text, "a template's words in a name stay words"
    assert "Content-Security-Policy" in text.partition("<body")[0]
