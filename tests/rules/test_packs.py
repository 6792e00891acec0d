"""The packs that ship: every case, every check, and what a whole project meets."""

from __future__ import annotations

from datetime import date

import pytest

from tanping.assessment.accounting.books import COAL_POWER_KINDS, POWER_KINDS
from tanping.assessment.project.form import SECTOR_KINDS
from tanping.assessment.project.model import UNIT_KINDS
from tanping.records.expressions import Kind
from tanping.rules.cases import CaseResult, load_cases, run_cases
from tanping.rules.check import check_packs
from tanping.rules.clause import TOPICS
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import SCOPE, FactTable
from tanping.rules.finding import Applies, findings
from tanping.rules.missing import candidates, missing_facts
from tanping.rules.pack import load_packs

PACKS = load_packs()
CLAUSES = [clause.id for clause in PACKS.clauses]


@pytest.fixture(scope="module")
def results() -> dict[str, list[CaseResult]]:
    found: dict[str, list[CaseResult]] = {}
    for result in run_cases(PACKS, load_cases(PACKS.catalogue)):
        found.setdefault(result.case.clause, []).append(result)
    return found


@pytest.mark.parametrize("clause", CLAUSES)
def test_cases(clause: str, results: dict[str, list[CaseResult]]) -> None:
    assert clause in results, "no case"
    assert [str(result.problem) for result in results[clause] if not result.passed] == []


def test_every_condition_can_be_met_and_is_covered_by_cases() -> None:
    assert [str(problem) for problem in check_packs(PACKS, load_cases(PACKS.catalogue))] == []


SECTOR = PACKS.catalogue["sector"]


def test_no_scope_retypes_a_list_that_has_a_name() -> None:
    for clause in PACKS.clauses:
        words = clause.written["sectors"]
        assert isinstance(words, list)
        for name, group in SECTOR.groups.items():
            assert not set(group.members) <= {word for word in words if word in SECTOR.choices}, (clause.id, name)
        assert sum(len(SECTOR.members(word)) for word in words) == len(clause.sectors), (clause.id, "named twice")


def test_every_member_of_a_group_decides_a_case() -> None:
    """Leave a member out of its group, and some clause no longer means a unit its case says it means."""
    scopes = {clause.id: clause.written["sectors"] for clause in PACKS.clauses}
    decided = {
        (word, case.facts.get("sector"))
        for case in load_cases(PACKS.catalogue)
        if case.applies is not Applies.NO
        for word in scopes[case.clause]  # type: ignore[attr-defined]
    }
    wanted = {(name, member) for name, group in SECTOR.groups.items() for member in group.members}
    assert wanted - decided == set()


def test_the_groups_are_those_the_accounting_knows() -> None:
    members = {name: set(group.members) for name, group in SECTOR.groups.items()}
    assert members["thermal_power"] == POWER_KINDS
    assert members["coal_units"] == COAL_POWER_KINDS
    assert members["ferrous"] | {"coking", "captive_coal"} == SECTOR_KINDS["steel"]
    assert members["cement"] | {"captive_coal"} == SECTOR_KINDS["cement"]
    assert dict(SECTOR.choices).keys() == UNIT_KINDS.keys()


def test_every_fact_is_used_or_asked_with_words() -> None:
    for fact in PACKS.catalogue.values():
        assert fact.label
        assert fact.ask, fact.name
        assert fact.topic in TOPICS, fact.name


def test_no_clause_rests_on_an_unknown_severity_or_empty_citation() -> None:
    for clause in PACKS.clauses:
        assert clause.document.title
        assert clause.article
        assert clause.basis_note or clause.basis == "official", clause.id


def coal_power(**facts: object) -> FactTable:
    place = {"province": "江苏", "city": "盐城", "county": "射阳", "project_nature": "expansion"}
    return FactTable.of_project(
        PACKS.catalogue, {**place, **facts}, [("甲", {"sector": "coal_power", "unit_nature": "new"})]
    )  # type: ignore[arg-type]


def test_a_blank_project_is_undecided_and_never_passes() -> None:
    screening = evaluate(PACKS, coal_power(), as_of=date(2026, 11, 1))
    assert screening.verdict() == "资料不足"
    assert int(screening.best[0]) == 0
    assert int(screening.worst[0]) == 3


def test_whatever_is_open_names_what_is_missing() -> None:
    screening = evaluate(PACKS, coal_power(), as_of=date(2026, 11, 1))
    for item in findings(screening):
        assert bool(item.missing) is (item.applies == "待定" or item.met == "资料不足"), item.clause
    wanted = {item.fact for item in missing_facts(screening)}
    assert wanted
    assert all(PACKS.catalogue[name].kind in Kind for name in wanted - set(SCOPE))


def test_later_law_is_not_used_earlier() -> None:
    then, now = (evaluate(PACKS, coal_power(), as_of=day) for day in (date(2020, 12, 10), date(2026, 11, 1)))
    earlier = {outcome.clause.id for outcome in then.outcomes}
    later = {outcome.clause.id for outcome in now.outcomes}
    assert earlier < set(CLAUSES)
    for clause in PACKS.clauses:
        if not clause.date_of:
            assert (clause.id in earlier) is clause.in_force(date(2020, 12, 10))
            assert (clause.id in later) is clause.in_force(date(2026, 11, 1))
    assert len(earlier) < len(later)


def test_an_applicant_who_complies_knows_within_forty_questions_that_nothing_is_prohibited() -> None:
    told: dict[str, object] = {}
    for _ in range(40):
        screening = evaluate(PACKS, coal_power(**told), as_of=date(2026, 11, 1))
        question = missing_facts(screening)[0]
        assert question.asked
        told[question.fact] = complying_answer(screening, question.fact, told)
        if int(screening.worst[0]) < 3:
            break
    assert int(screening.worst[0]) < 3
    assert int(screening.best[0]) == 0


def complying_answer(screening: Screening, fact: str, told: dict[str, object]) -> object:
    """The answer that hits least and leaves least open."""
    clauses = [outcome.clause for outcome in screening.outcomes]

    def cost(answer: object) -> tuple[int, int, int]:
        supposed = evaluate(PACKS, coal_power(**{**told, fact: answer}), as_of=screening.as_of)
        levels = [outcome.level.at(0) for outcome in supposed.outcomes if outcome.level is not None]
        return int(supposed.best[0]), levels.count(True), levels.count(None)

    return min(candidates(screening, fact, clauses), key=cost)
