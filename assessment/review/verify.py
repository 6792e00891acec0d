"""Is the record as it was written? Finds edits, deletions, insertions, reordering and truncation, and says where.

Three comparisons: the chain with itself and with heads kept elsewhere; the contents (blobs) with their hashes; the tables with what
the events say of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, select, text
from sqlalchemy.orm import Session

from tanping.assessment.review.record import Head, image, instant_text
from tanping.assessment.review.store import guards
from tanping.assessment.review.store.events import BlobRow
from tanping.assessment.review.store.guards import ZERO
from tanping.assessment.review.store.models import Sealed
from tanping.assessment.review.store.tables import SEALED
from tanping.assessment.review.store.trouble import told
from tanping.records.canonical import CanonicalError, read_canonical, sha256


class Kind(StrEnum):
    """What was done to the record."""

    EDITED = "改动"
    DELETED = "删除"
    INSERTED = "插入"
    REORDERED = "换序"
    TRUNCATED = "截断"
    REWRITTEN = "改写"
    UNGUARDED = "防护缺失"


@dataclass(frozen=True)
class Fault:
    """One thing wrong. ``seq`` is the event concerned, None when it is not about one."""

    kind: Kind
    what: str
    seq: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}：{self.what}"


@dataclass(frozen=True)
class Report:
    """What verification saw: how many events, the head, and all faults in order."""

    events: int
    blobs: int
    rows: int
    head: Head
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True)
class Stored:
    """An event row as it lies in the table."""

    seq: int
    hash: str
    previous: str
    review_id: str
    kind: str
    at: str
    content: bytes


Rows = dict[tuple[str, str], dict[str, Any]]

# Raw values: whoever changed the file need not have kept to the types.
_EVENTS = text("SELECT seq, hash, previous, review_id, kind, at, content FROM events ORDER BY seq")


def verify(engine: Engine, heads: Sequence[Head] = ()) -> Report:
    """Check the whole record in one snapshot against itself and the given heads. Raises StoreError if it can't be read."""
    snapshot = (
        engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    )
    with told(), Session(snapshot) as session, session.begin():
        chain = ChainCheck(heads)
        for row in session.execute(_EVENTS.execution_options(yield_per=200)):
            chain.take(_stored(row))
        chain.finish()
        blobs, faults = _check_blobs(session, chain.blobs)
        rows, more = _check_tables(session, chain.rows)
        unguarded = [_unguarded(name) for name in guards.missing(session.connection())]
    return Report(chain.count, blobs, rows, chain.head, (*chain.faults, *faults, *more, *unguarded))


class ChainCheck:
    """Takes stored events in order of ``seq``; ``faults`` grows, ``rows`` becomes what the events say of the tables."""

    def __init__(self, heads: Iterable[Head] = ()) -> None:
        self.heads = tuple(heads)
        self.faults: list[Fault] = []
        self.rows: Rows = {}
        self.blobs: dict[str, int] = {}
        self.count = 0
        self.head = Head(0, ZERO)
        self._seq_of = {ZERO: 0}
        self._at = ""

    def take(self, row: Stored) -> None:
        """Check the next event."""
        self.count += 1
        content = self._content(row)
        digest = sha256(row.content)
        if content is not None:
            self._columns(row, content)
        if row.seq > self.head.seq + 1:
            missing = _span(self.head.seq + 1, row.seq - 1)
            self._fault(Kind.DELETED, f"{missing}缺失（{_name(row)}之前）", row.seq)
        elif row.previous != self.head.hash:
            self._broken(row)
        if row.at < self._at:
            self._fault(Kind.REORDERED, f"{_name(row)}的时间早于它前面的一条", row.seq)
        if content is not None:
            self._fold(row, content)
        self.head = Head(row.seq, digest)
        self._seq_of.setdefault(digest, row.seq)
        self._at = max(self._at, row.at)

    def finish(self) -> None:
        """Compare with the heads kept elsewhere."""
        hashes = {seq: digest for digest, seq in self._seq_of.items()}
        for head in self.heads:
            if head.seq > self.head.seq:
                lost = _span(self.head.seq + 1, head.seq)
                self._fault(
                    Kind.TRUNCATED, f"记录只到第 {self.head.seq} 条，外存的记录头是第 {head.seq} 条：{lost}不见了"
                )
            elif head.seq == 0 and head.hash not in self._seq_of:
                self._fault(Kind.REWRITTEN, f"印出的哈希 {head.hash[:16]}… 不在记录中：它所在的一段被截去或改写")
            elif head.seq and hashes.get(head.seq) != head.hash:
                self._fault(
                    Kind.REWRITTEN,
                    f"第 {head.seq} 条与外存的记录头不符：第 {head.seq} 条或它以前的内容被整体改写",
                    head.seq,
                )

    def _content(self, row: Stored) -> dict[str, Any] | None:
        if sha256(row.content) != row.hash:
            self._fault(Kind.EDITED, f"{_name(row)}的内容与其哈希不符", row.seq)
        try:
            content = read_canonical(row.content)
        except CanonicalError:
            self._fault(Kind.EDITED, f"{_name(row)}的内容不是规范形式", row.seq)
            return None
        if not _is_event(content):
            self._fault(Kind.EDITED, f"{_name(row)}的内容不成事件", row.seq)
            return None
        return dict(content)

    def _columns(self, row: Stored, content: dict[str, Any]) -> None:
        if content.get("seq") != row.seq:
            self._fault(Kind.REORDERED, f"第 {row.seq} 条的位置上是第 {content.get('seq')} 条的内容", row.seq)
        said = {"previous": row.previous, "review": row.review_id, "kind": row.kind, "at": row.at}
        wrong = [name for name, value in said.items() if content.get(name) != value]
        if wrong:
            self._fault(Kind.EDITED, f"{_name(row)}的检索列与内容不符（{'、'.join(wrong)}）", row.seq)

    def _broken(self, row: Stored) -> None:
        known = self._seq_of.get(row.previous)
        if row.seq <= self.head.seq or known is None:
            self._fault(
                Kind.EDITED, f"第 {self.head.seq} 条与{_name(row)}之间断开：前一条被替换，或其间有删除后重编号", row.seq
            )
        else:
            extra = _span(known + 1, row.seq - 1)
            self._fault(Kind.INSERTED, f"{_name(row)}接在第 {known} 条之后，{extra}是插入的", row.seq)

    def _fold(self, row: Stored, content: dict[str, Any]) -> None:
        for name, key, values in content["rows"]:
            if values is None:
                self.rows.pop((name, key), None)
            else:
                self.rows[name, key] = values
        for digest in content["blobs"]:
            self.blobs.setdefault(digest, row.seq)

    def _fault(self, kind: Kind, what: str, seq: int | None = None) -> None:
        self.faults.append(Fault(kind, what, seq))


