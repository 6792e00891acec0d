"""Signing in and changing a password by the routes, and the door before the pages: cookies, forged forms, guesses, where one is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from review_office import PASSWORD
from review_people import People
from web_visits import Visitor

from tanping.assessment.pages import ASTRAY, review
from tanping.assessment.pages.review.entry import COOKIE, SIGN_IN, SIGN_OUT
from tanping.assessment.pages.review.entry import PASSWORD as CHANGE
from tanping.assessment.review.errors import SignInError
from tanping.assessment.review.roles import Role
from tanping.assessment.review.store import StoreError, default_url
from tanping.assessment.review.users import Capacity
from tanping.assessment.web import account, handover

LOGIN = str(Role.ACCEPTANCE)
NEW = "另一个很长的口令 7"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TANPING_DB_URL", raising=False)
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def people(home: Path, monkeypatch: pytest.MonkeyPatch) -> People:
    staff = People(default_url())
    staff.hire([Capacity(Role.ACCEPTANCE)])
    monkeypatch.setattr(review, "_joint", lambda _url: staff.joint)  # with its quick hashes
    return staff


def set_cookies(answer: object) -> dict[str, str]:
    """Return what an answer sets, by the cookie's name."""
    return {line.split("=")[0]: line for line in answer.headers.get_list("set-cookie")}  # type: ignore[attr-defined]


# ---- signing in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(people: People, scheme: str) -> None:
    answer = Visitor(scheme).sign_in(LOGIN, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    said = set_cookies(answer)[COOKIE].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert ("secure" in said) == (scheme == "https")
    assert "domain=" not in said


def test_wrong_and_unknown_are_told_the_same_and_nothing_is_set(people: People) -> None:
    visitor = Visitor()
    told = [visitor.sign_in(login, "falsch falsch") for login in (LOGIN, "nobody")]
    assert {answer.status_code for answer in told} == {400}
    assert all("登录名或口令不对。" in answer.text for answer in told)
    assert COOKIE not in visitor.cookies
    assert f'value="{LOGIN}"' in told[0].text
    assert "falsch" not in told[0].text


def test_after_five_failures_the_right_password_waits_too(people: People) -> None:
    visitor = Visitor()
    for _ in range(5):
        visitor.sign_in(LOGIN, "falsch falsch")
    assert "已锁定" in visitor.sign_in(LOGIN, PASSWORD).text
    assert COOKIE not in visitor.cookies


def test_a_session_given_by_somebody_else_does_not_become_ours(people: People) -> None:
    visitor = Visitor()
    visitor.sign_in(LOGIN, PASSWORD)
    before = visitor.cookies[COOKIE]
    visitor.sign_in(LOGIN, PASSWORD)
    assert visitor.cookies[COOKIE] != before
    with pytest.raises(SignInError):
        review.joint().accounts.person(before)
    visitor.cookies[COOKIE] = "planted"
    visitor.sign_in(LOGIN, PASSWORD)
    assert visitor.cookies[COOKIE] != "planted"


def test_a_form_from_elsewhere_is_not_taken(people: People) -> None:
    fields = {"login": LOGIN, "password": PASSWORD}
    visitor = Visitor()
    assert visitor.post(SIGN_IN, fields).status_code == 403
    visitor.get(SIGN_IN)
    made = visitor.cookies[account.FORM_COOKIE]
    assert visitor.post(SIGN_IN, {**fields, "form": "x" * 32}).status_code == 403
    assert visitor.post(SIGN_IN, {**fields, "form": made}, Origin="https://evil.test").status_code == 403
    assert visitor.post(SIGN_IN, {**fields, "form": made}, Origin="null").status_code == 403
    assert COOKIE not in visitor.cookies
    assert visitor.post(SIGN_IN, {**fields, "form": made}).status_code == 303


def test_what_was_typed_is_never_markup_and_the_form_loads_nothing(people: People) -> None:
    answer = Visitor().sign_in('"><script>alert(1)</script>', "x" * 12)
    assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/space?review=1&panel=draft", "/space?review=1&panel=draft"),
        ("/register", "/register"),
        ("/", "/inbox"),
        ("", "/inbox"),
        ("https://evil.test/", "/inbox"),
        ("//evil.test/", "/inbox"),
        ("/\\evil.test", "/inbox"),
        ("javascript:alert(1)", "/inbox"),
        ("/account/password", "/inbox"),
        ("/in\nbox", "/inbox"),
    ],
)
def test_one_is_sent_on_inside_only(asked: str, reached: str) -> None:
    assert account.safe_target(asked) == reached


