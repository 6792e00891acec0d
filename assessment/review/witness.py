"""What the store knows of a printed file: the event that sealed it, the result in it, when it was printed, and what its words were."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tanping.assessment.documents.forms import source
from tanping.assessment.documents.proof import Line, Printed, Witness, compared
from tanping.assessment.documents.recorded import read_assessment
from tanping.assessment.documents.replay import Archive
from tanping.assessment.documents.tree import read, texts
from tanping.assessment.result import made_here
from tanping.assessment.review import clock
from tanping.assessment.review.law import kept_law
from tanping.assessment.review.record import Event, events_of, read_event, reading
from tanping.assessment.review.roles import Role
from tanping.assessment.review.service import submissions
from tanping.assessment.review.service.desk import Desk, Look
from tanping.assessment.review.service.papers import PRINTED, Record
from tanping.assessment.review.store.events import BlobRow, EventRow
from tanping.assessment.review.store.reviews import ResultRow, ReviewRow
from tanping.assessment.review.users import Person
from tanping.records.canonical import CanonicalError, sha256


def witness_of(engine: Engine) -> Witness:
    """Return what asks a store about a file. Raises StoreError when asked and the store can't be read."""

    def tell(printed: Printed) -> list[Line]:
        with reading(engine) as session:
            return list(_told(engine, session, printed))

    return tell


def archive_of(engine: Engine) -> Archive:
    """Return what fetches packs and factors by hash: from the store that sealed results with them, else from this installation."""

    def fetch(digest: str) -> bytes | None:
        with reading(engine) as session:
            blob = session.get(BlobRow, digest)
            return kept_law(digest) if blob is None else blob.content

    return fetch


def _told(engine: Engine, session: Session, printed: Printed) -> Iterator[Line]:
    if not printed.seal:
        yield _known_result(session, printed)
        return
    row = session.scalars(select(EventRow).where(EventRow.hash == printed.seal)).one_or_none()
    if row is None:
        yield Line(False, f"数据库里没有封存事件 {printed.seal[:12]}…：不是这个库签出的，或库里的记录被改写过")
        return
    if sha256(row.content) != row.hash:
        yield Line(False, f"库里第 {row.seq} 条事件的内容与其哈希不符，请用 tanping db verify 查明")
        return
    event = read_event(row)
    when = clock.china_date(event.at)
    yield Line(True, f"封存事件在库中：第 {event.seq} 条，{event.kind}，{when}，{event.who.name}")
    yield _same_review(session, printed, event.review_id)
    prints = [found for found in events_of(session, event.review_id, [PRINTED]) if _of(printed, found)]
    yield _same_file(printed, prints)
    yield _same_words(engine, session, printed, event.review_id, prints)


def _known_result(session: Session, printed: Printed) -> Line:
    row = session.scalars(select(ResultRow).where(ResultRow.assessment_sha256 == printed.record).limit(1)).one_or_none()
    if row is None:
        return Line(None, "这份数据不是库里封存的联审结果（单独评估的结果不在联审记录里）")
    return Line(True, f"数据是库里封存的第 {row.number} 份评估结果（{clock.china_date(row.at)}，{row.ground}值）")


def _same_review(session: Session, printed: Printed, review_id: str) -> Line:
    query = select(ResultRow.number).where(
        ResultRow.review_id == review_id, ResultRow.assessment_sha256 == printed.record
    )
    number = session.scalars(query.limit(1)).one_or_none()
    if number is None:
        return Line(False, "随附数据不是这个项目封存过的评估结果")
    return Line(True, f"随附数据是这个项目封存的第 {number} 份评估结果")


def _of(printed: Printed, event: Event) -> bool:
    return (event.body["form"], event.body["seal"]) == (printed.form, printed.seal)


def _same_file(printed: Printed, prints: list[Event]) -> Line:
    """Look for the print whose bytes the file begins with: what is appended (a signature) comes after them."""
    known = {event.body["sha256"]: event for event in prints if event.body["format"] == "pdf"}
    for place, found in enumerate(printed.prints):
        event = known.get(found)
        if event is not None:
            added = "，其后有追加（签名或签章）" if place else ""
            return Line(True, f"与 {clock.china_date(event.at)} {event.who.name} 打印的文件逐字节一致{added}")
    return Line(None, "打印记录里没有逐字节相同的文件（预览另存、重新生成或盖章改写过）")


def _same_words(engine: Engine, session: Session, printed: Printed, review_id: str, prints: list[Event]) -> Line:
    found = _words(session, prints) or _drawn_again(engine, session, printed, review_id)
    if found is None:
        return Line(None, "没有当时的打印记录，且记录在封存后又有变化或程序版本不同，可见文字没有比对")
    return compared(printed, found)


def _words(session: Session, prints: list[Event]) -> list[str] | None:
    """Return the words as they were printed. Prints of one form and seal say the same; letters of one event differ by ``about``."""
    if not prints or len({event.body["words"] for event in prints}) > 1:
        return None
    blob = session.get(BlobRow, prints[-1].body["words"])
    if blob is None or sha256(blob.content) != blob.sha256:
        return None
    return list(json.loads(blob.content))


def _drawn_again(engine: Engine, session: Session, printed: Printed, review_id: str) -> list[str] | None:
    """Return the words of the paper that this event seals, drawn from the record as it stands."""
    review = session.get(ReviewRow, review_id)
    if review is None:
        return None
    desk = Desk(engine)
    nobody = Person(id="", login="", name="", organisation="", capacities=(), mode=review.mode, session="")
    record = Record(Look(desk, session, nobody, review, Role.AUDITOR, "", clock.now()))
    for paper in record.papers():
        if paper.form == printed.form and not paper.why:
            drawn = record.draw(paper)
            if drawn.review.seal == printed.seal:
                try:
                    made = read_assessment(submissions.result_of(record.look, drawn.result))
                except (CanonicalError, ValueError):
                    return None
                same = made_here(made.versions)
                return list(texts(read(source(printed.form, made, drawn.review).html))) if same else None
    return None
