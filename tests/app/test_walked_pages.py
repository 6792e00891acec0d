"""What walking the reviewer's tasks found on the pages, and must not come back (docs/walks.md)."""

from __future__ import annotations

import pytest
from app_visits import EXAMPLE, visit, words

from tanping.assessment.assess import assess
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import session
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.review.store import Draft, DraftMissingError, Store
from tanping.assessment.screening import decisive


@pytest.fixture
def lacking(store: Store):
    """A draft with an asked fact of one unit missing, and with facts missing that follow from other fields."""
    plain = plain_project(load_project(EXAMPLE))
    del plain["units"][0]["facts"]["stack_nox_mg_per_m3"]
    del plain["units"][0]["net_coal_rate"]
    for name in [*list(plain["facts"])[::3], "inside_ecological_redline"]:
        plain["facts"].pop(name, None)
    content = drafts.content_of(plain)
    title, sector = drafts.describe(content)
    return store.create_draft(content, title=title, sector=sector)


def test_what_follows_from_other_fields_is_told_and_not_asked(lacking) -> None:
    missing = assess(project_from_plain(lacking.content["file"])).screening.missing
    derived = [item for item in missing if not item.asked]
    at = visit("project", lacking, section="先补这些")
    keys = {field.key or "" for kind in (at.text_input, at.selectbox) for field in kind}
    assert derived
    assert not any(item.fact in key for item in derived for key in keys)
    assert all(item.label in words(at) and item.explanation in words(at) for item in derived)
    asked = {item.fact: item.units for item in missing if item.asked}
    put = [key.split("/") for key in keys if key.startswith(lacking.id) and len(key.split("/")) > 2]
    assert len(put) >= 12
    assert all(place[-1] in asked or place[-2] in asked for place in put)
    assert all(place[2] in asked[place[-1]] for place in put if place[1] == "units")


def test_the_list_of_missing_facts_says_how_many_of_them_count(lacking) -> None:
    screening = assess(project_from_plain(lacking.content["file"])).screening
    weighty = len(decisive(screening.findings))
    assert f"缺 {weighty} 项资料" in screening.headline
    at = visit("findings", lacking)
    at.segmented_control(key="findings-view").set_value("尚缺资料").run()
    assert f"共 {len(screening.missing)} 项，其中 {weighty} 项左右结论" in words(at)


def test_a_condition_names_its_document_not_a_code(store: Store) -> None:
    plain = plain_project(load_project(EXAMPLE))
    plain["papers"]["energy_review"] = {"status": "办理中"}
    content = drafts.content_of(plain)
    conditions = assess(project_from_plain(plain)).conditions
    at = visit("findings", store.create_draft(content, title="甲", sector="power"))
    at.segmented_control(key="findings-view").set_value("批复条件").run()
    assert conditions
    assert not any(item.clause in words(at) for item in conditions)


def test_a_self_check_in_an_office_belongs_to_who_began_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "owner", lambda: "li")
    at = visit("self_check")
    assert "不会离开这台电脑" not in words(at)
    at.multiselect(key="self-kinds-power").set_value(["coal_power"])
    next(button for button in at.button if button.label == "开始自查").click().run()
    assert [draft.owner for draft in store.list_drafts()] == ["li"]


@pytest.mark.parametrize("page", ["findings", "inventory", "project", "rules", "self_check"])
def test_a_second_click_on_a_view_leaves_it_chosen(store: Store, page: str) -> None:
    """A double click chose a view and left it again: the first view came with nothing marked."""
    content = drafts.content_of(plain_project(load_project(EXAMPLE)))
    at = visit(page, store.create_draft(content, title="甲", sector="power"), section="生产单元")
    single = [group for group in at.get("button_group") if group.proto.click_mode == group.proto.SINGLE_SELECT]
    assert single
    assert all(group.proto.required for group in single)


def test_what_is_wrong_with_a_draft_is_named_as_on_the_screen(store: Store) -> None:
    plain = plain_project(load_project(EXAMPLE))
    plain["site"]["county"] = "2026-16"
    draft = store.create_draft(drafts.content_of(plain), title="甲", sector="power")
    for page in ("documents", "project"):
        said = words(visit(page, draft))
        assert "县（市、区）" in said
        assert "没有名为“2026-16”" in said
        assert "site.county" not in said
        assert "第 1 行" not in said


def test_a_draft_another_window_deleted_is_told_in_words(example: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    load, asked = Store.load_draft, []

    def gone(store: Store, draft_id: str) -> Draft:
        asked.append(draft_id)
        if len(asked) > 1:
            raise DraftMissingError(draft_id)
        return load(store, draft_id)

    monkeypatch.setattr(Store, "load_draft", gone)
    at = visit("project", example)
    assert len(asked) > 1
    assert [warning.value for warning in at.warning] == [str(DraftMissingError(example.id))]


def test_versions_are_named_in_words(example: Draft) -> None:
    said = words(visit("documents", example))
    assert all(f"<td>{name}</td>" in said for name in ("程序", "结果格式", "因子库"))
    assert "<td>规则包 · air</td>" in said
    assert "engine" not in said
