"""Lay a document out in a process of its own: limits on memory and time, no URL ever fetched.

Run by ``press.Press`` as a script, with nothing of this package imported. Each line of standard input names a job file
(JSON: html, css, attachments, identifier, pdf); images it refers to as ``chart:<id>`` come from a second file, named by the
next line, which is read only when layout asks for the first image. Each finished job prints one line of JSON.
"""

from __future__ import annotations

import ctypes.util
import gc
import json
import os
import resource
import select
import sys
import traceback
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MEMORY = int(sys.argv[1]) << 20
SECONDS = int(sys.argv[2])
FAMILIES = sys.argv[3:]
EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # attachments carry no date of their own

resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.nice(5)  # whoever waits for a page, or still works on the result, comes first
# A document is one big tree that lives to its end, and so are the modules: looking for garbage in them costs a sixth of the time.
gc.disable()
if sys.platform == "linux":
    # The loader finds libraries by the names they have here; for each name of another system, the compiler would be asked as well.
    ctypes.util.find_library = lambda name: None

import pydyf  # type: ignore[import-untyped]  # noqa: E402  (after the limits)
import weasyprint  # type: ignore[import-untyped]  # noqa: E402
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse  # type: ignore[import-untyped]  # noqa: E402

# Streams are packed at 6, not at 9: half the time for a hundredth more bytes.
pydyf.zlib = SimpleNamespace(**{**vars(zlib), "compressobj": lambda level: zlib.compressobj(6)})


class Images:
    """The images a job brings along. Everything else is refused and ends the job."""

    def __init__(self) -> None:
        self.known: dict[str, str] | None = None
        self.refused: list[str] = []

    def fetch(self, url: str) -> URLFetcherResponse:
        """Return an image of the job. Raises FatalURLFetchingError for any other address."""
        if self.known is None and url.startswith("chart:"):
            self.receive()
        image = (self.known or {}).get(url)
        if image is None:
            self.refused.append(url[:200])
            raise FatalURLFetchingError(f"refused: {url[:200]}")
        return URLFetcherResponse(url, image, {"Content-Type": "image/svg+xml"})

    def receive(self) -> None:
        """Read the line that names the file of images, once a job."""
        if self.known is None:
            line = sys.stdin.readline().strip()
            images: dict[str, str] = json.loads(Path(line).read_text("utf-8")) if line else {}
            self.known = {f"chart:{name}": svg for name, svg in images.items()}


def lay_out(job: dict[str, Any], images: Images) -> bytes:
    """Return the PDF of a job."""
    fetch = images.fetch
    html = weasyprint.HTML(string=job["html"], url_fetcher=fetch, base_url=None, media_type="print")
    sheets = [weasyprint.CSS(string=text, url_fetcher=fetch, base_url=None) for text in job["css"]]
    attachments = [
        weasyprint.Attachment(
            string=item["text"],
            name=item["name"],
            description=item["description"],
            created=EPOCH,
            modified=EPOCH,
            relationship=item["relationship"],
        )
        for item in job["attachments"]
    ]
    pdf: bytes = html.write_pdf(
        stylesheets=sheets,
        attachments=attachments,
        pdf_variant="pdf/a-3a",
        pdf_identifier=bytes.fromhex(job["identifier"]),
    )
    return pdf


def serve(line: str) -> dict[str, Any]:
    """Do one job; say how it went."""
    images = Images()
    try:
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS, hard))
        job = json.loads(Path(line).read_text("utf-8"))
        pdf = lay_out(job, images)
        images.receive()
        Path(job["pdf"]).write_bytes(pdf)
        return {"done": True, "bytes": len(pdf)}
    except MemoryError:
        return {"done": False, "why": "memory"}
    except FatalURLFetchingError:
        return {"done": False, "why": "url", "urls": images.refused}
    except Exception:
        return {"done": False, "why": "error", "detail": traceback.format_exc(limit=-6)[-2000:]}


def warm_up() -> None:
    """Lay out a line in every family, which loads the fonts and what the engine itself loads late."""
    lines = "".join(f"<p style='font-family: \"{family}\"'>一<b>二</b>3</p>" for family in FAMILIES)
    lay_out({"html": f"{lines}<table><tr><td>1</table>", "css": [], "attachments": [], "identifier": "00"}, Images())


def main() -> None:
    """Serve jobs until the input ends."""
    print(json.dumps({"ready": True}), flush=True)
    if not select.select([sys.stdin], [], [], 0)[0]:
        warm_up()
        gc.collect()  # the line's own copies of whole fonts
    while line := sys.stdin.readline().strip():
        print(json.dumps(serve(line)), flush=True)
        gc.collect()  # once nobody waits


if __name__ == "__main__":
    main()
