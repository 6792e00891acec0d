"""The field catalogue: every table and field a project file may hold.

Each class is one table (one sheet of the Excel form, one key of the YAML file); each field carries its ``Entry``.
Amounts are per year of the design year (达产年) unless the label says otherwise. Facts that only rules read are not
repeated here: they come from the fact catalogue (``tanping.rules.facts``) under ``facts`` of the project or of a unit.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tanping.assessment.project.entry import choice, day, flag, quantity, several, text
from tanping.assessment.project.stated import BLANK, Stated
from tanping.assessment.spatial.outline import LONGEST

SCHEMA = "tanping.project/1"

SECTORS = {"power": "电力", "steel": "钢铁", "cement": "水泥"}
PROJECT_NATURES = {
    "new": "新建",
    "expansion": "扩建",
    "renovation": "改建",
    "technical_retrofit": "技术改造",
    "relocation": "异地迁建",
}
UNIT_NATURES = {"new": "新增", "renovated": "改造", "existing": "现有"}
UNIT_KINDS = {
    "coal_power": "煤电",
    "coal_chp": "燃煤热电联产",
    "captive_coal": "自备燃煤机组",
    "gas_power": "燃气发电",
    "coking": "焦化",
    "sintering": "烧结",
    "pelletizing": "球团",
    "ironmaking": "炼铁",
    "bof_steel": "转炉炼钢",
    "eaf_steel": "电弧炉炼钢",
    "rolling": "钢压延",
    "clinker": "水泥熟料",
    "cement_grinding": "水泥粉磨",
    "coal_boiler": "燃煤锅炉",
}
METHODS = {
    "guide-2013": "省级/行业核算指南（2013—2015 年）",
    "gbt-32151": "GB/T 32150/32151 系列国家标准",
    "ets-2024": "全国碳市场核算与报告指南（2022—2024 年）",
}
DATUMS = {"CGCS2000": "CGCS2000", "WGS84": "WGS84", "GCJ-02": "GCJ-02（火星坐标）", "BD-09": "BD-09（百度坐标）"}
PLACE_KINDS = {
    "plant": "厂区",
    "ash_yard": "灰渣场",
    "berth": "码头",
    "outfall": "排污口",
    "intake": "取水口",
    "linear": "线性设施",
}
PAPER_STATUSES = {"held": "已取得", "in_progress": "办理中", "absent": "未办", "not_required": "不需要"}
COOLING = {"water": "水冷（含海水直流）", "air": "空冷"}
FUEL_ROLES = {
    "main": "主燃料（设计煤种）",
    "check": "校核煤种（替代方案，不相加）",
    "start_up": "点火助燃",
    "co_firing": "掺烧",
    "reductant": "还原剂/工序燃料",
    "sold": "外供（扣减）",
}
MATERIAL_ROLES = {
    "desulphurisation": "脱硫剂",
    "denitrification": "脱硝剂",
    "flux": "熔剂",
    "electrode": "电极",
    "carbon_material": "外购含碳原料",
    "fixed_carbon": "固碳产品（扣减）",
    "alternative_raw": "替代原料（入窑生料）",
    "kiln_dust": "窑炉粉尘",
    "raw_meal": "生料",
}
ENERGY_KINDS = {
    "purchased_electricity": "外购电力",
    "sold_electricity": "外供电力",
    "own_electricity": "自发自用电力（含余热发电）",
    "purchased_heat": "外购热力",
    "sold_heat": "外供热力",
}
CONSTRUCTION_KINDS = {"material": "建材", "transport": "运输", "machinery": "施工机械燃料", "electricity": "施工用电"}
FLOW_DIRECTIONS = {
    "in": "输入",
    "out": "输出（产出、回收）",
    "power": "自备电厂使用",
    "sold": "外供",
    "flared": "放散",
    "holder": "柜存增加",
    "loss": "损失",
}
FLOW_KINDS = {"fuel": "燃料（含副产煤气）", "material": "原料", "product": "产品"}
SWITCH_TABLES = {
    "units": "生产单元",
    "fuels": "燃料",
    "materials": "物料",
    "energy": "电力热力",
    "products": "产品",
    "captures": "碳捕集",
}
DESTINATIONS = {"stored": "永久封存", "mineralised": "矿化固定", "used": "利用（不扣减）"}
CHANGE_ACCOUNTS = {
    "existing": "现有工程",
    "under_construction": "在建工程",
    "offset": "以新带老",
    "replaced": "产能置换（被置换）",
    "regional": "区域碳减排",
}
CHAPTERS = {
    "feasibility": "可行性研究报告",
    "energy_report": "节能报告",
    "eia_engineering": "环评·工程分析",
    "eia_air": "环评·大气",
    "eia_solid": "环评·固体废物",
    "eia_carbon": "环评·碳排放",
    "replacement_notice": "产能置换公告",
    "coal_plan": "煤炭替代方案",
    "approval": "批复（核准、备案）文件",
}
PARAMETERS = {
    "coal": "燃煤年消耗量",
    "coal_ncv": "燃煤收到基低位发热量",
    "coal_rate": "供电标准煤耗",
    "hours": "年利用（运行）小时数",
    "capacity": "装机容量",
    "generation": "年发电量",
    "supply": "年供电量",
    "heat_supplied": "年供热量",
    "product": "产品年产量",
    "limestone": "石灰石年用量",
    "electricity": "外购电量",
    "energy": "年综合能耗（当量值）",
    "energy_equivalent": "年综合能耗（等价值）",
    "emission": "达产年二氧化碳排放量",
    "so2_removed": "二氧化硫年脱除量",
    "gypsum": "脱硫石膏年产生量",
    "flue_gas": "烟气量（标态，年或小时）",
    "co2_share": "烟气二氧化碳体积分数（与烟气量同一干湿基、同一氧含量）",
}
POLLUTANTS = {"so2": "二氧化硫", "nox": "氮氧化物", "pm": "颗粒物", "vocs": "挥发性有机物"}
GRID_SCENARIOS = {"constant": "保持最近一年公布值不变", "trend": "按已公布年份的变化率外推（仅供参考）"}


class Table(BaseModel):
    """A table of the catalogue: unknown fields are refused. Read as part of a project, it needs no validator of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class Identity(Table):
    """What the project is."""

    name: Annotated[Stated[str], text("项目名称", required=True, main=True)] = BLANK
    code: Annotated[Stated[str], text("项目代码", help="投资项目在线审批监管平台代码")] = BLANK
    credit_code: Annotated[Stated[str], text("统一社会信用代码")] = BLANK
    owner: Annotated[Stated[str], text("建设单位", main=True)] = BLANK
    preparer: Annotated[Stated[str], text("环评编制单位")] = BLANK
    sector: Annotated[Stated[str], choice("行业", SECTORS, required=True, main=True)] = BLANK
    nature: Annotated[Stated[str], choice("建设性质", PROJECT_NATURES, required=True, main=True)] = BLANK
    method: Annotated[
        Stated[str],
        choice("核算依据", METHODS, main=True, help="全文统一采用一种核算依据；不选则不出数，不设隐含缺省"),
    ] = BLANK
    retrospective: Annotated[Stated[bool], flag("回顾性评价", help="项目已建成，按所选日期的法规回看")] = BLANK
    summary: Annotated[Stated[str], text("工程概况")] = BLANK
    investment: Annotated[Stated[Decimal], quantity("总投资", "万元", example="75 亿元")] = BLANK
    output_value: Annotated[Stated[Decimal], quantity("达产年工业总产值", "万元", example="38 亿元")] = BLANK
    value_added: Annotated[Stated[Decimal], quantity("达产年工业增加值", "万元", example="12 亿元")] = BLANK
    price_year: Annotated[Stated[str], text("产值价格年份", example="2025")] = BLANK
    balance_value: Annotated[
        Stated[Decimal],
        quantity(
            "碳市场行业平衡值",
            "tCO2/t",
            example="0.85 tCO2/t",
            help="钢铁按吨粗钢、水泥按吨熟料的直接排放；没有缺省值，注明出处；不填则不测算配额",
            sectors=("steel", "cement"),
        ),
    ] = BLANK


