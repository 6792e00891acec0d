"""The finding algebra (docs/decisions.md, D3), clause by clause, on a small law of our own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from small_law import AS_OF, Packer, Screener, clause_text

from tanping.rules.evaluate import evaluate, in_force
from tanping.rules.facts import Catalogue, FactTable, Moment, PaperStatus
from tanping.rules.finding import applies_at, interval_at, met_at


def said(screening: Any, row: int = 0, clause: str = "c") -> tuple[str, str, tuple[int, int]]:
    outcome = screening.outcome(clause)
    return str(applies_at(outcome, row)), str(met_at(outcome, row)), interval_at(outcome, row)


HELD, DOING, ABSENT, EXEMPT = (
    PaperStatus.HELD,
    PaperStatus.IN_PROGRESS,
    PaperStatus.ABSENT,
    PaperStatus.NOT_REQUIRED,
)


@pytest.mark.parametrize(
    ("facts", "met", "interval"),
    [
        ({"coastal": True}, "不符合", (3, 3)),
        ({"coastal": False}, "符合", (0, 0)),
        ({}, "资料不足", (0, 3)),
    ],
)
def test_hit_miss_unknown(pack_of: Packer, screen: Screener, facts: dict[str, Any], met: str, interval: Any) -> None:
    screening = screen(pack_of(clause_text()), facts)
    assert said(screening) == ("适用", met, interval)
    assert (int(screening.best[0]), int(screening.worst[0])) == interval


@pytest.mark.parametrize(("severity", "level"), [("禁止", 3), ("限制", 2), ("需论证", 1), ("提示", 0)])
def test_a_hit_weighs_what_its_severity_says(pack_of: Packer, screen: Screener, severity: str, level: int) -> None:
    packs = pack_of(clause_text(severity=severity))
    hit, open_ = screen(packs, {"coastal": True}), screen(packs)
    assert said(hit)[1:] == ("不符合", (level, level))
    assert said(open_)[1:] == ("资料不足", (0, level))
    assert hit.verdict() == ("符合", "需论证", "限制", "禁止")[level]
    assert open_.verdict() == ("资料不足" if level else "符合")


# ---------------------------------------------------------------------------------------------- scope


@pytest.mark.parametrize(
    ("more", "facts", "applies"),
    [
        ({"sectors": "[power, kiln]"}, {}, "适用"),
        ({"sectors": "[steel]"}, {}, "不涉及"),
        ({"sectors": "[steel]"}, {"sector": None}, "待定"),
        ({"sectors": "[all]"}, {"sector": None}, "适用"),
        ({"sectors": "[power, steel, kiln]"}, {"sector": None}, "适用"),
        ({}, {"unit_nature": "existing"}, "不涉及"),
        ({}, {"unit_nature": "renovated"}, "适用"),
        ({}, {"unit_nature": None}, "待定"),
        ({"unit_natures": None}, {"unit_nature": "existing"}, "适用"),
        ({"project_natures": "[relocation]"}, {}, "不涉及"),
        ({"project_natures": "[relocation, new]"}, {}, "适用"),
        ({"project_natures": "[relocation]"}, {"project_nature": None}, "待定"),
        ({}, {"project_nature": None}, "适用"),
        ({"region": "江苏沿海三市"}, {}, "适用"),
        ({"region": "江苏沿海三市"}, {"city": "苏州"}, "不涉及"),
        ({"region": "江苏沿海三市"}, {"city": None}, "待定"),
        ({"region": "江苏沿海三市"}, {"city": None, "province": None}, "待定"),
        ({"region": "江苏沿海三市"}, {"city": None, "province": "浙江"}, "不涉及"),
        ({"region": "全国"}, {"city": None, "province": None}, "适用"),
        ({"sectors": "[steel]", "region": "江苏沿海三市"}, {"city": None}, "不涉及"),
    ],
)
def test_scope_is_three_valued(
    pack_of: Packer, screen: Screener, more: dict[str, Any], facts: dict[str, Any], applies: str
) -> None:
    screening = screen(pack_of(clause_text(**more)), {"coastal": True, **facts})
    told = said(screening)
    assert told[0] == applies
    assert told[1:] == {"适用": ("不符合", (3, 3)), "不涉及": ("不涉及", (0, 0)), "待定": ("不符合", (0, 3))}[applies]


def test_open_scope_with_a_condition_that_fails_is_no_risk(pack_of: Packer, screen: Screener) -> None:
    screening = screen(pack_of(clause_text(sectors="[steel]")), {"sector": None, "coastal": False})
    assert said(screening) == ("待定", "符合", (0, 0))


# ---------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("first", "last", "day", "valid"),
    [
        ("2026-08-15", None, date(2026, 8, 14), False),
        ("2026-08-15", None, date(2026, 8, 15), True),
        (None, "2026-08-15", date(2026, 8, 15), True),
        (None, "2026-08-15", date(2026, 8, 16), False),
        ("2026-08-15", "2026-08-15", date(2026, 8, 15), True),
        (None, None, date(1990, 1, 1), True),
    ],
)
def test_only_clauses_in_force_are_used(
    pack_of: Packer, screen: Screener, first: str | None, last: str | None, day: date, valid: bool
) -> None:
    packs = pack_of(clause_text(effective_from=first, effective_to=last))
    screening = screen(packs, {"coastal": True}, as_of=day)
    assert [outcome.clause.id for outcome in screening.outcomes] == (["c"] if valid else [])
    assert bool(in_force(packs.clauses, day)) is valid
    assert int(screening.worst[0]) == (3 if valid else 0)
    if not valid:
        with pytest.raises(KeyError):
            screening.outcome("c")


DATED = clause_text(effective_from="2026-08-15", effective_to="2026-12-31", date_of="approved")


@pytest.mark.parametrize(
    ("approved", "applies"),
    [
        (date(2026, 8, 14), "不涉及"),
        (date(2026, 8, 15), "适用"),
        (date(2026, 12, 31), "适用"),
        (date(2027, 1, 1), "不涉及"),
        (None, "待定"),
    ],
)
def test_a_clause_may_bind_on_another_date(
    pack_of: Packer, screen: Screener, approved: date | None, applies: str
) -> None:
    screening = screen(pack_of(DATED), {"coastal": True}, as_of=date(2020, 1, 1), dates={"approved": approved})
    assert said(screening)[0] == applies


@pytest.mark.parametrize(
    ("first", "last", "applies"), [("2026-08-15", None, "适用"), (None, "2026-08-15", "不涉及"), (None, None, "适用")]
)
def test_open_ends_hold_for_other_dates_too(
    pack_of: Packer, screen: Screener, first: str | None, last: str | None, applies: str
) -> None:
    packs = pack_of(clause_text(effective_from=first, effective_to=last, date_of="approved"))
    assert said(screen(packs, {"coastal": True}, dates={"approved": date(2026, 8, 16)}))[0] == applies


def test_a_date_fact_of_the_table_serves_as_well(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(effective_from="2026-08-15", date_of="notice"))
    assert said(screen(packs, {"coastal": True, "notice": date(2026, 8, 14)}))[0] == "不涉及"
    assert said(screen(packs, {"coastal": True, "notice": date(2026, 8, 15)}))[0] == "适用"
    assert said(screen(packs, {"coastal": True}))[0] == "待定"


def test_dates_may_differ_from_row_to_row(pack_of: Packer, catalogue: Catalogue) -> None:
    table = FactTable.of_columns(catalogue, {"coastal": np.ones(3, dtype=np.int8), "unit_nature": np.zeros(3, np.int8)})
    approved = np.array(["2026-08-14", "2026-08-15", "NaT"], dtype="datetime64[D]")
    screening = evaluate(pack_of(DATED), table, as_of=AS_OF, dates={"approved": approved})
    assert [said(screening, row)[0] for row in range(3)] == ["不涉及", "适用", "待定"]


def test_the_assessment_date_is_the_day_judged(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition="assessment_date >= '2026-08-15'"))
    assert said(screen(packs, as_of=date(2026, 8, 14)))[1] == "符合"
    assert said(screen(packs, as_of=date(2026, 8, 15)))[1] == "不符合"


def test_a_stated_assessment_date_goes_first(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition="assessment_date >= '2026-08-15'"))
    told = screen(packs, {"assessment_date": date(2026, 8, 15)}, as_of=date(2026, 8, 14))
    assert said(told)[1] == "不符合"


# ---------------------------------------------------------------------------------------------- papers


@pytest.mark.parametrize(
    ("status", "moment", "met", "interval"),
    [
        (HELD, "审批", "符合", (0, 0)),
        (EXEMPT, "审批", "符合", (0, 0)),
        (DOING, "审批", "有条件符合", (0, 0)),
        (ABSENT, "审批", "有条件符合", (0, 0)),
        (None, "审批", "资料不足", (0, 0)),
        (HELD, "开工", "符合", (0, 0)),
        (EXEMPT, "开工", "符合", (0, 0)),
        (DOING, "开工", "不符合", (3, 3)),
        (ABSENT, "开工", "不符合", (3, 3)),
        (None, "开工", "资料不足", (0, 3)),
        (ABSENT, "投产", "不符合", (3, 3)),
        (ABSENT, "受理", "有条件符合", (0, 0)),
    ],
)
def test_a_paper_binds_at_its_moment(
    pack_of: Packer, screen: Screener, status: PaperStatus | None, moment: str, met: str, interval: Any
) -> None:
    screening = screen(pack_of(clause_text(condition="not review")), {"review": status}, moment=moment)
    assert said(screening) == ("适用", met, interval)


def test_a_clause_may_bind_earlier_or_later_than_its_papers(pack_of: Packer, screen: Screener) -> None:
    early = pack_of(clause_text(condition="not review", binds_at="审批"))
    late = pack_of(clause_text(condition="not quota", binds_at="投产"))
    assert said(screen(early, {"review": ABSENT}))[1] == "不符合"
    assert said(screen(late, {"quota": ABSENT}))[1] == "有条件符合"
    assert said(screen(late, {"quota": ABSENT}, moment="投产"))[1] == "不符合"


def test_the_moment_is_approval_unless_told(pack_of: Packer, screen: Screener) -> None:
    assert screen(pack_of(clause_text())).moment is Moment.APPROVAL
    with pytest.raises(ValueError, match="天亮"):
        screen(pack_of(clause_text()), moment="天亮")


@pytest.mark.parametrize(
    ("facts", "met", "interval"),
    [
        ({"review": ABSENT, "coastal": True}, "不符合", (3, 3)),
        ({"review": ABSENT, "coastal": False}, "有条件符合", (0, 0)),
        ({"review": ABSENT}, "资料不足", (0, 3)),
        ({"review": HELD, "coastal": True}, "不符合", (3, 3)),
        ({"review": HELD}, "资料不足", (0, 3)),
        ({"review": HELD, "coastal": False}, "符合", (0, 0)),
        ({"coastal": True}, "不符合", (3, 3)),
        ({"coastal": False}, "资料不足", (0, 0)),
        ({}, "资料不足", (0, 3)),
    ],
)
def test_a_hit_is_conditional_only_when_the_paper_is_all_that_lacks(
    pack_of: Packer, screen: Screener, facts: dict[str, Any], met: str, interval: Any
) -> None:
    screening = screen(pack_of(clause_text(condition="not review or coastal")), facts)
    assert said(screening) == ("适用", met, interval)


@pytest.mark.parametrize(
    ("condition", "facts", "met"),
    [
        ("not review or not quota", {"review": ABSENT, "quota": ABSENT}, "不符合"),
        ("not review or not quota", {"review": ABSENT, "quota": HELD}, "有条件符合"),
        ("not review or not permit", {"review": ABSENT, "permit": DOING}, "有条件符合"),
        ("not review and not quota", {"review": ABSENT, "quota": ABSENT}, "有条件符合"),
        ("coastal and not review", {"review": ABSENT, "coastal": True}, "有条件符合"),
        ("review and coastal", {"review": HELD, "coastal": True}, "不符合"),
        ("review and coastal", {"review": ABSENT, "coastal": True}, "符合"),
    ],
)
def test_several_papers(pack_of: Packer, screen: Screener, condition: str, facts: dict[str, Any], met: str) -> None:
    assert said(screen(pack_of(clause_text(condition=condition)), facts))[1] == met


# ---------------------------------------------------------------------------------------------- exceptions, questions


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"coastal": True, "exempt": True}, "符合"),
        ({"coastal": True, "exempt": False}, "不符合"),
        ({"coastal": True}, "资料不足"),
        ({"coastal": False}, "符合"),
    ],
)
def test_an_exception_stands_beside_its_rule(
    pack_of: Packer, screen: Screener, facts: dict[str, Any], met: str
) -> None:
    assert said(screen(pack_of(clause_text(unless="exempt")), facts))[1] == met


def test_a_question_goes_to_an_office_and_never_passes_silently(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition=None, question="是否可靠？", sectors="[power]"))
    assert said(screen(packs)) == ("适用", "转人工", (0, 0))
    assert said(screen(packs, {"sector": None})) == ("待定", "转人工", (0, 0))
    assert said(screen(packs, {"sector": "steel"})) == ("不涉及", "不涉及", (0, 0))
    assert screen(packs).outcome("c").level is None


# ---------------------------------------------------------------------------------------------- headline


def test_provisional_texts_count_only_as_suspected(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text("sure", "coastal", severity="需论证"),
        clause_text("recalled", "polluting", basis="recalled"),
        clause_text("second", "polluting", basis="secondary", severity="限制"),
    )
    screening = screen(packs, {"coastal": True, "polluting": True})
    assert (int(screening.best[0]), int(screening.worst[0]), int(screening.suspected[0])) == (1, 1, 3)
    assert screening.verdict() == "需论证"


@pytest.mark.parametrize("basis", ["official", "reprint", "transcribed"])
def test_checked_texts_count(pack_of: Packer, screen: Screener, basis: str) -> None:
    screening = screen(pack_of(clause_text(basis=basis)), {"coastal": True})
    assert (int(screening.best[0]), int(screening.suspected[0])) == (3, 3)


def test_the_strictest_clause_decides(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text("a", "coastal", severity="需论证"),
        clause_text("b", "polluting", severity="禁止"),
        clause_text("d", "captive", severity="限制"),
    )
    screening = screen(packs, {"coastal": True, "captive": True})
    assert (int(screening.best[0]), int(screening.worst[0])) == (2, 3)
    assert screening.verdict() == "资料不足"
    assert screen(packs, {"coastal": True, "captive": True, "polluting": False}).verdict() == "限制"


def test_the_strictest_unit_decides(pack_of: Packer, catalogue: Catalogue) -> None:
    units = [("甲", {"captive": False}), ("乙", {"captive": True}), ("丙", {})]
    base = {"unit_nature": "new", "sector": "power"}
    table = FactTable.of_project(catalogue, base, units)
    screening = evaluate(pack_of(clause_text(condition="captive")), table, as_of=AS_OF)
    assert screening.row_best.tolist() == [0, 3, 0]
    assert screening.row_worst.tolist() == [0, 3, 3]
    assert screening.best.tolist() == [3]
    assert screening.worst.tolist() == [3]


def test_projects_keep_to_their_own_rows(pack_of: Packer, catalogue: Catalogue) -> None:
    captive = np.array([1, 0, 0, -1, 1], dtype=np.int8)
    columns = {"captive": captive, "unit_nature": np.zeros(5, dtype=np.int8)}
    table = FactTable.of_columns(catalogue, columns, project=np.array([0, 0, 1, 1, 2], dtype=np.int32))
    screening = evaluate(pack_of(clause_text(condition="captive")), table, as_of=AS_OF)
    assert screening.best.tolist() == [3, 0, 3]
    assert screening.worst.tolist() == [3, 3, 3]
    assert screening.suspected.tolist() == [3, 3, 3]
    assert [screening.verdict(at) for at in range(3)] == ["禁止", "资料不足", "禁止"]


def test_a_project_without_units_is_unknown_not_fine(pack_of: Packer, catalogue: Catalogue) -> None:
    table = FactTable.of_project(catalogue, {"coastal": True})
    screening = evaluate(pack_of(clause_text()), table, as_of=AS_OF)
    assert (int(screening.best[0]), int(screening.worst[0])) == (0, 3)


def test_a_table_without_rows_has_no_levels(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text(condition="coastal"), clause_text(id="d", condition="rate > 300"))
    screening = evaluate(packs, FactTable.of_columns(catalogue, {}), as_of=date(2026, 11, 1))
    assert len(screening.outcomes) == 2
    assert (len(screening.best), len(screening.worst), len(screening.suspected)) == (0, 0, 0)


def test_without_clauses_nothing_is_found(pack_of: Packer, screen: Screener) -> None:
    screening = screen(pack_of(clause_text(effective_from="2030-01-01")))
    assert screening.outcomes == ()
    assert screening.verdict() == "符合"


# ---------------------------------------------------------------------------------------------- comparisons


@pytest.mark.parametrize(
    ("condition", "below", "on", "above"),
    [
        ("rate < 285.3", True, False, False),
        ("rate <= 285.3", True, True, False),
        ("rate == 285.3", False, True, False),
        ("rate != 285.3", True, False, True),
        ("rate >= 285.3", False, True, True),
        ("rate > 285.3", False, False, True),
        ("285.3 > rate", True, False, False),
        ("not rate > 285.3", True, True, False),
        ("285.2 < rate <= 285.3", False, True, False),
    ],
)
def test_a_value_typed_on_the_line_is_on_the_line(
    pack_of: Packer, screen: Screener, condition: str, below: bool, on: bool, above: bool
) -> None:
    packs = pack_of(clause_text(condition=condition))
    for text, hit in (("285.2", below), ("285.3", on), ("285.4", above)):
        assert said(screen(packs, {"rate": Decimal(text)}))[1] == ("不符合" if hit else "符合")
    assert said(screen(packs))[1] == "资料不足"


@pytest.mark.parametrize(
    ("condition", "facts", "hit"),
    [
        ("old_t < 1.25 * new_t", {"old_t": "125", "new_t": "100"}, False),
        ("old_t < 1.25 * new_t", {"old_t": "124.9", "new_t": "100"}, True),
        ("old_t < 1.1 * new_t", {"old_t": "3.3", "new_t": "3"}, False),
        ("old_t > 1.1 * new_t", {"old_t": "3.3", "new_t": "3"}, False),
        ("old_t == 1.1 * new_t", {"old_t": "3.3", "new_t": "3"}, True),
        ("1.1 * new_t == old_t", {"old_t": "3.3", "new_t": "3"}, True),
        ("old_t != 1.1 * new_t", {"old_t": "3.3", "new_t": "3"}, False),
        ("old_t < 1.1 * new_t", {"old_t": "3.29999999999", "new_t": "3"}, True),
        ("old_t + new_t > 0.3", {"old_t": "0.1", "new_t": "0.2"}, False),
        ("old_t - new_t > 0.1", {"old_t": "0.3", "new_t": "0.2"}, False),
        ("old_t - new_t >= 0.1", {"old_t": "0.3", "new_t": "0.2"}, True),
        ("old_t - 2 * new_t > 0", {"old_t": "0.6", "new_t": "0.3"}, False),
        ("-old_t < -3", {"old_t": "3"}, False),
        ("-old_t <= -3", {"old_t": "3"}, True),
        ("rate > 285 * ratio + 1.5", {"rate": "300", "ratio": "1.05"}, False),
        ("rate > (280 + 5) * ratio", {"rate": "300", "ratio": "1.05"}, True),
        ("old_t > new_t", {"old_t": "3", "new_t": "2"}, True),
        ("old_t > new_t", {"old_t": "2", "new_t": "2"}, False),
    ],
)
def test_arithmetic_is_rounded_to_twelve_digits_before_it_is_compared(
    pack_of: Packer, screen: Screener, condition: str, facts: dict[str, str], hit: bool
) -> None:
    packs = pack_of(clause_text(condition=condition))
    told = said(screen(packs, {name: Decimal(text) for name, text in facts.items()}))
    assert told[1] == ("不符合" if hit else "符合")
    for name in facts:
        fewer = {other: Decimal(text) for other, text in facts.items() if other != name}
        assert said(screen(packs, fewer))[1] == "资料不足"


@pytest.mark.parametrize(
    ("condition", "facts", "met"),
    [
        ("zone == 'one'", {"zone": "one"}, "不符合"),
        ("zone == 'one'", {"zone": "two"}, "符合"),
        ("zone in ['one', 'two']", {"zone": "two"}, "不符合"),
        ("zone in ['one', 'two']", {"zone": "none"}, "符合"),
        ("zone not in ['one', 'two']", {"zone": "none"}, "不符合"),
        ("zone != 'one'", {}, "资料不足"),
        ("zone not in ['one']", {}, "资料不足"),
        ("city == '盐城'", {}, "不符合"),
        ("city == '南通'", {}, "符合"),
        ("city in ['南通', '盐城']", {}, "不符合"),
        ("city == '盐城'", {"city": None}, "资料不足"),
        ("city == '盐城' and county == '射阳'", {}, "资料不足"),
        ("notice >= '2024-08-23'", {"notice": date(2024, 8, 22)}, "符合"),
        ("notice >= '2024-08-23'", {"notice": date(2024, 8, 23)}, "不符合"),
        ("notice >= '2024-08-23'", {}, "资料不足"),
        ("notice > assessment_date", {"notice": date(2026, 11, 2)}, "不符合"),
        ("notice > assessment_date", {"notice": AS_OF}, "符合"),
        ("true", {}, "不符合"),
        ("false or coastal", {}, "资料不足"),
        ("true or coastal", {}, "不符合"),
        ("false and coastal", {}, "符合"),
        ("coastal == false", {"coastal": False}, "不符合"),
    ],
)
def test_choices_texts_and_dates(
    pack_of: Packer, screen: Screener, condition: str, facts: dict[str, Any], met: str
) -> None:
    assert said(screen(pack_of(clause_text(condition=condition)), facts))[1] == met


def test_equal_conditions_share_their_steps(pack_of: Packer, screen: Screener) -> None:
    one = screen(pack_of(clause_text("a", "coastal and rate > 3")))
    two = screen(pack_of(clause_text("a", "coastal and rate > 3"), clause_text("b", "rate > 3 and coastal")))
    assert len(two.program.steps) == len(one.program.steps)


def test_programs_are_kept_for_the_moment_and_the_law_of_the_day(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "not review"), clause_text("b", effective_to="2026-10-31"))
    first = screen(packs)
    assert screen(packs).program is first.program
    assert screen(packs, moment="开工").program is not first.program
    assert screen(packs, as_of=date(2026, 10, 31)).program is not first.program


def test_old_programs_are_let_go(pack_of: Packer, screen: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tanping.rules.evaluate.MOST_PROGRAMS", 2)
    packs = pack_of(clause_text())
    for moment in Moment:
        screen(packs, moment=moment)
    assert [moment for moment, _ in packs.programs] == [Moment.OPERATION, Moment.DISCHARGE]
