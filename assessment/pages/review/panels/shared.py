"""What the panels share: whose panel it is, the line that says what to do, texts that save on leaving, decisions, lists to pick from.

Two habits hold everywhere. A text is saved when its field is left, on top of what the person has seen; two who wrote at once see both.
A decision carries what the person saw; if that moved on, nothing is done and what changed is shown beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from tanping.assessment.pages import parts
from tanping.assessment.pages.review import REFUSALS, told
from tanping.assessment.review.errors import ChangedError, NotAllowedError
from tanping.assessment.review.roles import ENTERING, Action
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.service.staffing import Part
from tanping.assessment.review.service.texts import Text, Version
from tanping.assessment.review.store.reviews import AttachmentRow
from tanping.assessment.review.users import Person

LIST_HEIGHT, FITTING = 440, 8
"""How high a list to pick from is, and how many stand there without a bar to scroll."""
KEPT: Any = {"persist_state": "session"}
"""For widgets whose content waits for a decision: it outlives a look at another part of the page."""
Shown = Mapping[str, str]
"""What a person saw of something when they decided: label → text."""

MARKS = {
    "已处理": "✓",
    "未核": "○",
    "已核实": "●",
    "存疑": "▲",
    "待答": "○",
    "已答": "●",
    "重答": "▲",
    "待定": "○",
    "已定": "●",
}
TONES = {"已核实": "clear", "存疑": "limit", "已答": "clear", "重答": "limit", "已定": "clear"}
TONES |= {
    "采纳": "clear",
    "部分采纳": "limit",
    "未采纳": "stop",
    "不采纳": "limit",
    "已取得": "clear",
    "办理中": "limit",
}
TONES |= {
    "同意": "clear",
    "原则同意": "condition",
    "不同意": "stop",
    "材料不足暂无法出具": "limit",
    "逾期未复": "limit",
}


@dataclass(frozen=True)
class Here:
    """One person's part in one review, looked up once for all that a page shows of it."""

    joint: JointReview
    person: Person
    key: str
    part: Part

    def may(self, action: Action) -> bool:
        """Whether to offer a work now."""
        return self.part.may(action)

    def knows(self, action: Action) -> bool:
        """Whether the role does a work at all."""
        return self.part.knows(action)

    @property
    def enters(self) -> bool:
        """Whether the person is of the applicant's side."""
        return self.part.role in ENTERING

    @property
    def own(self) -> str:
        """Where this person's side keeps texts on their way to a decision."""
        return "applicant" if self.enters else "inside"


def dress() -> None:
    """Give the page what panels look like."""
    st.html(Path(__file__).with_name("panels.css"))


# ---- words -----------------------------------------------------------------------------------------------------------


def now(text: str) -> None:
    """Write the first line of a panel: what this person does here now."""
    st.html(f'<div class="tp-now"><b>现在要办</b><span>{escape(text)}</span></div>')


def idle(text: str = "") -> None:
    """Write the first line of a panel in which this person has nothing to do now."""
    st.html(f'<div class="tp-now tp-idle"><b>本栏不用办</b><span>{escape(text)}</span></div>')


def note(text: str) -> None:
    """Write the first line of a panel in which this person may do something, but need not."""
    st.html(f'<div class="tp-now tp-idle"><b>可以办</b><span>{escape(text)}</span></div>')


def soft(text: str) -> None:
    """Write a quiet line."""
    st.html(f'<div class="tp-soft tp-small">{escape(text)}</div>')


def head(text: str) -> None:
    """Write the head of a part of a panel."""
    st.html(f'<h3 class="tp-topic">{escape(text)}</h3>')


def prose(text: str) -> None:
    """Write a text as it was typed, with its lines."""
    st.html(f'<div class="tp-prose">{escape(text)}</div>')


def facts(lines: Sequence[tuple[str, str]]) -> None:
    """Write what is said of one thing, a line each; what is empty is left out."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in lines if text)
    if rows:
        st.html(f'<dl class="tp-facts">{rows}</dl>')


def chip(word: str) -> str:
    """Return a word of the review as a chip: told by its mark and word, never by its colour alone."""
    mark = MARKS.get(word, "")
    return parts.chip_of(f"{mark} {word}" if mark else word, TONES.get(word, "open"))


def short(text: str, longest: int = 34) -> str:
    """Return the beginning of a text, fit for a list."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


