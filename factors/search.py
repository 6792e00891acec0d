"""Finding records by what a person remembers of them: words, subject, region, basis, status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tanping.factors.labels import SUBJECTS
from tanping.factors.record import Factor


@dataclass(frozen=True)
class Filter:
    """What to keep. Empty means everything. ``words`` must all occur in key, name, document, variant or note."""

    words: str = ""
    subject: str = ""
    region: str = ""
    basis: str = ""
    status: str = ""
    standard: str = ""
    provisional: bool = False

    def keeps(self, record: Factor) -> bool:
        """Whether a record passes."""
        return (
            (not self.subject or record.subject.split("/")[0] == self.subject or record.subject == self.subject)
            and (not self.region or record.region == self.region)
            and (not self.basis or record.basis == self.basis)
            and (not self.status or record.status == self.status)
            and (not self.standard or record.standard == self.standard)
            and (not self.provisional or record.provisional)
            and all(word in _haystack(record) for word in self.words.lower().split())
        )


def search(records: Iterable[Factor], wanted: Filter) -> list[Factor]:
    """Return the records that pass, in register order."""
    return [record for record in records if wanted.keeps(record)]


def one_a_key(records: Iterable[Factor]) -> list[tuple[Factor, int]]:
    """Return the newest record of each key with how many there are, subjects in the order people look for them."""
    groups: dict[str, list[Factor]] = {}
    for record in records:
        groups.setdefault(record.key, []).append(record)
    order = {subject: at for at, subject in enumerate(SUBJECTS)}
    listed = sorted(groups.values(), key=lambda group: order.get(group[0].subject.split("/")[0], len(order)))
    return [(max(group, key=lambda one: (one.data_year or 0, _published(one))), len(group)) for group in listed]


def newest_first(records: Iterable[Factor]) -> list[Factor]:
    """Order the records of one thing: by region and standard as registered, within them the newest first."""
    listed = list(records)
    place = {record.region: at for at, record in reversed(list(enumerate(listed)))}
    return sorted(
        listed,
        key=lambda one: (place[one.region], one.standard, one.variant, -(one.data_year or 0), -_published(one)),
    )


def _published(record: Factor) -> int:
    return record.published_on.toordinal() if record.published_on else 0


def _haystack(record: Factor) -> str:
    parts = (record.key, record.item, record.name, record.region, record.document, record.variant, record.note)
    return "\n".join(parts).lower()