def _is_event(content: Any) -> bool:
    """Whether a content has the parts by which tables and contents are compared: it may be forged under a right hash."""
    if not isinstance(content, dict) or not all(isinstance(content.get(part), list) for part in ("rows", "blobs")):
        return False
    tells_rows = all(
        isinstance(row, list)
        and [type(item) for item in row[:2]] == [str, str]
        and len(row) == 3
        and isinstance(row[2], dict | None)
        for row in content["rows"]
    )
    return tells_rows and all(isinstance(digest, str) for digest in content["blobs"])


_BLOB = text("SELECT content FROM blobs WHERE sha256 = :sha256")


# ---- contents and tables ---------------------------------------------------------------------------------------------


def _check_blobs(session: Session, wanted: dict[str, int]) -> tuple[int, list[Fault]]:
    faults, found = [], set()
    for digest in session.scalars(select(BlobRow.sha256).order_by(BlobRow.sha256)).all():
        content = session.execute(_BLOB, {"sha256": digest}).scalar_one()
        found.add(digest)
        if sha256(_bytes(content)) != digest:
            faults.append(Fault(Kind.EDITED, f"附存内容 {digest[:16]}… 与其哈希不符"))
    for digest, seq in sorted(wanted.items(), key=lambda item: item[1]):
        if digest not in found:
            faults.append(Fault(Kind.DELETED, f"第 {seq} 条封存的内容 {digest[:16]}… 不见了", seq))
    return len(found), faults


def _check_tables(session: Session, told_rows: Rows) -> tuple[int, list[Fault]]:
    faults: list[Fault] = []
    seen = set()
    for name, table in sorted(SEALED.items()):
        blank = _blank(table)
        try:
            for row in session.scalars(select(table).execution_options(yield_per=500)):
                key = (name, str(row.id))  # type: ignore[attr-defined]
                seen.add(key)
                faults += _compare(key, image(row), told_rows.get(key), blank)
                session.expunge(row)
        except (ValueError, TypeError):
            faults.append(Fault(Kind.EDITED, f"表 {name} 里有读不出的内容（不是该列的类型）"))
            seen |= {key for key in told_rows if key[0] == name}
    for name, key_of_row in sorted(set(told_rows) - seen):
        faults.append(Fault(Kind.DELETED, f"表 {name} 的 {key_of_row} 在记录中有，在表中没有"))
    return len(seen), faults


def _blank(table: type[Sealed]) -> dict[str, Any]:
    """Return what a row holds in a column that a later version added: its migration put that there, and older events don't tell it."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return {column.key: None if column.server_default is None else column.server_default.arg for column in columns}


def _compare(
    key: tuple[str, str], found: dict[str, Any], said: dict[str, Any] | None, blank: dict[str, Any]
) -> Iterator[Fault]:
    name, row = key
    if said is None:
        yield Fault(Kind.INSERTED, f"表 {name} 的 {row} 在表中有，在记录中没有")
        return
    wrong = [column for column, value in found.items() if said.get(column, blank[column]) != value]
    if wrong:
        yield Fault(Kind.EDITED, f"表 {name} 的 {row} 与记录不符（{'、'.join(wrong)}）")


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        seq=int(row.seq),
        hash=str(row.hash),
        previous=str(row.previous),
        review_id=str(row.review_id),
        kind=str(row.kind),
        at=_at(row.at),
        content=_bytes(row.content),
    )


def _at(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value.replace(tzinfo=UTC))
    return str(value).replace(" ", "T") + "Z"


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _unguarded(name: str) -> Fault:
    return Fault(Kind.UNGUARDED, f"触发器 {name} 不在或被改过，用 tanping db upgrade 重建，并查明原因")


def _name(row: Stored) -> str:
    return f"第 {row.seq} 条（{row.at[:19].replace('T', ' ')}Z {row.kind}）"


def _span(first: int, last: int) -> str:
    return f"第 {first} 条" if first == last else f"第 {first}—{last} 条"
