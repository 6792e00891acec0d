"""Time limits in working days: the state's holiday calendar as data, stopped time, what is due and what is overdue.

A period does not count the day on which it begins and counts the day on which it ends (民法典 art. 201). A stop is a period too: the day of
the stop still counts, the day of the restart does not. Legal dates are those of China.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from tanping.assessment.review.errors import RefusedError
from tanping.records.basis import Basis
from tanping.records.errors import InputError, Problem
from tanping.records.located import Document, Location, read_yaml

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""No zone file needed: China has kept one offset since 1991."""

SOON = 3
"""Working days left from which a reminder is due."""

_HERE = Path(__file__).parent
_DAY = timedelta(days=1)


class MissingYearError(RefusedError):
    """The holiday calendar of a year is not known, so no limit that touches it can be told."""


def china_date(moment: datetime) -> date:
    """Return the legal date of a moment."""
    return moment.astimezone(CHINA).date()


def now() -> datetime:
    """Return this moment in UTC; the one place where the review asks the machine's clock."""
    return datetime.now(UTC)


# ---- the calendar ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HolidayYear:
    """One year's arrangement: days off besides usual weekends, weekend days worked, and where that is written."""

    year: int
    off: frozenset[date]
    work: frozenset[date]
    document: str
    number: str
    basis: Basis