# ---- lists -----------------------------------------------------------------------------------------------------------


def pick(
    name: str, label: str, options: Sequence[str], say: Callable[[str], str], hint: Callable[[str], str] | None = None
) -> str:
    """Write a list to pick one from (arrow keys work) and return the picked one. ``hint`` is the small line below each."""
    _drop_strange(name, options)
    labels = _told_apart([say(option) for option in options])
    with st.container(height=LIST_HEIGHT if len(options) > FITTING else "content", border=True, key=f"picklist-{name}"):
        return (
            st.radio(
                label,
                options,
                format_func=dict(zip(options, labels, strict=True)).__getitem__,
                captions=[plain(hint(option)) for option in options] if hint else None,
                key=name,
                label_visibility="collapsed",
                persist_state="session",
            )
            or options[0]
        )


def _told_apart(labels: Sequence[str]) -> list[str]:
    """Return labels ready to be shown, equal ones numbered: the browser tells what was picked by its label."""
    seen: dict[str, int] = {}
    made = []
    for label in map(plain, labels):
        seen[label] = seen.get(label, 0) + 1
        made.append(label if seen[label] == 1 else f"{label}（{seen[label]}）")
    return made


def plain(text: str) -> str:
    """Return a text so that a label shows it as it stands: labels are Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|~$:<>" else letter for letter in text)


def move_on(name: str, options: Sequence[str], done: str) -> None:
    """Pick the one after ``done`` at the next run; for callbacks."""
    following = options[options.index(done) + 1 :] if done in options else ()
    if following:
        st.session_state[name] = following[0]


def _drop_strange(name: str, options: Sequence[str]) -> None:
    """Forget a picked one that is no longer offered."""
    if st.session_state.get(name) not in (None, *options):
        del st.session_state[name]


def choose(name: str, label: str, options: Sequence[str], say: Callable[[str], str], *, first: str = "") -> str:
    """Write a drop-down list, for more choices than stand side by side, and return the chosen one.

    What ``say`` returns must stay the same while the choice stands: the browser tells what was chosen by it.
    """
    _drop_strange(name, options)
    return st.selectbox(
        label,
        options,
        index=options.index(first) if first in options else 0,
        format_func=say,
        key=name,
        persist_state="session",
    )


def sections(name: str, titles: Mapping[str, str], *, first: str = "", counts: Mapping[str, int] | None = None) -> str:
    """Write the sections of a panel, with how many things wait in each, and return the open one's name."""
    names = list(titles)
    _mark_counts(name, [(counts or {}).get(item, 0) for item in names])
    _drop_strange(name, names)
    if name not in st.session_state:
        st.session_state[name] = first if first in titles else names[0]
    chosen = st.segmented_control(
        "栏目",
        names,
        format_func=lambda item: titles[item],
        key=name,
        label_visibility="collapsed",
        required=True,
        persist_state="session",
    )
    return chosen or names[0]


def _mark_counts(name: str, counts: Sequence[int]) -> None:
    """Write counts beside the titles of sections. Not into them: a click names the section by its title, and a count may change under the hand."""
    buttons = f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', name)} [role=radiogroup] > button"
    rules = (
        f'{buttons}:nth-of-type({place})::after {{ content: "{count}"; margin-left: .45em; }}'
        for place, count in enumerate(counts, start=1)
        if count
    )
    st.html(f"<style>{''.join(rules)}</style>")


# ---- doing -----------------------------------------------------------------------------------------------------------


def button(
    label: str,
    where: str,
    do: Callable[[], object],
    *,
    done: str = "",
    shown: Shown | None = None,
    primary: bool = False,
    disabled: bool = False,
    help: str | None = None,
) -> None:
    """Write a button that does something of the review; ``tell`` of the same ``where`` says what became of it.

    ``do`` runs before the page is written anew. ``shown`` is what the person sees of it now: if it moved on, both are shown.
    """
    st.button(
        label,
        key=f"do:{where}:{label}",
        on_click=carry_out,
        args=(where, do, done, shown),
        type="primary" if primary else "secondary",
        disabled=disabled,
        help=help,
    )


