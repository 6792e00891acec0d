"""A joint review in four browsers, from the project file to the filed opinion: applicant, acceptance, lead clerk, lead signer.

What is tedious (an office's checklist, the second signatures) is done through the service, as the people whose work it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from review_office import PASSWORD
from review_people import People, working_calendar
from served import SCREEN, SECONDS, chromium, serving

from tanping.assessment.review.clock import china_date, now
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.opinions import Point
from tanping.assessment.review.users import Capacity
from tanping.assessment.review.verify import verify
from tanping.assessment.review.words import OfficeFinding

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
TITLE = "江苏射阳港电厂2×1000 MW扩建工程（回顾性示例）"
PDF = b"%PDF-1.7 final"
OFFICE, BODY = "气候", "能源"
STAFF = [
    Capacity(Role.BUILDER),
    Capacity(Role.ACCEPTANCE),
    Capacity(Role.ASSESSOR),
    Capacity(Role.OFFICE_CLERK, OFFICE),
    Capacity(Role.OFFICE_HEAD, OFFICE),
    Capacity(Role.LEAD_CLERK),
    Capacity(Role.LEAD_CHECKER),
    Capacity(Role.LEAD_SIGNER),
    Capacity(Role.ARCHIVIST),
]

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def people(tmp_path: Path) -> People:
    working_calendar(tmp_path / "home")
    staff = People(f"sqlite:///{tmp_path / 'home' / 'tanping.sqlite'}")
    staff.hire(STAFF)
    return staff


@pytest.fixture
def address(tmp_path: Path, people: People) -> Iterator[str]:
    with serving(tmp_path) as started:
        yield started


class Desk:
    """One person at a browser of their own."""

    def __init__(self, browser: Browser, address: str, login: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(viewport=SCREEN, locale="zh-CN")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        expect.set_options(timeout=SECONDS * 1000)
        self.sign_in(login)

    def sign_in(self, login: str) -> None:
        self.page.goto(self.address)
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("口令", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", name="待办")).to_be_visible()

    def sign_out(self) -> None:
        self.page.get_by_test_id("stPopoverButton").first.click()
        self.page.get_by_role("button", name="退出登录").click()
        expect(self.page.get_by_text("登录已失效")).to_be_visible()

    def go(self, title: str) -> None:
        self.page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
        expect(self.page.get_by_role("heading", name=title)).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def see(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def step(self, action: Action) -> None:
        """Take a step and see that it was taken."""
        self.press(action)
        self.see(f"已办：{action}。")

    def claim(self) -> None:
        """Take the first free task of the inbox; its project opens."""
        self.go("待办")
        self.page.get_by_role("button", name="领取").first.click()
        expect(self.page.get_by_role("heading", name=TITLE)).to_be_visible()

    def tab(self, title: str) -> None:
        self.page.get_by_role("radio", name=title).or_(self.page.get_by_role("button", name=title)).first.click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field and leave it."""
        field = self.page.get_by_label(label).first
        field.fill(text)
        field.press("Tab")

    def give(self, label: str, name: str) -> None:
        """Give a file to an uploader and see that it arrived."""
        uploader = self.page.get_by_test_id("stFileUploader").filter(has_text=label)
        uploader.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/pdf", "buffer": PDF}
        )
        self.see(name)

    def date(self, label: str, day: date) -> None:
        """Type a date and leave it."""
        self.page.get_by_role("group", name=label).get_by_role("spinbutton").first.click()
        self.page.keyboard.type(f"{day:%Y%m%d}")
        self.page.keyboard.press("Enter")


def test_from_the_project_file_to_the_filed_opinion(browser: Browser, address: str, people: People) -> None:
    applicant = Desk(browser, address, Role.BUILDER)
    key = submit(applicant)
    acceptance = Desk(browser, address, Role.ACCEPTANCE)
    accept(acceptance)
    assess(people, key)
    lead = Desk(browser, address, Role.LEAD_CLERK)
    invite(lead)
    give_opinion(people, key)
    record_reply(lead)
    merge(lead)
    draft(lead)
    countersign(people, key)
    lead.page.reload()
    lead.step(Action.CLOSE_COUNTERSIGNING)
    check(people, key)
    signer = Desk(browser, address, Role.LEAD_SIGNER)
    signer.claim()
    signer.see("联审结论")
    signer.step(Action.SIGN)
    number_and_seal(lead)
    acceptance.sign_out()
    acceptance.sign_in(Role.ARCHIVIST)
    file_away(acceptance)

    applicant.page.reload()
    applicant.see("已归档")
    assert verify(people.joint.engine).sound
    assert people.joint.register.get(people.person(Role.LEAD_CLERK), key).archive_number == "2026-HP-003"


# ---- in the browser --------------------------------------------------------------------------------------------------


def submit(applicant: Desk) -> str:
    """Make the project from its file and hand it in; return its id."""
    applicant.go("联审项目")
    applicant.page.get_by_text("新建联审项目").click()
    applicant.page.locator("input[type=file]").set_input_files(EXAMPLE)
    applicant.press("建项并封存送审稿")
    expect(applicant.page.get_by_role("heading", name=TITLE)).to_be_visible()
    applicant.step(Action.SUBMIT)
    return applicant.page.url.split("review=")[1].split("&")[0]


