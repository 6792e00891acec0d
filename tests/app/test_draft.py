"""What a draft holds: one field changes, the rest stays; what a field refuses is kept beside the file, not in it."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"


@pytest.fixture(scope="module")
def example() -> drafts.Content:
    return drafts.content_of(plain_project(load_project(EXAMPLE)))


def test_a_new_draft_says_nothing_but_its_sector() -> None:
    content = drafts.blank("steel", " 某钢铁 ")
    assert content == {
        "file": {"schema": "tanping.project/1", "project": {"name": "某钢铁", "sector": "钢铁"}},
        "typed": {},
    }
    assert drafts.describe(content) == ("某钢铁", "steel")
    assert project_from_plain(content["file"]).project.sector.value == "steel"


def test_an_accepted_text_goes_into_the_file() -> None:
    content = drafts.with_text(drafts.blank("power"), "project/owner", " 某公司 ")
    assert content["file"]["project"]["owner"] == "某公司"
    assert content["typed"] == {}


def test_a_refused_text_stays_beside_the_file_and_the_field_counts_as_unknown() -> None:
    content = drafts.with_row(drafts.blank("power"), "units", "1")
    good = drafts.with_text(content, "units/1/capacity", "1000 MW")
    bad = drafts.with_text(good, "units/1/capacity", "1000")
    assert bad["typed"] == {"units/1/capacity": "1000"}
    assert bad["file"]["units"] == [{"id": "1"}]
    assert drafts.text(bad, "units/1/capacity") == "1000"
    assert "应为" in drafts.refusal("units/1/capacity", "1000")
    mended = drafts.with_text(bad, "units/1/capacity", "100 万kW")
    assert mended["typed"] == {}
    assert drafts.text(mended, "units/1/capacity") == "100 万kW"


def test_a_new_value_keeps_where_it_stands_and_loses_its_verification(example: drafts.Content) -> None:
    path = "units/5/capacity"
    said = drafts.with_part(drafts.with_part(example, path, "page", "第 12 页"), path, "note", "假设：同型机组")
    said["file"]["units"][0]["capacity"]["check"] = "已核实"
    said["file"]["units"][0]["capacity"]["verified"] = "1000 MW"
    changed = drafts.with_text(said, path, "1050 MW")
    assert drafts.part(changed, path, "page") == "第 12 页"
    assert drafts.raw(changed, path)["value"] == "1050 MW"
    assert "check" not in drafts.raw(changed, path)
    assert project_from_plain(changed["file"]).units[0].capacity.claimed


def test_a_part_that_is_emptied_leaves_the_plain_text() -> None:
    content = drafts.with_text(drafts.blank("power"), "project/owner", "某公司")
    noted = drafts.with_part(content, "project/owner", "note", "见批文")
    assert drafts.raw(noted, "project/owner") == {"value": "某公司", "note": "见批文"}
    assert drafts.with_part(noted, "project/owner", "note", "") == content


def test_emptying_the_last_field_leaves_no_trace() -> None:
    content = drafts.blank("power")
    for path, typed in (("papers/energy_review/status", "办理中"), ("facts/uses_clean_transport", "是")):
        assert drafts.with_text(drafts.with_text(content, path, typed), path, "") == content


def test_a_fact_of_a_unit_stands_in_its_row() -> None:
    content = drafts.with_row(drafts.blank("power"), "units", "1")
    changed = drafts.with_text(content, "units/1/facts/has_flue_gas_bypass", "否")
    assert changed["file"]["units"] == [{"id": "1", "facts": {"has_flue_gas_bypass": "否"}}]
    assert drafts.with_text(changed, "units/1/facts/has_flue_gas_bypass", "") == content


def test_rows_come_copied_and_go_with_what_was_refused_in_them(example: drafts.Content) -> None:
    assert drafts.rows(example, "units") == ["5", "6"]
    assert drafts.free_id(example, "units") == "1"
    more = drafts.with_row(example, "units", "7", like="5")
    assert more["file"]["units"][2] == {**example["file"]["units"][0], "id": "7"}
    bad = drafts.with_text(more, "units/7/life", "很久")
    assert drafts.without_row(bad, "units", "7") == example
    with pytest.raises(KeyError):
        drafts.with_text(example, "units/99/life", "30 a")


def test_the_original_is_never_touched(example: drafts.Content) -> None:
    before = copy.deepcopy(example)
    drafts.with_text(example, "units/5/capacity", "1 MW")
    drafts.with_part(example, "units/5/capacity", "note", "x")
    drafts.with_row(example, "fuels", "x")
    drafts.without_row(example, "units", "5")
    assert example == before


def paths() -> list[str]:
    return [
        f"{table}/{name}" if table in ONE_ROW else f"{table}/1/{name}"
        for table in TABLES
        for name in entries(TABLES[table])
    ]


@given(
    st.sampled_from(paths()),
    st.text(max_size=30) | st.sampled_from(["不清楚", "无", "1 MW", "-1 t", "1e400 t", "是", "2026-13-01"]),
)
def test_whatever_is_typed_the_file_can_be_read_and_the_text_is_kept(path: str, typed: str) -> None:
    content = drafts.blank("power")
    if len(path.split("/")) == 3:
        content = drafts.with_row(content, path.split("/")[0], "1")
    changed = drafts.with_text(content, path, typed)
    from tanping.assessment.project.model import Project

    Project.model_validate(changed["file"])
    if typed.strip():
        assert drafts.text(changed, path) == typed.strip()