class Dates(Table):
    """Dates that laws bind on."""

    prepared: Annotated[Stated[Any], day("报告编制日期", main=True)] = BLANK
    accepted: Annotated[Stated[Any], day("受理日期", main=True, help="法规适用日期，不另指定时以此为准")] = BLANK
    assessed: Annotated[Stated[Any], day("技术评估日期")] = BLANK
    approved: Annotated[Stated[Any], day("审批日期")] = BLANK
    construction_start: Annotated[Stated[Any], day("计划（实际）开工日期", main=True)] = BLANK


class Site(Table):
    """Where the project stands."""

    province: Annotated[Stated[str], text("省", required=True, main=True, example="江苏")] = BLANK
    city: Annotated[Stated[str], text("设区市", required=True, main=True, example="盐城")] = BLANK
    county: Annotated[Stated[str], text("县（市、区）", main=True, example="射阳县")] = BLANK
    address: Annotated[Stated[str], text("厂址")] = BLANK
    park: Annotated[Stated[str], text("所在园区")] = BLANK
    zoning_unit: Annotated[Stated[str], text("环境管控单元编码")] = BLANK
    longitude: Annotated[Stated[Decimal], quantity("经度", "1", example="120.49", maximum=Decimal(180))] = BLANK
    latitude: Annotated[Stated[Decimal], quantity("纬度", "1", example="33.82", maximum=Decimal(90))] = BLANK
    datum: Annotated[Stated[str], choice("坐标系", DATUMS)] = BLANK


