"""Portfolios: parquet to parquet over all clauses and all years; how time and memory grow with the rows; one process and two.

Tables are made from a seed. A run of a size is a fresh ``tanping batch`` process, start included; the largest size is run with one process and
with two. Time a row is another measure: processor seconds of a run of so many rows inside a process that has worked on a thousand rows before, by
the rows, the median of several runs where they are short. So what a process does once (start, law, factors: the measure "before the first
row") is not in it, and whatever a run does of its own (hash of the input, plan, the last small partition, output) is.

The growth measures are heavy: name them to run them (``python -m benchmarks portfolio``). Any size by hand, ten million rows too::

    python -m benchmarks.bench_portfolio 10000000 2
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.frame import ROOT, TANPING, Measure

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 1_000_000
SIZES = (10_000, 100_000, 1_000_000)
YEARS = 30.0
_CITIES = ("盐城", "南京", "苏州", "无锡", "徐州", "连云港", "南通", "泰州", "镇江", "常州", "扬州", "淮安", "宿迁")
_FOLDER = Path(tempfile.gettempdir()) / "tanping-bench-portfolio"


@cache
def plants(count: int) -> Path:
    """Write coal plants of one unit with coal, oil, limestone and purchased electricity; return the file. Every number from a seed."""
    import pyarrow.parquet as pq

    _FOLDER.mkdir(exist_ok=True)
    path = _FOLDER / f"plants-{count}.parquet"
    draw = np.random.default_rng(7)
    first = _plants(draw, 0, min(count, ROW_GROUP))
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for at in range(ROW_GROUP, count, ROW_GROUP):
            writer.write_table(_plants(draw, at, min(count - at, ROW_GROUP)))
    return path


def _plants(draw: np.random.Generator, first: int, count: int) -> pa.Table:
    import pyarrow as pa

    def drawn(low: float, high: float, digits: int) -> pa.Array:
        return pa.array(np.round(draw.uniform(low, high, count), digits))

    def same(word: str) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), pa.array([word]))

    numbers = np.arange(first, first + count)
    cities = pa.DictionaryArray.from_arrays(pa.array(numbers % len(_CITIES)), pa.array(_CITIES))
    table = {
        "项目代码": pa.array([f"P{at:08d}" for at in numbers.tolist()]),
        "项目名称": pa.array([f"电厂{at}" for at in numbers.tolist()]),
        "行业": same("电力"),
        "建设性质": same("新建"),
        "核算依据": same("ets-2024"),
        "省": same("江苏"),
        "设区市": cities,
        "生产单元类别": same("煤电"),
        "单元性质": same("新增"),
        "投产日期": pa.array((np.datetime64("2027-01-01") + draw.integers(0, 3000, count)).astype("datetime64[D]")),
        "设计寿命（a）": pa.array(np.full(count, YEARS)),
        "单机容量（MW）": drawn(300, 1000, 1),
        "年利用（运行）小时数（h）": drawn(3500, 5500, 0),
        "厂用电率（%）": drawn(3, 6, 2),
        "设计供电煤耗（gce/kWh）": drawn(260, 310, 1),
        "年供热量（GJ）": pa.array(np.zeros(count)),
        "燃料1·燃料种类": same("烟煤"),
        "燃料1·用途": same("main"),
        "燃料1·年消耗量（t）": drawn(1e5, 4e6, 0),
        "燃料1·收到基低位发热量（GJ/t）": drawn(16, 26, 3),
        "燃料2·燃料种类": same("柴油"),
        "燃料2·用途": same("start_up"),
        "燃料2·年消耗量（t）": drawn(10, 900, 0),
        "物料1·物料": same("石灰石"),
        "物料1·用途": same("desulphurisation"),
        "物料1·年用量（产量）（t）": drawn(1e3, 9e4, 0),
        "物料1·碳酸盐含量": pa.array(np.full(count, 0.9)),
        "电力热力1·类别": same("purchased_electricity"),
        "电力热力1·年电量或热量（MWh）": drawn(0, 5e4, 0),
    }
    return pa.table(table)


def _command(count: int, workers: int) -> list[str]:
    out = _FOLDER / f"out-{count}-{workers}.parquet"
    workers_said = ["--workers", str(workers)] if workers > 1 else []
    return [TANPING, "batch", str(plants(count)), "--out", str(out), "--as-of", "2026-11-01", *workers_said]


@dataclass(frozen=True)
class Run:
    """What a whole run took, start of the process included: seconds by the clock and of the processor, most memory of one process."""

    seconds: float
    processor: float
    peak_mib: float


_RUN = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@cache
def run(count: int, workers: int) -> Run:
    """Run a size once with so many processes."""
    command = [sys.executable, "-c", _RUN, *_command(count, workers)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Run(*json.loads(done.stdout))


_WARM = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.workers import without_pandas
without_pandas()
thousand, table, out, times = sys.argv[1:]
options = Options(as_of=date(2026, 11, 1))
run(Path(thousand), Path(out), options)
taken = [time.process_time()]
for _ in range(int(times)):
    run(Path(table), Path(out), options)
    taken.append(time.process_time())
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
ROWS_MEASURED = 100_000
"""Runs of a size are repeated until about so many rows were worked on, at most ``MOST_RUNS`` times."""
MOST_RUNS = 9


@cache
def warm(count: int) -> tuple[float, float]:
    """Processor seconds before the first row (a process with a run of a thousand rows), and of a run of so many rows after that."""
    times = max(1, min(MOST_RUNS, ROWS_MEASURED // count))
    names = [str(plants(1000)), str(plants(count)), str(_FOLDER / f"warm-{count}.parquet"), str(times)]
    done = subprocess.run([sys.executable, "-c", _WARM, *names], cwd=ROOT, check=True, capture_output=True, text=True)
    taken, _ = json.loads(done.stdout)
    return taken[0], statistics.median(np.diff(taken).tolist())


def _per_row(count: int) -> float:
    """Microseconds of the processor a row in a process that is warm: other work on the machine hardly counts."""
    return warm(count)[1] / count * 1e6


def _spread() -> float:
    """How far the time a row of the sizes lies from the middle of the slowest and the quickest, as a share of that middle."""
    each = [_per_row(size) for size in SIZES]
    return (max(each) - min(each)) / (max(each) + min(each))


def _speed_up() -> float:
    """Seconds of two processes over those of one: 1 ÷ 1.7 is the aim. Means little on a machine that is busy with other things."""
    return run(SIZES[-1], 2).seconds / run(SIZES[-1], 1).seconds


MEASURES = [
    Measure("portfolio: before the first row", "s", None, lambda: warm(SIZES[0])[0]),
    *(Measure(f"portfolio: {size:,} rows, a row", "µs", None, partial(_per_row, size)) for size in SIZES),
    Measure("portfolio: time a row, off the middle of all sizes", "", 0.2, _spread),
    *(
        Measure(f"portfolio: {size:,} rows, most memory", "MiB", 2048, lambda size=size: run(size, 1).peak_mib)
        for size in SIZES
    ),
    Measure("portfolio: 1,000,000 rows, one process", "s", 90, lambda: run(SIZES[-1], 1).seconds),
    Measure("portfolio: 1,000,000 rows, two processes", "s", 90, lambda: run(SIZES[-1], 2).seconds),
    Measure("portfolio: two processes ÷ one, clock", "", 1 / 1.7, _speed_up),
]


if __name__ == "__main__":
    rows, workers = map(int, sys.argv[1:3])
    taken = run(rows, workers)
    each = {"processor_us_a_row": taken.processor / rows * 1e6, "rows_a_second": rows / taken.seconds}
    print(json.dumps({"rows": rows, "workers": workers, **vars(taken), **each, "load": os.getloadavg()}))
