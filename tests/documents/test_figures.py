from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.assessment.documents import figures


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (0.125, 2, "0.12"),
        (0.375, 2, "0.38"),
        (-0.0, 2, "0.00"),
        (-1234567.5, 0, "−1 234 568"),
    ],
)
def test_half_goes_to_even(value: float, places: int, text: str) -> None:
    assert figures.number(value, places).replace(figures.NBSP, " ") == text


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_unknown_is_never_a_number(value: float | None) -> None:
    assert {
        figures.tonnes(value),
        figures.ten_thousand_tonnes(value),
        figures.significant(value),
        figures.as_stated(value),
    } == {figures.UNKNOWN}
    assert figures.percent(value, 1.0) == "－"


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_as_stated_loses_no_digit(value: float) -> None:
    text = figures.as_stated(value).replace(figures.NBSP, "").replace("−", "-")
    assert Decimal(text) == Decimal(repr(value))


def test_expression_breaks_only_before_an_operator() -> None:
    text = figures.expression("1 200 000 t × 20 GJ/t × 1 × 44/12 = 88 000 000 tCO2")
    assert text.split(" ") == [
        "1\u00a0200\u00a0000\u00a0t",
        "×\u00a020\u00a0GJ/t",
        "×\u00a01",
        "×\u00a044/12",
        "=\u00a088\u00a0000\u00a0000\u00a0tCO₂",
    ]


def test_units_and_dates_as_printed() -> None:
    assert [figures.unit(code) for code in ("tCO2/MWh", "m3", "1e4Nm3", "1", "kgCO2e/(t*km)")] == [
        "tCO₂/MWh",
        "m³",
        "万Nm³",
        "",
        "kgCO₂e/(t·km)",
    ]
    assert figures.day(date(2026, 8, 5)) == "2026年8月5日"
    assert [figures.chinese(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]
