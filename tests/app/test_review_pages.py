"""The pages around a joint review, run as Streamlit runs them: what each role sees, what a click leaves in the record, what is refused and how."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app_visits import EXAMPLE, sound, visit, words
from review_people import People, working_calendar
from streamlit.testing.v1 import AppTest

from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import review
from tanping.assessment.pages.downloads import file_name
from tanping.assessment.pages.review import entry
from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.store import Draft, Store, default_url
from tanping.assessment.review.users import Capacity, all_capacities

TITLE = "射阳港扩建"
STAFF = [
    Capacity(role)
    for role in (Role.BUILDER, Role.PREPARER, Role.ACCEPTANCE, Role.ASSESSOR, Role.LEAD_CLERK, Role.AUDITOR)
]


@pytest.fixture
def home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], str]:
    """A store with people and a review that is handed in: its file, everybody's token, the review."""
    path = tmp_path_factory.mktemp("prepared") / "tanping.sqlite"
    staff = People(f"sqlite:///{path}")
    staff.hire(STAFF)
    builder = staff.person(Role.BUILDER)
    made = staff.joint.register.create(builder, TITLE)
    staff.joint.submissions.seal(builder, made, plain_project(load_project(EXAMPLE)))
    staff.joint.steps.take(builder, made, Action.SUBMIT)
    staff.joint.engine.dispose()
    whole = path.with_name("whole.sqlite")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("VACUUM INTO ?", (str(whole),))
    return whole, staff.tokens, made


