"""Steel by process: processes add up to the works, gases close or say by how much, flared gas earns no credit."""

from typing import Any

import numpy as np
import pytest

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.processes import CLOSED, INCOMPLETE, QUERY, ProcessBoundary, process_boundary
from tanping.assessment.performance import indicators_of
from tanping.factors.register import load_register

from .projects import AS_OF, STEEL_WORKS, altered, counted, without

Row = tuple[str, str, str, str, str]

# unit, direction, kind, item, amount: every internal flow is used in full.
CLOSED_WORKS: list[Row] = [
    ("焦化", "in", "fuel", "焦炭原料煤", "550000 t"),
    ("焦化", "out", "fuel", "焦炭", "400000 t"),
    ("焦化", "out", "fuel", "焦炉煤气", "16000 1e4Nm3"),
    ("焦化", "out", "product", "焦油", "15000 t"),
    ("高炉", "in", "fuel", "焦炭", "400000 t"),
    ("高炉", "in", "fuel", "无烟煤", "150000 t"),
    ("高炉", "in", "material", "石灰石", "100000 t"),
    ("高炉", "out", "product", "生铁", "1000000 t"),
    ("高炉", "out", "fuel", "高炉煤气", "150000 1e4Nm3"),
    ("高炉", "in", "fuel", "高炉煤气", "60000 1e4Nm3"),
    ("转炉", "in", "product", "生铁", "1000000 t"),
    ("转炉", "in", "material", "废钢", "150000 t"),
    ("转炉", "out", "product", "粗钢", "1080000 t"),
    ("转炉", "out", "fuel", "转炉煤气", "11000 1e4Nm3"),
    ("轧钢", "in", "fuel", "焦炉煤气", "16000 1e4Nm3"),
    ("", "power", "fuel", "高炉煤气", "90000 1e4Nm3"),
    ("", "power", "fuel", "转炉煤气", "11000 1e4Nm3"),
]
COKING_COAL = {"ncv": "26.344 GJ/t", "carbon_per_heat": "0.0254 tC/GJ", "oxidation": "0.98"}


def project(rows: list[Row]) -> dict[str, Any]:
    flows = []
    for at, (unit, direction, kind, item, amount) in enumerate(rows):
        row = {
            "id": str(at),
            "unit": unit or None,
            "direction": direction,
            "kind": kind,
            "item": item,
            "amount": amount,
        }
        flows.append({**row, **COKING_COAL} if item == "焦炭原料煤" else row)
    fuels = [
        {"id": "洗精煤", "fuel": "焦炭原料煤", "role": "reductant", "amount": "550000 t", **COKING_COAL},
        {"id": "无烟煤", "fuel": "无烟煤", "role": "reductant", "amount": "150000 t", "ncv": "22.867 GJ/t"},
    ]
    materials = [
        {"id": "石灰石", "role": "flux", "material": "石灰石", "amount": "100000 t"},
        {"id": "废钢", "role": "carbon_material", "material": "废钢", "amount": "150000 t"},
        {"id": "粗钢", "role": "fixed_carbon", "material": "粗钢", "amount": "1080000 t"},
        {"id": "焦油", "role": "fixed_carbon", "material": "焦油", "amount": "15000 t"},
    ]
    return altered(STEEL_WORKS, flows=flows, fuels=fuels, materials=materials)


def boundary(rows: list[Row]) -> ProcessBoundary:
    blocks = counted(project(rows))
    shown = {one.id: one for one in indicators_of(blocks, load_register(), as_of=AS_OF)}
    direct = shown["works_direct"].value
    assert {f"process.{unit}" for unit, *_ in rows if unit} <= shown.keys()
    return process_boundary(blocks.books, 0, float("nan") if direct is None else direct)


def changed(item: str, direction: str, amount: str, *more: Row) -> list[Row]:
    rows = [(*row[:4], amount) if row[3] == item and row[1] == direction else row for row in CLOSED_WORKS]
    return [*rows, *more]


def test_processes_add_up_to_the_works() -> None:
    made = boundary(CLOSED_WORKS)
    assert made.works is not None
    gross = sum(abs(value) for one in made.processes for value in (one.in_fuel or 0, one.out_fuel or 0))
    assert abs(made.works.residual or 0) <= 1e-9 * gross
    assert made.works.explained == ()
    assert [one.unit for one in made.processes] == ["焦化", "高炉", "转炉", "轧钢", "自备电厂"]
    assert all(one.missing == () for one in made.processes)
    assert [gas.verdict for gas in made.gases] == [CLOSED] * 3


