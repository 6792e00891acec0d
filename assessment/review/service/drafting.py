"""Meetings and their minutes; the drafted joint-review opinion in its versions; the offices' 会签."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service import opinions, steps, submissions, texts
from tanping.assessment.review.service.desk import SHORT, Desk, Look, clean, new_id, one_of
from tanping.assessment.review.store.reviews import ConclusionRow, CountersignRow, MinutesRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Countersign, Meeting, Source

CONCLUSION = "conclusion"
"""The place of the working text from which a version is taken."""
COUNTERSIGN = "会签"


@dataclass(frozen=True)
class Conclusion:
    """A version of the draft with who countersigned it how."""

    id: str
    number: int
    text: str
    result_id: str
    by: str
    at: datetime
    countersigns: tuple[tuple[str, str, str, str], ...]
    """(office, outcome, text, by)"""


class Drafting:
    """Minutes, drafts, 会签."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ---- minutes -----------------------------------------------------------------------------------------------------

    def write_minutes(
        self, person: Person, review_id: str, kind: str, *, held: date, venue: str, people: str, text: str
    ) -> MinutesRow:
        """Put the minutes of a site visit or meeting on record. They are not changed afterwards; a correction is another record."""
        one_of(kind, Meeting, "会议类别")
        with self._desk.act(person, review_id, Action.WRITE_MINUTES) as act:
            if held > act.today:
                raise RefusedError(f"{kind}的日期（{held}）在今天以后。")
            row = MinutesRow(
                id=new_id(),
                review_id=act.review.id,
                round=act.review.round,
                kind=kind,
                held=held,
                venue=clean(venue, "地点", longest=SHORT, needed=True),
                people=clean(people, "参加人员", needed=True),
                text=clean(text, "纪要", needed=True),
                user_id=act.person.id,
                at=act.at,
            )
            act.session.add(row)
            act.record(Action.WRITE_MINUTES, {"kind": kind, "held": held.isoformat(), "minutes": row.id})
            return row

    def minutes(self, person: Person, review_id: str) -> list[MinutesRow]:
        """Return all minutes (snapshots), oldest first."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return look.all(MinutesRow, order=[MinutesRow.at])

    # ---- the draft ---------------------------------------------------------------------------------------------------

    def write_conclusion(self, person: Person, review_id: str, text: str = "") -> Conclusion:
        """Keep a version of the drafted opinion, by default the working text at ``conclusion``; it rests on the newest result."""
        with self._desk.act(person, review_id, Action.WRITE_CONCLUSION) as act:
            text = clean(text or texts.text_of(act, CONCLUSION), "联审意见稿", longest=texts.LONGEST_TEXT, needed=True)
            result = submissions.newest_result(act)
            if result is None or submissions.stale(act):
                raise RefusedError("评估结果不是最新的，请先退回重算。")
            last = act.session.scalar(
                select(func.max(ConclusionRow.number)).where(ConclusionRow.review_id == act.review.id)
            )
            row = ConclusionRow(
                id=new_id(),
                review_id=act.review.id,
                round=act.review.round,
                number=(last or 0) + 1,
                text=text,
                result_id=result.id,
                user_id=act.person.id,
                at=act.at,
            )
            act.session.add(row)
            act.record(Action.WRITE_CONCLUSION, {"number": row.number, "result": result.number})
            return _conclusion(act, row)

    def conclusions(self, person: Person, review_id: str) -> list[Conclusion]:
        """Return all versions of the draft, oldest first."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return [_conclusion(look, row) for row in look.all(ConclusionRow, order=[ConclusionRow.number])]

    def countersign(
        self, person: Person, review_id: str, conclusion_id: str, outcome: str, text: str = ""
    ) -> Conclusion:
        """Countersign the circulated version for one's office; 有意见 says what."""
        one_of(outcome, Countersign, "会签意见")
        with self._desk.act(person, review_id, Action.COUNTERSIGN) as act:
            row = newest_conclusion(act)
            if row is None or row.id != conclusion_id:
                raise RefusedError("会签的不是最新一稿，请重新载入后再签。")
            if act.office not in to_countersign(act):
                raise RefusedError(f"{act.office}不在这次会签范围内。")
            if any(found.office == act.office for found in _countersigns(act, row)):
                raise RefusedError(f"{act.office}已会签这一稿；意见有变的，请牵头处退回改稿后重新会签。")
            said = clean(text, "会签意见", needed=outcome == Countersign.OBJECTED)
            act.session.add(
                CountersignRow(
                    id=new_id(),
                    review_id=act.review.id,
                    conclusion_id=row.id,
                    office=act.office,
                    outcome=outcome,
                    text=said,
                    user_id=act.person.id,
                    at=act.at,
                )
            )
            steps.close_tasks(act, COUNTERSIGN, act.office, outcome)
            act.record(
                Action.COUNTERSIGN, {"draft": row.number, "office": act.office, "outcome": outcome, "text": said}
            )
            return _conclusion(act, row)


# ---- what the steps look at ------------------------------------------------------------------------------------------


def newest_conclusion(look: Look) -> ConclusionRow | None:
    """Return this round's newest version of the draft."""
    rows = look.all(ConclusionRow, ConclusionRow.round == look.review.round, order=[ConclusionRow.number.desc()])
    return rows[0] if rows else None


def conclusion_missing(look: Look) -> bool:
    """Whether no version rests on the newest result, or none was written since the draft was last returned."""
    row, result = newest_conclusion(look), submissions.newest_result(look)
    if row is None or result is None or row.result_id != result.id:
        return True
    return look.last(Action.WRITE_CONCLUSION) < look.last(Action.RETURN_DRAFT, Action.START_DRAFTING)


def to_countersign(look: Look) -> tuple[str, ...]:
    """Return the inner offices that were asked: they countersign."""
    return tuple(row.office for row in opinions.asked(look) if row.source == Source.OFFICE)


def countersigns_waiting(look: Look) -> tuple[str, ...]:
    """Return the offices that have not countersigned the newest version."""
    row = newest_conclusion(look)
    done = {found.office for found in _countersigns(look, row)} if row else set()
    return tuple(office for office in to_countersign(look) if office not in done)


def objections(look: Look) -> tuple[str, ...]:
    """Return the offices that object to the newest version."""
    row = newest_conclusion(look)
    rows = _countersigns(look, row) if row else []
    return tuple(found.office for found in rows if found.outcome == Countersign.OBJECTED)


def minutes_missing(look: Look) -> bool:
    """Whether the coordination meeting that was called has no minutes yet."""
    called = look.last(Action.CALL_COORDINATION)
    rows = look.all(MinutesRow, MinutesRow.kind == Meeting.COORDINATION, MinutesRow.round == look.review.round)
    return look.last(Action.WRITE_MINUTES) < called or not rows


def _countersigns(look: Look, row: ConclusionRow) -> list[CountersignRow]:
    return look.all(CountersignRow, CountersignRow.conclusion_id == row.id, order=[CountersignRow.at])


def _conclusion(look: Look, row: ConclusionRow) -> Conclusion:
    signed = tuple(
        (found.office, found.outcome, found.text, look.name(found.user_id)) for found in _countersigns(look, row)
    )
    return Conclusion(row.id, row.number, row.text, row.result_id, look.name(row.user_id), row.at, signed)
