"""Going through facts and figures: with page, by whom; two reviewers, two versions."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from review_walk import World, example_file

from tanping.assessment.review.errors import ChangedError, RefusedError
from tanping.assessment.review.places import check_text, label_of, places_of, raw_at, text_at, with_checks
from tanping.assessment.review.roles import Action
from tanping.assessment.review.verify import verify

At = Callable[[str], World]
HOURS = "units/5/hours"


def test_a_check_has_page_value_and_author(at: At) -> None:
    world = at("技术评估")
    assessor = world.p("技术评估")
    check = world.review.verification.check
    for place, status, more, words in (
        (HOURS, "已核实", {}, "报告页码或文件"),
        (HOURS, "已核实", {"verified": "很多", "page": "3"}, "不是数字"),
        (HOURS, "已核实", {"verified": "9000 h", "page": "3"}, "大于上限"),
        (HOURS, "存疑", {}, "写明疑点"),
        (HOURS, "对", {}, "不在可选范围"),
        ("units/5/nothing", "存疑", {"note": "x"}, "没有“units/5/nothing”"),
        ("nowhere", "存疑", {"note": "x"}, "没有“nowhere”"),
        ("figure/design_year_total", "已核实", {"verified": "1 t", "page": "3"}, "是计算值"),
        ("site/datum", "已核实", {"page": "3"}, "没有申报值"),
    ):
        with pytest.raises(RefusedError, match=words):
            check(assessor, world.id, place, status, **more)
    found = check(assessor, world.id, HOURS, "已核实", verified="4800 h", page="20", document="环评报告")
    assert (found.by, found.page, found.verified, found.version) == ("技术评估某", "20", "4800 h", 1)
    with pytest.raises(ChangedError):
        check(assessor, world.id, HOURS, "已核实", page="21")
    check(assessor, world.id, HOURS, "已核实", page="21", version=1)
    check(assessor, world.id, "figure/design_year_total", "存疑", note="与第 7 章不一致")
    seen = {item.place: item for item in world.review.verification.overview(assessor, world.id)}
    assert (seen[HOURS].status, seen[HOURS].verified, seen[HOURS].declared) == ("已核实", "4950 h", "4950 h")
    assert (seen["figure/design_year_total"].label, seen["figure/design_year_total"].status) == (
        "达产年排放总量",
        "存疑",
    )
    assert verify(world.engine).sound


def test_two_reviewers_both_stand_and_contradict_openly(at: At) -> None:
    world = at("会审中")
    check = world.review.verification.check
    check(world.p("气候处室经办"), world.id, HOURS, "已核实", page="20")
    check(world.p("大气处室经办"), world.id, HOURS, "已核实", verified="4800 h", page="21")
    (item,) = world.review.verification.overview(world.p("牵头处经办"), world.id)
    assert (item.status, item.verified, item.contradicting, len(item.checks)) == ("存疑", "", True, 2)
    world.review.verification.withdraw(world.p("大气处室经办"), world.id, HOURS)
    (item,) = world.review.verification.overview(world.p("牵头处经办"), world.id)
    assert (item.status, item.contradicting) == ("已核实", False)
    assert verify(world.engine).sound


def test_a_check_holds_on_while_the_value_stays(at: At) -> None:
    world = at("技术评估")
    assessor, builder = world.p("技术评估"), world.p("建设单位")
    check = world.review.verification.check
    check(assessor, world.id, HOURS, "已核实", page="20")
    check(assessor, world.id, "units/6/hours", "已核实", page="20")
    demand = world.review.demands.write(assessor, world.id, "改小时数")
    world.step("技术评估", Action.ASK_REVISION)
    file = copy.deepcopy(example_file())
    file["units"][0]["hours"] = "4700 h"
    world.review.submissions.seal(builder, world.id, file, report="修改稿")
    world.review.demands.answer(builder, world.id, demand.id, demand.version, "已改", "20")
    world.step("建设单位", Action.SUBMIT_REVISION)
    assert [item.place for item in world.review.verification.overview(assessor, world.id)] == ["units/6/hours"]
    again = check(assessor, world.id, HOURS, "已核实", page="22")
    assert again.version == 1


# ---- places ----------------------------------------------------------------------------------------------------------


def test_places_name_fields_as_people_do() -> None:
    file = example_file()
    assert label_of(HOURS) == "生产单元 5·年利用（运行）小时数"
    assert label_of("papers/energy_review/status") == "节能审查意见·办理状态"
    assert label_of("facts/on_coastal_land").startswith("事实·")
    assert text_at(file, HOURS) == "4950 h"
    assert text_at(file, "units/none/hours") == text_at(file, "units") == text_at(file, "facts/none") == ""
    assert raw_at(file, "units/5/facts/cooling_type") is not None
    everything = dict(places_of(file))
    assert everything[HOURS] == raw_at(file, HOURS)
    assert all(raw_at(file, place) == raw for place, raw in everything.items())


def test_checks_are_put_in_without_touching_the_original() -> None:
    file = example_file()
    before = copy.deepcopy(file)
    checked = with_checks(
        file,
        {
            HOURS: ("已核实", "4800 h", "甲"),
            "facts/new_fact": ("已核实", "是", "甲"),
            "project/name": ("存疑", "", "乙"),
            "units/none/hours": ("已核实", "1 h", "甲"),
        },
    )
    assert file == before
    assert {key: checked["units"][0]["hours"][key] for key in ("value", "verified", "check", "verified_by")} == {
        "value": "4950 h", "verified": "4800 h", "check": "已核实", "verified_by": "甲",
    }  # fmt: skip
    assert checked["facts"]["new_fact"] == {"value": None, "verified": "是", "check": "已核实", "verified_by": "甲"}
    assert checked["project"]["name"]["check"] == "存疑"
    assert "verified" not in checked["project"]["name"]


def test_a_field_says_itself_what_it_takes() -> None:
    check_text(HOURS, "4800 h")
    with pytest.raises(RefusedError, match=r"年利用（运行）小时数：.*例：4950 h"):
        check_text(HOURS, "4800")
