"""The methods that dataclasses writes for its classes, kept compiled.

For each class ``@dataclass`` writes the source of up to six methods and compiles it, at every start anew. A command meets two hundred such
classes, a fourth of them pydantic's: a sixth of the time of ``tanping screen``. What a text compiles to depends on the text and the
interpreter alone, so it is kept like bytecode, beside it and with the same trust; each class is then made by dataclasses as ever.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import marshal
import sys
from pathlib import Path
from typing import Any

from tanping.records.kept import read, write

_PLACE = Path(__file__).parent / "__pycache__" / f"methods.{sys.implementation.cache_tag}.kept"
_MOST = 5000
"""Texts kept; a program that changes leaves old ones behind, so beyond this all are forgotten and kept anew."""


class Methods:
    """Compiled texts by their source: those found in ``place``, and those this process had to compile."""

    def __init__(self, place: Path = _PLACE) -> None:
        self.place = place
        found = read(place, importlib.util.MAGIC_NUMBER)
        self.known: dict[str, bytes] = found if isinstance(found, dict) else {}
        self.new: dict[str, bytes] = {}

    def install(self) -> None:
        """Have dataclasses run its texts here from now on: the ``exec`` its module sees is this one, not the built-in."""
        dataclasses.exec = self.run  # type: ignore[attr-defined]

    def run(self, text: str, variables: dict[str, Any], namespace: dict[str, Any]) -> None:
        """Run a text as the built-in ``exec`` would, compiled only the first time it is ever met."""
        kept = self.known.get(text)
        if kept is None:
            code = compile(text, "<string>", "exec", dont_inherit=True)
            if len(self.new) < _MOST:
                self.new[text] = marshal.dumps(code)
        else:
            code = marshal.loads(kept)  # noqa: S302 (our own, as trusted as the bytecode beside it)
        exec(code, variables, namespace)  # noqa: S102 (the text is of dataclasses)

    def keep(self) -> None:
        """Write down what was new; where Python keeps no bytecode, or the place can't be written, nothing is kept."""
        if self.new and not sys.dont_write_bytecode:
            both = {**self.known, **self.new}
            write(self.place, importlib.util.MAGIC_NUMBER, both if len(both) <= _MOST else self.new)
