"""Allowance of the national carbon market (配额): set against the ETS-scope emission, never a pass line of the EIA."""

from __future__ import annotations

from tanping.assessment.accounting.formula import Quantity, choose, exponential, formula, over
from tanping.records.basis import Basis

PLAN_2022 = "2019—2020、2021—2022年度全国碳排放权交易配额总量设定与分配实施方案（发电行业）"
PLAN_2024 = "2023—2024年度全国碳排放权交易发电行业配额总量和分配方案"
PLAN_2025_DRAFT = "2025年度发电行业配额分配方案（征求意见稿）"
PLAN_INDUSTRY = "2024—2025年度钢铁、水泥、铝冶炼行业配额总量和分配方案（国环规气候〔2025〕2号）"

_QH = ("Q_h", "供热量", "GJ")
_BE = ("B_e", "供电（发电）基准值", "tCO2/MWh")
_BH = ("B_h", "供热基准值", "tCO2/GJ")
_RH = ("r_h", "供热比", "1")


@formula(
    id="ET-1",
    term="发电机组配额（供电量口径，2019—2022年度）",
    standard=PLAN_2022,
    unit="t",
    symbols={
        "w_s": ("W_s", "供电量", "MWh"),
        "b_e": _BE,
        "f_l": ("F_l", "冷却方式修正系数", "1"),
        "f_r": ("F_r", "供热量修正系数", "1"),
        "f_f": ("F_f", "负荷系数修正系数", "1"),
        "q_h": _QH,
        "b_h": _BH,
    },
    basis=Basis.TRANSCRIBED,
    note="燃气机组 F_l = F_f = 1",
)
def power_allowance_supply(
    w_s: Quantity, b_e: Quantity, f_l: Quantity, f_r: Quantity, f_f: Quantity, q_h: Quantity, b_h: Quantity
) -> Quantity:
    """Allowance on electricity supplied, t."""
    return w_s * b_e * f_l * f_r * f_f + q_h * b_h


@formula(
    id="ET-1r",
    term="供热量修正系数",
    standard=PLAN_2022,
    unit="1",
    symbols={"slope": ("k_r", "供热修正斜率（燃煤0.22，燃气0.6）", "1"), "r_h": _RH},
    basis=Basis.RECALLED,
)
def heat_correction(slope: Quantity, r_h: Quantity) -> Quantity:
    """Correction for heat supply."""
    return 1 - slope * r_h


@formula(
    id="ET-1f",
    term="负荷（出力）系数修正系数",
    standard=PLAN_2022,
    unit="1",
    symbols={"f": ("F", "负荷系数", "1")},
    basis=Basis.RECALLED,
    note="只用于常规燃煤纯凝机组，其余取 1",
)
def load_correction(f: Quantity) -> Quantity:
    """Correction for load factor F (0–1) of condensing conventional coal units."""
    steps = [
        (0.85, 1.0),
        (0.80, 1 + 0.0014 * (85 - 100 * f)),
        (0.75, 1.007 + 0.0016 * (80 - 100 * f)),
    ]
    return choose(steps, f, 1.015 ** (16 - 20 * f))


@formula(
    id="ET-2",
    term="发电机组配额（发电量口径，2023年度起）",
    standard=PLAN_2024,
    unit="t",
    symbols={
        "w_g": ("W_g", "发电量", "MWh"),
        "b_e": _BE,
        "f_p": ("F_p", "调峰修正系数", "1"),
        "q_h": _QH,
        "b_h": _BH,
    },
    basis=Basis.SECONDARY,
)
def power_allowance_generation(w_g: Quantity, b_e: Quantity, f_p: Quantity, q_h: Quantity, b_h: Quantity) -> Quantity:
    """Allowance on electricity generated, t."""
    return w_g * b_e * f_p + q_h * b_h


@formula(
    id="ET-2k",
    term="调峰修正系数（征求意见稿）",
    standard=PLAN_2025_DRAFT,
    unit="1",
    symbols={"f": ("F", "统计期内平均负荷率", "%")},
    basis=Basis.SECONDARY,
    note="草案，须书面理由方可选用；50% 处由 1.100 跳至 1，原文如此",
)
def peak_correction_draft(f: Quantity) -> Quantity:
    """Draft peak-shaving correction for load F in percent, below 50."""
    below = 7.254 - 0.633 * (1 - exponential(-f / 29.822)) - 5.643 * (1 - exponential(-f / 6.871))
    return choose([(50, 1.0)], f, below)


@formula(
    id="ET-3",
    term="钢铁、水泥配额（2025年度）",
    standard=PLAN_INDUSTRY,
    unit="t",
    symbols={"e": ("E", "经核查排放量", "tCO2"), "alpha": ("α", "盈缺系数", "1")},
    basis=Basis.TRANSCRIBED,
)
def industry_allowance(e: Quantity, alpha: Quantity) -> Quantity:
    """Allowance of a steel or cement line, t; 2024 is alpha = 0."""
    return e * (1 + alpha)


@formula(
    id="ET-3x",
    term="碳排放强度相对平衡值的偏差",
    standard=PLAN_INDUSTRY,
    unit="1",
    symbols={
        "b": ("B", "行业平衡值", "tCO2/t"),
        "e": ("E", "经核查排放量", "tCO2"),
        "q": ("Q", "产品产量", "t"),
    },
    basis=Basis.TRANSCRIBED,
    note="行业平衡值须填写，不设缺省",
)
def intensity_deviation(b: Quantity, e: Quantity, q: Quantity) -> Quantity:
    """X = (B − E/Q)/B; positive when better than the balance value."""
    return over(b - over(e, q), b)


@formula(
    id="ET-3a",
    term="盈缺系数",
    standard=PLAN_INDUSTRY,
    unit="1",
    symbols={"x": ("X", "相对偏差", "1")},
    basis=Basis.TRANSCRIBED,
)
def surplus_coefficient(x: Quantity) -> Quantity:
    """Alpha: 0.15·X within ±20 %, else ±0.03."""
    # At X = −0.20 both branches give −0.03, so "from −0.20 upward" is the same rule.
    return choose([(0.20, 0.03), (-0.20, 0.15 * x)], x, -0.03)
