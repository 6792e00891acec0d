"""Quantities with units as people write them: exact decimals in, refusals in the words of the field.

``120 万吨``, ``45 亿kWh``, ``261.8 gce/kWh``, ``1,200,000 t``. The value stays as typed; a conversion is exact whenever the
result is a finite decimal (else rounded once, half to even, at 50 digits), so a value typed on a threshold stays on it.
Only this module's table is used for common spellings; pint is imported when a word is not in it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tanping.records.field_error import FieldError
from tanping.records.unit_grammar import Atom, Dimension, Unit, UnitSyntaxError, combine, inverse, parse, tidy
from tanping.records.unit_table import unit_table

if TYPE_CHECKING:
    from datetime import date

MAX_TEXT = 120
MAX_DIGITS = 28
MAX_EXPONENT = 30
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=999)

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,3}(?:(?P<mark>[, ])[0-9]{3}(?![0-9]))(?:(?P=mark)[0-9]{3}(?![0-9]))*|[0-9]+)?"
    r"(?P<part>\.[0-9]*)?(?:[eE](?P<exp>[+-]?[0-9]{1,6})(?![0-9])|[×xX·*]10\^(?P<ten>-?[0-9]{1,6}))?"
)
_SUPERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_SIGNS = str.maketrans({"−": "-", "–": "-", "\u2011": "-", "∞": "inf"})
_NOT_A_NUMBER = re.compile(r"(?i)^[+-]?(nan|inf|infinity|无穷大?|非数)")
_RANGE = re.compile(r"^[0-9.,]+ ?([^0-9-]{0,6}[~至—]+|-) ?[0-9]")
_UNCLEAR = re.compile(r"[,'._]|[eE×xX·*]\^?[+-]?[0-9]| ?(?!1[eE][0-9]|10\^|1(?![0-9.]))[0-9]")
_PRODUCT = re.compile(r"^[0-9]+ ?[×xX*] ?[0-9]")
_VAGUE = "约≈<>≤≥±"
_MULTIPLE_MARKS = "十百千万亿"


class QuantityError(FieldError):
    """A quantity or unit that cannot be used."""


class Quantity(NamedTuple):
    """A number with its unit. ``value`` as typed, ``unit`` in canonical spelling, ``text`` exactly as typed."""

    value: Decimal
    unit: str
    text: str

    def in_unit(self, unit: str, *, through: Quantity | None = None) -> Decimal:
        """Return the value in another unit, exact. Raises QuantityError when the dimensions differ (see convert)."""
        return convert(self.value, self.unit, unit, through=through)

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit:
    """Parse a unit. Raises QuantityError naming the piece that is not understood, with the nearest known spelling."""
    table = unit_table()
    _refuse_known_traps(tidy(text))
    try:
        return parse(text, table.atoms, table.multiples, _rare)
    except UnitSyntaxError as error:
        raise QuantityError(*_unknown(error.word)) from None


def dimension_label(unit: str) -> str:
    """Return what a unit measures, in the words of the field, e.g. ``质量``, ``单位热值含碳量``."""
    return _label(parse_unit(unit).dimension)


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing, so that arithmetic alone converts one into the other."""
    return parse_unit(one).dimension == parse_unit(other).dimension


def convert(value: Decimal, source: str, target: str, *, through: Quantity | None = None) -> Decimal:
    """Convert a value between units; exact when the result is a finite decimal, else 50 digits, half to even.

    ``through`` is a factor that bridges two dimensions, multiplied or divided as the dimensions ask: ``29.3076 GJ/tce``
    between tce and GJ, ``4950 h/a`` between t/h and t/a, a heating value between t and GJ.
    Raises QuantityError when the dimensions do not meet.
    """
    given, wanted = parse_unit(source), parse_unit(target)
    numerator, denominator = given.numerator * wanted.denominator, given.denominator * wanted.numerator
    if given.dimension != wanted.dimension:
        if through is None:
            raise _mismatch(given, wanted)
        bridge = parse_unit(through.unit)
        above, below = through.value.as_integer_ratio()
        above, below = above * bridge.numerator, below * bridge.denominator
        if combine(given.dimension, bridge.dimension) == wanted.dimension:
            numerator, denominator = numerator * above, denominator * below
        elif combine(given.dimension, inverse(bridge.dimension)) == wanted.dimension and above:
            numerator, denominator = numerator * below, denominator * above
        else:
            raise _mismatch(given, wanted)
    if numerator == denominator:
        return value
    top, bottom = value.as_integer_ratio()
    result = _EXACT.divide(_EXACT.create_decimal(top * numerator), _EXACT.create_decimal(bottom * denominator))
    return _plain(result)


