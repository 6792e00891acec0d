"""The technical report as PDF: written whole or not at all, byte-identical for the same assessment, with its data attached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.assessment.documents import fonts
from tanping.assessment.documents.press import Attached, Job, Press
from tanping.records.doors.export import write_file

if TYPE_CHECKING:
    from tanping.assessment.documents.charts import Chart
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


@dataclass(frozen=True)
class Source:
    """A document's page source with its charts, the copy of record and that copy's sha256."""

    html: str
    charts: Mapping[str, Chart]
    copy: bytes
    sha256: str

    def shows(self, chart: str) -> bool:
        """Whether the page source refers to a chart."""
        return f'src="chart:{chart}"' in self.html


def report_source(assessment: Assessment, full: bool = False) -> Source:
    """Return the page source of the technical report. Raises FontsMissing."""
    # Imported here: warm_up() must start the helpers before anything slow is loaded.
    from tanping.assessment.documents import charts as drawing
    from tanping.assessment.documents import context, html

    installed = fonts.installed()
    installed.require(html.fixed_text(*TEMPLATES))
    copy = context.canonical(assessment)
    sha256 = context.digest(copy)
    charts = drawing.charts(assessment, installed.sans)
    told = {**context.report(assessment, sha256, full), "charts": charts}
    source, _ = html.page_source("assessment.html", told, installed.coverage)
    return Source(source, charts, copy, sha256)


def report_job(assessment: Assessment, full: bool = False) -> Job:
    """Return the technical report as a job for the press: page source, styles, charts, attached record."""
    from tanping.assessment.documents import html

    made = report_source(assessment, full)
    return Job(
        html=made.html,
        css=[fonts.installed().css(), *html.style(*STYLES)],
        identifier=made.sha256[:32],
        specs={name: chart.spec for name, chart in made.charts.items() if made.shows(name)},
        attachments=[Attached(RECORD, made.copy.decode(), "评估结果数据（tanping.assessment/1，RFC 8785 规范形式）")],
    )
