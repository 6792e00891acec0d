"""A clause as markup: a line of a list, its record, its trace on a project. Everything that goes into markup is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from html import escape

from tanping.assessment.pages import parts
from tanping.records.expressions import Kind, render
from tanping.rules.attest import Stage, Standing
from tanping.rules.clause import Clause
from tanping.rules.facts import Catalogue
from tanping.rules.finding import Applies, Finding, TraceLine, date_label

EVERY = "全部"
STAGE_TONES = {
    Stage.VERIFIED: "clear",
    Stage.ATTACHED: "argue",
    Stage.REFUSED: "stop",
    Stage.LAPSED: "limit",
    Stage.NONE: "open",
}
LONG_LIST = 6


def mark(clause: Clause) -> str:
    """Return the clause's severity as a chip; a question to an office as such."""
    return parts.chip("转人工") if clause.manual else parts.chip(str(clause.severity))


def validity(clause: Clause) -> str:
    """Return from when to when a clause is valid, in words."""
    first, last = clause.effective_from, clause.effective_to
    if first and last:
        return f"{first} 至 {last}"
    return f"{first} 起" if first else f"至 {last}" if last else "不限"


def row(clause: Clause, standing: Standing | None) -> str:
    """Return a clause as a line of the list."""
    checked = parts.chip_of(clause.basis.label, "limit" if clause.provisional else "clear")
    flag = ""
    if standing is not None and standing.stage is not Stage.VERIFIED:
        flag = f'<span class="tp-flag">{standing.stage}</span>'
    cells = (
        f'{escape(clause.requirement)}<br><span class="tp-soft tp-small">{escape(clause.id)}</span>',
        f"{escape(clause.document.citation)}<br>{escape(clause.article)}",
        mark(clause),
        escape(validity(clause)),
        checked + flag,
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(groups: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return lines under the headings of their groups."""
    widths = "".join(f'<col style="width:{part}">' for part in ("40%", "25%", "7rem", "12rem", "10.5rem"))
    heads = "".join(f"<th>{text}</th>" for text in ("要点", "出处", "命中后", "有效期", "依据与核对"))
    body = ""
    for name, rows in groups:
        lines = list(rows)
        body += (
            f'<tr class="tp-group"><th colspan="5">{escape(name)}<span class="tp-soft">　{len(lines)}</span></th></tr>'
        )
        body += "".join(lines)
    return f'<table class="tp-table"><colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def record(clause: Clause, catalogue: Catalogue, standing: Standing) -> str:
    """Return a clause's whole record."""
    lines = "".join(
        f'<tr><th class="tp-tight">{name}</th><td>{escape(text)}</td></tr>'
        for name, text in _record(clause, catalogue, standing)
        if text
    )
    return f'<table class="tp-table tp-record"><tbody>{lines}</tbody></table>'


def _record(clause: Clause, catalogue: Catalogue, standing: Standing) -> Iterator[tuple[str, str]]:
    issuer = f"，{clause.document.issuer}" if clause.document.issuer else ""
    yield "出处", f"{clause.document.citation}{clause.article}{issuer}"
    yield "要点", clause.requirement
    yield "原文摘录", clause.excerpt or "尚未附上原文"
    yield "管什么", _scope(clause, catalogue)
    if clause.hit is None:
        yield "转人工", f"请{clause.office}答复：{clause.question}"
    else:
        yield "触发条件", render(clause.hit, catalogue)
        yield "命中后", f"{clause.severity}" + ("（原文未核，只报疑似）" if clause.provisional else "")
    yield "所用文件", "；".join(_papers(clause, catalogue))
    yield "可核材料", "、".join(clause.evidence)
    yield "核查", f"{clause.office}　审查要点：{clause.topic}"
    yield "有效期", _dates(clause, catalogue)
    note = f"：{clause.basis_note}" if clause.basis_note else ""
    yield "依据程度", f"{clause.basis.label}{note}"
    if standing.stage is Stage.VERIFIED:  # who and when stands with the basis already
        yield "原文核对", str(standing.stage)
    elif standing.stage is not Stage.NONE:
        yield "原文核对", f"{standing.stage}。{standing.told}"
    yield "编号", f"{clause.id}（规则包 {clause.pack}）"


def _scope(clause: Clause, catalogue: Catalogue) -> str:
    told = []
    for name, codes in (
        ("sector", clause.sectors),
        ("unit_nature", clause.unit_natures),
        ("project_nature", clause.project_natures),
    ):
        known = catalogue[name].choices
        if codes and set(codes) < set(known):
            told.append(f"{catalogue[name].label}：{'、'.join(known[code] for code in codes)}")
    return "；".join([*(told or ["各类生产单元"]), f"地域：{clause.region}"])


def _papers(clause: Clause, catalogue: Catalogue) -> Iterator[str]:
    for name in clause.facts:
        fact = catalogue[name]
        if fact.kind is Kind.PAPER:
            issuer = f"（{fact.issuer}）" if fact.issuer else ""
            yield f"{fact.label}{issuer}，{clause.paper_binds_at(name, catalogue)}前"


def _dates(clause: Clause, catalogue: Catalogue) -> str:
    by = f"，按{date_label(clause.date_of, catalogue)}判断" if clause.date_of else ""
    after = f"，由 {clause.superseded_by} 取代" if clause.superseded_by else ""
    return f"{validity(clause)}{by}{after}"


def trial(found: Finding) -> str:
    """Return what a clause says of a project, comparison by comparison."""
    chips = parts.chip(found.applies)
    if found.applies != Applies.NO:
        chips += parts.chip(found.met)
    flags = "".join(
        f'<span class="tp-flag">{text}</span>'
        for text, holds in (("待核原文", found.provisional), ("按申报", found.claimed))
        if holds
    )
    why = found.why if found.applies == Applies.NO else found.because
    body = f'<div class="tp-small tp-gap">{escape(why)}</div>' if why else ""
    if found.papers:
        body += (
            f'<div class="tp-small">转为批复条件：{escape("；".join(paper.condition for paper in found.papers))}</div>'
        )
    rows = "".join(map(_line, found.trace))
    if rows:
        head = "".join(f"<th>{text}</th>" for text in ("比较", "结果", "本项目", "出处"))
        body += f'<table class="tp-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    units = "；".join(f"{unit.unit} {unit.met}" for unit in found.units)
    if units and len({unit.met for unit in found.units}) > 1:
        body += f'<div class="tp-soft tp-small">各生产单元：{escape(units)}</div>'
    return f'<div>{chips}<span class="tp-small">{flags}</span></div>{body}'


def _line(line: TraceLine) -> str:
    values = "、".join(value.shown for value in line.values)
    places = "；".join(
        dict.fromkeys(" ".join(filter(None, (v.origin, v.document, v.page, v.note))) for v in line.values if v.origin)
    )
    cells = (line.text, line.truth_label, values, places)
    decisive = " class='tp-decisive'" if line.decisive else ""
    tight = ("", ' class="tp-tight"', "", "")
    columns = "".join(f"<td{how}>{escape(text)}</td>" for how, text in zip(tight, cells, strict=True))
    return f"<tr{decisive}>{columns}</tr>"


def change_days(clauses: Iterable[Clause]) -> list[date]:
    """Return the days on which law came into force, or on which it was no longer, rising."""
    days = set()
    for clause in clauses:
        if clause.effective_from:
            days.add(clause.effective_from)
        if clause.effective_to:
            days.add(date.fromordinal(clause.effective_to.toordinal() + 1))
    return sorted(days)
