"""How long paper takes: the technical report beside bare WeasyPrint on the same page source, the workbook, the Word file."""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.frame import ROOT, Measure, best_of, command, peak_mib

EXAMPLE = ROOT / "examples" / "sheyanggang.yaml"

_PRINT = """
import sys
from pathlib import Path
from tanping.assessment.documents.pdf import warm_up, write_pdf
warm_up()
from tanping.assessment.assess import assess
from tanping.assessment.project.intake import load_project
write_pdf(assess(load_project(Path(sys.argv[1]))), Path(sys.argv[2]))
"""

_BARE = """
import json, sys
from pathlib import Path
import weasyprint
from weasyprint.urls import URLFetcherResponse
job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
fetch = lambda url: URLFetcherResponse(url, job["images"][url.removeprefix("chart:")], {"Content-Type": "image/svg+xml"})
html = weasyprint.HTML(string=job["html"], url_fetcher=fetch)
html.write_pdf(sys.argv[2], stylesheets=[weasyprint.CSS(string=text) for text in job["css"]], pdf_variant="pdf/a-3a", pdf_identifier=b"0" * 16)
"""


@cache
def _assessment() -> Any:
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import load_project

    return assess(load_project(EXAMPLE))


def _cold() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return best_of(3, lambda: command(sys.executable, "-c", _PRINT, str(EXAMPLE), f"{folder}/out.pdf"))


def _peak() -> float:
    with tempfile.TemporaryDirectory() as folder:
        return peak_mib(sys.executable, "-c", _PRINT, str(EXAMPLE), f"{folder}/out.pdf")


def _warm() -> float:
    from tanping.assessment.documents import pdf

    with pdf.start_press() as press:
        pdf.print_pdf(_assessment(), press)
        return best_of(3, lambda: pdf.print_pdf(_assessment(), press))


def _over_bare() -> float:
    """Seconds of our press, from start to bytes, over those of bare WeasyPrint on the same source with ready charts."""
    import json

    import vl_convert

    from tanping.assessment.documents import pdf

    job = pdf.report_job(_assessment())
    images = {name: vl_convert.vegalite_to_svg(spec) for name, spec in job.specs.items()}

    def ours() -> None:
        with pdf.start_press() as press:
            pdf.print_pdf(_assessment(), press)

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "job.json"
        source.write_text(json.dumps({"html": job.html, "css": list(job.css), "images": images}), "utf-8")
        bare = best_of(3, lambda: command(sys.executable, "-c", _BARE, str(source), f"{folder}/bare.pdf"))
    return best_of(3, ours) / bare


def _workbook() -> float:
    from tanping.assessment.documents.workbook import workbook_bytes

    return best_of(3, lambda: workbook_bytes(_assessment()))


def _word() -> float:
    from tanping.assessment.documents.word import word_bytes

    return best_of(3, lambda: word_bytes(_assessment()))


MEASURES = [
    Measure("report as PDF, assessment included, cold", "s", 4.0, _cold),
    Measure("report as PDF, most memory of a process", "MiB", 320.0, _peak),
    Measure("report as PDF, press warm", "s", None, _warm),
    Measure("report as PDF over bare WeasyPrint", "×", 1.15, _over_bare),
    Measure("working papers as xlsx", "s", 1.0, _workbook),
    Measure("report as docx", "s", 3.0, _word),
]
