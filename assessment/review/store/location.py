"""Where the store lies when nobody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

FILE = "tanping.sqlite"


def home() -> Path:
    """Return the folder of this user's data: ``TANPING_HOME``, else the XDG data folder."""
    if chosen := os.environ.get("TANPING_HOME"):
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME")
    # The XDG rule: a relative path there is to be ignored.
    base = Path(data) if data and Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "tanping"


def default_url() -> str:
    """Return the database address: ``TANPING_DB_URL``, else a SQLite file in ``home()``."""
    return os.environ.get("TANPING_DB_URL") or f"sqlite:///{home() / FILE}"
