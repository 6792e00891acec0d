from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.rules.kleene import Kleene, plane_bytes, unpacked

TRUTHS = (True, False, None)
columns = st.lists(st.sampled_from(TRUTHS), min_size=1, max_size=70)


def column(values: list[bool | None]) -> Kleene:
    known = np.array([value is not None for value in values])
    return Kleene.of(np.array([bool(value) for value in values]), known)


def listed(truth: Kleene, rows: int) -> list[bool | None]:
    return [truth.at(row) for row in range(rows)]


def conjunction(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return True if a and b else None


def disjunction(a: bool | None, b: bool | None) -> bool | None:
    if a is True or b is True:
        return True
    return False if a is False and b is False else None


@pytest.mark.parametrize(("a", "b"), list(itertools.product(TRUTHS, TRUTHS)))
def test_tables_of_strong_kleene(a: bool | None, b: bool | None) -> None:
    assert (column([a]) & column([b])).at(0) is conjunction(a, b)
    assert (column([a]) | column([b])).at(0) is disjunction(a, b)
    assert (~column([a])).at(0) is (None if a is None else not a)


@settings(deadline=None)
@given(columns)
def test_a_column_gives_back_what_went_in(values: list[bool | None]) -> None:
    truth = column(values)
    assert listed(truth, len(values)) == values
    codes = {True: 1, False: 0, None: -1}
    assert truth.codes(len(values)).tolist() == [codes[value] for value in values]
    assert unpacked(truth.true, len(values)).tolist() == [value is True for value in values]
    assert unpacked(truth.possible, len(values)).tolist() == [value is not False for value in values]
    assert truth.planes.shape == (2, plane_bytes(len(values)))


@settings(deadline=None)
@given(columns, st.data())
def test_laws(values: list[bool | None], data: st.DataObject) -> None:
    rows = len(values)
    more = st.lists(st.sampled_from(TRUTHS), min_size=rows, max_size=rows)
    a, b, c = column(values), column(data.draw(more)), column(data.draw(more))

    def same(one: Kleene, other: Kleene) -> bool:
        return listed(one, rows) == listed(other, rows)

    assert same(a & b, b & a)
    assert same(a | b, b | a)
    assert same((a & b) & c, a & (b & c))
    assert same((a | b) | c, a | (b | c))
    assert same(a & (b | c), (a & b) | (a & c))
    assert same(a | (b & c), (a | b) & (a | c))
    assert same(~(a & b), ~a | ~b)
    assert same(~~a, a)
    assert same(a & a, a)
    assert same(a & Kleene.constant(True, rows), a)
    assert same(a | Kleene.constant(False, rows), a)


@settings(deadline=None)
@given(columns, st.data())
def test_more_knowledge_never_takes_back_what_was_settled(values: list[bool | None], data: st.DataObject) -> None:
    blanked = [None if data.draw(st.booleans()) else value for value in values]
    other = [data.draw(st.sampled_from(TRUTHS)) for _ in values]
    for operation in (Kleene.__and__, Kleene.__or__):
        before = listed(operation(column(blanked), column(other)), len(values))
        after = listed(operation(column(values), column(other)), len(values))
        assert all(old is None or old is new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("value", TRUTHS)
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 64])
def test_constants(value: bool | None, rows: int) -> None:
    assert listed(Kleene.constant(value, rows), rows) == [value] * rows
    assert Kleene.constant(value, rows).planes.shape == (2, (rows + 7) // 8)


def test_a_column_refuses_to_be_a_bool() -> None:
    truth = column([True])
    with pytest.raises(TypeError):
        bool(truth)
    with pytest.raises(TypeError):
        truth and truth  # noqa: B018


def test_without_a_mask_everything_is_known() -> None:
    assert listed(Kleene.of(np.array([True, False])), 2) == [True, False]


def test_planes_and_masks_build_the_same_column() -> None:
    true, known = np.array([True, False, False]), np.array([True, True, False])
    from_planes = Kleene.of_planes(np.packbits(true), np.packbits(known))
    from_masks = Kleene.of_masks(true, true | ~known)
    assert listed(from_planes, 3) == listed(from_masks, 3) == [True, False, None]


def test_joined_columns_follow_each_other() -> None:
    first, second = column([True, None, False, True, None, False, True, True]), column([None, False])
    assert listed(Kleene.joined([first, second]), 10) == [*listed(first, 8), None, False]
    assert Kleene.joined([second]) is second


def test_operands_stay_as_they_were() -> None:
    a, b = column([True, None]), column([None, False])
    for made in (a & b, a | b, ~a):
        assert made is not a
    assert listed(a, 2) == [True, None]
    assert listed(b, 2) == [None, False]
