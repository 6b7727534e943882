"""A Secrets Manager on loopback that knows one secret: what a function reads while it gets ready."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = {"channelId": "bench", "channelSecret": "bench", "signingSecret": "whsec_YmVuY2g="}


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Answer every call with the secret."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"Name": "bench", "VersionId": "1", "SecretString": json.dumps(SECRET)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def secret_store() -> Iterator[str]:
    """The address of a running secret store."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
