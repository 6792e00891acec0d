"""Steps on the store: clocks, stops, suspension, withdrawal, reopening, numbers, the inbox; and a machine whose clock or calendar is wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from review_walk import ASKED, World, begin, number, seal, submit
from sqlalchemy import event

from tanping.assessment.review import clock
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError, ReviewError, SignInError
from tanping.assessment.review.record import ClockBackError
from tanping.assessment.review.roles import INNER_OFFICES, Action, Role
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store import StoreUnavailableError
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.users import Accounts, Person
from tanping.assessment.review.verify import verify

At = Callable[[str], World]
LEAD = "牵头处经办"


# ---- the clock -------------------------------------------------------------------------------------------------------


def test_acceptance_starts_the_clock_and_sets_the_legal_date(at: At) -> None:
    world = at("受理审查")
    with pytest.raises(RefusedError, match="没有写明联审总时限"):
        world.step("受理", Action.ACCEPT)
    with pytest.raises(RefusedError, match="今天以后"):
        world.step("受理", Action.ACCEPT, days=30, as_of=date(2027, 1, 1))
    world.step("受理", Action.ACCEPT, days=30, as_of=date(2026, 10, 30))
    entry = world.review.register.get(world.p(LEAD), world.id)
    assert (entry.accepted, entry.as_of) == (date(2026, 11, 2), date(2026, 10, 30))
    reading = world.review.steps.standing(world.p(LEAD), world.id).reading
    assert (reading.due, reading.left) == (date(2026, 12, 14), 30)


def test_a_limit_beyond_the_holiday_calendar_is_refused(at: At) -> None:
    world = at("受理审查")
    with pytest.raises(clock.MissingYearError, match="没有 2027 年"):
        world.step("受理", Action.ACCEPT, days=60)
    assert world.state() == "受理审查"
    assert verify(world.engine).sound


def test_a_missing_holiday_year_stops_no_reading(at: At) -> None:
    world = at("会审中")
    world.clock.forward(days=70)
    tasks = world.review.inbox.tasks(world.p("气候处室经办"))
    assert [task.reading.pace for task in tasks] == ["无法计算"]
    assert "2027" in tasks[0].reading.words


def test_stopped_time_is_not_counted_and_its_reason_is_shown(at: At) -> None:
    world = at("会审中")
    with pytest.raises(RefusedError, match="须写明理由"):
        world.step(LEAD, Action.STOP_CLOCK)
    world.step(LEAD, Action.STOP_CLOCK, reason="组织专家评审")
    with pytest.raises(RefusedError, match="已在停表中"):
        world.step("技术评估", Action.STOP_CLOCK, reason="x")
    world.days(4)
    standing = world.review.steps.standing(world.p(LEAD), world.id)
    assert (standing.stopped, standing.reading.pace, standing.reading.reason) == (True, "停表中", "组织专家评审")
    world.step(LEAD, Action.RESTART_CLOCK)
    standing = world.review.steps.standing(world.p(LEAD), world.id)
    assert (standing.reading.stopped, standing.reading.used, standing.reading.due) == (4, 0, date(2026, 12, 18))
    assert [(stop.started, stop.ended, stop.reason) for stop in standing.stops] == [
        (date(2026, 11, 2), date(2026, 11, 6), "组织专家评审")
    ]
    assert [step.reason for step in world.review.steps.taken(world.p(LEAD), world.id)][-2:] == ["组织专家评审", ""]


def test_a_revision_stops_the_clock_until_it_comes_back(at: At) -> None:
    world = at("技术评估")
    assessor = world.p("技术评估")
    demand = world.review.demands.write(assessor, world.id, "补充")
    world.step("技术评估", Action.ASK_REVISION)
    assert world.review.steps.standing(world.p(LEAD), world.id).reading.pace == "停表中"
    builder = world.p("建设单位")
    assert [task.kind for task in world.review.inbox.tasks(builder)] == ["提交修改稿"]
    world.days(7)
    file = world.review.submissions.file(
        builder := world.p("建设单位"), world.id, world.review.submissions.versions(builder, world.id)[-1].id
    )
    world.review.submissions.seal(builder, world.id, file, report="修改稿")
    world.review.demands.answer(builder, world.id, demand.id, demand.version, "已补", "5")
    world.step("建设单位", Action.SUBMIT_REVISION)
    standing = world.review.steps.standing(world.p(LEAD), world.id)
    assert (standing.state, standing.stopped, standing.reading.stopped) == ("技术评估", False, 5)


def test_suspended_work_rests_and_goes_on_where_it_was(at: At) -> None:
    world = at("会审中")
    world.step(LEAD, Action.SUSPEND, reason="规划调整")
    with pytest.raises(RefusedError, match="现在是“中止”"):
        world.review.opinions.invite(world.p(LEAD), world.id, "水", days=3)
    with pytest.raises(RefusedError, match="现在是“中止”"):
        world.review.texts.save(world.p(LEAD), world.id, "conclusion", "x", ())
    with pytest.raises(RefusedError):
        world.step(LEAD, Action.CLOSE_CONSULTATION)
    world.step(LEAD, Action.RESUME, reason="规划已批")
    assert world.state() == "会审"
    assert verify(world.engine).sound


@pytest.mark.parametrize(
    ("station", "who", "action", "ended"),
    [
        ("会审中", "建设单位", Action.WITHDRAW, "已撤回"),
        ("审核", "牵头处签发", Action.TERMINATE, "已终止"),
        ("受理审查", "受理", Action.REFUSE, "不予受理"),
    ],
)
def test_an_ended_review_leaves_no_task_and_takes_no_work(
    at: At, station: str, who: str, action: Action, ended: str
) -> None:
    world = at(station)
    with pytest.raises(RefusedError, match="须写明理由"):
        world.step(who, action)
    world.step(who, action, reason="依规定")
    assert world.state() == ended
    people = [
        world.p(name) for name in ("受理", "技术评估", LEAD, "牵头处审核", "气候处室经办", "气候处室负责人", "建设单位")
    ]
    assert [task for person in people for task in world.review.inbox.tasks(person)] == []
    with pytest.raises(RefusedError):
        world.review.register.attach(world.p("受理"), world.id, "other", "a.pdf", b"x")
    assert verify(world.engine).sound


def test_a_reopened_review_begins_a_new_round_and_keeps_the_old(at: At) -> None:
    world = at("已归档")
    old = [step.hash for step in world.review.steps.taken(world.p(LEAD), world.id)]
    with pytest.raises(RefusedError, match="由牵头处经办办理"):
        world.step("建设单位", Action.REOPEN, reason="重大变动")
    world.step(LEAD, Action.REOPEN, reason="重大变动")
    entry = world.review.register.get(world.p(LEAD), world.id)
    assert (entry.state, entry.round, entry.document_number, entry.accepted) == ("草稿", 2, None, None)
    with pytest.raises(RefusedError, match="还没有封存新的项目文件"):
        world.step("建设单位", Action.SUBMIT)
    assert world.review.opinions.of_review(world.p(LEAD), world.id) == []
    assert [step.hash for step in world.review.steps.taken(world.p(LEAD), world.id)][:-1] == old
    assert len(world.review.drafting.conclusions(world.p(LEAD), world.id)) == 1
    assert verify(world.engine).sound


def test_a_number_is_given_once_for_ever(at: At) -> None:
    world = at("用印")
    seal(world)
    world.step("档案", Action.FILE, retention="30年", archive_number="A-1")
    world.step(LEAD, Action.REOPEN, reason="重大变动")
    other = World(world.url, world.tokens, world.clock.moment)
    other.clock = world.clock
    other.review = JointReview(world.engine, now=world.clock, holidays=Path("none"))
    begin(other)
    submit(other)
    with world.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE reviews SET state = '编号' WHERE id = '{other.id}'")
    with pytest.raises(RefusedError, match="“苏环碳联〔2026〕3号”已用过"):
        number(other)
    with pytest.raises(RefusedError, match="不合格式"):
        other.step(LEAD, Action.NUMBER, number="3号")


def test_sealing_and_filing_need_their_papers(at: At) -> None:
    world = at("用印")
    with pytest.raises(RefusedError, match="定稿文件"):
        world.step(LEAD, Action.SEAL)
    with pytest.raises(RefusedError, match="须为 PDF"):
        world.review.register.attach(world.p(LEAD), world.id, "final", "定稿.docx", b"x")
    seal(world)
    with pytest.raises(RefusedError, match=r"保管期限应为：永久、30年、10年"):
        world.step("档案", Action.FILE, retention="5年", archive_number="A")
    contents = world.review.filing.contents(world.p("档案"), world.id)
    assert (contents[0].title, contents[0].reference, contents[0].ready) == (
        "联审意见（定稿）",
        "苏环碳联〔2026〕3号",
        True,
    )
    assert [item.number for item in contents] == list(range(1, len(contents) + 1))
    assert {"气候意见（原则同意）", "能源意见（无意见）", "专家某专家意见（原则同意）", "联审意见稿第 1 稿"} <= {
        item.title for item in contents
    }


# ---- the inbox -------------------------------------------------------------------------------------------------------


def test_tasks_find_whose_they_are(at: At) -> None:
    world = at("会审中")

    def kinds(who: str) -> list[tuple[str, bool]]:
        return [(task.kind, task.mine) for task in world.review.inbox.tasks(world.p(who))]

    assert kinds("气候处室经办") == [("征求意见", True)]
    assert kinds("气候处室负责人") == []
    assert sorted(kinds(LEAD)) == [("征求意见", True), ("组织会审", True), ("联审总时限", True)]
    assert kinds("水处室经办") == []
    for office in set(INNER_OFFICES) - set(ASKED):
        world.review.opinions.invite(world.p(LEAD), world.id, office, days=5)
    assert kinds("水处室经办") == [("征求意见", False)], "to be claimed"
    world.review.staffing.claim(world.p("水处室经办"), world.id, Role.OFFICE_CLERK, "水")
    assert kinds("水处室经办") == [("征求意见", True)]


def test_reminders_come_three_working_days_before(at: At) -> None:
    world = at("会审中")
    assert world.review.inbox.reminders(world.p("气候处室经办")) == []
    world.days(2)
    due = world.review.inbox.reminders(world.p("气候处室经办"))
    assert [(task.title, task.reading.left, task.reading.pace) for task in due] == [("征求气候意见", 3, "将到期")]
    world.days(14)
    assert [task.reading.pace for task in world.review.inbox.reminders(world.p("气候处室经办"))] == ["已超期"]


def test_what_one_may_do_next_is_told_with_what_is_lacking(at: At) -> None:
    world = at("会审中")
    offered = dict(world.review.steps.standing(world.p(LEAD), world.id).steps)
    assert offered[Action.CLOSE_CONSULTATION] == ("意见未齐：气候、大气、能源（逾期的先记“逾期未复”）",)
    assert Action.ACCEPT not in offered
    assert dict(world.review.steps.standing(world.p("气候处室经办"), world.id).steps) == {}


def test_the_leads_view_counts_what_is_open(at: At) -> None:
    world = at("意见汇总")
    view = world.review.inbox.overview(world.p(LEAD), world.id)
    assert [item.office for item in view.opinions] == ["气候", "大气", "能源", "专家某"]
    assert (view.points, view.points_open, view.demands, view.overdue) == (3, 3, 0, ())


# ---- bad input -------------------------------------------------------------------------------------------------------


def test_a_forged_step_is_refused_and_leaves_no_trace(at: At) -> None:
    world = at("会审中")
    before = verify(world.engine).events
    for who in ("建设单位", "气候处室经办", LEAD, "牵头处签发", "档案", "审计", "管理"):
        for action in (Action.SIGN, Action.FILE, Action.NUMBER, Action.ACCEPT):
            with pytest.raises(ReviewError, match=r"[一-龥]"):
                world.step(who, action, days=5, number="苏环碳联〔2026〕9号", retention="永久", archive_number="A")
    with pytest.raises(MissingError):
        world.review.steps.take(world.p(LEAD), "no-such-review", Action.CLOSE_CONSULTATION)
    assert verify(world.engine).events == before


def test_a_forged_person_is_nobody(at: At) -> None:
    world = at("会审中")
    real = world.p(LEAD)
    for forged in (
        Person(**{**vars(real), "session": ""}),
        Person(**{**vars(real), "session": "0" * 64}),
        Person(**{**vars(real), "mode": "single", "session": ""}),
        Person(**{**vars(world.p("建设单位")), "id": real.id}),
    ):
        with pytest.raises(SignInError):
            world.review.steps.take(forged, world.id, Action.STOP_CLOCK, reason="x")
    richer = Person(**{**vars(world.p("建设单位")), "capacities": real.capacities})
    with pytest.raises(NotAllowedError):
        world.review.steps.take(richer, world.id, Action.STOP_CLOCK, reason="x")


def test_an_expired_session_stops_at_the_action(at: At) -> None:
    world = at("会审中")
    person = world.p(LEAD)
    world.clock.forward(minutes=31)
    with pytest.raises(SignInError, match="请重新登录；已保存的内容都在"):
        world.review.steps.take(person, world.id, Action.STOP_CLOCK, reason="x")


def test_a_clock_set_back_writes_nothing(at: At) -> None:
    world = at("会审中")
    person, before = world.p(LEAD), verify(world.engine).events
    world.clock.forward(minutes=-20)
    with pytest.raises(ClockBackError, match="校准服务器时钟"):
        world.review.steps.take(person, world.id, Action.STOP_CLOCK, reason="x")
    world.clock.forward(minutes=20)
    assert verify(world.engine).events == before
    assert world.state() == "会审"


def test_two_who_take_the_same_step_take_it_once(at: At) -> None:
    world = at("意见汇总")
    for item in world.review.opinions.of_review(world.p(LEAD), world.id):
        for point in item.points:
            world.review.opinions.adopt(world.p(LEAD), world.id, point.id, "采纳")
    person, outcomes = world.p(LEAD), []

    def press() -> None:
        try:
            world.review.steps.take(person, world.id, Action.START_DRAFTING)
            outcomes.append("taken")
        except RefusedError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("taken") == 1
    assert all("现在是“拟稿”" in outcome for outcome in outcomes if outcome != "taken")
    assert [step.action for step in world.review.steps.taken(person, world.id)].count("开始拟稿") == 1


# ---- single-user mode ------------------------------------------------------------------------------------------------


def test_one_person_can_try_everything_alone_and_all_is_marked(url: str) -> None:
    review = JointReview(connect(url))
    people = {str(person.capacities[0]): person for person in review.accounts.single_user("127.0.0.1")}
    key = review.register.create(people["建设单位"], "自查")
    assert review.register.get(people["建设单位"], key).mode == "single"
    with pytest.raises(NotAllowedError):
        review.steps.take(people["受理"], key, Action.RECEIVE)
    with review.engine.connect() as connection:
        contents = connection.exec_driver_sql("SELECT content FROM events WHERE kind = '建项'").scalars().all()
    assert b'"mode":"single"' in bytes(contents[0])
    admin = Accounts(review.engine)
    admin.first_administrator("admin", "管某")
    with pytest.raises(SignInError):
        review.accounts.single_user("127.0.0.1")


def test_the_applicant_is_told_its_own_steps_and_not_the_inner_reasons(at: At) -> None:
    world = at("审核")
    world.step("牵头处审核", Action.RETURN_DRAFT, reason="内部意见")
    world.step(LEAD, Action.STOP_CLOCK, reason="组织论证")
    seen = {step.action: step for step in world.review.steps.taken(world.p("建设单位"), world.id)}
    assert (seen["退回改稿"].reason, seen["退回改稿"].by) == ("", "")
    assert (seen["停表"].reason, seen["提交"].by) == ("组织论证", "建设单位某")
    inside = {step.action: step for step in world.review.steps.taken(world.p(LEAD), world.id)}
    assert inside["退回改稿"].reason == "内部意见"


def test_a_full_disk_stops_an_action_whole(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    before = verify(world.engine)
    pages = world.engine.connect().exec_driver_sql("PRAGMA page_count").scalar_one()
    world.engine.dispose()
    small = connect(world.url)
    event.listen(small, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages + 3}").close())
    full = JointReview(small, now=world.clock)
    with pytest.raises(StoreUnavailableError, match="磁盘已满"):
        full.register.attach(world.p("气候处室经办"), world.id, "other", "大.txt", b"x" * 200_000)
    assert verify(world.engine) == before
    small.dispose()
    world.engine.dispose()


def test_a_review_knows_the_draft_it_is_entered_in(at: At) -> None:
    world = at("草稿")
    builder = world.p("建设单位")
    key = world.review.register.create(builder, "又一项目", draft_id="d" * 32)
    assert {listed.id: listed.draft_id for listed in world.review.register.reviews(builder)} == {
        key: "d" * 32,
        world.id: "",
    }
    assert all(listed.draft_id == "" for listed in world.review.register.reviews(world.p("审计")))