def test_a_process_by_hand() -> None:
    converter = next(one for one in boundary(CLOSED_WORKS).processes if one.unit == "转炉")
    expected = 1_000_000 * 0.172 + 150_000 * 0.037 - 1_080_000 * 0.037 - 11_000 * 15.124032
    assert converter.emission == pytest.approx(expected, rel=1e-12)
    assert converter.product == "粗钢"
    assert converter.intensity == pytest.approx(expected / 1_080_000, rel=1e-12)
    assert converter.expression.endswith(" tCO2")


def test_flared_gas_earns_its_maker_no_credit() -> None:
    rows = changed("高炉煤气", "power", "80000 1e4Nm3", ("", "flared", "fuel", "高炉煤气", "10000 1e4Nm3"))
    flared, closed = boundary(rows), boundary(CLOSED_WORKS)
    emission = {one.unit: one.emission or 0 for one in flared.processes}
    before = {one.unit: one.emission or 0 for one in closed.processes}
    worth = 10_000 * 8.481132
    assert emission["高炉"] - before["高炉"] == pytest.approx(worth, rel=1e-9)
    assert emission["自备电厂"] - before["自备电厂"] == pytest.approx(-worth, rel=1e-9)
    assert flared.works is not None
    assert flared.works.residual == pytest.approx(0, abs=1e-3)
    assert flared.gases[0].flared == 10_000


def test_several_makers_bear_the_flare_by_what_they_made() -> None:
    rows = [row for row in CLOSED_WORKS if not (row[3] == "高炉煤气" and row[1] == "out")]
    rows += [
        ("高炉", "out", "fuel", "高炉煤气", "100000 1e4Nm3"),
        ("高炉2", "out", "fuel", "高炉煤气", "60000 1e4Nm3"),
        ("", "flared", "fuel", "高炉煤气", "10000 1e4Nm3"),
    ]
    second = next(one for one in boundary(rows).processes if one.unit == "高炉2")
    assert second.out_fuel == pytest.approx((60_000 - 10_000 * 60 / 160) * 8.481132, rel=1e-9)


@pytest.mark.parametrize(
    ("amount", "verdict"), [("88000 1e4Nm3", CLOSED), ("86000 1e4Nm3", QUERY), ("80000 1e4Nm3", INCOMPLETE)]
)
def test_gas_that_does_not_close_says_by_how_much(amount: str, verdict: str) -> None:
    made = boundary(changed("高炉煤气", "power", amount))
    gas = made.gases[0]
    used = float(amount.split()[0])
    assert gas.residual == pytest.approx(90_000 - used)
    assert gas.share == pytest.approx((90_000 - used) / 150_000 * 100)
    assert gas.verdict == verdict
    assert made.works is not None
    ((what, value),) = made.works.explained
    assert "高炉煤气" in what
    assert value == pytest.approx(-(90_000 - used) * 8.481132, rel=1e-9)
    assert made.works.unexplained == pytest.approx(0, abs=1e-3)


def test_stock_of_an_internal_flow_is_a_flow_of_its_own() -> None:
    rows = changed("焦炭", "in", "380000 t", ("", "holder", "fuel", "焦炭", "20000 t"))
    made = boundary(rows)
    assert made.works is not None
    ((what, value),) = made.works.explained
    assert "库存" in what
    assert value == pytest.approx(-20_000 * 3.0060306686666667, rel=1e-9)
    assert made.works.unexplained == pytest.approx(0, abs=1e-3)


def test_coke_bought_beside_one_s_own_is_no_gap() -> None:
    rows = changed("焦炭", "in", "450000 t")
    data = project(rows)
    data["fuels"].append({"id": "外购焦", "fuel": "焦炭", "role": "reductant", "amount": "50000 t"})
    blocks = counted(data)
    shown = {one.id: one.value for one in indicators_of(blocks, load_register(), as_of=AS_OF)}
    works = process_boundary(blocks.books, 0, shown["works_direct"] or 0).works
    assert works is not None
    assert works.explained == ()
    assert works.residual == pytest.approx(0, abs=1e-3)


def test_more_gas_used_than_made_is_a_gap() -> None:
    made = boundary(changed("高炉煤气", "power", "92000 1e4Nm3"))
    assert made.gases[0].residual == -2000
    assert made.works is not None
    ((_, value),) = made.works.explained
    assert value == pytest.approx(2000 * 8.481132, rel=1e-9)


def test_coke_is_the_product_of_a_coking_plant() -> None:
    data = project(CLOSED_WORKS)
    data["units"].append({**data["units"][0], "id": "焦化", "kind": "焦化"})
    coking = process_boundary(counted(data).books, 0, 0.0).processes[0]
    assert (coking.product, coking.product_amount, coking.kind) == ("焦炭", 400_000, "coking")
    unnamed = boundary(CLOSED_WORKS).processes[0]
    assert unnamed.product == "焦油"


