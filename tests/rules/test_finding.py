from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from small_law import AS_OF, Packer, Screener, clause_text

from tanping.rules.evaluate import evaluate
from tanping.rules.facts import Catalogue, Cell, FactTable, Origin, PaperStatus, load_catalogue
from tanping.rules.finding import (
    Finding,
    OutstandingPaper,
    by_topic,
    finding,
    findings,
    open_ends,
    settled_word,
    shown_value,
)


def told(screening: Any, clause: str = "c") -> Finding:
    return next(item for item in findings(screening) if item.clause == clause)


def test_a_finding_carries_the_record_of_its_clause(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text(
            "c", "coastal", severity="限制", evidence="[专章]", basis="recalled", basis_note="见某处", excerpt="原文"
        )
    )
    item = told(screen(packs, {"coastal": True}))
    assert (item.clause, item.pack, item.document, item.number, item.article) == (
        "c",
        "small",
        "某法",
        "某令",
        "第一条",
    )
    assert (item.requirement, item.excerpt, item.office, item.topic) == ("不得", "原文", "海洋", "海洋与岸线")
    assert (item.severity, item.best, item.worst, item.verdict, item.level) == ("限制", "限制", "限制", "限制", 2)
    assert (item.evidence, item.basis, item.basis_note, item.provisional) == (("专章",), "recalled", "见某处", True)
    assert (item.applies, item.met, item.why, item.missing, item.binds_at) == ("适用", "不符合", "", (), "审批")
    assert item.condition == "“属海岸工程”"


def test_an_open_finding_spans_and_names_what_is_missing(pack_of: Packer, screen: Screener) -> None:
    item = told(
        screen(pack_of(clause_text(condition="coastal and (polluting or captive) and not exempt")), {"captive": False})
    )
    assert (item.met, item.best, item.worst, item.verdict) == ("资料不足", "符合", "禁止", "资料不足")
    assert item.missing == ("coastal", "polluting", "exempt")
    assert not item.claimed


@pytest.mark.parametrize(
    ("condition", "facts", "missing"),
    [
        ("coastal and polluting", {"coastal": False}, ()),
        ("coastal and polluting", {"coastal": True}, ("polluting",)),
        ("coastal and polluting", {}, ("coastal", "polluting")),
        ("coastal or polluting", {"coastal": True}, ()),
        ("coastal or polluting", {"coastal": False}, ("polluting",)),
        ("(coastal and polluting) or captive", {"coastal": False}, ("captive",)),
        ("not (coastal or polluting)", {"polluting": False}, ("coastal",)),
        ("rate > limit", {"rate": Decimal(3)}, ("limit",)),
        ("rate > 1.1 * limit", {}, ("rate", "limit")),
        ("zone == 'one' or coastal", {"coastal": False}, ("zone",)),
        ("not review or coastal", {"review": PaperStatus.ABSENT}, ("coastal",)),
        ("not review or coastal", {"coastal": False}, ("review",)),
        ("not review or coastal", {"coastal": True}, ()),
        ("coastal and assessment_date > '2020-01-01'", {}, ("coastal",)),
    ],
)
def test_missing_is_what_the_result_turns_on(
    pack_of: Packer, screen: Screener, condition: str, facts: dict[str, Any], missing: tuple[str, ...]
) -> None:
    assert told(screen(pack_of(clause_text(condition=condition)), facts)).missing == missing


