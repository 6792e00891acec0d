"""The five tasks of a reviewer, as a person goes through them: what to look at first, what to press next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from made import BOILERS, COASTAL, STEEL
from playwright.sync_api import Locator, Page, expect
from walker import PATIENCE, Walk

EXAMPLE = "江苏射阳港电厂2×1000 MW扩建工程（回顾性示例）"


def go(walk: Walk, page: Page, title: str) -> None:
    """Turn to another page by the menu."""
    page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
    walk.settle(page)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).first


def view(walk: Walk, page: Page, name: str) -> None:
    """Choose one of the views of a page."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()
    walk.settle(page)


def pick(page: Page, label: str, option: str) -> None:
    """Choose from a list."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option).first.click()


def save_as(walk: Walk, page: Page, name: str) -> Path:
    """Download what a button offers."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).first.click()
    path = walk.folder / "files" / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.stat().st_size > 0
    return path


def give(page: Page, path: Path) -> None:
    """Choose a file; the system's own window is not walked, its clicks are counted."""
    page.locator("input[type=file]").first.set_input_files(path)


def open_file(walk: Walk, address: str, path: Path) -> Page:
    page = walk.page()
    page.goto(address)
    expect(page.get_by_text("打开项目文件")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "开始")
    give(page, path)
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    return page


def new_coastal_power(walk: Walk, address: str, files: Path) -> None:
    """From the applicant's workbook to the report, the list of what is lacking and the table of conformity."""
    page = open_file(walk, address, files / COASTAL)
    walk.shot(page, "审查结果")
    page.locator("details.tp-finding > summary").first.click()
    walk.shot(page, "点开一条")
    view(walk, page, "尚缺资料")
    walk.shot(page, "尚缺资料")
    view(walk, page, "批复条件")
    walk.shot(page, "批复条件")
    view(walk, page, "假设与存疑")
    walk.shot(page, "假设与存疑")
    go(walk, page, "排放核算")
    walk.shot(page, "排放核算")
    for name in ("逐年排放", "绩效指标", "三本账", "减碳措施", "不确定度", "申报与复核"):
        view(walk, page, name)
        walk.shot(page, name)
    go(walk, page, "填报")
    page.get_by_text("先补这些").first.click()
    walk.settle(page)
    walk.shot(page, "先补这些")
    answer_first(walk, page, 3)
    walk.shot(page, "答了三问")
    button(page, "更新结果").click()
    walk.settle(page)
    walk.shot(page, "更新结果")
    go(walk, page, "打印与下载")
    walk.shot(page, "打印与下载")
    button(page, "生成报告").click()
    expect(page.get_by_role("button", name="下载报告")).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "报告预览")
    save_as(walk, page, "下载报告")
    pick(page, "文书", "相符性")
    walk.settle(page)
    button(page, "生成").click()
    expect(page.get_by_role("button", name="下载（PDF）")).to_be_visible(timeout=PATIENCE)
    save_as(walk, page, "下载（PDF）")
    walk.shot(page, "相符性分析表")


def answer_first(walk: Walk, page: Page, most: int) -> None:
    """Answer a few of the questions that decide most, where they are a list to choose from."""
    for at in range(most):
        field = page.get_by_test_id("stSelectbox").nth(at).get_by_role("combobox")
        field.click()
        no = page.get_by_role("option", name="否", exact=True)
        page.get_by_role("option").first.wait_for()
        (no if no.count() else page.get_by_role("option").first).click()
        walk.settle(page)


def wrong_figure(walk: Walk, address: str, files: Path) -> None:
    """Find out why a declared figure is wrong, and print the table that says so."""
    page = walk.page()
    page.goto(address)
    button(page, EXAMPLE).click()
    expect(page.get_by_text("适用条款")).to_be_visible(timeout=PATIENCE)
    go(walk, page, "排放核算")
    view(walk, page, "申报与复核")
    walk.shot(page, "申报与复核")
    page.locator("details.tp-finding > summary", has_text="不符").or_(
        page.locator("details.tp-finding > summary", has_text="设计煤种")
    ).first.click()
    expect(page.get_by_text("碳氧化率").first).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "原因")
    go(walk, page, "打印与下载")
    pick(page, "文书", "核算复核")
    walk.settle(page)
    button(page, "生成").click()
    expect(page.get_by_role("button", name="下载（PDF）")).to_be_visible(timeout=PATIENCE)
    save_as(walk, page, "下载（PDF）")
    walk.shot(page, "核算复核表")


def steel_relocation(walk: Walk, address: str, files: Path) -> None:
    """Check a steel works that moves against the list; two facts are missing, one of them is found."""
    page = open_file(walk, address, files / STEEL)
    walk.shot(page, "审查结果")
    view(walk, page, "尚缺资料")
    walk.shot(page, "尚缺资料")
    button(page, "去“填报”页逐项补充").click()
    walk.settle(page)
    walk.shot(page, "先补这些")
    field = page.get_by_test_id("stSelectbox").first.get_by_role("combobox")
    field.click()
    page.get_by_role("option", name="否", exact=True).first.click()
    walk.settle(page)
    button(page, "更新结果").click()
    walk.settle(page)
    walk.shot(page, "更新结果")
    go(walk, page, "审查结果")
    view(walk, page, "尚缺资料")
    walk.shot(page, "还缺一项")
    view(walk, page, "逐条结果")
    view(walk, page, "不涉及的")
    walk.shot(page, "不涉及的")
    view(walk, page, "全部适用的")
    walk.shot(page, "全部适用的")


def rule_arrives(walk: Walk, address: str, files: Path) -> None:
    """See who is touched when the 30-km rule of 2024-07-11 comes into force."""
    page = walk.page()
    page.goto(address)
    go(walk, page, "组合")
    walk.shot(page, "组合")
    give(page, files / BOILERS)
    walk.settle(page)
    day(page, "法规适用日期", "2024-07-11")
    walk.settle(page)
    day(page, "与哪一天对比（可不填）", "2024-07-10")
    walk.settle(page)
    walk.shot(page, "填好两天")
    button(page, "开始").click()
    expect(page.get_by_text("谁受影响").first).to_be_visible(timeout=PATIENCE)
    walk.shot(page, "谁受影响")
    pick(
        page,
        "因为哪一条",
        "不符合新出现：《江苏省空气质量持续改善行动计划实施方案》（苏政发〔2024〕53号） 热电联产供热半径条款",
    )
    walk.settle(page)
    walk.shot(page, "因为三十公里")
    save_as(walk, page, "下载全部变化")
    page.get_by_text("逐行结果").scroll_into_view_if_needed()
    walk.shot(page, "逐行结果")


def day(page: Page, label: str, text: str) -> None:
    """Type a date and leave it."""
    page.get_by_role("group", name=label).get_by_role("spinbutton").first.click()
    page.keyboard.type(text.replace("-", ""))
    page.keyboard.press("Enter")


Task = Callable[[Walk, str, Path], None]
ALONE: dict[str, tuple[str, Task]] = {
    "a": ("从 Excel 审查新建沿海电厂", new_coastal_power),
    "b": ("查明申报数为何不对", wrong_figure),
    "c": ("缺两项资料的钢铁搬迁对照清单", steel_relocation),
    "e": ("30 公里规定施行后谁受影响", rule_arrives),
}
