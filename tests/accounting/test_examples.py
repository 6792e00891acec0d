"""The real projects among the examples count, close and raise no doubt; what is not public is an assumption and says so."""

import math
from pathlib import Path

import pytest

from tanping.assessment.accounting.inventory import InventoryBlocks, account
from tanping.assessment.accounting.processes import process_boundary
from tanping.assessment.performance import indicators_of
from tanping.assessment.plausibility import doubts
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import load_project
from tanping.assessment.statements import statements_of
from tanping.factors.register import load_register
from tanping.rules.facts import load_catalogue

from .projects import AS_OF

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def counted(name: str) -> InventoryBlocks:
    return account(columns_of([load_project(EXAMPLES / name)]), load_register(), as_of=AS_OF)


def figure(blocks: InventoryBlocks, name: str) -> float:
    shown = {one.id: one.value for one in indicators_of(blocks, load_register(), as_of=AS_OF)}
    value = shown[name]
    return math.nan if value is None else value


@pytest.mark.parametrize("name", ["sheyanggang.yaml", "yimen.yaml", "zhanjiang.yaml"])
def test_a_real_project_is_complete_and_raises_no_doubt(name: str) -> None:
    blocks = counted(name)
    inventory = blocks.inventory(0)
    assert inventory.complete, inventory.missing
    assert inventory.lifetime_total is not None
    assert doubts(blocks) == ()
    assert math.fsum(year.total for year in inventory.annual) == pytest.approx(inventory.lifetime_total, rel=1e-9)
    assert statements_of(load_project(EXAMPLES / name))


def test_statements_print_choices_and_not_their_codes() -> None:
    project = load_project(EXAMPLES / "sheyanggang.yaml")
    said = {statement.label: statement.text for statement in statements_of(project)}
    for name in ("catalog_class", "energy_review_level", "drinking_water_zone"):
        fact = load_catalogue()[name]
        assert said[fact.label] in fact.choices.values(), fact.label


def test_sheyanggang() -> None:
    blocks = counted("sheyanggang.yaml")
    burnt = 3_308_000 * 22 * 0.0262 * 0.99 * 44 / 12 + 600 * 42.652 * 0.0202 * 0.98 * 44 / 12
    assert blocks.design_year()[0] == pytest.approx(burnt + 72_000 * 0.9 * 0.44 + 12_000 * 0.5827, rel=1e-12)
    assert figure(blocks, "supply_intensity") == pytest.approx((burnt + 28_512) / (2000 * 4950 * 0.958), rel=1e-12)


def test_the_blank_copy_gives_no_total() -> None:
    inventory = counted("sheyanggang-unpublished-blank.yaml").inventory(0)
    assert inventory.design_year_total is None
    assert inventory.lifetime_total is None
    assert len(inventory.missing) >= 5


def test_yimen() -> None:
    blocks = counted("yimen.yaml")
    fuel = 167_000 * 23 * 0.0261 * 0.98 * 44 / 12
    assert blocks.design_year()[0] == pytest.approx(1_200_000 * 0.535 + fuel + 26_000 * 0.1333, rel=1e-12)
    assert figure(blocks, "clinker_ratio") == 0.75
    assert blocks.inventory(0).net_change is None
    assert blocks.inventory(0).net_change_missing


def test_zhanjiang_closes() -> None:
    blocks = counted("zhanjiang.yaml")
    direct = figure(blocks, "works_direct")
    boundary = process_boundary(blocks.books, 0, direct)
    assert boundary.works is not None
    assert boundary.works.explained == ()
    assert abs(boundary.works.residual or 0) < 1e-9 * direct
    assert all(gas.share == pytest.approx(0, abs=1e-9) for gas in boundary.gases)
    assert 1.6 < figure(blocks, "per_crude_steel") < 2.5
    assert figure(blocks, "process.焦化") == pytest.approx(0.37, abs=0.02)
    assert all(not process.doubt for process in boundary.processes)
