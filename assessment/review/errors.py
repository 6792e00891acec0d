"""What the joint review refuses, in Chinese for the person who asked."""

from __future__ import annotations


class ReviewError(Exception):
    """The joint review refuses; nothing was written."""


class NotAllowedError(ReviewError):
    """The person's role does not allow it."""


class RefusedError(ReviewError):
    """The role would allow it, but not now or not so: the state, a guard or a missing reason stands against it."""


class MissingError(ReviewError):
    """There is no such thing."""


class ChangedError(ReviewError):
    """Somebody else changed it since it was read; what was typed is not lost, the page still has it."""


class SignInError(ReviewError):
    """Not signed in, no longer signed in, or the sign-in failed."""
