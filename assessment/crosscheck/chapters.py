"""一致性核对表: a parameter as each document and chapter states it, side by side with the figure this assessment works with.

Two statements agree when their printed intervals meet or lie within 0.5 % of each other. Nobody is declared right: the table says
who differs from whom, and a difference of a whole power of ten is named as the slip it probably is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tanping.assessment.accounting.exact import exact_sum
from tanping.assessment.accounting.tce import EnergyUse
from tanping.assessment.crosscheck.causes import NEAR
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.crosscheck.printed import NotPrintedError, Printed, read_printed
from tanping.assessment.project.model import CHAPTERS, PARAMETERS, Chapter, Project
from tanping.assessment.result import CrossCheck, Side
from tanping.records.errors import suggest

UNITS = {
    "coal": "t",
    "coal_ncv": "GJ/t",
    "coal_rate": "gce/kWh",
    "hours": "h",
    "capacity": "MW",
    "generation": "MWh",
    "supply": "MWh",
    "heat_supplied": "GJ",
    "product": "t",
    "limestone": "t",
    "electricity": "MWh",
    "energy": "tce",
    "energy_equivalent": "tce",
    "emission": "tCO2",
    "so2_removed": "t",
    "gypsum": "t",
    "flue_gas": "1e4Nm3",
    "co2_share": "%",
}
PER_HOUR = "1e4Nm3/h"
FILE = "本次评估采用"
AGREE, DIFFER, ALONE, UNREAD = "一致", "不一致", "仅一处数据", "无法判读"
POWERS = {10.0: "10 倍（万kWh 与 MWh）", 1e3: "1000 倍（千克与吨、kWh 与 MWh）", 1e4: "1 万倍（“万”多写或漏写）"}


@dataclass(frozen=True)
class Statement:
    """One row of the table 各章节数据 with its number, NaN-free: ``printed`` is None when it cannot be read."""

    row: Chapter
    parameter: str
    subject: str
    printed: Printed | None
    problem: str = ""

    @property
    def chapter(self) -> str:
        """The document or chapter, as a code."""
        return self.row.chapter.effective or ""

    @property
    def label(self) -> str:
        """The document or chapter, as printed."""
        return CHAPTERS.get(self.chapter, "未写明章节")


@dataclass(frozen=True)
class Library:
    """All statements of a project's documents, and the figures this assessment itself works with."""

    project: Project
    case: Case

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Every row that names a parameter, in file order."""
        return tuple(self._read(row) for row in self.project.chapters if row.parameter.known)

    def of(self, parameter: str, subject: str | None = None, chapter: str | None = None) -> list[Statement]:
        """Readable statements of a parameter."""
        return [
            one
            for one in self.statements
            if one.parameter == parameter
            and one.printed is not None
            and (subject is None or one.subject == subject)
            and (chapter is None or one.chapter == chapter)
        ]

    def worked_with(self, parameter: str, subject: str) -> float:
        """The figure of the project file (or computed from it); NaN where it has none or several."""
        known = self._known.get(parameter)
        return known(subject) if known is not None else math.nan

    def _read(self, row: Chapter) -> Statement:
        parameter, subject = row.parameter.effective or "", (row.subject.effective or "").strip()
        text = row.value.effective
        if text is None:
            return Statement(row, parameter, subject, None, "未填数值")
        try:
            return Statement(row, parameter, subject, read_printed(text, UNITS[parameter]))
        except NotPrintedError as problem:
            if parameter == "flue_gas" and (hourly := self._hourly(text)) is not None:
                return Statement(row, parameter, subject, hourly)
            return Statement(row, parameter, subject, None, str(problem))

    def _hourly(self, text: str) -> Printed | None:
        """A flow per hour becomes one per year by the hours the project runs, where all units run alike."""
        hours = self._of_units("hours", "")
        try:
            flow = read_printed(text, PER_HOUR)
        except NotPrintedError:
            return None
        if math.isnan(hours):
            return None
        note = f"按 {hours:g} h/a 折成年量"
        return Printed(text, flow.value * hours, flow.low * hours, flow.high * hours, UNITS["flue_gas"], (note,))

    @cached_property
    def _known(self) -> dict[str, Callable[[str], float]]:
        use = EnergyUse(self.case.blocks.books)
        return {
            "coal": lambda subject: float(use.coal()[self.case.project]),
            "coal_ncv": lambda subject: self._coal_ncv(),
            "coal_rate": lambda subject: self._of_units("net_coal_rate", subject),
            "hours": lambda subject: self._of_units("hours", subject),
            "capacity": lambda subject: self._sum(
                "units", "capacity", lambda row: not subject or self._unit(row, subject)
            ),
            "generation": lambda subject: self._figure("generated"),
            "supply": lambda subject: self._figure("supplied"),
            "heat_supplied": lambda subject: self._sum("units", "heat_supplied", lambda row: True),
            "product": self._product,
            "limestone": lambda subject: self._sum("materials", "amount", self._is_limestone),
            "electricity": lambda subject: self._sum("energy", "amount", self._is_bought),
            "energy": lambda subject: self._figure("annual_energy_tce"),
            "energy_equivalent": lambda subject: self._figure("annual_energy_tce_equivalent"),
            "emission": lambda subject: self._figure("design_year_total"),
        }

    def _figure(self, id: str) -> float:
        made = self.case.figures.get(id)
        value = made().recomputed if made is not None else None
        return math.nan if value is None else value

    def _rows(self, table: str) -> list[int]:
        columns = self.case.blocks.columns[table]
        mine = np.flatnonzero(columns.project == self.case.project)
        if table == "units":
            mine = mine[self.case.blocks.proposed_units[mine]]
        return [int(row) for row in mine]

    def _sum(self, table: str, column: str, mine: Callable[[int], bool]) -> float:
        values = self.case.blocks.columns[table].numbers[column]
        found = [float(values[row]) for row in self._rows(table) if mine(row)]
        return exact_sum(found) if found else math.nan

    def _of_units(self, column: str, subject: str) -> float:
        values = self.case.blocks.columns["units"].numbers[column]
        found = {float(values[row]) for row in self._rows("units") if not subject or self._unit(row, subject)}
        return found.pop() if len(found) == 1 else math.nan

    def _unit(self, row: int, subject: str) -> bool:
        units = self.case.blocks.columns["units"]
        return subject in (str(units.ids[row]), units.words["name"][row])

    def _coal_ncv(self) -> float:
        table = self.case.blocks.columns["fuels"]
        found = {
            float(table.numbers["ncv"][row])
            for row in self._rows("fuels")
            if table.words["role"][row] == "main" and "煤" in str(table.words["fuel"][row] or "")
        }
        return found.pop() if len(found) == 1 else math.nan

    def _product(self, subject: str) -> float:
        table = self.case.blocks.columns["products"]
        names = {row: (str(table.ids[row]), str(table.words["product"][row] or "")) for row in self._rows("products")}
        found = [row for row, said in names.items() if not subject or subject in said]
        return float(table.numbers["amount"][found[0]]) if len(found) == 1 else math.nan

    def _is_limestone(self, row: int) -> bool:
        return "石灰石" in str(self.case.blocks.columns["materials"].words["material"][row] or "")

    def _is_bought(self, row: int) -> bool:
        return self.case.blocks.columns["energy"].words["kind"][row] == "purchased_electricity"


def chapters_of(project: Project, case: Case) -> Iterator[CrossCheck]:
    """One row a parameter (and product or unit), in the order of the catalogue."""
    library = Library(project, case)
    for parameter in PARAMETERS:
        subjects = dict.fromkeys(one.subject for one in library.statements if one.parameter == parameter)
        for subject in subjects:
            yield _row(library, parameter, subject)


def _row(library: Library, parameter: str, subject: str) -> CrossCheck:
    stated = [one for one in library.statements if one.parameter == parameter and one.subject == subject]
    own = library.worked_with(parameter, subject)
    own_print = None if math.isnan(own) else Printed("", own, own, own, UNITS[parameter])
    readable = [one.printed for one in stated if one.printed is not None]
    reference = own_print or (readable[0] if readable else None)
    sides = tuple(_side(one, reference) for one in stated)
    if own_print is not None:
        sides = (Side(FILE, "", own, agrees=None), *sides)
    prints = [*([own_print] if own_print else []), *readable]
    apart = _apart(prints)
    label = PARAMETERS[parameter] + (f"（{subject}）" if subject else "")
    return CrossCheck(
        figure=f"chapters.{parameter}" + (f".{subject}" if subject else ""),
        label=label,
        declared="；".join(f"{one.label} {one.row.value.text}" for one in stated),
        declared_value=readable[0].value if readable else None,
        recomputed=None if math.isnan(own) else own,
        unit=UNITS[parameter],
        difference=apart,
        verdict=_verdict(stated, prints, apart),
        causes=tuple(_slips(stated, reference)),
        page="；".join(dict.fromkeys(one.row.value.page for one in stated if one.row.value.page)),
        id=stated[0].row.id,
        kind="chapter",
        adopted=None if math.isnan(own) else own,
        adopted_as=FILE if not math.isnan(own) else "待补正",
        notes=tuple(_notes(library, stated)),
        sides=sides,
    )


def _side(one: Statement, reference: Printed | None) -> Side:
    said = one.row.value
    agrees = None if one.printed is None or reference is None else agree(one.printed, reference)
    value = None if one.printed is None else one.printed.value
    return Side(one.label, said.text, value, said.document, said.page, agrees)


def agree(one: Printed, other: Printed) -> bool:
    """Whether two printed figures can be the same: intervals meet, or half a percent apart."""
    slack = NEAR * max(abs(one.value), abs(other.value))
    return max(one.low, other.low) <= min(one.high, other.high) or abs(one.value - other.value) <= slack


def _apart(prints: Sequence[Printed]) -> float | None:
    """How far the largest stands above the smallest, as a fraction; None with fewer than two."""
    values = [one.value for one in prints]
    if len(values) < 2 or min(values) <= 0:
        return None
    return max(values) / min(values) - 1


def _verdict(stated: Sequence[Statement], prints: Sequence[Printed], apart: float | None) -> str:
    if any(not agree(one, other) for at, one in enumerate(prints) for other in prints[at + 1 :]):
        return DIFFER
    if any(one.printed is None for one in stated):
        return UNREAD
    return AGREE if len(prints) > 1 else ALONE


def _slips(stated: Sequence[Statement], reference: Printed | None) -> Iterator[str]:
    """Statements that are a whole power of ten away from the reference."""
    for one in stated:
        if one.printed is None or reference is None or agree(one.printed, reference):
            continue
        for power, words in POWERS.items():
            for factor in (power, 1 / power):
                moved = Printed(
                    "",
                    one.printed.value * factor,
                    one.printed.low * factor,
                    one.printed.high * factor,
                    one.printed.unit,
                )
                if agree(moved, reference):
                    yield f"{one.label}：单位差 {words}"


def _notes(library: Library, stated: Sequence[Statement]) -> Iterator[str]:
    for one in stated:
        if one.printed is None:
            yield f"{one.label}：{one.problem}"
        else:
            yield from (f"{one.label}：{note}" for note in one.printed.notes)
    if (
        stated[0].parameter == "product"
        and stated[0].subject
        and math.isnan(library.worked_with("product", stated[0].subject))
    ):
        known = [str(name) for name in library.case.blocks.columns["products"].words["product"] if name]
        near = suggest(stated[0].subject, known)
        yield f"产品表中没有“{stated[0].subject}”" + (f"，{near}" if near else "")
