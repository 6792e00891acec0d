"""One spatial question and one project: what the layers in force say, and what they leave open and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.model import PLACE_KINDS
from tanping.assessment.spatial import overlay
from tanping.assessment.spatial.kinds import How, Question, load_kinds
from tanping.assessment.spatial.layer import Layer
from tanping.assessment.spatial.overlay import Laid, Measure
from tanping.assessment.spatial.places import ProjectPlaces, Spot
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.shelf import FeatureSet, features_of
from tanping.assessment.spatial.verdict import Answer, State, Value, absent, metres, named, printed
from tanping.records.errors import InputError
from tanping.records.regions import Place
from tanping.rules.facts import Fact

SEARCH_KM = (20.0, 200.0, 20_000.0)
"""How far about a place the nearest feature is looked for, one ring after the other."""
FINEST = 0.1
"""Metres within which no line counts as known, whatever accuracy was stated: neighbours that share a line cross it in the last digit."""


def _slack(layer: Layer, spot: Spot) -> float:
    """Metres by which a line of the layer and one of the place may be off together."""
    return max(layer.slack + spot.slack, FINEST)


@dataclass
class _Seen:
    """What one place and one layer gave."""

    laid: Laid
    layer: Layer
    measure: Measure
    names: tuple[str, ...] = ()


@dataclass
class Desk:
    """Everything at hand to answer for one project: its places, where it lies, the layers in force, the marks clauses compare with."""

    places: ProjectPlaces
    region: Place
    layers: Layers
    as_of: date
    marks: Callable[[str], Sequence[float]]
    broken: dict[str, str] = field(default_factory=dict)
    _laid: dict[int, Laid] = field(default_factory=dict)

    def lay(self, spot: Spot) -> Laid:
        """Return a place in its plane, laid once."""
        if id(spot) not in self._laid:
            self._laid[id(spot)] = overlay.lay(spot)
        return self._laid[id(spot)]

    def of(self, kind: str) -> list[tuple[Layer, FeatureSet]]:
        """Return the layers of a kind that count and can be read; the others are told in ``broken``."""
        found = []
        for layer in self.layers.of(kind, self.as_of):
            try:
                found.append((layer, features_of(self.layers, layer)))
            except InputError as error:
                self.broken[layer.id] = f"图层“{layer.name}”未采用：{error.problems[0].what}"
        return found


def answer(question: Question, fact: Fact, desk: Desk) -> Answer | None:
    """Answer one question for one project; None where no layer has anything to do with it."""
    if said := absent(question, fact, desk.places.none):
        return said
    if not any(desk.of(kind) for kind in question.layers):
        return None
    spots = desk.places.of(question.places)
    if not spots:
        return Answer(State.OPEN, reasons=(f"没有给出{named(question.needs)}的位置",))
    return _HOW[question.how](_Asking(question, fact, desk, spots))


@dataclass
class _Asking:
    """A question on the desk."""

    question: Question
    fact: Fact
    desk: Desk
    spots: list[Spot]

    def seen(
        self, measure: Callable[[Laid, NDArray[np.object_], float], Measure], zone: str | None = None
    ) -> list[_Seen]:
        """Measure every place against every layer that is asked."""
        found = []
        for kind in self.question.layers:
            for layer, features in self.desk.of(kind):
                for spot in self.spots:
                    found.append(self._one(spot, layer, features, measure, zone))
        return found

    def _one(
        self,
        spot: Spot,
        layer: Layer,
        features: FeatureSet,
        measure: Callable[[Laid, NDArray[np.object_], float], Measure],
        zone: str | None,
    ) -> _Seen:
        laid, slack = self.desk.lay(spot), _slack(layer, spot)
        rows = features.near(laid.bounds, slack + laid.reach + 100.0)
        rows = rows[self._asked_zone(features, rows, layer, zone)]
        names = tuple(dict.fromkeys(name for name in features.names[rows].tolist() if name))
        return _Seen(laid, layer, measure(laid, features.geometries[rows], slack), names)

    def _asked_zone(
        self, features: FeatureSet, rows: NDArray[np.intp], layer: Layer, zone: str | None
    ) -> NDArray[np.bool_]:
        if not load_kinds().layers[layer.kind].zones:
            return np.ones(len(rows), dtype=bool)
        wanted = [zone] if zone is not None else list(self.question.zones)
        return np.isin(features.zones[rows].astype(str), wanted)

    def gaps(self, *, wide: bool = False) -> tuple[str, ...]:
        """Return why finding nothing would not yet mean there is nothing. ``wide``: the province must be covered, for what lies beyond the county may be nearer."""
        reasons = []
        for kind in self.question.complete:
            if not any(self._covers(layer, wide) for layer, _ in self.desk.of(kind)):
                label = load_kinds().layers[kind].label
                reasons.append(f"没有覆盖{'本省' if wide else '项目所在地'}的{label}图层")
        for kind in self.question.needs:
            drawn = self.desk.places.of((kind,))
            if not drawn and kind not in self.desk.places.none:
                reasons.append(f"没有给出{PLACE_KINDS[kind]}的位置（没有的填 无）")
            elif any(not spot.whole for spot in drawn):
                reasons.append(f"{PLACE_KINDS[kind]}只有一个点，没有边界或范围半径")
        return tuple(reasons)

    def _covers(self, layer: Layer, wide: bool) -> bool:
        region = Place(self.desk.region.province) if wide else self.desk.region
        return layer.covers_place(region) is True

    def tell(
        self, state: State, value: Value, seen: Iterable[_Seen], said: str = "", reasons: tuple[str, ...] = ()
    ) -> Answer:
        """Return an answer with its evidence."""
        used = list(seen)
        layers = tuple({one.layer.id: one.layer for one in used}.values())
        spots = {id(one.laid.spot): one.laid.spot for one in used}.values()
        planes = dict.fromkeys(one.laid.plane.name for one in used)
        notes = [
            f"按{'、'.join(planes)}计算",
            *dict.fromkeys(f"{spot.label}：{spot.note}" for spot in spots if spot.note),
        ]
        shown = printed(self.fact, value) if state in (State.YES, State.NO) else state.value
        return Answer(
            state,
            value if state in (State.YES, State.NO) else None,
            f"{shown}（{said}）" if said else shown,
            "；".join(layer.citation for layer in layers),
            "；".join(notes),
            reasons,
            any(spot.claimed for spot in spots),
            layers,
        )


# --- the ways of answering -------------------------------------------------------------------------------------------------


def _overlap(asking: _Asking) -> Answer:
    seen = asking.seen(overlay.meets)
    hits = _with(seen, State.YES)
    if hits:
        return asking.tell(State.YES, True, hits, _overlaps(hits))
    return _nothing(asking, seen, False)


def _zone(asking: _Asking) -> Answer:
    everything: list[_Seen] = []
    for zone in asking.question.zones:
        seen = asking.seen(overlay.meets, zone)
        if hits := _with(seen, State.YES):
            return asking.tell(State.YES, zone, hits, _overlaps(hits))
        if edges := _with(seen, State.EDGE):
            return _too_close(asking, edges)
        everything += seen
    return _nothing(asking, everything, "none")


def _length(asking: _Asking) -> Answer:
    seen = asking.seen(overlay.length_on)
    if edges := _with(seen, State.EDGE):
        return _too_close(asking, edges)
    hits = _with(seen, State.YES)
    if hits:
        length = float(round(sum(one.measure.length for one in hits), 1))
        return asking.tell(State.YES, length, hits, "、".join(dict.fromkeys(one.laid.spot.label for one in hits)))
    return _nothing(asking, seen, 0.0)


def _nothing(asking: _Asking, seen: list[_Seen], value: Value) -> Answer:
    """No certain hit: none, too close to say, or not enough to say."""
    if asking.question.yes_only:
        return asking.tell(State.OPEN, None, seen, reasons=("图层只能证实，不能排除",))
    if edges := _with(seen, State.EDGE):
        return _too_close(asking, edges)
    if reasons := asking.gaps():
        return asking.tell(State.OPEN, None, seen, _distances(seen), reasons)
    return asking.tell(State.NO, value, seen, _distances(seen))


def _too_close(asking: _Asking, edges: list[_Seen]) -> Answer:
    said = "；".join(
        f"{one.laid.spot.label}在“{one.layer.name}”边界误差 {metres(_slack(one.layer, one.laid.spot))} 以内"
        for one in edges
    )
    return asking.tell(State.EDGE, None, edges, said, ("距边界在精度以内，须由主管部门认定",))


def _within(asking: _Asking) -> Answer:
    """Inside all features together: two parks side by side hold a site that lies across both."""
    kinds = [entry for kind in asking.question.layers for entry in asking.desk.of(kind)]
    seen = [_together(asking, spot, kinds) for spot in asking.spots]
    if out := _with(seen, State.NO):
        reasons = tuple(reason for reason in asking.gaps() if "图层" in reason)
        return asking.tell(State.OPEN if reasons else State.NO, False, out, _shares(out), reasons)
    if edges := _with(seen, State.EDGE):
        return _too_close(asking, edges)
    if any(one.measure.state is State.OPEN for one in seen):
        return asking.tell(State.OPEN, None, seen, reasons=asking.gaps() or ("厂区只有一个点",))
    return asking.tell(State.YES, True, seen, "、".join(name for one in seen for name in one.names))


def _together(asking: _Asking, spot: Spot, kinds: list[tuple[Layer, FeatureSet]]) -> _Seen:
    laid = asking.desk.lay(spot)
    slack = max(_slack(layer, spot) for layer, _ in kinds)
    shapes: list[Any] = []
    names: list[str] = []
    near = kinds[0][0]
    for layer, features in kinds:
        rows = features.near(laid.bounds, slack + laid.reach + 100.0)
        if len(rows):
            near = layer
        shapes += features.geometries[rows].tolist()
        names += [name for name in features.names[rows].tolist() if name]
    together = np.empty(len(shapes), dtype=object)
    together[:] = shapes
    return _Seen(laid, near, overlay.within(laid, together, slack), tuple(dict.fromkeys(names)))


def _distance(asking: _Asking) -> Answer:
    seen = [
        _nearest(asking, spot, layer, features)
        for kind in asking.question.layers
        for layer, features in asking.desk.of(kind)
        for spot in asking.spots
    ]
    found = [one for one in seen if one.measure.distance is not None]
    if not found:
        return asking.tell(State.OPEN, None, seen, reasons=("图层里没有可量的要素",))
    if any(not one.laid.spot.whole for one in found):
        return asking.tell(State.OPEN, None, found, reasons=asking.gaps(wide=True))
    one = min(found, key=lambda each: each.measure.distance or 0.0)
    slack = _slack(one.layer, one.laid.spot)
    gap = one.measure.distance or 0.0
    kilometres = round(gap / 1000, 4)
    marks = [
        mark
        for mark in asking.desk.marks(asking.fact.name)
        if gap - slack <= mark * 1000 <= gap + slack + 2 * one.laid.reach
    ]
    said = f"{one.laid.spot.label}至“{one.layer.name}”" + (f"{'、'.join(one.names[:3])}" if one.names else "")
    if marks:
        answer = asking.tell(State.EDGE, None, [one], f"{said} {metres(gap)}，误差 {metres(slack)}")
        return replace(answer, reasons=(f"与 {marks[0]:g} km 界线之差在精度以内，须实测",))
    gaps = asking.gaps(wide=True)
    below = all(mark * 1000 > gap + slack for mark in asking.desk.marks(asking.fact.name))
    if gaps and not below:
        return asking.tell(State.OPEN, None, [one], f"{said} {metres(gap)}", gaps)
    return asking.tell(State.YES, kilometres, [one], said)


def _nearest(asking: _Asking, spot: Spot, layer: Layer, features: FeatureSet) -> _Seen:
    laid, slack = asking.desk.lay(spot), _slack(layer, spot)
    for ring in SEARCH_KM:
        rows = features.near(laid.bounds, ring * 1000 + laid.reach)
        measure = overlay.distance(laid, features.geometries[rows], slack, own=asking.question.own)
        if measure.distance is not None and measure.distance <= ring * 1000:
            break
    nearest = tuple(name for name in features.names[rows].tolist() if name) if len(rows) == 1 else ()
    return _Seen(laid, layer, measure, nearest)


def _seaward(asking: _Asking) -> Answer:
    line, coast = (asking.desk.of(kind) for kind in asking.question.layers)
    if reasons := asking.gaps():
        return Answer(State.OPEN, reasons=reasons)
    limit, limits = line[0][0], np.concatenate([features.geometries for _, features in line])
    shore = np.concatenate([features.geometries for _, features in coast])
    seen = [
        _Seen(laid, limit, overlay.seaward(laid, limits, shore, _slack(limit, laid.spot)))
        for laid in map(asking.desk.lay, asking.spots)
    ]
    if hits := _with(seen, State.YES):
        return asking.tell(State.YES, True, hits, "、".join(dict.fromkeys(one.laid.spot.label for one in hits)))
    return _nothing(asking, seen, False)


_HOW: dict[How, Callable[[_Asking], Answer]] = {
    How.OVERLAP: _overlap,
    How.WITHIN: _within,
    How.ZONE: _zone,
    How.DISTANCE: _distance,
    How.LENGTH: _length,
    How.SEAWARD: _seaward,
}


# --- words -----------------------------------------------------------------------------------------------------------------


def _with(seen: Iterable[_Seen], state: State) -> list[_Seen]:
    return [one for one in seen if one.measure.state is state]


def _overlaps(hits: Sequence[_Seen]) -> str:
    said = []
    for one in hits:
        where = f"“{'、'.join(one.names[:3])}”" if one.names else f"“{one.layer.name}”"
        measure = one.measure
        if measure.area:
            said.append(f"{one.laid.spot.label}与{where}重叠 {measure.area / 10_000:.4g} hm²，占 {measure.share:.2%}")
        elif measure.length:
            said.append(f"{one.laid.spot.label}穿越{where} {metres(measure.length)}")
        else:
            said.append(f"{one.laid.spot.label}在{where}内")
    return "；".join(dict.fromkeys(said))


def _distances(seen: Sequence[_Seen]) -> str:
    near = [one.measure.distance for one in seen if one.measure.distance is not None]
    return f"最近 {metres(min(near))}" if near else ""


def _shares(out: Sequence[_Seen]) -> str:
    return "；".join(f"{one.laid.spot.label}只有 {one.measure.share:.2%} 在内" for one in out)
