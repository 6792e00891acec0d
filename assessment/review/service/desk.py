"""Where every action begins: who is it, may they, now, on this project? And where every action ends: an event.

``Desk.act`` opens one transaction under the store's lock, reads the session, the account, the roles and the review anew, and refuses
before anything is read further. What the action changes is sealed by ``Act.record``; a change without an event can't be committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tanping.assessment.review import clock, roles, users, workflow
from tanping.assessment.review.errors import ChangedError, MissingError, NotAllowedError, RefusedError
from tanping.assessment.review.record import Event, SealingSession, Who, append, events_of, keep, reading, sealing
from tanping.assessment.review.roles import ENTERING, EVERYWHERE, Action, Role
from tanping.assessment.review.store.events import BlobRow, EventRow
from tanping.assessment.review.store.models import Base
from tanping.assessment.review.store.people import UserRow
from tanping.assessment.review.store.reviews import AssignmentRow, ReviewRow
from tanping.assessment.review.users import Capacity, Person, new_id
from tanping.assessment.review.workflow import State
from tanping.records.canonical import sha256

T = TypeVar("T", bound=Base)

LONG, SHORT = 20_000, 200


class Look:
    """One look at a review by one person: the open transaction, and as what the person looks."""

    def __init__(
        self, desk: Desk, session: Session, person: Person, review: ReviewRow, role: Role, office: str, at: datetime
    ) -> None:
        self.desk = desk
        self.session = session
        self.person = person
        self.review = review
        self.role = role
        self.office = office
        self.at = at

    @property
    def today(self) -> date:
        """The legal date of this moment."""
        return clock.china_date(self.at)

    @property
    def state(self) -> State:
        """Where the review stands."""
        return State(self.review.state)

    def all(self, table: type[T], *conditions: Any, order: Sequence[Any] = ()) -> list[T]:
        """Return the rows of a table that belong to this review."""
        query = select(table).where(table.review_id == self.review.id, *conditions)  # type: ignore[attr-defined]
        return list(self.session.scalars(query.order_by(*order, table.id)))  # type: ignore[attr-defined]

    def one(self, table: type[T], key: str, what: str) -> T:
        """Return a row of this review by its id. Raises MissingError: ids of other reviews are as good as none."""
        row = self.session.get(table, key)
        if row is None or row.review_id != self.review.id:  # type: ignore[attr-defined]
            raise MissingError(f"没有这{what}，可能链接不完整，或不属于这个项目。")
        return row

    def name(self, user_id: str | None) -> str:
        """Return a person's name; empty for nobody."""
        user = self.session.get(UserRow, user_id) if user_id else None
        return user.name if user else ""

    def last(self, *kinds: str) -> int:
        """Return the number of the review's last event of some kinds, 0 if there is none."""
        query = select(func.max(EventRow.seq)).where(EventRow.review_id == self.review.id, EventRow.kind.in_(kinds))
        return self.session.scalar(query) or 0

    def blob(self, digest: str) -> bytes:
        """Return a kept content. Raises MissingError if it is gone or no longer has its hash."""
        content = self.session.scalar(select(BlobRow.content).where(BlobRow.sha256 == digest))
        if content is None or sha256(content) != digest:
            raise MissingError("封存的内容不见了或被改动过，请管理员运行 tanping db verify 核验。")
        return content

    def assigned(self, role: Role, office: str = "") -> list[AssignmentRow]:
        """Return who acts in a role now."""
        rows = self.all(AssignmentRow, AssignmentRow.role == role, AssignmentRow.until.is_(None))
        return [row for row in rows if row.office == office]


class Act(Look):
    """An action under way."""

    session: SealingSession
    assignment: AssignmentRow | None = None

    def record(self, kind: str, body: dict[str, Any] | None = None, blobs: Iterable[str] = ()) -> Event:
        """Seal what was changed so far. The person has then acted in this role and takes no other here."""
        if self.assignment is not None and not self.assignment.acted:
            self.assignment.acted = True
        who = Who(self.person.id, self.person.name, self.role, self.office)
        return append(
            self.session,
            kind,
            at=self.at,
            who=who,
            review_id=self.review.id,
            mode=self.review.mode,
            body=body,
            blobs=blobs,
        )

    def keep(self, content: bytes) -> str:
        """Keep bytes under their hash and return it."""
        return keep(self.session, content, self.at)

    def require_state(self, action: Action) -> None:
        """Refuse a work that is not done in this state."""
        workflow.require_state(self.state, action)


