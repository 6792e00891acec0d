"""The one byte form of a record, and its hash: JSON canonicalized by RFC 8785, SHA-256 in lower-case hex.

What is signed, sealed, archived or compared is these bytes, never a pretty-printed copy.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

_SAFE = 2**53
_WORDS = {None: "null", True: "true", False: "false"}
_quoted: Callable[[str], str] = json.encoder.encode_basestring
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class CanonicalError(ValueError):
    """The value has no canonical JSON form: NaN, an infinity, an integer beyond 2^53, a key that is no text, a Decimal, a date."""


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 bytes of nested dicts, lists, texts, numbers, booleans and None.

    Raises CanonicalError. Decimals and dates are the caller's to spell as text: two spellings would be two hashes.
    """
    try:
        return _spelled(value).encode("utf-8")
    except (UnicodeError, RecursionError) as error:
        raise CanonicalError(str(error) or type(error).__name__) from None


def _spelled(value: Any) -> str:
    """Spell a value. Texts go through the standard encoder, whose escapes are those of the RFC; numbers and the rest through the library.

    The library alone takes four times as long, which every printed document would wait for.
    """
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is dict:
        # UTF-16 order; for the keys of a record, all below the surrogates, that of the code points.
        try:
            keys = sorted(value, key=None if all(map(str.isascii, value)) else _utf16)
        except TypeError:
            raise CanonicalError("object keys must be strings") from None
        return "{" + ",".join([f"{_quoted(key)}:{_spelled(value[key])}" for key in keys]) + "}"
    if kind is list or kind is tuple:
        return "[" + ",".join([_spelled(item) for item in value]) + "]"
    if value is None or value is True or value is False:
        return _WORDS[value]
    import rfc8785

    try:
        return rfc8785.dumps(value).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise CanonicalError(str(error) or type(error).__name__) from None


def _utf16(key: str) -> bytes:
    return key.encode("utf-16be")


def read_canonical(data: bytes) -> Any:
    """Read canonical bytes back. Raises CanonicalError when they are not in canonical form (edited, re-indented, re-ordered)."""
    try:
        value = json.loads(data, parse_int=_number)
    except (ValueError, RecursionError):
        raise CanonicalError("not JSON") from None
    if canonical_bytes(value) != data:
        raise CanonicalError("not in canonical form")
    return value


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical bytes. Raises CanonicalError."""
    return sha256(canonical_bytes(value))


def is_hash(text: str) -> bool:
    """Whether the text has the form of a hash made here."""
    return _HASH.match(text) is not None


def _number(text: str) -> int | float:
    # The standard writes a float without a fraction as an integer, so one beyond 2^53 can only have been a float.
    value = int(text)
    return value if -_SAFE < value < _SAFE else float(text)
