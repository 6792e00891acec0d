"""What one accounting run reads: the columns, the register's shelf, and the class of every project.

Projects of one class share province, sector, method and legal date, hence every factor; a question is asked once a class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from tanping.assessment.accounting.shelf import Question, Shelf, ask_rows
from tanping.assessment.accounting.words import BoolArray, IntArray, Words
from tanping.assessment.project.columns import ColumnTable, ProjectColumns
from tanping.factors.register import Register

# A method names a family of documents; the first that has the value gives it, and the record's document is printed.
STANDARDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("power", "guide-2013"): ("guide_2013_power", "guide_2015_other", "guide_2013_other"),
    ("power", "gbt-32151"): ("gbt32151_34_2024",),
    ("power", "ets-2024"): ("power_guide_2022",),
    ("steel", "guide-2013"): ("guide_2013_steel", "guide_2015_other", "guide_2013_other"),
    ("steel", "gbt-32151"): ("gbt32151_34_2024", "guide_2013_steel"),
    ("steel", "ets-2024"): ("cets_steel_2024", "power_guide_2022"),
    ("cement", "guide-2013"): ("guide_2013_cement", "guide_2015_other", "guide_2013_other"),
    ("cement", "gbt-32151"): ("gbt32151_34_2024", "guide_2013_cement"),
    ("cement", "ets-2024"): ("cets_cement_2024", "power_guide_2022"),
}
POWER_KINDS = frozenset({"coal_power", "coal_chp", "captive_coal", "gas_power"})
COAL_POWER_KINDS = frozenset({"coal_power", "coal_chp", "captive_coal"})


class ProjectClass(NamedTuple):
    """What decides which factors a project takes."""

    province: str | None
    sector: str | None
    method: str | None
    as_of: date

    @property
    def standards(self) -> tuple[str, ...]:
        """Documents of the chosen method, first choice first; empty when no method was chosen."""
        return STANDARDS.get((self.sector or "", self.method or ""), ())


@dataclass(frozen=True)
class Books:
    """Columns, shelf and classes of one run. ``class_of`` has one entry a project."""

    columns: ProjectColumns
    shelf: Shelf
    classes: tuple[ProjectClass, ...]
    class_of: IntArray

    def place(self, table: ColumnTable) -> IntArray:
        """Class of each row's project."""
        return self.class_of[table.project]

    def words(self, table: ColumnTable, column: str) -> Words:
        """A column of words, numbered once a table: later runs over the same columns find it done."""
        numbered: dict[str, Words] = table.__dict__.setdefault("_numbered", {})
        if column not in numbered:
            numbered[column] = Words.of(table.words[column], len(table))
        return numbered[column]

    def of_class(self, table: ColumnTable, holds: Callable[[ProjectClass], bool]) -> BoolArray:
        """Which rows belong to projects whose class passes a test."""
        passed = np.array([holds(its) for its in self.classes] or [False], dtype=bool)
        return passed[self.place(table)]

    def ask(
        self,
        table: ColumnTable,
        items: Words,
        *,
        needs_method: bool = True,
        also: tuple[str, ...] = (),
        variant: str | None = None,
    ) -> IntArray:
        """Answer number for every row: the value of its item under its project's method.

        ``also`` are standards to try after those of the method; without ``needs_method`` only they are tried (none: the
        item stands in one document only).
        """

        def question(item: str, at: int) -> Question:
            its = self.classes[at]
            standards = (*its.standards, *also) if needs_method else also
            return Question(item, its.province, its.as_of, tuple(dict.fromkeys(standards)), variant)

        if needs_method:
            # Without a method nothing may be asked: a default of no standard would be a silent choice.
            items = items.where(self.of_class(table, lambda its: bool(its.standards)))
        return ask_rows(items, self.place(table), question, self.shelf)


def open_books(columns: ProjectColumns, register: Register, as_of: date) -> Books:
    """Open the books of some projects as of a legal date."""
    identity, site = columns["project"], columns["site"]
    said = zip(site.words["province"], identity.words["sector"], identity.words["method"], strict=True)
    words = Words.of(said, columns.count)
    classes = tuple(ProjectClass(province, sector, method, as_of) for province, sector, method in words.distinct)
    return Books(columns, Shelf(register), classes, words.codes)
