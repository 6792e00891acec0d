"""文书 in a project's space: what each person finds there, the pages, and what changed since a print."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import review_panels
from app_visits import sound, words
from review_walk import World

At = Callable[[str], World]
pytestmark = pytest.mark.xdist_group("press")


@pytest.fixture
def world_at(sqlite_stations: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    return sqlite_stations


def test_the_lead_looks_at_a_paper_takes_it_and_sees_what_changed(world_at: At) -> None:
    world = world_at("会审中")
    at = sound(review_panels.visit(world, "papers", "牵头处经办"))
    picked = at.radio(key=f"pick-papers-{world.id}")
    assert [option.replace("\\", "") for option in picked.options][-2:] == ["征求意见函（空白）", "联审意见"]
    assert "会签单：拟稿后才有会签单" in words(at)
    picked.set_value("countersign:" if "countersign:" in picked.options else "consultation:能源").run()
    assert "还没有印过" in words(at)
    at.button(key=f"preview:{world.id}").click().run()
    sound(at)
    assert "共" in words(at)
    assert "页" in words(at)

    world.review.printing.print_form(world.p("牵头处经办"), world.id, "opinion", "docx")
    world.review.opinions.invite(world.p("牵头处经办"), world.id, "水", days=5)
    review_panels.become(world, "papers", "牵头处经办")
    at.radio(key=f"pick-papers-{world.id}").set_value("opinion:").run()
    told = words(sound(at))
    assert "自上次打印以来有变化" in told
    assert "征求了气候、大气、水等3个处室的意见。" in told


def test_the_applicant_finds_only_what_is_theirs(world_at: At) -> None:
    world = world_at("会审中")
    at = sound(review_panels.visit(world, "papers", "建设单位"))
    assert list(at.radio(key=f"pick-papers-{world.id}").options) == ["自查报告"]


def test_before_anything_is_handed_in_nothing_can_be_printed(world_at: At) -> None:
    world = world_at("草稿")
    world.id = world.review.register.create(world.p("建设单位"), "另一个项目")
    at = sound(review_panels.visit(world, "papers", "建设单位"))
    assert "还没有可以印的文书" in words(at)
    assert not at.radio
