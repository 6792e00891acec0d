"""填报: the project file in small forms, section by section. Every field saves when it is left; nothing has to be submitted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import streamlit as st

from tanping.assessment.documents.wording import MOMENTS
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages import fields, guard, parts, session
from tanping.assessment.pages.asking import places_of
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.form import asked_facts, asked_papers, shown
from tanping.assessment.project.model import SECTORS
from tanping.assessment.review.store import Draft, DraftMissingError
from tanping.rules.facts import Fact, load_catalogue
from tanping.rules.finding import MissingFact

FIRST = session.NEEDED_FIRST
WHAT = "项目、日期、厂址"
SECTIONS = (
    FIRST,
    WHAT,
    *(TABLE_LABELS[table] for table in TABLES if table not in ONE_ROW),
    TABLE_LABELS["lifetime"],
    TABLE_LABELS["papers"],
    TABLE_LABELS["facts"],
)
TABLE_OF = {TABLE_LABELS[table]: table for table in TABLES}
MOST_ASKED = 12
LONGEST = 18
"""Characters of a row's name on its button."""

T = TypeVar("T")


def show() -> None:
    """Write the page. The result above is that of the moment the page was opened or 更新结果 was pressed."""
    draft = session.need_draft()
    outcome = parts.project_bar(draft)
    _work(draft.id, draft.sha256, outcome)


@st.fragment
def _work(draft_id: str, judged: str, outcome: session.Outcome) -> None:
    """Everything that changes while a person fills in; fast, because nothing is assessed here."""
    with guard():
        _form(draft_id, judged, outcome)


def _form(draft_id: str, judged: str, outcome: session.Outcome) -> None:
    """Read the draft anew, so that the form shows what was just saved, here or in another window."""
    try:
        draft = session.store().load_draft(draft_id)
    except DraftMissingError as error:
        # Another window deleted it; this part runs by itself and would not hear of it.
        st.session_state.pop("trouble", None)
        st.warning(str(error))
        st.page_link(session.page("start"), label="去“开始”页")
        return
    st.session_state.setdefault(session.SECTION, _asked_section())
    left, right = st.columns([2, 9], gap="medium")
    with left:
        section = st.radio(
            "栏目",
            SECTIONS,
            format_func=lambda name: _counted(draft, name),
            key=session.SECTION,
            label_visibility="collapsed",
            persist_state="session",
        )
        if st.query_params.get(session.SECTION) != section:
            st.query_params[session.SECTION] = section
    with right:
        # What comes and goes has a box of its own, so that the fields below never change places: a field that moved would lose
        # what a person is typing into it while the field before is being saved.
        with st.container(gap="xsmall"):
            fields.tell_trouble()
            if draft.sha256 != judged:
                _stale()
            _refused(draft)
        if section == FIRST:
            _first(draft, outcome)
        elif section == WHAT:
            _what(draft)
        elif section == TABLE_LABELS["papers"]:
            _papers(draft)
        elif section == TABLE_LABELS["facts"]:
            _questions(draft)
        elif TABLE_OF[section] in ONE_ROW:
            _grid(draft, _paths(draft, TABLE_OF[section], everything=True))
        else:
            _rows(draft, TABLE_OF[section])


def _asked_section() -> str:
    """Return the section the address names, so that a reload comes back to it."""
    named = st.query_params.get(session.SECTION, "")
    return named if named in SECTIONS else WHAT


def _stale() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html('<span class="tp-soft tp-small">改动已存。上方结果是改动前的。</span>', width="content")
        if st.button("更新结果", type="tertiary", key="refresh"):
            st.rerun()


def _counted(draft: Draft, section: str) -> str:
    table = TABLE_OF.get(section, "")
    if table and table not in ONE_ROW:
        count = len(drafts.rows(draft.content, table))
        return f"{section}　{count}" if count else section
    return section


def _refused(draft: Draft) -> None:
    """Say which fields were not taken up, and what contradicts itself, wherever a person is on the page."""
    if draft.content["typed"]:
        names = "、".join(_path_label(path) for path in draft.content["typed"])
        st.warning(f"有 {len(draft.content['typed'])} 项填写未被采用，暂按未知处理：{names}")
    for problem in session.typed(draft).problems:
        st.warning(f"{parts.field_name(problem)}：{problem.what}")


def _path_label(path: str) -> str:
    table, *rest = path.split("/")
    row = f" {rest[0]} " if table in TABLES and table not in ONE_ROW else "·"
    return f"{TABLE_LABELS[table]}{row}{drafts.entry_of(path).label}"


# ---- sections --------------------------------------------------------------------------------------------------------


