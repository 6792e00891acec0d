"""A reviewer's way through the app in a real browser: from the project file to the printed report, off line."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader
from served import SCREEN, SECONDS, Server, chromium, running

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
PATIENCE = SECONDS * 1000  # a report on a busy machine takes its time

pytestmark = pytest.mark.xdist_group("journey")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("serve")) as started:
        yield started


@pytest.fixture
def address(server: Server) -> str:
    return server.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that remembers whom it asked, and must have asked nobody but the app."""
    opened = browser.new_page(viewport=SCREEN, locale="zh-CN", accept_downloads=True)
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    asked: set[str] = set()
    opened.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    opened.goto(address)
    # A click while the first page is still being drawn may be lost with the button it hit.
    expect(opened.get_by_text("最近的草稿", exact=True)).to_be_visible()
    expect(opened.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_attached()
    yield opened
    opened.close()
    assert {host for host in asked if host} == {urlsplit(address).netloc}


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()


def taken(page: Page, button: str, folder: Path) -> Path:
    """Download what a button offers; return where it was saved."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=False).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.stat().st_size > 0
    return path


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
    report = taken(page, "下载报告", tmp_path)
    assert report.suffix == ".pdf"
    pdf = PdfReader(report)
    text = "".join(sheet.extract_text() for sheet in pdf.pages)
    assert len(pdf.pages) >= 5
    assert "射阳港电厂" in text
    assert "2026年11月1日" in text
    assert "assessment.json" in pdf.attachments


def test_what_is_taken_along_opens_again(page: Page, tmp_path: Path) -> None:
    page.locator("input[type=file]").set_input_files(EXAMPLE)
    expect(page.get_by_text("适用条款")).to_be_visible()
    go(page, "打印与下载")
    word, workbook, form = (taken(page, name, tmp_path) for name in ("Word 报告", "Excel 计算底稿", "Excel 填报表"))
    assert [path.suffix for path in (word, workbook, form)] == [".docx", ".xlsx", ".xlsx"]
    assert "word/document.xml" in zipfile.ZipFile(word).namelist()
    assert "xl/workbook.xml" in zipfile.ZipFile(workbook).namelist()
    headline = page.locator(".tp-bar").inner_text()

    go(page, "开始")
    page.locator("input[type=file]").set_input_files(form)
    expect(page.get_by_text("适用条款")).to_be_visible()
    assert page.locator(".tp-bar").inner_text() == headline


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


def test_a_quick_typist_loses_nothing(page: Page) -> None:
    """The answer to a field that was left arrives while the next one is being typed, and must not wipe it out."""
    page.get_by_role("button", name="新建", exact=True).click()
    labels = ("建设单位", "报告编制日期", "受理日期", "计划（实际）开工日期", "县（市、区）")
    for label in labels:
        field(page, label).click()
        page.keyboard.type(f"某{label[:3]}", delay=10)
        page.keyboard.press("Tab")
    expect(page.get_by_text("有 3 项填写未被采用")).to_be_visible()
    page.reload()
    for label in labels:
        expect(field(page, label)).to_have_value(f"某{label[:3]}")


def test_a_file_that_can_not_be_opened_is_told_place_by_place(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "坏.yaml"
    bad.write_text(
        "schema: tanping.project/1\nproject: {name: 甲, sector: 电力}\nunits: [{id: 1, capacity: 1000}]\n", "utf-8"
    )
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("不能打开")).to_be_visible()
    expect(page.get_by_text("第 3 行")).to_be_visible()
    assert "draft=" not in page.url


NOT_CHINESE = """() => [...document.querySelectorAll('[aria-label],[placeholder],[title]')].flatMap(element =>
    ['aria-label', 'placeholder', 'title'].map(name => element.getAttribute(name) || '')).filter(said => /^[A-Za-z ./]{4,}$/.test(said))"""


def test_streamlits_own_words_are_said_in_chinese(page: Page, address: str) -> None:
    """It has them in English only: a file it does not take, a date out of range, what it reads out, an address without a page."""
    page.locator("input[type=file]").set_input_files({"name": "图.png", "mimeType": "image/png", "buffer": b"x"})
    expect(page.get_by_role("alert").filter(has_text="不收这种格式的文件")).to_have_count(1)
    assert not page.evaluate(NOT_CHINESE)
    page.goto(f"{address}/self_check")
    page.get_by_role("group", name="打算何时申报").get_by_role("spinbutton").first.click()
    page.keyboard.type("20991231")
    page.keyboard.press("Tab")
    expect(page.get_by_text("请选不晚于 2040-12-31 的日期")).to_be_visible()
    page.get_by_role("button", name="选日期").click()
    expect(page.get_by_label("下个月")).to_be_visible()
    assert not page.evaluate(NOT_CHINESE)
    page.goto(f"{address}/nowhere")
    expect(page.get_by_text("没有您要的那一页")).to_be_visible()


def test_a_server_that_stops_and_comes_back_loses_nothing(page: Page, server: Server) -> None:
    page.get_by_role("button", name="新建", exact=True).click()
    leave(page, "建设单位", "某发电有限公司")
    expect(page.get_by_text("改动已存")).to_be_visible()
    server.stop()
    expect(page.get_by_role("dialog", name="与服务的连接断了")).to_be_visible()
    server.start()
    page.reload()
    expect(field(page, "建设单位")).to_have_value("某发电有限公司")
