"""What the forms of a joint review read: the record of one review, frozen, in the words of the form.

The review service fills it from its store; documents only read it. Dates are days in Asia/Shanghai; what is not known yet is None or
empty and stays a blank on paper, never an invented word.
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


@dataclass(frozen=True)
class Answer:
    """What an office or body that was asked said, point by point under ``text``, and what became of it."""

    office: str
    outside: bool = False
    asked: date | None = None
    due: date | None = None
    answered: date | None = None
    opinion: str = ""
    text: str = ""
    number: str = ""
    adoption: str = ""
    reason: str = ""

    @property
    def overdue(self) -> bool:
        """Whether no answer came."""
        return self.answered is None and not self.opinion


@dataclass(frozen=True)
class Demand:
    """Something to be corrected or supplemented: where, what, by whom, until when, and how it was answered."""

    text: str
    page: str = ""
    who: str = ""
    due: date | None = None
    office: str = ""
    answered: str = ""
    new_page: str = ""
    judged: str = ""


@dataclass(frozen=True)
class Signature:
    """A person's step on the countersigning sheet."""

    role: str
    name: str = ""
    opinion: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Review:
    """One review. ``seal`` is the hash of the event that sealed what is printed; without one the document is a draft."""

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
    minutes: str = ""
    outcome: Outcome | None = None
    conclusion: str = ""
    attachments: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    seal: str = ""

    @property
    def draft(self) -> bool:
        """Whether this is not the sealed, numbered document."""
        return not (self.seal and self.number)
