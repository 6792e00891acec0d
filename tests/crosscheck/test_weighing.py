"""How explanations are weighed: densities by hand, parsimony, and when a cause is named."""

import math

import numpy as np
import pytest

from tanping.assessment.crosscheck import causes
from tanping.assessment.crosscheck.causes import _density, _parsimonious, _Tries, _unknown, _weigh
from tanping.assessment.crosscheck.mistakes.slip import slip
from tanping.assessment.crosscheck.printed import read_printed

PRINT = read_printed("200.0 万t", "tCO2")  # 1 999 500 to 2 000 500: half a thousandth wide


def tries(*rows: tuple[tuple[str, ...], float, float]) -> _Tries:
    made = tuple(tuple(slip(id, {at: 1.0}) for at, id in enumerate(ids)) for ids, _, _ in rows)
    return _Tries(made, np.array([value for _, value, _ in rows]), np.array([weight for _, _, weight in rows]))


def test_density_inside_beside_and_outside_by_hand():
    values = np.array([2_000_000.0, 2_000_400.0, 2_005_000.0, 2_100_000.0, -2_000_000.0, 0.0, np.nan, np.inf])
    near, inside = 0.15 / 0.01, 0.85 / (1000 / 2_000_000)
    assert _density(values, PRINT) == pytest.approx([near + inside, near + inside, near, 0, 0, 0, 0, 0])
    assert _density(values[:1], PRINT, inside=0.0) == pytest.approx([near])


def test_a_print_of_many_digits_is_worth_no_more_than_the_narrowest():
    exact = read_printed("2000000.000 t", "tCO2")
    assert _density(np.array([2e6]), exact)[0] == pytest.approx(0.15 / 0.01 + 0.85 / causes.NARROWEST)


def test_the_unknown_is_likelier_near_than_far():
    near, far = _unknown(2e6, 2.02e6), _unknown(2e6, 2e9)
    assert near == pytest.approx(1 / (math.pi * 0.15 * (1 + (math.log(1.01) / 0.15) ** 2)))
    assert far < near / 1000
    assert _unknown(-1.0, 1.0) == _unknown(0.0, 1.0) == 0.01


def test_one_fitting_cause_is_named_and_its_share_is_of_all_explanations():
    found = _weigh(2.1e6, PRINT, tries((("no_oxidation",), 2_000_100.0, 0.1), (("left_out",), 2_300_000.0, 0.4)))
    assert found.named
    (cause,) = found.causes
    mine = 0.1 * (15 + 1700)
    unknown = 0.25 * _unknown(2.1e6, 2e6)
    assert cause.share == pytest.approx(mine / (mine + unknown))
    assert cause.inside
    assert cause.ids == ("no_oxidation",)


def test_two_that_fit_alike_are_both_shown_and_none_named():
    found = _weigh(2.1e6, PRINT, tries((("no_oxidation",), 2_000_100.0, 0.1), (("mass_thousand",), 2_000_200.0, 0.09)))
    assert [cause.ids for cause in found.causes] == [("no_oxidation",), ("mass_thousand",)]
    assert not found.named


def test_a_rare_cause_that_only_comes_near_stays_unknown():
    found = _weigh(2.1e6, PRINT, tries((("no_oxidation",), 2_006_000.0, 0.001)))
    assert found.causes == ()
    # The same fit of a common mistake outweighs the unknown; by rounding on the way it is possible, not named.
    found = _weigh(2.1e6, PRINT, tries((("no_oxidation",), 2_006_000.0, 0.5)))
    assert [cause.inside for cause in found.causes] == [False]
    assert not found.named


def test_rounding_of_the_right_figure_is_an_explanation_too():
    lone = tries((("no_oxidation",), 2_000_000.0, 0.0006))
    assert _weigh(2.1e6, PRINT, lone).causes
    assert not _weigh(2_003_000.0, PRINT, lone).causes


def test_a_try_that_changes_nothing_explains_nothing():
    assert _weigh(2_000_700.0, PRINT, tries((("no_oxidation",), 2_000_700.0 * (1 + 1e-12), 0.9))).causes == ()


def test_no_tries_no_causes():
    assert _weigh(2.1e6, PRINT, tries()).causes == ()


def test_a_mistake_that_merely_rides_along_is_left_out():
    big, small = slip("no_oxidation", {1: 1.0}), slip("left_out", {2: 1.0})
    alone, pair = (((big,), 2e6, 0.1), 10.0), (((big, small), 2e6, 0.01), 1.0)
    assert _parsimonious([alone, pair]) == [alone]
    better = (((big, small), 2e6, 0.01), 20.0)
    assert _parsimonious([alone, better]) == [alone, better]
    other = (((slip("air_dry", {3: 1.0}), small), 2e6, 0.01), 1.0)
    assert _parsimonious([alone, other]) == [alone, other]


def test_causes_far_behind_the_best_are_not_listed():
    rows = [(("no_oxidation",), 2_000_000.0, 0.5), (("left_out",), 2_000_000.0, 0.005)]
    assert len(_weigh(2.1e6, PRINT, tries(*rows)).causes) == 1
    rows[1] = (("left_out",), 2_000_000.0, 0.02)
    assert len(_weigh(2.1e6, PRINT, tries(*rows)).causes) == 2
    many = [((id,), 2_000_000.0, 0.1) for id in list(causes.mistakes())[:9]]
    assert len(_weigh(2.1e6, PRINT, tries(*many)).causes) == causes.MOST


def test_a_try_weighs_what_its_mistake_does_by_its_share_and_evidence():
    weight = causes.mistakes()["no_oxidation"].weight
    assert slip("no_oxidation", {}).weight == weight
    assert slip("no_oxidation", {}, share=0.25).weight == weight / 4
    assert slip("no_oxidation", {}, share=0.25, evidence=3.0).weight == weight * 3 / 4
