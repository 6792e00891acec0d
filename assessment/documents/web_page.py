"""The same page source as one HTML file that opens in any browser, for machines that can't print: no script, nothing fetched."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.records.doors.export import write_file

if TYPE_CHECKING:
    from tanping.assessment.documents.review import Review
    from tanping.assessment.result import Assessment

# Even if text of a project became markup one day, it could neither run nor call anybody.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SCREEN = """
@media screen {
  html { background: #e8ecf0; }
  body { max-width: 190mm; margin: 8mm auto; padding: 12mm 14mm; background: #fff; box-shadow: 0 0 6mm rgb(0 0 0 / 12%); }
  table { max-width: 100%; }
  img { max-width: 100%; }
}
"""


def write_html(assessment: Assessment, path: Path, form: str = "report", review: Review | None = None) -> None:
    """Write a form as one HTML file, whole or not at all. Raises OSError."""
    write_file(Path(path), html_text(assessment, form, review).encode())


def html_text(assessment: Assessment, form: str = "report", review: Review | None = None) -> str:
    """Return a form as one HTML file; the same assessment and review give the same text."""
    from tanping.assessment.documents import draw, fonts, html
    from tanping.assessment.documents.forms import FORMS, source

    families = fonts.of_the_reader()
    made = source(form, assessment, review, families)
    sheets = [*(families.style(sheet) for sheet in html.style(*FORMS[form].styles)), _SCREEN]
    head = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{"".join(sheets)}</style></head>'
    text = made.html.replace("</head>", head, 1)
    for name, chart in made.charts.items():
        image = base64.b64encode(draw.svg(chart.spec).encode()).decode()
        text = text.replace(f'src="chart:{name}"', f'src="data:image/svg+xml;base64,{image}"')
    return text
