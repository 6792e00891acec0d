"""A formula is written once, as a pure function, beside its symbols, unit, standard and term.

The function sees only operands. Fed with floats or NumPy arrays it gives numbers; fed with ``Symbolic`` operands it
gives a tree that prints the worked expression, evaluates to the same number and writes itself as an Excel formula.
Explanation and number therefore cannot drift apart.

Inside a formula use ``+ - * /``, ``CO2_PER_C`` and the helpers ``over``, ``raised``, ``largest``, ``smallest``,
``exponential``, ``choose`` and ``total``; they all accept both kinds of operand. NaN is the one mark of "unknown" and it spreads.
"""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tanping.records.basis import Basis

# float, NumPy float64 array or Symbolic; a union would forbid mixing them, which is the point of a formula.
Quantity: TypeAlias = Any


def show_number(value: float) -> str:
    """Shortest text that reads back as the same float64, thousands grouped by a space (``1 200 000``)."""
    if math.isnan(value):
        return "未知"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = format(Decimal(repr(float(value))), "f") if 1e-12 < abs(value) < 1e21 else repr(float(value))
    whole, dot, fraction = text.removesuffix(".0").lstrip("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", " ") if whole.isdigit() else whole
    return ("-" if text.startswith("-") else "") + grouped + dot + fraction


def show_result(value: float) -> str:
    """A computed number to twelve significant digits: what is exact stays exact, float64 noise is not printed."""
    return show_number(value if not math.isfinite(value) else float(f"{value:.12g}"))


# The basis of a formula that no document prints: stoichiometry, a balance, or a convention of this tool.
DERIVED = None


class Symbolic:
    """One node of a worked expression: a leaf with sign, value, unit and cell, or an operation on other nodes."""

    __slots__ = ("cell", "kind", "parts", "sign", "text", "unit", "value")
    __array_ufunc__ = None  # NumPy must hand the operation over instead of looping over objects

    def __init__(
        self,
        kind: str,
        value: float,
        parts: tuple[Symbolic, ...] = (),
        *,
        sign: str = "",
        text: str = "",
        unit: str = "",
        cell: str = "",
    ):
        self.kind, self.value, self.parts = kind, float(value), parts
        self.sign, self.text, self.unit, self.cell = sign, text, unit, cell

    def __add__(self, other: Quantity) -> Symbolic:
        return _node("+", self, other)

    def __radd__(self, other: Quantity) -> Symbolic:
        return _node("+", other, self)

    def __sub__(self, other: Quantity) -> Symbolic:
        return _node("-", self, other)

    def __rsub__(self, other: Quantity) -> Symbolic:
        return _node("-", other, self)

    def __mul__(self, other: Quantity) -> Symbolic:
        return _node("*", self, other)

    def __rmul__(self, other: Quantity) -> Symbolic:
        return _node("*", other, self)

    def __truediv__(self, other: Quantity) -> Symbolic:
        return _node("/", self, other)

    def __rtruediv__(self, other: Quantity) -> Symbolic:
        return _node("/", other, self)

    def __pow__(self, other: Quantity) -> Symbolic:
        return _node("^", self, other)

    def __rpow__(self, other: Quantity) -> Symbolic:
        return _node("^", other, self)

    def __neg__(self) -> Symbolic:
        return Symbolic("neg", -self.value, (self,))

    def __bool__(self) -> bool:
        raise TypeError("a symbolic operand has no truth value; use choose()")

    def worked(self) -> str:
        """Expression with the values and units put in: ``1 200 000 t × 20 GJ/t × 0.0265 tC/GJ × 0.99 × 44/12``."""
        return _render(self, _WORKED)

    def symbols(self) -> str:
        """Expression in the standard's symbols: ``FC × NCV × CC × OF × 44/12``."""
        return _render(self, _IN_SYMBOLS)

    def excel(self) -> str:
        """Excel formula without the leading ``=``; a leaf without a cell stands as its number."""
        return _render(self, _EXCEL)

    def leaves(self) -> list[Symbolic]:
        """Leaves in the order they stand in the expression (constants included)."""
        if not self.parts:
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves()]


