"""What each office goes through: the findings of its clauses by review topic, and its answer to each.

A 系统提示 is taken or overruled; overruling needs the office's own finding, a reason and the evidence. A clause that the machine can't
judge is a question that only the office answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service import submissions
from tanping.assessment.review.service.desk import Act, Desk, Look, clean, new_id, one_of, same_version
from tanping.assessment.review.store.reviews import AnswerRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import OfficeFinding, OpinionKind, Outcome
from tanping.records.titles import title_marks
from tanping.rules.clause import TOPICS

MANUAL, HIT, UNKNOWN, CONDITIONAL = "转人工", "不符合", "资料不足", "有条件符合"
TO_ANSWER = frozenset({MANUAL, HIT, UNKNOWN})
_FINE = frozenset({OfficeFinding.MET, OfficeFinding.CONDITIONAL, OfficeFinding.NOT_CONCERNED})
_SEVERE = frozenset({"禁止", "限制"})
_URGENCY = (HIT, UNKNOWN, MANUAL, CONDITIONAL, "符合")

Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """An office's answer to a point."""

    outcome: Outcome
    finding: OfficeFinding
    reason: str
    evidence: str
    page: str
    hint: str
    by: str
    at: datetime
    version: int


@dataclass(frozen=True)
class Item:
    """A point of a checklist: the finding as in the result, whether it must be answered, the office's answer.

    ``outdated``: answered when the 系统提示 was another one.
    """

    clause: str
    citation: str
    requirement: str
    hint: str
    severity: str
    because: str
    question: str
    missing: tuple[str, ...]
    evidence: tuple[str, ...]
    provisional: bool
    claimed: bool
    needed: bool
    outdated: bool
    answer: Answer | None
    finding: Finding


@dataclass(frozen=True)
class Topic:
    """A review topic 审查要点 with its points, most urgent first."""

    name: str
    items: tuple[Item, ...]


class Checklist:
    """An office's points."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def topics(self, person: Person, review_id: str, office: str = "") -> list[Topic]:
        """Return an office's checklist (by default one's own) from the newest result, topics in the order of a report."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            items = items_of(look, office or look.office)
            found = [Topic(topic, tuple(item for item in items if item.finding["topic"] == topic)) for topic in TOPICS]
            return [topic for topic in found if topic.items]

    def answer(
        self,
        person: Person,
        review_id: str,
        clause: str,
        outcome: str,
        *,
        finding: str = "",
        reason: str = "",
        evidence: str = "",
        page: str = "",
        version: int = 0,
    ) -> Item:
        """Answer a point for one's office. ``version`` 0: the first answer. Raises RefusedError, ChangedError."""
        one_of(outcome, Outcome, "处理")
        with self._desk.act(person, review_id, Action.ANSWER_POINT) as act:
            item = next((item for item in items_of(act, act.office) if item.clause == clause), None)
            if item is None:
                raise RefusedError(f"{act.office}的审查要点里没有这一条（{clause[:60]}）。")
            own = _own_finding(item, outcome, finding)
            reason, evidence = clean(reason, "理由"), clean(evidence, "依据")
            if outcome == Outcome.OVERRULED and not (reason and evidence):
                raise RefusedError("不采纳系统提示，须写明理由和依据（文件、页码或现场记录）。")
            if item.hint == MANUAL and not reason:
                raise RefusedError("这一条由处室判断，请写明判断理由。")
            row = _row(act, clause)
            if row is None:
                if version:
                    raise RefusedError("这一条的答复属于上一轮，请重新载入后再填。")
                row = AnswerRow(
                    id=new_id(),
                    review_id=act.review.id,
                    round=act.review.round,
                    office=act.office,
                    clause=clause,
                    version=0,
                )
                act.session.add(row)
            else:
                same_version(row, version, act, "这一条的答复")
            row.hint, row.outcome, row.finding = item.hint, outcome, own
            row.reason, row.evidence, row.page = reason, evidence, clean(page, "页码", longest=60)
            row.user_id, row.at, row.version = act.person.id, act.at, row.version + 1
            act.record(
                Action.ANSWER_POINT,
                {
                    "clause": clause,
                    "hint": item.hint,
                    "outcome": outcome,
                    "finding": own,
                    "reason": reason,
                    "evidence": evidence,
                },
            )
            return next(item for item in items_of(act, act.office) if item.clause == clause)


