"""Working days, stopped time and limits. The expected days are counted by hand from the notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.assessment.review.clock import (
    Calendar,
    MissingYearError,
    Pace,
    Stop,
    china_date,
    due_date,
    load_calendar,
    read_clock,
    statutory_days,
)
from tanping.assessment.review.errors import RefusedError
from tanping.records.errors import InputError

CALENDAR = load_calendar(Path("none"))
DAY = timedelta(days=1)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("year", "working"),
    # Weekdays of the year, less weekdays off, plus weekend days worked.
    [(2024, 262 - 19 + 8), (2025, 261 - 18 + 5), (2026, 261 - 19 + 6)],
)
def test_each_year_has_its_working_days(year: int, working: int) -> None:
    assert CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) == working


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-09", True),  # 除夕 2024: only recommended as a day off
        ("2024-02-18", True),
        ("2025-01-28", False),  # 除夕 2025: a holiday by the new rule
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-11-23", True),
    ],
)
def test_single_days_are_those_of_the_notices(day: str, works: bool) -> None:
    assert CALENDAR.is_working(d(day)) is works


def test_every_year_says_where_it_is_written() -> None:
    assert {year: found.number for year, found in CALENDAR.years.items()} == {
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }
    assert all(found.basis.verified for found in CALENDAR.years.values())


def test_a_missing_year_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(MissingYearError, match=r"没有 2027 年.*补上 2027\.yaml"):
        CALENDAR.nth_after(d("2026-12-30"), 5)
    with pytest.raises(MissingYearError, match="没有 2023 年"):
        CALENDAR.is_working(d("2023-12-31"))


def test_a_limit_over_the_national_holiday() -> None:
    # 2026-09-24 is a Thursday; 25–27 off, 28–30 worked, 1–7 October off, 8, 9 and (Saturday) 10 worked.
    assert due_date(CALENDAR, d("2026-09-24"), 5, ()) == d("2026-10-09")
    assert due_date(CALENDAR, d("2026-09-24"), 6, ()) == d("2026-10-10")
    assert due_date(CALENDAR, d("2026-09-24"), 0, ()) == d("2026-09-24")


def test_the_first_day_does_not_count_and_the_last_does() -> None:
    reading = read_clock(CALENDAR, d("2026-11-02"), 5, (), d("2026-11-02"))
    assert (reading.used, reading.left, reading.due) == (0, 5, d("2026-11-09"))
    reading = read_clock(CALENDAR, d("2026-11-02"), 5, (), d("2026-11-09"))
    assert (reading.used, reading.left, reading.pace) == (5, 0, Pace.SOON)
    reading = read_clock(CALENDAR, d("2026-11-02"), 5, (), d("2026-11-10"))
    assert (reading.left, reading.pace) == (-1, Pace.OVERDUE)
    assert reading.words == "已超期 1 个工作日（应于 2026-11-09 办结）"


def test_stopped_time_moves_the_end_and_is_shown() -> None:
    # Monday 2 Nov; stopped on Thursday 5, restarted on Tuesday 10: Fri 6, Mon 9, Tue 10 are not counted.
    stops = [Stop(d("2026-11-05"), d("2026-11-10"), "专家评审")]
    reading = read_clock(CALENDAR, d("2026-11-02"), 5, stops, d("2026-11-11"))
    assert (reading.used, reading.stopped, reading.left, reading.due) == (4, 3, 1, d("2026-11-12"))
    assert "已停表 3 个" in reading.words


def test_a_standing_clock_tells_its_reason_and_no_day() -> None:
    reading = read_clock(CALENDAR, d("2026-11-02"), 5, [Stop(d("2026-11-05"), None, "待补充材料")], d("2026-11-20"))
    assert (reading.pace, reading.used, reading.stopped, reading.due) == (Pace.STOPPED, 3, 11, None)
    assert reading.words == "停表中（待补充材料）：已用 3 个工作日，已停 11 个"


def test_overlapping_stops_count_once() -> None:
    one = [Stop(d("2026-11-05"), d("2026-11-12"), "甲")]
    two = [*one, Stop(d("2026-11-09"), d("2026-11-12"), "乙"), Stop(d("2026-11-05"), d("2026-11-10"), "丙")]
    assert due_date(CALENDAR, d("2026-11-02"), 9, one) == due_date(CALENDAR, d("2026-11-02"), 9, two)


def test_a_limit_that_leaves_the_calendar_is_told_not_guessed() -> None:
    reading = read_clock(CALENDAR, d("2026-12-20"), 60, (), d("2026-12-31"))
    assert (reading.pace, reading.due, reading.left) == (Pace.UNKNOWN, None, None)
    assert "2027" in reading.words
    assert read_clock(CALENDAR, d("2026-12-20"), 9, (), d("2026-12-31")).due == d("2026-12-31")


def test_a_clock_set_back_before_the_start_is_told() -> None:
    with pytest.raises(RefusedError, match="检查本机日期"):
        read_clock(CALENDAR, d("2026-11-02"), 5, (), d("2026-11-01"))


def test_legal_dates_are_those_of_china() -> None:
    assert china_date(datetime(2026, 11, 1, 16, 0, tzinfo=UTC)) == d("2026-11-02")
    assert china_date(datetime(2026, 11, 1, 15, 59, tzinfo=UTC)) == d("2026-11-01")


def test_the_law_gives_acceptance_five_days_and_consultation_none() -> None:
    assert statutory_days("受理审查") == 5
    assert statutory_days("征求意见") is None


days = st.dates(d("2024-01-01"), d("2026-10-01"))


@given(days, st.integers(1, 40), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15)), max_size=3))
def test_the_day_due_is_where_nothing_is_left(start: date, limit: int, spans: list[tuple[int, int]]) -> None:
    stops = [Stop(start + a * DAY, start + (a + b) * DAY, "x") for a, b in spans]
    try:
        due = due_date(CALENDAR, start, limit, stops)
    except MissingYearError:
        return
    assert read_clock(CALENDAR, start, limit, stops, due).left == 0
    assert read_clock(CALENDAR, start, limit, stops, due - DAY).left in (0, 1)
    assert due >= due_date(CALENDAR, start, limit, ())
    assert CALENDAR.is_working(due)


@given(days, st.integers(0, 60))
def test_counting_and_adding_agree(start: date, count: int) -> None:
    try:
        end = CALENDAR.nth_after(start, count)
    except MissingYearError:
        return
    assert CALENDAR.between(start, end) == count


YEAR = """
year: "2027"
document: 测试用
number: 测试〔2026〕1号
published: "2026-11-01"
basis: recalled
off: [2027-01-01, 2027-02-05..2027-02-11]
work: [2027-01-30]
"""


def test_a_year_is_added_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(YEAR, "utf-8")
    calendar = load_calendar(tmp_path)
    assert calendar.nth_after(d("2026-12-31"), 1) == d("2027-01-04")
    assert calendar.is_working(d("2027-01-30"))
    assert not calendar.is_working(d("2027-02-08"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"2027"', '"2026"', "与已有的安排"),
        ('"2027"', '"二七"', "不是年份"),
        ("2027-01-01", "2027-13-01", "不是日期"),
        ("2027-02-05..2027-02-11", "2027-02-11..2027-02-05", "起止颠倒"),
        ("2027-01-01", "2028-01-01", "不在 2027 年"),
        ("2027-01-30", "2027-01-28", "不是周末"),
        ("2027-01-30", "2027-02-06", "既放假又上班"),
        ("off: [2027-01-01, 2027-02-05..2027-02-11]", "", "没有放假"),
        ("basis: recalled", "basis: sure", "不认识"),
        ("number:", "nummer:", "缺少这一项"),
        ("work: [2027-01-30]", "work: {a: b}", "列表"),
    ],
)
def test_a_wrong_year_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in YEAR
    text = YEAR.replace(old, new)
    if words == "与已有的安排":
        text = text.replace("2027-", "2026-").replace("2026-01-30", "2026-01-31")
    (tmp_path / "2027.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=words):
        load_calendar(tmp_path)


def test_an_empty_calendar_knows_nothing() -> None:
    with pytest.raises(MissingYearError):
        Calendar({}).is_working(d("2026-11-02"))