def carry_out(where: str, do: Callable[[], object], done: str, shown: Shown | None) -> None:
    """Do something and remember for ``tell`` what became of it; for callbacks."""
    try:
        do()
    except REFUSALS as error:
        st.session_state[f"told:{where}"] = (error, dict(shown or {}))
    else:
        st.session_state[f"told:{where}"] = (done, {})


def tell(where: str, shown: Shown | None = None) -> None:
    """Tell, once, what became of what was just done: done, refused, or moved on meanwhile (then what was seen and what is now)."""
    with st.container(gap="xsmall"):  # Always there, so that the fields below never change places.
        said, before = st.session_state.pop(f"told:{where}", ("", {}))
        if isinstance(said, Exception):
            told(said)
            if isinstance(said, ChangedError) and shown is not None:
                _moved(before, shown)
        elif said:
            st.success(said)


def _moved(before: Shown, after: Shown) -> None:
    rows = [
        (name, before.get(name, "") or "（空）", text or "（空）")
        for name, text in after.items()
        if before.get(name) != text
    ]
    if rows:
        parts.table(("有变化的", "您看到的", "现在"), rows, tight=frozenset({0}))


def seed(key: str, stored: Any) -> str:
    """Give the widget of a decision what is stored, unless it holds something typed that is not saved; return its key.

    Such widgets are ``KEPT``.
    """
    before = st.session_state.get(f"{key}#stored", stored)
    # Set only if something new is stored: setting it again would wipe out what is just being typed.
    if key not in st.session_state or (before != stored and st.session_state[key] == before):
        st.session_state[key] = stored
    st.session_state[f"{key}#stored"] = stored
    return key


def entered(key: str) -> str:
    """Return what a widget of a decision holds, as text; for callbacks."""
    return str(st.session_state.get(key) or "")


def forget(*keys: str) -> None:
    """Let widgets of a decision show what is stored again, when the decision was taken; for callbacks."""
    for key in keys:
        st.session_state.pop(key, None)


# ---- texts -----------------------------------------------------------------------------------------------------------


def writing(
    here: Here,
    place: str,
    label: str,
    *,
    height: int = 90,
    placeholder: str = "",
    help: str | None = None,
    line: bool = False,
) -> str:
    """Write a text of the review that saves when its field is left, and return it; ``line``: one line. Empty while several texts stand."""
    try:
        standing = here.joint.texts.read(here.person, here.key, place)
    except NotAllowedError:
        return ""
    except REFUSALS as error:
        told(error)
        return ""
    if not here.may(Action.WRITE_TEXT):
        for version in standing.versions:
            facts([(label, version.text)])
        return "" if standing.divided else standing.text
    if standing.divided:
        _divided(here, standing, label)
        return ""
    name = _name(here, place)
    if text_key(here, place) not in st.session_state or st.session_state.get(f"{name}#seen") != standing.seen:
        _take(here, place, standing)
    key = text_key(here, place)
    kind: Any = st.text_input if line else partial(st.text_area, height=height)
    kind(label, key=key, placeholder=placeholder, help=help, on_change=_leave, args=(here, place))
    tell(name)
    _unsaved(here, place)
    return str(st.session_state.get(key, ""))


def choosing(here: Here, place: str, label: str, options: Sequence[str], *, usual: str = "") -> str:
    """Write a choice on its way to a decision, saved when it is made, and return it; who chooses last has seen what stood there."""
    standing = here.joint.texts.read(here.person, here.key, place)
    stored = standing.versions[-1].text if standing.versions else usual
    name = _name(here, place)
    if text_key(here, place) not in st.session_state or st.session_state.get(f"{name}#seen") != standing.seen:
        _show(here, place, stored if stored in options else None)
    st.session_state[f"{name}#seen"] = standing.seen
    key = text_key(here, place)
    st.segmented_control(label, options, key=key, on_change=_leave, args=(here, place))
    tell(name)
    return str(st.session_state.get(key) or "")