@pytest.mark.parametrize(
    ("more", "facts", "why", "missing"),
    [
        ({"sectors": "[steel]"}, {}, "类别为发电，不在本条适用范围", ()),
        ({"unit_natures": "[existing]"}, {}, "单元性质为新增，不在本条适用范围", ()),
        ({"project_natures": "[relocation]"}, {}, "建设性质为新建，不在本条适用范围", ()),
        ({"region": "江苏沿海三市"}, {"city": "苏州"}, "厂址（江苏苏州）不在江苏沿海三市", ()),
        ({"region": "江苏沿海三市"}, {"city": None}, "厂址是否在江苏沿海三市未明", ("city", "county")),
        ({"sectors": "[steel]"}, {"sector": None}, "类别未填", ("sector",)),
        (
            {"sectors": "[steel]", "unit_natures": "[existing]"},
            {"sector": None},
            "单元性质为新增，不在本条适用范围",
            (),
        ),
        ({"sectors": "[steel]", "region": "苏南"}, {}, "类别为发电，不在本条适用范围；厂址（江苏盐城）不在苏南", ()),
        ({"date_of": "approved", "effective_from": "2026-01-01"}, {}, "审批日期未填", ()),
        ({"date_of": "notice", "effective_from": "2026-01-01"}, {}, "公告日未填", ("notice",)),
        (
            {"date_of": "notice", "effective_from": "2026-01-01"},
            {"notice": date(2025, 1, 1)},
            "按公告日，本条未施行或已失效",
            (),
        ),
    ],
)
def test_scope_says_why(
    pack_of: Packer, screen: Screener, more: dict[str, str], facts: dict[str, Any], why: str, missing: tuple[str, ...]
) -> None:
    item = told(screen(pack_of(clause_text(**more)), {"coastal": True, **facts}))
    assert item.why == why
    assert item.missing == missing
    assert item.because.startswith(why)


def test_what_does_not_apply_is_not_judged(pack_of: Packer, screen: Screener) -> None:
    item = told(screen(pack_of(clause_text(sectors="[steel]")), {"coastal": True}))
    assert (item.applies, item.met, item.best, item.worst) == ("不涉及", "不涉及", "符合", "符合")
    assert (item.trace, item.missing, item.claimed, item.papers) == ((), (), False, ())


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-12-01", None, "2026-12-01 起施行，2026-11-01 尚未施行"),
        (None, "2026-10-01", "施行至 2026-10-01，2026-11-01 已失效"),
        ("2026-12-01", "2026-12-31", "2026-12-01 起施行，2026-11-01 尚未施行"),
    ],
)
def test_a_clause_out_of_force_can_be_looked_at(
    pack_of: Packer, screen: Screener, first: str | None, last: str | None, why: str
) -> None:
    packs = pack_of(clause_text(effective_from=first, effective_to=last))
    screening = screen(packs, {"coastal": True})
    assert findings(screening) == ()
    item = finding(screening, packs.clause("c"))
    assert (item.applies, item.met, item.why) == ("不涉及", "不涉及", why)


