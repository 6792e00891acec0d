"""The law and data a result was made with, as bytes under exactly the hashes the result prints.

They are kept in the store with every sealed result, so that an upgrade of the program never destroys them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tanping.records.archive import pack_bytes
from tanping.records.canonical import sha256
from tanping.rules.law import own_law_bytes


def law_of(versions: Mapping[str, Any]) -> dict[str, bytes]:
    """Return hash → bytes of every pack that a result's ``versions`` names. Raises LookupError for one that is not here."""
    wanted = {versions["factors"], *versions["packs"].values()}
    here = _here() | {sha256(raw): raw for raw in own_law_bytes()}
    missing = sorted(wanted - set(here))
    if missing:
        raise LookupError(f"packs of this result are not part of this program: {missing}")
    return {digest: raw for digest, raw in here.items() if digest in wanted}


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
