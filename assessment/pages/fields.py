"""One field of the catalogue as a widget: its label, unit, choices and example; what it refuses is said below it at once.

Every widget saves when a person leaves it. It is found again by draft and path, so the same field may stand on several pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from tanping.assessment.documents import figures
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import session
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.stated import BLANK, NONE_WORDS, UNKNOWN_WORDS, Answer, Stated
from tanping.assessment.review.store import Draft, StoreError

UNTOLD = "未填"
UNSURE = "不清楚"
YES_NO = ("是", "否")
LONG = frozenset({"summary", "override_reason", "note", "verified_report"})


def field(
    draft: Draft, path: str, *, label: str = "", help: str = "", options: Sequence[str] = (), bare: bool = False
) -> None:
    """Write the widget of a path.

    ``options`` are the rows a list field may name (e.g. the ids of the production units); ``bare`` leaves the label and the
    help to a question written beside it.
    """
    entry = drafts.entry_of(path)
    content = draft.content
    typed = drafts.text(content, path)
    key = f"{draft.id}/{path}"
    common: dict[str, Any] = {
        "label": label or _label(entry),
        "key": key,
        "help": None if bare else help or entry.help or None,
        "label_visibility": "collapsed" if bare else "visible",
        "on_change": save,
        "args": (draft.id, path, key),
    }
    if entry.kind == "choices" and (options or entry.choices):
        known = list(options or entry.choices.values())
        chosen = [_shown(entry, text) for text in _split(typed)]
        st.multiselect(
            **common, options=[*known, *(c for c in chosen if c not in known)], default=chosen, placeholder=UNTOLD
        )
    elif entry.kind in ("choice", "flag") and (entry.choices or entry.kind == "flag"):
        known = [*(entry.choices.values() if entry.choices else YES_NO), UNSURE]
        shown = _shown(entry, typed)
        listed = known if not shown or shown in known else [*known, shown]
        index = listed.index(shown) if shown else None
        st.selectbox(**common, options=listed, index=index, placeholder=UNTOLD)
    elif path.rsplit("/", 1)[-1] in LONG:
        st.text_area(**common, value=typed, height=80)
    else:
        st.text_input(**common, value=typed, placeholder=_hint(entry, bare))
    _remark(entry, path, typed)


def part(draft: Draft, path: str, name: str, label: str, placeholder: str = "") -> None:
    """Write the widget of one part of what is said about a field (document, page, note)."""
    key = f"{draft.id}/{path}#{name}"
    st.text_input(
        label,
        value=drafts.part(draft.content, path, name),
        key=key,
        placeholder=placeholder,
        on_change=_save_part,
        args=(draft.id, path, name, key),
    )


def save(draft_id: str, path: str, key: str) -> None:
    """Save what the widget holds into the draft. What can't be saved is told, and stays in the widget."""
    said = st.session_state.get(key)
    typed = "，".join(said) if isinstance(said, list | tuple) else (said or "")
    attempt(lambda: session.change(draft_id, lambda content: drafts.with_text(content, path, typed)))


def attempt(act: Callable[[], object]) -> None:
    """Do something to the store; if it fails, remember what to tell (``tell_trouble``)."""
    try:
        act()
    except StoreError as error:
        st.session_state["trouble"] = str(error)
    except SQLAlchemyError:
        st.session_state["trouble"] = "刚才的改动没有存上（本机数据库暂时不能写入）。请稍候重填这一项。"
    except KeyError:
        st.session_state["trouble"] = "这一项所在的行已被删除（可能在另一窗口），改动没有存。"


def tell_trouble() -> None:
    """Tell, once, what went wrong when a field was left."""
    if said := st.session_state.pop("trouble", ""):
        st.error(said)


def _save_part(draft_id: str, path: str, name: str, key: str) -> None:
    said = st.session_state.get(key) or ""
    attempt(lambda: session.change(draft_id, lambda content: drafts.with_part(content, path, name, said)))


def _label(entry: Entry) -> str:
    units = "" if entry.kind != "quantity" or entry.unit == "1" else f"（{figures.unit(entry.unit)}）"
    return f"{entry.label}{units}" + ("　＊" if entry.required else "")


def _hint(entry: Entry, bare: bool) -> str:
    if entry.kind == "date":
        return "年-月-日，例：2026-11-01"
    unit = f"，{figures.unit(entry.unit)}" if bare and entry.kind == "quantity" and entry.unit != "1" else ""
    return entry.example or UNTOLD + unit


def _shown(entry: Entry, typed: str) -> str:
    """Return the choice a text stands for, as the list shows it."""
    if not typed:
        return ""
    if typed in UNKNOWN_WORDS:
        return UNSURE
    if entry.kind == "flag":
        stated = _parsed(entry, typed)
        return typed if stated.value is None else YES_NO[0 if stated.value else 1]
    return entry.choices.get(typed, typed) if entry.choices else typed


def _split(typed: str) -> list[str]:
    for mark in "，、;；":
        typed = typed.replace(mark, ",")
    return [text.strip() for text in typed.split(",") if text.strip()]


def _parsed(entry: Entry, typed: str) -> Stated[object]:
    from pydantic_core import PydanticCustomError

    try:
        return entry.parse(typed)
    except PydanticCustomError:
        return BLANK


def _remark(entry: Entry, path: str, typed: str) -> None:
    """Say below the field why it refuses the text, or how it read a quantity written another way."""
    if not typed:
        return
    if why := drafts.refusal(path, typed):
        st.html(f'<div class="tp-bad">未采用：{escape(why)}</div>')
        return
    stated = _parsed(entry, typed)
    if entry.kind != "quantity" or not isinstance(stated.value, Decimal):
        return
    if stated.answer is Answer.NONE or typed in NONE_WORDS:
        st.html('<div class="tp-good">按 0 计</div>')
        return
    if not _same(typed, stated.value, stated.unit):
        read = f"{figures.as_stated(stated.value)} {figures.unit(stated.unit)}".strip()
        st.html(f'<div class="tp-good">＝ {escape(read)}</div>')


def _same(typed: str, value: Decimal, unit: str) -> bool:
    """Whether a text already is the value in the field's own unit (``22.0 GJ/t``), so that saying it again tells nothing."""
    text = _bare(typed)
    number = text.removesuffix(_bare(unit)) if unit != "1" else text
    try:
        return Decimal(number) == value
    except InvalidOperation:
        return False


def _bare(text: str) -> str:
    said = text if text == "1" else figures.unit(text)  # as a unit, 1 is written as nothing
    return said.replace(figures.NBSP, "").replace(" ", "").replace(",", "")
