"""End of life (退役): a labelled assumption, never mixed with the operating total, and it can be switched off."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, formula
from tanping.records.basis import Basis


@formula(
    id="EOL-1",
    term="退役拆除排放（假设）",
    standard="本工具约定，非标准规定",
    unit="tCO2e",
    symbols={
        "share": ("a", "占施工现场与运输能耗排放的比例（假设）", "1"),
        "machinery": ("E_机械", "施工机械排放", "tCO2e"),
        "transport": ("E_运输", "建材运输排放", "tCO2e"),
    },
    basis=Basis.RECALLED,
    note="假设；回收废钢等的减排仅作备忘，不扣减",
)
def demolition(share: Quantity, machinery: Quantity, transport: Quantity) -> Quantity:
    """Assumed emission of taking the works down, tCO2e, when machine energy is not given."""
    return share * (machinery + transport)