def chosen(here: Here, place: str) -> str:
    """Return a choice for a decision; for callbacks."""
    return str(st.session_state.get(text_key(here, place)) or "")


def text_key(here: Here, place: str) -> str:
    """Return the key of the widget of a text; another one each time the program puts something else into the field."""
    name = _name(here, place)
    return f"{name}~{st.session_state.get(f'{name}#turn', 0)}"


def _name(here: Here, place: str) -> str:
    """Return under what the session keeps what it knows of a text."""
    return f"text:{here.key}:{place}"


def said(here: Here, place: str) -> str:
    """Return a text for a decision, saving first what its field holds. Raises RefusedError while several texts stand there."""
    key = text_key(here, place)
    if key in st.session_state:
        _save(here, place)
    return here.joint.texts.read(here.person, here.key, place).text


def clear(here: Here, *places: str) -> None:
    """Empty texts that a decision has taken up."""
    for place in places:
        standing = here.joint.texts.read(here.person, here.key, place)
        if standing.versions:
            standing = here.joint.texts.save(here.person, here.key, place, "", standing.seen)
        _take(here, place, standing)


def put(here: Here, place: str, text: str) -> None:
    """Put a text into a field on top of what the person sees there; for callbacks."""
    if text_key(here, place) in st.session_state:
        _save(here, place)
    standing = here.joint.texts.save(here.person, here.key, place, text, _seen(here, place))
    _take(here, place, standing)


def add_line(here: Here, place: str, text: str) -> None:
    """Add a line to a text, below what is there; for callbacks."""
    before = said(here, place).rstrip()
    put(here, place, f"{before}\n{text}" if before else text)


def _seen(here: Here, place: str) -> tuple[str, ...]:
    seen = f"{_name(here, place)}#seen"
    if text_key(here, place) in st.session_state and seen in st.session_state:
        return tuple(st.session_state[seen])
    return here.joint.texts.read(here.person, here.key, place).seen


def _take(here: Here, place: str, standing: Text) -> None:
    _show(here, place, "" if standing.divided else standing.text)
    st.session_state[f"{_name(here, place)}#seen"] = standing.seen


def _show(here: Here, place: str, text: str | None) -> None:
    """Put something into the field of a text.

    If it held something else, a new field takes its place: a click that is under way brings along what the browser still shows,
    and that must not be taken for something typed.
    """
    key = text_key(here, place)
    if key in st.session_state and st.session_state[key] != text:
        turn = f"{_name(here, place)}#turn"
        st.session_state[turn] = st.session_state.get(turn, 0) + 1
    st.session_state[text_key(here, place)] = text


def _leave(here: Here, place: str) -> None:
    name = _name(here, place)
    try:
        _save(here, place)
    except REFUSALS as error:
        st.session_state[f"told:{name}"] = (error, {})
        st.session_state[f"{name}#unsaved"] = st.session_state.get(text_key(here, place), "")
    else:
        st.session_state.pop(f"{name}#unsaved", None)


def _save(here: Here, place: str) -> None:
    typed = st.session_state.get(text_key(here, place)) or ""
    standing = here.joint.texts.save(here.person, here.key, place, typed, _seen(here, place))
    if not standing.divided:  # The field keeps what it holds; it may be typed in again by now.
        st.session_state[f"{_name(here, place)}#seen"] = standing.seen


def _unsaved(here: Here, place: str) -> None:
    """Show what could not be saved if the field no longer holds it, so that nothing typed is lost."""
    kept = st.session_state.get(f"{_name(here, place)}#unsaved", "")
    if kept and kept != st.session_state.get(text_key(here, place)):
        facts([("没有存上的文字", kept)])


def _divided(here: Here, standing: Text, label: str) -> None:
    names = "、".join(dict.fromkeys("您" if item.user_id == here.person.id else item.by for item in standing.versions))
    st.warning(f"“{label}”由{names}同时写了 {len(standing.versions)} 份，都在下面，没有丢。请合并成一份。")
    for column, version in zip(st.columns(len(standing.versions)), standing.versions, strict=True):
        with column:
            _version(here, standing, version)
    key = f"{_name(here, standing.place)}/{'-'.join(standing.seen)}"
    if key not in st.session_state:
        st.session_state[key] = "\n".join(version.text for version in standing.versions)
    st.text_area(f"{label}（合并后的）", key=key, height=120)
    button("存为合并后的一份", key, lambda: _merge(here, standing, st.session_state[key]), primary=True)
    tell(key)


