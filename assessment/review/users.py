"""People: local accounts, sign-in, sessions, roles; the identity provider's people; the single-user mode.

A session is an opaque token in a cookie; the store keeps its hash, so whoever reads the store can't sign in with it. Whether it still
holds, whether the person may still act and as what is read again at every action (``standing``). Nothing here logs or seals a
password, a token or what was typed into a login field.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import unicodedata
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from tanping.assessment.review import clock
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError, SignInError
from tanping.assessment.review.record import PROGRAM, SealingSession, Who, append, reading, sealing
from tanping.assessment.review.roles import EVERYWHERE, INNER_OFFICES, OF_AN_OFFICE, Action, Role, allowed
from tanping.assessment.review.store.people import SessionRow, SignInRow, SubjectRow, UserRoleRow, UserRow
from tanping.assessment.review.store.reviews import AssignmentRow, ReviewRow, TaskRow
from tanping.assessment.review.store.trouble import StoreError

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TEMPORARY = timedelta(hours=72)
WINDOW = timedelta(minutes=15)
TRIES, TRIES_OF_AN_ADDRESS = 5, 30
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_SEEN_EVERY = timedelta(minutes=1)

OFFICE, SINGLE = "office", "single"
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})

FAILED, DONE, LOCKED, UNLOCKED = "失败", "成功", "锁定", "解锁"
WRONG = "登录名或口令不对。"
ENDED = "登录已失效（超时、已退出或已被收回），请重新登录；已保存的内容都在。"


@dataclass(frozen=True)
class Capacity:
    """A role that a person holds, with its office where it has one."""

    role: Role
    office: str = ""

    def __str__(self) -> str:
        return f"{self.office}{self.role}"


@dataclass(frozen=True)
class Person:
    """A signed-in person as of the last look. ``session`` is the hash of the token; ``mode`` office or single."""

    id: str
    login: str
    name: str
    organisation: str
    capacities: tuple[Capacity, ...]
    mode: str
    session: str
    must_change: bool = False

    def has(self, role: Role) -> bool:
        """Whether the person holds a role, in any office."""
        return any(capacity.role is role for capacity in self.capacities)


@dataclass(frozen=True)
class Account:
    """A person as the administrator sees them."""

    id: str
    login: str
    name: str
    organisation: str
    active: bool
    capacities: tuple[Capacity, ...]
    temporary: bool


@dataclass(frozen=True)
class SignedIn:
    """What a sign-in gives: the token for the cookie (kept nowhere else), and whether the password must be changed first."""

    token: str
    must_change: bool


Hasher = Any
"""A password hasher: argon2's ``PasswordHasher`` or one with its ``hash``, ``verify`` and ``check_needs_rehash``."""


def standing(session: Session, person: Person, at: datetime) -> Person:
    """Return the person as they stand now. Raises SignInError if the session or the account no longer holds."""
    user = session.get(UserRow, person.id)
    if user is None or not user.active:
        raise SignInError("账户已停用，请联系管理员。")
    if user.mode != SINGLE:
        row = session.get(SessionRow, person.session)
        if (
            row is None
            or row.user_id != user.id
            or row.revoked is not None
            or row.expires <= at
            or row.seen + IDLE <= at
        ):
            raise SignInError(ENDED)
    elif person.session:
        raise SignInError(ENDED)
    return _person(session, user, person.session)


