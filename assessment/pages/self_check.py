"""项目自查: an applicant's own check, question by question, on this machine: four lists, the papers and who issues them, what to take along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from tanping.assessment.documents import context, figures, pdf
from tanping.assessment.documents.self_check import UNTOLD, Lists, choices, lists_of
from tanping.assessment.pages import asking, fields, guard, parts, session
from tanping.assessment.pages import draft as drafts
from tanping.assessment.pages.asking import MOST, NO, UNSURE, Asked
from tanping.assessment.pages.downloads import PDF, XLSX, file_name
from tanping.assessment.project.catalogue import TABLE_LABELS
from tanping.assessment.project.form import form_bytes
from tanping.assessment.project.model import PAPER_STATUSES, PROJECT_NATURES, SECTORS, UNIT_KINDS
from tanping.assessment.review.store import Draft
from tanping.records.errors import InputError
from tanping.rules.clause import UNDECIDED
from tanping.rules.facts import Fact
from tanping.rules.finding import Finding

if TYPE_CHECKING:
    from tanping.assessment.project.model import Project
    from tanping.assessment.result import Assessment, Inventory

STEPS = ("基本情况", "逐问回答", "排放用量", "自查结果")
NOT_AN_OPINION = "自查结果不代表审查意见。"
ROWS = {"fuels": "燃料", "energy": "外购电力、热力", "products": "产品"}
FEW = 4
"""Rows of a table that are shown here; all are on the page 填报."""
ROW_FIELDS = {
    "fuels": ("fuel", "role", "amount", "ncv", "carbon_per_heat"),
    "energy": ("kind", "amount"),
    "products": ("product", "amount"),
}


def show() -> None:
    """Write the page."""
    st.title("项目自查", anchor=False)
    draft = session.current()
    if draft is None:
        _begin()
        return
    outcome = session.outcome(draft)
    parts.lead(f"《{draft.title}》　{_standing()}")
    open_ = _open(draft, outcome)
    _light(draft, outcome, open_)
    step = st.segmented_control(
        "步骤", STEPS, default=_usual(draft, outcome), required=True, key="self-step", label_visibility="collapsed"
    )
    fields.tell_trouble()
    if step == STEPS[1]:
        _ask(draft, outcome, open_)
    elif step == STEPS[2]:
        _amounts(draft, outcome)
    elif step == STEPS[3]:
        _result(draft, outcome)
    else:
        _basics(draft)


def _standing() -> str:
    """What a self-check is worth, and where what is typed lies: on this machine, or where people sign in on their office's server."""
    kept = "所填内容存于本单位的服务器。" if session.owner() else "只在本机运行，所填内容不会离开这台电脑。"
    return NOT_AN_OPINION + kept


def _usual(draft: Draft, outcome: session.Outcome) -> str:
    """Where a person stands on arrival: at the questions as soon as they can be ranked."""
    return STEPS[1] if outcome.assessment is not None else STEPS[0]


def _open(draft: Draft, outcome: session.Outcome) -> list[Asked]:
    if outcome.assessment is None:
        return []
    later = st.session_state.get(f"self-later-{draft.id}", ())
    return asking.remaining(draft.content, outcome.assessment.screening.missing, later)


# ---- beginning -------------------------------------------------------------------------------------------------------


def _begin() -> None:
    """Say what this is and take the few things that must be known before anything can be asked."""
    parts.lead("三分钟看到第一个结论：先填这几项，再逐问回答，随时可停，所填即存。")
    st.info("还没有打开项目。填好下面几项就开始；已有草稿的，从“开始”页打开后再来。")
    today = datetime.now(parts.BEIJING).date()
    first = st.columns([4, 1.4, 1.6, 1.8])
    name = first[0].text_input("项目名称", max_chars=100, key="self-name", placeholder="可稍后再填")
    sector = first[1].selectbox("行业", list(SECTORS), format_func=lambda code: SECTORS[code], key="self-sector")
    nature = first[2].selectbox(
        "建设性质", list(PROJECT_NATURES), format_func=lambda code: PROJECT_NATURES[code], key="self-nature"
    )
    accepted = first[3].date_input(
        "打算何时申报", value=today, min_value="2015-01-01", max_value="2040-12-31", format="YYYY-MM-DD", key="self-day",
        help="按这一天有效的法规判断，存作受理日期，可改。",
    )  # fmt: skip
    second = st.columns([1.2, 1.2, 1.6, 4.8])
    province = second[0].text_input("省", key="self-province", placeholder="江苏")
    city = second[1].text_input("设区市", key="self-city", placeholder="盐城")
    county = second[2].text_input("县（市、区）", key="self-county", placeholder="射阳县")
    kinds = second[3].multiselect(
        "主要生产单元", asking.kinds_of(sector), format_func=lambda kind: UNIT_KINDS[kind], key=f"self-kinds-{sector}", placeholder="选一种或几种",
    )  # fmt: skip
    if st.button("开始自查", type="primary", key="self-begin"):
        if not kinds or not accepted:
            st.warning("请至少选一种生产单元，并填申报日期。")
            return
        content = asking.begin(
            name=name or "", sector=sector, nature=nature, province=province or "", city=city or "", county=county or "", accepted=accepted,
            kinds=kinds,
        )  # fmt: skip
        title, code = drafts.describe(content)
        made = session.store().create_draft(content, title=title, sector=code, owner=session.owner())
        session.open_draft(made.id, "self_check")
    st.html(f'<div class="tp-foot">{_standing()}</div>')


