"""总览: the lead's view of a whole review on one screen: who answered what, what contradicts, what is open, what is late."""

from __future__ import annotations

from html import escape

import streamlit as st

from tanping.assessment.pages import parts
from tanping.assessment.pages.review.panels import shared
from tanping.assessment.pages.review.panels.shared import Here
from tanping.assessment.review.roles import Role
from tanping.assessment.review.service.inbox import Overview
from tanping.assessment.review.workflow import State

TITLE = "总览"
_FOR = frozenset({Role.LEAD_CLERK, Role.LEAD_CHECKER, Role.LEAD_SIGNER, Role.AUDITOR})


def wanted(here: Here) -> bool:
    """The lead's people and auditors, once it was handed in."""
    return here.part.role in _FOR and here.part.state is not State.DRAFT


def show(here: Here) -> None:
    """Write the panel."""
    seen = here.joint.inbox.overview(here.person, here.key)
    _figures(seen)
    if seen.overdue:
        st.error(f"已超期：{'、'.join(seen.overdue)}")
    _opinions(seen)
    _open(seen)


def _figures(seen: Overview) -> None:
    answered = sum(opinion.kind != "" for opinion in seen.opinions)
    tiles = (
        ("意见", f"{answered}/{len(seen.opinions)}", "已复／已征求"),
        ("意见条目", str(seen.points), f"未定采纳 {seen.points_open} 条"),
        ("补正修改意见", str(seen.demands), f"未答复 {seen.demands_unanswered}，未判定 {seen.demands_unjudged}"),
        ("存疑", str(len(seen.doubts)), "未核清的填报值"),
        ("分歧", str(len(seen.contradictions)), "意见或核实相左"),
    )
    for column, (name, figure, said) in zip(st.columns(len(tiles)), tiles, strict=True):
        with column:
            st.html(
                f'<div class="tp-tile"><div class="tp-soft tp-small">{name}</div><div class="tp-figure">{figure}</div>'
                f'<div class="tp-soft tp-small">{escape(said)}</div></div>'
            )


def _opinions(seen: Overview) -> None:
    if not seen.opinions:
        st.html(
            '<div class="tp-panel tp-soft">还没有征求意见。会审开始后，牵头处经办在“审查要点与意见”里向各处室和外单位征求。</div>'
        )
        return
    st.html('<h3 class="tp-topic">各方意见</h3>')
    parts.table(
        ("单位", "类别", "到哪一步", "结论", "条目"),
        (
            (opinion.office, opinion.source, opinion.stage, opinion.kind or "—", str(len(opinion.points)))
            for opinion in seen.opinions
        ),
        numbers=frozenset({4}),
        tight=frozenset({0, 1, 2, 3}),
    )


def _open(seen: Overview) -> None:
    if seen.contradictions:
        st.html('<h3 class="tp-topic">分歧</h3>')
        parts.table(
            ("关于", "各方怎么说"),
            ((found.about, "；".join(f"{who}：{said}" for who, said in found.sides)) for found in seen.contradictions),
            tight=frozenset({0}),
        )
    if seen.doubts:
        st.html('<h3 class="tp-topic">存疑未决</h3>')
        shared.soft("、".join(seen.doubts))
