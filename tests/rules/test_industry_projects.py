"""Industry, energy and carbon packs on whole projects: a clean one gets conditions only, a single fault hits its clauses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from good_projects import CHAPTER, INDUSTRY_YES, PROJECT, REPLACED, UNITS

from tanping.records.expressions import Kind
from tanping.rules.clause import Severity
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import FactTable, Moment, PaperStatus, Value, load_catalogue, parse_value
from tanping.rules.finding import Met, met_at
from tanping.rules.pack import PACKS, PackSet, read_packs

NAMES = (
    "coal_power",
    "energy_limits",
    "efficiency_lines",
    "industrial_catalogue",
    "energy_review",
    "two_high",
    "capacity_replacement",
    "carbon_assessment",
    "carbon_market",
)
TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def packs() -> PackSet:
    return read_packs([PACKS / f"{name}.yaml" for name in NAMES])


def clean(sector: str, moment: Moment, later: PaperStatus) -> dict[str, Value]:
    """Answers of a compliant new unit: papers due by the moment held, later ones as given, nothing more than the line allows."""
    catalogue = load_catalogue()
    answers: dict[str, Value] = {}
    for fact in catalogue.values():
        if fact.kind is Kind.FLAG:
            answers[fact.name] = fact.name in INDUSTRY_YES or fact.name.startswith(CHAPTER)
        elif fact.kind is Kind.PAPER and fact.binds_at is not None:
            answers[fact.name] = later if fact.binds_at.is_after(moment) else PaperStatus.HELD
    told = {"sector": sector, "unit_nature": "new", "project_nature": "new", **PROJECT, **UNITS[sector]}
    answers |= {name: parse_value(catalogue[name], text) for name, text in told.items()}
    return answers | {"capacity_replacement_required": sector in REPLACED}


def screened(
    packs: PackSet,
    answers: dict[str, Value],
    moment: Moment = Moment.APPROVAL,
    as_of: date = TODAY,
) -> Screening:
    table = FactTable.of_project(load_catalogue(), {}, [("一号", answers)])
    return evaluate(packs, table, as_of=as_of, moment=moment)


def told(screening: Screening, met: Met, *, notices: bool = False) -> set[str]:
    """Ids of the clauses with this outcome; notices only when asked for."""
    return {
        outcome.clause.id
        for outcome in screening.outcomes
        if met_at(outcome, 0) is met and (notices or outcome.clause.severity is not Severity.NOTICE)
    }


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("sector", UNITS)
def test_clean_project_is_never_hit(packs: PackSet, sector: str, moment: Moment) -> None:
    screening = screened(packs, clean(sector, moment, PaperStatus.ABSENT), moment)
    assert told(screening, Met.HIT) == set()
    assert told(screening, Met.UNKNOWN) == set()
    assert screening.verdict() == "符合"
    assert int(screening.suspected[0]) == 0


@pytest.mark.parametrize("sector", UNITS)
def test_first_day_conditions_bind_later(packs: PackSet, sector: str) -> None:
    answers = clean(sector, Moment.APPROVAL, PaperStatus.IN_PROGRESS)
    conditions = told(screened(packs, answers), Met.CONDITIONAL)
    assert {"energy-review-31-3-before-start", "energy-review-31-21-acceptance"} <= conditions
    assert told(screened(packs, answers, Moment.DISCHARGE), Met.HIT) == conditions


@pytest.mark.parametrize("sector", UNITS)
def test_every_answer_on_the_line_still_passes_in_an_expansion(packs: PackSet, sector: str) -> None:
    answers = clean(sector, Moment.APPROVAL, PaperStatus.HELD)
    screening = screened(packs, answers | {"project_nature": "expansion"})
    assert told(screening, Met.HIT) == set()


FAULTS = [
    ("coal_power", {"net_coal_consumption_gce_per_kwh": Decimal("285.1")}, {"coal-upgrade-2021-net-coal-hard", "gb21258-2024-usc-1000-new"}),
    ("coal_power", {"power_plan_listing": PaperStatus.ABSENT}, {"project-approval-catalogue-2016-power"}),
    ("coal_power", {"energy_review_level": "city"}, {"energy-review-31-8-provincial", "energy-review-31-9-national", "js-two-high-2024-energy-review-5000"}),
    ("coal_power", {"construction_started": True, "energy_review": PaperStatus.IN_PROGRESS}, {"energy-review-31-3-started-without"}),
    ("coal_power", {"carbon_assessment_chapter": PaperStatus.ABSENT}, {"js-ghg-eia-364-trigger", "two-high-2021-45-7-carbon"}),
    ("coal_power", {"carbon_fuel_data_complete": False}, {"ghg-eia-346-source-data"}),
    ("coal_power", {"least_carbon_first_for_so2_pm": True}, {"ghg-eia-346-least-carbon-pm25"}),
    ("ironmaking", {"replacement_notice_date": date(2024, 8, 23)}, {"steel-replacement-2024-suspension"}),
    ("ironmaking", {"retired_ironmaking_capacity_t": Decimal(2999999)}, {"steel-replacement-2021-ratio-iron"}),
    ("ironmaking", {"blast_furnace_volume_m3": Decimal(1199)}, {"cat-2024-r-blast-furnace-1200"}),
    ("eaf_steel", {"melts_scrap_in_induction_furnace": True}, {"cat-2024-e-induction-furnace"}),
    ("clinker", {"clinker_energy_kgce_per_t": Decimal("100.1")}, {"eff-2023-723-clinker-new"}),
    ("clinker", {"retired_clinker_capacity_t": Decimal(2999999)}, {"cement-replacement-2024-ratio"}),
]  # fmt: skip


@pytest.mark.parametrize(("sector", "fault", "expected"), FAULTS)
def test_one_fault_hits_its_clauses_and_no_other(
    packs: PackSet, sector: str, fault: dict[str, Value], expected: set[str]
) -> None:
    answers = clean(sector, Moment.APPROVAL, PaperStatus.HELD)
    hits = told(screened(packs, answers | fault), Met.HIT)
    assert expected <= hits
    assert hits - expected <= {"coal-upgrade-2021-net-coal-preferred"}


def test_existing_and_technically_retrofitted_units_are_held_to_grade_three(packs: PackSet) -> None:
    """A 1000 MW unit at 280 gce/kWh: over grade 2 (276), within grade 3 (283)."""
    answers = clean("coal_power", Moment.APPROVAL, PaperStatus.HELD)
    answers["net_coal_consumption_gce_per_kwh"] = Decimal(280)
    limit = "gb21258-2024-usc-1000-new"
    for unit, project, held_to_two in [
        ("new", "technical_retrofit", True),
        ("renovated", "renovation", True),
        ("renovated", "technical_retrofit", False),
        ("existing", "expansion", False),
    ]:
        hits = told(screened(packs, answers | {"unit_nature": unit, "project_nature": project}), Met.HIT)
        assert (limit in hits) is held_to_two, (unit, project)


def test_law_of_the_day(packs: PackSet) -> None:
    """A plant accepted in December 2020 answers to the law of then: no carbon chapter, no Order 31, the old coal rate."""
    answers = clean("coal_power", Moment.APPROVAL, PaperStatus.HELD)
    answers["net_coal_consumption_gce_per_kwh"] = Decimal(283)
    then = screened(packs, answers, as_of=date(2020, 12, 10))
    keys = {outcome.clause.document.key for outcome in then.outcomes}
    assert {"order-44", "coal-action-2014", "catalogue-2019"} <= keys
    assert (
        not {"order-31", "order-2", "guide-346", "js-guide-364", "catalogue-2024", "coal-upgrade-2021", "gb21258-2024"}
        & keys
    )
    assert told(then, Met.HIT) == {"coal-action-2014-net-coal"}
    assert "coal-action-2014-net-coal" not in told(screened(packs, answers), Met.HIT, notices=True)


def test_plan_figures_are_background(packs: PackSet) -> None:
    plan = [clause for clause in packs.clauses if clause.document.key == "js-peak-plan-2021"]
    assert len(plan) == 2
    assert {clause.severity for clause in plan} == {Severity.NOTICE}
