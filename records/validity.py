"""When a record is valid: a start and an end date, both inclusive, either open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple


class Validity(NamedTuple):
    """An inclusive period. ``None`` is an open end. Build it with ``period`` or ``parse``, which refuse end before start."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in the period, first and last day included."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: Validity) -> bool:
        """Whether the two periods share at least one day."""
        return _not_after(self.start, other.end) and _not_after(other.start, self.end)

    def followed_by(self, other: Validity) -> bool:
        """Whether the other period starts on the day after this one ends."""
        return self.end is not None and other.start == self.end + timedelta(days=1)

    def __str__(self) -> str:
        if self.start is None and self.end is None:
            return "不限"
        return f"{self.start or '…'} 至 {self.end or '…'}（含当日）"


def period(start: date | None = None, end: date | None = None) -> Validity:
    """Build a period. Raises ValueError (Chinese) when it ends before it starts."""
    if start is not None and end is not None and end < start:
        raise ValueError(f"终止日 {end} 早于起始日 {start}")
    return Validity(start, end)


def parse(start: str | None, end: str | None) -> Validity:
    """Build a period from ISO dates; empty or None is open. Raises ValueError (Chinese)."""
    return period(_iso(start), _iso(end))


def parse_date(text: str) -> date:
    """Read ``YYYY-MM-DD``. Raises ValueError (Chinese): other spellings and days that do not exist are refused."""
    plain = text.strip()
    if len(plain) == 10 and plain.isascii() and plain[4] == plain[7] == "-":
        try:
            return date.fromisoformat(plain)
        except ValueError:
            pass
    shown = "".join(char if char.isprintable() else "�" for char in plain[:24])
    raise ValueError(f"“{shown}”不是日期，应为 YYYY-MM-DD 且确有这一天")


def overlapping(periods: Iterable[Validity]) -> list[tuple[int, int]]:
    """Return the index pairs of periods that overlap, in order."""
    listed = list(periods)
    order = sorted(range(len(listed)), key=lambda index: listed[index].start or date.min)
    found = []
    for position, first in enumerate(order):
        for second in order[position + 1 :]:
            if not listed[first].overlaps(listed[second]):
                break
            found.append((min(first, second), max(first, second)))
    return sorted(found)


def _iso(text: str | None) -> date | None:
    return parse_date(text) if text else None


def _not_after(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end