# ---- the password ----------------------------------------------------------------------------------------------------


def test_a_one_time_password_must_be_changed_first(people: People) -> None:
    temporary = people.joint.accounts.add(people.person("admin"), "neu", "新某", capacities=[Capacity(Role.ARCHIVIST)])
    visitor = Visitor()
    assert visitor.sign_in("neu", temporary).headers["location"] == CHANGE
    assert people.joint.accounts.person(visitor.cookies[COOKIE]).must_change
    told = visitor.fill(CHANGE, old=temporary, new=NEW, again="anders anders")
    assert "两次填写的新口令不同" in told.text
    assert visitor.fill(CHANGE, old=temporary, new="neu1234567", again="neu1234567").status_code == 400
    assert visitor.fill(CHANGE, old=temporary, new=NEW, again=NEW).headers["location"] == "/inbox"
    assert not people.joint.accounts.person(visitor.cookies[COOKIE]).must_change
    assert Visitor().sign_in("neu", temporary).status_code == 400


def test_without_a_session_there_is_no_password_to_change(people: People) -> None:
    visitor = Visitor()
    assert "请先登录" in visitor.get(CHANGE).text
    answer = visitor.post(
        CHANGE, {"form": visitor.cookies[account.FORM_COOKIE], "old": PASSWORD, "new": NEW, "again": NEW}
    )
    assert answer.status_code == 400
    assert Visitor().sign_in(LOGIN, PASSWORD).status_code == 303


# ---- signing out -----------------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_takes_its_cookie_away(people: People) -> None:
    visitor = Visitor()
    visitor.sign_in(LOGIN, PASSWORD)
    token = visitor.cookies[COOKIE]
    answer = visitor.post(SIGN_OUT, {})
    assert (answer.status_code, COOKIE in visitor.cookies) == (303, False)
    assert "已退出登录。" in visitor.get(answer.headers["location"]).text
    with pytest.raises(SignInError):
        people.joint.accounts.person(token)


def test_no_other_site_signs_somebody_out(people: People) -> None:
    visitor = Visitor()
    visitor.sign_in(LOGIN, PASSWORD)
    assert visitor.post(SIGN_OUT, {}, Origin="https://evil.example").status_code == 403
    assert visitor.get(SIGN_OUT).headers["location"] == account.HOME
    assert people.joint.accounts.person(visitor.cookies[COOKIE]).login == LOGIN


def test_a_session_that_ended_leaves_no_cookie_behind(people: People) -> None:
    visitor = Visitor()
    visitor.sign_in(LOGIN, PASSWORD)
    assert "已退出登录" not in visitor.get(f"{SIGN_IN}?left=1").text, "who is here has not left"
    people.joint.accounts.sign_out(visitor.cookies[COOKIE])
    visitor.get(SIGN_IN)
    assert COOKIE not in visitor.cookies


# ---- the door --------------------------------------------------------------------------------------------------------


def test_whoever_has_no_session_is_sent_to_the_form_and_back(people: People) -> None:
    visitor = Visitor()
    answer = visitor.get("/space?review=1&panel=draft")
    assert answer.status_code == 303
    assert visitor.sign_in(LOGIN, PASSWORD, answer.headers["location"]).headers["location"] == (
        "/space?review=1&panel=draft"
    )
    assert visitor.get("/space?review=1").text == "inside"
    review.joint().accounts.sign_out(visitor.cookies[COOKIE])
    assert visitor.get("/space?review=1").status_code == 303


