"""The whole record, for 审计: every sealed event of the store, whether it is as it was written, and the head to be kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from tanping.assessment.review.errors import NotAllowedError
from tanping.assessment.review.record import Event, Head, head_of, read_event
from tanping.assessment.review.roles import Role
from tanping.assessment.review.service.desk import Desk
from tanping.assessment.review.store.events import EventRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.verify import Report, verify


class Oversight:
    """Reading and verifying the record as a whole."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def events(self, person: Person, *, kind: str = "", before: int | None = None, limit: int = 50) -> list[Event]:
        """Return the newest events before number ``before``, of a kind if one is named. For auditors."""
        with self._desk.glance(person) as (session, person, _):
            _require_auditor(person)
            query = select(EventRow).order_by(EventRow.seq.desc()).limit(limit)
            query = query.where(EventRow.kind == kind) if kind else query
            query = query.where(EventRow.seq < before) if before is not None else query
            return [read_event(row) for row in session.scalars(query)]

    def kinds(self, person: Person) -> list[str]:
        """Return the kinds of events there are. For auditors."""
        with self._desk.glance(person) as (session, person, _):
            _require_auditor(person)
            return sorted(session.scalars(select(EventRow.kind).distinct()))

    def verify(self, person: Person, heads: Sequence[Head] = ()) -> Report:
        """Check the whole record against itself and the given heads. For auditors."""
        with self._desk.glance(person) as (_, person, _):
            _require_auditor(person)
        return verify(self._desk.engine, heads)

    def head(self, person: Person) -> bytes:
        """Return the head as a file to be kept elsewhere (schema ``tanping.head/1``). For auditors."""
        with self._desk.glance(person) as (session, person, _):
            _require_auditor(person)
            return head_file(head_of(session))


def head_file(head: Head) -> bytes:
    """Write a head as a file."""
    return (json.dumps({"schema": "tanping.head/1", "seq": head.seq, "hash": head.hash}, indent=2) + "\n").encode()


def _require_auditor(person: Person) -> None:
    if not person.has(Role.AUDITOR):
        raise NotAllowedError("全部记录由审计查看。")
