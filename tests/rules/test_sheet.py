"""A pack out to a workbook and back: nothing is lost, nothing comes alive, every fault is told at its cell."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tanping
from tanping.records.doors.intake import parse_xlsx
from tanping.records.doors.text import REPLACEMENT, starts_formula, visible
from tanping.records.doors.workbook import Workbook
from tanping.records.errors import InputError
from tanping.records.expressions import render
from tanping.records.located import parse_yaml
from tanping.rules.cases import read_cases
from tanping.rules.facts import load_catalogue
from tanping.rules.keep import examine
from tanping.rules.pack import PACKS, load_packs
from tanping.rules.sheet import CLAUSE_COLUMNS, CLAUSES
from tanping.rules.sheet_in import Imported, iso, quoted, read_sheet, scalar
from tanping.rules.sheet_out import pack_workbook

CATALOGUE = load_catalogue()
LAW = """pack: own_list
title: 某清单
foreword: 一家单位自己的清单
documents:
  list: {title: 某市沿海准入清单, number: 某府〔2026〕1号, issuer: 某市政府}
clauses:
  - id: own-1
    document: list
    article: 第一条
    sectors: [coal_power, coal_chp]
    unit_natures: [new]
    region: 江苏沿海三市
    effective_from: 2026-01-01
    requirement: 不得围填海
    condition: uses_sea_reclamation
    unless: is_national_major_project
    severity: 禁止
    office: 海洋
    topic: 海洋与岸线
    evidence: [用海批复, 海域使用论证]
    basis: official
"""
CASES = """cases:
  - clause: own-1
    name: 命中
    as_of: 2026-11-01
    facts: {sector: coal_power, unit_nature: new, project_nature: new, province: 江苏, city: 盐城, uses_sea_reclamation: true, is_national_major_project: false}
    expect: {applies: 适用, met: 不符合}
