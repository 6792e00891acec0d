"""An office's phrase library: wordings it uses again and again, by review topic. The program brings some; offices keep their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select

from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError
from tanping.assessment.review.record import sealing
from tanping.assessment.review.roles import OF_AN_OFFICE, REVIEWING
from tanping.assessment.review.service.desk import Desk, clean, new_id, signed_in
from tanping.assessment.review.store.reviews import PhraseRow
from tanping.assessment.review.users import Person
from tanping.records.located import read_yaml
from tanping.rules.clause import TOPICS

ANY_TOPIC = "通用"
LONGEST_PHRASE = 1000


@dataclass(frozen=True)
class Phrase:
    """A phrase. ``id`` is empty for those the program brings; ``office`` empty for everybody."""

    id: str
    office: str
    topic: str
    text: str


class Phrases:
    """Phrases of offices."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of_office(self, person: Person, office: str, topic: str = "") -> list[Phrase]:
        """Return the phrases for an office, of one topic (with the general ones) or all: its own first."""
        with self._desk.glance(person) as (session, _, _at):
            rows = session.scalars(
                select(PhraseRow).where(PhraseRow.office == office).order_by(PhraseRow.at, PhraseRow.id)
            )
            own = [Phrase(row.id, row.office, row.topic, row.text) for row in rows]
        return [phrase for phrase in (*own, *_packaged()) if topic in ("", phrase.topic) or phrase.topic == ANY_TOPIC]

    def add(self, person: Person, office: str, topic: str, text: str) -> Phrase:
        """Keep a phrase for an office one belongs to. Raises NotAllowedError, RefusedError."""
        if topic not in (*TOPICS, ANY_TOPIC):
            raise RefusedError(f"不认识的审查要点“{topic[:40]}”。")
        text = clean(text, "常用语", longest=LONGEST_PHRASE, needed=True)
        with sealing(self._desk.engine) as session:
            at = self._desk.now()
            person = signed_in(session, person, at)
            _require_office(person, office)
            row = PhraseRow(id=new_id(), office=office, topic=topic, text=text, user_id=person.id, at=at)
            session.add(row)
            return Phrase(row.id, office, topic, text)

    def remove(self, person: Person, phrase_id: str) -> None:
        """Remove a phrase of one's office."""
        with sealing(self._desk.engine) as session:
            person = signed_in(session, person, self._desk.now())
            row = session.get(PhraseRow, phrase_id)
            if row is None:
                raise MissingError("没有这条常用语。")
            _require_office(person, row.office)
            session.delete(row)


def _require_office(person: Person, office: str) -> None:
    own = any(item.role in OF_AN_OFFICE and item.office == office for item in person.capacities)
    general = office == "" and any(item.role in REVIEWING - OF_AN_OFFICE for item in person.capacities)
    if not (own or general):
        raise NotAllowedError("只能维护本处室的常用语。")


@cache
def _packaged() -> tuple[Phrase, ...]:
    document = read_yaml(Path(__file__).parent.parent / "phrases.yaml")
    return tuple(Phrase("", "", item["topic"], item["text"]) for item in document.data)
