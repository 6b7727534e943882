"""JSON Schemas (draft 2020-12) of all events, made from the models of `storefront.contracts`.

Each event is a model named after its type: the envelope, the type itself, and the data of that type.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from storefront.contracts.back_office import ABOUT_AN_ORDER, DATA_OF_TYPE, Envelope
from storefront.contracts.order_system import ORDER_NUMBER, SENT_EVENTS
from storefront.contracts.placed_order import EXTERNAL_NUMBER_PATTERN
from storefront.services.shipping import NewsKind

type Json = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

type OrderNumber = Annotated[
    str, Field(pattern=ORDER_NUMBER, description="The order number, as the customer sees it.")
]

type AnyOrderNumber = Annotated[
    str,
    Field(
        description="The order number, as the customer sees it; or the `externalNumber` of an `order.placed.v1`.",
        json_schema_extra={"pattern": f"{ORDER_NUMBER}|{EXTERNAL_NUMBER_PATTERN}"},
    ),
]


class _Received(GenerateJsonSchema):
    """What others send: `null` says that there is none; titles that repeat a field's name are left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class _Sent(_Received):
    """What we send: a field that there is not is left out, never null; receivers bear with fields to come."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("additionalProperties", None)
        return made


def received_models() -> dict[str, type[BaseModel]]:
    """The events that back offices may send, by type."""
    made: dict[str, type[BaseModel]] = {}
    for kind, data in DATA_OF_TYPE.items():
        fields: dict[str, Any] = {"type": (Literal[kind.value], ...), "data": (data, ...)}
        if kind is NewsKind.SHIPMENT:
            fields["subject"] = (AnyOrderNumber, ...)
        elif kind in ABOUT_AN_ORDER:
            fields["subject"] = (OrderNumber, ...)
        elif kind is NewsKind.PLACED:
            told = "The same as `externalNumber`: what is said of one order is then taken in its order."
            fields["subject"] = (str | None, Field(default=None, max_length=200, description=told))
        else:
            fields["subject"] = (None, Field(default=None, description="Of no order: leave it out."))
        made[kind.value] = _named(kind.value, Envelope, data.__doc__, fields)
    return made


def component_of(kind: str) -> str:
    """The name of an event's schema in an OpenAPI document: `ShipmentStatusV1` of `shipment.status.v1`."""
    return "".join(part.title() for part in kind.split("."))


def _named(kind: str, base: type[BaseModel], doc: str | None, fields: Json) -> type[BaseModel]:
    titled = type("Titled", (base,), {"model_config": {"title": kind}})
    return create_model(component_of(kind), __base__=titled, __doc__=doc, **fields)


def sent_models() -> dict[str, type[BaseModel]]:
    """The events that the order system is sent, by type."""
    return {kind.value: _named(kind.value, model, model.__doc__, {}) for kind, model in SENT_EVENTS.items()}


def schema_of(kind: str) -> Json:
    """The schema of one type of event, complete in itself."""
    model, generator = _model_and_generator(kind)
    made = model.model_json_schema(schema_generator=generator)
    return {"$schema": DIALECT, "$id": f"urn:storefront:event:{kind}", **made}


def components() -> Mapping[str, Json]:
    """The same schemas for an OpenAPI document, which share what they have in common."""
    made: Json = {}
    for models, generator in ((received_models(), _Received), (sent_models(), _Sent)):
        _, definitions = models_json_schema(
            [(model, "validation") for model in models.values()],
            ref_template="#/components/schemas/{model}",
            schema_generator=generator,
        )
        made |= definitions["$defs"]
    return dict(sorted(made.items()))


def _model_and_generator(kind: str) -> tuple[type[BaseModel], type[GenerateJsonSchema]]:
    received = received_models()
    return (received[kind], _Received) if kind in received else (sent_models()[kind], _Sent)


def kinds() -> tuple[str, ...]:
    """All types of events: those that back offices send, then those that we send."""
    return (*(kind.value for kind in DATA_OF_TYPE), *(kind.value for kind in SENT_EVENTS))