def parse_quantity(
    text: str,
    unit: str,
    *,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
    header: bool = False,
) -> Quantity:
    """Parse what a person typed for a field whose own unit is ``unit``.

    ``minimum`` and ``maximum`` are inclusive, in the field's unit. ``header``: the unit stands in the column's header, so a
    bare number takes it. Without it a bare number is accepted only where the field's unit is ``1`` or ``倍``.
    Raises QuantityError.
    """
    wanted = parse_unit(unit)
    typed = str(text)
    number, rest = _number(typed, wanted)
    if rest:
        given = _unit_for(rest, wanted)
        if given.dimension != wanted.dimension:
            raise _mismatch(given, wanted)
        name = given.name
    elif header or wanted[1:] == (1, 1, ()):
        name = wanted.name
    else:
        raise QuantityError(f"“{_short(typed)}”没有写单位", *_allowed(wanted))
    quantity = Quantity(number, name, typed)
    _within(quantity, wanted, minimum, maximum)
    return quantity


def coal_equivalent(as_of: date) -> Quantity:
    """Return the heat of one tonne of coal equivalent (GJ/tce) as GB/T 2589 had it on a date. QuantityError if none."""
    day = as_of.isoformat()
    for row in unit_table().equivalents:
        if row.key == "coal_equivalent_heat" and row.valid_from <= day and (not row.valid_to or day <= row.valid_to):
            return Quantity(Decimal(row.value), row.unit, f"{row.value} {row.unit}（{row.document}）")
    raise QuantityError(f"{day} 没有标准煤折热系数", "2008-06-01 及以后的日期")


def _number(typed: str, wanted: Unit) -> tuple[Decimal, str]:
    """Split the typed text into number and unit text."""
    if len(typed) > MAX_TEXT:
        raise QuantityError("内容过长，不像一个数量", *_allowed(wanted))
    text = _POWER.sub(lambda match: "10^" + match[1].translate(_SUPERS), typed).translate(_SIGNS)
    text = " ".join(unicodedata.normalize("NFKC", text.replace("²", "^2").replace("³", "^3")).split())
    if not text:
        raise QuantityError("没有填写", *_allowed(wanted))
    if _NOT_A_NUMBER.match(text):
        raise QuantityError(f"“{_short(typed)}”不是一个确定的数", *_allowed(wanted))
    if text[0] in _VAGUE:
        raise QuantityError(f"“{_short(typed)}”不是一个确定的数", f"一个数，不带“{text[0]}”", _example(wanted))
    if _RANGE.match(text):
        raise QuantityError(f"“{_short(typed)}”像一个范围", "一个数", _example(wanted))
    match = _NUMBER.match(text)
    if match is None or not (match["whole"] or (match["part"] or ".") != "."):
        raise QuantityError(f"“{_short(typed)}”开头不是数字", *_allowed(wanted))
    rest = text[match.end() :]
    if rest and _PRODUCT.match(text):
        raise QuantityError(f"“{_short(typed)}”是一个算式", "算好的总数", _example(wanted))
    if _UNCLEAR.match(rest):
        raise QuantityError(
            f"“{_short(typed)}”里的数字分隔不清", "千分位每三位一组，小数点用“.”，乘方写 1.2e6", "1,200,000 t"
        )
    return _decimal(match, typed), rest.strip()


def _decimal(match: re.Match[str], typed: str) -> Decimal:
    digits = (match["whole"] or "").replace(",", "").replace(" ", "") + (match["part"] or "")
    exponent = int(match["exp"] or match["ten"] or 0)
    if abs(exponent) > MAX_EXPONENT or len(digits) > MAX_DIGITS + 2:
        raise QuantityError(
            f"“{_short(typed)}”的数值超出可用范围", f"不超过 {MAX_DIGITS} 位数字、10 的 ±{MAX_EXPONENT} 次方"
        )
    value = _EXACT.scaleb(Decimal((match["sign"] or "") + digits), exponent)
    return _plain(value) if value else abs(_plain(value))