def test_one_clause_can_be_looked_at(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a"), clause_text("b", "polluting"))
    screening = screen(packs, {"coastal": True})
    assert finding(screening, packs.clause("b")) == told(screening, "b")


# ---------------------------------------------------------------------------------------------- trace


def test_every_comparison_is_traced_with_its_value_and_page(pack_of: Packer, screen: Screener) -> None:
    facts = {
        "rate": Cell(Decimal("286.10"), "286.1 gce/kWh", Origin.DECLARED, "报告书", "第 12 页", "假设"),
        "coastal": Cell(False, origin=Origin.SPATIAL),
        "zone": "one",
        "review": Cell(PaperStatus.IN_PROGRESS, origin=Origin.VERIFIED),
        "notice": date(2026, 1, 2),
    }
    condition = (
        "rate > 285 or coastal or zone == 'one' or not review or notice > '2026-06-01' or city == '苏州' or captive"
    )
    item = told(screen(pack_of(clause_text(condition=condition)), facts))
    lines = {line.text: line for line in item.trace}
    assert list(lines) == [
        "供电煤耗 > 285 gce/kWh",
        "“属海岸工程”",
        "保护区为一级",
        "已取得节能审查意见",
        "公告日 > 2026-06-01",
        "市为苏州",
        "“自备”",
    ]
    assert [line.truth for line in item.trace] == [True, False, True, False, False, False, None]
    assert [line.truth_label for line in item.trace][-3:] == ["不成立", "不成立", "未知"]
    assert [line.decisive for line in item.trace] == [True, False, True, True, False, False, False]
    rate = lines["供电煤耗 > 285 gce/kWh"].values[0]
    assert (rate.name, rate.label, rate.value, rate.unit, rate.text) == (
        "rate",
        "供电煤耗",
        "286.1",
        "gce/kWh",
        "286.1 gce/kWh",
    )
    assert (rate.origin, rate.document, rate.page, rate.note, rate.claimed) == (
        "申报",
        "报告书",
        "第 12 页",
        "假设",
        True,
    )
    shown = [(line.values[0].value, line.values[0].origin) for line in item.trace[1:]]
    assert shown == [
        ("否", "空间叠图"),
        ("一级", "申报"),
        ("办理中", "已核实"),
        ("2026-01-02", "申报"),
        ("盐城", "申报"),
        ("未填", ""),
    ]
    assert item.because == "供电煤耗：286.1 gce/kWh（供电煤耗 > 285 gce/kWh：成立）；保护区：一级；节能审查意见：办理中"
    assert item.claimed


def test_a_comparison_of_two_facts_shows_both(pack_of: Packer, screen: Screener) -> None:
    facts = {"old_t": Decimal("120"), "new_t": Cell(Decimal("100"), origin=Origin.COMPUTED)}
    item = told(screen(pack_of(clause_text(condition="old_t < 1.25 * new_t")), facts))
    assert item.because == "退出产能：120 t/a、新建产能：100 t/a（退出产能 < 1.25 × 新建产能：成立）"
    assert [value.origin for value in item.trace[0].values] == ["申报", "核算"]


def test_the_day_judged_is_shown_where_it_is_compared(pack_of: Packer, screen: Screener) -> None:
    item = told(screen(pack_of(clause_text(condition="assessment_date >= '2026-08-15'"))))
    assert item.trace[0].values[0].value == "2026-11-01"
    assert item.trace[0].values[0].origin == "由其他字段推得"
    assert item.met == "不符合"
    assert not item.claimed


def test_the_same_comparison_is_told_once(pack_of: Packer, screen: Screener) -> None:
    item = told(screen(pack_of(clause_text(condition="(coastal and polluting) or (coastal and captive)"))))
    assert [line.text for line in item.trace] == ["“属海岸工程”", "“严重污染”", "“自备”"]


@pytest.mark.parametrize(
    ("facts", "claimed"),
    [
        ({"coastal": True}, True),
        ({"coastal": Cell(True, origin=Origin.VERIFIED)}, False),
        ({"coastal": Cell(True, origin=Origin.VERIFIED), "polluting": True}, True),
        ({"coastal": Cell(True, origin=Origin.VERIFIED), "polluting": False}, False),
        ({"coastal": False, "polluting": Cell(True, origin=Origin.COMPUTED)}, False),
        ({"coastal": False, "polluting": False}, True),
    ],
)
def test_a_finding_is_a_claim_when_it_turns_on_one(
    pack_of: Packer, screen: Screener, facts: dict[str, Any], claimed: bool
) -> None:
    assert told(screen(pack_of(clause_text(condition="coastal or polluting")), facts)).claimed is claimed


# ---------------------------------------------------------------------------------------------- papers, questions


def test_papers_not_due_become_conditions(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition="(coastal and not review) or not permit or not quota"))
    facts = {"coastal": True, "review": "办理中", "permit": "未办", "quota": "已取得"}
    item = told(screen(packs, facts))
    assert (item.met, item.best, item.worst) == ("有条件符合", "符合", "符合")
    assert item.papers == (
        OutstandingPaper("review", "节能审查意见", "办理中", "开工", "省发展改革委"),
        OutstandingPaper("permit", "排污许可证", "未办", "排污", "市生态环境局"),
    )
    assert [paper.condition for paper in item.papers] == [
        "开工前取得节能审查意见（省发展改革委）",
        "排污前取得排污许可证（市生态环境局）",
    ]
    assert OutstandingPaper("quota", "总量指标", "未办", "审批", "").condition == "审批前取得总量指标"


def test_a_paper_that_does_not_matter_here_is_no_condition(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text(condition="(coastal and not review) or not permit"))
    item = told(screen(packs, {"coastal": False, "review": "未办", "permit": "未办"}))
    assert [paper.name for paper in item.papers] == ["permit"]


