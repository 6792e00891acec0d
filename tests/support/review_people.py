"""People of a joint review on the store of a served app: signed in through the service, so that a browser need only do what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from review_office import PASSWORD, QUICK

from tanping.assessment.review.clock import load_calendar
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store import Store
from tanping.assessment.review.users import Capacity, Person


@dataclass
class People:
    """The joint review on a database, and everybody hired into it. Logins are the capacities' names."""

    url: str
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.joint = JointReview(Store.open(self.url).engine, hasher=QUICK)
        if not self.tokens:
            self._enter("admin", self.joint.accounts.first_administrator("admin", "管某"))

    def hire(self, capacities: Iterable[Capacity]) -> None:
        """Add one person for each capacity."""
        for capacity in capacities:
            login = str(capacity)
            name = f"{capacity.office or str(capacity.role)[:1]}某"
            self._enter(login, self.joint.accounts.add(self.person("admin"), login, name, capacities=[capacity]))

    def person(self, login: str) -> Person:
        """Return somebody as they stand now."""
        return self.joint.accounts.person(self.tokens[login])

    def _enter(self, login: str, temporary: str) -> None:
        accounts = self.joint.accounts
        token = accounts.sign_in(login, temporary).token
        accounts.change_password(accounts.person(token), temporary, PASSWORD)
        self.tokens[login] = token


def working_calendar(home: Path) -> None:
    """Let this year and the next be known in a data folder, whenever the tests run: a review that begins today ends in either."""
    folder = home / "holidays"
    folder.mkdir(parents=True, exist_ok=True)
    this = date.today().year
    for year in {this, this + 1} - set(load_calendar(folder).years):
        (folder / f"{year}.yaml").write_text(
            f'year: "{year}"\ndocument: 测试用\nnumber: 测试〔{year}〕1号\npublished: "{year - 1}-11-01"\nbasis: recalled\n'
            f"off: [{year}-01-01]\nwork: []\n",
            "utf-8",
        )
