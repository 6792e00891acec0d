"""What the forms of a joint review say: the assessment and the review record put into the sentences of an official document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tanping.assessment.documents import charts, context, figures, wording
from tanping.assessment.documents.office import Office
from tanping.assessment.documents.review import NOT_ADOPTED, Answer, Demand, Outcome, Point, Review
from tanping.assessment.result import Assessment
from tanping.records.titles import title_marks
from tanping.rules.finding import Applies, Finding, Met, by_topic

BLANK = "　　　　"
CONCLUSIONS = {
    Outcome.AGREED: "综上，该项目碳排放环境影响评价内容总体符合现行要求，排放量核算依据可追溯，减污降碳措施基本可行。联审结论：同意。",
    Outcome.REVISED: "综上，该项目碳排放环境影响评价内容尚有本意见第七部分所列问题。建设单位和环评编制单位应逐条修改完善，经复核符合要求后，联审结论为：修改完善后同意。",
    Outcome.REFUSED: "综上，该项目与本意见第四部分所列禁止或限制性要求不符，或主要问题无法通过修改解决。联审结论：不同意。",
}
"""The three fixed forms of section eight, to begin a draft with."""
_OUTCOME = re.compile(rf"联审结论为?[:：]\s*({'|'.join(sorted(Outcome, key=len, reverse=True))})")
_NEITHER = "（本稿的结论没有采用“联审结论：同意／修改完善后同意／不同意”三种规定表述之一，签发前须改定。）"
_NAMED = 8  # of what a topic lacks
TRIAL = "单机试用稿，不作公文使用"


@dataclass(frozen=True)
class AnswerRow:
    """A row of the table of opinions: one point, or the whole opinion where it has none."""

    office: str
    number: str
    opinion: str
    text: str
    adoption: str
    reason: str


@dataclass(frozen=True)
class Requirement:
    """Something that section seven still asks for."""

    text: str
    page: str
    who: str
    due: date | None
    office: str


def told(assessment: Assessment, review: Review, office: Office) -> dict[str, Any]:
    """Return what the templates of a review add to those of the report."""
    topics = conformity(assessment)
    return {
        "review": review,
        "office": office,
        "title": f"关于{context.project_name(assessment)}碳排放环境影响评价的联审意见",
        "blank": BLANK,
        "lead_in": lead_in(assessment, review),
        "overview": overview(assessment),
        "organisation": organisation(review),
        "totals": totals(assessment),
        "conformity": [topic for topic in topics if not _plain(topic)],
        "plain_topics": plain_topics(topics),
        "conclusion": conclusion(review),
        "answer_rows": list(answer_rows(review.answers)),
        "requirements": requirements(review),
        "demands_told": demands_told(review.demands),
        "accounts": accounts(assessment),
        "measures_told": measures(assessment, review),
        "checks_told": checks_told(review),
        "draft_mark": TRIAL if review.trial else ("送审稿" if review.draft else ""),
        "phrases": office.phrases.get(_sector(assessment), ()),
        "supplements": supplements(assessment),
        "owner": _stated(assessment, "project", "owner"),
        "asked_of": asked_of(assessment.screening.findings, review.about),
        "office_findings": [
            (item, own) for item in assessment.screening.findings for own in review.of_clause(item.clause)
        ],
    }


def lead_in(assessment: Assessment, review: Review) -> str:
    """The opening sentence with its dates."""
    owner = _stated(assessment, "project", "owner") or "建设单位"
    name = context.project_name(assessment)
    steps = [
        f"{owner}报送的{title_marks(name + '环境影响报告书')}碳排放评价相关材料收悉。",
        f"本次联审于{_day(review.accepted)}受理",
        f"，于{_day(review.corrected)}收齐补正材料" if review.corrected else "",
        f"，于{_day(review.assessed)}完成技术评估" if review.assessed else "",
        f"，法规适用日期为{figures.day(assessment.as_of)}。经审查，提出意见如下：",
    ]
    return "".join(steps)


def overview(assessment: Assessment) -> str:
    """The project in one paragraph, of what its file states."""
    site = "".join(filter(None, (_stated(assessment, "site", key) for key in ("province", "city", "county"))))
    nature, sector = _stated(assessment, "project", "nature"), _stated(assessment, "project", "sector")
    units = assessment.project.get("units") or []
    parts = [
        f"项目位于{site or BLANK}{_after('，', _stated(assessment, 'site', 'park'))}，建设性质为{nature or BLANK}，行业为{sector or BLANK}。",
        figures.ended(_stated(assessment, "project", "summary")),
        f"共有生产单元{len(units)}个。" if units else "",
    ]
    return "".join(parts)


def organisation(review: Review) -> list[str]:
    """Who was asked, who answered, who did not; site visit and experts."""
    asked = [answer for answer in review.answers if not answer.expert]
    inner = [answer.office for answer in asked if not answer.outside]
    outside = [answer.office for answer in asked if answer.outside]
    lines = []
    if inner:
        lines.append(f"征求了{'、'.join(inner)}等{len(inner)}个处室的意见。")
    if outside:
        lines.append(f"函请{'、'.join(outside)}等{len(outside)}个单位提出意见。")
    if asked:
        lines.append(_answered(asked))
    lines.append(figures.ended(review.site_visit) or "现场踏勘情况：未记载。")
    lines.append(f"参加技术评估的专家：{'、'.join(review.experts)}。" if review.experts else "专家参加情况：未记载。")
    return [*lines, *map(figures.ended, review.minutes)]


def _answered(asked: Sequence[Answer]) -> str:
    came = [answer for answer in asked if answer.came]
    late = [answer.office for answer in asked if not answer.came and answer.silent]
    open_ones = [answer.office for answer in asked if not answer.came and not answer.silent]
    rest = [f"{'、'.join(late)}逾期未复"] * bool(late) + [f"{'、'.join(open_ones)}尚未答复"] * bool(open_ones)
    return f"收到意见{len(came)}份，" + ("，".join(rest) or "均已答复") + "。"


def conclusion(review: Review) -> list[str]:
    """The paragraphs of section eight: as drafted, else the fixed form of the outcome; a draft in no fixed form says so."""
    if review.conclusion:
        paragraphs = [line.strip() for line in review.conclusion.splitlines() if line.strip()]
        return paragraphs if outcome_of(review.conclusion) or not review.draft else [*paragraphs, _NEITHER]
    return [CONCLUSIONS[review.outcome]] if review.outcome else []


def outcome_of(text: str) -> Outcome | None:
    """Return the outcome a drafted conclusion states in a fixed form; None if in none, or in two that differ."""
    stated = set(_OUTCOME.findall(text))
    return Outcome(stated.pop()) if len(stated) == 1 else None


def answer_rows(answers: Iterable[Answer]) -> Iterator[AnswerRow]:
    """Yield the rows of the table of opinions, each with its office, so that a page break loses nothing."""
    for answer in answers:
        office = f"专家{answer.office}" if answer.expert else answer.office
        whole = [Point(answer.text)] if answer.text or not answer.points else []
        settled = f"协调结果：{answer.settled}" if answer.settled else ""
        for point in (*whole, *answer.points):
            reason = "；".join(filter(None, (point.reason, settled)))
            settled = ""
            yield AnswerRow(office, answer.number, opinion_line(answer), point.text, point.adoption, reason)


def requirements(review: Review) -> list[Requirement]:
    """What is still asked for: demands that are not met, and the points of opinions that were adopted."""
    standing = [
        Requirement(item.text, item.page, item.who, item.due, item.office) for item in review.demands if not item.done
    ]
    adopted = [
        Requirement(point.text, "", "", None, answer.office)
        for answer in review.answers
        for point in answer.points
        if point.adoption and point.adoption != NOT_ADOPTED
    ]
    return [*standing, *adopted]


def demands_told(demands: Sequence[Demand]) -> str:
    """Say how many demands were made and met, once any was judged."""
    if not any(item.judged for item in demands):
        return ""
    done = sum(item.done for item in demands)
    rest = "，其余及各单位已采纳的意见如下：" if done < len(demands) else "。"
    return f"审查期间提出修改补充意见{len(demands)}条，经核对已修改{done}条{rest}"


def checks_told(review: Review) -> list[str]:
    """Say what of the declared values was gone through, and name those found otherwise."""
    if not review.checks:
        return []
    doubted = [item for item in review.checks if not item.verified and item.status != "已核实"]
    differing = [item for item in review.checks if item.differs]
    sure = len(review.checks) - len(doubted)
    lines = [f"已逐项核实申报数据{sure}项，其中{len(differing)}项核实值与申报值不同；存疑{len(doubted)}项。"]
    lines += [
        f"{item.label}：申报{item.declared or '未填'}，核实{item.verified}{_after('（', item.where, '）')}。"
        for item in differing
    ]
    return [*lines, *(f"{item.label}：存疑{_after('，', item.note)}。" for item in doubted)]


def totals(assessment: Assessment) -> list[str]:
    """The adopted totals, said as complete or as incomplete."""
    inventory = assessment.inventory
    if inventory.design_year_total is None:
        missing = "；".join(inventory.missing)
        lines = [f"达产年（设计工况）二氧化碳排放总量不完整，{context.known_part(inventory)}，缺：{missing}。"]
    else:
        parts = _by_category(assessment)
        total = figures.ten_thousand_tonnes(inventory.design_year_total)
        lines = [f"达产年（设计工况）二氧化碳排放总量为{total}万吨，其中{parts}。"]
    if inventory.net_change is not None:
        lines.append(
            f"考虑现有工程、以新带老、产能置换和区域碳减排后，净变化量为{figures.ten_thousand_tonnes(inventory.net_change)}万吨。"
        )
    else:
        lacking = "；".join(inventory.net_change_missing)
        lines.append(f"现有、以新带老、置换和区域碳减排资料不足，未给出净变化量{_after('（', lacking, '）')}。")
    lines += [
        f"{item.name}为{figures.significant(item.value, 4)} {figures.unit(item.unit)}{_against(item.references)}。"
        for item in assessment.indicators[:2]
        if item.value is not None
    ]
    return lines


def accounts(assessment: Assessment) -> list[tuple[str, str]]:
    """The three accounts and what the net change is made of, in 万tCO₂/a; unknown is said, empty where nothing was worked out."""
    held = assessment.accounts
    if held is None:
        return []
    parts = (
        ("现有工程排放量", held.existing),
        ("在建工程排放量", held.under_construction),
        ("拟建项目产生量", held.proposed_generated),
        ("拟建项目排放量", held.proposed),
        ("以新带老削减量", held.offset),
        ("最终排放量", held.final),
        ("产能置换退出量", held.replaced),
        ("区域碳减排量", held.regional),
        ("净变化量", held.net),
    )
    return [
        (name, "资料不足" if amount is None else figures.ten_thousand_tonnes(amount) if amount else "－")
        for name, amount in parts
    ]


def drawn(assessment: Assessment) -> list[str]:
    """The charts that help to decide, as far as there are figures: what changes on balance, the years, one comparison."""
    compared = next((item.id for item in assessment.indicators if charts.comparable(item)), "")
    return ["net_change", "annual", f"indicator-{compared}"]


def measures(assessment: Assessment, review: Review) -> list[str]:
    """The measures: as noted in the review, then those of the project file with what each cuts, then the choice of controls."""
    lines = list(review.measures)
    held = assessment.measures
    for item in held.effects if held else ():
        cut = "减排量资料不足" if item.alone is None else f"单独实施年减排{figures.ten_thousand_tonnes(item.alone)}万吨"
        lines.append(f"{item.name}（{item.size}）：{cut}。")
    if held is not None and len(held.effects) > 1:
        lines.append(f"上述措施共同实施年减排{figures.ten_thousand_tonnes(held.cut)}万吨（已扣除相互重叠部分）。")
    lines += [f"{names}治理方案比选：{figures.ended(item.verdict)}" for names, item in context.controls(assessment)]
    return lines


@dataclass(frozen=True)
class TopicTold:
    """A review topic: counts in words, what is told clause by clause, and what the clauses without an answer lack."""

    name: str
    counts: str
    told: tuple[Finding, ...]
    unknown: int
    lacking: str


def conformity(assessment: Assessment) -> list[TopicTold]:
    """By topic: hits, conditions and questions clause by clause; what is not known only by what is missing, else it would fill the document."""
    labels = {fact.fact: fact.label for fact in assessment.screening.missing}
    made = []
    for group in by_topic(assessment.screening.findings):
        counts = {word: sum(item.met == word for item in group.findings) for word in wording.METS}
        told = tuple(item for item in group.findings if item.met not in (Met.MET, Met.UNKNOWN))
        unknown = [item for item in group.findings if item.met == Met.UNKNOWN]
        names = list(dict.fromkeys(labels.get(name, "") for item in unknown for name in item.missing))
        made.append(
            TopicTold(group.topic, context.counted(counts), told, len(unknown), _few(list(filter(None, names))))
        )
    return made


def _few(names: Sequence[str]) -> str:
    rest = f"等{len(names)}项" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + rest


def plain_topics(topics: Iterable[TopicTold]) -> str:
    """Name the topics whose clauses are all met, with how many."""
    return "、".join(
        f"{item.name}（{item.counts.removeprefix(str(Met.MET)).strip()}条）" for item in topics if _plain(item)
    )


def _plain(topic: TopicTold) -> bool:
    return not (topic.told or topic.unknown)


def supplements(assessment: Assessment) -> list[tuple[str, str]]:
    """What must be supplemented, with the office that asks: data of the inventory first, then facts of the clauses."""
    wanted = [(item, "气候") for item in assessment.inventory.missing]
    wanted += [
        (f"{fact.label}：{context.question(fact)}", fact.office) for fact in assessment.screening.missing if fact.asked
    ]
    return wanted


def asked_of(findings: Iterable[Finding], about: str) -> list[Finding]:
    """The clauses only a person can judge: of the body a letter goes to, or of all while it goes to nobody yet."""
    manual = [item for item in findings if item.met == Met.MANUAL and item.applies != Applies.NO]
    return [item for item in manual if not about or item.office == about]


def opinion_line(answer: Answer) -> str:
    """The opinion of an office as the table says it."""
    if answer.opinion:
        return answer.opinion
    return "逾期未复" if answer.silent else ("尚未答复" if answer.asked else "未征求")


def _by_category(assessment: Assessment) -> str:
    sums: dict[str, float] = {}
    for source in assessment.inventory.sources:
        if source.stage == "operation" and not source.memo and source.design_year is not None:
            sums[source.category] = sums.get(source.category, 0.0) + source.design_year
    return "、".join(
        f"{wording.label(wording.CATEGORIES, code)}{figures.ten_thousand_tonnes(amount)}万吨"
        for code, amount in sums.items()
        if amount
    )


def _against(references: Sequence[Any]) -> str:
    if not references:
        return ""
    first = references[0]
    year = f"，{first.data_year}年" if first.data_year else ""
    return (
        f"（参考：{first.name}{figures.as_stated(first.value)} {figures.unit(first.unit)}{year}；仅作比较，不是限值）"
    )


def _sector(assessment: Assessment) -> str:
    from tanping.assessment.project.model import SECTORS

    said = _stated(assessment, "project", "sector")
    return next((code for code, label in SECTORS.items() if said in (code, label)), "")


def _stated(assessment: Assessment, table: str, name: str) -> str:
    return context.stated(assessment.project, table, name)


def _day(day: date | None) -> str:
    return figures.day(day) if day else f"{BLANK}年　月　日"


def _after(mark: str, text: str, close: str = "") -> str:
    return f"{mark}{text}{close}" if text else ""
