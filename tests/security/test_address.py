"""Whatever stands in the address of a page: the page holds, shows nothing of it as markup, and no file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_visits import visit
from streamlit.testing.v1 import AppTest

from tanping.assessment import pages

HOSTILE = {
    "draft": "../../../etc/passwd",
    "as_of": "99999-99-99",
    "moment": "<script>alert(1)</script>",
    "as": "' OR 1=1 --",
    "review": "${7*7}{{7*7}}\u202e",
    "clause": "A" * 20_000,
    "key": "=cmd|' /C calc'!A1",
    "tab": "-1",
    "page": "9" * 400,
    "next": "//evil.example",
}
PAGES = sorted(
    path.stem
    for path in Path(pages.__file__).parent.glob("*.py")
    if f'"{path.stem}"' in Path(pages.__file__).read_text("utf-8")
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    return tmp_path


def everything(at: AppTest) -> str:
    return "\n".join(str(getattr(element, "value", "") or getattr(element, "body", "")) for element in at.main)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_whatever_its_address_says(name: str, folder: Path) -> None:
    at = visit(name, **HOSTILE)
    assert "<script>" not in everything(at)
    assert {path.name for path in folder.iterdir()} <= {"home"}