class Place(Table):
    """Where a part of the works lies: an area, a line or a point, for overlay with the layers an office holds."""

    id: str = Field(min_length=1, max_length=40)
    kind: Annotated[Stated[str], choice("位置类别", PLACE_KINDS, required=True, main=True)] = BLANK
    geometry: Annotated[
        Stated[str],
        text(
            "坐标或文件名",
            main=True,
            longest=LONGEST,
            example="120.4901,33.8203; 120.4962,33.8203; 120.4962,33.8161",
            help="拐点“经度,纬度”用分号隔开，或 WKT，或已登记的文件名；没有这类设施填 无",
        ),
    ] = BLANK
    datum: Annotated[Stated[str], choice("坐标系", DATUMS, main=True, help="填了坐标就必须填")] = BLANK
    reach: Annotated[
        Stated[Decimal],
        quantity("范围半径", "m", example="800 m", help="只给一个点时：从该点到场地最远边界的距离"),
    ] = BLANK


class Unit(Table):
    """A production unit 生产单元: a generating set, a blast-furnace shop, a clinker line."""

    id: str = Field(min_length=1, max_length=40)
    name: Annotated[Stated[str], text("名称", main=True)] = BLANK
    kind: Annotated[Stated[str], choice("生产单元类别", UNIT_KINDS, required=True, main=True)] = BLANK
    nature: Annotated[Stated[str], choice("单元性质", UNIT_NATURES, required=True, main=True)] = BLANK
    commissioned: Annotated[Stated[Any], day("投产日期", main=True)] = BLANK
    life: Annotated[Stated[Decimal], quantity("设计寿命", "a", main=True, example="30 a", maximum=Decimal(100))] = BLANK
    hours: Annotated[
        Stated[Decimal],
        quantity("年利用（运行）小时数", "h", main=True, example="4500 h", maximum=Decimal(8784)),
    ] = BLANK
    capacity: Annotated[
        Stated[Decimal], quantity("单机容量", "MW", main=True, example="1000 MW", sectors=("power",))
    ] = BLANK
    output_capacity: Annotated[
        Stated[Decimal],
        quantity("产品年产能", "t", "t/a", main=True, example="120 万吨", sectors=("steel", "cement")),
    ] = BLANK
    auxiliary_rate: Annotated[
        Stated[Decimal],
        quantity("厂用电率", "%", main=True, example="4.2 %", maximum=Decimal(100), sectors=("power",)),
    ] = BLANK
    net_coal_rate: Annotated[
        Stated[Decimal],
        quantity("设计供电煤耗", "gce/kWh", main=True, example="261.8 gce/kWh", sectors=("power",)),
    ] = BLANK
    heat_supplied: Annotated[
        Stated[Decimal],
        quantity("年供热量", "GJ", main=True, example="400 万GJ；不供热填 无", sectors=("power",)),
    ] = BLANK
    heat_produced: Annotated[
        Stated[Decimal],
        quantity("年总产热量", "GJ", example="8000 万GJ", help="供热机组计算供热比用", sectors=("power",)),
    ] = BLANK
    load_factor: Annotated[
        Stated[Decimal], quantity("年平均负荷（出力）系数", "%", maximum=Decimal(100), sectors=("power",))
    ] = BLANK
    cooling: Annotated[
        Stated[str],
        choice("冷却方式", COOLING, help="2022 年度及以前的配额按冷却方式修正", sectors=("power",)),
    ] = BLANK
    first_year_ramp: Annotated[
        Stated[Decimal],
        quantity("投产首年达产率", "%", example="60 %", maximum=Decimal(100), help="按本单元自己的投产时间计"),
    ] = BLANK
    second_year_ramp: Annotated[Stated[Decimal], quantity("投产次年达产率", "%", maximum=Decimal(100))] = BLANK
    degradation: Annotated[Stated[Decimal], quantity("能耗年劣化率", "%", maximum=Decimal(10), help="不考虑填 无")] = (
        BLANK
    )
    facts: dict[str, Any] = Field(default_factory=dict)


