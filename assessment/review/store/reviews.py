"""Tables of the joint review: where it stands, what was submitted, what was said, what is due."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tanping.assessment.review.store.models import Base, Instant, Sealed

ID = String(32)
HASH = String(64)
PLACE = String(300)


def _review() -> Mapped[str]:
    return mapped_column(ForeignKey("reviews.id"), index=True)


def _user() -> Mapped[str]:
    return mapped_column(ForeignKey("users.id"))


class ReviewRow(Sealed, Base):
    """A project under joint review: where it stands, and its register."""

    __tablename__ = "reviews"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    serial: Mapped[int] = mapped_column(Integer, unique=True)
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20), index=True)
    resume: Mapped[str] = mapped_column(String(20))
    round: Mapped[int] = mapped_column(Integer)
    stopped: Mapped[bool] = mapped_column(Boolean)
    accepted: Mapped[date | None] = mapped_column(Date)
    as_of: Mapped[date | None] = mapped_column(Date)

    title: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(40))
    project_code: Mapped[str] = mapped_column(String(60))
    credit_code: Mapped[str] = mapped_column(String(18))
    builder: Mapped[str] = mapped_column(String(200))
    preparer: Mapped[str] = mapped_column(String(200))
    preparer_code: Mapped[str] = mapped_column(String(60))
    preparer_person: Mapped[str] = mapped_column(String(100))
    preparer_person_code: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(20))
    zoning_unit: Mapped[str] = mapped_column(String(60))

    document_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    issued: Mapped[date | None] = mapped_column(Date)
    retention: Mapped[str] = mapped_column(String(20))
    archive_number: Mapped[str] = mapped_column(String(60))
    created: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)
    draft_id: Mapped[str | None] = mapped_column(ID, index=True)


class SubmissionRow(Sealed, Base):
    """A version of the project file as handed in. ``report`` is 送审稿, 修改稿 or 报批稿."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    report: Mapped[str] = mapped_column(String(20))
    project_sha256: Mapped[str] = mapped_column(HASH)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class ResultRow(Sealed, Base):
    """An assessment of a submission as sealed: at which legal date, on which ground: declared (申报) or verified (核实) values."""

    __tablename__ = "results"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    number: Mapped[int] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(String(10))
    as_of: Mapped[date] = mapped_column(Date)
    moment: Mapped[str] = mapped_column(String(10))
    project_sha256: Mapped[str] = mapped_column(HASH)
    assessment_sha256: Mapped[str] = mapped_column(HASH)
    at: Mapped[datetime] = mapped_column(Instant)


class AssignmentRow(Sealed, Base):
    """Who acts as what on a project. ``until`` is set when it ended; ``conflict`` is the declaration about 回避."""

    __tablename__ = "assignments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    office: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    acted: Mapped[bool] = mapped_column(Boolean)
    conflict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)


class StopRow(Sealed, Base):
    """A stretch of stopped time with its reason; ``ended`` is empty while it lasts."""

    __tablename__ = "clock_stops"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    started: Mapped[date] = mapped_column(Date)
    ended: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)


class TaskRow(Sealed, Base):
    """Something somebody has to do. ``role`` and ``office`` say whose it is, ``user_id`` who took it; ``days`` are working days."""

    __tablename__ = "tasks"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20), index=True)
    office: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    opened: Mapped[date] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    done: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(40))


class PaperRow(Sealed, Base):
    """A paper of the register. ``name`` is its name in the fact catalogue, or empty; ``edited`` once an official changed it."""

    __tablename__ = "papers"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    name: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(100))
    issued: Mapped[date | None] = mapped_column(Date)
    issuer: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    edited: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)


