"""组合: many projects from a table; who is prohibited, who is incomplete, what a city emits; rows a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import streamlit as st

import tanping
from tanping.assessment.documents import figures
from tanping.assessment.pages import parts, session
from tanping.assessment.pages.downloads import XLSX
from tanping.assessment.portfolio import charts, kept
from tanping.assessment.portfolio.changes import FIGURES, Changes, Move
from tanping.assessment.portfolio.kept import Filter, Kept
from tanping.assessment.portfolio.ledger import told_twice
from tanping.assessment.portfolio.outcome import BETWEEN, HEADINGS
from tanping.assessment.project.model import SECTORS, UNIT_KINDS
from tanping.records.doors.workbook import BATCH, MIB
from tanping.records.errors import InputError

EXAMPLE = Path(tanping.__file__).with_name("examples") / "portfolio" / "wri_china_thermal_power.csv"
PAGE = 50
MOST_MIB = BATCH.file // MIB
_HINT = '<style>.st-key-{key} [data-testid="stFileUploaderDropzoneInstructions"]::after {{ content: "或拖到这里：{text}"; }}</style>'
EVERY = "全部"
SHOWN = ("row", "project", "name", "city", "kind", "stage", "verdict", "worst", "suspected", "complete")
SHORT = {"kind": "单元类别", "suspected": "疑似", "city_share": "占本市"}
"""Shorter headings, so that all columns stand on the screen."""
LISTS = ("missing", "hits", "suspected_hits", "conditional", "open", "assumptions", "factors")
MIME = {
    "csv": "text/csv",
    "xlsx": XLSX,
    "parquet": "application/vnd.apache.parquet",
}


def show() -> None:
    """Write the page."""
    st.title("组合", anchor=False)
    key = st.query_params.get("run", "")
    found = kept.find(key, session.owner()) if key else None
    if key and found is None:
        st.warning("没有这次运行的结果，可能已经删除。请重新上传。")
    if found is None:
        _begin()
    else:
        _result(key, found)


# ---- a new run -------------------------------------------------------------------------------------------------------


def _begin() -> None:
    parts.lead(
        "一张表，每行一个生产单元：列名取自字段目录，单位写在列名里，如“单机容量（MW）”。一个项目的各行相邻，代码相同。"
    )
    st.html(_HINT.format(key="portfolio-table", text=f"csv、xlsx、parquet，不超过 {MOST_MIB} MB"))
    st.html(_HINT.format(key="portfolio-columns", text="YAML"))
    left, right = st.columns([11, 9], gap="large")
    with left:
        table = st.file_uploader(
            "项目表（csv、xlsx、parquet）", type=list(kept.SUFFIXES), key="portfolio-table", max_upload_size=MOST_MIB
        )
        columns = st.file_uploader("列名对照（YAML，可不填）", type=["yaml", "yml"], key="portfolio-columns")
    with right:
        days = st.columns(2)
        as_of = days[0].date_input(
            "法规适用日期", value=None, key="portfolio-as-of", format="YYYY-MM-DD", help="不填则用各行的受理日期"
        )
        against = days[1].date_input(
            "与哪一天对比（可不填）", value=None, key="portfolio-against", format="YYYY-MM-DD",
            help="规定变了，看谁受影响：同一张表按两天的法规各判一次，列出哪些行变了、因为哪一条",
        )  # fmt: skip
        moment = st.selectbox(
            "判断时点", session.MOMENTS, index=session.MOMENTS.index(session.USUAL_MOMENT), key="portfolio-moment"
        )
        grade = st.checkbox("缺项按筛查级缺省值估算，逐行写明", key="portfolio-grade")
        go = st.button("开始", type="primary", disabled=table is None, key="portfolio-go")
        example = EXAMPLE.exists() and st.button("用示例：1,074 座真实电厂", key="portfolio-example")
    if go and against is not None and (as_of is None or as_of == against):
        st.warning("要对比，请把“法规适用日期”也填上，与对比的那一天不同。")
    elif go and table is not None:
        mapping = columns.getvalue() if columns else None
        _run(table.getvalue(), table.name, as_of, str(moment), grade, mapping, against)
    if example:
        mapping = EXAMPLE.with_suffix(".columns.yaml").read_bytes()
        day = as_of or _latest()
        _run(EXAMPLE.read_bytes(), EXAMPLE.name, day, str(moment), grade, mapping, against if against != day else None)


def _latest() -> date:
    """The day by which the example is judged when none was chosen: the one its description names."""
    return date(2026, 11, 1)


def _run(
    data: bytes, name: str, as_of: date | None, moment: str, grade: bool, columns: bytes | None, against: date | None
) -> None:
    bar = st.progress(0.0, "读表")

    def tell(done: int, rows: int, each: float) -> None:
        bar.progress(done / rows, f"{done:,}/{rows:,} 行　还需 {each * (rows - done):.0f} 秒")

    try:
        key = kept.start(
            data,
            name,
            as_of=as_of,
            moment=moment,
            screening_grade=grade,
            columns=columns,
            against=against,
            owner=session.owner(),
            progress=tell,
        )
    except InputError as error:
        bar.empty()
        parts.problems(error.problems, title=f"“{name}”不能用，请更正后再上传")
        return
    st.query_params["run"] = key
    st.rerun()


# ---- a result --------------------------------------------------------------------------------------------------------


@st.cache_resource(max_entries=4, show_spinner=False)
def _table(folder: str) -> pa.Table:
    return Kept(Path(folder), {}).table()


def _result(key: str, found: Kept) -> None:
    about = found.about
    day = figures.day(about["as_of"]) if about["as_of"] else "各行受理日期"
    grade = "　筛查级估算" if about["screening_grade"] else ""
    parts.lead(f"{about['name']}　法规适用日期 {day}　判断时点 {about['moment']}{grade}")
    table = _table(str(found.folder))
    if about.get("against"):
        _changes(found)
    tiles = st.columns(4)
    for tile, label, value in zip(
        tiles,
        ("读入（行）", "写出（行）", "退回（行）", "清单不完整（行）"),
        (about["given"], about["written"], about["refused"], about["incomplete"]),
        strict=True,
    ):
        tile.metric(label, f"{value:,}")
    _rows(table)
    _charts(found, table)
    _twice(found)
    _downloads(key, found)


@st.cache_resource(max_entries=4, show_spinner="正在逐行对比……")
def _compared(folder: str, _found: Kept) -> Changes | None:
    return _found.changes()


def _changes(found: Kept) -> None:
    """Who is touched between the two days, clause by clause."""
    try:
        changes = _compared(str(found.folder), found)
    except InputError as error:
        parts.problems(error.problems, title="两天的结果不能逐行对比")
        return
    assert changes is not None
    before, after = (figures.day(day) for day in changes.days)
    st.subheader(f"{before} → {after}，谁受影响", anchor=False)
    settled, worst, amounts = (
        sum(bool(held & {*move.levels, *move.figures}) for move in changes.moves)
        for held in ({"best"}, {"worst"}, set(FIGURES))
    )
    parts.lead(
        f"对比 {changes.compared:,} 行：{len(changes.moves):,} 行有变化，其中已确定的结论变了 {settled:,} 行，最坏可能变了 {worst:,} 行，排放量变了 {amounts:,} 行。"
    )
    if not changes.moves:
        return
    moved = {move.text: (move, count) for move, count in changes.by_clause()}
    chosen = st.selectbox(
        "因为哪一条", ["", *moved], format_func=lambda one: f"{moved[one][0].short}　{moved[one][1]:,} 行" if one else "全部变化", key="portfolio-moved"
    )  # fmt: skip
    touched = [move for move in changes.moves if not chosen or moved[chosen][0] in move.clauses]
    # What is settled comes first: a clause that only asks for more papers touches nearly everybody.
    touched.sort(key=lambda move: "best" not in move.levels)
    levels = ("best", "worst")
    rows = (
        (
            move.key[0],
            move.name,
            *(" → ".join(move.levels[name]) if name in move.levels else "未变" for name in levels),
            _why(move, chosen),
        )
        for move in touched[:PAGE]
    )
    head = ("项目代码", "项目名称", *(HEADINGS[name] for name in levels), "其他原因" if chosen else "原因")
    parts.scrolled(parts.table_markup(head, rows, tight=frozenset({0, 2, 3})), "受影响的行", 320)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "下载全部变化（Excel）", partial(_bytes, found.changes_file), file_name=f"{Path(found.about['name']).stem}-变化.xlsx", mime=MIME["xlsx"],
            key="portfolio-save-变化", on_click="ignore",
        )  # fmt: skip
        if len(touched) > PAGE:
            st.html(
                f'<span class="tp-soft tp-small">列出前 {PAGE} 行，共 {len(touched):,} 行，其余在下载的表里。</span>',
                width="content",
            )


def _why(move: Move, chosen: str) -> str:
    """Return the first reason and how many more there are (all are in the download); of a chosen one only how many stand beside it."""
    reasons = [one.short for one in move.clauses] or list(move.reasons)
    more = f"另有 {len(reasons) - 1} 条" if len(reasons) > 1 else ""
    return (more or "无") if chosen else "；".join(filter(None, (reasons[0], more)))


def _filter(table: pa.Table) -> Filter:
    first = st.columns([2.2, 1.2, 1.2, 1.2, 1.3], vertical_alignment="bottom")
    words = first[0].text_input("查找", placeholder="名称、代码、条款号", key="portfolio-words")
    options = {name: ["", *kept.words_of(table, name)] for name in ("verdict", "city", "sector")}
    verdict = first[1].selectbox(
        "审查结论", options["verdict"], format_func=lambda word: word or EVERY, key="portfolio-verdict"
    )
    city = first[2].selectbox("设区市", options["city"], format_func=lambda word: word or EVERY, key="portfolio-city")
    sector = first[3].selectbox(
        "行业", options["sector"], format_func=lambda word: SECTORS.get(word, word) or EVERY, key="portfolio-sector"
    )
    only = first[4].pills("只看", ["不完整", "排放大的在前"], selection_mode="multi", key="portfolio-only")
    return Filter(
        verdict or "", city or "", sector or "", words or "", "不完整" in (only or ()), "排放大的在前" in (only or ())
    )


def _rows(table: pa.Table) -> None:
    st.subheader("逐行结果", anchor=False)
    positions = kept.wanted(table, _filter(table))
    if not len(positions):
        st.html('<div class="tp-soft">没有这样的行。放宽条件再看。</div>')
        return
    pages = -(-len(positions) // PAGE)
    at = st.number_input(
        f"第几页（共 {pages} 页，{len(positions):,} 行）", 1, pages, 1, key="portfolio-page", width=240
    )
    mine = positions[(int(at) - 1) * PAGE : int(at) * PAGE]
    rows = table.take(pa.array(mine)).to_pylist()
    chosen = st.dataframe(
        [_shown(row) for row in rows],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="portfolio-rows",
        column_config={HEADINGS[name]: st.column_config.Column(short) for name, short in SHORT.items()},
        height=360,
        width="stretch",
    )
    picked = [place for place in chosen["selection"]["rows"] if place < len(rows)]
    if picked:
        _detail(rows[picked[0]])
    else:
        st.caption("选中一行，看它的条款、缺项、假设和因子。")


def _shown(row: dict) -> dict:
    shown = {HEADINGS[name]: row[name] for name in SHOWN}
    shown[HEADINGS["city"]] = row["city"] or "未定"
    shown[HEADINGS["kind"]] = UNIT_KINDS.get(row["kind"], row["kind"])
    shown[HEADINGS["complete"]] = "是" if row["complete"] else "否"
    shown["达产年（万tCO₂）"] = figures.ten_thousand_tonnes(row["design_year_tco2"])
    # As on the page of one project: the known part of an incomplete inventory is no total, and nothing known is not zero.
    shown["全生命周期（万tCO₂）"] = figures.ten_thousand_tonnes(row["lifetime_tco2"]) if row["complete"] else "不完整"
    shown[HEADINGS["city_share"]] = figures.percent(row["city_share"], 1.0) if row["city_share"] is not None else ""
    return shown


def _detail(row: dict) -> None:
    st.markdown(f"**第 {row['row']} 行**　{parts.quoted(row['name'] or '未填名称')}")
    lines = [(HEADINGS[name], row[name].replace(BETWEEN, "\n")) for name in LISTS if row[name]]
    parts.table(("项目", "内容"), lines)


def _charts(found: Kept, table: pa.Table) -> None:
    ledger = found.ledger()
    left, right = st.columns(2, gap="large")
    for place, chart in (
        (left, charts.jiangsu(ledger)),
        (right, charts.verdicts(kept.counts(table))),
        (left, charts.by_year(ledger)),
    ):
        if chart is not None:
            with place:
                st.subheader(chart.title, anchor=False)
                st.vega_lite_chart(spec=chart.spec, theme=None, width="stretch", alt=chart.description)


def _twice(found: Kept) -> None:
    lines = [
        (one.party, "、".join(one.accounts), "、".join(map(str, one.rows)), figures.ten_thousand_tonnes(one.amount))
        for one in told_twice(found.ledger())
    ]
    if lines:
        st.subheader("出让（减排）方列入多个项目，疑似重复计入", anchor=False)
        parts.table(("出让（减排）方", "账目", "行号", "合计（万tCO₂）"), lines, numbers=frozenset({3}))


def _downloads(key: str, found: Kept) -> None:
    st.subheader("下载", anchor=False)
    suffix = str(st.radio("结果表", ("parquet", "xlsx", "csv"), horizontal=True, key="portfolio-suffix"))
    places = st.columns(4)
    stem = Path(found.about["name"]).stem
    # Made when somebody asks for it: a hundred thousand rows with their clauses are a large sheet.
    for place, label, name, kind, make in (
        (places[0], "结果", f"{stem}-结果.{suffix}", suffix, partial(_bytes, partial(found.as_file, suffix))),
        (places[1], "退回的行", f"{stem}-退回.csv", "csv", partial(_bytes, lambda: found.errors)),
        (places[2], "区域台账", f"{stem}-台账.xlsx", "xlsx", partial(_bytes, found.ledger_file)),
    ):
        place.download_button(
            label, make, file_name=name, mime=MIME[kind], key=f"portfolio-save-{label}", on_click="ignore"
        )
    if places[3].button("删除这次结果，另起一次", key="portfolio-again"):
        kept.forget(found)
        del st.query_params["run"]
        st.rerun()


def _bytes(make: Callable[[], Path]) -> bytes:
    return make().read_bytes()


show()
