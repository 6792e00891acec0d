"""The technical report as PDF: written whole or not at all, byte-identical for the same assessment, with its data attached."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.assessment.documents import fonts
from tanping.assessment.documents.press import Attached, Job, Pages, Press
from tanping.records.doors.export import write_file

if TYPE_CHECKING:
    from tanping.assessment.documents.review import Review
    from tanping.assessment.result import Assessment

RECORD = "assessment.json"
DRAWN = frozenset({"report", "report_full", "opinion"})
"""Forms with charts; the others need no drawing engine, which takes half a second to start."""

_waiting: list[Press] = []


def warm_up(form: str = "report") -> None:
    """Start the helper processes now, so that they are ready when the assessment is. Raises FontsMissing."""
    if not _waiting:
        _waiting.append(start_press(form))
        # What the fonts hold is asked of another program: it answers meanwhile.
        threading.Thread(target=lambda: fonts.installed().coverage, daemon=True).start()


def start_press(form: str = "report") -> Press:
    """Return a press of one's own, to be closed; one for a form without charts prints only such forms. Raises FontsMissing."""
    return Press(fonts.installed().families, charts=form in DRAWN)


def write_pdf(assessment: Assessment, path: Path, form: str = "report", review: Review | None = None) -> None:
    """Write a form to ``path``, whole or not at all. Raises FontsMissing, PrintError, OSError."""
    with _waiting.pop() if _waiting else start_press(form) as press:
        pdf = print_pdf(assessment, press, form, review)
    write_file(Path(path), pdf)


def print_pdf(assessment: Assessment, press: Press, form: str = "report", review: Review | None = None) -> bytes:
    """Return a form as PDF. Raises FontsMissing, PrintError."""
    return press.print(report_job(assessment, form, review))


def report_job(assessment: Assessment, form: str = "report", review: Review | None = None) -> Job:
    """Return a form as a job for the press: charts, and what writes page source, styles and attached record. Raises FontsMissing."""
    # Imported here: warm_up() must start the helpers before anything slow is loaded.
    from tanping.assessment.documents import html
    from tanping.assessment.documents.forms import FORMS, charts, source

    drawn = charts(form, assessment)

    def write() -> Pages:
        made = source(form, assessment, review, drawn=drawn)
        return Pages(
            html=made.html,
            css=[fonts.installed().style(sheet) for sheet in html.style(*FORMS[form].styles)],
            identifier=made.identifier,
            attachments=[
                Attached(RECORD, made.copy.decode(), "评估结果数据（tanping.assessment/1，RFC 8785 规范形式）")
            ],
        )

    return Job(write, {name: chart.spec for name, chart in drawn.items()})