def _basics(draft: Draft) -> None:
    """The few fields that everything else hangs on; each saves when it is left."""
    paths = [f"project/{name}" for name in ("name", "nature", "method")] + [
        "dates/accepted",
        "dates/construction_start",
    ]
    paths += [f"site/{name}" for name in ("province", "city", "county")]
    for start in range(0, len(paths), 4):
        for column, path in zip(st.columns(4), paths[start : start + 4], strict=False):
            with column:
                fields.field(draft, path)
    st.subheader("生产单元", anchor=False)
    capacity = "capacity" if drafts.sector(draft.content) == "power" else "output_capacity"
    for unit in drafts.rows(draft.content, "units"):
        for column, name in zip(st.columns(5), ("name", "kind", "nature", capacity, "hours"), strict=True):
            with column:
                fields.field(draft, f"units/{unit}/{name}")
    _more(draft, "units", "添加生产单元")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(session.page("project"), label="全部字段在“填报”页")
        st.button("另查一个项目（这份草稿留着）", type="tertiary", key="self-other", on_click=session.close)


def _more(draft: Draft, table: str, label: str) -> None:
    st.button(label, key=f"self-more-{table}", icon=":material/add:", on_click=_add, args=(draft.id, table))


def _add(draft_id: str, table: str) -> None:
    fields.attempt(
        lambda: session.change(
            draft_id, lambda content: drafts.with_row(content, table, drafts.free_id(content, table))
        )
    )


# ---- the light -------------------------------------------------------------------------------------------------------


def _light(draft: Draft, outcome: session.Outcome, open_: Sequence[Asked]) -> None:
    """Say where things stand, in words, at the head of every step."""
    if outcome.assessment is None:
        st.html(f'<div class="tp-panel">{parts.chip("尚无结果", "open")}　先补下面几项，就能看到第一个结论。</div>')
        parts.lacking(outcome.problems, title="还缺")
        return
    lists = lists_of(outcome.assessment)
    chips = parts.headline(outcome.assessment.screening)
    told = "；".join(_words(outcome.assessment, lists, len(open_)))
    st.html(f'<div class="tp-panel"><div>{chips}</div><div class="tp-strong tp-gap">{escape(told)}。</div></div>')


def _words(assessment: Assessment, lists: Lists, open_: int) -> list[str]:
    hard = [item for item in lists.hard if not item.provisional]
    doubtful = len(lists.hard) - len(hard)
    told = [f"有 {len(hard)} 处硬伤，不解决不要申报" if hard else "目前没有发现硬伤"]
    if doubtful:
        told.append(f"另有 {doubtful} 处疑似，条款原文待核")
    due = [paper for paper in lists.papers if paper.status != UNTOLD]
    if due:
        told.append(f"要办的文件 {len(due)} 件")
    if lists.argue:
        told.append(f"要论证的 {len(lists.argue)} 项")
    if assessment.screening.verdict == UNDECIDED and open_:
        told.append(f"还有 {open_} 问没答，最坏可能“{assessment.screening.worst}”")
    return told


# ---- questions -------------------------------------------------------------------------------------------------------


def _ask(draft: Draft, outcome: session.Outcome, open_: Sequence[Asked]) -> None:
    if outcome.assessment is None:
        st.html('<div class="tp-soft">先把“基本情况”补齐。</div>')
        return
    done = asking.answered(draft.content)
    reopened = {asked.question.id: asked for asked in done}
    key = f"self-again-{draft.id}"
    again = st.session_state.get(key)
    _progress(len(done), len(open_))
    if again in reopened:
        _put(draft, reopened[again], again=True)
    elif open_:
        _put(draft, open_[0])
    else:
        st.success("问题都答过了。到“自查结果”看四张清单，下载报告和填报表。")
    if done:
        names = {asked.question.id: asked.question.ask for asked in done}
        st.selectbox(
            "改前面的回答", list(names), index=None, format_func=lambda one: names[one], key=key, placeholder=f"已答 {len(done)} 问，选一问来改"
        )  # fmt: skip


