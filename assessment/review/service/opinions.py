"""Opinions: asked of inner offices, outside bodies and experts; drafted, confirmed, replied by letter; silent ones noted; merged.

An inner office answers its checklist (review topics from the result), its 经办人 drafts, its 负责人 confirms. An outside body's letter is
recorded by proxy with number and scan. The lead decides each point: 采纳, 部分采纳, 未采纳 with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tanping.assessment.review import opinion_sheet
from tanping.assessment.review.clock import Pace, Reading
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError
from tanping.assessment.review.roles import INNER_OFFICES, OUTSIDE_BODIES, Action, Role
from tanping.assessment.review.service import checklist, steps, submissions
from tanping.assessment.review.service.desk import Act, Desk, Look, clean, moved_on, new_id, one_of, same_version
from tanping.assessment.review.store.reviews import AttachmentRow, MinutesRow, OpinionRow, PointRow, TaskRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Adoption, Conflict, Meeting, OpinionKind, Source, Stage

ASKED = "征求意见"
TO_CONFIRM = "审定处室意见"
OF_EXPERT = "专家意见"
SHEET = ".xlsx"
"""An opinion sheet that came back is no scan of the signed letter."""


@dataclass(frozen=True)
class Point:
    """A point as given: its text, the clause and the place in the file it is about, if any."""

    text: str
    clause: str = ""
    place: str = ""


@dataclass(frozen=True)
class KeptPoint:
    """A point of an opinion with what became of it."""

    id: str
    number: int
    text: str
    clause: str
    place: str
    adoption: str
    reason: str
    adopted_by: str


@dataclass(frozen=True)
class Opinion:
    """An opinion as it stands. ``reading`` is its time limit; ``claims`` how many unverified declarations it rests on.

    ``outdated``: given on an earlier version than the newest; whether to ask again is for the lead to decide.
    ``own``: asked of this very person, as an expert.
    """

    id: str
    source: Source
    office: str
    stage: Stage
    kind: str
    text: str
    points: tuple[KeptPoint, ...]
    letter_number: str
    reply_number: str
    reply_date: date | None
    drafted_by: str
    confirmed_by: str
    confirmed: datetime | None
    silent: bool
    claims: int
    settled: str
    outdated: bool
    own: bool
    reading: Reading | None
    version: int


@dataclass(frozen=True)
class Contradiction:
    """Two who do not agree: on the whole, on a clause, or on a value."""

    about: str
    sides: tuple[tuple[str, str], ...]


class Opinions:
    """Asking, answering, merging."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # ---- reading -----------------------------------------------------------------------------------------------------

    def of_review(self, person: Person, review_id: str) -> Sequence[Opinion]:
        """Return the opinions of this round: offices and bodies in their usual order, then experts."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return shown(look)

    def contradictions(self, person: Person, review_id: str) -> Sequence[Contradiction]:
        """Return where opinions, findings and verified values contradict each other."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return contradictions(look)

    # ---- asking ------------------------------------------------------------------------------------------------------

    def invite(self, person: Person, review_id: str, office: str, *, days: int, letter_number: str = "") -> Opinion:
        """Ask an inner office or an outside body within working days; asking again starts anew, the record keeps the old answer.

        Raises MissingYearError if the limit leaves the known holiday calendar.
        """
        one_of(office, (*INNER_OFFICES, *OUTSIDE_BODIES), "处室或单位")
        if not 1 <= days <= 60:
            raise RefusedError("征求意见的时限应为 1—60 个工作日。")
        source = Source.OFFICE if office in INNER_OFFICES else Source.BODY
        letter = clean(letter_number, "征求意见函文号", longest=60, needed=source is Source.BODY)
        with self._desk.act(person, review_id, Action.INVITE) as act:
            due = self._desk.calendar().nth_after(act.today, days)
            row = _find(act, source, office)
            again = row is not None
            if row is None:
                row = blank_opinion(act, source, office)
                act.session.add(row)
            else:
                _begin_anew(act, row)
            row.letter_number, row.version = letter, row.version + 1
            role = Role.OFFICE_CLERK if source is Source.OFFICE else Role.LEAD_CLERK
            title = f"征求{office}意见" if source is Source.OFFICE else f"收{office}复函"
            steps.open_task(act, ASKED, role, office, title=title, days=days)
            body = {"office": office, "days": days, "due": due.isoformat(), "letter": letter, "again": again}
            act.record(Action.INVITE, body)
            return _opinion(act, row)

    def note_silence(self, person: Person, review_id: str, opinion_id: str) -> Opinion:
        """Put on record that somebody did not answer in time. Raises RefusedError before the limit has passed."""
        with self._desk.act(person, review_id, Action.NOTE_SILENCE) as act:
            row = act.one(OpinionRow, opinion_id, "份意见")
            if row.stage == Stage.CONFIRMED:
                raise RefusedError(f"{row.office}已答复。")
            reading = _reading(act, row)
            if reading is None or reading.pace is not Pace.OVERDUE:
                said = reading.words if reading else "没有时限"
                raise RefusedError(f"{row.office}还没有逾期（{said}），不能记逾期未复。")
            row.silent, row.version = True, row.version + 1
            steps.close_tasks(act, ASKED, row.office, "逾期未复")
            steps.close_tasks(act, TO_CONFIRM, row.office, "逾期未复")
            act.record(Action.NOTE_SILENCE, {"office": row.office, "limit": reading.words})
            return _opinion(act, row)

    # ---- inner offices -----------------------------------------------------------------------------------------------

    def draft(
        self,
        person: Person,
        review_id: str,
        version: int,
        kind: str,
        text: str = "",
        points: Sequence[Point] = (),
    ) -> Opinion:
        """Draft one's office's opinion and give it to its head. Raises RefusedError with everything that is lacking."""
        with self._desk.act(person, review_id, Action.DRAFT_OPINION) as act:
            row = _own_office(act)
            same_version(row, version, act, f"{act.office}的意见")
            if row.stage == Stage.CONFIRMED:
                raise RefusedError("本处室意见已定，需要改变的请牵头处重新征求。")
            text = _require_opinion(kind, text, points)
            against = checklist.against(act, kind)
            if against:
                raise RefusedError(f"不能出具“{kind}”：{'；'.join(against)}。")
            row.kind, row.text, row.stage = kind, text, Stage.DRAFTED
            row.claims = checklist.claims(act)
            row.drafted_by, row.version = act.person.id, row.version + 1
            _replace_points(act, row, points)
            steps.open_task(act, TO_CONFIRM, Role.OFFICE_HEAD, act.office, title=f"审定{act.office}意见")
            act.record(Action.DRAFT_OPINION, _told(row, points))
            return _opinion(act, row)

    def confirm(self, person: Person, review_id: str, version: int) -> Opinion:
        """Confirm one's office's drafted opinion: it stands."""
        with self._desk.act(person, review_id, Action.CONFIRM_OPINION) as act:
            row = _drafted(act, version)
            row.stage, row.confirmed_by, row.confirmed = Stage.CONFIRMED, act.person.id, act.at
            row.silent, row.version = False, row.version + 1
            steps.close_tasks(act, TO_CONFIRM, act.office, Stage.CONFIRMED)
            steps.close_tasks(act, ASKED, act.office, Stage.CONFIRMED)
            act.record(Action.CONFIRM_OPINION, _told(row, _points(act, row)))
            return _opinion(act, row)

    def send_back(self, person: Person, review_id: str, version: int, reason: str) -> Opinion:
        """Give a drafted opinion back to its author with the reason."""
        with self._desk.act(person, review_id, Action.CONFIRM_OPINION) as act:
            row = _drafted(act, version)
            row.stage, row.version = Stage.RETURNED, row.version + 1
            steps.close_tasks(act, TO_CONFIRM, act.office, Stage.RETURNED)
            act.record("退回处室意见", {"office": act.office, "reason": clean(reason, "退回理由", needed=True)})
            return _opinion(act, row)

    # ---- outside bodies and experts ----------------------------------------------------------------------------------

    def record_reply(
        self,
        person: Person,
        review_id: str,
        opinion_id: str,
        version: int,
        kind: str,
        *,
        reply_number: str,
        reply_date: date,
        text: str = "",
        points: Sequence[Point] = (),
    ) -> Opinion:
        """Record an outside body's letter by proxy. Its scan must be attached to the opinion first."""
        with self._desk.act(person, review_id, Action.RECORD_REPLY) as act:
            row = _of_body(act, opinion_id)
            same_version(row, version, act, f"{row.office}的意见")
            text = _require_opinion(kind, text, points)
            scans = scans_of(act, row)
            if not scans:
                raise RefusedError(f"请先上传{row.office}复函的扫描件。")
            if reply_date > act.today:
                raise RefusedError(f"复函日期（{reply_date}）在今天以后。")
            row.kind, row.text, row.stage = kind, text, Stage.CONFIRMED
            row.reply_number = clean(reply_number, "复函文号", longest=60, needed=True)
            row.reply_date = reply_date
            row.drafted_by = row.confirmed_by = act.person.id
            row.confirmed, row.version = act.at, row.version + 1
            _replace_points(act, row, points)
            steps.close_tasks(act, ASKED, row.office, "已复")
            body = {**_told(row, points), "number": row.reply_number, "date": reply_date.isoformat(), "by_proxy": True}
            act.record(Action.RECORD_REPLY, {**body, "scans": [scan.sha256 for scan in scans]})
            return _opinion(act, row)

    def sheet(self, person: Person, review_id: str, opinion_id: str) -> tuple[str, bytes]:
        """Return an outside body's opinion sheet to go out with the letter: the file's name and the workbook."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            row = _of_body(look, opinion_id)
            reading = _reading(look, row)
            asked = opinion_sheet.Asked(
                key=row.id,
                project=look.review.title,
                body=row.office,
                letter=row.letter_number,
                due=reading.due if reading else None,
                clauses=tuple(
                    (item.clause, item.citation, item.requirement, item.question)
                    for item in checklist.items_of(look, row.office)
                ),
            )
        return f"{opinion_sheet.TITLE}（{asked.body}）.xlsx", opinion_sheet.write(asked)

    def read_sheet(
        self, person: Person, review_id: str, opinion_id: str, name: str, content: bytes
    ) -> opinion_sheet.Answered:
        """Read the sheet that came back; nothing is recorded by that. Raises InputError with every problem and its cell."""
        with self._desk.look(person, review_id, Action.RECORD_REPLY) as look:
            row = _of_body(look, opinion_id)
            clauses = [item.clause for item in checklist.items_of(look, row.office)]
        return opinion_sheet.read(content, name, row.id, clauses)

    def give_expert_opinion(
        self, person: Person, review_id: str, version: int, kind: str, text: str, points: Sequence[Point] = ()
    ) -> Opinion:
        """Give one's opinion as an expert; the declaration of no interest comes first."""
        with self._desk.act(person, review_id, Action.GIVE_EXPERT_OPINION) as act:
            if act.assignment is None or act.assignment.conflict != Conflict.NONE:
                raise RefusedError("请先作回避声明：声明无利害关系，或回避。")
            row = next((row for row in of_round(act) if row.user_id == act.person.id), None)
            if row is None:
                raise MissingError("本轮没有请您出具专家意见。")
            same_version(row, version, act, "您的意见")
            row.kind, row.text = kind, _require_opinion(kind, text, points, text_needed=True)
            row.stage, row.drafted_by, row.confirmed_by = Stage.CONFIRMED, act.person.id, act.person.id
            row.confirmed, row.version = act.at, row.version + 1
            _replace_points(act, row, points)
            steps.close_tasks(act, OF_EXPERT, "", Stage.CONFIRMED, user_id=act.person.id)
            act.record(Action.GIVE_EXPERT_OPINION, _told(row, points))
            return _opinion(act, row)

    # ---- merging -----------------------------------------------------------------------------------------------------

    def adopt(
        self,
        person: Person,
        review_id: str,
        point_id: str,
        adoption: str,
        reason: str = "",
        *,
        seen: tuple[str, str] | None = None,
    ) -> KeptPoint:
        """Say what becomes of a point; anything but 采纳 needs a reason. ``seen``: the adoption and reason it was decided upon.

        Raises ChangedError if somebody decided otherwise meanwhile.
        """
        one_of(adoption, Adoption, "采纳情况")
        with self._desk.act(person, review_id, Action.ADOPT) as act:
            row = act.one(PointRow, point_id, "条意见")
            if seen is not None and seen != (row.adoption, row.reason):
                raise moved_on(act, row, "这条意见的采纳情况")
            row.adoption, row.adopted_by = adoption, act.person.id
            row.reason = clean(reason, "理由", needed=adoption != Adoption.ADOPTED)
            act.record(Action.ADOPT, {"point": row.text, "adoption": adoption, "reason": row.reason})
            return _kept(act, row)

    def settle(
        self,
        person: Person,
        review_id: str,
        opinion_id: str,
        minutes_id: str,
        outcome: str,
        *,
        version: int | None = None,
    ) -> Opinion:
        """Say how a disagreement was settled at a coordination meeting, by its minutes. Raises ChangedError."""
        with self._desk.act(person, review_id, Action.SETTLE) as act:
            row = act.one(OpinionRow, opinion_id, "份意见")
            if version is not None:
                same_version(row, version, act, f"{row.office}的意见")
            minutes = act.one(MinutesRow, minutes_id, "份纪要")
            if minutes.kind != Meeting.COORDINATION or minutes.round != act.review.round:
                raise RefusedError("须以本轮协调会的纪要为据。")
            if row.confirmed is not None and minutes.at < row.confirmed:
                raise RefusedError(f"这份纪要早于{row.office}的意见，不能作为处理依据。")
            row.settled = clean(outcome, "协调结果", needed=True)
            row.version += 1
            act.record(Action.SETTLE, {"office": row.office, "minutes": minutes.id, "outcome": row.settled})
            return _opinion(act, row)


