"""The sealed record: every decision as an event in canonical bytes, each naming the hash of the one before.

An event's content is one JSON object in the form of RFC 8785::

    {"schema": "tanping.event/1", "seq": 7, "previous": "…", "at": "2026-11-02T01:02:03.000004Z", "kind": "提交", "mode": "office",
     "review": "…", "who": {"id", "name", "role", "office"}, "body": {…}, "rows": [[table, id, {column: value} | null], …],
     "blobs": [sha256, …]}

``rows`` tells every change of a sealed table that was made together with the event, so the tables can be checked against the
record: what the last event says of a row is what the row must say. Threat model: docs/review.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, inspect, select
from sqlalchemy import event as hooks
from sqlalchemy.orm import Session, UOWTransaction

from tanping.assessment.review.clock import CHINA
from tanping.assessment.review.errors import ReviewError
from tanping.assessment.review.store.connection import writing
from tanping.assessment.review.store.events import BlobRow, EventRow
from tanping.assessment.review.store.guards import ZERO
from tanping.assessment.review.store.migrate import lock
from tanping.assessment.review.store.models import Sealed
from tanping.assessment.review.store.trouble import told
from tanping.records.canonical import canonical_bytes, read_canonical, sha256

SCHEMA = "tanping.event/1"
TOLERANCE = timedelta(seconds=5)
"""How far the machine's clock may lie behind the last event (a correction by the time service) before it is refused."""

Body = dict[str, Any]


class ClockBackError(ReviewError):
    """The machine's clock lies before the last event: nothing can be recorded with a true time."""


@dataclass(frozen=True)
class Who:
    """Who acted, and as what. The program itself has no ``id``."""

    id: str
    name: str
    role: str = ""
    office: str = ""

    def plain(self) -> dict[str, str]:
        """Return the JSON form."""
        return {"id": self.id, "name": self.name, "role": self.role, "office": self.office}


PROGRAM = Who("", "系统")


@dataclass(frozen=True)
class Event:
    """A sealed event as read back."""

    seq: int
    hash: str
    review_id: str
    kind: str
    at: datetime
    who: Who
    body: Body
    rows: tuple[tuple[str, str, dict[str, Any] | None], ...] = field(repr=False)
    mode: str = "office"


@dataclass(frozen=True)
class Head:
    """The last event of a record, as exported or printed. ``seq`` 0 and a hash of zeros: an empty record."""

    seq: int
    hash: str


class SealingSession(Session):
    """A session that knows which sealed rows changed and refuses to commit a change that no event tells."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.untold: dict[tuple[str, str], Sealed | None] = {}


@hooks.listens_for(SealingSession, "before_flush")
def _collect(session: SealingSession, _context: UOWTransaction, _instances: Any) -> None:
    for row in [*session.new, *(row for row in session.dirty if session.is_modified(row))]:
        if isinstance(row, Sealed):
            session.untold[_key(row)] = row
    for row in session.deleted:
        if isinstance(row, Sealed):
            session.untold[_key(row)] = None


@hooks.listens_for(SealingSession, "before_commit")
def _all_told(session: SealingSession) -> None:
    session.flush()
    if session.untold:
        raise RuntimeError(f"changed without an event: {sorted(session.untold)}")


# ---- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def sealing(engine: Engine) -> Iterator[SealingSession]:
    """Open a transaction that holds the store's write lock; commits at the end, nothing on an error. Raises StoreError."""
    with told(), SealingSession(writing(engine), expire_on_commit=False) as session, session.begin():
        lock(session.connection())
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a transaction that only reads. Raises StoreError."""
    with told(), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def append(
    session: SealingSession,
    kind: str,
    *,
    at: datetime,
    who: Who,
    review_id: str = "",
    mode: str = "office",
    body: Body | None = None,
    blobs: Iterable[str] = (),
) -> Event:
    """Seal an event together with all changes of sealed rows made so far in this transaction; return it.

    The caller holds the store's write lock. Raises ClockBackError if ``at`` lies before the last event.
    """
    session.flush()
    last = session.scalars(select(EventRow).order_by(EventRow.seq.desc()).limit(1)).one_or_none()
    moment = _moment(at, last.at if last else None)
    rows = sorted([name, key, None if row is None else image(row)] for (name, key), row in session.untold.items())
    session.untold.clear()
    content = {
        "schema": SCHEMA,
        "seq": (last.seq if last else 0) + 1,
        "previous": last.hash if last else ZERO,
        "at": instant_text(moment),
        "kind": kind,
        "mode": mode,
        "review": review_id,
        "who": who.plain(),
        "body": body or {},
        "rows": rows,
        "blobs": sorted(set(blobs)),
    }
    raw = canonical_bytes(content)
    row = EventRow(
        seq=content["seq"],
        hash=sha256(raw),
        previous=content["previous"],
        review_id=review_id,
        kind=kind,
        at=moment,
        content=raw,
    )
    session.add(row)
    session.flush()
    return read_event(row)


def keep(session: Session, content: bytes, at: datetime) -> str:
    """Keep bytes under their hash (once) and return it."""
    digest = sha256(content)
    if session.get(BlobRow, digest) is None:
        session.add(BlobRow(sha256=digest, size=len(content), content=content, at=at))
        session.flush()
    return digest


def _moment(at: datetime, last: datetime | None) -> datetime:
    at = at.astimezone(UTC)
    if last is None or at > last:
        return at
    if last - at > TOLERANCE:
        raise ClockBackError(
            f"本机时钟（{_spoken(at)}）早于最近一条记录的时间（{_spoken(last)}），这次操作没有写入。请管理员校准服务器时钟后再操作。"
        )
    return last + timedelta(microseconds=1)


def _spoken(moment: datetime) -> str:
    return moment.astimezone(CHINA).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def _key(row: Any) -> tuple[str, str]:
    return row.__tablename__, row.id


def image(row: Any) -> dict[str, Any]:
    """Return what an event says of a row: its columns as JSON values, without those the table keeps to itself."""
    names = (column.key for column in inspect(type(row)).column_attrs)
    return {name: plain(getattr(row, name)) for name in names if name not in row.unsealed and name != "id"}


def plain(value: Any) -> Any:
    """Return a column's value as JSON: moments and dates as text."""
    if isinstance(value, datetime):
        return instant_text(value)
    return value.isoformat() if isinstance(value, date) else value


def instant_text(moment: datetime) -> str:
    """Return a moment as UTC text with microseconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


# ---- reading ---------------------------------------------------------------------------------------------------------


def read_event(row: EventRow) -> Event:
    """Return an event from its bytes. Raises CanonicalError or KeyError if they are not those of an event."""
    content = read_canonical(row.content)
    return Event(
        seq=content["seq"],
        hash=row.hash,
        review_id=content["review"],
        kind=content["kind"],
        at=datetime.fromisoformat(content["at"]),
        who=Who(**content["who"]),
        body=content["body"],
        rows=tuple((name, key, values) for name, key, values in content["rows"]),
        mode=content["mode"],
    )


def events_of(session: Session, review_id: str, kinds: Sequence[str] = ()) -> list[Event]:
    """Return the events of a review in order, only of some kinds if any are named."""
    query = select(EventRow).where(EventRow.review_id == review_id).order_by(EventRow.seq)
    if kinds:
        query = query.where(EventRow.kind.in_(kinds))
    return [read_event(row) for row in session.scalars(query)]


def head_of(session: Session) -> Head:
    """Return the head of the record, to be exported or printed."""
    row = session.scalars(select(EventRow).order_by(EventRow.seq.desc()).limit(1)).one_or_none()
    return Head(row.seq, row.hash) if row else Head(0, ZERO)
