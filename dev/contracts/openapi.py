"""The OpenAPI 3.1 document: every route of the template, and under `webhooks` the events that we send.

The routes come from `template.yaml` and the bodies from the models; what is written here is what each route is
for and what it answers. A route without words, and words without a route, stop the generator.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dev.contracts.examples import received_examples, sent_examples
from dev.contracts.schemas import component_of, components, received_models, sent_models
from dev.local.settings import ROOT
from dev.local.template import HttpRoute, http_routes, read_template
from storefront.adapters.http_api import LARGEST_BODY
from storefront.adapters.signatures import TOLERANCE_SECONDS

type Json = dict[str, Any]

CLOUD_EVENT: Final = "application/cloudevents+json"

BACK_OFFICE_ANSWERS: Final[Mapping[str, str]] = {
    "202": "Taken. The same id with the same body is taken again and changes nothing.",
    "400": "Proven, but no event; `reason` says where and what. Sending it again is of no use.",
    "401": "Not proven to come from this source now: a header is missing or malformed, a signature is wrong, or the "
    f"clocks are more than {TOLERANCE_SECONDS} seconds apart. Sign again; look at your clock and your secret.",
    "403": "Proven, but this source may not send that type.",
    "404": "There is no such source.",
    "409": "The id was taken with another body. A new fact needs a new id.",
    "413": f"The body is larger than {LARGEST_BODY // 1024} KB.",
    "429": "Too much at once. Send it again later: the same id, the same body.",
    "5XX": "Not taken, or not known whether. Send it again later: the same id, the same body.",
}


class NotDescribed(ValueError):
    """The template and this module do not speak of the same routes."""


def document() -> Json:
    """The whole document.

    Raises:
        NotDescribed: the template has a route that is not described here, or the other way round.
    """
    routes = http_routes(read_template(ROOT / "template.yaml"))
    described = _operations()
    named = {(route.method, route.path) for route in routes}
    if named != set(described):
        raise NotDescribed(f"not in both: {sorted(named ^ set(described))}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Storefront inside a LINE chat",
            "version": "1",
            "description": "How back offices, LINE and a customer's browser reach the shop, and the events that it "
            "sends. docs/back-office.md explains the events, with samples that run.",
        },
        "servers": [
            {
                "url": "{address}",
                "description": "The stack's output HooksUrl without /hooks/; locally http://127.0.0.1:8080",
                "variables": {"address": {"default": "http://127.0.0.1:8080"}},
            }
        ],
        "tags": [
            {"name": "back office", "description": "Signed events, in both directions."},
            {
                "name": "LINE",
                "description": "Called by LINE and by LINE Pay; listed so that the list is whole.",
            },
        ],
        "paths": _paths(routes, described),
        "webhooks": {kind: {"post": _webhook(kind)} for kind in sent_models()},
        "components": {
            "schemas": {**components(), "Reason": _REASON, "Refusal": _REFUSAL},
            "parameters": _HEADERS,
            "securitySchemes": _SECURITY,
        },
    }


_REASON: Final[Json] = {
    "title": "Reason",
    "type": "object",
    "properties": {
        "reason": {
            "type": "string",
            "description": "For people and logs; decide by the status.",
            "examples": ["taken", "data.shipmentId: Field required"],
        }
    },
    "required": ["reason"],
}
_REFUSAL: Final[Json] = {
    "title": "Refusal",
    "type": "object",
    "properties": {"error": {"type": "string"}},
    "required": ["error"],
}
_HEADERS: Final[Json] = {
    "webhook-id": {
        "name": "webhook-id",
        "in": "header",
        "required": True,
        "description": "The event's id: the same for one event at every try.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        "example": "wms-1000417-shipped",
    },
    "webhook-timestamp": {
        "name": "webhook-timestamp",
        "in": "header",
        "required": True,
        "description": "Seconds since 1970 of this try, in digits alone; "
        f"at most {TOLERANCE_SECONDS} seconds off in either direction.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
        "example": "1795485720",
    },
    "webhook-signature": {
        "name": "webhook-signature",
        "in": "header",
        "required": True,
        "description": "`v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`, keyed by the bytes that "
        "the secret's part after `whsec_` stands for in base64. Several, separated by a space, while a secret rotates.",
        "schema": {"type": "string"},
        "example": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
}
_SIGNED: Final = [{"$ref": f"#/components/parameters/{name}"} for name in _HEADERS]
_SECURITY: Final[Json] = {
    "standardWebhooks": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks, symmetric: see the three webhook- headers.",
    },
    "lineSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "x-line-signature",
        "description": "Base64 of HMAC-SHA256 over the body, keyed by the LINE channel's secret.",
    },
}


def _paths(
    routes: Iterable[HttpRoute], described: Mapping[tuple[str, str], Json]
) -> dict[str, dict[str, Json]]:
    paths: dict[str, dict[str, Json]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = described[route.method, route.path]
    return paths


def _operations() -> dict[tuple[str, str], Json]:
    return {
        ("POST", "/hooks/{source}"): _hook(),
        ("POST", "/line/webhook"): _line_webhook(),
        ("GET", "/pay/{key}/{outcome}"): _back_from_line_pay(),
        ("GET", "/quotes/{key}"): _quote_page(),
    }


def _hook() -> Json:
    kinds = list(received_models())
    references = {kind: f"#/components/schemas/{component_of(kind)}" for kind in kinds}
    return {
        "operationId": "sendEvent",
        "tags": ["back office"],
        "summary": "A back office says what happened",
        "description": "One CloudEvent in structured mode. An unknown `type`, `status` or order is taken too and "
        "waits: for the order to be known, or for a person.",
        "security": [{"standardWebhooks": []}],
        "parameters": [
            {
                "name": "source",
                "in": "path",
                "required": True,
                "description": "The name that the shop gave your system; it has its own secret and its own scope.",
                "schema": {"type": "string"},
                "example": "wms",
            },
            *_SIGNED,
        ],
        "requestBody": {
            "required": True,
            "content": {
                CLOUD_EVENT: {
                    "schema": {
                        "oneOf": [{"$ref": reference} for reference in references.values()],
                        "discriminator": {"propertyName": "type", "mapping": references},
                    },
                    "examples": _examples(received_examples()),
                }
            },
        },
        "responses": {
            status: {"description": words, **_json("Reason", status)}
            for status, words in BACK_OFFICE_ANSWERS.items()
        },
    }


def _json(schema: str, status: str) -> Json:
    """The body of an answer of our own; those of the gateway are whatever it says."""
    if status in {"429", "5XX"}:
        return {}
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _examples(bodies: Mapping[str, Json]) -> Json:
    return {name: {"value": body} for name, body in bodies.items()}


def _line_webhook() -> Json:
    refusals = {
        "400": "Not a webhook body.",
        "401": "The signature does not prove that LINE sent it.",
        "413": f"The body is larger than {LARGEST_BODY // 1024} KB.",
    }
    return {
        "operationId": "lineWebhook",
        "tags": ["LINE"],
        "summary": "LINE tells what customers did",
        "description": "The body is LINE's own: see the Messaging API reference.",
        "security": [{"lineSignature": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"destination": {"type": "string"}, "events": {"type": "array"}},
                        "required": ["events"],
                    }
                }
            },
        },
        "responses": {
            "200": {"description": "Taken: every event is on its customer's queue."},
            **{
                status: {"description": words, **_json("Refusal", status)}
                for status, words in refusals.items()
            },
            "5XX": {"description": "Not all events were taken; LINE delivers again."},
        },
    }


def _quote_page() -> Json:
    page = {"content": {"text/html": {"schema": {"type": "string"}}}}
    return {
        "operationId": "quotePage",
        "tags": ["LINE"],
        "summary": "A quote as a page to print and file",
        "description": "The link comes from the chat. It changes nothing and shows what is committed.",
        "parameters": [
            {
                "name": "key",
                "in": "path",
                "required": True,
                "description": "Number, version and signature of the quote.",
                "schema": {"type": "string"},
            }
        ],
        "responses": {
            "200": {"description": "The quote.", **page},
            "404": {"description": "The link opens nothing, for whatever reason.", **page},
        },
    }


def _back_from_line_pay() -> Json:
    def query(name: str) -> Json:
        return {
            "name": name,
            "in": "query",
            "required": False,
            "description": "Appended by LINE Pay. A hint: it decides nothing.",
            "schema": {"type": "string"},
        }

    return {
        "operationId": "backFromLinePay",
        "tags": ["LINE"],
        "summary": "The customer's browser is back from LINE Pay",
        "description": "Shows what is known of the payment. Any address answers 200, so that nothing can be "
        "learnt by trying.",
        "security": [],
        "parameters": [
            {
                "name": "key",
                "in": "path",
                "required": True,
                "description": "Unguessable, one for each try to pay.",
                "schema": {"type": "string"},
            },
            {
                "name": "outcome",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "enum": ["confirm", "cancel"]},
            },
            query("orderId"),
            query("transactionId"),
        ],
        "responses": {
            "200": {
                "description": "A page for the customer; not to be stored.",
                "content": {"text/html": {"schema": {"type": "string"}}},
            }
        },
    }


def _webhook(kind: str) -> Json:
    examples = {name: body for name, body in sent_examples().items() if body["type"] == kind}
    return {
        "operationId": f"receive{component_of(kind)}",
        "tags": ["back office"],
        "summary": (sent_models()[kind].__doc__ or "").partition(":")[0],
        "description": sent_models()[kind].__doc__,
        "security": [{"standardWebhooks": []}],
        "parameters": list(_SIGNED),
        "requestBody": {
            "required": True,
            "content": {
                CLOUD_EVENT: {
                    "schema": {"$ref": f"#/components/schemas/{component_of(kind)}"},
                    "examples": _examples(examples),
                }
            },
        },
        "responses": {
            "2XX": {"description": "You have it, for good. It is not sent again."},
            "default": {
                "description": "Anything else, a redirect, or no answer within ten seconds: sent again, the same id "
                "and the same bytes, for 24 hours; then a person of the shop is told."
            },
        },
    }
