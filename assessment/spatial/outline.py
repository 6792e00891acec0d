"""The outline of a place as people type it: WKT, a list of 经度,纬度 pairs, degrees-minutes-seconds, or the name of a file.

Plain Python: a project file is checked without any map library. How finely the numbers were typed is kept, because 120.49 says no more than
half a kilometre.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from tanping.records.doors.text import visible
from tanping.records.field_error import FieldError

ShapeKind = Literal["point", "line", "polygon"]
Point = tuple[float, float]
Ring = tuple[Point, ...]
T = TypeVar("T")

LONGEST = 20_000
MAX_POINTS = 2000
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""A box about China and its seas, in degrees: only to catch swapped, projected or mistyped numbers."""

NONE_WORDS = frozenset({"无", "没有", "不涉及"})
FILE_SUFFIXES = (".geojson", ".json", ".gpkg", ".zip", ".shp")
METRES_PER_DEGREE = 111_320.0

_POLYGON = "POLYGON ((120.49 33.82, 120.50 33.82, 120.50 33.81, 120.49 33.82))"
_EXAMPLE = "120.4901,33.8203; 120.4962,33.8203; 120.4962,33.8161"
_NUMBER = r"-?\d{1,3}(?:\.(\d{0,15}))?"
_DECIMAL = re.compile(_NUMBER + r"\Z")
_DEGREES = re.compile(
    r"(?:东经|北纬|[EN])?(\d{1,3})[°度](?:(\d{1,2})[′'’分](?:(\d{1,2})(?:\.(\d{1,6}))?(?:[″\"”秒]|''|′′)?)?)?[EN]?\Z",
    re.IGNORECASE,
)
_WKT = re.compile(r"(MULTI)?(POINT|LINESTRING|POLYGON)\s*(Z|M|ZM)?\s*\(", re.IGNORECASE)
_TOKEN = re.compile(r"[(),]|[^\s(),]+")


class OutlineError(FieldError):
    """A geometry that cannot be read."""


@dataclass(frozen=True)
class Outline:
    """A typed geometry in degrees of its own datum.

    ``parts``: a point's part is one ring of one point, a line's one ring of its vertices, a polygon's its outer ring and its holes (closed: the
    first vertex stands again at the end). ``rounding``: how far, in metres, the typed digits leave a vertex open.
    """

    kind: ShapeKind
    parts: tuple[tuple[Ring, ...], ...]
    rounding: float

    @property
    def points(self) -> tuple[Point, ...]:
        """Every vertex."""
        return tuple(point for part in self.parts for ring in part for point in ring)


@dataclass(frozen=True)
class OutlineFile:
    """A geometry that stands in a registered file."""

    name: str


def read_outline(text: str, *, line: bool = False) -> Outline | OutlineFile | None:
    """Read a typed geometry; ``line``: a list of pairs is a line, not the corners of an area. None for 无.

    Raises OutlineError with what is wrong, what is allowed and an example.
    """
    text = text.strip()
    if text in NONE_WORDS:
        return None
    if len(text) > LONGEST:
        raise OutlineError("文字过长", f"不超过 {LONGEST} 字；更细的边界用 tanping layers add 登记文件，这里写文件名")
    if text.lower().endswith(FILE_SUFFIXES):
        return _file(text)
    found = _wkt(text) if _WKT.match(text) else _pairs(text, line)
    if len(found.points) > MAX_POINTS:
        raise OutlineError(f"有 {len(found.points)} 个坐标点", f"不超过 {MAX_POINTS} 个；更细的用文件")
    for number, point in enumerate(found.points, start=1):
        _check_point(point, number)
    return found


def _file(text: str) -> OutlineFile:
    if any(mark in text for mark in "/\\:\0") or text.startswith("."):
        raise OutlineError("只写文件名，不写路径", "用 tanping layers add 登记过的文件名", "厂界.geojson")
    return OutlineFile(text)


def _check_point(point: Point, number: int) -> None:
    x, y = point
    if WEST <= x <= EAST and SOUTH <= y <= NORTH:
        return
    where = f"第 {number} 个坐标点（{x:.10g}，{y:.10g}）"
    if WEST <= y <= EAST and SOUTH <= x <= NORTH:
        raise OutlineError(f"{where}疑似经纬度写反", "经度在前，纬度在后", _EXAMPLE)
    raise OutlineError(
        f"{where}不在我国范围内", f"经度 {WEST:g}—{EAST:g}，纬度 {SOUTH:g}—{NORTH:g}，单位为度", _EXAMPLE
    )


# --- lists of pairs ------------------------------------------------------------------------------------------------------


def _pairs(text: str, line: bool) -> Outline:
    step = 1.0
    points: list[Point] = []
    pairs = _split_pairs(text)
    if not pairs:
        raise OutlineError("没有坐标", "经度,纬度；各对之间用分号隔开", _EXAMPLE)
    for number, pair in enumerate(pairs, start=1):
        numbers = [part for part in re.split(r"[,，、\s]+", pair) if part]
        if len(numbers) != 2:
            raise OutlineError(
                f"第 {number} 个坐标“{_shown(pair)}”不是一对数", "经度,纬度；各对之间用分号隔开", _EXAMPLE
            )
        (x, fine_x), (y, fine_y) = (_angle(part) for part in numbers)
        step = min(step, fine_x, fine_y)
        points.append((x, y))
    return _outline(points, line, step)


