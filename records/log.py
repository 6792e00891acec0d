"""What the program says to its operator: one line of JSON an event on standard error, with secrets taken out.

``TANPING_LOG`` is the level: ``off``, ``error``, ``warning`` (without it), ``info`` or ``debug``. Personal content (what a project file or an
opinion says) is never logged by this program; redaction is for what libraries put into their messages.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from tanping.records.errors import InputError, Problem, Where

VARIABLE = "TANPING_LOG"
USUAL = "warning"
LEVELS = {
    "off": logging.CRITICAL + 10,
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
}
GONE = "***"
LONGEST = 8000
"""Characters of one message or trace; a longer one is cut."""

_WORDS = r"(?:pass(?:word|wd|phrase)?|pwd|pw|token(?:_hash)?|secret|cookie|api[_-]?key|authorization|session(?:_id|id)?|口令|密码|令牌)"
_PATTERNS = (
    # scheme://user:password@host
    (re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:)[^\s'\"]*(?=@)", re.I), r"\g<head>" + GONE),
    (re.compile(r"\b(?P<head>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}", re.I), r"\g<head> " + GONE),
    (re.compile(r"\$argon2[a-z]*\$[\w$=,+/.-]+"), GONE),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), GONE),
    # a quoted value may hold blanks and commas, a bare one ends at them
    (re.compile(rf"(?P<head>[\"']?\b\w*{_WORDS}[\"']?\s*[=:：]\s*)(?P<mark>[\"'])(?:\\.|(?!(?P=mark)).)*(?P=mark)", re.I),
     rf"\g<head>\g<mark>{GONE}\g<mark>"),
    (re.compile(rf"(?P<head>[\"']?\b\w*{_WORDS}[\"']?\s*[=:：]\s*)(?![\"'*\s]|Bearer|Basic)[^\s&;,'\"}}\])]+", re.I),
     r"\g<head>" + GONE),
)  # fmt: skip
_KEPT_SECRET = ("PGPASSWORD", "TANPING_DB_URL")


def redacted(text: str) -> str:
    """Return the text without passwords, tokens, cookies, password hashes and the secrets of this process's surroundings."""
    for secret in _known_secrets():
        text = text.replace(secret, GONE)
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text


class JsonLines(logging.Formatter):
    """One event, one line: time (UTC), level, where, message, and the trace if there is one. Nothing in it can start a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _cut(redacted(record.getMessage())),
        }
        if facts := getattr(record, "facts", None):
            said["facts"] = {name: redacted(str(value)) for name, value in facts.items()}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            said["error"] = kind.__name__
            # Places only, newest last: the message of an exception may quote what a person typed.
            said["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
            said["detail"] = _cut(redacted(str(record.exc_info[1])), 1000)
        return json.dumps(said, ensure_ascii=False)


def level() -> int:
    """Return the level that ``TANPING_LOG`` names. Raises InputError for any other word."""
    name = os.environ.get(VARIABLE, "").strip().lower() or USUAL
    if name not in LEVELS:
        raise InputError(Problem(Where("环境变量"), VARIABLE, f"不认识“{name[:40]}”", "、".join(LEVELS), "info"))
    return LEVELS[name]


def start(stream: TextIO | None = None) -> logging.Handler:
    """Send everything that is logged, also by libraries, through one handler. Call once a process. Raises InputError."""
    root = logging.getLogger()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    wanted = level()
    handler.setLevel(wanted)
    root.handlers[:] = [handler]
    # At info an operator wants to hear the program, not the libraries' small talk.
    root.setLevel(logging.WARNING if wanted == logging.INFO else wanted)
    logging.getLogger("tanping").setLevel(wanted)
    for name in list(logging.root.manager.loggerDict):
        adopt(logging.getLogger(name), handler)
    return handler


def adopt(logger: logging.Logger, handler: logging.Handler) -> None:
    """Make a library's logger, which may print by itself, speak through ours."""
    own = [found for found in logger.handlers if not isinstance(found, logging.NullHandler)]
    if own or not logger.propagate:
        logger.handlers[:] = [handler]
        logger.propagate = False


def event(message: str, **facts: Any) -> None:
    """Log one event of the program at level info, with facts an operator can filter by."""
    logging.getLogger("tanping").info(message, extra={"facts": facts})


def _known_secrets() -> list[str]:
    found = []
    for name in _KEPT_SECRET:
        value = os.environ.get(name, "")
        match = re.search(r"://[^/:@]*:([^@]+)@", value)
        if secret := (match[1] if match else value if "://" not in value else ""):
            found.append(secret)
    return [secret for secret in found if len(secret) >= 4]


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[:most]}…（截断，原长 {len(text)} 字）"