@pytest.fixture
def people(
    prepared: tuple[Path, dict[str, str], str], home_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[People]:
    working_calendar(home_folder)
    shutil.copy(prepared[0], home_folder / "tanping.sqlite")
    staff = People(default_url(), dict(prepared[1]))
    monkeypatch.setattr(review, "_joint", lambda _url: staff.joint)
    yield staff
    staff.joint.engine.dispose()


@pytest.fixture
def key(prepared: tuple[Path, dict[str, str], str], people: People) -> str:
    """The review that is handed in."""
    return prepared[2]


class Seat:
    """Who sits at the browser: the token its cookie holds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, people: People) -> None:
        self.people, self.token = people, ""
        monkeypatch.setattr(entry, "token", lambda: self.token)

    def take(self, login: str) -> None:
        self.token = self.people.tokens[login] if login else ""


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch, people: People) -> Seat:
    return Seat(monkeypatch, people)


def press(at: AppTest, label: str) -> AppTest:
    return sound(next(button for button in at.button if button.label == label).click().run())


def offers(at: AppTest, label: str) -> bool:
    return any(button.label == label and not button.disabled for button in at.button)


# ---- who is here -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["start", "space", "accounts"])
def test_where_people_sign_in_nobody_sees_a_page_before(seat: Seat, key: str, name: str) -> None:
    at = visit(name, review=key)
    assert "请先登录" in words(at)
    assert TITLE not in words(at)
    assert not at.button


def test_a_session_that_ends_ends_the_page_at_the_next_click(seat: Seat, key: str) -> None:
    seat.take(Role.ACCEPTANCE)
    at = visit("inbox")
    seat.people.joint.accounts.sign_out(seat.token)
    at = press(at, "领取")
    assert "登录已失效" in words(at)
    assert seat.people.joint.inbox.tasks(seat.people.person(Role.LEAD_CLERK)) == []


def test_a_one_time_password_opens_no_page(seat: Seat) -> None:
    accounts = seat.people.joint.accounts
    temporary = accounts.add(seat.people.person("admin"), "neu", "新某", capacities=[Capacity(Role.ACCEPTANCE)])
    seat.token = accounts.sign_in("neu", temporary).token
    told = words(visit("register"))
    assert "一次性口令" in told
    assert "联审项目" not in told


def test_the_way_out_is_a_form_that_a_route_answers(seat: Seat) -> None:
    seat.take(Role.ACCEPTANCE)
    assert f'<form method="post" action="{entry.SIGN_OUT}"' in words(visit("inbox"))


def test_drafts_are_their_owners(seat: Seat) -> None:
    store = Store.open()
    content = drafts.content_of(plain_project(load_project(EXAMPLE)))
    mine, other = (store.create_draft(content, title=who, owner=who) for who in (str(Role.BUILDER), "别人"))
    seat.take(Role.BUILDER)
    at = visit("start")
    labels = [button.label for button in at.button]
    assert mine.title in labels
    assert other.title not in labels
    assert "这份草稿是别人的" in words(visit("project", other))
    assert "这份草稿是别人的" not in words(visit("project", mine))


# ---- one person, every role ------------------------------------------------------------------------------------------


def test_alone_on_a_machine_one_acts_as_any_role_and_it_is_marked(store: Store) -> None:
    at = visit("register")
    (choice,) = [box for box in at.selectbox if "单机试用" in box.label]
    assert len(choice.options) == len(all_capacities())
    assert "新建联审项目" in [expander.label for expander in at.expander]
    choice.select("单机·受理").run()
    sound(at)
    assert at.query_params["as"] == "单机·受理"
    assert "新建联审项目" not in [expander.label for expander in at.expander]


def test_a_server_others_can_reach_is_never_single_user(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    real = st.get_option
    hosts = ["127.0.0.1", "tanping.example.gov.cn"]
    monkeypatch.setattr(st, "get_option", lambda name: hosts if name == "server.allowedHosts" else real(name))
    assert "不能以单机模式使用" in words(visit("inbox"))


def test_from_a_draft_to_a_handed_in_project(store: Store, example: Draft) -> None:
    at = visit("register", example)
    at = press(at, "建项并封存送审稿")
    at = visit("space", review=at.query_params["review"])
    assert example.title in words(at)
    assert "单机试用" in words(at)
    assert "送审稿已封存。核对登记" in words(at)
    assert "没有交到您手上的事" not in words(at), "the next step is theirs"
    at = press(at, "提交")
    assert "已办：提交。" in words(at)
    assert "没有交到您手上的事" in words(at)
    assert not offers(at, "提交")


# ---- inbox and register ----------------------------------------------------------------------------------------------


def test_a_free_task_is_taken_once(seat: Seat, key: str) -> None:
    seat.take(Role.ACCEPTANCE)
    first, second = visit("inbox"), visit("inbox")
    assert "可领取 1 件" in words(first)
    press(first, "领取")
    assert "由我办理 1 件" in words(press(second, "领取"))
    members = seat.people.joint.staffing.members(seat.people.person(Role.AUDITOR), key)
    assert [member.role for member in members] == [Role.BUILDER, Role.ACCEPTANCE]


def test_nothing_to_do_says_where_to_look(seat: Seat) -> None:
    for login, place in ((Role.LEAD_CLERK, "联审项目"), ("admin", "用户"), (Role.AUDITOR, "记录核验")):
        seat.take(login)
        told = words(visit("inbox"))
        assert "没有待办" in told
        assert f"“{place}”里" in told


def test_a_long_list_of_people_is_searched(seat: Seat) -> None:
    joint, admin = seat.people.joint, seat.people.person("admin")
    for number in range(10):
        joint.accounts.add(admin, f"new-{number}", f"新{number}", organisation="某研究院")
    seat.take("admin")
    at = visit("accounts")
    assert "受某" in words(at)
    at.text_input(key="seek").set_value("研究院 新7").run()
    assert "new-7" in words(sound(at))
    assert not {"受某", "new-6"} & set(words(at).split())
    at.text_input(key="seek").set_value("没有这个人").run()
    assert "个用户里没有符合的" in words(sound(at))


def test_a_file_is_named_alike_everywhere_and_fit_for_every_system() -> None:
    assert file_name(" 某电厂 2×1000MW/二期:扩建? ", "项目文件", "xlsx") == "某电厂_2×1000MW_二期_扩建-项目文件.xlsx"
    assert file_name("长" * 200, "报告", "pdf") == f"{'长' * 60}-报告.pdf"


def test_the_register_is_found_by_a_word_and_shows_outsiders_nothing(seat: Seat, key: str) -> None:
    seat.take(Role.LEAD_CLERK)
    at = visit("register")
    assert TITLE in words(at)
    at.text_input(key="register-word").set_value("不存在").run()
    assert "没有符合的项目" in words(sound(at))
    at.text_input(key="register-word").set_value("射阳").run()
    assert TITLE in words(sound(at))
    seat.take(Role.PREPARER)
    assert TITLE not in words(visit("register"))


# ---- a project's space -----------------------------------------------------------------------------------------------


def test_each_sees_the_steps_that_are_theirs_and_what_they_lack(seat: Seat, key: str) -> None:
    seat.take(Role.BUILDER)
    at = visit("space", review=key)
    assert offers(at, "撤回")
    assert not any(button.label == "收件" for button in at.button)
    seat.take(Role.ACCEPTANCE)
    at = press(visit("space", review=key), "作为受理领取")
    at = press(at, "收件")
    assert "已办：收件。" in words(at)
    told = words(press(at, "受理"))
    assert "没有写明联审总时限" in told
    at.number_input(key=f"days:{key}").set_value(20).run()
    assert "剩 20 个工作日" in words(press(at, "受理"))


def test_a_space_opens_where_ones_own_task_is_done(seat: Seat, key: str) -> None:
    joint, acceptance, assessor = (
        seat.people.joint,
        seat.people.person(Role.ACCEPTANCE),
        seat.people.person(Role.ASSESSOR),
    )
    joint.staffing.claim(acceptance, key, Role.ACCEPTANCE)
    joint.steps.take(acceptance, key, Action.RECEIVE)
    joint.steps.take(acceptance, key, Action.ACCEPT, days=20)
    joint.staffing.claim(assessor, key, Role.ASSESSOR)
    for login, panel in ((Role.ASSESSOR, "verification"), (Role.ACCEPTANCE, "material")):
        seat.take(login)
        assert visit("space", review=key).query_params["panel"] == panel
    seat.take(Role.ASSESSOR)
    assert visit("space", review=key, panel="history").query_params["panel"] == "history", "the address goes before"


def test_a_reason_is_kept_when_it_is_left_and_stands_in_the_record(seat: Seat, key: str) -> None:
    seat.take(Role.BUILDER)
    at = visit("space", review=key)
    (reason,) = [area for area in at.text_area if area.label == "撤回的理由"]
    reason.set_value("方案调整").run()
    again = visit("space", review=key)
    assert [area.value for area in again.text_area if area.label == "撤回的理由"] == ["方案调整"]
    told = words(press(again, "撤回"))
    assert "已撤回" in told
    last = seat.people.joint.steps.taken(seat.people.person(Role.BUILDER), key)[-1]
    assert (last.action, last.reason) == (Action.WITHDRAW, "方案调整")


def test_a_step_that_was_overtaken_is_refused_in_words(seat: Seat, key: str) -> None:
    seat.take(Role.ACCEPTANCE)
    acceptance = seat.people.person(Role.ACCEPTANCE)
    seat.people.joint.staffing.claim(acceptance, key, Role.ACCEPTANCE)
    at = visit("space", review=key)
    seat.people.joint.steps.take(acceptance, key, Action.RECEIVE)
    assert "现在是“受理审查”，不能收件" in words(press(at, "收件"))
    assert len(seat.people.joint.steps.taken(acceptance, key)) == 2


def test_a_role_taken_away_ends_the_work_at_the_next_click(seat: Seat, key: str) -> None:
    seat.take(Role.ACCEPTANCE)
    joint, acceptance = seat.people.joint, seat.people.person(Role.ACCEPTANCE)
    joint.staffing.claim(acceptance, key, Role.ACCEPTANCE)
    at = visit("space", review=key)
    joint.accounts.withdraw(seat.people.person("admin"), acceptance.id, Capacity(Role.ACCEPTANCE))
    told = words(press(at, "收件"))
    assert "没有这个项目" in told
    assert joint.steps.taken(seat.people.person(Role.BUILDER), key)[-1].action == Action.SUBMIT


@pytest.mark.parametrize("login", [Role.PREPARER, Role.ACCEPTANCE])
def test_an_address_made_up_opens_nothing(seat: Seat, key: str, login: str) -> None:
    seat.take(login)
    assert "没有这个项目" in words(visit("space", review="0" * 32))


def test_an_outsider_with_the_address_sees_nothing(seat: Seat, key: str) -> None:
    seat.take(Role.PREPARER)
    told = words(visit("space", review=key, panel="verification"))
    assert "没有这个项目" in told
    assert TITLE not in told


def test_a_panel_of_others_is_not_opened_by_its_address(seat: Seat, key: str) -> None:
    seat.take(Role.BUILDER)
    at = visit("space", review=key, panel="overview")
    assert at.query_params["panel"] == "material"


def test_the_lead_sees_the_whole_review_and_the_administrator_only_who_acts(seat: Seat, key: str) -> None:
    lead = seat.people.person(Role.LEAD_CLERK)
    seat.people.joint.staffing.claim(lead, key, Role.LEAD_CLERK)
    seat.take(Role.LEAD_CLERK)
    assert "还没有征求意见" in words(visit("space", review=key, panel="overview"))
    assert "建某" in words(visit("space", review=key, panel="people"))
    assert "草稿 → 已提交" in words(visit("space", review=key, panel="history"))
    seat.take("admin")
    told = words(visit("space", review=key))
    assert "牵头处经办" in told
    assert "草稿 → 已提交" not in told


def test_somebody_is_assigned_and_recuses(seat: Seat, key: str) -> None:
    joint = seat.people.joint
    seat.take("admin")
    at = visit("space", review=key)
    where = f"assign:{key}"
    at.selectbox(key=f"{where}:role").select("受理").run()
    at.selectbox(key=f"{where}:who:受理:").select(seat.people.person(Role.ACCEPTANCE).id).run()
    assert "已指派" in words(press(sound(at), "指派"))
    seat.take(Role.ACCEPTANCE)
    at = visit("space", review=key, panel="people")
    assert "回避理由没有填写" in words(press(at, "确认回避"))
    at.text_area(key=f"recuse-reason:{key}").set_value("曾参与编制").run()
    assert "您在这个项目上已回避" in words(press(at, "确认回避"))
    assert "没有待办" in words(visit("inbox")), "what went back is for others"
    members = joint.staffing.members(seat.people.person(Role.AUDITOR), key)
    assert [member.reason for member in members if member.role is Role.ACCEPTANCE] == ["曾参与编制"]


# ---- record and users ------------------------------------------------------------------------------------------------


def test_the_auditor_verifies_the_record_and_takes_its_head_along(seat: Seat, key: str) -> None:
    seat.take(Role.AUDITOR)
    at = visit("audit")
    assert "封存项目文件" in words(at)
    at.text_input(key="kept-head").set_value("abc").run()
    assert "64 位" in words(press(at, "核验全部记录"))
    at.text_input(key="kept-head").set_value("").run()
    assert "记录完好" in words(press(at, "核验全部记录"))
    at.text_input(key="kept-head").set_value("0" * 63 + "1").run()
    assert "记录有 1 处问题" in words(press(at, "核验全部记录"))


@pytest.mark.parametrize(("name", "said"), [("audit", "由审计使用"), ("accounts", "用户由管理员管理")])
def test_pages_of_others_say_whose_they_are(seat: Seat, key: str, name: str, said: str) -> None:
    seat.take(Role.LEAD_CLERK)
    told = words(visit(name))
    assert said in told
    assert "建某" not in told


def test_the_administrator_adds_a_person_and_the_password_shows_once(seat: Seat) -> None:
    seat.take("admin")
    at = visit("accounts")
    at.text_input(key="new-account-login").set_value("zhang")
    at.text_input(key="new-account-name").set_value("<b>张某</b>")
    at.multiselect(key="new-account-roles").set_value([Capacity(Role.OFFICE_CLERK, "气候")])
    at = press(at, "建立")
    (code,) = at.code
    assert seat.people.joint.accounts.sign_in("zhang", code.value).must_change
    assert "气候处室经办" in words(at)
    assert "<b>张某</b>" not in words(at)
    assert not press(at, "已记下").code
    assert not visit("accounts").code


def test_a_login_taken_twice_is_told_and_what_was_typed_stays(seat: Seat) -> None:
    seat.take("admin")
    at = visit("accounts")
    at.text_input(key="new-account-login").set_value("admin")
    at.text_input(key="new-account-name").set_value("张某")
    at = press(at, "建立")
    assert "已有人使用" in words(at)
    assert at.text_input(key="new-account-name").value == "张某"


def test_somebody_is_put_out_and_taken_back(seat: Seat) -> None:
    accounts = seat.people.joint.accounts
    one = seat.people.person(Role.ACCEPTANCE)
    seat.take("admin")
    at = visit("accounts")
    at.selectbox(key="account").select(one.id).run()
    assert "停用账户须写明理由" in words(press(sound(at), "停用"))
    at.text_input(key=f"stop-{one.id}").set_value("调离").run()
    assert "已停用" in words(press(at, "停用"))
    with pytest.raises(review.REFUSALS):
        accounts.person(seat.people.tokens[Role.ACCEPTANCE])
    at.selectbox(key="account").select(one.id).run()
    at = press(sound(at), "重新启用")
    assert accounts.sign_in(one.login, at.code[0].value).must_change