def _unit_for(rest: str, wanted: Unit) -> Unit:
    try:
        return parse_unit(rest)
    except QuantityError as error:
        if error.example:
            raise
        raise QuantityError(error.what, error.allowed or _allowed(wanted)[0], _example(wanted)) from None


def _within(quantity: Quantity, wanted: Unit, minimum: Decimal | int | None, maximum: Decimal | int | None) -> None:
    if minimum is None and maximum is None:
        return
    value = quantity.in_unit(wanted.name)
    suffix = "" if wanted.name == "1" else f" {wanted.name}"
    if minimum is not None and value < minimum:
        what = "是负数" if value < 0 and minimum == 0 else "太小"
        raise QuantityError(f"“{_short(quantity.text)}”{what}", f"不小于 {minimum}{suffix}", _example(wanted))
    if maximum is not None and value > maximum:
        raise QuantityError(f"“{_short(quantity.text)}”太大", f"不大于 {maximum}{suffix}", _example(wanted))


def _refuse_known_traps(plain: str) -> None:
    table = unit_table()
    if plain in table.atoms:
        return
    for word in re.split(r"[/·()]", plain):
        bare = word
        while bare and bare[0] in _MULTIPLE_MARKS and bare not in table.atoms and bare not in table.refused:
            bare = bare[1:]  # one by one: 千卡 is a unit of its own, 千 before 卡 is a multiple of a refused word
        if bare in table.refused:
            why, instead = table.refused[bare]
            raise QuantityError(f"不用“{bare}”：{why}", instead)
    for word in table.qualifiers:
        if word in plain:
            raise QuantityError(
                f"单位“{_short(plain)}”里带了口径“{word}”", "只写单位；毛或净、高位或低位由字段本身规定"
            )


def _unknown(word: str) -> tuple[str, str]:
    from tanping.records.errors import suggest

    if not word:
        return "单位没有写完整", "如 t、GJ/t、tCO2/MWh"
    known = unit_table().atoms
    folded = [name for name in known if name.casefold() == word.casefold()]
    if folded:
        return f"不认识单位“{_short(word)}”，单位区分大小写，您是否想写 {folded[0]}", ""
    near = suggest(word, known)
    return f"不认识单位“{_short(word)}”" + (f"，{near}" if near else ""), ""


def _mismatch(given: Unit, wanted: Unit) -> QuantityError:
    have, want = _label(given.dimension), _label(wanted.dimension)
    what = f"“{given.name}”是{have}的单位，这里要{want}"
    hint = unit_table().hints.get((given.dimension, wanted.dimension))
    return QuantityError(f"{what}（{hint}）" if hint else what, *_allowed(wanted))


def _allowed(wanted: Unit) -> tuple[str, str]:
    known = unit_table().dimensions.get(wanted.dimension)
    units = dict.fromkeys((wanted.name, *(known.common if known else ())))
    if wanted.dimension == ():
        return ("数字，可带 %", _example(wanted)) if wanted.name != "%" else ("带 % 的数", _example(wanted))
    return f"数字加{_label(wanted.dimension)}的单位，如 {'、'.join(units)}", _example(wanted)


def _example(wanted: Unit) -> str:
    if wanted.name == "%":
        return "55 %"
    known = unit_table().dimensions.get(wanted.dimension)
    if known and known.example.endswith(wanted.name.lstrip("百千万亿")):
        return known.example
    return f"100 {wanted.name}" if wanted.name != "1" else "0.55"


def _label(dimension: Dimension) -> str:
    words = unit_table().dimensions
    if dimension in words:
        return words[dimension].label
    above = tuple((base, power) for base, power in dimension if power > 0)
    below = tuple((base, -power) for base, power in dimension if power < 0)
    if below in words and (above in words or not above):
        return f"每{words[below].label}的{words[above].label if above else '次数'}"
    return "其他量"


def _rare(word: str) -> Atom | None:
    from tanping.records.unit_rare import ask_pint

    return ask_pint(word)


def _plain(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return _EXACT.quantize(value, Decimal(1)) if isinstance(exponent, int) and 0 < exponent <= MAX_EXPONENT else value


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else "�" for char in text)
    return shown if len(shown) <= 24 else shown[:24] + "…"
