"""Properties of any law over any facts: hypothesis writes both."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_law import FACTS, HEAD, clause_text

from tanping.records.located import parse_yaml
from tanping.rules.clause import LEVEL_NAMES
from tanping.rules.evaluate import Screening, evaluate
from tanping.rules.facts import FactTable, Moment, PaperStatus, read_facts
from tanping.rules.finding import findings
from tanping.rules.missing import missing_facts
from tanping.rules.pack import PackSet, assemble, parse_pack

CATALOGUE = {fact.name: fact for fact in read_facts(parse_yaml(FACTS.encode(), "facts.yaml"), [])}

DAY = date(2026, 6, 1)
days = st.integers(-3, 3).map(lambda step: DAY + timedelta(days=step))
numbers = st.sampled_from([Decimal(text) for text in ("0.1", "0.2", "0.3", "1", "285.3", "300")])

ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "sector": st.sampled_from(["power", "steel", "kiln"]),
    "unit_nature": st.sampled_from(["new", "renovated", "existing"]),
    "project_nature": st.sampled_from(["new", "expansion", "relocation"]),
    "coastal": st.booleans(),
    "polluting": st.booleans(),
    "captive": st.booleans(),
    "rate": numbers,
    "limit": numbers,
    "zone": st.sampled_from(["none", "one", "two"]),
    "notice": days,
    "review": st.sampled_from(list(PaperStatus)),
    "quota": st.sampled_from(list(PaperStatus)),
}
places = st.sampled_from([("江苏", "盐城"), ("江苏", "苏州"), ("浙江", "杭州")])
complete = st.builds(
    lambda facts, place: {**facts, "province": place[0], "city": place[1]}, st.fixed_dictionaries(ANSWERS), places
)

atoms = st.sampled_from(
    [
        "coastal",
        "polluting",
        "captive",
        "review",
        "quota",
        "rate > 285.3",
        "rate <= 0.3",
        "0.1 < rate <= 300",
        "rate > limit",
        "rate == 3 * limit",
        "rate - limit >= 0.1",
        "zone == 'one'",
        "zone not in ['one', 'two']",
        "city == '盐城'",
        "notice >= '2026-06-01'",
        "notice > assessment_date",
        "sector == 'power'",
        "unit_nature != 'new'",
        "true",
        "false",
    ]
)
conditions = st.recursive(
    atoms,
    lambda below: st.one_of(
        below.map(lambda text: f"not ({text})"),
        st.lists(below, min_size=2, max_size=3).map(lambda texts: "(" + " and ".join(texts) + ")"),
        st.lists(below, min_size=2, max_size=3).map(lambda texts: "(" + " or ".join(texts) + ")"),
    ),
    max_leaves=6,
)


@st.composite
def clauses(draw: st.DrawFn, identifier: str) -> str:
    first, last = draw(st.none() | days), draw(st.none() | days)
    if first and last and first > last:
        first, last = last, first
    return clause_text(
        identifier,
        draw(conditions),
        unless=draw(st.none() | conditions.map(lambda text: f'"{text}"')),
        sectors=draw(st.sampled_from(["[all]", "[power]", "[steel, kiln]"])),
        unit_natures=draw(st.sampled_from(["[new]", "[new, renovated]", "[all]"])),
        project_natures=draw(st.sampled_from([None, "[relocation]", "[new, expansion]"])),
        region=draw(st.sampled_from(["全国", "江苏", "江苏沿海三市", "苏南"])),
        effective_from=first,
        effective_to=last,
        date_of=draw(st.sampled_from([None, None, "notice"])),
        severity=draw(st.sampled_from(["禁止", "限制", "需论证", "提示"])),
        basis=draw(st.sampled_from(["official", "reprint", "recalled"])),
        binds_at=draw(st.sampled_from([None, None, *(moment.value for moment in Moment)])),
    )


@st.composite
def laws(draw: st.DrawFn) -> list[str]:
    return [draw(clauses(f"c{at}")) for at in range(draw(st.integers(1, 4)))]


def packs(texts: list[str]) -> PackSet:
    return assemble([parse_pack((HEAD + "".join(texts)).encode(), "x.yaml", CATALOGUE)], CATALOGUE, [])


moments = st.sampled_from(list(Moment))


def table(*rows: dict[str, Any], project: list[int] | None = None) -> FactTable:
    """One table with one unit a project, or each row in the project it is numbered with."""
    parts = [FactTable.of_project(CATALOGUE, {}, [("甲", facts)]) for facts in rows]
    names = {name for part in parts for name in part.columns}
    columns = {}
    for name in names:
        values = [part.value(name, 0) for part in parts]
        if CATALOGUE[name].kind in ("number", "date") or CATALOGUE[name].kind in ("flag", "paper"):
            columns[name] = np.concatenate([part.column(name) for part in parts])
        else:
            columns[name] = np.array(values, dtype=object)
    numbers = np.arange(len(rows)) if project is None else np.array(project)
    return FactTable.of_columns(CATALOGUE, columns, project=numbers.astype(np.int32))


def span(screening: Screening, project: int = 0) -> tuple[int, int, int]:
    return int(screening.best[project]), int(screening.worst[project]), int(screening.suspected[project])


def levels(screening: Screening) -> dict[str, tuple[bool | None, bool | None]]:
    found = {}
    for outcome in screening.outcomes:
        assert outcome.level is not None
        found[outcome.clause.id] = outcome.applies.at(0), outcome.level.at(0)
    return found


def without(facts: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


EXAMPLES = int(os.environ.get("TANPING_EXAMPLES", "40"))

few = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@few
@given(laws(), complete, moments)
def test_with_all_facts_known_everything_is_settled(texts: list[str], facts: dict[str, Any], moment: Moment) -> None:
    screening = evaluate(packs(texts), table(facts), as_of=DAY, moment=moment)
    best, worst, suspected = span(screening)
    assert best == worst <= suspected
    for outcome in screening.outcomes:
        assert outcome.applies.at(0) is not None
        assert outcome.hit is not None
        assert outcome.hit.at(0) is not None


@few
@given(laws(), complete, st.data(), moments)
def test_removing_facts_only_widens(
    texts: list[str], facts: dict[str, Any], data: st.DataObject, moment: Moment
) -> None:
    law = packs(texts)
    gone = data.draw(st.sets(st.sampled_from(sorted(facts))))
    more = gone | data.draw(st.sets(st.sampled_from(sorted(facts))))
    full = evaluate(law, table(facts), as_of=DAY, moment=moment)
    some = evaluate(law, table(without(facts, gone)), as_of=DAY, moment=moment)
    few_known = evaluate(law, table(without(facts, more)), as_of=DAY, moment=moment)
    assert span(few_known)[0] <= span(some)[0] <= span(full)[0]
    assert span(full)[1] <= span(some)[1] <= span(few_known)[1]
    assert span(full)[2] <= span(some)[2] <= span(few_known)[2]
    for told, less in zip(full.outcomes, some.outcomes, strict=True):
        assert less.applies.at(0) in (told.applies.at(0), None)
        assert told.hit is not None
        assert less.hit is not None
        assert less.hit.at(0) in (told.hit.at(0), None)


@few
@given(laws(), complete, st.data())
def test_order_of_clauses_and_columns_does_not_matter(
    texts: list[str], facts: dict[str, Any], data: st.DataObject
) -> None:
    known = without(facts, data.draw(st.sets(st.sampled_from(sorted(facts)))))
    shuffled = dict(data.draw(st.permutations(list(known.items()))))
    one = evaluate(packs(texts), table(known), as_of=DAY)
    other = evaluate(packs(data.draw(st.permutations(texts))), table(shuffled), as_of=DAY)
    assert span(one) == span(other)
    told, again = levels(one), levels(other)
    assert told == again


@few
@given(laws(), st.lists(complete, min_size=1, max_size=20), st.data(), moments)
def test_a_project_alone_is_the_row_among_many(
    texts: list[str], many: list[dict[str, Any]], data: st.DataObject, moment: Moment
) -> None:
    law = packs(texts)
    many = [without(facts, data.draw(st.sets(st.sampled_from(sorted(facts)), max_size=4))) for facts in many]
    together = evaluate(law, table(*many), as_of=DAY, moment=moment)
    for at, facts in enumerate(many):
        alone = evaluate(law, table(facts), as_of=DAY, moment=moment)
        assert span(alone) == span(together, at)
        assert alone.verdict() == together.verdict(at)
        for one, among in zip(alone.outcomes, together.outcomes, strict=True):
            assert one.clause is among.clause
            assert one.applies.at(0) is among.applies.at(at)
            assert one.level is not None
            assert among.level is not None
            assert one.level.at(0) is among.level.at(at)


@few
@given(laws(), st.lists(st.lists(complete, min_size=1, max_size=3), min_size=1, max_size=6), st.data(), moments)
def test_the_strictest_unit_decides_its_project_and_no_other(
    texts: list[str], many: list[list[dict[str, Any]]], data: st.DataObject, moment: Moment
) -> None:
    """Works of several units: each unit as if alone, the project as its strictest, the same among many, the unit named by the finding."""
    law = packs(texts)
    many = [
        [without(facts, data.draw(st.sets(st.sampled_from(sorted(facts)), max_size=3))) for facts in units]
        for units in many
    ]
    numbers = [at for at, units in enumerate(many) for _ in units]
    together = evaluate(law, table(*chain.from_iterable(many), project=numbers), as_of=DAY, moment=moment)
    for at, units in enumerate(many):
        alone = [span(evaluate(law, table(facts), as_of=DAY, moment=moment)) for facts in units]
        assert span(together, at) == tuple(max(unit[end] for unit in alone) for end in range(3))
        named = FactTable.of_project(CATALOGUE, {}, [(str(unit), facts) for unit, facts in enumerate(units)])
        works = evaluate(law, named, as_of=DAY, moment=moment)
        assert span(works) == span(together, at)
        for told, outcome in zip(findings(works), works.outcomes, strict=True):
            assert outcome.level is not None
            codes = outcome.level.codes(len(units)).tolist()
            reach = {
                int(unit.unit): (LEVEL_NAMES.index(unit.worst), LEVEL_NAMES.index(unit.best)) for unit in told.units
            }
            level = outcome.clause.severity.level
            for unit, found in reach.items():
                assert found == (level if codes[unit] else 0, level if codes[unit] == 1 else 0)
            if told.unit and reach:
                assert reach.get(int(told.unit), (0, 0)) == max(reach.values())


@few
@given(laws(), days)
def test_only_clauses_in_force_are_used(texts: list[str], day: date) -> None:
    law = packs(texts)
    used = [outcome.clause.id for outcome in evaluate(law, table({}), as_of=day).outcomes]
    assert used == [clause.id for clause in law.clauses if clause.date_of or clause.in_force(day)]


@few
@given(laws(), complete, st.data(), moments)
def test_findings_say_what_the_columns_say(
    texts: list[str], facts: dict[str, Any], data: st.DataObject, moment: Moment
) -> None:
    known = without(facts, data.draw(st.sets(st.sampled_from(sorted(facts)))))
    screening = evaluate(packs(texts), table(known), as_of=DAY, moment=moment)
    best, worst, suspected = span(screening)
    names = ("符合", "需论证", "限制", "禁止")
    told = findings(screening)
    checked = [item for item in told if not item.provisional]
    assert max([names.index(item.best) for item in checked], default=0) == best
    assert max([names.index(item.worst) for item in checked], default=0) == worst
    assert max([names.index(item.worst) for item in told], default=0) == suspected
    for item in told:
        assert set(item.missing).isdisjoint(known)
        undecided = item.applies == "待定" or item.met == "资料不足"
        assert bool(item.missing) is undecided
        assert (item.met == "有条件符合") is bool(item.papers)


@few
@given(laws(), complete, st.data(), moments)
def test_what_is_missing_is_what_would_settle_it(
    texts: list[str], facts: dict[str, Any], data: st.DataObject, moment: Moment
) -> None:
    """Telling every missing fact settles the headline; what isn't named can't matter."""
    law = packs(texts)
    known = without(facts, data.draw(st.sets(st.sampled_from(sorted(facts)))))
    for _ in range(len(facts) + 1):
        screening = evaluate(law, table(known), as_of=DAY, moment=moment)
        wanted = {item.fact for item in missing_facts(screening)} & set(facts)
        if not wanted:
            break
        known |= {name: facts[name] for name in wanted}
    assert span(screening) == span(evaluate(law, table(facts), as_of=DAY, moment=moment))


@few
@given(laws(), st.lists(complete, min_size=9, max_size=30))
def test_blocks_leave_no_trace(texts: list[str], many: list[dict[str, Any]]) -> None:
    law, rows = packs(texts), table(*many)
    whole = evaluate(law, rows, as_of=DAY)
    with mock.patch("tanping.rules.evaluate.BLOCK_ROWS", 8):
        parts = evaluate(law, rows, as_of=DAY)
    assert parts.worst.tolist() == whole.worst.tolist()
    for one, other in zip(whole.outcomes, parts.outcomes, strict=True):
        assert one.applies.codes(rows.rows).tolist() == other.applies.codes(rows.rows).tolist()
        assert one.level is not None
        assert other.level is not None
        assert one.level.codes(rows.rows).tolist() == other.level.codes(rows.rows).tolist()
