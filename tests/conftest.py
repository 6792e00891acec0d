"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# Time is measured by `make bench`; here it would only make tests fail on a busy machine.
settings.register_profile("tanping", deadline=None)
settings.load_profile("tanping")
