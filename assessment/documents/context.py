"""What the templates read: an ``Assessment`` put into the order and the words of a report.

Nothing is computed here but counts and shares for reading; figures stay numbers and are rounded by the template's filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanping.assessment.documents import figures, wording
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.model import CHANGE_ACCOUNTS, METHODS, PAPER_STATUSES, POLLUTANTS
from tanping.assessment.result import (
    Assessment,
    Condition,
    CrossCheck,
    FactorUse,
    Input,
    Inventory,
    Source,
    Statement,
    Year,
)
from tanping.records.canonical import canonical_bytes, sha256
from tanping.records.titles import title_marks
from tanping.rules.facts import load_catalogue
from tanping.rules.finding import Applies, FactValue, Finding, Met, MissingFact, TraceLine, by_topic

if TYPE_CHECKING:
    from tanping.assessment.measures.controls import Comparison

_COVER = (
    ("project", "owner"),
    ("project", "preparer"),
    ("project", "sector"),
    ("project", "nature"),
    ("site", "city"),
)
_OF_THE_WHOLE = frozenset({TABLE_LABELS["facts"], TABLE_LABELS["papers"], TABLE_LABELS["project"]})
_CLOSED = 1e-6
# What stands in brackets at the end of a line on a missing value: how the register was asked.
_ASIDE = re.compile(r"（[^“”]*）$")
_ABREAST = 4  # items of one table side by side
_NAMED = 3  # of many things that are all told elsewhere
_IN_FULL = 12  # missing facts told in full


@dataclass(frozen=True)
class Row:
    """A labelled value; ``remark`` says where it stands or why it was assumed."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class Cell:
    """A stated value; ``remark`` says where it stands or why it was assumed."""

    value: str
    remark: str = ""


@dataclass(frozen=True)
class Line:
    """One field of several items."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """What the project file says in one table: fields down, items across."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Period:
    """Years next to each other with the same emissions."""

    label: str
    year: Year


@dataclass(frozen=True)
class Ranked:
    """Missing facts: the first ones told in full with the ``clauses`` they decide (by fact), the rest named."""

    first: tuple[MissingFact, ...]
    rest: tuple[MissingFact, ...]
    clauses: dict[str, str]


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
    units: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A review topic 审查要点: findings ``told`` one by one under their document, and the clauses simply ``met`` by document (document, articles)."""

    name: str
    best: str
    worst: str
    told: tuple[tuple[str, tuple[Judged, ...]], ...]
    met: tuple[tuple[str, str], ...]
    counts: dict[str, int]
    suspected: int

    @property
    def met_count(self) -> int:
        """How many clauses are simply met."""
        return self.counts[Met.MET]


@dataclass(frozen=True)
class Tile:
    """A figure that stands out on the summary page."""

    label: str
    value: str
    unit: str
    remark: str = ""


@dataclass(frozen=True)
class MethodRow:
    """The total under one method, and how far it lies from the chosen one."""

    label: str
    total: float | None
    difference: str
    chosen: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ChangeRow:
    """A row of the table of changes as the file states it; ``ground`` is the report it rests on, with page and verified value."""

    id: str
    account: str
    party: str
    before: str
    after: str
    base_year: str
    ground: str


def canonical(assessment: Assessment) -> bytes:
    """Return the copy of record: the JSON result in canonical form (RFC 8785)."""
    return canonical_bytes(assessment.plain())


def report(assessment: Assessment, sha256: str, full: bool = False) -> dict[str, Any]:
    """Return everything the technical report prints.

    ``sha256`` is that of the attached copy of record; ``full`` tells the clauses that are simply met one by one too.
    """
    inventory = assessment.inventory
    topics = _topics(assessment.screening.findings, full)
    return {
        "assessment": assessment,
        "name": project_name(assessment),
        "cover": cover(assessment),
        "full": full,
        "sha256": sha256,
        "headline": _phrases(assessment.screening.headline),
        "tiles": tiles(assessment),
        "sheets": sheets(assessment.project, full),
        "papers": papers(assessment.project),
        "topics": topics,
        "total_counts": {met: sum(topic.counts[met] for topic in topics) for met in wording.METS},
        "total_suspected": sum(topic.suspected for topic in topics),
        "inventory": inventory,
        "method": method(inventory),
        "known": known_part(inventory),
        "stages": stages(inventory),
        "categories": [
            code for code in wording.CATEGORIES if any(code in year.by_category for year in inventory.annual)
        ],
        "periods": periods(inventory.annual),
        "conditions": conditions(assessment.conditions),
        "missing": ranked(assessment.screening.missing, assessment.screening.findings),
        "statements": statements(assessment.statements),
        "factors": factors(inventory.sources),
        "crosschecks": crosschecks(assessment.crosschecks),
        "bases": by_basis(assessment.screening.findings),
        "not_applicable": not_applicable(assessment.screening.findings),
        "cited": _citations(assessment.screening.findings).get,
        "versions": versions(assessment),
        "methods": methods(assessment),
        "changes": changes(assessment.project),
        "closed": closed(assessment),
        "equivalents": equivalents(inventory),
        "controls": controls(assessment),
    }


def project_name(assessment: Assessment) -> str:
    """Return the project's name, or a plain statement that there is none."""
    return words_of(assessment.project.get("project", {}).get("name"))[0] or "（项目名称未填）"


