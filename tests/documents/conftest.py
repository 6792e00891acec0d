"""A hand-written ``Assessment`` with the content of a real one: a coastal 2×1000 MW coal power project, complete and incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tanping.assessment.documents import pdf
from tanping.assessment.documents.press import Press
from tanping.assessment.documents.review import Answer, Demand, Outcome, Point, Review, Signature
from tanping.assessment.result import (
    Assessment,
    Condition,
    CrossCheck,
    FactorUse,
    Indicator,
    Input,
    Inventory,
    Reference,
    Screening,
    Source,
    Statement,
    Year,
)
from tanping.rules.finding import FactValue, Finding, MissingFact, OutstandingPaper, TraceLine

YEARS = tuple(range(2021, 2055))
FIRST_FULL = 2024
GUIDE = "《企业温室气体排放核算方法与报告指南 发电设施》（环办气候函〔2022〕485号）"


def factor(key: str, name: str, value: float, unit: str, document: str, **more: Any) -> FactorUse:
    given: dict[str, Any] = {
        "basis": "transcribed",
        "status": "final",
        "region": "全国",
        "data_year": "",
        "variant": "",
        "why": "所选核算依据的缺省值",
        "provisional": False,
    }
    return FactorUse(key, name, value, unit, document, **{**given, **more})


OXIDATION = factor("process.ets.coal.oxidation", "燃煤碳氧化率", 0.99, "1", GUIDE)
DIESEL = factor("fuel.ets.diesel", "柴油（热值、含碳量、氧化率）", 3.0959, "tCO2/t", GUIDE)
LIMESTONE = factor(
    "process.power.limestone",
    "石灰石排放因子",
    0.44,
    "tCO2/t",
    "2013 年发电企业核算指南",
    basis="secondary",
    provisional=True,
)
UREA = factor(
    "process.power.urea", "尿素（44/60）", 0.7333, "tCO2/t", "化学计量关系", basis="recalled", provisional=True
)
GRID = factor(
    "grid.jiangsu.average",
    "江苏电力平均二氧化碳排放因子",
    0.5827,
    "tCO2/MWh",
    "公告2025年第47号附件",
    basis="official",
    region="江苏",
    data_year="2023",
    why="法规适用日期前已公布的最近一年；省级",
    rivals=("全国平均 0.5306", "华东 0.5500"),
)
CONCRETE = factor("construction.material.concrete_c30", "C30 混凝土", 295.0, "kgCO2e/m3", "GB/T 51366-2019 附录D")
REBAR = factor("construction.material.rebar", "热轧带肋钢筋", 2340.0, "kgCO2e/t", "GB/T 51366-2019 附录D")


def series(amount: float) -> tuple[float, ...]:
    """Design-year amount along YEARS: nothing before 2023, a ramp, full, a half last year."""
    shares = {2023: 0.2, FIRST_FULL: 0.9, 2053: 0.75, 2054: 0.0}
    return tuple(0.0 if year < 2023 else amount * shares.get(year, 1.0) for year in YEARS)


def building(amount: float) -> tuple[float, ...]:
    return tuple(amount / 3 if year <= 2023 else 0.0 for year in YEARS)


def closing(amount: float) -> tuple[float, ...]:
    return tuple(amount if year == YEARS[-1] else 0.0 for year in YEARS)


def source(
    id: str,
    name: str,
    category: str,
    formula: str,
    standard: str,
    term: str,
    expression: str,
    amount: float,
    **more: Any,
) -> Source:
    stage = more.pop("stage", "operation")
    annual = more.pop("annual", series(amount))
    return Source(
        id=id,
        name=name,
        unit=more.pop("unit", "u3"),
        stage=stage,
        category=category,
        formula=formula,
        standard=standard,
        term=term,
        expression=expression,
        inputs=more.pop("inputs", ()),
        factors=more.pop("factors", ()),
        annual=annual,
        design_year=amount if stage == "operation" else None,
        total=sum(annual),
        **more,
    )


COAL = 1_540_000 * 21.5 * 0.0262 * 0.99 * 44 / 12
SOURCES = (
    *(
        source(
            f"coal-{unit}",
            f"{number}号锅炉设计煤种燃烧",
            "fuel",
            "PW-2",
            GUIDE,
            "化石燃料燃烧排放",
            "1 540 000 t × 21.5 GJ/t × 0.0262 tC/GJ × 0.99 × 44/12 = 3 148 959.66 tCO2",
            COAL,
            unit=unit,
            inputs=(
                Input(
                    "FC",
                    "年消耗量",
                    1_540_000.0,
                    "t",
                    "154 万吨",
                    "assumed",
                    note="假设：按设计供电煤耗 262 gce/kWh、4500 h 折算",
                ),
                Input(
                    "NCV", "收到基低位发热量", 21.5, "GJ/t", "21.5 GJ/t", "assumed", note="假设：参照同类项目设计煤种"
                ),
                Input(
                    "CC", "单位热值含碳量", 0.0262, "tC/GJ", "0.0262 tC/GJ", "declared", "环境影响报告书", "第 4-37 页"
                ),
                Input("OF", "碳氧化率", 0.99, "1", "", "factor", factor="process.ets.coal.oxidation"),
            ),
            factors=(OXIDATION,),
        )
        for unit, number in (("u3", 3), ("u4", 4))
    ),
    source(
        "oil",
        "点火及助燃用柴油",
        "fuel",
        "PW-2",
        GUIDE,
        "化石燃料燃烧排放",
        "600 t × 42.652 GJ/t × 0.0202 tC/GJ × 0.98 × 44/12 = 1 857.5457824 tCO2",
        600 * 42.652 * 0.0202 * 0.98 * 44 / 12,
        unit="全厂",
        inputs=(
            Input("FC", "年消耗量", 600.0, "t", "600 t", "declared", "环境影响报告书", "第 3-12 页"),
            Input("NCV", "低位发热量", 42.652, "GJ/t", "", "factor", factor="fuel.ets.diesel"),
            Input("CC", "单位热值含碳量", 0.0202, "tC/GJ", "", "factor", factor="fuel.ets.diesel"),
            Input("OF", "碳氧化率", 0.98, "1", "", "factor", factor="fuel.ets.diesel"),
        ),
        factors=(DIESEL,),
    ),
    source(
        "fgd",
        "石灰石—石膏湿法脱硫",
        "process",
        "PW-5",
        "2013 年发电企业核算指南",
        "脱硫过程排放",
        "120 000 t × 0.9 × 0.44 tCO2/t × 1 = 47 520 tCO2",
        47520.0,
        unit="全厂",
        inputs=(
            Input("B", "脱硫剂年用量", 120_000.0, "t", "12 万吨", "verified", "环境影响报告书", "第 3-20 页"),
            Input("I", "碳酸盐含量", 0.9, "1", "", "factor", factor="process.power.limestone"),
        ),
        factors=(LIMESTONE,),
        notes=("排放因子仅见二手资料，待核原文",),
    ),
    source(
        "scr",
        "尿素水解制氨脱硝",
        "process",
        "PW-5u",
        "化学计量关系",
        "脱硝还原剂排放",
        "4 000 t × 0.733333333333 tCO2/t = 2 933.333333 tCO2",
        4000 * 44 / 60,
        unit="全厂",
        factors=(UREA,),
    ),
    source(
        "grid",
        "启动与停机期间外购电力",
        "electricity",
        "EL-1",
        "GB/T 32150；GB/T 32151",
        "净购入电力隐含排放",
        "30 000 MWh × 0.5827 tCO2/MWh = 17 481 tCO2",
        17481.0,
        unit="全厂",
        inputs=(
            Input("AD_电", "净购入电量", 30_000.0, "MWh", "3000 万kWh", "declared", "环境影响报告书", "第 3-15 页"),
        ),
        factors=(GRID,),
    ),
    source(
        "concrete",
        "混凝土（施工期合计）",
        "construction",
        "CN-1",
        "GB/T 51366-2019",
        "建材生产排放",
        "300 000 m3 × 295 kgCO2e/m3 ÷ 1 000 = 88 500 tCO2e",
        88500.0,
        stage="construction",
        annual=building(88500.0),
        unit="全厂",
        factors=(CONCRETE,),
        gas="CO2e",
    ),
    source(
        "rebar",
        "钢筋（施工期合计）",
        "construction",
        "CN-1",
        "GB/T 51366-2019",
        "建材生产排放",
        "60 000 t × 2 340 kgCO2e/t ÷ 1 000 = 140 400 tCO2e",
        140400.0,
        stage="construction",
        annual=building(140400.0),
        unit="全厂",
        factors=(REBAR,),
        gas="CO2e",
    ),
    source(
        "closing",
        "拆除机械用能（假设为施工机械用能的 10 %）",
        "end_of_life",
        "EOL-1",
        "",
        "退役期排放（标注为假设）",
        "24 768 tCO2 × 0.1 = 2 476.8 tCO2",
        2476.8,
        stage="end_of_life",
        annual=closing(2476.8),
        unit="全厂",
        notes=("假设，非规范要求",),
    ),
)


def years_of(sources: tuple[Source, ...]) -> tuple[Year, ...]:
    made = []
    for place, year in enumerate(YEARS):
        parts: dict[str, float] = {}
        for item in sources:
            if item.annual is not None and not item.memo:
                parts[item.category] = parts.get(item.category, 0.0) + item.annual[place]
        made.append(Year(year, sum(parts.values()), parts))
    return tuple(made)


DESIGN = sum(item.design_year or 0.0 for item in SOURCES)


def finding(
    clause: str,
    topic: str,
    document: str,
    number: str,
    article: str,
    requirement: str,
    severity: str,
    met: str,
    because: str,
    office: str,
    **more: Any,
) -> Finding:
    evidence, page = more.pop("evidence", ""), more.pop("page", "")
    applies = "不涉及" if met == "不涉及" else "适用"
    missing = more.pop("missing", ())
    claimed = more.pop("claimed", False)
    binds_at = more.pop("binds_at", "审批")
    best, worst = {"不符合": (severity, severity), "资料不足": ("符合", severity)}.get(met, ("符合", "符合"))
    best, worst = (word if word != "提示" else "符合" for word in (best, worst))
    papers = (
        (OutstandingPaper(clause, because.partition("：")[0], "办理中", binds_at, office),)
        if met == "有条件符合"
        else ()
    )
    return Finding(
        clause=clause,
        pack="coast",
        document=document,
        number=number,
        article=article,
        requirement=requirement,
        excerpt="",
        unit="",
        applies=applies,
        why=because if applies == "不涉及" else "",
        met=met,
        severity=severity,
        best=best,
        worst=worst,
        verdict=best if best == worst else "资料不足",
        provisional=more.pop("provisional", False),
        claimed=claimed,
        binds_at=binds_at,
        topic=topic,
        office=office,
        question=because if met == "转人工" else "",
        missing=missing,
        because=because,
        trace=() if met in ("转人工", "不涉及") else tuple(lines_of(because, met, page, claimed)),
        papers=papers,
        evidence=tuple(filter(None, (evidence,))),
        condition=because,
        basis="reprint",
        basis_note="见于转载全文，引用前与公布本核对",
        **more,
    )


def lines_of(because: str, met: str, page: str, claimed: bool) -> Iterator[TraceLine]:
    """One comparison a phrase ``label：value``; a phrase without a value is a statement that holds."""
    for phrase in because.split("；"):
        label, _, value = phrase.removeprefix("缺：").partition("：")
        unknown = met == "资料不足"
        fact = FactValue(
            "fact",
            label,
            "未填" if unknown else value or "是",
            "",
            "" if unknown else "申报",
            document="报告书" if page else "",
            page=page,
            claimed=claimed,
        )
        yield TraceLine(phrase, {"不符合": True, "资料不足": None}.get(met, False), (fact,), True)


CODE = ("中华人民共和国生态环境法典", "")
ORDER = ("固定资产投资项目节能审查和碳排放评价办法", "国家发展改革委令2025年第31号")
ZONING = ("江苏省“三线一单”生态环境分区管控方案", "苏政发〔2020〕49号")
GUIDE_364 = ("江苏省重点行业建设项目碳排放环境影响评价技术指南（试行）", "苏环办〔2021〕364号")
AIR = ("空气质量持续改善行动计划", "国发〔2023〕24号")
EIA_POWER = ("火电建设项目环境影响评价文件审批原则（2022年版）", "环办环评〔2022〕31号")
CATALOGUE = ("产业结构调整指导目录（2024年本）", "国家发展改革委令2023年第7号")
YANGTZE = ("长江经济带发展负面清单指南（试行，2022年版）江苏省实施细则", "苏长江办发〔2022〕55号")
TWO_HIGH = ("关于加强高耗能、高排放建设项目生态环境源头防控的指导意见", "环环评〔2021〕45号")
COAL_PLAN = ("全国煤电机组改造升级实施方案", "发改运行〔2021〕1519号")

FINDINGS = (
    finding(
        "code-348-sea-outfall-filing",
        "海洋与岸线",
        *CODE,
        "第三百四十八条第一款",
        "入海排污口选址应符合用途管制并经科学论证，报设区市以上生态环境部门备案。",
        "限制",
        "有条件符合",
        "入海排污口备案：办理中，投产前须取得",
        office="海洋",
        binds_at="排污",
        evidence="入海排污口设置论证报告、备案回执",
        page="第 6-18 页",
        claimed=True,
    ),
    finding(
        "code-355-thermal-discharge",
        "海洋与岸线",
        *CODE,
        "第三百五十五条",
        "排放温排水的，应预测热影响范围，保证邻近保护地和渔业水域水温达标。",
        "需论证",
        "不涉及",
        "采用自然通风冷却塔，无温排水入海",
        office="海洋",
    ),
    finding(
        "code-357-coastal-slag-ash",
        "海洋与岸线",
        *CODE,
        "第三百五十七条第一款",
        "在沿海陆域堆存煤灰渣的，应有防止进入海洋的工程措施。",
        "需论证",
        "符合",
        "灰渣全部综合利用，应急灰场设防渗与挡灰堤",
        office="固体废物",
        evidence="灰渣场防渗防冲设计",
        page="第 7-42 页",
        claimed=True,
    ),
    finding(
        "js-zoning-2020-coastal-sea-quota",
        "海洋与岸线",
        *ZONING,
        "沿海地区重点管控要求·污染物排放管控",
        "重点海域实行排污总量控制，直接排海的项目应先落实入海污染物指标。",
        "需论证",
        "不符合",
        "脱硫废水零排放，循环水排污水直接入海；入海污染物总量指标：未办",
        office="海洋",
        provisional=True,
        claimed=True,
        evidence="入海污染物总量指标文件",
    ),
    finding(
        "js-zoning-2020-coastal-natural-shoreline",
        "海洋与岸线",
        *ZONING,
        "沿海地区重点管控要求·资源利用效率",
        "占用自然岸线的，应论证对岸线保有率的影响和补偿来源。",
        "需论证",
        "资料不足",
        "缺：占用自然岸线长度",
        office="海洋",
        provisional=True,
        missing=("natural_shoreline_occupied_m",),
    ),
    finding(
        "national-reclamation-2018-ban",
        "海洋与岸线",
        "国务院关于加强滨海湿地保护严格管控围填海的通知",
        "国发〔2018〕24号",
        "",
        "除国家重大项目外不再批准新的围填海，厂区、灰场不得靠新填海取得用地。",
        "禁止",
        "符合",
        "不新增围填海",
        office="海洋",
        provisional=True,
        claimed=True,
    ),
    finding(
        "code-107-redline",
        "生态空间与选址",
        *CODE,
        "第一百零七条",
        "生态保护红线内除法定例外不得开发建设。",
        "禁止",
        "资料不足",
        "缺：与生态保护红线叠图结果，需补充叠图",
        office="自然生态",
        missing=("inside_eco_redline",),
        evidence="分区管控平台查询报告（编号、日期、管控单元）",
    ),
    finding(
        "js-zoning-platform-report",
        "分区管控与规划环评",
        *ZONING,
        "平台查询要求",
        "应提交分区管控平台对项目范围的分析报告，逐项对照管控单元清单。",
        "需论证",
        "资料不足",
        "缺：分区管控平台查询报告",
        office="环评",
        missing=("zoning_platform_report",),
        provisional=True,
    ),
    finding(
        "park-plan-eia",
        "分区管控与规划环评",
        "规划环境影响评价条例",
        "国务院令第559号",
        "第二十四条",
        "依法应开展规划环评的园区，项目应与规划环评结论及审查意见相符。",
        "限制",
        "符合",
        "射阳港经济开发区规划环评已完成审查，项目在准入类别之内",
        office="环评",
        evidence="规划环评审查意见",
        page="第 2-9 页",
        claimed=True,
    ),
    finding(
        "cat-2024-coal-unit",
        "产业政策与目录",
        *CATALOGUE,
        "第一类鼓励类·电力",
        "单机 60 万千瓦及以上超超临界机组属鼓励类。",
        "提示",
        "符合",
        "单机 1000 MW，二次再热超超临界",
        office="发展改革",
    ),
    finding(
        "cat-2024-r-power-net-coal",
        "产业政策与目录",
        *CATALOGUE,
        "第二类限制类·电力",
        "单机 30 万千瓦及以下常规燃煤机组属限制类。",
        "限制",
        "符合",
        "单机 1000 MW，高于限制类规模",
        office="发展改革",
        provisional=True,
    ),
    finding(
        "two-high-2021-45-3-entry",
        "两高管控",
        *TWO_HIGH,
        "（三）",
        "新建、扩建“两高”项目应符合法律法规、规划、总量控制、碳达峰目标和准入条件，不符合的不予审批。",
        "禁止",
        "资料不足",
        "缺：区域碳达峰目标符合性说明",
        office="环评",
        provisional=True,
        missing=("meets_peak_target",),
    ),
    finding(
        "two-high-2021-45-4-regional-reduction",
        "两高管控",
        *TWO_HIGH,
        "（四）",
        "新增主要污染物应制定区域削减方案并落实来源。",
        "限制",
        "有条件符合",
        "区域削减方案：办理中，审批前须落实削减来源承诺",
        office="大气",
        provisional=True,
        binds_at="投产",
        claimed=True,
    ),
    finding(
        "two-high-2021-45-7-carbon",
        "两高管控",
        *TWO_HIGH,
        "（七）",
        "在环评中开展碳排放影响评价，提出减污降碳协同措施。",
        "需论证",
        "符合",
        "报告书第 9 章为碳排放评价专章",
        office="气候",
        provisional=True,
        claimed=True,
        page="第 9-1 页",
    ),
    finding(
        "power-replacement",
        "煤电建设",
        "项目核准目录（2016年本）",
        "国发〔2016〕72号",
        "二、能源",
        "火电站由省级政府按国家规划核准。",
        "限制",
        "符合",
        "苏改能源发〔2020〕1346号已核准",
        office="发展改革",
        evidence="核准批复",
        page="附件 1",
    ),
    finding(
        "coal-upgrade-2021-net-coal-hard",
        "煤电建设",
        *COAL_PLAN,
        "新建机组准入",
        "新建非热电联产机组设计供电煤耗不得高于 285 克标准煤/千瓦时。",
        "禁止",
        "符合",
        "设计供电煤耗 262 gce/kWh，低于 285 gce/kWh",
        office="能源",
        provisional=True,
        claimed=True,
    ),
    finding(
        "coal-upgrade-2021-net-coal-preferred",
        "煤电建设",
        *COAL_PLAN,
        "新建机组准入",
        "设计供电煤耗高于 270 克标准煤/千瓦时的湿冷机组原则上不得新建。",
        "需论证",
        "符合",
        "设计供电煤耗 262 gce/kWh",
        office="能源",
        provisional=True,
        claimed=True,
    ),
    finding(
        "eff-coal-2022-559-net-coal",
        "能效与能耗限额",
        "煤炭清洁高效利用重点领域标杆水平和基准水平（2022年版）",
        "发改运行〔2022〕559号",
        "燃煤发电",
        "新建湿冷煤电机组供电煤耗应达到标杆水平 270 克标准煤/千瓦时。",
        "限制",
        "符合",
        "设计供电煤耗 262 gce/kWh，优于标杆",
        office="能源",
        claimed=True,
    ),
    finding(
        "gb21258-2024",
        "能效与能耗限额",
        "燃煤发电机组单位产品能源消耗限额",
        "GB 21258-2024",
        "表1 1级",
        "新建 1000 MW 级超超临界机组供电煤耗限定值按 2 级执行。",
        "禁止",
        "资料不足",
        "缺：当地海拔、冷却方式修正系数",
        office="能源",
        missing=("gb21258_correction",),
    ),
    finding(
        "air-plan-2023-coal-replacement",
        "煤炭消费",
        *AIR,
        "（九）",
        "重点区域新改扩建用煤项目实行煤炭等量或减量替代。",
        "禁止",
        "资料不足",
        "缺：煤炭替代量、替代来源文件",
        office="发展改革",
        missing=("coal_replacement_tce", "coal_replacement_plan"),
    ),
    finding(
        "code-259-coal-replacement",
        "煤炭消费",
        *CODE,
        "第二百五十九条",
        "大气污染防治重点区域内新建、改建、扩建用煤项目应当实行煤炭的等量或者减量替代。",
        "限制",
        "资料不足",
        "缺：煤炭替代量",
        office="发展改革",
        missing=("coal_replacement_tce",),
    ),
    finding(
        "eia-principle-2022-thermal-emission",
        "大气污染防治",
        *EIA_POWER,
        "第三至五条",
        "应采用先进除尘、脱硫、脱硝技术，污染物排放达到超低排放水平。",
        "限制",
        "符合",
        "烟尘 ≤ 5 mg/m³、二氧化硫 ≤ 25 mg/m³、氮氧化物 ≤ 30 mg/m³",
        office="大气",
        evidence="污染防治措施论证",
        page="第 7-3 页",
        claimed=True,
    ),
    finding(
        "ghg-eia-346-measure-comparison",
        "大气污染防治",
        "重点行业建设项目碳排放环境影响评价试点技术指南（试行）",
        "环办环评函〔2021〕346号",
        "5.3",
        "污染治理措施方案比选应以碳排放量最低为优先条件之一。",
        "需论证",
        "不符合",
        "报告书未见治理措施的碳排放比选",
        office="气候",
        provisional=True,
        claimed=True,
    ),
    finding(
        "water-reuse",
        "水污染防治",
        *EIA_POWER,
        "第六条",
        "脱硫废水应单独处理，优先回用。",
        "限制",
        "符合",
        "脱硫废水经浓缩、蒸发结晶处理，不外排",
        office="水",
        page="第 7-21 页",
        claimed=True,
    ),
    finding(
        "solid-use",
        "固体废物",
        *EIA_POWER,
        "第八条",
        "灰渣、脱硫石膏应优先综合利用。",
        "需论证",
        "符合",
        "综合利用协议覆盖 100 % 灰渣量",
        office="固体废物",
        page="附件 12",
        claimed=True,
    ),
    finding(
        "code-83-eia-before-start",
        "环评审批程序",
        *CODE,
        "第八十三条第二款",
        "环评文件未依法审查批准的，不得开工建设。",
        "禁止",
        "不符合",
        "实际开工 2021-06-28 早于本次评价；本评价为回顾性评价，仅按所选日期法规回看",
        office="环评",
    ),
    finding(
        "eia-level",
        "环评审批程序",
        "建设项目环境影响评价分类管理名录（2021年版）",
        "生态环境部令第16号",
        "第 87 类",
        "火力发电应编制环境影响报告书。",
        "限制",
        "符合",
        "已编制环境影响报告书",
        office="环评",
    ),
    finding(
        "energy-review-31-3-before-start",
        "节能审查",
        *ORDER,
        "第三条",
        "未通过节能审查的项目不得开工建设。",
        "禁止",
        "有条件符合",
        "节能审查意见：办理中，开工前须取得",
        office="发展改革",
        binds_at="开工",
        claimed=True,
    ),
    finding(
        "energy-review-31-10-carbon",
        "节能审查",
        *ORDER,
        "第十条",
        "年综合能源消费量达到规定规模的，应一并开展碳排放评价。",
        "需论证",
        "转人工",
        "由发展改革部门答复：本项目是否由国家审查并一并开展碳排放评价",
        office="发展改革",
    ),
    finding(
        "js-ghg-eia-364-trigger",
        "碳排放评价内容",
        *GUIDE_364,
        "适用范围",
        "电力行业编制报告书的建设项目应设碳排放评价专章。",
        "需论证",
        "符合",
        "已设专章",
        office="气候",
        provisional=True,
        claimed=True,
    ),
    finding(
        "ghg-eia-346-existing-and-final",
        "碳排放评价内容",
        "重点行业建设项目碳排放环境影响评价试点技术指南（试行）",
        "环办环评函〔2021〕346号",
        "5.2.2",
        "改扩建项目应给出现有、在建和拟建后全厂的碳排放量。",
        "需论证",
        "不符合",
        "未给出一、二期现有机组排放量",
        office="气候",
        provisional=True,
        claimed=True,
    ),
    finding(
        "ets-coverage",
        "碳市场与报告",
        "碳排放权交易管理暂行条例",
        "国务院令第775号",
        "第七条",
        "年度排放达到规定规模的纳入全国碳市场重点排放单位名录。",
        "提示",
        "符合",
        "达产年排放远高于 2.6 万吨，投产后纳入",
        office="气候",
    ),
    finding(
        "code-1242-basis",
        "编制依据",
        *CODE,
        "第一千二百四十二条",
        "自法典施行之日起，环境影响评价法等十部法律不再作为依据。",
        "需论证",
        "不符合",
        "报告书编制依据仍仅列《环境影响评价法》《大气污染防治法》",
        office="环评",
        page="第 1-3 页",
    ),
    finding(
        "yangtze-11-riverside",
        "长江与水域",
        *YANGTZE,
        "第11条",
        "长江干支流一公里范围内不得新建、扩建燃煤发电。",
        "禁止",
        "不涉及",
        "厂址距长江干流超过 100 km",
        office="环评",
    ),
    finding(
        "steel-replacement",
        "产能置换",
        "钢铁行业产能置换实施办法",
        "工信部原〔2021〕46号",
        "",
        "钢铁项目应落实产能置换。",
        "禁止",
        "不涉及",
        "非钢铁项目",
        office="工业和信息化",
    ),
)


def missing_fact(name: str, label: str, ask: str, clauses: tuple[str, ...], office: str, worst: str) -> MissingFact:
    return MissingFact(
        fact=name,
        label=label,
        kind="flag",
        unit="",
        ask=ask,
        meaning="",
        choices=(),
        origin="申报",
        office=office,
        topic="",
        units=(),
        decides=len(clauses),
        clauses=clauses,
        severity=worst,
        score=float(len(clauses)),
        asked=True,
    )


MISSING = (
    missing_fact(
        "coal_replacement_tce",
        "煤炭替代量",
        "本项目新增煤炭消费由哪些来源替代，各多少万吨标准煤？",
        ("air-plan-2023-coal-replacement", "code-259-coal-replacement"),
        "发展改革",
        "禁止",
    ),
    missing_fact(
        "inside_eco_redline",
        "是否位于生态保护红线内",
        "项目占地与生态保护红线叠图是否重叠？",
        ("code-107-redline",),
        "自然生态",
        "禁止",
    ),
    missing_fact(
        "coal_replacement_plan",
        "煤炭替代方案",
        "是否取得煤炭消费替代方案批复？",
        ("air-plan-2023-coal-replacement",),
        "发展改革",
        "禁止",
    ),
    missing_fact(
        "gb21258_correction",
        "供电煤耗修正系数",
        "当地海拔、冷却方式对应的修正系数是多少？",
        ("gb21258-2024",),
        "能源",
        "禁止",
    ),
    missing_fact(
        "zoning_platform_report",
        "分区管控平台查询报告",
        "是否已取得分区管控平台的项目分析报告？",
        ("js-zoning-platform-report",),
        "环评",
        "需论证",
    ),
    missing_fact(
        "natural_shoreline_occupied_m",
        "占用自然岸线长度",
        "项目占用自然岸线多少米？不占用请填 无。",
        ("js-zoning-2020-coastal-natural-shoreline",),
        "海洋",
        "需论证",
    ),
    missing_fact(
        "meets_peak_target",
        "区域碳达峰目标符合性",
        "项目是否与所在地区碳达峰目标相符？",
        ("two-high-2021-45-3-entry",),
        "环评",
        "禁止",
    ),
)


def build(name: str = "江苏射阳港电厂 2×1000 MW 扩建项目") -> Assessment:
    """A complete assessment."""
    annual = years_of(SOURCES)
    supplied = 2 * 1000 * 4500 * (1 - 0.042)
    operating = [year.total for year in annual if year.year >= FIRST_FULL]
    return Assessment(
        project={
            "schema": "tanping.project/1",
            "project": {
                "name": name,
                "owner": "江苏国信、徐矿（各一台）",
                "preparer": {"value": "（未公开）", "note": "假设：公开资料未载编制单位"},
                "sector": "电力",
                "nature": "扩建",
                "method": "ets-2024",
                "retrospective": "是",
                "summary": "在现有厂址扩建 2 台 1000 MW 二次再热超超临界燃煤机组，自然通风冷却塔湿冷，同步建设脱硫、脱硝装置。",
            },
            "dates": {"accepted": "2026-11-01", "construction_start": "2021-06-28"},
            "site": {
                "province": "江苏",
                "city": "盐城",
                "county": "射阳县",
                "address": "射阳港临港工业区",
                "park": "射阳港经济开发区",
            },
            "units": [
                {
                    "id": unit,
                    "name": f"{number}号机组",
                    "kind": "coal_power",
                    "nature": "new",
                    "commissioned": day,
                    "life": {"value": "30 a", "note": "假设：同类机组设计寿命"},
                    "hours": {"value": "4500 h", "note": "假设：公开资料未载"},
                    "capacity": "1000 MW",
                    "auxiliary_rate": {"value": "4.2 %", "note": "假设：二次再热机组常见值"},
                    "net_coal_rate": {"value": "262 gce/kWh", "note": "假设：参照同类二次再热机组公开值 261.8"},
                }
                for unit, number, day in (("u3", 3, "2023-08-28"), ("u4", 4, "2023-11-28"))
            ],
            "papers": {
                "项目核准": {
                    "status": "held",
                    "number": "苏发改能源发〔2020〕1346号",
                    "date": "2020-12-10",
                    "issuer": "江苏省发展改革委",
                },
                "节能审查意见": {"status": "in_progress"},
            },
        },
        as_of=date(2026, 11, 1),
        moment="审批",
        versions={
            "engine": "0.1.0",
            "packs": {"coast": "a3" * 32, "coal_power": "7c" * 32},
            "factors": {"version": "2026.1", "sha256": "19" * 32},
        },
        inventory=Inventory(
            method="ets-2024",
            years=YEARS,
            sources=SOURCES,
            annual=annual,
            complete=True,
            missing=(),
            design_year_total=DESIGN,
            known_design_year=DESIGN,
            lifetime_total=sum(year.total for year in annual),
            peak_year=2025,
            mean_operating=sum(operating) / len(operating),
            net_change=None,
            net_change_missing=("现有一、二期机组前后年排放量", "区域碳减排来源"),
            warnings=("煤质为假设值，未采用元素碳实测；同类项目缺省值与实测之差可达 18%～30%。",),
            assumptions=("电网因子保持最近一年公布值不变", "退役期按假设计入，不并入达产年合计"),
        ),
        indicators=(
            Indicator(
                "supply_intensity",
                "供电碳排放强度",
                COAL * 2 / supplied,
                "tCO2/MWh",
                "PW-8",
                "6 297 919.32 tCO2 ÷ (9 000 000 MWh × (1 − 0.042)) = 0.730447612 tCO2/MWh",
                references=(
                    Reference(
                        "全国碳市场基准值（300 MW 等级以上，供电口径）",
                        0.8177,
                        "tCO2/MWh",
                        "2021、2022年度配额方案",
                        "2022",
                        "口径为供电量",
                    ),
                    Reference("1000 MW 超超临界机组（285 gce/kWh 折算）", 0.795, "tCO2/MWh", "行业统计", "2024"),
                ),
            ),
            Indicator(
                "value_added", "单位工业增加值碳排放", None, "tCO2/万元", "PF-1", "", missing=("达产年工业增加值",)
            ),
        ),
        screening=Screening(
            verdict="资料不足",
            best="禁止",
            worst="禁止",
            suspected="禁止",
            headline="已确定：禁止 1、需论证 1；最坏：禁止（缺 7 项）；疑似 3 条待核原文",
            findings=FINDINGS,
            missing=MISSING,
            forewords=(
                "《江苏省沿海地区建设项目环境准入负面清单》曾列入 2021 年省级编制任务，至今未见公布文本；本章沿海条款按分区管控沿海要求、生态环境法典海洋各条和海岸工程条例逐条核对。",
            ),
        ),
        crosschecks=(
            CrossCheck(
                "design_year_total",
                "达产年排放总量",
                "约 637 万t",
                6_370_000.0,
                DESIGN,
                "tCO2",
                6_370_000 / DESIGN - 1,
                "一致（0.5% 以内）",
                (),
                "第 9-6 页",
            ),
            CrossCheck(
                "coal-u3",
                "3号锅炉设计煤种燃烧",
                "318.08 万t",
                3_180_767.3,
                COAL,
                "tCO2",
                3_180_767.3 / COAL - 1,
                "不一致",
                ("未乘碳氧化率 0.99（比值 1.0101）",),
                "第 9-4 页",
            ),
            CrossCheck("intensity", "供电碳排放强度", "未给出", None, COAL * 2 / supplied, "tCO2/MWh", None, "未申报"),
        ),
        conditions=(
            Condition("取得节能审查意见后方可开工", "开工", "发展改革", "energy-review-31-3-before-start"),
            Condition("落实区域削减方案，投产前完成削减工程", "投产", "大气", "two-high-2021-45-4-regional-reduction"),
            Condition("完成入海排污口备案", "排污", "海洋", "code-348-sea-outfall-filing"),
        ),
        statements=(
            Statement(
                "燃料 coal-u3", "年消耗量", "154 万吨", "假设：按设计供电煤耗 262 gce/kWh、4500 h 折算", "assumption"
            ),
            Statement("燃料 coal-u3", "收到基低位发热量", "21.5 GJ/t", "假设：参照同类项目设计煤种", "assumption"),
            Statement("生产单元 u3", "厂用电率", "4.2 %", "假设：二次再热机组常见值", "assumption"),
            Statement("燃料 coal-u3", "单位热值含碳量", "0.0262 tC/GJ", "报告书第 4-37 页，未见检测报告", "doubt"),
        ),
    )


def without_coal() -> Assessment:
    """The same with the coal of one unit not stated: no total."""
    whole = build()
    gone = replace(
        SOURCES[0], annual=None, design_year=None, total=None, missing=("3号机组燃煤年消耗量",), expression=""
    )
    sources = (gone, *SOURCES[1:])
    inventory = replace(
        whole.inventory,
        sources=sources,
        annual=years_of(sources),
        complete=False,
        missing=("3号锅炉设计煤种燃烧：3号机组燃煤年消耗量",),
        design_year_total=None,
        known_design_year=DESIGN - COAL,
        lifetime_total=None,
        peak_year=None,
        mean_operating=None,
    )
    first = replace(whole.indicators[0], value=None, expression="", missing=("3号机组燃煤年消耗量",))
    return replace(whole, inventory=inventory, indicators=(first, *whole.indicators[1:]))


def joint_review() -> Review:
    """The record of a joint review on its way to the signature."""
    return Review(
        addressee="江苏射阳港发电有限责任公司",
        submitted=date(2026, 10, 20),
        accepted=date(2026, 11, 1),
        corrected=date(2026, 11, 9),
        assessed=date(2026, 11, 25),
        consulted=date(2026, 12, 1),
        site_visit="2026年11月18日组织现场踏勘，核对了5号、6号机组位置、冷却方式和灰场现状",
        experts=("王某某（热能工程）", "李某某（环境影响评价）", "赵某某（海洋环境）"),
        answers=(
            Answer(
                "大气",
                asked=date(2026, 12, 1),
                answered=date(2026, 12, 5),
                opinion="原则同意（附意见）",
                points=(Point("补充区域削减来源的落实时限。", "采纳"),),
            ),
            Answer("海洋", asked=date(2026, 12, 1), answered=date(2026, 12, 8), opinion="同意"),
            Answer(
                "发展改革",
                True,
                date(2026, 12, 1),
                answered=date(2026, 12, 12),
                opinion="原则同意（附意见）",
                number="盐发改函〔2026〕88号",
                points=(Point("建议按供电煤耗 270 gce/kWh 作为验收值。", "部分采纳", "验收值由能源部门另行确定"),),
            ),
            Answer("自然资源", True, date(2026, 12, 1), silent=True),
        ),
        measures=(
            "采用二次再热超超临界参数，设计供电煤耗 262 gce/kWh。",
            "等离子点火，减少助燃用油。",
            "预留碳捕集场地和接口，捕集后去向未明确。",
        ),
        demands=(
            Demand(
                "补充现有一、二期机组的碳排放量及全厂最终排放量。",
                "第 9-12 页",
                "环评编制单位",
                date(2027, 1, 15),
                "气候",
            ),
            Demand("燃煤单位热值含碳量应附设计煤种元素分析报告。", "第 4-37 页", "建设单位", date(2027, 1, 15), "气候"),
        ),
        outcome=Outcome.REVISED,
        copies=("江苏省发展改革委", "盐城市生态环境局"),
        signatures=(Signature("拟稿", "张某"), Signature("会签", "大气处", "同意", date(2026, 12, 20))),
    )


@pytest.fixture(scope="session")
def review() -> Review:
    return joint_review()


@pytest.fixture(scope="session")
def assessment() -> Assessment:
    return build()


@pytest.fixture(scope="session")
def incomplete() -> Assessment:
    return without_coal()


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    """One press for all that print what can't end it."""
    with pdf.start_press() as one:
        yield one