# ---- what the steps look at ------------------------------------------------------------------------------------------

_ORDER = {name: number for number, name in enumerate((*INNER_OFFICES, *OUTSIDE_BODIES))}


def of_round(look: Look) -> list[OpinionRow]:
    """Return the opinions of this round in their usual order."""
    rows = look.all(OpinionRow, OpinionRow.round == look.review.round)
    return sorted(rows, key=lambda row: (_ORDER.get(row.office, len(_ORDER)), row.office, row.id))


def shown(look: Look) -> list[Opinion]:
    """Return this round's opinions as they stand."""
    return [_opinion(look, row) for row in of_round(look)]


def asked(look: Look) -> list[OpinionRow]:
    """Return the opinions asked of offices and bodies in this round."""
    return [row for row in of_round(look) if row.source != Source.EXPERT]


def waiting(look: Look, *, experts: bool) -> tuple[str, ...]:
    """Return who was asked and has not answered, is not noted as silent and has not recused."""
    rows = of_round(look) if experts else asked(look)
    rows = [row for row in rows if (row.source == Source.EXPERT) == experts]
    return tuple(row.office for row in rows if row.stage not in (Stage.CONFIRMED, Stage.RECUSED) and not row.silent)


def of_kind(look: Look, kind: OpinionKind, *, unsettled: bool = False) -> tuple[str, ...]:
    """Return which offices and bodies concluded so."""
    rows = [row for row in asked(look) if row.stage == Stage.CONFIRMED and row.kind == kind]
    return tuple(row.office for row in rows if not (unsettled and row.settled))


