"""The law of a result of years ago, made again from the bytes its versions name, so that it can be judged once more as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tanping.rules import attest
from tanping.rules.facts import Catalogue, catalogue_as, catalogue_hash, load_catalogue, read_catalogue
from tanping.rules.law import VERIFICATIONS, law_as, verified_packs
from tanping.rules.pack import Pack, PackSet, assemble, load_packs, parse_pack

FACTS = "facts"


@dataclass(frozen=True)
class Archived:
    """A law from an archive and the catalogue it is written against."""

    law: PackSet
    catalogue: Catalogue

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Judge by it for a while."""
        with catalogue_as(self.catalogue), law_as(self.law):
            yield


def archived_law(versions: Mapping[str, str], fetch: Callable[[str], bytes], order: Sequence[str] = ()) -> Archived:
    """Return the law that ``versions`` names: pack name → sha256, as ``PackSet.versions`` gives it.

    ``fetch`` returns the bytes of a hash; ``order`` is that of the packs (canonical records keep none). Raises LookupError as ``fetch`` does,
    InputError and ValueError for bytes that are no law.
    """
    same = versions[FACTS] == catalogue_hash()
    catalogue = load_catalogue() if same else read_catalogue(fetch(versions[FACTS]))
    known = {pack.sha256: pack for pack in load_packs()} if same else {}
    places = {name: place for place, name in enumerate(dict.fromkeys(order))}
    names = sorted(set(versions) - {FACTS, VERIFICATIONS}, key=lambda name: (places.get(name, len(places)), name))

    def pack(name: str) -> Pack:
        return known.get(versions[name]) or parse_pack(fetch(versions[name]), name, catalogue, name)

    packs = [pack(name) for name in names]
    if VERIFICATIONS in versions:
        packs = verified_packs(packs, attest.read_record(fetch(versions[VERIFICATIONS])))
    return Archived(assemble(packs, catalogue, [], versions[FACTS]), catalogue)
