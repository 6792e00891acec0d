"""Steel (钢铁): works boundary (企业层级) and process boundary (工序). Fuel lies in combustion.py, electricity and heat in
purchased_energy.py."""

from __future__ import annotations

from tanping.assessment.accounting.formula import CO2_PER_C, DERIVED, Quantity, formula
from tanping.assessment.accounting.purchased_energy import net_purchased
from tanping.assessment.accounting.totals import direct_emission, total_emission
from tanping.records.basis import Basis

WORKS_STANDARD = "发改办气候〔2013〕2526号钢铁企业指南；GB/T 32151.5；CETS-AG-03.01-V01-2024"
_EF = ("EF", "排放因子", "tCO2/t")

works_total = total_emission.cited_as(
    "ST-1", term="钢铁企业二氧化碳排放总量", standard=WORKS_STANDARD, basis=Basis.RECALLED
)
works_direct = direct_emission.cited_as(
    "ST-1d", term="钢铁企业直接排放量（配额口径）", standard=WORKS_STANDARD, basis=Basis.RECALLED
)
net_electricity = net_purchased.cited_as("ST-5", term="净购入电量", standard=WORKS_STANDARD, basis=Basis.RECALLED)


@formula(
    id="ST-2",
    term="燃料净消耗量",
    standard=WORKS_STANDARD,
    unit="t",
    symbols={
        "purchased": ("购入量", "购入量", "t"),
        "opening": ("期初库存", "期初库存量", "t"),
        "closing": ("期末库存", "期末库存量", "t"),
        "other_use": ("非生产用量", "钢铁生产以外用量", "t"),
        "sold": ("外销量", "外销量", "t"),
    },
    basis=Basis.RECALLED,
    note="厂内自产的焦炭、焦油和煤气不再作为输入；外供煤气为负值",
)
def net_consumption(
    purchased: Quantity, opening: Quantity, closing: Quantity, other_use: Quantity, sold: Quantity
) -> Quantity:
    """Net consumption of a fuel, t or 10⁴ Nm³; sold by-product gas makes it negative."""
    return purchased + (opening - closing) - other_use - sold


@formula(
    id="ST-3",
    term="工业生产过程排放（外购熔剂、电极与含碳原料）",
    standard=WORKS_STANDARD,
    unit="tCO2",
    symbols={"m": ("M", "外购原料净消耗量", "t"), "ef": _EF},
    basis=Basis.SECONDARY,
)
def process_material(m: Quantity, ef: Quantity) -> Quantity:
    """Process emission of one material bought from outside, tCO2."""
    return m * ef


@formula(
    id="ST-4",
    term="固碳产品隐含的二氧化碳",
    standard=WORKS_STANDARD,
    unit="tCO2",
    symbols={"ad": ("AD_产品", "固碳产品产量", "t"), "ef": ("EF_固碳", "固碳排放因子", "tCO2/t")},
    basis=Basis.SECONDARY,
    note="从总量中扣除",
)
def fixed_carbon(ad: Quantity, ef: Quantity) -> Quantity:
    """CO2 equivalent of carbon fixed in one product, a positive figure that is subtracted, tCO2."""
    return ad * ef


@formula(
    id="ST-6",
    term="工序排放",
    standard="CETS-AG-03.01-V01-2024",
    unit="tCO2",
    symbols={
        "in_fuel": ("Σ燃料输入", "输入燃料对应排放", "tCO2"),
        "in_material": ("Σ原料输入", "输入原料对应排放", "tCO2"),
        "out_fuel": ("Σ燃料输出", "输出燃料对应排放", "tCO2"),
        "out_product": ("Σ产品输出", "输出产品固碳", "tCO2"),
    },
    basis=Basis.SECONDARY,
)
def process_unit(in_fuel: Quantity, in_material: Quantity, out_fuel: Quantity, out_product: Quantity) -> Quantity:
    """Direct emission of one process (工序), tCO2; electricity and steam stand beside it."""
    return in_fuel + in_material - out_fuel - out_product


@formula(
    id="ST-6c",
    term="工序排放（碳质量平衡）",
    standard="环办环评函〔2021〕346号附件2附录",
    unit="tCO2",
    symbols={"carbon_in": ("Σ(M·c)", "输入碳量", "tC"), "carbon_out": ("Σ(P·c)", "输出碳量", "tC")},
    basis=Basis.RECALLED,
)
def carbon_balance(carbon_in: Quantity, carbon_out: Quantity) -> Quantity:
    """Emission by mass balance of carbon, tCO2."""
    return (carbon_in - carbon_out) * CO2_PER_C


@formula(
    id="ST-7",
    term="副产煤气平衡差额",
    standard="物料平衡推导",
    unit="1e4Nm3",
    symbols={
        "made": ("G_产生", "产生量", "1e4Nm3"),
        "used": ("ΣG_工序", "各工序用量", "1e4Nm3"),
        "power": ("G_发电", "自备电厂用量", "1e4Nm3"),
        "sold": ("G_外供", "外供量", "1e4Nm3"),
        "flared": ("G_放散", "放散量", "1e4Nm3"),
        "holder": ("ΔS_柜", "煤气柜存量变化", "1e4Nm3"),
        "loss": ("损失", "损失量", "1e4Nm3"),
    },
    basis=DERIVED,
    note="差额超过产生量 2% 提出疑问，超过 5% 工序表不完整",
)
def gas_residual(
    made: Quantity,
    used: Quantity,
    power: Quantity,
    sold: Quantity,
    flared: Quantity,
    holder: Quantity,
    loss: Quantity,
) -> Quantity:
    """Unexplained by-product gas, 10⁴ Nm³; zero when the balance closes."""
    return made - used - power - sold - flared - holder - loss


@formula(
    id="ST-8",
    term="工序合计与企业层级差额",
    standard="同一因子下的恒等关系",
    unit="tCO2",
    symbols={
        "processes": ("ΣE_工序", "各工序排放合计", "tCO2"),
        "works": ("E_企业", "企业层级排放", "tCO2"),
    },
    basis=DERIVED,
    note="内部流两端因子相同时为零",
)
def works_residual(processes: Quantity, works: Quantity) -> Quantity:
    """Sum of the processes less the works figure, tCO2; zero when internal flows have one factor at both ends."""
    return processes - works


@formula(
    id="ST-9",
    term="电解制氢用电量",
    standard="物料平衡推导",
    unit="MWh",
    symbols={"m_h2": ("M_H2", "自产氢气量", "t"), "e": ("e", "电解单位电耗", "MWh/t")},
    basis=Basis.RECALLED,
)
def electrolysis_electricity(m_h2: Quantity, e: Quantity) -> Quantity:
    """Electricity of own electrolysis, MWh (50–55 kWh/kg = MWh/t); it enters EL-1."""
    return m_h2 * e
