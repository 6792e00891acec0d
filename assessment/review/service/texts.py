"""Texts being written and remarks: saved as one leaves a field, and never lost.

A text's place holds one version, or several when two people wrote at once from the same version: then all stand, all are shown, and
the next one who saves having seen them all makes them one again. Nothing is ever overwritten in the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tanping.assessment.review.errors import NotAllowedError, RefusedError
from tanping.assessment.review.roles import ENTERING, LEADING, OF_AN_OFFICE, Action, Role
from tanping.assessment.review.service.desk import Act, Desk, Look, clean, new_id
from tanping.assessment.review.store.reviews import CommentRow, TextRow
from tanping.assessment.review.users import Person

LONGEST_TEXT = 200_000


@dataclass(frozen=True)
class Version:
    """A text that stands at a place."""

    id: str
    text: str
    by: str
    user_id: str
    at: datetime


@dataclass(frozen=True)
class Text:
    """What stands at a place. More than one version: people wrote at once; show all and let somebody merge them."""

    place: str
    versions: tuple[Version, ...]

    @property
    def divided(self) -> bool:
        """Whether several texts stand side by side."""
        return len(self.versions) > 1

    @property
    def seen(self) -> tuple[str, ...]:
        """What to give back when saving: the versions this person has seen."""
        return tuple(version.id for version in self.versions)

    @property
    def text(self) -> str:
        """The one text. Raises RefusedError while several stand."""
        if self.divided:
            names = "、".join(version.by for version in self.versions)
            raise RefusedError(f"这里有几份同时写的文字（{names}），请先合并成一份。")
        return self.versions[0].text if self.versions else ""


@dataclass(frozen=True)
class Remark:
    """A comment on a place of the file or a page of the report."""

    id: str
    place: str
    page: str
    text: str
    reply_to: str
    by: str
    office: str
    at: datetime
    settled_by: str


class Texts:
    """Working texts and comments of a review."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, person: Person, review_id: str, place: str) -> Text:
        """Return what stands at a place: ``opinion/<office>/…``, ``conclusion``, ``applicant/…``, ``inside/…``."""
        with self._desk.look(person, review_id) as look:
            _may(look, place)
            return _standing(look, place)

    def save(self, person: Person, review_id: str, place: str, text: str, seen: Sequence[str]) -> Text:
        """Save a text written on top of the versions that were seen; return what stands now.

        If somebody wrote meanwhile, both texts stand. Saving what already stands changes nothing.
        """
        text = clean(text, "文字", longest=LONGEST_TEXT)
        with self._desk.act(person, review_id, Action.WRITE_TEXT) as act:
            _may(act, place)
            standing = act.all(TextRow, TextRow.place == place, TextRow.stands)
            below = [row for row in standing if row.id in seen]
            if any(row.content == text for row in standing) and len(below) < 2:
                return _standing(act, place)
            if not standing and not text:
                return _standing(act, place)
            for row in below:
                row.stands = False
            act.session.add(
                TextRow(
                    id=new_id(),
                    review_id=act.review.id,
                    place=clean(place, "位置", longest=300, needed=True),
                    content=text,
                    bases=" ".join(row.id for row in below),
                    stands=True,
                    user_id=act.person.id,
                    at=act.at,
                )
            )
            act.session.flush()
            return _standing(act, place)

    def history(self, person: Person, review_id: str, place: str) -> list[Version]:
        """Return every text ever saved at a place, oldest first."""
        with self._desk.look(person, review_id) as look:
            _may(look, place)
            return [_version(look, row) for row in look.all(TextRow, TextRow.place == place, order=[TextRow.at])]

    # ---- comments ----------------------------------------------------------------------------------------------------

    def comment(
        self, person: Person, review_id: str, text: str, *, place: str = "", page: str = "", reply_to: str = ""
    ) -> Remark:
        """Remark on a place of the file, a page of the report, or another remark."""
        with self._desk.act(person, review_id, Action.COMMENT) as act:
            if reply_to:
                first = act.one(CommentRow, reply_to, "条批注")
                place, page = first.place, first.page
            row = CommentRow(
                id=new_id(),
                review_id=act.review.id,
                place=clean(place, "位置", longest=300),
                page=clean(page, "页码", longest=60),
                text=clean(text, "批注", needed=True),
                reply_to=reply_to or None,
                user_id=act.person.id,
                office=act.office,
                at=act.at,
                settled_by=None,
                settled=None,
            )
            act.session.add(row)
            act.record(Action.COMMENT, {"place": row.place, "page": row.page, "text": row.text})
            return _remark(act, row)

    def settle(self, person: Person, review_id: str, comment_id: str) -> None:
        """Say that a remark is dealt with."""
        with self._desk.act(person, review_id, Action.COMMENT) as act:
            row = act.one(CommentRow, comment_id, "条批注")
            if row.settled_by is None:
                row.settled_by, row.settled = act.person.id, act.at
                act.record("批注已处理", {"comment": row.id})

    def comments(self, person: Person, review_id: str, place: str = "") -> list[Remark]:
        """Return all remarks, or those on a place, oldest first."""
        with self._desk.look(person, review_id, Action.READ_OPINIONS) as look:
            rows = look.all(CommentRow, order=[CommentRow.at])
            return [_remark(look, row) for row in rows if place in ("", row.place)]


def text_of(look: Look, place: str) -> str:
    """Return the one text at a place. Raises RefusedError while several stand."""
    return _standing(look, place).text


def _standing(look: Look, place: str) -> Text:
    rows = look.all(TextRow, TextRow.place == place, TextRow.stands, order=[TextRow.at])
    return Text(place, tuple(_version(look, row) for row in rows))


def _version(look: Look, row: TextRow) -> Version:
    return Version(row.id, row.content, look.name(row.user_id), row.user_id, row.at)


def _remark(look: Look, row: CommentRow) -> Remark:
    return Remark(
        id=row.id,
        place=row.place,
        page=row.page,
        text=row.text,
        reply_to=row.reply_to or "",
        by=look.name(row.user_id),
        office=row.office,
        at=row.at,
        settled_by=look.name(row.settled_by),
    )


def _may(look: Look, place: str) -> None:
    """Raise NotAllowedError unless a role writes and reads at a place: an office at its own, the lead at its own and the offices'."""
    kind, _, rest = place.partition("/")
    writing = isinstance(look, Act)
    allowed = {
        "opinion": (look.role in OF_AN_OFFICE and rest.split("/")[0] == look.office)
        or (not writing and look.role in LEADING | {Role.AUDITOR}),
        "expert": (look.role is Role.EXPERT and rest.split("/")[0] == look.person.id)
        or (not writing and look.role in LEADING | {Role.ASSESSOR, Role.AUDITOR}),
        "conclusion": look.role in LEADING
        or (not writing and look.role in OF_AN_OFFICE | {Role.AUDITOR, Role.ARCHIVIST}),
        "applicant": look.role in ENTERING,
        "inside": look.role not in ENTERING,
    }.get(kind)
    if allowed is None:
        raise RefusedError(f"没有“{place[:40]}”这个文稿位置。")
    if not allowed:
        raise NotAllowedError("这份文稿由别的角色写，您不能查看或修改。")
