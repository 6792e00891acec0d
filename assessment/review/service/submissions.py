"""Versions of the project file as handed in, and the results made from them: sealed, replayable, compared.

A result is made outside any transaction (it takes its time) and sealed inside one, if nothing it rests on has moved meanwhile.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tanping.assessment.review import words
from tanping.assessment.review.compare import Comparison, compare
from tanping.assessment.review.errors import ChangedError, MissingError, RefusedError
from tanping.assessment.review.law import law_of
from tanping.assessment.review.places import with_checks
from tanping.assessment.review.roles import ENTERING, Action
from tanping.assessment.review.service import register, verification
from tanping.assessment.review.service.desk import Act, Desk, Look, new_id, one_of
from tanping.assessment.review.store.reviews import ResultRow, SubmissionRow
from tanping.assessment.review.users import Person
from tanping.records.canonical import canonical_bytes, sha256

if TYPE_CHECKING:
    from tanping.assessment.project.model import Project

MOMENT = "审批"
DECLARED, VERIFIED = "申报", "核实"
NOTICES = (Action.SUBMIT, Action.REQUEST_CORRECTION, Action.ASK_REVISION, Action.REOPEN)
"""Steps after which a version sealed before is no answer."""

File = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """A result not yet sealed: file and result in canonical bytes, and the law it was made with."""

    file: bytes
    assessment: bytes
    law: dict[str, bytes]
    versions: dict[str, Any]
    as_of: date


class Submissions:
    """Handing in, recalculating, reading, comparing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def seal(
        self, person: Person, review_id: str, file: File, *, report: str = "送审稿", as_of: date | None = None
    ) -> SubmissionRow:
        """Seal a version of the project file with its result on declared values. Nothing earlier is overwritten.

        ``file`` is plain project-file data. The legal date is the review's once it is accepted, before that ``as_of``, else the file's own
        acceptance date. Raises InputError with every problem of the file.
        """
        one_of(report, words.REPORTS, "报告版本")
        with self._desk.look(person, review_id, Action.SEAL_VERSION) as look:
            legal = look.review.as_of
        made = make(file, legal or as_of)
        with self._desk.act(person, review_id, Action.SEAL_VERSION) as act:
            if act.review.as_of != legal:
                raise ChangedError("法规适用日期刚刚变了，请再封存一次。")
            number = (_count(act, SubmissionRow.number)) + 1
            submission = SubmissionRow(
                id=new_id(),
                review_id=act.review.id,
                round=act.review.round,
                number=number,
                report=report,
                project_sha256=act.keep(made.file),
                user_id=act.person.id,
                at=act.at,
            )
            act.session.add(submission)
            act.session.flush()
            result = _keep_result(act, submission.id, made, DECLARED)
            register.fill_from_file(act, json.loads(made.file))
            act.review.version += 1
            body = {"submission": number, "report": report, **_told(result, made)}
            act.record(Action.SEAL_VERSION, body, blobs=_blobs(result, made))
            return submission

    def recalculate(self, person: Person, review_id: str) -> ResultRow:
        """Seal the result of the newest version at the review's legal date with all verified values put in."""
        with self._desk.look(person, review_id, Action.RECALCULATE) as look:
            submission = need_newest(look)
            file, checked = checked_file(look, submission)
            legal = look.review.as_of
        made = make(file, legal)
        with self._desk.act(person, review_id, Action.RECALCULATE) as act:
            same = need_newest(act).id == submission.id and checked_file(act, submission)[0] == file
            if not same or act.review.as_of != legal:
                raise ChangedError("重算期间有人改了核实值或提交了新稿，请再算一次。")
            result = _keep_result(act, submission.id, made, VERIFIED if checked else DECLARED)
            body = {"submission": submission.number, "checked": checked, **_told(result, made)}
            act.record(Action.RECALCULATE, body, blobs=_blobs(result, made))
            return result

    def versions(self, person: Person, review_id: str) -> list[SubmissionRow]:
        """Return all versions handed in (snapshots), oldest first."""
        with self._desk.look(person, review_id) as look:
            return look.all(SubmissionRow, order=[SubmissionRow.number])

    def results(self, person: Person, review_id: str) -> list[ResultRow]:
        """Return all sealed results (snapshots), oldest first; the applicant sees those on declared values."""
        with self._desk.look(person, review_id) as look:
            return _seen_results(look)

    def file(self, person: Person, review_id: str, submission_id: str) -> dict[str, Any]:
        """Return a version of the project file as plain data."""
        with self._desk.look(person, review_id) as look:
            row = look.one(SubmissionRow, submission_id, "份送审稿")
            return dict(json.loads(look.blob(row.project_sha256)))

    def result(self, person: Person, review_id: str, result_id: str = "") -> dict[str, Any]:
        """Return a sealed result as plain data (schema ``tanping.assessment/1``), by default the newest."""
        with self._desk.look(person, review_id) as look:
            rows = [row for row in _seen_results(look) if result_id in ("", row.id)]
            if not rows:
                raise MissingError("没有这份评估结果，或还没有封存。")
            row = rows[-1]
            return dict(json.loads(look.blob(row.assessment_sha256)))

    def current(self, person: Person, review_id: str) -> bool:
        """Whether the newest result is that of the newest version, the legal date and the values as verified."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            return not stale(look)

    def compare(self, person: Person, review_id: str, old: int, new: int) -> Comparison:
        """Return what changed between two versions, by their numbers."""
        with self._desk.look(person, review_id) as look:
            return compare_versions(look, _by_number(look, old), _by_number(look, new))


# ---- made and sealed -------------------------------------------------------------------------------------------------


def make(file: File, as_of: date | None) -> Made:
    """Assess a project file. Raises InputError with every problem of it."""
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import plain_project, project_from_plain

    project: Project = project_from_plain(file, source="项目文件")
    assessment = assess(project, as_of=as_of, moment=MOMENT, source="项目文件")
    plain = assessment.plain()
    try:
        law = law_of(plain["versions"])
    except LookupError:
        raise RefusedError("这份结果用了本程序之外的规则包或因子包，不能封存为联审结果。") from None
    return Made(
        file=canonical_bytes(plain_project(project)),
        assessment=canonical_bytes(plain),
        law=law,
        versions=plain["versions"],
        as_of=assessment.as_of,
    )


def _keep_result(act: Act, submission_id: str, made: Made, ground: str) -> ResultRow:
    for raw in made.law.values():
        act.keep(raw)
    row = ResultRow(
        id=new_id(),
        review_id=act.review.id,
        submission_id=submission_id,
        number=_count(act, ResultRow.number) + 1,
        ground=ground,
        as_of=made.as_of,
        moment=MOMENT,
        project_sha256=act.keep(made.file),
        assessment_sha256=act.keep(made.assessment),
        at=act.at,
    )
    act.session.add(row)
    return row


def _told(result: ResultRow, made: Made) -> dict[str, Any]:
    return {
        "result": result.number,
        "ground": result.ground,
        "as_of": made.as_of.isoformat(),
        "project_sha256": result.project_sha256,
        "assessment_sha256": result.assessment_sha256,
        "versions": made.versions,
    }


def _blobs(result: ResultRow, made: Made) -> list[str]:
    return [result.project_sha256, result.assessment_sha256, *made.law]


def _count(look: Look, column: Any) -> int:
    return look.session.scalar(select(func.max(column)).where(column.class_.review_id == look.review.id)) or 0


def _seen_results(look: Look) -> list[ResultRow]:
    rows = look.all(ResultRow, order=[ResultRow.number])
    return [row for row in rows if row.ground == DECLARED or look.role not in ENTERING]


# ---- read ------------------------------------------------------------------------------------------------------------


def newest(look: Look) -> SubmissionRow | None:
    """Return the newest version handed in."""
    rows = look.all(SubmissionRow, order=[SubmissionRow.number.desc()])
    return rows[0] if rows else None


def need_newest(look: Look) -> SubmissionRow:
    """Return the newest version. Raises RefusedError if nothing was handed in."""
    found = newest(look)
    if found is None:
        raise RefusedError("还没有封存的项目文件。")
    return found


def newest_result(look: Look) -> ResultRow | None:
    """Return the newest sealed result."""
    rows = look.all(ResultRow, order=[ResultRow.number.desc()])
    return rows[0] if rows else None


_PARSED: OrderedDict[str, Any] = OrderedDict()
_PARSED_MOST = 32


def file_of(look: Look, submission: SubmissionRow) -> File:
    """Return a version as plain project-file data, to be read only."""
    return _parsed(look, submission.project_sha256)


def result_of(look: Look, result: ResultRow) -> File:
    """Return a sealed result as plain data, to be read only."""
    return _parsed(look, result.assessment_sha256)


def _parsed(look: Look, digest: str) -> File:
    """Return a sealed content, parsed once a process: its hash says what it is, whoever asks has been let in before."""
    found: File | None = _PARSED.get(digest)
    if found is None:
        found = json.loads(look.blob(digest))
        _PARSED[digest] = found
        while len(_PARSED) > _PARSED_MOST:
            _PARSED.popitem(last=False)
    return found


def checked_file(look: Look, submission: SubmissionRow) -> tuple[dict[str, Any], int]:
    """Return a version with every settled verification put in, and how many there are."""
    file = file_of(look, submission)
    checks = verification.settled(look, file)
    return with_checks(file, checks), len(checks)


def stale(look: Look) -> bool:
    """Whether the newest result is not that of the newest version, the legal date and the values as verified."""
    submission, result = newest(look), newest_result(look)
    if submission is None or result is None or result.submission_id != submission.id:
        return True
    if result.as_of != look.review.as_of:
        return True
    checks = verification.settled(look, file_of(look, submission))
    key = tuple(sorted((place, *check) for place, check in checks.items()))
    sealed_as = _CHECKED.get((submission.project_sha256, key))
    if sealed_as is None:
        sealed_as = _hash_as_sealed(with_checks(file_of(look, submission), checks))
        if len(_CHECKED) >= _PARSED_MOST:
            _CHECKED.clear()
        _CHECKED[submission.project_sha256, key] = sealed_as
    return result.project_sha256 != sealed_as


_CHECKED: dict[tuple[str, tuple[tuple[str, ...], ...]], str] = {}


def _hash_as_sealed(file: File) -> str:
    from tanping.assessment.project.intake import plain_project, project_from_plain

    return sha256(canonical_bytes(plain_project(project_from_plain(file))))


def unsealed(look: Look) -> bool:
    """Whether no version was sealed since the last notice."""
    return look.last(Action.SEAL_VERSION) <= look.last(*NOTICES)


def compare_versions(look: Look, old: SubmissionRow, new: SubmissionRow) -> Comparison:
    """Return what changed between two versions, figures from their results on declared values."""
    results = [_declared(look, submission) for submission in (old, new)]
    return compare(file_of(look, old), file_of(look, new), *results)


def _declared(look: Look, submission: SubmissionRow) -> File | None:
    rows = look.all(
        ResultRow, ResultRow.submission_id == submission.id, ResultRow.ground == DECLARED, order=[ResultRow.number]
    )
    return result_of(look, rows[0]) if rows else None


def _by_number(look: Look, number: int) -> SubmissionRow:
    found = next((row for row in look.all(SubmissionRow, SubmissionRow.number == number)), None)
    if found is None:
        raise MissingError(f"没有第 {number} 稿。")
    return found
