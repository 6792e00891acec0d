"""A worked expression as a live spreadsheet formula.

The expression ``1 200 000 t × 20 GJ/t × 44/12 = …`` was rendered from the very tree that gave the number
(``tanping.assessment.accounting.formula``). Here it is read back: operands that stand in the sheet of inputs become references to their
cells, operators become those of a spreadsheet. The formula is only used where it gives the figure that is printed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?%?")
_UNIT = re.compile(r" [^\s+−×÷=/^(),]")
_OPERATORS = {"+": "+", "−": "-", "×": "*", "÷": "/", "/": "/", "^": "^"}
_FUNCTIONS: dict[str, Callable[..., float]] = {"max": max, "min": min, "exp": math.exp}


class NotLive(ValueError):  # noqa: N818 (a fact about an expression, not a fault)
    """The expression can't be read as arithmetic."""


@dataclass(frozen=True)
class Operand:
    """A cell of the sheet of inputs: value, unit, reference."""

    value: float
    unit: str
    reference: str


@dataclass(frozen=True)
class Live:
    """A spreadsheet formula (with the leading ``=``) and the value it gives."""

    formula: str
    value: float


def live(expression: str, operands: Sequence[Operand] = ()) -> Live:
    """Translate a worked expression (what stands right of ``=`` is left out). Raises NotLive."""
    reader = _Reader(expression.partition(" = ")[0].strip(), list(operands))
    formula, value = reader.sum()
    if reader.rest:
        raise NotLive(f"left over: {reader.rest[:40]}")
    return Live("=" + formula, value)


@dataclass
class _Reader:
    """Reads an expression from left to right; every method returns the formula and its value."""

    rest: str
    operands: list[Operand]
    used: set[str] = field(default_factory=set)

    def sum(self) -> tuple[str, float]:
        formula, value = self.product()
        while sign := self.operator(" + ", " − "):
            more, amount = self.product()
            formula += _OPERATORS[sign] + more
            value = value + amount if sign == "+" else value - amount
        return formula, value

    def product(self) -> tuple[str, float]:
        formula, value = self.power()
        while sign := self.operator(" × ", " ÷ ", "/"):
            more, amount = self.power()
            formula += _OPERATORS[sign] + more
            if sign == "×":
                value *= amount
            elif amount:
                value /= amount
            else:
                raise NotLive("division by zero")
        return formula, value

    def power(self) -> tuple[str, float]:
        formula, value = self.atom()
        if self.operator("^"):
            more, amount = self.atom()
            return f"{formula}^{more}", value**amount
        return formula, value

    def atom(self) -> tuple[str, float]:
        if self.take("("):
            formula, value = self.sum()
            self.demand(")")
            return f"({formula})", value
        for name, function in _FUNCTIONS.items():
            if self.take(f"{name}("):
                parts = [self.sum()]
                while self.take(", "):
                    parts.append(self.sum())
                self.demand(")")
                return f"{name.upper()}({','.join(text for text, _ in parts)})", function(
                    *(value for _, value in parts)
                )
        if self.rest.startswith("−") and not _NUMBER.match(self.rest):
            self.take("−")
            formula, value = self.power()
            return f"-{formula}", -value
        return self.number()

    def number(self) -> tuple[str, float]:
        found = _NUMBER.match(self.rest)
        if found is None:
            raise NotLive(f"not a number: {self.rest[:40]}")
        self.rest = self.rest[found.end() :]
        text = found[0].replace(" ", "").replace("−", "-")
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        unit = self.unit()
        reference = self.reference(value, unit)
        shown = text if not text.startswith("-") else f"({text})"
        return reference or shown, value

    def unit(self) -> str:
        """Take a unit: what follows a space and is no operator, to the next space, comma or bracket not opened in it."""
        if not _UNIT.match(self.rest):
            return ""
        depth, end = 0, 1
        while end < len(self.rest):
            character = self.rest[end]
            depth += (character == "(") - (character == ")")
            if depth < 0 or (depth == 0 and character in " ,^"):
                break
            end += 1
        unit, self.rest = self.rest[1:end], self.rest[end:]
        return unit

    def reference(self, value: float, unit: str) -> str:
        """The cell an operand stands in: the first one not used yet, else one used before."""
        same = [item for item in self.operands if item.value == value and item.unit == (unit or "1")]
        fresh = next((item for item in same if item.reference not in self.used), same[0] if same else None)
        if fresh is None:
            return ""
        self.used.add(fresh.reference)
        return fresh.reference

    def operator(self, *signs: str) -> str:
        for sign in signs:
            if self.take(sign):
                return sign.strip()
        return ""

    def take(self, text: str) -> bool:
        if self.rest.startswith(text):
            self.rest = self.rest[len(text) :]
            return True
        return False

    def demand(self, text: str) -> None:
        if not self.take(text):
            raise NotLive(f"{text} is missing: {self.rest[:40]}")