def points_of_round(look: Look) -> list[PointRow]:
    """Return all points of confirmed opinions of this round."""
    rows = {row.id for row in of_round(look) if row.stage == Stage.CONFIRMED}
    return [point for point in look.all(PointRow, order=[PointRow.number]) if point.opinion_id in rows]


def contradictions(look: Look) -> list[Contradiction]:
    """Return where opinions, findings and verified values contradict each other."""
    from tanping.assessment.review.service import verification

    found = []
    concluded = [(row.office, row.kind) for row in of_round(look) if row.stage == Stage.CONFIRMED]
    against = [side for side in concluded if side[1] == OpinionKind.DISAGREE]
    agreeing = [side for side in concluded if side[1] in (OpinionKind.AGREE, OpinionKind.AGREE_IN_PRINCIPLE)]
    if against and agreeing:
        found.append(Contradiction("总的结论", (*against, *agreeing)))
    found += [Contradiction(clause, sides) for clause, sides in checklist.opposed(look)]
    submission = submissions.newest(look)
    if submission is not None:
        for item in verification.checked_places(look, submissions.file_of(look, submission)):
            if item.contradicting:
                sides = tuple((check.by, f"{check.status} {check.verified or item.declared}") for check in item.checks)
                found.append(Contradiction(item.label, sides))
    return found


