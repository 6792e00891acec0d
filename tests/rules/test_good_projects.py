"""Whole works against the whole law: complete and compliant, every unit of its own, at every moment of its life."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from good_projects import (
    ACCESS_CHOICES,
    ACCESS_NUMBERS,
    ACCESS_YES,
    CHAPTER,
    INDUSTRY_YES,
    PROJECT,
    UNITS,
)

import tanping
from tanping.assessment.assess import screened
from tanping.assessment.project.intake import load_project
from tanping.records.expressions import Kind
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import FactTable, Moment, PaperStatus, Value, load_catalogue, parse_value
from tanping.rules.finding import Finding, Met, met_at
from tanping.rules.pack import load_packs

THEN, NOW = date(2020, 12, 10), date(2026, 11, 1)
WORKS = {
    "coal_power": ("盐城", "射阳", ("coal_power", "coal_power")),
    "steel": ("南通", "海门", ("sintering", "coking", "ironmaking", "bof_steel", "rolling")),
    "cement": ("连云港", "灌云", ("clinker", "cement_grinding")),
}
LATE = [PaperStatus.ABSENT, PaperStatus.IN_PROGRESS]


def works(kind: str, moment: Moment, later: PaperStatus) -> FactTable:
    """A works that complies: every fact of the catalogue told, papers due by the moment held, later ones as given."""
    catalogue = load_catalogue()
    city, county, sectors = WORKS[kind]
    answers: dict[str, Value] = {}
    for fact in catalogue.values():
        if fact.kind is Kind.FLAG:
            answers[fact.name] = fact.name in ACCESS_YES | INDUSTRY_YES or fact.name.startswith(CHAPTER)
        elif fact.kind is Kind.PAPER and fact.binds_at is not None:
            answers[fact.name] = later if fact.binds_at.is_after(moment) else PaperStatus.HELD
    told = {**ACCESS_NUMBERS, **ACCESS_CHOICES, **PROJECT, "city": city, "county": county, "project_nature": "new"}
    answers |= {name: parse_value(catalogue[name], text) for name, text in told.items()}
    answers["capacity_replacement_required"] = kind != "coal_power"
    units = [(f"{at}号", _unit(sector)) for at, sector in enumerate(sectors, start=1)]
    return FactTable.of_project(catalogue, answers, units)


def _unit(sector: str) -> dict[str, Value]:
    catalogue = load_catalogue()
    own = {name: parse_value(catalogue[name], text) for name, text in UNITS[sector].items()}
    return {"sector": sector, "unit_nature": "new", **own}


def met(screening: Screening, wanted: Met) -> set[str]:
    """Ids of the clauses with this outcome for some unit; notices don't count."""
    rows = range(screening.table.rows)
    return {
        outcome.clause.id
        for outcome in screening.outcomes
        if outcome.clause.severity.level and any(met_at(outcome, row) is wanted for row in rows)
    }


@pytest.mark.parametrize("later", LATE)
@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("kind", WORKS)
def test_a_compliant_works_is_never_hit_and_gets_conditions(kind: str, moment: Moment, later: PaperStatus) -> None:
    screening = evaluate(load_packs(), works(kind, moment, later), as_of=NOW, moment=moment)
    assert met(screening, Met.HIT) == set()
    assert met(screening, Met.UNKNOWN) == set()
    assert screening.verdict() == "符合"
    assert int(screening.suspected[0]) == 0
    conditions = met(screening, Met.CONDITIONAL)
    assert bool(conditions) is (moment is not Moment.DISCHARGE)
    assert ("code-174-discharge-permit" in conditions) is (moment is not Moment.DISCHARGE)
    assert ("energy-review-31-3-before-start" in conditions) is (moment in (Moment.ACCEPTANCE, Moment.APPROVAL))


@pytest.mark.parametrize("kind", WORKS)
def test_the_same_works_is_stopped_once_its_papers_are_due(kind: str) -> None:
    at_first = evaluate(load_packs(), works(kind, Moment.ACCEPTANCE, PaperStatus.ABSENT), as_of=NOW, moment="受理")
    at_last = evaluate(load_packs(), works(kind, Moment.ACCEPTANCE, PaperStatus.ABSENT), as_of=NOW, moment="排污")
    assert met(at_last, Met.HIT) == met(at_first, Met.CONDITIONAL)
    assert at_last.verdict() == "禁止"


# ---------------------------------------------------------------------------------------------- one project, two dates


@cache
def sheyanggang(day: date) -> dict[str, Finding]:
    example = Path(tanping.__file__).with_name("examples") / "sheyanggang.yaml"
    return {item.clause: item for item in screened(load_project(example), as_of=day).screening.findings}


def test_a_project_on_two_dates_differs_by_the_law_between_and_nothing_else() -> None:
    then, now = sheyanggang(THEN), sheyanggang(NOW)
    law = load_packs()
    for clause in then.keys() & now.keys():
        assert then[clause] == now[clause]
    for clause in map(law.clause, now.keys() - then.keys()):
        assert clause.effective_from is not None
        assert THEN < clause.effective_from <= NOW
    for clause in map(law.clause, then.keys() - now.keys()):
        assert clause.effective_to is not None
        assert THEN <= clause.effective_to < NOW
    later = {law.clause(clause).document.key for clause in now.keys() - then.keys()}
    assert {"code-2026", "order-31", "guide-346", "catalogue-2024", "gb21258-2024"} <= later
    assert len(then.keys() & now.keys()) > 30
