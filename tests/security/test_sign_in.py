"""The sign-in routes under attack: forged forms, fixed sessions, open redirects, guessing, oversized bodies; no secret comes back."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from review_office import PASSWORD, Office
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tanping.assessment import web
from tanping.assessment.review.errors import SignInError
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.store.migrate import upgrade
from tanping.assessment.web import account, door

HOST = "carbon.example.gov.cn"


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Browser:
    """A browser at the server's door, without a network: it keeps cookies and sends what it is told."""

    app: Any
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, body: bytes | None = None, **headers: str
    ) -> Answer:
        raw = body if body is not None else urlencode(fields or {}).encode()
        sent = {
            "host": HOST,
            "accept": "text/html",
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(raw)),
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        route, _, query = path.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "https", "path": route, "raw_path": quote(route).encode(),
            "query_string": query.encode(), "root_path": "", "client": ("10.1.2.3", 5), "server": (HOST, 443),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip
        return asyncio.run(self._send(scope, raw))

    async def _send(self, scope: dict[str, Any], raw: bytes) -> Answer:
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        headers = [(key.decode(), value.decode("latin-1")) for key, value in told[0]["headers"]]
        for key, value in headers:
            if key == "set-cookie":
                for name, morsel in SimpleCookie(value).items():
                    self.cookies[name] = morsel.value
        body = b"".join(message.get("body", b"") for message in told[1:])
        return Answer(told[0]["status"], headers, body.decode("utf-8", "replace"))

    def fill(self, login: str, password: str, **more: str) -> Answer:
        token = re.search(r'name="form" value="([^"]*)"', self.ask("GET", account.SIGN_IN).body)
        assert token
        return self.ask("POST", account.SIGN_IN, {"form": token[1], "login": login, "password": password, **more})


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "a.sqlite"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def office(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    shutil.copy(empty, tmp_path)
    made = Office(f"sqlite:///{tmp_path / 'a.sqlite'}")

    class Joint:
        accounts = made.accounts

    for module in (account, door):
        monkeypatch.setattr(module, "joint", Joint)
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    yield made
    made.engine.dispose()


@pytest.fixture
def browser(office: Office) -> Browser:
    async def page(_: Any) -> PlainTextResponse:
        return PlainTextResponse("inside")

    return Browser(
        Starlette(
            routes=[*account.routes(), Route("/{rest:path}", page)],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[*web.LOCAL_HOSTS, HOST]),
                Middleware(door.Door),
            ],
        )
    )


def test_nobody_comes_in_without_signing_in(browser: Browser) -> None:
    answer = browser.ask("GET", "/inbox?review=7")
    assert (answer.status, answer.header("location")) == (303, "/account/sign-in?next=/inbox%3Freview%3D7")
    assert browser.fill("admin", PASSWORD, next="/inbox?review=7").header("location") == "/inbox?review=7"
    assert browser.ask("GET", "/inbox").body == "inside"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    answer = browser.fill("admin", PASSWORD)
    (cookie,) = (value for key, value in answer.headers if key == "set-cookie" and value.startswith(account.COOKIE))
    for word in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert word in cookie
    page = browser.ask("GET", account.SIGN_IN)
    assert "default-src 'none'" in page.header("content-security-policy")
    assert "frame-ancestors 'none'" in page.header("content-security-policy")
    assert page.header("cache-control") == "no-store"


def test_a_session_somebody_planted_is_not_taken_over(browser: Browser, office: Office) -> None:
    """Session fixation: the token is new at each sign-in, the one before ends."""
    browser.cookies[account.COOKIE] = "planted-token"
    browser.fill("admin", PASSWORD)
    first = browser.cookies[account.COOKIE]
    assert first != "planted-token"
    browser.fill("admin", PASSWORD)
    assert browser.cookies[account.COOKIE] != first
    with pytest.raises(SignInError):
        office.accounts.person(first)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"https://{HOST}.evil.example"])
def test_a_form_of_another_site_is_refused(browser: Browser, origin: str) -> None:
    token = re.search(r'name="form" value="([^"]*)"', browser.ask("GET", account.SIGN_IN).body)
    assert token
    fields = {"form": token[1], "login": "admin", "password": PASSWORD}
    assert browser.ask("POST", account.SIGN_IN, fields, origin=origin).status == 403
    assert account.COOKIE not in browser.cookies
    assert browser.ask("POST", account.SIGN_IN, fields, origin=f"https://{HOST}").status == 303


@pytest.mark.parametrize("token", ["", "x", "0" * 32])
def test_a_form_without_its_token_is_refused(browser: Browser, token: str) -> None:
    browser.ask("GET", account.SIGN_IN)
    answer = browser.ask("POST", account.SIGN_IN, {"form": token, "login": "admin", "password": PASSWORD})
    assert answer.status == 403
    assert account.COOKIE not in browser.cookies


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/a\r\nX: 1",
        "/account/sign-out",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(browser: Browser, target: str) -> None:
    answer = browser.fill("admin", PASSWORD, next=target)
    assert (answer.status, answer.header("location")) == (303, account.HOME)


def test_guessing_is_slowed_down_and_says_nothing_of_who_exists(browser: Browser) -> None:
    known = [browser.fill("admin", f"wrong {number}").body for number in range(6)]
    unknown = [browser.fill("nobody", f"wrong {number}").body for number in range(6)]

    def trouble(body: str) -> str:
        found = re.search(r'role="alert">([^<]*)<', body)
        return found[1] if found else ""

    assert [trouble(body) for body in known] == [trouble(body) for body in unknown]
    assert trouble(known[0]) != trouble(known[-1]), "after five failures it is locked"
    assert browser.fill("admin", PASSWORD).status == 400, "also for the right password"


def test_nothing_typed_comes_back_live_and_no_password_at_all(browser: Browser) -> None:
    answer = browser.fill('"><script>alert(1)</script>', "geheim-und-lang-77", next='/"><script>')
    assert "<script" not in answer.body
    assert "geheim-und-lang-77" not in answer.body


def test_large_and_odd_bodies_are_refused(browser: Browser) -> None:
    browser.ask("GET", account.SIGN_IN)
    many = urlencode([(f"a{number}", "x") for number in range(5000)]).encode()
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n--x--\r\n'
    for body, kind in (
        (many, "application/x-www-form-urlencoded"),
        (part, "multipart/form-data; boundary=x"),
        (b"login=" + b"a" * 2_000_000, "application/x-www-form-urlencoded"),
        (b"\xff\x00", "text/plain"),
    ):
        assert 400 <= browser.ask("POST", account.SIGN_IN, body=body, content_type=kind).status < 500


def test_another_host_name_is_not_served(browser: Browser) -> None:
    assert browser.ask("GET", account.SIGN_IN, host="evil.example").status == 400


def test_a_session_that_ended_opens_nothing(browser: Browser, office: Office) -> None:
    browser.fill("admin", PASSWORD)
    office.accounts.sign_out(browser.cookies[account.COOKIE])
    assert browser.ask("GET", "/inbox").status == 303
    assert "请先登录" in browser.ask("GET", account.PASSWORD).body