"""


def edited(raw: bytes = LAW.encode(), cases: bytes | None = CASES.encode(), **cells: Any) -> bytes:
    """The workbook of a pack, saved again by another program after changes like ``条款__D2='…'``."""
    book = openpyxl.load_workbook(io.BytesIO(pack_workbook(raw, cases, CATALOGUE)))
    for name, value in cells.items():
        sheet, cell = name.split("__")
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def filled() -> Workbook:
    """The workbook of the own list as the intake gives it."""
    return parse_xlsx(edited(), "清单.xlsx")


def typed(book: Workbook, **cells: str | None) -> Workbook:
    """The same with other texts in some cells."""
    sheets = {name: replace(sheet, rows=[list(row) for row in sheet.rows]) for name, sheet in book.sheets.items()}
    for place, value in cells.items():
        name, cell = place.split("__")
        row, at = int(cell[1:]) - 1, ord(cell[0]) - ord("A")
        line = sheets[name].rows[row]
        line += [None] * (at + 1 - len(line))
        line[at] = value
    return replace(book, sheets=sheets)


def read(data: bytes | Workbook) -> Imported:
    return read_sheet(data if isinstance(data, Workbook) else parse_xlsx(data, "清单.xlsx"), CATALOGUE)


def refused(data: bytes | Workbook) -> str:
    with pytest.raises(InputError) as caught:
        examine(read(data))
    return "\n".join(map(str, caught.value.problems))


def column(key: str) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[[column.key for column in CLAUSE_COLUMNS].index(key)]


@pytest.mark.parametrize("name", ["coast", "carbon_assessment", "capacity_replacement"])
def test_a_pack_that_ships_comes_back_equal(name: str) -> None:
    raw, worked = (PACKS / f"{name}.yaml").read_bytes(), (PACKS / "cases" / f"{name}.yaml").read_bytes()
    pack = next(pack for pack in load_packs() if pack.name == name)
    back = read(pack_workbook(raw, worked, CATALOGUE))
    assert [clause.plain() for clause in back.pack.clauses] == [clause.plain() for clause in pack.clauses]
    assert (back.pack.title, back.pack.foreword, back.pack.documents) == (pack.title, pack.foreword, pack.documents)
    assert list(back.cases) == read_cases(parse_yaml(worked, name), CATALOGUE, [])


def test_an_own_list_is_examined_beside_the_law(filled: Workbook) -> None:
    examined = examine(read(filled))
    assert examined.replaces is None
    assert "与现有规则包并用" in examined.told
    assert [(note.where.cell, note.field) for note in examined.notes] == [("条款!A2", "own-1")]
    (clause,) = examined.pack.clauses
    assert clause.effective_from == date(2026, 1, 1)


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", '=HYPERLINK("x")', "- a: b", "a: b # c", "'引' \"号\"", "[甲, 乙]", "{a: 1}", "true", "~", "2026-01-01", "0123",
           "两行\n第二行", "制表\t符", "&amp;<b>", "𠮷", "x" * 3000, "!!python/object:os.system", "*别名", "%TAG", "null值", "：。"]  # fmt: skip


def test_what_a_stranger_writes_goes_out_dead_and_comes_back_as_it_was() -> None:
    """Through the workbook itself: texts as requirement and as note of a clause each."""
    head = LAW.split("  - id: own-1")[0]
    rows = [
        f"  - {{id: own-{at}, document: list, article: 第一条, sectors: [all], requirement: {quoted(text)}, question: {quoted(text + '？')}, "
        "severity: 提示, office: 海洋, topic: 海洋与岸线, basis: recalled}\n"
        for at, text in enumerate(HOSTILE)
    ]
    data = pack_workbook((head + "".join(rows)).encode(), None, CATALOGUE)
    told = [(clause.requirement, clause.question) for clause in read(data).pack.clauses]
    assert told == [(text, f"{text}？") for text in HOSTILE]
    sheet = openpyxl.load_workbook(io.BytesIO(data))[CLAUSES]
    assert not [cell.coordinate for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert starts_formula(HOSTILE[0])


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and text != "null" and visible(text) == text and REPLACEMENT not in text
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(requirement=words, note=words, article=words)
def test_any_text_of_a_cell_is_that_text_of_the_pack(
    filled: Workbook, requirement: str, note: str, article: str
) -> None:
    said = {"requirement": requirement, "basis_note": note, "article": article}
    book = typed(filled, **{f"{CLAUSES}__{column(key)}2": text for key, text in said.items()})
    (clause,) = read(book).pack.clauses
    assert (clause.requirement, clause.basis_note, clause.article) == (requirement, note, article)


@given(st.text(max_size=200).filter(lambda text: "\x00" not in text and text.isprintable()))
def test_a_scalar_reads_back_as_itself(text: str) -> None:
    data = parse_yaml(f"a: {scalar(text)}\n".encode(), "x").data
    assert (data["a"] or "") == text


@pytest.mark.parametrize("text", ["2026/8/5", "2026年8月5日", "2026.8.5", "2026-08-05 00:00:00", "2026-08-05"])
def test_dates_as_people_and_spreadsheets_write_them(filled: Workbook, text: str) -> None:
    assert iso(text) == "2026-08-05"
    (clause,) = read(typed(filled, **{f"{CLAUSES}__{column('effective_from')}2": text})).pack.clauses
    assert clause.effective_from == date(2026, 8, 5)


def test_a_date_cell_and_a_condition_in_plain_words() -> None:
    cells = {
        f"{CLAUSES}__{column('effective_from')}2": date(2026, 8, 15),
        f"{CLAUSES}__{column('condition')}2": "（【围填海】 或 【饮用水水源保护区级别】 == ‘一级保护区’） 且 非【国家重大项目】",
        f"{CLAUSES}__{column('unless')}2": "",
    }
    labels = {fact.name: fact.label for fact in CATALOGUE.values()}
    zone = CATALOGUE["drinking_water_zone"]
    text = str(cells[f"{CLAUSES}__{column('condition')}2"])
    text = text.replace("【围填海】", f"【{labels['uses_sea_reclamation']}】").replace(
        "【国家重大项目】", f"【{labels['is_national_major_project']}】"
    )
    text = text.replace("【饮用水水源保护区级别】", f"【{zone.label}】").replace(
        "一级保护区", next(iter(zone.choices.values()))
    )
    (clause,) = read(edited(cases=None, **{**cells, f"{CLAUSES}__{column('condition')}2": text})).pack.clauses
    code = next(iter(zone.choices))
    assert (
        clause.written["condition"]
        == f"(uses_sea_reclamation or drinking_water_zone == '{code}') and not is_national_major_project"
    )
    assert labels["uses_sea_reclamation"] in render(clause.condition, CATALOGUE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "value", "where", "told"),
    [
        ("规则包__B2", "../../etc", "规则包!B2", "包名"),
        ("规则包__B2", "coast list", "规则包!B2", "包名"),
        ("规则包__B2", "verifications", "清单.xlsx", "留给原文核对记录"),
        ("文件__A2", None, "文件!A2", "缺少文件代号"),
        (f"{CLAUSES}__{column('severity')}2", "严禁", f"条款!{column('severity')}2", "命中后 没有“严禁”"),
        (f"{CLAUSES}__{column('severity')}2", None, "条款!", "缺少 命中后"),
        (f"{CLAUSES}__{column('sectors')}2", "煤电、风电", f"条款!{column('sectors')}2", "没有“风电”"),
        (f"{CLAUSES}__{column('condition')}2", "【不存在的事实】", f"条款!{column('condition')}2", "没有【不存在的事实】"),
        (f"{CLAUSES}__{column('condition')}2", "__import__('os')", f"条款!{column('condition')}2", "第"),
        (f"{CLAUSES}__{column('effective_from')}2", "2026-02-30", f"条款!{column('effective_from')}2", "没有“2026-02-30”这一天"),
        (f"{CLAUSES}__{column('requirement')}2", "不得\u202e围填", f"条款!{column('requirement')}2", "控制字符"),
        (f"{CLAUSES}__A2", "code-362-protected-sea-area", "", "条款编号重复"),
        ("用例__E2", "没有这个事实 = 是", "用例!E2", "没有名为“没有这个事实”的事实"),
        (f"{CLAUSES}__C1", "条目", "条款!C1", "不认识的列“条目”"),
        (f"{CLAUSES}__C1", None, "条款!A1", "缺少列“条号”"),
        (f"{CLAUSES}__C1", "要点＊", "条款!D1", "列“要点”重复"),
        ("规则包__A3", "题目", "规则包!A3", "不认识的字段“题目”"),
        ("用例__E2", "适用地域 = 1\n属海岸工程", "用例!E2", "“属海岸工程”不是“名称 = 值”"),
        ("用例__E2", "属海岸工程 = 是\n属海岸工程 = 否", "用例!E2", "“属海岸工程”写了两次"),
        ("用例__F2", "审批日期 = 2026-02-30", "用例!F2", "没有“2026-02-30”这一天"),
        ("用例__F2", "开会日期 = 2026-02-03", "用例!F2", "没有项目日期“开会日期”"),
        ("用例__C2", None, "用例!", "缺少 法规适用日期"),
        ("用例__G2", "也许", "用例!G2", "没有“也许”"),
        ("用例__H2", "符合", "用例!A2", "实为 适用 · 不符合"),
        ("用例__A2", "别的条款", "用例!A2", "不在本包"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_cell(filled: Workbook, cell: str, value: str | None, where: str, told: str) -> None:
    said = refused(typed(filled, **{cell: value}))
    assert where in said
    assert told in said


def test_all_faults_are_told_at_once(filled: Workbook) -> None:
    said = refused(typed(filled, **{
        f"{CLAUSES}__{column('severity')}2": "严禁", f"{CLAUSES}__{column('condition')}2": "【没有】", "用例__E2": "x", "文件__B2": None,
    }))  # fmt: skip
    places = [f"条款!{column('severity')}2", f"条款!{column('condition')}2", "用例!E2", "文件!B2"]
    assert all(place in said for place in places)
    assert len(said.splitlines()) == len(places)


def test_a_live_formula_and_a_foreign_workbook_are_refused() -> None:
    assert "公式" in refused(edited(**{f"{CLAUSES}__{column('requirement')}2": "=1+1"}))
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    assert "没有表“条款”" in refused(out.getvalue())
    assert "清单.xlsx" in refused(b"not a workbook")


def test_a_condition_that_can_not_be_met_is_refused(filled: Workbook) -> None:
    cells = {
        f"{CLAUSES}__{column('condition')}2": "uses_sea_reclamation and not uses_sea_reclamation",
        f"{CLAUSES}__{column('unless')}2": "",
    }
    assert "自相矛盾" in refused(typed(filled, **cells))


def test_the_blank_workbook_says_what_is_missing() -> None:
    assert "缺少包名" in refused(pack_workbook(None, None, CATALOGUE))
    book = openpyxl.load_workbook(io.BytesIO(pack_workbook(None, None, CATALOGUE)))
    rules = book[CLAUSES].data_validations.dataValidation
    assert len(rules) >= 6
    assert book["说明"]["A3"].value.startswith("一、")


def test_the_conditions_given_as_examples_are_read(filled: Workbook) -> None:
    cover = parse_xlsx(pack_workbook(None, None, CATALOGUE), "空白.xlsx").sheets["说明"].rows
    line = next(row[0] for row in cover if row and row[0] and "例：【" in row[0])
    manual = (Path(tanping.__file__).parents[1] / "docs" / "rule-format.md").read_text(encoding="utf-8")
    examples = [part.strip() for part in line.partition("例：")[2].split("\u3000") if part.strip()]
    examples += [part for part in manual.split("`") if part.startswith("【") and part != "【名称】"]
    assert len(examples) >= 4
    for example in examples:
        clause = read(typed(filled, **{f"条款__{column('condition')}2": example})).pack.clauses[0]
        assert clause.condition is not None


def test_a_fact_in_ones_own_words_is_answered_with_the_likest_names(filled: Workbook) -> None:
    told = refused(typed(filled, **{f"条款__{column('condition')}2": "非【采取有效治理措施】"}))
    assert "事实目录里没有【采取有效治理措施】" in told
    assert "相近的有" in told
    assert "【入海污染治理措施有效】" in told
    told = refused(typed(filled, **{f"条款__{column('condition')}2": "【zzz】"}))
    assert "相近" not in told
    assert "从表“事实目录”复制名称" in told


def test_a_label_becomes_the_code_of_its_own_fact_only(filled: Workbook) -> None:
    own, other = CATALOGUE["provincial_catalog_class"], CATALOGUE["catalog_class"]
    foreign = next(label for label in other.choices.values() if label not in own.choices.values())
    told = refused(typed(filled, **{f"条款__{column('condition')}2": f"【{own.label}】 == '{foreign}'"}))
    assert f"没有选项“{foreign}”" in told
