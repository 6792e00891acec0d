"""The architecture page against the code, and the layers against the imports."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
BELOW = {
    "app.py": {"assessment", "rules", "factors", "records"},
    "assessment": {"assessment", "rules", "factors", "records", "templates"},
    "rules": {"rules", "records"},
    "factors": {"factors", "records"},
    "records": {"records"},
}


def modules(folder: str) -> list[Path]:
    return [ROOT / folder] if folder.endswith(".py") else sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("tanping.")}


@pytest.mark.parametrize("folder", sorted(BELOW))
def test_imports_only_go_down(folder):
    for path in modules(folder):
        assert imported(path) <= BELOW[folder], path


def test_every_module_the_page_names_exists():
    named = set(re.findall(r"`((?:records|rules|factors|assessment)(?:\.[a-z_]+)+)`", PAGE))
    assert named
    for name in named:
        path = ROOT / name.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").exists(), name


def test_every_file_and_folder_the_page_names_exists():
    for name in re.findall(r"`((?:records|rules|factors|assessment|templates|docs|tests)/[\w./-]*)", PAGE):
        assert (ROOT / name.rstrip("/.")).exists(), name
