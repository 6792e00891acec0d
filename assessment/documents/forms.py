"""The forms that leave the office: each a template, its style, its paper, and what it is told.

``source`` makes the page source once; ``pdf`` lays it out and ``word`` writes it as DOCX.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tanping.assessment.documents import charts as drawing
from tanping.assessment.documents import context, fonts, html, opinion, seal, self_check
from tanping.assessment.documents.charts import Chart
from tanping.assessment.documents.office import load_office
from tanping.assessment.documents.page import OFFICIAL, REPORT, SHEET, TABLE, Page
from tanping.assessment.documents.review import Review
from tanping.assessment.result import Assessment

PARTS = ("paper.html", "parts.html", "official.html")

Told = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """A form: its title, template, style sheets, paper, the line at the head of its pages, what fills it, and the charts it shows (ids)."""

    title: str
    template: str
    styles: tuple[str, ...]
    page: Page
    running: str
    tell: Callable[[Assessment, Review, str], Told]
    drawn: Callable[[Assessment], Iterable[str]] | None = None


@dataclass(frozen=True)
class Source:
    """A form's page source with its charts and the copy of record it rests on. ``identifier`` is fixed by the content, hex."""

    html: str
    charts: Mapping[str, Chart]
    copy: bytes
    sha256: str
    identifier: str
    running: str


def _report(full: bool) -> Callable[[Assessment, Review, str], Told]:
    return lambda assessment, _, sha256: context.report(assessment, sha256, full)


def _reviewed(assessment: Assessment, review: Review, sha256: str) -> Told:
    return context.report(assessment, sha256, full=True) | opinion.told(assessment, review, load_office())


def _in_report(full: bool) -> Callable[[Assessment], list[str]]:
    return lambda assessment: [
        *("sources", "carbon", "annual"),
        *(f"indicator-{item.id}" for item in assessment.indicators if full),
        *("net_change", "measures", "tornado"),
    ]


_DRAFT = "建设项目碳排放技术评估报告（系统生成稿，非行政许可）"
_WIDE = ("report.css", "sheet.css", "seal.css")
_PAPER = ("official.css", "seal.css")

FORMS: dict[str, Form] = {
    "report": Form(
        "技术评估报告（碳排放部分）",
        "assessment.html",
        ("report.css",),
        REPORT,
        _DRAFT,
        _report(False),
        _in_report(False),
    ),
    "report_full": Form(
        "技术评估报告（逐条）", "assessment.html", ("report.css",), REPORT, _DRAFT, _report(True), _in_report(True)
    ),
    "self_check": Form(
        "自查报告", "self_check.html", ("report.css",), SHEET, "自查结果，不代表审查意见", self_check.told
    ),
    "conformity": Form("相符性分析表", "conformity.html", _WIDE, TABLE, "相符性分析表", _reviewed),
    "recount": Form("核算复核表", "recount.html", _WIDE, TABLE, "核算复核表", _reviewed),
    "opinion": Form("联审意见", "opinion.html", _PAPER, OFFICIAL, "", _reviewed, opinion.drawn),
    "correction": Form("一次性补正告知书", "correction.html", _PAPER, OFFICIAL, "", _reviewed),
    "revision": Form("修改补充意见", "revision.html", _PAPER, OFFICIAL, "", _reviewed),
    "answers": Form("意见—修改对照表", "answers.html", _WIDE, TABLE, "意见—修改对照表", _reviewed),
    "consultation": Form("征求意见函", "consultation.html", _PAPER, OFFICIAL, "", _reviewed),
    "countersign": Form(
        "会签单", "countersign.html", ("report.css", "countersign.css", "seal.css"), SHEET, "会签单", _reviewed
    ),
}


def charts(form: str, assessment: Assessment, families: fonts.Fonts | None = None) -> dict[str, Chart]:
    """Return the charts a form shows, by id, as far as there are figures for them, in the order it shows them.

    Raises KeyError for an unknown form, FontsMissing without fonts.
    """
    wanted = FORMS[form]
    if wanted.drawn is None:
        return {}
    font = (families or fonts.installed()).sans
    official = wanted.page.official
    made = drawing.charts(assessment, font, drawing.OFFICIAL_WIDTH if official else drawing.WIDTH)
    shown = {name: made[name] for name in wanted.drawn(assessment) if name in made}
    return {name: drawing.in_ink(chart) for name, chart in shown.items()} if official else shown


def source(
    form: str,
    assessment: Assessment,
    review: Review | None = None,
    families: fonts.Fonts | None = None,
    drawn: Mapping[str, Chart] | None = None,
) -> Source:
    """Return the page source of a form, for the fonts of this machine or for ``families``; ``drawn``: its charts where they are made already.

    Raises KeyError for an unknown form, FontsMissing without fonts.
    """
    wanted, review = FORMS[form], review or Review()
    installed = families or fonts.installed()
    if drawn is None:
        drawn = charts(form, assessment, installed)
    installed.require(html.fixed_text(wanted.template, *PARTS))
    copy = context.canonical(assessment)
    sha256 = context.digest(copy)
    told = {
        **wanted.tell(assessment, review, sha256),
        "charts": drawn,
        "form": wanted.title,
        "form_key": form,
        "running": wanted.running,
        "review": review,
        "code": sha256[: seal.SHORT],
        "qr": seal.mark(review.seal),
        "trial_mark": opinion.TRIAL if review.trial else "",
    }
    text, _ = html.page_source(wanted.template, told, installed.coverage)
    identifier = hashlib.sha256(f"{form} {sha256} {review.seal}".encode()).hexdigest()[:32]
    running = "　".join(
        filter(
            None, (wanted.running, f"校验码 {told['code']}", f"封存 {review.seal[: seal.SHORT]}" if review.seal else "")
        )
    )
    return Source(text, drawn, copy, sha256, identifier, running)
