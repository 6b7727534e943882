"""A hop as a command for bash: pasted, it sends the same bytes with the same headers."""

import base64
import shlex
from collections.abc import Sequence

# Headers that curl makes by itself, or that belong to one connection.
_LEFT_OUT = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "keep-alive"}


def curl_command(method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> str:
    parts = ["curl --silent --show-error --include --globoff --path-as-is"]
    if method != ("POST" if body else "GET"):
        parts.append(f"--request {shlex.quote(method)}")
    parts.append(shlex.quote(url))
    for name, value in headers:
        if name.lower() not in _LEFT_OUT:
            parts.append(f"--header {shlex.quote(f'{name}: {value}' if value else f'{name};')}")
    if not body:
        return _joined(parts)
    if not any(name.lower() == "content-type" for name, _ in headers):
        parts.append("--header content-type:")  # or curl would add one of its own
    text = _plain_text(body)
    if text is not None:
        return _joined([*parts, f"--data-raw {shlex.quote(text)}"])
    # Bytes that no shell word can hold travel through base 64.
    encoded = shlex.quote(base64.b64encode(body).decode())
    return f"base64 --decode <<< {encoded} |\n" + _joined([*parts, "--data-binary @-"])


def _joined(parts: list[str]) -> str:
    return " \\\n  ".join(parts)


def _plain_text(body: bytes) -> str | None:
    try:
        text = body.decode()
    except ValueError:
        return None
    # Tabs, carriage returns and control characters do not survive being pasted into a terminal.
    return text if all(sign == "\n" or sign.isprintable() or sign == "\u3000" for sign in text) else None
