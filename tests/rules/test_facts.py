from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_law import FACTS

from tanping.records.errors import InputError
from tanping.records.expressions import Kind
from tanping.rules.facts import (
    SCOPE,
    Catalogue,
    Cell,
    FactTable,
    Level,
    Moment,
    Origin,
    PaperStatus,
    catalogue_hash,
    encode,
    load_catalogue,
    parse_value,
)


def test_moments_follow_a_projects_life() -> None:
    assert [moment.value for moment in sorted(Moment, key=lambda moment: moment.order)] == [
        "受理",
        "审批",
        "开工",
        "投产",
        "排污",
    ]
    assert Moment.START.is_after(Moment.APPROVAL)
    assert not Moment.START.is_after(Moment.START)
    assert not Moment.ACCEPTANCE.is_after(Moment.START)


def test_papers_count_as_held_when_held_or_not_required() -> None:
    assert [status.satisfied for status in PaperStatus] == [False, False, True, True]
    assert [status.label for status in PaperStatus] == ["未办", "办理中", "已取得", "不需要"]


# ---------------------------------------------------------------------------------------------- catalogue


def test_a_catalogue_is_read_as_written(folder: Path) -> None:
    facts = load_catalogue(folder / "facts")
    review, rate, city, zone = facts["review"], facts["rate"], facts["city"], facts["zone"]
    assert (review.kind, review.binds_at, review.issuer, review.level) == (
        Kind.PAPER,
        Moment.START,
        "省发展改革委",
        Level.PROJECT,
    )
    assert (rate.kind, rate.unit, rate.level, rate.origin) == (Kind.NUMBER, "gce/kWh", Level.UNIT, Origin.DECLARED)
    assert city.kind is Kind.TEXT
    assert dict(zone.choices) == {"none": "不在", "one": "一级", "two": "二级"}
    assert facts["coastal"].ask == "是海岸工程吗？"
    assert facts["coastal"].where is not None
    assert facts["coastal"].where.line == 10


def test_a_group_stands_for_its_members(catalogue: Catalogue) -> None:
    sector = catalogue["sector"]
    assert [sector.members(word) for word in ("furnaces", "kiln", "all")] == [
        ("steel", "kiln"),
        ("kiln",),
        ("power", "steel", "kiln"),
    ]
    assert [sector.named(word) for word in ("furnaces", "kiln")] == ["窑炉", "熟料"]


def test_what_is_computed_or_derived_is_not_asked(catalogue: Catalogue) -> None:
    assert not catalogue["limit"].asked
    assert not catalogue["new_t"].asked
    assert catalogue["polluting"].asked
    assert catalogue["rate"].asked


def test_the_hash_follows_the_content(folder: Path) -> None:
    first = catalogue_hash(folder / "facts")
    catalogue_hash.cache_clear()
    assert catalogue_hash(folder / "facts") == first
    path = folder / "facts" / "all.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# 注\n", encoding="utf-8")
    catalogue_hash.cache_clear()
    assert catalogue_hash(folder / "facts") != first


