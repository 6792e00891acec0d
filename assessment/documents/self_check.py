"""What the 自查报告 says to an applicant: four lists, who issues each paper, the answers that would change most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tanping.assessment.documents import context, figures, wording
from tanping.assessment.documents.review import Review
from tanping.assessment.result import Assessment
from tanping.records.expressions import And, Kind, Name, Node, Not, Or, render
from tanping.rules.clause import Severity
from tanping.rules.facts import PAPER_LABELS, Catalogue, load_catalogue
from tanping.rules.finding import Finding, Met, MissingFact
from tanping.rules.law import load_law

_ANSWERS = 5
UNTOLD = "未说明"


@dataclass(frozen=True)
class Paper:
    """A paper to obtain: until when, from whom, its status."""

    label: str
    moment: str
    issuer: str
    status: str


@dataclass(frozen=True)
class Lists:
    """What an applicant is told: what stands against the project, the papers to obtain, what must be argued, what is not told yet."""

    hard: tuple[Finding, ...]
    papers: tuple[Paper, ...]
    argue: tuple[Finding, ...]
    asked: tuple[MissingFact, ...]

    @property
    def deciding(self) -> tuple[MissingFact, ...]:
        """The answers that would change most."""
        return self.asked[:_ANSWERS]


def told(assessment: Assessment, _: Review, sha256: str) -> dict[str, Any]:
    """Return what the form prints."""
    lists = lists_of(assessment)
    return context.report(assessment, sha256) | {
        "hard_count": len(lists.hard),
        "argue_count": len(lists.argue),
        "hard": context.under_documents(lists.hard),
        "argue": context.under_documents(lists.argue),
        "outstanding": lists.papers,
        "asked": lists.asked,
        "answers": [(fact, context.question(fact), choices(fact)) for fact in lists.deciding],
    }


def lists_of(assessment: Assessment) -> Lists:
    """Sort the findings into the four lists. A clause that is hit only for want of papers is no fault of the project: the papers are to be obtained."""
    findings = assessment.screening.findings
    hit = [item for item in findings if item.met == Met.HIT and item.severity != Severity.NOTICE]
    lacking = {item.clause: _lacking(item) for item in hit}
    stand = [item for item in hit if not lacking[item.clause]]
    return Lists(
        tuple(item for item in stand if item.severity in (Severity.PROHIBITED, Severity.RESTRICTED)),
        tuple(_papers(findings, [name for names in lacking.values() for name in names], assessment.screening.missing)),
        tuple(item for item in stand if item.severity == Severity.TO_ARGUE),
        tuple(fact for fact in assessment.screening.missing if fact.asked),
    )


def _lacking(finding: Finding) -> tuple[str, ...]:
    """Return the papers whose lack alone makes a finding; none when it would still be hit with all of them obtained."""
    clause = next((clause for clause in load_law().clauses if clause.id == finding.clause), None)
    catalogue = load_catalogue()
    if clause is None or clause.hit is None:
        return ()
    truths = {line.text: line.truth for line in finding.trace}
    papers = tuple(name for name in clause.facts if catalogue[name].kind is Kind.PAPER)
    lacking = tuple(name for name in papers if truths.get(render(Name(name), catalogue)) is False)
    obtained = truths | {render(Name(name), catalogue): True for name in papers}
    return lacking if lacking and _truth(clause.hit, obtained, catalogue) is False else ()


def _truth(node: Node, truths: Mapping[str, bool | None], catalogue: Catalogue) -> bool | None:
    """Return the strong Kleene truth of a condition from that of its comparisons."""
    match node:
        case Not():
            inner = _truth(node.item, truths, catalogue)
            return None if inner is None else not inner
        case And() | Or():
            found = [_truth(item, truths, catalogue) for item in node.items]
            settling = isinstance(node, Or)
            if settling in found:
                return settling
            return None if None in found else not settling
    return truths.get(render(node, catalogue))


def _papers(findings: Iterable[Finding], lacking: Iterable[str], missing: Iterable[MissingFact]) -> list[Paper]:
    """Papers lacking, on the way or not told of, each once, in the order they bind."""
    catalogue = load_catalogue()
    said = {
        value.name: value.value
        for finding in findings
        for line in finding.trace
        for value in line.values
        if value.origin
    }
    papers = {
        paper.name: Paper(paper.label, paper.binds_at, paper.issuer, paper.status)
        for finding in findings
        for paper in finding.papers
    }
    for name in lacking:
        fact = catalogue[name]
        papers.setdefault(name, Paper(fact.label, str(fact.binds_at or "审批"), fact.issuer, said.get(name, "未办")))
    for item in missing:
        if item.kind == "paper" and item.fact in catalogue:
            known = catalogue[item.fact]
            papers.setdefault(item.fact, Paper(item.label, str(known.binds_at or "审批"), known.issuer, UNTOLD))
    order = {moment: at for at, moment in enumerate(wording.MOMENTS)}
    return sorted(papers.values(), key=lambda paper: order.get(paper.moment, len(order)))


def choices(fact: MissingFact) -> str:
    """Return the possible answers to a question, as printed."""
    if fact.choices:
        return " / ".join(label for _, label in fact.choices)
    unit = figures.unit(fact.unit) if fact.unit and fact.unit != "1" else ""
    plain = {"flag": "是 / 否", "paper": " / ".join(PAPER_LABELS.values()), "date": "年-月-日"}
    return plain.get(fact.kind, f"数值，{unit}" if unit else "数值")
