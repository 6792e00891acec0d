"""规则库: the clauses by topic and document on any date, one clause with its whole record, tried on a project; packs as workbooks; texts checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path

import streamlit as st

import tanping
from tanping.assessment.pages import clauses, parts, session
from tanping.assessment.pages.review import entry
from tanping.assessment.project.intake import load_project
from tanping.assessment.project.model import Project
from tanping.assessment.review.roles import REVIEWING, SIGNING, Role
from tanping.assessment.trial import Subject, subject, tried
from tanping.records.basis import Basis
from tanping.records.doors.intake import parse_xlsx
from tanping.records.errors import InputError
from tanping.rules import attest
from tanping.rules.attest import Stage, Standing, Verdict, Verifications
from tanping.rules.clause import TOPICS, Clause
from tanping.rules.facts import load_catalogue
from tanping.rules.keep import examine, keep, workbook_of
from tanping.rules.law import (
    VERIFICATIONS,
    State,
    cases_of,
    law_state,
    load_law,
    own_files,
    packs_folder,
    set_aside,
    shipped_names,
)
from tanping.rules.pack import Pack, PackSet
from tanping.rules.sheet_in import read_sheet

VIEWS = ("条款", "规则包与表格", "原文核对")
EVERY = "全部"
BY = ("审查要点", "文件")
ONLY = ("待核原文", "已核原文", "转人工", "本单位的")
MOST_ROWS = 120
LIST_HEIGHT = 250
FIRST, LAST = date(2005, 1, 1), date(2031, 12, 31)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXTS = ["pdf", "docx", "txt", "png", "jpg", "jpeg", "tif", "tiff"]
EXAMPLES = Path(tanping.__file__).with_name("examples")


def show() -> None:
    """Write the page."""
    st.title("规则库", anchor=False)
    try:
        law = load_law()
    except InputError as error:
        parts.problems(error.problems, title="本单位载入的规则包有错，改正或停用之前不能审查")
        _own_packs(None)
        return
    kept = _kept(law_state())
    _summary(law, kept)
    view = st.segmented_control(
        "内容", VIEWS, default=VIEWS[0], required=True, key="rules-view", label_visibility="collapsed"
    )
    if done := st.session_state.pop("rules-done", ""):
        st.success(done)
    if view == VIEWS[1]:
        _sheets(law)
    elif view == VIEWS[2]:
        _checks(law, kept)
    else:
        _browse(law, kept)


@lru_cache(maxsize=2)
def _kept(_state: State) -> Verifications:
    return Verifications.open()


def _summary(law: PackSet, kept: Verifications) -> None:
    open_ = sum(clause.provisional for clause in law.clauses)
    packs = [pack for pack in law if pack.name != VERIFICATIONS]
    own = sum(_is_own(pack) for pack in packs)
    mine = f"，其中本单位 {own} 个" if own else ""
    checked = _checked(law, kept) if kept.steps else ""
    parts.lead(
        f"{len(packs)} 个规则包{mine}，共 {len(law.clauses)} 条；待核原文 {open_} 条{checked}。命中待核的条款只报疑似。"
    )


def _checked(law: PackSet, kept: Verifications) -> str:
    waiting = sum(kept.standing(law.clause(one)).stage is Stage.ATTACHED for one in _touched(law, kept))
    return f"，经两人核对 {len(kept.in_effect(law.clauses))} 条，待复核 {waiting} 条"


def _touched(law: PackSet, kept: Verifications) -> set[str]:
    """Ids of the clauses with a record of checking; those of packs that are gone are left out."""
    return {step.clause for step in kept.steps} & {clause.id for clause in law.clauses}


def _is_own(pack: Pack) -> bool:
    return Path(pack.source).parent == packs_folder()


# ---- finding ---------------------------------------------------------------------------------------------------------


def _browse(law: PackSet, kept: Verifications) -> None:
    on, found = _filtered(law, kept)
    _moves(law, on)
    if not found:
        st.html('<div class="tp-soft">没有这样的条款。换一个词、日期，或放宽条件。</div>')
        return
    by = st.session_state.get("rules-by") or BY[0]
    found.sort(key=lambda clause: _place(clause, by))
    _list(found, by, kept)
    names = {clause.id: f"{clause.article}　{clause.requirement}"[:60] for clause in found}
    asked = st.query_params.get("clause", "")
    chosen = st.selectbox(
        "查看",
        list(names),
        index=list(names).index(asked) if asked in names else 0,
        format_func=lambda one: f"{names[one]}（{one}）",
        key=f"rules-clause-{asked if asked in names else ''}",
        help="从上面的结果里选一条",
    )
    _open(law, law.clause(chosen), kept, on)


def _filtered(law: PackSet, kept: Verifications) -> tuple[date, list[Clause]]:
    catalogue = load_catalogue()
    first = st.columns([2.6, 1.6, 2.4, 1.5], vertical_alignment="bottom")
    words = first[0].text_input(
        "查找",
        st.query_params.get("clause", ""),
        placeholder="编号、文件、条号、要点，如：红线 码头",
        key="rules-words",
    )
    topic = first[1].selectbox("审查要点", ["", *TOPICS], format_func=lambda one: one or EVERY, key="rules-topic")
    index = _index(law_state())
    document = first[2].selectbox(
        "文件", ["", *index.documents], format_func=lambda one: one or EVERY, key="rules-document"
    )
    sectors = catalogue["sector"].choices
    sector = first[3].selectbox(
        "生产单元", ["", *sectors], format_func=lambda one: sectors.get(one, EVERY), key="rules-sector"
    )
    second = st.columns([4.4, 2.2, 1.5], vertical_alignment="bottom", gap="medium")
    start = min(max(_day(), FIRST), LAST)
    on = second[0].slider("当日有效", FIRST, LAST, value=start, format="YYYY-MM-DD", key="rules-day")
    only = second[1].pills("只看", ONLY, selection_mode="multi", key="rules-only")
    second[2].segmented_control("排列", BY, default=BY[0], required=True, key="rules-by")
    own = {pack.name for pack in law if _is_own(pack)}
    found = [
        clause
        for clause in law.clauses
        if clause.in_force(on)
        and (not topic or clause.topic == topic)
        and (not document or clause.document.citation == document)
        and (not sector or sector in clause.sectors)
        and all(_held(clause, one, own, kept) for one in only or ())
        and all(word in index.said[clause.id] for word in words.split())
    ]
    return on, found


def _day() -> date:
    """Return the day to begin with: the one judged by, else the open project's own, else today, as a reader of law asks."""
    draft = session.current()
    read = session.typed(draft).project if draft is not None else None
    accepted: date | None = read.dates.accepted.effective if read is not None else None
    return session.judged().as_of or accepted or datetime.now(parts.BEIJING).date()


