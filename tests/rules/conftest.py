"""Fixtures over the small law of ``tests/support/small_law.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_law import AS_OF, FACTS, HEAD, Packer, Screener

from tanping.records.located import parse_yaml
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import Catalogue, FactTable, read_facts
from tanping.rules.pack import PackSet, assemble, parse_pack


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    problems: list[Any] = []
    facts = read_facts(parse_yaml(FACTS.encode(), "facts.yaml"), problems)
    assert not problems
    return {fact.name: fact for fact in facts}


@pytest.fixture(scope="session")
def pack_of(catalogue: Catalogue) -> Packer:
    """Return packs of clauses written as YAML."""

    def build(*clauses: str, head: str = HEAD) -> PackSet:
        raw = (head + "".join(clauses)).encode()
        return assemble([parse_pack(raw, "small.yaml", catalogue)], catalogue, [])

    return build


@pytest.fixture(scope="session")
def screen(catalogue: Catalogue) -> Screener:
    """Screen one project with one unit: a new power unit of a new project unless told otherwise."""

    def run(packs: PackSet, facts: Mapping[str, Any] | None = None, **more: Any) -> Screening:
        answers = {"sector": "power", "unit_nature": "new", "project_nature": "new", "province": "江苏", "city": "盐城"}
        answers |= facts or {}
        table = FactTable.of_project(catalogue, {}, [("甲", {k: v for k, v in answers.items() if v is not None})])
        return evaluate(packs, table, **{"as_of": AS_OF, **more})

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "all.yaml").write_text(FACTS, encoding="utf-8")
    return tmp_path
