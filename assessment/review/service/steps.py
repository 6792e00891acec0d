"""The steps of the procedure: the situation as the store sees it, the step by the state machine, its effects on clock and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from tanping.assessment.review import clock, workflow
from tanping.assessment.review.clock import Reading, Stop
from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.record import Event, events_of, read_event
from tanping.assessment.review.roles import ENTERING, OF_AN_OFFICE, Action, Role, allowed
from tanping.assessment.review.service.desk import Act, Desk, Look, clean, new_id
from tanping.assessment.review.store.events import EventRow
from tanping.assessment.review.store.reviews import AttachmentRow, StopRow, TaskRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.workflow import ClockEffect, Order, Situation, State, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = "联审总时限"
_TOLD_OUTSIDE = frozenset(
    {
        *(action for action in workflow.COMMANDS if allowed(Role.BUILDER, action)),
        Action.REQUEST_CORRECTION,
        Action.REFUSE,
        Action.ACCEPT,
        Action.ASK_REVISION,
        Action.STOP_CLOCK,
        Action.RESTART_CLOCK,
        Action.SUSPEND,
        Action.RESUME,
        Action.TERMINATE,
    }
)
"""Steps whose reason is meant for the applicant."""
_OF_STATE: dict[State, tuple[str, Role]] = {
    State.SUBMITTED: ("收件", Role.ACCEPTANCE),
    State.ACCEPTANCE: ("受理审查", Role.ACCEPTANCE),
    State.CORRECTION: ("补正材料", Role.BUILDER),
    State.ASSESSMENT: ("技术评估", Role.ASSESSOR),
    State.REVISION: ("提交修改稿", Role.BUILDER),
    State.CONSULTATION: ("组织会审", Role.LEAD_CLERK),
    State.MERGING: ("汇总意见", Role.LEAD_CLERK),
    State.COORDINATION: ("协调会", Role.LEAD_CLERK),
    State.DRAFTING: ("拟稿", Role.LEAD_CLERK),
    State.COUNTERSIGNING: ("组织会签", Role.LEAD_CLERK),
    State.CHECKING: ("审核", Role.LEAD_CHECKER),
    State.SIGNING: ("签发", Role.LEAD_SIGNER),
    State.NUMBERING: ("编号", Role.LEAD_CLERK),
    State.SEALING: ("用印", Role.LEAD_CLERK),
    State.FILING: ("归档", Role.ARCHIVIST),
}
"""Whose task a state is."""


@dataclass(frozen=True)
class Standing:
    """Where a review stands, for one person: what they may do next and what is lacking for it."""

    state: State
    round: int
    stopped: bool
    steps: tuple[tuple[Action, tuple[str, ...]], ...]
    """Steps this person may take, each with what still stands against it."""
    reading: Reading | None
    """The whole review's limit."""
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Taken:
    """A step that was taken, from the sealed record."""

    seq: int
    hash: str
    at: datetime
    action: str
    by: str
    role: str
    before: str
    after: str
    reason: str
    round: int


