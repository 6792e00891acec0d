"""What must hold for every place and layer, tried on many."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_layers import at, box

from tanping.assessment.spatial import overlay
from tanping.assessment.spatial.places import Spot
from tanping.assessment.spatial.plane import plane_at
from tanping.assessment.spatial.verdict import State

metres = st.integers(-3000, 3000)
sizes = st.integers(1, 1500)
slacks = st.sampled_from([0.5, 2.0, 10.0, 80.0])


@st.composite
def boxes(draw):
    west, south = draw(metres), draw(metres)
    return west, south, west + draw(sizes), south + draw(sizes)


def spot(shape, reach=0.0) -> Spot:
    return Spot("1", "plant", shape, reach, 0.0, True, "")


def laid(corners) -> overlay.Laid:
    return overlay.lay(spot(box(*corners)))


def features(*corners):
    shapes = np.empty(len(corners), dtype=object)
    shapes[:] = [box(*one) for one in corners]
    return shapes


def gap(a, b) -> float:
    """Signed: how far apart two boxes lie, or how deep the shallower overlap is (negative)."""
    x = max(a[0] - b[2], b[0] - a[2])
    y = max(a[1] - b[3], b[1] - a[3])
    return float(np.hypot(max(x, 0), max(y, 0))) if max(x, y) > 0 else float(max(x, y))


@settings(deadline=None, max_examples=60)
@given(boxes(), boxes(), slacks)
def test_far_is_no_deep_is_yes_near_is_neither(place, area, slack):
    state = overlay.meets(laid(place), features(area), slack).state
    apart = gap(place, area)
    if apart > slack + 0.5:
        assert state is State.NO
    elif abs(apart) < slack - 0.5 and apart > 0:
        assert state is State.EDGE
    elif apart < -slack - 0.5 and min(area[2] - area[0], area[3] - area[1]) > 2 * slack + 1:
        assert state is State.YES
    if apart > 0:
        assert state is not State.YES


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes(), slacks)
def test_a_wider_slack_never_turns_no_into_yes_or_back(place, area, slack):
    fine = overlay.meets(laid(place), features(area), slack).state
    coarse = overlay.meets(laid(place), features(area), slack * 3).state
    assert coarse in (fine, State.EDGE)


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes(), boxes(), slacks)
def test_more_features_never_take_a_hit_away(place, area, other, slack):
    alone = overlay.meets(laid(place), features(area), slack).state
    both = overlay.meets(laid(place), features(area, other), slack).state
    if alone is State.YES:
        assert both is State.YES
    if alone is State.EDGE:
        assert both in (State.EDGE, State.YES)


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes(), slacks)
def test_wholly_inside_means_met(place, area, slack):
    inside = overlay.within(laid(place), features(area), slack)
    if inside.state is State.YES:
        met = overlay.meets(laid(place), features(area), slack)
        assert met.state in (State.YES, State.EDGE)
        assert met.share == pytest.approx(1, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes())
def test_overlap_is_that_of_plain_boxes(place, area):
    found = overlay.meets(laid(place), features(area), 0.5)
    width = max(0, min(place[2], area[2]) - max(place[0], area[0]))
    height = max(0, min(place[3], area[3]) - max(place[1], area[1]))
    assert found.area == pytest.approx(width * height, rel=1e-4, abs=2)


@settings(deadline=None, max_examples=40)
@given(boxes(), boxes())
def test_distance_is_that_of_plain_boxes(place, area):
    found = overlay.distance(laid(place), features(area), 0.5)
    assert found.distance == pytest.approx(max(gap(place, area), 0), rel=1e-3, abs=0.5)


@pytest.mark.parametrize(
    ("longitude", "meridian"), [(118.4, 117), (118.6, 120), (120.5, 120), (121.6, 123), (75.1, 75), (134.9, 135)]
)
def test_the_zone_is_that_of_the_nearest_meridian(longitude, meridian):
    assert plane_at(longitude).meridian == meridian


def test_a_distance_is_the_same_in_every_zone():
    """The plane stretches away from its meridian; the ellipsoid does not."""
    a, b = shapely.Point(at(0, 0)), shapely.Point(at(8000, 6000))
    lengths = []
    for meridian in (117, 120, 123):
        plane = plane_at(float(meridian))
        lengths.append(plane.metres_between(*plane.lay(np.array([a, b], dtype=object))))
    assert lengths == pytest.approx([lengths[1]] * 3, abs=1e-3)
    assert lengths[0] == pytest.approx(10_000, rel=1e-4)
