"""Who moved between two dates, and by which clause or factor."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from portfolio_tables import plant, write_csv

from tanping.assessment.cli import main
from tanping.assessment.portfolio.changes import NO_REASON, ClauseMove, compare, tables
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.partition import schema
from tanping.assessment.portfolio.write import VERSIONS
from tanping.records.errors import InputError
from tanping.rules.pack import PACKS


@pytest.fixture
def between(tmp_path):
    """Run the same rows on the eve of a date and on the date, and compare."""

    def work(rows, day: date):
        table = write_csv(tmp_path / "in.csv", rows)
        for name, as_of in (("before", day - timedelta(days=1)), ("after", day)):
            run(table, tmp_path / f"{name}.parquet", Options(as_of=as_of))
        return compare(tmp_path / "before.parquet", tmp_path / "after.parquet")

    return work


def boiler(code: str, distance: str, city: str = "盐城"):
    return plant(
        项目代码=code, 生产单元类别="燃煤锅炉", 设区市=city,
        **{"县（市、区）": "", "距30万千瓦及以上热电厂（km）": distance},
    )  # fmt: skip


def test_the_30_km_rule_of_2024_07_11(between):
    found = between([boiler("near", "12"), boiler("between", "22"), boiler("far", "41")], date(2024, 7, 11))
    hit = ClauseMove("js-air-plan-2024-chp-30km", "hits", True)
    moved = {move.key[0] for move in found.moves if hit in move.clauses}
    assert moved == {"near", "between"}
    (move,) = (move for move in found.moves if move.key[0] == "between")
    assert move.levels["best"] == ("符合", "限制")
    assert any("热电联产供热半径" in line for line in move.reasons)
    assert not move.figures
    assert (hit, 2) in found.by_clause()


def steel(code: str, notice: str):
    return plant(
        项目代码=code, 行业="钢铁", 生产单元类别="电弧炉炼钢",
        **{"需要产能置换": "是", "置换公告日期": notice, "facts.replacement_notice_under_revised_rules": "否"},
    )  # fmt: skip


def test_the_steel_suspension_of_2024_08_23(between):
    found = between([steel("early", "2024-06-01"), steel("late", "2024-08-23")], date(2024, 8, 23))
    hit = ClauseMove("steel-replacement-2024-suspension", "hits", True)
    (move,) = (move for move in found.moves if hit in move.clauses)
    assert move.key[0] == "late"
    assert move.levels["best"] == ("符合", "禁止")


def test_the_code_of_2026_08_15(between):
    found = between([plant()], date(2026, 8, 15))
    (move,) = found.moves
    entered = {one.clause for one in move.clauses if one.entered}
    left = {one.clause for one in move.clauses if not one.entered}
    assert any(clause.startswith("code-") for clause in entered)
    assert not any(clause.startswith("code-") for clause in left)
    assert not move.figures


def test_a_new_grid_factor_moves_the_figure_and_is_named(between):
    found = between([plant()], date(2024, 12, 20))
    (move,) = found.moves
    before, after = move.figures["design_year_tco2"]
    # 1.2 亿kWh at 0.6451 and at 0.5978 tCO2/MWh.
    assert after - before == pytest.approx(120_000 * (0.5978 - 0.6451), abs=1e-4)
    assert any("grid.jiangsu.average@2021 → grid.jiangsu.average@2022" in line for line in move.reasons)


def test_two_packs_tell_whom_a_draft_would_move(tmp_path):
    draft = tmp_path / "packs"
    draft.mkdir()
    text = (PACKS / "air.yaml").read_text("utf-8")
    radius = "distance_to_chp_300mw_km <= 30 and (sector == 'coal_boiler'"
    assert text.count(radius) == 2
    (draft / "air.yaml").write_text(text.replace(radius, radius.replace("30 and", "50 and")), "utf-8")
    table = write_csv(tmp_path / "in.csv", [boiler("near", "12"), boiler("between", "41"), boiler("far", "60")])
    run(table, tmp_path / "before.parquet", Options())
    run(table, tmp_path / "after.parquet", Options(packs=draft))
    (move,) = compare(tmp_path / "before.parquet", tmp_path / "after.parquet").moves
    assert move.key[0] == "between"
    assert ClauseMove("js-air-plan-2024-chp-30km", "hits", True) in move.clauses
    before, after = (pq.read_schema(tmp_path / f"{name}.parquet").metadata[VERSIONS] for name in ("before", "after"))
    assert before != after


def test_own_data_is_told_from_law(tmp_path):
    for name, amount in (("before", "197.5"), ("after", "180")):
        table = write_csv(tmp_path / "in.csv", [plant(**{"燃料1·年消耗量（万吨）": amount}), plant(项目代码=name)])
        run(table, tmp_path / f"{name}.csv", Options())
    found = compare(tmp_path / "before.csv", tmp_path / "after.csv")
    (move,) = found.moves
    assert move.reasons == (NO_REASON,)
    assert [key[0] for key in (*found.only_before, *found.only_after)] == ["before", "after"]
    assert len(tables(found)["逐项变化"]) == 2


def test_the_same_result_twice_has_no_change(tmp_path, capsys):
    run(write_csv(tmp_path / "in.csv", [plant()]), tmp_path / "out.xlsx", Options())
    out = str(tmp_path / "out.xlsx")
    assert main(["changes", out, out, "--out", str(tmp_path / "changes.csv")]) == 0
    assert "1 行：0 行有变化" in capsys.readouterr().out
    assert (tmp_path / "changes.csv").exists()


def test_what_is_no_result_is_refused(tmp_path, capsys):
    table = write_csv(tmp_path / "in.csv", [plant()])
    assert main(["changes", str(table), str(table)]) == 2
    assert "不是 tanping batch 的结果" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("项目代码,", "代码,", "缺 项目代码"),
        ("项目达产年排放（tCO2）", "排放", "缺 项目达产年排放（tCO2）"),
        (",4498103", ",约4498103", "“约4498103.*不是数值"),
    ],
)
def test_a_result_somebody_edited_is_refused_where_it_cannot_be_read(tmp_path, capsys, old, new, words):
    run(write_csv(tmp_path / "in.csv", [plant()]), tmp_path / "out.csv", Options())
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert old in text, text
    (tmp_path / "out.csv").write_text(text.replace(old, new, 1), "utf-8")
    assert main(["changes", str(tmp_path / "out.csv"), str(tmp_path / "out.csv")]) == 2
    assert re.search(words, capsys.readouterr().err)


def test_parquet_with_the_right_names_and_wrong_kinds_is_no_result(tmp_path):
    columns = {name: [[1]] for name in schema().names}
    pq.write_table(pa.table(columns), tmp_path / "out.parquet")
    with pytest.raises(InputError, match="不是 tanping batch 的结果"):
        compare(tmp_path / "out.parquet", tmp_path / "out.parquet")
