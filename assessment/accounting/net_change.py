"""Net change and final emission (产能置换、区域碳减排、以新带老)."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula
from tanping.records.basis import Basis

_GUIDE = "环办环评函〔2021〕346号附件2"


@formula(
    id="NC-1",
    term="碳排放净变化量",
    standard=_GUIDE,
    unit="tCO2",
    symbols={
        "proposed": ("E_拟建", "拟建项目排放", "tCO2"),
        "existing_after": ("E_现有后", "现有工程改造后排放", "tCO2"),
        "existing_before": ("E_现有前", "现有工程改造前排放", "tCO2"),
        "replaced": ("ΣE_置换", "产能出让方退出排放", "tCO2"),
        "regional": ("ΣΔE_区域", "区域碳减排量", "tCO2"),
    },
    basis=Basis.RECALLED,
    note="减少量为正并扣减；区域大气措施增加二氧化碳时为负",
)
def net_change(
    proposed: Quantity, existing_after: Quantity, existing_before: Quantity, replaced: Quantity, regional: Quantity
) -> Quantity:
    """Net change, tCO2; cuts are positive and subtracted."""
    return proposed + (existing_after - existing_before) - replaced - regional


@formula(
    id="NC-2",
    term="最终排放量",
    standard=_GUIDE,
    unit="tCO2",
    symbols={
        "existing": ("E_现有", "现有工程排放", "tCO2"),
        "under_construction": ("E_在建", "在建工程排放", "tCO2"),
        "proposed": ("E_拟建", "拟建项目排放", "tCO2"),
        "cut": ("E_以新带老", "以新带老削减量", "tCO2"),
    },
    basis=Basis.RECALLED,
)
def final_emission(existing: Quantity, under_construction: Quantity, proposed: Quantity, cut: Quantity) -> Quantity:
    """Emission of the whole site once the project stands, tCO2."""
    return existing + under_construction + proposed - cut
