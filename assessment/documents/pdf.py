"""The technical report as PDF: written whole or not at all, byte-identical for the same assessment, with its data attached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tanping.assessment.documents import fonts
from tanping.assessment.documents.press import Attached, Job, Press
from tanping.records.doors.export import write_file

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment

TEMPLATES = ("assessment.html", "parts.html")
STYLES = ("report.css",)
RECORD = "assessment.json"


_waiting: list[Press] = []


def warm_up() -> None:
    """Start the helper processes now, so that they are ready when the assessment is. Raises FontsMissing."""
    if not _waiting:
        _waiting.append(start_press())


def start_press() -> Press:
    """Return a press of one's own, to be closed. Raises FontsMissing."""
    return Press(fonts.installed().sans)


def write_pdf(assessment: Assessment, path: Path) -> None:
    """Write the technical report to ``path``, whole or not at all. Raises FontsMissing, PrintError, OSError."""
    with _waiting.pop() if _waiting else start_press() as press:
        pdf = print_pdf(assessment, press)
    write_file(Path(path), pdf)


def print_pdf(assessment: Assessment, press: Press) -> bytes:
    """Return the technical report as PDF. Raises FontsMissing, PrintError."""
    return press.print(report_job(assessment))


def report_job(assessment: Assessment) -> Job:
    """Return the technical report as a job for the press: page source, styles, charts, attached record."""
    # Imported here: warm_up() must start the helpers before anything slow is loaded.
    from tanping.assessment.documents import charts as drawing
    from tanping.assessment.documents import context, html

    installed = fonts.installed()
    installed.require(html.fixed_text(*TEMPLATES))
    copy = context.canonical(assessment)
    sha256 = context.digest(copy)
    charts = drawing.charts(assessment, installed.sans)
    source, _ = html.page_source(
        "assessment.html", {**context.report(assessment, sha256), "charts": charts}, installed.coverage
    )
    return Job(
        html=source,
        css=[installed.css(), *html.style(*STYLES)],
        identifier=sha256[:32],
        specs={chart.id: chart.spec for chart in charts.values() if f'src="chart:{chart.id}"' in source},
        attachments=[Attached(RECORD, copy.decode(), "评估结果数据（tanping.assessment/1，RFC 8785 规范形式）")],
    )
