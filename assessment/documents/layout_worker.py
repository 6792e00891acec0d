"""Lay documents out in a process of its own: limits on memory and time, no URL ever fetched.

Run by ``press.Press``. Each line of standard input names a job file (JSON: html, css, attachments, identifier, pdf); images it refers to
as ``chart:<id>`` come from a second file, named by the next line, which is read only when layout asks for the first image. Each finished
job prints one line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import sys
import traceback
from pathlib import Path
from typing import Any

MEMORY = int(sys.argv[1]) << 20
SECONDS = int(sys.argv[2])
FAMILIES = sys.argv[3:]

resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.nice(5)  # whoever waits for a page, or still works on the result, comes first
# A document is one big tree that lives to its end, and so are the modules: looking for garbage in them costs a sixth of the time.
gc.disable()

from tanping.assessment.documents import engine  # noqa: E402 (after the limits)


class Images:
    """The images a job brings along."""

    def __init__(self) -> None:
        self.known: dict[str, str] | None = None

    def find(self, address: str) -> str | None:
        """Return an image of the job, or None for any other address."""
        if self.known is None and address.startswith("chart:"):
            self.receive()
        return (self.known or {}).get(address)

    def receive(self) -> None:
        """Read the line that names the file of images, once a job."""
        if self.known is None:
            line = sys.stdin.readline().strip()
            images: dict[str, str] = json.loads(Path(line).read_text("utf-8")) if line else {}
            self.known = {f"chart:{name}": svg for name, svg in images.items()}


def serve(line: str) -> dict[str, Any]:
    """Do one job; say how it went."""
    images = Images()
    try:
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS, hard))
        job = json.loads(Path(line).read_text("utf-8"))
        pdf = engine.lay_out(job, images.find)
        images.receive()
        Path(job["pdf"]).write_bytes(pdf)
        return {"done": True, "bytes": len(pdf)}
    except MemoryError:
        return {"done": False, "why": "memory"}
    except engine.Refused as refused:
        return {"done": False, "why": "url", "detail": refused.address}
    except Exception:
        return {"done": False, "why": "error", "detail": traceback.format_exc(limit=-6)[-2000:]}


def main() -> None:
    """Serve jobs until the input ends."""
    print(json.dumps({"ready": True}), flush=True)
    if not select.select([sys.stdin], [], [], 0)[0]:
        engine.warm_up(FAMILIES)
    while line := sys.stdin.readline().strip():
        print(json.dumps(serve(line)), flush=True)
        gc.collect()  # once nobody waits


if __name__ == "__main__":
    main()
