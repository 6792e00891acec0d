"""The law this installation judges by: the packs that ship, the packs it holds of its own, and what two people checked against the text.

Own packs lie in ``TANPING_PACKS``, else ``TANPING_HOME/packs``. A pack of a new name stands beside those that ship; one of the same name takes
the place of the one that ships. Every result names each pack by hash, and the verifications in effect by the hash of their record.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.records.canonical import content_hash, sha256
from tanping.records.doors.export import write_file
from tanping.records.errors import InputError, Problem, Where
from tanping.records.home import home
from tanping.records.located import read_yaml
from tanping.rules import attest
from tanping.rules.clause import Clause
from tanping.rules.facts import Catalogue, load_catalogue
from tanping.rules.pack import PACKS, Pack, PackSet, assemble, load_packs, parse_pack

if TYPE_CHECKING:
    from tanping.rules.cases import Case

SETTING = "TANPING_PACKS"
EARLIER = "earlier"
VERIFICATIONS = "verifications"
"""Name under which a result's versions tell the verifications in effect."""

_chosen: ContextVar[Path | None] = ContextVar("packs_folder", default=None)
_stand_in: ContextVar[PackSet | None] = ContextVar("law", default=None)

State = tuple[object, ...]


def packs_folder() -> Path:
    """Return the folder of own packs: the one chosen, else ``TANPING_PACKS``, else ``TANPING_HOME/packs``. It need not exist."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    said = os.environ.get(SETTING)
    return Path(said).expanduser() if said else home() / "packs"


@contextmanager
def packs_from(folder: str | Path | None) -> Iterator[None]:
    """Take own packs from a folder for a while; None leaves things as they are. Raises InputError when there is no such folder."""
    if folder is None:
        yield
        return
    place = Path(folder)
    if not place.is_dir():
        raise InputError(Problem(Where(str(folder)), "--packs", "没有这个文件夹", "放着规则包（*.yaml）的文件夹"))
    token = _chosen.set(place)
    try:
        yield
    finally:
        _chosen.reset(token)


def law_state() -> State:
    """Return what changes when own packs or verifications do. Cheap and never fails: a key for caches of results."""
    folder = packs_folder()
    return str(folder), tuple(_stamp(path) for path in _own_files(folder)), attest.state()


def load_law() -> PackSet:
    """Load the law this installation judges by. Raises InputError for an own pack that can't be used: never judged with less law."""
    stand_in = _stand_in.get()
    return _law(law_state()) if stand_in is None else stand_in


@contextmanager
def law_as(law: PackSet) -> Iterator[None]:
    """Take an archived law for that of this installation for a while (`tanping.rules.replay`)."""
    token = _stand_in.set(law)
    try:
        yield
    finally:
        _stand_in.reset(token)


@lru_cache(maxsize=4)
def _law(_state: State) -> PackSet:
    shipped = load_packs()
    own = own_packs(packs_folder(), shipped.catalogue)
    packs = list(shipped)
    if own:
        taken = {pack.name: pack for pack in own}
        packs = [taken.pop(pack.name, pack) for pack in shipped] + list(taken.values())
    standings = attest.Verifications.open().in_effect(clause for pack in packs for clause in pack.clauses)
    if standings:
        packs = verified_packs(packs, standings)
    return assemble(packs, shipped.catalogue, [], shipped.facts_sha256) if own or standings else shipped


