"""The field catalogue's unit of speech: an ``Entry`` says what one field is called, holds and accepts.

Entries sit in ``Annotated[...]`` on the pydantic models, parse raw text into ``Stated`` values, and are read back by the Excel
form, the batch columns, the form widgets, the JSON Schema and the error messages. (docs/decisions.md, D6)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from tanping.assessment.project.stated import (
    BLANK,
    NONE_WORDS,
    UNKNOWN_WORDS,
    Answer,
    Check,
    Stated,
)
from tanping.records.errors import suggest

Kind = Literal["text", "quantity", "choice", "choices", "date", "flag"]

TRUE_WORDS = frozenset({"是", "有", "true", "yes", "y", "1"})
FALSE_WORDS = frozenset({"否", "不是", "false", "no", "n", "0"})
MAX_TEXT = 2000

_PARTS = {"value", "document", "page", "note", "verified", "verified_by", "check"}


@dataclass(frozen=True)
class Entry:
    """One field of the catalogue."""

    label: str
    kind: Kind = "text"
    unit: str = ""
    other_units: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    example: str = ""
    sectors: tuple[str, ...] = ()
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    required: bool = False
    main: bool = False
    longest: int = MAX_TEXT

    def parse(self, raw: Any) -> Stated[Any]:
        """Parse a raw cell or mapping. Raises PydanticCustomError in the words of the field."""
        if raw is None:
            return BLANK
        if isinstance(raw, Stated):
            return raw
        if isinstance(raw, Mapping):
            return self._parse_parts(raw)
        if isinstance(raw, list):
            if self.kind != "choices":
                raise self.refuse("这里只能填一个值", "一个值，不是列表")
            return Stated(
                Answer.GIVEN, value=tuple(self._choice(str(item)) for item in raw), text="，".join(map(str, raw))
            )
        return self._parse_text(str(raw))

    def refuse(self, what: str, allowed: str = "", example: str = "") -> PydanticCustomError:
        """Build the error of this field."""
        return PydanticCustomError(
            "tanping", "{what}", {"what": what, "allowed": allowed or self.allowed, "example": example or self.example}
        )

    @property
    def allowed(self) -> str:
        """What the field accepts, as one phrase."""
        if self.kind in ("choice", "choices"):
            return "、".join(dict.fromkeys(self.choices.values()))
        if self.kind == "quantity":
            return f"数值加单位，单位如 {' 或 '.join((self.unit, *self.other_units))}" if self.unit != "1" else "数值"
        return {"date": "日期，年-月-日", "flag": "是 / 否 / 不清楚"}.get(self.kind, "文字")

    def _parse_parts(self, raw: Mapping[str, Any]) -> Stated[Any]:
        for key in raw:
            if key not in _PARTS:
                raise self.refuse(f"不认识“{key}”{_or(suggest(key, _PARTS))}", "、".join(sorted(_PARTS)))
        texts: dict[str, Any] = {k: str(v) for k, v in raw.items() if v is not None and k != "value"}
        for key, text in texts.items():
            if len(text) > MAX_TEXT:
                raise self.refuse(f"“{key}”过长", f"不超过 {MAX_TEXT} 字")
        if isinstance(raw.get("value"), Mapping):
            raise self.refuse("value 下不能再分层", "一个值")
        said = self.parse(raw.get("value"))
        try:
            check = Check(texts.pop("check", Check.UNCHECKED))
        except ValueError:
            raise self.refuse("核实状态不认识", "、".join(Check)) from None
        verified_text = texts.pop("verified", None)
        verified = BLANK if verified_text is None else self._parse_text(verified_text)
        return replace(said, check=check, verified=verified.value, verified_unit=verified.unit, **texts)

    def _parse_text(self, raw: str) -> Stated[Any]:
        text = raw.strip()
        if not text:
            return BLANK
        if len(text) > self.longest:
            raise self.refuse("文字过长", f"不超过 {self.longest} 字")
        if text in UNKNOWN_WORDS and self.kind != "text":
            return Stated(Answer.UNKNOWN, text=text)
        if text in NONE_WORDS and self.kind in ("quantity", "flag"):
            none: Any = Decimal(0) if self.kind == "quantity" else False
            return Stated(Answer.NONE, value=none, unit=self.unit, text=text)
        if self.kind == "quantity":
            return self._quantity(text)
        value: Any = {
            "text": lambda: text,
            "choice": lambda: self._choice(text),
            "choices": lambda: tuple(self._choice(part) for part in _split(text)),
            "date": lambda: self._date(text),
            "flag": lambda: self._flag(text),
        }[self.kind]()
        return Stated(Answer.GIVEN, value=value, text=text)

    def _quantity(self, text: str) -> Stated[Decimal]:
        from tanping.records.quantity import QuantityError, convert, parse_quantity

        problem: QuantityError | None = None
        readings: list[tuple[bool, int, Decimal, str]] = []
        for unit in (self.unit, *self.other_units):
            try:
                quantity = parse_quantity(text, unit)
                value = quantity.in_unit(unit)
            except QuantityError as error:
                problem = problem or error
                continue
            # 50 万GJ could be told in MWh as well; the unit that differs by a power of ten is the one that was meant.
            scale = convert(Decimal(1), quantity.unit, unit).normalize().as_tuple().digits
            readings.append((scale != (1,), len(readings), value, unit))
        if readings:
            _, _, value, unit = min(readings)
            if self.minimum is not None and value < self.minimum:
                raise self.refuse("不能为负" if self.minimum == 0 else f"小于下限 {self.minimum} {unit}")
            if self.maximum is not None and value > self.maximum:
                raise self.refuse(f"大于上限 {self.maximum} {unit}")
            return Stated(Answer.GIVEN, value=value, unit=unit.removesuffix("/a"), text=text)
        assert problem is not None
        raise self.refuse(problem.what, problem.allowed or self.allowed, problem.example or self.example)

    def _choice(self, text: str) -> str:
        if not self.choices or text in self.choices:
            return text
        for code, label in self.choices.items():
            if text == label:
                return code
        raise self.refuse(f"“{text[:40]}”不在可选范围{_or(suggest(text, [*self.choices, *self.choices.values()]))}")

    def _date(self, text: str) -> date:
        try:
            return date.fromisoformat(text.replace("/", "-") if text.count("/") == 2 else text)
        except ValueError:
            raise self.refuse(f"“{text[:40]}”不是日期", "年-月-日", "2026-11-01") from None

    def _flag(self, text: str) -> bool:
        if text.lower() in TRUE_WORDS:
            return True
        if text.lower() in FALSE_WORDS:
            return False
        raise self.refuse(f"“{text[:40]}”不是是或否")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Validate through ``parse``; serialise back to the project-file form."""
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda stated: stated.plain()),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the field in the JSON Schema of the project file."""
        described: dict[str, Any] = {"title": self.label, "type": ["string", "number", "object", "null"]}
        if self.kind == "choices":
            described["type"] = ["string", "array", "object", "null"]
        if self.kind == "choice" and self.choices:
            described["examples"] = list(self.choices.values())
        if self.unit:
            described["unit"] = self.unit
        if self.help:
            described["description"] = self.help
        if self.example:
            described.setdefault("examples", [self.example])
        return described


def text(label: str, **more: Any) -> Entry:
    """Build a free-text entry."""
    return Entry(label, "text", **more)


def quantity(label: str, unit: str, *other_units: str, **more: Any) -> Entry:
    """Build an entry that holds a number with a unit (any of the given ones)."""
    return Entry(label, "quantity", unit=unit, other_units=other_units, **more)


def choice(label: str, choices: Mapping[str, str], **more: Any) -> Entry:
    """Build an entry that holds one code of ``choices`` (code → Chinese label; either may be typed)."""
    return Entry(label, "choice", choices=choices, **more)


def several(label: str, choices: Mapping[str, str] | None = None, **more: Any) -> Entry:
    """Build an entry that holds a list of codes or identifiers."""
    return Entry(label, "choices", choices=choices or {}, **more)


def day(label: str, **more: Any) -> Entry:
    """Build a date entry."""
    return Entry(label, "date", **more)


def flag(label: str, **more: Any) -> Entry:
    """Build a yes/no entry."""
    return Entry(label, "flag", **more)


def _split(text: str) -> list[str]:
    for mark in "，、;；":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _or(suggestion: str) -> str:
    return f"，{suggestion}" if suggestion else ""
