"""The web pages: one file a page, run by Streamlit.

What they share: ``draft`` (what a draft holds), ``session`` (the open draft, its result), ``fields`` (a field of the catalogue as a
widget), ``parts`` (small pieces of a page), ``review`` (who is here, the joint review and a project's space).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

    from tanping.assessment.review.users import Person

FIRST = "start"
"""The page at the bare address; it has no other."""
ASTRAY = "astray"
"""In the address of the first page: whoever comes asked for a page that is not there."""
WORK = {
    FIRST: "开始",
    "self_check": "项目自查",
    "project": "填报",
    "findings": "审查结果",
    "inventory": "排放核算",
    "documents": "打印与下载",
}
TROUBLE = "这一页出了错，没有显示完。已填的内容都存着；请刷新重试，仍不行请把服务窗口里的错误记录交给维护人员。"
ONLY_READABLE = (
    "数据所在的磁盘现在是只读的：已存的内容可以查看，改动不能保存。请管理员检查磁盘和挂载方式；恢复后不必重启。"
)
MANY = {"portfolio": "组合"}
REGISTERS = {"factors": "因子库", "rules": "规则库"}
REVIEW = {"inbox": "待办", "register": "联审项目", "space": "项目空间"}
OVERSIGHT = {"audit": "记录核验", "accounts": "用户"}
UNLISTED = frozenset({"space"})
"""Reached from another page, with what it is about in the address."""
FOR = {"audit": "审计", "accounts": "管理"}
"""Listed only for who holds the role. Whoever comes by the address is told so there."""


def path(name: str) -> str:
    """Return the path of a page's file, as the navigation knows it."""
    return str(Path(__file__).resolve().with_name(f"{name}.py"))


def menu(here: Person | None = None) -> dict[str, list[Page]]:
    """Return the pages by section for somebody. A register whose page is not part of this installation is left out."""
    import streamlit as st

    hidden = UNLISTED | {name for name, role in FOR.items() if not _shown(here, role)}

    sections = {
        "": {**WORK, **MANY, **REVIEW},
        "管理": OVERSIGHT,
        "资料库": {name: title for name, title in REGISTERS.items() if Path(path(name)).exists()},
    }
    return {
        section: [
            st.Page(
                path(name),
                title=title,
                url_path=name,
                default=name == FIRST,
                visibility="hidden" if name in hidden else "visible",
            )
            for name, title in held.items()
        ]
        for section, held in sections.items()
        if held
    }


def _shown(here: Person | None, role: str) -> bool:
    return here is None or here.mode == "single" or any(held.role == role for held in here.capacities)


def run() -> None:
    """Run the page that the address names. Where people sign in, nobody sees any page before."""
    import streamlit as st

    from tanping.assessment.pages.review import entry
    from tanping.assessment.review.store.connection import only_readable

    with guard():
        signed = entry.needs_sign_in()
        page = st.navigation(menu(entry.person() if signed else None), position="top")
        if signed:
            entry.need_person()
        if only_readable(entry.joint().engine.url):
            st.warning(ONLY_READABLE)
        page.run()


@contextmanager
def guard() -> Iterator[None]:
    """Tell what goes wrong in words here, and in full in the server's log."""
    import logging

    import streamlit as st

    try:
        yield
    except Exception:
        logging.getLogger("tanping").exception("page failed")
        st.error(TROUBLE)


def dress() -> None:
    """Set the page's frame: title, width, style sheet, Streamlit's own words in Chinese. First call of every run."""
    import streamlit as st

    here = Path(__file__).resolve()
    # A file of our own: a named icon or an emoji would be fetched from the internet.
    st.set_page_config(page_title="碳评联审", page_icon=str(here.with_name("icon.svg")), layout="wide")
    st.html(here.with_name("style.css"))
    st.html(
        here.with_name("words.html"), unsafe_allow_javascript=True
    )  # shows nothing; the style sheet takes its place away
