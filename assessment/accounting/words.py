"""A column of words as numbers: each distinct word is looked at once, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


class _Numbers(dict[Any, int]):
    """Numbers words in order of appearance as they are asked for."""

    def __missing__(self, word: Any) -> int:
        self[word] = number = len(self)
        return number


@dataclass(frozen=True)
class Words:
    """``codes`` number the words of a column by their place in ``distinct`` (None: nobody wrote one)."""

    codes: IntArray
    distinct: tuple[Any, ...]

    @classmethod
    def of(cls, words: Iterable[Any], count: int) -> Words:
        """Number a column."""
        numbers = _Numbers()
        said = words.tolist() if isinstance(words, np.ndarray) else words
        codes = np.fromiter(map(numbers.__getitem__, said), dtype=np.int64, count=count)
        return cls(codes, tuple(numbers))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:
        return self.distinct[self.codes[row]]

    def are(self, *words: str) -> BoolArray:
        """Which rows hold one of some words."""
        return self.test(lambda word: word in words)

    def test(self, holds: Callable[[Any], bool]) -> BoolArray:
        """Which rows pass a test."""
        passed = np.array([bool(holds(word)) for word in self.distinct] or [False], dtype=bool)
        return passed[self.codes]

    def mapped(self, to: Callable[[Any], Any]) -> Words:
        """The column with every word replaced."""
        return Words(self.codes, tuple(to(word) for word in self.distinct))

    def where(self, mask: BoolArray, other: Words | None = None) -> Words:
        """The column where a mask holds, another column (or nothing) elsewhere."""
        rest = other if other is not None else Words(np.zeros(len(self), dtype=np.int64), (None,))
        return Words(np.where(mask, self.codes, rest.codes + len(self.distinct)), (*self.distinct, *rest.distinct))


def constant(word: Any, count: int) -> Words:
    """The same word in every row."""
    return Words(np.zeros(count, dtype=np.int64), (word,))
