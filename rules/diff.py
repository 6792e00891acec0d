"""What changed between two states of the packs, clause by clause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tanping.rules.clause import Clause

ADDED, REMOVED, CHANGED = "新增", "删除", "修改"


@dataclass(frozen=True)
class FieldChange:
    """One field of a clause before and after."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class ClauseChange:
    """What happened to one clause."""

    clause: str
    kind: str
    fields: tuple[FieldChange, ...] = ()


def differences(before: Iterable[Clause], after: Iterable[Clause]) -> tuple[ClauseChange, ...]:
    """Return the clauses added, removed and changed, in the order of the later state, removed ones last."""
    old = {clause.id: clause.plain() for clause in before}
    new = {clause.id: clause.plain() for clause in after}
    changes = []
    for identifier, record in new.items():
        if identifier not in old:
            changes.append(ClauseChange(identifier, ADDED))
        elif old[identifier] != record:
            changes.append(ClauseChange(identifier, CHANGED, _fields(old[identifier], record)))
    changes += [ClauseChange(identifier, REMOVED) for identifier in old if identifier not in new]
    return tuple(changes)


def _fields(before: dict[str, object], after: dict[str, object]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(name, before[name], after[name]) for name in after if before[name] != after[name])
