"""Office settings: letterhead, names and standing phrases, read from a settings file and checked like any other input."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanping.records.errors import InputError, Problem, suggest
from tanping.records.home import home
from tanping.records.located import Document, read_yaml

DEFAULT = Path(__file__).with_name("office.yaml")
_TEXTS = ("name", "letterhead", "lead", "addressee", "contact", "printer")
_LISTS = ("copies",)
_MOST = 200


@dataclass(frozen=True)
class Office:
    """The office that issues a document. Empty texts stay blank on paper."""

    name: str = ""
    letterhead: str = ""
    lead: str = ""
    addressee: str = ""
    contact: str = ""
    printer: str = ""
    copies: tuple[str, ...] = ()
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The letterhead as printed."""
        return self.letterhead or (f"{self.name}文件" if self.name else "（发文机关）文件")


def load_office(path: Path | None = None) -> Office:
    """Read the settings: ``path``, else ``office.yaml`` in this user's data folder, else the shipped blanks. Raises InputError."""
    own = home() / "office.yaml"
    return read_office(path or (own if own.exists() else DEFAULT))


def read_office(path: Path) -> Office:
    """Read a settings file. Raises InputError with every problem found."""
    document = read_yaml(path)
    problems: list[Problem] = []
    top = _mapping(document, (), document.data, ("office", "phrases"), problems)
    told = _mapping(document, ("office",), top.get("office"), (*_TEXTS, *_LISTS), problems)
    phrases = _mapping(document, ("phrases",), top.get("phrases"), ("power", "steel", "cement"), problems)
    values: dict[str, Any] = {name: _text(document, ("office", name), told.get(name), problems) for name in _TEXTS}
    values |= {name: _list(document, ("office", name), told.get(name), problems) for name in _LISTS}
    standing = {sector: _list(document, ("phrases", sector), lines, problems) for sector, lines in phrases.items()}
    if problems:
        raise InputError(problems)
    return Office(**values, phrases=standing)


def _mapping(
    document: Document, at: tuple[str, ...], value: Any, known: tuple[str, ...], problems: list[Problem]
) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        problems.append(Problem(document.where(at), ".".join(at), "这里应是若干“名称: 内容”", "、".join(known)))
        return {}
    for name in value:
        if name not in known:
            hint = suggest(str(name), known)
            what = f"不认识“{name}”" + (f"，{hint}" if hint else "")
            problems.append(Problem(document.where((*at, name)), ".".join((*at, str(name))), what, "、".join(known)))
    return {name: item for name, item in value.items() if name in known}


def _text(document: Document, at: tuple[str, ...], value: Any, problems: list[Problem]) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and len(value) <= _MOST:
        return value.strip()
    problems.append(Problem(document.where(at), ".".join(at), "应是一行文字", f"不超过 {_MOST} 字"))
    return ""


def _list(document: Document, at: tuple[str, ...], value: Any, problems: list[Problem]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, str) and len(item) <= _MOST for item in value):
        return tuple(item.strip() for item in value)
    problems.append(Problem(document.where(at), ".".join(at), "应是若干行文字", f"每行以“- ”开头，不超过 {_MOST} 字"))
    return ()
