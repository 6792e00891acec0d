"""What is made from files that seldom change, kept ready beside the bytecode of the program.

Law and factors are read, typed and checked from text; that costs more than all the rest of a small job. The result is kept as a pickle in
the ``__pycache__`` of the folder it was read from, under a hash of every byte it was made from, the code that made it included. The trust
is that of bytecode: whoever could change it there could change the program. Where Python keeps no bytecode, nothing is kept either.

The records themselves are frozen dataclasses without slots: those with slots come back from a pickle five times as slowly.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the cycle collector: loading makes a hundred thousand small objects and no garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def kept(folder: Path, name: str, files: Mapping[str, bytes], code: Path, make: Callable[[], Made]) -> Made:
    """Return what ``make`` makes of ``files``, kept in ``folder`` from an earlier time when neither they nor the code changed.

    ``code``: the folder whose modules decide what is made; those of this one count too. Only for folders of the program itself: what lies in
    one that was brought from elsewhere must not be unpickled. What can't be read back is made again; what can't be kept isn't.
    """
    with without_collector():
        place = folder / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.kept"
        key = _key(files, code)
        found = read(place, key)
        if found is None:
            found = make()
            if not sys.dont_write_bytecode:
                write(place, key, found)
        return found


def _key(files: Mapping[str, bytes], code: Path) -> bytes:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted({*code.glob("*.*"), *Path(__file__).parent.glob("*.*")}):
        state = path.stat()
        digest.update(f"{path}\0{state.st_mtime_ns}\0{state.st_size}\0".encode())
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.digest()


def read(place: Path, key: bytes) -> Any:
    """Return what was written under this key, or None: whatever is wrong with the file, it can be made again."""
    try:
        content = place.read_bytes()
        if content[: len(key)] != key:
            return None
        return pickle.loads(memoryview(content)[len(key) :])  # noqa: S301 (our own, as trusted as the bytecode beside it)
    except Exception:
        return None


def write(place: Path, key: bytes, made: Any) -> None:
    """Keep a thing, whole or not at all; a place that can't be written keeps nothing."""
    with contextlib.suppress(OSError):
        place.parent.mkdir(exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=f"{place.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(key + pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
            os.replace(draft, place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
