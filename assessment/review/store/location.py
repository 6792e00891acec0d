"""Where the store lies when nobody says otherwise."""

from __future__ import annotations

import os

from tanping.records.home import home

FILE = "tanping.sqlite"


def default_url() -> str:
    """Return the database address: ``TANPING_DB_URL``, else a SQLite file in ``home()``."""
    return os.environ.get("TANPING_DB_URL") or f"sqlite:///{home() / FILE}"
