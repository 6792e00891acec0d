"""What tests of the joint review share: a clock that is set by hand, a quick password hash, an office full of people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Engine

from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.users import Accounts, Capacity, Person, all_capacities

MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "长而不难记的口令 42"


@dataclass
class HandClock:
    """A clock that goes on by a millisecond at every look and otherwise as told."""

    moment: datetime = MONDAY

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Office:
    """A store with accounts: an administrator and, as asked for, one person for each capacity, all signed in."""

    url: str
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.engine: Engine = connect(self.url)
        self.accounts = Accounts(self.engine, now=self.clock, hasher=QUICK)
        self.tokens: dict[str, str] = {}
        self.enter("admin", self.accounts.first_administrator("admin", "管某"))

    def enter(self, login: str, temporary: str) -> Person:
        """Sign somebody in for the first time, with a password of their own."""
        signed = self.accounts.sign_in(login, temporary)
        person = self.accounts.person(signed.token)
        self.accounts.change_password(person, temporary, PASSWORD)
        self.tokens[login] = signed.token
        return self.accounts.person(signed.token)

    def person(self, login: str) -> Person:
        """Return somebody as they stand now; their session is renewed if it has ended."""
        try:
            return self.accounts.person(self.tokens[login])
        except Exception:
            self.tokens[login] = self.accounts.sign_in(login, PASSWORD).token
            return self.accounts.person(self.tokens[login])

    def hire(self, login: str, *capacities: Capacity) -> Person:
        """Add a person with some capacities, signed in."""
        temporary = self.accounts.add(self.person("admin"), login, f"{login}某", capacities=capacities)
        return self.enter(login, temporary)

    def staff(self) -> dict[str, Person]:
        """Hire one person for each capacity (the administrator is there); by the capacity's name."""
        found = {"管理": self.person("admin")}
        for capacity in all_capacities():
            if str(capacity) not in found:
                found[str(capacity)] = self.hire(str(capacity), capacity)
        return found
