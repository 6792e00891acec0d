"""Raising a clause to verified: one person attaches the official text, a second one checks the clause against it.

Kept beside the packs in ``TANPING_HOME/verifications``: each step is a small file of canonical JSON named by its moment and hash, and nothing is ever
changed or removed; the attached texts lie under ``texts/`` by hash. A verification holds for the clause as it stood: the hash of its
content is part of each step, so a clause that is changed later falls back to what its pack says of its basis.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

from tanping.records.archive import MAX_BLOB, Archive, ArchiveError
from tanping.records.basis import Basis
from tanping.records.canonical import CanonicalError, canonical_bytes, content_hash, read_canonical, sha256
from tanping.records.doors.export import write_file
from tanping.records.doors.page_texts import page_texts
from tanping.records.doors.text import visible
from tanping.records.errors import InputError, Problem, Where
from tanping.records.home import home
from tanping.rules.clause import Clause

SCHEMA = "tanping.verifications/1"
TEXTS = "texts"
SOURCES = (Basis.OFFICIAL, Basis.REPRINT)
"""What the attached text may be: the document itself, or a reprint of the passage."""

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
MOST_NAME, MOST_EXCERPT, MOST_NOTE = 60, 4_000, 1_000
_NOT_CONTENT = ("basis", "basis_note", "excerpt", "provisional")


class Verdict(StrEnum):
    """What the second person finds on comparing clause and text."""

    SAME = "一致"
    DIFFERENT = "有出入"
    WRONG_ARTICLE = "条号有误"
    AMENDED = "已修订"


class Stage(StrEnum):
    """How far a clause has come."""

    NONE = "未附原文"
    ATTACHED = "待第二人复核"
    VERIFIED = "已核原文"
    REFUSED = "复核不一致"
    LAPSED = "条款已改，核对失效"


@dataclass(frozen=True)
class Attachment:
    """A text put beside a clause. ``searched``: whether the excerpt was looked for, and found, in the file's own text (a scan has none)."""

    clause: str
    clause_sha256: str
    file: str
    file_sha256: str
    page: str
    article: str
    excerpt: str
    source: str
    by: str
    at: str
    searched: bool

    @property
    def id(self) -> str:
        """Hash of the step."""
        return content_hash(_plain(self))


@dataclass(frozen=True)
class Check:
    """The second person's check of an attachment."""

    clause: str
    attachment: str
    verdict: str
    note: str
    by: str
    at: str

    @property
    def id(self) -> str:
        """Hash of the step."""
        return content_hash(_plain(self))


@dataclass(frozen=True)
class Standing:
    """Where a clause stands: the newest attachment and the newest check of it."""

    stage: Stage
    attachment: Attachment | None = None
    check: Check | None = None

    @property
    def told(self) -> str:
        """Who attached and who checked, in one line."""
        if self.attachment is None:
            return str(self.stage)
        place = "，".join(filter(None, (self.attachment.file, self.attachment.article, self.attachment.page)))
        line = f"{self.attachment.by} {_day(self.attachment.at)} 附原文（{place}）"
        if self.check:
            note = f"（{self.check.note}）" if self.check.note else ""
            line += f"；{self.check.by} {_day(self.check.at)} 复核：{self.check.verdict}{note}"
        return line


def clause_hash(clause: Clause) -> str:
    """Return the hash of a clause's content: all of its record but how well its text was checked."""
    plain = clause.plain()
    return content_hash({name: value for name, value in plain.items() if name not in _NOT_CONTENT})


def folder() -> Path:
    """Return the folder of this user's verifications."""
    return home() / "verifications"


