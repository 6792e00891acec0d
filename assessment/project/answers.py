"""Facts of the fact catalogue as entries: the same parsing, the same messages as every other field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import PydanticCustomError

from tanping.assessment.project.entry import Entry
from tanping.assessment.project.stated import Stated
from tanping.records.errors import Problem, suggest
from tanping.rules.facts import Fact, load_catalogue

KINDS = {"flag": "flag", "number": "quantity", "choice": "choice", "date": "date"}


@cache
def fact_entry(name: str) -> Entry:
    """Return the entry of a declared fact. Raises KeyError for papers and unknown names."""
    fact = load_catalogue()[name]
    unit = fact.unit or "1"
    return Entry(
        label=fact.label,
        kind=KINDS[fact.kind],  # type: ignore[arg-type]
        unit=unit,
        other_units=(unit.removesuffix("/a"),) if unit.endswith("/a") else (),
        choices=fact.choices or {},
        help=fact.meaning,
        minimum=None,
    )


def askable(fact: Fact) -> bool:
    """Whether a person may answer it (not derived from other fields, not a paper)."""
    return fact.kind in KINDS and fact.origin != "derived"


def type_facts(data: dict[str, Any], document: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Return the data with the raw answers under ``facts`` and ``units[].facts`` typed, and the problems found."""
    problems: list[Problem] = []
    typed = dict(data)
    if "facts" in data:
        typed["facts"] = _answers(data["facts"], ("facts",), document, problems)
    if isinstance(data.get("units"), list):
        typed["units"] = [
            {**row, "facts": _answers(row["facts"], ("units", at, "facts"), document, problems)}
            if isinstance(row, Mapping) and "facts" in row
            else row
            for at, row in enumerate(data["units"])
        ]
    if isinstance(data.get("papers"), Mapping):
        known = [fact.name for fact in load_catalogue().values() if fact.kind == "paper"]
        for name in data["papers"]:
            if name not in known:
                place = document.where(("papers", name))
                problems.append(Problem(place, f"papers.{name}", f"不认识的文件“{name}”{_near(name, known)}"))
    return typed, problems


def _answers(raw: Any, at: tuple[Any, ...], document: Any, problems: list[Problem]) -> dict[str, Stated[Any]]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        problems.append(Problem(document.where(at), ".".join(map(str, at)), "应是键值", "事实名: 答案"))
        return {}
    catalogue = load_catalogue()
    known = [fact.name for fact in catalogue.values() if askable(fact)]
    typed: dict[str, Stated[Any]] = {}
    for name, answer in raw.items():
        where = document.where((*at, name))
        if name not in known:
            problems.append(Problem(where, f"facts.{name}", _refusal(name, known)))
            continue
        try:
            typed[name] = fact_entry(name).parse(answer)
        except PydanticCustomError as error:
            context = error.context or {}
            field = f"facts.{name}（{catalogue[name].label}）"
            problems.append(Problem(where, field, context["what"], context["allowed"], context["example"]))
    return typed


def _refusal(name: str, known: list[str]) -> str:
    fact = load_catalogue().get(name)
    if fact is None:
        return f"不认识的事实“{name}”{_near(name, known)}"
    if fact.kind == "paper":
        return f"“{fact.label}”是文件，请填在 papers 下"
    return f"“{fact.label}”由其他字段推得，不用填"


def _near(name: str, known: list[str]) -> str:
    near = suggest(name, known)
    return f"，{near}" if near else ""
