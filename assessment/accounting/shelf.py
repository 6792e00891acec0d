"""The factors one run takes from the register: every distinct question is asked once and its answer kept.

A question is (item, place, day, standards, variant). Rows then hold the number of their answer, so a million rows cost as
many look-ups as there are different (item, province, date, method) among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.accounting.words import IntArray, Words
from tanping.factors.lookup import NoFactor, Selected
from tanping.factors.register import Register

FloatArray = NDArray[np.float64]
NO_ANSWER = -1
GRID = "grid.average"
NO_PROVINCE = "厂址所在省未填，不能选定电网因子（不以全国平均代替；确要采用的，填供方实测因子栏并写明理由）"


class Question(NamedTuple):
    """What is asked of the register. ``standards`` are tried in order: the chosen method first."""

    item: str
    region: str | None
    as_of: date
    standards: tuple[str, ...] = ()
    variant: str | None = None
    year: int | None = None
    override: str | None = None


def convention(item: str) -> Question:
    """Ask for an assumption of this tool: it is not law, so no legal date keeps it out."""
    return Question(item, None, date.max, override="本工具约定，按假设列出")


@dataclass(frozen=True)
class Answer:
    """A selection, or why there is none."""

    question: Question
    selected: Selected | None = None
    problem: str = ""

    def part(self, name: str) -> float:
        """A number of the record (``value``, ``ncv``, ``carbon_content``, ``oxidation`` …); NaN if not given."""
        if self.selected is None:
            return np.nan
        value = getattr(self.selected.record, name, None)  # only fuels have parts
        return np.nan if value is None else float(value)


class Shelf:
    """Answers of the register, numbered."""

    def __init__(self, register: Register):
        self.register = register
        self._numbers: dict[Question, int] = {}
        self.answers: list[Answer] = []

    def number(self, question: Question) -> int:
        """Number of the answer to a question, asking the register the first time."""
        if question not in self._numbers:
            self._numbers[question] = len(self.answers)
            self.answers.append(self._ask(question))
        return self._numbers[question]

    def answer(self, question: Question) -> Answer:
        """Answer to a question."""
        return self.answers[self.number(question)]

    def _ask(self, question: Question) -> Answer:
        if question.item == GRID and question.region is None:
            return Answer(question, None, NO_PROVINCE)
        problems: list[str] = []
        for standard in question.standards or (None,):
            try:
                return Answer(question, self._look(question, standard))
            except NoFactor as refusal:
                problems.append(refusal.reasons[0] if refusal.reasons else str(refusal))
        return Answer(question, None, "；".join(dict.fromkeys(problems)))

    def _look(self, question: Question, standard: str | None) -> Selected:
        if question.item == GRID:
            assert question.region is not None  # refused above: the national average is no silent stand-in
            return self.register.grid_factor(question.region, question.as_of)
        return self.register.lookup(
            question.item,
            as_of=question.as_of,
            region=question.region,
            standard=standard,
            variant=question.variant,
            year=question.year,
            override=question.override,
        )

    def parts(self, name: str) -> FloatArray:
        """The named number of every answer so far, with a trailing NaN that ``NO_ANSWER`` points at."""
        return np.array([*(answer.part(name) for answer in self.answers), np.nan], dtype=np.float64)


def ask_rows(items: Words, place: IntArray, question_of: Callable[[str, int], Question], shelf: Shelf) -> IntArray:
    """Number of the answer for every row.

    ``items`` is the item asked for (None: nothing to ask), ``place`` the class of the row's project;
    ``question_of(item, class)`` words the question.
    """
    if not len(items):
        return items.codes
    width = int(place.max()) + 1
    pairs = items.codes * width + place
    occurs = np.zeros(len(items.distinct) * width, dtype=bool)
    occurs[pairs] = True
    answers = np.full(len(occurs), NO_ANSWER, dtype=np.int64)
    for pair in np.flatnonzero(occurs):
        item = items.distinct[pair // width]
        if item is not None:
            answers[pair] = shelf.number(question_of(item, int(pair % width)))
    return answers[pairs]
