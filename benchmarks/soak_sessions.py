"""Does the web server's memory grow with the sessions it has served? ``python -m benchmarks.soak_sessions [COUNT]`` (10,000)

Opens one session after the other as a browser does (the page's WebSocket, a run of the start page, closed), four at a time, and prints the
memory of the server as it goes on. The first tenth warms up; what counts is the growth from there to the end.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PORT = 18601
AT_ONCE = 4
STEPS = 10
MIB = 1 << 20


def main() -> int:
    """Serve, visit, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="tanping-soak-") as name:
        environment = {**os.environ, "TANPING_HOME": str(Path(name) / "home")}
        command = [Path(sys.executable).with_name("tanping"), "serve", "--port", str(PORT)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait()
            process = psutil.Process(server.pid)
            sizes, started = [], time.monotonic()
            for step in range(STEPS):
                asyncio.run(visit(count // STEPS))
                sizes.append(process.memory_info().rss / MIB)
                print(
                    f"{(step + 1) * (count // STEPS):>7} sessions  {sizes[-1]:7.1f} MiB  {time.monotonic() - started:6.0f} s",
                    flush=True,
                )
        finally:
            server.terminate()
            server.wait(30)
    each = (sizes[-1] - sizes[0]) * 1024 / (count * (STEPS - 1) / STEPS)
    print(f"growth after the first tenth: {sizes[-1] - sizes[0]:+.1f} MiB, {each:+.2f} KiB a session")
    return 0


def wait() -> None:
    """Wait until the server answers."""
    opener = build_opener(ProxyHandler({}))
    for _ in range(240):
        try:
            opener.open(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the server did not start")


async def visit(count: int) -> None:
    """Open that many sessions."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with turn:
            await session()

    await asyncio.gather(*(one() for _ in range(count)))


async def session() -> None:
    """One browser: connect, have the start page made, leave."""
    address = f"ws://127.0.0.1:{PORT}/_stcore/stream"
    run = BackMsg()
    run.rerun_script.query_string = ""
    async with websockets.connect(
        address, subprotocols=["streamlit"], proxy=None, max_size=None, open_timeout=60
    ) as socket:
        await socket.send(run.SerializeToString())
        pieces = 0
        async with asyncio.timeout(120):
            while True:
                message = ForwardMsg()
                message.ParseFromString(await socket.recv())
                pieces += message.WhichOneof("type") == "delta"
                if message.WhichOneof("type") == "script_finished":
                    assert pieces > 10, "the page was not made"
                    return


if __name__ == "__main__":
    sys.exit(main())
