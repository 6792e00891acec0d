"""People: one-time passwords, sign-in, throttling, sessions that end, roles that are read again, the single-user mode."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from review_office import PASSWORD, QUICK, HandClock, Office
from sqlalchemy import event, text

from tanping.assessment.cli import main
from tanping.assessment.review.errors import MissingError, NotAllowedError, RefusedError, SignInError
from tanping.assessment.review.roles import INNER_OFFICES, Role
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.users import IDLE, LONGEST, TEMPORARY, TRIES, WINDOW, Accounts, Capacity, all_capacities
from tanping.assessment.review.verify import verify

CLERK = Capacity(Role.OFFICE_CLERK, "气候")
HEAD = Capacity(Role.OFFICE_HEAD, "气候")


@pytest.fixture
def office(url: str) -> Office:
    return Office(url)


def everything(office: Office) -> str:
    """All that the store holds, as one text."""
    with office.engine.connect() as connection:
        return "".join(
            repr(
                [
                    tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                    for row in connection.execute(text(f"SELECT * FROM {name}"))
                ]
            )
            for name in ("users", "user_roles", "user_subjects", "sign_in_sessions", "sign_ins", "events")
        )


# ---- accounts --------------------------------------------------------------------------------------------------------


def test_the_first_administrator_has_a_one_time_password(url: str) -> None:
    accounts = Accounts(connect(url), now=HandClock(), hasher=QUICK)
    first = accounts.first_administrator("Wang", "王某")
    again = accounts.first_administrator("wang", "王某")
    assert first != again, "never used: a new one may be asked for"
    with pytest.raises(SignInError):
        accounts.sign_in("wang", first)
    signed = accounts.sign_in(" WANG ", again)
    assert signed.must_change
    person = accounts.person(signed.token)
    with pytest.raises(NotAllowedError, match="先修改一次性口令"):
        accounts.add(person, "li", "李某")
    accounts.change_password(person, again, PASSWORD)
    assert not accounts.person(signed.token).must_change
    with pytest.raises(SignInError):
        accounts.sign_in("wang", again)
    with pytest.raises(RefusedError, match="已有管理员"):
        accounts.first_administrator("zhao", "赵某")


def test_the_command_prints_the_one_time_password_once(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "admin", "wang", "--name", "王某", "--url", sqlite_url]) == 0
    password = capsys.readouterr().out.strip().rsplit("：", 1)[1]
    accounts = Accounts(connect(sqlite_url))
    assert accounts.sign_in("wang", password).must_change
    assert main(["db", "admin", "x y", "--name", "王某", "--url", sqlite_url]) == 2
    assert "空格" in capsys.readouterr().err


def test_a_one_time_password_runs_out(office: Office) -> None:
    temporary = office.accounts.add(office.person("admin"), "li", "李某")
    office.clock.forward(seconds=TEMPORARY.total_seconds())
    with pytest.raises(SignInError):
        office.accounts.sign_in("li", temporary)
    renewed = office.accounts.reset_password(office.person("admin"), account(office, "li").id)
    assert office.accounts.sign_in("li", renewed).must_change


def account(office: Office, login: str):  # type: ignore[no-untyped-def]
    return next(found for found in office.accounts.people(office.person("admin")) if found.login == login)


@pytest.mark.parametrize(
    ("login", "name", "words"),
    [
        ("a", "某", "2—60"),
        ("ab", " ", "姓名"),
        ("a b", "某", "空格"),
        ("a\u200bb", "某", "看不见"),
        ("ADMIN ", "某", "已有人使用"),
    ],
)
def test_odd_names_are_refused(office: Office, login: str, name: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        office.accounts.add(office.person("admin"), login, name)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("短", "10—200"),
        ("x" * 300, "10—200"),
        ("aaaaaaaaaaaa", "太容易"),
        ("xxADMINxx123456", "太容易"),
        (PASSWORD, "相同"),
    ],
)
def test_weak_passwords_are_refused(office: Office, new: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        office.accounts.change_password(office.person("admin"), PASSWORD, new)


def test_changing_a_password_needs_the_old_one_and_ends_other_sessions(office: Office) -> None:
    other = office.accounts.sign_in("admin", PASSWORD).token
    person = office.person("admin")
    with pytest.raises(SignInError, match="原口令不对"):
        office.accounts.change_password(person, "不是这个口令啊啊", "另一个足够长的口令 7")
    office.accounts.change_password(person, PASSWORD, "另一个足够长的口令 7")
    assert office.accounts.person(office.tokens["admin"]).name == "管某"
    with pytest.raises(SignInError):
        office.accounts.person(other)


def test_only_the_administrator_manages_people(office: Office) -> None:
    clerk = office.hire("clerk", CLERK)
    for act in (
        lambda: office.accounts.add(clerk, "new", "新某"),
        lambda: office.accounts.grant(clerk, clerk.id, Capacity(Role.LEAD_SIGNER)),
        lambda: office.accounts.withdraw(clerk, clerk.id, CLERK),
        lambda: office.accounts.deactivate(clerk, clerk.id, "x"),
        lambda: office.accounts.reset_password(clerk, clerk.id),
        lambda: office.accounts.link(clerk, clerk.id, "i", "s"),
        lambda: office.accounts.people(clerk),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_roles_are_read_again_at_every_action(office: Office) -> None:
    second = office.hire("second", Capacity(Role.ADMINISTRATOR))
    office.accounts.withdraw(office.person("admin"), second.id, Capacity(Role.ADMINISTRATOR))
    with pytest.raises(NotAllowedError):
        office.accounts.add(second, "x1", "某")
    assert office.person("second").capacities == ()


def test_administrators_and_auditors_hold_nothing_else(office: Office) -> None:
    admin = office.person("admin")
    with pytest.raises(RefusedError, match="不能与其他角色"):
        office.accounts.grant(admin, admin.id, Capacity(Role.LEAD_SIGNER))
    clerk = office.hire("clerk", CLERK)
    with pytest.raises(RefusedError, match="不能与其他角色"):
        office.accounts.grant(admin, clerk.id, Capacity(Role.AUDITOR))
    office.accounts.grant(admin, clerk.id, Capacity(Role.LEAD_CLERK))
    assert office.person("clerk").capacities == (CLERK, Capacity(Role.LEAD_CLERK))


@pytest.mark.parametrize(
    "capacity", [Capacity(Role.OFFICE_CLERK), Capacity(Role.OFFICE_CLERK, "能源"), Capacity(Role.EXPERT, "气候"), CLERK]
)
def test_offices_belong_to_office_roles(office: Office, capacity: Capacity) -> None:
    clerk = office.hire("clerk", CLERK)
    with pytest.raises(RefusedError, match=r"处室|已有"):
        office.accounts.grant(office.person("admin"), clerk.id, capacity)


def test_the_last_administrator_stays(office: Office) -> None:
    admin = office.person("admin")
    for act in (
        lambda: office.accounts.deactivate(admin, admin.id, "离职"),
        lambda: office.accounts.withdraw(admin, admin.id, Capacity(Role.ADMINISTRATOR)),
    ):
        with pytest.raises(RefusedError, match="最后一位管理员"):
            act()
    other = office.hire("other", Capacity(Role.ADMINISTRATOR))
    office.accounts.deactivate(other, admin.id, "离职")


def test_a_deactivated_person_is_out_at_once_and_may_come_back(office: Office) -> None:
    clerk = office.hire("clerk", CLERK)
    with pytest.raises(RefusedError, match="理由"):
        office.accounts.deactivate(office.person("admin"), clerk.id, " ")
    office.accounts.deactivate(office.person("admin"), clerk.id, "调离")
    with pytest.raises(SignInError):
        office.accounts.person(office.tokens["clerk"])
    with pytest.raises(SignInError):
        office.accounts.sign_in("clerk", PASSWORD)
    temporary = office.accounts.reactivate(office.person("admin"), clerk.id)
    assert office.accounts.sign_in("clerk", temporary).must_change
    with pytest.raises(MissingError):
        office.accounts.deactivate(office.person("admin"), "nobody", "x")


# ---- signing in ------------------------------------------------------------------------------------------------------


def test_a_wrong_name_and_a_wrong_password_sound_the_same(office: Office) -> None:
    said = set()
    for login, password in (
        ("admin", "wrong"),
        ("nobody", "wrong"),
        ("admin", ""),
        ("admin", "x" * 10_000),
        ("\ud800", "x"),
        ("a\0b", "\0\ud800"),
    ):
        with pytest.raises(SignInError) as caught:
            office.accounts.sign_in(login, password)
        said.add(str(caught.value))
    assert said == {"登录名或口令不对。"}


@pytest.mark.parametrize("login", ["admin", "nobody"])
def test_failures_lock_for_a_while_whether_or_not_the_name_exists(office: Office, login: str) -> None:
    office.clock.forward(hours=1)
    for _ in range(TRIES):
        with pytest.raises(SignInError, match="不对"):
            office.accounts.sign_in(login, "wrong")
    with pytest.raises(SignInError, match=r"已锁定，请 15 分钟后再试"):
        office.accounts.sign_in(login, PASSWORD)
    office.clock.forward(seconds=WINDOW.total_seconds())
    if login == "admin":
        assert office.accounts.sign_in(login, PASSWORD).token


def test_an_administrator_ends_a_lock_out(office: Office) -> None:
    clerk = office.hire("clerk", CLERK)
    for _ in range(TRIES):
        with pytest.raises(SignInError):
            office.accounts.sign_in("clerk", "wrong")
    with pytest.raises(SignInError, match="锁定"):
        office.accounts.sign_in("clerk", PASSWORD)
    temporary = office.accounts.reset_password(office.person("admin"), clerk.id)
    assert office.accounts.sign_in("clerk", temporary).must_change


def test_a_success_forgives_earlier_failures(office: Office) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            with pytest.raises(SignInError, match="不对"):
                office.accounts.sign_in("admin", "wrong")
        office.accounts.sign_in("admin", PASSWORD)


def test_one_machine_can_not_try_many_names(office: Office) -> None:
    for number in range(30):
        with pytest.raises(SignInError, match="不对"):
            office.accounts.sign_in(f"name{number}", "wrong", address="10.0.0.9")
    with pytest.raises(SignInError, match="这台机器"):
        office.accounts.sign_in("admin", PASSWORD, address="10.0.0.9")
    assert office.accounts.sign_in("admin", PASSWORD, address="10.0.0.10").token


@pytest.mark.parametrize("door", ["sign-in", "change"])
def test_many_guesses_at_once_are_no_more_than_many_in_a_row(office: Office, door: str) -> None:
    """Nor are those of somebody at a desk left open who tries to change the password."""
    said: list[str] = []
    admin = office.person("admin")
    tries: dict[str, Callable[[], object]] = {
        "sign-in": lambda: office.accounts.sign_in("admin", "wrong"),
        "change": lambda: office.accounts.change_password(admin, "wrong", "另一个足够长的口令 7"),
    }

    def guess() -> None:
        with pytest.raises(SignInError) as caught:
            tries[door]()
        said.append(str(caught.value))

    threads = [threading.Thread(target=guess) for _ in range(3 * TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("不对" in words for words in said) == TRIES
    assert sum("锁定" in words for words in said) == 2 * TRIES


def test_sessions_end_by_idleness_by_age_and_by_signing_out(office: Office) -> None:
    token = office.accounts.sign_in("admin", PASSWORD).token
    office.clock.forward(seconds=IDLE.total_seconds() - 1)
    office.accounts.person(token)
    office.clock.forward(seconds=IDLE.total_seconds() - 1)
    office.accounts.person(token)
    office.clock.forward(seconds=IDLE.total_seconds())
    with pytest.raises(SignInError, match="已失效"):
        office.accounts.person(token)

    token = office.accounts.sign_in("admin", PASSWORD).token
    for _ in range(int(LONGEST / timedelta(minutes=20)) - 1):
        office.clock.forward(minutes=20)
        office.accounts.person(token)
    office.clock.forward(minutes=21)
    with pytest.raises(SignInError, match="已失效"):
        office.accounts.person(token)

    token = office.accounts.sign_in("admin", PASSWORD).token
    person = office.accounts.person(token)
    office.accounts.sign_out(token)
    office.accounts.sign_out(token)
    with pytest.raises(SignInError, match="已失效"):
        office.accounts.person(token)
    with pytest.raises(SignInError, match="已失效"):
        office.accounts.add(person, "x1", "某")


def test_on_a_disk_that_can_not_be_written_one_reads_until_the_session_falls_asleep(sqlite_url: str) -> None:
    office = Office(sqlite_url)
    token = office.accounts.sign_in("admin", PASSWORD).token
    event.listen(office.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
    office.engine.dispose()
    for _ in range(2):
        office.clock.forward(seconds=IDLE.total_seconds() / 2 - 1)
        assert office.accounts.person(token).login == "admin"
    office.clock.forward(seconds=2)
    with pytest.raises(SignInError):
        office.accounts.person(token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 5000])
def test_a_forged_token_is_nobody(office: Office, token: str) -> None:
    with pytest.raises(SignInError):
        office.accounts.person(token)


def test_no_secret_is_kept_sealed_or_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    temporary = office.accounts.add(office.person("admin"), "li", "李某")
    token = office.accounts.sign_in("li", temporary).token
    typed_into_the_wrong_field = "我的口令是 open sesame"
    with pytest.raises(SignInError):
        office.accounts.sign_in(typed_into_the_wrong_field, "x")
    kept = everything(office) + caplog.text
    for secret in (temporary, token, PASSWORD, typed_into_the_wrong_field, office.tokens["admin"]):
        assert secret not in kept
    with office.engine.connect() as connection:
        sealed = connection.execute(text("SELECT content FROM events")).scalars().all()
    assert not any(b"argon2" in bytes(content) for content in sealed)


def test_a_weaker_hash_is_renewed_on_signing_in(office: Office) -> None:
    stronger = Accounts(
        office.engine, now=office.clock, hasher=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    )
    stronger.sign_in("admin", PASSWORD)
    with office.engine.connect() as connection:
        assert "m=16,t=2" in connection.execute(text("SELECT password FROM users WHERE login = 'admin'")).scalar_one()
    assert verify(office.engine).sound


def test_old_sessions_and_attempts_are_swept(office: Office) -> None:
    with pytest.raises(SignInError):
        office.accounts.sign_in("nobody", "x")
    office.clock.forward(days=200)
    assert office.accounts.sweep() >= 3
    assert office.accounts.sweep() == 0


# ---- the identity provider -------------------------------------------------------------------------------------------


def test_the_identity_providers_people_are_ours_once_linked(office: Office) -> None:
    clerk = office.hire("clerk", CLERK)
    admin = office.person("admin")
    with pytest.raises(SignInError, match="没有与之绑定"):
        office.accounts.sign_in_oidc("https://sso.example", "42")
    office.accounts.link(admin, clerk.id, "https://sso.example", "42")
    signed = office.accounts.sign_in_oidc("https://sso.example", "42")
    assert not signed.must_change
    assert office.accounts.person(signed.token).capacities == (CLERK,)
    with pytest.raises(SignInError):
        office.accounts.sign_in_oidc("https://other.example", "42")
    with pytest.raises(RefusedError, match="已绑定给"):
        office.accounts.link(admin, admin.id, "https://sso.example", "42")
    with pytest.raises(RefusedError, match="都要填写"):
        office.accounts.link(admin, admin.id, "", "42")
    office.accounts.unlink(admin, "https://sso.example", "42")
    with pytest.raises(SignInError):
        office.accounts.person(signed.token)
    with pytest.raises(MissingError):
        office.accounts.unlink(admin, "https://sso.example", "42")


def test_a_person_of_the_identity_provider_needs_no_password_of_ours(office: Office) -> None:
    office.accounts.add(office.person("admin"), "li", "李某", capacities=[CLERK])
    office.accounts.link(office.person("admin"), account(office, "li").id, "i", "s")
    signed = office.accounts.sign_in_oidc("i", "s")
    assert not office.accounts.person(signed.token).must_change
    office.accounts.deactivate(office.person("admin"), account(office, "li").id, "调离")
    with pytest.raises(SignInError, match="已停用"):
        office.accounts.sign_in_oidc("i", "s")


# ---- single-user mode ------------------------------------------------------------------------------------------------


def test_single_user_mode_has_one_person_for_each_capacity(url: str) -> None:
    accounts = Accounts(connect(url), now=HandClock(), hasher=QUICK)
    people = accounts.single_user("127.0.0.1")
    assert people == accounts.single_user("::1")
    assert [person.capacities[0] for person in people] == all_capacities()
    assert len(people) == 11 + 2 * len(INNER_OFFICES)
    assert {person.mode for person in people} == {"single"}
    with pytest.raises(SignInError):
        accounts.sign_in(people[0].login, "")
    assert verify(connect(url)).sound


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "", "::", "127.0.0.1.example"])
def test_single_user_mode_stays_on_this_machine(url: str, address: str) -> None:
    with pytest.raises(SignInError, match="只能绑定本机"):
        Accounts(connect(url), hasher=QUICK).single_user(address)


def test_a_store_with_accounts_is_never_opened_without_signing_in(office: Office) -> None:
    with pytest.raises(SignInError, match="请登录"):
        office.accounts.single_user("127.0.0.1")


def test_everything_about_people_is_in_the_record(office: Office) -> None:
    clerk = office.hire("clerk", CLERK)
    office.accounts.grant(office.person("admin"), clerk.id, HEAD)
    office.accounts.withdraw(office.person("admin"), clerk.id, CLERK)
    office.accounts.deactivate(office.person("admin"), clerk.id, "调离")
    report = verify(office.engine)
    assert report.faults == ()
    with office.engine.connect() as connection:
        kinds = connection.execute(text("SELECT kind FROM events ORDER BY seq")).scalars().all()
    assert kinds[-3:] == ["授予角色", "收回角色", "停用用户"]