def test_product_table_stands_in_for_a_process_without_product_flow() -> None:
    data = project(CLOSED_WORKS)
    data["units"].append({**data["units"][0], "id": "轧钢", "kind": "钢压延"})
    data["products"].append({"id": "钢材", "units": "轧钢", "product": "钢材", "amount": "1000000 t"})
    rolling = next(one for one in process_boundary(counted(data).books, 0, 0.0).processes if one.unit == "轧钢")
    assert rolling.intensity == pytest.approx((rolling.emission or 0) / 1_000_000, rel=1e-12)


def test_an_amount_nobody_told_is_unknown() -> None:
    made = boundary(changed("高炉煤气", "in", "不清楚"))
    furnace = next(one for one in made.processes if one.unit == "高炉")
    assert furnace.emission is None
    assert any("年量" in line for line in furnace.missing)
    assert made.works is not None
    assert made.works.residual is None
    assert made.gases[0].verdict == "资料不足"


def test_a_flow_of_no_direction_leaves_its_process_unknown() -> None:
    unsure = project([*CLOSED_WORKS, ("高炉", "in", "fuel", "高炉煤气", "1000 1e4Nm3")])
    del unsure["flows"][-1]["direction"]
    blocks = counted(unsure)
    boundary = process_boundary(blocks.books, 0, 1e6)
    furnace = next(one for one in boundary.processes if one.unit == "高炉")
    assert furnace.emission is None
    assert any("去向未填" in line for line in furnace.missing)
    assert any(one.label.startswith("去向未填 高炉煤气") for one in furnace.inputs)
    assert boundary.gases[0].verdict == "资料不足"
    assert boundary.works is not None
    assert boundary.works.residual is None


def test_a_flow_nobody_named_goes_by_its_number() -> None:
    unnamed = project([*CLOSED_WORKS, ("高炉", "in", "material", "x", "1000 t")])
    row = unnamed["flows"][-1]
    row |= {"factor": "0.4 tCO2/t"}
    del row["item"]
    made = process_boundary(counted(unnamed).books, 0, 1e6)
    assert any(link.source == f"外购{row['id']}" for link in made.flows)


def test_processes_and_gases_are_doubted_where_they_are_odd() -> None:
    lines = counted(project(changed("高炉煤气", "power", "70000 1e4Nm3"))).inventory(0).warnings
    assert any("高炉煤气平衡" in line and "5%" in line for line in lines)
    assert not any("平衡" in line for line in counted(project(CLOSED_WORKS)).inventory(0).warnings)


def test_carbon_picture_carries_what_the_processes_do() -> None:
    made = boundary(CLOSED_WORKS)
    into = sum(flow.value for flow in made.flows if flow.target == "高炉")
    out = sum(flow.value for flow in made.flows if flow.source == "高炉")
    assert into == pytest.approx(out, rel=1e-9)


def test_carbon_picture_tells_gas_from_what_is_charged() -> None:
    made = boundary(CLOSED_WORKS).flows
    kinds = {item: {flow.kind for flow in made if flow.item == item} for item in {flow.item for flow in made}}
    expected = {
        "gas": ("焦炉煤气", "高炉煤气", "转炉煤气"),
        "fuel": ("焦炭原料煤", "焦炭", "无烟煤"),
        "material": ("石灰石", "废钢"),
        "product": ("焦油", "生铁", "粗钢"),
        "air": ("CO2",),
    }
    assert kinds == {item: {kind} for kind, items in expected.items() for item in items}
    outside = {flow.source for flow in made if flow.source.startswith("外购")}
    assert outside == {"外购焦炭原料煤", "外购无烟煤", "外购石灰石", "外购废钢"}
    assert all(flow.value > 0 for flow in made)
    coke = [flow for flow in made if flow.item == "焦炭"]
    assert [(flow.source, flow.target) for flow in coke] == [("焦化", "焦炭"), ("焦炭", "高炉")]


def test_a_project_without_flows_has_no_process_view() -> None:
    made = process_boundary(counted(STEEL_WORKS).books, 0, 1.0)
    assert made.processes == ()
    assert made.works is None


