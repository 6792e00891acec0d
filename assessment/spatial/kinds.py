"""The kinds of layers and the questions they answer, read from ``kinds.yaml`` and checked against the fact catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from tanping.records.errors import InputError, Problem, suggest
from tanping.records.located import Document, read_yaml

SOURCE = Path(__file__).with_name("kinds.yaml")
PROJECT_AREA = "project_area"
"""The kind under which outlines of projects are registered; it answers no question of its own."""


class How(StrEnum):
    """How a question is answered (see kinds.yaml)."""

    OVERLAP = "overlap"
    WITHIN = "within"
    ZONE = "zone"
    DISTANCE = "distance"
    LENGTH = "length"
    SEAWARD = "seaward"


class ShapeOf(StrEnum):
    """What the features of a layer are."""

    AREA = "area"
    LINE = "line"
    POINT = "point"
    ANY = "any"

    @property
    def label(self) -> str:
        """As printed."""
        return {"area": "面", "line": "线", "point": "点", "any": "点、线或面"}[self.value]


@dataclass(frozen=True)
class LayerKind:
    """A kind of layer. ``zones``: words in the file by the code of the zone they mean; empty when the kind has none."""

    code: str
    label: str
    shape: ShapeOf
    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def zone_of(self, word: str) -> str | None:
        """Return the code of a zone by its code or one of its words; None when it's unknown."""
        wanted = "".join(word.split())
        return next((code for code, words in self.zones.items() if wanted == code or wanted in words), None)

    @property
    def zone_words(self) -> str:
        """Every word that means a zone, for a message."""
        return "、".join(word for words in self.zones.values() for word in words)


@dataclass(frozen=True)
class Question:
    """How one spatial fact is answered; see kinds.yaml for the fields."""

    fact: str
    how: How
    layers: tuple[str, ...]
    places: tuple[str, ...]
    needs: tuple[str, ...]
    complete: tuple[str, ...]
    zones: tuple[str, ...] = ()
    yes_only: bool = False
    own: bool = False
    report: bool = False


@dataclass(frozen=True)
class Kinds:
    """Layer kinds by code and questions by fact, in file order."""

    layers: Mapping[str, LayerKind]
    questions: Mapping[str, Question]

    def answering(self, kind: str) -> tuple[str, ...]:
        """Return the facts that look at a kind of layer."""
        return tuple(name for name, question in self.questions.items() if kind in question.layers)

    def find(self, word: str) -> LayerKind | None:
        """Return a kind by its code or label."""
        return next((kind for kind in self.layers.values() if word in (kind.code, kind.label)), None)


@cache
def load_kinds(source: Path = SOURCE) -> Kinds:
    """Read the register of kinds; that it fits the fact catalogue is for ``check_kinds``."""
    data = read_yaml(source).data
    layers = {code: _kind(code, row) for code, row in data["layers"].items()}
    return Kinds(layers, {fact: _question(fact, row) for fact, row in data["questions"].items()})


def check_kinds(source: Path = SOURCE) -> None:
    """Raise InputError with file and line where a question does not fit its fact, its layers or the kinds of places."""
    document, kinds = read_yaml(source), load_kinds(source)
    problems = [
        problem
        for fact, question in kinds.questions.items()
        for problem in _problems(document, fact, question, kinds.layers)
    ]
    if problems:
        raise InputError(problems)


def _kind(code: str, row: Mapping[str, Any]) -> LayerKind:
    zones = {zone: tuple(words) for zone, words in (row.get("zones") or {}).items()}
    return LayerKind(code, row["label"], ShapeOf(row["shape"]), zones)


def _question(fact: str, row: Mapping[str, Any]) -> Question:
    layers = tuple(row["layers"])
    return Question(
        fact=fact,
        how=How(row["how"]),
        layers=layers,
        places=tuple(row["places"]),
        needs=tuple(row["needs"]),
        complete=tuple(row.get("complete") or layers),
        zones=tuple(row.get("zones") or ()),
        yes_only=row.get("yes_only") == "true",
        own=row.get("own") == "true",
        report=row.get("report") == "true",
    )


_FACT_KINDS = {
    How.OVERLAP: "flag",
    How.WITHIN: "flag",
    How.SEAWARD: "flag",
    How.ZONE: "choice",
    How.DISTANCE: "number",
    How.LENGTH: "number",
}


def _problems(document: Document, fact: str, question: Question, layers: Mapping[str, LayerKind]) -> list[Problem]:
    from tanping.assessment.project.model import PLACE_KINDS
    from tanping.rules.facts import Origin, load_catalogue

    where = document.where(("questions", fact))
    catalogue = load_catalogue()
    found: list[Problem] = []
    known = catalogue.get(fact)
    if known is None or known.origin is not Origin.SPATIAL:
        found.append(Problem(where, fact, "事实目录里没有这个空间事实", suggest(fact, catalogue)))
    elif known.kind != _FACT_KINDS[question.how]:
        found.append(
            Problem(where, fact, f"这个事实是 {known.kind}，不能按 {question.how} 回答", _FACT_KINDS[question.how])
        )
    elif question.how is How.ZONE and {*question.zones, "none"} != set(known.choices):
        found.append(Problem(where, fact, "分区与事实的选项不一致", "、".join(known.choices)))
    found += [
        Problem(where, fact, f"没有图层类别“{code}”", suggest(code, layers))
        for code in (*question.layers, *question.complete)
        if code not in layers
    ]
    found += [
        Problem(where, fact, f"没有位置类别“{place}”", "、".join(PLACE_KINDS))
        for place in (*question.places, *question.needs)
        if place not in PLACE_KINDS
    ]
    found += [
        Problem(where, fact, f"图层“{code}”没有分区“{zone}”", "、".join(layers[code].zones))
        for code in question.layers
        if code in layers
        for zone in question.zones
        if zone not in layers[code].zones
    ]
    return found