def _held(clause: Clause, only: str, own: set[str], kept: Verifications) -> bool:
    match only:
        case "待核原文":
            return clause.provisional
        case "已核原文":
            return kept.standing(clause).stage is Stage.VERIFIED
        case "转人工":
            return clause.manual
    return clause.pack in own


@dataclass(frozen=True)
class _Index:
    """What the list needs of every clause, made once for a state of the law: words to search, and its line without marks of checking."""

    said: dict[str, str]
    rows: dict[str, str]
    documents: list[str]
    days: list[date]


@lru_cache(maxsize=2)
def _index(_state: State) -> _Index:
    held = load_law().clauses
    said = {
        one.id: " ".join((one.id, one.document.citation, one.article, one.requirement, one.question)) for one in held
    }
    rows = {one.id: clauses.row(one, None) for one in held}
    documents = sorted({one.document.citation for one in held})
    return _Index(said, rows, documents, clauses.change_days(held))


def _moves(law: PackSet, on: date) -> None:
    """Say what came and what ended at the last change of law, and offer to go to the changes on either side."""
    days = _index(law_state()).days
    last = max((day for day in days if day <= on), default=None)
    coming = min((day for day in days if day > on), default=None)
    before = max((day for day in days if last and day < last), default=None)
    in_force = sum(clause.in_force(on) for clause in law.clauses)
    came = [clause for clause in law.clauses if last and clause.effective_from == last]
    ended = [
        clause for clause in law.clauses if clause.effective_to and last and (last - clause.effective_to).days == 1
    ]
    told = f"{on} 有效 {in_force} 条"
    if last:
        told += f"；最近一次变化 {last}：新施行 {len(came)} 条，终止 {len(ended)} 条"
    if coming:
        told += f"；下一次 {coming}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="tp-soft tp-small">{told}</span>', width="content")
        st.button("前一次变化", type="tertiary", key="rules-before", disabled=not before, on_click=_go, args=(before,))
        st.button("后一次变化", type="tertiary", key="rules-after", disabled=not coming, on_click=_go, args=(coming,))
        if came or ended:
            with st.popover(f"{last} 变了什么", type="tertiary"):
                st.html(_changed("新施行", came) + _changed("终止", ended))


