"""A number as a report prints it, read as an interval: ``约530万t`` is not 5,300,000 t but what rounds to it (GB/T 8170).

A printed figure stands for half a unit of its last digit either way. Words of approximation (约, 左右 …) say that trailing zeros
do not count as digits. 不超过 and 不小于 leave one end open; a range or ``±`` gives its own ends.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tanping.records.quantity import QuantityError, convert, parse_quantity, parse_unit

ABOUT = ("大约", "大致", "接近", "约为", "约", "近", "≈")
AT_MOST = ("不超过", "不大于", "不高于", "小于等于", "小于", "低于", "≤", "<")
AT_LEAST = ("不少于", "不小于", "不低于", "大于等于", "大于", "高于", "超过", "≥", ">")
AFTER_ABOUT = ("左右", "上下")
AFTER_MOST = ("以内", "以下")
AFTER_LEAST = ("以上",)
ODD = ("余", "多")

_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:(?:[eE]|[×x*]10\^)[+-]?[0-9]{1,3})?"
)
MAX_DIGITS, MAX_EXPONENT = 28, 30
_BETWEEN = re.compile(r"^(?:~|～|—+|–|至|到|-)")
# 530万余吨 says what 530余万吨 does.
_ODD_BEHIND = re.compile(f"([万亿])([{''.join(ODD)}])")
_MASS = re.compile(r"(kg|t|g|千克|公斤|克|吨)(?![A-Za-z])")
# The year of a yearly figure: 万t/a is the tonnes of one year.
_A_YEAR = re.compile(r"(/a|/年|每年)$")


class NotPrintedError(ValueError):
    """Text that cannot be read as one figure; ``str`` says why in Chinese."""


@dataclass(frozen=True)
class Printed:
    """A declared figure in the unit of the figure it is set against.

    ``low`` and ``high`` bound what the printed text can stand for (inclusive; infinite where the text leaves an end open).
    """

    text: str
    value: float
    low: float
    high: float
    unit: str
    notes: tuple[str, ...] = ()

    @property
    def half(self) -> float:
        """Half the width of the interval; infinite for an open end."""
        return (self.high - self.low) / 2

    @property
    def bounded(self) -> bool:
        """Whether both ends are told."""
        return math.isfinite(self.half)

    def holds(self, value: float) -> bool:
        """Whether a computed value prints as this text (float64 noise aside)."""
        slack = 1e-9 * max(abs(value), abs(self.value))
        return self.low - slack <= value <= self.high + slack


def read_printed(text: str, unit: str) -> Printed:
    """Read a printed figure for a figure measured in ``unit``. Raises NotPrintedError."""
    said = _Said.read(text)
    notes: list[str] = []
    named = _unit(said.unit, unit, notes)

    def into(value: Decimal) -> float:
        return float(convert(value, named, unit))

    low, high = said.ends
    return Printed(
        text,
        into(said.middle),
        -math.inf if said.at_most else into(said.first if said.at_least else low),
        math.inf if said.at_least else into(said.first if said.at_most else high),
        unit,
        tuple(notes),
    )


@dataclass
class _Said:
    """The pieces of a printed figure in its own unit."""

    first: Decimal = Decimal(0)
    second: Decimal | None = None
    spread: Decimal | None = None
    percent: bool = False
    about: bool = False
    at_least: bool = False
    at_most: bool = False
    odd: bool = False
    unit: str = ""

    @classmethod
    def read(cls, text: str) -> _Said:
        """Take the text apart. Raises NotPrintedError."""
        said = cls()
        rest = said._openings(_tidy(text))
        if not rest:
            raise NotPrintedError("没有填写")
        said.first, rest = _number(rest, text)
        rest = said._odd(rest)
        after = _BETWEEN.sub("", rest, count=1).strip()
        if after != rest and _starts_number(after):
            said.second, rest = _number(after, text)
            if said.second < said.first:
                raise NotPrintedError(f"“{text[:30]}”的范围前大后小")
        rest = said._closings(rest)
        before, mark, tail = rest.replace("+/-", "±").partition("±")
        if mark:
            said.spread, tail = _number(tail, text)
            if said.spread < 0:
                raise NotPrintedError(f"“{text[:30]}”的 ± 后面应是正数")
            # 530万t±2% has its unit before the sign, 530±5万t behind it, 3.1±0.1% is itself a percentage.
            said.percent = tail == "%" and bool(before.strip())
            rest = before if said.percent or not tail else tail
        said.unit = said._odd(rest.strip())
        return said

    @property
    def middle(self) -> Decimal:
        """The figure itself, or the middle of a range."""
        return self.first if self.second is None else (self.first + self.second) / 2

    @property
    def ends(self) -> tuple[Decimal, Decimal]:
        """What the text can stand for."""
        if self.spread is not None:
            width = abs(self.first) * self.spread / 100 if self.percent else self.spread
            return self.first - width, self.first + width
        if self.odd:
            return self.first, self.first + Decimal(1).scaleb(_last_digit(self.first))
        last = self.first if self.second is None else self.second
        return self.first - _half(self.first, self.about), last + _half(last, self.about)

    def _openings(self, rest: str) -> str:
        return self._strip(rest, (ABOUT, AT_LEAST, AT_MOST), str.startswith, lambda text, word: text[len(word) :])

    def _closings(self, rest: str) -> str:
        words = (AFTER_ABOUT, AFTER_LEAST, AFTER_MOST)
        return self._strip(rest, words, str.endswith, lambda text, word: text[: -len(word)])

    def _strip(
        self,
        rest: str,
        groups: tuple[tuple[str, ...], ...],
        has: Callable[[str, str], bool],
        cut: Callable[[str, str], str],
    ) -> str:
        names = ("about", "at_least", "at_most")
        while found := next(
            ((name, word) for name, words in zip(names, groups, strict=True) for word in words if has(rest, word)), None
        ):
            setattr(self, found[0], True)
            rest = cut(rest, found[1]).strip()
        return rest

    def _odd(self, rest: str) -> str:
        for word in ODD:
            if rest.startswith(word):
                self.odd = True
                return rest[len(word) :].strip()
        return rest


def _tidy(text: str) -> str:
    plain = unicodedata.normalize("NFKC", str(text).replace("³", "3").replace("₂", "2").replace("⁴", "^4"))
    plain = plain.replace("−", "-").replace("\u202f", " ").replace("\u2009", " ")
    plain = _ODD_BEHIND.sub(r"\2\1", plain)
    return " ".join(plain.split()).strip("。；; ")


def _starts_number(rest: str) -> bool:
    return _NUMBER.match(rest.strip()) is not None


def _number(rest: str, text: str) -> tuple[Decimal, str]:
    rest = rest.strip()
    match = _NUMBER.match(rest)
    if match is None:
        raise NotPrintedError(f"“{text[:30]}”里找不到数值")
    number = Decimal(re.sub(r"[×x*]10\^", "e", match.group().replace(",", "").replace(" ", "")))
    if len(number.as_tuple().digits) > MAX_DIGITS or abs(number.adjusted()) > MAX_EXPONENT:
        raise NotPrintedError(f"“{text[:30]}”的数值超出可用范围")
    return number, rest[match.end() :].strip()


def _half(value: Decimal, about: bool) -> Decimal:
    """Half a unit of the last digit that counts; said to be 约, at least a whole unit of the last printed one."""
    exponent = int(value.as_tuple().exponent)
    half = Decimal(5).scaleb(exponent - 1)
    if not about or not value:
        return half
    return max(Decimal(5).scaleb(_last_digit(value) - 1), 2 * half)


def _last_digit(value: Decimal) -> int:
    """The place of the last digit that is not zero: 1 for 530, −2 for 0.25."""
    return int(value.normalize().as_tuple().exponent)


def _unit(typed: str, unit: str, notes: list[str]) -> str:
    """The typed unit in a spelling that measures what ``unit`` does; a bare mass of a CO2 figure is a mass of CO2."""
    if not typed:
        if unit not in ("1", "倍"):
            notes.append(f"未写单位，按 {unit} 判读")
        return unit
    plain = typed.replace(" ", "")
    candidates = [plain, _A_YEAR.sub("", plain)]
    tag = next((one for one in ("CO2e", "CO2", "ce") if one in unit), "")
    if tag:
        candidates += [_MASS.sub(rf"\1{tag}", one, count=1) for one in tuple(candidates)]
        candidates += [one.replace("CO2e", "CO2") for one in tuple(candidates)]
        candidates += [one.replace("CO2", "CO2e") for one in tuple(candidates) if "CO2e" in unit and "CO2e" not in one]
    refusal: QuantityError | None = None
    for one in dict.fromkeys(candidates):
        try:
            parse_quantity(f"1 {one}", unit)
        except QuantityError as error:
            refusal = refusal or error
            continue
        if "CO2e" in plain and "CO2e" not in unit:
            notes.append("申报以二氧化碳当量计，复核值只含二氧化碳")
        return parse_unit(one).name
    assert refusal is not None
    raise NotPrintedError(refusal.what)