@pytest.mark.parametrize(
    ("condition", "binds_at", "expected"),
    [
        ("not permit or not review", None, "开工"),
        ("not permit", None, "排污"),
        ("not permit", "投产", "投产"),
        ("coastal", None, "审批"),
        ("coastal", "开工", "开工"),
    ],
)
def test_a_finding_binds_at_its_earliest_moment(
    pack_of: Packer, screen: Screener, condition: str, binds_at: str | None, expected: str
) -> None:
    packs = pack_of(clause_text(condition=condition, binds_at=binds_at))
    assert told(screen(packs)).binds_at == expected


def test_a_question_names_its_office(pack_of: Packer, screen: Screener) -> None:
    item = told(screen(pack_of(clause_text(condition=None, question="是否可靠？"))))
    assert (item.met, item.question, item.because, item.condition) == (
        "转人工",
        "是否可靠？",
        "请海洋答复：是否可靠？",
        "",
    )


# ---------------------------------------------------------------------------------------------- units


def units_screened(packs: Any, catalogue: Catalogue, project: dict[str, Any], *units: dict[str, Any]) -> Any:
    base = {"sector": "power", "unit_nature": "new", **project}
    names = "甲乙丙丁"
    table = FactTable.of_project(catalogue, base, [(names[at], unit) for at, unit in enumerate(units)])
    return evaluate(packs, table, as_of=AS_OF)


def test_the_strictest_unit_is_told_by_name(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text(condition="captive"))
    screening = units_screened(packs, catalogue, {}, {"captive": False}, {"captive": True}, {}, {"sector": "steel"})
    item = told(screening)
    assert (item.unit, item.met) == ("乙", "不符合")
    assert [(unit.unit, unit.met, unit.best, unit.worst) for unit in item.units] == [
        ("甲", "符合", "符合", "符合"),
        ("乙", "不符合", "禁止", "禁止"),
        ("丙", "资料不足", "符合", "禁止"),
        ("丁", "资料不足", "符合", "禁止"),
    ]


def test_units_a_clause_does_not_bind_are_left_out(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text(condition="captive", sectors="[power]"))
    screening = units_screened(packs, catalogue, {}, {"sector": "steel", "captive": True}, {"captive": False})
    item = told(screening)
    assert (item.unit, item.met) == ("乙", "符合")
    assert [unit.unit for unit in item.units] == ["乙"]


@pytest.mark.parametrize(
    ("units", "strictest"),
    [
        ([{"captive": False}, {}], "乙"),
        ([{}, {"captive": True}], "乙"),
        ([{"captive": True}, {"captive": True, "sector": None}], "甲"),
        ([{"captive": False, "sector": None}, {"captive": False}], "乙"),
        ([{"captive": True}, {"captive": True}], "甲"),
    ],
)
def test_what_counts_as_strictest(
    pack_of: Packer, catalogue: Catalogue, units: list[dict[str, Any]], strictest: str
) -> None:
    packs = pack_of(clause_text(condition="captive", sectors="[power]"))
    base = {"sector": "power", "unit_nature": "new"}
    listed = [
        (name, {k: v for k, v in {**base, **unit}.items() if v is not None})
        for name, unit in zip("甲乙", units, strict=True)
    ]
    screening = evaluate(packs, FactTable.of_project(catalogue, {}, listed), as_of=AS_OF)
    assert told(screening).unit == strictest


def test_what_holds_for_the_whole_project_names_no_unit(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text())
    assert told(units_screened(packs, catalogue, {"coastal": True}, {}, {})).unit == ""
    assert told(units_screened(packs, catalogue, {"coastal": True}, {}, {"coastal": False})).unit == "甲"
    assert told(units_screened(packs, catalogue, {"coastal": True}, {})).units == ()
    assert told(units_screened(pack_of(clause_text(condition="captive")), catalogue, {}, {})).unit == "甲"


def test_open_ends_are_what_the_findings_of_each_unit_turn_on(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text(condition="captive and coastal"))
    screening = units_screened(packs, catalogue, {"coastal": None}, {"captive": False}, {"captive": True}, {})
    ends = [(end.clause.id, end.unit, end.missing) for end in open_ends(screening)]
    known = packs.clauses[0].id
    assert ends == [(known, "乙", ("coastal",)), (known, "丙", ("captive", "coastal"))]


