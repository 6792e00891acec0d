"""A joint review in four browsers, from the project file to the filed opinion, with an outside body that answers by its sheet.

At the first sits the applicant, at the second one after another acceptance, assessor, office clerk and archivist, at the third the lead clerk, at
the fourth the office's head, then who checks and who signs. The first three sign in at the form, one of them after somebody else has signed out, and
the first five find the project in the register or claim it from the inbox; who comes later has done both through the service, and so is the long
rest of the office's checklist answered.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from review_office import PASSWORD
from review_people import People, working_calendar
from served import SCREEN, SECONDS, chromium, serving

from tanping.assessment.pages.review.entry import COOKIE
from tanping.assessment.review.clock import china_date, now
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.users import Capacity
from tanping.assessment.review.verify import verify
from tanping.assessment.review.words import OfficeFinding

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
TITLE = "江苏射阳港电厂2×1000 MW扩建工程（回顾性示例）"
PDF = b"%PDF-1.7 final"
OFFICE, BODY = "气候", "能源"
BODYS_POINT = "补充供热替代协议。"
RESTING = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
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
    """One person at a browser of their own. What is waited for is looked for many times a second: an ``expect`` would sleep in between."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(viewport=SCREEN, locale="zh-CN", reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        expect.set_options(timeout=SECONDS * 1000)

    def sign_in(self, login: str) -> None:
        """Sign in with the password, at the form to which the app's address leads."""
        if COOKIE in self._cookies():
            self.sign_out()
        else:
            self.page.goto(self.address)
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("口令", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.head("待办")

    def sign_out(self) -> None:
        self.rest()
        self.page.get_by_test_id("stPopoverButton").first.click()
        self.page.get_by_role("button", name="退出登录").click()
        self.see("已退出登录")
        assert COOKIE not in self._cookies()

    def sit_down(self, people: People, login: str) -> None:
        """Go on at the inbox as somebody who has signed in already."""
        self._take(people, login, "inbox")
        self.head("待办")

    def sit_down_to(self, people: People, key: str, role: Role, office: str = "") -> None:
        """Go on at the project as somebody who has signed in and claimed it already."""
        login = str(Capacity(role, office))
        people.joint.staffing.claim(people.person(login), key, role, office)
        self._take(people, login, f"space?review={key}")
        self.head(TITLE)

    def _take(self, people: People, login: str, page: str) -> None:
        self.context.clear_cookies()
        self.context.add_cookies([{"name": COOKIE, "value": people.tokens[login], "url": self.address}])
        self.page.goto(f"{self.address}/{page}")

    def _cookies(self) -> set[str]:
        return {cookie["name"] for cookie in self.context.cookies()}

    def go(self, title: str) -> None:
        self.page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
        self.head(title)

    def head(self, title: str) -> None:
        self.page.get_by_role("heading", name=title).wait_for()

    def rest(self) -> None:
        """Wait until the page is written to its end: the sign of work at its top is gone."""
        self.page.wait_for_function(RESTING)

    def press(self, name: str) -> None:
        self.rest()
        self.page.get_by_role("button", name=name, exact=True).click()

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def step(self, action: Action) -> None:
        """Take a step and see that it was taken."""
        self.press(action)
        self.see(f"已办：{action}。")

    def again(self) -> None:
        """Come back to the project by way of the inbox, to see what others did meanwhile."""
        self.go("待办")
        self.rest()
        self.page.get_by_role("button", name="办理").first.click()
        self.head(TITLE)

    def claim(self) -> None:
        """Take the first free task of the inbox, where one is after signing in; its project opens."""
        self.rest()
        self.page.get_by_role("button", name="领取").first.click()
        self.head(TITLE)

    def tab(self, title: str) -> None:
        """Choose one of some that stand side by side."""
        self.rest()
        self.page.get_by_role("radio", name=title).or_(self.page.get_by_role("button", name=title)).first.click()

    def pick(self, text: str) -> None:
        """Pick one of a list."""
        self.rest()
        self.page.get_by_test_id("stRadio").get_by_text(text).click()

    def fill(self, label: str, text: str) -> None:
        """Type into a field and leave it."""
        self.rest()
        self.field(label).fill(text)
        self.field(label).press("Tab")

    def field(self, label: str) -> Locator:
        """Return a field by the beginning of its label."""
        return self.page.get_by_label(label).and_(self.page.locator("input, textarea")).first

    def give(self, label: str, name: str, content: bytes = PDF, *, kind: str = "application/pdf") -> None:
        """Give a file to an uploader and see that it arrived."""
        self.rest()
        uploader = self.page.get_by_test_id("stFileUploader").filter(has_text=label)
        uploader.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content})
        self.see(name)