class Fuel(Table):
    """A fuel stream, yearly at the design year."""

    id: str = Field(min_length=1, max_length=40)
    units: Annotated[Stated[Any], several("使用单元", help="生产单元编号，空白表示全厂公用")] = BLANK
    fuel: Annotated[Stated[str], text("燃料种类", required=True, main=True, help="燃料因子库中的名称或代码")] = BLANK
    role: Annotated[Stated[str], choice("用途", FUEL_ROLES, required=True, main=True)] = BLANK
    amount: Annotated[
        Stated[Decimal],
        quantity("年消耗量", "t", "t/a", "1e4Nm3", "1e4Nm3/a", main=True, example="395 万吨 或 3.1 万Nm3"),
    ] = BLANK
    ncv: Annotated[
        Stated[Decimal],
        quantity("收到基低位发热量", "GJ/t", "GJ/1e4Nm3", main=True, example="22.3 GJ/t"),
    ] = BLANK
    carbon_per_heat: Annotated[
        Stated[Decimal], quantity("单位热值含碳量", "tC/GJ", main=True, example="0.0265 tC/GJ")
    ] = BLANK
    carbon_as_received: Annotated[
        Stated[Decimal], quantity("收到基元素碳", "%", main=True, example="58.2 %", maximum=Decimal(100))
    ] = BLANK
    carbon_air_dry: Annotated[Stated[Decimal], quantity("空干基元素碳", "%", maximum=Decimal(100))] = BLANK
    moisture_total: Annotated[Stated[Decimal], quantity("全水分", "%", maximum=Decimal(100))] = BLANK
    moisture_air_dry: Annotated[Stated[Decimal], quantity("空干基水分", "%", maximum=Decimal(100))] = BLANK
    composition: Annotated[
        Stated[str],
        text(
            "气体组分",
            example="CH4 92 %，C2H6 4 %，N2 2.5 %，CO2 1.5 %",
            help="气体燃料实测的体积分数，写全到 100 %；填了就按组分算含碳量，消耗量以 万Nm3 计",
        ),
    ] = BLANK
    oxidation: Annotated[Stated[Decimal], quantity("碳氧化率", "1", example="0.99 或 99 %", maximum=Decimal(1))] = BLANK
    fossil_share: Annotated[
        Stated[Decimal],
        quantity("非生物质碳比例", "1", example="1", maximum=Decimal(1), help="污泥、垃圾衍生燃料等无缺省值"),
    ] = BLANK
    override_reason: Annotated[Stated[str], text("不用缺省值的理由")] = BLANK


