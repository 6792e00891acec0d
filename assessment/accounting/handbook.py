"""The method handbook ``docs/methods.md``, written from the formulas themselves: ``python -m tanping.assessment.accounting.handbook``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from tanping.assessment.accounting import (
    allowance,
    cement,
    combustion,
    construction,
    end_of_life,
    energy,
    growth,
    intensity,
    net_change,
    power,
    purchased_energy,
    regional,
    steel,
    totals,
)
from tanping.assessment.accounting.books import STANDARDS
from tanping.assessment.accounting.formula import Formula
from tanping.assessment.project.model import METHODS, SECTORS

INTRODUCTION = """# 核算方法手册

本手册由程序从公式登记自动写出：正文中的公式就是程序运行的公式，二者不会不一致。标准条文的公式编号未核到原文，故只写标准名称和条款用语，
编号栏留待附上原文后填写。每条公式注明依据的核对程度；因子数值不在这里，见因子登记册。注明“只供手工复核”的公式，
自动核算不按此式计算（合计按排放源逐项相加，或项目文件以别的数据填报）。

## 总则

* **核算依据只选一种**，存档并印在结果上，不设隐含缺省。其他依据的结果可以并列展示，不逐行混用。
* **缺失不等于零**：空白、不清楚的量使该排放源停算，总量注明不完整并列出缺项；填“无”才是零。
* **缺省值只来自因子登记册**，印出文件、年份和选取理由；改用其他数值须写理由。法规适用日期之后公布的因子不用。
* 44/12 等分子量之比按分数计算，不取近似值。达产年（设计工况）的数值用于评价，逐年与全生命周期数值仅供参考。
* 固碳产品、永久封存的二氧化碳和外供的副产煤气从总量中扣减；生物源排放、上游排放只作备忘，不计入总量。
* 单个项目与百万个项目用同一套公式和程序；展示和存储的合计按固定顺序精确求和，与并行方式无关。
"""


class Chapter(NamedTuple):
    """A chapter of the handbook: its title, the module that holds its formulas, what a reader must know first."""

    title: str
    module: ModuleType
    words: str


CHAPTERS = (
    Chapter("总量", totals, "燃料、过程、净购入电力和热力、扣减量始终分列保存，合计时相加减。"),
    Chapter(
        "化石燃料燃烧",
        combustion,
        "给出收到基元素碳（或空干基元素碳与两种水分）时按元素碳计算，否则按低位发热量与单位热值含碳量计算；所用方法印在排放源上。"
        "煤的消耗量和低位发热量没有缺省值；污泥、垃圾衍生燃料的非生物质碳比例没有缺省值。设计煤种计入，校核煤种只作替代方案展示。"
        "煤电用缺省含碳量时给出已公布的偏差警告。低位发热量不能按含碳量的基准换算方法换算。",
    ),
    Chapter(
        "电力",
        power,
        "脱硫、启动燃料各为一行；脱硫的缺省值只用于石灰石。供电强度不含外购电力。供热比按热量划分，热电分摊后电、热两部分之和等于机组排放。"
        "只有永久封存或矿化的二氧化碳可以扣减，利用的部分另列；捕集电耗从供电量中扣除。",
    ),
    Chapter(
        "钢铁",
        steel,
        "企业层级只计外购的燃料和原料，厂内自产的焦炭、煤气、焦油不重复计入；固碳产品扣减，每吨只扣一次。"
        "工序层级两端用同一因子时，各工序之和等于企业层级。副产煤气的平衡差额超过 2% 提出疑问，超过 5% 工序表不完整。",
    ),
    Chapter(
        "水泥",
        cement,
        "2024 年方法按每条窑线计算熟料过程排放，扣减入窑的非碳酸盐替代原料，不小于零；磨入水泥的混合材不扣减。"
        "2013 年指南按氧化钙、氧化镁计算，另加生料非燃料碳；非碳酸盐来源和粉尘须填报。余热发电只减少外购电量。",
    ),
    Chapter(
        "净购入电力和热力",
        purchased_energy,
        "电力取法规适用日期前公布的最近数据年份的平均因子，先省级，后区域，再全国，所取的层级印出；没有省级值的地区不以别处的值代替。"
        "生命周期因子、基准线因子不用于核算。有证书的非化石能源电量另列市场法结果，与按地区因子的结果并列，不相加。",
    ),
    Chapter(
        "施工期",
        construction,
        "按建筑碳排放标准类比，单位为二氧化碳当量，与运行期分列；全生命周期合计含施工期和退役期，其中按当量计的部分另行写明。",
    ),
    Chapter("退役期", end_of_life, "属于标明的假设，可以关闭；不计入达产年合计，回收利用的减排不扣减。"),
    Chapter(
        "逐年与全生命周期",
        growth,
        "投产按各单元自己的日期计，首年、次年达产率按投产后的第一、第二个十二个月逐日计算；劣化按满整年累计，不计大修后的恢复。"
        "电网因子不选情景时保持最近公布值；按已公布年份外推的情景只作参考。达产年、峰值年、运行期年均、累计是四个不同的数。",
    ),
    Chapter("净变化量", net_change, "现有和被置换工程取基准期实际排放，不取设计产能；一条退出的生产线只列入一处。"),
    Chapter("绩效", intensity, "国家试点指南未设合格线：与参考值对照，不作判定。参考值须同边界、同分母、同年份。"),
    Chapter(
        "配额对照",
        allowance,
        "与碳市场口径的排放量对照，不与环评总量对照，也不是环评限值。2022 年度及以前按供电量，2023 年度起按发电量。"
        "行业平衡值没有缺省值；征求意见稿数值须写明理由才可采用。",
    ),
    Chapter(
        "能耗",
        energy,
        "有低位发热量的按低位发热量折算，否则取 GB/T 2589 系数；投入减去外供。当量值与等价值分别列出；发电项目只列当量值。",
    ),
    Chapter("区域影响", regional, "没有所在地数据时不评价并说明。m、n 的等级上限含本数。"),
)


# What a reviewer may work by hand: totals are added source by source, the others ask for what the file tells in another way.
BY_HAND = frozenset(
    {"EN-1", "EN-2", "EL-1n", "PW-3d", "PW-3q", "PW-7h", "PW-10", "ST-1", "ST-2", "ST-5", "ST-6c", "ST-9"}
    | {"CM-4", "CM-4b", "CM-5", "LT-2", "ET-2k"}
)


def handbook() -> str:
    """Return the handbook as Markdown."""
    return "\n".join([INTRODUCTION, *_methods(), *_index(), *(part for one in CHAPTERS for part in _chapter(one))])


def formulas_of(module: ModuleType) -> list[Formula]:
    """Formulas defined in a module, in the order they are written."""
    return [value for value in vars(module).values() if isinstance(value, Formula) and _home(value, module)]


def _home(formula: Formula, module: ModuleType) -> bool:
    """Whether a formula is written (or cited under its own id) in a module, rather than imported from another."""
    same = formula.function.__module__ == module.__name__
    return same or (module is steel and formula.id.startswith("ST-"))


def _methods() -> Iterator[str]:
    yield "## 核算依据与取值顺序\n"
    yield "| 行业 | 核算依据 | 缺省值依次取自 |\n|---|---|---|"
    for (sector, method), standards in STANDARDS.items():
        yield f"| {SECTORS[sector]} | {METHODS[method]} | {'、'.join(f'`{one}`' for one in standards)} |"
    yield ""


def _index() -> Iterator[str]:
    yield "## 公式一览\n"
    yield "| 编号 | 名称 | 所在文件 | 依据核对 |\n|---|---|---|---|"
    for chapter in CHAPTERS:
        for formula in formulas_of(chapter.module):
            file = f"assessment/accounting/{chapter.module.__name__.rsplit('.', 1)[-1]}.py"
            yield f"| {formula.id} | {formula.term} | `{file}` `{formula.name}` | {formula.checked} |"
    yield ""


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}\n"
    yield f"{chapter.words}\n"
    for formula in formulas_of(chapter.module):
        yield f"### {formula.id} {formula.term}\n"
        unit = "" if formula.unit == "1" else f"（{formula.unit}）"
        yield f"`{formula.expression()}`{unit}\n"
        yield "| 符号 | 含义 | 单位 |\n|---|---|---|"
        for symbol in formula.symbols.values():
            yield f"| {symbol.sign} | {symbol.term} | {'—' if symbol.unit == '1' else symbol.unit} |"
        by_hand = "只供手工复核" if formula.id in BY_HAND else ""
        note = "".join(f" {text}。" for text in (formula.note, by_hand) if text)
        yield f"\n依据：{formula.standard}（{formula.checked}）。{note}\n"


if __name__ == "__main__":
    sys.stdout.write(handbook())