class Accounts:
    """The accounts of one store. ``now`` gives the moment; ``hasher`` the password hash (argon2id by default)."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = clock.now, hasher: Hasher = None) -> None:
        self._engine = engine
        self._now = now
        self._hasher = hasher or _argon2()

    # ---- the administrator's work ------------------------------------------------------------------------------------

    def first_administrator(self, login: str, name: str) -> str:
        """Make the first administrator and return a one-time password.

        Works again while the only administrators have never signed in. Raises RefusedError otherwise.
        """
        with sealing(self._engine) as session:
            known = session.scalars(select(UserRow).where(UserRow.login == _login(login))).one_or_none()
            for other in self._administrators(session):
                if not other.password_temporary:
                    raise RefusedError("已有管理员，新账户由其在系统里建立；管理员遗失口令时由另一位管理员重置。")
            if known is None:
                return self._add(session, PROGRAM, login, name, "", [Capacity(Role.ADMINISTRATOR)])
            if not self._holds(session, known.id, Role.ADMINISTRATOR):
                raise RefusedError(f"登录名“{known.login}”已有人使用，请换一个。")
            return self._reset(session, PROGRAM, known)

    def add(
        self, by: Person, login: str, name: str, *, organisation: str = "", capacities: Iterable[Capacity] = ()
    ) -> str:
        """Add a person and return a one-time password. Raises NotAllowedError, RefusedError."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            return self._add(session, who, login, name, organisation, list(capacities))

    def grant(self, by: Person, user_id: str, capacity: Capacity) -> None:
        """Let a person take a role on projects; it holds from their next action on."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            self._grant(session, user, capacity)
            self._record(session, "授予角色", who, user, role=capacity.role, office=capacity.office)

    def withdraw(self, by: Person, user_id: str, capacity: Capacity) -> list[str]:
        """Take a role away; it ends at once. Returns the reviews whose work went back to the office, as titles."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            row = self._capacity_row(session, user.id, capacity)
            if row is None:
                raise MissingError(f"{user.name}没有“{capacity}”这个角色。")
            self._keep_an_administrator(session, user, capacity)
            session.delete(row)
            titles = self._hand_back(session, user.id, capacity)
            self._record(session, "收回角色", who, user, role=capacity.role, office=capacity.office, returned=titles)
            return titles

    def deactivate(self, by: Person, user_id: str, reason: str) -> list[str]:
        """End a person's right to act; sessions end at once, open work goes back. Returns the reviews concerned, as titles."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            if not reason.strip():
                raise RefusedError("停用账户须写明理由。")
            self._keep_an_administrator(session, user)
            user.active = False
            self._revoke(session, user.id)
            titles = self._hand_back(session, user.id)
            self._record(session, "停用用户", who, user, reason=reason.strip(), returned=titles)
            return titles

    def reactivate(self, by: Person, user_id: str) -> str:
        """Let a person act again, with a new one-time password."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            user.active = True
            self._record(session, "启用用户", who, user)
            return self._reset(session, who, user)

    def reset_password(self, by: Person, user_id: str) -> str:
        """Give a person a new one-time password; their sessions end, a lock-out ends too."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            session.add(self._attempt(user.login, "", UNLOCKED))
            return self._reset(session, who, user)

    def link(self, by: Person, user_id: str, issuer: str, subject: str) -> None:
        """Say that a subject of the identity provider is this person. Raises RefusedError if it is somebody already."""
        if not issuer.strip() or not subject.strip():
            raise RefusedError("统一认证的签发者和主体标识都要填写。")
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            user = _user(session, user_id)
            taken = self._subject(session, issuer, subject)
            if taken is not None:
                raise RefusedError(f"这个统一认证身份已绑定给{_user(session, taken.user_id).name}，请先解除。")
            session.add(SubjectRow(id=new_id(), issuer=issuer, subject=subject, user_id=user.id))
            self._record(session, "绑定统一认证", who, user, issuer=issuer)

    def unlink(self, by: Person, issuer: str, subject: str) -> None:
        """Undo ``link``; sessions of the person end."""
        with sealing(self._engine) as session:
            who = self._administrator(session, by)
            row = self._subject(session, issuer, subject)
            if row is None:
                raise MissingError("没有绑定这个统一认证身份。")
            user = _user(session, row.user_id)
            session.delete(row)
            self._revoke(session, user.id)
            self._record(session, "解绑统一认证", who, user, issuer=issuer)

    def people(self, by: Person) -> list[Account]:
        """Return all people, active first, by name. Administrators and auditors only."""
        with reading(self._engine) as session:
            person = standing(session, by, self._now())
            if not (person.has(Role.ADMINISTRATOR) or person.has(Role.AUDITOR)):
                raise NotAllowedError("只有管理和审计能看用户名册。")
            users = session.scalars(select(UserRow).order_by(UserRow.active.desc(), UserRow.name, UserRow.id))
            return [
                Account(
                    id=user.id,
                    login=user.login,
                    name=user.name,
                    organisation=user.organisation,
                    active=user.active,
                    capacities=_capacities(session, user.id),
                    temporary=user.password_temporary,
                )
                for user in users
            ]

    def has_accounts(self) -> bool:
        """Whether anybody can sign in here: such a store is never opened in single-user mode."""
        with reading(self._engine) as session:
            return _count(session, select(UserRow.id).where(UserRow.mode == OFFICE)) > 0

    # ---- signing in and out ------------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str, *, address: str = "") -> SignedIn:
        """Sign in with a password. Raises SignInError with the same words for a wrong name and a wrong password."""
        at = self._now()
        with sealing(self._engine) as session:
            user = session.scalars(select(UserRow).where(UserRow.login == _login(login))).one_or_none()
            known = user.login if user else _unknown(login)
            self._throttle(session, known, address, at)
            # Counted as failed until it has succeeded, so that many guesses at once are no more than many in a row.
            attempt = self._attempt(known, address, FAILED)
            session.add(attempt)
            usable = user is not None and user.active and user.mode == OFFICE and not self._too_old(user, at)
            stored = user.password if user and usable else None
        # Outside any transaction: hashing takes its time on purpose.
        right = self._verify(stored, password)
        if not right or user is None:
            raise SignInError(WRONG)
        with sealing(self._engine) as session:
            session.get_one(SignInRow, attempt.id).outcome = DONE
            fresh = _user(session, user.id)
            if not fresh.active or fresh.password != stored:
                raise SignInError(WRONG)
            if self._hasher.check_needs_rehash(stored):
                fresh.password = self._hasher.hash(_secret(password))
                self._record(session, "更新口令散列", _who(fresh), fresh)
            return SignedIn(self._open(session, fresh, "口令", at), fresh.password_temporary)

    def sign_in_oidc(self, issuer: str, subject: str, *, address: str = "") -> SignedIn:
        """Sign in whom the identity provider vouched for. Raises SignInError if nobody here is linked to that subject."""
        at = self._now()
        with sealing(self._engine) as session:
            row = self._subject(session, issuer, subject)
            user = session.get(UserRow, row.user_id) if row else None
            if user is None or not user.active or user.mode != OFFICE:
                raise SignInError("统一认证通过，但本系统没有与之绑定的账户（或已停用），请联系管理员绑定。")
            session.add(self._attempt(user.login, address, DONE))
            return SignedIn(self._open(session, user, "统一认证", at), must_change=False)

    def person(self, token: str) -> Person:
        """Return who a token belongs to, and keep the session awake. Raises SignInError."""
        at = self._now()
        digest = _digest(token)
        with reading(self._engine) as session:
            row = session.get(SessionRow, digest)
            user = session.get(UserRow, row.user_id) if row else None
            if row is None or user is None:
                raise SignInError(ENDED)
            found = standing(session, _person(session, user, digest), at)
            sleepy = at - row.seen >= _SEEN_EVERY
        if sleepy:
            # Where nothing can be written one may still read; the session then falls asleep at its time.
            with contextlib.suppress(StoreError), sealing(self._engine) as session:
                row = session.get(SessionRow, digest)
                if row is not None and row.revoked is None:
                    row.seen = max(row.seen, at)
        return found

    def change_password(self, person: Person, old: str, new: str) -> None:
        """Change one's own password; all other sessions of the person end. Raises SignInError, RefusedError."""
        at = self._now()
        with sealing(self._engine) as session:
            standing(session, person, at)
            user = _user(session, person.id)
            self._throttle(session, user.login, "", at)
            # Counted as failed until it is known to be right, as in ``sign_in``.
            attempt = self._attempt(user.login, "", FAILED)
            session.add(attempt)
            stored = user.password
        if not self._verify(stored, old):
            raise SignInError("原口令不对。")
        with sealing(self._engine) as session:
            session.delete(session.get_one(SignInRow, attempt.id))
        _check_password(user.login, old, new)
        hashed = self._hasher.hash(_secret(new))
        with sealing(self._engine) as session:
            standing(session, person, at)
            fresh = _user(session, person.id)
            fresh.password, fresh.password_temporary, fresh.password_set = hashed, False, at
            self._revoke(session, fresh.id, but=person.session)
            self._record(session, "改口令", _who(fresh), fresh)

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is fine."""
        with sealing(self._engine) as session:
            row = session.get(SessionRow, _digest(token))
            if row is not None and row.revoked is None:
                row.revoked = self._now()

    def sweep(self) -> int:
        """Forget sessions and attempts that matter no more; return how many rows went."""
        with sealing(self._engine) as session:
            at = self._now()
            gone = session.execute(delete(SessionRow).where(SessionRow.expires < at - LONGEST))
            old = session.execute(delete(SignInRow).where(SignInRow.at < at - timedelta(days=180)))
            return int(gone.rowcount + old.rowcount)  # type: ignore[attr-defined]

    # ---- single-user mode --------------------------------------------------------------------------------------------

    def single_user(self, address: str) -> list[Person]:
        """Return the people of single-user mode, one for each capacity, made on first use.

        For self-screening and evaluation on one's own machine: no password, everything marked 单机. Raises SignInError unless the
        server is bound to this machine and the store has no accounts.
        """
        if address not in LOCAL:
            raise SignInError(f"单机模式只能绑定本机地址（127.0.0.1），现在是 {address}。")
        if self.has_accounts():
            raise SignInError("这个数据库已有正式账户，不能以单机模式打开，请登录。")
        with sealing(self._engine) as session:
            for capacity in all_capacities():
                login = f"单机·{capacity}"
                if session.scalars(select(UserRow.id).where(UserRow.login == login)).one_or_none() is None:
                    user = self._new_user(session, login, f"{capacity}（单机）", "", SINGLE)
                    self._grant(session, user, capacity)
                    self._record(session, "建立用户", PROGRAM, user)
        with reading(self._engine) as session:
            users = session.scalars(select(UserRow).where(UserRow.mode == SINGLE).order_by(UserRow.created, UserRow.id))
            people = {person.login: person for person in (_person(session, user, "") for user in users)}
            return [people[f"单机·{capacity}"] for capacity in all_capacities()]

    # ---- inside ------------------------------------------------------------------------------------------------------

    def _administrator(self, session: Session, by: Person) -> Who:
        person = standing(session, by, self._now())
        if person.must_change:
            raise NotAllowedError("请先修改一次性口令。")
        if not any(allowed(capacity.role, Action.MANAGE_USERS) for capacity in person.capacities):
            raise NotAllowedError("只有管理角色能管用户。")
        return Who(person.id, person.name, Role.ADMINISTRATOR)

    def _add(
        self, session: SealingSession, who: Who, login: str, name: str, organisation: str, capacities: list[Capacity]
    ) -> str:
        if session.scalars(select(UserRow.id).where(UserRow.login == _login(login))).one_or_none() is not None:
            raise RefusedError(f"登录名“{_login(login)}”已有人使用，请换一个。")
        user = self._new_user(session, login, name, organisation, OFFICE)
        for capacity in capacities:
            self._grant(session, user, capacity)
        self._record(session, "建立用户", who, user)
        return self._reset(session, who, user)

    def _new_user(self, session: Session, login: str, name: str, organisation: str, mode: str) -> UserRow:
        login, name = _login(login), name.strip()
        if not 2 <= len(login) <= 60 or not name or len(name) > 100:
            raise RefusedError("登录名应为 2—60 个字，姓名 1—100 个字。")
        if any(not letter.isprintable() or letter.isspace() for letter in login):
            raise RefusedError("登录名里不能有空格和看不见的字符。")
        user = UserRow(
            id=new_id(),
            login=login,
            name=name,
            organisation=organisation.strip()[:200],
            active=True,
            mode=mode,
            password=None,
            password_temporary=mode == OFFICE,
            password_set=None,
            created=self._now(),
        )
        session.add(user)
        session.flush()
        return user

    def _grant(self, session: Session, user: UserRow, capacity: Capacity) -> None:
        if (capacity.role in OF_AN_OFFICE) != (capacity.office in INNER_OFFICES):
            raise RefusedError(f"处室角色须写明处室（{'、'.join(INNER_OFFICES)}），其他角色不写处室。")
        held = _capacities(session, user.id)
        if capacity in held:
            raise RefusedError(f"{user.name}已有“{capacity}”这个角色。")
        apart = {capacity.role, *(other.role for other in held)} & EVERYWHERE
        if apart and held:
            raise RefusedError(f"“{min(apart)}”不能与其他角色由同一人担任。")
        session.add(UserRoleRow(id=new_id(), user_id=user.id, role=capacity.role, office=capacity.office))
        session.flush()

    def _reset(self, session: SealingSession, who: Who, user: UserRow) -> str:
        password = secrets.token_urlsafe(12)
        user.password, user.password_temporary, user.password_set = (
            self._hasher.hash(_secret(password)),
            True,
            self._now(),
        )
        self._revoke(session, user.id)
        self._record(session, "发一次性口令", who, user)
        return password

    def _record(self, session: SealingSession, kind: str, who: Who, user: UserRow, **body: Any) -> None:
        append(
            session, kind, at=self._now(), who=who, mode=user.mode, body={"user": user.id, "name": user.name, **body}
        )

    def _administrators(self, session: Session) -> list[UserRow]:
        query = select(UserRow).join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        return list(
            session.scalars(
                query.where(UserRoleRow.role == Role.ADMINISTRATOR, UserRow.active, UserRow.mode == OFFICE).distinct()
            )
        )

    def _keep_an_administrator(self, session: Session, user: UserRow, capacity: Capacity | None = None) -> None:
        if capacity is not None and capacity.role is not Role.ADMINISTRATOR:
            return
        left = [other for other in self._administrators(session) if other.id != user.id]
        if not left and self._holds(session, user.id, Role.ADMINISTRATOR):
            raise RefusedError("这是最后一位管理员，请先授予另一人管理角色。")

    def _holds(self, session: Session, user_id: str, role: Role) -> bool:
        return any(capacity.role is role for capacity in _capacities(session, user_id))

    def _capacity_row(self, session: Session, user_id: str, capacity: Capacity) -> UserRoleRow | None:
        query = select(UserRoleRow).where(UserRoleRow.user_id == user_id)
        return session.scalars(
            query.where(UserRoleRow.role == capacity.role, UserRoleRow.office == capacity.office)
        ).one_or_none()

    def _hand_back(self, session: Session, user_id: str, capacity: Capacity | None = None) -> list[str]:
        """End the person's assignments (of one capacity) and return their open tasks to whoever holds the role."""
        query = select(AssignmentRow).where(AssignmentRow.user_id == user_id, AssignmentRow.until.is_(None))
        if capacity is not None:
            query = query.where(AssignmentRow.role == capacity.role, AssignmentRow.office == capacity.office)
        reviews = set()
        for row in session.scalars(query):
            row.until, row.reason = self._now(), "人员变动"
            reviews.add(row.review_id)
        tasks = select(TaskRow).where(
            TaskRow.user_id == user_id, TaskRow.done.is_(None), TaskRow.review_id.in_(reviews)
        )
        for task in session.scalars(tasks):
            task.user_id = None
        titles = select(ReviewRow.title).where(ReviewRow.id.in_(reviews)).order_by(ReviewRow.serial)
        return list(session.scalars(titles))

    def _subject(self, session: Session, issuer: str, subject: str) -> SubjectRow | None:
        query = select(SubjectRow).where(SubjectRow.issuer == issuer, SubjectRow.subject == subject)
        return session.scalars(query).one_or_none()

    def _open(self, session: Session, user: UserRow, how: str, at: datetime) -> str:
        token = secrets.token_urlsafe(32)
        session.add(
            SessionRow(
                token_hash=_digest(token),
                user_id=user.id,
                how=how,
                created=at,
                seen=at,
                expires=at + LONGEST,
                revoked=None,
            )
        )
        return token

    def _revoke(self, session: Session, user_id: str, but: str = "") -> None:
        query = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.revoked.is_(None))
        for row in session.scalars(query):
            if row.token_hash != but:
                row.revoked = self._now()

    def _throttle(self, session: Session, login: str, address: str, at: datetime) -> None:
        recent = select(SignInRow).where(SignInRow.at > at - WINDOW)
        attempts = session.scalars(
            recent.where(SignInRow.login == login).order_by(SignInRow.at.desc(), SignInRow.id).limit(TRIES)
        ).all()
        failed = [row for row in attempts if row.outcome == FAILED]
        if len(failed) == TRIES:
            wait = (failed[-1].at + WINDOW - at) // timedelta(minutes=1) + 1
            raise SignInError(f"登录失败次数过多，已锁定，请 {wait} 分钟后再试，或请管理员重置口令。")
        if address:
            of_address = recent.where(SignInRow.address == address, SignInRow.outcome == FAILED)
            if _count(session, of_address.with_only_columns(SignInRow.id)) >= TRIES_OF_AN_ADDRESS:
                raise SignInError("这台机器登录失败次数过多，请稍后再试。")

    def _attempt(self, login: str, address: str, outcome: str) -> SignInRow:
        return SignInRow(id=new_id(), login=login, address=address[:64], at=self._now(), outcome=outcome)

    def _verify(self, stored: str | None, password: str) -> bool:
        from argon2.exceptions import Argon2Error, InvalidHashError

        # A name that does not exist costs the same time as one that does.
        against = stored or _dummy(self._hasher)
        if len(password) > LONGEST_PASSWORD:
            password = ""
        try:
            return bool(self._hasher.verify(against, _secret(password))) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False

    def _too_old(self, user: UserRow, at: datetime) -> bool:
        return user.password_temporary and (user.password_set is None or user.password_set + TEMPORARY <= at)