def accept(acceptance: Desk) -> None:
    acceptance.claim()
    acceptance.step(Action.RECEIVE)
    acceptance.fill("联审总时限（工作日）", "20")
    acceptance.step(Action.ACCEPT)
    acceptance.see("剩 20 个工作日")


def invite(lead: Desk) -> None:
    lead.claim()
    lead.tab("审查要点与意见")
    ask(lead, "处室", OFFICE)
    lead.press("征求处室意见")
    lead.see("还有 1 份意见没有回来")
    lead.page.get_by_text("征求意见", exact=True).click()
    ask(lead, "外单位", BODY)
    lead.fill("征求意见函文号", "苏环函〔2026〕12号")
    lead.press("征求外单位意见")
    lead.see("还有 2 份意见没有回来")


def ask(lead: Desk, kind: str, office: str) -> None:
    """Ask one office or body instead of all that are proposed."""
    field = lead.page.get_by_role("combobox", name=kind, exact=True)
    field.click()
    for _ in range(8):
        field.press("Backspace")
    field.press_sequentially(office)
    lead.page.get_by_role("option").filter(has_text=office).first.click()
    field.press("Escape")
    expect(lead.page.get_by_test_id("stMultiSelect").filter(has_text=office).first).to_be_visible()


def record_reply(lead: Desk) -> None:
    """Record the letter of a body that has no account, with its scan."""
    lead.page.reload()
    lead.give("复函的扫描件", "复函.pdf")
    lead.see("复函.pdf")
    lead.fill("② 复函文号", "苏能函〔2026〕8号")
    lead.date("③ 复函日期", china_date(now()))
    lead.tab("无意见")
    lead.press("存为复函")
    lead.see("已录能源复函")
    lead.step(Action.CLOSE_CONSULTATION)


def merge(lead: Desk) -> None:
    lead.tab("意见汇总与会议")
    lead.tab("采纳")
    lead.press("存，看下一条")
    lead.step(Action.START_DRAFTING)


def draft(lead: Desk) -> None:
    lead.tab("拟稿与会签")
    lead.press("按此拟")
    lead.see("已拟出")
    lead.press("存为第 1 稿")
    lead.see("已存为第 1 稿")
    lead.step(Action.CIRCULATE)


def number_and_seal(lead: Desk) -> None:
    lead.page.reload()
    lead.fill("文号", "苏环碳联〔2026〕3号")
    lead.step(Action.NUMBER)
    lead.give("定稿文件", "联审意见.pdf")
    lead.step(Action.SEAL)


def file_away(archivist: Desk) -> None:
    archivist.claim()
    archivist.page.get_by_role("combobox", name="保管期限").click()
    archivist.page.get_by_role("option", name="永久").click()
    archivist.fill("档号", "2026-HP-003")
    archivist.step(Action.FILE)


# ---- through the service ---------------------------------------------------------------------------------------------


def assess(people: People, key: str) -> None:
    assessor = people.person(Role.ASSESSOR)
    people.joint.staffing.claim(assessor, key, Role.ASSESSOR)
    people.joint.submissions.recalculate(assessor, key)
    people.joint.steps.take(assessor, key, Action.FINISH_ASSESSMENT)


def give_opinion(people: People, key: str) -> None:
    joint = people.joint
    clerk, head = people.person(f"{OFFICE}{Role.OFFICE_CLERK}"), people.person(f"{OFFICE}{Role.OFFICE_HEAD}")
    joint.staffing.claim(clerk, key, Role.OFFICE_CLERK, OFFICE)
    joint.staffing.claim(head, key, Role.OFFICE_HEAD, OFFICE)
    for topic in joint.checklist.topics(clerk, key):
        for item in topic.items:
            if item.needed and item.answer is None:
                own = item.hint == "转人工"
                joint.checklist.answer(
                    clerk,
                    key,
                    item.clause,
                    "采纳",
                    finding=OfficeFinding.MET if own else "",
                    reason="经核对报告，符合要求。" if own else "",
                )
    joint.opinions.draft(clerk, key, version(people, key), "原则同意", "", (Point("落实监测计划。"),))
    joint.opinions.confirm(head, key, version(people, key))


def version(people: People, key: str) -> int:
    """Return the version of the office's opinion."""
    found = people.joint.opinions.of_review(people.person(Role.LEAD_CLERK), key)
    return next(opinion.version for opinion in found if opinion.office == OFFICE)


def countersign(people: People, key: str) -> None:
    head = people.person(f"{OFFICE}{Role.OFFICE_HEAD}")
    newest = people.joint.drafting.conclusions(people.person(Role.LEAD_CLERK), key)[-1]
    people.joint.drafting.countersign(head, key, newest.id, "同意")


def check(people: People, key: str) -> None:
    checker = people.person(Role.LEAD_CHECKER)
    people.joint.staffing.claim(checker, key, Role.LEAD_CHECKER)
    people.joint.steps.take(checker, key, Action.CHECK)