def test_energy_of_a_process_takes_its_flows() -> None:
    data = project(CLOSED_WORKS)
    data["units"] = [
        {"id": "转炉", "kind": "转炉炼钢", "nature": "新增", "commissioned": "2027-01-01", "life": "30 a"},
        {"id": "轧钢", "kind": "钢压延", "nature": "新增", "commissioned": "2027-01-01", "life": "30 a"},
    ]
    data["energy"].append({"id": "转炉电", "units": "转炉", "kind": "own_electricity", "amount": "40000 MWh"})
    data["products"] = [{"id": "钢水", "units": "转炉", "product": "粗钢", "amount": "1080000 t"}]
    facts = computed_facts(counted(data))
    expected = (-11_000 * 84 / 29.3076 + 40_000 * 0.1229) / 1_080_000 * 1000
    values = facts["bof_process_energy_kgce_per_t"].values
    assert values[0] == pytest.approx(expected, rel=1e-12)
    assert values[0] < 0
    assert np.isnan(values[1])


def test_a_process_that_makes_more_carbon_than_it_gets_is_doubted() -> None:
    # Coke that holds more carbon than the coal it is made of, and gas burnt in the ovens.
    rows = changed("焦炭", "out", "520000 t", ("焦化", "in", "fuel", "焦炉煤气", "4000 1e4Nm3"))
    made = boundary(rows)
    (coking,) = (one for one in made.processes if one.unit == "焦化")
    assert coking.emission is not None
    fed = 550_000 * 26.344 * 0.0254 * 0.98 * 44 / 12
    burnt = 4000 * 173.854 * 0.0121 * 0.99 * 44 / 12
    assert coking.emission < burnt
    assert f"{(burnt - coking.emission) / fed:.1%}" in coking.doubt
    warnings = counted(project(rows)).inventory(0).warnings
    assert any("焦化" in line and "产出含碳多于投入" in line for line in warnings)
    assert all(not one.doubt for one in boundary(CLOSED_WORKS).processes if one.unit == "轧钢")


def test_the_inputs_of_a_process_are_those_of_its_flows() -> None:
    made = boundary(CLOSED_WORKS)
    for one in made.processes:
        assert one.inputs
        assert all(item.value is not None for item in one.inputs)
    (furnace,) = (one for one in made.processes if one.unit == "高炉")
    labels = [item.label for item in furnace.inputs]
    assert any(label.startswith("输入 焦炭") for label in labels)
    assert any(label.startswith("输出 高炉煤气") for label in labels)


def test_energy_of_a_process_sums_its_own_rows_and_nothing_else() -> None:
    data = project(
        [
            *CLOSED_WORKS,
            ("转炉", "in", "fuel", "焦炉煤气", "1000 1e4Nm3"),
            ("转炉", "in", "fuel", "天然气", "0 1e4Nm3"),
            ("转炉", "flared", "fuel", "转炉煤气", "500 1e4Nm3"),
            ("别处", "in", "fuel", "焦炉煤气", "7000 1e4Nm3"),
        ]
    )
    data["units"] = [
        {"id": "转炉", "kind": "转炉炼钢", "nature": "新增", "commissioned": "2027-01-01", "life": "30 a"},
        {"id": "高炉", "kind": "炼铁", "nature": "新增", "commissioned": "2027-01-01", "life": "30 a"},
    ]
    data["energy"] += [
        {"id": "转炉电", "units": "转炉", "kind": "own_electricity", "amount": "40000 MWh"},
        {"id": "转炉网电", "units": "转炉", "kind": "purchased_electricity", "amount": "5000 MWh"},
        {"id": "外送", "units": "转炉", "kind": "sold_electricity", "amount": "9000 MWh"},
        {"id": "共用", "units": "转炉、高炉", "kind": "own_electricity", "amount": "80000 MWh"},
        {"id": "汽", "units": "转炉", "kind": "purchased_heat", "amount": "3000 GJ"},
    ]
    data["products"] = [
        {"id": "甲", "units": "转炉", "product": "粗钢", "amount": "1000000 t"},
        {"id": "乙", "units": "转炉", "product": "粗钢", "amount": "80000 t"},
    ]
    first, second = computed_facts(counted(data))["bof_process_energy_kgce_per_t"].values[:2]
    fuel = (1_000 * 173.854 - 11_000 * 84) / 29.3076
    tce = fuel + 45_000 * 0.1229 + 3_000 * 0.03412
    assert first == pytest.approx(tce / 1_080_000 * 1000, rel=1e-12)
    assert np.isnan(second)
    for unsaid in ("direction", "kind"):  # it may be a fuel, and it may come in or go out
        doubted = {**data, "flows": [*data["flows"][:-4], without(data["flows"][-4], unsaid)]}
        assert np.isnan(computed_facts(counted(doubted))["bof_process_energy_kgce_per_t"].values[0])
    together = computed_facts(counted(STEEL_WORKS, data))["bof_process_energy_kgce_per_t"].values
    assert first in together.tolist()
