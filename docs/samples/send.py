"""Sends one event. URL=https://…/hooks/wms SECRET=whsec_… python3 send.py event.json"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request


def signature(secret: str, event_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(url: str, secret: str, body: bytes) -> tuple[int, str]:
    """Sends these very bytes: what is signed is what is sent, so never encode the event a second time."""
    event_id, timestamp = json.loads(body)["id"], str(int(time.time()))
    headers = {
        "content-type": "application/cloudevents+json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, event_id, timestamp, body),
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        status, answer = send(os.environ["URL"], os.environ["SECRET"], file.read())
    print(answer, status)
