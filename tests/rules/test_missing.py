from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from small_law import AS_OF, Packer, Screener, clause_text

from tanping.rules.evaluate import evaluate
from tanping.rules.facts import Catalogue, FactTable, PaperStatus
from tanping.rules.missing import candidates, missing_facts


def names(items: Any) -> list[str]:
    return [item.fact for item in items]


def test_nothing_is_missing_when_all_is_told(pack_of: Packer, screen: Screener) -> None:
    assert missing_facts(screen(pack_of(clause_text()), {"coastal": True})) == ()


def test_what_decides_more_comes_first(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text("a", "coastal and polluting", severity="限制"),
        clause_text("b", "coastal and captive", severity="限制"),
        clause_text("d", "coastal and exempt", severity="限制"),
    )
    items = missing_facts(screen(packs))
    assert names(items)[0] == "coastal"
    assert items[0].decides == 3
    assert items[0].clauses == ("a", "b", "d")
    assert [item.decides for item in items[1:]] == [1, 1, 1]
    assert items[0].score > items[1].score


def test_a_heavier_clause_weighs_more(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "polluting", severity="需论证"), clause_text("b", "coastal", severity="禁止"))
    items = missing_facts(screen(packs))
    assert names(items) == ["coastal", "polluting"]
    assert [item.severity for item in items] == ["禁止", "需论证"]


def test_an_unchecked_text_weighs_less(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "polluting", basis="recalled"), clause_text("b", "captive", severity="需论证"))
    assert names(missing_facts(screen(packs))) == ["captive", "polluting"]


def test_the_score_is_the_mean_of_what_answers_settle(pack_of: Packer, screen: Screener) -> None:
    """Alone, yes and no both settle a prohibition; of two, only a no does."""
    (item,) = missing_facts(screen(pack_of(clause_text())))
    assert item.score == pytest.approx(9)
    two = missing_facts(screen(pack_of(clause_text(condition="coastal and polluting"))))
    assert [entry.score for entry in two] == [pytest.approx(4.5)] * 2
    notice = missing_facts(screen(pack_of(clause_text(severity="提示"))))
    assert notice[0].score == pytest.approx(0.01)
    weights = [missing_facts(screen(pack_of(clause_text(severity=word))))[0].score for word in ("限制", "需论证")]
    assert weights == [pytest.approx(3), pytest.approx(1)]
    recalled = missing_facts(screen(pack_of(clause_text(basis="recalled"))))
    assert recalled[0].score == pytest.approx(0.009)


def test_what_is_not_asked_comes_last_and_is_explained(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text("a", "rate > limit"), clause_text("b", "new_t > 3"), clause_text("d", "polluting", severity="提示")
    )
    items = missing_facts(screen(packs))
    assert {item.fact: item.asked for item in items} == {
        "rate": True,
        "polluting": True,
        "limit": False,
        "new_t": False,
    }
    assert names(items)[:2] == ["polluting", "rate"]
    told = {item.fact: item.explanation for item in items}
    assert "核算" in told["limit"]
    assert "其他字段" in told["new_t"]
    assert told["rate"] == ""


def test_a_missing_fact_carries_its_question(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "coastal or zone == 'one' or captive or rate > 3"))
    items = {item.fact: item for item in missing_facts(screen(packs))}
    assert (items["coastal"].ask, items["coastal"].meaning, items["coastal"].kind) == (
        "是海岸工程吗？",
        "与海岸相连",
        "flag",
    )
    assert items["zone"].choices == (("none", "不在"), ("one", "一级"), ("two", "二级"))
    assert items["zone"].ask == "保护区"
    assert (items["rate"].unit, items["rate"].label) == ("gce/kWh", "供电煤耗")
    assert items["captive"].units == ("甲",)
    assert items["coastal"].origin == "declared"


def test_papers_not_due_count_for_little(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "not review"), clause_text("b", "coastal", severity="需论证"))
    items = missing_facts(screen(packs))
    assert names(items) == ["coastal", "review"]
    assert items[1].score == 0
    assert names(missing_facts(screen(packs, moment="开工"))) == ["review", "coastal"]


def test_the_scope_may_be_what_is_missing(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(sectors="[steel]", region="江苏沿海三市"))
    items = missing_facts(screen(packs, {"sector": None, "city": None, "coastal": True}))
    assert set(names(items)) == {"sector", "city", "county"}
    assert all(item.decides == 1 for item in items)


