"""Who works on partitions: this process, others of this machine, or a Dask cluster. A process that dies costs time, not rows."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa

from tanping.assessment.portfolio.partition import Settings, work
from tanping.assessment.portfolio.shelf import Shelf
from tanping.factors.register import load_register
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.law import load_law

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
    else:
        pool = Processes(workers)
        try:
            yield pool
        finally:
            pool.close()


def work_and_keep(settings: Settings, shelf: Shelf, at: int, cells: pa.Table) -> int:
    """Work out one partition, put it on the shelf, return its number. Done twice, it is the same file."""
    shelf.keep(at, work(settings, cells))
    return at


def wake() -> None:
    """Make a fresh process ready: the program and what ships with it loaded."""
    without_pandas()
    load()


def watch() -> None:
    """Have a fresh process end with the one that started it, which may be killed: nobody would take what is made here then."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def lost(at: int, option: str) -> InputError:
    """What is said of a partition that nobody survives."""
    what = f"第 {at + 1} 份一再使进程中途退出，多半是内存不够"
    return InputError(Problem(Where("命令行"), option, what, "减少同时工作的进程，再运行同一命令即接着做"))


def load() -> None:
    """Load what every partition is judged by; what is wrong with it is told when it is used."""
    load_register()
    with suppress(InputError):
        load_law()


def without_pandas() -> None:
    """Keep Arrow from importing pandas, which takes longer than the law and all factors, only to ask whether an array is one of its series.

    For processes that never turn a table of Arrow into one of pandas. Whoever imports pandas later gets it.
    """
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _WithoutPandas())
        try:
            pa.array(np.zeros(1))
        finally:
            sys.meta_path.pop(0)


class _WithoutPandas:
    """Finds no pandas while it stands in the way."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas, leave the rest to others."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def check_address(address: str) -> str:
    """Return the address of a scheduler that may be used: on this machine, or over TLS. Raises InputError.

    A scheduler runs whatever is sent to it; over plain TCP anybody in between could send something else.
    """
    try:
        parts = urlsplit(address if "//" in address else f"tcp://{address}")
        if parts.scheme == "tls" and parts.hostname:
            return address
        if parts.scheme == "tcp" and _loopback(parts.hostname or ""):
            return address
    except ValueError:  # brackets of an address of version 6 that don't match
        pass
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
    """This process and others of this machine; each takes the next partition when it is done with one, so that nobody waits and memory stays bounded."""

    def __init__(self, workers: int):
        self.helpers = [Helper() for _ in range(workers - 1)]
        if self.helpers:
            # While the table is planned, which is mostly waiting for the reader.
            Thread(target=load, daemon=True).start()

    def work(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]]) -> Iterator[int]:
        """Yield the number of every partition as it is done; one whose process died is worked on again."""
        work, done = _Work(settings, shelf, cells, ahead=bool(self.helpers)), Done()
        threads = [Thread(target=helper.serve, args=(work, done), daemon=True) for helper in self.helpers]
        for thread in threads:
            thread.start()
        try:
            while (found := work.next()) is not None:
                yield work_and_keep(settings, shelf, *found)
                yield from done.ready()
            for thread in threads:
                thread.join()
                yield from done.ready()
        finally:
            work.stop()

    def close(self) -> None:
        """End the other processes."""
        for helper in self.helpers:
            helper.close()


class Done:
    """Numbers of partitions that other processes finished, and what went wrong there."""

    def __init__(self) -> None:
        self._told: SimpleQueue[int | BaseException] = SimpleQueue()

    def put(self, told: int | BaseException) -> None:
        """Say what is done, or what went wrong."""
        self._told.put(told)

    def ready(self) -> Iterator[int]:
        """Yield what is done by now. Raises what went wrong."""
        while not self._told.empty():
            told = self._told.get()
            if isinstance(told, BaseException):
                raise told
            yield told


class _Work:
    """The partitions still to be given out, to one asker at a time. ``ahead``: the next is read before anybody asks, so that nobody waits for it."""

    def __init__(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]], *, ahead: bool):
        self.settings, self.shelf = settings, shelf
        self.stopped = False
        self._cells = cells
        self._lock = Lock()
        self._reader = ThreadPoolExecutor(1) if ahead else None
        self._coming = self._read()

    def _read(self) -> Future[tuple[int, pa.Table] | None] | None:
        return self._reader.submit(next, self._cells, None) if self._reader else None

    def next(self) -> tuple[int, pa.Table] | None:
        """The next partition, None when there is none or work was stopped."""
        with self._lock:
            if self.stopped:
                return None
            if self._coming is None:
                return next(self._cells, None)
            found = self._coming.result()
            if found is not None:
                self._coming = self._read()
            return found

    def stop(self) -> None:
        """Give out no more."""
        with self._lock:
            self.stopped = True
            if self._reader:
                self._reader.shutdown(wait=False, cancel_futures=True)


class Helper:
    """Another process of this machine, started at once and again when it dies."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        # Spawned, not forked: the reader of parquet files has threads of its own.
        self.executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=watch)
        self.executor.submit(wake)

    def serve(self, work: _Work, done: Done) -> None:
        """Have partitions worked on until there are none left."""
        try:
            while (found := work.next()) is not None:
                done.put(self._worked(work, *found))
        except BaseException as error:
            work.stop()
            done.put(error)

    def _worked(self, work: _Work, at: int, cells: pa.Table) -> int:
        for _ in range(MOST_DEATHS):
            try:
                return self.give(work, at, cells).result()
            except BrokenProcessPool:
                if work.stopped:
                    raise
                self.executor.shutdown()
                self._start()
        raise lost(at, "--workers")

    def give(self, work: _Work, at: int, cells: pa.Table) -> Future[int]:
        """Hand a partition to the process. Raises BrokenProcessPool when it is dead."""
        return self.executor.submit(work_and_keep, work.settings, work.shelf, at, cells)

    def close(self) -> None:
        """Let the process end; nobody waits for it."""
        self.executor.shutdown(wait=False, cancel_futures=True)
