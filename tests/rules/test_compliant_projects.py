"""A clean project on its first day gets conditions, never prohibitions: the coast, ecology, air and procedure packs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from good_projects import ACCESS_CHOICES, ACCESS_NUMBERS, ACCESS_YES, REPLACED, SITES

from tanping.records.expressions import Kind
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import SCOPE, FactTable, Moment, PaperStatus, Value, load_catalogue
from tanping.rules.finding import Met, met_at
from tanping.rules.pack import PACKS, PackSet, read_packs

NAMES = (
    "coast",
    "yangtze",
    "ecology",
    "zoning",
    "water",
    "eia_principles",
    "air",
    "code",
    "layout",
    "repealed_laws",
)


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return read_packs([PACKS / f"{name}.yaml" for name in NAMES])


def screened(packs: PackSet, sector: str, moment: Moment, later: PaperStatus, as_of: date) -> Screening:
    """Screen a compliant project whose papers due by 审批 are held and whose later papers stand as given."""
    city, county = SITES[sector]
    answers: dict[str, Value] = {
        "sector": sector,
        "unit_nature": "new",
        "project_nature": "new",
        "province": "江苏",
        "city": city,
        "county": county,
    }
    catalogue = load_catalogue()
    for name in {name for clause in packs.clauses for name in clause.facts} - set(SCOPE):
        fact = catalogue[name]
        if fact.kind is Kind.FLAG:
            answers[name] = name in ACCESS_YES
        elif fact.kind is Kind.PAPER:
            due_later = fact.binds_at is not None and fact.binds_at.is_after(Moment.APPROVAL)
            answers[name] = later if due_later else PaperStatus.HELD
        elif fact.kind is Kind.NUMBER:
            answers[name] = Decimal(ACCESS_NUMBERS[name])
        elif fact.kind is Kind.CHOICE:
            answers[name] = ACCESS_CHOICES[name]
    answers["capacity_replacement_required"] = sector in REPLACED
    table = FactTable.of_project(catalogue, {}, [("一号", answers)])
    return evaluate(packs, table, as_of=as_of, moment=moment)


def told(screening: Screening, met: Met) -> set[str]:
    return {outcome.clause.id for outcome in screening.outcomes if met_at(outcome, 0) is met}


@pytest.mark.parametrize("as_of", [date(2020, 12, 10), date(2024, 7, 10), date(2026, 8, 14), date(2026, 11, 1)])
@pytest.mark.parametrize("sector", SITES)
def test_first_day_brings_conditions_and_no_hit(packs: PackSet, sector: str, as_of: date) -> None:
    screening = screened(packs, sector, Moment.APPROVAL, PaperStatus.ABSENT, as_of)
    assert told(screening, Met.HIT) == set()
    assert told(screening, Met.UNKNOWN) == set()
    assert screening.verdict(0) == "符合"


@pytest.mark.parametrize("sector", SITES)
def test_conditions_of_the_first_day_bind_when_they_fall_due(packs: PackSet, sector: str) -> None:
    as_of = date(2026, 11, 1)
    conditions = told(screened(packs, sector, Moment.APPROVAL, PaperStatus.ABSENT, as_of), Met.CONDITIONAL)
    late = screened(packs, sector, Moment.DISCHARGE, PaperStatus.ABSENT, as_of)
    assert {"code-174-discharge-permit", "code-1009-energy-review", "code-348-sea-outfall-filing"} <= conditions
    assert told(late, Met.HIT) == conditions
    assert late.verdict(0) == "禁止"


@pytest.mark.parametrize("sector", SITES)
def test_everything_obtained_leaves_nothing_open(packs: PackSet, sector: str) -> None:
    screening = screened(packs, sector, Moment.DISCHARGE, PaperStatus.HELD, date(2026, 11, 1))
    assert told(screening, Met.HIT) | told(screening, Met.CONDITIONAL) | told(screening, Met.UNKNOWN) == set()


def test_building_before_approval_is_a_hit_from_the_first_day(packs: PackSet) -> None:
    catalogue = load_catalogue()
    answers: dict[str, Value] = {"construction_started": True, "eia_approval": PaperStatus.IN_PROGRESS}
    scope: dict[str, Value] = {"sector": "coal_power", "unit_nature": "new", "province": "江苏", "city": "盐城"}
    table = FactTable.of_project(catalogue, {}, [("一号", {**scope, **answers})])
    for as_of, clause in [
        (date(2026, 8, 14), "eia-law-25-before-start"),
        (date(2026, 8, 15), "code-83-eia-before-start"),
    ]:
        screening = evaluate(packs, table, as_of=as_of, moment=Moment.ACCEPTANCE)
        assert clause in told(screening, Met.HIT)


def test_the_code_takes_over_on_the_day(packs: PackSet) -> None:
    """No repealed law after 14 August 2026, no article of the Code before it."""

    def documents(as_of: date) -> set[str]:
        screening = screened(packs, "coal_power", Moment.APPROVAL, PaperStatus.HELD, as_of)
        return {outcome.clause.document.key for outcome in screening.outcomes}

    before, after = documents(date(2026, 8, 14)), documents(date(2026, 8, 15))
    assert "eia-law" in before
    assert "code-2026" not in before
    assert "code-2026" in after
    assert not {"eia-law", "env-law", "marine-law", "air-law", "water-law", "soil-law", "solid-law"} & after