@dataclass(frozen=True)
class Ratio:
    """A ratio of whole numbers, written on the right of ``*``, printed as such and never rounded by hand (44/12)."""

    top: int
    bottom: int
    __array_ufunc__ = None  # NumPy must leave the multiplication to __rmul__

    def __rmul__(self, operand: Quantity) -> Quantity:
        return operand * (self.top / self.bottom)

    def __str__(self) -> str:
        return f"{self.top}/{self.bottom}"


CO2_PER_C = Ratio(44, 12)


def leaf(value: float, unit: str = "", *, sign: str = "", cell: str = "", text: str = "") -> Symbolic:
    """Make an operand: a value (NaN = unknown) with its unit, symbol, cell and, if given, the text to print for it."""
    return Symbolic("leaf", value, sign=sign, unit=unit, cell=cell, text=text)


def figure(value: float, unit: str = "", *, sign: str = "") -> Symbolic:
    """Make an operand of a computed number, printed to twelve significant digits."""
    return leaf(value, unit, sign=sign, text=show_result(value))


def over(top: Quantity, bottom: Quantity) -> Quantity:
    """Divide; NaN where the divisor is zero (an intensity of nothing is unknown, not infinite)."""
    if isinstance(top, Symbolic) or isinstance(bottom, Symbolic):
        return _node("/", top, bottom)
    safe = np.where(np.asarray(bottom) == 0.0, np.nan, bottom)
    return _plain(np.asarray(top / safe))


def largest(first: Quantity, second: Quantity) -> Quantity:
    """Return the larger of two; NaN if either is NaN."""
    if isinstance(first, Symbolic) or isinstance(second, Symbolic):
        return _node("max", first, second)
    return _plain(np.maximum(first, second))


def smallest(first: Quantity, second: Quantity) -> Quantity:
    """Return the smaller of two; NaN if either is NaN."""
    if isinstance(first, Symbolic) or isinstance(second, Symbolic):
        return _node("min", first, second)
    return _plain(np.minimum(first, second))


def raised(base: Quantity, power: Quantity) -> Quantity:
    """Raise to a power; NaN if either is NaN (IEEE has 1^NaN = NaN^0 = 1, which would hide a missing value)."""
    if isinstance(base, Symbolic) or isinstance(power, Symbolic):
        return _node("^", base, power)
    result = np.power(np.asarray(base, dtype=np.float64), power)
    return _plain(np.where(np.isnan(base) | np.isnan(power), np.nan, result))


def exponential(power: Quantity) -> Quantity:
    """Return e to a power."""
    if isinstance(power, Symbolic):
        return Symbolic("exp", math.exp(power.value), (power,))
    return _plain(np.exp(power))


def choose(steps: Sequence[tuple[float, Quantity]], key: Quantity, otherwise: Quantity) -> Quantity:
    """Return the value of the first step whose lower bound ``key`` reaches (bounds descending), else ``otherwise``.

    NaN key gives NaN. A worked expression shows only the branch taken; the Excel formula keeps them all.
    """
    operands = [key, otherwise, *(value for _, value in steps)]
    if any(isinstance(operand, Symbolic) for operand in operands):
        parts = [_symbolic(key)]
        for bound, value in steps:
            parts += [_symbolic(bound), _symbolic(value)]
        parts.append(_symbolic(otherwise))
        return Symbolic("if", _taken(parts).value if not math.isnan(parts[0].value) else math.nan, tuple(parts))
    result: Any = np.where(np.isnan(key), np.nan, otherwise)
    for bound, value in reversed(steps):
        result = np.where(np.asarray(key) >= bound, value, result)
    return _plain(np.asarray(result))


def total(terms: Iterable[Quantity]) -> Quantity:
    """Add terms in the order given; an empty sum is an explicit zero."""
    result: Quantity = None
    for term in terms:
        result = term if result is None else result + term
    return 0.0 if result is None else result


@dataclass(frozen=True)
class Symbol:
    """A symbol of a formula: how the standard writes it, its Chinese term, its unit."""

    sign: str
    term: str
    unit: str


