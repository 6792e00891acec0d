"""Layers shared by the tests of this folder: made once, never changed."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from made_layers import add, at, box, line

from tanping.assessment.spatial.register import Layers

AS_OF = date(2026, 5, 1)


@pytest.fixture(scope="session")
def layers(tmp_path_factory) -> Layers:
    """A shelf with one layer of most kinds; metres about the middle."""
    shelf = Layers.open(tmp_path_factory.mktemp("layers"))
    add(
        shelf,
        "ecological_redline",
        box(0, 0, 1000, 1000),
        box(5000, 0, 6000, 1000),
        columns={"mc": ["甲", "乙"]},
        name_field="mc",
    )
    add(
        shelf, "drinking_water", box(0, 5000, 1000, 6000), box(-500, 4500, 1500, 6500), box(-2000, 3000, 3000, 8000),
        columns={"jb": ["一级", "二级", "准保护区"]}, zone_field="jb",
    )  # fmt: skip
    add(shelf, "nature_reserve", box(0, 0, 100, 100), zone="实验区")
    add(shelf, "compliant_park", box(-10_000, -10_000, 0, 0), box(0, -10_000, 10_000, 0))
    add(shelf, "chp_300mw", shapely.Point(at(-15_100, -3000)), shapely.Point(at(-2000, -3000)))
    add(shelf, "yangtze_main", box(-50_000, 20_000, 50_000, 21_000))
    add(shelf, "coastline", line((12_000, -60_000), (12_000, 60_000)))
    add(shelf, "coastal_setback", line((11_000, -60_000), (11_000, 60_000)))
    add(shelf, "natural_shoreline", line((9000, -60_000), (9000, 60_000)))
    return Layers.open(shelf.folder)
