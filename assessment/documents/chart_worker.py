"""Draw Vega-Lite specifications as SVG in a process of its own, beside the start of the layout engine.

Run by ``press.Press`` as a script. Each line of standard input names a job file (JSON: specs by id, svg: the file to write);
each finished job prints one line of JSON. The first thing done is to draw a small chart, which wakes the drawing engine.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

SECONDS = int(sys.argv[1])
FONT = sys.argv[2]

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

import vl_convert  # noqa: E402  (after the limits)

# No address is allowed: a specification carries its own figures.
NOWHERE: list[str] = []
WAKE = {
    "data": {"values": [{"a": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
    "config": {"font": FONT},
}


def draw(job: dict[str, Any]) -> dict[str, str]:
    """Return the SVG of every specification."""
    return {name: vl_convert.vegalite_to_svg(spec, allowed_base_urls=NOWHERE) for name, spec in job["specs"].items()}


def serve(line: str) -> dict[str, Any]:
    """Do one job; say how it went."""
    try:
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS, hard))
        job = json.loads(Path(line).read_text("utf-8"))
        Path(job["svg"]).write_text(json.dumps(draw(job)), "utf-8")
        return {"done": True}
    except Exception as error:
        return {"done": False, "why": "error", "detail": str(error)[-2000:]}


def main() -> None:
    """Serve jobs until the input ends."""
    vl_convert.vegalite_to_svg(WAKE, allowed_base_urls=NOWHERE)
    print(json.dumps({"ready": True}), flush=True)
    while line := sys.stdin.readline().strip():
        print(json.dumps(serve(line)), flush=True)


if __name__ == "__main__":
    main()
