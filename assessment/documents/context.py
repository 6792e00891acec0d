"""What the templates read: an ``Assessment`` put into the order and the words of a report.

Nothing is computed here but counts and shares for reading; figures stay numbers and are rounded by the template's filters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from tanping.assessment.documents import figures, wording
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.model import METHODS, PAPER_STATUSES
from tanping.assessment.result import Assessment, Condition, FactorUse, Inventory, Source, Statement
from tanping.rules.finding import Applies, Finding, Met, TraceLine, by_topic

_COVER = (
    ("project", "owner"),
    ("project", "preparer"),
    ("project", "sector"),
    ("project", "nature"),
    ("site", "city"),
)


@dataclass(frozen=True)
class Row:
    """A labelled value; ``remark`` says where it stands or why it was assumed."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Conclusion:
    """The conclusion of one finding: a mark and a word, and what qualifies it."""

    word: str
    mark: str
    tone: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """One thing about the project that a conclusion turns on, and where it stands."""

    text: str
    place: str = ""


@dataclass(frozen=True)
class Judged:
    """A finding as printed: conclusion, what it turns on, evidence."""

    finding: Finding
    conclusion: Conclusion
    situation: tuple[Situation, ...]
    pages: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A review topic 审查要点 with what was found under it."""

    name: str
    judged: tuple[Judged, ...]
    counts: dict[str, int]
    suspected: int


@dataclass(frozen=True)
class Tile:
    """A figure that stands out on the summary page."""

    label: str
    value: str
    unit: str
    remark: str = ""


def canonical(assessment: Assessment) -> bytes:
    """Return the copy of record: the JSON result in canonical form (RFC 8785)."""
    return rfc8785.dumps(assessment.plain())


def report(assessment: Assessment, sha256: str) -> dict[str, Any]:
    """Return everything the technical report prints. ``sha256`` is that of the attached copy of record."""
    inventory = assessment.inventory
    topics = _topics(assessment.screening.findings)
    return {
        "assessment": assessment,
        "name": project_name(assessment),
        "cover": cover(assessment),
        "code": sha256[:12],
        "sha256": sha256,
        "headline": _phrases(assessment.screening.headline),
        "tiles": tiles(assessment),
        "tables": project_tables(assessment.project),
        "papers": papers(assessment.project),
        "topics": topics,
        "total_counts": _sum_counts(topics),
        "not_applicable": [item for item in assessment.screening.findings if item.applies == Applies.NO],
        "inventory": inventory,
        "method": METHODS.get(inventory.method, inventory.method) or "未选定",
        "stages": stages(inventory),
        "categories": [
            code for code in wording.CATEGORIES if any(code in year.by_category for year in inventory.annual)
        ],
        "conditions": conditions(assessment.conditions),
        "statements": statements(assessment.statements),
        "factors": factors(inventory.sources),
        "crosschecks": assessment.crosschecks,
        "clauses": assessment.screening.findings,
        "versions": list(_flat(assessment.versions)),
    }


def project_name(assessment: Assessment) -> str:
    """Return the project's name, or a plain statement that there is none."""
    return _said(assessment.project.get("project", {}).get("name"))[0] or "（项目名称未填）"


def cover(assessment: Assessment) -> list[Row]:
    """Return the lines of the cover."""
    rows = []
    for table, name in _COVER:
        value, _ = _said((assessment.project.get(table) or {}).get(name))
        if value:
            entry = entries(TABLES[table])[name]
            rows.append(Row(entry.label, entry.choices.get(value, value)))
    rows.append(Row("法规适用日期", figures.day(assessment.as_of)))
    rows.append(Row("判断时点", f"{assessment.moment}阶段"))
    return rows