def all_capacities() -> list[Capacity]:
    """Return every role, those of an office once for each inner office."""
    return [Capacity(role, office) for role in Role for office in (INNER_OFFICES if role in OF_AN_OFFICE else ("",))]


def new_id() -> str:
    """Return a fresh identifier."""
    return uuid.uuid4().hex


_DUMMIES: dict[int, str] = {}


def _dummy(hasher: Hasher) -> str:
    return _DUMMIES.setdefault(id(hasher), hasher.hash(secrets.token_urlsafe(16)))


def _argon2() -> Hasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


def _check_password(login: str, old: str, new: str) -> None:
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise RefusedError(f"新口令应为 {SHORTEST_PASSWORD}—{LONGEST_PASSWORD} 个字符。")
    if new == old:
        raise RefusedError("新口令不能与原口令相同。")
    if login in new.casefold() or len(set(new)) < 5:
        raise RefusedError("新口令太容易猜：不能含登录名，至少要有 5 种不同的字符。")


def _person(session: Session, user: UserRow, digest: str) -> Person:
    return Person(
        id=user.id,
        login=user.login,
        name=user.name,
        organisation=user.organisation,
        capacities=_capacities(session, user.id),
        mode=user.mode,
        session=digest,
        must_change=user.password_temporary and _by_password(session, digest),
    )


def _by_password(session: Session, digest: str) -> bool:
    row = session.get(SessionRow, digest)
    return row is not None and row.how == "口令"


def _capacities(session: Session, user_id: str) -> tuple[Capacity, ...]:
    rows = session.scalars(select(UserRoleRow).where(UserRoleRow.user_id == user_id))
    order = {role: number for number, role in enumerate(Role)}
    found = [Capacity(Role(row.role), row.office) for row in rows]
    return tuple(sorted(found, key=lambda capacity: (order[capacity.role], capacity.office)))


def _user(session: Session, user_id: str) -> UserRow:
    user = session.get(UserRow, user_id)
    if user is None:
        raise MissingError("没有这个用户。")
    return user


def _who(user: UserRow) -> Who:
    return Who(user.id, user.name)


def _login(login: str) -> str:
    # A forged request may hold halves of characters and zero bytes, which no database takes.
    return login.encode("utf-8", "replace").decode().replace("\0", "?").strip().casefold()


def _secret(password: str) -> bytes:
    # One form for what two keyboards spell differently.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _unknown(login: str) -> str:
    return "?" + hashlib.sha256(_login(login).encode()).hexdigest()[:16]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
