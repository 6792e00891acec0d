from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.records.rounding import figure, in_wan, round_half_even, round_significant, scaled


# The examples follow GB/T 8170: the half goes to the even digit.
@pytest.mark.parametrize(
    ("x", "digits", "expected"),
    [
        ("12.1498", 1, "12.1"), ("1268", -2, "1300"), ("10.5002", 0, "11"), ("1.050", 1, "1.0"), ("0.35", 1, "0.4"),
        ("2500", -3, "2000"), ("3500", -3, "4000"), ("0.0325", 3, "0.032"), ("32500", -3, "32000"), ("-355", -1, "-360"),
        ("-365", -1, "-360"), ("2.5", 0, "2"), ("-0.4", 0, "0"),
    ],
)  # fmt: skip
def test_half_to_even(x: str, digits: int, expected: str) -> None:
    assert str(round_half_even(Decimal(x), digits)) == expected


def test_a_float_is_what_it_prints() -> None:
    assert round_half_even(0.125, 2) == Decimal("0.12")
    assert round_half_even(2.675, 2) == Decimal("2.68")
    assert round_half_even(1004651.1627907, 3) == Decimal("1004651.163")


@pytest.mark.parametrize("x", [float("nan"), float("inf"), Decimal("NaN")])
def test_an_unknown_figure_has_no_rounding(x: float) -> None:
    for show in (round_half_even, figure, in_wan):
        with pytest.raises(ValueError, match="finite"):
            show(x)
    with pytest.raises(ValueError, match="finite"):
        scaled(float("nan"), "t")


def test_figures_as_printed() -> None:
    assert figure(1923900) == "1\u202f923\u202f900"
    assert figure(1923900, group=" ") == "1 923 900"
    assert figure(4950) == "4950"
    assert figure(0.123456, 6, group=" ") == "0.123 456"
    assert figure(0.58, 4) == "0.5800"
    assert figure(0.58, 4, strip=True) == "0.58"
    assert figure(-1234567.891, 2, group=" ") == "−1 234 567.89"
    assert figure(-0.001) == "0"
    assert in_wan(1923900) == "192.39"
    assert scaled(1923900, "tCO2") == "192.39 万tCO2"
    assert scaled(950, "tCO2", 0) == "950 tCO2"
    assert round_significant(1004651.1627, 4) == 1005000
    assert round_significant(0, 3) == 0


@given(st.floats(min_value=-1e15, max_value=1e15), st.integers(min_value=-3, max_value=6))
def test_rounding_moves_by_at_most_half_and_once_is_enough(x: float, digits: int) -> None:
    once = round_half_even(x, digits)
    assert abs(once - Decimal(repr(x))) * 2 <= Decimal(1).scaleb(-digits)
    assert round_half_even(once, digits) == once


@given(st.integers(min_value=-(10**18), max_value=10**18), st.integers(min_value=0, max_value=8))
def test_a_printed_figure_reads_back(x: int, digits: int) -> None:
    text = figure(Decimal(x).scaleb(-digits), digits, group=" ")
    assert Decimal(text.replace(" ", "").replace("−", "-")) == Decimal(x).scaleb(-digits)
