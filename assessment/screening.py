"""The screening of one project as documents and pages read it: findings, what is missing, the two-part headline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from tanping.assessment.project.columns import ProjectColumns
from tanping.assessment.result import Condition, Screening
from tanping.rules import finding as rules_finding
from tanping.rules.clause import LEVEL_NAMES, PROJECT_DATES
from tanping.rules.evaluate import Screening as Columns
from tanping.rules.evaluate import evaluate
from tanping.rules.facts import FactTable, Moment
from tanping.rules.finding import Applies, Finding, Met
from tanping.rules.missing import missing_facts
from tanping.rules.pack import PackSet


def screen(packs: PackSet, table: FactTable, columns: ProjectColumns, *, as_of: date, moment: Moment) -> Columns:
    """Screen every project of a table against every clause in force on the legal date."""
    dates = {name: columns["dates"].days[name][columns.fact_project] for name in PROJECT_DATES}
    return evaluate(packs, table, as_of=as_of, moment=moment, dates=dates)


def view(columns: Columns, project: int = 0) -> Screening:
    """Render the screening of one project."""
    findings = tuple(rules_finding.findings(columns, project))
    missing = tuple(missing_facts(columns, project))
    best, worst = int(columns.best[project]), int(columns.worst[project])
    suspected = int(columns.suspected[project])
    return Screening(
        verdict=columns.verdict(project),
        best=LEVEL_NAMES[best],
        worst=LEVEL_NAMES[worst],
        suspected=LEVEL_NAMES[suspected],
        headline=headline(findings, best, worst),
        findings=findings,
        missing=missing,
        forewords=tuple(forewords(columns.packs, findings)),
    )


def forewords(packs: PackSet, findings: Iterable[Finding]) -> Iterator[str]:
    """Yield what the packs say of themselves, of those with a clause that may apply."""
    used = {item.pack for item in findings if item.applies != Applies.NO}
    for pack in packs:
        if pack.foreword and pack.name in used:
            yield pack.foreword


def headline(findings: Iterable[Finding], best: int, worst: int) -> str:
    """Say in one line what is settled, what is still possible and what is only suspected."""
    told = list(findings)
    checked = [item for item in told if not item.provisional]
    settled = sum(item.met == Met.HIT and item.best == LEVEL_NAMES[best] for item in checked)
    word = rules_finding.settled_word(LEVEL_NAMES[best], LEVEL_NAMES[worst])
    parts = [f"已确定：{word}" + (f" {settled} 条" if best else "")]
    if worst > best:
        parts.append(f"最坏：{LEVEL_NAMES[worst]}（缺 {len(decisive(told))} 项资料）")
    conditional = sum(item.met == Met.CONDITIONAL for item in told)
    if conditional:
        parts.append(f"附条件 {conditional} 条")
    suspected = sum(item.provisional and item.met == Met.HIT for item in told)
    if suspected:
        parts.append(f"疑似 {suspected} 条待核原文")
    manual = sum(item.applies != Applies.NO and item.met == Met.MANUAL for item in told)
    if manual:
        parts.append(f"转有关处室 {manual} 条")
    return "；".join(parts)


def decisive(findings: Iterable[Finding]) -> set[str]:
    """Return the unknown facts that hold what is settled and the worst apart; the others change no level that counts."""
    return {name for item in findings if not item.provisional and item.best != item.worst for name in item.missing}


def conditions_of(findings: Iterable[Finding]) -> tuple[Condition, ...]:
    """Return what an approval must be made subject to: papers not due yet, in the order they bind, each once."""
    found: dict[tuple[str, str], Condition] = {}
    for item in findings:
        for paper in item.papers:
            condition = Condition(paper.condition, paper.binds_at, paper.issuer or item.office, item.clause)
            found.setdefault((paper.name, paper.binds_at), condition)
    return tuple(sorted(found.values(), key=lambda condition: Moment(condition.moment).order))
