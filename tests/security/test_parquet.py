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


def test_a_long_text_said_thousands_of_times_costs_no_memory(tmp_path: Path) -> None:
    """A few kilobytes that stand for two hundred megabytes of project names; ten times as many took eight gigabytes to read."""
    path = tmp_path / "in.parquet"
    names = pa.array(["名" * 350_000]).take(pa.array(np.zeros(200, np.int64)))
    pq.write_table(pa.table({"项目名称": names}), path, compression="zstd")
    assert path.stat().st_size < 200_000
    done = subprocess.run([sys.executable, "-c", SAID, path], capture_output=True, text=True, check=True)
    taken, _, words = done.stdout.partition(" ")
    assert "有一格的内容过长" in words
    assert int(taken) < 30


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
