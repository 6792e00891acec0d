"""因子库: find a factor, see where it comes from, how it changed, what contradicts it, and which one a date and place take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from typing import Any

import streamlit as st

from tanping.assessment.documents import charts, figures, wording
from tanping.assessment.pages import parts, session
from tanping.factors.labels import SUBJECTS, VARIANTS, kind
from tanping.factors.lookup import NoFactor, Selected
from tanping.factors.record import Factor, Status
from tanping.factors.register import Register, load_register
from tanping.factors.search import Filter, newest_first, one_a_key, search
from tanping.records.basis import Basis

EVERY = "全部"
MOST_ROWS = 200
SCREENFUL = 6
TABLE_HEIGHT = 352
STATES = {"待核": "provisional", "已过复核期限": "overdue", "有冲突": "conflict"}
STATUS_TONES = {Status.FINAL: "clear", Status.DRAFT: "limit", Status.SUPERSEDED: "open"}


def show() -> None:
    """Write the page."""
    register = load_register()
    today = datetime.now(parts.BEIJING).date()
    st.title("因子库", anchor=False)
    _summary(register, today)
    due = frozenset(id(record) for record in register.overdue(today))
    found = _filtered(register, due)
    _results(found, due)
    if found:
        _detail(register, found, due)


def _summary(register: Register, today: date) -> None:
    pending = sum(record.provisional for record in register)
    conflicts = sum(conflict.open for conflict in register.conflicts.values())
    parts.lead(
        f"{len(register)} 条，其中待核 {pending} 条，未决冲突 {conflicts} 处，"
        f"已过复核期限 {len(register.overdue(today))} 条。版本 {register.version}，指纹 {register.sha256[:12]}。"
    )


# ---- finding ---------------------------------------------------------------------------------------------------------


def _filtered(register: Register, due: frozenset[int]) -> list[Factor]:
    first = st.columns([3, 1.4, 1.2, 1.6, 1.2], vertical_alignment="bottom")
    words = first[0].text_input("查找", placeholder="名称、键、文件，如：江苏 平均", key="factors-words")
    subject = first[1].selectbox(
        "主题", ["", *SUBJECTS], format_func=lambda code: SUBJECTS.get(code, EVERY), key="factors-subject"
    )
    region = first[2].selectbox(
        "地区", ["", *register.places], format_func=lambda name: name or EVERY, key="factors-region"
    )
    basis = first[3].selectbox(
        "依据程度", ["", *Basis], format_func=lambda code: Basis(code).label if code else EVERY, key="factors-basis"
    )
    status = first[4].selectbox(
        "状态", ["", *Status], format_func=lambda code: Status(code).label if code else EVERY, key="factors-status"
    )
    only = st.pills("只看", list(STATES), selection_mode="multi", key="factors-only", label_visibility="collapsed")
    kept = {STATES[word] for word in only or ()}
    wanted = Filter(words, subject, region, basis, status, provisional="provisional" in kept)
    return [
        record
        for record in search(register, wanted)
        if (record.conflict or "conflict" not in kept) and (id(record) in due or "overdue" not in kept)
    ]


def _results(found: Sequence[Factor], due: frozenset[int]) -> None:
    if not found:
        st.html('<div class="tp-soft">没有这样的因子。换一个词，或放宽条件。</div>')
        return
    keys = one_a_key(found)
    rows = "".join(_row(record, times, due) for record, times in keys[:MOST_ROWS])
    head = "".join(f"<th>{text}</th>" for text in ("名称", "取值", "年份", "地区", "标准或口径", "依据与状态"))
    table = f'<table class="tp-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    parts.scrolled(table, "因子表", TABLE_HEIGHT if len(keys) > SCREENFUL else None)
    more = f"，列出前 {MOST_ROWS} 项，请再加条件" if len(keys) > MOST_ROWS else ""
    st.html(f'<div class="tp-soft tp-small">共 {len(keys)} 项 {len(found)} 条{more}。</div>')


def _row(record: Factor, times: int, due: frozenset[int]) -> str:
    earlier = f'<br><span class="tp-soft tp-small">共 {times} 条</span>' if times > 1 else ""
    cells = (
        f'{escape(record.name)}<br><span class="tp-soft tp-small">{escape(record.key)}</span>',
        _figure(record),
        escape(_years(record)) + earlier,
        escape(record.region),
        escape(kind(record.standard, record.variant)),
        _marks(record, due),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _marks(record: Factor, due: frozenset[int]) -> str:
    """Chips and flags of a record: its status, how its text was checked, what to mind."""
    told = [parts.chip_of(record.status.label, STATUS_TONES[record.status])]
    told.append(parts.chip_of(record.basis.label, "limit" if record.provisional else "clear"))
    flags = [
        "待核" if record.provisional else "",
        "未采信" if record.preferred is False else "",
        "公布日不明" if record.published_on is None else "",
        "已过复核期限" if id(record) in due else "",
        record.origin.label if record.origin != "printed" else "",
    ]
    return "".join(told) + "".join(f'<span class="tp-flag">{escape(flag)}</span>' for flag in flags if flag)


# ---- one factor ------------------------------------------------------------------------------------------------------


def _detail(register: Register, found: Sequence[Factor], due: frozenset[int]) -> None:
    names = {record.key: f"{record.name}（{record.key}）" for record, _ in one_a_key(found)}
    key = st.selectbox(
        "查看", list(names), format_func=lambda one: names[one], key="factors-key", help="从上面的结果里选一个"
    )
    records = newest_first(register.of(key))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _history(records, due)
    with right:
        _chart(records)
        _choice(register, records[0])
        _use(records)
    _rivals(register, records)


def _history(records: Sequence[Factor], due: frozenset[int]) -> None:
    st.subheader("历次取值", anchor=False)
    for record in records:
        replaced = f"{record.replaced_on} 起由 {record.replaced_by} 代替" if record.replaced_by else ""
        lines = {
            "出处": record.document,
            "年份": _years(record),
            "公布": f"{record.published or '不明'}　登记 {record.recorded}　复核期限 {record.review_by}",
            "代替": replaced,
            "说明": record.note,
        }
        body = "".join(
            f'<div class="tp-small"><span class="tp-soft">{name}</span>　{escape(text)}</div>'
            for name, text in lines.items()
            if text
        )
        st.html(
            f'<div class="tp-tile"><b>{_figure(record)}</b>　{_marks(record, due)}'
            f'<div class="tp-gap">{body}</div></div>'
        )


def _chart(records: Sequence[Factor]) -> None:
    points = [
        {"年份": str(record.data_year), "值": record.number, "口径": VARIANTS.get(record.variant, record.region)}
        for record in records
        if record.data_year and record.unit == records[0].unit
    ]
    if len({point["年份"] for point in points}) < 2:
        return
    st.subheader("历年变化", anchor=False)
    st.vega_lite_chart(
        spec=_history_spec(points, figures.unit(records[0].unit)), theme=None, width="stretch", alt=_alt(points)
    )


def _history_spec(points: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    several = len({point["口径"] for point in points}) > 1
    encoding: dict[str, Any] = {
        "x": {"field": "年份", "type": "ordinal", "axis": {"labelAngle": 0, "title": None}},
        "y": {"field": "值", "type": "quantitative", "axis": {"title": unit}, "scale": {"zero": True}},
        "tooltip": [{"field": "年份"}, {"field": "值", "format": ".6~g"}, {"field": "口径"}],
    }
    if several:
        encoding["color"] = {"field": "口径", "type": "nominal", "legend": {"orient": "bottom", "title": None}}
    return {
        "$schema": charts.SCHEMA,
        "height": 180,
        "data": {"values": points},
        "mark": {"type": "line", "point": True, "color": charts.COLOURS["fuel"]},
        "encoding": encoding,
        "config": {"font": charts.FONT_STACK, "axis": {"gridColor": charts.GRID}, "view": {"stroke": None}},
    }


def _alt(points: Sequence[dict[str, Any]]) -> str:
    return "历年取值：" + "；".join(f"{point['年份']}年 {point['值']:g}" for point in points)


def _choice(register: Register, record: Factor) -> None:
    """Say which record a date and a place take, and why."""
    st.subheader("按日期取值", anchor=False)
    day_box, place_box = st.columns(2)
    known = session.judged().as_of
    as_of = day_box.date_input(
        "法规适用日期",
        value=known,
        min_value="2008-01-01",
        max_value="2060-12-31",
        format="YYYY-MM-DD",
        key="factors-day",
    )
    place = place_box.selectbox(
        "地区",
        list(register.places),
        index=list(register.places).index(record.region),
        key=f"factors-place-{record.key}",
    )
    if not as_of:
        st.html('<div class="tp-soft tp-small">填写日期后，这里说明取哪一条、为什么。</div>')
        return
    try:
        _chosen(_ask(register, record, as_of, place))
    except NoFactor as refusal:
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in refusal.reasons)
        st.html(f'<div class="tp-panel">{parts.chip_of("不能取值", "open")}<ul class="tp-small">{reasons}</ul></div>')


def _ask(register: Register, record: Factor, as_of: date, place: str) -> Selected:
    if record.item == "grid.average":
        return register.grid_factor(place, as_of)
    year = record.data_year if record.needs_year else None
    if record.needs_year and year is None and record.valid_from:
        year = record.valid_from.year
    return register.lookup(
        record.item,
        as_of=as_of,
        region=place,
        standard=record.standard or None,
        variant=record.variant or None,
        year=year,
    )


def _chosen(selected: Selected) -> None:
    warnings = "".join(f"<li>{escape(text)}</li>" for text in selected.warnings)
    st.html(
        f'<div class="tp-panel"><span class="tp-figure">{_figure(selected.record)}</span>'
        f'<div class="tp-small">{escape(selected.why)}</div><ul class="tp-small">{warnings}</ul></div>'
    )


def _use(records: Sequence[Factor]) -> None:
    """Where the open project uses one of these records."""
    draft = session.current()
    if draft is None:
        return
    assessment = session.outcome(draft).assessment
    keys = {record.key for record in records}
    used = [
        (source.name, wording.label(wording.STAGES, source.stage), source.formula)
        for source in (assessment.inventory.sources if assessment else ())
        if any(factor.key in keys for factor in source.factors)
    ]
    st.subheader("本项目何处用到", anchor=False)
    if used:
        parts.table(("排放源", "阶段", "公式"), used)
    else:
        st.html(f'<div class="tp-soft tp-small">{escape(parts.quoted(draft.title))}没有用到。</div>')


def _rivals(register: Register, records: Sequence[Factor]) -> None:
    named = {record.conflict for record in records if record.conflict}
    for name in sorted(named):
        conflict = register.conflicts[name]
        state = parts.chip_of("未决", "limit") if conflict.open else parts.chip_of("已定", "clear")
        st.html(
            f'<h3 class="tp-topic">来源不一致：{escape(conflict.subject)}　{state}</h3>'
            f'<div class="tp-small">{escape(conflict.values)}。{escape(conflict.decision)}。</div>'
        )
        sides = [record for record in register if record.conflict == name]
        parts.table(
            ("键", "取值", "地区", "文件", "取舍"),
            (
                (
                    side.key,
                    side.cite().split("（")[0],
                    side.region,
                    side.document,
                    {True: "采用", False: "未采信", None: ""}[side.preferred],
                )
                for side in sides
            ),
        )


def _figure(record: Factor) -> str:
    return escape(f"{record.value} {figures.unit(record.unit)}".strip())


def _years(record: Factor) -> str:
    if record.data_year:
        return str(record.data_year)
    last = f"—{record.valid_to}" if record.valid_to else " 起"
    return f"{record.valid_from or ''}{last}"


show()
