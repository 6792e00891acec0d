"""Processes killed in the middle of saving: what was acknowledged is there, nothing is half written, the record is sound.

A child is forked for each kill; it saves as fast as it can and acknowledges each save over a pipe after it returned. The parent waits for
some acknowledgements and kills it with SIGKILL, at moments spread over the life of a save.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from review_walk import World
from sqlalchemy import text

from tanping.assessment.review.roles import Action
from tanping.assessment.review.verify import verify

PARTS, ON_SQLITE, ON_POSTGRESQL = 4, 200, 6
PLACE = "opinion/气候/text"


def save_for_ever(world: World, child: int, acknowledge: int, times: int = 10_000) -> None:
    """Save a comment (sealed), a text and a file, over and over."""
    clerk = world.p("气候处室经办")
    seen: tuple[str, ...] = world.review.texts.read(clerk, world.id, PLACE).seen
    for number in range(times):
        word = f"{child}-{number}"
        world.review.texts.comment(clerk, world.id, word, page="1")
        os.write(acknowledge, f"c {word}\n".encode())
        seen = world.review.texts.save(clerk, world.id, PLACE, word, seen).seen
        os.write(acknowledge, f"t {word}\n".encode())
        world.review.register.attach(clerk, world.id, "other", f"{word}.txt", word.encode() * 2000)
        os.write(acknowledge, f"f {word}\n".encode())


def killed_child(make: Callable[[], World], child: int, wanted: int, delay: float) -> list[str]:
    """Fork a child that saves; kill it after some acknowledgements and a little longer; return what it acknowledged."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        # Nothing of the test runner may run in here: no cleanup, no output, no exit handlers.
        try:
            os.close(reading)
            save_for_ever(make(), child, writing)
        finally:
            os._exit(1)
    os.close(writing)
    said = b""
    while said.count(b"\n") < wanted:
        part = os.read(reading, 65536)
        assert part, "the child ended by itself"
        said += part
    time.sleep(delay)
    os.kill(process, signal.SIGKILL)
    while part := os.read(reading, 65536):
        said += part
    os.close(reading)
    os.waitpid(process, 0)
    return said.decode().splitlines()


def after(world: World) -> dict[str, set[str]]:
    with world.engine.connect() as connection:
        comments = set(connection.execute(text("SELECT text FROM comments")).scalars())
        texts = set(connection.execute(text("SELECT content FROM texts")).scalars())
        files: Any = connection.execute(
            text(
                "SELECT a.name, b.content FROM attachments a JOIN blobs b ON b.sha256 = a.sha256 WHERE a.holder = 'other'"
            )
        ).all()
        standing = connection.execute(text("SELECT count(*) FROM texts WHERE stands")).scalar_one()
    assert standing == 1
    whole = {
        name.removesuffix(".txt") for name, raw in files if bytes(raw) == name.removesuffix(".txt").encode() * 2000
    }
    assert len(whole) == len(files), "a file is half written"
    return {"c": comments, "t": texts, "f": whole}


def kill_many(world: World, kills: int, check_every: int, seed: int) -> None:
    # Everything the child needs is imported and compiled, and no connection is open, before the fork.
    save_for_ever(world, 0, os.open(os.devnull, os.O_WRONLY), times=2)
    world.engine.dispose()

    def make() -> World:
        return World(world.url, dict(world.tokens), world.clock.moment, world.id)

    dice = random.Random(seed)
    acknowledged: list[str] = []
    for child in range(1, kills + 1):
        acknowledged += killed_child(make, child, dice.randint(1, 4), dice.random() * 0.01)
        # The child's clock went on; ours follows, as one machine's clock does.
        world.clock.forward(seconds=2)
        if child % check_every == 0:
            found = after(world)
            assert all(line.split()[1] in found[line.split()[0]] for line in acknowledged)
            world.engine.dispose()
    assert len(acknowledged) >= kills
    report = verify(world.engine)
    assert report.faults == (), report.faults[:3]
    # The store goes on working.
    world.step("牵头处经办", Action.STOP_CLOCK, reason="演练")
    assert verify(world.engine).sound


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_kills_lose_nothing_on_sqlite(sqlite_stations: Callable[[str], World], part: int) -> None:
    world = sqlite_stations("会审中")
    kill_many(world, ON_SQLITE // PARTS, 25, part)
    with contextlib.closing(world.engine.raw_connection()) as raw:
        assert raw.cursor().execute("PRAGMA integrity_check").fetchone() == ("ok",)
    world.engine.dispose()


@pytest.mark.xdist_group("postgresql")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_kills_lose_nothing_on_postgresql(postgresql_stations: Callable[[str], World]) -> None:
    world = postgresql_stations("会审中")
    kill_many(world, ON_POSTGRESQL, 3, 0)
    world.engine.dispose()
