"""The app as a person meets it: served by `tanping serve` from another folder, seen in Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TANPING = Path(sys.executable).with_name("tanping")
SCREEN = {"width": 1366, "height": 768}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 120


class Server:
    """The app with its store and log in ``folder``, which can be stopped and started again at the same address."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log.txt"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [TANPING, "serve", "--port", str(self.port)],
                cwd=self.folder,
                env={**os.environ, "TANPING_HOME": str(self.folder / "home"), "HOME": str(self.folder)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.port, self.process, self.log)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=SECONDS)


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Server]:
    """Serve the app. The log must hold no traceback at the end."""
    server = Server(folder, port)
    try:
        server.start()
        yield server
    finally:
        server.stop()
    said = server.log.read_text("utf-8")
    assert "Traceback" not in said, said[-4000:]


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve the app; yield its address."""
    with running(folder, port) as server:
        yield server.address


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; raise AssertionError if it ends instead."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text("utf-8")
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the app did not start")


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without its own calls home."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "needs Debian's chromium: scripts/setup dev"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