def items_of(look: Look, office: str) -> list[Item]:
    """Return the points of an office from the newest result, most urgent first."""
    result = submissions.newest_result(look)
    if result is None:
        return []
    answers = {
        row.clause: row for row in look.all(AnswerRow, AnswerRow.round == look.review.round, AnswerRow.office == office)
    }
    findings = submissions.result_of(look, result)["screening"]["findings"]
    items = [
        _item(look, finding, answers.get(finding["clause"]))
        for finding in findings
        if finding["office"] == office and finding["applies"] != "不涉及"
    ]
    return sorted(items, key=lambda item: (_URGENCY.index(item.hint) if item.hint in _URGENCY else 0, item.clause))


def against(look: Look, kind: str) -> list[str]:
    """Return what stands against an office's concluding so: points unanswered, or answered the other way."""
    items = items_of(look, look.office)
    if kind in (OpinionKind.NOT_CONCERNED, OpinionKind.UNABLE):
        return []
    open_items = [item for item in items if item.needed and (item.answer is None or item.outdated)]
    said = []
    if open_items:
        named = "、".join(item.citation for item in open_items[:3])
        said.append(f"还有 {len(open_items)} 条审查要点没有答复（{named}{' 等' if len(open_items) > 3 else ''}）")
    if kind in (OpinionKind.AGREE, OpinionKind.NO_OPINION):
        hits = [
            item
            for item in items
            if item.answer and item.answer.finding is OfficeFinding.HIT and item.severity in _SEVERE
        ]
        said += [f"已认定不符合{item.citation}（{item.severity}）" for item in hits]
    return said


def claims(look: Look) -> int:
    """Return how many of an office's points rest on declarations that nobody verified."""
    return sum(item.claimed for item in items_of(look, look.office))


def opposed(look: Look) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return review topics on which one office found a clause violated and another found its own clauses met, with who found what."""
    result = submissions.newest_result(look)
    if result is None:
        return []
    topics = {found["clause"]: found["topic"] for found in submissions.result_of(look, result)["screening"]["findings"]}
    by_topic: dict[str, list[AnswerRow]] = {}
    for row in look.all(AnswerRow, AnswerRow.round == look.review.round, order=[AnswerRow.at]):
        by_topic.setdefault(topics.get(row.clause, row.clause), []).append(row)
    found = []
    for topic, rows in sorted(by_topic.items()):
        hit = {row.office for row in rows if row.finding == OfficeFinding.HIT}
        met = {row.office for row in rows if row.finding in _FINE}
        if hit and met - hit:
            found.append((topic, tuple((row.office, f"{row.clause} {row.finding}") for row in rows)))
    return found


def _own_finding(item: Item, outcome: str, finding: str) -> str:
    if outcome == Outcome.TAKEN and item.hint != MANUAL:
        if finding and finding != item.hint:
            raise RefusedError(f"采纳系统提示（{item.hint}），就不能另作“{finding}”的认定；不同意提示请选“不采纳”。")
        return item.hint
    one_of(finding, OfficeFinding, "处室认定")
    if outcome == Outcome.OVERRULED and finding == item.hint:
        raise RefusedError(f"认定与系统提示（{item.hint}）相同，请选“采纳”。")
    return finding


def _row(act: Act, clause: str) -> AnswerRow | None:
    rows = act.all(
        AnswerRow, AnswerRow.round == act.review.round, AnswerRow.office == act.office, AnswerRow.clause == clause
    )
    return rows[0] if rows else None


def _item(look: Look, finding: Finding, row: AnswerRow | None) -> Item:
    hint = str(finding["met"]) if finding["applies"] != "待定" or finding["met"] == MANUAL else UNKNOWN
    return Item(
        clause=finding["clause"],
        citation=title_marks(finding["document"]) + finding["article"],
        requirement=finding["requirement"],
        hint=hint,
        severity=finding["severity"],
        because=finding["because"],
        question=finding["question"],
        missing=tuple(finding["missing"]),
        evidence=tuple(finding["evidence"]),
        provisional=finding["provisional"],
        claimed=finding["claimed"],
        needed=hint in TO_ANSWER,
        outdated=row is not None and row.hint != hint,
        answer=None if row is None else _answer(look, row),
        finding=finding,
    )


def _answer(look: Look, row: AnswerRow) -> Answer:
    return Answer(
        outcome=Outcome(row.outcome),
        finding=OfficeFinding(row.finding),
        reason=row.reason,
        evidence=row.evidence,
        page=row.page,
        hint=row.hint,
        by=look.name(row.user_id),
        at=row.at,
        version=row.version,
    )
