"""How long paper takes: report and joint-review opinion beside bare WeasyPrint on the same page source, a long report, workbook, Word file."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.frame import ROOT, Measure, best_of, command, peak_mib

_COPIES, _PAGES = 14, 80
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

_PRINT_SEALED = """
import json, sys
from pathlib import Path
from tanping.assessment.documents.pdf import warm_up, write_pdf
warm_up("opinion")
from tanping.assessment.documents.recorded import read_assessment
from tanping.assessment.documents.review import Outcome, Review
review = Review(outcome=Outcome.REVISED, seal="ab" * 32, number="苏环碳联〔2026〕1号", site_visit="已组织现场踏勘", experts=("甲", "乙"))
write_pdf(read_assessment(json.loads(Path(sys.argv[1]).read_bytes())), Path(sys.argv[2]), "opinion", review)
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


def _over_bare(form: str = "report") -> float:
    """Seconds of our press, from start to bytes, over those of bare WeasyPrint on the same source with ready charts."""
    import json

    import vl_convert

    from tanping.assessment.documents import pdf

    job = pdf.report_job(_assessment(), form)
    images = {name: vl_convert.vegalite_to_svg(spec) for name, spec in job.specs.items()}

    def ours() -> None:
        with pdf.start_press(form) as press:
            pdf.print_pdf(_assessment(), press, form)

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "job.json"
        source.write_text(json.dumps({"html": job.html, "css": list(job.css), "images": images}), "utf-8")
        bare = best_of(3, lambda: command(sys.executable, "-c", _BARE, str(source), f"{folder}/bare.pdf"))
    return best_of(3, ours) / bare


def _sealed_opinion(measure: Callable[..., float]) -> float:
    """Take a figure of the opinion printed from a sealed result by a new process."""
    from tanping.assessment.documents.context import canonical

    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "assessment.json"
        record.write_bytes(canonical(_assessment()))
        return measure(sys.executable, "-c", _PRINT_SEALED, str(record), f"{folder}/out.pdf")


def _opinion_cold() -> float:
    return _sealed_opinion(lambda *words: best_of(3, lambda: command(*words)))


def _opinion_peak() -> float:
    return _sealed_opinion(peak_mib)


def _opinion_warm() -> float:
    from tanping.assessment.documents import pdf

    with pdf.start_press("opinion") as press:
        pdf.print_pdf(_assessment(), press, "opinion")
        return best_of(3, lambda: pdf.print_pdf(_assessment(), press, "opinion"))


def _long() -> float:
    """Seconds of a report of 80 pages or more, press started and ended. Raises AssertionError if it is shorter."""
    import io
    from dataclasses import replace

    from pypdf import PdfReader

    from tanping.assessment.documents import pdf

    whole = _assessment()
    sources = [replace(item, id=f"{item.id}-{copy}") for copy in range(_COPIES) for item in whole.inventory.sources]
    long = replace(whole, inventory=replace(whole.inventory, sources=tuple(sources)))
    made = b""

    def work() -> None:
        nonlocal made
        with pdf.start_press() as press:
            made = pdf.print_pdf(long, press, "report_full")

    seconds = best_of(1, work)
    assert len(PdfReader(io.BytesIO(made)).pages) >= _PAGES
    return seconds


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
    Measure("opinion as PDF from the sealed result, cold", "s", 3.0, _opinion_cold),
    Measure("opinion as PDF, most memory of a process", "MiB", 320.0, _opinion_peak),
    Measure("opinion as PDF, press warm", "s", 1.5, _opinion_warm),
    Measure("opinion as PDF over bare WeasyPrint", "×", 1.15, lambda: _over_bare("opinion")),
    Measure("report of 80 pages as PDF", "s", 12.0, _long),
    Measure("working papers as xlsx", "s", 1.0, _workbook),
    Measure("report as docx", "s", 3.0, _word),
]