class AttachmentRow(Sealed, Base):
    """A file of the review. ``holder`` says what it belongs to: ``paper:<id>``, ``opinion:<id>``, ``minutes:<id>``, ``final`` …"""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    holder: Mapped[str] = mapped_column(String(80), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    size: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class VerificationRow(Sealed, Base):
    """What one reviewer found of one fact or figure of a submission: 已核实 with the value, or 存疑."""

    __tablename__ = "verifications"
    __table_args__ = (UniqueConstraint("submission_id", "place", "user_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    place: Mapped[str] = mapped_column(PLACE)
    status: Mapped[str] = mapped_column(String(10))
    declared: Mapped[str] = mapped_column(Text)
    verified: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(String(200))
    page: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = _user()
    office: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)


class AnswerRow(Sealed, Base):
    """An office's answer to one point of its checklist: the 系统提示 taken (采纳) or overruled (不采纳)."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("review_id", "round", "office", "clause"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    office: Mapped[str] = mapped_column(String(40))
    clause: Mapped[str] = mapped_column(String(120))
    hint: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    finding: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Integer)


class OpinionRow(Sealed, Base):
    """The opinion asked of an office, an outside body or an expert. ``source`` is 处室, 外单位 or 专家."""

    __tablename__ = "opinions"
    __table_args__ = (UniqueConstraint("review_id", "round", "source", "office"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(10))
    office: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    stage: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    letter_number: Mapped[str] = mapped_column(String(60))
    reply_number: Mapped[str] = mapped_column(String(60))
    reply_date: Mapped[date | None] = mapped_column(Date)
    drafted_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    confirmed: Mapped[datetime | None] = mapped_column(Instant)
    silent: Mapped[bool] = mapped_column(Boolean)
    claims: Mapped[int] = mapped_column(Integer)
    settled: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)


class PointRow(Sealed, Base):
    """One point of an opinion, and what became of it: 采纳, 部分采纳, 未采纳 with the reason."""

    __tablename__ = "opinion_points"
    __table_args__ = (UniqueConstraint("opinion_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    opinion_id: Mapped[str] = mapped_column(ForeignKey("opinions.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(PLACE)
    adoption: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    adopted_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class DemandRow(Sealed, Base):
    """Something the applicant must supply or mend (补正, 修改补充), the applicant's answer, and how it was judged.

    ``page`` is where in the report, ``who`` is to do it (empty: builder and preparer together), ``due`` until when.
    """

    __tablename__ = "demands"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(PLACE)
    page: Mapped[str] = mapped_column(String(200), server_default="")
    who: Mapped[str] = mapped_column(String(100), server_default="")
    due: Mapped[date | None] = mapped_column(Date)
    issued: Mapped[bool] = mapped_column(Boolean)
    asked_of: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"))
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text)
    answer_page: Mapped[str] = mapped_column(String(60))
    answered_in: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    outcome_reason: Mapped[str] = mapped_column(Text)
    judged_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(Integer)


class MinutesRow(Sealed, Base):
    """The record of a 现场踏勘, 专家评审会 or 协调会."""

    __tablename__ = "minutes"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(20))
    held: Mapped[date] = mapped_column(Date)
    venue: Mapped[str] = mapped_column(String(200))
    people: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class ConclusionRow(Sealed, Base):
    """A version of the drafted joint-review opinion (联审意见稿). Never changed: a new wording is a new version."""

    __tablename__ = "conclusions"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    round: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    result_id: Mapped[str] = mapped_column(ForeignKey("results.id"))
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class CountersignRow(Sealed, Base):
    """An office's 会签 of one version of the draft: 同意 or 有意见."""

    __tablename__ = "countersigns"
    __table_args__ = (UniqueConstraint("conclusion_id", "office"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    conclusion_id: Mapped[str] = mapped_column(ForeignKey("conclusions.id"))
    office: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class CommentRow(Sealed, Base):
    """A remark on a place of the project file or a page of the report."""

    __tablename__ = "comments"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    place: Mapped[str] = mapped_column(PLACE)
    page: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("comments.id"))
    user_id: Mapped[str] = _user()
    office: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    settled: Mapped[datetime | None] = mapped_column(Instant)


class TextRow(Base):
    """A text being written, before anything is decided. Rows are only added: who wrote over nobody's text loses nobody's.

    ``place`` is the field; a row that no later one names in ``bases`` (ids, space-separated) is what stands there now.
    """

    __tablename__ = "texts"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    review_id: Mapped[str] = _review()
    place: Mapped[str] = mapped_column(PLACE)
    content: Mapped[str] = mapped_column(Text)
    bases: Mapped[str] = mapped_column(Text)
    stands: Mapped[bool] = mapped_column(Boolean)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)


class PhraseRow(Base):
    """A phrase an office keeps for its opinions."""

    __tablename__ = "phrases"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    office: Mapped[str] = mapped_column(String(40), index=True)
    topic: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[str] = _user()
    at: Mapped[datetime] = mapped_column(Instant)
