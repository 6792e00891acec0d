"""Who acts as what on a project: claimed, assigned, recused. One person, one role, and what was done in it stays with the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tanping.assessment.review import roles, workflow
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError
from tanping.assessment.review.roles import ASSIGNS, CLAIMABLE, ENTERING, OF_AN_OFFICE, Action, Role
from tanping.assessment.review.service.desk import Act, Desk, Look, active_assignment, clean
from tanping.assessment.review.service.register import assignment
from tanping.assessment.review.store.people import UserRoleRow, UserRow
from tanping.assessment.review.store.reviews import AssignmentRow, OpinionRow, TaskRow
from tanping.assessment.review.users import Capacity, Person
from tanping.assessment.review.words import Conflict, Source, Stage
from tanping.assessment.review.workflow import State


@dataclass(frozen=True)
class Part:
    """As what somebody acts on a review now. It tells a page what to offer; whether it is done is decided at the action."""

    role: Role
    office: str
    conflict: Conflict
    state: State
    round: int
    name: str

    def knows(self, action: Action) -> bool:
        """Whether the role does this work at all."""
        return roles.allowed(self.role, action)

    def may(self, action: Action) -> bool:
        """Whether the role does this work, and it is done in this state."""
        return self.knows(action) and self.state in workflow.WHEN.get(action, State)


@dataclass(frozen=True)
class Member:
    """Somebody on a project. ``until`` is set when it ended; ``acted`` once they did something in this role."""

    id: str
    user_id: str
    name: str
    role: Role
    office: str
    since: datetime
    until: datetime | None
    acted: bool
    conflict: Conflict
    reason: str


class Staffing:
    """Assignments on projects."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def members(self, person: Person, review_id: str) -> list[Member]:
        """Return everybody who acts or acted on a project, in order of beginning: for reviewers, auditors, and who assigns them."""
        assigns = person.has(Role.ADMINISTRATOR)
        with self._desk.look(person, review_id, Action.ASSIGN if assigns else Action.READ_OPINIONS) as look:
            if look.role in ENTERING:
                raise NotAllowedError("办理人员名单是内部信息。")
            return [_member(look, row) for row in look.all(AssignmentRow, order=[AssignmentRow.since])]

    def part(self, person: Person, review_id: str) -> Part:
        """Return as what a person acts on a project. Raises NotAllowedError if not at all."""
        with self._desk.look(person, review_id) as look:
            row = active_assignment(look.session, review_id, person.id)
            conflict = Conflict(row.conflict) if row else Conflict.OPEN
            return Part(look.role, look.office, conflict, look.state, look.review.round, look.review.title)

    def recused(self, person: Person, review_id: str) -> bool:
        """Whether somebody has withdrawn from a project for an interest: they take no part in it again."""
        with self._desk.glance(person) as (session, person, _):
            return review_id in recusals(session, person.id)

    def candidates(self, person: Person, review_id: str, role: Role, office: str = "") -> list[tuple[str, str]]:
        """Return the people who could act in a role here, as (id, name); nobody whom a former part excludes."""
        with self._desk.look(person, review_id, Action.ASSIGN) as look:
            query = select(UserRow).join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
            query = query.where(UserRoleRow.role == role, UserRoleRow.office == office, UserRow.active)
            people = look.session.scalars(query.where(UserRow.mode == look.review.mode).order_by(UserRow.name)).all()
            return [(user.id, user.name) for user in people if not _against(look, user.id, role, office)]

    def claim(self, person: Person, review_id: str, role: Role, office: str = "") -> None:
        """Take a role on a project oneself. Raises NotAllowedError, RefusedError."""
        capacity = Capacity(role, office)
        with self._desk.act(person, review_id, Action.CLAIM) as act:
            if act.assignment is not None:
                raise RefusedError(f"您在这个项目上已是{act.office}{act.role}，同一项目上一人只任一职。")
            if role not in CLAIMABLE or capacity not in act.person.capacities:
                raise NotAllowedError(f"您没有“{capacity}”这个角色，不能领取。")
            act.role, act.office = role, office
            self._put(act, act.person.id, capacity)
            act.record(Action.CLAIM, {"role": role, "office": office})

    def assign(self, person: Person, review_id: str, user_id: str, role: Role, office: str = "") -> None:
        """Give a role on a project to somebody. Raises NotAllowedError, RefusedError."""
        capacity = Capacity(role, office)
        with self._desk.act(person, review_id, Action.ASSIGN) as act:
            if role not in ASSIGNS[act.role]:
                raise NotAllowedError(f"{act.role}不能指派{role}。")
            if act.role in OF_AN_OFFICE and office != act.office:
                raise NotAllowedError(f"只能指派本处室（{act.office}）的人。")
            user = act.session.get(UserRow, user_id)
            if user is None or not user.active or user.mode != act.review.mode:
                raise MissingError("没有这个用户，或账户已停用。")
            query = select(UserRoleRow.id).where(UserRoleRow.user_id == user_id, UserRoleRow.role == role)
            if act.session.scalars(query.where(UserRoleRow.office == office)).first() is None:
                raise RefusedError(f"{user.name}没有“{capacity}”这个角色，请管理员先授予。")
            self._put(act, user_id, capacity)
            if role is Role.EXPERT:
                _ask_expert(act, user)
            act.record(Action.ASSIGN, {"user": user_id, "name": user.name, "role": role, "office": office})

    def release(self, person: Person, review_id: str, assignment_id: str, reason: str) -> None:
        """End somebody's part; open tasks go back to whoever holds the role. The person takes no other role here if they acted."""
        with self._desk.act(person, review_id, Action.ASSIGN) as act:
            row = act.one(AssignmentRow, assignment_id, "项指派")
            if row.until is not None:
                raise RefusedError("这项指派已结束。")
            if Role(row.role) not in ASSIGNS[act.role] or (act.role in OF_AN_OFFICE and row.office != act.office):
                raise NotAllowedError(f"{act.role}不能解除{row.office}{row.role}的指派。")
            self._end(act, row, clean(reason, "理由", needed=True))
            act.record(
                "解除指派", {"user": row.user_id, "name": act.name(row.user_id), "role": row.role, "reason": row.reason}
            )

    def declare(self, person: Person, review_id: str, *, conflict: bool, reason: str = "") -> None:
        """Declare no interest, or withdraw for one (回避), which ends one's part at once."""
        with self._desk.act(person, review_id, Action.DECLARE) as act:
            row = act.assignment
            if row is None:
                raise NotAllowedError("您不在这个项目的办理人员中。")
            row.conflict = Conflict.RECUSED if conflict else Conflict.NONE
            if conflict:
                self._end(act, row, clean(reason, "回避理由", needed=True))
            act.record(Action.DECLARE, {"conflict": row.conflict, "reason": row.reason})

    def _put(self, act: Act, user_id: str, capacity: Capacity) -> None:
        against = _against(act, user_id, capacity.role, capacity.office)
        if against:
            raise RefusedError(against)
        act.session.add(assignment(act.review.id, user_id, capacity.role, capacity.office, act.at))
        act.session.flush()
        if capacity.role in CLAIMABLE:
            for task in open_tasks(act, capacity.role, capacity.office):
                task.user_id = task.user_id or user_id

    def _end(self, act: Act, row: AssignmentRow, reason: str) -> None:
        row.until, row.reason = act.at, reason
        for task in act.all(TaskRow, TaskRow.user_id == row.user_id, TaskRow.done.is_(None)):
            task.user_id = None
        if row.role == Role.EXPERT:
            for opinion in act.all(OpinionRow, OpinionRow.user_id == row.user_id, OpinionRow.stage != Stage.CONFIRMED):
                opinion.stage = Stage.RECUSED
            for task in act.all(
                TaskRow, TaskRow.role == Role.EXPERT, TaskRow.done.is_(None), TaskRow.user_id.is_(None)
            ):
                task.done, task.outcome = act.at, Stage.RECUSED


