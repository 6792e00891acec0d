"""Where this user's data lies: drafts, the store, the layers an office loaded."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the folder of this user's data: ``TANPING_HOME``, else the XDG data folder."""
    if chosen := os.environ.get("TANPING_HOME"):
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME")
    # The XDG rule: a relative path there is to be ignored.
    base = Path(data) if data and Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "tanping"
