from __future__ import annotations

import operator
from datetime import date
from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_law import Packer, clause_text

from tanping.records.expressions import Arithmetic, Literal, Name
from tanping.records.regions import Place
from tanping.rules import block
from tanping.rules.block import Places
from tanping.rules.facts import Catalogue, FactTable, Moment
from tanping.rules.program import compared_rounded, evaluator, folded, late_papers, significant

TWELVE = Context(prec=12)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("1e-9"), max_value=Decimal("1e15"), allow_nan=False).map(TWELVE.create_decimal))
def test_a_number_of_twelve_digits_stays_as_it_is(number: Decimal) -> None:
    assert significant(float(number)) == float(number)
    assert significant(-float(number)) == -float(number)


@settings(deadline=None)
@given(st.floats(min_value=1e-300, max_value=1e300))
def test_rounding_is_that_of_the_decimal_text(number: float) -> None:
    rounded = float(significant(number))
    assert abs(rounded - number) <= abs(number) * 6e-12
    assert rounded == float(f"{rounded:.12g}")


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (0.1 + 0.2, 0.3),
        (1.1 * 3, 3.3),
        (123456789012.4, 123456789012.0),
        (123456789012.6, 123456789013.0),
        (1234567890126.0, 1234567890130.0),
        (999999999999.7, 1e12),
        (0.0, 0.0),
        (1e22, 1e22),
        (1e23, 1e23),
        (1.0000000000001e-30, 1e-30),
        (1.2345678901234e-12, 1.23456789012e-12),
        (1.2345678901234e40, 1.23456789012e40),
        (5e-324, 5e-324),
        (10.0, 10.0),
        (9.9999999999999, 10.0),
        (float("inf"), float("inf")),
    ],
)
def test_rounding_to_twelve_digits(number: float, rounded: float) -> None:
    assert significant(number) == rounded
    assert significant(-number) == -rounded


def test_the_unknown_stays_unknown_and_rows_stay_apart() -> None:
    rounded = significant(np.array([0.1 + 0.2, np.nan, 1e-300, 5.0]))
    assert np.isnan(rounded[1])
    assert rounded[[0, 2, 3]].tolist() == [0.3, 1e-300, 5.0]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0.1 + 0.2, 0.3, 0.30000000001, 3.3, 1.1 * 3, 2.0, 0.0, -0.3, float("nan")]), min_size=1)
)
def test_comparing_rounded_is_comparing_what_was_rounded(numbers: list[float]) -> None:
    left, right = np.array(numbers), np.array(numbers[::-1])
    for compare in (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge):
        expected = compare(significant(left), significant(right))
        assert compared_rounded(compare, left, right).tolist() == expected.tolist()
        against_one = compare(significant(left), significant(0.3))
        assert compared_rounded(compare, left, 0.3).tolist() == against_one.tolist()


def test_comparing_does_not_touch_the_columns() -> None:
    left, right = np.array([0.1 + 0.2]), np.array([0.3])
    assert compared_rounded(operator.eq, left, right).tolist() == [True]
    assert left.tolist() == [0.1 + 0.2]


def test_constants_are_worked_out_exactly() -> None:
    tenth, fifth = Literal(Decimal("0.1")), Literal(Decimal("0.2"))
    assert folded(Arithmetic("+", tenth, fifth)) == Literal(Decimal("0.3"))
    assert folded(Arithmetic("-", tenth, fifth)) == Literal(Decimal("-0.1"))
    assert folded(Arithmetic("*", tenth, Arithmetic("+", tenth, fifth))) == Literal(Decimal("0.03"))
    kept = Arithmetic("*", Name("rate"), Arithmetic("+", tenth, fifth))
    assert folded(kept) == Arithmetic("*", Name("rate"), Literal(Decimal("0.3")))
    assert folded(Name("rate")) == Name("rate")


def test_only_terms_have_values() -> None:
    with pytest.raises(TypeError):
        evaluator(Literal(True))
    assert evaluator(Literal(date(1, 1, 2)))(None) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (Moment.ACCEPTANCE, {"review", "quota", "permit"}),
        (Moment.APPROVAL, {"review", "permit"}),
        (Moment.START, {"permit"}),
        (Moment.DISCHARGE, set()),
    ],
)
def test_papers_due_later_are_late(pack_of: Packer, catalogue: Catalogue, moment: Moment, late: set[str]) -> None:
    clause = pack_of(clause_text(condition="coastal and not review and not quota and not permit")).clause("c")
    assert late_papers(clause, catalogue, moment) == late


def places(catalogue: Catalogue) -> Places:
    columns = {
        "province": np.array(["江苏", "江苏", None, "江苏", "浙江", "江苏"], dtype=object),
        "city": np.array(["盐城", "苏州", None, "盐城", None, "盐城"], dtype=object),
        "county": np.array(["射阳", None, None, "射阳", None, None], dtype=object),
    }
    return Places(FactTable.of_columns(catalogue, columns), date(2026, 11, 1))


@pytest.mark.parametrize("dense", [1 << 22, 0])
def test_each_distinct_place_is_looked_up_once(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(block, "_DENSE", dense)
    found = places(catalogue)
    assert [found.places[at] for at in found.index] == [
        Place("江苏", "盐城", "射阳"),
        Place("江苏", "苏州", None),
        Place(None, None, None),
        Place("江苏", "盐城", "射阳"),
        Place("浙江", None, None),
        Place("江苏", "盐城", None),
    ]
    assert len(found.places) == 5
    inside, possible = found.truth("江苏沿海三市")
    assert inside[found.index].tolist() == [True, False, False, True, False, True]
    assert possible[found.index].tolist() == [True, False, True, True, False, True]
    assert found.truth("江苏沿海三市") is found.truth("江苏沿海三市")
