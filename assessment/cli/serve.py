"""``tanping serve``: the web app, on this machine only."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

ADDRESS, PORT = "127.0.0.1", 8501


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("serve", help="打开网页界面（只在本机，不联网）")
    parser.add_argument("--port", type=_port, default=PORT, help=f"端口，缺省 {PORT}")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped. Returns 1 at once if the port is taken."""
    if _taken(arguments.port):
        print(f"端口 {arguments.port} 已被占用，请换一个，例：tanping serve --port {arguments.port + 1}")
        return 1
    # Loaded after the cheap check: Streamlit takes a good second to import.
    from streamlit.web import bootstrap

    import tanping

    app = str(Path(tanping.__file__).with_name("app.py"))
    settings = {**settings_of_the_app(), "server_port": arguments.port, "server_address": ADDRESS}
    bootstrap.load_config_options(settings)
    print(f"碳评联审：http://{ADDRESS}:{arguments.port}　（Ctrl+C 停止）", flush=True)
    bootstrap.run(app, False, [], settings)
    return 0


def settings_of_the_app() -> dict[str, Any]:
    """Return the packaged settings as Streamlit's flags (``server_port`` for ``server.port``)."""
    import tomllib

    from tanping.assessment import pages

    tree = tomllib.loads(Path(pages.__file__).with_name("streamlit.toml").read_text("utf-8"))
    return dict(_flat(tree))


def _flat(tree: dict[str, Any], head: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        name = f"{head}{key}"
        pairs += _flat(value, f"{name}_") if isinstance(value, dict) else [(name, value)]
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


def _port(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}”不是端口，应为 1—65535 的整数，例：{PORT}")
