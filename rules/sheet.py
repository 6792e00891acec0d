"""A pack as a workbook, for people who know the law and do not write YAML: which sheets there are, and what their columns hold.

Written by ``sheet_out``, read back by ``sheet_in``. Sheets: 说明, 规则包, 文件, 条款, 用例, 事实目录, 选项.
"""

from __future__ import annotations

from dataclasses import dataclass

COVER, PACK, DOCUMENTS, CLAUSES, CASES, FACTS, OPTIONS = "说明", "规则包", "文件", "条款", "用例", "事实目录", "选项"
SHEETS = (COVER, PACK, DOCUMENTS, CLAUSES, CASES, FACTS, OPTIONS)
EVERY = "全部"
BETWEEN = "、"


@dataclass(frozen=True)
class Column:
    """One column of the sheet 条款: its heading, the key of the clause, width, explanation, and where its answers come from."""

    head: str
    key: str
    width: int
    help: str = ""
    must: bool = False
    options: str = ""
    kind: str = "text"


CLAUSE_COLUMNS = (
    Column("条款编号", "id", 30, "本包内不重复；引用、取代、核对都用它，定了不要改。例：coast-list-3", True),
    Column("文件代号", "document", 16, "表“文件”里的代号", True),
    Column("条号", "article", 20, "例：第三条第二款", True),
    Column("要点", "requirement", 48, "用自己的话写清楚要求什么", True),
    Column("命中条件", "condition", 40, "成立即为命中（不符合）。事实用【名称】，见表“事实目录”；用 且、或、非 和括号连接；与“转人工的问题”二选一"),
    Column("例外", "unless", 28, "成立时不算命中；写法同命中条件"),
    Column("转人工的问题", "question", 34, "机器判不了的，写成问核查部门的一句话；与“命中条件”二选一"),
    Column("命中后", "severity", 10, "命中时的严重程度", True, "severity"),
    Column("生产单元类别", "sectors", 24, "用、分隔；可写组名（见表“事实目录”的“可选的值”）；全部都管的写“全部”", True, "", "sector"),
    Column("单元性质", "unit_natures", 16, "用、分隔；空白为全部", kind="unit_nature"),
    Column("项目性质", "project_natures", 16, "用、分隔；空白为不限", kind="project_nature"),
    Column("适用地域", "region", 14, "空白为全国", options="region"),
    Column("起始日", "effective_from", 13, "含当日；空白为不限", kind="date"),
    Column("终止日", "effective_to", 13, "含当日；空白为现行", kind="date"),
    Column("由何条取代", "superseded_by", 26, "取代它的条款的编号；填了须有终止日"),
    Column("按何日期适用", "date_of", 16, "空白为法规适用日期", options="date_of", kind="date_of"),
    Column("约束时点", "binds_at", 10, "空白按所涉文件各自的时点", options="moment"),
    Column("核查部门", "office", 14, "", True, "office"),
    Column("审查要点", "topic", 18, "", True, "topic"),
    Column("可核材料", "evidence", 30, "用、分隔", kind="list"),
    Column("依据程度", "basis", 18, "仅见二手资料、凭专业记忆的，命中只报疑似", True, "basis", "basis"),
    Column("依据说明", "basis_note", 36),
    Column("原文摘录", "excerpt", 48, "有原文再填；经两人核对的由系统填"),
)  # fmt: skip
READ_AS = "命中条件（读作，不导入）"
PACK_FIELDS = (
    ("包名", "pack", "英文小写字母、数字、下划线，以字母开头；也是文件名。例：coastal_list"),
    ("标题", "title", "例：江苏省沿海地区建设项目环境准入负面清单"),
    ("包首说明", "foreword", "本包是什么、从何而来、缺什么；打印在本包结果之前"),
)
DOCUMENT_COLUMNS = (
    ("文件代号", "key"),
    ("标题", "title"),
    ("文号", "number"),
    ("发布机关", "issuer"),
    ("备注", "note"),
)
CASE_COLUMNS = (
    ("条款编号", "clause"), ("用例名称", "name"), ("法规适用日期", "as_of"), ("判断时点", "moment"), ("事实（每行一项：名称 = 值）", "facts"),
    ("项目日期（每行一项：名称 = 日期）", "dates"), ("是否适用", "applies"), ("结果", "met"),
)  # fmt: skip
