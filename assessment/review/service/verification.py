"""Going through facts and figures: 已核实 with the value and the page, or 存疑 with the reason, each reviewer for themselves.

Two reviewers of one field both stand: if they agree the value is verified, if not it is in doubt and the lead sees it. A check made of
an earlier version holds on as long as the applicant has not changed that value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tanping.assessment.review.errors import RefusedError
from tanping.assessment.review.places import FIGURE, check_text, label_of, text_at
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.desk import SHORT, Desk, Look, clean, new_id, one_of, same_version
from tanping.assessment.review.store.reviews import SubmissionRow, VerificationRow
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import CheckStatus

File = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """What one reviewer found of one place."""

    id: str
    status: CheckStatus
    verified: str
    document: str
    page: str
    note: str
    by: str
    user_id: str
    office: str
    at: datetime
    version: int


@dataclass(frozen=True)
class Checked:
    """A place with all its checks. ``status`` is empty while nobody looked; ``verified`` the value all agree on."""

    place: str
    label: str
    declared: str
    status: str
    verified: str
    contradicting: bool
    checks: tuple[Check, ...]


class Verification:
    """Checks of facts and figures."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def check(
        self,
        person: Person,
        review_id: str,
        place: str,
        status: str,
        *,
        verified: str = "",
        document: str = "",
        page: str = "",
        note: str = "",
        version: int = 0,
    ) -> Check:
        """Set one's own check of a place. ``verified`` as typed, empty: the declared value is right. ``version`` 0: one's first.

        A check of an earlier version of the file that still holds is followed by one of the newest. Raises RefusedError for a value the
        field can't take, a verification without a page, a doubt without a reason.
        """
        from tanping.assessment.review.service import submissions

        one_of(status, CheckStatus, "核实状态")
        with self._desk.act(person, review_id, Action.VERIFY) as act:
            submission = submissions.need_newest(act)
            declared = _declared(submissions.file_of(act, submission), place)
            typed = clean(verified, "核实值", longest=2000)
            page, note = clean(page, "页码", longest=60), clean(note, "说明")
            document = clean(document, "报告或文件", longest=SHORT)
            _require(place, status, declared, typed, page or document, note)
            row = _own(act, submission, place)
            if row is None:
                if version not in (0, _held_over(act, place)):
                    raise RefusedError("这一项的核实记录属于上一稿，请重新载入后再填。")
                row = _blank(act, submission, place)
                row.version = version
                act.session.add(row)
            else:
                same_version(row, version, act, f"“{label_of(place)}”")
            row.status, row.declared, row.verified = status, declared, typed
            row.document, row.page, row.note = document, page, note
            row.office, row.at, row.version = act.office, act.at, row.version + 1
            act.record(
                Action.VERIFY, {"place": place, "status": status, "declared": declared, "verified": typed, "page": page}
            )
            return _check(act, row)

    def withdraw(self, person: Person, review_id: str, place: str) -> None:
        """Take one's own check of a place back; the record keeps it."""
        with self._desk.act(person, review_id, Action.VERIFY) as act:
            own = [row for row in act.all(VerificationRow) if (row.place, row.user_id) == (place, act.person.id)]
            for row in own:
                act.session.delete(row)
            if own:
                act.record("撤销核实", {"place": place})

    def overview(self, person: Person, review_id: str) -> list[Checked]:
        """Return every place that anybody checked and whose check still holds, in order of place."""
        from tanping.assessment.review.service import submissions

        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            submission = submissions.newest(look)
            return [] if submission is None else checked_places(look, submissions.file_of(look, submission))


def checked_places(look: Look, file: File) -> list[Checked]:
    """Return every place with checks that still hold for a file."""
    found: dict[str, list[Check]] = {}
    for row in _holding(look, file):
        found.setdefault(row.place, []).append(_check(look, row))
    return [_summed(place, _declared(file, place), checks) for place, checks in sorted(found.items())]


