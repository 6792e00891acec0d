"""批量打印联审意见: the opinions of many reviews of the lead division as one zip, typeset as ``tanping papers`` does it."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from tanping.assessment.pages.downloads import file_name
from tanping.assessment.pages.review import REFUSALS, joint, told
from tanping.assessment.review.roles import LEADING
from tanping.assessment.review.service.register import Listed
from tanping.assessment.review.users import Person
from tanping.assessment.review.workflow import MAIN_LINE, State

MOST = 200
NUMBERED, DRAFT, OWN = "已编号", "未定稿", "自选"
_READY = frozenset(MAIN_LINE[MAIN_LINE.index(State.CONSULTATION) :]) | {State.COORDINATION}
_KEPT = "opinions-in-one"


@dataclass(frozen=True)
class Stack:
    """What was printed: a zip, how many are in it, what was not printed and why."""

    data: bytes
    count: int
    problems: tuple[str, ...]


def offer(here: Person, listed: Sequence[Listed]) -> None:
    """Write the section for who leads reviews whose opinions can be printed; nobody else sees it."""
    led = {item.id: item for item in listed if item.mine in LEADING and item.state in _READY}
    if not led:
        return
    with st.expander("批量打印联审意见"):
        chosen = _choose(led)
        many = len(chosen) > MOST
        st.html(f'<div class="tp-soft tp-small">{escape(_said(led, chosen))}</div>')
        if st.button("排版并打包", key="opinions-go", type="primary", disabled=not chosen or many):
            st.session_state.pop(_KEPT, None)
            try:
                st.session_state[_KEPT] = _printed(here, [led[key] for key in chosen])
            except REFUSALS as error:
                told(error)
        if _KEPT in st.session_state:
            _take(st.session_state[_KEPT])


def _choose(led: dict[str, Listed]) -> list[str]:
    """Return the reviews chosen: those with a number, those without, or some."""
    numbered = [key for key, item in led.items() if item.document_number]
    drafts = [key for key in led if key not in numbered]
    kinds = {NUMBERED: numbered, DRAFT: drafts, OWN: list(led)}
    kind = st.radio(
        "打印哪些",
        list(kinds),
        index=0 if numbered else 1,
        format_func=lambda name: name if name == OWN else f"{name}（{len(kinds[name])} 份）",
        horizontal=True,
        key="opinions-kind",
    )
    if kind != OWN:
        return kinds[kind or NUMBERED]
    return st.multiselect(
        "项目", kinds[OWN], format_func=lambda key: _name(led[key]), placeholder="选择项目", key="opinions-own"
    )


def _said(led: dict[str, Listed], chosen: Sequence[str]) -> str:
    if len(chosen) > MOST:
        return f"一次最多 {MOST} 份，请分几次打印。"
    drafts = sum(not led[key].document_number for key in chosen)
    marked = f"其中 {drafts} 份未编号，印有“送审稿”字样。" if drafts else ""
    return f"共 {len(chosen)} 份。{marked}每份 PDF 单独可核验，合成一个压缩包；每份打印都记入联审记录。"


def _name(item: Listed) -> str:
    return f"第 {item.serial} 号　{item.title}"


def _printed(here: Person, chosen: Sequence[Listed]) -> Stack:
    """Print what was chosen, showing how far it is."""
    problems: list[str] = []
    held = io.BytesIO()
    bar = st.progress(0.0, text=f"正在排版：0/{len(chosen)} 份")
    with tempfile.TemporaryDirectory(prefix="tanping-") as folder, zipfile.ZipFile(held, "w") as archive:
        printing = joint().printing.print_opinions(here, [item.id for item in chosen], Path(folder))
        for at, (item, made) in enumerate(zip(chosen, printing, strict=True), 1):
            if made.problem:
                problems.append(f"{_name(item)}：{made.problem}")
            else:
                archive.write(made.file, _file_name(item))
                made.file.unlink()
            bar.progress(at / len(chosen), text=f"正在排版：{at}/{len(chosen)} 份")
    bar.empty()
    return Stack(held.getvalue(), len(chosen) - len(problems), tuple(problems))


def _file_name(item: Listed) -> str:
    return f"{item.serial:04d}-{file_name(item.title, '联审意见', 'pdf')}"


def _take(made: Stack) -> None:
    if made.problems:
        st.warning("没有印成的：\n\n" + "\n".join(f"- {line}" for line in made.problems))
    if made.count:
        st.download_button(
            f"下载压缩包（{made.count} 份，{len(made.data) / 1e6:.1f} MB）",
            made.data,
            file_name="联审意见.zip",
            mime="application/zip",
            key="opinions-take",
            on_click="ignore",
        )
