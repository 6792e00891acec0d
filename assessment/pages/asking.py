"""Questions one after another over a draft: which one is next, where its answers go, what was answered. Plain data, no page in sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.form import SECTOR_KINDS
from tanping.assessment.project.model import PAPER_STATUSES, PROJECT_NATURES, SCHEMA, SECTORS, UNIT_KINDS, UNIT_NATURES
from tanping.assessment.questions import Question, groups, questions
from tanping.records.expressions import Kind
from tanping.rules.facts import Fact, Level, load_catalogue
from tanping.rules.finding import MissingFact

UNSURE = "不清楚"
YES, NO = "是", "否"
MOST = 40
_NEW = frozenset({"new", "expansion", "relocation"})


@dataclass(frozen=True)
class Asked:
    """A question as it is put now: for each of its facts, the places of a draft its answer goes to."""

    question: Question
    places: Mapping[str, tuple[str, ...]]

    @property
    def paths(self) -> tuple[str, ...]:
        """All places."""
        return tuple(path for paths in self.places.values() for path in paths)


def begin(
    *, name: str, sector: str, nature: str, province: str, city: str, county: str, accepted: date, kinds: Sequence[str]
) -> drafts.Content:
    """Return the content of a new draft: what the project is, where, when it is to be filed, one unit of each kind named."""
    project = {"name": name.strip(), "sector": SECTORS[sector], "nature": PROJECT_NATURES[nature]}
    site = {"province": province.strip(), "city": city.strip(), "county": county.strip()}
    of_unit = UNIT_NATURES["new" if nature in _NEW else "renovated"]
    units = [
        {"id": str(at), "name": UNIT_KINDS[kind], "kind": UNIT_KINDS[kind], "nature": of_unit}
        for at, kind in enumerate(kinds, start=1)
    ]
    content = drafts.content_of({"schema": SCHEMA, "units": units} if units else {"schema": SCHEMA})
    told = {f"project/{key}": text for key, text in project.items()} | {
        f"site/{key}": text for key, text in site.items()
    }
    told["dates/accepted"] = accepted.isoformat()
    return with_answers(content, told)


def kinds_of(sector: str) -> list[str]:
    """Return the kinds of production units of a sector, in the order of the form."""
    return [kind for kind in UNIT_KINDS if kind in SECTOR_KINDS[sector]]


def remaining(content: drafts.Content, missing: Iterable[MissingFact], later: Iterable[str] = ()) -> list[Asked]:
    """Return the questions still to put, the most decisive first; what was answered 不清楚 is not asked again, what is put off comes last."""
    listed = list(missing)
    of_fact = {item.fact: item for item in listed}
    found = []
    for question in questions(listed):
        places = {fact.name: _open(content, fact, of_fact[fact.name]) for fact in question.facts}
        places = {name: paths for name, paths in places.items() if paths}
        if places:
            facts = tuple(fact for fact in question.facts if fact.name in places)
            found.append(Asked(_with(question, facts), places))
    put_off = set(later)
    return sorted(found, key=lambda asked: asked.question.id in put_off)


def answered(content: drafts.Content) -> list[Asked]:
    """Return the questions that have an answer in the draft, 不清楚 included, in the order of the catalogue of questions."""
    units = drafts.rows(content, "units")
    catalogue = load_catalogue()
    told: dict[str, tuple[str, ...]] = {}
    for fact in catalogue.values():
        if fact.asked:
            paths = tuple(path for path in places_of(fact, units) if drafts.text(content, path))
            if paths:
                told[fact.name] = paths
    found, seen = [], set[str]()
    for group in groups():
        facts = tuple(fact for fact in group.facts if fact.name in told)
        seen |= {fact.name for fact in group.facts}
        if facts:
            found.append(Asked(_with(group, facts), {fact.name: told[fact.name] for fact in facts}))
    for name, paths in told.items():
        if name not in seen:
            fact = catalogue[name]
            found.append(Asked(Question(name, fact.ask or fact.label, (fact,)), {name: paths}))
    return found


def places_of(fact: Fact, units: Sequence[str]) -> list[str]:
    """Return where the answer to a fact stands in a draft: one place for the project, or one for each production unit."""
    if fact.kind is Kind.PAPER:
        return [f"papers/{fact.name}/status"]
    return [f"units/{unit}/facts/{fact.name}" for unit in units] if fact.level is Level.UNIT else [f"facts/{fact.name}"]


def with_answers(content: drafts.Content, told: Mapping[str, str]) -> drafts.Content:
    """Return the content with answers put in their places."""
    for path, text in told.items():
        content = drafts.with_text(content, path, text)
    return content


def ticked(asked: Asked, held: Iterable[str], rest: str) -> dict[str, str]:
    """Return the answers of a tick list: what holds is 是 (a paper: 已取得), the rest as said: 否, 不清楚, or nothing."""
    holds, catalogue, told = set(held), load_catalogue(), dict[str, str]()
    for name, paths in asked.places.items():
        paper = catalogue[name].kind is Kind.PAPER
        yes, no = (PAPER_STATUSES["held"], PAPER_STATUSES["absent"]) if paper else (YES, NO)
        told |= dict.fromkeys(paths, yes if name in holds else no if rest == NO else rest)
    return told


def unsure(asked: Asked) -> dict[str, str]:
    """Return 不清楚 for every fact of a question."""
    return dict.fromkeys(asked.paths, UNSURE)


def _open(content: drafts.Content, fact: Fact, item: MissingFact) -> tuple[str, ...]:
    rows = drafts.rows(content, "units")
    units = [unit for unit in item.units if unit in rows] or rows
    return tuple(path for path in places_of(fact, units) if drafts.text(content, path) != UNSURE)


def _with(question: Question, facts: tuple[Fact, ...]) -> Question:
    return Question(question.id, question.ask, facts, question.none, question.decides)
