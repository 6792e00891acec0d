"""What the loader of a layer says of it, and whether that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tanping.assessment.spatial.datum import DATUMS
from tanping.assessment.spatial.kinds import PROJECT_AREA, LayerKind, load_kinds
from tanping.assessment.spatial.layer import Layer
from tanping.records.doors.text import visible
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.regions import PlaceError, find_place

MAX_ACCURACY = 5000.0


@dataclass(frozen=True)
class Claim:
    """What the loader says of a layer; the fields of ``tanping layers add``."""

    name: str
    kind: str
    issued: date
    document: str
    datum: str
    accuracy: float
    covers: tuple[str, ...]
    loaded_by: str
    version: str = ""
    table: str = ""
    zone: str = ""
    zone_field: str = ""
    name_field: str = ""
    repair: bool = False
    replaces: str = ""


def check_claim(
    source: str, claim: Claim, layers: Mapping[str, Layer]
) -> tuple[LayerKind, tuple[tuple[str, ...], ...]]:
    """Return kind and covered places. Raises InputError with every problem."""
    where = Where(source)
    kinds = load_kinds()
    problems: list[Problem] = []

    def fail(option: str, what: str, allowed: str = "", example: str = "") -> None:
        problems.append(Problem(where, option, what, allowed, example))

    kind = kinds.find(claim.kind)
    if kind is None:
        labels = [one.label for one in kinds.layers.values()]
        near = suggest(claim.kind, [*labels, *kinds.layers])
        fail("--kind", f"没有图层类别“{claim.kind}”" + (f"，{near}" if near else ""), "、".join(labels))
    for option, text in (("--name", claim.name), ("--document", claim.document), ("--by", claim.loaded_by)):
        if not text.strip():
            fail(option, "没有写", "一段文字")
        elif len(text) > 200 or visible(text) != text or "\n" in text:
            fail(option, "过长或含控制字符", "不超过 200 字的一行文字")
    if claim.datum not in DATUMS:
        fail("--crs", f"坐标系“{claim.datum}”不明，不能用", "、".join(DATUMS), "CGCS2000")
    if not 0 <= claim.accuracy <= MAX_ACCURACY:
        fail("--accuracy", f"精度 {claim.accuracy:g} m 不合理", f"0 至 {MAX_ACCURACY:g} m，如 1∶10000 图约 5 m", "5")
    if kind is not None:
        _check_zone(kind, claim, fail)
    if claim.replaces and claim.replaces not in layers:
        fail("--replaces", f"没有编号为“{claim.replaces}”的图层", suggest(claim.replaces, layers))
    elif claim.replaces and kind is not None and layers[claim.replaces].kind != kind.code:
        fail("--replaces", "所替代的图层不是同一类别", layers[claim.replaces].kind_label)
    elif claim.replaces and layers[claim.replaces].issued >= claim.issued:
        fail("--replaces", "所替代的图层不比它早", f"晚于 {layers[claim.replaces].issued} 的成果日期")
    covers = _covers(claim, kind, fail)
    if problems or kind is None:
        raise InputError(problems)
    return kind, covers


def _check_zone(kind: LayerKind, claim: Claim, fail: Any) -> None:
    if kind.zones and not (claim.zone or claim.zone_field):
        fail(
            "--zone-field",
            f"{kind.label}要分区：哪个属性写着分区，或全部属于哪一区",
            kind.zone_words,
            "--zone-field 级别",
        )
    elif claim.zone and not kind.zones:
        fail("--zone", f"{kind.label}不分区", "不写这一项")
    elif claim.zone and kind.zone_of(claim.zone) is None:
        fail("--zone", f"分区“{claim.zone}”不认识", kind.zone_words)


def _covers(claim: Claim, kind: LayerKind | None, fail: Any) -> tuple[tuple[str, ...], ...]:
    if kind is not None and kind.code == PROJECT_AREA:
        return ()
    if not claim.covers:
        fail("--covers", "没有写明图层在哪些行政区是完整的", "省，或 省/市，或 省/市/县", "江苏/盐城")
    found: list[tuple[str, ...]] = []
    for text in claim.covers:
        parts = [part.strip() for part in text.split("/")]
        try:
            if not parts[0] or len(parts) > 3 or "" in parts:
                raise PlaceError(f"“{text}”写法不对", "省，或 省/市，或 省/市/县", "江苏/盐城")
            found.append(tuple(part for part in find_place(*parts) if part))
        except PlaceError as error:
            problem = error.problem(Where(""), "--covers")
            fail("--covers", problem.what, problem.allowed, problem.example)
    return tuple(dict.fromkeys(found))
