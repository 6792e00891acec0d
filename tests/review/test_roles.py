"""Who may do what: the whole matrix of roles and actions, written here a second time by hand and tried on the real service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from review_walk import World, example_file

from tanping.assessment.review.errors import NotAllowedError, RefusedError, ReviewError
from tanping.assessment.review.roles import (
    ASSIGNS,
    CLAIMABLE,
    ENTERING,
    EVERYWHERE,
    MATRIX,
    REVIEWING,
    SIGNING,
    Action,
    Role,
    clash,
)
from tanping.assessment.review.users import Person
from tanping.assessment.review.workflow import COMMANDS, WHEN
from tanping.records.errors import InputError

# 建 建设单位  编 环评编制单位  受 受理  技 技术评估  专 专家  经 处室经办  负 处室负责人  牵 牵头处经办  核 牵头处审核  签 牵头处签发  档 档案
# 管 管理  计 审计
LETTERS = dict(zip("建编受技专经负牵核签档管计", Role, strict=True))
BY_HAND = """
提交 建编
收件 受
一次性补正告知 受
提交补正 建编
不予受理 受
受理 受
修改补充意见 技牵
提交修改稿 建编
完成技术评估 技
退回技术评估 牵
会审结束 牵
退回会审 牵
召开协调会 牵
协调会结束 牵
开始拟稿 牵
送会签 牵
会签结束 牵
退回改稿 牵核签
审核通过 核
签发 签
编号 牵档
用印 牵档
归档 档
停表 受技牵
恢复计时 受技牵
中止 牵
恢复审查 牵
撤回 建编
终止 签
重新联审 建编牵
建项 建编
封存项目文件 建编
改登记 建编受牵
核对文件登记 受技经牵
上传附件 建编受技专经负牵档
答复补正修改意见 建编
拟补正修改意见 受技专经负牵
判定修改情况 受技经负牵
核实 受技经负牵
按核实值重算 技牵
答审查要点 经负
拟处室意见 经
定处室意见 负
出专家意见 专
回避声明 受技专经负牵核签
征求意见 牵
录入外单位复函 牵
记逾期未复 牵
采纳意见 牵
处理分歧 牵
写纪要 技牵
拟联审意见 牵
会签 负
批注 受技专经负牵核签
写文稿 建编受技专经负牵核签
领取 受技经负牵核签档
指派 建编技负牵管
看项目 建编受技专经负牵核签档计
看内部意见 受技专经负牵核签档计
看全部记录 牵核签档计
管用户 管
"""
WANTED = {
    Action(line.split()[0]): {LETTERS[letter] for letter in line.split()[1]} for line in BY_HAND.strip().splitlines()
}

DAY = date(2026, 11, 1)
Call = Callable[[World, Any], Any]

CALLS: dict[Action, Call] = {
    **{action: lambda w, p, action=action: w.review.steps.take(p, w.id, action) for action in COMMANDS},  # type: ignore[misc]
    Action.CREATE: lambda w, p: w.review.register.create(p, "另一项目"),
    Action.SEAL_VERSION: lambda w, p: w.review.submissions.seal(p, w.id, example_file()),
    Action.EDIT_REGISTER: lambda w, p: w.review.register.edit(p, w.id, 0, city="盐城"),
    Action.EDIT_PAPERS: lambda w, p: w.review.register.add_paper(p, w.id, "另一文件"),
    Action.ATTACH: lambda w, p: w.review.register.attach(p, w.id, "paper:none", "a.pdf", b"x"),
    Action.ANSWER_DEMAND: lambda w, p: w.review.demands.answer(p, w.id, "none", 1, "x", "1"),
    Action.WRITE_DEMAND: lambda w, p: w.review.demands.write(p, w.id, "请补充"),
    Action.JUDGE_DEMAND: lambda w, p: w.review.demands.judge(p, w.id, "none", 1, "采纳"),
    Action.VERIFY: lambda w, p: w.review.verification.check(p, w.id, "project/name", "已核实", page="1"),
    Action.RECALCULATE: lambda w, p: w.review.submissions.recalculate(p, w.id),
    Action.ANSWER_POINT: lambda w, p: w.review.checklist.answer(p, w.id, "none", "采纳"),
    Action.DRAFT_OPINION: lambda w, p: w.review.opinions.draft(p, w.id, 0, "同意"),
    Action.CONFIRM_OPINION: lambda w, p: w.review.opinions.confirm(p, w.id, 0),
    Action.GIVE_EXPERT_OPINION: lambda w, p: w.review.opinions.give_expert_opinion(p, w.id, 0, "同意", "x"),
    Action.DECLARE: lambda w, p: w.review.staffing.declare(p, w.id, conflict=False),
    Action.INVITE: lambda w, p: w.review.opinions.invite(p, w.id, "水", days=5),
    Action.RECORD_REPLY: lambda w, p: w.review.opinions.record_reply(
        p, w.id, "none", 0, "同意", reply_number="x", reply_date=DAY
    ),
    Action.NOTE_SILENCE: lambda w, p: w.review.opinions.note_silence(p, w.id, "none"),
    Action.ADOPT: lambda w, p: w.review.opinions.adopt(p, w.id, "none", "采纳"),
    Action.SETTLE: lambda w, p: w.review.opinions.settle(p, w.id, "none", "none", "x"),
    Action.WRITE_MINUTES: lambda w, p: w.review.drafting.write_minutes(
        p, w.id, "现场踏勘", held=DAY, venue="厂址", people="某", text="x"
    ),
    Action.WRITE_CONCLUSION: lambda w, p: w.review.drafting.write_conclusion(p, w.id, "x"),
    Action.COUNTERSIGN: lambda w, p: w.review.drafting.countersign(p, w.id, "none", "同意"),
    Action.COMMENT: lambda w, p: w.review.texts.comment(p, w.id, "批注"),
    Action.WRITE_TEXT: lambda w, p: w.review.texts.save(p, w.id, "nowhere", "x", ()),
    Action.CLAIM: lambda w, p: w.review.staffing.claim(p, w.id, Role.ARCHIVIST),
    Action.ASSIGN: lambda w, p: w.review.staffing.release(p, w.id, "none", "x"),
    Action.READ_PROJECT: lambda w, p: w.review.register.get(p, w.id),
    Action.READ_OPINIONS: lambda w, p: w.review.opinions.of_review(p, w.id),
    Action.READ_RECORD: lambda w, p: w.review.filing.events(p, w.id),
    Action.MANAGE_USERS: lambda w, p: w.review.accounts.add(p, "x", ""),
}

NAMES = {
    **{role: str(role) for role in Role},
    Role.OFFICE_CLERK: "气候处室经办",
    Role.OFFICE_HEAD: "气候处室负责人",
}


def test_the_matrix_is_the_one_written_by_hand() -> None:
    assert {action: set(held) for action, held in MATRIX.items()} == WANTED
    assert set(MATRIX) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_each_action_is_refused_to_every_role_but_its_own(
    action: Action, sqlite_stations: Callable[[str], World]
) -> None:
    world = sqlite_stations("会审中")
    world.review.staffing.assign(world.p("建设单位"), world.id, world.p("环评编制单位").id, Role.PREPARER)
    before = events(world)
    for role in Role:
        person = world.p(NAMES[role])
        if role in WANTED[action]:
            continue
        with pytest.raises(NotAllowedError, match=r"[一-龥]"):
            CALLS[action](world, person)
    assert events(world) == before, "a refused action leaves no trace in the record"
    for role in WANTED[action]:
        try:
            CALLS[action](world, world.p(NAMES[role]))
        except NotAllowedError as error:
            pytest.fail(f"{role} must be allowed to {action}: {error}")
        except (ReviewError, InputError):
            pass  # the state or a guard stands against it, which is another matter
    world.engine.dispose()


def events(world: World) -> int:
    with world.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()


def test_somebody_with_no_part_in_the_project_does_nothing_in_it(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    admin = world.p("管理")
    capacities = [
        capacity for name in NAMES.values() if name not in ("管理", "审计") for capacity in world.p(name).capacities
    ]
    temporary = world.review.accounts.add(admin, "stranger", "生某", capacities=capacities)
    signed = world.review.accounts.sign_in("stranger", temporary)
    world.review.accounts.change_password(world.review.accounts.person(signed.token), temporary, "足够长的另一口令 9")
    stranger = world.review.accounts.person(signed.token)
    for action in set(Action) - {Action.CREATE, Action.CLAIM, Action.MANAGE_USERS}:
        with pytest.raises(NotAllowedError, match="不在这个项目的办理人员中"):
            CALLS[action](world, stranger)
    world.engine.dispose()


def test_who_enters_does_not_review_and_who_reviews_does_not_sign() -> None:
    assert not (ENTERING & REVIEWING)
    assert not (ENTERING & SIGNING)
    assert not (REVIEWING & SIGNING)
    for action in (Action.VERIFY, Action.ANSWER_POINT, Action.DRAFT_OPINION, Action.ADOPT, Action.ACCEPT):
        assert not MATRIX[action] & (ENTERING | SIGNING)
    for action in (Action.CHECK, Action.SIGN):
        assert MATRIX[action] <= SIGNING
    assert MATRIX[Action.CHECK].isdisjoint(MATRIX[Action.SIGN])
    assert MATRIX[Action.DRAFT_OPINION].isdisjoint(MATRIX[Action.CONFIRM_OPINION])
    for action in set(Action) - {
        Action.READ_PROJECT,
        Action.READ_OPINIONS,
        Action.READ_RECORD,
        Action.MANAGE_USERS,
        Action.ASSIGN,
    }:
        assert not MATRIX[action] & EVERYWHERE, "administrators and auditors take no part"


def test_every_other_role_clashes() -> None:
    for held in Role:
        for wanted in Role:
            assert (clash(held, wanted) == "") == (held is wanted)
    assert clash(Role.BUILDER, Role.LEAD_SIGNER) == "填报人不参与审查"
    assert clash(Role.OFFICE_CLERK, Role.LEAD_SIGNER) == "审查人不参与审核签发"


def test_every_work_has_its_states_and_every_step_its_routes() -> None:
    reading = {Action.READ_PROJECT, Action.READ_OPINIONS, Action.READ_RECORD, Action.MANAGE_USERS, Action.CREATE}
    assert set(WHEN) | set(COMMANDS) | reading == set(Action)
    assert not set(WHEN) & set(COMMANDS)
    assert set(ASSIGNS) == MATRIX[Action.ASSIGN]
    assert MATRIX[Action.CLAIM] == CLAIMABLE


# ---- one person, one role on a project -------------------------------------------------------------------------------


def grant(world: World, name: str, *others: str) -> None:
    for other in others:
        capacity = world.p(other).capacities[0]
        world.review.accounts.grant(world.p("管理"), world.p(name).id, capacity)


@pytest.mark.parametrize(
    ("held", "wanted", "role"),
    [
        ("建设单位", "受理", Role.ACCEPTANCE),
        ("受理", "牵头处签发", Role.LEAD_SIGNER),
        ("技术评估", "牵头处审核", Role.LEAD_CHECKER),
        ("牵头处经办", "牵头处签发", Role.LEAD_SIGNER),
        ("牵头处审核", "牵头处签发", Role.LEAD_SIGNER),
    ],
)
def test_several_roles_but_not_on_one_project(
    sqlite_stations: Callable[[str], World], held: str, wanted: str, role: Role
) -> None:
    world = sqlite_stations("会审中")
    grant(world, held, wanted)
    with pytest.raises((RefusedError, NotAllowedError)):
        world.review.staffing.claim(world.p(held), world.id, role)
    with pytest.raises(RefusedError, match="同一项目上一人只任一职"):
        world.review.staffing.assign(world.p("管理"), world.id, world.p(held).id, role)
    world.engine.dispose()


def test_who_acted_takes_no_other_role_even_after_leaving(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    grant(world, "受理", "牵头处签发")
    admin = world.p("管理")
    members = {member.role: member for member in world.review.staffing.members(admin, world.id)}
    for forged in (world.p("建设单位"), Person(**{**vars(world.p("建设单位")), "capacities": admin.capacities})):
        with pytest.raises(NotAllowedError):
            world.review.staffing.members(forged, world.id)
    world.review.staffing.release(admin, world.id, members[Role.ACCEPTANCE].id, "轮岗")
    with pytest.raises(RefusedError, match=r"办理过受理的工作，不能再任牵头处签发：审查人不参与审核签发"):
        world.review.staffing.assign(admin, world.id, world.p("受理").id, Role.LEAD_SIGNER)
    assert world.review.staffing.candidates(admin, world.id, Role.LEAD_SIGNER) == []
    world.review.staffing.assign(admin, world.id, world.p("受理").id, Role.ACCEPTANCE)
    world.engine.dispose()


def test_an_assigner_stays_within_bounds(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    head = world.p("气候处室负责人")
    with pytest.raises(NotAllowedError, match="只能指派本处室"):
        world.review.staffing.assign(head, world.id, world.p("大气处室经办").id, Role.OFFICE_CLERK, "大气")
    with pytest.raises(NotAllowedError, match="不能指派牵头处签发"):
        world.review.staffing.assign(head, world.id, world.p("牵头处签发").id, Role.LEAD_SIGNER)
    with pytest.raises(RefusedError, match="没有“牵头处签发”这个角色"):
        world.review.staffing.assign(world.p("牵头处经办"), world.id, world.p("档案").id, Role.LEAD_SIGNER)
    members = world.review.staffing.members(head, world.id)
    signer = next(member for member in members if member.role is Role.LEAD_SIGNER)
    with pytest.raises(NotAllowedError, match="不能解除"):
        world.review.staffing.release(head, world.id, signer.id, "x")
    world.engine.dispose()


# ---- mid-session changes ---------------------------------------------------------------------------------------------


def test_a_role_taken_away_mid_session_ends_at_once(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    clerk = world.p("气候处室经办")
    titles = world.review.accounts.withdraw(world.p("管理"), clerk.id, clerk.capacities[0])
    assert titles == ["射阳港扩建"]
    with pytest.raises(NotAllowedError):
        world.review.checklist.answer(clerk, world.id, "none", "采纳")
    world.engine.dispose()


def test_work_of_a_deactivated_person_goes_back_to_the_office(sqlite_stations: Callable[[str], World]) -> None:
    world = sqlite_stations("会审中")
    clerk, head = world.p("气候处室经办"), world.p("气候处室负责人")
    grant(world, "水处室经办", "气候处室经办")
    other = world.p("水处室经办")
    assert not [task for task in world.review.inbox.tasks(other) if task.office == "气候"]
    assert world.review.accounts.deactivate(world.p("管理"), clerk.id, "调离") == ["射阳港扩建"]
    free = [task for task in world.review.inbox.tasks(other) if task.office == "气候"]
    assert [(task.kind, task.mine, task.holder) for task in free] == [("征求意见", False, "")]
    assert world.review.staffing.candidates(head, world.id, Role.OFFICE_CLERK, "气候") == [(other.id, other.name)]
    world.review.staffing.assign(head, world.id, other.id, Role.OFFICE_CLERK, "气候")
    assert [task.mine for task in world.review.inbox.tasks(other) if task.office == "气候"] == [True]
    world.engine.dispose()