def cover(assessment: Assessment) -> list[Row]:
    """Return the lines of the cover."""
    rows = []
    for table, name in _COVER:
        if value := stated(assessment.project, table, name):
            rows.append(Row(entries(TABLES[table])[name].label, value))
    rows.append(Row("法规适用日期", figures.day(assessment.as_of)))
    rows.append(Row("判断时点", f"{assessment.moment}阶段"))
    return rows


def method(inventory: Inventory) -> str:
    """Return the method of accounting 核算依据 as printed."""
    return METHODS.get(inventory.method, inventory.method) or "未选定"


def methods(assessment: Assessment) -> list[MethodRow]:
    """Return the design-year total under every method, the chosen one marked."""
    chosen = next((row.design_year_total for row in assessment.methods if row.chosen), None)
    return [
        MethodRow(
            row.label,
            row.design_year_total,
            "－"
            if row.chosen or not chosen or row.design_year_total is None
            else figures.signed_percent(row.design_year_total / chosen - 1),
            row.chosen,
            tuple(dict.fromkeys(_ASIDE.sub("", line) for line in row.missing)),
        )
        for row in assessment.methods
    ]


def changes(project: Mapping[str, Any]) -> list[ChangeRow]:
    """Return what the file says of existing, replaced and offset works, in file order."""
    made = []
    for item in project.get("changes") or ():
        said = {name: words_of(item.get(name)) for name in ("account", "party", "before", "after", "base_year")}
        report, remark = words_of(item.get("verified_report"))
        places = (remark, *(said[name][1] for name in ("before", "after")))
        made.append(
            ChangeRow(
                str(item.get("id", "")),
                CHANGE_ACCOUNTS.get(said["account"][0], said["account"][0]),
                said["party"][0],
                said["before"][0],
                said["after"][0],
                said["base_year"][0],
                "；".join(dict.fromkeys(filter(None, (report, *places)))),
            )
        )
    return made


def closed(assessment: Assessment) -> bool:
    """Whether the processes of a steel works add up to the works."""
    works = None if assessment.processes is None else assessment.processes.works
    if works is None or works.unexplained is None or works.works is None:
        return False
    return abs(works.unexplained) <= _CLOSED * abs(works.works)


def controls(assessment: Assessment) -> list[tuple[str, Comparison]]:
    """Return the comparisons of pollution controls with the names of their pollutants."""
    return [
        ("、".join(POLLUTANTS.get(one, one) for one in item.pollutants) or "未写明污染物", item)
        for item in assessment.controls
    ]


def versions(assessment: Assessment) -> list[tuple[str, str]]:
    """Return the versions and hashes the result rests on, one line each."""
    return list(_flat(assessment.versions))


def stated(project: Mapping[str, Any], table: str, name: str) -> str:
    """Return what the project file says in one field, a choice by its label."""
    value, _ = words_of((project.get(table) or {}).get(name))
    return entries(TABLES[table])[name].choices.get(value, value)


def known_part(inventory: Inventory) -> str:
    """Say what is known of an incomplete total; nothing known is not a known zero."""
    counted = (item for item in inventory.sources if item.stage == "operation" and not item.memo)
    if not any(item.design_year is not None for item in counted):
        return "尚无可计算的排放源"
    return f"已知部分 {figures.ten_thousand_tonnes(inventory.known_design_year)} 万tCO₂/a"