def _go(day: date | None) -> None:
    if day is not None:
        st.session_state["rules-day"] = min(max(day, FIRST), LAST)


def _changed(title: str, moved: Sequence[Clause]) -> str:
    if not moved:
        return ""
    lines = "".join(
        f"<li>{escape(clause.document.citation)}{escape(clause.article)}：{escape(clause.requirement)}</li>"
        for clause in moved
    )
    return f'<h3 class="tp-topic">{title}　{len(moved)}</h3><ul class="tp-small">{lines}</ul>'


def _list(found: Sequence[Clause], by: str, kept: Verifications) -> None:
    shown, rows = found[:MOST_ROWS], _index(law_state()).rows
    touched = {step.clause for step in kept.steps}
    groups = [
        (name, [clauses.row(one, kept.standing(one)) if one.id in touched else rows[one.id] for one in members])
        for name, members in groupby(shown, key=lambda clause: _group(clause, by))
    ]
    parts.scrolled(clauses.table(groups), "条款表", LIST_HEIGHT if len(shown) > clauses.LONG_LIST else None)
    more = f"，列出前 {MOST_ROWS} 条，请再加条件" if len(found) > MOST_ROWS else ""
    st.html(f'<div class="tp-soft tp-small">共 {len(found)} 条{more}。</div>')


def _group(clause: Clause, by: str) -> str:
    return clause.topic if by == BY[0] else clause.document.citation


def _place(clause: Clause, by: str) -> tuple[int, str]:
    return (TOPICS.index(clause.topic), "") if by == BY[0] else (0, clause.document.citation)


# ---- one clause ------------------------------------------------------------------------------------------------------


def _open(law: PackSet, clause: Clause, kept: Verifications, on: date) -> None:
    standing = kept.standing(clause)
    left, right = st.columns([11, 10], gap="medium")
    with left:
        st.html(clauses.record(clause, law.catalogue, standing))
    with right:
        _try(clause, on)
        _cases(clause)
        _verify(clause, kept, standing)


def _try(clause: Clause, on: date) -> None:
    """Try the clause on the open draft or an example, as of the day of the slider."""
    st.subheader("试判", anchor=False)
    projects = _projects()
    chosen = st.selectbox("用哪个项目试", list(projects), key="rules-project", label_visibility="collapsed")
    source = projects[chosen]
    try:
        on_project = _subject(source, _project_key(source), on, law_state())
    except InputError as error:
        parts.problems(error.problems, title="这个项目还不能试判")
        return
    found = tried(on_project, clause.id, session.judged().moment)
    st.html(f'<div class="tp-panel">{clauses.trial(found)}</div>')


