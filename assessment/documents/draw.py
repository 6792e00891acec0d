"""Draw Vega-Lite specifications as SVG or PNG. No address and no file is ever read: a specification carries its own figures.

Run by ``press.Press`` as a script, it serves jobs in a process of its own, beside the start of the layout engine: each line of standard
input names a job file (JSON: specs by id, svg: the file to write), each finished job prints one line of JSON. The first thing done is to
draw a small chart, which wakes the drawing engine.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any

import vl_convert  # type: ignore[import-untyped]

HEAP = 512
"""Memory a drawing may take inside the engine (MiB)."""

vl_convert.configure(base_url=False, allowed_base_urls=[], max_v8_heap_size_mb=HEAP)
logging.getLogger("vl_convert").setLevel(logging.ERROR)  # remarks on sizes it settles by itself


def svg(spec: dict[str, Any]) -> str:
    """Return a chart as SVG. Raises ValueError for a specification that can't be drawn."""
    drawn: str = vl_convert.vegalite_to_svg(spec)
    return drawn


def png(spec: dict[str, Any], scale: float) -> bytes:
    """Return a chart as PNG, ``scale`` dots a pixel of its specification. Raises ValueError for one that can't be drawn."""
    drawn: bytes = vl_convert.vegalite_to_png(spec, scale=scale)
    return drawn


def serve(line: str, seconds: int) -> dict[str, Any]:
    """Do one job in ``seconds`` of processor time; say how it went."""
    try:
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))
        job = json.loads(Path(line).read_text("utf-8"))
        Path(job["svg"]).write_text(json.dumps({name: svg(spec) for name, spec in job["specs"].items()}), "utf-8")
        return {"done": True}
    except Exception as error:
        return {"done": False, "why": "error", "detail": str(error)[-2000:]}


def main(seconds: int, font: str) -> None:
    """Serve jobs until the input ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # as the layout process: what is still at work on the result comes first
    svg(
        {
            "data": {"values": [{"a": 1}]},
            "mark": "bar",
            "encoding": {"x": {"field": "a", "type": "quantitative"}},
            "config": {"font": font},
        }
    )
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.readline().strip():
        print(json.dumps(serve(line, seconds)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
