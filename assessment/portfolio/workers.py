"""Who works on partitions: this process, others of this machine, or a Dask cluster. A process that dies costs time, not rows."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

import pyarrow as pa

from tanping.assessment.portfolio.partition import Settings, work
from tanping.assessment.portfolio.shelf import Shelf
from tanping.factors.register import load_register
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.pack import load_packs

MOST_DEATHS = 3


class Pool(Protocol):
    """Works on partitions and puts the results on the shelf, in any order."""

    def work(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]]) -> Iterator[int]:
        """Yield the number of every partition given, as it is done and kept."""
        ...


@contextmanager
def open_pool(workers: int, scheduler: str) -> Iterator[Pool]:
    """Open what was asked for, before the table is read: other processes take as long to start as a table to be planned. Raises InputError."""
    if scheduler:
        from tanping.assessment.portfolio.cluster import Cluster

        with Cluster.of(check_address(scheduler)) as cluster:
            yield cluster
    elif workers > 1:
        pool = Processes(workers)
        try:
            yield pool
        finally:
            pool.close()
    else:
        yield Here()


class Here:
    """This process, one partition after the other."""

    def work(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]]) -> Iterator[int]:
        """Yield the number of every partition given, as it is done and kept."""
        for at, table in cells:
            yield work_and_keep(settings, shelf, at, table)


def work_and_keep(settings: Settings, shelf: Shelf, at: int, cells: pa.Table) -> int:
    """Work out one partition, put it on the shelf, return its number. Done twice, it is the same file."""
    shelf.keep(at, work(settings, cells))
    return at


def wake() -> None:
    """Make a fresh process ready: the program and what ships with it loaded."""
    load_register()
    load_packs()


def check_address(address: str) -> str:
    """Return the address of a scheduler that may be used: on this machine, or over TLS. Raises InputError.

    A scheduler runs whatever is sent to it; over plain TCP anybody in between could send something else.
    """
    parts = urlsplit(address if "//" in address else f"tcp://{address}")
    if parts.scheme == "tls" and parts.hostname:
        return address
    if parts.scheme == "tcp" and _loopback(parts.hostname or ""):
        return address
    what = "只能连本机或经 TLS 加密的调度器"
    raise InputError(Problem(Where("命令行"), "--scheduler", what, "tcp://127.0.0.1:端口 或 tls://主机:端口"))


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Processes:
    """Processes of this machine. At most one partition more than workers is in hand, so that memory stays bounded."""

    settings: Settings
    shelf: Shelf

    def __init__(self, workers: int):
        self.workers = workers
        self.executor = self._new()
        for _ in range(workers):
            self.executor.submit(wake)

    def _new(self) -> ProcessPoolExecutor:
        # Spawned, not forked: the reader of parquet files has threads of its own.
        return ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"))

    def work(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]]) -> Iterator[int]:
        """Yield the number of every partition as it is done; one whose process died is given out again."""
        self.settings, self.shelf = settings, shelf
        held: dict[int, pa.Table] = {}
        running: dict[Future[int], int] = {}
        deaths: dict[int, int] = {}
        more = True
        while more or running:
            while more and len(running) <= self.workers:
                found = next(cells, None)
                if found is None:
                    more = False
                    break
                held[found[0]] = found[1]
                self._give(found[0], held, running)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = [future for future in done if isinstance(future.exception(), BrokenProcessPool)]
            for future in done - set(broken):
                at = running.pop(future)
                del held[at]
                yield future.result()
            if broken:
                self._again(held, running, deaths)

    def _again(self, held: dict[int, Any], running: dict[Future[int], int], deaths: dict[int, int]) -> None:
        """Start new processes and give out everything that was in hand. Raises BrokenProcessPool after the third death."""
        lost = sorted(running.values())
        running.clear()
        self.executor.shutdown(wait=True, cancel_futures=True)
        self.executor = self._new()
        for at in lost:
            deaths[at] = deaths.get(at, 0) + 1
            if deaths[at] > MOST_DEATHS:
                raise BrokenProcessPool(f"partition {at} lost its process {MOST_DEATHS} times")
            self._give(at, held, running)

    def _give(self, at: int, held: dict[int, Any], running: dict[Future[int], int]) -> None:
        try:
            running[self.executor.submit(work_and_keep, self.settings, self.shelf, at, held[at])] = at
        except BrokenProcessPool:
            self.executor = self._new()
            running[self.executor.submit(work_and_keep, self.settings, self.shelf, at, held[at])] = at

    def close(self) -> None:
        """End the processes."""
        self.executor.shutdown(wait=True, cancel_futures=True)
