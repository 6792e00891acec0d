"""The page for auditors: every figure on it is the program's, and what it works out by hand comes out."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from tanping.assessment.assess import assess
from tanping.assessment.project.intake import load_project
from tanping.assessment.result import Assessment

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "manual" / "recount.md").read_text("utf-8")


@pytest.fixture(scope="module")
def result() -> Assessment:
    return assess(load_project(ROOT / "examples" / "sheyanggang.yaml"))


def number(text: str) -> float:
    return float(text.replace(" ", ""))


def test_both_totals_stand_on_the_page(result: Assessment) -> None:
    bold = [number(text) for text in re.findall(r"\*\*([0-9 .]+)\*\*", TEXT)]
    assert bold == [result.inventory.design_year_total, result.inventory.lifetime_total]
    assert f"{result.inventory.design_year_total / 1e4:.2f} 万tCO2" in TEXT


def test_every_worked_expression_is_the_programs_and_comes_out(result: Assessment) -> None:
    sources = {source.id: source for source in result.inventory.sources}
    design = [sources[name] for name in ("fuels.设计煤种", "fuels.点火用油", "materials.石灰石", "energy.启备用电")]
    rows = [number(cells[2]) for cells in table("排放源") if cells[0] != "合计"]
    for source, shown in zip(design, rows, strict=True):
        assert source.expression.endswith(f"= {grouped(shown)} tCO2"), source.expression
    assert math.isclose(math.fsum(rows), result.inventory.design_year_total, rel_tol=0, abs_tol=1e-7)
    for cells in table("项目"):
        name, expression, shown = cells
        if name != "退役拆除":
            assert any(f"{expression} = {shown} tCO2" in source.expression for source in sources.values()), name
    assert math.isclose(sources["end_of_life"].total, 0.1 * (12384 + 3715.2 + 1755))


def test_the_steps_by_hand_come_out() -> None:
    steps = re.findall(r"^    (.+) = ([0-9 .]+) \w+$", TEXT, re.M)
    assert len(steps) == 4
    for left, right in steps:
        bare = re.sub(r"[A-Za-z]+[0-9]?(/[A-Za-z]+)?", "", left).replace(" ", "").replace("×", "*").replace("÷", "/")
        assert math.isclose(eval(bare), number(right), rel_tol=1e-12), left


def table(first: str) -> list[list[str]]:
    lines = TEXT[TEXT.index(f"| {first} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def grouped(value: float) -> str:
    whole, _, part = repr(value).partition(".")
    return f"{int(whole):,}".replace(",", " ") + (f".{part}" if part and part != "0" else "")
