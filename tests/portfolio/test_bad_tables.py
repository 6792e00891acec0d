"""Bad tables are refused, or mended with a line that says which."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from portfolio_tables import plant, write_csv

from tanping.assessment.portfolio import assemble, write
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.mapping import read_map
from tanping.assessment.portfolio.shelf import Shelf
from tanping.records.errors import InputError


def refusal(path, tmp_path) -> str:
    with pytest.raises(InputError) as caught:
        run(path, tmp_path / "out.csv", Options())
    assert not (tmp_path / "out.csv").exists()
    return str(caught.value)


def errors(tmp_path) -> list[dict[str, str]]:
    with (tmp_path / "out.csv.errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def workbook(path, fill) -> None:
    book = xlsxwriter.Workbook(path)
    fill(book, book.add_worksheet("项目"))
    book.close()


def test_a_sparse_giant_sheet(tmp_path):
    def fill(book, sheet):
        sheet.write_row(0, 0, ["项目名称"])
        sheet.write(1_048_575, 16_383, "x")

    workbook(tmp_path / "in.xlsx", fill)
    assert "XFD1048576" in refusal(tmp_path / "in.xlsx", tmp_path)


def test_a_zip_bomb(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    (tmp_path / "in.xlsx").write_bytes(buffer.getvalue())
    assert "压缩炸弹" in refusal(tmp_path / "in.xlsx", tmp_path)


def test_mixed_encodings(tmp_path):
    text = ",".join(plant()) + "\n"
    (tmp_path / "in.csv").write_bytes(text.encode("utf-8") + "甲电厂,盐城".encode("gb18030") + b"\n")
    said = refusal(tmp_path / "in.csv", tmp_path)
    assert "in.csv:2:" in said
    assert "编码" in said


def test_merged_header_cells(tmp_path):
    def fill(book, sheet):
        sheet.merge_range(0, 0, 0, 1, "项目名称")
        sheet.write_row(1, 0, ["甲", "乙"])

    workbook(tmp_path / "in.xlsx", fill)
    said = refusal(tmp_path / "in.xlsx", tmp_path)
    assert "A1:B1" in said
    assert "合并" in said


def test_far_too_many_columns(tmp_path):
    (tmp_path / "in.csv").write_text(",".join(f"c{at}" for at in range(20_000)) + "\n1\n", "utf-8")
    assert "20000 列" in refusal(tmp_path / "in.csv", tmp_path)
    pq.write_table(pa.table({f"c{at}": [1] for at in range(600)}), tmp_path / "in.parquet")
    assert "600 列" in refusal(tmp_path / "in.parquet", tmp_path)


def test_formula_cells_spoil_their_row_only(tmp_path):
    def fill(book, sheet):
        sheet.write_row(0, 0, list(plant()))
        for at in (1, 2):
            sheet.write_row(at, 0, list(plant(项目代码=f"P{at}").values()))
        sheet.write_formula(2, list(plant()).index("单机容量（MW）"), "=500*2", None, 1000)

    workbook(tmp_path / "in.xlsx", fill)
    report = run(tmp_path / "in.xlsx", tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (1, 1)
    (line,) = errors(tmp_path)
    assert line["行号"] == "3"
    assert "公式" in line["问题"]


def test_duplicate_codes_that_are_apart(tmp_path):
    table = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2"), plant()])
    report = run(table, tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (2, 1)
    assert "第 2 行" in errors(tmp_path)[0]["问题"]


def test_the_same_unit_twice(tmp_path):
    table = write_csv(tmp_path / "in.csv", [plant(生产单元编号="1"), plant(生产单元编号="1")])
    assert run(table, tmp_path / "out.csv", Options()).refused == 2
    assert "编号重复" in errors(tmp_path)[0]["问题"] + errors(tmp_path)[1]["问题"]


def test_a_lone_quote(tmp_path):
    lines = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2")]).read_text("utf-8-sig").splitlines()
    lines[1] = lines[1].replace("甲电厂", '"甲电厂')
    (tmp_path / "in.csv").write_text("\n".join(lines), "utf-8")
    said = refusal(tmp_path / "in.csv", tmp_path)
    assert "in.csv:2:" in said
    assert "引号" in said


def test_more_cells_than_headings(tmp_path):
    table = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2")])
    table.write_text(table.read_text("utf-8-sig").rstrip("\n") + ",多出来\n", "utf-8")
    report = run(table, tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (1, 1)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("单机容量（GJ）", "量纲"),
        ("单机容亮（MW）", "单机容量"),
        ("项目名称（MW）", "没有单位"),
        ("units.capacity (MW)", "同一项"),
        ("名称", "几张表"),
    ],
)
def test_headings_that_cannot_be_read_are_all_named(tmp_path, heading, words):
    said = refusal(write_csv(tmp_path / "in.csv", [plant(**{heading: "1", "又一列": "2"})]), tmp_path)
    assert heading in said
    if heading != "单机容量（GJ）":
        assert words in said
        assert "又一列" in said


def test_a_heading_may_be_left_out(tmp_path):
    table = write_csv(tmp_path / "in.csv", [plant(**{"#备注": "随手记"})])
    assert run(table, tmp_path / "out.csv", Options()).written == 1


@pytest.mark.parametrize("content", ["", "项目名称\n", "\n\n", "项目名称,单机容量（MW）\n,\n"])
def test_tables_without_rows(tmp_path, content):
    (tmp_path / "in.csv").write_text(content, "utf-8")
    refusal(tmp_path / "in.csv", tmp_path)


def test_parquet_that_is_none_or_nested(tmp_path):
    (tmp_path / "in.parquet").write_bytes(b"PAR1 no")
    assert "parquet" in refusal(tmp_path / "in.parquet", tmp_path)
    pq.write_table(pa.table({"项目名称": [["a"]]}), tmp_path / "in.parquet")
    assert "项目名称" in refusal(tmp_path / "in.parquet", tmp_path)


def test_numbers_of_a_parquet_column_need_a_unit_over_them(tmp_path):
    pq.write_table(pa.table({"项目名称": ["甲"], "单机容量": [1000.0]}), tmp_path / "in.parquet")
    report = run(tmp_path / "in.parquet", tmp_path / "out.csv", Options(as_of=None))
    assert report.refused == 1
    assert any("单位" in line["问题"] for line in errors(tmp_path))


def test_infinite_and_negative_numbers(tmp_path):
    columns = {name: [value] * 3 for name, value in plant().items()}
    columns["项目代码"] = ["a", "b", "c"]
    columns["单机容量（MW）"] = [float("inf"), -1.0, 300.0]
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    report = run(tmp_path / "in.parquet", tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (1, 2)


def test_a_year_out_of_reach(tmp_path):
    report = run(write_csv(tmp_path / "in.csv", [plant(投产日期="0206-06-01")]), tmp_path / "out.csv", Options())
    assert report.refused == 1


def test_a_column_map_with_slips(tmp_path):
    (tmp_path / "map.yaml").write_text(
        "schema: tanping.columns/1\ncolumns: {a: {words: {x: y}}, b: {to: 项目名称, wrds: {}, year: 大概},"
        " c: {to: 行业, words: {x: {y: z}}}}\nkonstants: {}\n",
        "utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_map(tmp_path / "map.yaml")
    assert [problem.field for problem in caught.value.problems] == ["konstants", "a", "b", "b.year", "c"]


BITS = [
    "",
    "不清楚",
    "无",
    "-1",
    "1e9",
    "abc",
    "2026-13-01",
    "是",
    "煤电",
    "９００",
    "NaN",
    "inf",
    "\u200b",
    "=1+1",
    "x" * 50,
    "0",
]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_stands_in_the_cells_no_row_vanishes(tmp_path, seed):
    draw = random.Random(seed)
    rows = [plant(项目代码=draw.choice(["", f"P{at}", "Q"])) for at in range(12)]
    for row in rows:
        row |= {name: draw.choice(BITS) for name in draw.sample(list(row), draw.randint(0, 5))}
    report = run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", Options(screening_grade=bool(seed % 2)))
    refused = {line["行号"] for line in errors(tmp_path)}
    assert len(refused) == report.refused
    assert report.written + report.refused == 12


def test_days_of_a_parquet_column_are_those_of_its_own_calendar(tmp_path):
    """Midnight in Shanghai is the day before in Greenwich, where Arrow counts."""
    columns = {name: [value] for name, value in plant().items()}
    midnight = pa.array([datetime(2026, 11, 1)], pa.timestamp("us"))
    for kept in (midnight, midnight.cast(pa.timestamp("ns")), pc.assume_timezone(midnight, "Asia/Shanghai")):
        pq.write_table(pa.table({**columns, "受理日期": kept}), tmp_path / "in.parquet")
        run(tmp_path / "in.parquet", tmp_path / "out.parquet", Options())
        assert pq.read_table(tmp_path / "out.parquet").column("as_of").to_pylist() == [date(2026, 11, 1)]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("厂用电率（%）", pa.array([2**60 + 1])),
        ("厂用电率（%）", pa.array([2**64 - 1], pa.uint64())),
        ("受理日期", pa.array([2**31 - 1], pa.int32()).cast(pa.date32())),
        ("受理日期", pa.array([2**60], pa.timestamp("ms"))),
        ("生产单元类别", pa.array([datetime(2026, 11, 1)])),
    ],
)
def test_numbers_and_days_past_all_bounds_spoil_their_row_only(tmp_path, heading, column):
    columns = {name: [value] for name, value in plant().items()}
    pq.write_table(pa.table({**columns, heading: column}), tmp_path / "in.parquet")
    assert run(tmp_path / "in.parquet", tmp_path / "out.csv", Options()).refused == 1
    assert errors(tmp_path)[0]["列"] == heading


@pytest.mark.parametrize("column", [pa.array([timedelta(1)]), pa.array([0], pa.timestamp("us", "Asia/Nowhere"))])
def test_spans_of_time_and_calendars_nobody_knows_are_no_columns(tmp_path, column):
    pq.write_table(pa.table({"项目名称": ["甲"], "受理日期": column}), tmp_path / "in.parquet")
    assert "受理日期" in refusal(tmp_path / "in.parquet", tmp_path)


@pytest.mark.parametrize(
    ("out", "ledger", "words"),
    [
        ("in.csv", None, "结果不能覆盖输入"),
        ("out.csv", "in.csv", "台账不能覆盖输入"),
        ("out.csv", "out.csv.errors.csv", "台账不能覆盖错误表"),
        ("out.csv", "ledger.txt", "不认识扩展名"),
        ("out.csv", "nowhere/ledger.xlsx", "文件夹不存在"),
        ("out.xlsx", None, "超过一张工作表"),
    ],
)
def test_what_cannot_be_written_at_the_end_is_said_before_the_work(tmp_path, monkeypatch, out, ledger, words):
    table = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2")])
    before = table.read_bytes()
    monkeypatch.setattr(write, "MOST_SHEET_ROWS", 1)
    monkeypatch.setattr(Shelf, "keep", None)
    with pytest.raises(InputError, match=words):
        run(table, tmp_path / out, Options(ledger=tmp_path / ledger if ledger else None))
    assert table.read_bytes() == before


def test_a_column_of_wrong_places_is_read_once(tmp_path, monkeypatch):
    rows = [plant(项目代码=f"P{at}", 设区市=f"第{at % 7}市") for at in range(21)]
    asked = []
    find = assemble.find_place
    monkeypatch.setattr(assemble, "find_place", lambda *place: asked.append(place) or find(*place))
    report = run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", Options())
    assert (report.refused, len(asked)) == (21, 7)
    assert [line["行号"] for line in errors(tmp_path)] == [str(at) for at in range(2, 23)]