class Material(Table):
    """A carbon-bearing raw or auxiliary material, or a product that carries carbon away, yearly."""

    id: str = Field(min_length=1, max_length=40)
    units: Annotated[Stated[Any], several("使用单元")] = BLANK
    role: Annotated[Stated[str], choice("用途", MATERIAL_ROLES, required=True, main=True)] = BLANK
    material: Annotated[Stated[str], text("物料", required=True, main=True)] = BLANK
    amount: Annotated[Stated[Decimal], quantity("年用量（产量）", "t", "t/a", main=True, example="12 万吨")] = BLANK
    carbonate_content: Annotated[
        Stated[Decimal], quantity("碳酸盐含量", "1", example="0.90 或 90 %", maximum=Decimal(1))
    ] = BLANK
    conversion: Annotated[Stated[Decimal], quantity("转化率", "1", example="1 或 100 %", maximum=Decimal(1))] = BLANK
    factor: Annotated[Stated[Decimal], quantity("实测排放因子", "tCO2/t")] = BLANK
    override_reason: Annotated[Stated[str], text("不用缺省值的理由")] = BLANK


class Energy(Table):
    """Electricity or heat bought, sold or made, yearly."""

    id: str = Field(min_length=1, max_length=40)
    units: Annotated[Stated[Any], several("使用单元")] = BLANK
    kind: Annotated[Stated[str], choice("类别", ENERGY_KINDS, required=True, main=True)] = BLANK
    amount: Annotated[
        Stated[Decimal],
        quantity("年电量或热量", "MWh", "MWh/a", "GJ", "GJ/a", main=True, example="1.2 亿kWh 或 50 万GJ"),
    ] = BLANK
    carrier_mass: Annotated[
        Stated[Decimal],
        quantity(
            "蒸汽或热水质量", "t", "t/a", example="120 万吨", help="热力只有质量时填，年热量留空，由焓值或温度折算"
        ),
    ] = BLANK
    steam_enthalpy: Annotated[
        Stated[Decimal], quantity("蒸汽焓值", "kJ/kg", example="2777 kJ/kg", maximum=Decimal(4000))
    ] = BLANK
    water_temperature: Annotated[Stated[Decimal], quantity("热水温度", "°C", example="95 °C", maximum=Decimal(200))] = (
        BLANK
    )
    factor: Annotated[Stated[Decimal], quantity("供方实测因子", "tCO2/MWh", "tCO2/GJ")] = BLANK
    certificate: Annotated[Stated[str], text("绿电、绿证编号")] = BLANK
    override_reason: Annotated[Stated[str], text("不用缺省值的理由")] = BLANK


