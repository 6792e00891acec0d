"""How long paper takes: report and joint-review opinion beside bare WeasyPrint on the same page source, a long report, workbook, Word file.

A stack of opinions is printed by one worker and by two: ``TANPING_BENCH_OPINIONS`` says how many (issue 6 asks for 200). Typst lays out the same
words, tables and drawings, for the record: it makes no tagged archival file with the data attached, so it is not the same work.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.frame import ROOT, Measure, best_of, command, peak_mib

_COPIES, _PAGES = 14, 80
_STACK = int(os.environ.get("TANPING_BENCH_OPINIONS", "40"))
_GAIN = 1.7
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


_TYPST = """
import sys
import typst
typst.compile(sys.argv[1], output=sys.argv[2])
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

    from tanping.assessment.documents import draw, pdf

    job = pdf.report_job(_assessment(), form)
    pages = job.write()
    images = {name: draw.svg(spec) for name, spec in job.specs.items()}

    def ours() -> None:
        with pdf.start_press(form) as press:
            pdf.print_pdf(_assessment(), press, form)

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "job.json"
        source.write_text(json.dumps({"html": pages.html, "css": list(pages.css), "images": images}), "utf-8")
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


def _stack(workers: int) -> float:
    """Seconds of a stack of sealed opinions on as many cores as workers, presses started and ended.

    Raises AssertionError if an opinion or a core is lacking.
    """
    import json

    from tanping.assessment.documents.context import canonical
    from tanping.assessment.documents.many import Order, print_many
    from tanping.assessment.documents.recorded import read_assessment
    from tanping.assessment.documents.review import Outcome, Review

    record = canonical(_assessment())

    def order(folder: str, number: int) -> Order:
        review = Review(outcome=Outcome.REVISED, seal=f"{number:064x}", number=f"苏环碳联〔2026〕{number}号")
        return Order("opinion", Path(folder) / f"{number}.pdf", lambda: (read_assessment(json.loads(record)), review))

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = list(print_many([order(folder, number) for number in range(1, _STACK + 1)], workers))
            assert not [one.problem for one in made if one.problem]
            assert len({path.read_bytes() for path in Path(folder).iterdir()}) == _STACK

    cores = os.sched_getaffinity(0)
    assert len(cores) >= workers
    os.sched_setaffinity(0, sorted(cores)[:workers])  # inherited by the threads and processes of the presses
    try:
        return best_of(1, work)
    finally:
        os.sched_setaffinity(0, cores)


def _typst() -> float:
    """Seconds of Typst, started anew, on the words, tables and drawings of the opinion. Raises ImportError without it."""
    import typst  # noqa: F401  (told as missing here, not as a failed command)

    from tanping.assessment.documents import draw, pdf
    from tanping.assessment.documents.tree import read

    job = pdf.report_job(_assessment(), "opinion")
    with tempfile.TemporaryDirectory() as folder:
        for name, spec in job.specs.items():
            Path(folder, f"{name}.svg").write_text(draw.svg(spec), "utf-8")
        source = Path(folder, "opinion.typ")
        source.write_text(_HEAD + "".join(_typst_of(read(job.write().html))), "utf-8")
        return best_of(3, lambda: command(sys.executable, "-c", _TYPST, str(source), f"{folder}/opinion.pdf"))


_HEAD = """#set page(paper: "a4", margin: (top: 37mm, right: 26mm, bottom: 35mm, left: 28mm), numbering: "— 1 —")
#set text(font: ("Noto Serif CJK SC"), size: 15.75pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), leading: 0.8em)
#show heading: set text(size: 15.75pt)
#set figure(numbering: none)
#set table(stroke: 0.6pt)
"""


def _typst_of(element: Any) -> Iterator[str]:
    """Yield the tree of a page source as Typst markup."""
    for item in element.elements:
        match item.tag:
            case "h1" | "h2" | "h3":
                yield f"#heading(level: {item.tag[1]})[{_typst_text(item)}]\n"
            case "p":
                yield f"#par[{_typst_text(item)}]\n"
            case "figure":
                image = item.first("img").attributes["src"].removeprefix("chart:")
                yield f'#figure(image("{image}.svg", width: 100%), caption: [{_typst_text(item.first("figcaption"))}])\n'
            case "table":
                yield from _typst_table(item)
            case _:
                yield from _typst_of(item)


def _typst_table(table: Any) -> Iterator[str]:
    rows = list(table.all("tr"))
    count = max(sum(int(cell.attributes.get("colspan", "1")) for cell in row.elements) for row in rows)
    yield f"#text(size: 10.5pt, table(columns: (1fr,) * {count},\n"
    for row in rows:
        for cell in row.elements:
            yield f"table.cell(colspan: {cell.attributes.get('colspan', '1')})[{_typst_text(cell)}],\n"
    yield "))\n"


def _typst_text(element: Any) -> str:
    quoted = element.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{quoted}"'


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
    Measure(
        f"{_STACK} opinions, two workers on two cores over one on one", "×", 1 / _GAIN, lambda: _stack(2) / _stack(1)
    ),
    Measure("opinion by Typst, no tags nor attachment, for the record", "s", None, _typst),
    Measure("report of 80 pages as PDF", "s", 12.0, _long),
    Measure("working papers as xlsx", "s", 1.0, _workbook),
    Measure("report as docx", "s", 3.0, _word),
]
