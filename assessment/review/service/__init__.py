"""The joint review as one service: what pages and documents talk to.

``JointReview.open()`` gives the parts by subject. Every call takes the signed-in ``Person`` (from ``review.accounts``) and checks session, account,
role, state and guards itself; what it refuses is a ``ReviewError`` or ``StoreError`` with a Chinese message for the person. Rows that are
returned are snapshots: changing one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from tanping.assessment.review import clock
from tanping.assessment.review.service.checklist import Checklist
from tanping.assessment.review.service.demands import Demands
from tanping.assessment.review.service.desk import Desk
from tanping.assessment.review.service.drafting import Drafting
from tanping.assessment.review.service.filing import Filing
from tanping.assessment.review.service.inbox import Inbox
from tanping.assessment.review.service.opinions import Opinions
from tanping.assessment.review.service.oversight import Oversight
from tanping.assessment.review.service.phrases import Phrases
from tanping.assessment.review.service.printing import Printing
from tanping.assessment.review.service.register import Register
from tanping.assessment.review.service.staffing import Staffing
from tanping.assessment.review.service.steps import Steps
from tanping.assessment.review.service.submissions import Submissions
from tanping.assessment.review.service.texts import Texts
from tanping.assessment.review.service.verification import Verification
from tanping.assessment.review.store import Store
from tanping.assessment.review.users import Accounts, Hasher


class JointReview:
    """All parts of the joint review on one store."""

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime] = clock.now,
        holidays: Path | None = None,
        hasher: Hasher = None,
    ) -> None:
        desk = Desk(engine, now, holidays)
        self.engine = engine
        self.accounts = Accounts(engine, now=now, hasher=hasher)
        self.register = Register(desk)
        self.staffing = Staffing(desk)
        self.submissions = Submissions(desk)
        self.steps = Steps(desk)
        self.inbox = Inbox(desk)
        self.verification = Verification(desk)
        self.checklist = Checklist(desk)
        self.demands = Demands(desk)
        self.opinions = Opinions(desk)
        self.texts = Texts(desk)
        self.phrases = Phrases(desk)
        self.drafting = Drafting(desk)
        self.filing = Filing(desk)
        self.oversight = Oversight(desk)
        self.printing = Printing(desk)

    @classmethod
    def open(cls, url: str | None = None) -> JointReview:
        """Open (and bring up to date) the store at ``url``, by default the one of drafts. Raises StoreError."""
        return cls(Store.open(url).engine)


__all__ = ["JointReview"]