def tiles(assessment: Assessment) -> list[Tile]:
    """Return the figures of the summary page; an unknown total says so and shows what is known."""
    inventory = assessment.inventory
    made = []
    if inventory.design_year_total is None:
        known = figures.ten_thousand_tonnes(inventory.known_design_year)
        made.append(Tile("达产年排放量", "不完整", "", f"已知部分 {known} 万tCO₂"))
    else:
        made.append(Tile("达产年排放量", figures.ten_thousand_tonnes(inventory.design_year_total), "万tCO₂/a"))
    if inventory.lifetime_total is None:
        made.append(Tile("全生命周期排放量", "不完整", "", "缺项见第六章"))
    else:
        made.append(Tile("全生命周期排放量", figures.ten_thousand_tonnes(inventory.lifetime_total, 0), "万tCO₂"))
    for indicator in assessment.indicators[:1]:
        made.append(
            Tile(indicator.name, figures.significant(indicator.value, 4), figures.unit(indicator.unit))
            if indicator.value is not None
            else Tile(indicator.name, figures.UNKNOWN, "", "缺数据")
        )
    made.append(Tile("尚缺资料", str(len(assessment.screening.missing)), "项", "按决定作用排序，见第六章"))
    return made


def project_tables(project: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """Return the statements of the project file, one list a table row, with the catalogue's labels."""
    made = []
    for table, model in TABLES.items():
        held = project.get(table)
        if not held:
            continue
        for item in [held] if table in ONE_ROW else held:
            rows = []
            for name, entry in entries(model).items():
                value, remark = _said(item.get(name))
                if value:
                    rows.append(Row(entry.label, entry.choices.get(value, value), remark))
            if rows:
                title = TABLE_LABELS[table] if table in ONE_ROW else f"{TABLE_LABELS[table]}　{item.get('id', '')}"
                made.append((title, rows))
    return made


def papers(project: Mapping[str, Any]) -> list[Row]:
    """Return what the file says of papers that were or will be obtained."""
    made = []
    for name, paper in (project.get("papers") or {}).items():
        parts = {key: _said(paper.get(key))[0] for key in ("status", "number", "date", "issuer", "page", "note")}
        status = PAPER_STATUSES.get(parts["status"], parts["status"]) or "未说明"
        made.append(Row(name, status, "，".join(filter(None, list(parts.values())[1:]))))
    return made


def judge(finding: Finding) -> Judged:
    """Put a finding into the words of the table."""
    values = (value for line in _deciding(finding) for value in line.values)
    places = (f"{value.document} {value.page}".strip() for value in values)
    told = {(unit.met, unit.applies) for unit in finding.units}
    units = tuple(f"{unit.unit}：{unit.met}" for unit in finding.units) if len(told) > 1 else ()
    return Judged(
        finding,
        conclusion(finding),
        tuple(_situation(finding)),
        tuple(dict.fromkeys(filter(None, places))),
        units or ((finding.unit,) if finding.unit else ()),
    )


def conclusion(finding: Finding) -> Conclusion:
    """Return the conclusion of a finding as printed. Unchecked law is 疑似, an unverified declaration is 按申报."""
    word = tone = str(finding.met)
    if finding.met == Met.HIT:
        tone = str(finding.severity)
        word = f"疑似{tone}" if finding.provisional else tone
    remarks = ("待核原文",) * finding.provisional + ("按申报",) * finding.claimed
    return Conclusion(word, wording.MARKS.get(tone, "○"), wording.TONES.get(tone, "none"), remarks)


def stages(inventory: Inventory) -> list[tuple[str, list[tuple[int, Source]]]]:
    """Return the sources by stage of the project's life, numbered through, memo items last."""
    made = []
    place = 0
    for code, label in wording.STAGES.items():
        members = [source for source in inventory.sources if source.stage == code]
        numbered = []
        for source in sorted(members, key=lambda item: item.memo):
            place += 1
            numbered.append((place, source))
        if numbered:
            made.append((label, numbered))
    return made


def conditions(given: Iterable[Condition]) -> list[tuple[str, list[Condition]]]:
    """Return the conditions by the moment they bind, in the order of a project's life."""
    listed = list(given)
    moments = [*wording.MOMENTS, *sorted({item.moment for item in listed} - set(wording.MOMENTS))]
    return [
        (moment, [c for c in listed if c.moment == moment])
        for moment in moments
        if any(c.moment == moment for c in listed)
    ]


def statements(given: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
    """Return assumptions, overrides and unverified declarations, each kind together."""
    listed = list(given)
    kinds = list(dict.fromkeys([*wording.STATEMENTS, *(item.kind for item in listed)]))
    return [
        (wording.label(wording.STATEMENTS, kind), [item for item in listed if item.kind == kind])
        for kind in kinds
        if any(item.kind == kind for item in listed)
    ]


def factors(sources: Iterable[Source]) -> list[tuple[FactorUse, str]]:
    """Return each factor once, with the sources that use it."""
    used: dict[tuple[str, str, str, str], tuple[FactorUse, list[str]]] = {}
    for source in sources:
        for factor in source.factors:
            key = (factor.key, factor.region, factor.data_year, factor.variant)
            used.setdefault(key, (factor, []))[1].append(source.name)
    return [(factor, "、".join(dict.fromkeys(names))) for factor, names in used.values()]


def digest(copy: bytes) -> str:
    """Return the sha256 of a copy of record, hex."""
    return hashlib.sha256(copy).hexdigest()


def _topics(findings: Iterable[Finding]) -> list[Topic]:
    made = []
    for group in by_topic(findings):
        judged = tuple(map(judge, group.findings))
        counts = {met: sum(item.finding.met == met for item in judged) for met in wording.METS}
        suspected = sum(item.finding.provisional and item.finding.met == Met.HIT for item in judged)
        made.append(Topic(group.topic, judged, counts, suspected))
    return made


def _sum_counts(topics: Iterable[Topic]) -> dict[str, int]:
    listed = list(topics)
    return {met: sum(topic.counts[met] for topic in listed) for met in wording.METS} | {
        "疑似": sum(topic.suspected for topic in listed)
    }


def _situation(finding: Finding) -> Iterator[Situation]:
    if finding.applies == Applies.OPEN:
        yield Situation(f"是否适用待定：{finding.why}")
    if finding.question:
        yield Situation(f"请{finding.office}部门答复：{finding.question}")
    for line in _deciding(finding):
        said = ("，".join(filter(None, (value.origin, value.note))) for value in line.values)
        yield Situation(line.sentence, "；".join(dict.fromkeys(filter(None, said))))
    for paper in finding.papers:
        yield Situation(paper.condition)


def _deciding(finding: Finding) -> list[TraceLine]:
    """The comparisons the result turns on, each sentence once."""
    return list({line.sentence: line for line in finding.trace if line.decisive}.values())


def _phrases(headline: str) -> list[str]:
    return [phrase.strip() for phrase in headline.split("；") if phrase.strip()]


def _said(stated: Any) -> tuple[str, str]:
    """Return what a project-file value says and the remark that goes with it."""
    if stated is None:
        return "", ""
    if not isinstance(stated, Mapping):
        return str(stated), ""
    value = "" if stated.get("value") is None else str(stated["value"])
    place = " ".join(str(stated[key]) for key in ("document", "page") if stated.get(key))
    check = str(stated.get("check") or "")
    verified = f"核实值 {stated['verified']}" if stated.get("verified") else ""
    return value, "；".join(filter(None, (place, str(stated.get("note") or ""), check, verified)))


def _flat(versions: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, str]]:
    for name, value in versions.items():
        label = f"{before}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{label} · ")
        elif isinstance(value, list | tuple):
            for place, item in enumerate(value, 1):
                yield from (
                    _flat(item, f"{label} · ") if isinstance(item, Mapping) else [(f"{label} · {place}", str(item))]
                )
        else:
            yield label, str(value)