def own_packs(folder: Path, catalogue: Catalogue) -> list[Pack]:
    """Read the own packs of a folder. Raises InputError with every problem found."""
    packs: list[Pack] = []
    problems: list[Problem] = []
    for path in _own_files(folder):
        try:
            if path.stem == VERIFICATIONS:
                raise InputError(Problem(Where(str(path)), "pack", f"包名“{VERIFICATIONS}”留给原文核对记录，请换一个"))
            packs.append(parse_pack(path.read_bytes(), str(path), catalogue, path.stem))
        except OSError:
            problems.append(Problem(Where(str(path)), "", "规则包文件无法读取"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return packs


def own_law_bytes() -> Iterator[bytes]:
    """Yield the bytes behind the hashes of own packs and of the verifications in effect, as results name them."""
    for path in _own_files(packs_folder()):
        yield path.read_bytes()
    standings = attest.Verifications.open().in_effect(load_law().clauses)
    if standings:
        yield attest.record(standings)


def own_law_hash(law: PackSet | None = None) -> str:
    """Return one hash for what this installation adds to the packs that ship; empty when it adds nothing."""
    law = law or load_law()
    shipped = load_packs().versions
    added = {name: digest for name, digest in law.versions.items() if shipped.get(name) != digest}
    return content_hash(added) if added else ""


def cases_of(pack: str) -> tuple[Case, ...]:
    """Return the worked cases written for a pack: of the own one if there is one, else of the one that ships."""
    path = cases_file(pack)
    return _cases(path, _stamp(path)) if path.is_file() else ()


def cases_file(pack: str) -> Path:
    """Return where the cases of a pack lie; there may be none."""
    from tanping.rules.cases import CASES

    own = packs_folder()
    return (own / "cases" if (own / f"{pack}.yaml").is_file() else CASES) / f"{pack}.yaml"


def law_cases() -> tuple[Case, ...]:
    """Return the worked cases of every pack of the law. Raises InputError."""
    return tuple(case for pack in load_law() for case in cases_of(pack.name))


@lru_cache(maxsize=64)
def _cases(path: Path, _changed: object) -> tuple[Case, ...]:
    from tanping.rules.cases import read_cases

    problems: list[Problem] = []
    cases = read_cases(read_yaml(path), load_catalogue(), problems)
    if problems:
        raise InputError(problems)
    return tuple(cases)


def own_files() -> list[Path]:
    """Return the pack files of the folder of own packs, whether or not they can be read."""
    return _own_files(packs_folder())


@cache
def shipped_names() -> frozenset[str]:
    """Return the names of the packs that ship."""
    return frozenset(path.stem for path in PACKS.glob("*.yaml"))


def copy_aside(folder: Path, name: str) -> Path | None:
    """Copy an own pack and its cases to ``earlier/`` under its hash, so that what it said can still be read. None: there is none."""
    path = folder / f"{name}.yaml"
    if not path.is_file():
        return None
    raw = path.read_bytes()
    aside = folder / EARLIER
    aside.mkdir(parents=True, exist_ok=True)
    target = aside / f"{name}-{sha256(raw)[:12]}.yaml"
    cases = folder / "cases" / path.name
    if cases.is_file():
        write_file(target.with_name(f"{target.stem}-cases.yaml"), cases.read_bytes())
    write_file(target, raw)
    return target


def set_aside(folder: Path, name: str) -> Path | None:
    """Take an own pack out of the law; a copy stays in ``earlier/``. None: there is none."""
    target = copy_aside(folder, name)
    if target is not None:
        (folder / f"{name}.yaml").unlink()
        (folder / "cases" / f"{name}.yaml").unlink(missing_ok=True)
    return target


def verified_packs(packs: Sequence[Pack], standings: dict[str, attest.Standing]) -> list[Pack]:
    """Return packs as verifications leave them, and behind them the record of these as one more pack without clauses."""
    record = sha256(attest.record(standings))
    told = Pack(VERIFICATIONS, "原文核对记录", "", {}, (), record, str(attest.folder()))
    return [*(_verified(pack, standings) for pack in packs), told]


def _verified(pack: Pack, standings: dict[str, attest.Standing]) -> Pack:
    if not any(clause.id in standings for clause in pack.clauses):
        return pack

    def raised(clause: Clause) -> Clause:
        return attest.verified(clause, standings[clause.id]) if clause.id in standings else clause

    return replace(pack, clauses=tuple(map(raised, pack.clauses)))


def _own_files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(".yaml") and not entry.name.startswith(".")]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _stamp(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size