class Verifications:
    """The steps of a folder. ``problems``: files that are not as they were written, and so do not count."""

    def __init__(self, place: Path, steps: Sequence[Attachment | Check], problems: Sequence[Problem] = ()):
        self.place, self.problems = place, tuple(problems)
        self.steps = tuple(sorted(steps, key=lambda step: (step.at, isinstance(step, Check))))
        self.texts = Archive(place / TEXTS)

    @classmethod
    def open(cls, place: Path | None = None) -> Verifications:
        """Read a folder; an absent one holds nothing."""
        place = place or folder()
        steps: list[Attachment | Check] = []
        problems: list[Problem] = []
        for path in sorted(place.glob("*.json")):
            try:
                steps.append(_read(path))
            except (OSError, CanonicalError, TypeError, ValueError, KeyError):
                problems.append(Problem(Where(str(path)), "", "核对记录读不出或被改动过，不作数", "原样的记录文件"))
        return cls(place, steps, problems)

    def standing(self, clause: Clause) -> Standing:
        """Return where a clause stands."""
        attachments = [step for step in self.steps if isinstance(step, Attachment) and step.clause == clause.id]
        if not attachments:
            return Standing(Stage.NONE)
        newest = attachments[-1]
        check = next(
            (step for step in reversed(self.steps) if isinstance(step, Check) and step.attachment == newest.id), None
        )
        if newest.clause_sha256 != clause_hash(clause):
            return Standing(Stage.LAPSED, newest, check)
        if check is None:
            return Standing(Stage.ATTACHED, newest)
        return Standing(Stage.VERIFIED if check.verdict == Verdict.SAME else Stage.REFUSED, newest, check)

    def attach(
        self,
        clause: Clause,
        *,
        data: bytes,
        file: str,
        excerpt: str,
        by: str,
        page: str = "",
        article: str = "",
        source: str = Basis.OFFICIAL,
        now: datetime | None = None,
    ) -> Attachment:
        """Put the text of a clause beside it. Raises InputError: no text, no excerpt, an excerpt the text doesn't hold, no name."""
        name = visible(Path(file.replace("\\", "/")).name)[:120]
        problems = [
            *_lacking(excerpt, "excerpt", "原文摘录", MOST_EXCERPT),
            *_lacking(by, "by", "附原文的人", MOST_NAME),
        ]
        if not data:
            problems.append(
                Problem(Where(name or "原文"), "file", "没有原文文件，或文件是空的", "PDF、Word、文本或扫描件")
            )
        elif len(data) > MAX_BLOB:
            problems.append(Problem(Where(name), "file", "文件过大", f"不超过 {MAX_BLOB >> 20} MiB"))
        if source not in SOURCES:
            problems.append(Problem(Where(name), "source", f"不认识“{source}”", " / ".join(SOURCES)))
        if problems:
            raise InputError(problems)
        searched = self._search(data, name, excerpt)
        digest = self._store(data)
        step = Attachment(
            clause.id, clause_hash(clause), name, digest, page.strip(), article.strip() or clause.article,
            visible(excerpt.strip()), str(source), by.strip(), _now(now), searched,
        )  # fmt: skip
        self._write(step)
        return step

    def check(self, clause: Clause, verdict: str, *, by: str, note: str = "", now: datetime | None = None) -> Check:
        """Record the second person's check of what stands attached. Raises InputError: nothing attached, lapsed, the same person."""
        standing, where = self.standing(clause), Where(clause.id)
        problems = _lacking(by, "by", "复核人", MOST_NAME)
        if verdict not in Verdict._value2member_map_:
            problems.append(Problem(where, "verdict", f"复核结论没有“{visible(verdict)}”", " / ".join(Verdict)))
        elif verdict != Verdict.SAME and not note.strip():
            problems.append(Problem(where, "note", "不一致的，请写明差别", "例如：第二款漏了“扩建”"))
        if len(note) > MOST_NOTE:
            problems.append(Problem(where, "note", "说明过长", f"不超过 {MOST_NOTE} 字"))
        if standing.attachment is None:
            problems.append(Problem(where, "file", "还没有附上原文，不能复核", "先附原文"))
        elif standing.stage is Stage.LAPSED:
            problems.append(Problem(where, "file", "附原文之后条款内容改过，不能复核", "对照现在的条款重新附原文"))
        elif same_person(by, standing.attachment.by):
            problems.append(Problem(where, "by", "附原文的人不能自己复核", "由第二个人复核"))
        if problems or standing.attachment is None:
            raise InputError(problems)
        step = Check(clause.id, standing.attachment.id, verdict, note.strip(), by.strip(), _now(now))
        self._write(step)
        return step

    def text(self, attachment: Attachment) -> bytes:
        """Return the attached file. Raises ArchiveError when it is gone or changed."""
        return self.texts.load(attachment.file_sha256)

    def in_effect(self, clauses: Iterable[Clause]) -> dict[str, Standing]:
        """Return the standings of the clauses that are verified and whose text is still kept, by clause id."""
        named = {step.clause for step in self.steps}
        found = {clause.id: self.standing(clause) for clause in clauses if clause.id in named}
        return {
            name: standing
            for name, standing in found.items()
            if standing.stage is Stage.VERIFIED
            and standing.attachment is not None
            and standing.attachment.file_sha256 in self.texts
        }

    def damaged(self) -> list[Problem]:
        """Return what is wrong with records and attached texts; every byte of them is read."""
        problems = list(self.problems)
        for step in self.steps:
            if isinstance(step, Attachment):
                try:
                    self.text(step)
                except ArchiveError as error:
                    problems.append(Problem(Where(step.clause), step.file, str(error)))
        return problems

    def _search(self, data: bytes, name: str, excerpt: str) -> bool:
        """Look for the excerpt in the file's text, wherever a line or page breaks. Raises InputError when there is text without it."""
        text = squeezed("".join(page_texts(data, name)))
        if not text:
            return False
        if squeezed(excerpt) not in text:
            what = "附件的文字里找不到这段摘录"
            raise InputError(Problem(Where(name), "excerpt", what, "从附件原样复制，不增不减；不相连的两段分开附"))
        return True

    def _store(self, data: bytes) -> str:
        try:
            return self.texts.store(data)
        except ArchiveError as error:
            raise InputError(Problem(Where(str(self.place)), "file", str(error))) from None

    def _write(self, step: Attachment | Check) -> None:
        data = canonical_bytes(_plain(step))
        self.place.mkdir(parents=True, exist_ok=True)
        moment = step.at.replace(":", "").replace("-", "").replace("+0000", "Z")
        write_file(self.place / f"{moment}-{sha256(data)[:16]}.json", data)
        self.steps = tuple(sorted((*self.steps, step), key=lambda one: (one.at, isinstance(one, Check))))


