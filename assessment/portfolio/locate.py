"""Province and city from an address in romanised words, checked against coordinates; what is not certain says so and stays open.

Words place a project, coordinates only raise doubts: the tool carries no borders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.portfolio.assemble import Rows
from tanping.assessment.portfolio.heading import Heading, Target, entry_of
from tanping.assessment.portfolio.typed import Typed
from tanping.records.located import read_yaml

SOURCE = Path(__file__).with_name("places.yaml")
WITHIN = "江苏"
FROM_WORDS = "省、市由地址文字判读"
NO_PROVINCE = "地址里认不出省份，未定"
MANY = "地址里有不止一个省名，未定"
NO_CITY = "地址里认不出江苏的设区市，未定"
OUTSIDE = "坐标不在地址所写省份的大致范围内，省份未定"

Note = tuple[NDArray[np.bool_], str]


class Reading(NamedTuple):
    """What an address says. ``doubt`` says why something is open."""

    province: str | None
    city: str | None
    doubt: str


def located(rows: Rows) -> tuple[Rows, list[Note]]:
    """Fill blank provinces and cities from the address. Returns the rows, and which say from words and which are in doubt."""
    address = rows.words("site", "address")
    province, city = Target("site", "province"), Target("site", "city")
    open_ = np.array([word is None for word in rows.words("site", "province")], dtype=bool)
    readings = {text: read_address(text) for text in dict.fromkeys(address[open_])}
    found = [readings[text] if free else Reading(None, None, "") for text, free in zip(address, open_, strict=True)]
    longitude, latitude = _number(rows, "longitude"), _number(rows, "latitude")
    found = [_checked(*one) for one in zip(found, longitude, latitude, strict=True)]
    typed = dict(rows.typed)
    for target in (province, city):
        values = rows.words("site", target.field).copy()
        said = np.array([getattr(one, target.field) for one in found], dtype=object)
        fill = open_ & (said != np.array(None)) & (values == np.array(None))
        values[fill] = said[fill]
        typed[target] = Typed(values, values != np.array(None))
    doubts = np.array([one.doubt for one in found], dtype=object)
    notes = [(doubts == doubt, doubt) for doubt in dict.fromkeys(doubts.tolist()) if doubt]
    notes.insert(0, (np.array([one.province is not None for one in found], dtype=bool), FROM_WORDS))
    headings = {target: Heading(-1, entry_of(target).label, target, entry_of(target)) for target in (province, city)}
    return replace(rows, typed=typed, headings={**headings, **rows.headings}), notes


def read_address(address: str | None) -> Reading:
    """Read province and, in Jiangsu, city. Only one province named, as a whole word, is certain."""
    text = (address or "").lower().replace("’", "'")
    provinces, cities = _words()
    named = [name for name, says in provinces.items() if says(text)]
    # An address of a city in another province may mention it (Jilin City): the word before "province" decides.
    titled = [name for name in named if _titled(text, name)]
    named = titled or named
    if len(named) != 1:
        return Reading(None, None, MANY if named else NO_PROVINCE)
    if named[0] != WITHIN:
        return Reading(named[0], None, "")
    towns = [name for name, says in cities.items() if says(text)]
    return Reading(WITHIN, towns[0], "") if len(towns) == 1 else Reading(WITHIN, None, NO_CITY)


def _checked(reading: Reading, longitude: float, latitude: float) -> Reading:
    if reading.province is None or np.isnan(longitude) or np.isnan(latitude):
        return reading
    west, east, south, north = _boxes()[reading.province]
    if west <= longitude <= east and south <= latitude <= north:
        return reading
    return Reading(None, None, OUTSIDE)


def _number(rows: Rows, field: str) -> NDArray[np.float64]:
    held = rows.typed.get(Target("site", field))
    return held.values if held is not None else np.full(rows.count, np.nan)


def _titled(text: str, name: str) -> bool:
    words = _data()["provinces"][name]["words"]
    return any(
        re.search(rf"\b{re.escape(word)}\s+(province|municipality|zhuang|hui|uy|autonomous)", text) for word in words
    )


@cache
def _data() -> Any:
    return read_yaml(SOURCE).data


@cache
def _words() -> tuple[Mapping[str, Callable[[str], object]], Mapping[str, Callable[[str], object]]]:
    data = _data()
    provinces = {name: _finder(one["words"]) for name, one in data["provinces"].items()}
    return provinces, {name: _finder(words) for name, words in data["cities"].items()}


def _finder(words: list[str]) -> Callable[[str], object]:
    return re.compile("|".join(rf"(?<![a-z']){re.escape(word)}(?![a-z'])" for word in words)).search


@cache
def _boxes() -> Mapping[str, tuple[float, float, float, float]]:
    return {name: tuple(map(float, one["box"])) for name, one in _data()["provinces"].items()}  # type: ignore[misc]