def _progress(done: int, open_: int) -> None:
    share = done / (done + open_) if done + open_ else 1.0
    left = f"还有约 {open_} 问" if open_ else "没有要问的了"
    st.progress(share, text=f"已答 {done} 问，{left}（一般不超过 {MOST} 问，随时可停）")


def _put(draft: Draft, asked: Asked, *, again: bool = False) -> None:
    """Put one question as a form: one answer, one save, one new result."""
    question = asked.question
    weight = f"影响 {question.decides} 条要求" if question.decides else "已答过，可以改"
    with st.container(border=True):
        st.html(
            f'<div><b class="tp-ask-text">{escape(question.ask)}</b>　<span class="tp-soft tp-small">{weight}</span></div>'
        )
        papers = all(fact.kind == "paper" for fact in question.facts)
        with st.form(f"{draft.id}/{question.id}/{draft.version}", border=False):
            told = _ticks(draft, asked) if question.grouped and not papers else _table(draft, asked)
            with st.container(horizontal=True):
                kept = st.form_submit_button("保存，下一问", type="primary")
                doubt = st.form_submit_button("这一问都不清楚")
                later = st.form_submit_button("以后再答") if not again else False
    if kept:
        _save(draft, asked, {path: text for path, text in told.items() if text})
    elif doubt:
        _save(draft, asked, asking.unsure(asked))
    elif later:
        _save(draft, asked, {})


def _save(draft: Draft, asked: Asked, told: dict[str, str]) -> None:
    """Save the answers given; what of the question is left open comes back after all others."""
    if told:
        fields.attempt(lambda: session.change(draft.id, lambda content: asking.with_answers(content, told)))
    st.session_state.pop(f"self-again-{draft.id}", None)
    put_off = st.session_state.get(f"self-later-{draft.id}", ())
    left = tuple(one for one in put_off if one != asked.question.id)
    st.session_state[f"self-later-{draft.id}"] = (*left, asked.question.id)
    st.rerun()


def _ticks(draft: Draft, asked: Asked) -> dict[str, str]:
    """A list to tick: what holds; then whether the rest is no, or not known."""
    held = []
    facts = asked.question.facts
    for start in range(0, len(facts), 3):
        for column, fact in zip(st.columns(3), facts[start : start + 3], strict=False):
            yes = any(drafts.text(draft.content, path) == asking.YES for path in asked.places[fact.name])
            if column.checkbox(
                fact.label, value=yes, key=_key(draft, asked, fact), help=fact.ask or fact.meaning or None
            ):
                held.append(fact.name)
    return asking.ticked(asked, held, _rest(draft, asked, NO))


def _table(draft: Draft, asked: Asked) -> dict[str, str]:
    """A small table: an answer for each fact, for each production unit where they may differ."""
    told: dict[str, str] = {}
    places = [(fact, path) for fact in asked.question.facts for path in asked.places[fact.name]]
    for start in range(0, len(places), 3):
        for column, (fact, path) in zip(st.columns(3), places[start : start + 3], strict=False):
            with column:
                told[path] = _answer(draft, asked, fact, path)
    if asked.question.grouped:
        rest = _rest(draft, asked, PAPER_STATUSES["absent"])
        told = {path: text or rest for path, text in told.items()}
    return told


def _rest(draft: Draft, asked: Asked, no: str) -> str:
    """Ask once what holds of all that was not picked: a confirmed no, or not known. Empty while neither was said."""
    words = {no: f"确认没有（{asked.question.none}）", UNSURE: "还不清楚"}
    said = st.radio(
        "没有选的", list(words), format_func=lambda one: words[one], horizontal=True, index=None,
        key=f"{draft.id}/{asked.question.id}/{draft.version}/rest",
    )  # fmt: skip
    return said or ""


