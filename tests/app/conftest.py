"""Each test has a store of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_visits import EXAMPLE
from streamlit.components.v2 import manifest_scanner

from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.review.store import Draft, Store


@pytest.fixture(autouse=True)
def no_search_for_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's test looks through every installed package for components each time an app is opened; there are none."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    return Store.open()


@pytest.fixture
def example(store: Store) -> Draft:
    """A draft made from the worked example."""
    content = drafts.content_of(plain_project(load_project(EXAMPLE)))
    title, sector = drafts.describe(content)
    return store.create_draft(content, title=title, sector=sector)