class Product(Table):
    """A product, yearly."""

    id: str = Field(min_length=1, max_length=40)
    units: Annotated[Stated[Any], several("生产单元")] = BLANK
    product: Annotated[Stated[str], text("产品", required=True, main=True)] = BLANK
    amount: Annotated[Stated[Decimal], quantity("年产量", "t", "t/a", "MWh", main=True, example="120 万吨")] = BLANK
    sold: Annotated[Stated[Decimal], quantity("其中外售", "t", "t/a")] = BLANK
    cao: Annotated[Stated[Decimal], quantity("CaO 含量", "%", maximum=Decimal(100), sectors=("cement",))] = BLANK
    mgo: Annotated[Stated[Decimal], quantity("MgO 含量", "%", maximum=Decimal(100), sectors=("cement",))] = BLANK
    cao_noncarbonate: Annotated[
        Stated[Decimal], quantity("非碳酸盐 CaO", "%", maximum=Decimal(100), sectors=("cement",))
    ] = BLANK
    mgo_noncarbonate: Annotated[
        Stated[Decimal], quantity("非碳酸盐 MgO", "%", maximum=Decimal(100), sectors=("cement",))
    ] = BLANK


class Construction(Table):
    """Materials, transport and machinery of the construction period (whole period, not yearly)."""

    id: str = Field(min_length=1, max_length=40)
    kind: Annotated[Stated[str], choice("类别", CONSTRUCTION_KINDS, required=True, main=True)] = BLANK
    item: Annotated[Stated[str], text("名称", required=True, main=True, help="因子库中的名称或代码")] = BLANK
    amount: Annotated[
        Stated[Decimal], quantity("数量（施工期合计）", "t", "m3", "MWh", main=True, example="18 万吨 或 30 万m3")
    ] = BLANK
    distance: Annotated[Stated[Decimal], quantity("运距", "km")] = BLANK


class Change(Table):
    """Emissions of existing, replaced or offset works: actual figures of the base period."""

    id: str = Field(min_length=1, max_length=40)
    account: Annotated[Stated[str], choice("账目", CHANGE_ACCOUNTS, required=True, main=True)] = BLANK
    party: Annotated[Stated[str], text("出让（减排）方", main=True)] = BLANK
    before: Annotated[Stated[Decimal], quantity("本项目前年排放量", "tCO2", main=True, example="310 万tCO2")] = BLANK
    after: Annotated[Stated[Decimal], quantity("本项目后年排放量", "tCO2", main=True)] = BLANK
    base_year: Annotated[Stated[str], text("基准期", main=True, example="2024")] = BLANK
    verified_report: Annotated[Stated[str], text("核查报告或依据", main=True)] = BLANK


class Declared(Table):
    """A figure of the applicant's own carbon chapter, to be set against the recomputed one."""

    id: str = Field(min_length=1, max_length=40)
    figure: Annotated[
        Stated[str],
        text(
            "指标",
            required=True,
            main=True,
            example="达产年排放总量",
            help="达产年排放总量、某排放源编号或名称、某绩效指标名称或代码",
        ),
    ] = BLANK
    value: Annotated[Stated[str], text("申报值（照抄原文）", main=True, example="约530万t")] = BLANK


class Chapter(Table):
    """A parameter as one document or chapter states it, to be set beside the others."""

    id: str = Field(min_length=1, max_length=40)
    parameter: Annotated[Stated[str], choice("参数", PARAMETERS, required=True, main=True)] = BLANK
    chapter: Annotated[Stated[str], choice("文件与章节", CHAPTERS, required=True, main=True)] = BLANK
    subject: Annotated[Stated[str], text("对象", help="产品名称或生产单元编号；空白表示全项目", example="熟料")] = BLANK
    value: Annotated[Stated[str], text("该处数值（照抄原文，带单位）", main=True, example="330.8万t/a")] = BLANK


class Measure(Table):
    """A reduction measure of the library, to the size the project gives it."""

    id: str = Field(min_length=1, max_length=40)
    measure: Annotated[Stated[str], text("措施", required=True, main=True, help="措施库中的名称或代码")] = BLANK
    size: Annotated[Stated[str], text("规模（带单位）", main=True, help="措施库写明量纲", example="3 gce/kWh")] = BLANK
    units: Annotated[Stated[Any], several("实施单元", help="生产单元编号，空白表示全部适用单元")] = BLANK
    investment: Annotated[Stated[Decimal], quantity("投资", "万元", example="5200 万元")] = BLANK
    running_cost: Annotated[
        Stated[Decimal],
        quantity("年净运行费用", "万元", "万元/a", minimum=None, example="-800 万元", help="节省的费用为负"),
    ] = BLANK
    life: Annotated[Stated[Decimal], quantity("措施寿命", "a", example="15 a", maximum=Decimal(100))] = BLANK


