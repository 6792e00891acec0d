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


@pytest.mark.parametrize(("name", "sector"), [("zhanjiang.yaml", "steel"), ("yimen.yaml", "cement")])
def test_a_works_survives_the_form(name, sector):
    project = load_project(EXAMPLES / name)
    assert told(load_project_bytes(form_bytes(sector, project), "form.xlsx")) == told(project)


def rules_of(sheet) -> dict[str, str]:
    """Drop-downs of a sheet by the head of their column."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        column = next(iter(rule.sqref.ranges)).min_col
        found[str(sheet.cell(1, column).value)] = rule.formula1
    return found


def test_names_of_the_register_are_offered_and_others_may_be_typed():
    book = openpyxl.load_workbook(BytesIO(form_bytes("steel")))
    assert book["选项"].sheet_state == "hidden"
    for sheet, head, name in (
        ("燃料", "燃料种类", "高炉煤气"),
        ("物料", "物料", "焦油"),
        ("工序平衡", "物料或能源", "废钢"),
        ("施工期", "名称", "热轧中厚板"),
        ("减碳措施", "措施", "提高废钢比"),
        ("申报数", "指标", "吨钢排放"),
    ):
        rule = rules_of(book[sheet])[head]
        cells = book["选项"][rule.split("!")[1].replace("$", "")] if rule.startswith("=") or "!" in rule else ()
        assert name in ({cell.value for (cell,) in cells} or rule), head
    typed = {("燃料", "A2"): "1", ("燃料", "C2"): "自配煤", ("燃料", "E2"): "5 万Nm3"}
    project = load_project_bytes(filled(typed, "steel"), "form.xlsx")
    assert project.fuels[0].fuel.value == "自配煤"
    assert project.fuels[0].amount.unit == "1e4Nm3"


@pytest.mark.parametrize(("sector", "ground"), [("steel", "ST-3"), ("cement", "CM-1"), ("power", "PW-5")])
def test_the_comment_of_a_quantity_says_what_it_is_counted_by(sector, ground):
    sheet = openpyxl.load_workbook(BytesIO(form_bytes(sector)))["物料"]
    comments = {str(cell.value): cell.comment.text for cell in sheet[1] if cell.comment}
    amount = next(text for head, text in comments.items() if head.startswith("年用量"))
    assert ground in amount
    assert "依据：" not in comments["物料"]


def test_a_form_asks_only_what_its_sector_needs():
    def fields(sector):
        book = openpyxl.load_workbook(BytesIO(form_bytes(sector)))
        upright = {row[5].value for row in book["项目"].iter_rows(min_row=2)}
        return upright | {cell.value for cell in book["生产单元"][1]}

    assert "balance_value" in fields("steel")
    assert "balance_value" not in fields("power")
    assert "冷却方式" in fields("power")
    assert "冷却方式" not in fields("cement")


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


def form_with(*rows: tuple[str, list[str | None]]) -> bytes:
    """A form of one unit with rows put under those of its sheets, and the answers standing before the units."""
    book = openpyxl.load_workbook(BytesIO(filled({("生产单元", "A2"): "1", ("事实", "C2"): "是"})))
    for sheet, cells in rows:
        book[sheet].append(cells)
    book.move_sheet("事实", -20)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_two_different_answers_to_one_question_are_refused_with_both_cells():
    name = sorted(asked_facts("power"), key=lambda fact: fact.topic)[0].name
    answer = [None, None, "否", None, None, None, None, name]
    with pytest.raises(InputError) as refused:
        load_project_bytes(
            form_with(
                ("事实", answer),
                ("事实", [None, "没有这一问？", "是"]),
                ("项目", ["行业", "钢铁", None, None, None, "sector"]),
                ("文件办理", [None, "已取得", *[None] * 6, "energy_review"]),
                ("文件办理", [None, "未办", *[None] * 6, "energy_review"]),
            ),
            "form.xlsx",
        )
    said = str(refused.value)
    assert said.count("填得不同") == 3
    assert "与 事实!C2 填得不同" in said
    assert "project.sector（项目·行业）" in said
    assert "不认识的问题“没有这一问？”" in said


def test_the_same_answer_twice_and_one_of_a_unit_are_no_contradiction():
    name = sorted(asked_facts("power"), key=lambda fact: fact.topic)[0].name
    project = load_project_bytes(
        form_with(
            ("事实", [None, None, "是", None, None, None, None, name]),
            ("事实", [None, None, "否", "1", None, None, None, name]),
        ),
        "form.xlsx",
    )
    assert (project.facts[name].value, project.units[0].facts[name].value) == (True, False)


def test_a_column_that_stands_twice_is_refused():
    data = filled({("燃料", "A2"): "1", ("燃料", "C2"): "烟煤", ("燃料", "AA1"): "燃料种类", ("燃料", "AA2"): "褐煤"})
    with pytest.raises(InputError, match="列“燃料种类”重复"):
        load_project_bytes(data, "form.xlsx")
