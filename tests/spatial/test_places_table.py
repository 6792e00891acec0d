"""The table of places in the project file and the Excel form."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from tanping.assessment.project.form import form_bytes
from tanping.assessment.project.intake import load_project_bytes, plain_project, project_from_plain
from tanping.records.errors import InputError

HEAD = "schema: tanping.project/1\nproject: {name: x, sector: 电力, nature: 新建}\nplaces:\n"


def refusal(rows: str) -> str:
    with pytest.raises(InputError) as refused:
        load_project_bytes((HEAD + rows).encode(), "p.yaml")
    return str(refused.value)


def test_a_place_is_read_and_written_back():
    row = "  - {id: a, kind: 厂区, geometry: '120.49,33.82; 120.50,33.82; 120.50,33.81', datum: CGCS2000}\n"
    project = load_project_bytes((HEAD + row).encode(), "p.yaml")
    assert project.places[0].kind.value == "plant"
    assert project_from_plain(plain_project(project)) == project


def test_a_long_outline_fits():
    points = "; ".join(f"120.{at:06d},33.{at * 7 % 1000000:06d}" for at in range(800))
    row = f"  - {{id: a, kind: 厂区, geometry: '{points}', datum: CGCS2000}}\n"
    assert load_project_bytes((HEAD + row).encode(), "p.yaml").places[0].geometry.value == points


def test_a_geometry_without_a_datum_is_refused():
    said = refusal("  - {id: a, kind: 厂区, geometry: '120.49,33.82'}\n")
    assert "坐标系不明" in said
    assert "GCJ-02" in said
    assert "坐标系不明" in refusal("  - {id: a, kind: 厂区, geometry: '120.49,33.82', datum: 不清楚}\n")


def test_none_needs_no_datum():
    project = load_project_bytes((HEAD + "  - {id: a, kind: 灰渣场, geometry: 无}\n").encode(), "p.yaml")
    assert project.places[0].geometry.value == "无"


def test_a_bad_geometry_is_told_with_its_line():
    said = refusal("  - id: a\n    kind: 厂区\n    geometry: 33.82,120.49\n    datum: WGS84\n")
    assert "p.yaml:6: places[0].geometry（位置·坐标或文件名）" in said
    assert "写反" in said


def test_an_unknown_kind_and_a_double_id():
    said = refusal("  - {id: a, kind: 煤场}\n")
    assert "灰渣场" in said
    assert "重复" in refusal("  - {id: a, kind: 厂区}\n  - {id: a, kind: 厂区}\n")


def test_the_form_has_the_sheet_and_names_the_cell():
    book = openpyxl.load_workbook(BytesIO(form_bytes("steel")))
    sheet = book["位置"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:4] == ["编号", "位置类别", "坐标或文件名", "坐标系"]
    for column, value in enumerate(("a", "厂区", "120.49", "WGS84"), start=1):
        sheet.cell(2, column).value = value
    buffer = BytesIO()
    book.save(buffer)
    with pytest.raises(InputError) as refused:
        load_project_bytes(buffer.getvalue(), "form.xlsx")
    assert "form.xlsx:位置!C2" in str(refused.value)
