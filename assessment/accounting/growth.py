"""How a source develops over the years (LT-1 … LT-4)."""

from __future__ import annotations

from tanping.assessment.accounting.formula import DERIVED, Quantity, formula, over, raised

_CONVENTION = "本工具约定（全生命周期逐年核算）"


@formula(
    id="LT-1",
    term="年产出",
    standard=_CONVENTION,
    unit="MWh",
    symbols={
        "capacity": ("cap", "生产能力", "MW"),
        "hours": ("h", "满负荷利用小时", "h"),
        "on": ("on", "当年投运天数比例", "1"),
        "ramp": ("ramp", "达产率", "1"),
        "available": ("avail", "可用率", "1"),
    },
    basis=DERIVED,
    note="利用小时已含停运时可用率取 1",
)
def annual_output(capacity: Quantity, hours: Quantity, on: Quantity, ramp: Quantity, available: Quantity) -> Quantity:
    """Output of a unit in a year; unit of capacity × h."""
    return capacity * hours * on * ramp * available


@formula(
    id="LT-2",
    term="年排放",
    standard=_CONVENTION,
    unit="tCO2",
    symbols={
        "output": ("out", "年产出", "MWh"),
        "q": ("q", "单位产出消耗", "t/MWh"),
        "ef": ("EF", "排放因子", "tCO2/t"),
    },
    basis=DERIVED,
)
def annual_emission(output: Quantity, q: Quantity, ef: Quantity) -> Quantity:
    """Emission of one source in a year, tCO2."""
    return output * q * ef


@formula(
    id="LT-2q",
    term="单位消耗的劣化",
    standard=_CONVENTION,
    unit="t/MWh",
    symbols={
        "q0": ("q0", "初始单位消耗", "t/MWh"),
        "d": ("d", "年劣化率", "1"),
        "age": ("age", "投产后的整年数", "a"),
    },
    basis=DERIVED,
)
def degraded(q0: Quantity, d: Quantity, age: Quantity) -> Quantity:
    """Specific use after some years, in the unit of q0."""
    return q0 * raised(1 + d, age)


@formula(
    id="LT-3",
    term="全生命周期排放合计",
    standard=_CONVENTION,
    unit="tCO2",
    symbols={
        "operation": ("ΣE(y)", "运行期逐年排放合计", "tCO2"),
        "construction": ("E_施工", "施工期排放", "tCO2e"),
        "end_of_life": ("E_退役", "退役排放（假设）", "tCO2e"),
    },
    basis=DERIVED,
    note="不折现；施工与退役按 CO2e 计，另列",
)
def lifetime_total(operation: Quantity, construction: Quantity, end_of_life: Quantity) -> Quantity:
    """Emission over the whole life, no discounting."""
    return operation + construction + end_of_life


@formula(
    id="LT-4",
    term="电网因子年均变化率",
    standard=_CONVENTION,
    unit="1",
    symbols={
        "first": ("EF_1", "起年因子", "tCO2/MWh"),
        "last": ("EF_2", "末年因子", "tCO2/MWh"),
        "years": ("n", "间隔年数", "a"),
    },
    basis=DERIVED,
    note="仅为观察值，不是预测",
)
def grid_trend(first: Quantity, last: Quantity, years: Quantity) -> Quantity:
    """Geometric yearly change of a grid factor."""
    return raised(over(last, first), over(1, years)) - 1
