"""A sealed result worked again with the packs and factors it was made with, where this machine judges by others.

Where they come from is the caller's: the store that sealed the result, or the archive of this installation. Each is known by its hash, which
the record names, so it does not matter who kept it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tanping.records.archive import ArchiveError, pack_files
from tanping.records.canonical import is_hash, sha256
from tanping.records.errors import InputError

Archive = Callable[[str], bytes | None]
"""Returns the bytes of a hash, None where it has none."""


class NotKeptError(LookupError):
    """Packs or factors of a result are nowhere to be had; the message names them."""


@contextmanager
def as_made(record: Mapping[str, Any], archive: Archive) -> Iterator[None]:
    """Judge and count by what a record's versions name for a while; as ever where that is what this machine has.

    Raises NotKeptError, and ValueError for a record without versions or an archive whose bytes are no packs.
    """
    versions = record.get("versions")
    told: dict[str, Any] = versions if isinstance(versions, dict) else {}
    packs, factors = told.get("packs"), str(told.get("factors"))
    if not isinstance(packs, dict) or not all(map(_hash, (factors, *packs.values()))):
        raise ValueError("the record names no packs")
    from tanping.factors.register import load_register, read_register, register_as
    from tanping.rules.law import load_law
    from tanping.rules.replay import archived_law

    fetch = _fetcher(archive, {digest: name for name, digest in packs.items()} | {factors: "因子"})
    try:
        here = load_law()
        law = None if here.versions == packs else archived_law(packs, fetch, list(_order(record)))
        register = load_register()
        if register.sha256 != factors:
            register = read_register(pack_files(fetch(factors)))
    except (InputError, ArchiveError) as error:
        raise ValueError(str(error)) from error
    except KeyError as error:
        raise ValueError(f"the record names no {error}") from error
    with register_as(register):
        if law is None:
            yield
        else:
            with law.in_force():
                yield


def _fetcher(archive: Archive, names: Mapping[str, str]) -> Callable[[str], bytes]:
    def fetch(digest: str) -> bytes:
        raw = archive(digest)
        if raw is None or sha256(raw) != digest:
            raise NotKeptError(f"{names[digest]}（{digest[:12]}）")
        return raw

    return fetch


def _order(record: Mapping[str, Any]) -> Iterator[str]:
    """Name the packs in the order of the findings, which is that of the law; canonical JSON keeps no order of its own."""
    screening = record.get("screening")
    findings = screening.get("findings") if isinstance(screening, dict) else None
    for item in findings if isinstance(findings, list) else ():
        if isinstance(item, dict) and isinstance(item.get("pack"), str):
            yield item["pack"]


def _hash(value: Any) -> bool:
    return isinstance(value, str) and is_hash(value)
