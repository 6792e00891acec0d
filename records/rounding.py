"""Rounding where a person reads (GB/T 8170: half to even) and how figures are printed.

Nothing here is for calculation: a figure is rounded once, on its way to a page.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

# Digits are grouped in threes by a thin space (GB/T 15835), not by commas. The no-break kind keeps a figure on one line.
GROUP = "\u202f"
WAN = 10_000
_WIDE = Context(prec=350, rounding=ROUND_HALF_EVEN)

Number = Decimal | float | int


def round_half_even(x: Number, digits: int = 0) -> Decimal:
    """Round to ``digits`` decimal places by GB/T 8170 (half to even); negative ``digits`` round to tens, hundreds ….

    A float is taken as its shortest decimal form (0.125 and 2.675 mean what they print). Raises ValueError for NaN and
    infinities: an unknown figure has no rounding, the caller says 未知.
    """
    value = x if isinstance(x, Decimal) else Decimal(repr(float(x)) if isinstance(x, float) else int(x))
    if not value.is_finite():
        raise ValueError("only a finite figure can be rounded")
    rounded = _WIDE.quantize(value, Decimal(1).scaleb(-digits))
    rounded = _WIDE.quantize(rounded, Decimal(1)) if digits < 0 else rounded
    return rounded if rounded else abs(rounded)


def round_significant(x: Number, digits: int) -> Decimal:
    """Round to ``digits`` significant digits by GB/T 8170."""
    value = round_half_even(x, 30)
    if not value:
        return Decimal(0)
    return round_half_even(x, digits - 1 - value.adjusted())


def figure(x: Number, digits: int = 0, *, group: str = GROUP, strip: bool = False) -> str:
    """Print a figure: rounded, digits in threes on both sides of the point, e.g. ``1 923 900``, ``0.123 45``.

    ``strip`` drops trailing zeros after the point. Four digits stay together (``4950``), as GB/T 15835 allows.
    """
    text = format(round_half_even(x, digits), "f")
    sign, text = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = text.partition(".")
    part = part.rstrip("0") if strip else part
    whole = _threes(whole[::-1], group)[::-1] if len(whole) > 4 else whole
    part = _threes(part, group) if len(part) > 4 else part
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def in_wan(x: Number, digits: int = 2, *, group: str = GROUP) -> str:
    """Print a figure in ten-thousands without the unit: 1 923 900 -> ``192.39`` (the caller writes 万t)."""
    value = round_half_even(x, 15)
    return figure(value / WAN, digits, group=group)


def scaled(x: Number, unit: str, digits: int = 2) -> str:
    """Print a figure with its unit as a Chinese report does: from ten thousand on in 万, below as it is.

    ``scaled(1923900, "tCO2") -> "192.39 万tCO2"``, ``scaled(950, "tCO2") -> "950.00 tCO2"``.
    """
    value = round_half_even(x, 15)
    if abs(value) >= WAN:
        return f"{in_wan(value, digits)} 万{unit}"
    return f"{figure(value, digits)} {unit}"


def _threes(digits: str, group: str) -> str:
    return group.join(digits[start : start + 3] for start in range(0, len(digits), 3))
