"""核算复核: what the report declares, what was recomputed, how far apart they are, why, and which figure to go on with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tanping.assessment.accounting.inventory import InventoryBlocks
from tanping.assessment.accounting.tce import NO_EQUIVALENT
from tanping.assessment.crosscheck.causes import NEAR, Cause, Diagnosis, diagnose
from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.printed import NotPrintedError, Printed, read_printed
from tanping.assessment.project.model import Declared, Project
from tanping.assessment.project.stated import Answer, Check, Stated
from tanping.assessment.result import CrossCheck, Indicator, Inventory, LikelyCause
from tanping.factors.register import Register

AGREES, CLOSE = "一致", "基本一致"
NAMED, POSSIBLE, UNKNOWN = "不一致，原因已识别", "不一致，可能原因如列", "不一致，原因不明"
NOT_RECOMPUTED, NOT_READ, NOT_STATED = "无法复核", "无法判读", "未申报"
OUTSIDE = "不一致"
NO_CAUSE = Diagnosis((), False)


def crosschecks_of(
    project: Project,
    blocks: InventoryBlocks,
    inventory: Inventory,
    indicators: tuple[Indicator, ...],
    register: Register,
    as_of: date,
    *,
    at: int = 0,
) -> tuple[CrossCheck, ...]:
    """Every comparison of one project: declared figures first, then chapters side by side, then physics across chapters, then
    magnitudes that cannot be or are unusual.

    ``at`` is the project's place in ``blocks``. Nothing is refused: what cannot be read or recomputed says so.
    """
    from tanping.assessment.crosscheck.chapters import chapters_of
    from tanping.assessment.crosscheck.physics import physics_of
    from tanping.assessment.crosscheck.plausibility import doubts_of

    case = Case(blocks, inventory, indicators, register, as_of, at)
    doubts = (doubt.row() for doubt in doubts_of(case))
    return (*declared_of(project, case), *chapters_of(project, case), *physics_of(project, case), *doubts)


def declared_of(project: Project, case: Case) -> Iterator[CrossCheck]:
    """The figures of the table 申报数, in file order."""
    read = [_read(row, case) for row in project.declared if row.figure.known or row.value.answer is not Answer.BLANK]
    right = frozenset(
        one.figure.id
        for one in read
        if one.figure is not None and len(one.figure.terms) == 1 and one.printed is not None and one.agrees
    )
    for one in read:
        yield _compared(one, case, right, read)


@dataclass(frozen=True, eq=False)
class _Read:
    """A declared row with the figure it speaks of and its printed number, as far as they could be read."""

    row: Declared
    figure: Figure | None
    printed: Printed | None
    problem: str

    @property
    def agrees(self) -> bool:
        recomputed = None if self.figure is None else self.figure.recomputed
        return recomputed is not None and self.printed is not None and self.printed.holds(recomputed)


def _read(row: Declared, case: Case) -> _Read:
    asked = row.figure.effective
    if asked is None:
        return _Read(row, None, None, "未写明是哪个指标")
    found = case.find(asked)
    if isinstance(found, str):
        return _Read(row, None, None, found)
    if row.value.value is None:
        return _Read(row, found, None, "未填申报值")
    try:
        printed = read_printed(row.value.value, found.unit)
    except NotPrintedError as problem:
        return _Read(row, found, None, str(problem))
    return _Read(row, found, _as_printed(printed, found), "")


def _as_printed(printed: Printed, figure: Figure) -> Printed:
    """A subtracted row is compared as the amount taken away, whichever sign the report prints."""
    if printed.value < 0 and figure.recomputed is not None and figure.recomputed > 0 and len(figure.terms) == 1:
        return Printed(
            printed.text, -printed.value, -printed.high, -printed.low, printed.unit, (*printed.notes, "按扣减量比较")
        )
    return printed


@dataclass(frozen=True)
class _Compared:
    """What setting a declared figure beside the recomputed one gave."""

    verdict: str
    notes: tuple[str, ...]
    difference: float | None = None
    diagnosis: Diagnosis = NO_CAUSE


def _compared(one: _Read, case: Case, right: frozenset[str], read: list[_Read]) -> CrossCheck:
    """The line of one declared figure."""
    row, figure, printed = one.row, one.figure, one.printed
    said: Stated[str] = row.value
    recomputed = figure.recomputed if figure is not None else None
    found = _beside(one, case, right, read)
    adopted, adopted_as, refused = _adopted(said, figure, recomputed)
    explanations = tuple(map(_likely, found.diagnosis.causes))
    return CrossCheck(
        figure=figure.id if figure is not None else row.figure.text,
        label=figure.name if figure is not None else row.figure.text or row.id,
        declared=said.text,
        declared_value=printed.value if printed is not None else None,
        recomputed=recomputed,
        unit=figure.unit if figure is not None else "",
        difference=found.difference,
        verdict=found.verdict,
        causes=tuple(each.text for each in explanations),
        page=said.page,
        id=row.id,
        document=said.document,
        low=_end(printed.low if printed is not None else math.nan),
        high=_end(printed.high if printed is not None else math.nan),
        named=found.diagnosis.named,
        explanations=explanations,
        adopted=adopted,
        adopted_as=adopted_as,
        notes=(*found.notes, refused) if refused else found.notes,
    )


def _likely(cause: Cause) -> LikelyCause:
    numbers = tuple(one.mistake.number for one in cause.slips)
    return LikelyCause(cause.words(), numbers, cause.value, cause.share, cause.inside)


def _beside(one: _Read, case: Case, right: frozenset[str], read: list[_Read]) -> _Compared:
    """Set a declared figure beside the recomputed one, and look for the cause of a difference. ``right``: rows the report states rightly."""
    figure, printed = one.figure, one.printed
    notes = printed.notes if printed is not None else ()
    if figure is None or printed is None:
        unstated = figure is not None and one.row.value.value is None
        return _Compared(NOT_STATED if unstated else NOT_READ, (one.problem, *notes))
    recomputed = figure.recomputed
    if recomputed is None:
        missing = (line if line == NO_EQUIVALENT else f"缺：{line}" for line in figure.missing[:3])
        return _Compared(NOT_RECOMPUTED, (*notes, *missing))
    difference = printed.value / recomputed - 1 if recomputed and printed.bounded else None
    if one.agrees:
        return _Compared(AGREES, notes, difference)
    diagnosis = diagnose(case, figure, printed, right - {figure.id})
    verdict = _verdict(difference, printed, diagnosis)
    if verdict == CLOSE:
        # Within half a percent rounding explains enough; only what prints exactly so is worth a word.
        diagnosis = Diagnosis(tuple(cause for cause in diagnosis.causes if cause.inside), False)
    return _Compared(verdict, (*notes, *_parts(figure, printed, read)), difference, diagnosis)


def _verdict(difference: float | None, printed: Printed, diagnosis: Diagnosis) -> str:
    """How a figure that does not agree is called."""
    if not printed.bounded:
        return OUTSIDE
    if difference is not None and abs(difference) <= NEAR:
        return CLOSE
    if diagnosis.named:
        return NAMED
    return POSSIBLE if diagnosis.causes else UNKNOWN


def _adopted(said: Stated[str], figure: Figure | None, recomputed: float | None) -> tuple[float | None, str, str]:
    """The reviewer's verified figure where there is one, else the recomputed one; and why a verified one could not be taken."""
    refused = ""
    if said.check is Check.VERIFIED and said.verified:
        if figure is None:
            refused = "核实值未采用：不知是哪个指标"
        else:
            try:
                value = read_printed(said.verified, figure.unit).value
                return value, f"核实值（{said.verified_by}）" if said.verified_by else "核实值", ""
            except NotPrintedError as problem:
                refused = f"核实值未采用：{problem}"
    return (recomputed, "复核值", refused) if recomputed is not None else (None, "待补正", refused)


def _parts(figure: Figure, total: Printed, read: list[_Read]) -> Iterator[str]:
    """Whether the report's own rows add up to its total, where it declares all of them."""
    counted = [term for term in figure.terms if term.counted]
    if figure.id not in ("design_year_total", "direct_total", "fuel_total", "process_total") or len(counted) < 2:
        return
    stated = {one.figure.id: one.printed for one in read if one.figure is not None and one.printed is not None}
    parts = [(term, stated.get(term.id)) for term in counted if term.value != 0.0]
    if any(printed is None for _, printed in parts):
        return
    added = math.fsum(math.copysign(1.0, term.times.value) * one.value for term, one in parts if one is not None)
    slack = math.fsum(one.half for _, one in parts if one is not None)
    if not total.low - slack <= added <= total.high + slack:
        yield f"报告各分项之和为 {added:.6g} {figure.unit}，与其合计不符"


def _end(value: float) -> float | None:
    return value if math.isfinite(value) else None