def test_from_the_project_file_to_the_filed_opinion(browser: Browser, address: str, people: People) -> None:
    applicant, inner, lead, upper = (Desk(browser, address) for _ in range(4))
    applicant.sign_in(Role.BUILDER)
    key = submit(applicant)
    inner.sign_in(Role.ACCEPTANCE)
    accept(inner)
    inner.sign_in(Role.ASSESSOR)
    assess(inner)
    lead.sit_down(people, Role.LEAD_CLERK)
    invite(lead)
    inner.sit_down(people, f"{OFFICE}{Role.OFFICE_CLERK}")
    give_opinion(inner, people, key)
    upper.sit_down_to(people, key, Role.OFFICE_HEAD, OFFICE)
    confirm(upper)
    record_reply(lead)
    merge(lead)
    draft(lead)
    countersign(upper)
    lead.again()
    lead.step(Action.CLOSE_COUNTERSIGNING)
    upper.sit_down_to(people, key, Role.LEAD_CHECKER)
    approve(upper, Action.CHECK)
    upper.sit_down_to(people, key, Role.LEAD_SIGNER)
    approve(upper, Action.SIGN)
    lead.again()
    number_and_seal(lead)
    inner.sit_down_to(people, key, Role.ARCHIVIST)
    file_away(inner)

    applicant.page.reload()
    expect(applicant.page.locator("[aria-current=step]")).to_contain_text("已归档")
    assert verify(people.joint.engine).sound
    clerk = people.person(Role.LEAD_CLERK)
    assert people.joint.register.get(clerk, key).archive_number == "2026-HP-003"
    given = {item.office: item for item in people.joint.opinions.of_review(clerk, key)}
    assert [(point.text, point.adoption) for point in given[BODY].points] == [(BODYS_POINT, "部分采纳")]
    done_by = {event.kind: f"{event.who.office}{event.who.role}" for event in people.joint.filing.events(clerk, key)}
    assert {done_by[action] for action in (Action.ANSWER_POINT, Action.DRAFT_OPINION)} == {
        f"{OFFICE}{Role.OFFICE_CLERK}"
    }
    assert {done_by[action] for action in (Action.CONFIRM_OPINION, Action.COUNTERSIGN)} == {
        f"{OFFICE}{Role.OFFICE_HEAD}"
    }
    assert [done_by[action] for action in (Action.CHECK, Action.SIGN)] == [Role.LEAD_CHECKER, Role.LEAD_SIGNER]


def submit(applicant: Desk) -> str:
    """Make the project from its file and hand it in; return its id."""
    applicant.go("联审项目")
    applicant.page.get_by_text("新建联审项目").click()
    applicant.page.locator("input[type=file]").set_input_files(EXAMPLE)
    applicant.press("建项并封存送审稿")
    applicant.head(TITLE)
    applicant.step(Action.SUBMIT)
    return applicant.page.url.split("review=")[1].split("&")[0]


def accept(acceptance: Desk) -> None:
    acceptance.claim()
    acceptance.step(Action.RECEIVE)
    acceptance.fill("联审总时限（工作日）", "20")
    acceptance.step(Action.ACCEPT)
    acceptance.see("剩 20 个工作日")


def assess(assessor: Desk) -> None:
    """Calculate at the legal date and finish."""
    assessor.claim()
    assessor.press("按核实值重算")
    assessor.see("技术评估的结果已是最新")
    assessor.step(Action.FINISH_ASSESSMENT)


def invite(lead: Desk) -> None:
    lead.claim()
    clear(lead, "处室")
    ask(lead, "处室", OFFICE)
    lead.press("征求处室意见")
    lead.see("还有 1 份意见没有回来")
    ask(lead, "外单位", BODY)
    lead.fill("征求意见函文号", "苏环函〔2026〕12号")
    lead.press("征求外单位意见")
    lead.see("还有 2 份意见没有回来")


def clear(lead: Desk, kind: str) -> None:
    """Take back what is proposed."""
    emptied = choice(lead, kind).get_by_label("全部清空")
    emptied.click()
    emptied.wait_for(state="detached")


def ask(lead: Desk, kind: str, office: str) -> None:
    """Choose an office or body."""
    lead.rest()
    box = choice(lead, kind)
    field = box.get_by_role("combobox")
    field.click()
    field.press_sequentially(office)
    lead.page.get_by_role("option").filter(has_text=office).first.click()
    field.press("Escape")
    box.filter(has_text=office).wait_for()


def choice(lead: Desk, kind: str) -> Locator:
    return lead.page.get_by_test_id("stMultiSelect").filter(
        has=lead.page.get_by_role("combobox", name=kind, exact=True)
    )


def give_opinion(clerk: Desk, people: People, key: str) -> None:
    """Judge a clause that no machine can judge, overrule a hint, and draft the opinion; the other points go through the service."""
    clerk.claim()
    judge(clerk)
    overrule(clerk)
    answer_the_rest(people, key)
    clerk.again()
    clerk.see("要点都已答复")
    clerk.tab(f"{OFFICE}处室意见")
    clerk.tab("原则同意")
    clerk.fill("逐条意见，一行一条", "落实监测计划。")
    clerk.press("交负责人审定")
    clerk.see("已交负责人审定")


