"""登记与材料: the register, the papers, the sealed versions, and what a new version changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages import parts
from tanping.assessment.pages.review import attempt, intake, told
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review import words
from tanping.assessment.review.compare import ClauseChange, Comparison, FieldChange, FigureChange
from tanping.assessment.review.errors import ChangedError, ReviewError
from tanping.assessment.review.roles import Action, Role
from tanping.assessment.review.service.register import FIELDS
from tanping.assessment.review.store.reviews import PaperRow, ReviewRow, SubmissionRow
from tanping.assessment.review.workflow import State

TITLE = "登记与材料"
CHOICES = {"category": words.CATEGORIES, "level": words.LEVELS}
UNTOLD = "未说明"
DIGITS = 6
"""Significant digits of a figure in a comparison; one that differs only beyond them is not listed."""


def show(here: Here) -> None:
    """Write the panel."""
    papers = here.joint.register.papers(here.person, here.key)
    versions = here.joint.submissions.versions(here.person, here.key)
    _now(here, handed_in=bool(versions))
    titles = {
        "register": "登记",
        "papers": "文件",
        "versions": "项目文件",
        "compare": "两稿比较",
        "other": "其他附件",
    }
    opened = shared.sections(f"material:{here.key}", titles, counts={"papers": len(papers), "versions": len(versions)})
    if opened == "register":
        _register(here)
    elif opened == "papers":
        _papers(here, papers)
    elif opened == "versions":
        _versions(here, versions)
    elif opened == "compare":
        _compare(here, versions)
    else:
        _other(here)


def _now(here: Here, *, handed_in: bool) -> None:
    state = here.part.state
    if here.may(Action.SEAL_VERSION):
        if state is State.DRAFT and handed_in:
            shared.now("送审稿已封存。核对登记，没有要改的就在上面提交；项目文件又改了的，先在“项目文件”封存新的一稿。")
        elif state is State.DRAFT:
            shared.now("核对登记，在“项目文件”封存送审稿；封存后即可提交。")
        else:
            shared.now("按意见改好项目文件，在“项目文件”封存新的一稿，再到“补正与修改意见”逐条答复。")
    elif here.part.role is Role.ACCEPTANCE and state is State.ACCEPTANCE:
        shared.now("核对登记各项；在“文件”逐份核对文号、日期和附件。缺的写入一次性补正告知。")
    elif here.may(Action.EDIT_PAPERS):
        shared.note("在“文件”更正文号、日期、办理状态；新的一稿改了什么，看“两稿比较”。")
    else:
        shared.idle("登记、文件和各稿在这里查阅。")


# ---- register --------------------------------------------------------------------------------------------------------


def _register(here: Here) -> None:
    review = here.joint.register.get(here.person, here.key)
    # The applicant's side keeps the entry while the file is in its hands.
    editing = here.may(Action.EDIT_REGISTER) and (not here.enters or here.may(Action.SEAL_VERSION))
    if not editing:
        rows = [(label, getattr(review, name) or "未填") for name, label in FIELDS.items()]
        left, right = st.columns(2, gap="medium")
        half = (len(rows) + 1) // 2
        with left:
            shared.facts(rows[:half])
        with right:
            shared.facts([*rows[half:], *_official(review)])
        return
    shared.soft("离开一项即存。空白的可由封存的项目文件自动带入。")
    columns = st.columns(3, gap="small")
    for number, (name, label) in enumerate(FIELDS.items()):
        with columns[number % 3]:
            _field(here, review, name, label)
    if official := _official(review):
        shared.facts(official)


def _official(review: ReviewRow) -> list[tuple[str, str]]:
    return [
        ("受理日期", figures.day(review.accepted) if review.accepted else ""),
        ("法规适用日期", figures.day(review.as_of) if review.as_of else ""),
        ("文号", review.document_number or ""),
    ]


def _field(here: Here, review: ReviewRow, name: str, label: str) -> None:
    stored = getattr(review, name)
    key = shared.seed(f"register:{here.key}:{name}", (stored or None) if name in CHOICES else stored)
    args = (here, name, key, stored, review.version)
    if name in CHOICES:
        st.selectbox(
            label,
            CHOICES[name],
            index=None,
            placeholder="未填",
            key=key,
            on_change=_save_field,
            args=args,
            **shared.KEPT,
        )
    else:
        st.text_input(label, key=key, on_change=_save_field, args=args, **shared.KEPT)
    shared.tell(key, {label: stored})


def _save_field(here: Here, name: str, key: str, stored: str, version: int) -> None:
    typed = st.session_state.get(key) or ""

    def save() -> None:
        register = here.joint.register
        try:
            register.edit(here.person, here.key, version, **{name: typed})
        except ChangedError:
            # The entry moved on. If this field did not, nobody's text is overwritten.
            fresh = register.get(here.person, here.key)
            if getattr(fresh, name) != stored:
                raise
            register.edit(here.person, here.key, fresh.version, **{name: typed})

    shared.carry_out(key, save, "", {FIELDS[name]: stored})


# ---- papers ----------------------------------------------------------------------------------------------------------


def _papers(here: Here, papers: Sequence[PaperRow]) -> None:
    if not papers:
        shared.soft("还没有登记文件；封存项目文件后，其中的各份文件会列在这里。")
    else:
        counts = {status: sum(row.status == status for row in papers) for status in words.PAPER_STATUSES}
        titles = {"all": "全部", **{status: status or UNTOLD for status, count in counts.items() if count}}
        wanted_status = shared.sections(f"papers:{here.key}", titles, counts={"all": len(papers), **counts})
        listed = {row.id: row for row in papers if wanted_status in ("all", row.status)}
        with_files = {row.holder for row in here.joint.register.files(here.person, here.key)}

        def hint(paper_id: str) -> str:
            row = listed[paper_id]
            filed = "有附件" if f"paper:{paper_id}" in with_files else "无附件"
            return "　".join(filter(None, (row.status or UNTOLD, row.number or "无文号", filed)))

        left, right = st.columns([5, 7], gap="medium")
        with left:
            chosen = shared.pick(f"pick-paper:{here.key}", "文件", list(listed), lambda item: listed[item].label, hint)
        with right:
            _paper(here, listed[chosen], list(listed))
    if here.may(Action.EDIT_PAPERS):
        _add_paper(here)


def _paper(here: Here, row: PaperRow, listed: list[str]) -> None:
    shared.head(row.label)
    shown = {
        "办理状态": row.status or UNTOLD,
        "文号": row.number,
        "日期": figures.day(row.issued) if row.issued else "",
        "出具单位": row.issuer,
        "说明": row.note,
    }
    if here.may(Action.EDIT_PAPERS):
        _paper_form(here, row, listed, shown)
    else:
        shared.facts(list(shown.items()))
    shared.tell(f"paper:{here.key}", shown)
    shared.files(here, f"paper:{row.id}", label="这份文件的扫描件")


def _paper_form(here: Here, row: PaperRow, listed: list[str], shown: shared.Shown) -> None:
    stored = {"status": row.status or None, "number": row.number, "issuer": row.issuer, "note": row.note}
    keys = {
        name: shared.seed(f"paper:{row.id}:{name}", value) for name, value in (stored | {"issued": row.issued}).items()
    }
    statuses = [status for status in words.PAPER_STATUSES if status]
    st.segmented_control("办理状态", statuses, key=keys["status"], **shared.KEPT)
    left, right = st.columns(2)
    with left:
        st.text_input("文号", key=keys["number"], **shared.KEPT)
        st.text_input("出具单位", key=keys["issuer"], **shared.KEPT)
    with right:
        st.date_input(
            "日期",
            value=None,
            key=keys["issued"],
            format="YYYY-MM-DD",
            min_value="1990-01-01",
            max_value="2060-12-31",
            **shared.KEPT,
        )
        st.text_input("说明", key=keys["note"], **shared.KEPT)

    def save() -> None:
        texts = {name: shared.entered(keys[name]) for name in stored}
        issued = st.session_state.get(keys["issued"])
        here.joint.register.edit_paper(here.person, here.key, row.id, row.version, issued=issued, **texts)
        shared.move_on(f"pick-paper:{here.key}", listed, row.id)

    shared.button("核对无误，存", f"paper:{here.key}", save, done=f"已存：{row.label}", shown=shown, primary=True)


def _add_paper(here: Here) -> None:
    with st.expander("登记目录里没有的文件"):
        name = f"new-paper:{here.key}"
        st.text_input("文件名称", key=name)

        def add() -> None:
            here.joint.register.add_paper(here.person, here.key, shared.entered(name))
            st.session_state[name] = ""

        shared.button("登记", name, add, done="已登记，请在上面填写。")
        shared.tell(name)


# ---- versions --------------------------------------------------------------------------------------------------------


def _versions(here: Here, versions: Sequence[SubmissionRow]) -> None:
    if not versions:
        shared.soft("还没有封存的项目文件。")
    for row in reversed(versions):
        with st.container(border=True, gap="xsmall"):
            st.html(
                f"<b>第 {row.number} 稿　{escape(row.report)}</b>"
                f'<span class="tp-soft tp-small">　{parts.moment(row.at)} 封存　校验码 {row.project_sha256[:12]}</span>'
            )
            if row is versions[-1]:
                shared.files(here, f"submission:{row.id}", label="报告和附图等")
            else:
                for file in here.joint.register.files(here.person, here.key, f"submission:{row.id}"):
                    shared.soft(f"附件：{file.name}")
    if here.may(Action.SEAL_VERSION):
        _seal(here, versions)


def _seal(here: Here, versions: Sequence[SubmissionRow]) -> None:
    shared.head("封存新的一稿")
    shared.soft("封存后不能改动；以后的改动封存为下一稿。封存的同时算出结果，约几秒。")
    listed = next((item for item in here.joint.register.reviews(here.person) if item.id == here.key), None)
    source = intake.choose(f"seal-{here.key}-{len(versions)}", preferred=listed.draft_id if listed else "")
    usual = words.REPORTS[0] if here.part.state is State.DRAFT else words.REPORTS[1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        report = st.selectbox("报告版本", words.REPORTS, index=words.REPORTS.index(usual), width=160)
        sealing = st.button("封存", type="primary", disabled=source is None, key=f"seal:{here.key}")
    if sealing and source is not None:
        with st.spinner("正在核算、逐条比对并封存……"):
            done = attempt(
                lambda: here.joint.submissions.seal(here.person, here.key, source.file, report=report),
                f"已封存第 {len(versions) + 1} 稿。",
            )
        if done:
            st.rerun()


# ---- comparison ------------------------------------------------------------------------------------------------------


def _compare(here: Here, versions: Sequence[SubmissionRow]) -> None:
    if len(versions) < 2:
        shared.soft("只有一稿时没有可比的。收到修改稿后，这里逐项列出改了什么。")
        return
    titles = {row.number: f"第 {row.number} 稿（{row.report}）" for row in versions}
    numbers = list(titles)
    left, right, _ = st.columns([3, 3, 6])
    with left:
        old = st.selectbox("从", numbers[:-1], index=len(numbers) - 2, format_func=lambda n: titles[n])
    with right:
        later = [number for number in numbers if number > old]
        new = st.selectbox("到", later, index=len(later) - 1, format_func=lambda n: titles[n])
    try:
        found = here.joint.submissions.compare(here.person, here.key, old, new)
    except ReviewError as error:
        told(error)
        return
    show_comparison(found)


def show_comparison(found: Comparison) -> None:
    """Write what changed: fields by table, figures, clauses; what only changed its source is folded."""
    values = [change for change in found.fields if not change.source_only]
    sources = [change for change in found.fields if change.source_only]
    shared.soft(
        f"值有改动的 {len(values)} 项，只改出处或说明的 {len(sources)} 项；结论有变的条款 {len(found.clauses)} 条。"
    )
    if values:
        shared.head("改动的字段")
        _field_changes(values)
    if found.figures:
        shared.head("变化的数字")
        _figure_changes(found.figures)
    if found.clauses:
        shared.head("结论有变的条款")
        _clause_changes(found.clauses)
    if sources:
        with st.expander(f"只改出处或说明的　{len(sources)}"):
            for change in sources:
                shared.soft(change.label)


def _field_changes(changes: Sequence[FieldChange]) -> None:
    parts.table(
        ("字段", "原", "现", "出处"),
        ((item.label, item.before or "（空）", item.after or "（删去）", item.page) for item in changes),
    )


def _figure_changes(changes: Sequence[FigureChange]) -> None:
    rows = [
        (item.label, _figure(item.before, item.unit), _figure(item.after, item.unit), _share(item)) for item in changes
    ]
    parts.table(("数字", "原", "现", "变化"), [row for row in rows if row[1] != row[2]], numbers=frozenset({1, 2, 3}))


def _figure(value: float | None, unit: str) -> str:
    return "未算出" if value is None else f"{figures.significant(value, DIGITS)} {figures.unit(unit)}"


def _share(change: FigureChange) -> str:
    """Return by how much a figure changed, of what it was."""
    if not change.before or change.after is None:
        return ""
    share = (change.after - change.before) / abs(change.before) * 100
    return f"{'+' if share > 0 else '−'}{figures.significant(abs(share), 3)} %"


def _clause_changes(changes: Sequence[ClauseChange]) -> None:
    parts.table(
        ("条款", "原", "现"),
        ((item.citation, item.before or "未列入", item.after or "未列入") for item in changes),
        tight=frozenset({1, 2}),
    )


def _other(here: Here) -> None:
    if here.enters:
        shared.soft("申报方的附件附在各份文件、项目文件或修改答复下。")
        return
    shared.soft("不属于哪一份文件的附件，例如照片、会议材料。")
    shared.files(here, "other", label="其他附件")