@dataclass(frozen=True)
class Desk:
    """What all services share: the store, the clock, the holiday calendar's folder (None: the data folder's)."""

    engine: Engine
    now: Callable[[], datetime] = clock.now
    holidays: Path | None = None

    def calendar(self) -> clock.Calendar:
        """Return the working days that are known today."""
        return clock.load_calendar(self.holidays)

    @contextmanager
    def act(self, person: Person, review_id: str, action: Action) -> Iterator[Act]:
        """Begin an action on a review. Raises SignInError, MissingError, NotAllowedError, RefusedError, StoreError."""
        with sealing(self.engine) as session:
            at = self.now()
            person, review = self._entry(session, person, review_id, at)
            assignment = active_assignment(session, review.id, person.id)
            role, office = _role(person, assignment, action)
            act = Act(self, session, person, review, role, office, at)
            act.assignment = assignment
            if action in workflow.WHEN:
                act.require_state(action)
            yield act

    @contextmanager
    def look(self, person: Person, review_id: str, action: Action = Action.READ_PROJECT) -> Iterator[Look]:
        """Look at a review. Same refusals."""
        with reading(self.engine) as session:
            at = self.now()
            person, review = self._entry(session, person, review_id, at)
            role, office = _role(person, active_assignment(session, review.id, person.id), action)
            yield Look(self, session, person, review, role, office, at)

    @contextmanager
    def glance(self, person: Person) -> Iterator[tuple[Session, Person, datetime]]:
        """Read across reviews (inbox, register) as a signed-in person."""
        with reading(self.engine) as session:
            at = self.now()
            yield session, signed_in(session, person, at), at

    def _entry(self, session: Session, person: Person, review_id: str, at: datetime) -> tuple[Person, ReviewRow]:
        person = signed_in(session, person, at)
        review = session.get(ReviewRow, review_id)
        if review is None:
            raise MissingError("没有这个项目，可能链接不完整。")
        if review.mode != person.mode:
            raise NotAllowedError("单机试用的项目与正式项目分开，互不能操作。")
        return person, review


def signed_in(session: Session, person: Person, at: datetime) -> Person:
    """Return the person as they stand now. Raises SignInError, NotAllowedError while a one-time password is in use."""
    person = users.standing(session, person, at)
    if person.must_change:
        raise NotAllowedError("请先修改一次性口令。")
    return person


def active_assignment(session: Session, review_id: str, user_id: str) -> AssignmentRow | None:
    """Return as what a person acts on a review now."""
    query = select(AssignmentRow).where(AssignmentRow.review_id == review_id, AssignmentRow.user_id == user_id)
    return session.scalars(query.where(AssignmentRow.until.is_(None))).one_or_none()


def _role(person: Person, assignment: AssignmentRow | None, action: Action) -> tuple[Role, str]:
    if assignment is not None:
        role = Role(assignment.role)
        if Capacity(role, assignment.office) not in person.capacities:
            raise NotAllowedError(f"您已不再担任{assignment.office}{role}。")
        roles.require(role, action)
        return role, assignment.office
    everywhere = [capacity.role for capacity in person.capacities if capacity.role in EVERYWHERE]
    for role in everywhere:
        roles.require(role, action)
        return role, ""
    if action in (Action.CLAIM, Action.CREATE):
        return _any_role(person, action)
    raise NotAllowedError("您不在这个项目的办理人员中。可在待办里领取，或请牵头处、管理员指派。")


def _any_role(person: Person, action: Action) -> tuple[Role, str]:
    for capacity in person.capacities:
        if roles.allowed(capacity.role, action):
            return capacity.role, capacity.office
    held = "、".join(role for role in Role if roles.allowed(role, action))
    raise NotAllowedError(f"您的角色不能{action}，这一步由{held}办理。")


# ---- small things every service needs --------------------------------------------------------------------------------


def clean(text: str, label: str, *, longest: int = LONG, needed: bool = False) -> str:
    """Return a typed text without blanks around it. Raises RefusedError if it is too long, broken, or missing when needed."""
    if not isinstance(text, str):
        raise RefusedError(f"{label}应是文字。")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise RefusedError(f"{label}里有残缺的字符，请重新填写。") from None
    if "\0" in text:
        raise RefusedError(f"{label}里有不能保存的字符，请重新填写。")
    text = text.strip()
    if len(text) > longest:
        raise RefusedError(f"{label}过长（{len(text)} 字），上限 {longest} 字。")
    if needed and not text:
        raise RefusedError(f"{label}没有填写。")
    return text


def one_of(value: str, allowed: Iterable[str], label: str) -> str:
    """Return a value that must be one of some. Raises RefusedError."""
    allowed = tuple(allowed)
    if value not in allowed:
        raise RefusedError(f"{label}“{str(value)[:40]}”不在可选范围：{'、'.join(allowed)}。")
    return str(value)


def same_version(row: Any, version: int, look: Look, what: str) -> None:
    """Raise ChangedError if a row has moved on since a page read it."""
    if row.version != version:
        raise moved_on(look, row, what)


def moved_on(look: Look, row: Any, what: str) -> ChangedError:
    """Return what to raise when a row has moved on since a page read it: it says who changed it, as the record tells."""
    by = _changed_by(look, row)
    return ChangedError(f"{what}刚被{by}改过，您的改动没有覆盖它：请对照最新内容后再存，您填的还在页面上。")


def _changed_by(look: Look, row: Any) -> str:
    """Return who changed a row last, with their part in the review; to the applicant's side, reviewers have no names."""
    touched = (row.__tablename__, row.id)
    for event in reversed(events_of(look.session, look.review.id)):
        if any((name, key) == touched for name, key, _ in event.rows):
            return _as(event.who, look)
    return "系统"


def _as(who: Who, look: Look) -> str:
    if who.id == look.person.id:
        return "您自己在另一个窗口"
    if look.role in ENTERING and who.role not in ENTERING:
        return "审查方"
    return f"{who.name}（{who.office}{who.role}）" if who.role else who.name


__all__ = [
    "Act",
    "Desk",
    "Look",
    "active_assignment",
    "clean",
    "moved_on",
    "new_id",
    "one_of",
    "same_version",
    "signed_in",
]
