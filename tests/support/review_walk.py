"""A whole joint review walked by a full office, with a copy of the store kept at every step, so that each test begins where it needs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from review_office import PASSWORD, QUICK, HandClock, Office

from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service import JointReview, submissions
from tanping.assessment.review.service.opinions import Point
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.users import Person
from tanping.assessment.review.words import OfficeFinding
from tanping.records.canonical import content_hash

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
NO_HOLIDAY_FILES = Path(__file__).parent / "no-holiday-files"
PDF = b"%PDF-1.7 final"
ASKED = ("气候", "大气")


@cache
def example_file() -> dict[str, Any]:
    """The worked example as plain project-file data. Copy before changing."""
    return plain_project(load_project(EXAMPLE))


_made: dict[tuple[str, Any], submissions.Made] = {}
_make = submissions.make


def make_once(file: Any, as_of: Any) -> submissions.Made:
    """As ``submissions.make``, but the same file at the same date is assessed once in a test run."""
    key = (content_hash(dict(file)), as_of)
    if key not in _made:
        _made[key] = _make(file, as_of)
    return _made[key]


@dataclass
class World:
    """An office, its joint review and one review in it."""

    url: str
    tokens: dict[str, str] = field(default_factory=dict)
    moment: datetime | None = None
    id: str = ""

    def __post_init__(self) -> None:
        self.clock = HandClock(self.moment) if self.moment else HandClock()
        if not self.tokens:
            office = Office(self.url, self.clock)
            office.staff()
            self.tokens = office.tokens
            office.engine.dispose()
        self.engine = connect(self.url)
        self.review = JointReview(self.engine, now=self.clock, holidays=NO_HOLIDAY_FILES, hasher=QUICK)

    def p(self, name: str) -> Person:
        """Return somebody by capacity, signed in anew if their session has ended."""
        login = "admin" if name == "管理" else name
        try:
            return self.review.accounts.person(self.tokens[login])
        except Exception:
            self.tokens[login] = self.review.accounts.sign_in(login, PASSWORD).token
            return self.review.accounts.person(self.tokens[login])

    def step(self, who: str, action: Action, **more: Any) -> Any:
        return self.review.steps.take(self.p(who), self.id, action, **more)

    def state(self) -> str:
        return self.review.register.get(self.p("牵头处经办"), self.id).state

    def days(self, count: int) -> None:
        """Let days pass."""
        self.clock.moment += timedelta(days=count)


def begin(world: World) -> None:
    """A draft with the example sealed, and everybody who can claim on it."""
    file = example_file()
    world.id = world.review.register.create(world.p("建设单位"), "射阳港扩建")
    world.review.submissions.seal(world.p("建设单位"), world.id, file)


def submit(world: World) -> None:
    world.step("建设单位", Action.SUBMIT)
    for role in (Role.ACCEPTANCE, Role.ASSESSOR, Role.LEAD_CLERK, Role.LEAD_CHECKER, Role.LEAD_SIGNER, Role.ARCHIVIST):
        world.review.staffing.claim(world.p(role), world.id, role)


def receive(world: World) -> None:
    world.step("受理", Action.RECEIVE)


def accept(world: World) -> None:
    world.step("受理", Action.ACCEPT, days=30)


def assess(world: World) -> None:
    lead = world.p("技术评估")
    expert = world.p("专家")
    world.review.staffing.assign(lead, world.id, expert.id, Role.EXPERT)
    world.review.staffing.declare(expert, world.id, conflict=False)
    world.review.opinions.give_expert_opinion(
        expert,
        world.id,
        1,
        "原则同意",
        "总体可行。",
        [Point("补充实测元素碳。", place="fuels/设计煤种/carbon_per_heat")],
    )
    world.review.submissions.recalculate(lead, world.id)
    world.step("技术评估", Action.FINISH_ASSESSMENT)


def invite(world: World) -> None:
    lead = world.p("牵头处经办")
    for office in ASKED:
        world.review.opinions.invite(lead, world.id, office, days=5)
        for role in (Role.OFFICE_CLERK, Role.OFFICE_HEAD):
            world.review.staffing.claim(world.p(f"{office}{role}"), world.id, role, office)
    world.review.opinions.invite(lead, world.id, "能源", days=10, letter_number="苏环函〔2026〕12号")


def answer_all(world: World, office: str) -> None:
    """An office answers every point that needs an answer, taking the hint."""
    clerk = world.p(f"{office}处室经办")
    for topic in world.review.checklist.topics(clerk, world.id):
        for item in topic.items:
            if item.needed and item.answer is None:
                manual = item.hint == "转人工"
                world.review.checklist.answer(
                    clerk,
                    world.id,
                    item.clause,
                    "采纳",
                    finding=OfficeFinding.MET if manual else "",
                    reason="经核对报告，符合要求。" if manual else "",
                )


def opinion(world: World, office: str) -> Any:
    return next(
        item for item in world.review.opinions.of_review(world.p("牵头处经办"), world.id) if item.office == office
    )


def give_opinion(
    world: World, office: str, kind: str = "原则同意", points: tuple[Point, ...] = (Point("落实监测计划。"),)
) -> None:
    answer_all(world, office)
    clerk, head = world.p(f"{office}处室经办"), world.p(f"{office}处室负责人")
    world.review.opinions.draft(clerk, world.id, opinion(world, office).version, kind, "", points)
    world.review.opinions.confirm(head, world.id, opinion(world, office).version)


def reply(world: World, body: str = "能源", kind: str = "无意见") -> None:
    lead = world.p("牵头处经办")
    asked = opinion(world, body)
    world.review.register.attach(lead, world.id, f"opinion:{asked.id}", "复函.pdf", b"%PDF scan")
    world.review.opinions.record_reply(
        lead,
        world.id,
        asked.id,
        asked.version,
        kind,
        reply_number="苏能函〔2026〕8号",
        reply_date=world.clock.moment.date(),
    )


def consult(world: World) -> None:
    for office in ASKED:
        give_opinion(world, office)
    reply(world)
    world.step("牵头处经办", Action.CLOSE_CONSULTATION)


def merge(world: World) -> None:
    lead = world.p("牵头处经办")
    for item in world.review.opinions.of_review(lead, world.id):
        for point in item.points:
            world.review.opinions.adopt(lead, world.id, point.id, "采纳")
    world.step("牵头处经办", Action.START_DRAFTING)


def draft(world: World) -> None:
    lead = world.p("牵头处经办")
    world.review.texts.save(lead, world.id, "conclusion", "经联审，原则同意。", ())
    world.review.drafting.write_conclusion(lead, world.id)
    world.step("牵头处经办", Action.CIRCULATE)


def countersign(world: World) -> None:
    newest = world.review.drafting.conclusions(world.p("牵头处经办"), world.id)[-1]
    for office in ASKED:
        world.review.drafting.countersign(world.p(f"{office}处室负责人"), world.id, newest.id, "同意")
    world.step("牵头处经办", Action.CLOSE_COUNTERSIGNING)


def check(world: World) -> None:
    world.step("牵头处审核", Action.CHECK)


def sign(world: World) -> None:
    world.step("牵头处签发", Action.SIGN)


def number(world: World) -> None:
    world.step("牵头处经办", Action.NUMBER, number="苏环碳联〔2026〕3号")


def seal(world: World) -> None:
    world.review.register.attach(world.p("牵头处经办"), world.id, "final", "联审意见.pdf", PDF)
    world.step("牵头处经办", Action.SEAL)


def file_away(world: World) -> None:
    world.step("档案", Action.FILE, retention="永久", archive_number="2026-HP-003")


WALK: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("草稿", begin),
    ("已提交", submit),
    ("受理审查", receive),
    ("技术评估", accept),
    ("会审", assess),
    ("会审中", invite),
    ("意见汇总", consult),
    ("拟稿", merge),
    ("会签", draft),
    ("审核", countersign),
    ("签发", check),
    ("编号", sign),
    ("用印", number),
    ("归档", seal),
    ("已归档", file_away),
)
"""Station and what leads to it; a station is named after the state, 会审中 is 会审 with everybody asked."""