def test_what_a_clause_elsewhere_lacks_is_not_missing(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", "coastal"), clause_text("b", "polluting", sectors="[steel]"))
    assert names(missing_facts(screen(packs))) == ["coastal"]


def test_only_blanks_are_supposed(pack_of: Packer, catalogue: Catalogue) -> None:
    """A fact known for one unit and not for another stays as it is where it is known."""
    base = {"unit_nature": "new", "sector": "power"}
    table = FactTable.of_project(catalogue, base, [("甲", {"captive": True}), ("乙", {})])
    screening = evaluate(pack_of(clause_text(condition="captive", severity="限制")), table, as_of=AS_OF)
    (item,) = missing_facts(screening)
    assert item.units == ("乙",)
    assert item.score == pytest.approx(3)


def test_a_project_among_many_asks_its_own_questions(pack_of: Packer, catalogue: Catalogue) -> None:
    columns = {
        "coastal": np.array([1, -1, -1], dtype=np.int8),
        "polluting": np.array([-1, 0, -1], dtype=np.int8),
        "unit_nature": np.zeros(3, dtype=np.int8),
    }
    table = FactTable.of_columns(catalogue, columns)
    dates = {"approved": np.array(["2026-01-01", "2026-09-01", "NaT"], dtype="datetime64[D]")}
    packs = pack_of(
        clause_text("a"),
        clause_text("b", "polluting"),
        clause_text("d", "captive", effective_from="2026-08-15", date_of="approved"),
    )
    screening = evaluate(packs, table, as_of=AS_OF, dates=dates)
    assert set(names(missing_facts(screening, 0))) == {"polluting"}
    assert set(names(missing_facts(screening, 1))) == {"coastal", "captive"}
    assert set(names(missing_facts(screening, 2))) == {"coastal", "polluting", "captive"}
    scores = {item.fact: item.score for item in missing_facts(screening, 1)}
    assert scores["captive"] == scores["coastal"]
    unsettled = {item.fact: item.score for item in missing_facts(screening, 2)}
    assert unsettled["captive"] < unsettled["coastal"]


def test_one_date_for_all_serves_too(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("d", "captive", effective_from="2026-08-15", date_of="approved"))
    assert names(missing_facts(screen(packs, dates={"approved": date(2026, 9, 1)}))) == ["captive"]
    assert names(missing_facts(screen(packs, dates={"approved": date(2026, 8, 1)}))) == []


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        ("coastal", "coastal", [True, False]),
        ("review", "not review", [PaperStatus.HELD, PaperStatus.ABSENT]),
        ("zone", "zone == 'one'", ["none", "one", "two"]),
        (
            "rate",
            "rate > 285 and 100 <= rate",
            [Decimal(50), Decimal(100), Decimal("192.5"), Decimal(285), Decimal(286)],
        ),
        ("rate", "rate < 285", [Decimal("142.5"), Decimal(285), Decimal(286)]),
        ("rate", "rate > 0", [Decimal(0), Decimal(1)]),
        ("rate", "rate > limit", [Decimal(0), Decimal(1)]),
        ("limit", "rate > 2 * limit", [Decimal(0), Decimal(1)]),
        ("notice", "notice > '2026-06-01'", [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2)]),
        ("notice", "notice > assessment_date", [AS_OF]),
        ("city", "city == '盐城' or city in ['南通']", ["南通", "盐城", "别处"]),
    ],
)
def test_candidates_are_the_answers_that_make_a_difference(
    pack_of: Packer, screen: Screener, name: str, condition: str, expected: list[Any]
) -> None:
    packs = pack_of(clause_text(condition=condition))
    assert candidates(screen(packs), name, packs.clauses) == expected


@pytest.mark.parametrize(
    ("fact", "condition"),
    [("rate", "rate < 285"), ("rate", "100 < rate and rate < 285"), ("notice", "notice > '2026-06-01'")],
)
def test_an_answer_that_meets_the_line_is_supposed_too(
    pack_of: Packer, screen: Screener, fact: str, condition: str
) -> None:
    """Such an answer leaves the rest of the clause open, so that the question settles less than the whole clause."""
    packs = pack_of(clause_text(condition=f"{condition} and coastal"))
    scores = {item.fact: item.score for item in missing_facts(screen(packs))}
    assert 0 < scores[fact] < 9


def test_a_text_nobody_used_can_be_supposed(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition="city == '盐城'"))
    (item,) = missing_facts(screen(packs, {"city": None}))
    assert item.fact == "city"
    assert item.score == pytest.approx(9)


def test_days_before_1970_survive(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("d", "captive", effective_from="1950-01-01", date_of="approved"))
    stamps = np.array([date(1949, 12, 31) + timedelta(days=1)], dtype="datetime64[D]")
    assert names(missing_facts(screen(packs, dates={"approved": stamps}))) == ["captive"]
