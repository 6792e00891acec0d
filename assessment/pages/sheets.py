"""The pages of a printed document as pictures, two upright ones or a wide one at a time, to look at before it is taken away."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from functools import partial

import streamlit as st

from tanping.records.canonical import sha256

_DOTS = 1.5  # of the picture to a point of paper
_ONE_AT_A_TIME = threading.Lock()  # the renderer is not made for several threads
_KEPT = 64


@dataclass(frozen=True)
class _Sheets:
    count: int
    wide: bool


def show(pdf: bytes, key: str) -> None:
    """Write the pages of ``pdf`` at the place ``key`` was left at, with what turns them over."""
    try:
        sheets = _sheets(sha256(pdf), pdf)
    except ImportError:
        st.info("本机没有装页面预览所需的组件（pypdfium2），请直接下载查看。")
        return
    abreast = 1 if sheets.wide else 2
    place = f"{key}-page"
    first = min(int(st.session_state.get(place, 1)), sheets.count)
    _turning(place, first, sheets.count, abreast)
    columns = st.columns(abreast, gap="small")
    for column, number in zip(columns, range(first, min(first + abreast, sheets.count + 1)), strict=False):
        with column, st.container(border=True):
            st.image(_picture(sha256(pdf), pdf, number), width="stretch")


def _turning(place: str, first: int, count: int, abreast: int) -> None:
    last = min(first + abreast - 1, count)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "上一页", key=f"{place}-back", disabled=first == 1, on_click=partial(_turn, place, max(1, first - abreast))
        )
        st.button("下一页", key=f"{place}-on", disabled=last == count, on_click=partial(_turn, place, last + 1))
        shown = f"第 {first} 页" if last == first else f"第 {first}—{last} 页"
        st.html(f'<span class="tp-soft tp-small">{shown}　共 {count} 页</span>')


def _turn(place: str, to: int) -> None:
    st.session_state[place] = to


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _sheets(digest: str, _pdf: bytes) -> _Sheets:
    import pypdfium2

    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(_pdf) as document:
        width, height = document[0].get_size()
        return _Sheets(len(document), width > height)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _picture(digest: str, _pdf: bytes, number: int) -> bytes:
    import pypdfium2

    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(_pdf) as document:
        image = document[number - 1].render(scale=_DOTS).to_pil()
    picture = io.BytesIO()
    image.save(picture, "PNG")
    return picture.getvalue()
