"""A table in, the same figures as one project file, a table out; nothing vanishes."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_layers import add, box
from portfolio_tables import plant, write_csv

from tanping.assessment.assess import assess
from tanping.assessment.cli import main
from tanping.assessment.portfolio import partition, source
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.mapping import ColumnMap
from tanping.assessment.portfolio.write import read_result
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.spatial.register import Layers
from tanping.records.errors import InputError

DAY = date(2026, 11, 1)
AS_FILE = {
    "schema": "tanping.project/1",
    "project": {"name": "甲电厂", "sector": "电力", "nature": "新建", "method": "ets-2024"},
    "dates": {"accepted": "2026-11-01"},
    "site": {"province": "江苏", "city": "盐城", "county": "射阳县"},
    "units": [
        {
            "id": "1", "kind": "煤电", "nature": "新增", "commissioned": "2028-06-30", "life": "30 a",
            "capacity": "1000 MW", "hours": "4500 h", "auxiliary_rate": "4.2 %", "net_coal_rate": "261.8 gce/kWh",
            "heat_supplied": "无",
        }
    ],
    "fuels": [
        {"id": "1", "fuel": "烟煤", "role": "main", "amount": "197.5 万吨", "ncv": "20.0 GJ/t"},
        {"id": "2", "fuel": "柴油", "role": "start_up", "amount": "无"},
    ],
    "materials": [
        {"id": "1", "material": "石灰石", "role": "desulphurisation", "amount": "1.2 万吨", "carbonate_content": "0.9"}
    ],
    "energy": [{"id": "1", "kind": "purchased_electricity", "amount": "1.2 亿kWh"}],
}  # fmt: skip


def results(out: Path) -> list[dict]:
    return read_result(out).to_pylist()


def errors(out: Path) -> list[dict[str, str]]:
    with out.with_name(f"{out.name}.errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_row_gives_what_the_same_project_file_gives(tmp_path):
    run(write_csv(tmp_path / "in.csv", [plant()]), tmp_path / "out.parquet", Options())
    (row,) = results(tmp_path / "out.parquet")
    one = assess(project_from_plain(AS_FILE))
    assert row["design_year_tco2"] == one.inventory.design_year_total
    assert row["lifetime_tco2"] == pytest.approx(one.inventory.lifetime_total, rel=1e-14)
    assert row["net_change_tco2"] == one.inventory.net_change
    assert (row["verdict"], row["best"], row["worst"], row["suspected"]) == (
        one.screening.verdict, one.screening.best, one.screening.worst, one.screening.suspected,
    )  # fmt: skip
    told = {finding.clause: finding for finding in one.screening.findings}
    open_ = {clause for clause, finding in told.items() if finding.best != finding.worst and not finding.provisional}
    assert set(row["open"].split("；")) == open_
    hits = {c for c, one in told.items() if one.best == one.worst != "符合" and not one.provisional}
    assert set(filter(None, row["hits"].split("；"))) == hits
    used = {use.key for source in one.inventory.sources for use in source.factors}
    assert {key.split("@")[0] for key in row["factors"].split("；")} == used


def test_what_is_missing_is_said_in_the_words_of_the_one_project_view(tmp_path):
    blank = plant(**{"燃料1·收到基低位发热量（GJ/t）": "", "电力热力1·类别": "", "电力热力1·年电量或热量": ""})
    run(write_csv(tmp_path / "in.csv", [plant(), {**blank, "项目代码": "P2"}]), tmp_path / "out.csv", Options())
    whole, lacking = results(tmp_path / "out.csv")
    assert whole["missing"] == ""
    assert whole["complete"]
    file = json.loads(json.dumps(AS_FILE))
    del file["fuels"][0]["ncv"], file["energy"]
    told = assess(project_from_plain(file)).inventory.missing
    assert set(lacking["missing"].split("；")) == {line.replace("“1（烟煤）”", "") for line in told}
    assert not lacking["complete"]
    assert lacking["design_year_tco2"] is None


def test_bad_rows_are_refused_with_row_field_and_cure_and_good_ones_go_on(tmp_path):
    rows = [
        plant(),
        plant(项目代码="P2", **{"单机容量（MW）": "很大"}),
        plant(项目代码="P3", 设区市="盐诚"),
        plant(项目代码="P4", **{"厂用电率（%）": "142"}),
        plant(项目代码="P5"),
        plant(项目代码="P1"),
    ]
    report = run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", Options())
    assert (report.given, report.written, report.refused) == (6, 2, 4)
    assert [row["row"] for row in results(tmp_path / "out.csv")] == [2, 6]
    found = {(line["行号"], line["列"]): line for line in errors(tmp_path / "out.csv")}
    assert found["3", "单机容量（MW）"]["内容"] == "很大"
    assert "盐城" in found["4", "厂址"]["问题"]
    assert "100" in found["5", "厂用电率（%）"]["问题"]
    assert "第 2 行" in found["7", "项目代码"]["问题"]
    assert all(line["怎样改"] for line in found.values())


def test_a_wrong_unit_takes_its_whole_project_along(tmp_path):
    rows = [
        plant(生产单元编号="1"),
        plant(生产单元编号="2", **{"年利用（运行）小时数（h）": "9999"}),
        plant(项目代码="P2", 生产单元编号="1"),
    ]
    report = run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (1, 2)
    assert {line["行号"] for line in errors(tmp_path / "out.csv")} == {"2", "3"}


def test_units_side_by_side_are_one_project(tmp_path):
    rows = [plant(生产单元编号="1"), plant(生产单元编号="2", **{"单机容量（MW）": "600"})]
    run(write_csv(tmp_path / "in.csv", rows), tmp_path / "out.parquet", Options())
    first, second = results(tmp_path / "out.parquet")
    file = json.loads(json.dumps(AS_FILE))
    file["units"].append({**file["units"][0], "id": "2", "capacity": "600 MW"})
    for table in ("fuels", "materials", "energy"):
        own = [{**item, "units": "1"} for item in file[table]]
        file[table] = own + [{**item, "id": f"{item['id']}b", "units": "2"} for item in file[table]]
    one = assess(project_from_plain(file))
    assert first["design_year_tco2"] == second["design_year_tco2"] == one.inventory.design_year_total


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_every_kind_of_table_reads_and_writes_alike(tmp_path, kind):
    table = tmp_path / f"in.{kind}"
    rows = [plant(), plant(项目代码="P2", 设区市="苏州", **{"县（市、区）": ""})]
    if kind == "csv":
        write_csv(table, rows)
    elif kind == "xlsx":
        from tanping.records.doors.export import write_xlsx

        write_xlsx(table, {"项目": [list(rows[0]), *(list(row.values()) for row in rows)]})
    else:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        columns["单机容量（MW）"] = [1000.0, 1000.0]
        columns["受理日期"] = [DAY, DAY]
        pq.write_table(pa.table(columns), table)
    run(table, tmp_path / f"out.{kind}", Options())
    found = results(tmp_path / f"out.{kind}")
    assert [row["city"] for row in found] == ["盐城", "苏州"]
    assert found[0]["design_year_tco2"] == assess(project_from_plain(AS_FILE)).inventory.design_year_total


def test_rows_without_acceptance_date_need_a_legal_date(tmp_path):
    table = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2", 受理日期="")])
    report = run(table, tmp_path / "out.csv", Options())
    assert (report.written, report.refused) == (1, 1)
    assert errors(tmp_path / "out.csv")[0]["怎样改"].endswith("--as-of 指定")
    assert run(table, tmp_path / "out.csv", Options(as_of=DAY)).written == 2


@pytest.fixture
def small_partitions(monkeypatch):
    monkeypatch.setattr(source, "PARTITION", 4)


def many(count: int) -> list[dict]:
    draw = np.random.default_rng(5)
    cities = ("盐城", "苏州", "南京")
    return [
        plant(
            项目代码=f"P{at // 2 if at % 5 else at}x{at}", 设区市=cities[at % 3],
            **{"县（市、区）": "", "燃料1·年消耗量（万吨）": f"{draw.uniform(50, 300):.3f}"},
        )
        for at in range(count)
    ]  # fmt: skip


def test_two_processes_give_the_same_bytes_as_one(tmp_path, small_partitions):
    table = write_csv(tmp_path / "in.csv", many(18))
    for name, workers in (("one", 1), ("two", 2)):
        report = run(
            table, tmp_path / f"{name}.parquet", Options(as_of=DAY, workers=workers, ledger=tmp_path / f"{name}.csv")
        )
        assert report.partitions == 5
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path, small_partitions, monkeypatch):
    table, out = write_csv(tmp_path / "in.csv", many(18)), tmp_path / "out.parquet"
    run(table, tmp_path / "whole.parquet", Options(as_of=DAY))
    done = []

    def stop_after_two(rows: int, of: int, each: float) -> None:
        done.append(rows)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(table, out, Options(as_of=DAY), stop_after_two)
    assert not out.exists()
    worked = []
    real = partition.work
    monkeypatch.setattr("tanping.assessment.portfolio.workers.work", lambda *given: worked.append(1) or real(*given))
    report = run(table, out, Options(as_of=DAY))
    assert (report.resumed, len(worked)) == (2, 3)
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert not Path(f"{out}.parts").exists()


def test_parts_of_another_job_are_not_used(tmp_path, small_partitions):
    table, out = write_csv(tmp_path / "in.csv", many(9)), tmp_path / "out.parquet"

    def stop(rows: int, of: int, each: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(table, out, Options(as_of=DAY), stop)
    assert run(table, out, Options(as_of=date(2026, 1, 1))).resumed == 0


def test_partitions_cut_between_projects_and_stream_from_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "PARTITION", 4)
    codes = ["a", "a", "b", "c", "c", "c", "d", None, None, "e"]
    for size in (1, 3, 10):
        pq.write_table(
            pa.table({"项目代码": codes, "单机容量（MW）": np.arange(10.0)}),
            tmp_path / "in.parquet",
            row_group_size=size,
        )
        found = source.open_source(tmp_path / "in.parquet")
        assert found.starts == (0, 6)
        parts = dict(found.partitions([0, 1]))
        assert parts[0].column("c0").to_pylist() + parts[1].column("c0").to_pylist() == codes
        assert parts[1].column("__row").to_pylist() == [7, 8, 9, 10]
        only = dict(found.partitions([1]))
        assert only[1].column("c1").to_pylist() == [6.0, 7.0, 8.0, 9.0]


def test_a_shared_city_adds_up_to_one(tmp_path):
    run(write_csv(tmp_path / "in.csv", many(7)), tmp_path / "out.parquet", Options(as_of=DAY))
    found = results(tmp_path / "out.parquet")
    for city in {row["city"] for row in found}:
        assert sum(row["city_share"] for row in found if row["city"] == city) == pytest.approx(1)


def test_the_command_tells_what_went_in_and_out(tmp_path, capsys):
    table = write_csv(tmp_path / "in.csv", [plant(), plant(项目代码="P2", 设区市="盐诚")])
    assert main(["batch", str(table), "--out", str(tmp_path / "out.csv")]) == 0
    said = capsys.readouterr()
    assert "读入 2 行：写出 1 行，退回 1 行" in said.out
    assert "行/秒" in said.err


@pytest.mark.parametrize("out", ["out.doc", "in.csv", "absent/out.csv"])
def test_an_output_that_cannot_be_written_is_refused_first(tmp_path, out):
    table = write_csv(tmp_path / "in.csv", [plant()])
    with pytest.raises(InputError):
        run(table, tmp_path / out, Options())
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")


def test_layers_of_the_office_are_laid_over_rows_as_over_one_project(tmp_path, monkeypatch):
    """A plant drawn inside a registered redline is told so in a table too, and the result names the layers it was made with."""
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    point = {"厂址·经度": "120.505", "厂址·纬度": "33.505", "厂址·坐标系": "WGS84", "国家重大项目": "否"}
    table = write_csv(tmp_path / "in.csv", [plant(**point)])
    run(table, tmp_path / "bare.parquet", Options())
    add(Layers.open(), "ecological_redline", box(-20_000, -20_000, 20_000, 20_000))
    run(table, tmp_path / "laid.parquet", Options())
    site = {**AS_FILE["site"], "longitude": "120.505", "latitude": "33.505", "datum": "WGS84"}
    one = assess(project_from_plain({**AS_FILE, "site": site, "facts": {"is_national_major_project": "否"}}))
    hits = {item.clause for item in one.screening.findings if item.met == "不符合" and item.applies == "适用"}
    (bare,), (laid,) = results(tmp_path / "bare.parquet"), results(tmp_path / "laid.parquet")
    told = {
        name: set(filter(None, f"{row['hits']}；{row['suspected_hits']}".split("；")))
        for name, row in (("bare", bare), ("laid", laid))
    }
    assert told["laid"] - told["bare"]
    assert told["laid"] == hits
    marks = {
        name: json.loads(pq.read_schema(tmp_path / f"{name}.parquet").metadata[b"tanping.versions"])
        for name in ("bare", "laid")
    }
    assert "layers" not in marks["bare"]
    assert marks["laid"]["layers"] == Layers.open().sha256


def test_a_worker_with_other_layers_refuses(tmp_path, monkeypatch):
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    settings = partition.Settings("in.csv", ("项目代码",), ("项目代码",), ColumnMap(), DAY, "审批", layers="0" * 64)
    with pytest.raises(InputError, match="工作机登记的图层"):
        partition.laws_of(settings)


def test_words_of_a_csv_and_kinds_of_a_parquet_file_say_the_same(tmp_path):
    """Papers with and without a status, their days, yes and no, days, whole numbers, words said once: typed or written, one result."""
    filing, outfall, farmland = (
        "papers.sea_outfall_filing",
        "facts.new_sea_outfall",
        "facts.inside_permanent_basic_farmland",
    )
    days = (f"{filing}.date", "papers.coal_replacement_plan.date")
    rows = [
        plant(项目代码=code, **{filing: status, **dict.fromkeys(days, day), outfall: "是", farmland: flag,
                            "papers.sea_outfall_siting_demonstration": "已取得"})
        for code, status, day, flag in (("A", "已取得", "2026-05-01", "是"), ("B", "", "", "否"), ("C", "未办", "", ""))
    ]  # fmt: skip
    run(write_csv(tmp_path / "in.csv", rows), tmp_path / "written.parquet", Options())
    columns = {name: pa.array([row[name] or None for row in rows]) for name in rows[0]}
    for name in ("受理日期", "投产日期", *days):
        columns[name] = columns[name].cast(pa.date32())
    columns |= {outfall: pa.array([True] * 3), farmland: pa.array([True, False, None])}
    columns["年利用（运行）小时数（h）"] = pa.array([4500] * 3)
    columns["生产单元类别"] = columns["生产单元类别"].dictionary_encode()
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    run(tmp_path / "in.parquet", tmp_path / "typed.parquet", Options())
    written, typed = (results(tmp_path / f"{name}.parquet") for name in ("written", "typed"))
    assert [{**row, "row": 0} for row in typed] == [{**row, "row": 0} for row in written]
    told = [[row[name] for name in ("hits", "suspected_hits", "conditional", "open")] for row in typed]
    filed = ["code-348-sea-outfall-filing" in "".join(lists[:3]) for lists in told]
    assert filed == [False, False, True], "a paper not applied for is found, one held or not told of is not"
    assert ["code-445-farmland" in lists[0] for lists in told] == [True, False, False]
