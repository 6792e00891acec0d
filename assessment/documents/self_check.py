"""What the 自查报告 says to an applicant: four lists, who issues each paper, the answers that would change most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tanping.assessment.documents import context
from tanping.assessment.documents.review import Review
from tanping.assessment.result import Assessment
from tanping.rules.clause import Severity
from tanping.rules.facts import load_catalogue
from tanping.rules.finding import Finding, Met, MissingFact

_ANSWERS = 5


@dataclass(frozen=True)
class Paper:
    """A paper to obtain: until when, from whom, its status."""

    label: str
    moment: str
    issuer: str
    status: str


def told(assessment: Assessment, _: Review, sha256: str) -> dict[str, Any]:
    """Return what the form prints."""
    findings = assessment.screening.findings
    hit = [item for item in findings if item.met == Met.HIT]
    hard = [item for item in hit if item.severity in (Severity.PROHIBITED, Severity.RESTRICTED)]
    argue = [item for item in hit if item.severity == Severity.TO_ARGUE]
    return context.report(assessment, sha256) | {
        "hard_count": len(hard),
        "argue_count": len(argue),
        "hard": context.under_documents(hard),
        "argue": context.under_documents(argue),
        "outstanding": _papers(findings, assessment.screening.missing),
        "asked": [fact for fact in assessment.screening.missing if fact.asked],
        "answers": [(fact, context.question(fact), _choices(fact)) for fact in _deciding(assessment.screening.missing)],
    }


def _deciding(missing: Iterable[MissingFact]) -> list[MissingFact]:
    return [fact for fact in missing if fact.asked][:_ANSWERS]


def _papers(findings: Iterable[Finding], missing: Iterable[MissingFact]) -> list[Paper]:
    """Papers on the way or not told of, each once, in the order they bind."""
    catalogue = load_catalogue()
    papers = {
        paper.name: Paper(paper.label, paper.binds_at, paper.issuer, paper.status)
        for finding in findings
        for paper in finding.papers
    }
    for fact in missing:
        if fact.kind == "paper" and fact.fact in catalogue:
            known = catalogue[fact.fact]
            papers.setdefault(fact.fact, Paper(fact.label, str(known.binds_at or "审批"), known.issuer, "未说明"))
    order = {moment: at for at, moment in enumerate(("受理", "审批", "开工", "投产", "排污"))}
    return sorted(papers.values(), key=lambda paper: order.get(paper.moment, len(order)))


def _choices(fact: MissingFact) -> str:
    return " / ".join(label for _, label in fact.choices)