def _first(draft: Draft, outcome: session.Outcome) -> None:
    if outcome.assessment is None:
        st.html('<div class="tp-soft">填好行业、建设性质、受理日期和厂址后，这里按影响大小列出最该先补的资料。</div>')
        return
    missing = outcome.assessment.screening.missing
    if not missing:
        st.success("没有影响审查结论的资料缺口。")
        return
    asked = [item for item in missing if item.asked]
    if asked:
        parts.lead(
            f"按对结论的影响从大到小排列，共 {len(asked)} 项，先列 {min(len(asked), MOST_ASKED)} 项。填好后按“更新结果”，换下一批。"
        )
    units = drafts.rows(draft.content, "units")
    for item in asked[:MOST_ASKED]:
        # Units the clauses don't ask about are left out: five columns of which one counts.
        concerned = [unit for unit in units if unit in item.units] or units
        _question(draft, load_catalogue()[item.fact], concerned)
    _worked_out([item for item in missing if not item.asked])


def _worked_out(found: Sequence[MissingFact]) -> None:
    """Say what is missing but follows from other fields: an answer typed here would be refused."""
    if not found:
        return
    st.html('<h3 class="tp-topic">不用在这里填的</h3>')
    parts.table(
        ("资料", "怎样得出", "生产单元", "影响条款"),
        ((item.label, item.explanation, "、".join(item.units), str(item.decides)) for item in found),
        numbers=frozenset({3}),
    )


def _what(draft: Draft) -> None:
    everything = st.toggle("显示全部字段", key=f"{draft.id}/all/what")
    for table in ("project", "dates", "site"):
        st.html(f'<div class="tp-soft tp-small">{TABLE_LABELS[table]}</div>')
        _grid(draft, _paths(draft, table, everything=everything))


def _rows(draft: Draft, table: str) -> None:
    listed = drafts.rows(draft.content, table)
    chosen = _row_bar(draft, table, listed)
    if chosen is None:
        st.html(f'<div class="tp-soft">还没有{TABLE_LABELS[table]}。没有就不用添加；有而不清楚的，添加后留空。</div>')
        return
    everything = st.toggle("显示全部字段", key=f"{draft.id}/all/{table}")
    paths = _paths(draft, table, chosen, everything=everything)
    _grid(draft, paths, options=drafts.rows(draft.content, "units"))
    _evidence(draft, paths)


def _row_bar(draft: Draft, table: str, listed: Sequence[str]) -> str | None:
    """Offer the rows of a table, and to add, copy or remove one. Return the row chosen."""
    key = f"{draft.id}/row/{table}"
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = None
        if listed:
            if st.session_state.get(key) not in listed:
                st.session_state[key] = listed[0]
            chosen = st.segmented_control(
                "行",
                listed,
                required=True,
                key=key,
                format_func=lambda row: _row_label(draft, table, row),
                label_visibility="collapsed",
            )
        with st.popover("添加", icon=":material/add:"), st.form(f"add-{table}", border=False, clear_on_submit=True):
            free = drafts.free_id(draft.content, table)
            st.text_input("编号（同一表内不重复）", placeholder=free, max_chars=40, key=f"{key}/new")
            st.form_submit_button("添加", on_click=_add_named, args=(draft, table, key))
        if chosen:
            st.button("复制", on_click=_copy, args=(draft, table, chosen, key), key=f"{key}/copy")
            with st.popover("删除"):
                st.write(f"删除“{_row_label(draft, table, chosen)}”及其全部填写？")
                st.button("确认删除", on_click=_remove, args=(draft, table, chosen, key), key=f"{key}/remove")
    return chosen


def _row_label(draft: Draft, table: str, row: str) -> str:
    for name in ("name", "fuel", "material", "product", "item", "figure"):
        if name in entries(TABLES[table]) and (said := drafts.text(draft.content, f"{table}/{row}/{name}")):
            told = re.match(rf"{re.escape(row)}(?![0-9A-Za-z])", said)  # 5号机组 needs no 5 before it
            named = said if told else f"{row} {said}"
            return named if len(named) <= LONGEST else f"{named[: LONGEST - 1]}…"
    return row


def _add_named(draft: Draft, table: str, key: str) -> None:
    _add(draft, table, st.session_state.get(f"{key}/new") or "", key)


def _add(draft: Draft, table: str, row: str, key: str, like: str = "") -> None:
    row = row.strip() or drafts.free_id(draft.content, table)
    if "/" in row or row in drafts.rows(draft.content, table):
        st.session_state["trouble"] = f"编号“{row}”已有，或含有“/”，请换一个。"
        return
    fields.attempt(lambda: session.change(draft.id, lambda content: drafts.with_row(content, table, row, like=like)))
    st.session_state[key] = row


def _copy(draft: Draft, table: str, row: str, key: str) -> None:
    _add(draft, table, drafts.free_id(draft.content, table), key, like=row)


def _remove(draft: Draft, table: str, row: str, key: str) -> None:
    fields.attempt(lambda: session.change(draft.id, lambda content: drafts.without_row(content, table, row)))
    st.session_state.pop(key, None)