class Control(Table):
    """One option for controlling pollutants, with what it uses in a year: for the comparison on least CO2."""

    id: str = Field(min_length=1, max_length=40)
    pollutants: Annotated[Stated[Any], several("治理的污染物", POLLUTANTS, main=True, example="二氧化硫")] = BLANK
    option: Annotated[Stated[str], text("治理方案", required=True, main=True, example="石灰石-石膏湿法")] = BLANK
    complies: Annotated[Stated[bool], flag("能稳定达标", main=True)] = BLANK
    chosen: Annotated[Stated[bool], flag("采用的方案", main=True)] = BLANK
    electricity: Annotated[Stated[Decimal], quantity("年耗电量", "MWh", "MWh/a", main=True)] = BLANK
    heat: Annotated[Stated[Decimal], quantity("年耗热量", "GJ", "GJ/a")] = BLANK
    reagent: Annotated[Stated[str], text("含碳药剂", help="石灰石、尿素等；没有填 无", example="石灰石")] = BLANK
    reagent_amount: Annotated[Stated[Decimal], quantity("药剂年用量", "t", "t/a")] = BLANK
    fuel: Annotated[Stated[str], text("耗用燃料", help="如焚烧法的天然气；没有填 无")] = BLANK
    fuel_amount: Annotated[Stated[Decimal], quantity("燃料年用量", "t", "t/a", "1e4Nm3", "1e4Nm3/a")] = BLANK


class Flow(Table):
    """What goes into or comes out of one steelmaking process (工序) in a year: fuels, materials, products, by-product gas."""

    id: str = Field(min_length=1, max_length=40)
    unit: Annotated[Stated[str], text("工序", main=True, help="生产单元编号或工序名称，煤气的外供、放散等可空")] = BLANK
    direction: Annotated[Stated[str], choice("去向", FLOW_DIRECTIONS, required=True, main=True)] = BLANK
    item: Annotated[Stated[str], text("物料或能源", required=True, main=True, example="高炉煤气")] = BLANK
    kind: Annotated[Stated[str], choice("性质", FLOW_KINDS, required=True, main=True)] = BLANK
    amount: Annotated[
        Stated[Decimal], quantity("年量", "t", "t/a", "1e4Nm3", "1e4Nm3/a", minimum=None, main=True, example="12 亿Nm3")
    ] = BLANK
    ncv: Annotated[Stated[Decimal], quantity("低位发热量", "GJ/t", "GJ/1e4Nm3")] = BLANK
    carbon_per_heat: Annotated[Stated[Decimal], quantity("单位热值含碳量", "tC/GJ")] = BLANK
    oxidation: Annotated[Stated[Decimal], quantity("碳氧化率", "1", maximum=Decimal(1))] = BLANK
    factor: Annotated[Stated[Decimal], quantity("实测排放（固碳）因子", "tCO2/t")] = BLANK