def confirm(head: Desk) -> None:
    head.see("落实监测计划。")
    head.press("审定")
    head.see("已审定，意见已送牵头处。")


def record_reply(lead: Desk) -> None:
    """Take the sheet of a body that has no account, filled in, and record its letter with the scan."""
    lead.tab(BODY)
    with lead.page.expect_download() as blank:
        lead.press("下载空白征求意见表（Excel）")
    filled = filled_sheet(Path(blank.value.path()).read_bytes())
    lead.give("有填好的征求意见表", "能源意见表.xlsx", filled, kind="application/octet-stream")
    lead.see("已读入并附上")
    expect(lead.field("逐条意见，一行一条")).to_have_value(BODYS_POINT)
    expect(lead.field("② 复函文号")).to_have_value("苏能函〔2026〕8号")
    expect(lead.page.get_by_role("radio", name="原则同意", exact=True)).to_be_checked()
    lead.give("复函的扫描件", "复函.pdf")
    lead.press("存为复函")
    lead.see("已录能源复函")
    lead.step(Action.CLOSE_CONSULTATION)


def filled_sheet(blank: bytes) -> bytes:
    """Return the sheet as the body sends it back."""
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book["征求意见表"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    assert sheet.cell(rows["项目名称"], 2).value == TITLE
    for label, text in (
        ("意见类别", "原则同意"),
        ("复函文号", "苏能函〔2026〕8号"),
        ("复函日期", f"{china_date(now())}"),
        (1, BODYS_POINT),
    ):
        sheet.cell(rows[label], 2).value = text
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def merge(lead: Desk) -> None:
    """Adopt the office's point, the body's in part."""
    lead.see("还有 2 条")
    lead.tab("采纳")
    lead.press("存，看下一条")
    lead.see(f"已存：{OFFICE}第 1 条")
    lead.tab("部分采纳")
    lead.fill("理由（部分采纳、未采纳必填）", "协议列为投产前条件。")
    lead.press("存，看下一条")
    lead.see(f"已存：{BODY}第 1 条")
    lead.see("采纳情况都定了")
    lead.step(Action.START_DRAFTING)


def draft(lead: Desk) -> None:
    lead.press("按此拟")
    lead.see("已拟出")
    lead.press("存为第 1 稿")
    lead.see("已存为第 1 稿")
    lead.step(Action.CIRCULATE)


def countersign(head: Desk) -> None:
    head.again()
    head.see("联审结论")
    head.press("同意")
    head.see(f"{OFFICE}已会签")


def approve(superior: Desk, action: Action) -> None:
    """Read the draft and pass it."""
    superior.see("联审结论")
    superior.step(action)


def number_and_seal(lead: Desk) -> None:
    lead.fill("文号", "苏环碳联〔2026〕3号")
    lead.step(Action.NUMBER)
    lead.give("定稿文件", "联审意见.pdf")
    lead.step(Action.SEAL)


def file_away(archivist: Desk) -> None:
    archivist.page.get_by_role("combobox", name="保管期限").click()
    archivist.page.get_by_role("option", name="永久").click()
    archivist.fill("档号", "2026-HP-003")
    archivist.step(Action.FILE)


# ---- the office's points ---------------------------------------------------------------------------------------------


def judge(clerk: Desk) -> None:
    """Answer a clause that no machine can judge: it comes first."""
    clerk.see("还有 7 条")
    clerk.tab("有条件符合")
    clerk.fill("理由（必填）", "已列入设区市达峰方案，投产前落实减排措施。")
    clerk.press("存答复，看下一条")
    clerk.see("还有 6 条")


def overrule(clerk: Desk) -> None:
    """Overrule a hint with reason and evidence."""
    clerk.pick("绩效按行业算单位产品")
    clerk.see("系统提示“不符合”")
    clerk.tab("不采纳")
    clerk.tab("不涉及")
    clerk.fill("理由（必填）", "热电机组的绩效在修改稿里按供热、供电分开计算。")
    clerk.fill("依据：文件或现场记录（必填）", "环评报告")
    clerk.fill("页码", "第 212 页")
    clerk.press("存答复，看下一条")
    clerk.see("还有 5 条")


def answer_the_rest(people: People, key: str) -> None:
    """Answer what is left, as the clerk."""
    joint, clerk = people.joint, people.person(f"{OFFICE}{Role.OFFICE_CLERK}")
    left = [
        item for topic in joint.checklist.topics(clerk, key) for item in topic.items if item.needed and not item.answer
    ]
    for item in left:
        own = item.hint == "转人工"
        finding, reason = (OfficeFinding.MET, "经核对报告，符合要求。") if own else ("", "")
        joint.checklist.answer(clerk, key, item.clause, "采纳", finding=finding, reason=reason)
