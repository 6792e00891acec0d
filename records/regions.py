"""Where a project lies, and which named regions it belongs to on a date: true, false, or not known.

Names are the short ones (江苏, 盐城, 射阳); the finders turn what people write into them. Data: ``regions.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tanping.records.basis import Basis
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.field_error import FieldError
from tanping.records.kept import kept
from tanping.records.located import read_yaml
from tanping.records.validity import Validity, parse

SOURCE = Path(__file__).with_name("regions.yaml")
NATION = "全国"
GRID = "grid"
_SUFFIXES = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "地区",
    "林区",
    "省",
    "市",
    "县",
    "区",
    "盟",
)

Path3 = tuple[str, ...]


class PlaceError(FieldError):
    """A name of a place that the register does not have."""


class Place(NamedTuple):
    """Where a unit stands, in short names; ``None`` is not known."""

    province: str | None = None
    city: str | None = None
    county: str | None = None


class RegionRecord(NamedTuple):
    """What one document says about a region in one period: true, false or unknown by path (province, city, county)."""

    validity: Validity
    says: Mapping[Path3, bool | None]
    document: str
    basis: Basis
    note: str


class Region(NamedTuple):
    """A named region: its key, kind (nation, province, city, group, basin, grid) and dated records."""

    key: str
    kind: str
    records: tuple[RegionRecord, ...]

    def record(self, as_of: date) -> RegionRecord | None:
        """Return the record in force on the day, or None."""
        return next((record for record in self.records if record.validity.covers(as_of)), None)


class Register(NamedTuple):
    """The whole register, unpacked."""

    provinces: dict[str, str]
    cities: dict[str, dict[str, str | None]]
    counties: dict[str, dict[str, str | None]]
    full_names: dict[Path3, str]
    merged: dict[str, dict[str, str]]
    regions: dict[str, Region]


@lru_cache(maxsize=65536)
def contains(region: str, place: Place, as_of: date) -> bool | None:
    """Whether the place lies in the region on the day.

    None when it can't be said: a level of the place is missing that decides it, the boundary cuts through, the name is not in
    the register, or no record covers the day. KeyError for an unknown region key (packs check theirs with check_region).
    """
    record = _region(region).record(as_of)
    if record is None:
        return None
    path = _path(place)
    if path is None:
        return None
    says = record.says
    value = next((says[path[:size]] for size in range(len(path), -1, -1) if path[:size] in says), False)
    finer = {said for where, said in says.items() if len(where) > len(path) and where[: len(path)] == path}
    return value if finer <= {value} else None


def region_record(region: str, as_of: date) -> RegionRecord | None:
    """Return the dated record behind an answer, to print its document and basis. KeyError for an unknown key."""
    return _region(region).record(as_of)


def region_keys() -> tuple[str, ...]:
    """Return every key a pack or factor may name, named regions first."""
    return tuple(register().regions)


def check_region(region: str, where: Where, field: str = "region") -> str:
    """Return the key, or raise InputError with the nearest known one."""
    known = register().regions
    if region not in known:
        near = suggest(region, known)
        what = f"地域“{region}”不在地域登记册中" + (f"，{near}" if near else "")
        raise InputError(Problem(where, field, what, "地域登记册里的名称", "江苏沿海三市"))
    return region


def grid_region(province: str, city: str | None = None, as_of: date | None = None) -> str | None:
    """Return the grid region (华北 东北 华东 华中 西北 南方 西南) of a province, or None when it can't be said.

    ``as_of`` is a day in the year of the electricity data; without it the newest grouping counts. 内蒙古 belongs to two regions, so
    it needs the city. 香港 澳门 台湾 have none. Raises PlaceError for an unknown province.
    """
    place = Place(find_province(province), city)
    day = as_of or date.max
    for region in register().regions.values():
        if region.kind == GRID and contains(region.key, place, day):
            return region.key
    return None


def find_province(name: str) -> str:
    """Return the short name: 江苏省 -> 江苏. Raises PlaceError with a suggestion."""
    return _find(name, register().provinces, "省份", "江苏")


def find_city(name: str, province: str | None = None) -> str:
    """Return the short name of a prefecture: 盐城市 -> 盐城; ``province`` narrows it. Raises PlaceError."""
    listed = register().cities
    if province is None:
        known = list(dict.fromkeys(city for cities in listed.values() for city in cities))
        return _find(name, known, "设区市", "盐城")
    within = find_province(province)
    if not listed[within]:
        raise PlaceError(f"登记册没有{within}下一级的区划", "留空")
    return _find(name, listed[within], f"{within}的设区市", next(iter(listed[within])))


def find_county(name: str, city: str | None = None) -> str:
    """Return the short name of a Jiangsu county or functional zone: 射阳县 -> 射阳; a merged one gives its successor.

    Raises PlaceError for an unknown name, for one that stands in two cities when no city is given (鼓楼), and for a city outside Jiangsu,
    whose counties the register does not list.
    """
    book = register()
    if city is None:
        hits = [one for one in book.counties if _match(name, (*book.counties[one], *book.merged.get(one, ())))]
        if len(hits) > 1:
            raise PlaceError(f"“{_shown(name)}”在{'、'.join(hits)}都有", "同时写明设区市", f"{hits[0]}市{name}")
        known = [county for counties in book.counties.values() for county in counties]
        return find_county(name, hits[0]) if hits else _find(name, known, "县（市、区）", "射阳")
    within = find_city(city)
    if within not in book.counties:
        raise PlaceError(f"登记册没有{within}的县（市、区）", "江苏的设区市，或不核对县名")
    former = book.merged.get(within, {})
    gone = _match(name, former)
    if gone:
        return former[gone]
    return _find(name, book.counties[within], f"{within}的县（市、区）", next(iter(book.counties[within])))


def find_place(province: str | None, city: str | None = None, county: str | None = None) -> Place:
    """Return a place in short names. Counties outside Jiangsu are kept as typed. Raises PlaceError."""
    found = find_province(province) if province else None
    town = find_city(city, found) if city else None
    if town and not found:
        homes = [name for name, cities in register().cities.items() if town in cities]
        found = homes[0] if len(homes) == 1 else None
    if not county:
        return Place(found, town, None)
    if (found or "江苏") == "江苏" and (town is None or town in register().counties):
        county = find_county(county, town)
        homes = [town] if town else [name for name, counties in register().counties.items() if county in counties]
        return Place("江苏", homes[0] if len(homes) == 1 else town, county)
    return Place(found, town, county.strip())


def full_name(place: Place) -> str:
    """Return the full names in one line: 江苏省盐城市射阳县. A level that is not known is left out."""
    names = register().full_names
    path = tuple(part for part in place if part)
    return "".join(dict.fromkeys(names.get(path[:size], path[size - 1]) for size in range(1, len(path) + 1)))


def division_code(place: Place) -> str | None:
    """Return the GB/T 2260 code of the finest known level, or None (functional zones, places outside the register)."""
    book = register()
    if place.county:
        return book.counties.get(place.city or "", {}).get(place.county) if place.province == "江苏" else None
    if place.city:
        return book.cities.get(place.province or "", {}).get(place.city)
    return book.provinces.get(place.province or "")


def cities_of(province: str) -> tuple[str, ...]:
    """Return the short names of a province's prefectures, in code order."""
    return tuple(register().cities[find_province(province)])


