"""The data itself: every value of the source tables is here, every record is complete."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tanping.factors.record import FuelFactor, Origin, Status

EXPECTED = list(csv.DictReader((Path(__file__).parent / "data" / "expected_values.csv").open(encoding="utf-8")))
TABLES = sorted({row["table"] for row in EXPECTED})


@pytest.fixture(scope="module")
def found(register):
    return {(record.key, record.variant, str(record.data_year or "")): record for record in register}


@pytest.mark.parametrize("table", TABLES)
def test_every_source_value_is_reproduced(found, table):
    wrong = []
    for row in (row for row in EXPECTED if row["table"] == table):
        record = found[row["key"], row["variant"], row["data_year"]]
        value = getattr(record, row["field"])
        unit = {
            "value": record.unit,
            "carbon_content": "tC/GJ",
            "oxidation": "1",
        }.get(row["field"]) or getattr(record, f"{row['field']}_unit")
        if (value, unit, record.region) != (Decimal(row["value"]), row["unit"], row["region"]):
            wrong.append((row, value, unit))
        if (record.basis, record.status) != (row["basis"], row["status"]):
            wrong.append((row, record.basis, record.status))
    assert not wrong


def test_the_source_tables_are_all_covered():
    assert len({(row["key"], row["variant"], row["data_year"]) for row in EXPECTED}) == 867
    assert len(TABLES) == 9


def test_values_keep_the_digits_printed(found):
    assert str(found["grid.huadong.average", "average", "2023"].value) == "0.5500"
    assert str(found["process.guide_2013_power.desulphurisation.caco3_content", "default", ""].value) == "0.90"


def test_every_record_is_complete(register):
    for record in register:
        assert record.document, record.key
        assert record.unit, record.key
        assert record.name, record.key
        assert record.data_year or record.valid_from or record.valid_to, record.key
        assert record.review_by > date(2013, 1, 1), record.key
        assert record.recorded <= date(2026, 12, 31), record.key
        assert record.where.line


def test_a_record_without_a_known_publication_says_why_it_is_kept(register):
    unknown = [record for record in register if record.published_on is None]
    assert unknown
    assert all(record.note for record in unknown)


def test_every_conflict_has_a_decision_and_at_least_two_sides(register):
    for name, conflict in register.conflicts.items():
        sides = [record for record in register if record.conflict == name]
        assert len(sides) >= 2, name
        assert conflict.decision
        assert any(record.preferred for record in sides), name


def test_wrong_and_withdrawn_values_are_left_out(register):
    """National 0.5839 and the benchmarks of the July 2024 draft circulate; windows lost a decimal point."""
    values = {record.value for record in register}
    for text in ("0.5839", "0.7861", "0.7984", "0.8082", "1225", "1295"):
        assert Decimal(text) not in values
    assert not any(record.number == 0.5777 and record.variant == "average" for record in register)


def test_provinces_of_2023_lie_where_the_review_expects_them(register):
    values = [
        record.number
        for record in register.of("grid.average")
        if record.data_year == 2023 and record.level == "province"
    ]
    assert len(values) == 30
    assert (min(values), max(values)) == (0.1333, 0.6796)


def test_gas_default_of_the_ets_coal_rule_is_about_a_sixth_too_high_on_purpose(register):
    (default,) = [one for one in register.of("fuel.power_guide_2022.coal_default") if one.variant == "from_2022"]
    assert isinstance(default, FuelFactor)
    assert default.carbon_content == Decimal("0.03085")
    assert not register.range("power.carbon_per_heat.hard_coal").holds(0.03085)


def test_assumptions_are_labelled(register):
    for key in ("construction.decommission.share_of_construction", "convention.lifetime.ramp"):
        assert all(record.origin is Origin.ASSUMPTION for record in register.of(key))


def test_drafts_and_replaced_records_are_there_to_be_shown(register):
    statuses = [record.status for record in register]
    assert statuses.count(Status.DRAFT) == 20
    assert statuses.count(Status.SUPERSEDED) >= 25


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("power.net_coal_rate", 285, 200),
        ("power.supply_intensity.coal", 0.80, 0.5),
        ("steel.process.bof", -0.05, -0.06),
        ("cement.clinker_ratio", 0.97, 0.98),
        ("energy.grid_factor", 0.133, 0.05),
        ("region.alpha", 1e6, -101),
    ],
)
def test_plausibility_ranges(register, key, inside, outside):
    found = register.range(key)
    assert found.holds(inside)
    assert not found.holds(outside)
    assert not found.holds(float("nan"))
    assert found.document
    assert found.words()