def settled(look: Look, file: File) -> dict[str, tuple[str, str, str]]:
    """Return place → (status, verified value, by whom) for the file: what assessments put in. Figures are not in a file."""
    return {
        item.place: (item.status, item.verified, "、".join(dict.fromkeys(check.by for check in item.checks)))
        for item in checked_places(look, file)
        if not item.place.startswith(FIGURE)
    }


def doubts(look: Look, file: File) -> tuple[str, ...]:
    """Return the labels of places in doubt."""
    return tuple(item.label for item in checked_places(look, file) if item.status == CheckStatus.DOUBTED)


def _summed(place: str, declared: str, checks: Sequence[Check]) -> Checked:
    values = {check.verified or declared for check in checks if check.status is CheckStatus.VERIFIED}
    doubted = any(check.status is CheckStatus.DOUBTED for check in checks)
    contradicting = len(values) > 1 or (doubted and bool(values))
    status = CheckStatus.DOUBTED if doubted or len(values) > 1 else CheckStatus.VERIFIED
    verified = next(iter(values)) if status is CheckStatus.VERIFIED else ""
    return Checked(place, label_of(place), declared, status, verified, contradicting, tuple(checks))


def _holding(look: Look, file: File) -> list[VerificationRow]:
    """Return each reviewer's newest check of a place, if the declared value is still the one that was checked."""
    numbers = {row.id: row.number for row in look.all(SubmissionRow)}
    rows = look.all(VerificationRow)
    newest: dict[tuple[str, str], VerificationRow] = {}
    for row in sorted(rows, key=lambda row: numbers[row.submission_id]):
        newest[row.place, row.user_id] = row
    return sorted(
        (row for row in newest.values() if row.declared == _declared(file, row.place)), key=lambda row: (row.at, row.id)
    )


def _declared(file: File, place: str) -> str:
    return "" if place.startswith(FIGURE) else text_at(file, place)


def _require(place: str, status: str, declared: str, verified: str, page: str, note: str) -> None:
    label = label_of(place)
    if status == CheckStatus.VERIFIED:
        if not page:
            raise RefusedError(f"“{label}”已核实，请写明依据的报告页码或文件。")
        if place.startswith(FIGURE):
            if verified:
                raise RefusedError(f"“{label}”是计算值，不能直接改；请核实它所依据的各项。")
        elif verified:
            check_text(place, verified)
        elif not declared:
            raise RefusedError(f"“{label}”没有申报值，请填核实值。")
    elif not note:
        raise RefusedError(f"“{label}”存疑，请写明疑点。")


def _own(look: Look, submission: SubmissionRow, place: str) -> VerificationRow | None:
    rows = look.all(
        VerificationRow,
        VerificationRow.submission_id == submission.id,
        VerificationRow.place == place,
        VerificationRow.user_id == look.person.id,
    )
    return rows[0] if rows else None


def _held_over(look: Look, place: str) -> int:
    """Return the version of one's newest check of a place, made of an earlier version of the file; 0 if there is none."""
    rows = look.all(
        VerificationRow,
        VerificationRow.place == place,
        VerificationRow.user_id == look.person.id,
        order=[VerificationRow.at.desc()],
    )
    return rows[0].version if rows else 0


def _blank(look: Look, submission: SubmissionRow, place: str) -> VerificationRow:
    return VerificationRow(
        id=new_id(),
        review_id=look.review.id,
        submission_id=submission.id,
        place=clean(place, "位置", longest=300),
        user_id=look.person.id,
        version=0,
    )


def _check(look: Look, row: VerificationRow) -> Check:
    return Check(
        id=row.id,
        status=CheckStatus(row.status),
        verified=row.verified,
        document=row.document,
        page=row.page,
        note=row.note,
        by=look.name(row.user_id),
        user_id=row.user_id,
        office=row.office,
        at=row.at,
        version=row.version,
    )
