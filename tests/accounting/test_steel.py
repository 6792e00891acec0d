"""Steel at the works boundary: the worked example end to end, sold gas, fixed carbon, methods side by side."""

from datetime import date
from typing import Any

import pytest

from tanping.assessment.accounting.alternatives import side_by_side
from tanping.assessment.performance import indicators_of
from tanping.assessment.result import Inventory
from tanping.factors.register import load_register

from .projects import AS_OF, STEEL_WORKS, altered, counted


def inventory(**changes: Any) -> Inventory:
    return counted(altered(STEEL_WORKS, **changes)).inventory(0)


def test_works_total_of_the_worked_example() -> None:
    made = inventory()
    assert made.complete
    assert made.design_year_total == pytest.approx(1301066.2674666667, rel=1e-12)
    removed = [source for source in made.sources if source.category == "removal"]
    assert sum(source.design_year or 0 for source in removed) == pytest.approx(-25589, rel=1e-12)
    assert removed[0].expression == "−(500 000 t × 0.037 tCO2/t) = -18 500 tCO2"


def test_indicators() -> None:
    shown = {one.id: one for one in indicators_of(counted(STEEL_WORKS), load_register(), as_of=AS_OF)}
    assert shown["works_direct"].value == pytest.approx(1242506.2674666667, rel=1e-12)
    assert shown["per_crude_steel"].value == pytest.approx(1301066.2674666667 / 500_000, rel=1e-12)
    references = {one.value: one.data_year for one in shown["per_crude_steel"].references}
    assert references[2.33] == "2022"
    earlier = indicators_of(counted(STEEL_WORKS, as_of=date(2021, 12, 31)), load_register(), as_of=date(2021, 12, 31))
    beside = next(one for one in earlier if one.id == "per_crude_steel").references
    assert all(int(one.data_year or 0) <= 2021 for one in beside)
    assert "per_product.粗钢" not in shown


def test_sold_gas_is_subtracted_with_its_own_carbon() -> None:
    gas = {"id": "外供煤气", "fuel": "高炉煤气", "role": "sold", "amount": "1000 万Nm3"}
    made = inventory(fuels=[*STEEL_WORKS["fuels"], gas])
    sold = next(source for source in made.sources if source.id == "fuels.外供煤气")
    assert sold.design_year == pytest.approx(-1000 * 8.481132, rel=1e-12)
    assert made.design_year_total == pytest.approx(1301066.2674666667 - 8481.132, rel=1e-12)


def test_sold_electricity_is_netted() -> None:
    rows = [*STEEL_WORKS["energy"], {"id": "外供电", "kind": "sold_electricity", "amount": "20000 MWh"}]
    made = inventory(energy=rows)
    assert made.design_year_total == pytest.approx(1301066.2674666667 - 20_000 * 0.5827, rel=1e-12)


@pytest.mark.parametrize("role", ["flux", "fixed_carbon"])
def test_what_is_not_told_is_missing(role: str) -> None:
    rows = [row for row in STEEL_WORKS["materials"] if row["role"] != role]
    made = inventory(materials=rows)
    assert made.design_year_total is None
    assert made.missing


def test_each_method_keeps_to_its_own_values() -> None:
    blocks = counted(STEEL_WORKS)
    shown = {one.method: one for one in side_by_side(blocks, load_register(), as_of=AS_OF)}
    assert shown["ets-2024"].chosen
    assert shown["ets-2024"].design_year_total == pytest.approx(1301066.2674666667, rel=1e-12)
    # The 2013 guide has no fixed carbon for tar and benzol: not borrowed from another method.
    assert shown["guide-2013"].design_year_total is None
    assert any("焦油" in line for line in shown["guide-2013"].missing)
    rows = [row for row in STEEL_WORKS["materials"] if row["id"] not in ("焦油", "粗苯")]
    older = counted(altered(STEEL_WORKS, project={"method": "guide-2013"}, materials=rows)).inventory(0)
    fuel = 400_000 * 28.447 * 0.0294 * 0.93 * 44 / 12
    expected = fuel + 65_683 - 500_000 * 0.0154 + 53_060 + 5_500
    assert older.design_year_total == pytest.approx(expected, rel=1e-12)


def test_tar_leaves_once() -> None:
    tar = {"id": "外售焦油", "fuel": "煤焦油", "role": "sold", "amount": "2000 t"}
    made = inventory(fuels=[*STEEL_WORKS["fuels"], tar])
    warned = [line for line in made.warnings if "每吨只能扣一次" in line]
    assert len(warned) == 1
    assert warned[0].startswith("焦油")
    for fuels in (
        [{**tar, "amount": "无"}],
        [{**tar, "fuel": "高炉煤气", "amount": "1 万Nm3"}],
        [{**tar, "role": "main"}],
    ):
        lines = inventory(fuels=[*STEEL_WORKS["fuels"], *fuels]).warnings
        assert not any("每吨只能扣一次" in line for line in lines), fuels
    beside = altered(STEEL_WORKS, materials=[row for row in STEEL_WORKS["materials"] if row["id"] != "焦油"])
    sells = altered(beside, fuels=[*STEEL_WORKS["fuels"], tar])
    both = counted(STEEL_WORKS, sells)
    assert not any("每吨只能扣一次" in line for at in (0, 1) for line in both.inventory(at).warnings)


@pytest.mark.parametrize("word", ["生石灰", "冶金石灰"])
def test_burnt_lime_is_not_taken_for_limestone(word: str) -> None:
    lime = {"id": "石灰", "role": "flux", "material": word, "amount": "1000 t"}
    made = inventory(materials=[*STEEL_WORKS["materials"], lime])
    assert made.design_year_total is None
    (line,) = made.missing
    assert "用量填“无”" in line
    assert "您是否想写" not in line
    assert inventory(materials=[*STEEL_WORKS["materials"], {**lime, "amount": "无"}]).complete
    stone = {**lime, "material": "石灰石块"}
    assert any("您是否想写" in line for line in inventory(materials=[*STEEL_WORKS["materials"], stone]).missing)
