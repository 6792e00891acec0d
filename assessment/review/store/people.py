"""Tables of people: who they are, what they may act as, how they sign in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tanping.assessment.review.store.models import Base, Instant, Sealed


class UserRow(Sealed, Base):
    """A person. Never removed: the name stays beside what the person did; ``active`` ends the right to act."""

    __tablename__ = "users"
    unsealed: ClassVar[frozenset[str]] = frozenset({"password"})

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    organisation: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean)
    mode: Mapped[str] = mapped_column(String(10))
    password: Mapped[str | None] = mapped_column(String(300))
    password_temporary: Mapped[bool] = mapped_column(Boolean)
    password_set: Mapped[datetime | None] = mapped_column(Instant)
    created: Mapped[datetime] = mapped_column(Instant)


class UserRoleRow(Sealed, Base):
    """A role that a person may take on projects; ``office`` for the roles of an office, else empty."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role", "office"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(20))
    office: Mapped[str] = mapped_column(String(40))


class SubjectRow(Sealed, Base):
    """A subject of the office's identity provider (OIDC) that is one of our users."""

    __tablename__ = "user_subjects"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)


class SessionRow(Base):
    """A signed-in browser. The token itself is nowhere kept, only its hash."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    how: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(Instant)
    seen: Mapped[datetime] = mapped_column(Instant)
    expires: Mapped[datetime] = mapped_column(Instant)
    revoked: Mapped[datetime | None] = mapped_column(Instant)


class SignInRow(Base):
    """An attempt to sign in, for throttling and for the auditor. ``login`` of a person that exists, else only a hash of what was typed:
    people type passwords into the wrong field."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_login_at", "login", "at"), Index("ix_sign_ins_address_at", "address", "at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(20))
