"""Serves an app on a free port of 127.0.0.1 in a thread of its own, within reach of every client."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def free_socket() -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    return listening


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[str]:
    """The base URL, while the app is served."""
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield base_url(listening)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def base_url(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"http://{host}:{port}"
