"""The workbook: live formulas give the printed figures, texts stay texts."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.formula import leaf
from tanping.assessment.documents.live import NotLive, Operand, live
from tanping.assessment.documents.workbook import workbook_bytes
from tanping.assessment.result import Assessment

SPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def rows_of(data: bytes, sheet: str) -> list[list[object]]:
    return [list(row) for row in CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()]


def formulas_of(data: bytes, number: int) -> dict[str, str]:
    """Formulas of a sheet by cell."""
    root = ET.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(f"xl/worksheets/sheet{number}.xml"))
    cells = root.iterfind(".//x:c", SPACE)
    return {cell.get("r", ""): found.text or "" for cell in cells if (found := cell.find("x:f", SPACE)) is not None}


@pytest.mark.parametrize(
    ("expression", "formula", "value"),
    [
        (
            "1 000 000 t × 20 GJ/t × 0.0265 tC/GJ × 0.99 × 44/12 = 1 923 900 tCO2",
            "=1000000*20*0.0265*0.99*44/12",
            1923900.0,
        ),
        ("(1 − 4.2%) × 5 MWh", "=(1-4.2%)*5", 4.79),
        ("300 m3 × 0.129 kgCO2e/(t·km) ÷ 1 000", "=300*0.129/1000", 0.0387),
        ("0.1 × (4 t × 3 tCO2/t + 2 t × 1 kgCO2e/(t·km)) = 1.4", "=0.1*(4*3+2*1)", 1.4),
        ("max(0, 10 t × 2 − 30 t × 1)", "=MAX(0,10*2-30*1)", 0.0),
        ("−(5 t × 2)", "=-(5*2)", -10.0),
        ("7 − exp(−1)", "=7-EXP((-1))", 7 - math.exp(-1)),
        ("1.015^2", "=1.015^2", 1.015**2),
    ],
)
def test_expressions_become_formulas(expression: str, formula: str, value: float) -> None:
    made = live(expression)
    assert made.formula == formula
    assert math.isclose(made.value, value, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("text", ["", "未知 t × 2", "=1+1", "cmd|'/c calc'!A1", "2 t × ", "1 ÷ 0", "a^b", "2 t; 3 t"])
def test_what_is_not_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(NotLive):
        live(text)


def test_operands_become_references_in_their_order() -> None:
    operands = [Operand(2.0, "t", "输入!$E$2"), Operand(2.0, "GJ/t", "输入!$E$3"), Operand(1.0, "1", "输入!$E$4")]
    assert live("2 t × 2 GJ/t × 1 = 4", operands).formula == "=输入!$E$2*输入!$E$3*输入!$E$4"


@given(st.sampled_from(sorted(formulas())), st.data())
def test_every_formula_of_the_method_reads_back(name: str, data: st.DataObject) -> None:
    formula = formulas()[name]
    numbers = st.floats(min_value=0.001, max_value=1e7).map(lambda x: float(f"{x:.6g}"))
    operands = {key: leaf(data.draw(numbers), symbol.unit) for key, symbol in formula.symbols.items()}
    worked = formula.work(**operands)
    if math.isnan(worked.value) or abs(worked.value) > 1e15:
        return
    made = live(worked.text)
    scale = max((abs(item.value) for item in worked.tree.leaves()), default=1.0)
    assert math.isclose(made.value, worked.value, rel_tol=1e-9, abs_tol=1e-9 * max(1.0, scale))


def test_live_figures_are_the_printed_ones(assessment: Assessment) -> None:
    data = workbook_bytes(assessment)
    rows = rows_of(data, "排放源")[1:]
    found = formulas_of(data, 3)
    for number, source in enumerate(assessment.inventory.sources):
        figure = source.design_year if source.stage == "operation" else source.total
        assert rows[number][8] == pytest.approx(figure, rel=1e-12)
        assert rows[number][7] == pytest.approx(figure, rel=1e-9)
        assert f"H{number + 2}" in found, source.name
    assert "输入!$E$2" in found["H2"]
    total = next(row for row in rows if row[1] == "达产年合计")
    assert total[7] == pytest.approx(assessment.inventory.design_year_total, rel=1e-12)
    years = rows_of(data, "逐年")
    assert [row[0] for row in years[1:35]] == [year.year for year in assessment.inventory.annual]
    assert years[-1][-1] == pytest.approx(assessment.inventory.lifetime_total, rel=1e-12)


def test_every_clause_fact_and_factor_is_there(assessment: Assessment) -> None:
    data = workbook_bytes(assessment)
    clauses = {row[0] for row in rows_of(data, "条款判断")[1:]}
    assert clauses == {finding.clause for finding in assessment.screening.findings}
    assert [row[1] for row in rows_of(data, "尚缺资料")[1:]] == [fact.label for fact in assessment.screening.missing]
    assert {row[0] for row in rows_of(data, "因子")[1:]} == {
        factor.key for source in assessment.inventory.sources for factor in source.factors
    }


def test_incomplete_has_a_subtotal_and_no_total(incomplete: Assessment) -> None:
    rows = rows_of(workbook_bytes(incomplete), "排放源")
    assert rows[1][7] == ""
    assert str(rows[1][13]).startswith("缺：")
    last = next(row for row in rows if "小计" in str(row[1]))
    assert last[7] == pytest.approx(incomplete.inventory.known_design_year, rel=1e-12)
    assert not any(row[1] == "达产年合计" for row in rows)


def test_a_strangers_text_is_never_a_formula(assessment: Assessment) -> None:
    evil = '=HYPERLINK("http://127.0.0.1/","x")'
    sources = (replace(assessment.inventory.sources[0], name=evil, expression=evil, id="@SUM(A1)"),)
    inventory = replace(assessment.inventory, sources=sources)
    project = {**assessment.project, "project": {**assessment.project["project"], "name": "=1+1"}}
    data = workbook_bytes(replace(assessment, inventory=inventory, project=project))
    assert rows_of(data, "排放源")[1][1] == evil
    for number in range(1, 12):
        for cell, formula in formulas_of(data, number).items():
            assert re.fullmatch(
                r"(SUM|SUMIFS)\([A-Z0-9:,\"是]+\)|[HIEF]\d+-[IF]\d+|[-0-9A-Z输入!$.*/()+^,%]+", formula
            ), cell
            assert "HYPERLINK" not in formula


def test_made_again_it_is_the_same_bytes(assessment: Assessment) -> None:
    assert workbook_bytes(assessment) == workbook_bytes(assessment)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_recalculates_to_the_same_figures(assessment: Assessment, tmp_path: Path) -> None:
    source = tmp_path / "底稿.xlsx"
    # Cached values are wiped, so that what is read back was recalculated.
    with zipfile.ZipFile(io.BytesIO(workbook_bytes(assessment))) as before, zipfile.ZipFile(source, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            after.writestr(name, content)
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/home",
            "--headless",
            "--convert-to",
            "ods",
            "--outdir",
            tmp_path,
            source,
        ],
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = CalamineWorkbook.from_path(tmp_path / "底稿.ods").get_sheet_by_name("排放源").to_python()[1:]
    for row, item in zip(rows, assessment.inventory.sources, strict=False):
        figure = item.design_year if item.stage == "operation" else item.total
        assert row[7] == pytest.approx(figure, rel=1e-9), item.name
        assert row[9] == pytest.approx(0.0, abs=1e-3)
    total = next(row for row in rows if row[1] == "达产年合计")
    assert total[7] == pytest.approx(assessment.inventory.design_year_total, rel=1e-12)