def _projects() -> dict[str, str]:
    draft = session.current()
    found = {f"打开的项目：{draft.title}": ""} if draft is not None else {}
    return found | {f"示例：{title}": path for path, title in _examples().items()}


@st.cache_data(show_spinner=False)
def _examples() -> dict[str, str]:
    found = {}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        try:
            found[str(path)] = load_project(path).project.name.text
        except InputError:
            continue
    return found


def _project_key(source: str) -> str:
    draft = session.current() if not source else None
    return draft.sha256 if draft is not None else source


@st.cache_resource(max_entries=16, show_spinner=False)
def _subject(_source: str, key: str, on: date, law: State) -> Subject:
    return subject(_project(_source), on)


def _project(source: str) -> Project:
    if source:
        return load_project(Path(source))
    draft = session.current()
    read = session.typed(draft) if draft is not None else None
    if read is None or read.project is None:
        raise InputError(read.problems if read else ())
    return read.project


def _cases(clause: Clause) -> None:
    worked = [case for case in cases_of(clause.pack) if case.clause == clause.id]
    with st.expander(f"用例　{len(worked)}"):
        if worked:
            parts.table(
                ("用例", "日期", "时点", "应得"),
                ((case.name, str(case.as_of), str(case.moment), case.expected) for case in worked),
            )
        else:
            st.html('<div class="tp-soft tp-small">这一条还没有用例。</div>')


# ---- checking a text -------------------------------------------------------------------------------------------------


def _verify(clause: Clause, kept: Verifications, standing: Standing) -> None:
    """Offer the step that is next: attach the text, or check what somebody else attached."""
    with st.expander(f"原文核对　{standing.stage}", expanded=standing.stage is Stage.ATTACHED):
        who = _checker()
        if who is None:
            st.html('<div class="tp-soft tp-small">只有审查人员可以附原文或复核。</div>')
            return
        if standing.attachment is not None:
            st.html(f'<div class="tp-small">{escape(standing.told)}</div>')
            _download(kept, standing)
        if standing.stage is Stage.ATTACHED:
            _check_form(clause, kept, standing, who)
        if standing.stage is not Stage.VERIFIED:
            with st.popover("附上原文" if standing.attachment is None else "另附原文", width="stretch"):
                _attach_form(clause, kept, who)


def _checker() -> str | None:
    """Return the name of who is here: empty where names are typed (one user on this machine), None for who may not check."""
    if not entry.needs_sign_in():
        return ""
    here = entry.need_person()
    may = any(here.has(role) for role in (*REVIEWING, *SIGNING, Role.ADMINISTRATOR))
    return here.name if may else None


def _may_keep() -> bool:
    """Whether who is here may change the packs all are judged by."""
    return not entry.needs_sign_in() or entry.need_person().has(Role.ADMINISTRATOR)


def _name(who: str, label: str, key: str) -> str:
    if who:
        st.html(f'<div class="tp-soft tp-small">{label}：{escape(who)}</div>')
        return who
    return st.text_input(label, key=key, max_chars=attest.MOST_NAME, placeholder="姓名") or ""


def _attach_form(clause: Clause, kept: Verifications, who: str) -> None:
    with st.form(f"attach-{clause.id}", border=False):
        given = st.file_uploader("原文（PDF、Word、文本或扫描件）", type=TEXTS, key=f"attach-file-{clause.id}")
        excerpt = st.text_area("原文摘录（从原文原样复制）", key=f"attach-excerpt-{clause.id}", height=90)
        place, article = st.columns(2)
        page = place.text_input("页码", key=f"attach-page-{clause.id}")
        numbered = article.text_input("条号", value=clause.article, key=f"attach-article-{clause.id}")
        source = st.radio(
            "附的是", attest.SOURCES, format_func=lambda one: {"official": "原件", "reprint": "转载全文"}[Basis(one).value], horizontal=True,
            key=f"attach-source-{clause.id}",
        )  # fmt: skip
        by = _name(who, "附原文的人", f"attach-by-{clause.id}")
        if st.form_submit_button("附上", type="primary"):
            _act(
                lambda: kept.attach(
                    clause, data=given.getvalue() if given else b"", file=given.name if given else "", excerpt=excerpt or "", by=by,
                    page=page or "", article=numbered or "", source=source,
                ),
                "已附上，等第二个人复核。",
                "没有附上",
            )  # fmt: skip