def tiles(assessment: Assessment) -> list[Tile]:
    """Return the figures of the summary page; an unknown total says so and shows what is known."""
    inventory = assessment.inventory
    made = []
    if inventory.design_year_total is None:
        made.append(Tile("达产年排放量", "不完整", "", known_part(inventory)))
    else:
        made.append(Tile("达产年排放量", figures.ten_thousand_tonnes(inventory.design_year_total), "万tCO₂/a"))
    if inventory.lifetime_total is None:
        made.append(Tile("全生命周期排放量", "不完整", "", "缺项见第六章"))
    else:
        total = figures.ten_thousand_tonnes(inventory.lifetime_total, 0)
        made.append(Tile("全生命周期排放量", total, "万tCO₂", equivalents(inventory)))
    for indicator in assessment.indicators[:1]:
        made.append(
            Tile(indicator.name, figures.significant(indicator.value, 4), figures.unit(indicator.unit))
            if indicator.value is not None
            else Tile(indicator.name, figures.UNKNOWN, "", "缺数据")
        )
    made.append(Tile("尚缺资料", str(len(assessment.screening.missing)), "项", "按决定作用排序，见第六章"))
    return made


def equivalents(inventory: Inventory) -> str:
    """Say how much of the lifetime total was counted in CO2 equivalents, where some was."""
    if not inventory.lifetime_co2e:
        return ""
    return f"含施工、退役期 {figures.ten_thousand_tonnes(inventory.lifetime_co2e)} 万tCO₂e"


def sheets(project: Mapping[str, Any], full: bool) -> list[Sheet]:
    """Return the statements of the project file with the catalogue's labels, items of a table side by side.

    What sources are worked from is printed with them; only the ``full`` report prints those tables once more.
    """
    made = [_sheet("项目、日期与厂址", ("内容",), [_single(project, table) for table in ("project", "dates", "site")])]
    for table in TABLES if full else ("units",):
        items = list(project.get(table) or ()) if table not in ONE_ROW else []
        for start in range(0, len(items), _ABREAST):
            part = items[start : start + _ABREAST]
            heads = tuple(str(item.get("id", "")) for item in part)
            made.append(_sheet(TABLE_LABELS[table], heads, [_lines(table, part)]))
    if full:
        made.append(_sheet(TABLE_LABELS["lifetime"], ("内容",), [_single(project, "lifetime")]))
    return [sheet for sheet in made if sheet.rows]


def _sheet(title: str, heads: tuple[str, ...], groups: list[list[Line]]) -> Sheet:
    return Sheet(title, heads, tuple(line for group in groups for line in group))


def _single(project: Mapping[str, Any], table: str) -> list[Line]:
    return _lines(table, [project.get(table) or {}])


def _lines(table: str, items: Sequence[Mapping[str, Any]]) -> list[Line]:
    """One line for each field that any of the items states."""
    made = []
    for name, entry in entries(TABLES[table]).items():
        said = [words_of(item.get(name)) for item in items]
        if any(value for value, _ in said):
            cells = tuple(Cell(entry.choices.get(value, value), remark) for value, remark in said)
            made.append(Line(entry.label, cells))
    return made


def papers(project: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return what the file says of documents that were or will be obtained, by status; assumed ones apart."""
    catalogue = load_catalogue()
    grouped: dict[str, list[str]] = {}
    # By name, not as the file lists them: the canonical record keeps no order of its own, and must print the same page.
    for name, paper in sorted((project.get("papers") or {}).items()):
        said = {key: words_of(paper.get(key))[0] for key in ("status", "number", "date", "issuer", "page", "note")}
        status = PAPER_STATUSES.get(said["status"], said["status"]) or "未说明"
        assumed = said["note"].startswith("假设")
        detail = "，".join(
            filter(None, (said["number"], said["date"], said["issuer"], said["page"], "" if assumed else said["note"]))
        )
        label = catalogue[name].label if name in catalogue else name
        grouped.setdefault(status + "，按假设" * assumed, []).append(f"{label}（{detail}）" if detail else label)
    return sorted(grouped.items())


def periods(years: Sequence[Year]) -> list[Period]:
    """Put adjacent years with the same emissions together."""
    runs: list[list[Year]] = []
    for year in years:
        if runs and (runs[-1][0].total, runs[-1][0].by_category) == (year.total, year.by_category):
            runs[-1].append(year)
        else:
            runs.append([year])
    return [Period(str(run[0].year) if len(run) == 1 else f"{run[0].year}—{run[-1].year}", run[0]) for run in runs]


def by_basis(findings: Iterable[Finding]) -> list[tuple[str, int, list[str]]]:
    """Return the clauses that were judged by how well their text was checked: basis, how many, their documents."""
    return _counted_documents((str(item.basis), document(item)) for item in findings if item.applies != Applies.NO)


def not_applicable(findings: Iterable[Finding]) -> list[tuple[str, int, list[str]]]:
    """Return the clauses that don't apply by the reason: reason, how many, their documents."""
    return _counted_documents(
        (item.why or "不在适用范围", title_marks(item.document)) for item in findings if item.applies == Applies.NO
    )


def _counted_documents(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, int, list[str]]]:
    grouped: dict[str, dict[str, int]] = {}
    for key, name in pairs:
        counts = grouped.setdefault(key, {})
        counts[name] = counts.get(name, 0) + 1
    return [
        (key, sum(counts.values()), [f"{name} {count} 条" for name, count in counts.items()])
        for key, counts in grouped.items()
    ]


