"""How figures, units and expressions are written where a person reads them.

Rounding is that of ``tanping.records.rounding`` (GB/T 8170, docs/decisions.md D5); here is only how a page shows it. A figure that
is not known is written as such, never as zero.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import TypeGuard

from tanping.records import rounding

UNKNOWN = "未知"
NBSP = "\u00a0"

_DIGITS = "〇一二三四五六七八九"
_UNITS = (
    ("CO2", "CO₂"),
    ("1e4Nm3", "万Nm³"),
    ("Nm3", "Nm³"),
    ("m3", "m³"),
    ("m2", "㎡"),
    ("t*km", "t·km"),
)
_OPERATOR = re.compile(r" (=|≈|\+|−|×|÷) ")


def number(value: float | Decimal | None, places: int = 0) -> str:
    """Write a figure with ``places`` decimals, digits in threes kept together: ``8 532 456.10``."""
    return rounding.figure(value, places, group=NBSP) if _known(value) else UNKNOWN


def tonnes(value: float | None) -> str:
    """Write an emission in whole tonnes."""
    return number(value, 0)


def ten_thousand_tonnes(value: float | None, places: int = 2) -> str:
    """Write an emission of ``value`` tonnes in 万t."""
    return rounding.in_wan(value, places, group=NBSP) if _known(value) else UNKNOWN


def significant(value: float | Decimal | None, digits: int = 6) -> str:
    """Write a figure with at most ``digits`` significant digits and no trailing zeros (factors, indicators)."""
    return as_stated(rounding.round_significant(value, digits)) if _known(value) else UNKNOWN


def as_stated(value: float | Decimal | None) -> str:
    """Write a figure with every digit it has: the inputs of a worked expression must be exact."""
    if not _known(value):
        return UNKNOWN
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    exponent = exact.normalize().as_tuple().exponent
    return rounding.figure(exact, max(0, -exponent if isinstance(exponent, int) else 0), group=NBSP)


def percent(part: float | None, whole: float | None, places: int = 1) -> str:
    """Write ``part`` as a share of ``whole``, or ``－`` where there is nothing to share."""
    if not _known(part) or not _known(whole) or not whole:
        return "－"
    return number(Decimal(repr(part)) / Decimal(repr(whole)) * 100, places) + "%"


def signed_percent(difference: float | None, places: int = 2) -> str:
    """Write a relative difference with its sign, or ``－`` where there is none."""
    if not _known(difference):
        return "－"
    text = number(Decimal(repr(difference)) * 100, places)
    return ("+" if difference > 0 else "") + text + "%"


def unit(code: str) -> str:
    """Write a unit as printed: ``tCO2/MWh`` → ``tCO₂/MWh``; the dimensionless ``1`` → nothing."""
    return "" if code == "1" else _printed(code)


def expression(text: str) -> str:
    """Make a worked expression break only before an operator and never inside an operand."""
    parts = _OPERATOR.split(text)
    operands = [_printed(part.replace(" ", NBSP)) for part in parts[::2]]
    return operands[0] + "".join(
        f" {sign}{NBSP}{operand}" for sign, operand in zip(parts[1::2], operands[1:], strict=True)
    )


def day(value: date | str | None) -> str:
    """Write a date as documents do: ``2026年11月1日``."""
    if value is None or value == "":
        return UNKNOWN
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{when.year}年{when.month}月{when.day}日"


def ended(text: str) -> str:
    """Return a sentence with its full stop, an empty text as it is."""
    return text if not text or text[-1] in "。！？" else f"{text}。"


def bare(text: str) -> str:
    """Return a sentence without its full stop, to be gone on with."""
    return text.rstrip("。；")


def chinese(ordinal: int) -> str:
    """Write an ordinal from 1 to 99 in Chinese numerals, as headings are numbered."""
    tens, ones = divmod(ordinal, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")


def _printed(text: str) -> str:
    for plain, shown in _UNITS:
        text = text.replace(plain, shown)
    return text


def _known(value: float | Decimal | None) -> TypeGuard[float | Decimal]:
    return value is not None and math.isfinite(value)
