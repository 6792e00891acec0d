"""Versions handed in: sealed whole, with the law they were judged by; compared; feeding the 意见—修改对照表."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from review_walk import World, example_file
from sqlalchemy import text

from tanping.assessment.review.compare import compare_files
from tanping.assessment.review.errors import ChangedError, MissingError, RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.demands import Terms
from tanping.assessment.review.verify import verify
from tanping.factors.register import load_register
from tanping.records.archive import pack_hash
from tanping.records.canonical import canonical_bytes, sha256
from tanping.records.errors import InputError
from tanping.rules.facts import load_catalogue
from tanping.rules.pack import PACKS, parse_pack

At = Callable[[str], World]


def changed_file() -> dict[str, Any]:
    """The example with more coal, other hours at a higher unit, a paper under way, a fuel gone."""
    file = copy.deepcopy(example_file())
    file["fuels"][0]["amount"]["value"] = "300 万吨"
    file["units"][0]["hours"]["value"] = "4500 h"
    file["units"][0]["hours"]["page"] = "32"
    file["papers"]["energy_review"]["status"] = "办理中"
    file["facts"]["on_coastal_land"]["note"] = "另有说明"
    del file["energy"]
    return file


def blob(world: World, digest: str) -> bytes:
    with world.engine.connect() as connection:
        found = connection.execute(text("SELECT content FROM blobs WHERE sha256 = :x"), {"x": digest}).scalar_one()
    return bytes(found)


def test_a_version_is_sealed_with_its_result_and_the_law(at: At) -> None:
    world = at("草稿")
    builder = world.p("建设单位")
    (version,), (result,) = (
        world.review.submissions.versions(builder, world.id),
        world.review.submissions.results(builder, world.id),
    )
    assert blob(world, version.project_sha256) == canonical_bytes(example_file())
    plain = world.review.submissions.result(builder, world.id)
    assert plain["schema"] == "tanping.assessment/1"
    assert sha256(canonical_bytes(plain)) == result.assessment_sha256
    assert (result.ground, result.as_of, version.report) == ("申报", date(2026, 11, 1), "送审稿")
    versions = plain["versions"]
    for digest in (versions["factors"], *versions["packs"].values()):
        assert sha256(blob(world, digest)) == digest
    # What was kept can be read again as packs and factors.
    name, digest = next((name, digest) for name, digest in versions["packs"].items() if name != "facts")
    assert parse_pack(blob(world, digest), name, load_catalogue(), name).clauses
    assert pack_hash(json.loads(blob(world, versions["factors"]))) == load_register().sha256
    assert sorted(PACKS.glob("*.yaml"))


def test_what_was_handed_in_is_never_overwritten(at: At) -> None:
    world = at("草稿")
    builder = world.p("建设单位")
    world.review.submissions.seal(builder, world.id, changed_file(), report="修改稿")
    versions = world.review.submissions.versions(builder, world.id)
    assert [row.number for row in versions] == [1, 2]
    assert world.review.submissions.file(builder, world.id, versions[0].id) == example_file()
    assert world.review.submissions.file(builder, world.id, versions[1].id) == changed_file()
    assert verify(world.engine).sound


def test_a_faulty_file_is_told_in_full_and_not_sealed(at: At) -> None:
    world = at("草稿")
    file = copy.deepcopy(example_file())
    file["units"][0]["hours"] = "很多"
    file["site"]["nowhere"] = "x"
    with pytest.raises(InputError) as caught:
        world.review.submissions.seal(world.p("建设单位"), world.id, file)
    assert len(caught.value.problems) == 2
    assert len(world.review.submissions.versions(world.p("建设单位"), world.id)) == 1


def test_without_a_legal_date_nothing_is_judged(at: At) -> None:
    world = at("草稿")
    file = copy.deepcopy(example_file())
    del file["dates"]["accepted"]
    with pytest.raises(InputError, match="没有受理日期"):
        world.review.submissions.seal(world.p("建设单位"), world.id, file)
    world.review.submissions.seal(world.p("建设单位"), world.id, file, as_of=date(2026, 10, 20))


def test_submitting_needs_a_new_version_after_a_notice(at: At) -> None:
    world = at("受理审查")
    builder, clerk = world.p("建设单位"), world.p("受理")
    demand = world.review.demands.write(clerk, world.id, "补充节能审查意见", place="papers/energy_review/status")
    world.step("受理", Action.REQUEST_CORRECTION)
    with pytest.raises(RefusedError, match=r"还没有封存新的项目文件.*还有 1 条意见没有答复"):
        world.step("建设单位", Action.SUBMIT_CORRECTION)
    with pytest.raises(RefusedError, match="请先封存修改后的项目文件"):
        world.review.demands.answer(builder, world.id, demand.id, demand.version + 0, "已补", "12")
    world.review.submissions.seal(builder, world.id, changed_file(), report="修改稿")
    world.review.demands.answer(builder, world.id, demand.id, demand.version, "已补充办理情况", "12")
    world.step("建设单位", Action.SUBMIT_CORRECTION)
    world.review.demands.write(clerk, world.id, "再补")
    with pytest.raises(RefusedError, match="一次性补正告知"):
        world.step("受理", Action.REQUEST_CORRECTION)


def test_versions_are_compared_field_by_field_and_figure_by_figure(at: At) -> None:
    world = at("草稿")
    builder = world.p("建设单位")
    world.review.submissions.seal(builder, world.id, changed_file())
    found = world.review.submissions.compare(builder, world.id, 1, 2)
    fields = {change.place: change for change in found.fields}
    assert set(fields) == {
        "fuels/设计煤种/amount", "units/5/hours", "papers/energy_review/status", "facts/on_coastal_land",
        "energy/启备用电/kind", "energy/启备用电/amount",
    }  # fmt: skip
    assert str(fields["fuels/设计煤种/amount"]) == "燃料 设计煤种·年消耗量：330.8 万吨 → 300 万吨"
    assert (fields["units/5/hours"].before, fields["units/5/hours"].after, fields["units/5/hours"].page) == (
        "4950 h",
        "4500 h",
        "32",
    )
    assert fields["facts/on_coastal_land"].source_only
    assert fields["energy/启备用电/amount"].after == ""
    figures = {change.figure: change for change in found.figures}
    old, new = (
        world.review.submissions.result(builder, world.id, row.id)
        for row in world.review.submissions.results(builder, world.id)
    )
    total = figures["design_year_total"]
    assert (total.before, total.after) == (old["inventory"]["design_year_total"], new["inventory"]["design_year_total"])
    assert total.before != total.after
    assert any(change.before != change.after for change in found.clauses)
    assert world.review.submissions.compare(builder, world.id, 2, 2).fields == ()
    with pytest.raises(MissingError, match="没有第 9 稿"):
        world.review.submissions.compare(builder, world.id, 1, 9)


def test_the_same_file_in_another_order_has_no_difference() -> None:
    file = example_file()
    turned = {key: list(reversed(value)) if isinstance(value, list) else value for key, value in reversed(file.items())}
    assert compare_files(file, turned) == ()


def test_the_table_of_revisions_shows_what_really_changed(at: At) -> None:
    world = at("技术评估")
    builder, assessor = world.p("建设单位"), world.p("技术评估")
    write = world.review.demands.write
    coal = write(assessor, world.id, "核实煤量", place="fuels/设计煤种/amount", source="专家甲")
    kept = write(assessor, world.id, "核实低位发热量", place="fuels/设计煤种/ncv")
    clause = write(assessor, world.id, "说明节能审查进展", clause="air-plan-2023-checklist")
    free = write(assessor, world.id, "补充措施比选")
    dropped = write(assessor, world.id, "误拟")
    assert world.review.demands.of_review(builder, world.id) == [], "drafts are the reviewers' own"
    world.review.demands.reword(assessor, world.id, dropped.id, dropped.version, "")
    world.step("技术评估", Action.ASK_REVISION)
    assert [demand.text for demand in world.review.demands.of_review(builder, world.id)] == [
        "核实煤量", "核实低位发热量", "说明节能审查进展", "补充措施比选",
    ]  # fmt: skip
    world.review.submissions.seal(builder, world.id, changed_file(), report="修改稿")
    for demand in (coal, kept, clause, free):
        world.review.demands.answer(builder, world.id, demand.id, demand.version, "已修改", "第 30 页")
    world.step("建设单位", Action.SUBMIT_REVISION)
    assert world.state() == "技术评估"

    table = {row.demand.text: row for row in world.review.demands.table(assessor, world.id)}
    assert table["核实煤量"].found == "燃料 设计煤种·年消耗量：330.8 万吨 → 300 万吨"
    assert {change.figure for change in table["核实煤量"].figures} >= {"design_year_total"}
    assert table["核实低位发热量"].found == "未检出对应字段的修改"
    assert "节能审查意见·办理状态：已取得 → 办理中" in table["说明节能审查进展"].found
    assert table["补充措施比选"].found == ""
    assert (table["核实煤量"].demand.source, table["核实煤量"].demand.answered_in) == ("专家甲", 2)

    with pytest.raises(RefusedError, match="有 4 条意见的修改情况没有判定"):
        world.step("技术评估", Action.FINISH_ASSESSMENT)
    rows = world.review.demands.of_review(assessor, world.id)
    with pytest.raises(RefusedError, match="理由没有填写"):
        world.review.demands.judge(assessor, world.id, rows[0].id, rows[0].version, "部分采纳")
    world.review.demands.judge(assessor, world.id, rows[0].id, rows[0].version, "部分采纳", "只改了一处")
    with pytest.raises(ChangedError):
        world.review.demands.judge(assessor, world.id, rows[0].id, rows[0].version, "采纳")
    assert world.review.demands.table(builder, world.id)[0].demand.outcome == "部分采纳"
    assert verify(world.engine).sound


def test_an_issued_demand_is_not_reworded(at: At) -> None:
    world = at("会审中")
    lead = world.p("牵头处经办")
    first = world.review.demands.write(lead, world.id, "核实煤量")
    world.step("牵头处经办", Action.ASK_REVISION)
    world.review.submissions.seal(world.p("建设单位"), world.id, changed_file(), report="修改稿")
    issued = world.review.demands.answer(world.p("建设单位"), world.id, first.id, first.version, "已核", "3")
    world.step("建设单位", Action.SUBMIT_REVISION)
    assert world.state() == "会审", "back to where the revision was asked for"
    assert [item.office for item in world.review.opinions.of_review(lead, world.id) if item.outdated] == ["专家某"]
    with pytest.raises(RefusedError, match="已发出的意见不能改"):
        world.review.demands.reword(lead, world.id, first.id, issued.version, "")


def test_a_demand_says_where_by_whom_and_until_when(at: At) -> None:
    world = at("技术评估")
    assessor, demands = world.p("技术评估"), world.review.demands
    today = world.clock.moment.date()
    first = demands.write(assessor, world.id, "核实煤量", terms=Terms("第 35 页", "环评编制单位", today))
    demands.write(assessor, world.id, "补充措施比选")
    with pytest.raises(RefusedError, match="在今天以前"):
        demands.write(assessor, world.id, "补图", terms=Terms(due=today - timedelta(days=1)))
    demands.reword(assessor, world.id, first.id, first.version, "核实设计煤种用量")
    assert demands.of_review(assessor, world.id)[0].terms == Terms("第 35 页", "环评编制单位", today), (
        "a new wording keeps them"
    )
    world.days(1)
    with pytest.raises(RefusedError, match="第 1 条的完成期限已过"):
        world.step("技术评估", Action.ASK_REVISION)
    assert demands.set_terms(world.p("技术评估"), world.id, "建设单位", today + timedelta(days=8)) == 2
    world.step("技术评估", Action.ASK_REVISION)
    world.days(9)
    (seen, other) = demands.of_review(world.p("建设单位"), world.id)
    assert (seen.terms.page, other.terms.page) == ("第 35 页", "")
    assert {(item.terms.who, item.terms.due, item.late) for item in (seen, other)} == {
        ("建设单位", today + timedelta(days=8), True)
    }
    assert verify(world.engine).sound


def test_suggestions_come_from_the_result(at: At) -> None:
    world = at("受理审查")
    found = world.review.demands.suggestions(world.p("受理"), world.id)
    plain = world.review.submissions.result(world.p("受理"), world.id)
    missing = [fact for fact in plain["screening"]["missing"] if fact["asked"] or fact["kind"] == "paper"]
    assert missing
    assert len(found) >= len(missing)
    assert {item.place.split("/")[1] for item in found if item.place} == {fact["fact"] for fact in missing}
    item = next(item for item in found if item.place.startswith("facts/"))
    assert world.review.demands.write(world.p("受理"), world.id, item.text, place=item.place).stage == "补正"


def test_a_recalculation_puts_verified_values_in(at: At) -> None:
    world = at("技术评估")
    assessor = world.p("技术评估")
    world.review.verification.check(
        assessor, world.id, "fuels/设计煤种/amount", "已核实", verified="320 万吨", page="35"
    )
    with pytest.raises(RefusedError, match="请先重算并封存"):
        world.step("技术评估", Action.FINISH_ASSESSMENT)
    result = world.review.submissions.recalculate(assessor, world.id)
    assert (result.ground, result.as_of) == ("核实", date(2026, 11, 2))
    plain = world.review.submissions.result(assessor, world.id)
    fuel = plain["project"]["fuels"][0]["amount"]
    assert (fuel["value"], fuel["verified"], fuel["verified_by"], fuel["check"]) == (
        "330.8 万吨",
        "3200000 t",
        "技术评估某",
        "已核实",
    )
    before = world.review.submissions.result(
        assessor, world.id, world.review.submissions.results(assessor, world.id)[0].id
    )
    ratio = plain["inventory"]["design_year_total"] / before["inventory"]["design_year_total"]
    assert 320 / 330.8 < ratio < 1
    world.step("技术评估", Action.FINISH_ASSESSMENT)


def test_the_applicant_does_not_see_the_reviewers_values_before_the_decision(at: At) -> None:
    world = at("技术评估")
    assessor, builder = world.p("技术评估"), world.p("建设单位")
    world.review.verification.check(assessor, world.id, "units/5/hours", "已核实", verified="4800 h", page="20")
    sealed = world.review.submissions.recalculate(assessor, world.id)
    assert [row.ground for row in world.review.submissions.results(builder, world.id)] == ["申报"]
    assert "verified" not in str(world.review.submissions.result(builder, world.id)["project"]["units"][0]["hours"])
    with pytest.raises(MissingError):
        world.review.submissions.result(builder, world.id, sealed.id)
