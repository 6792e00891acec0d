from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_law import Packer, clause_text

from tanping.records.errors import InputError
from tanping.records.located import parse_yaml
from tanping.rules.cases import Case, load_cases, read_cases, run_cases
from tanping.rules.check import Reach, check_packs, reach_of
from tanping.rules.facts import Catalogue, Moment, PaperStatus
from tanping.rules.finding import Applies, Met

CASE = """
cases:
  - clause: c
    name: 甲
    as_of: 2026-11-01
    facts: {coastal: true, unit_nature: new}
    expect: {applies: 适用, met: 不符合}
"""


def cases_of(catalogue: Catalogue, text: str) -> list[Case]:
    problems: list[Any] = []
    cases = read_cases(parse_yaml(text.encode(), "cases.yaml"), catalogue, problems)
    if problems:
        raise InputError(problems)
    return cases


def case(clause: str, facts: str, expect: str, as_of: str = "2026-11-01", **more: str) -> str:
    lines = "".join(f"\n    {key}: {value}" for key, value in more.items())
    applies, _, met = expect.partition("·")
    told = f"{{applies: {applies}, met: {met}}}" if met else f"{{applies: {applies}}}"
    return (
        f"  - clause: {clause}\n    name: 某例\n    as_of: {as_of}{lines}\n"
        f"    facts: {{unit_nature: new, {facts}}}\n    expect: {told}\n"
    )


# ---------------------------------------------------------------------------------------------- cases


def test_a_case_is_read_as_written(catalogue: Catalogue) -> None:
    (read,) = cases_of(
        catalogue,
        CASE.replace(
            "as_of: 2026-11-01", "as_of: 2026-11-01\n    moment: 开工\n    dates: {approved: 2026-10-01}"
        ).replace("coastal: true", "coastal: true, review: 办理中"),
    )
    assert (read.clause, read.name, read.as_of, read.moment) == ("c", "甲", date(2026, 11, 1), Moment.START)
    assert read.facts == {"coastal": True, "review": PaperStatus.IN_PROGRESS, "unit_nature": "new"}
    assert read.dates == {"approved": date(2026, 10, 1)}
    assert (read.applies, read.met, read.expected) == (Applies.YES, Met.HIT, "适用 · 不符合")
    assert read.where.line == 3
    assert cases_of(catalogue, CASE)[0].moment is Moment.APPROVAL


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("clause: c", "claus: c", "您是否想写 clause"),
        ("clause: c\n", "clause:\n", "缺少 clause"),
        ("name: 甲\n", "name:\n", "缺少 name"),
        ("2026-11-01", "2026-02-30", "没有“2026-02-30”这一天"),
        ("2026-11-01", "2026-1-1", "这一天"),
        ("2026-11-01", "2026-W44-7", "这一天"),
        ("2026-11-01", "", "缺少 as_of"),
        ("coastal: true", "costal: true", "您是否想写 coastal"),
        ("coastal: true", "coastal: yes", "属海岸工程"),
        ("coastal: true", "coastal: ", "未知的事实不写"),
        ("coastal: true", "rate: 3 t", "供电煤耗"),
        ("{coastal: true, unit_nature: new}", "x", "缺少 facts"),
        ("applies: 适用, met", "applys: 适用, met", "应写明 applies"),
        ("{applies: 适用, met: 不符合}", "适用", "应写明 applies"),
        ("applies: 适用", "applies: 用", "没有“用”"),
        ("applies: 适用", "applies: ", "缺少 applies"),
        ("met: 不符合", "met: 不行", "没有“不行”"),
        (", met: 不符合", "", "适用时应写明 met"),
        ("    facts", "    moment: 明天\n    facts", "没有“明天”"),
        ("    facts", "    dates: x\n    facts", "日期名"),
        ("    facts", "    dates: {birth: 2026-01-01}\n    facts", "没有项目日期“birth”"),
        ("    facts", "    dates: {approved: x}\n    facts", "这一天"),
        ("cases:", "case:", "只有一个键 cases"),
        ("  - clause: c\n    name: 甲\n", "  - x\n  - clause: c\n    name: 甲\n", "每个用例应是键值"),
    ],
)
def test_a_bad_case_is_refused_with_its_line(catalogue: Catalogue, old: str, new: str, word: str) -> None:
    assert old in CASE
    with pytest.raises(InputError) as caught:
        cases_of(catalogue, CASE.replace(old, new, 1))
    assert any(word in str(problem) for problem in caught.value.problems)
    assert all(problem.where.line for problem in caught.value.problems)