class Calendar:
    """Working days of the years that are known."""

    def __init__(self, years: Mapping[int, HolidayYear]):
        self.years = dict(years)

    def is_working(self, day: date) -> bool:
        """Whether a day is a working day. Raises MissingYearError."""
        year = self.years.get(day.year)
        if year is None:
            known = "、".join(map(str, sorted(self.years)))
            raise MissingYearError(
                f"没有 {day.year} 年的节假日安排，期限无法计算（已有 {known} 年）。请管理员按国务院办公厅通知补上 {day.year}.yaml 后再办。"
            )
        return day in year.work or (day.weekday() < 5 and day not in year.off)

    def working(self, after: date) -> Iterator[date]:
        """Yield the working days after a day. Raises MissingYearError where the calendar ends."""
        day = after
        while True:
            day += _DAY
            if self.is_working(day):
                yield day

    def nth_after(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after a day (the day itself for 0)."""
        days = self.working(day)
        for _ in range(count):
            day = next(days)
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and with ``end``."""
        return sum(self.is_working(start + n * _DAY) for n in range(1, (end - start).days + 1))


@cache
def _packaged() -> Calendar:
    return Calendar({year.year: year for year in read_years(_HERE / "holidays.yaml")})


def load_calendar(folder: Path | None = None) -> Calendar:
    """Return the packaged years and those of ``<year>.yaml`` files in a folder (by default ``holidays/`` in the data folder).

    Raises InputError for a file with mistakes or one that contradicts a packaged year.
    """
    if folder is None:
        from tanping.assessment.review.store.location import home

        folder = home() / "holidays"
    years = dict(_packaged().years)
    for path in sorted(folder.glob("*.yaml")):
        document = read_yaml(path)
        for found in _years(document):
            known = years.setdefault(found.year, found)
            if (known.off, known.work) != (found.off, found.work):
                what = f"{found.year} 年与已有的安排（{known.number}）不同"
                raise InputError(Problem(document.where(), "year", what, "不重复已有的年份"))
    return Calendar(years)


def read_years(path: Path) -> list[HolidayYear]:
    """Read a holiday file. Raises InputError with all problems found."""
    return _years(read_yaml(path))


_KEYS = ("year", "document", "number", "published", "basis", "off", "work")
_EXAMPLE = "2026-10-01..2026-10-07"


def _years(document: Document) -> list[HolidayYear]:
    records = document.data if isinstance(document.data, list) else [document.data]
    reader = _Reader(document, isinstance(document.data, list))
    found = [year for index, record in enumerate(records) if (year := reader.year(index, record))]
    if reader.problems:
        raise InputError(reader.problems)
    return found


class _Reader:
    def __init__(self, document: Document, listed: bool):
        self.document, self.listed = document, listed
        self.problems: list[Problem] = []

    def year(self, index: int, record: Any) -> HolidayYear | None:
        at: Location = (index,) if self.listed else ()
        before = len(self.problems)
        if not isinstance(record, dict):
            self.refuse(at, "", "应是一年的安排", "键: 值")
            return None
        for key in record:
            if key not in _KEYS:
                self.refuse((*at, key), key, f"不认识的项“{key}”", "、".join(_KEYS))
        for key in _KEYS:
            if key not in ("off", "work") and not isinstance(record.get(key), str):
                self.refuse(at, key, "缺少这一项", example="国办发明电〔2025〕7号" if key == "number" else "")
        if len(self.problems) > before:
            return None
        if not (record["year"].isdigit() and len(record["year"]) == 4):
            self.refuse((*at, "year"), "year", f"“{record['year']}”不是年份", "四位年份", "2026")
            return None
        if record["basis"] not in set(Basis):
            self.refuse((*at, "basis"), "basis", f"不认识“{record['basis']}”", "、".join(Basis))
            return None
        year = int(record["year"])
        off = frozenset(day for span in self.texts(at, record, "off") for day in self.span((*at, "off"), span, year))
        work = frozenset(day for text in self.texts(at, record, "work") for day in self.span((*at, "work"), text, year))
        for day in sorted(off & work):
            self.refuse(at, "work", f"{day} 既放假又上班")
        for day in sorted(work):
            if day.weekday() < 5:
                self.refuse((*at, "work"), "work", f"{day} 不是周末，不必列为上班")
        if not off:
            self.refuse(at, "off", "没有放假的日子", example=_EXAMPLE)
        return HolidayYear(year, off, work, record["document"], record["number"], Basis(record["basis"]))

    def texts(self, at: Location, record: dict[str, Any], key: str) -> list[str]:
        found = record.get(key) or []
        # A flow list [a, b] and a block list read the same.
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return found
        self.refuse((*at, key), key, "应是日期的列表", example=_EXAMPLE)
        return []

    def span(self, at: Location, text: str, year: int) -> Iterator[date]:
        first, _, last = text.partition("..")
        try:
            start, end = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            self.refuse(at, str(at[-1]), f"“{text}”不是日期或起止日期", "YYYY-MM-DD 或 起..止", _EXAMPLE)
            return
        if start > end or start.year != year or end.year != year:
            self.refuse(at, str(at[-1]), f"“{text}”起止颠倒或不在 {year} 年", example=_EXAMPLE)
            return
        yield from (start + n * _DAY for n in range((end - start).days + 1))

    def refuse(self, at: Location, field: str, what: str, allowed: str = "", example: str = "") -> None:
        self.problems.append(Problem(self.document.where(at), field, what, allowed, example))


@cache
def statutory_days(task: str) -> int | None:
    """Return the limit that the law itself sets for a task, in working days; None where it sets none."""
    document = read_yaml(_HERE / "limits.yaml")
    return next((int(record["days"]) for record in document.data if record["task"] == task), None)


# ---- a running limit -------------------------------------------------------------------------------------------------


class Pace(StrEnum):
    """How a limit stands."""

    RUNNING = "计时中"
    SOON = "将到期"
    STOPPED = "停表中"
    OVERDUE = "已超期"
    UNLIMITED = "不计时限"
    UNKNOWN = "无法计算"


@dataclass(frozen=True)
class Stop:
    """A stretch of stopped time; ``ended`` None while it lasts."""

    started: date
    ended: date | None
    reason: str

    def covers(self, day: date) -> bool:
        """Whether a day is not counted because of it."""
        return self.started < day and (self.ended is None or day <= self.ended)


@dataclass(frozen=True)
class Reading:
    """A limit read on a day. Counts are working days; ``due`` None while the clock stands or there is no limit.

    Where the holiday calendar ends before the limit does, ``pace`` is 无法计算 and ``reason`` says which year is missing.
    """

    pace: Pace
    used: int | None
    stopped: int | None
    left: int | None
    due: date | None
    reason: str = ""

    @property
    def words(self) -> str:
        """One line for a page."""
        if self.pace is Pace.UNKNOWN:
            return self.reason
        if self.pace is Pace.UNLIMITED:
            return f"已用 {self.used} 个工作日"
        if self.pace is Pace.STOPPED:
            return f"停表中（{self.reason}）：已用 {self.used} 个工作日，已停 {self.stopped} 个"
        if self.pace is Pace.OVERDUE:
            return f"已超期 {-(self.left or 0)} 个工作日（应于 {self.due} 办结）"
        return f"剩 {self.left} 个工作日，{self.due} 到期" + (f"；已停表 {self.stopped} 个" if self.stopped else "")


def read_clock(calendar: Calendar, start: date, days: int | None, stops: Iterable[Stop], on: date) -> Reading:
    """Read a limit of ``days`` working days that began on ``start``. Raises RefusedError if ``on`` lies before."""
    if on < start:
        raise RefusedError(f"今天（{on}）早于期限的起算日（{start}），请检查本机日期。")
    stops = tuple(stops)
    try:
        return _read(calendar, start, days, stops, on)
    except MissingYearError as error:
        return Reading(Pace.UNKNOWN, None, None, None, None, str(error))


def _read(calendar: Calendar, start: date, days: int | None, stops: tuple[Stop, ...], on: date) -> Reading:
    passed = [start + n * _DAY for n in range(1, (on - start).days + 1)]
    worked = [day for day in passed if calendar.is_working(day)]
    stopped = sum(any(stop.covers(day) for stop in stops) for day in worked)
    used = len(worked) - stopped
    standing = next((stop for stop in stops if stop.ended is None), None)
    left = None if days is None else days - used
    if standing is not None:
        return Reading(Pace.STOPPED, used, stopped, left, None, standing.reason)
    if days is None or left is None:
        return Reading(Pace.UNLIMITED, used, stopped, None, None)
    due = due_date(calendar, start, days, stops)
    pace = Pace.OVERDUE if left < 0 else Pace.SOON if left <= SOON else Pace.RUNNING
    return Reading(pace, used, stopped, left, due)


def due_date(calendar: Calendar, start: date, days: int, stops: Iterable[Stop]) -> date:
    """Return the last day of a limit, stopped days passed over. Raises MissingYearError."""
    stops = tuple(stops)
    counted = 0
    if days == 0:
        return start
    for day in calendar.working(start):
        if not any(stop.covers(day) for stop in stops):
            counted += 1
            if counted == days:
                return day
    raise AssertionError("unreachable")
