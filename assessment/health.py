"""Is this server fit to work? A small answer for a supervisor, on a port of its own on this machine.

Streamlit's own ``/_stcore/health`` only says that its process runs; this one also asks the store, the data folder and the holiday table.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import ProxyHandler, build_opener

from tanping.assessment.doctor import Line, State, check_database, check_folder, check_holidays, safely

PATH = "/health"
SECONDS = 5
KEPT = 2.0
"""Seconds an answer is kept, so that a thousand questions cost the store one."""


def serve(address: str, port: int, app_port: int) -> ThreadingHTTPServer:
    """Answer ``GET /health`` in a thread of its own until the process ends. 200 fit, 503 not; the body says why in words."""
    server = ThreadingHTTPServer((address, port), _answering(app_port))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()
    return server


def look(app_port: int) -> tuple[bool, dict[str, Any]]:
    """Ask data folder, store, holiday table and page server; return whether all are fit, and what each said."""
    lines = [
        *safely("数据文件夹", check_folder),
        *safely("数据库", lambda: check_database(deep=False)),
        *safely("节假日表", check_holidays),
        check_pages(app_port),
    ]
    fit = all(line.state is not State.BAD for line in lines)
    return fit, {
        "fit": fit,
        "checks": [{"name": line.name, "state": line.state.value, "said": line.said} for line in lines],
    }


def check_pages(port: int) -> Line:
    """Whether the page server answers."""
    # No proxy of the surroundings: the question must not leave this machine.
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/_stcore/health", timeout=SECONDS):
            return Line("网页服务", State.GOOD, "有应答")
    except OSError:
        return Line("网页服务", State.BAD, "没有应答", "查看服务日志，必要时重启服务")


def _answering(app_port: int) -> type[BaseHTTPRequestHandler]:
    turn = threading.Lock()
    kept: dict[str, Any] = {"at": float("-inf")}

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "tanping", ""
        timeout = SECONDS

        def do_GET(self) -> None:
            if self.path != PATH:
                self.send_error(404)
                return
            with turn:
                if time.monotonic() - kept["at"] > KEPT:
                    kept["answer"], kept["at"] = look(app_port), time.monotonic()
                fit, said = kept["answer"]
            body = json.dumps(said, ensure_ascii=False).encode()
            self.send_response(200 if fit else 503)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: a supervisor asks every few seconds."""

    return Handler