def counties_of(city: str) -> tuple[str, ...]:
    """Return the short names of a Jiangsu city's counties and functional zones; empty for a city outside Jiangsu."""
    return tuple(register().counties.get(find_city(city), ()))


@cache
def register() -> Register:
    """Return the register. InputError if the data file is at fault."""
    return kept(SOURCE.parent, "regions", {SOURCE.name: SOURCE.read_bytes()}, SOURCE.parent, _read_register)


def _read_register() -> Register:
    document = read_yaml(SOURCE)
    data = document.data
    provinces = {row["name"]: row["code"] for row in data["provinces"]}
    cities: dict[str, dict[str, str | None]] = {row["name"]: row["cities"] for row in data["provinces"]}
    names: dict[Path3, str] = {(row["name"],): row["full"] for row in data["provinces"]}
    names |= {(row["name"], row["name"]): row["full"] for row in data["provinces"]}
    names |= {("江苏", city): f"{city}市" for city in cities["江苏"]}
    counties: dict[str, dict[str, str | None]] = {}
    for city, listed in data["counties"].items():
        split = {name: text.split() for name, text in listed.items()}
        counties[city] = {name: code for name, (code, _) in split.items()}
        counties[city] |= dict.fromkeys(data["zones"].get(city, ()))
        names |= {("江苏", city, name): full for name, (_, full) in split.items()}
    book = Register(provinces, cities, counties, names, data["merged"], {})
    division = (data["divisions"]["document"], Basis(data["divisions"]["basis"]))
    for index, row in enumerate(data["regions"]):
        records = tuple(_record(entry, book, document.where(("regions", index))) for entry in row["records"])
        book.regions[row["key"]] = Region(row["key"], row["kind"], records)
    for province in provinces:
        book.regions[province] = _simple(province, "province", (province,), division)
    for province, listed in cities.items():
        for city in listed:
            # A city may share its name with a province (吉林); the province keeps the key.
            book.regions.setdefault(city, _simple(city, "city", (province, city), division))
    return book