class Capture(Table):
    """Capture of CO2 from some units, from a date on."""

    id: str = Field(min_length=1, max_length=40)
    units: Annotated[Stated[Any], several("捕集单元", help="生产单元编号，空白表示全厂")] = BLANK
    start: Annotated[Stated[Any], day("捕集投运日期", main=True)] = BLANK
    rate: Annotated[Stated[Decimal], quantity("捕集率", "%", main=True, maximum=Decimal(100), example="90 %")] = BLANK
    share: Annotated[Stated[Decimal], quantity("处理烟气比例", "%", main=True, maximum=Decimal(100))] = BLANK
    destination: Annotated[Stated[str], choice("二氧化碳去向", DESTINATIONS, main=True)] = BLANK
    site: Annotated[Stated[str], text("封存或利用地点", main=True)] = BLANK
    electricity: Annotated[
        Stated[Decimal], quantity("捕集（含压缩）单位电耗", "MWh/t", main=True, example="0.25 MWh/t")
    ] = BLANK
    transport: Annotated[Stated[Decimal], quantity("年运输排放", "tCO2", "tCO2/a")] = BLANK
    leak: Annotated[Stated[Decimal], quantity("年泄漏量", "tCO2", "tCO2/a")] = BLANK


class Switch(Table):
    """A dated change of one input, for the years after it (reference; the design year stays as proposed)."""

    id: str = Field(min_length=1, max_length=40)
    start: Annotated[Stated[Any], day("起始日期", main=True)] = BLANK
    table: Annotated[Stated[str], choice("变更的表", SWITCH_TABLES, main=True)] = BLANK
    row: Annotated[Stated[str], text("变更的编号", main=True, help="该表中的编号；单行表不填")] = BLANK
    field: Annotated[Stated[str], text("变更的字段", main=True, example="年消耗量")] = BLANK
    value: Annotated[Stated[str], text("变更后的数值（带单位）", main=True, example="200 万吨")] = BLANK


class Area(Table):
    """Figures of the city and area the project is set against (区域影响); blank means not assessed."""

    city_intensity: Annotated[
        Stated[Decimal], quantity("设区市碳排放强度（规划期末目标）", "tCO2/万元", help="来源注明")
    ] = BLANK
    city_peak: Annotated[Stated[Decimal], quantity("设区市达峰年碳排放总量", "tCO2", example="5200 万tCO2")] = BLANK
    energy_increment: Annotated[Stated[Decimal], quantity("所在地能源消费增量", "tce", example="80 万tce")] = BLANK
    energy_total: Annotated[Stated[Decimal], quantity("所在地能源消费总量", "tce")] = BLANK
    gross_product: Annotated[Stated[Decimal], quantity("所在地生产总值", "万元")] = BLANK


class Paper(Table):
    """A document that somebody issues or obtains."""

    status: Annotated[Stated[str], choice("办理状态", PAPER_STATUSES, main=True)] = BLANK
    number: Annotated[Stated[str], text("文号", main=True)] = BLANK
    date: Annotated[Stated[Any], day("日期", main=True)] = BLANK
    issuer: Annotated[Stated[str], text("出具单位")] = BLANK
    page: Annotated[Stated[str], text("报告页码")] = BLANK
    note: Annotated[Stated[str], text("说明")] = BLANK


class Lifetime(Table):
    """Choices for the lifetime view (reference beyond the design year)."""

    grid_scenario: Annotated[Stated[str], choice("电网因子情景", GRID_SCENARIOS)] = BLANK
    end_of_life: Annotated[Stated[bool], flag("计入退役期（标注为假设）")] = BLANK


class Project(Table):
    """A project file."""

    schema_id: Literal["tanping.project/1"] = Field(alias="schema")
    project: Identity = Identity()
    dates: Dates = Dates()
    site: Site = Site()
    places: tuple[Place, ...] = ()
    units: tuple[Unit, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    materials: tuple[Material, ...] = ()
    energy: tuple[Energy, ...] = ()
    products: tuple[Product, ...] = ()
    construction: tuple[Construction, ...] = ()
    changes: tuple[Change, ...] = ()
    declared: tuple[Declared, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    measures: tuple[Measure, ...] = ()
    controls: tuple[Control, ...] = ()
    flows: tuple[Flow, ...] = ()
    captures: tuple[Capture, ...] = ()
    switches: tuple[Switch, ...] = ()
    area: Area = Area()
    papers: dict[str, Paper] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    lifetime: Lifetime = Lifetime()