@dataclass(frozen=True)
class Worked:
    """One use of a formula: number, worked expression, symbols, Excel formula."""

    formula: Formula
    tree: Symbolic
    unit: str

    @property
    def value(self) -> float:
        """The number the expression evaluates to, in ``unit``."""
        return self.tree.value

    @property
    def text(self) -> str:
        """``1 200 000 t × … = 1 234 tCO2``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.tree.worked()} = {show_result(self.value)}{unit}"

    @property
    def excel(self) -> str:
        """Live Excel formula with the leading ``=``."""
        return "=" + self.tree.excel()


@dataclass(frozen=True)
class Formula:
    """A formula with what the standard calls it. Call it with arrays or floats; ``work`` it to see the steps."""

    id: str
    term: str
    standard: str
    unit: str
    symbols: Mapping[str, Symbol]
    basis: Basis | None
    note: str
    function: Callable[..., Quantity]

    def __call__(self, *operands: Quantity, **named: Quantity) -> Quantity:
        """Compute: floats or broadcastable float64 arrays in, the same out, in the formula's unit."""
        return self.function(*operands, **named)

    @property
    def name(self) -> str:
        """Python name of the function, by which the code is found."""
        return self.function.__name__

    @property
    def checked(self) -> str:
        """How well the form of the formula was checked, as printed."""
        return "推导或本工具约定" if self.basis is DERIVED else self.basis.label

    def work(self, **operands: Quantity) -> Worked:
        """Work the formula with numbers, ``leaf`` operands, or results of other formulas.

        A bare number takes sign and unit of its symbol. Raises TypeError for operands the formula does not have.
        """
        given = {name: self._operand(name, value) for name, value in operands.items()}
        return Worked(self, _symbolic(self.function(**given)), self.unit)

    def expression(self) -> str:
        """The formula in the standard's symbols, for the method handbook."""
        given = {name: leaf(1.0, sign=symbol.sign) for name, symbol in self.symbols.items()}
        return _symbolic(self.function(**given)).symbols()

    def cited_as(self, id: str, *, term: str, standard: str, basis: Basis) -> Formula:
        """The same function under the id and term another standard gives it."""
        return _register(replace(self, id=id, term=term, standard=standard, basis=basis))

    def _operand(self, name: str, value: Quantity) -> Quantity:
        if name not in self.symbols:
            raise TypeError(f"{self.id} has no symbol {name}")
        if isinstance(value, Worked):
            return value.tree
        if isinstance(value, Symbolic):
            return value
        symbol = self.symbols[name]
        return leaf(float(value), symbol.unit, sign=symbol.sign)


FORMULAS: dict[str, Formula] = {}


def formula(
    *,
    id: str,
    term: str,
    standard: str,
    unit: str,
    symbols: Mapping[str, tuple[str, str, str]],
    basis: Basis | None,
    note: str = "",
) -> Callable[[Callable[..., Quantity]], Formula]:
    """Register a pure function as a formula. ``symbols`` maps each parameter to (sign, term, unit), in order."""

    def wrap(function: Callable[..., Quantity]) -> Formula:
        parameters = list(inspect.signature(function).parameters)
        if parameters != list(symbols):
            raise TypeError(f"{id}: parameters {parameters} and symbols {list(symbols)} differ")
        named = {name: Symbol(*parts) for name, parts in symbols.items()}
        return _register(Formula(id, term, standard, unit, named, basis, note, function))

    return wrap


def _register(made: Formula) -> Formula:
    if made.id in FORMULAS:
        raise ValueError(f"formula {made.id} is written twice")
    FORMULAS[made.id] = made
    return made


def _symbolic(operand: Quantity) -> Symbolic:
    if isinstance(operand, Symbolic):
        return operand
    if isinstance(operand, Ratio):
        return Symbolic("ratio", operand.top / operand.bottom, text=str(operand))
    return Symbolic("constant", float(operand))


def _plain(result: np.ndarray) -> Quantity:
    return float(result) if np.ndim(result) == 0 else result


def _node(kind: str, first: Quantity, second: Quantity) -> Symbolic:
    parts = (_symbolic(first), _symbolic(second))
    return Symbolic(kind, _apply(kind, parts[0].value, parts[1].value), parts)


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "max": max,
    "min": min,
}


def _apply(kind: str, first: float, second: float) -> float:
    if math.isnan(first) or math.isnan(second) or (kind == "/" and second == 0.0):
        return math.nan
    try:
        return _OPERATIONS[kind](first, second)
    except OverflowError:
        return math.inf


