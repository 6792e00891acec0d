"""What the forms of a joint review read: the record of one review, frozen, in the words of the form.

``assessment/review/service/papers`` fills it from the store; documents only read it. Dates are days in Asia/Shanghai; what is not known yet is None
or empty and stays a blank on paper, never an invented word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """The three forms a joint review ends in."""

    AGREED = "同意"
    REVISED = "修改完善后同意"
    REFUSED = "不同意"


ADOPTED = "采纳"
NOT_ADOPTED = "未采纳"


@dataclass(frozen=True)
class Point:
    """One point of an opinion and what became of it."""

    text: str
    adoption: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What an office, an outside body or an ``expert`` that was asked said, and what became of each point. ``silent``: noted as 逾期未复."""

    office: str
    outside: bool = False
    asked: date | None = None
    due: date | None = None
    answered: date | None = None
    opinion: str = ""
    text: str = ""
    number: str = ""
    points: tuple[Point, ...] = ()
    settled: str = ""
    silent: bool = False
    expert: bool = False

    @property
    def came(self) -> bool:
        """Whether an answer came."""
        return self.answered is not None or bool(self.opinion)


@dataclass(frozen=True)
class Demand:
    """Something to be corrected or supplemented: where, what, by whom, until when; how it was answered, what changed, how it was judged."""

    text: str
    page: str = ""
    who: str = ""
    due: date | None = None
    office: str = ""
    answered: str = ""
    new_page: str = ""
    found: str = ""
    judged: str = ""
    reason: str = ""
    number: int = 0

    @property
    def done(self) -> bool:
        """Whether it was met and found so."""
        return self.judged == ADOPTED


@dataclass(frozen=True)
class Check:
    """A declared value that was gone through: 已核实 with the value, or 存疑."""

    label: str
    declared: str
    verified: str
    status: str
    where: str = ""
    by: str = ""
    note: str = ""

    @property
    def differs(self) -> bool:
        """Whether the verified value is another than the declared one."""
        return bool(self.verified) and self.verified != self.declared


@dataclass(frozen=True)
class OfficeFinding:
    """What an office itself found of a clause, beside the 系统提示 it took or overruled."""

    office: str
    outcome: str
    finding: str
    reason: str = ""
    evidence: str = ""
    page: str = ""


@dataclass(frozen=True)
class Signature:
    """A person's step on the countersigning sheet."""

    role: str
    name: str = ""
    opinion: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Review:
    """One review. ``seal`` is the hash of the event that sealed what is printed; without one the document is a draft.

    ``trial``: kept in the single-user mode, so that nothing printed of it is an official document. ``about`` is the body a letter goes to,
    ``reply_by`` the day an answer is asked for. ``findings`` are those of the offices by clause.
    """

    number: str = ""
    day: date | None = None
    addressee: str = ""
    submitted: date | None = None
    accepted: date | None = None
    corrected: date | None = None
    assessed: date | None = None
    consulted: date | None = None
    site_visit: str = ""
    experts: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    measures: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    checks: tuple[Check, ...] = ()
    findings: tuple[tuple[str, OfficeFinding], ...] = ()
    minutes: tuple[str, ...] = ()
    outcome: Outcome | None = None
    conclusion: str = ""
    attachments: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    about: str = ""
    reply_by: date | None = None
    trial: bool = False
    seal: str = ""

    @property
    def draft(self) -> bool:
        """Whether this is not sealed yet."""
        return not self.seal

    def of_clause(self, clause: str) -> list[OfficeFinding]:
        """Return what the offices found of a clause."""
        return [finding for name, finding in self.findings if name == clause]
