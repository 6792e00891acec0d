"""From a file to a ``Project``: parse, type, check, and say every problem with its line or cell.

YAML and Excel end in the same plain data (dicts, lists, texts) with a place for every value; from there on the way is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tanping.assessment.project.answers import type_facts
from tanping.assessment.project.catalogue import TABLE_LABELS, TABLES, entries
from tanping.assessment.project.checks import consistency_problems
from tanping.assessment.project.model import SCHEMA, Paper, Project
from tanping.assessment.project.upgrades import upgrade
from tanping.records.doors.intake import parse, read
from tanping.records.doors.workbook import Workbook
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import Document, Location


class Located(Protocol):
    """Plain project data that knows where each value stands."""

    @property
    def data(self) -> Any:
        """The content: dicts, lists and texts."""

    @property
    def source(self) -> str:
        """Name of the file."""

    def where(self, location: Location = ()) -> Where:
        """Return the place of a location."""


def load_project(path: Path) -> Project:
    """Read a project file (YAML or the Excel form). Raises InputError with every problem found."""
    return project_of(_document(read(path)))


def load_project_bytes(data: bytes, source: str) -> Project:
    """Read a project file that was uploaded; ``source`` is its name. Raises InputError with every problem found."""
    return project_of(_document(parse(data, source)))


def _document(content: Document | Workbook) -> Located:
    if isinstance(content, Document):
        return content
    from tanping.assessment.project.form import read_form

    return read_form(content)


def project_of(document: Located) -> Project:
    """Type plain project data. Raises InputError with every problem found."""
    data = document.data
    if not isinstance(data, Mapping):
        raise InputError(Problem(document.where(), "", "不是项目文件", "键: 值 的 YAML", f"schema: {SCHEMA}"))
    written = {name: content for name, content in data.items() if content is not None}
    data = upgrade(written)
    data, problems = type_facts(data, document)
    try:
        project = Project.model_validate(data)
    except ValidationError as error:
        problems += [_problem(item, document) for item in error.errors(include_url=False)]
        raise InputError(_in_order(problems)) from None
    problems += consistency_problems(project, document)
    if problems:
        raise InputError(_in_order(problems))
    return project


def project_from_plain(data: Mapping[str, Any], source: str = "草稿") -> Project:
    """Type plain data that has no file behind it (a draft of the store, a row of a table)."""
    return project_of(Document(source, dict(data), {}))


def plain_project(project: Project) -> dict[str, Any]:
    """Return the project as plain project-file data: what was typed, nothing added, blanks left out."""
    plain: dict[str, Any] = {"schema": SCHEMA}
    for name in type(project).model_fields:
        content = getattr(project, name)
        if name == "schema_id":
            continue
        if isinstance(content, BaseModel):
            value: Any = _plain_row(content)
        elif isinstance(content, tuple):
            value = [_plain_row(row) for row in content]
        else:
            value = {
                key: _plain_row(item) if isinstance(item, BaseModel) else item.plain() for key, item in content.items()
            }
        if value:
            plain[name] = value
    return plain


def _plain_row(row: BaseModel) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in type(row).model_fields:
        value = getattr(row, name)
        if isinstance(value, str):
            plain[name] = value
        elif isinstance(value, dict):
            plain[name] = {key: item.plain() for key, item in value.items()}
        else:
            plain[name] = value.plain()
    return {key: value for key, value in plain.items() if value not in (None, {}, "")}


def _problem(item: ErrorDetails, document: Located) -> Problem:
    location: Location = tuple(item["loc"])
    context = item.get("ctx") or {}
    where = document.where(location)
    field = field_name(location)
    if item["type"] == "tanping":
        return Problem(where, field, context["what"], context["allowed"], context["example"])
    if item["type"] == "extra_forbidden":
        known = _known_fields(location[:-1])
        near = suggest(str(location[-1]), known)
        return Problem(where, field, f"不认识的字段“{location[-1]}”" + (f"，{near}" if near else ""), "、".join(known))
    if item["type"] == "missing":
        return Problem(where, field, "缺少这一项", example=f"schema: {SCHEMA}" if location == ("schema",) else "")
    if item["type"] == "literal_error":
        return Problem(where, field, f"不支持的版本“{item['input']}”", SCHEMA)
    what, allowed = {
        "string_too_short": ("不能为空", "编号，如 1"),
        "string_too_long": ("过长", "40 字以内"),
        "string_type": ("应是文字", "编号，如 1"),
        "tuple_type": ("应是列表", "每项以 - 开头"),
        "dict_type": ("应是键值", "键: 值"),
        "model_type": ("应是键值", "键: 值"),
        "model_attributes_type": ("应是键值", "键: 值"),
    }.get(item["type"], ("内容不符合要求", ""))
    return Problem(where, field, what, allowed)


def field_name(location: Location) -> str:
    """Return a location as a person reads it: ``units[0].capacity（生产单元·单机容量）``."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else (f".{part}" if path else str(part))
    names = [part for part in location if isinstance(part, str)]
    if not names or names[0] not in TABLE_LABELS:
        return path
    label = TABLE_LABELS[names[0]]
    table = TABLES.get(names[0], Paper if names[0] == "papers" else None)
    if table is not None and len(names) > 1 and names[-1] in entries(table):
        label += "·" + entries(table)[names[-1]].label
    return f"{path}（{label}）"


def _known_fields(location: Location) -> list[str]:
    names = [part for part in location if isinstance(part, str)]
    if not names:
        return ["schema", *[name for name in Project.model_fields if name != "schema_id"]]
    table = TABLES.get(names[0], Paper)
    return list(table.model_fields)


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.where.line or 0, problem.where.cell or ""))
