"""Capture: only what is stored with a named place is subtracted, from its own date, and it costs electricity."""

from typing import Any

import pytest

from tanping.assessment.performance import indicators_of
from tanping.assessment.result import Indicator, Inventory, Source
from tanping.factors.register import load_register

from .projects import AS_OF, COAL_PLANT, COAL_UNIT, counted, fuel, plain, without

GENERATED = 1_000_000 * 20 * 0.0265 * 0.99 * 44 / 12 + 100 * 42.652 * 0.0202 * 0.98 * 44 / 12 + 20_000 * 0.9 * 0.44
CAPTURE = {
    "id": "捕集",
    "start": "2027-01-01",
    "rate": "90 %",
    "share": "50 %",
    "destination": "stored",
    "site": "某盐穴",
    "electricity": "0.25 MWh/t",
    "transport": "1000 tCO2",
    "leak": "无",
}
STORED = 0.45 * GENERATED


def inventory(row: dict[str, Any], **more: Any) -> Inventory:
    return counted(plain(captures=[row], **more)).inventory(0)


def sources(row: dict[str, Any]) -> dict[str, Source]:
    return {source.id: source for source in inventory(row).sources}


def indicators(row: dict[str, Any]) -> dict[str, Indicator]:
    blocks = counted(plain(captures=[row]))
    return {one.id: one for one in indicators_of(blocks, load_register(), as_of=AS_OF)}


def test_stored_is_subtracted_once() -> None:
    shown = sources(CAPTURE)
    assert shown["captures.捕集"].design_year == pytest.approx(-STORED, rel=1e-12)
    assert shown["captures.捕集.losses"].design_year == 1000
    made, without_it = inventory(CAPTURE), counted(plain()).inventory(0)
    assert made.complete
    assert made.design_year_total == pytest.approx((without_it.design_year_total or 0) - STORED + 1000, rel=1e-12)
    assert made.lifetime_total == pytest.approx((made.design_year_total or 0) * 30, rel=1e-12)


def test_used_is_shown_and_not_subtracted() -> None:
    made = inventory({**CAPTURE, "destination": "used"})
    shown = next(source for source in made.sources if source.id == "captures.捕集")
    assert shown.memo
    assert shown.design_year == pytest.approx(STORED, rel=1e-12)
    assert made.design_year_total == counted(plain()).inventory(0).design_year_total


@pytest.mark.parametrize("column", ["destination", "site", "rate", "share", "start", "transport", "leak"])
def test_everything_must_be_told(column: str) -> None:
    made = inventory(without(CAPTURE, column))
    assert made.design_year_total is None
    assert made.missing


def test_capture_from_a_later_year() -> None:
    made = inventory({**CAPTURE, "start": "2035-07-01"})
    capture = next(source for source in made.sources if source.id == "captures.捕集")
    by_year = dict(zip(made.years, capture.annual or (), strict=True))
    assert by_year[2034] == 0
    assert by_year[2035] == pytest.approx(-STORED * 184 / 365, rel=1e-12)
    assert by_year[2036] == pytest.approx(-STORED, rel=1e-12)
    assert capture.design_year == 0
    assert made.design_year_total == counted(plain()).inventory(0).design_year_total


def test_capture_of_one_unit_takes_its_emission_alone() -> None:
    second = {**COAL_UNIT, "id": "2"}
    rows = [fuel(units="1"), fuel(id="煤2", units="2", amount="3000000 t"), COAL_PLANT["fuels"][1]]
    shown = inventory({**CAPTURE, "units": "1"}, units=[COAL_UNIT, second], fuels=rows).sources
    capture = next(source for source in shown if source.id == "captures.捕集")
    own = 1_923_900 + (GENERATED - 1_923_900) / 2
    assert capture.design_year == pytest.approx(-0.45 * own, rel=1e-12)


def test_output_loss_enters_the_intensity() -> None:
    shown = indicators(CAPTURE)
    supplied = 4_800_000 - 0.25 * STORED
    assert shown["supply_intensity"].value == pytest.approx((GENERATED - STORED + 1000) / supplied, rel=1e-12)
    assert indicators(without(CAPTURE, "electricity"))["supply_intensity"].value is None
    used = indicators({**CAPTURE, "destination": "used"})["supply_intensity"].value
    assert used == pytest.approx(GENERATED / supplied, rel=1e-12)


def test_table_of_projects_runs_capture_too() -> None:
    import numpy as np

    later = plain(captures=[{**CAPTURE, "start": "2035-07-01"}])
    blocks = counted(plain(), later)
    annual = np.concatenate([chunk for _, chunk in blocks.yearly(np.arange(2027, 2057))])
    for at in (0, 1):
        shown = [year.total for year in blocks.inventory(at).annual if year.year >= 2027]
        assert annual[at] == pytest.approx(shown, rel=1e-12)