class Steps:
    """Taking steps and seeing them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(
        self,
        person: Person,
        review_id: str,
        action: Action,
        *,
        reason: str = "",
        days: int | None = None,
        as_of: date | None = None,
        number: str = "",
        retention: str = "",
        archive_number: str = "",
    ) -> Event:
        """Take a step; return the sealed event, whose hash documents print.

        受理 needs ``days`` (working days of the whole review) and may set ``as_of`` (by default the day of acceptance); 编号 needs ``number``;
        归档 ``retention`` and ``archive_number``. Raises NotAllowedError, RefusedError with everything that stands against it.
        """
        with self._desk.act(person, review_id, action) as act:
            number, reason = clean(number, "文号", longest=60), clean(reason, "理由")
            if as_of is not None and as_of > act.today:
                raise RefusedError(f"法规适用日期（{as_of}）在今天以后。")
            order = Order(
                action=action,
                role=act.role,
                reason=reason,
                days=days,
                number=number,
                number_taken=action is Action.NUMBER and number in _numbers(act),
                retention=retention,
                archive_number=clean(archive_number, "档号", longest=60),
            )
            step = workflow.take(situation_of(act), order)
            if days is not None and action is Action.ACCEPT:
                clock.due_date(self._desk.calendar(), act.today, days, ())
            _effects(act, step, order, as_of)
            body = {
                "before": step.before,
                "after": step.after,
                "round": step.round,
                "reason": reason,
                **{
                    name: value
                    for name, value in (("days", days), ("number", number), ("retention", retention))
                    if value
                },
            }
            return act.record(action, body)

    def standing(self, person: Person, review_id: str) -> Standing:
        """Return where a review stands and what this person may do next."""
        with self._desk.look(person, review_id) as look:
            situation = situation_of(look)
            offered = workflow.offered(situation, look.role)
            whole = _whole_task(look)
            return Standing(
                state=look.state,
                round=look.review.round,
                stopped=look.review.stopped,
                steps=tuple((action, workflow.obstacles(situation, action)) for action in offered),
                reading=reading_of(look, whole) if whole else None,
                stops=tuple(stops_of(look)),
            )

    def taken(self, person: Person, review_id: str) -> list[Taken]:
        """Return all steps so far, oldest first, with the hash of each event.

        The applicant sees that an inner step was taken and when, not by whom and why.
        """
        with self._desk.look(person, review_id) as look:
            taken = [_taken(event) for event in events_of(look.session, review_id, list(workflow.COMMANDS))]
            if look.role in ENTERING:
                return [step if step.action in _TOLD_OUTSIDE else replace(step, by="", reason="") for step in taken]
            return taken


# ---- the situation ---------------------------------------------------------------------------------------------------


def situation_of(look: Look) -> Situation:
    """Return what the state machine looks at, from the tables."""
    from tanping.assessment.review.service import demands, drafting, filing, opinions, submissions, verification
    from tanping.assessment.review.service.register import FINAL
    from tanping.assessment.review.words import OpinionKind

    review = look.review
    submission = submissions.newest(look)
    file = submissions.file_of(look, submission) if submission else {}
    return Situation(
        state=look.state,
        resume=State(review.resume) if review.resume else None,
        round=review.round,
        stopped=review.stopped,
        unsealed=submissions.unsealed(look),
        corrected=look.last(Action.REQUEST_CORRECTION) > look.last(Action.REOPEN),
        demands_written=len(demands.written(look)),
        demands_unanswered=len(demands.unanswered(look)),
        demands_unjudged=len(demands.unjudged(look)),
        stale_result=submissions.stale(look),
        experts_waiting=opinions.waiting(look, experts=True),
        invited=tuple(row.office for row in opinions.asked(look)),
        waiting=opinions.waiting(look, experts=False),
        unable=opinions.of_kind(look, OpinionKind.UNABLE),
        doubts=verification.doubts(look, file),
        points_open=sum(not point.adoption for point in opinions.points_of_round(look)),
        disagreements=opinions.of_kind(look, OpinionKind.DISAGREE, unsettled=True),
        minutes_missing=look.state is State.COORDINATION and drafting.minutes_missing(look),
        conclusion_missing=drafting.conclusion_missing(look),
        countersigns_waiting=drafting.countersigns_waiting(look),
        objections=drafting.objections(look),
        final_missing=look.state is State.SEALING and not _since(look, FINAL, Action.NUMBER),
        file_gaps=filing.gaps(look) if look.state is State.FILING else (),
    )


def _numbers(look: Look) -> set[str]:
    """Return every number ever given, also those of rounds that were reopened."""
    query = select(EventRow).where(EventRow.kind == Action.NUMBER)
    return {read_event(row).body["number"] for row in look.session.scalars(query)}


def _since(look: Look, holder: str, action: Action) -> list[AttachmentRow]:
    """Return the files of a holder that were attached after a step was last taken."""
    events = events_of(look.session, look.review.id, [action, Action.ATTACH])
    last = max((event.seq for event in events if event.kind == action), default=0)
    keys = {key for event in events if event.seq > last for name, key, _ in event.rows if name == "attachments"}
    return [row for row in look.all(AttachmentRow, AttachmentRow.holder == holder) if row.id in keys]


# ---- effects ---------------------------------------------------------------------------------------------------------


def _effects(act: Act, step: Step, order: Order, as_of: date | None) -> None:
    from tanping.assessment.review.service import demands, drafting, submissions

    review = act.review
    review.state, review.resume = step.after, step.resume or ""
    review.round, review.stopped = step.round, step.stopped
    review.version += 1
    _run_clock(act, step, order)
    if order.action is Action.ACCEPT:
        review.accepted, review.as_of = act.today, as_of or act.today
    if order.action in (Action.REQUEST_CORRECTION, Action.ASK_REVISION):
        demands.require_days_to_come(act)
        asked_of = submissions.need_newest(act).id
        for row in demands.written(act):
            row.issued, row.asked_of = True, asked_of
    if order.action is Action.NUMBER:
        review.document_number, review.issued = order.number, act.today
    if order.action is Action.FILE:
        review.retention, review.archive_number = order.retention, order.archive_number
    if order.action is Action.REOPEN:
        review.accepted = review.as_of = review.issued = None
        review.document_number = None
        review.retention = review.archive_number = ""
    _move_task(act, step)
    if step.after is State.COUNTERSIGNING:
        for office in drafting.countersigns_waiting(act):
            open_task(act, drafting.COUNTERSIGN, Role.OFFICE_HEAD, office, title=f"{office}会签")


def _run_clock(act: Act, step: Step, order: Order) -> None:
    if step.clock is ClockEffect.START:
        open_task(act, WHOLE, Role.LEAD_CLERK, "", title=WHOLE, days=order.days)
    elif step.clock is ClockEffect.STOP:
        if not _standing_stop(act):
            reason = order.reason or str(order.action)
            act.session.add(
                StopRow(
                    id=new_id(),
                    review_id=act.review.id,
                    round=act.review.round,
                    started=act.today,
                    ended=None,
                    reason=reason,
                )
            )
    elif step.clock in (ClockEffect.GO, ClockEffect.END):
        for row in _standing_stop(act):
            row.ended = act.today
        if step.clock is ClockEffect.END:
            close_tasks(act, WHOLE, "", step.action)


def _standing_stop(look: Look) -> list[StopRow]:
    return look.all(StopRow, StopRow.ended.is_(None))


def _move_task(act: Act, step: Step) -> None:
    """Close the task of the state that is left and open that of the state that is reached."""
    from tanping.assessment.review.service.drafting import COUNTERSIGN

    if step.before is step.after:
        return
    kinds = {kind for kind, _ in _OF_STATE.values()}
    ended = step.after in workflow.ENDED
    for task in act.all(TaskRow, TaskRow.done.is_(None)):
        if ended or task.kind in kinds or (task.kind == COUNTERSIGN and step.before is State.COUNTERSIGNING):
            task.done, task.outcome = act.at, step.action
    if step.after in _OF_STATE:
        kind, role = _OF_STATE[step.after]
        open_task(act, kind, role, "", title=kind, days=clock.statutory_days(kind))


# ---- tasks -----------------------------------------------------------------------------------------------------------


def open_task(
    act: Act, kind: str, role: Role, office: str, *, title: str, days: int | None = None, user_id: str | None = None
) -> TaskRow:
    """Open a task for a role (of an office), at once for whoever acts in it here alone; an open one of the same kind is replaced."""
    close_tasks(act, kind, office, "重新交办", user_id=user_id)
    # An outside body's task is the lead's own: only roles of an office are told apart by office.
    holders = [row.user_id for row in act.assigned(role, office if role in OF_AN_OFFICE else "")]
    if role is Role.BUILDER:
        holders += [row.user_id for row in act.assigned(Role.PREPARER)]
    task = TaskRow(
        id=new_id(),
        review_id=act.review.id,
        round=act.review.round,
        kind=kind,
        role=role,
        office=office,
        user_id=user_id or (holders[0] if len(holders) == 1 else None),
        title=title,
        opened=act.today,
        days=days,
        done=None,
        outcome="",
    )
    act.session.add(task)
    act.session.flush()
    return task


def close_tasks(act: Act, kind: str, office: str, outcome: str, *, user_id: str | None = None) -> None:
    """Close the open tasks of a kind (of an office, of a person)."""
    for task in act.all(TaskRow, TaskRow.kind == kind, TaskRow.office == office, TaskRow.done.is_(None)):
        if user_id in (None, task.user_id):
            task.done, task.outcome = act.at, str(outcome)


def stops_of(look: Look) -> list[Stop]:
    """Return this review's stopped time."""
    return [Stop(row.started, row.ended, row.reason) for row in look.all(StopRow, order=[StopRow.started])]


def reading_of(look: Look, task: TaskRow, stops: Iterable[Stop] | None = None) -> Reading:
    """Read a task's limit today, or on the day it was done."""
    on = clock.china_date(task.done) if task.done else look.today
    found = stops_of(look) if stops is None else stops
    return clock.read_clock(look.desk.calendar(), task.opened, task.days, found, max(on, task.opened))


def _whole_task(look: Look) -> TaskRow | None:
    rows: Sequence[TaskRow] = look.all(
        TaskRow, TaskRow.kind == WHOLE, TaskRow.round == look.review.round, order=[TaskRow.opened.desc()]
    )
    return rows[0] if rows else None


def _taken(event: Event) -> Taken:
    return Taken(
        seq=event.seq,
        hash=event.hash,
        at=event.at,
        action=event.kind,
        by=event.who.name,
        role=f"{event.who.office}{event.who.role}",
        before=event.body["before"],
        after=event.body["after"],
        reason=event.body["reason"],
        round=event.body["round"],
    )