def verified(clause: Clause, standing: Standing) -> Clause:
    """Return a clause as its verification leaves it: basis, excerpt and note from the attached text."""
    attachment = standing.attachment
    if attachment is None:
        return clause
    return replace(
        clause, basis=Basis(attachment.source), excerpt=attachment.excerpt, basis_note=f"原文核对：{standing.told}"
    )


def record(standings: Mapping[str, Standing]) -> bytes:
    """Return what is in effect as canonical bytes: what a result made with it archives, and whose hash it names."""
    rows = [
        {
            "attachment": _plain(standing.attachment) if standing.attachment else None,
            "check": _plain(standing.check) if standing.check else None,
        }
        for _, standing in sorted(standings.items())
    ]
    return canonical_bytes({"schema": SCHEMA, "verified": rows})


def read_record(raw: bytes) -> dict[str, Standing]:
    """Return the standings that ``record`` gave, by clause id. Raises ValueError for anything else."""
    try:
        rows = json.loads(raw)["verified"]
        pairs = [(Attachment(**_fields(row["attachment"])), row["check"]) for row in rows]
        return {
            attachment.clause: Standing(Stage.VERIFIED, attachment, Check(**_fields(check)) if check else None)
            for attachment, check in pairs
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a record of verifications") from error


def _fields(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "kind"}


def squeezed(text: str) -> str:
    """Return text without spaces and in one form of letters, as layout moves it about."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def same_person(one: str, other: str) -> bool:
    """Whether two names as typed mean one person; spaces, width and case aside."""
    return squeezed(one).casefold() == squeezed(other).casefold()


def state(place: Path | None = None) -> tuple[tuple[str, int], ...]:
    """Return what changes when a step is added, a record is touched or a text goes: cheap, read before each use of the law."""
    place = place or folder()
    # A text that goes changes the folder it lay in (texts/ab), not texts.
    return (*_entries(place), *_entries(place / TEXTS))


# ---------------------------------------------------------------------------------------------- files


def _entries(place: Path) -> list[tuple[str, int]]:
    try:
        with os.scandir(place) as entries:
            return sorted((entry.name, entry.stat().st_mtime_ns) for entry in entries)
    except OSError:
        return []


def _plain(step: Attachment | Check) -> dict[str, Any]:
    return {"kind": "attachment" if isinstance(step, Attachment) else "check", **asdict(step)}


def _read(path: Path) -> Attachment | Check:
    data = path.read_bytes()
    if path.stem.rsplit("-", 1)[-1] != sha256(data)[:16]:
        raise ValueError("changed")
    fields = read_canonical(data)
    if not isinstance(fields, dict) or not all(isinstance(value, str | bool) for value in fields.values()):
        raise ValueError("not a step")
    kind = {"attachment": Attachment, "check": Check}[fields.pop("kind")]
    step: Attachment | Check = kind(**fields)
    return step


def _lacking(text: str, field: str, label: str, most: int) -> list[Problem]:
    if not squeezed(text):
        return [Problem(Where(label), field, f"缺少{label}")]
    return [Problem(Where(label), field, f"{label}过长", f"不超过 {most} 字")] if len(text) > most else []


def _day(moment: str) -> str:
    """Return the day of a recorded moment (UTC) where the law holds."""
    return datetime.fromisoformat(moment).astimezone(CHINA).date().isoformat()


def _now(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