def test_a_bad_case_is_called_by_its_name(catalogue: Catalogue) -> None:
    for text, name in (
        (CASE, "甲.as_of"),
        (CASE.replace("name: 甲", "name:"), "c.name"),
        (CASE.replace("name: 甲", "name:").replace("clause: c", "clause:"), "?.clause"),
    ):
        with pytest.raises(InputError) as caught:
            cases_of(catalogue, text.replace("2026-11-01", "2026-13-01"))
        assert caught.value.problems[0].field == name


def test_a_folder_of_cases(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(CASE.replace("甲", "乙"), encoding="utf-8")
    assert [item.name for item in load_cases(catalogue, tmp_path)] == ["甲", "乙"]
    (tmp_path / "b.yaml").write_text("x: 1\n", encoding="utf-8")
    with pytest.raises(InputError):
        load_cases(catalogue, tmp_path)


def test_cases_are_run_in_their_own_day_and_moment(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(
        clause_text("c", effective_from="2026-08-15"),
        clause_text("p", "not review"),
        clause_text("d", "coastal", effective_from="2026-08-15", date_of="approved"),
    )
    text = "cases:\n" + "".join(
        [
            case("c", "coastal: true", "适用·不符合"),
            case("c", "coastal: true", "不涉及", "2026-08-14"),
            case("p", "review: 未办", "适用·有条件符合"),
            case("p", "review: 未办", "适用·不符合", moment="开工"),
            case("d", "coastal: true", "适用·不符合", "2020-01-01", dates="{approved: 2026-08-15}"),
            case("d", "coastal: true", "不涉及", "2020-01-01", dates="{approved: 2026-08-14}"),
            case("d", "coastal: true", "待定·不符合", "2020-01-01"),
            case("c", "coastal: false", "适用·不符合"),
            case("c", "coastal: true", "待定·不符合"),
        ]
    )
    results = run_cases(packs, cases_of(catalogue, text))
    assert [result.passed for result in results] == [True] * 7 + [False] * 2
    assert results[7].problem.what == "用例“某例”应为 适用 · 不符合，实为 适用 · 符合"
    assert results[7].problem.field == "c"
    assert results[7].problem.where.source == "cases.yaml"


# ---------------------------------------------------------------------------------------------- reach


@pytest.mark.parametrize(
    ("more", "reach"),
    [
        ({"condition": "coastal"}, Reach(True, True, True)),
        ({"condition": "coastal and not coastal"}, Reach(False, False, True)),
        ({"condition": "coastal or not coastal"}, Reach(True, True, False)),
        ({"condition": "true"}, Reach(True, True, False)),
        ({"condition": "false"}, Reach(False, False, True)),
        ({"condition": "rate > 300 and rate < 285"}, Reach(False, False, True)),
        ({"condition": "rate > 285 and rate < 286"}, Reach(True, True, True)),
        ({"condition": "rate > 285 and rate <= 285"}, Reach(False, False, True)),
        ({"condition": "rate >= 285 and rate <= 285"}, Reach(True, True, True)),
        ({"condition": "rate < limit and limit < rate"}, Reach(False, False, True)),
        ({"condition": "old_t < 1.25 * new_t"}, Reach(True, True, True)),
        ({"condition": "zone == 'one' and zone == 'two'"}, Reach(False, False, True)),
        ({"condition": "zone in ['none', 'one', 'two']"}, Reach(True, True, False)),
        ({"condition": "city == '盐城' and city == '南通'"}, Reach(False, False, True)),
        ({"condition": "city not in ['盐城', '南通']"}, Reach(True, True, True)),
        ({"condition": "notice > '2026-01-02' and notice < '2026-01-03'"}, Reach(False, False, True)),
        ({"condition": "notice >= '2026-01-02' and notice < '2026-01-03'"}, Reach(True, True, True)),
        ({"condition": "notice > assessment_date"}, Reach(True, True, True)),
        ({"condition": "review and not review"}, Reach(False, False, True)),
        ({"condition": "coastal", "unless": "coastal"}, Reach(True, False, True)),
        ({"condition": "coastal", "unless": "exempt"}, Reach(True, True, True)),
        ({"condition": "sector == 'steel'", "sectors": "[power]"}, Reach(True, False, True)),
        ({"condition": "sector == 'power'", "sectors": "[power]"}, Reach(True, True, False)),
        ({"condition": "unit_nature == 'existing'"}, Reach(True, False, True)),
        ({"condition": "project_nature == 'new'", "project_natures": "[relocation]"}, Reach(True, False, True)),
        ({"condition": "project_nature == 'new'"}, Reach(True, True, True)),
        ({"condition": "city == '苏州'", "region": "江苏沿海三市"}, Reach(True, False, True)),
        ({"condition": "city == '盐城'", "region": "江苏沿海三市"}, Reach(True, True, True)),
        ({"condition": "city not in ['盐城']", "region": "江苏沿海三市"}, Reach(True, True, True)),
        (
            {"condition": "assessment_date > '2026-08-15'", "effective_to": "2026-08-15"},
            Reach(True, False, True),
        ),
        (
            {"condition": "assessment_date > '2026-08-15'", "effective_to": "2026-08-16"},
            Reach(True, True, True),
        ),
        (
            {"condition": "assessment_date < '2026-08-15'", "effective_from": "2026-08-15"},
            Reach(True, False, True),
        ),
    ],
)
def test_what_a_condition_can_reach(pack_of: Packer, catalogue: Catalogue, more: dict[str, str], reach: Reach) -> None:
    assert reach_of(pack_of(clause_text(**more)).clause("c"), catalogue) == reach


def test_a_question_is_always_reachable(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(clause_text(condition=None, question="吗？"))
    assert reach_of(packs.clause("c"), catalogue) == Reach(True, True, True)


def test_too_many_combinations_are_not_guessed_at(
    pack_of: Packer, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tanping.rules.check.MOST_COMBINATIONS", 3)
    packs = pack_of(clause_text(condition="coastal", unless="exempt"))
    assert reach_of(packs.clause("c"), catalogue) == Reach(True, None, None)
    packs = pack_of(clause_text(condition="coastal and polluting"))
    assert reach_of(packs.clause("c"), catalogue) == Reach(None, None, None)


# ---------------------------------------------------------------------------------------------- coverage


def wide(**more: str | None) -> str:
    """One clause of no limited scope."""
    return clause_text(**{"unit_natures": "[all]", **more})


FULL = [
    case("c", "coastal: true", "适用·不符合"),
    case("c", "coastal: false", "适用·符合"),
    case("c", "", "适用·资料不足"),
]


def lacking(pack_of: Packer, catalogue: Catalogue, clause: str, *texts: str) -> str:
    packs = pack_of(clause)
    problems = check_packs(packs, cases_of(catalogue, "cases:\n" + "".join(texts)) if texts else [])
    return "".join(problem.what for problem in problems)


def test_a_covered_clause_has_no_problem(pack_of: Packer, catalogue: Catalogue) -> None:
    assert lacking(pack_of, catalogue, wide(), *FULL) == ""


@pytest.mark.parametrize(
    ("texts", "lacks"),
    [
        ([], "用例不足：缺不符合、符合、资料不足"),
        (FULL[1:], "用例不足：缺不符合"),
        (FULL[:1] + FULL[2:], "用例不足：缺符合"),
        (FULL[:2], "用例不足：缺资料不足"),
        (FULL[:1], "用例不足：缺符合、资料不足"),
    ],
)
def test_hit_miss_and_unknown_are_needed(pack_of: Packer, catalogue: Catalogue, texts: list[str], lacks: str) -> None:
    assert lacking(pack_of, catalogue, wide(), *texts) == lacks


def test_a_conditional_hit_is_a_hit_and_an_open_scope_an_unknown(pack_of: Packer, catalogue: Catalogue) -> None:
    texts = [
        case("c", "review: 未办", "适用·有条件符合"),
        case("c", "review: 已取得", "适用·符合", moment="开工"),
        case("c", "sector: power", "待定·符合", moment="开工"),
    ]
    assert lacking(pack_of, catalogue, wide(condition="not review"), *texts) == ""


def test_what_is_always_hit_needs_no_miss(pack_of: Packer, catalogue: Catalogue) -> None:
    clause = wide(condition="sector == 'power'", sectors="[power]")
    texts = [
        case("c", "sector: power", "适用·不符合"),
        case("c", "coastal: true", "待定·资料不足"),
        case("c", "sector: kiln", "不涉及"),
    ]
    assert lacking(pack_of, catalogue, clause, *texts) == ""


def test_a_question_needs_its_case(pack_of: Packer, catalogue: Catalogue) -> None:
    clause = wide(condition=None, question="吗？")
    assert lacking(pack_of, catalogue, clause) == "用例不足：缺转人工"
    assert lacking(pack_of, catalogue, clause, case("c", "coastal: true", "适用·转人工")) == ""


@pytest.mark.parametrize(
    ("values", "lacks"),
    [
        ((284, 285, 286), ""),
        ((284, 286), "用例不足：缺供电煤耗在 285 的线上、由 供电煤耗 > 285 gce/kWh 定结果的"),
        ((285, 286), "用例不足：缺供电煤耗在 285 的线下一步"),
        ((284, 285), "用例不足：缺供电煤耗在 285 的线外一步"),
        ((284,), "用例不足：缺供电煤耗在 285 的线上/线外一步、由 供电煤耗 > 285 gce/kWh 定结果的"),
    ],
)
def test_each_threshold_is_tried_on_the_line_and_either_side(
    pack_of: Packer, catalogue: Catalogue, values: tuple[int, ...], lacks: str
) -> None:
    texts = [case("c", f"rate: {value}", "适用·不符合") for value in values]
    texts += [case("c", "coastal: true", "适用·符合"), case("c", "coastal: false", "适用·资料不足")]
    assert lacking(pack_of, catalogue, wide(condition="rate > 285"), *texts) == lacks


@pytest.mark.parametrize(
    ("mark", "values", "near"),
    [
        ("285.3", ("285.2", "285.3", "285.4"), True),
        ("285.3", ("284.3", "285.3", "285.4"), False),
        ("285.3", ("285.2", "285.3", "286.3"), False),
        ("1e2", ("99", "100", "101"), True),
        ("1e2", ("99", "100", "105"), False),
        ("1e2", ("95", "100", "101"), False),
    ],
)
def test_a_step_is_one_in_the_last_decimal_written(
    pack_of: Packer, catalogue: Catalogue, mark: str, values: tuple[str, ...], near: bool
) -> None:
    texts = [case("c", f"rate: {value}", "适用·不符合") for value in values]
    texts += [case("c", "coastal: true", "适用·符合"), case("c", "coastal: false", "适用·资料不足")]
    assert ("一步" not in lacking(pack_of, catalogue, wide(condition=f"rate > {mark}"), *texts)) is near


def test_nothing_need_be_less_than_nothing(pack_of: Packer, catalogue: Catalogue) -> None:
    texts = [
        case("c", "rate: 1", "适用·不符合"),
        case("c", "rate: 0", "适用·符合"),
        case("c", "coastal: true", "适用·资料不足"),
    ]
    assert lacking(pack_of, catalogue, wide(condition="rate > 0"), *texts) == ""


def test_the_day_judged_is_a_threshold_too(pack_of: Packer, catalogue: Catalogue) -> None:
    clause = wide(condition="coastal and assessment_date >= '2026-08-15'")
    texts = [
        *FULL,
        case("c", "coastal: true", "适用·不符合", "2026-08-15"),
        case("c", "coastal: true", "适用·不符合", "2026-08-16"),
        case("c", "coastal: true", "适用·符合", "2026-08-14"),
    ]
    assert lacking(pack_of, catalogue, clause, *texts) == ""
    assert "法规适用日期在 2026-08-15 的线下一步/线上/线外一步" in lacking(pack_of, catalogue, clause, *FULL)


@pytest.mark.parametrize(
    ("moments", "lacks"),
    [
        (("审批", "开工"), ""),
        (("投产", "受理"), "用例不足：缺节能审查意见在开工之前（审批时）、节能审查意见到开工时"),
        (("审批",), "用例不足：缺节能审查意见到开工时"),
        (("开工",), "用例不足：缺节能审查意见在开工之前（审批时）"),
    ],
)
def test_each_paper_is_tried_before_and_at_its_moment(
    pack_of: Packer, catalogue: Catalogue, moments: tuple[str, ...], lacks: str
) -> None:
    texts = [case("c", "review: 未办", "适用·不符合", moment=moment) for moment in moments]
    texts += [case("c", "coastal: true", "适用·符合"), case("c", "coastal: false", "适用·资料不足")]
    assert lacking(pack_of, catalogue, wide(condition="not review"), *texts) == lacks


def test_nothing_comes_before_acceptance(pack_of: Packer, catalogue: Catalogue) -> None:
    texts = [
        case("c", "quota: 未办", "适用·不符合", moment="受理"),
        case("c", "coastal: true", "适用·符合"),
        case("c", "coastal: false", "适用·资料不足"),
    ]
    assert lacking(pack_of, catalogue, wide(condition="not quota", binds_at="受理"), *texts) == ""


@pytest.mark.parametrize(
    ("more", "days", "lacks"),
    [
        ({"effective_from": "2026-08-15"}, ["2026-08-14", "2026-08-15"], ""),
        ({"effective_from": "2026-08-15"}, ["2026-08-15"], "用例不足：缺2026-08-14（施行前一日）"),
        ({"effective_from": "2026-08-15"}, ["2026-08-14"], "用例不足：缺2026-08-15（施行当日）"),
        ({"effective_to": "2026-08-15"}, ["2026-08-15", "2026-08-16"], ""),
        ({"effective_to": "2026-08-15"}, ["2026-08-15"], "用例不足：缺2026-08-16（失效次日）"),
        ({"effective_to": "2026-08-15"}, ["2026-08-16"], "用例不足：缺2026-08-15（失效当日）"),
    ],
)
def test_each_end_of_the_validity_is_tried(
    pack_of: Packer, catalogue: Catalogue, more: dict[str, str], days: list[str], lacks: str
) -> None:
    texts = [item for day in days for item in _on(day)]
    assert lacking(pack_of, catalogue, wide(**more), *texts) == lacks


def _on(day: str) -> list[str]:
    return [item.replace("as_of: 2026-11-01", f"as_of: {day}") for item in FULL]


def test_the_ends_are_tried_on_the_date_that_counts(pack_of: Packer, catalogue: Catalogue) -> None:
    clause = wide(effective_from="2026-08-15", date_of="approved")
    dated = [
        case("c", "coastal: true", "不涉及", dates="{approved: 2026-08-14}"),
        case("c", "coastal: true", "适用·不符合", dates="{approved: 2026-08-15}"),
    ]
    assert lacking(pack_of, catalogue, clause, *FULL, *dated) == ""
    assert lacking(pack_of, catalogue, clause, *FULL) == "用例不足：缺2026-08-14（施行前一日）、2026-08-15（施行当日）"


@pytest.mark.parametrize(
    ("more", "beyond", "lacks"),
    [
        ({"sectors": "[power]"}, "sector: kiln", "类别在范围之外"),
        ({"unit_natures": "[renovated]"}, "sector: power", "单元性质在范围之外"),
        ({"project_natures": "[relocation]"}, "project_nature: expansion", "建设性质在范围之外"),
        ({"region": "江苏沿海三市"}, "province: 江苏, city: 苏州", "江苏沿海三市以外"),
    ],
)
def test_each_limit_of_the_scope_is_tried(
    pack_of: Packer, catalogue: Catalogue, more: dict[str, str], beyond: str, lacks: str
) -> None:
    inside = "sector: power, project_nature: relocation, province: 江苏, city: 盐城"
    texts = [
        case("c", f"{inside}, {told}", expect).replace("unit_nature: new", "unit_nature: renovated")
        for told, expect in (("coastal: true", "适用·不符合"), ("coastal: false", "适用·符合"))
    ]
    texts.append(case("c", inside, "适用·资料不足").replace("unit_nature: new", "unit_nature: renovated"))
    clause = wide(**more)
    assert lacking(pack_of, catalogue, clause, *texts) == f"用例不足：缺{lacks}"
    assert lacking(pack_of, catalogue, clause, *texts, case("c", "province: 江苏", "不涉及")) == (
        "" if "unit_natures" in more else f"用例不足：缺{lacks}"
    )
    assert lacking(pack_of, catalogue, clause, *texts, case("c", beyond, "不涉及")) == ""


def test_each_name_of_the_scope_is_tried(pack_of: Packer, catalogue: Catalogue) -> None:
    clause = wide(sectors="[power, furnaces]")
    inside = [item.replace("facts: {", "facts: {sector: power, ") for item in FULL]
    assert lacking(pack_of, catalogue, clause, *inside) == "用例不足：缺类别为窑炉的"
    for beside in ("不涉及", "适用·不符合", "待定"):
        more = case("c", "sector: kiln, coastal: true", beside)
        assert (lacking(pack_of, catalogue, clause, *inside, more) == "") == (beside != "不涉及")
    assert lacking(pack_of, catalogue, wide(sectors="[furnaces, power]"), *inside, more) == ""
    assert lacking(pack_of, catalogue, wide(sectors="[all]"), *FULL) == ""


HITS = [
    case("c", "coastal: true, polluting: true, captive: false", "适用·不符合"),
    case("c", "coastal: true, polluting: false, captive: false", "适用·符合"),
    case("c", "", "适用·资料不足"),
]


@pytest.mark.parametrize(
    ("more", "texts", "lacks"),
    [
        ({"condition": "coastal and polluting"}, HITS, "“属海岸工程”"),
        ({"condition": "coastal and polluting"}, [*HITS, "coastal: false, polluting: true·符合"], ""),
        ({"condition": "coastal and (polluting or captive)"}, HITS, "“属海岸工程”、“自备”"),
        (
            {"condition": "coastal and (polluting or captive)"},
            [*HITS, "coastal: false, polluting: true·符合", "coastal: true, polluting: false, captive: true·不符合"],
            "",
        ),
        ({"condition": "coastal and polluting and not captive"}, HITS, "“属海岸工程”、不满足“自备”"),
        (
            {"condition": "coastal and polluting", "unless": "captive"},
            [*HITS, "coastal: false, polluting: true, captive: false·符合", "coastal: true, polluting: true, captive: true·符合"],
            "",
        ),
        ({"condition": "coastal and (polluting or not polluting)"}, HITS, "“属海岸工程”"),
    ],
)  # fmt: skip
def test_each_part_of_a_condition_decides_a_case(
    pack_of: Packer, catalogue: Catalogue, more: dict[str, str], texts: list[str], lacks: str
) -> None:
    told = [
        text if text.startswith("  - ") else case("c", text.partition("·")[0], f"适用·{text.partition('·')[2]}")
        for text in texts
    ]
    found = lacking(pack_of, catalogue, wide(**more), *told)
    assert found == (f"用例不足：缺由 {lacks} 定结果的" if lacks else "")


@pytest.mark.parametrize(
    ("values", "lacks"), [((124, 125, 126), False), ((124, 126), True), ((125, 126), False), ((0, 200), True)]
)
def test_a_line_that_is_reckoned_is_hit_exactly(
    pack_of: Packer, catalogue: Catalogue, values: tuple[int, ...], lacks: bool
) -> None:
    texts = [
        case("c", f"old_t: {value}, new_t: 100", f"适用·{'不符合' if value < 125 else '符合'}") for value in values
    ]
    texts += [case("c", "new_t: 100", "适用·资料不足"), case("c", "old_t: 1, new_t: 100", "适用·不符合")]
    found = lacking(pack_of, catalogue, wide(condition="old_t < 1.25 * new_t"), *texts)
    assert found == ("用例不足：缺由 退出产能 < 1.25 × 新建产能 定结果的" if lacks else "")


# ---------------------------------------------------------------------------------------------- whole packs


def test_contradictions_and_unreachable_clauses_are_named(pack_of: Packer, catalogue: Catalogue) -> None:
    packs = pack_of(
        clause_text("never", "coastal and not coastal"),
        clause_text("elsewhere", "sector == 'steel'", sectors="[power]"),
    )
    found = {problem.field: problem.what for problem in check_packs(packs, [])}
    assert found["never.condition"] == "条件自相矛盾，永远不成立"
    assert "永远不成立" in found["elsewhere.condition"]
    assert "自相矛盾" not in found["elsewhere.condition"]


@pytest.mark.parametrize(
    ("condition", "what", "allowed"),
    [
        ("city == '盐城'", "", ""),
        ("city in ['盐城', '南通'] and province == '江苏' and county == '射阳'", "", ""),
        ("city == '盐都'", "没有名为“盐都”的设区市", ""),
        ("city == '盐城市'", "地名“盐城市”应写短名", "盐城"),
        ("province != '江苏省'", "地名“江苏省”应写短名", "江苏"),
    ],
)
def test_places_are_named_as_the_register_names_them(pack_of: Packer, condition: str, what: str, allowed: str) -> None:
    found = [
        problem for problem in check_packs(pack_of(clause_text(condition=condition)), []) if "用例" not in problem.what
    ]
    assert bool(found) is bool(what)
    if what:
        assert found[0].what.startswith(what)
        assert found[0].field == "c.condition"
        assert allowed in found[0].allowed


def test_a_case_without_clause_is_named(pack_of: Packer, catalogue: Catalogue) -> None:
    problems = check_packs(pack_of(wide()), cases_of(catalogue, "cases:\n" + "".join(FULL) + case("z", "", "不涉及")))
    assert [problem.what for problem in problems] == ["没有编号为 z 的条款"]


@pytest.mark.parametrize(
    ("more", "repeated"),
    [
        ({}, True),
        ({"article": "第二条"}, False),
        ({"region": "江苏"}, False),
        ({"sectors": "[power]"}, False),
        ({"unit_natures": "[new]"}, False),
        ({"project_natures": "[new]"}, False),
        ({"condition": "polluting"}, False),
        ({"unless": "exempt"}, False),
        ({"effective_from": "2026-08-15"}, False),
        ({"effective_from": "2026-08-14"}, True),
        ({"severity": "限制"}, True),
    ],
)
def test_the_same_demand_twice_is_named(
    pack_of: Packer, catalogue: Catalogue, more: dict[str, str], repeated: bool
) -> None:
    packs = pack_of(clause_text("a", effective_to="2026-08-14"), clause_text("b", **more))
    found = [problem for problem in check_packs(packs, []) if "内容相同" in problem.what]
    assert bool(found) is repeated
    if found:
        assert found[0].field == "b"
        assert "与 a " in found[0].what


@pytest.mark.parametrize(
    ("one", "other", "more", "said"),
    [
        ("coastal and not polluting", "not polluting and coastal", {}, "内容相同"),
        ("coastal and (captive or rate > 285)", "(rate > 285.0 or captive) and coastal", {}, "内容相同"),
        ("rate > 285 and limit < 300", "limit < 300 and rate > 285", {}, "内容相同"),
        ("rate > 285 and limit < 300", "limit < 285 and rate > 300", {}, "只有数值不同"),
        ("zone in ['one', 'two']", "zone in ['two', 'one']", {}, "内容相同"),
        ("zone in ['one', 'two']", "zone == 'one'", {}, ""),
        ("rate > 285", "rate > 280", {}, "只有数值不同"),
        ("rate > 285", "rate > 280", {"effective_from": "2026-08-15"}, ""),
        ("rate > 285", "rate > 280", {"effective_from": "2026-08-14"}, "只有数值不同"),
        ("rate > 285", "rate > 280", {"severity": "限制"}, ""),
        ("rate > 285", "rate >= 285", {}, ""),
        ("rate > 285", "limit > 285", {}, ""),
        ("rate > 285", "not rate > 285", {}, ""),
        ("old_t < 1.25 * new_t", "old_t < 1.5 * new_t", {}, "只有数值不同"),
        ("coastal and polluting", "coastal or polluting", {}, ""),
    ],
)
def test_versions_of_one_demand_may_not_overlap(
    pack_of: Packer, one: str, other: str, more: dict[str, str], said: str
) -> None:
    packs = pack_of(clause_text("a", one, effective_to="2026-08-14"), clause_text("b", other, **more))
    found = [problem.what for problem in check_packs(packs, []) if "与 a " in problem.what]
    assert len(found) == bool(said)
    assert all(said in what and "有效期重叠" in what for what in found)
