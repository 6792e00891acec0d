"""The tables that only grow: sealed events, and contents by their hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from tanping.assessment.review.store.models import Base, Instant


class EventRow(Base):
    """One sealed event. ``content`` is its canonical bytes (RFC 8785), ``hash`` their SHA-256; ``previous`` is the hash before.

    The other columns repeat what the content says, so that it can be searched; verification compares them.
    """

    __tablename__ = "events"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    previous: Mapped[str] = mapped_column(String(64))
    review_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class BlobRow(Base):
    """A content found by its hash: a project file, a result, a pack of clauses, a scan."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Instant)
