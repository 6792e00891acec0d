"""Texts being written: whoever writes at once with another loses nothing, and sees it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_walk import World

from tanping.assessment.review.errors import NotAllowedError, RefusedError
from tanping.assessment.review.verify import verify

At = Callable[[str], World]
CLERK, HEAD, LEAD = "气候处室经办", "气候处室负责人", "牵头处经办"
PLACE = "opinion/气候/text"


def test_a_text_is_saved_and_read_by_its_office(at: At) -> None:
    world = at("会审中")
    texts = world.review.texts
    first = texts.save(world.p(CLERK), world.id, PLACE, "初稿", ())
    assert (first.text, first.versions[0].by, first.divided) == ("初稿", "气候处室经办某", False)
    second = texts.save(world.p(HEAD), world.id, PLACE, "负责人改过", first.seen)
    assert second.text == "负责人改过"
    assert texts.read(world.p(CLERK), world.id, PLACE) == second
    assert texts.save(world.p(CLERK), world.id, PLACE, "负责人改过", second.seen) == second
    assert [version.text for version in texts.history(world.p(CLERK), world.id, PLACE)] == ["初稿", "负责人改过"]
    assert texts.read(world.p(CLERK), world.id, "opinion/气候/other").text == ""


def test_two_who_write_at_once_both_keep_their_text_until_somebody_merges(at: At) -> None:
    world = at("会审中")
    texts = world.review.texts
    seen = texts.save(world.p(CLERK), world.id, PLACE, "共同的底稿", ()).seen
    texts.save(world.p(CLERK), world.id, PLACE, "经办改的", seen)
    both = texts.save(world.p(HEAD), world.id, PLACE, "负责人改的", seen)
    assert both.divided
    assert [version.text for version in both.versions] == ["经办改的", "负责人改的"]
    with pytest.raises(RefusedError, match="几份同时写的文字（气候处室经办某、气候处室负责人某）"):
        _ = both.text
    merged = texts.save(world.p(CLERK), world.id, PLACE, "合在一起", both.seen)
    assert merged.text == "合在一起"
    assert len(texts.history(world.p(CLERK), world.id, PLACE)) == 4


def test_twenty_who_write_at_once_lose_nothing(at: At) -> None:
    world = at("会审中")
    people = [world.p(CLERK), world.p(HEAD)]
    seen = world.review.texts.save(people[0], world.id, PLACE, "底稿", ()).seen
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            world.review.texts.save(people[number % 2], world.id, PLACE, f"第 {number} 份", seen)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    standing = world.review.texts.read(people[0], world.id, PLACE)
    assert {version.text for version in standing.versions} == {f"第 {number} 份" for number in range(20)}


def test_texts_have_their_readers_and_writers(at: At) -> None:
    world = at("会审中")
    texts = world.review.texts
    texts.save(world.p(CLERK), world.id, PLACE, "内部意见", ())
    assert texts.read(world.p(LEAD), world.id, PLACE).text == "内部意见"
    for who in ("大气处室经办", "建设单位", "专家"):
        with pytest.raises(NotAllowedError):
            texts.read(world.p(who), world.id, PLACE)
    for who in (LEAD, "大气处室负责人", "建设单位"):
        with pytest.raises(NotAllowedError):
            texts.save(world.p(who), world.id, PLACE, "x", ())
    with pytest.raises(NotAllowedError):
        texts.read(world.p("建设单位"), world.id, "conclusion")
    texts.save(world.p("建设单位"), world.id, "applicant/answer", "答复草稿", ())
    with pytest.raises(NotAllowedError):
        texts.read(world.p(LEAD), world.id, "applicant/answer")
    with pytest.raises(RefusedError, match="没有“nowhere”"):
        texts.save(world.p(CLERK), world.id, "nowhere", "x", ())
    with pytest.raises(RefusedError, match="过长"):
        texts.save(world.p(CLERK), world.id, PLACE, "x" * 200_001, ())


def test_remarks_are_answered_and_settled(at: At) -> None:
    world = at("会审中")
    texts = world.review.texts
    remark = texts.comment(world.p(CLERK), world.id, "小时数偏低？", place="units/5/hours", page="20")
    answer = texts.comment(world.p("技术评估"), world.id, "按设计文件", reply_to=remark.id)
    assert (answer.place, answer.page, answer.reply_to) == ("units/5/hours", "20", remark.id)
    texts.settle(world.p(CLERK), world.id, remark.id)
    texts.settle(world.p("技术评估"), world.id, remark.id)
    listed = texts.comments(world.p(LEAD), world.id, "units/5/hours")
    assert [(item.text, item.settled_by) for item in listed] == [("小时数偏低？", "气候处室经办某"), ("按设计文件", "")]
    with pytest.raises(NotAllowedError):
        texts.comments(world.p("建设单位"), world.id)
    with pytest.raises(RefusedError, match="批注没有填写"):
        texts.comment(world.p(CLERK), world.id, " ")
    assert verify(world.engine).sound


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([CLERK, HEAD]), st.text(max_size=8), st.booleans()), min_size=1, max_size=7))
def test_whatever_is_saved_stands_or_was_seen_by_who_wrote_over_it(
    sqlite_stations: Callable[[str], World], writings: list[tuple[str, str, bool]]
) -> None:
    world = sqlite_stations("会审中")
    texts = world.review.texts
    people = {name: world.p(name) for name in (CLERK, HEAD)}
    seen: dict[str, tuple[str, ...]] = {CLERK: (), HEAD: ()}
    shown: dict[str, set[str]] = {CLERK: set(), HEAD: set()}
    for number, (who, words, looks) in enumerate(writings):
        if looks:
            now = texts.read(people[who], world.id, PLACE)
            seen[who] = now.seen
            shown[who] |= {version.text for version in now.versions}
        before = {version.text for version in texts.read(people[who], world.id, PLACE).versions}
        mine = f"{number} {words}".replace("\0", "").strip()
        after = texts.save(people[who], world.id, PLACE, mine, seen[who])
        gone = before - {version.text for version in after.versions}
        assert mine in {version.text for version in after.versions}
        assert gone <= shown[who], "only what this person had seen was written over"
        seen[who] = after.seen
        shown[who] |= {version.text for version in after.versions}
    world.engine.dispose()