def _check_form(clause: Clause, kept: Verifications, standing: Standing, who: str) -> None:
    attachment = standing.attachment
    assert attachment is not None
    st.html(f'<div class="tp-panel tp-small">{escape(attachment.excerpt)}</div>')
    if not attachment.searched:
        st.html('<div class="tp-soft tp-small">附件没有可检索的文字，摘录由人录入，请逐字对照。</div>')
    with st.form(f"check-{clause.id}", border=False):
        verdict = st.radio("与条款对照", list(Verdict), horizontal=True, key=f"check-verdict-{clause.id}", index=None)
        note = st.text_input("说明（不一致的必填）", key=f"check-note-{clause.id}", max_chars=attest.MOST_NOTE)
        by = _name(who, "复核人（不能是附原文的人）", f"check-by-{clause.id}")
        if st.form_submit_button("复核", type="primary"):
            _act(lambda: kept.check(clause, verdict or "", by=by, note=note or ""), "复核已记下。", "没有记下")


def _download(kept: Verifications, standing: Standing) -> None:
    attachment = standing.attachment
    assert attachment is not None
    st.download_button(
        "下载所附原文",
        lambda: kept.text(attachment),
        file_name=attachment.file,
        type="tertiary",
        key=f"text-{attachment.id}",
        on_click="ignore",
    )


def _act(act: object, done: str, refused: str) -> None:
    try:
        act()  # type: ignore[operator]
    except InputError as error:
        st.error(
            f"{refused}："
            + "；".join(f"{item.what}（{item.allowed}）" if item.allowed else item.what for item in error.problems)
        )
    except OSError:
        st.error("没有存上：本机磁盘暂时不能写入。")
    else:
        st.session_state["rules-done"] = done
        st.rerun()


def _checks(law: PackSet, kept: Verifications) -> None:
    """Write the list of what was attached and checked, what waits first."""
    parts.lead("条款经两个人才算已核：一人附上原文并摘录，另一人对照复核为“一致”。条款以后改动，核对随即失效。")
    if kept.problems:
        parts.problems(kept.problems, title="有核对记录不作数")
    touched = _touched(law, kept)
    standings = [(clause, kept.standing(clause)) for clause in law.clauses if clause.id in touched]
    order = list(clauses.STAGE_TONES)
    waiting = [Stage.ATTACHED, Stage.LAPSED, Stage.REFUSED, *order]
    standings.sort(key=lambda pair: waiting.index(pair[1].stage))
    if standings:
        head = "".join(f"<th>{text}</th>" for text in ("状态", "条款", "经过"))
        rows = "".join(
            f"<tr><td>{parts.chip_of(standing.stage, clauses.STAGE_TONES[standing.stage])}</td>"
            f"<td>{escape(clause.document.citation)}{escape(clause.article)}<br>"
            f'<span class="tp-soft tp-small">{escape(clause.id)}</span></td><td>{escape(standing.told)}</td></tr>'
            for clause, standing in standings
        )
        st.html(f'<table class="tp-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')
    else:
        st.html('<div class="tp-soft">还没有核对记录。在“条款”里打开一条，展开“原文核对”，附上原文。</div>')
    pending: dict[str, list[Clause]] = {}
    for clause in law.clauses:
        if clause.provisional:
            pending.setdefault(clause.document.citation, []).append(clause)
    st.subheader("待核原文的条款，按文件", anchor=False)
    parts.table(
        ("文件", "条数", "其中命中为禁止"),
        (
            (name, str(len(members)), str(sum(clause.severity.level == 3 for clause in members)))
            for name, members in sorted(pending.items(), key=lambda pair: -len(pair[1]))
        ),
        numbers=frozenset({1, 2}),
    )


