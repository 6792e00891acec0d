"""Words that the unit table has not: ask pint, and take only what means one thing.

pint reads ``kt`` as knot, ``C`` as coulomb, ``ton`` as the short ton and a year as 365.25 days, so an answer is used only
when every unit in it is on the short list below. Imported on a miss only (0.3 s).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from tanping.records.unit_grammar import Atom

_PLAIN = frozenset(
    {"gram", "joule", "watt", "watt_hour", "pascal", "bar", "liter", "meter", "second", "minute", "pound", "ounce",
     "foot", "inch", "yard", "mile", "acre", "nautical_mile", "oil_barrel", "standard_atmosphere", "newton"}
)  # fmt: skip
_BASES = {"[mass]": "kilogram", "[length]": "metre", "[time]": "second"}
_MAX_WORD = 24


@lru_cache(maxsize=1024)
def ask_pint(word: str) -> Atom | None:
    """Return the unit a single ASCII word names, or None when it is unknown, ambiguous or not convertible exactly."""
    if not (1 < len(word) <= _MAX_WORD and word.isascii() and word.replace("_", "").isalpha()):
        return None
    registry = _registry()
    try:
        parsed = registry.parse_units(word)
        ((prefixed, power),) = registry.UnitsContainer(parsed._units).items()
        ((_, name, _), *others) = registry.parse_unit_name(prefixed)
        quantity = registry.Quantity(Decimal(1), parsed).to_base_units()
    except Exception:  # pint raises many kinds for words it does not know; all mean "not a unit of ours"
        return None
    if others or power != 1 or name not in _PLAIN:
        return None
    try:
        dimension = tuple(sorted((_BASES[base], int(power)) for base, power in parsed.dimensionality.items()))
    except KeyError:
        return None
    magnitude: Any = quantity.magnitude
    grams = (
        dict(dimension).get("kilogram", 0) if "gram" in str(quantity.units) and "kilo" not in str(quantity.units) else 0
    )
    numerator, denominator = Decimal(magnitude).as_integer_ratio()
    return Atom(word, numerator, denominator * 1000**grams, dimension, True)


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)