def _answer(draft: Draft, asked: Asked, fact: Fact, path: str) -> str:
    unit = path.split("/")[1] if path.startswith("units/") else ""
    whose = f"（{drafts.text(draft.content, f'units/{unit}/name') or unit}）" if unit else ""
    now = drafts.text(draft.content, path)
    label, key = f"{fact.label}{whose}", f"{_key(draft, asked, fact)}/{path}"
    help_ = f"由谁出具：{fact.issuer}" if fact.issuer else fact.meaning or None
    options = _options(fact)
    if options:
        labels = {**fact.choices, **PAPER_STATUSES}
        shown = labels.get(now, now)
        index = options.index(shown) if shown in options else None
        return st.selectbox(label, options, index=index, key=key, help=help_, placeholder="未填") or ""
    if why := drafts.refusal(path, now):
        st.html(f'<div class="tp-bad">未采用：{escape(why)}</div>')
    unit_of = f"（{figures.unit(fact.unit)}）" if fact.unit and fact.unit != "1" else ""
    hint = "年-月-日；不清楚可空着" if fact.kind == "date" else "不清楚可空着"
    typed = (st.text_input(f"{label}{unit_of}", value=now, key=key, help=help_, placeholder=hint) or "").strip()
    return _with_unit(typed, fact)


def _options(fact: Fact) -> list[str]:
    match fact.kind:
        case "flag":
            return [asking.YES, NO, UNSURE]
        case "paper":
            return [*PAPER_STATUSES.values(), UNSURE]
        case "choice":
            return [*fact.choices.values(), UNSURE]
    return []


def _with_unit(typed: str, fact: Fact) -> str:
    """The label names the unit, so a bare number is in it."""
    bare = typed.replace(",", "").lstrip("+-").replace(".", "", 1)
    return f"{typed} {fact.unit}" if bare.isdigit() and fact.unit and fact.unit != "1" else typed


def _key(draft: Draft, asked: Asked, fact: Fact) -> str:
    return f"{draft.id}/{asked.question.id}/{draft.version}/{fact.name}"


# ---- amounts ---------------------------------------------------------------------------------------------------------


def _amounts(draft: Draft, outcome: session.Outcome) -> None:
    """The few amounts a total needs; what is not known stays blank and the total says so."""
    parts.lead("按达产年一年的量填，可直接带单位，如 395 万吨、1.2 亿kWh。空白按未知处理，不当作零；没有的填“无”。")
    with st.container(horizontal=True, width=420):
        fields.field(draft, "project/method")
    for table, label in ROWS.items():
        st.html(f'<h3 class="tp-topic">{label}</h3>')
        rows = drafts.rows(draft.content, table)
        for row in rows[:FEW]:
            names = ROW_FIELDS[table]
            for column, name in zip(st.columns(5), names, strict=False):
                with column:
                    fields.field(draft, f"{table}/{row}/{name}")
        if len(rows) > FEW:
            st.html(
                f'<div class="tp-soft tp-small">另有 {len(rows) - FEW} 行，在“填报”页的“{TABLE_LABELS[table]}”里。</div>'
            )
        _more(draft, table, f"添加{label}")
    if outcome.assessment is not None:
        with guard():
            _totals(outcome.assessment)


def _totals(assessment: Assessment) -> None:
    inventory = assessment.inventory
    st.subheader("排放量", anchor=False)
    if inventory.design_year_total is None:
        st.html(
            f'<div class="tp-tile"><b>达产年排放量：不完整</b>　<span class="tp-soft">{escape(context.known_part(inventory))}</span></div>'
        )
    else:
        amount = figures.ten_thousand_tonnes(inventory.design_year_total)
        st.html(
            f'<div class="tp-tile"><span class="tp-figure">{amount} <small>万tCO₂/a</small></span>　达产年排放量</div>'
        )
    rows = [
        (
            source.name,
            source.expression if source.design_year is not None else f"未计算，缺 {'；'.join(source.missing)}",
            _amount(source.design_year),
        )
        for source in inventory.sources
        if source.stage == "operation" and not source.memo
    ]
    if rows:
        parts.table(("排放源", "算式", "万tCO₂/a"), rows, numbers=frozenset({2}))
    _usual_range(assessment)
    _wanting(inventory)


def _amount(value: float | None) -> str:
    return "" if value is None else figures.ten_thousand_tonnes(value)


def _usual_range(assessment: Assessment) -> None:
    """Set the indicators against published figures, so that a slip of a factor of ten shows."""
    rows = [
        (
            indicator.name,
            f"{figures.significant(indicator.value, 4)} {figures.unit(indicator.unit)}",
            "；".join(
                f"{one.name} {figures.significant(one.value, 4)} {figures.unit(one.unit)}"
                for one in indicator.references
            ),
        )
        for indicator in assessment.indicators
        if indicator.value is not None and indicator.references
    ]
    if rows:
        parts.table(("指标", "本项目", "常见水平（只作比较，不是限值）"), rows)


def _wanting(inventory: Inventory) -> None:
    if inventory.missing:
        listed = "；".join(inventory.missing[:8]) + ("……" if len(inventory.missing) > 8 else "")
        st.html(f'<div class="tp-soft tp-small">算全还缺 {len(inventory.missing)} 项：{escape(listed)}</div>')