def _pairs(parts: Sequence[Symbolic]) -> list[tuple[Symbolic, Symbolic]]:
    return list(zip(parts[1:-1:2], parts[2:-1:2], strict=True))


def _taken(parts: Sequence[Symbolic]) -> Symbolic:
    return next((value for bound, value in _pairs(parts) if parts[0].value >= bound.value), parts[-1])


_Show: TypeAlias = Callable[[Symbolic], str]
_Calls: TypeAlias = dict[str, Callable[[Sequence[Symbolic], _Show], str]]


class _Style(NamedTuple):
    """How a tree is written: leaves, operator signs, calls."""

    leaf: _Show
    signs: Mapping[str, str]
    calls: _Calls


def _worked_leaf(node: Symbolic) -> str:
    text = node.text or show_number(node.value)
    return f"{text} {node.unit}" if node.unit and node.unit != "1" else text


def _sign_leaf(node: Symbolic) -> str:
    return node.sign or _worked_leaf(node)


def _excel_leaf(node: Symbolic) -> str:
    if node.cell:
        return node.cell
    if node.kind == "ratio":
        return node.text
    return "NA()" if math.isnan(node.value) else repr(node.value)


def _call(name: str, comma: str) -> Callable[[Sequence[Symbolic], _Show], str]:
    return lambda parts, inner: f"{name}({comma.join(map(inner, parts))})"


def _steps_in_words(parts: Sequence[Symbolic], inner: _Show) -> str:
    steps = [f"{inner(parts[0])} ≥ {inner(bound)}：{inner(value)}" for bound, value in _pairs(parts)]
    return "{" + "；".join([*steps, f"其余：{inner(parts[-1])}"]) + "}"


def _steps_in_excel(parts: Sequence[Symbolic], inner: _Show) -> str:
    text = inner(parts[-1])
    for bound, value in reversed(_pairs(parts)):
        text = f"IF({inner(parts[0])}>={inner(bound)},{inner(value)},{text})"
    return text


_SIGNS = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ ", "^": "^", "neg": "−"}
_FUNCTIONS: _Calls = {name: _call(name, ", ") for name in ("max", "min", "exp")}
_WORKED = _Style(_worked_leaf, _SIGNS, _FUNCTIONS)
_IN_SYMBOLS = _Style(_sign_leaf, _SIGNS, {**_FUNCTIONS, "if": _steps_in_words})
_EXCEL = _Style(
    _excel_leaf,
    {"+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "neg": "-"},
    {**{name: _call(name.upper(), ",") for name in ("max", "min", "exp")}, "if": _steps_in_excel},
)

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_LEVELS = {"+": _SUM, "-": _SUM, "neg": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER, "ratio": _PRODUCT}


def _level(node: Symbolic, style: _Style) -> int:
    if node.kind in style.calls:
        return _ATOM
    if not node.parts and style.leaf(node).startswith("-"):
        return _SUM
    return _LEVELS.get(node.kind, _ATOM)


def _render(node: Symbolic, style: _Style) -> str:
    if node.kind == "if" and "if" not in style.calls:
        node = _taken(node.parts)  # a worked expression shows the branch taken

    def inner(child: Symbolic) -> str:
        return _render(child, style)

    def wrapped(child: Symbolic, needs: int) -> str:
        if child.kind == "if" and "if" not in style.calls:
            child = _taken(child.parts)
        return inner(child) if _level(child, style) >= needs else f"({inner(child)})"

    if not node.parts:
        return style.leaf(node)
    if node.kind in style.calls:
        return style.calls[node.kind](node.parts, inner)
    if node.kind == "neg":
        # Excel binds a leading minus tighter than a power, so whatever is negated stands in brackets.
        return style.signs["neg"] + wrapped(node.parts[0], _ATOM)
    level = _LEVELS[node.kind]
    # Powers are always bracketed inside a power: Excel reads 2^3^2 from the left, the standards from the right.
    left = wrapped(node.parts[0], level if level < _POWER else _ATOM)
    right = wrapped(node.parts[1], level + 1 if node.kind in "-/^" else level)
    return f"{left}{style.signs[node.kind]}{right}"