# ---- packs as workbooks ----------------------------------------------------------------------------------------------


def _sheets(law: PackSet) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _take(law)
    with right:
        _bring(law)
    _own_packs(law)


def _take(law: PackSet) -> None:
    st.subheader("导出", anchor=False)
    st.html(
        '<div class="tp-soft">一个规则包就是一个 Excel：条款一行一条，带下拉和填表说明。'
        "持有正式清单的单位，下载空白表填好，载入后与自带的规则包并用。</div>"
    )
    names = {pack.name: f"{pack.title}（{len(pack.clauses)} 条）" for pack in law if pack.name != VERIFICATIONS}
    name = st.selectbox("规则包", list(names), format_func=lambda one: names[one], key="rules-export")
    with st.container(horizontal=True):
        st.download_button(
            "下载此包（Excel）", lambda: workbook_of(name), file_name=f"规则包-{name}.xlsx", mime=XLSX, key="rules-take", on_click="ignore"
        )  # fmt: skip
        st.download_button(
            "下载空白表", lambda: workbook_of(""), file_name="规则包-空白.xlsx", mime=XLSX, key="rules-blank", on_click="ignore"
        )  # fmt: skip


def _bring(law: PackSet) -> None:
    st.subheader("载入", anchor=False)
    if not _may_keep():
        st.html('<div class="tp-soft">规则包由管理员载入。</div>')
        return
    given = st.file_uploader("填好的规则包（Excel）", type=["xlsx"], key="rules-upload", label_visibility="collapsed")
    if given is None:
        return
    try:
        examined = examine(read_sheet(parse_xlsx(given.getvalue(), given.name), law.catalogue), law)
    except InputError as error:
        parts.problems(error.problems, title=f"“{given.name}”不能载入，请更正后再传")
        return
    if examined.held:
        st.html(f'<div class="tp-panel">“{escape(given.name)}”与已载入的相同。</div>')
        return
    st.html(f'<div class="tp-panel">{escape(examined.told)}</div>')
    if examined.notes:
        with st.expander(f"{len(examined.notes)} 处还可补正（不妨碍载入）"):
            parts.table(
                ("位置", "条款", "说明"),
                ((parts.place(note), note.field, note.what) for note in examined.notes),
                tight=frozenset({0, 1}),
            )
    if st.button("载入，即刻生效", type="primary", key="rules-keep"):
        _act(lambda: keep(examined, packs_folder()), f"已载入{examined.told}。", "没有载入")


def _own_packs(law: PackSet | None) -> None:
    st.subheader("本单位的规则包", anchor=False)
    held = own_files()
    if not held:
        st.html('<div class="tp-soft">还没有。自带的规则包照常使用。</div>')
        return
    titles = {pack.name: pack for pack in law or ()}
    for path in held:
        with st.container(horizontal=True, vertical_alignment="center"):
            pack = titles.get(path.stem)
            told = f"{pack.title}，{len(pack.clauses)} 条，指纹 {pack.sha256[:12]}" if pack else "有错，未能读入"
            place = "代替自带的同名包" if path.stem in shipped_names() else "与自带的并用"
            st.html(
                f'<span><b>{escape(path.stem)}</b>　{escape(told)}　<span class="tp-soft">{place}</span></span>',
                width="content",
            )
            if _may_keep():
                with st.popover("停用", type="tertiary"):
                    st.write("停用后不再参与审查；文件移到 earlier 文件夹，不删除。")
                    if st.button("确认停用", key=f"rules-off-{path.stem}"):
                        _act(
                            lambda name=path.stem: set_aside(packs_folder(), name), f"已停用 {path.stem}。", "没有停用"
                        )


show()