@pytest.mark.parametrize("path", ["/_stcore/health", "/static/app.js", "/oauth2callback"])
def test_the_door_is_for_pages_only(people: People, path: str) -> None:
    assert Visitor().get(path).text == "inside"


def test_a_store_without_accounts_has_no_door() -> None:
    assert Visitor().get("/inbox").text == "inside"


# ---- from the identity provider --------------------------------------------------------------------------------------


def test_a_handed_over_session_is_taken_once_by_the_browser_it_was_made_for(people: People) -> None:
    token = people.joint.accounts.sign_in(LOGIN, PASSWORD).token
    code = handover.leave(token, "signed by streamlit")
    stranger, owner = Visitor(), Visitor()
    stranger.cookies[handover.PROVIDER_COOKIE] = "another"
    owner.cookies[handover.PROVIDER_COOKIE] = "signed by streamlit"
    assert "没有完成" in stranger.get(f"{handover.ENTER}?code={code}").text
    assert COOKIE not in stranger.cookies
    code = handover.leave(token, "signed by streamlit")
    answer = owner.get(f"{handover.ENTER}?code={code}")
    assert answer.headers["location"] == "/inbox"
    assert owner.cookies[COOKIE] == token
    assert "max-age=0" in set_cookies(answer)[handover.PROVIDER_COOKIE].lower()
    assert handover.redeem(code, "signed by streamlit") == ""


def test_a_store_in_trouble_is_told_in_words_when_one_is_handed_over(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_self: object, _token: str) -> None:
        raise StoreError("数据库正忙，请稍后再试。")

    owner = Visitor()
    owner.cookies[handover.PROVIDER_COOKIE] = "signed by streamlit"
    owner.cookies[COOKIE] = people.joint.accounts.sign_in(LOGIN, PASSWORD).token
    monkeypatch.setattr(type(people.joint.accounts), "sign_out", locked)
    answer = owner.get(f"{handover.ENTER}?code={handover.leave('token', 'signed by streamlit')}")
    assert answer.status_code == 503
    assert "数据库正忙" in answer.text


def test_a_code_left_lying_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    code = handover.leave("token", "cookie")
    later = handover.time.monotonic() + handover.SECONDS
    monkeypatch.setattr(handover.time, "monotonic", lambda: later)
    assert handover.redeem(code, "cookie") == ""


@pytest.mark.parametrize(
    ("settings", "offered"), [("", False), ("[auth]\n", True), ("[auth\ncookie_secret = 'x'", False), ("\x00", False)]
)
def test_the_provider_is_offered_where_it_is_set_up(people: People, home: Path, settings: str, offered: bool) -> None:
    (home / "secrets.toml").write_text(settings, "utf-8")
    answer = Visitor().get(SIGN_IN)
    assert answer.status_code == 200
    assert ("用统一认证登录" in answer.text) == offered
    assert Visitor().sign_in(LOGIN, PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/recount", "/findings/x", "/..%2fetc", "/index.html"])
def test_an_address_without_a_page_leads_to_the_first_which_says_so(path: str) -> None:
    answer = Visitor().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?{ASTRAY}=1")


@pytest.mark.parametrize(
    ("path", "target"), [("/start", "/"), ("/start?draft=x&as_of=2026-11-01", "/?draft=x&as_of=2026-11-01")]
)
def test_the_first_page_has_the_bare_address_only(path: str, target: str) -> None:
    answer = Visitor().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, target)


@pytest.mark.parametrize("path", ["/", "/findings", "/findings/", "/space?review=1"])
def test_a_page_is_not_sent_away(path: str) -> None:
    assert Visitor().get(path).text == "inside"
