"""Where the nodes and ribbons of a carbon picture (Sankey) lie: a small layout of its own, in a unit square.

Vega-Lite draws areas and rectangles but knows no Sankey; ``charts.carbon`` draws what is placed here. Processes feed each other in a
ring (blast-furnace gas heats the coke ovens that make the coke of the furnace), which a picture read from left to right can't hold: a
link that would close a ring ends in a node of its own, and what is burnt there goes to the air from there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tanping.assessment.accounting.processes import AIR, CarbonFlow

BURNT, REUSED = "用气", "回用"
LOST = "差额与库存"
EXCESS = "产出多于投入"
NODE = 0.012  # width of a node
SLOT = 0.042  # least height a node takes with its name
POINTS = 9  # of the edge of a ribbon
SWEEPS = 6  # over the columns, to and fro
# Below this share of what is made a difference is rounding, not a flow.
SMALL = 1e-3


@dataclass
class Node:
    """A place carbon passes, with its corner positions (0–1, y downwards) and what passes, tCO2."""

    name: str
    column: int = 0
    value: float = 0.0
    x: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    last: bool = False


@dataclass
class Ribbon:
    """A link drawn: its edge points (x, top, bottom), ends and what it carries."""

    source: str
    target: str
    item: str
    kind: str
    value: float
    edge: list[tuple[float, float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """Nodes and ribbons, placed."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def placed(flows: Iterable[CarbonFlow]) -> Picture:
    """Lay out the carbon flows of a works."""
    ribbons = _opened(_joined(list(flows)))
    nodes = _columns(ribbons)
    _stacked(nodes, ribbons)
    return Picture(tuple(nodes.values()), tuple(ribbons))


# --- links ---------------------------------------------------------------------------------------------------------------


def _joined(flows: Sequence[CarbonFlow]) -> list[Ribbon]:
    """Links from process to process: a pool that one process fills is left out, a pool of several makers stays a node."""
    makers: dict[str, list[CarbonFlow]] = defaultdict(list)
    takers: dict[str, list[CarbonFlow]] = defaultdict(list)
    for flow in flows:
        if flow.target == flow.item:
            makers[flow.item].append(flow)
        if flow.source == flow.item:
            takers[flow.item].append(flow)
    made = []
    for flow in flows:
        if flow.target == flow.item and not _passes(makers, takers, flow.item):
            made.append(_ribbon(flow, flow.source, flow.target))
        elif flow.source == flow.item and _passes(makers, takers, flow.item):
            made.append(_ribbon(flow, makers[flow.item][0].source, flow.target))
        elif flow.target != flow.item:
            made.append(_ribbon(flow, flow.source, flow.target))
    return [*made, *_differences(makers, takers)]


def _passes(makers: dict[str, list[CarbonFlow]], takers: dict[str, list[CarbonFlow]], item: str) -> bool:
    return len(makers[item]) == 1 and bool(takers[item])


def _differences(makers: dict[str, list[CarbonFlow]], takers: dict[str, list[CarbonFlow]]) -> list[Ribbon]:
    """What was made and nobody took, or was taken and nobody made."""
    found = []
    for item in list(makers):
        made = math.fsum(flow.value for flow in makers[item])
        rest = made - math.fsum(flow.value for flow in takers[item])
        if not makers[item] or not takers[item] or abs(rest) <= SMALL * made:
            continue
        place = makers[item][0].source if len(makers[item]) == 1 else item
        if rest > 0:
            found.append(Ribbon(place, LOST, item, makers[item][0].kind, rest))
        else:
            found.append(Ribbon(f"{item}差额", place, item, makers[item][0].kind, -rest))
    return found


def _ribbon(flow: CarbonFlow, source: str, target: str) -> Ribbon:
    return Ribbon(source, target, flow.item, flow.kind, flow.value)


def _opened(ribbons: Sequence[Ribbon]) -> list[Ribbon]:
    """Links without rings. Gas that would close one ends where it is burnt, and what it lets out is taken off that process' own way to the
    air; anything else leaves on the right as 回用 and comes in again on the left.
    """
    kept: list[Ribbon] = []
    after: dict[str, set[str]] = defaultdict(set)
    burnt: dict[str, float] = defaultdict(float)
    # What enters from outside and what goes forward first: the rest closes rings.
    for one in sorted(ribbons, key=lambda one: one.kind == "gas"):
        if one.target != AIR and (one.source == one.target or _reaches(after, one.target, one.source)):
            place = f"{one.target}{BURNT}" if one.kind == "gas" else f"{one.item}{REUSED}"
            kept.append(Ribbon(one.source, place, one.item, one.kind, one.value))
            if one.kind == "gas":
                kept.append(Ribbon(place, AIR, "CO2", "air", one.value))
                burnt[one.target] += one.value
            else:
                kept.append(Ribbon(f"{REUSED}{one.item}", one.target, one.item, one.kind, one.value))
            after[one.source].add(place)
        else:
            kept.append(one)
            after[one.source].add(one.target)
    own = {one.source: one for one in kept if one.target == AIR}
    for name, value in burnt.items():
        rest = value - (own[name].value if name in own else 0.0)
        if name in own:
            own[name].value = max(0.0, -rest)
        if rest > 0:  # more carbon leaves it than came in (Process.doubt)
            kept.append(Ribbon(EXCESS, name, "差额", "material", rest))
    return _added(one for one in kept if one.value > 0)