def document(finding: Finding) -> str:
    """Return the document a finding cites, with its number."""
    return title_marks(finding.document) + (f"（{finding.number}）" if finding.number else "")


def ranked(missing: Sequence[MissingFact], findings: Iterable[Finding]) -> Ranked:
    """Return the missing facts, the most deciding ones first."""
    known = {item.clause: item for item in findings}
    first = tuple(missing[:_IN_FULL])
    cited = {fact.fact: _cited([known[id] for id in fact.clauses if id in known]) for fact in first}
    return Ranked(first, tuple(missing[_IN_FULL:]), cited)


def _cited(findings: Sequence[Finding]) -> str:
    """Name the documents and articles, the first few of many."""
    named = [name + articles for name, articles in _articles(findings)]
    rest = f"；等共 {len(findings)} 条" if len(named) > _NAMED else ""
    return "；".join(named[:_NAMED]) + rest


def few(items: Sequence[str]) -> str:
    """Name what is missing, the first few of many."""
    return "；".join(items[:_NAMED]) + (f"；等 {len(items)} 项" if len(items) > _NAMED else "")


def provenance(item: Input) -> str:
    """Return where an operand comes from: origin, as typed, place, note, factor."""
    note = item.note
    origin = "" if note.startswith("假设") else wording.label(wording.ORIGINS, item.origin)
    typed = f"原文 {item.text}" if item.text else ""
    return "；".join(filter(None, (origin, typed, item.document, item.page, note, item.factor)))


def question(fact: MissingFact) -> str:
    """Return what must be answered, or, for a computed fact, from what it follows."""
    return (fact.ask or fact.meaning) if fact.asked else (fact.explanation or "由其他数据计算得出")


def counted(counts: Mapping[str, int]) -> str:
    """Return counts by result as words, without the zeros."""
    return "、".join(f"{met} {count}" for met, count in counts.items() if count) or "－"


def judge(finding: Finding) -> Judged:
    """Put a finding into the words of the table."""
    told = {(unit.met, unit.applies) for unit in finding.units}
    units = tuple(f"{unit.unit}：{unit.met}" for unit in finding.units) if len(told) > 1 else ()
    return Judged(
        finding,
        conclusion(finding),
        tuple(_situation(finding)),
        units or ((finding.unit,) if finding.unit else ()),
    )


def conclusion(finding: Finding) -> Conclusion:
    """Return the conclusion of a finding as printed. Unchecked law is 疑似, an unverified declaration is 按申报."""
    word = tone = str(finding.met)
    if finding.met == Met.HIT:
        tone = str(finding.severity)
        word = f"疑似{tone}" if finding.provisional and finding.level else tone
    remarks = ("待核原文",) * finding.provisional + ("按申报",) * finding.claimed
    return Conclusion(word, wording.MARKS.get(tone, "○"), wording.TONES.get(tone, "none"), remarks)


def stages(inventory: Inventory) -> list[tuple[str, list[tuple[int, Source]]]]:
    """Return the sources by stage of the project's life, numbered through, memo items last."""
    made = []
    place = 0
    for code, label in wording.STAGES.items():  # the years of operation first: they are the total
        members = [source for source in inventory.sources if source.stage == code]
        numbered = []
        for source in sorted(members, key=lambda item: item.memo):
            place += 1
            numbered.append((place, source))
        if numbered:
            made.append((label, numbered))
    return made


def crosschecks(given: Iterable[CrossCheck]) -> list[tuple[str, list[CrossCheck]]]:
    """Return the comparisons by kind: declared against recomputed, chapter against chapter, physics."""
    listed = list(given)
    kinds = list(dict.fromkeys([*wording.CROSSCHECKS, *(item.kind for item in listed)]))
    return [
        (kind, [item for item in listed if item.kind == kind])
        for kind in kinds
        if any(item.kind == kind for item in listed)
    ]


def conditions(given: Iterable[Condition]) -> list[tuple[str, list[Condition]]]:
    """Return the conditions by the moment they bind, in the order of a project's life."""
    listed = list(given)
    moments = [*wording.MOMENTS, *sorted({item.moment for item in listed} - set(wording.MOMENTS))]
    return [
        (moment, [c for c in listed if c.moment == moment])
        for moment in moments
        if any(c.moment == moment for c in listed)
    ]


