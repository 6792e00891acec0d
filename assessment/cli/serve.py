"""``tanping serve``: the web app, on this machine only."""

from __future__ import annotations

import argparse
import logging
import re
from pathlib import Path
from typing import Any

from tanping.assessment.cli.arguments import whole

ADDRESS, PORT = "127.0.0.1", 8501
port_number = whole("端口", 1, 65535, PORT)


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("serve", help="打开网页界面（只在本机，不联网）")
    parser.add_argument("--port", type=port_number, default=PORT, help=f"端口，缺省 {PORT}")
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        type=_host,
        help="反向代理对外的主机名；可多次。给出即视为对外服务：仍只在本机监听，不再允许免登录的单人模式",
    )
    parser.add_argument(
        "--health-port", type=port_number, metavar="N", help="健康检查的端口（GET /health，只在本机）；缺省不开"
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped. Returns 1 at once if the port is taken."""
    if arguments.port == arguments.health_port:
        print(f"端口 {arguments.port} 不能既给网页又给健康检查，请换一个")
        return 1
    for port in filter(None, (arguments.port, arguments.health_port)):
        if _taken(port):
            print(f"端口 {port} 已被占用，请换一个，例：tanping serve --port {port + 1}")
            return 1
    from tanping.records import log

    handler = log.start()
    # Loaded after the cheap check: Streamlit takes a good second to import.
    import tanping
    from tanping.assessment import health, web

    app = web.application(Path(tanping.__file__).with_name("app.py"), tuple(arguments.allow_host))
    _one_voice(handler)
    _stay_at_home()
    if arguments.health_port:
        health.serve(ADDRESS, arguments.health_port, arguments.port)
    log.event("serving", version=tanping.__version__, port=arguments.port, hosts=",".join(arguments.allow_host))
    print(f"碳评联审：http://{ADDRESS}:{arguments.port}　（Ctrl+C 停止）", flush=True)
    app.run(
        config={
            **settings_of_the_app(),
            "server.port": arguments.port,
            "server.address": ADDRESS,
            "server.allowedHosts": [*web.LOCAL_HOSTS, *arguments.allow_host],
        }
    )
    return 0


def _one_voice(handler: logging.Handler) -> None:
    """Let Streamlit and its server log through the program's own handler; each would set up its own when it starts."""
    import streamlit.logger
    import uvicorn.config

    from tanping.records import log

    uvicorn.config.LOGGING_CONFIG["handlers"] = {}
    uvicorn.config.LOGGING_CONFIG["loggers"] = {}
    streamlit.logger.set_log_level(min(max(handler.level, logging.WARNING), logging.CRITICAL))
    streamlit.logger.setup_formatter = lambda logger: log.adopt(logger, handler)
    streamlit.logger.update_formatter()


def _stay_at_home() -> None:
    """Keep Streamlit from asking a host on the internet for this machine's address, as it does when a page of another site knocks.

    The answer would only widen whom it lets in: the names in ``server.allowedHosts`` and loopback are all that may.
    """
    from streamlit import net_util

    net_util.get_external_ip = lambda: None
    net_util.get_internal_ip = lambda: None


def settings_of_the_app() -> dict[str, Any]:
    """Return the packaged settings by Streamlit's names (``server.port``)."""
    import tomllib

    from tanping.assessment import pages

    tree = tomllib.loads(Path(pages.__file__).with_name("streamlit.toml").read_text("utf-8"))
    return dict(_flat(tree))


def _flat(tree: dict[str, Any], head: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        name = f"{head}{key}"
        pairs += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, value)]
    return pairs


def _taken(port: int) -> bool:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server itself does: a port whose last connection is only waiting to be forgotten is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return True
    return False


def _host(text: str) -> str:
    # A name alone: a star would open the server to every name an attacker's page can resolve to this machine.
    if re.fullmatch(r"[a-zA-Z0-9]([a-zA-Z0-9.-]{0,250}[a-zA-Z0-9])?", text):
        return text.lower()
    raise argparse.ArgumentTypeError(f"“{text}”不是主机名，应为不带协议和端口的名称，例：tanping.example.gov.cn")
