"""``tanping factors``: what it prints, what it refuses, with which exit code."""

import argparse
import json
import unicodedata

import pytest
import python_calamine

from tanping.assessment.cli import factors
from tanping.records.errors import InputError


@pytest.fixture
def run(capsys):
    parser = argparse.ArgumentParser(prog="tanping")
    factors.add_parser(parser.add_subparsers())

    def call(*words: str) -> tuple[int, str]:
        arguments = parser.parse_args(["factors", *words])
        return arguments.handler(arguments), capsys.readouterr().out

    return call


def test_list_aligns_chinese_columns(run):
    code, out = run("list", "--subject", "heat/default")
    assert code == 0
    lines = out.splitlines()
    assert "0.11" in out
    at = {_column(line, "tCO2/GJ") for line in lines if "tCO2/GJ" in line}
    assert len(at) == 1
    assert lines[-1].startswith("共 4 条，其中待核 3 条")


def test_list_as_json_holds_whole_records(run):
    code, out = run("list", "--json", "--subject", "grid/average_2023", "江苏")
    (record,) = json.loads(out)
    assert code == 0
    assert (record["value"], record["unit"], record["data_year"]) == ("0.5827", "kgCO2/kWh", 2023)
    assert record["document"].startswith("公告2025年第47号")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--status", "draft"), 20),
        (("--region", "江苏"), 3),
        (("--standard", "cets_cement_2024"), 34),
        (("--basis", "official"), 51),
        (("--overdue", "2026-11-01"), 0),
    ],
)
def test_filters(run, options, count):
    assert len(json.loads(run("list", "--json", *options)[1])) == count


def test_a_filter_nobody_knows_is_refused_with_the_nearest(run):
    with pytest.raises(InputError, match="official"):
        run("list", "--basis", "ofical")


def test_show_tells_record_choice_and_rival(run):
    code, out = run("show", "fuel.lng", "--as-of", "2026-11-01", "--standard", "gbt32151_34_2024")
    assert code == 0
    assert "取值：2.83126 tCO2/t" in out
    assert "为什么：" in out
    assert "另有：" in out
    assert "0.0172" in out


def test_show_of_a_refusal_says_why_and_fails(run):
    code, out = run("show", "fuel.cets_steel_2024.lng", "--as-of", "2026-11-01")
    assert code == 1
    assert "不能取值" in out
    assert "未采信" in out


def test_show_of_grid_takes_the_national_value_of_its_time(run):
    _, out = run("show", "grid.average", "--region", "江苏", "--as-of", "2020-12-10", "--json")
    chosen = json.loads(out)["chosen"]
    assert chosen["record"]["value"] == "0.6101"
    assert "尚未公布" in chosen["why"]


def test_show_without_a_date_lists_newest_first(run):
    _, out = run("show", "grid.jiangsu.average", "--json")
    plain = json.loads(out)
    assert [record["data_year"] for record in plain["records"]] == [2023, 2022, 2021]
    assert plain["chosen"] is None


def test_show_of_an_unknown_key_suggests(run):
    with pytest.raises(InputError, match=r"grid\.jiangsu\.average"):
        run("show", "grid.jiangsu.averag")


def test_check_reports_the_state(run):
    code, out = run("check", "--on", "2026-11-01")
    assert code == 0
    assert "已过复核期限 0 条" in out
    report = json.loads(run("check", "--on", "2027-01-01", "--json")[1])
    assert report["ok"]
    assert report["overdue"]
    assert len(report["sha256"]) == 64


def test_check_of_a_spoiled_copy_fails_with_line_and_field(run, copy):
    table = copy / "grid" / "average_2023.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("0.5827", "约0.58"), encoding="utf-8")
    code, out = run("check", str(copy))
    assert code == 1
    assert "data/grid/average_2023.csv:21: value: “约0.58”不是数字" in out
    assert not json.loads(run("check", str(copy), "--json")[1])["ok"]


def test_export_writes_a_workbook_that_reads_back(run, tmp_path):
    target = tmp_path / "因子.xlsx"
    code, out = run("export", "--xlsx", str(target), "--subject", "fuels/gbt32151_34_2024")
    assert code == 0
    assert "已写 26 条" in out
    book = python_calamine.CalamineWorkbook.from_path(str(target))
    assert book.sheet_names == ["因子", "合理范围", "来源冲突"]
    head, *rows = book.get_sheet_by_name("因子").to_python()
    coke = next(dict(zip(head, row, strict=True)) for row in rows if row[0].endswith(".coke"))
    assert (coke["热值"], coke["含碳量 tC/GJ"], coke["氧化率"]) == (28.435, 0.0295, 0.93)
    assert (coke["数值"], coke["原文数值"], coke["待核"]) == (2.86042, "2.86042", "是")
    assert len(book.get_sheet_by_name("来源冲突").to_python()) == 17


def test_export_to_nowhere_is_refused(run, tmp_path):
    with pytest.raises(InputError, match="文件无法写入"):
        run("export", "--xlsx", str(tmp_path / "no" / "where.xlsx"))


def test_a_date_is_a_date(run):
    with pytest.raises(SystemExit) as stop:
        run("show", "grid.average", "--as-of", "2026")
    assert stop.value.code == 2


def _column(line: str, word: str) -> int:
    before = line[: line.index(word)]
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in before)
