"""An opinion as it is written and as it stands: its kind, its text, its points one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from tanping.assessment.documents import figures
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.service.opinions import Opinion, Point
from tanping.assessment.review.words import OpinionKind, Source, Stage

KINDS = tuple(OpinionKind)
_CLAUSE = re.compile(r"〔([^〔〕]+)〕\s*$")


def write(here: Here, base: str, *, topic: str = "") -> None:
    """Write the fields of an opinion; all of them save when left. ``base`` is the place of its texts."""
    shared.choosing(here, f"{base}/kind", "意见类别", KINDS)
    left, right = st.columns(2, gap="medium")
    with left:
        shared.writing(here, f"{base}/text", "总的意见", height=130, placeholder="不同意的写明理由")
        shared.phrases(here, f"{base}/text", topic)
    with right:
        shared.writing(
            here,
            f"{base}/points",
            "逐条意见，一行一条",
            height=130,
            placeholder="原则同意、材料不足的至少写一条",
            help="行末的〔条款编号〕把意见连到条款，可不写。",
        )
        shared.phrases(here, f"{base}/points", topic)


def typed(here: Here, base: str) -> tuple[str, str, tuple[Point, ...]]:
    """Return what was written (kind, text, points); for callbacks. Raises RefusedError while several texts stand."""
    lines = shared.said(here, f"{base}/points").splitlines()
    points = tuple(point_of(line) for line in lines if line.strip())
    return shared.chosen(here, f"{base}/kind"), shared.said(here, f"{base}/text"), points


def point_of(line: str) -> Point:
    """Return the point that a line says; a clause in 〔〕 at its end is what it is about."""
    found = _CLAUSE.search(line)
    if found is None:
        return Point(line.strip())
    return Point(line[: found.start()].strip(), clause=found[1].strip())


def line_of(text: str, clause: str) -> str:
    """Return the line that says a point."""
    return f"{text}〔{clause}〕" if clause else text


def empty(here: Here, base: str) -> None:
    """Empty the fields once the opinion is given; for callbacks."""
    shared.clear(here, f"{base}/text", f"{base}/points", f"{base}/kind")


# ---- as it stands ----------------------------------------------------------------------------------------------------


def status(opinion: Opinion) -> str:
    """Return how far an opinion is, or what it says, in a word."""
    if opinion.silent:
        return "逾期未复"
    return opinion.kind if opinion.stage is Stage.CONFIRMED else str(opinion.stage)


def shown(opinion: Opinion) -> dict[str, str]:
    """Return what a person sees of an opinion."""
    return {
        "阶段": str(opinion.stage),
        "意见": opinion.kind,
        "总的意见": opinion.text,
        "逐条意见": "\n".join(f"{point.number}. {point.text}" for point in opinion.points),
        "征求意见函": opinion.letter_number,
        "复函": " ".join(
            filter(None, (opinion.reply_number, figures.day(opinion.reply_date) if opinion.reply_date else ""))
        ),
        "经办": opinion.drafted_by,
        "审定": opinion.confirmed_by if opinion.confirmed_by != opinion.drafted_by else "",
        "协调结果": opinion.settled,
    }


def standing(opinion: Opinion) -> None:
    """Write an opinion as it stands."""
    st.html(f"<div><b>{escape(opinion.office)}</b>　{shared.chip(status(opinion))}</div>")
    told: Mapping[str, str] = shown(opinion)
    drafted = "" if opinion.stage is Stage.CONFIRMED else opinion.kind
    shared.facts([("拟出具", drafted), *((name, text) for name, text in told.items() if name not in ("阶段", "意见"))])
    if opinion.claims:
        shared.soft(f"其中 {opinion.claims} 条审查要点以申报值为准，没有人核实过。")
    if opinion.outdated:
        st.warning("这份意见是对更早一稿出的，之后申报方交了新的一稿。")


def table(opinions: Sequence[Opinion]) -> None:
    """Write all opinions, a line each."""
    rows = "".join(map(_row, opinions))
    titles = "".join(f"<th>{title}</th>" for title in ("单位", "意见", "条数", "时限", "经办与审定"))
    st.html(f'<table class="tp-table"><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>')


def _row(opinion: Opinion) -> str:
    kind = "" if opinion.source is Source.OFFICE else f"（{opinion.source}）"
    limit = opinion.reading.words if opinion.reading and opinion.stage is not Stage.CONFIRMED else ""
    people = "　".join(dict.fromkeys(filter(None, (opinion.drafted_by, opinion.confirmed_by))))
    cells = (
        f"{escape(opinion.office)}{kind}",
        shared.chip(status(opinion)) + (' <span class="tp-flag">对更早一稿</span>' if opinion.outdated else ""),
        str(len(opinion.points) or ""),
        escape(limit),
        escape(people),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
