"""Drafts and saved assessments, safe for many users at once.

A draft holds whatever was typed, right or wrong: it is a project file on its way. Every change raises its version.
``change_draft`` reads and writes under one lock, so two windows that change different fields both keep their change;
``save_draft`` replaces the whole and is refused when somebody else changed the draft meanwhile.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tanping.assessment.review.store.connection import connect, writing
from tanping.assessment.review.store.location import default_url
from tanping.assessment.review.store.migrate import upgrade
from tanping.assessment.review.store.models import AssessmentRow, DraftRow
from tanping.assessment.review.store.trouble import StoreError, told
from tanping.records.canonical import CanonicalError, canonical_bytes, sha256

MAX_CONTENT = 8 * 1024 * 1024
MAX_TITLE = 200
UNTITLED = "未命名项目"

Content = dict[str, Any]


class DraftMissingError(StoreError):
    """There is no such draft."""


class DraftChangedError(StoreError):
    """Somebody changed the draft since it was read."""


@dataclass(frozen=True)
class Draft:
    """A draft as it stood when read. ``sha256`` names its content, ``version`` counts its changes from 1."""

    id: str
    title: str
    sector: str
    owner: str
    content: Content
    sha256: str
    version: int
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class SavedAssessment:
    """A result as it was made: ``content`` is its canonical JSON, ``sha256`` the hash of those bytes."""

    sha256: str
    draft_id: str | None
    as_of: date
    content: bytes
    created: datetime


class Store:
    """The store of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> Store:
        """Open (and bring up to date) the database at ``url``, by default ``default_url()``. Raises StoreError."""
        engine = connect(url or default_url())
        upgrade(engine)
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """The connections, for the joint review on the same database."""
        return self._engine

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    # ---- drafts ------------------------------------------------------------------------------------------------------

    def create_draft(self, content: Mapping[str, Any], *, title: str = "", sector: str = "", owner: str = "") -> Draft:
        """Start a draft from ``content`` (a project file as plain data); return it with its new id and version 1."""
        text, digest = _canonical(content)
        now = _now()
        row = DraftRow(
            id=uuid.uuid4().hex,
            title=_title(title),
            sector=sector,
            owner=owner,
            content=text,
            sha256=digest,
            version=1,
            created=now,
            updated=now,
        )
        with self._write() as session:
            session.add(row)
            session.flush()
            return _draft(row)

    def load_draft(self, draft_id: str) -> Draft:
        """Return a draft. Raises DraftMissingError."""
        with self._read() as session:
            return _draft(_found(session.get(DraftRow, draft_id)))

    def list_drafts(self, *, owner: str | None = None, limit: int = 50) -> list[Draft]:
        """Return the drafts last changed, newest first; only those of ``owner`` if one is given."""
        query = select(DraftRow).order_by(DraftRow.updated.desc(), DraftRow.id).limit(limit)
        if owner is not None:
            query = query.where(DraftRow.owner == owner)
        with self._read() as session:
            return [_draft(row) for row in session.scalars(query)]

    def save_draft(
        self, draft_id: str, content: Mapping[str, Any], *, version: int, title: str = "", sector: str = ""
    ) -> Draft:
        """Replace a draft that still has ``version``. Raises DraftMissingError, DraftChangedError."""
        with self._write() as session:
            row = self._locked(session, draft_id)
            if row.version != version:
                raise DraftChangedError("这份草稿已在别处改动（另一窗口或另一人），请先重新载入再改。")
            return _replace(row, content, title, sector)

    def change_draft(
        self,
        draft_id: str,
        change: Callable[[Content], Content],
        *,
        describe: Callable[[Content], tuple[str, str]] | None = None,
    ) -> Draft:
        """Apply ``change`` to the newest content under the lock; ``describe`` gives title and sector of the outcome.

        A change that alters nothing keeps the version. Raises DraftMissingError, and whatever ``change`` raises (then
        nothing is written).
        """
        with self._write() as session:
            row = self._locked(session, draft_id)
            content = change(json.loads(row.content))
            title, sector = describe(content) if describe else (row.title, row.sector)
            return _replace(row, content, title, sector)

    def delete_draft(self, draft_id: str) -> None:
        """Remove a draft; assessments made from it stay. Raises DraftMissingError."""
        with self._write() as session:
            session.delete(self._locked(session, draft_id))

    # ---- assessments -------------------------------------------------------------------------------------------------

    def save_assessment(self, content: bytes, *, as_of: date, draft_id: str | None = None) -> str:
        """Keep a result (its canonical JSON) and return its SHA-256; the same result is kept once."""
        digest = sha256(content)
        with self._write() as session:
            if session.get(AssessmentRow, digest) is None:
                session.add(
                    AssessmentRow(sha256=digest, draft_id=draft_id, as_of=as_of, content=content, created=_now())
                )
        return digest

    def load_assessment(self, digest: str) -> SavedAssessment:
        """Return a result by its hash. Raises StoreError if it is not there or no longer matches its hash."""
        with self._read() as session:
            row = session.get(AssessmentRow, digest)
            if row is None:
                raise StoreError(f"没有这份评估结果：{digest}")
            if sha256(row.content) != row.sha256:
                raise StoreError(f"评估结果与其哈希不符，内容被改动过：{digest}")
            return SavedAssessment(row.sha256, row.draft_id, row.as_of, row.content, row.created)

    def last_assessment(self, draft_id: str) -> SavedAssessment | None:
        """Return the result kept last of those made from a draft, or None. Raises StoreError."""
        query = select(AssessmentRow.sha256).where(AssessmentRow.draft_id == draft_id)
        with self._read() as session:
            digest = session.scalar(query.order_by(AssessmentRow.created.desc(), AssessmentRow.sha256).limit(1))
        return None if digest is None else self.load_assessment(digest)

    # ---- transactions ------------------------------------------------------------------------------------------------

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with told(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        with told(), Session(writing(self._engine), expire_on_commit=False) as session, session.begin():
            yield session

    def _locked(self, session: Session, draft_id: str) -> DraftRow:
        # FOR UPDATE does on PostgreSQL what BEGIN IMMEDIATE already did on SQLite.
        query = select(DraftRow).where(DraftRow.id == draft_id).with_for_update()
        return _found(session.scalars(query).one_or_none())


def _canonical(content: Mapping[str, Any]) -> tuple[str, str]:
    try:
        raw = canonical_bytes(dict(content))
    except CanonicalError:
        raise StoreError("草稿里有不能保存的内容（例如残缺的字符），请重新填写刚才的一项。") from None
    if len(raw) > MAX_CONTENT:
        raise StoreError(f"草稿内容过大（{len(raw) // 1024} KiB），上限 {MAX_CONTENT // 1024} KiB。")
    return raw.decode("utf-8"), sha256(raw)


def _replace(row: DraftRow, content: Mapping[str, Any], title: str, sector: str) -> Draft:
    text, digest = _canonical(content)
    if digest != row.sha256:
        row.content, row.sha256, row.updated = text, digest, _now()
        row.title, row.sector = _title(title or row.title), sector or row.sector
        row.version += 1
    return _draft(row)


def _draft(row: DraftRow) -> Draft:
    return Draft(
        id=row.id,
        title=row.title,
        sector=row.sector,
        owner=row.owner,
        content=json.loads(row.content),
        sha256=row.sha256,
        version=row.version,
        created=row.created,
        updated=row.updated,
    )


def _found(row: DraftRow | None) -> DraftRow:
    if row is None:
        raise DraftMissingError("没有这份草稿，可能已被删除，或链接不完整。")
    return row


def _title(title: str) -> str:
    return title.strip()[:MAX_TITLE] or UNTITLED


def _now() -> datetime:
    return datetime.now(UTC)
