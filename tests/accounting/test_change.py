"""Net change, final emission and the three accounts."""

import math
from typing import Any

import pytest

from tanping.assessment.change import Accounts, accounts_of, net_changes

from .projects import counted, plain

DESIGN = counted(plain()).design_year()[0]
EXISTING = {
    "id": "现有",
    "account": "existing",
    "party": "本厂",
    "before": "300 万tCO2",
    "after": "290 万tCO2",
    "base_year": "2024",
}
OFFSET = {
    "id": "关停",
    "account": "offset",
    "party": "本厂3号",
    "before": "50 万tCO2",
    "after": "无",
    "base_year": "2024",
}
REPLACED = {
    "id": "置换",
    "account": "replaced",
    "party": "甲厂",
    "before": "80 万tCO2",
    "after": "无",
    "base_year": "2024",
    "verified_report": "2024年核查报告",
}
REGIONAL = {"id": "区域", "account": "regional", "party": "乙厂", "before": "10 万tCO2", "after": "12 万tCO2"}


def accounts(nature: str, *rows: dict[str, Any], **more: Any) -> Accounts:
    return accounts_of(counted(plain(project={"nature": nature}, changes=list(rows), **more)), 0)


def test_a_new_project_without_other_parties() -> None:
    made = accounts("新建")
    assert made.net == DESIGN
    assert made.final == DESIGN
    assert made.missing == ()


def test_every_account_with_its_sign() -> None:
    made = accounts("扩建", EXISTING, OFFSET, REPLACED, REGIONAL)
    assert made.net == pytest.approx(DESIGN - 100_000 - 500_000 - 800_000 + 20_000, rel=1e-12)
    assert made.final == pytest.approx(3_500_000 + DESIGN - 600_000, rel=1e-12)
    assert made.existing == 3_500_000
    assert made.offset == 600_000
    assert made.replaced == 800_000
    assert made.regional == -20_000
    assert made.net_expression.endswith(" tCO2")
    assert "3 000 000 tCO2" in made.net_expression


@pytest.mark.parametrize("nature", ["扩建", "改建", "技术改造", "异地迁建"])
def test_altering_needs_the_existing_works(nature: str) -> None:
    made = accounts(nature, REPLACED)
    assert made.net is None
    assert made.final is None
    assert any("现有工程" in line for line in made.missing)
    assert math.isnan(net_changes(counted(plain(project={"nature": nature}, changes=[REPLACED])))[0])


@pytest.mark.parametrize("column", ["before", "after"])
@pytest.mark.parametrize("row", [EXISTING, OFFSET, REPLACED, REGIONAL])
def test_a_blank_is_not_zero(row: dict[str, Any], column: str) -> None:
    rows = [EXISTING] if row is not EXISTING else []
    made = accounts("扩建", *rows, {**row, column: "不清楚"})
    assert made.net is None
    assert made.missing


def test_an_incomplete_inventory_has_no_net_change() -> None:
    made = accounts("新建", REPLACED, materials=[])
    assert made.net is None
    assert any("清单不完整" in line for line in made.missing)


def test_works_under_construction_enter_the_final_emission() -> None:
    building = {"id": "在建", "account": "under_construction", "party": "本厂", "before": "7 万tCO2"}
    made = accounts("新建", building)
    assert made.final == pytest.approx(DESIGN + 70_000, rel=1e-12)
    assert made.net == DESIGN


def test_one_line_in_two_columns_is_pointed_out() -> None:
    made = accounts("扩建", EXISTING, OFFSET, {**REPLACED, "party": "本厂3号"})
    assert any("只能列入一处" in line for line in made.warnings)


def test_replaced_works_need_a_base_period_and_a_report() -> None:
    made = accounts("新建", {"id": "x", "account": "replaced", "party": "甲厂", "before": "999 万tCO2", "after": "无"})
    assert any("基准期" in line for line in made.warnings)
    assert any("核查报告" in line for line in made.warnings)
    assert any("2 倍" in line for line in made.warnings)


def test_table_of_projects_and_inventory_agree() -> None:
    data = [
        plain(),
        plain(project={"nature": "扩建"}, changes=[EXISTING, OFFSET, REPLACED, REGIONAL]),
        plain(project={"nature": "扩建"}, changes=[REPLACED]),
        plain(changes=[REPLACED, {**REPLACED, "id": "2", "before": "1 万tCO2"}]),
    ]
    blocks = counted(*data)
    for at, value in enumerate(net_changes(blocks)):
        shown = blocks.inventory(at).net_change
        assert (shown is None and math.isnan(value)) or shown == pytest.approx(value, rel=1e-12)
        assert shown == accounts_of(blocks, at).net


@pytest.mark.parametrize(("share", "doubted"), [(1.9, False), (2.1, True)])
def test_replaced_emission_far_above_the_project_is_doubted(share: float, doubted: bool) -> None:
    row = {**REPLACED, "before": f"{DESIGN * share:.0f} tCO2"}
    assert any("2 倍" in line for line in accounts("新建", row).warnings) == doubted


def test_nothing_proposed_is_no_measure_of_the_replaced() -> None:
    nothing = {"amount": "无"}
    rows = {
        "fuels": [{"id": "煤", "role": "main", **nothing}, {"id": "油", "role": "start_up", **nothing}],
        "materials": [{"id": "石灰石", "role": "desulphurisation", **nothing}],
        "energy": [{"id": "电", "kind": "purchased_electricity", **nothing}],
    }
    made = accounts("新建", REPLACED, **rows)
    assert made.proposed == 0
    assert made.net == -800_000
    assert not any("2 倍" in line for line in made.warnings)
