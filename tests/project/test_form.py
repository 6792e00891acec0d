"""The Excel form: written, filled, read back the same; errors name sheet and cell."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.form import asked_facts, form_bytes
from tanping.assessment.project.intake import load_project, load_project_bytes
from tanping.assessment.project.model import Paper
from tanping.records.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"


def filled(edits: dict[tuple[str, str], str], sector="power") -> bytes:
    book = openpyxl.load_workbook(BytesIO(form_bytes(sector)))
    for (sheet, cell), value in edits.items():
        book[sheet][cell] = value
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def told(project) -> dict:
    """Everything a project file says, as values: a choice typed as a code or as its label is the same answer."""
    said = {}
    for table in TABLES:
        rows = (getattr(project, table),) if table in ONE_ROW else getattr(project, table)
        for at, row in enumerate(rows):
            said |= {(table, at, name): getattr(row, name) for name in entries(TABLES[table])}
    said |= {
        ("papers", name, part): getattr(paper, part)
        for name, paper in project.papers.items()
        for part in entries(Paper)
    }
    said |= {("facts", name): value for name, value in project.facts.items()}
    said |= {("facts", unit.id, name): value for unit in project.units for name, value in unit.facts.items()}
    return {
        key: (item.effective, item.answer, item.unit, item.document, item.page, item.note, item.check)
        for key, item in said.items()
    }


@pytest.mark.parametrize("name", ["sheyanggang.yaml", "sheyanggang-unpublished-blank.yaml"])
def test_a_project_survives_the_form(name):
    project = load_project(EXAMPLES / name)
    assert told(load_project_bytes(form_bytes("power", project), "form.xlsx")) == told(project)


@pytest.mark.parametrize("sector", ["power", "steel", "cement"])
def test_a_blank_form_says_nothing_but_its_sector(sector):
    project = load_project_bytes(form_bytes(sector), "form.xlsx")
    assert project.project.sector.value == sector
    assert not project.units
    assert not project.facts


def test_a_bare_number_means_the_unit_of_the_header():
    data = filled({("生产单元", "A2"): "1", ("生产单元", "C2"): "煤电", ("生产单元", "H2"): 1000})
    project = load_project_bytes(data, "form.xlsx")
    assert project.units[0].capacity.value == 1000
    assert project.units[0].capacity.unit == "MW"


def test_errors_name_sheet_and_cell():
    data = filled({("项目", "B4"): "煤炭", ("日期", "B3"): "2026-13-01", ("生产单元", "B2"): "没有编号"})
    with pytest.raises(InputError) as refused:
        load_project_bytes(data, "form.xlsx")
    said = str(refused.value)
    assert "form.xlsx:生产单元!A2" in said


def test_wrong_choice_names_its_cell():
    book = openpyxl.load_workbook(BytesIO(form_bytes("power")))
    rows = {row[0].value: row[0].row for row in book["项目"].iter_rows(min_row=2)}
    with pytest.raises(InputError) as refused:
        load_project_bytes(filled({("项目", f"B{rows['建设性质']}"): "新健"}), "form.xlsx")
    assert f"form.xlsx:项目!B{rows['建设性质']}: " in str(refused.value)
    assert "新建" in str(refused.value)


def test_several_units_in_the_header_want_the_unit_in_the_cell():
    data = filled({("燃料", "A2"): "煤", ("燃料", "E2"): 3000000})
    with pytest.raises(InputError, match="单位"):
        load_project_bytes(data, "form.xlsx")


def test_another_workbook_is_refused():
    book = openpyxl.Workbook()
    buffer = BytesIO()
    book.save(buffer)
    with pytest.raises(InputError, match="不是碳评联审项目表"):
        load_project_bytes(buffer.getvalue(), "other.xlsx")


def test_every_asked_fact_is_on_the_form():
    book = openpyxl.load_workbook(BytesIO(form_bytes("power")))
    codes = {row[7].value for row in book["事实"].iter_rows(min_row=2)}
    assert codes == {fact.name for fact in asked_facts("power")}
