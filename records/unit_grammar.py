"""How a unit is spelled: atoms, Chinese multiples, products and quotients. Pure text to exact rationals.

``单位 = 积 {"/" 积}``, ``积 = 项 {"·" 项}``, ``项 = "(" 单位 ")" | [倍数] 原子``. ``a/b/c`` is ``a/(b·c)``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

Dimension = tuple[tuple[str, int], ...]

MAX_LENGTH = 60
_DOTS = str.maketrans(dict.fromkeys("*⋅•・×∙.", "·") | {"∕": "/", "÷": "/", "−": "-", "₋": "-"})
_SUPERSCRIPTS = {ord(mark): f"^{digit}" for mark, digit in zip("²³⁴⁵⁶⁷⁸⁹", "23456789", strict=True)}
_DEPTH = 3


class Unit(NamedTuple):
    """A unit: canonical spelling, worth in base units as ``numerator / denominator`` (integers), dimension."""

    name: str
    numerator: int
    denominator: int
    dimension: Dimension


class Atom(NamedTuple):
    """One table row: canonical spelling, worth, dimension, and whether 万, 亿 … may stand before it."""

    name: str
    numerator: int
    denominator: int
    dimension: Dimension
    multiples: bool


class UnitSyntaxError(ValueError):
    """The text is no unit. ``word`` is the piece that was not understood."""

    def __init__(self, word: str):
        super().__init__(word)
        self.word = word


def tidy(text: str) -> str:
    """Return the text with full-width forms folded, blanks removed and one sign for each operator."""
    folded = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS)).translate(_DOTS)
    folded = "".join(folded.split()).replace("--", "-").replace("··", "^")
    for power in ("kW", "MW", "GW", "TW", "KW"):
        folded = folded.replace(f"{power}·h", f"{power}h")
    return folded.replace("千瓦·时", "千瓦时").replace("兆瓦·时", "兆瓦时")


def parse(
    text: str,
    atoms: Mapping[str, Atom],
    multiples: Mapping[str, int],
    rare: Callable[[str], Atom | None] = lambda word: None,
) -> Unit:
    """Parse a unit. ``rare`` is asked for words the table has not. Raises UnitSyntaxError with the piece at fault."""
    plain = tidy(text)
    if not plain or len(plain) > MAX_LENGTH:
        raise UnitSyntaxError(plain[:MAX_LENGTH])
    return _Reader(atoms, multiples, rare).quotient(plain, 0)


class _Reader:
    def __init__(self, atoms: Mapping[str, Atom], multiples: Mapping[str, int], rare: Callable[[str], Atom | None]):
        self.atoms = atoms
        self.multiples = multiples
        self.rare = rare

    def quotient(self, text: str, depth: int) -> Unit:
        head, *divisors = _split(text, "/")
        top = self.product(head, depth)
        if not divisors:
            return top
        below = [self.product(part, depth) for part in divisors]
        numerator, denominator = top.numerator, top.denominator
        for part in below:
            numerator, denominator = numerator * part.denominator, denominator * part.numerator
        names = "·".join(part.name for part in below)
        name = f"{top.name}/({names})" if "·" in names else f"{top.name}/{names}"
        return Unit(name, numerator, denominator, combine(top.dimension, *(inverse(p.dimension) for p in below)))

    def product(self, text: str, depth: int) -> Unit:
        parts = [self.item(part, depth) for part in _split(text, "·")]
        if len(parts) == 1:
            return parts[0]
        numerator = denominator = 1
        for part in parts:
            numerator, denominator = numerator * part.numerator, denominator * part.denominator
        name = "·".join(part.name for part in parts)
        return Unit(name, numerator, denominator, combine(*(part.dimension for part in parts)))

    def item(self, text: str, depth: int) -> Unit:
        if text.startswith("(") and text.endswith(")"):
            if depth >= _DEPTH:
                raise UnitSyntaxError(text)
            return self.quotient(text[1:-1], depth + 1)
        known = self.atoms.get(text)
        if known:
            return Unit(*known[:4])
        multiple, rest = self._multiple(text)
        known = self.atoms.get(rest) or self.rare(rest)
        if known is None or (multiple and not known.multiples):
            raise UnitSyntaxError(text)
        factor = self.multiples[multiple] if multiple else 1
        return Unit(multiple + known.name, known.numerator * factor, known.denominator, known.dimension)

    def _multiple(self, text: str) -> tuple[str, str]:
        for sign, power_at in (("10^", 3), ("1e", 2), ("1E", 2)):
            if text.startswith(sign):
                end = power_at
                while end < len(text) and text[end].isdigit() and end < power_at + 2:
                    end += 1
                for name, factor in self.multiples.items():
                    if text[power_at:end] and factor == 10 ** int(text[power_at:end]):
                        return name, text[end:].lstrip("·")
        for name in sorted(self.multiples, key=len, reverse=True):
            if text.startswith(name):
                return name, text[len(name) :]
        return "", text


def _split(text: str, sign: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            raise UnitSyntaxError(text)
        if char == sign and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    if depth or not all(parts):
        raise UnitSyntaxError(text)
    return parts


def combine(*dimensions: Dimension) -> Dimension:
    """Return the dimension of a product."""
    powers: dict[str, int] = {}
    for dimension in dimensions:
        for base, power in dimension:
            powers[base] = powers.get(base, 0) + power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def inverse(dimension: Dimension) -> Dimension:
    """Return the dimension of the reciprocal."""
    return tuple((base, -power) for base, power in dimension)
