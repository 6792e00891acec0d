"""A whole joint review, from the project file to the filed opinion, on both databases."""

from __future__ import annotations

from collections.abc import Callable

from review_walk import World

from tanping.assessment.review.verify import verify

At = Callable[[str], World]


def test_a_whole_review_is_walked_and_its_record_is_sound(at: At) -> None:
    world = at("已归档")
    assert world.state() == "已归档"
    report = verify(world.engine)
    assert report.faults == ()
    taken = world.review.steps.taken(world.p("牵头处经办"), world.id)
    assert [step.after for step in taken] == [
        "已提交", "受理审查", "技术评估", "会审", "意见汇总", "拟稿", "会签", "审核", "签发", "编号", "用印", "归档", "已归档",
    ]  # fmt: skip
