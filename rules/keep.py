"""Taking an own pack into the law: checked beside all others, its cases worked, then written whole into the folder of own packs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tanping.records.doors.export import write_file
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.rules.cases import Case, run_cases
from tanping.rules.check import coverage_problems, place_problems, reach_of, reach_problems, repeat_problems
from tanping.rules.law import VERIFICATIONS, cases_file, copy_aside, load_law, shipped_names
from tanping.rules.pack import Pack, PackSet, assemble
from tanping.rules.sheet_in import Imported, cell_of
from tanping.rules.sheet_out import pack_workbook


@dataclass(frozen=True)
class Examined:
    """A pack found usable. ``replaces``: the pack whose place it takes, if any; ``notes``: clauses that still lack cases."""

    imported: Imported
    replaces: Pack | None
    notes: tuple[Problem, ...]

    @property
    def pack(self) -> Pack:
        """The pack."""
        return self.imported.pack

    @property
    def held(self) -> bool:
        """Whether this very pack is already part of the law."""
        return self.replaces is not None and self.replaces.sha256 == self.pack.sha256

    @property
    def told(self) -> str:
        """What will be, in one line."""
        pack = self.pack
        line = f"{pack.title}（{pack.name}）：{len(pack.clauses)} 条，{len(self.imported.cases)} 个用例"
        if self.replaces is None:
            return f"{line}；与现有规则包并用"
        whose = "自带的" if pack.name in shipped_names() else "原先载入的"
        return f"{line}；代替{whose}同名规则包（{len(self.replaces.clauses)} 条）"


def examine(imported: Imported, law: PackSet | None = None) -> Examined:
    """Check an imported pack beside the rest of the law. Raises InputError: clashes, conditions that can't be met, cases that differ."""
    law = law or load_law()
    pack = imported.pack
    if pack.name == VERIFICATIONS:
        raise InputError(Problem(Where(pack.source), "包名", f"包名“{VERIFICATIONS}”留给原文核对记录", "换一个"))
    others = [other for other in law if other.name not in (pack.name, VERIFICATIONS)]
    replaces = next((other for other in law if other.name == pack.name), None)
    try:
        packs = assemble([*others, pack], law.catalogue, [], law.facts_sha256)
    except InputError as error:
        raise InputError(cell_of(problem, imported) for problem in error.problems) from None
    problems, notes = _slower(packs, imported)
    if problems:
        raise InputError(problems)
    return Examined(imported, replaces, tuple(notes))


def _slower(packs: PackSet, imported: Imported) -> tuple[list[Problem], list[Problem]]:
    """Return what refuses the pack, and what may wait."""
    clauses = {clause.id: clause for clause in imported.pack.clauses}
    problems = [
        Problem(case.where, case.clause, f"用例“{case.name}”所指的条款不在本包", "表“条款”里的编号")
        for case in imported.cases
        if case.clause not in clauses
    ]
    notes: list[Problem] = []
    for clause in clauses.values():
        reach = reach_of(clause, packs.catalogue)
        problems += (
            cell_of(problem, imported) for problem in (*place_problems(clause), *reach_problems(clause, reach))
        )
        mine = [case for case in imported.cases if case.clause == clause.id]
        notes += (cell_of(problem, imported) for problem in coverage_problems(clause, mine, packs.catalogue, reach))
    notes += (cell_of(problem, imported) for problem in repeat_problems(packs.clauses) if problem.field in clauses)
    known: Iterable[Case] = [case for case in imported.cases if case.clause in clauses]
    problems += (result.problem for result in run_cases(packs, known) if not result.passed)
    return problems, notes


def workbook_of(name: str) -> bytes:
    """Return the workbook of a pack of the law by its name; the blank one without a name. Raises InputError."""
    law = load_law()
    offices = sorted({clause.office for clause in law.clauses})
    if not name:
        return pack_workbook(None, None, law.catalogue, offices)
    pack = next((pack for pack in law if pack.name == name and name != VERIFICATIONS), None)
    if pack is None:
        known = [pack.name for pack in law if pack.name != VERIFICATIONS]
        raise InputError(
            Problem(Where("规则库"), "PACK", f"没有规则包“{name}”", suggest(name, known) or "、".join(known))
        )
    cases = cases_file(name)
    return pack_workbook(
        Path(pack.source).read_bytes(), cases.read_bytes() if cases.is_file() else None, law.catalogue, offices
    )


def keep(examined: Examined, folder: Path) -> Path:
    """Write a pack and its cases into a folder, in the place of what was there; a copy of that is set aside. Raises OSError.

    At no moment is there a law without either.
    """
    text = examined.imported.text
    folder.mkdir(parents=True, exist_ok=True)
    copy_aside(folder, text.name)
    cases = folder / "cases" / f"{text.name}.yaml"
    if text.cases:
        cases.parent.mkdir(exist_ok=True)
        write_file(cases, text.cases.encode())
    else:
        cases.unlink(missing_ok=True)
    path = folder / f"{text.name}.yaml"
    write_file(path, text.pack.encode())
    return path