def _papers(draft: Draft) -> None:
    asked = asked_papers(_sector(draft))
    moment = st.segmented_control(
        "何时须备", [m for m in MOMENTS if _due(asked, m)], default="受理", required=True, key=f"{draft.id}/papers"
    )
    due = _due(asked, moment or "受理")
    parts.lead("“不需要”与“未办”不同；不知道办没办的留空。")
    _columns(
        2,
        due,
        lambda fact: fields.field(draft, f"papers/{fact.name}/status", label=fact.label, help=f"出具：{fact.issuer}"),
    )
    held = [fact for fact in due if drafts.text(draft.content, f"papers/{fact.name}/status")]
    if held:
        with st.container(border=True):
            _paper_details(draft, held)


def _due(asked: Iterable[Fact], moment: str) -> list[Fact]:
    return [fact for fact in asked if str(fact.binds_at) == moment]


def _paper_details(draft: Draft, held: Sequence[Fact]) -> None:
    labels = {fact.name: fact.label for fact in held}
    name = st.selectbox("文号与日期", list(labels), format_func=lambda code: labels[code], key=f"{draft.id}/paper")
    paths = [f"papers/{name}/{part}" for part in ("number", "date", "issuer", "page")]
    _columns(4, paths, lambda path: fields.field(draft, path))


def _questions(draft: Draft) -> None:
    asked = asked_facts(_sector(draft))
    topics = list(dict.fromkeys(fact.topic for fact in asked))
    units = drafts.rows(draft.content, "units")
    topic = st.selectbox(
        "审查要点", topics, format_func=lambda name: _answered(draft, asked, name, units), key=f"{draft.id}/topic"
    )
    for fact in asked:
        if fact.topic == topic:
            _question(draft, fact, units)


def _answered(draft: Draft, asked: Iterable[Fact], topic: str, units: Sequence[str]) -> str:
    paths = [path for fact in asked if fact.topic == topic for path in places_of(fact, units)]
    told = sum(bool(drafts.text(draft.content, path)) for path in paths)
    return f"{topic}（已答 {told}/{len(paths)}）"


def _question(draft: Draft, fact: Fact, units: Sequence[str]) -> None:
    """Ask one question: once for the project, or once for each production unit."""
    paths = places_of(fact, units)
    said, answer = st.columns([5, 4], vertical_alignment="center")
    with said:
        st.markdown(fact.ask or fact.label, help=fact.meaning or None)
    with answer:
        if not paths:
            st.html('<div class="tp-soft tp-small">请先添加生产单元</div>')
        elif len(paths) == 1:
            fields.field(draft, paths[0], label=fact.label, bare=True)
        else:
            _columns(
                len(paths),
                paths,
                lambda path: fields.field(draft, path, label=_unit_label(draft, fact, path), help=" "),
            )


def _unit_label(draft: Draft, fact: Fact, path: str) -> str:
    unit = f"（{fact.unit}）" if fact.unit and fact.unit != "1" else ""
    return _row_label(draft, "units", path.split("/")[1]) + unit


def _evidence(draft: Draft, paths: Sequence[str]) -> None:
    """Ask where a figure stands and why it was taken: one field at a time, so that the form stays small."""
    told = [path for path in paths if drafts.text(draft.content, path)]
    if not told:
        return
    with st.expander("出处与说明（页码、文件、假设的理由）"):
        path = st.selectbox("哪一项", told, format_func=_path_label, key=f"{draft.id}/evidence/{paths[0]}")
        for column, (name, label, example) in zip(
            st.columns([2, 2, 5]),
            (
                ("document", "报告或文件", "环评报告书"),
                ("page", "页码", "第 35 页"),
                ("note", "说明", "假设请以“假设：”开头，并写理由"),
            ),
            strict=True,
        ):
            with column:
                fields.part(draft, path, name, label, example)


# ---- layout ----------------------------------------------------------------------------------------------------------


def _paths(draft: Draft, table: str, row: str = "", *, everything: bool) -> list[str]:
    sector = _sector(draft)
    head = f"{table}/{row}" if row else table
    return [
        f"{head}/{name}"
        for name, entry in entries(TABLES[table]).items()
        if shown(entry, sector) and (everything or entry.main or _in_use(draft, f"{head}/{name}"))
    ]


def _in_use(draft: Draft, path: str) -> bool:
    """Whether a field is filled, or was when the page was opened: a field just emptied must not vanish under the hand."""
    return bool(drafts.text(draft.content, path)) or f"{draft.id}/{path}" in st.session_state


def _grid(draft: Draft, paths: Sequence[str], options: Sequence[str] = ()) -> None:
    _columns(
        3,
        paths,
        lambda path: fields.field(draft, path, options=options if drafts.entry_of(path).kind == "choices" else ()),
    )


def _columns(count: int, items: Sequence[T], write: Callable[[T], None]) -> None:
    """Write items line by line, ``count`` a line, so that fields of one line stand level."""
    for start in range(0, len(items), count):
        for column, item in zip(st.columns(count), items[start : start + count], strict=False):
            with column:
                write(item)


def _sector(draft: Draft) -> str:
    return drafts.sector(draft.content) or next(iter(SECTORS))


show()
