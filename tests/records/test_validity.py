from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.records.validity import Validity, overlapping, parse, parse_date, period

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Validity:
    start, end = draw(st.none() | DAYS), draw(st.none() | DAYS)
    return period(min(start, end), max(start, end)) if start and end else period(start, end)


def test_both_ends_are_included() -> None:
    rule = parse("2021-02-01", "2024-07-10")
    assert rule.covers(date(2021, 2, 1))
    assert rule.covers(date(2024, 7, 10))
    assert not rule.covers(date(2021, 1, 31))
    assert not rule.covers(date(2024, 7, 11))
    assert str(rule) == "2021-02-01 至 2024-07-10（含当日）"
    assert str(parse("", None)) == "不限"
    assert rule.followed_by(parse("2024-07-11", ""))
    assert not rule.followed_by(parse("2024-07-12", ""))


def test_end_before_start_and_wrong_dates_are_refused() -> None:
    with pytest.raises(ValueError, match="早于"):
        parse("2024-07-11", "2024-07-10")
    for text in (
        "2024-02-30",
        "2024/07/11",
        "20240711",
        "2024-7-1",
        "明天",
        "2024-07-11T00:00",
        "２０２４-07-11",
        "\x00",
    ):
        with pytest.raises(ValueError, match="不是日期"):
            parse_date(text)


def test_overlapping_pairs() -> None:
    first, second = parse(None, "2020-12-31"), parse("2020-12-31", "2021-12-31")
    third, fourth = parse("2022-01-01", None), parse("2030-01-01", "2030-01-01")
    assert overlapping([third, second, first, fourth]) == [(0, 3), (1, 2)]


@given(periods(), periods())
def test_overlap_is_a_shared_day(one: Validity, other: Validity) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    edges = [day for day in (*one, *other) if day is not None] or [date(2020, 1, 1)]
    near = [day + timedelta(days=shift) for day in edges for shift in (-1, 0, 1)]
    shared = any(one.covers(day) and other.covers(day) for day in near)
    assert one.overlaps(other) == shared


@given(st.lists(periods(), max_size=7))
def test_overlapping_finds_every_pair(listed: list[Validity]) -> None:
    pairs = [(i, j) for i in range(len(listed)) for j in range(i + 1, len(listed)) if listed[i].overlaps(listed[j])]
    assert overlapping(listed) == pairs


@given(periods(), DAYS)
def test_the_day_after_the_end_is_out(one: Validity, day: date) -> None:
    if one.end:
        assert not one.covers(one.end + timedelta(days=1))
    if one.start:
        assert not one.covers(one.start - timedelta(days=1))
    assert one.covers(day) == ((one.start or day) <= day <= (one.end or day))