def grouped(groups: str) -> str:
    return f"{{name: x, label: 甲, kind: choice, level: unit, origin: declared, choices: {{a: 甲, b: 乙}}, groups: {groups}}}"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{label: 甲, kind: flag}", "缺少 name"),
        ("{name: x, kind: flag}", "缺少 label"),
        ("{name: x, label: 甲}", "缺少 kind"),
        ("{name: x, label: 甲, kind: bool}", "没有“bool”"),
        ("{name: 甲, label: 甲, kind: flag}", "ASCII"),
        ("{name: a b, label: 甲, kind: flag}", "ASCII"),
        ("{name: x, label: 甲, kind: number}", "应写明 unit"),
        ("{name: x, label: 甲, kind: paper}", "应写明 binds_at"),
        ("{name: x, label: 甲, kind: paper, level: project, origin: declared, binds_at: 明天}", "没有“明天”"),
        ("{name: x, label: 甲, kind: flag, unit: t}", "只有数值才有 unit"),
        ("{name: x, label: 甲, kind: flag, choices: {a: 甲}}", "只有选项才有 choices"),
        ("{name: x, label: 甲, kind: flag, issuer: 某局}", "只有手续文件才有 issuer"),
        ("{name: x, label: 甲, kind: choice, choices: [a]}", "代码: 名称"),
        ("{name: x, label: 甲, kind: flag, groups: {g: {label: 组, of: [a, b]}}}", "只有选项才有 groups"),
        (grouped("[a, b]"), "应是 组名"),
        (grouped("{g: [a, b]}"), "组“g”应写明名称和所含代码"),
        (grouped("{g: {label: 组}}"), "组“g”应写明名称和所含代码"),
        (grouped("{g: {label: 组, of: [[a], b]}}"), "组“g”应写明名称和所含代码"),
        (grouped("{a: {label: 组, of: [a, b]}}"), "组“a”与一个选项同名"),
        (grouped("{all: {label: 组, of: [a, b]}}"), "组“all”与一个选项同名"),
        (grouped("{g: {label: 乙, of: [a, b]}}"), "组“g”与一个选项同名"),
        (grouped("{g: {label: 组, of: [a]}}"), "至少两个不同的代码"),
        (grouped("{g: {label: 组, of: [a, a]}}"), "至少两个不同的代码"),
        (grouped("{g: {label: 组, of: [a, c]}}"), "组“g”里的“c”不是选项"),
        ("{name: x, label: 甲, kind: flag, level: unit, origin: guessed}", "没有“guessed”"),
        ("{name: x, label: 甲, kind: flag, level: plant}", "没有“plant”"),
        ("{name: x, label: 甲, kind: flag, lebel: unit}", "不认识的键"),
        ("{name: x, label: 甲, kind: flag, level: unit, origin: declared, sectors: power}", "应是列表"),
        (
            "{name: x, label: 甲, kind: flag, level: unit, origin: declared, sectors: [pawer]}",
            "没有生产单元类别“pawer”",
        ),
        ("{name: coastal, label: 甲, kind: flag, level: unit, origin: declared}", "重复"),
        ("{name: x, label: 甲, kind: flag, level: unit}", "缺少 origin"),
        ("{name: x, label: 甲, kind: flag, origin: declared}", "缺少 level"),
        ("{name: x, label: 甲, kind: number, level: unit, origin: declared, unit: gec/kWh}", "gec"),
        ("text", "应是键值"),
    ],
)
def test_a_bad_fact_is_refused_with_its_line(folder: Path, line: str, word: str) -> None:
    path = folder / "facts" / "more.yaml"
    path.write_text(f"facts:\n  - {line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_catalogue(folder / "facts")
    problem = caught.value.problems[0]
    assert word in str(problem)
    assert problem.where.line == 2


@pytest.mark.parametrize("text", ["facts: x\n", "- a\n", "fact: []\n", "facts: []\nmore: 1\n"])
def test_a_file_that_is_no_catalogue_is_refused(folder: Path, text: str) -> None:
    (folder / "facts" / "more.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="只有一个键 facts"):
        load_catalogue(folder / "facts")


@pytest.mark.parametrize("name", SCOPE)
def test_the_scope_facts_must_be_there(folder: Path, name: str) -> None:
    kept = [line for line in FACTS.splitlines() if f"name: {name}," not in line]
    (folder / "facts" / "all.yaml").write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_catalogue(folder / "facts")
    assert any(problem.field == name for problem in caught.value.problems)


def test_all_problems_are_told_together(folder: Path) -> None:
    (folder / "facts" / "more.yaml").write_text(
        "facts:\n  - {name: x, kind: flag}\n  - {name: y, label: 乙, kind: number, level: unit, origin: declared}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        load_catalogue(folder / "facts")
    assert len(caught.value.problems) == 2


# ---------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("coastal", "true", True),
        ("coastal", "否", False),
        ("rate", "261.80", Decimal("261.80")),
        ("rate", "-3", Decimal(-3)),
        ("rate", "261.8 gce/kWh", Decimal("261.8")),
        ("rate", "0.2618 kgce/kWh", Decimal("261.8")),
        ("old_t", "120 万吨/年", Decimal(1200000)),
        ("zone", "one", "one"),
        ("zone", "一级", "one"),
        ("notice", "2026-02-28", date(2026, 2, 28)),
        ("review", "办理中", PaperStatus.IN_PROGRESS),
        ("review", "held", PaperStatus.HELD),
        ("city", "盐城", "盐城"),
    ],
)
def test_written_values_are_typed(catalogue: Catalogue, name: str, text: str, value: Any) -> None:
    assert parse_value(catalogue[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("coastal", "yes"),
        ("rate", "许多"),
        ("rate", "261.8 t"),
        ("rate", "NaN"),
        ("rate", "Infinity"),
        ("zone", "three"),
        ("notice", "2026-02-30"),
        ("notice", "明天"),
        ("notice", "2026-W05-1"),
        ("review", "有"),
    ],
)
def test_wrong_values_are_refused(catalogue: Catalogue, name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"应|不是|没有"):
        parse_value(catalogue[name], text)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("coastal", True, 1),
        ("coastal", False, 0),
        ("rate", Decimal("285.3"), 285.3),
        ("rate", 3, 3.0),
        ("zone", "two", 2),
        ("zone", "二级", 2),
        ("notice", date(1, 1, 2), 2.0),
        ("review", "已取得", 2),
        ("review", PaperStatus.ABSENT, 0),
        ("city", "盐城", "盐城"),
    ],
)
def test_values_are_encoded(catalogue: Catalogue, name: str, value: Any, code: Any) -> None:
    assert encode(catalogue[name], value) == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("coastal", 1),
        ("coastal", "true"),
        ("rate", True),
        ("rate", "3"),
        ("rate", float("nan")),
        ("rate", Decimal("Infinity")),
        ("zone", 1),
        ("zone", "nine"),
        ("notice", "2026-01-01"),
        ("review", True),
        ("review", "有"),
        ("city", 3),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(catalogue: Catalogue, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode(catalogue[name], value)
    with pytest.raises(InputError, match=name):
        FactTable.of_project(catalogue, {name: value})


# ---------------------------------------------------------------------------------------------- tables


def test_one_project_row_by_row(catalogue: Catalogue) -> None:
    project = {"coastal": True, "city": "盐城", "review": "办理中", "notice": date(2026, 1, 2), "polluting": None}
    units = [
        ("甲", {"rate": Cell(Decimal("261.8"), "261.8 gce/kWh", Origin.VERIFIED, "报告书", "第 12 页")}),
        ("乙", {"coastal": False, "city": "南通", "zone": "two", "rate": None}),
    ]
    table = FactTable.of_project(catalogue, project, units)
    assert (table.rows, table.projects, table.units) == (2, 1, ("甲", "乙"))
    assert [table.value("coastal", row) for row in (0, 1)] == [True, False]
    assert [table.value("city", row) for row in (0, 1)] == ["盐城", "南通"]
    assert [table.value("review", row) for row in (0, 1)] == [PaperStatus.IN_PROGRESS] * 2
    assert table.value("notice", 1) == date(2026, 1, 2)
    assert [table.value("rate", row) for row in (0, 1)] == [Decimal("261.8"), None]
    assert [table.value("zone", row) for row in (0, 1)] == [None, "two"]
    assert [table.value("exempt", row) for row in (0, 1)] == [None, None]
    assert table.value("polluting", 0) is None
    assert table.cells["rate", 0].page == "第 12 页"
    assert ("rate", 1) not in table.cells
    assert table.is_claimed("coastal", 0)
    assert not table.is_claimed("rate", 0)
    assert not table.is_claimed("zone", 0)
    assert table.is_claimed("zone", 1)
    assert not table.is_claimed("exempt", 0)


@pytest.mark.parametrize("origin", [Origin.VERIFIED, Origin.COMPUTED, Origin.DERIVED, Origin.SPATIAL])
def test_only_what_is_declared_is_a_claim(origin: Origin) -> None:
    assert not Cell(True, origin=origin).claimed
    assert Cell(True).claimed
    assert not Cell(None).claimed


def test_unknown_names_are_refused_with_a_suggestion(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="coastal"):
        FactTable.of_project(catalogue, {"costal": True})
    with pytest.raises(InputError, match="coastal"):
        FactTable.of_columns(catalogue, {"costal": np.zeros(1, dtype=np.int8)})


def test_columns_are_typed_and_unknowns_kept(catalogue: Catalogue) -> None:
    table = FactTable.of_columns(
        catalogue,
        {
            "coastal": np.array([1, 0, -1], dtype=np.int8),
            "captive": np.array([True, False, True]),
            "rate": np.array([1.5, np.nan, 3]),
            "notice": np.array(["2026-01-02", "NaT", "2026-01-03"], dtype="datetime64[D]"),
            "zone": np.array(["one", None, "不在"], dtype=object),
            "review": np.array(["已取得", "absent", None], dtype=object),
            "city": np.array(["盐城", None, "盐城"], dtype=object),
            "quota": np.array([3, -1, 0]),
            "old_t": np.array([1, 2, 3]),
        },
    )
    told = {name: [table.value(name, row) for row in range(3)] for name in table.columns}
    assert told == {
        "coastal": [True, False, None],
        "captive": [True, False, True],
        "rate": [Decimal("1.5"), None, Decimal("3.0")],
        "notice": [date(2026, 1, 2), None, date(2026, 1, 3)],
        "zone": ["one", None, "none"],
        "review": [PaperStatus.HELD, PaperStatus.ABSENT, None],
        "city": ["盐城", None, "盐城"],
        "quota": [PaperStatus.NOT_REQUIRED, None, PaperStatus.ABSENT],
        "old_t": [Decimal(1), Decimal(2), Decimal(3)],
    }
    assert (table.rows, table.projects) == (3, 3)
    assert table.column("exempt").tolist() == [-1, -1, -1]
    assert np.isnan(table.column("limit")).all()


def test_good_arrays_are_not_copied(catalogue: Catalogue) -> None:
    rate, coastal = np.array([1.5]), np.array([1], dtype=np.int8)
    table = FactTable.of_columns(catalogue, {"rate": rate, "coastal": coastal})
    assert table.columns["rate"] is rate
    assert table.columns["coastal"] is coastal


def test_values_of_projects_are_spread_over_their_units(catalogue: Catalogue) -> None:
    table = FactTable.of_columns(
        catalogue,
        {"coastal": np.array([1, 0], dtype=np.int8), "rate": np.array([1.0, 2.0, 3.0])},
        project=np.array([0, 0, 1], dtype=np.int32),
        claimed={"rate": np.array([True, False, True]), "coastal": True},
    )
    assert [table.value("coastal", row) for row in range(3)] == [True, True, False]
    assert table.starts.tolist() == [0, 2]
    assert [list(table.rows_of(project)) for project in (0, 1)] == [[0, 1], [2]]
    assert [table.is_claimed("rate", row) for row in range(3)] == [True, False, True]
    assert table.is_claimed("coastal", 2)


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"rate": np.array(["x"], dtype=object)}, "数值列"),
        ({"rate": np.array([np.inf])}, "无穷大"),
        ({"notice": np.array(["x"])}, "数值列"),
        ({"coastal": np.array([2], dtype=np.int8)}, "代码应在"),
        ({"coastal": np.array([-2], dtype=np.int8)}, "代码应在"),
        ({"coastal": np.array([1.0])}, "代码列"),
        ({"zone": np.array([3], dtype=np.int8)}, "−1 与 2"),
        ({"zone": np.array(["nine"], dtype=object)}, "没有选项"),
        ({"review": np.array([4], dtype=np.int8)}, "−1 与 3"),
        ({"city": np.array([0], dtype=np.int32)}, "代码应在"),
        ({"coastal": np.zeros((1, 1), dtype=np.int8)}, "一维"),
        ({"rate": np.zeros(2), "captive": np.zeros(3, dtype=np.int8)}, "行"),
    ],
)
def test_bad_columns_are_refused(catalogue: Catalogue, columns: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        FactTable.of_columns(catalogue, columns)


def test_a_unit_fact_is_not_spread(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="有 1 行，应为 2 行"):
        FactTable.of_columns(catalogue, {"rate": np.zeros(1)}, project=np.array([0, 0], dtype=np.int32))


@pytest.mark.parametrize("index", [[1, 1], [0, 2], [0, 1, 0], [-1, 0]])
def test_projects_are_numbered_without_gaps(catalogue: Catalogue, index: list[int]) -> None:
    with pytest.raises(InputError, match="项目编号"):
        FactTable.of_columns(catalogue, {}, project=np.array(index, dtype=np.int32))


def test_taken_rows_may_repeat(catalogue: Catalogue) -> None:
    table = FactTable.of_columns(catalogue, {"rate": np.array([1.0, 2.0])})
    taken = table.take(np.array([1, 0, 1]), np.arange(3, dtype=np.int32))
    assert taken.columns["rate"].tolist() == [2.0, 1.0, 2.0]
    assert taken.projects == 3


def test_an_empty_table_has_no_projects(catalogue: Catalogue) -> None:
    table = FactTable.of_columns(catalogue, {})
    assert (table.rows, table.projects) == (0, 0)