def _split_pairs(text: str) -> list[str]:
    """Pairs stand apart by semicolons or line ends; without any, the whole text is one pair."""
    return [pair.strip() for pair in re.split(r"[;；\n|]+", text) if pair.strip()]


def _outline(points: list[Point], line: bool, step: float) -> Outline:
    rounding = _metres(step)
    if len(points) == 1:
        return Outline("point", ((tuple(points),),), rounding)
    if line:
        return Outline("line", ((_line(points),),), rounding)
    closed = points if points[0] == points[-1] else [*points, points[0]]
    return Outline("polygon", ((_ring(closed),),), rounding)


def _line(points: list[Point]) -> Ring:
    if len(set(points)) < 2:
        raise OutlineError("线的各点是同一个点", "至少两个不同的点", _EXAMPLE)
    return tuple(points)


def _ring(points: list[Point]) -> Ring:
    if len(set(points)) < 3:
        raise OutlineError(f"边界只有 {len(set(points))} 个不同的点", "一个点，或至少三个拐点围成的边界", _EXAMPLE)
    return tuple(points)


def _angle(text: str) -> tuple[float, float]:
    """Return an angle in degrees and the step of its last typed digit."""
    if match := _DECIMAL.match(text):
        return float(text), 10.0 ** -len(match[1] or "")
    if match := _DEGREES.match(text):
        degrees, minutes, seconds, fraction = match.groups()
        if int(minutes or 0) >= 60 or int(seconds or 0) >= 60:
            raise OutlineError(f"坐标“{_shown(text)}”的分、秒应小于 60")
        value = int(degrees) + int(minutes or 0) / 60 + float(f"{seconds or 0}.{fraction or 0}") / 3600
        step = 1.0 if minutes is None else 1 / 60 if seconds is None else 10.0 ** -len(fraction or "") / 3600
        return value, step
    raise OutlineError(f"坐标“{_shown(text)}”读不出度数", "十进制度，或度分秒", "120.4901 或 120°29′24.4″")


def _metres(step: float) -> float:
    return math.hypot(0.5, 0.5) * step * METRES_PER_DEGREE


# --- WKT -----------------------------------------------------------------------------------------------------------------


def _wkt(text: str) -> Outline:
    match = _WKT.match(text)
    assert match is not None
    if match[3]:
        raise OutlineError("WKT 带高程或量测值", "二维坐标", _POLYGON)
    reader = _WktReader(text[match.end() - 1 :])
    many, name = bool(match[1]), match[2].upper()
    if name == "POINT":
        if many:
            raise OutlineError("一个位置只有一个点", "每个点各填一行", "POINT (120.4901 33.8203)")
        points = reader.whole(reader.points)
        if len(points) != 1:
            raise OutlineError("POINT 里应是一个点", "", "POINT (120.4901 33.8203)")
        return Outline("point", ((tuple(points),),), _metres(reader.step))
    if name == "LINESTRING":
        lines = reader.whole(lambda: reader.several(reader.points) if many else [reader.points()])
        return Outline("line", tuple((_line(points),) for points in lines), _metres(reader.step))
    areas = reader.whole(lambda: reader.several(reader.rings) if many else [reader.rings()])
    return Outline("polygon", tuple(tuple(map(_closed, rings)) for rings in areas), _metres(reader.step))


def _closed(ring: list[Point]) -> Ring:
    if ring[0] != ring[-1]:
        raise OutlineError("多边形没有闭合", "首尾两点相同", _POLYGON)
    return _ring(ring)


class _WktReader:
    """Reads lists of points, of lists, of lists of lists: three levels, whatever the text says."""

    def __init__(self, text: str):
        self.tokens = _TOKEN.findall(text)
        self.at = 0
        self.step = 1.0

    def whole(self, read: Callable[[], T]) -> T:
        found = read()
        if self.at != len(self.tokens):
            raise OutlineError(f"WKT 在“{_shown(self.tokens[self.at])}”处多出内容", "一个几何对象", _POLYGON)
        return found

    def rings(self) -> list[list[Point]]:
        return self.several(self.points)

    def points(self) -> list[Point]:
        return self.several(self.point)

    def several(self, read: Callable[[], T]) -> list[T]:
        self._expect("(")
        items = [read()]
        while self._peek() == ",":
            self.at += 1
            items.append(read())
        self._expect(")")
        return items

    def point(self) -> Point:
        numbers: list[float] = []
        while self._peek() not in ("(", ")", ",", ""):
            value, step = _angle(self._peek())
            self.step = min(self.step, step)
            numbers.append(value)
            self.at += 1
        if len(numbers) != 2:
            raise OutlineError(f"WKT 里一个点有 {len(numbers)} 个数", "经度 纬度", "POINT (120.4901 33.8203)")
        return numbers[0], numbers[1]

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise OutlineError(f"WKT 的括号不配对，此处应有“{mark}”", "", _POLYGON)
        self.at += 1


def _shown(text: str) -> str:
    text = visible(text)
    return text if len(text) <= 40 else text[:40] + "…"