def open_tasks(look: Look, role: Role, office: str) -> Sequence[TaskRow]:
    """Return the open tasks of a role, of an office's role those of the office."""
    rows = look.all(TaskRow, TaskRow.role == role, TaskRow.done.is_(None))
    return [row for row in rows if role not in OF_AN_OFFICE or row.office == office]


def recusals(session: Session, user_id: str) -> set[str]:
    """Return the reviews from which somebody has recused."""
    query = select(AssignmentRow.review_id).where(AssignmentRow.user_id == user_id)
    return set(session.scalars(query.where(AssignmentRow.conflict == Conflict.RECUSED)))


def _against(look: Look, user_id: str, role: Role, office: str) -> str:
    """Return why somebody can't act in a role here: another role now, or one they have acted in."""
    name = look.name(user_id)
    for row in look.all(AssignmentRow, AssignmentRow.user_id == user_id, order=[AssignmentRow.since]):
        held = Role(row.role)
        if row.conflict == Conflict.RECUSED:
            return f"{name}在这个项目上已回避。"
        if row.until is None:
            return f"{name}在这个项目上已是{row.office}{held}，同一项目上一人只任一职。"
        why = roles.clash(held, role) or ("" if row.office == office else "同一项目上一人只任一职")
        if row.acted and why:
            return f"{name}在这个项目上办理过{row.office}{held}的工作，不能再任{office}{role}：{why}。"
    return ""


def _ask_expert(act: Act, user: UserRow) -> None:
    """Ask an expert for an opinion; a name that is taken in this round gets the login beside it.

    Raises RefusedError when the time for it is over: the task could never be done.
    """
    state = State(act.review.state)
    if state not in workflow.EXPERTS_ASKED:
        raise RefusedError(
            f"现在是“{state}”，不能再请专家：专家意见在“{State.ASSESSMENT}”时出具。确有需要的，先退回技术评估。"
        )
    from tanping.assessment.review.service.opinions import OF_EXPERT, blank_opinion
    from tanping.assessment.review.service.steps import open_task

    rows = act.all(OpinionRow, OpinionRow.round == act.review.round, OpinionRow.source == Source.EXPERT)
    name = user.name if all(row.office != user.name for row in rows) else f"{user.name}（{user.login}）"
    opinion = blank_opinion(act, Source.EXPERT, name[:40])
    opinion.user_id = user.id
    act.session.add(opinion)
    open_task(act, OF_EXPERT, Role.EXPERT, "", title="出具专家意见", user_id=user.id)


def _member(look: Look, row: AssignmentRow) -> Member:
    return Member(
        id=row.id,
        user_id=row.user_id,
        name=look.name(row.user_id),
        role=Role(row.role),
        office=row.office,
        since=row.since,
        until=row.until,
        acted=row.acted,
        conflict=Conflict(row.conflict),
        reason=row.reason,
    )
