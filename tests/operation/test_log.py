"""The operator's log: one line an event, and no secret in it, however a library words its message."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.records import log
from tanping.records.errors import InputError

SECRET = "Zk9-geheim_wort"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setenv(log.VARIABLE, "info")
    stream = io.StringIO()
    handler = log.start(stream)
    yield stream
    handler.close()
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize(
    "text",
    [
        f"connection to postgresql://tanping:{SECRET}@db.local/eia failed",
        f"postgresql+psycopg://tanping:{SECRET}@[::1]:5432/eia?sslmode=require",
        f"host=db user=tanping password={SECRET} dbname=eia",
        f"postgresql://db/eia?user=x&password={SECRET}&sslmode=require",
        f'{{"password": "{SECRET}", "login": "wang"}}',
        f"{{'new_password': '{SECRET}', 'login': 'wang'}}",
        f"Authorization: Bearer {SECRET}{SECRET}",
        f"Cookie: tanping_session={SECRET}; theme=light",
        f"GET /?token={SECRET}&draft=1",
        f"[parameters: {{'token_hash': '{SECRET}'}}]",
        f"口令：{SECRET}",
        f"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ${SECRET}",
    ],
)
def test_secrets_are_taken_out(text: str) -> None:
    assert SECRET not in log.redacted(text)


@pytest.mark.parametrize("text", ["GET /findings 200", "draft=0f3a changed to version 3", "库 tanping.sqlite 已升级"])
def test_the_rest_stays(text: str) -> None:
    assert log.redacted(text) == text


def test_secrets_of_the_surroundings_are_taken_out_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANPING_DB_URL", f"postgresql://u:{SECRET}@h/d")
    assert log.redacted(f"server said: {SECRET} is wrong") == f"server said: {log.GONE} is wrong"


@given(st.text(max_size=200))
def test_a_password_in_an_address_never_survives(text: str) -> None:
    password = "".join(char for char in text if char.isalnum())[:40] + "Q7x!"
    shown = log.redacted(f"could not connect to postgresql://u:{password}@host/db now")
    assert shown == f"could not connect to postgresql://u:{log.GONE}@host/db now"


def test_one_event_is_one_line_of_json(lines: io.StringIO) -> None:
    log.event("serving", port=8501, url=f"postgresql://u:{SECRET}@h/d")
    logging.getLogger("some.library").warning('first\nsecond\r\n{"level": "forged"}')
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [entry["message"] for entry in said] == ["serving", 'first\nsecond\r\n{"level": "forged"}']
    assert said[0]["facts"] == {"port": "8501", "url": f"postgresql://u:{log.GONE}@h/d"}
    assert said[0]["time"].endswith("+00:00")
    assert said[1]["level"] == "warning"


def test_an_error_says_where_and_no_secret(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"password={SECRET}")
    except ValueError:
        logging.getLogger("tanping").exception("page failed")
    (said,) = (json.loads(line) for line in lines.getvalue().splitlines())
    assert said["error"] == "ValueError"
    assert said["trace"][-1].endswith("test_an_error_says_where_and_no_secret")
    assert SECRET not in lines.getvalue()


def test_a_library_that_prints_by_itself_is_taken_in(lines: io.StringIO) -> None:
    loud = logging.getLogger("loud.library")
    loud.addHandler(logging.StreamHandler(io.StringIO()))
    loud.propagate = False
    log.adopt(loud, logging.getLogger().handlers[0])
    loud.warning("token=%s", SECRET)
    assert json.loads(lines.getvalue())["message"] == f"token={log.GONE}"


def test_an_unknown_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(log.VARIABLE, "laut")
    with pytest.raises(InputError, match="TANPING_LOG"):
        log.level()
