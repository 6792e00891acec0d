"""Signing in through an identity provider, in a real browser with a provider that only vouches: who is bound comes in, who isn't does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import oidc_provider_mock
import pytest
from playwright.sync_api import Browser, Page, expect
from review_people import People
from served import SCREEN, SECONDS, chromium, free_port, serving

from tanping.assessment.pages.review.entry import COOKIE
from tanping.assessment.review.roles import Role
from tanping.assessment.review.users import Capacity

pytestmark = [pytest.mark.xdist_group("journey"), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def people(tmp_path: Path, issuer: str) -> People:
    home = tmp_path / "home"
    staff = People(f"sqlite:///{home / 'tanping.sqlite'}")
    staff.hire([Capacity(Role.ACCEPTANCE)])
    staff.joint.accounts.link(staff.person("admin"), staff.person(Role.ACCEPTANCE).id, issuer, "zhang-san")
    return staff


@pytest.fixture
def address(tmp_path: Path, issuer: str, people: People) -> Iterator[str]:
    port = free_port()
    path = tmp_path / "home" / "secrets.toml"
    path.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{os.urandom(24).hex()}"\n'
        f'client_id = "tanping"\nclient_secret = "made up for this test"\n'
        f'server_metadata_url = "{issuer}/.well-known/openid-configuration"\n',
        "utf-8",
    )
    path.chmod(0o600)
    with serving(tmp_path, port) as started:
        yield started


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with chromium() as browser:
        yield opened(browser, address)


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport=SCREEN, locale="zh-CN")
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)
    page.goto(address)
    return page


def vouch(page: Page, subject: str) -> None:
    """Sign in at the provider."""
    page.get_by_role("link", name="用统一认证登录").click()
    page.locator("input[name=sub]").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_who_is_bound_comes_in_and_who_is_not_stays_outside(page: Page, address: str, people: People) -> None:
    vouch(page, "somebody-else")
    expect(page.get_by_text("没有与之绑定的账户")).to_be_visible()
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies(address)}

    page.get_by_role("button", name="换一个身份登录").click()
    page.wait_for_url("**/end_session**")
    page.goto(address)
    vouch(page, "zhang-san")
    expect(page.get_by_role("heading", name="待办")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies(address)}
    assert cookies[COOKIE]["httpOnly"]
    assert cookies[COOKIE]["sameSite"] == "Strict"
    assert not any(name.startswith("_streamlit_user") for name in cookies)
    assert people.joint.accounts.person(cookies[COOKIE]["value"]).login == str(Role.ACCEPTANCE)
