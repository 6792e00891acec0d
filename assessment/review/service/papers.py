"""A review's sealed rows in the words of its forms: which papers there are now, and the ``Review`` each is printed from.

Reads only; nothing is worded here that somebody did not enter. Which event seals a paper follows from what the paper says: only rows that
can't change after that event are printed on it, so the same paper can be printed again to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tanping.assessment.documents import opinion as wording
from tanping.assessment.documents.figures import day, ended
from tanping.assessment.documents.forms import FORMS
from tanping.assessment.documents.review import Answer, Check, Demand, OfficeFinding, Point, Review, Signature
from tanping.assessment.review import clock
from tanping.assessment.review.places import FIGURE, part, raw_at
from tanping.assessment.review.record import Event, events_of
from tanping.assessment.review.roles import ENTERING, OUTSIDE_BODIES, Action, allowed
from tanping.assessment.review.service import demands, drafting, opinions, submissions, verification
from tanping.assessment.review.service.desk import Look
from tanping.assessment.review.store.reviews import (
    AnswerRow,
    ConclusionRow,
    CountersignRow,
    DemandRow,
    MinutesRow,
    OpinionRow,
    ResultRow,
    SubmissionRow,
)
from tanping.assessment.review.words import DemandStage, Meeting, Source, Stage
from tanping.assessment.review.workflow import State

PRINTED = "打印"
APPLICANT = "建设单位和环评编制单位"
_LETTERS = {"correction": Action.REQUEST_CORRECTION, "revision": Action.ASK_REVISION}
_STAGES = {"correction": DemandStage.CORRECTION, "revision": DemandStage.REVISION}
_LONGEST_MINUTES = 400
_JUDGED_BY = (Action.ANSWER_DEMAND, Action.JUDGE_DEMAND, *_LETTERS.values())
_CHECKED_BY = (Action.SEAL_VERSION, Action.RECALCULATE, Action.VERIFY, "撤销核实", Action.ANSWER_POINT)


@dataclass(frozen=True)
class Paper:
    """A paper of a review. ``about`` tells papers of one form apart: the body a letter goes to, or which letter it is.

    ``sealed``: printed as it was sealed, not as a draft. ``why`` says why it can't be printed yet, empty when it can.
    """

    form: str
    about: str
    title: str
    sealed: bool = False
    why: str = ""


@dataclass(frozen=True)
class Drawn:
    """What a paper is printed from: the review in the words of its form, and the sealed result."""

    paper: Paper
    review: Review
    result: ResultRow


class Record:
    """One review as one person may see it, read for printing."""

    def __init__(self, look: Look) -> None:
        self.look = look

    # ---- which papers there are --------------------------------------------------------------------------------------

    @property
    def inside(self) -> bool:
        """Whether the person takes part in the review's inner work, or audits it."""
        return allowed(self.look.role, Action.READ_OPINIONS)

    def papers(self) -> list[Paper]:
        """Return the papers this person may print, in the order of the procedure; those that can't be printed yet say why."""
        return [
            *(self._inner_before() if self.inside else self._own()),
            *self._letters(),
            *self._table(),
            *self._after(),
        ]

    def _own(self) -> Iterator[Paper]:
        if self.look.role in ENTERING:
            yield Paper(
                "self_check", "", FORMS["self_check"].title, why="" if self.submission else "还没有封存的项目文件"
            )

    def _inner_before(self) -> Iterator[Paper]:
        why = "" if submissions.newest_result(self.look) else "还没有封存的评估结果"
        for form in ("report", "conformity", "recount"):
            yield Paper(form, "", FORMS[form].title, sealed=not why, why=why)

    def _letters(self) -> Iterator[Paper]:
        for form, action in _LETTERS.items():
            issued = self.of_kind(action)
            for number, _ in enumerate(issued, 1):
                which = f"（第 {number} 次）" if len(issued) > 1 else ""
                yield Paper(form, str(number), FORMS[form].title + which, sealed=True)
            if self.inside and self._drafted(form):
                yield Paper(form, "", f"{FORMS[form].title}（拟稿）")

    def _table(self) -> Iterator[Paper]:
        if self._issued():
            yield Paper("answers", "", FORMS["answers"].title, sealed=True)

    def _after(self) -> Iterator[Paper]:
        if not self.inside:
            return
        for body in OUTSIDE_BODIES:
            if self._invited(body):
                yield Paper("consultation", body, f"{FORMS['consultation'].title}（{body}）", sealed=True)
        if self.look.state is State.CONSULTATION:
            yield Paper("consultation", "", f"{FORMS['consultation'].title}（空白）")
        begun = self.last(Action.FINISH_ASSESSMENT)
        why, numbered = "" if begun else "完成技术评估后起草", bool(self.look.review.document_number)
        yield Paper("opinion", "", FORMS["opinion"].title, sealed=numbered, why=why)
        why = "" if drafting.newest_conclusion(self.look) else "拟稿后才有会签单"
        yield Paper(
            "countersign", "", FORMS["countersign"].title, sealed=self._signed(Action.SIGN) is not None, why=why
        )

    # ---- what a paper says -------------------------------------------------------------------------------------------

    def draw(self, paper: Paper) -> Drawn:
        """Return what a paper is printed from."""
        fill: dict[str, Callable[[Paper], Drawn]] = {
            "report": self._result_only,
            "self_check": self._own_result,
            "conformity": self._checked,
            "recount": self._checked,
            "correction": self._letter,
            "revision": self._letter,
            "answers": self._answers,
            "consultation": self._consultation,
            "opinion": self._opinion,
            "countersign": self._opinion,
        }
        return fill[paper.form](paper)

    def _result_only(self, paper: Paper) -> Drawn:
        return Drawn(paper, Review(trial=self.trial), self._newest_result())

    def _own_result(self, paper: Paper) -> Drawn:
        return Drawn(paper, Review(trial=self.trial), self._declared(self.submission))

    def _checked(self, paper: Paper) -> Drawn:
        sealed = self.last(*_CHECKED_BY)
        review = Review(
            checks=self._checks(), findings=self._findings(), trial=self.trial, seal=sealed.hash if sealed else ""
        )
        return Drawn(paper, review, self._newest_result())

    def _letter(self, paper: Paper) -> Drawn:
        event = self.of_kind(_LETTERS[paper.form])[int(paper.about) - 1] if paper.about else None
        rows = self._issued_by(event) if event else self._drafted(paper.form)
        asked_of = rows[0].asked_of if rows and event else None
        submission = self.look.one(SubmissionRow, asked_of, "份送审稿") if asked_of else self.submission
        review = Review(
            addressee=self.look.review.builder,
            day=_day(event),
            demands=tuple(self._demand(row) for row in rows),
            reply_by=max((row.due for row in rows if row.due), default=None),
            trial=self.trial,
            seal=event.hash if event else "",
        )
        return Drawn(paper, review, self._declared(submission))

    def _answers(self, paper: Paper) -> Drawn:
        sealed = self.last(*_JUDGED_BY)
        review = Review(demands=self._demands(), trial=self.trial, seal=sealed.hash if sealed else "")
        return Drawn(paper, review, self._declared(self.submission))

    def _consultation(self, paper: Paper) -> Drawn:
        event = self._invited(paper.about) if paper.about else None
        review = Review(
            number=event.body["letter"] if event else "",
            day=_day(event),
            about=paper.about,
            reply_by=date.fromisoformat(event.body["due"]) if event else None,
            trial=self.trial,
            seal=event.hash if event else "",
        )
        return Drawn(paper, review, self._declared(self.submission, event))

    def _opinion(self, paper: Paper) -> Drawn:
        row = self.look.review
        draft = drafting.newest_conclusion(self.look)
        sealed = self.last(Action.NUMBER)
        review = Review(
            number=row.document_number or "",
            day=row.issued,
            submitted=self.day_of(Action.SUBMIT),
            accepted=row.accepted,
            corrected=self.day_of(Action.SUBMIT_CORRECTION),
            assessed=self.day_of(Action.FINISH_ASSESSMENT),
            consulted=self.day_of(Action.CLOSE_CONSULTATION),
            site_visit="".join(self._minutes(Meeting.VISIT)),
            experts=tuple(opinion.office for opinion in self._given() if opinion.source == Source.EXPERT),
            answers=tuple(map(self._answer, self._asked())),
            demands=tuple(item for item in self._demands(DemandStage.REVISION)),
            checks=self._checks(),
            minutes=(*self._minutes(Meeting.EXPERTS), *self._minutes(Meeting.COORDINATION)),
            outcome=wording.outcome_of(draft.text) if draft else None,
            conclusion=draft.text if draft else "",
            signatures=tuple(self._signatures(draft)) if draft else (),
            trial=self.trial,
            seal=sealed.hash if sealed and paper.sealed else "",
        )
        result = self.look.one(ResultRow, draft.result_id, "份评估结果") if draft else self._newest_result()
        return Drawn(paper, review, result)

    # ---- pieces ------------------------------------------------------------------------------------------------------

    @property
    def trial(self) -> bool:
        """Whether the review is kept in the single-user mode."""
        return self.look.review.mode == "single"

    @cached_property
    def events(self) -> list[Event]:
        """The events of this round, without prints."""
        found = events_of(self.look.session, self.look.review.id)
        begun = max((event.seq for event in found if event.kind == Action.REOPEN), default=0)
        return [event for event in found if event.seq > begun and event.kind != PRINTED]

    def of_kind(self, *kinds: str) -> list[Event]:
        """Return this round's events of some kinds."""
        return [event for event in self.events if event.kind in kinds]

    def last(self, *kinds: str) -> Event | None:
        """Return this round's last event of some kinds."""
        found = self.of_kind(*kinds)
        return found[-1] if found else None

    def day_of(self, kind: str) -> date | None:
        """Return the day on which something was last done in this round."""
        return _day(self.last(kind))

    @cached_property
    def submission(self) -> SubmissionRow | None:
        """The newest version handed in."""
        return submissions.newest(self.look)

    def _newest_result(self) -> ResultRow:
        return self.look.all(ResultRow, order=[ResultRow.number.desc()])[0]

    def _declared(self, submission: SubmissionRow | None, before: Event | None = None) -> ResultRow:
        """Return the result on declared values: what leaves the office shows no reviewer's value. ``before``: as of an event."""
        conditions = [ResultRow.ground == submissions.DECLARED]
        if before is not None:
            conditions.append(ResultRow.at <= before.at)
        elif submission is not None:
            conditions.append(ResultRow.submission_id == submission.id)
        return self.look.all(ResultRow, *conditions, order=[ResultRow.number.desc()])[0]

    def _invited(self, body: str) -> Event | None:
        found = [event for event in self.of_kind(Action.INVITE) if event.body["office"] == body]
        return found[-1] if found else None

    def _signed(self, action: Action) -> Event | None:
        """Return the step of who signs, unless the draft was returned since."""
        found, returned = self.last(action), self.last(Action.RETURN_DRAFT)
        return found if found and (returned is None or found.seq > returned.seq) else None

    # demands

    def _issued(self) -> list[DemandRow]:
        return [row for row in demands.of_round(self.look) if row.issued]

    def _drafted(self, form: str) -> list[DemandRow]:
        return [row for row in demands.written(self.look) if row.stage == _STAGES[form]]

    def _issued_by(self, event: Event) -> list[DemandRow]:
        keys = {key for table, key, values in event.rows if table == "demands" and values and values["issued"]}
        return [row for row in self._issued() if row.id in keys]

    def _demands(self, *stages: DemandStage) -> tuple[Demand, ...]:
        rows = demands.table_rows(self.look, self.look.review.round)
        return tuple(
            self._demand(row, told.found) for row, told in rows if not stages or DemandStage(row.stage) in stages
        )

    def _demand(self, row: DemandRow, found: str = "") -> Demand:
        asked_of = self.look.one(SubmissionRow, row.asked_of, "份送审稿") if row.asked_of else self.submission
        raw = None
        if asked_of is not None and row.place and not row.place.startswith(FIGURE):
            raw = raw_at(submissions.file_of(self.look, asked_of), row.place)
        return Demand(
            text=row.text,
            page=row.page or " ".join(filter(None, (part(raw, "document"), part(raw, "page")))),
            who=row.who or APPLICANT,
            due=row.due,
            office=row.source,
            answered=row.answer,
            new_page=row.answer_page,
            found=found if row.answer else "",
            judged=row.outcome,
            reason=row.outcome_reason,
            number=row.number,
        )

    # opinions

    def _asked(self) -> list[OpinionRow]:
        return [row for row in opinions.of_round(self.look) if row.stage != Stage.RECUSED]

    def _given(self) -> list[OpinionRow]:
        return [row for row in self._asked() if row.stage == Stage.CONFIRMED]

    def _answer(self, row: OpinionRow) -> Answer:
        given = row.stage == Stage.CONFIRMED
        invited = self._invited(row.office)
        points = [point for point in opinions.points_of_round(self.look) if point.opinion_id == row.id]
        return Answer(
            office=row.office,
            outside=row.source == Source.BODY,
            asked=_day(invited),
            due=date.fromisoformat(invited.body["due"]) if invited else None,
            answered=(row.reply_date or (clock.china_date(row.confirmed) if row.confirmed else None))
            if given
            else None,
            opinion=row.kind if given else "",
            text=row.text if given else "",
            number=row.reply_number,
            points=tuple(Point(point.text, point.adoption, point.reason) for point in points),
            settled=row.settled,
            silent=row.silent,
            expert=row.source == Source.EXPERT,
        )

    def _minutes(self, kind: Meeting) -> list[str]:
        rows = self.look.all(
            MinutesRow, MinutesRow.kind == kind, MinutesRow.round == self.look.review.round, order=[MinutesRow.held]
        )
        return [_told(row) for row in rows]

    def _checks(self) -> tuple[Check, ...]:
        if self.submission is None:
            return ()
        file = submissions.file_of(self.look, self.submission)
        return tuple(
            Check(
                label=item.label,
                declared=item.declared,
                verified=item.verified,
                status=item.status,
                where="；".join(_each(" ".join(filter(None, (check.document, check.page))) for check in item.checks)),
                by="、".join(_each(check.by for check in item.checks)),
                note="；".join(_each(check.note for check in item.checks)),
            )
            for item in verification.checked_places(self.look, file)
        )

    def _findings(self) -> tuple[tuple[str, OfficeFinding], ...]:
        rows = self.look.all(
            AnswerRow, AnswerRow.round == self.look.review.round, order=[AnswerRow.office, AnswerRow.clause]
        )
        return tuple(
            (row.clause, OfficeFinding(row.office, row.outcome, row.finding, row.reason, row.evidence, row.page))
            for row in rows
        )

    def _signatures(self, draft: ConclusionRow) -> Iterator[Signature]:
        yield Signature("拟稿", self.look.name(draft.user_id), f"第 {draft.number} 稿", clock.china_date(draft.at))
        signed = {row.office: row for row in self.look.all(CountersignRow, CountersignRow.conclusion_id == draft.id)}
        for office in drafting.to_countersign(self.look):
            row = signed.get(office)
            role = f"会签（{office}）"
            if row is None:
                yield Signature(role)
            else:
                said = "：".join(filter(None, (row.outcome, row.text)))
                yield Signature(role, self.look.name(row.user_id), said, clock.china_date(row.at))
        for role, action in (("审核", Action.CHECK), ("签发", Action.SIGN)):
            event = self._signed(action)
            if event is None:
                yield Signature(role)
            else:
                said = "：".join(filter(None, (action, event.body["reason"])))
                yield Signature(role, event.who.name, said, _day(event))


def _day(event: Event | None) -> date | None:
    return clock.china_date(event.at) if event else None


def _told(row: MinutesRow) -> str:
    """Put minutes into a sentence; long ones are left in the file and named."""
    text = " ".join(row.text.split())
    if len(text) > _LONGEST_MINUTES:
        text = f"记录全文{len(text)}字，见卷内“{row.kind}记录”"
    where = f"{day(row.held)}在{row.venue}" + ("组织现场踏勘" if row.kind == Meeting.VISIT else f"召开{row.kind}")
    return ended(f"{where}，参加人员：{' '.join(row.people.split())}。{text}")


def _each(texts: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(filter(None, texts)))


__all__ = ["PRINTED", "Drawn", "Paper", "Record"]
