"""Fills the deployed stack as an operator would: the secret store, and the table of the catalogue."""

import json
import re
from typing import Any

import urllib3
from linebot.v3.messaging import ApiException
from linebot.v3.oauth import ApiException as TokenRefused

from dev.catalogue import DEMO_SHOP, TABLE_OUTPUT, load, report
from dev.local.context import DeployedStack, LocalContext, LocalCredentials
from dev.local.deploying import local_session
from dev.local.settings import LocalSettings
from dev.rich_menu.registering import Channel, register

SHOP_TYPES = [
    "stock.level.v1",
    "product.changed.v1",
    "order.cancel.requested.v1",
    "refund.requested.v1",
    "quote.approval.decided.v1",
    "order.placed.v1",
]


class CannotSeed(Exception):
    """A secret of the template without a value here, or mistakes in the catalogue; the message says which."""


def secret_values(credentials: LocalCredentials) -> dict[str, dict[str, Any]]:
    """What each secret of the stack holds, by its owner."""
    return {
        "line": {"channelId": credentials.line_channel_id, "channelSecret": credentials.line_channel_secret},
        "line_pay": {
            "channelId": credentials.line_pay_channel_id,
            "channelSecret": credentials.line_pay_channel_secret,
        },
        "order_system": {"signingSecret": credentials.outgoing_secret},
        "back_office": {
            "wms": {"secrets": [credentials.wms_secret], "types": ["*"]},
            "shop": {"secrets": [credentials.shop_secret], "types": SHOP_TYPES},
        },
    }


def owner_of(logical_id: str) -> str:
    """`LinePaySecret` belongs to line_pay."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id.removesuffix("Secret")).lower()


def seed(context: LocalContext) -> None:
    """Raises CannotSeed."""
    _put_secrets(context.stack, secret_values(context.credentials))
    dynamodb = local_session().client("dynamodb", endpoint_url=context.stack.endpoint)
    table = context.stack.outputs[TABLE_OUTPUT]
    loaded = load(context.settings.shop_csv or DEMO_SHOP, dynamodb_client=dynamodb, catalogue_table=table)
    if not loaded.loaded:
        raise CannotSeed(report(loaded))


def seed_rich_menus(settings: LocalSettings, credentials: LocalCredentials) -> None:
    """The menus at the foot of the chat, registered as `make richmenu` does. Nobody else's LINE is asked.

    Raises CannotSeed.
    """
    own = f"{settings.base_url}/_line"
    if settings.chosen.get("LineApiBaseUrl", own) != own:
        return
    channel = Channel(credentials.line_channel_id, credentials.line_channel_secret, own, own)
    try:
        register(channel)
    except (ApiException, TokenRefused, urllib3.exceptions.HTTPError) as refused:
        raise CannotSeed(f"The rich menus were not taken: {refused}") from refused


def _put_secrets(stack: DeployedStack, values: dict[str, dict[str, Any]]) -> None:
    store = local_session().client("secretsmanager", endpoint_url=stack.endpoint)
    for logical_id, arn in stack.secrets.items():
        owner = owner_of(logical_id)
        if owner not in values:
            raise CannotSeed(f"The local run has no value for the secret {logical_id} of template.yaml.")
        store.put_secret_value(SecretId=arn, SecretString=json.dumps(values[owner]))