def statements(given: Iterable[Statement]) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Return assumptions, overrides and doubts: kind, then reason, then everything that rests on that reason."""
    kinds: dict[str, dict[str, dict[str, list[str]]]] = {kind: {} for kind in wording.STATEMENTS}
    for item in given:
        reasons = kinds.setdefault(item.kind, {})
        # Under 假设 a reason need not begin with that word again.
        reason = item.note.removeprefix("假设").lstrip("：:，, ") if item.kind == "assumption" else item.note
        said = reasons.setdefault(reason or "未写明理由", {})
        said.setdefault(f"{item.label} {item.text}", []).append("" if item.where in _OF_THE_WHOLE else item.where)
    return [
        (
            wording.label(wording.STATEMENTS, kind),
            [(note, [text + _in_brackets(where) for text, where in said.items()]) for note, said in reasons.items()],
        )
        for kind, reasons in kinds.items()
        if reasons
    ]


def _in_brackets(places: Iterable[str]) -> str:
    named = "、".join(filter(None, places))
    return f"（{named}）" if named else ""


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
    return sha256(copy)


def _topics(findings: Iterable[Finding], full: bool) -> list[Topic]:
    made = []
    for group in by_topic(findings):
        told = [item for item in group.findings if full or item.met != Met.MET]
        met = [item for item in group.findings if item.met == Met.MET]
        counts = {word: sum(item.met == word for item in group.findings) for word in wording.METS}
        suspected = sum(item.provisional and item.met == Met.HIT and item.level > 0 for item in group.findings)
        listed = () if full else tuple(_articles(met))
        made.append(Topic(group.topic, group.best, group.worst, under_documents(told), listed, counts, suspected))
    return made


def under_documents(findings: Iterable[Finding]) -> tuple[tuple[str, tuple[Judged, ...]], ...]:
    """Put findings under their documents; a document stands where its strictest clause would."""
    grouped: dict[str, list[Judged]] = {}
    for item in findings:
        grouped.setdefault(document(item), []).append(judge(item))
    return tuple((name, tuple(members)) for name, members in grouped.items())


def _articles(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """Yield each document with its articles, and a mark where the text is not checked."""
    grouped: dict[str, list[str]] = {}
    for item in findings:
        grouped.setdefault(document(item), []).append((item.article or "全文") + "*" * item.provisional)
    for name, articles in grouped.items():
        yield name, "、".join(articles)


def _citations(findings: Iterable[Finding]) -> dict[str, str]:
    return {item.clause: title_marks(item.document) + item.article for item in findings}


def _situation(finding: Finding) -> Iterator[Situation]:
    if finding.applies == Applies.OPEN:
        yield Situation(f"是否适用待定：{finding.why}")
    if finding.question:
        yield Situation(f"请{finding.office}部门答复：{finding.question}")
    for line in _deciding(finding):
        yield Situation(line.sentence, "；".join(dict.fromkeys(filter(None, map(_ground, line.values)))))
    for paper in finding.papers:
        yield Situation(paper.condition)


def _ground(value: FactValue) -> str:
    """Where a value stands, when it is more than a bare declaration: 假设, 计算, 报告书 第 3 页."""
    assumed = "假设" if value.note.startswith("假设") else ""
    origin = "" if value.origin == "申报" else value.origin
    return "，".join(filter(None, (assumed or origin, value.document, value.page)))


def _deciding(finding: Finding) -> list[TraceLine]:
    """The comparisons the result turns on, each sentence once."""
    return list({line.sentence: line for line in finding.trace if line.decisive}.values())


def _phrases(headline: str) -> list[str]:
    return [phrase.strip() for phrase in headline.split("；") if phrase.strip()]


def words_of(stated: Any) -> tuple[str, str]:
    """Return what a project-file value says and the remark that goes with it; an assumption's reason stands elsewhere."""
    if stated is None:
        return "", ""
    if not isinstance(stated, Mapping):
        return str(stated), ""
    value = "" if stated.get("value") is None else str(stated["value"])
    place = " ".join(str(stated[key]) for key in ("document", "page") if stated.get(key))
    note = str(stated.get("note") or "")
    check = str(stated.get("check") or "")
    verified = f"核实值 {stated['verified']}" if stated.get("verified") else ""
    return value, "；".join(filter(None, (place, "〔假设〕" if note.startswith("假设") else note, check, verified)))


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
