"""Registers the rich menus with LINE, through line-bot-sdk: as often as one likes, with the same end.

A menu is named by its words and its picture. One that LINE has already is left alone; those of earlier versions go
once nothing points at them. The default menu is the one in Chinese; the aliases are what a switch goes by.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)
from linebot.v3.oauth import ApiClient as TokenClient
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as TokenConfiguration

from dev.rich_menu.menus import DEFAULT_LANGUAGE, NAME, alias_of, menu_of, picture_of
from storefront.domain.language import Language

SECONDS: Final = 20.0


@dataclass(frozen=True)
class Channel:
    """A Messaging API channel, and where LINE's two servers are."""

    channel_id: str
    channel_secret: str
    api_base_url: str
    data_api_base_url: str


@dataclass(frozen=True)
class Registered:
    """What came of it: the id of each language's menu, how many of them are new, and how many old ones went."""

    menus: dict[Language, str]
    made: int
    removed: int


def register(channel: Channel) -> Registered:
    """Raises the SDK's ApiException when LINE refuses, urllib3's HTTPError when it cannot be reached."""
    with _clients(channel) as (api, blob):
        there = {
            menu.name: menu.rich_menu_id
            for menu in api.get_rich_menu_list(_request_timeout=SECONDS).richmenus
        }
        made = 0
        ids: dict[Language, str] = {}
        for language in Language:
            menu = menu_of(language, version_of(language))
            if menu["name"] not in there:
                there[menu["name"]] = _make(api, blob, menu, picture_of(language).read_bytes())
                made += 1
            ids[language] = there[menu["name"]]
        _point_aliases(api, ids)
        api.set_default_rich_menu(ids[DEFAULT_LANGUAGE], _request_timeout=SECONDS)
        old = [
            menu_id
            for name, menu_id in there.items()
            if name.startswith(f"{NAME} ") and menu_id not in ids.values()
        ]
        for menu_id in old:
            api.delete_rich_menu(menu_id, _request_timeout=SECONDS)
        return Registered(ids, made, len(old))


def version_of(language: Language) -> str:
    """A short name of a menu's words, areas and picture."""
    words = json.dumps(menu_of(language, ""), ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(words + picture_of(language).read_bytes()).hexdigest()[:8]


def _make(api: MessagingApi, blob: MessagingApiBlob, menu: dict[str, Any], picture: bytes) -> str:
    asked = RichMenuRequest.from_dict(menu)
    api.validate_rich_menu_object(asked, _request_timeout=SECONDS)
    menu_id = str(api.create_rich_menu(asked, _request_timeout=SECONDS).rich_menu_id)
    blob.set_rich_menu_image(
        menu_id, body=picture, _headers={"Content-Type": "image/png"}, _request_timeout=SECONDS
    )
    return menu_id


def _point_aliases(api: MessagingApi, ids: dict[Language, str]) -> None:
    listed = api.get_rich_menu_alias_list(_request_timeout=SECONDS).aliases
    aliases = {alias.rich_menu_alias_id: alias.rich_menu_id for alias in listed}
    for language, menu_id in ids.items():
        alias = alias_of(language)
        if alias not in aliases:
            asked = CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=menu_id)
            api.create_rich_menu_alias(asked, _request_timeout=SECONDS)
        elif aliases[alias] != menu_id:
            changed = UpdateRichMenuAliasRequest(richMenuId=menu_id)
            api.update_rich_menu_alias(alias, changed, _request_timeout=SECONDS)


@contextmanager
def _clients(channel: Channel) -> Iterator[tuple[MessagingApi, MessagingApiBlob]]:
    with TokenClient(TokenConfiguration(host=channel.api_base_url)) as client:
        token = ChannelAccessToken(client).issue_stateless_channel_token_by_client_secret(
            client_id=channel.channel_id, client_secret=channel.channel_secret, _request_timeout=SECONDS
        )
    access = Configuration(host=channel.api_base_url, access_token=token.access_token)
    data_access = Configuration(host=channel.data_api_base_url, access_token=token.access_token)
    access.retries = data_access.retries = 0
    with ApiClient(access) as client, ApiClient(data_access) as data_client:
        yield MessagingApi(client), MessagingApiBlob(data_client)