def scans_of(look: Look, row: OpinionRow) -> list[AttachmentRow]:
    """Return the scans of an opinion's letter, newest first."""
    files = look.all(AttachmentRow, AttachmentRow.holder == f"opinion:{row.id}", order=[AttachmentRow.at.desc()])
    return [file for file in files if not file.name.lower().endswith(SHEET)]


def blank_opinion(act: Act, source: Source, office: str) -> OpinionRow:
    """Return an opinion that is asked for and not begun."""
    return OpinionRow(
        id=new_id(),
        review_id=act.review.id,
        round=act.review.round,
        source=source,
        office=office,
        user_id=None,
        stage=Stage.ASKED,
        kind="",
        text="",
        letter_number="",
        reply_number="",
        reply_date=None,
        drafted_by=None,
        confirmed_by=None,
        confirmed=None,
        silent=False,
        claims=0,
        settled="",
        version=1,
    )


# ---- inside ----------------------------------------------------------------------------------------------------------


def _begin_anew(act: Act, row: OpinionRow) -> None:
    steps.close_tasks(act, ASKED, row.office, "重新征求")
    steps.close_tasks(act, TO_CONFIRM, row.office, "重新征求")
    _replace_points(act, row, ())
    row.stage, row.kind, row.text, row.settled = Stage.ASKED, "", "", ""
    row.reply_number, row.reply_date = "", None
    row.drafted_by = row.confirmed_by = row.confirmed = None
    row.silent, row.claims = False, 0