def test_a_project_among_many_is_told_from_its_own_rows(pack_of: Packer, catalogue: Catalogue) -> None:
    columns = {
        "captive": np.array([1, 0, 0, -1], dtype=np.int8),
        "rate": np.array([1.0, 2.0, 3.0, 4.0]),
        "unit_nature": np.zeros(4, dtype=np.int8),
        "city": np.array(["盐城", "盐城", "苏州", "苏州"], dtype=object),
        "province": np.array(["江苏"] * 4, dtype=object),
    }
    table = FactTable.of_columns(
        catalogue, columns, project=np.array([0, 0, 1, 1], dtype=np.int32), units=["甲", "乙", "丙", "丁"]
    )
    packs = pack_of(
        clause_text("c", "captive and rate < 9", region="江苏沿海三市"), clause_text("d", "captive or rate > 3.5")
    )
    screening = evaluate(packs, table, as_of=AS_OF)
    first, second = findings(screening, 0), findings(screening, 1)
    assert [(item.clause, item.applies, item.met, item.unit) for item in first] == [
        ("c", "适用", "不符合", "甲"),
        ("d", "适用", "不符合", "甲"),
    ]
    assert [(item.clause, item.applies, item.met, item.unit) for item in second] == [
        ("c", "不涉及", "不涉及", "丙"),
        ("d", "适用", "不符合", "丁"),
    ]
    assert second[1].trace[1].values[0].value == "4"
    assert second[1].trace[1].truth is True
    assert second[0].why == "厂址（江苏苏州）不在江苏沿海三市"


# ---------------------------------------------------------------------------------------------- topics


def test_findings_are_grouped_by_topic_and_the_stricter_counts(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(
        clause_text("zone", "zone == 'one'", topic="能效与能耗限额", severity="禁止"),
        clause_text("mild", "coastal", severity="需论证"),
        clause_text("strict", "coastal", severity="禁止"),
        clause_text("doubtful", "polluting", severity="禁止", basis="recalled", topic="产能置换"),
        clause_text("elsewhere", "coastal", sectors="[steel]"),
        clause_text("met", "polluting", severity="限制"),
        clause_text("asked", None, question="吗？"),
    )
    groups = by_topic(findings(screen(packs, {"coastal": True, "polluting": False})))
    assert [group.topic for group in groups] == ["海洋与岸线", "产能置换", "能效与能耗限额"]
    sea, capacity, energy = groups
    assert [item.clause for item in sea.findings] == ["strict", "mild", "asked", "met"]
    assert (sea.best, sea.worst) == ("禁止", "禁止")
    assert (capacity.best, capacity.worst) == ("符合", "符合")
    assert (energy.best, energy.worst) == ("符合", "禁止")


def test_unchecked_texts_do_not_decide_a_topic(pack_of: Packer, screen: Screener) -> None:
    packs = pack_of(clause_text("a", basis="secondary"), clause_text("b", "polluting", severity="限制"))
    (group,) = by_topic(findings(screen(packs, {"coastal": True})))
    assert (group.best, group.worst) == ("符合", "限制")
    assert [item.clause for item in group.findings] == ["a", "b"]


@pytest.mark.parametrize(
    ("best", "worst", "word"),
    [("符合", "符合", "符合"), ("符合", "禁止", "未见不符合"), ("限制", "禁止", "限制"), ("禁止", "禁止", "禁止")],
)
def test_what_is_open_is_never_called_met(best: str, worst: str, word: str) -> None:
    assert settled_word(best, worst) == word


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (9094894.408276351, "9094894"),
        (0.1 + 0.2, "0.3"),
        (12.0, "12"),
        (0.0, "0"),
        (-3.25, "-3.25"),
        (2e-7, "0.0000002"),
    ],
)
def test_a_computed_figure_is_told_without_false_digits(value: float, printed: str) -> None:
    assert shown_value(load_catalogue()["stack_so2_mg_per_m3"], value) == printed