# ---- the result ------------------------------------------------------------------------------------------------------


def _result(draft: Draft, outcome: session.Outcome) -> None:
    if outcome.assessment is None or outcome.project is None:
        st.html('<div class="tp-soft">先把“基本情况”补齐。</div>')
        return
    assessment = outcome.assessment
    lists = lists_of(assessment)
    _take(draft, outcome.project, assessment)
    left, right = st.columns(2, gap="large")
    with left:
        _faults("一、硬伤", lists.hard, "按现有资料没有发现禁止或限制的情形。")
        _faults("三、须论证", lists.argue, "按现有资料没有发现。")
        _lacking(lists)
    with right:
        _papers(lists)
    _totals(assessment)
    st.html(f'<div class="tp-foot">{_standing()}它按您填写的内容对照已登记的条款得出，没有人核实过。</div>')


def _faults(title: str, found: Sequence[Finding], none: str) -> None:
    st.subheader(f"{title}　{len(found)}", anchor=False)
    if not found:
        st.html(f'<div class="tp-soft">{none}</div>')
        return
    rows = "".join(map(_fault, found))
    st.html(f'<table class="tp-table"><tbody>{rows}</tbody></table>')


def _fault(item: Finding) -> str:
    word = context.conclusion(item)
    number = f"（{item.number}）" if item.number else ""
    cite = f"{parts.quoted(item.document)}{number}{item.article}"
    chip = parts.chip_of(f"{word.mark} {word.word}", word.tone)
    return (
        f'<tr><td class="tp-tight">{chip}</td><td>{escape(item.requirement)}<br><span class="tp-small">{escape(item.because)}</span>'
        f'<br><span class="tp-soft tp-small">{escape(cite)}</span></td></tr>'
    )


def _papers(lists: Lists) -> None:
    st.subheader(f"二、批前须办　{len(lists.papers)}", anchor=False)
    if not lists.papers:
        st.html('<div class="tp-soft">没有尚待取得的文件。</div>')
        return
    rows = [(paper.label, f"{paper.moment}前", paper.issuer or "向牵头处询问", paper.status) for paper in lists.papers]
    table = parts.table_markup(("文件", "最迟", "由谁出具", "状态"), rows, tight=frozenset({1, 3}))
    parts.scrolled(table, "批前须办的文件", 420 if len(rows) > 11 else None)


def _lacking(lists: Lists) -> None:
    st.subheader(f"四、缺资料　{len(lists.asked)}", anchor=False)
    if not lists.asked:
        st.html('<div class="tp-soft">条款判断所需的事实齐备。</div>')
        return
    st.html('<div class="tp-soft tp-small">最能改变结论的几问：</div>')
    parts.table(
        ("问题", "可答", "影响"),
        (
            (context.question(fact), choices(fact), f"{fact.decides} 条，最重“{fact.severity}”")
            for fact in lists.deciding
        ),
        tight=frozenset({2}),
    )


def _take(draft: Draft, project: Project, assessment: Assessment) -> None:
    """Offer the report and the form, made on this machine when asked for."""
    record = session.record(draft)
    sha256 = context.digest(record)
    printed: dict[str, bytes] = st.session_state.setdefault("self-printed", {})
    with st.container(horizontal=True, vertical_alignment="center"):
        if sha256 in printed:
            st.download_button(
                "下载自查报告（PDF）", printed[sha256], file_name=file_name(draft.title, "自查报告", "pdf"), mime=PDF, type="primary", key="self-pdf",
                on_click="ignore",
            )  # fmt: skip
        elif st.button("生成自查报告", type="primary", key="self-print"):
            try:
                with st.spinner("正在排版……"), pdf.start_press() as press:
                    made = pdf.print_pdf(assessment, press, "self_check")
            except InputError as error:
                st.error(f"没有印成：{error}")
                return
            printed.clear()
            printed[sha256] = made
            st.rerun()
        st.download_button(
            "下载填报表（Excel）", lambda: form_bytes(drafts.sector(draft.content) or next(iter(SECTORS)), project), file_name=file_name(draft.title, "项目表", "xlsx"),
            mime=XLSX, key="self-form", on_click="ignore",
        )  # fmt: skip
        st.html('<span class="tp-soft tp-small">填报表已填好以上回答，审查人员可直接导入。</span>', width="content")
    if draft.content["typed"]:
        st.warning(f"有 {len(draft.content['typed'])} 项填写未被采用，不在填报表里；请到“填报”页更正。")


show()
