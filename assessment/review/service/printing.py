"""The papers of a review: which there are, each as PDF or DOCX from the sealed record, and what changed since it was last printed.

A print is itself an event (打印): who, which paper, the hash of its bytes, and its words, so that a print can be traced and compared later.
Looking at a preview leaves no trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path

from tanping.assessment.documents import fonts
from tanping.assessment.documents.forms import Source, source
from tanping.assessment.documents.recorded import read_assessment
from tanping.assessment.documents.review import Review
from tanping.assessment.documents.tree import read, texts
from tanping.assessment.result import Assessment
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError, ReviewError
from tanping.assessment.review.record import Event, Who, append, events_of
from tanping.assessment.review.roles import LEADING, Action, Role
from tanping.assessment.review.service import submissions
from tanping.assessment.review.service.desk import Desk, Look, one_of
from tanping.assessment.review.service.papers import PRINTED, Paper, Record
from tanping.assessment.review.store.trouble import StoreError
from tanping.assessment.review.users import Person
from tanping.records.canonical import canonical_bytes, sha256
from tanping.records.errors import InputError, Problem, Where

_REFUSED = (ReviewError, StoreError)
FORMATS = ("pdf", "docx")
OPINION = "opinion"


@dataclass(frozen=True)
class Changes:
    """What a paper says otherwise than when it was last printed: ``gone`` and ``come`` are its paragraphs and cells."""

    at: datetime
    by: str
    format: str
    sha256: str
    gone: tuple[str, ...]
    come: tuple[str, ...]


@dataclass(frozen=True)
class Printed:
    """What became of one of many opinions: the file it was printed to, or why it was not (Chinese)."""

    review_id: str
    file: Path
    problem: str = ""


@dataclass(frozen=True)
class _Ready:
    assessment: Assessment
    review: Review


class Printing:
    """Papers of reviews."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def documents_of(self, person: Person, review_id: str) -> list[Paper]:
        """Return the papers a person may print of a review, in the order of the procedure; ``why`` says what is lacking."""
        with self._desk.look(person, review_id) as look:
            return Record(look).papers()

    def preview(self, person: Person, review_id: str, form: str, about: str = "") -> bytes:
        """Return a paper as PDF without recording a print. Same refusals as ``print_form``."""
        return _made(self._ready(person, review_id, form, about), form, "pdf")

    def print_form(self, person: Person, review_id: str, form: str, format: str, about: str = "") -> bytes:
        """Return a paper as ``pdf`` or ``docx`` and put the print on record.

        Raises NotAllowedError for a paper that is not this person's to see, RefusedError for one that can't be printed yet, PrintError,
        FontsMissing.
        """
        one_of(format, FORMATS, "格式")
        ready = self._ready(person, review_id, form, about)
        raw = _made(ready, form, format)
        self._record(person, review_id, ready, form, about, format, raw)
        return raw

    def print_opinions(
        self, person: Person, review_ids: Sequence[str], folder: Path, *, workers: int = 2
    ) -> Iterator[Printed]:
        """Print the opinions of many reviews into a folder, so many at a time, and put each on record; yield them in the order given.

        Only who leads a review prints its opinion so; that is looked at for each as its turn comes. One that can't be printed is told and
        holds up none of the others. Raises FontsMissing.
        """
        from tanping.assessment.documents.many import Order, print_many

        ready: dict[int, _Ready] = {}
        refused: dict[int, str] = {}

        def read(at: int) -> tuple[Assessment, Review]:
            try:
                ready[at] = self._ready(person, review_ids[at], OPINION, "", LEADING)
            except _REFUSED as error:
                refused[at] = str(error)
                raise InputError(Problem(Where(""), "", str(error))) from None
            return ready[at].assessment, ready[at].review

        orders = [
            Order(OPINION, folder / f"{at:04d}.pdf", lambda at=at: read(at))  # type: ignore[misc]
            for at in range(len(review_ids))
        ]
        for at, made in enumerate(print_many(orders, workers)):
            problem, file = refused.get(at) or made.problem, made.order.target
            if not problem:
                try:
                    self._record(person, review_ids[at], ready[at], OPINION, "", "pdf", file.read_bytes())
                except _REFUSED as error:
                    problem = str(error)
            yield Printed(review_ids[at], file, problem)
            ready.pop(at, None)

    def _record(
        self, person: Person, review_id: str, ready: _Ready, form: str, about: str, format: str, raw: bytes
    ) -> None:
        """Put a print on record."""
        page = _page(ready, form, format)
        with self._desk.act(person, review_id, Action.READ_PROJECT) as act:
            words = act.keep(canonical_bytes(list(texts(read(page.html)))))
            body = {
                "form": form,
                "about": about,
                "format": format,
                "sha256": sha256(raw),
                "seal": ready.review.seal,
                "result": page.sha256,
                "words": words,
            }
            # Not ``act.record``: whoever only prints has not acted in the review.
            who = Who(act.person.id, act.person.name, act.role, act.office)
            append(
                act.session,
                PRINTED,
                at=act.at,
                who=who,
                review_id=act.review.id,
                mode=act.review.mode,
                body=body,
                blobs=[words],
            )

    def changes(self, person: Person, review_id: str, form: str, about: str = "") -> Changes | None:
        """Return what changed since a paper was last printed; None if it never was."""
        ready = self._ready(person, review_id, form, about)
        with self._desk.look(person, review_id) as look:
            event = _last_print(look, form, about)
            if event is None:
                return None
            before = tuple(json.loads(look.blob(event.body["words"])))
        now = tuple(texts(read(_page(ready, form, event.body["format"]).html)))
        gone, come = _differing(before, now)
        return Changes(event.at, event.who.name, event.body["format"], event.body["sha256"], gone, come)

    def stamp(self, person: Person, review_id: str) -> str:
        """Return what changes whenever anything of the review does, prints aside: a key to keep previews by."""
        with self._desk.look(person, review_id) as look:
            events = Record(look).events
            return events[-1].hash if events else ""

    def _ready(
        self, person: Person, review_id: str, form: str, about: str, by: frozenset[Role] = frozenset(Role)
    ) -> _Ready:
        with self._desk.look(person, review_id) as look:
            if look.role not in by:
                raise NotAllowedError(f"您在这个项目是{look.role}，批量打印联审意见由牵头处办理。")
            record = Record(look)
            papers = record.papers()
            paper = next((item for item in papers if (item.form, item.about) == (form, about)), None)
            if paper is None:
                if not record.inside:
                    raise NotAllowedError("这份文书属于内部办理过程，您的角色不能查看。")
                raise MissingError("现在没有这份文书，可能链接不完整。")
            if paper.why:
                raise RefusedError(f"{paper.title}现在不能印：{paper.why}。")
            drawn = record.draw(paper)
            return _Ready(read_assessment(submissions.result_of(look, drawn.result)), drawn.review)


def _page(ready: _Ready, form: str, format: str) -> Source:
    """The paper as it is printed: a Word file is set with the fonts of whoever opens it."""
    return source(form, ready.assessment, ready.review, fonts.of_the_reader() if format == "docx" else None)


def _made(ready: _Ready, form: str, format: str) -> bytes:
    from tanping.assessment.documents import pdf, word

    if format == "docx":
        return word.word_bytes(ready.assessment, form, ready.review)
    with pdf.start_press(form) as press:
        return pdf.print_pdf(ready.assessment, press, form, ready.review)


def _last_print(look: Look, form: str, about: str) -> Event | None:
    found = [
        event
        for event in events_of(look.session, look.review.id, [PRINTED])
        if (event.body["form"], event.body["about"]) == (form, about)
    ]
    return found[-1] if found else None


def _differing(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    gone: list[str] = []
    come: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += before[a:b]
            come += now[c:d]
    return tuple(gone), tuple(come)
