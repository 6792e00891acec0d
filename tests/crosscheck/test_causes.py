"""The right mistake is found first, a wrong one is hardly ever named; measured on figures made by hand."""

from functools import cache

import pytest
from sample_works import checked

from tanping.assessment.result import CrossCheck

from .errors import Wrong, errors, foreign


@cache
def rows() -> tuple[tuple[Wrong, CrossCheck], ...]:
    return tuple((one, check(one)) for one in errors())


def check(one: Wrong) -> CrossCheck:
    data = {**one.data, "declared": [{"id": "1", "figure": one.figure, "value": one.printed}]}
    (row,) = (made for made in checked(data) if made.kind == "figure")
    return row


@cache
def ids() -> dict[str, str]:
    from tanping.assessment.crosscheck.mistakes.slip import mistakes

    return {id: mistake.label.split("{detail}")[0] for id, mistake in mistakes().items()}


def first(row: CrossCheck, expected: frozenset[str]) -> bool:
    """Whether the first cause is made of exactly the expected mistakes."""
    if not row.causes:
        return False
    parts = row.causes[0].split("，且")
    return len(parts) == len(expected) and all(any(part.startswith(ids()[id]) for part in parts) for id in expected)


def test_the_recomputed_figure_is_the_right_one():
    for one, row in rows():
        assert row.recomputed == pytest.approx(one.right, rel=1e-9), one.name


def test_sixty_errors_single_and_double():
    assert len(rows()) == 60
    assert sum(len(one.expected) == 2 for one, _ in rows()) >= 15


def test_the_right_cause_stands_first():
    found = sum(first(row, one.expected) for one, row in rows())
    assert found >= 0.80 * len(rows())


def test_a_wrong_cause_is_hardly_ever_named():
    wrong = [one.name for one, row in rows() if row.named and not first(row, one.expected)]
    assert len(wrong) <= 0.05 * len(rows()), wrong


def test_a_figure_wrong_for_another_reason_is_left_unknown():
    made = [(one, check(one)) for one in foreign()]
    named = [(one.name, row.causes[0]) for one, row in made if row.named]
    assert len(named) <= 0.05 * len(made), named
