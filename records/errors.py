"""Input problems as data: where, which field, what is wrong, what is allowed, an example.

Every door (project file, pack, factor table, layer, settings) reports through these, so that the command line,
the page and the batch error table print the same line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Where:
    """A place in an input: a file and line, or a sheet cell (``表名!B3``), or only a name."""

    source: str
    line: int | None = None
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell:
            return f"{self.source}:{self.cell}"
        return f"{self.source}:{self.line}" if self.line else self.source


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, in the words of the person who must mend it (Chinese)."""

    where: Where
    field: str
    what: str
    allowed: str = ""
    example: str = ""

    def __str__(self) -> str:
        parts = [self.what]
        if self.allowed:
            parts.append(f"应为：{self.allowed}")
        if self.example:
            parts.append(f"例：{self.example}")
        head = f"{self.where}: {self.field}: " if self.field else f"{self.where}: "
        return head + "；".join(parts)


class InputError(Exception):
    """An input that cannot be used. Carries every problem found, never only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ``您是否想写 X`` for the nearest known word, or an empty string."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"您是否想写 {near[0]}" if near else ""
