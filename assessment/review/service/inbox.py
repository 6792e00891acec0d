"""What a person has to do, what is due, and the lead's view of a whole review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tanping.assessment.review import clock
from tanping.assessment.review.clock import Calendar, Pace, Reading
from tanping.assessment.review.roles import ENTERING, OF_AN_OFFICE, Action, Role
from tanping.assessment.review.service import demands, opinions, staffing, steps, submissions, verification
from tanping.assessment.review.service.desk import Desk, Look
from tanping.assessment.review.service.opinions import Contradiction, Opinion
from tanping.assessment.review.store.people import UserRow
from tanping.assessment.review.store.reviews import AssignmentRow, ReviewRow, StopRow, TaskRow
from tanping.assessment.review.users import Capacity, Person
from tanping.assessment.review.workflow import State

_URGENT = (Pace.OVERDUE, Pace.SOON, Pace.RUNNING, Pace.UNKNOWN, Pace.UNLIMITED, Pace.STOPPED)


@dataclass(frozen=True)
class Task:
    """An open task. ``mine``: taken by this person; else it may be claimed (``role``, ``office`` say as what)."""

    id: str
    review_id: str
    review: str
    state: State
    kind: str
    title: str
    role: Role
    office: str
    holder: str
    mine: bool
    opened: date
    reading: Reading


@dataclass(frozen=True)
class Overview:
    """The lead's view of a review."""

    standing: steps.Standing
    opinions: tuple[Opinion, ...]
    contradictions: tuple[Contradiction, ...]
    doubts: tuple[str, ...]
    points: int
    points_open: int
    demands: int
    demands_unanswered: int
    demands_unjudged: int
    overdue: tuple[str, ...]


class Inbox:
    """Tasks and reminders."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def tasks(self, person: Person) -> list[Task]:
        """Return a person's open tasks and those they may claim, the most urgent first."""
        with self._desk.glance(person) as (session, person, at):
            today, calendar = clock.china_date(at), self._desk.calendar()
            query = select(TaskRow, ReviewRow).join(ReviewRow, ReviewRow.id == TaskRow.review_id)
            query = query.where(TaskRow.done.is_(None), ReviewRow.mode == person.mode)
            held, barred = _held(session, person), staffing.recusals(session, person.id)
            found = [
                _task(session, task, review, person, today, calendar)
                for task, review in session.execute(query.order_by(TaskRow.opened, TaskRow.id))
                if review.id not in barred and _concerns(task, review, person, held)
            ]
        return sorted(found, key=lambda task: (not task.mine, _URGENT.index(task.reading.pace), task.reading.left or 0))

    def reminders(self, person: Person) -> list[Task]:
        """Return the tasks of one's own that are due soon or overdue."""
        return [task for task in self.tasks(person) if task.mine and task.reading.pace in (Pace.SOON, Pace.OVERDUE)]

    def overview(self, person: Person, review_id: str) -> Overview:
        """Return the lead's view of a whole review."""
        standing = steps.Steps(self._desk).standing(person, review_id)
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            submission = submissions.newest(look)
            file = submissions.file_of(look, submission) if submission else {}
            points = opinions.points_of_round(look)
            return Overview(
                standing=standing,
                opinions=tuple(opinions.shown(look)),
                contradictions=tuple(opinions.contradictions(look)),
                doubts=verification.doubts(look, file),
                points=len(points),
                points_open=sum(not point.adoption for point in points),
                demands=len(demands.of_round(look)),
                demands_unanswered=len(demands.unanswered(look)),
                demands_unjudged=len(demands.unjudged(look)),
                overdue=_overdue(look),
            )


def _held(session: Session, person: Person) -> dict[str, Capacity]:
    """Return as what a person acts on each review."""
    rows = session.scalars(
        select(AssignmentRow).where(AssignmentRow.user_id == person.id, AssignmentRow.until.is_(None))
    )
    return {row.review_id: Capacity(Role(row.role), row.office) for row in rows}


def _concerns(task: TaskRow, review: ReviewRow, person: Person, held: dict[str, Capacity]) -> bool:
    if task.user_id == person.id:
        return True
    role, mine = Role(task.role), held.get(review.id)
    if mine is not None:
        pool = ENTERING if role in ENTERING else {role}
        same_office = role not in OF_AN_OFFICE or mine.office == task.office
        return task.user_id is None and mine.role in pool and same_office
    # Free for anybody who holds the role and has no other part in this project.
    wanted = Capacity(role, task.office if role in OF_AN_OFFICE else "")
    return task.user_id is None and role not in ENTERING and wanted in person.capacities


def _task(session: Session, task: TaskRow, review: ReviewRow, person: Person, today: date, calendar: Calendar) -> Task:
    rows = session.scalars(select(StopRow).where(StopRow.review_id == review.id))
    stops = [clock.Stop(row.started, row.ended, row.reason) for row in rows]
    holder = session.get(UserRow, task.user_id) if task.user_id else None
    return Task(
        id=task.id,
        review_id=review.id,
        review=review.title,
        state=State(review.state),
        kind=task.kind,
        title=task.title,
        role=Role(task.role),
        office=task.office,
        holder=holder.name if holder else "",
        mine=task.user_id == person.id,
        opened=task.opened,
        reading=clock.read_clock(calendar, task.opened, task.days, stops, max(today, task.opened)),
    )


def _overdue(look: Look) -> tuple[str, ...]:
    stops = steps.stops_of(look)
    rows = look.all(TaskRow, TaskRow.done.is_(None), order=[TaskRow.opened])
    return tuple(row.title for row in rows if steps.reading_of(look, row, stops).pace is Pace.OVERDUE)