def _find(look: Look, source: Source, office: str) -> OpinionRow | None:
    return next((row for row in of_round(look) if (row.source, row.office) == (source, office)), None)


def _of_body(look: Look, opinion_id: str) -> OpinionRow:
    row = look.one(OpinionRow, opinion_id, "份意见")
    if row.source != Source.BODY:
        raise RefusedError("只有外单位的复函由牵头处代录；处室意见由处室自己办。")
    return row


def _own_office(act: Act) -> OpinionRow:
    row = _find(act, Source.OFFICE, act.office)
    if row is None:
        raise NotAllowedError(f"本轮没有向{act.office}征求意见。")
    return row


def _drafted(act: Act, version: int) -> OpinionRow:
    row = _own_office(act)
    same_version(row, version, act, f"{act.office}的意见")
    if row.stage != Stage.DRAFTED:
        raise RefusedError(f"{act.office}的意见还在“{row.stage}”，经办人拟好后才能审定。")
    return row


def _require_opinion(kind: str, text: str, points: Sequence[Point], *, text_needed: bool = False) -> str:
    """Check that an opinion says what its kind needs; return its text."""
    one_of(kind, OpinionKind, "意见类别")
    text = clean(text, "意见", needed=text_needed)
    if kind == OpinionKind.AGREE_IN_PRINCIPLE and not points:
        raise RefusedError("“原则同意”须附至少一条意见。")
    if kind == OpinionKind.DISAGREE and not (text or points):
        raise RefusedError("“不同意”须写明理由。")
    if kind == OpinionKind.UNABLE and not points:
        raise RefusedError("“材料不足暂无法出具”须逐条列出所缺材料。")
    return text


def _replace_points(act: Act, opinion: OpinionRow, points: Sequence[Point]) -> None:
    for row in _points(act, opinion):
        act.session.delete(row)
    act.session.flush()
    for number, point in enumerate(points, 1):
        act.session.add(
            PointRow(
                id=new_id(),
                review_id=act.review.id,
                opinion_id=opinion.id,
                number=number,
                text=clean(point.text, f"第 {number} 条意见", needed=True),
                clause=clean(point.clause, "条款", longest=120),
                place=clean(point.place, "位置", longest=300),
                adoption="",
                reason="",
                adopted_by=None,
            )
        )
    act.session.flush()


def _points(look: Look, opinion: OpinionRow) -> list[PointRow]:
    return look.all(PointRow, PointRow.opinion_id == opinion.id, order=[PointRow.number])


def _told(row: OpinionRow, points: Sequence[Point | PointRow]) -> dict[str, Any]:
    return {
        "office": row.office,
        "kind": row.kind,
        "text": row.text,
        "points": [point.text for point in points],
        "claims": row.claims,
    }


def _reading(look: Look, row: OpinionRow) -> Reading | None:
    tasks = look.all(
        TaskRow,
        TaskRow.kind == ASKED,
        TaskRow.office == row.office,
        TaskRow.round == row.round,
        order=[TaskRow.opened.desc()],
    )
    standing = next((task for task in tasks if task.done is None), None) or next(iter(tasks), None)
    return None if standing is None else steps.reading_of(look, standing)


def _opinion(look: Look, row: OpinionRow) -> Opinion:
    submission = submissions.newest(look)
    return Opinion(
        id=row.id,
        source=Source(row.source),
        office=row.office,
        stage=Stage(row.stage),
        kind=row.kind,
        text=row.text,
        points=tuple(_kept(look, point) for point in _points(look, row)),
        letter_number=row.letter_number,
        reply_number=row.reply_number,
        reply_date=row.reply_date,
        drafted_by=look.name(row.drafted_by),
        confirmed_by=look.name(row.confirmed_by),
        confirmed=row.confirmed,
        silent=row.silent,
        claims=row.claims,
        settled=row.settled,
        outdated=row.confirmed is not None and submission is not None and row.confirmed < submission.at,
        own=row.user_id == look.person.id,
        reading=_reading(look, row),
        version=row.version,
    )


def _kept(look: Look, row: PointRow) -> KeptPoint:
    return KeptPoint(
        id=row.id,
        number=row.number,
        text=row.text,
        clause=row.clause,
        place=row.place,
        adoption=row.adoption,
        reason=row.reason,
        adopted_by=look.name(row.adopted_by),
    )