def _simple(key: str, kind: str, path: Path3, division: tuple[str, Basis]) -> Region:
    return Region(key, kind, (RegionRecord(Validity(), {path: True}, *division, ""),))


def _record(entry: dict[str, Any], book: Register, where: Where) -> RegionRecord:
    says: dict[Path3, bool | None] = {}
    for part, value in (("in", True), ("unknown", None), ("out", False)):
        for province, members in (entry.get(part) or {}).items():
            for path in _members(province, members):
                if path and not _known(path, book):
                    raise InputError(Problem(where, part, f"“{'/'.join(path)}”不在区划登记册中"))
                if path in says and says[path] is not value and part != "out":
                    raise InputError(Problem(where, part, f"“{'/'.join(path)}”写了两次"))
                says[path] = value
    validity = parse(entry.get("valid_from"), entry.get("valid_to"))
    return RegionRecord(validity, says, entry["document"], Basis(entry["basis"]), entry.get("note") or "")


def _members(province: str, members: str | list[str]) -> Iterable[Path3]:
    if province == NATION:
        return [()]
    return [(province,)] if members == "all" else [(province, *member.split("/")) for member in members]


def _known(path: Path3, book: Register) -> bool:
    if path[0] not in book.provinces or (len(path) > 1 and path[1] not in book.cities[path[0]]):
        return False
    return len(path) < 3 or (path[0] == "江苏" and path[2] in book.counties[path[1]])


def _region(key: str) -> Region:
    return register().regions[key]


@lru_cache(maxsize=65536)
def _path(place: Place) -> Path3 | None:
    """The part of the place that the register knows; None when the province is given but unknown to it."""
    book = register()
    if place.province is None and place.city is None and place.county is None:
        return ()
    try:
        found = find_place(place.province, place.city)
    except PlaceError:
        try:
            found = find_place(place.province)
        except PlaceError:
            return None
    path = tuple(part for part in (found.province, found.city if found.province else None) if part)
    if place.county and (found.province or "江苏") == "江苏":
        try:
            county = find_place(found.province, found.city, place.county)
        except PlaceError:
            return path
        full = tuple(part for part in county if part)
        return full if len(full) == 3 and _known(full, book) else path
    return path


def _find(name: str, known: Iterable[str], what: str, example: str) -> str:
    listed = list(known)
    found = _match(name, listed)
    if found:
        return found
    # Two-character names: one wrong character leaves a likeness of 0.5, below what `suggest` asks.
    close = get_close_matches(_bare(name), listed, n=6, cutoff=0.5)
    near = " 或 ".join([one for one in close if one[:1] == name[:1]][:3] or close[:1])
    allowed = "、".join(listed) if len(listed) <= 16 else ""
    raise PlaceError(f"没有名为“{_shown(name)}”的{what}" + (f"，您是否想写 {near}" if near else ""), allowed, example)


def _match(name: str, known: Iterable[str]) -> str | None:
    wanted = "".join(name.split())
    bare = _bare(wanted)
    for candidate in known:
        # 延边朝鲜族自治州 is 延边: the peoples' names stand between.
        prefecture = wanted.endswith("自治州") and len(candidate) > 1 and wanted.startswith(candidate)
        if wanted == candidate or bare == _bare(candidate) or prefecture:
            return candidate
    return None


def _bare(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


def _shown(name: str) -> str:
    text = "".join(char if char.isprintable() else "�" for char in name)
    return text if len(text) <= 24 else text[:24] + "…"