def _reaches(after: dict[str, set[str]], start: str, goal: str) -> bool:
    seen, open_ = {start}, [start]
    while open_:
        here = open_.pop()
        if here == goal:
            return True
        fresh = after.get(here, set()) - seen
        seen |= fresh
        open_ += fresh
    return False


def _added(ribbons: Iterable[Ribbon]) -> list[Ribbon]:
    """Links between the same places carrying the same thing, put together."""
    found: dict[tuple[str, str, str], Ribbon] = {}
    for one in ribbons:
        key = (one.source, one.target, one.item)
        if key in found:
            found[key].value += one.value
        else:
            found[key] = one
    return list(found.values())


# --- places --------------------------------------------------------------------------------------------------------------


def _columns(ribbons: Sequence[Ribbon]) -> dict[str, Node]:
    """Nodes with their columns: the longest way from outside; ends stand last."""
    nodes: dict[str, Node] = {}
    for one in ribbons:
        nodes.setdefault(one.source, Node(one.source))
        nodes.setdefault(one.target, Node(one.target))
    for _ in nodes:
        for one in ribbons:
            nodes[one.target].column = max(nodes[one.target].column, nodes[one.source].column + 1)
    starts = {one.source for one in ribbons}
    last = max((node.column for node in nodes.values()), default=0)
    for node in nodes.values():
        incoming = math.fsum(one.value for one in ribbons if one.target == node.name)
        outgoing = math.fsum(one.value for one in ribbons if one.source == node.name)
        node.value = max(incoming, outgoing)
        if node.name not in starts:
            node.column, node.last = last, True
        node.x = node.column / last * (1 - NODE) if last else 0.0
    return nodes


def _stacked(nodes: dict[str, Node], ribbons: Sequence[Ribbon]) -> None:
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in nodes.values():
        columns[node.column].append(node)
    scale = min((_room(members) for members in columns.values()), default=1.0)
    for members in columns.values():
        _spread(members, scale)
    for sweep in range(SWEEPS):
        order = sorted(columns, reverse=bool(sweep % 2))
        for column in order:
            columns[column].sort(key=lambda node: _wanted(node, nodes, ribbons, bool(sweep % 2)))
            _spread(columns[column], scale)
    _edges(nodes, ribbons, scale)


def _room(members: Sequence[Node]) -> float:
    """Height a tonne may take so that a column fits: names of small nodes keep their slot."""
    whole = math.fsum(node.value for node in members)
    return (1.0 - SLOT * len(members)) / whole if whole else math.inf


def _spread(members: Sequence[Node], scale: float) -> None:
    """Put the nodes of a column one under the other, the rest of the height shared between them."""
    heights = [max(node.value * scale, 0.002) for node in members]
    gap = max(0.0, (1.0 - math.fsum(heights)) / max(1, len(members)))
    at = gap / 2
    for node, height in zip(members, heights, strict=True):
        node.top, node.bottom = at, at + height
        at += height + gap


def _wanted(node: Node, nodes: dict[str, Node], ribbons: Sequence[Ribbon], backwards: bool) -> float:
    """Mean height of the neighbours on one side, by what passes between them."""
    near = [
        (nodes[one.source if backwards is False else one.target], one.value)
        for one in ribbons
        if (one.target if backwards is False else one.source) == node.name
    ]
    weight = math.fsum(value for _, value in near)
    if not weight:
        return (node.top + node.bottom) / 2
    return math.fsum((other.top + other.bottom) / 2 * value for other, value in near) / weight


def _edges(nodes: dict[str, Node], ribbons: Sequence[Ribbon], scale: float) -> None:
    leaving = {name: node.top for name, node in nodes.items()}
    coming = dict(leaving)
    starts = {}
    for one in sorted(ribbons, key=lambda one: nodes[one.target].top):
        starts[id(one)] = leaving[one.source]
        leaving[one.source] += one.value * scale
    for one in sorted(ribbons, key=lambda one: nodes[one.source].top):
        one.edge = _edge(
            nodes[one.source].x + NODE, starts[id(one)], nodes[one.target].x, coming[one.target], one.value * scale
        )
        coming[one.target] += one.value * scale


def _edge(left: float, start: float, right: float, end: float, height: float) -> list[tuple[float, float, float]]:
    points = []
    for at in range(POINTS):
        share = at / (POINTS - 1)
        eased = share * share * (3 - 2 * share)
        top = start + (end - start) * eased
        points.append((round(left + (right - left) * share, 4), round(top, 4), round(top + height, 4)))
    return points
