"""The file of a review: its 卷内目录, what is still missing from it, and the record itself for those who may read all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tanping.assessment.review import clock
from tanping.assessment.review.record import Event, events_of
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service import opinions
from tanping.assessment.review.service.desk import Desk, Look
from tanping.assessment.review.service.register import FINAL
from tanping.assessment.review.store.reviews import (
    AttachmentRow,
    ConclusionRow,
    DemandRow,
    MinutesRow,
    OpinionRow,
    SubmissionRow,
)
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import Source, Stage


@dataclass(frozen=True)
class FileItem:
    """A line of the 卷内目录. ``sha256`` of the content where there is one file behind it; ``ready``: whether it is in the file."""

    number: int
    title: str
    author: str
    reference: str
    dated: date | None
    sha256: str
    ready: bool


class Filing:
    """The file and the record."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def contents(self, person: Person, review_id: str) -> list[FileItem]:
        """Return the 卷内目录, the issued document first, then in the order of the procedure."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return [FileItem(number, *line) for number, line in enumerate(_lines(look), 1)]

    def events(self, person: Person, review_id: str) -> list[Event]:
        """Return every sealed event of a review, oldest first, for those who may read the whole record."""
        with self._desk.look(person, review_id, Action.READ_RECORD) as look:
            return events_of(look.session, review_id)


def gaps(look: Look) -> tuple[str, ...]:
    """Return what the file still lacks."""
    return tuple(line[0] for line in _lines(look) if not line[-1])


_Line = tuple[str, str, str, date | None, str, bool]


def _lines(look: Look) -> Iterator[_Line]:
    review = look.review
    finals = look.all(AttachmentRow, AttachmentRow.holder == FINAL, order=[AttachmentRow.at.desc()])
    newest = finals[0].sha256 if finals else ""
    yield ("联审意见（定稿）", "牵头处", review.document_number or "", review.issued, newest, bool(newest))
    for conclusion in look.all(ConclusionRow, order=[ConclusionRow.number]):
        written = clock.china_date(conclusion.at)
        yield (f"联审意见稿第 {conclusion.number} 稿", look.name(conclusion.user_id), "", written, "", True)
    for submission in look.all(SubmissionRow, order=[SubmissionRow.number]):
        handed_in = clock.china_date(submission.at)
        title = f"项目文件第 {submission.number} 稿（{submission.report}）"
        yield (title, look.name(submission.user_id), "", handed_in, submission.project_sha256, True)
    if look.all(DemandRow, DemandRow.issued):
        yield ("意见—修改对照表", review.preparer or review.builder, "", None, "", True)
    for opinion in look.all(OpinionRow, order=[OpinionRow.round, OpinionRow.source, OpinionRow.office]):
        yield from _opinion_lines(look, opinion)
    for minutes in look.all(MinutesRow, order=[MinutesRow.held]):
        yield (f"{minutes.kind}记录", look.name(minutes.user_id), "", minutes.held, "", True)
    for file in look.all(AttachmentRow, order=[AttachmentRow.at]):
        if not file.holder.startswith((FINAL, "opinion:")):
            yield (file.name, look.name(file.user_id), "", clock.china_date(file.at), file.sha256, True)


def _opinion_lines(look: Look, row: OpinionRow) -> Iterator[_Line]:
    if row.stage == Stage.RECUSED:
        return
    said = "未复" if row.silent else row.kind
    title = f"{row.office}{'专家' if row.source == Source.EXPERT else ''}意见（{said}）"
    scans = opinions.scans_of(look, row)
    dated = row.reply_date or (clock.china_date(row.confirmed) if row.confirmed else None)
    there = row.source != Source.BODY or row.silent or bool(scans)
    answered = row.stage == Stage.CONFIRMED or row.silent
    yield (title, row.office, row.reply_number, dated, scans[0].sha256 if scans else "", there and answered)
