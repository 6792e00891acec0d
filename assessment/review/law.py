"""The law and data a result was made with, as bytes under exactly the hashes the result prints.

They are kept in the store with every sealed result, and with every result written to a file in ``archive/`` of the data folder, so that an
upgrade of the program never destroys them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from tanping.records.archive import Archive, ArchiveError, pack_bytes
from tanping.records.canonical import sha256
from tanping.records.home import home
from tanping.rules.law import EARLIER, own_law_bytes, packs_folder


def law_of(versions: Mapping[str, Any]) -> dict[str, bytes]:
    """Return hash → bytes of every pack that a result's ``versions`` names. Raises LookupError for one that is not here."""
    wanted = {versions["factors"], *versions["packs"].values()}
    here = _here() | {sha256(raw): raw for raw in own_law_bytes()}
    missing = sorted(wanted - set(here))
    if missing:
        raise LookupError(f"packs of this result are not part of this program: {missing}")
    return {digest: raw for digest, raw in here.items() if digest in wanted}


def keep_law(versions: Mapping[str, Any]) -> None:
    """Keep what a result was made with in the data folder, each pack once. Raises LookupError as ``law_of``, ArchiveError, OSError."""
    archive = _archive()
    for digest, raw in law_of(versions).items():
        if digest not in archive:
            archive.store(raw)


def law_unkept(versions: Mapping[str, Any]) -> str:
    """Keep what a result was made with, and say in words why that could not be (Chinese); a result is worth having without it too."""
    try:
        keep_law(versions)
    except (ArchiveError, LookupError, OSError) as error:
        return f"规则包和因子没有存档（{error}）：换了版本后，这份结果可能不能重算核验"
    return ""


def kept_law(digest: str) -> bytes | None:
    """Return a pack of this program, this installation or its archive by its hash; None when there is none or it was changed."""
    if digest in _here():
        return _here()[digest]
    with suppress(ArchiveError):
        return _archive().load(digest)
    return next((raw for raw in _own() if sha256(raw) == digest), None)


def _own() -> Iterator[bytes]:
    """Own packs, those that were replaced too."""
    yield from own_law_bytes()
    for path in sorted((packs_folder() / EARLIER).glob("*.yaml")):
        yield path.read_bytes()


def _archive() -> Archive:
    return Archive(home() / "archive")


@cache
def _here() -> dict[str, bytes]:
    from tanping.factors.register import load_register
    from tanping.rules.facts import FACTS
    from tanping.rules.pack import PACKS

    contents = [path.read_bytes() for path in sorted(PACKS.glob("*.yaml"))]
    # The fact catalogue's hash is that of all its files, one after the other.
    contents.append(b"".join(path.read_bytes() for path in sorted(FACTS.glob("*.yaml"))))
    contents.append(pack_bytes(load_register().pack()))
    return {sha256(raw): raw for raw in contents}
