"""The same partitions on a Dask cluster, whose machines need share no folder with this one: results come back and are kept here.

Totals are added here, from partitions in their order, so the figures are those of one process.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pyarrow as pa

from tanping.assessment.portfolio.partition import Settings, work
from tanping.assessment.portfolio.shelf import Shelf
from tanping.records.errors import InputError, Problem, Where

WAITING = 1
"""Partitions in hand beyond one a worker, so that nobody waits."""
RETRIES = 3


class Cluster:
    """A connection to a Dask scheduler. Every worker needs this program in the same version."""

    def __init__(self, client: Any):
        self.client = client

    @classmethod
    def of(cls, address: str) -> Cluster:
        """Connect. Raises InputError without Dask or when nobody answers."""
        try:
            from distributed import Client
        except ImportError:
            what = "没有安装 Dask"
            raise InputError(
                Problem(Where("命令行"), "--scheduler", what, "安装可选部分 tanping[dask]，或用 --workers")
            ) from None
        try:
            return cls(Client(address, timeout="10s", set_as_default=False))
        except (OSError, TimeoutError, ValueError):
            raise InputError(
                Problem(Where("命令行"), "--scheduler", f"连不上调度器 {address}", "先启动调度器")
            ) from None

    def work(self, settings: Settings, shelf: Shelf, cells: Iterator[tuple[int, pa.Table]]) -> Iterator[int]:
        """Yield the number of every partition as it is kept."""
        from distributed import KilledWorker, as_completed

        from tanping.assessment.portfolio.workers import lost

        running: dict[Any, int] = {}
        finished = as_completed([], loop=self.client.loop)
        while True:
            while len(running) < self._workers() + WAITING:
                found = next(cells, None)
                if found is None:
                    break
                future = self.client.submit(work, settings, found[1], pure=False, retries=RETRIES)
                running[future] = found[0]
                finished.add(future)
            if not running:
                return
            future = next(finished)
            at = running.pop(future)
            try:
                part = future.result()
            except KilledWorker:
                raise lost(at, "--scheduler") from None
            shelf.keep(at, part)
            yield at

    def _workers(self) -> int:
        return max(1, len(self.client.scheduler_info()["workers"]))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
