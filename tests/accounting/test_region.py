"""Effect on city and area: only where their figures are told; classes with inclusive upper bounds from the register."""

import pytest

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.regional import effect_class
from tanping.assessment.accounting.tce import NO_EQUIVALENT
from tanping.assessment.performance import indicators_of
from tanping.assessment.result import Indicator
from tanping.factors.register import load_register

from .projects import AS_OF, counted, plain

DESIGN = counted(plain()).design_year()[0]
AREA = {
    "city_intensity": "1.2 tCO2/万元",
    "city_peak": "5000 万tCO2",
    "energy_increment": "400 万tce",
    "energy_total": "3000 万tce",
    "gross_product": "7000 亿元",
}


def shown(**changes: object) -> dict[str, Indicator]:
    data = plain(**{"project": {"value_added": "100 亿元"}, **changes})
    return {one.id: one for one in indicators_of(counted(data), load_register(), as_of=AS_OF)}


def test_city() -> None:
    made = shown(area=AREA)
    assert made["region_alpha"].value == pytest.approx((DESIGN / 1_000_000 / 1.2 - 1) * 100, rel=1e-12)
    assert made["region_beta"].value == pytest.approx(DESIGN / 50_000_000 * 100, rel=1e-12)


def test_energy() -> None:
    made = shown(area=AREA)
    # A power project has no 等价值: both effects go by its 当量值.
    used = 1_000_000 * 20 / 29.3076 + 100 * 1.4571 + (100_000 - 4_800_000) * 0.1229
    assert made["region_m"].value == pytest.approx(used / 4_000_000 * 100, rel=1e-9)
    n = ((30e6 + used) / (70e6 + 1e6) - 30 / 70) / (30 / 70) * 100
    assert made["region_n"].value == pytest.approx(n, rel=1e-9)
    assert made["region_m"].notes == made["region_n"].notes == (NO_EQUIVALENT,)
    assert made["region_alpha"].notes == ()


def test_an_area_that_uses_less_by_the_project_is_told_so() -> None:
    thrifty = {**AREA, "gross_product": "700 亿元"}
    assert "为负" in shown(area=thrifty, project={"value_added": "400 亿元"})["region_n"].name


def test_what_is_not_told_is_not_assessed() -> None:
    assert not any(one.startswith("region") for one in shown())
    made = shown(area={"city_peak": "5000 万tCO2"}, materials=[])
    assert made["region_beta"].value is None
    assert made["region_beta"].missing
    assert "region_alpha" not in made


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "影响较小"),
        (1.0001, "一定影响"),
        (3, "一定影响"),
        (10, "较大影响"),
        (20, "重大影响"),
        (20.1, "决定性影响"),
        (-4, "影响较小"),
    ],
)
def test_upper_bounds_belong_to_the_class(value: float, expected: str) -> None:
    assert effect_class(value, (1, 3, 10, 20)) == expected


def test_unknown_has_no_class() -> None:
    assert effect_class(float("nan"), (1, 3)) == "未评价"


def test_the_rules_get_m_and_n() -> None:
    facts = computed_facts(counted(plain(project={"value_added": "100 亿元"}, area=AREA), plain()))
    assert facts["energy_increment_share_pct"].values[0] == pytest.approx(shown(area=AREA)["region_m"].value, rel=1e-12)
    assert facts["energy_intensity_effect_pct"].values[0] == pytest.approx(shown(area=AREA)["region_n"].value, rel=1e-9)
    assert facts["energy_increment_share_pct"].values[1] != facts["energy_increment_share_pct"].values[1]
