"""Work past one process: a death costs time, not rows; a scheduler is on this machine or behind TLS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import psutil
import pytest
from portfolio_tables import plant, write_csv

from tanping.assessment.portfolio import source
from tanping.assessment.portfolio.job import Options, run
from tanping.assessment.portfolio.workers import MOST_DEATHS, Helper, check_address
from tanping.records.errors import InputError

DAY = date(2026, 11, 1)


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(source, "PARTITION", 3)
    return write_csv(tmp_path / "in.csv", [plant(项目代码=f"P{at}") for at in range(12)])


def test_a_killed_worker_costs_time_not_rows(table, tmp_path, monkeypatch):
    run(table, tmp_path / "one.parquet", Options(as_of=DAY))
    killed = []
    give = Helper.give

    def give_and_kill(self, work, at, cells):
        given = give(self, work, at, cells)
        if not killed:
            wait([given], timeout=0.1)
            killed.extend(self.executor._processes)
            os.kill(killed[0], signal.SIGKILL)
        return given

    monkeypatch.setattr(Helper, "give", give_and_kill)
    report = run(table, tmp_path / "two.parquet", Options(as_of=DAY, workers=2))
    assert killed
    assert report.written == 12
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_a_partition_that_nobody_survives_is_told_in_words(table, tmp_path, monkeypatch):
    given = []

    def broken(self, work, at, cells):
        given.append(at)
        future = Future()
        future.set_exception(BrokenProcessPool())
        return future

    monkeypatch.setattr(Helper, "give", broken)
    monkeypatch.setattr(Helper, "_start", lambda self: setattr(self, "executor", ThreadPoolExecutor(1)))
    with pytest.raises(InputError, match="内存不够"):
        run(table, tmp_path / "out.parquet", Options(as_of=DAY, workers=2))
    assert len(given) == MOST_DEATHS
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "ucx://127.0.0.1:1", "http://localhost", "tls://", "tcp://[x"]
)
def test_schedulers_that_are_refused(address):
    with pytest.raises(InputError, match="TLS"):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "tcp://[::1]:8786", "tls://somewhere:8786"]
)
def test_schedulers_that_are_taken(address):
    assert check_address(address) == address


def test_a_cluster_gives_the_bytes_of_one_process(table, tmp_path):
    distributed = pytest.importorskip("distributed")
    run(table, tmp_path / "one.parquet", Options(as_of=DAY))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1", processes=True
    ) as cluster:
        report = run(table, tmp_path / "dask.parquet", Options(as_of=DAY, scheduler=cluster.scheduler_address))
    assert report.written == 12
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "dask.parquet").read_bytes()


ALONE = """
import sys
from importlib.util import find_spec
import numpy, pyarrow
from tanping.assessment.portfolio.workers import Helper, without_pandas
if __name__ == "__main__":
    without_pandas()
    pyarrow.array(numpy.zeros(3))
    assert "pandas" not in sys.modules and find_spec("pandas") is not None
    helper = Helper()
    print(*helper.executor._processes, flush=True)
    sys.stdin.read()
"""


def test_a_process_of_its_own_leaves_pandas_alone_and_when_killed_leaves_no_helper_behind(tmp_path):
    program = tmp_path / "alone.py"
    program.write_text(ALONE)
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as alone:
        helper = psutil.Process(int(alone.stdout.readline()))
        alone.kill()
    assert psutil.wait_procs([helper], timeout=60)[0]
