"""Rough handling: impatient double clicks, the browser's back button, two windows, a slow machine. Each says what must hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from made import COASTAL, LONG_NAME
from playwright.sync_api import Page, expect
from tasks import EXAMPLE, button, give, go, save_as
from walker import PATIENCE, Walk


def double_clicks(walk: Walk, address: str, files: Path) -> None:
    """A second click on a main button must not do the work twice."""
    page = begin(walk, address)
    button(page, EXAMPLE).dblclick()
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    must(walk, page, "示例", drafts(walk, page, address), 1)
    page.get_by_label("项目名称").fill("双击新建的项目")
    button(page, "新建").dblclick()
    page.wait_for_url("**/project?*")
    walk.settle(page)
    must(walk, page, "新建", drafts(walk, page, address), 2)
    page.goto(f"{address}/self_check")
    page.get_by_role("combobox", name="主要生产单元").click()
    page.get_by_role("option", name="煤电").click()
    page.keyboard.press("Escape")
    button(page, "开始自查").dblclick()
    expect(page.get_by_text("逐问回答")).to_be_visible(timeout=PATIENCE)
    walk.settle(page)
    walk.shot(page, "自查开始")
    # Answer with a double click: one question must be passed, not two.
    before = page.get_by_text("已答 0 问").count()
    button(page, "以后再答").dblclick()
    walk.settle(page)
    walk.shot(page, "以后再答")
    must(walk, page, "开始自查", drafts(walk, page, address), 3)
    must(walk, page, "已答", before, 1)
    page.get_by_role("button", name=EXAMPLE).last.click()
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("radio", name="尚缺资料").dblclick()
    walk.settle(page)
    must(walk, page, "选中的栏", page.get_by_role("radio", name="尚缺资料").get_attribute("aria-checked"), "true")
    go(walk, page, "打印与下载")
    button(page, "生成报告").dblclick()
    expect(page.get_by_role("button", name="下载报告")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "生成报告")
    page.get_by_role("button", name="下载报告").dblclick()
    walk.shot(page, "下载报告")


def back_button(walk: Walk, address: str, files: Path) -> None:
    """Back leads to the page before, with the same project and date."""
    page = begin(walk, address)
    button(page, EXAMPLE).click()
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    draft = page.url.split("draft=")[1].split("&")[0]
    go(walk, page, "排放核算")
    expect(page.get_by_text("达产年排放量").first).to_be_visible(timeout=PATIENCE)
    go(walk, page, "打印与下载")
    expect(page.get_by_text("打印（PDF）")).to_be_visible(timeout=PATIENCE)
    for name, text in (("inventory", "达产年排放量"), ("findings", "适用条款")):
        page.go_back()
        walk.settle(page)
        for _ in range(3):
            if f"/{name}" in page.url:
                break
            walk.dead_end(page, f"后退没有回到 {name}：{page.url.split('/')[-1][:40]}")
            page.go_back()
            walk.settle(page)
        walk.shot(page, f"后退到{name}")
        expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE)
        must(walk, page, "后退后的草稿", draft in page.url, True)
    page.go_back()
    walk.settle(page)
    walk.shot(page, "后退到开始")
    page.go_forward()
    walk.settle(page)
    walk.shot(page, "前进")


def two_windows(walk: Walk, address: str, files: Path) -> None:
    """What is typed in two windows of one project is kept from both, and each sees the other's on its next step."""
    page = begin(walk, address)
    page.get_by_label("项目名称").fill(LONG_NAME)
    button(page, "新建").click()
    page.wait_for_url("**/project?*")
    walk.settle(page)
    walk.shot(page, "长名新建")
    other = walk.page()
    other.goto(page.url)
    expect(other.get_by_role("textbox", name="建设单位", exact=True)).to_be_visible(timeout=PATIENCE)
    for window, label, text in (
        (page, "建设单位", "甲公司"),
        (other, "报告编制日期", "2026-10-08"),
        (page, "县（市、区）", "滨海县"),
    ):
        field = window.get_by_role("textbox", name=label, exact=True)
        field.fill(text)
        field.press("Tab")
        walk.settle(window)
    for window in (page, other):
        window.reload()
        for label, text in (("建设单位", "甲公司"), ("报告编制日期", "2026-10-08"), ("县（市、区）", "滨海县")):
            expect(window.get_by_role("textbox", name=label, exact=True)).to_have_value(text, timeout=PATIENCE)
    walk.shot(other, "两窗之后")
    # One window deletes what the other has open.
    page.goto(address)
    walk.settle(page)
    walk.shot(page, "长名草稿")
    page.get_by_test_id("stPopoverButton").first.click()
    page.get_by_role("button", name="删除这份草稿").click()
    walk.settle(page)
    field = other.get_by_role("textbox", name="建设单位", exact=True)
    field.fill("丙公司")
    field.press("Tab")
    walk.settle(other)
    walk.shot(other, "另一窗已删")


def slow_machine(walk: Walk, address: str, files: Path) -> None:
    """Six times slower, 400 ms away: the wait is told, nothing typed is lost."""
    page = walk.page()
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": 250_000, "uploadThroughput": 100_000},
    )
    page.goto(address)
    expect(page.get_by_text("打开项目文件")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "开始")
    give(page, files / COASTAL)
    page.wait_for_timeout(1500)
    page.screenshot(path=walk.folder / f"{walk.name}-等待中.png")
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "审查结果")
    go(walk, page, "填报")
    typed = {"建设单位": "某发电公司", "报告编制日期": "2026-10-08", "县（市、区）": "响水县", "所在园区": "某园区"}
    for label, text in typed.items():
        page.get_by_role("textbox", name=label, exact=True).click()
        page.keyboard.press("Control+a")
        page.keyboard.type(text, delay=15)
        page.keyboard.press("Tab")
    walk.settle(page)
    walk.shot(page, "快打字")
    page.reload()
    walk.settle(page)
    for label, text in typed.items():
        expect(page.get_by_role("textbox", name=label, exact=True)).to_have_value(text, timeout=PATIENCE)
    go(walk, page, "打印与下载")
    button(page, "生成报告").click()
    page.wait_for_timeout(800)
    page.screenshot(path=walk.folder / f"{walk.name}-排版中.png")
    expect(page.get_by_role("button", name="下载报告")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "报告")
    save_as(walk, page, "下载报告")


def begin(walk: Walk, address: str) -> Page:
    page = walk.page()
    page.goto(address)
    expect(page.get_by_text("打开项目文件")).to_be_visible(timeout=PATIENCE)
    walk.settle(page)
    return page


def drafts(walk: Walk, page: Page, address: str) -> int:
    """Go to the first page and count the drafts it lists."""
    page.goto(address)
    expect(page.get_by_text("最近的草稿")).to_be_visible(timeout=PATIENCE)
    walk.settle(page)
    return page.get_by_text("第 1 版").or_(page.get_by_text("第 2 版")).or_(page.get_by_text("第 3 版")).count()


def must(walk: Walk, page: Page, what: str, found: object, wanted: object) -> None:
    """Note what does not hold, and go on."""
    if found != wanted:
        walk.dead_end(page, f"{what}：应为 {wanted}，实为 {found}")


ROUGH: dict[str, tuple[str, Callable[[Walk, str, Path], None]]] = {
    "2": ("双击主要按钮", double_clicks),
    "3": ("后退、前进", back_button),
    "4": ("两个窗口同一项目", two_windows),
    "6": ("慢六倍、迟 400 毫秒", slow_machine),
}
