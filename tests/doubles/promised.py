"""What order systems are promised about the events that they get; the doubles hold every body against it."""

import json
from functools import cache, lru_cache

from jsonschema import Draft202012Validator

from dev.contracts.schemas import schema_of
from storefront.contracts.order_system import SENT_EVENTS
from storefront.domain.outbox import OrderEventType


@cache
def validator_of(kind: str) -> Draft202012Validator:
    """Of the published schema of one type of event."""
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@lru_cache(maxsize=1_000)
def hold_to_the_promise(body: str) -> None:
    """The body is what its type's schema says, and says nothing that the schema does not name."""
    event = json.loads(body)
    validator_of(event["type"]).validate(event)
    SENT_EVENTS[OrderEventType(event["type"])].model_validate_json(body)
