"""Fuzz the doors one after another. Usage: python -m fuzz [TARGET…] [--seconds N] [--found FOLDER]  (N: per target, 60)

With atheris installed each target runs coverage-guided in a process of its own; without it, inputs are mutated at random from the
same seeds. What breaks a door is written to ``fuzz/found/<target>-<hash>``; every file there is tried again by the tests. A target ends at its first find.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from fuzz.seeds import dictionary, seeds
from fuzz.targets import TARGETS

FOUND = Path(__file__).with_name("found")
LONGEST = 64 * 1024
# A door that takes this many seconds for so little is broken too. (The fuzzer counts the wall's, on a busy machine at the lowest priority.)
SLOW = 15
PATIENCE = 4
MEMORY = 6 << 30


def main() -> int:
    """Run; return 1 when something was found."""
    if sys.argv[1:2] == ["--one"]:
        return guided(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--found", type=Path, default=FOUND)
    arguments = parser.parse_args()
    arguments.found.mkdir(parents=True, exist_ok=True)
    chosen = arguments.targets or list(TARGETS)
    if unknown := set(chosen) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    run = coverage_guided if has_atheris() else mutating
    failed = [name for name in chosen if not run(name, arguments.seconds, arguments.found)]
    print(f"[fuzz] {'found something in ' + ', '.join(failed) if failed else 'nothing found'}", flush=True)
    return 1 if failed else 0


def has_atheris() -> bool:
    """Whether coverage-guided fuzzing is possible here."""
    from importlib.util import find_spec

    return find_spec("atheris") is not None


def coverage_guided(name: str, seconds: int, found: Path) -> bool:
    """Run one target under atheris in a process of its own; return whether it held."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, words = Path(folder) / "corpus", Path(folder) / "words"
        corpus.mkdir()
        for number, seed in enumerate(seeds(name)):
            (corpus / str(number)).write_bytes(seed)
        words.write_text(
            "".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word.encode())}"\n' for word in dictionary())
        )
        command = [
            sys.executable, "-m", "fuzz", "--one", name, str(corpus), f"-max_total_time={seconds}", f"-dict={words}", f"-max_len={LONGEST}",
            f"-timeout={SLOW * PATIENCE}", "-rss_limit_mb=3072", f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", "-verbosity=0",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stderr.splitlines()
    told = (line.removeprefix("stat::").split(":") for line in lines if line.startswith("stat::"))
    stats = {name: number.strip() for name, number in told}
    print(
        f"[fuzz] {name}: {stats.get('number_of_executed_units', '?')} inputs, peak {stats.get('peak_rss_mb', '?')} MiB",
        flush=True,
    )
    if done.returncode:
        print("\n".join(lines[-60:]), flush=True)
    return done.returncode == 0


def guided(name: str, rest: list[str]) -> int:
    """Be the process that fuzzes one target."""
    import atheris

    with atheris.instrument_imports(include=["tanping", "yaml", "pydantic", "pypdf"]):
        target = TARGETS[name]
        target(seeds(name)[0])
    atheris.Setup([sys.argv[0], *rest], target)
    atheris.Fuzz()
    return 0


def mutating(name: str, seconds: int, found: Path) -> bool:
    """Run one target on random mutations of its seeds; return whether it held."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chance, known, words = random.Random(name), seeds(name), [word.encode() for word in dictionary()]
    end, count, held = time.monotonic() + seconds, 0, True
    while time.monotonic() < end:
        data = mutated(chance, known, words)
        started = time.monotonic()
        try:
            TARGETS[name](data)
            if time.monotonic() - started > SLOW:
                raise TimeoutError(f"took more than {SLOW} s")
        except Exception:
            path = found / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
            path.write_bytes(data)
            print(f"[fuzz] {name}: {path.name}", traceback.format_exc(limit=-4), sep="\n", flush=True)
            held = False
            break
        count += 1
    print(f"[fuzz] {name}: {count} inputs (mutation)", flush=True)
    return held


def mutated(chance: random.Random, known: list[bytes], words: list[bytes]) -> bytes:
    """Return a seed with some bytes changed, cut, doubled, or a word put in."""
    data = bytearray(chance.choice(known))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0 if data:
                data[at % len(data)] = chance.randrange(256)
            case 1:
                data[at:at] = chance.choice(words)
            case 2:
                del data[at : at + chance.randint(1, 40)]
            case 3:
                data[at:at] = data[at : at + chance.randint(1, 200)] * chance.randint(1, 3)
            case _:
                data[at:at] = bytes([chance.randrange(256)])
    return bytes(data[:LONGEST])


if __name__ == "__main__":
    sys.exit(main())
