"""How the web server is started: names it answers to, no question to the outside, one voice in the log."""

from __future__ import annotations

import io
import json
import logging
import socket
from pathlib import Path

import pytest

from tanping.assessment import health
from tanping.assessment.cli import build_parser, serve
from tanping.records import log


def test_a_foreign_page_at_the_door_makes_the_server_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit would ask a host on the internet for this machine's address before it refuses the page."""
    import requests
    from streamlit import net_util
    from streamlit.web.server import server_util

    asked = []
    monkeypatch.setattr(requests, "get", lambda url, **_: asked.append(url))
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: asked.append(address))
    for name in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, name, getattr(net_util, name))
    serve._stay_at_home()
    assert not server_util.is_url_from_allowed_origins("https://evil.example")
    assert server_util.is_url_from_allowed_origins("http://127.0.0.1:8501")
    assert asked == []


@pytest.mark.parametrize("name", ["*", "*.gov.cn", "https://a.gov.cn", "a.gov.cn:443", "a b", "", "-a", "a/../b"])
def test_only_plain_host_names_are_taken(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["serve", f"--allow-host={name}"])
    assert "主机名" in capsys.readouterr().err


def test_streamlit_and_its_server_speak_through_our_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit.logger
    import uvicorn.config

    settings = dict(uvicorn.config.LOGGING_CONFIG)
    monkeypatch.setattr(uvicorn.config, "LOGGING_CONFIG", settings)
    monkeypatch.setattr(streamlit.logger, "setup_formatter", streamlit.logger.setup_formatter)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(log.JsonLines())
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    before = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    try:
        serve._one_voice(handler)
        streamlit.logger.get_logger("streamlit.test_of_ours").warning("token=%s", "geheim77x")
    finally:
        for logger, handlers, propagate, level in before:
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)
    said = json.loads(stream.getvalue())
    assert said["message"] == "token=***"
    assert settings["handlers"] == settings["loggers"] == {}


def test_health_says_fit_and_unfit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(health, "check_pages", lambda _: health.Line("网页服务", health.State.GOOD, "有应答"))
    fit, said = health.look(1)
    assert (fit, said["fit"]) == (True, True)
    monkeypatch.setenv("TANPING_DB_URL", "postgresql://u:geheim77@127.0.0.1:1/d")
    fit, said = health.look(1)
    assert not fit
    assert "geheim77" not in json.dumps(said, ensure_ascii=False)


def test_a_look_that_breaks_is_unfit_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))

    def broken() -> list[health.Line]:
        raise PermissionError("no")

    monkeypatch.setattr(health, "check_folder", broken)
    fit, said = health.look(1)
    assert not fit
    assert any(one["name"] == "数据文件夹" and "检查没有完成" in one["said"] for one in said["checks"])


def test_health_answers_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener

    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    server = health.serve("127.0.0.1", 0, 1)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    opener = build_opener(ProxyHandler({}))
    try:
        with pytest.raises(HTTPError) as refused:
            opener.open(f"{address}/health", timeout=10)
        assert refused.value.code == 503, "no page server answers on port 1"
        assert json.loads(refused.value.read())["fit"] is False
        with pytest.raises(HTTPError) as absent:
            opener.open(f"{address}/../etc/passwd", timeout=10)
        assert absent.value.code == 404
    finally:
        server.shutdown()
        server.server_close()
