"""The next question to put to an applicant: what decides most first, near yes/no questions asked as one.

The order comes from the ranking of missing facts (``rules.missing``); the groups from ``assessment/project/questions.yaml``.
An answer to a group is an explicit yes or no to each of its facts, never a guess about what was not asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tanping.records.errors import InputError, Problem
from tanping.records.located import read_yaml
from tanping.rules.facts import Fact, load_catalogue
from tanping.rules.finding import MissingFact

GROUPS = Path(__file__).parent / "project" / "questions.yaml"


@dataclass(frozen=True)
class Question:
    """One question: a group of yes/no facts (``none`` is the answer that says no to all), a small table of facts, or a single fact."""

    id: str
    ask: str
    facts: tuple[Fact, ...]
    none: str = ""
    decides: int = 0

    @property
    def grouped(self) -> bool:
        """Whether it is answered by ticking what holds."""
        return bool(self.none)


@cache
def groups(path: Path = GROUPS) -> tuple[Question, ...]:
    """Read the groups. Raises InputError for unknown facts, facts in two groups, and kinds that can't be ticked.

    A group without ``none`` is a small table: its facts may be of any kind, and each is filled in by itself.
    """
    document = read_yaml(path)
    catalogue, seen, problems, found = load_catalogue(), set[str](), [], []
    for at, row in enumerate(document.data["groups"]):
        for place, name in enumerate(row["facts"]):
            fact = catalogue.get(name)
            what = "没有这个事实" if fact is None else ""
            if fact is not None and "none" in row and fact.kind not in ("flag", "paper"):
                what = "只能并问是非题和文件"
            what = what or ("已在另一组" if name in seen else "")
            if what:
                problems.append(Problem(document.where(("groups", at, "facts", place)), name, what))
            seen.add(name)
        if not problems:
            facts = tuple(catalogue[name] for name in row["facts"])
            found.append(Question(row["id"], row["ask"], facts, row.get("none", "")))
    if problems:
        raise InputError(problems)
    return tuple(found)


def questions(missing: Iterable[MissingFact]) -> tuple[Question, ...]:
    """Return the questions that the missing facts come to, the most decisive first; a group asks only what is still missing."""
    asked = [item for item in missing if item.asked]
    open_ = {item.fact: item for item in asked}
    home = {fact.name: group for group in groups() for fact in group.facts}
    catalogue, found = load_catalogue(), dict[str, Question]()
    for item in asked:
        group = home.get(item.fact)
        if group is None:
            fact = catalogue[item.fact]
            found[fact.name] = Question(fact.name, fact.ask or fact.label, (fact,), decides=item.decides)
        elif group.id not in found:
            still = tuple(fact for fact in group.facts if fact.name in open_)
            decides = sum(open_[fact.name].decides for fact in still)
            found[group.id] = Question(group.id, group.ask, still, group.none, decides)
    return tuple(found.values())
