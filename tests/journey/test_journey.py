"""A reviewer's way through the app in a real browser: from the project file to the printed report, off line."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "sheyanggang.yaml"
TANPING = Path(sys.executable).with_name("tanping")
SCREEN = {"width": 1366, "height": 768}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # milliseconds; a report on a busy machine takes its time

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app as `tanping serve` starts it, from another folder, with a store of its own."""
    folder = tmp_path_factory.mktemp("serve")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [TANPING, "serve", "--port", str(port)],
            cwd=folder,
            env={**os.environ, "TANPING_HOME": str(folder / "home"), "HOME": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(300):
            assert server.poll() is None, (folder / "log.txt").read_text("utf-8")
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        assert "Traceback" not in (folder / "log.txt").read_text("utf-8")
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the journey needs Debian's chromium: scripts/setup dev"
    with sync_playwright() as player:
        started = player.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that remembers whom it asked, and must have asked nobody but the app."""
    opened = browser.new_page(viewport=SCREEN, locale="zh-CN", accept_downloads=True)
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    asked: set[str] = set()
    opened.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    opened.goto(address)
    yield opened
    opened.close()
    assert {host for host in asked if host} == {urlsplit(address).netloc}


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


def leave(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it, as the Tab key does."""
    field(page, label).fill(text)
    field(page, label).press("Tab")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_project_file_to_the_printed_report(page: Page, tmp_path: Path) -> None:
    page.locator("input[type=file]").set_input_files(EXAMPLE)
    expect(page.get_by_text("适用条款")).to_be_visible()
    expect(page.get_by_text("已确定").first).to_be_visible()
    assert re.search(r"draft=[0-9a-f]{32}", page.url)
    assert fits(page)

    go(page, "排放核算")
    expect(page.get_by_text("达产年排放量")).to_be_visible()
    expect(page.get_by_text("全生命周期排放量")).to_be_visible()
    assert fits(page)

    go(page, "打印与下载")
    page.get_by_role("button", name="生成报告").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载报告").click()
    report = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(report)
    assert report.suffix == ".pdf"
    pdf = PdfReader(report)
    text = "".join(sheet.extract_text() for sheet in pdf.pages)
    assert len(pdf.pages) >= 5
    assert "射阳港电厂" in text
    assert "2026年11月1日" in text
    assert "assessment.json" in pdf.attachments


def test_what_is_typed_survives_a_reload_and_a_new_window(page: Page, browser: Browser) -> None:
    page.get_by_label("项目名称").fill("某滨海电厂扩建工程")
    page.get_by_role("button", name="新建", exact=True).click()
    leave(page, "建设单位", "某发电有限公司")
    leave(page, "受理日期", "2026年")
    expect(page.get_by_text("未采用：")).to_be_visible()
    expect(page.get_by_text("有 1 项填写未被采用")).to_be_visible()

    page.reload()
    expect(field(page, "建设单位")).to_have_value("某发电有限公司")
    expect(field(page, "受理日期")).to_have_value("2026年")
    leave(page, "受理日期", "2026-11-01")
    expect(page.get_by_text("未采用：")).to_have_count(0)

    other = browser.new_page(viewport=SCREEN)
    other.goto(page.url)
    expect(field(other, "受理日期")).to_have_value("2026-11-01", timeout=PATIENCE)
    other.close()


def test_a_file_that_can_not_be_opened_is_told_place_by_place(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "坏.yaml"
    bad.write_text(
        "schema: tanping.project/1\nproject: {name: 甲, sector: 电力}\nunits: [{id: 1, capacity: 1000}]\n", "utf-8"
    )
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("不能打开")).to_be_visible()
    expect(page.get_by_text("第 3 行")).to_be_visible()
    assert "draft=" not in page.url
