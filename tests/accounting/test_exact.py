"""Column sums keep the rounding errors: they agree with fsum and don't care about order."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.assessment.accounting.exact import ColumnSum, exact_sum

NUMBERS = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=30)


@given(NUMBERS)
def test_grouped_sum_is_fsum(values: list[float]) -> None:
    sums = ColumnSum((3,))
    sums.add_grouped(np.array(values), np.full(len(values), 1, dtype=np.int64))
    assert sums.total[1] == pytest.approx(math.fsum(values), rel=1e-15, abs=1e-9)
    assert sums.total[0] == 0
    assert sums.total[2] == 0


def test_what_plain_addition_loses_is_kept() -> None:
    sums = ColumnSum((2,))
    for value in (1e16, 1.0, 1.0, -1e16):
        sums.add(np.array([value, 0.5]))
    assert sums.total.tolist() == [2.0, 2.0]


def test_groups_of_different_length() -> None:
    sums = ColumnSum((4,))
    sums.add_grouped(np.array([1.0, 2, 3, 4, 5, 6]), np.array([0, 0, 0, 2, 3, 3]))
    assert sums.total.tolist() == [6, 0, 4, 11]


def test_unknown_spreads_to_its_group_alone() -> None:
    sums = ColumnSum((2,))
    sums.add_grouped(np.array([1.0, math.nan, 5.0]), np.array([0, 0, 1]))
    assert math.isnan(sums.total[0])
    assert sums.total[1] == 5


def test_exact_sum() -> None:
    assert exact_sum([0.1] * 10) == 1.0
    assert math.isnan(exact_sum([1.0, math.nan]))
    assert exact_sum([]) == 0.0
