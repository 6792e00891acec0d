"""The plain-text twin of the form: a blank YAML file with every field of a sector, its unit and what it accepts as comments."""

from __future__ import annotations

from pathlib import Path

from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.form import asked_facts, asked_papers, shown
from tanping.assessment.project.model import SCHEMA, SECTORS
from tanping.rules.facts import Fact


def write_blank(sector: str, path: Path) -> None:
    """Write a blank YAML project file of a sector (power, steel, cement). Raises OSError."""
    from tanping.records.doors.export import write_file

    write_file(path, blank_yaml(sector).encode())


def blank_yaml(sector: str) -> str:
    """Return the blank file. It is valid as it stands: everything in it is unknown except the sector."""
    lines = [
        "# 碳评联审项目文件。空白和“不清楚”都是未知，不会当作零或否；确实没有的写“无”。",
        "# 每个值都可以写成：{value: 120 万吨, page: 第35页, document: 报告书, note: 假设：…}",
        f"schema: {SCHEMA}",
    ]
    for table in TABLES:
        if table == "declared":
            lines += _papers(sector)
        fields = {name: entry for name, entry in entries(TABLES[table]).items() if shown(entry, sector)}
        lines += ["", f"{table}:  # {TABLE_LABELS[table]}"]
        if table in ONE_ROW:
            for name, entry in fields.items():
                value = f" {SECTORS[sector]}" if (table, name) == ("project", "sector") else ""
                lines.append(f"  {name}:{value}{_comment(entry)}")
        else:
            lines.append("# - id: 1")
            lines += [f"#   {name}:{_comment(entry)}" for name, entry in fields.items()]
    lines += ["", f"facts:  # {TABLE_LABELS['facts']}；按生产单元不同的，写在该单元的 facts 下"]
    topic = ""
    for fact in sorted(asked_facts(sector), key=lambda fact: fact.topic):
        if fact.topic != topic:
            topic = fact.topic
            lines.append(f"  # —— {topic} ——")
        lines.append(f"  {fact.name}:  # {fact.ask or fact.label}{_accepts(fact)}")
    return "\n".join(lines) + "\n"


def _papers(sector: str) -> list[str]:
    lines = ["", f"papers:  # {TABLE_LABELS['papers']}；status 填 已取得、办理中、未办、不需要"]
    for fact in asked_papers(sector):
        lines.append(f"  {fact.name}: {{status: , number: , date: }}  # {fact.label}（{fact.binds_at}时须备）")
    return lines


def _comment(entry: Entry) -> str:
    parts = [entry.label]
    if entry.kind in ("choice", "choices", "quantity") and entry.allowed:
        parts.append(entry.allowed)
    if entry.example:
        parts.append(f"例：{entry.example}")
    return "  # " + "；".join(parts)


def _accepts(fact: Fact) -> str:
    if fact.kind == "choice":
        return f"（{'、'.join((fact.choices or {}).values())}）"
    return f"（{fact.unit}）" if fact.unit and fact.unit != "1" else ""
