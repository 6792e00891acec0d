"""A table in columns that unpacks to more than it seems: refused before it is unpacked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tanping.assessment.portfolio import source
from tanping.records.errors import InputError

SAID = """
import resource, sys
from pathlib import Path
from tanping.assessment.portfolio.source import open_source
from tanping.records.errors import InputError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    open_source(Path(sys.argv[1]))
except InputError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, error)
"""

TOOK = """
import pyarrow as pa, sys
from pathlib import Path
from tanping.assessment.portfolio.source import open_source
rows = open_source(Path(sys.argv[1])).rows
print(rows, pa.default_memory_pool().max_memory() >> 20)
"""


def refused(path: Path) -> str:
    """Return the words of the refusal, which must cost less than 30 MiB."""
    done = subprocess.run([sys.executable, "-c", SAID, path], capture_output=True, text=True, check=True)
    taken, _, words = done.stdout.partition(" ")
    assert int(taken) < 30
    return words


@pytest.mark.parametrize("as_dictionary", [False, True])
def test_a_long_text_said_thousands_of_times_costs_no_memory(tmp_path: Path, as_dictionary: bool) -> None:
    """A few kilobytes that stand for two hundred megabytes of project names; ten times as many took eight gigabytes to read."""
    path = tmp_path / "in.parquet"
    at = pa.array(np.zeros(200, np.int32))
    name = pa.array(["名" * 350_000])
    names = pa.DictionaryArray.from_arrays(at, name) if as_dictionary else name.take(at)
    pq.write_table(pa.table({"项目代码": names}), path, compression="zstd")
    assert path.stat().st_size < 200_000
    assert "有一格的内容过长" in refused(path)


def test_codes_that_never_repeat_cost_no_more_than_their_numbers(tmp_path: Path) -> None:
    """Read in one go, Arrow kept every code it had met, 140 bytes each; row group by row group it takes a tenth."""
    path = tmp_path / "in.parquet"
    codes = pa.array([f"P{number:07}" for number in range(600_000)])
    pq.write_table(pa.table({"项目代码": codes}), path, row_group_size=60_000, use_dictionary=False)
    done = subprocess.run([sys.executable, "-c", TOOK, path], capture_output=True, text=True, check=True)
    rows, taken = map(int, done.stdout.split())
    assert rows == 600_000
    assert taken < 40


def test_a_row_group_of_millions_is_refused_by_the_footer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_GROUPED", 100)
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"项目代码": [f"P{number}" for number in range(101)]}), path)
    with pytest.raises(InputError, match="第 1 个行组有 101 行"):
        source.open_source(path)
    pq.write_table(pa.table({"项目代码": [f"P{number}" for number in range(101)]}), path, row_group_size=100)
    assert source.open_source(path).rows == 101


def test_twenty_million_rows_that_say_nothing_are_refused_by_the_footer(tmp_path: Path) -> None:
    """A million copies of one row cost a hundred and fifty kilobytes as a file and, read, more than a gigabyte."""
    path = tmp_path / "in.parquet"
    table = pa.table({"项目代码": pa.DictionaryArray.from_arrays(np.zeros(1_000_000, np.int32), ["A"])})
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(table)
    assert path.stat().st_size < 200_000
    assert "几乎全是重复" in refused(path)


def test_a_project_as_large_as_a_table_is_found_by_the_batch(tmp_path: Path) -> None:
    """The other columns are as varied as any; only the codes say that two million rows are one project."""
    path = tmp_path / "in.parquet"
    varied = np.random.default_rng(1).integers(0, 255, 2_000_000).astype(np.uint8)
    codes = pa.DictionaryArray.from_arrays(np.zeros(2_000_000, np.int32), ["A"])
    pq.write_table(pa.table({"项目代码": codes, "单机容量（MW）": varied}), path)
    assert "一个项目不超过" in refused(path)


@pytest.mark.parametrize("value", [b"x", [1], {"a": 1}])
def test_only_texts_numbers_dates_and_yes_no_are_columns(tmp_path: Path, value: object) -> None:
    assert "这一列不是" in refusal(tmp_path / "in.parquet", pa.table({"项目名称": pa.array([value] * 3)}))


def refusal(path: Path, table: pa.Table) -> str:
    pq.write_table(table, path)
    with pytest.raises(InputError) as refused:
        source.open_source(path)
    return str(refused.value)


def test_one_project_is_not_a_whole_table(tmp_path: Path) -> None:
    codes = pa.array(["A"] * (source.MOST_UNITS + 1))
    assert "一个项目不超过" in refusal(tmp_path / "in.parquet", pa.table({"项目代码": codes}))


def test_rows_and_unpacked_size_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"项目名称": [f"项目{number}" for number in range(2000)]})
    monkeypatch.setattr(source, "MOST_ROWS", 1999)
    assert "分成几个文件" in refusal(tmp_path / "in.parquet", table)
    monkeypatch.setattr(source, "MOST_ROWS", 2000)
    monkeypatch.setattr(source, "MOST_UNPACKED", 1000)
    assert "行组展开后" in refusal(tmp_path / "in.parquet", table)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"项目名称": [f"项目{number}" for number in range(500)]}), path)
    whole = path.read_bytes()
    for cut in (b"PAR1", whole[:40], whole[:-8], whole[:100] + b"\xff" * 200 + whole[300:]):
        path.write_bytes(cut)
        with pytest.raises(InputError):
            list(source.open_source(path).partitions([0]))


def test_a_text_that_is_none_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    """Arrow takes any bytes for a text; whoever reads it as one later would fail."""
    path = tmp_path / "in.parquet"
    good = pa.array(["甲", "乙"])
    bad = pa.StringArray.from_buffers(2, pa.py_buffer(np.array([0, 3, 4], np.int32)), pa.py_buffer(b"\xe7\x94\xb2\xff"))
    pq.write_table(pa.table({"项目代码": good, "项目名称": bad}), path)
    with pytest.raises(InputError, match="已损坏"):
        list(source.open_source(path).partitions([0]))
    assert "parquet" in refusal(path, pa.table({"项目代码": bad, "项目名称": good}))