def _version(here: Here, standing: Text, version: Version) -> None:
    st.html(f'<div class="tp-small tp-soft">{escape(version.by)}　{parts.moment(version.at)}</div>')
    prose(version.text or "（空）")
    button(f"用{version.by}的这份", f"{standing.place}/{version.id}", lambda: _merge(here, standing, version.text))


def _merge(here: Here, standing: Text, text: str) -> None:
    merged = here.joint.texts.save(here.person, here.key, standing.place, text, standing.seen)
    if not merged.divided:
        _take(here, standing.place, merged)


# ---- phrases ---------------------------------------------------------------------------------------------------------


def phrases(here: Here, place: str, topic: str = "") -> None:
    """Offer the phrase library for a text: taking one adds it as a line; one's own wording can be kept."""
    office = here.part.office
    found = here.joint.phrases.of_office(here.person, office, topic)
    name = f"phrase:{_name(here, place)}"
    with st.popover("常用语", type="tertiary"):
        chosen = st.selectbox("选一条", found, format_func=lambda item: item.text, index=None, key=name)
        if chosen is not None:
            prose(chosen.text)
            with st.container(horizontal=True):
                button("填入", name, lambda: add_line(here, place, chosen.text), primary=True)
                if chosen.id:
                    button("删去这条常用语", name, lambda: here.joint.phrases.remove(here.person, chosen.id))
        button(
            "把已写的存为常用语",
            name,
            lambda: here.joint.phrases.add(here.person, office, topic or "通用", said(here, place)),
            done="已存为本处室常用语。",
        )
        tell(name)


# ---- files -----------------------------------------------------------------------------------------------------------


def files(here: Here, holder: str, *, types: Sequence[str] | None = None, label: str = "附件") -> int:
    """Write the files of a holder, each to be downloaded, and offer to add one; return how many there are."""
    found = here.joint.register.files(here.person, here.key, holder)
    downloads(here, found)
    if here.may(Action.ATTACH):
        where = f"attach:{here.key}:{holder}"
        turn = st.session_state.get(f"{where}#turn", 0)
        with st.container(key=f"attach-{holder.replace(':', '-')}"):
            st.file_uploader(
                label,
                type=list(types) if types else None,
                key=f"{where}:{turn}",
                on_change=_attach,
                args=(here, holder, where, turn),
            )
        tell(where)
    elif not found:
        soft("没有附件。")
    return len(found)


def downloads(here: Here, found: Sequence[AttachmentRow]) -> None:
    """Write files to be downloaded, a line each."""
    for row in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.download_button(
                plain(row.name),
                partial(_content, here, row.id),
                file_name=row.name,
                key=f"file:{row.id}",
                type="tertiary",
                on_click="ignore",
                icon=":material/download:",
            )
            st.html(
                f'<span class="tp-soft tp-small">{parts.moment(row.at)}　{max(1, round(row.size / 1024)):,} KB　'
                f"校验码 {row.sha256[:12]}</span>",
                width="content",
            )


def _content(here: Here, file_id: str) -> bytes:
    return here.joint.register.file(here.person, here.key, file_id)[1]


def _attach(here: Here, holder: str, where: str, turn: int) -> None:
    uploaded = st.session_state.get(f"{where}:{turn}")
    # What the page sends before it has seen that its uploader is gone names the same file again.
    taken: set[str] = st.session_state.setdefault(f"{where}#taken", set())
    if uploaded is None or uploaded.file_id in taken:
        return
    taken.add(uploaded.file_id)
    st.session_state[f"{where}#turn"] = turn + 1
    content = uploaded.getvalue()
    carry_out(
        where,
        lambda: here.joint.register.attach(here.person, here.key, holder, uploaded.name, content),
        f"已存：{uploaded.name}",
        None,
    )
