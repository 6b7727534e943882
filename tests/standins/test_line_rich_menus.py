"""Rich menus in the LINE stand-in, through line-bot-sdk: made, pictured, linked, switched, and refused as LINE does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import resvg_py
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuBulkLinkRequest,
    RichMenuBulkUnlinkRequest,
    RichMenuRequest,
    UpdateRichMenuAliasRequest,
)
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.rich_menu.menus import alias_of, areas_of, menu_of, picture_of
from dev.rich_menu.registering import Channel, register
from dev.standins.line_platform import LinePlatform, line_app, line_control_routes
from dev.standins.line_rich_menus import picture_size
from storefront.domain.language import Language
from storefront.language.postbacks import UNKNOWN, decode
from tests.standins.serving import base_url, free_socket, serving
from tests.standins.tiny_shop import CHANNEL_ID, CHANNEL_SECRET, TinyShop

Json = dict[str, Any]
ORDERS: Json = {"type": "postback", "data": "orders", "displayText": "我的訂單"}


def area(action: Json, x: int = 0, width: int = 1250) -> Json:
    return {"bounds": {"x": x, "y": 0, "width": width, "height": 843}, "action": action}


def menu(*areas: Json, **changes: Any) -> Json:
    return {
        "size": {"width": 2500, "height": 843},
        "selected": True,
        "name": "main",
        "chatBarText": "選單",
        "areas": list(areas or [area(ORDERS)]),
        **changes,
    }


def drawing(width: int = 2500, height: int = 843) -> bytes:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><rect width="9" height="9"/></svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))


@dataclass
class World:
    """LINE and a tiny shop on one port, with a client of the SDK that has a token."""

    platform: LinePlatform
    url: str
    api: MessagingApi
    blob: MessagingApiBlob
    token: str

    def make(self, asked: Json, picture: bytes | None = None) -> str:
        menu_id = str(self.api.create_rich_menu(RichMenuRequest.from_dict(asked)).rich_menu_id)
        self.upload(menu_id, picture or drawing())
        return menu_id

    def upload(self, menu_id: str, picture: bytes, media_type: str = "image/png") -> None:
        self.blob.set_rich_menu_image(menu_id, body=picture, _headers={"Content-Type": media_type})

    def post(self, path: str, body: Json) -> httpx.Response:
        return httpx.post(
            f"{self.url}/_line{path}", json=body, headers={"authorization": f"Bearer {self.token}"}
        )

    def customer(self) -> str:
        made = self.control("customers", {"displayName": "王小明", "follow": True})
        return str(made["user_id"])

    def control(self, path: str, body: Json) -> Json:
        answer: Json = httpx.post(f"{self.url}/_local/line/{path}", json=body).json()
        return answer

    def postbacks(self) -> list[Json]:
        return [event["postback"] for event in self.platform.events.values() if event["type"] == "postback"]

    def seen_by(self, user_id: str) -> str | None:
        shown = self.platform.rich_menus.shown_to(user_id)
        return shown.menu_id if shown else None


@pytest.fixture
def world() -> Iterator[World]:
    listening = free_socket()
    url = base_url(listening)
    platform = LinePlatform(f"{url}/line/webhook", CHANNEL_ID, CHANNEL_SECRET)
    shop = TinyShop(f"{url}/_line")
    routes = [*shop.routes(), *line_control_routes(platform), Mount("/_line", line_app(platform))]
    token = str(
        platform.tokens.issue(
            {"grant_type": "client_credentials", "client_id": CHANNEL_ID, "client_secret": CHANNEL_SECRET},
            stateless=True,
        ).body["access_token"]
    )
    with (
        serving(Starlette(routes=routes), listening),
        ApiClient(Configuration(host=f"{url}/_line", access_token=token)) as client,
    ):
        yield World(platform, url, MessagingApi(client), MessagingApiBlob(client), token)


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[int, str]:
    with pytest.raises(ApiException) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.body


def test_a_menu_is_seen_once_it_has_a_picture_and_is_the_default(world: World) -> None:
    user_id = world.customer()
    menu_id = str(world.api.create_rich_menu(RichMenuRequest.from_dict(menu())).rich_menu_id)
    assert refused(world.api.set_default_rich_menu, menu_id) == (
        400,
        '{"message": "must upload richmenu image before applying it to user"}',
    )
    assert refused(world.api.get_default_rich_menu_id)[0] == 404
    assert world.seen_by(user_id) is None
    world.upload(menu_id, drawing())
    assert bytes(world.blob.get_rich_menu_image(menu_id)) == drawing()
    world.api.set_default_rich_menu(menu_id)
    assert world.api.get_default_rich_menu_id().rich_menu_id == menu_id
    assert world.seen_by(user_id) == menu_id
    assert world.api.get_rich_menu(menu_id).to_dict()["areas"][0]["action"]["data"] == "orders"
    assert [each.rich_menu_id for each in world.api.get_rich_menu_list().richmenus] == [menu_id]
    picture = httpx.get(f"{world.url}/_local/line/richmenus/{menu_id}/picture")
    assert (picture.headers["content-type"], picture.content) == ("image/png", drawing())
    world.api.cancel_default_rich_menu()
    assert world.seen_by(user_id) is None


def test_a_menu_of_ones_own_comes_before_the_default_and_a_stranger_gets_none(world: World) -> None:
    user_id = world.customer()
    stranger = world.platform.add_customer("陌生人").user_id
    everybodys, own = world.make(menu()), world.make(menu(name="own"))
    world.api.set_default_rich_menu(everybodys)
    world.api.link_rich_menu_id_to_user(user_id, own)
    world.api.link_rich_menu_id_to_user(stranger, own)
    assert (world.seen_by(user_id), world.seen_by(stranger)) == (own, everybodys)
    assert world.api.get_rich_menu_id_of_user(user_id).rich_menu_id == own
    world.api.unlink_rich_menu_id_from_user(user_id)
    assert world.seen_by(user_id) == everybodys
    assert refused(world.api.get_rich_menu_id_of_user, user_id)[0] == 404
    world.api.link_rich_menu_id_to_users(RichMenuBulkLinkRequest(richMenuId=own, userIds=[user_id]))
    assert world.seen_by(user_id) == own
    world.api.unlink_rich_menu_id_from_users(RichMenuBulkUnlinkRequest(userIds=[user_id]))
    world.api.delete_rich_menu(everybodys)
    assert world.seen_by(user_id) is None


def test_an_area_of_the_menu_is_tapped_like_a_button(world: World) -> None:
    user_id = world.customer()
    link = {"type": "uri", "uri": "https://shop.example/"}
    world.api.set_default_rich_menu(world.make(menu(area(ORDERS), area(link, 1250))))
    world.control(f"customers/{user_id}/tap", {"area": 0})
    assert world.postbacks() == [{"data": "orders"}]
    assert "我的訂單" in [each.message["text"] for each in world.platform.chat(user_id).entries]
    assert world.control(f"customers/{user_id}/tap", {"area": 1})["opens"] == "https://shop.example/"
    assert (
        world.control(f"customers/{user_id}/tap", {"area": 2})["message"]
        == "no button 'area 2'; there is: 0, 1"
    )


def test_a_switch_changes_the_menu_and_tells_how_it_went(world: World) -> None:
    user_id = world.customer()

    def to(alias: str, data: str) -> Json:
        return {"type": "richmenuswitch", "richMenuAliasId": alias, "data": data}

    first = world.make(menu(area(to("second", "go")), area(to("nowhere", "lost"), 1250)))
    second = world.make(menu(name="second"))
    world.api.set_default_rich_menu(first)
    world.api.create_rich_menu_alias(CreateRichMenuAliasRequest(richMenuAliasId="second", richMenuId=second))
    world.control(f"customers/{user_id}/tap", {"area": 1})
    world.control(f"customers/{user_id}/tap", {"area": 0})
    assert world.postbacks() == [
        {"data": "lost", "params": {"newRichMenuAliasId": "nowhere", "status": "RICHMENU_ALIAS_ID_NOTFOUND"}},
        {"data": "go", "params": {"newRichMenuAliasId": "second", "status": "SUCCESS"}},
    ]
    assert world.seen_by(user_id) == second
    world.api.update_rich_menu_alias("second", UpdateRichMenuAliasRequest(richMenuId=first))
    assert world.api.get_rich_menu_alias("second").rich_menu_id == first
    assert len(world.api.get_rich_menu_alias_list().aliases) == 1
    again = CreateRichMenuAliasRequest(richMenuAliasId="second", richMenuId=second)
    assert refused(world.api.create_rich_menu_alias, again) == (
        400,
        '{"message": "conflict richmenu alias id"}',
    )
    world.api.delete_rich_menu_alias("second")
    assert refused(world.api.get_rich_menu_alias, "second")[0] == 404


@pytest.mark.parametrize(
    ("asked", "where", "why"),
    [
        (menu(chatBarText="選" * 15), "chatBarText", "Length must be between 1 and 14"),
        (menu(name="名" * 301), "name", "Length must be between 1 and 300"),
        (
            menu(size={"width": 799, "height": 250}),
            "size.width",
            "Must be between 800 and 2500, in steps of 1",
        ),
        (
            menu(size={"width": 2500, "height": 249}),
            "size.height",
            "Must be between 250 and None, in steps of 1",
        ),
        (menu(size={"width": 1000, "height": 900}), "size", "width must be at least 1.45 times height"),
        (menu(*[area(ORDERS)] * 21), "areas", "Size must be between 0 and 20"),
        (menu(selected="yes"), "selected", "Must be a boolean"),
        (
            menu(area({**ORDERS, "label": "字" * 21})),
            "areas[0].action.label",
            "Length must be between 1 and 20",
        ),
        (
            menu(area({"type": "richmenuswitch", "richMenuAliasId": "No Capitals", "data": "x"})),
            "areas[0].action.richMenuAliasId",
            "Must match [a-z0-9_-]{1,32}",
        ),
    ],
)
def test_a_menu_that_line_refuses_is_refused_with_its_place(
    asked: Json, where: str, why: str, world: World
) -> None:
    for path in ("/v2/bot/richmenu/validate", "/v2/bot/richmenu"):
        answer = world.post(path, asked)
        assert answer.status_code == 400
        assert answer.json() == {
            "message": "The request body has 1 error(s)",
            "details": [{"message": why, "property": where}],
        }
    assert world.platform.rich_menus.menus == {}


def test_a_picture_has_to_be_one_of_the_menus_size_and_comes_once(world: World) -> None:
    menu_id = str(world.api.create_rich_menu(RichMenuRequest.from_dict(menu())).rich_menu_id)
    assert refused(world.upload, menu_id, drawing(2500, 900))[0] == 400
    assert refused(world.upload, menu_id, b"no picture")[0] == 400
    assert refused(world.upload, menu_id, drawing(), "image/jpeg")[0] == 400
    assert refused(world.upload, menu_id, drawing(), "image/gif")[0] == 415
    assert refused(world.upload, menu_id, drawing() + b"0" * 1024 * 1024)[0] == 413
    assert refused(world.upload, "richmenu-0", drawing())[0] == 404
    world.upload(menu_id, drawing())
    assert refused(world.upload, menu_id, drawing())[0] == 400


def test_the_size_of_a_jpeg_is_read_from_its_frame(world: World) -> None:
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xc2\x00\x11\x08"
    picture = head + (843).to_bytes(2) + (2500).to_bytes(2) + bytes(20)
    assert picture_size(picture, "image/jpeg") == (2500, 843)
    assert picture_size(picture[:20], "image/jpeg") is None
    menu_id = str(world.api.create_rich_menu(RichMenuRequest.from_dict(menu())).rich_menu_id)
    world.upload(menu_id, picture, "image/jpeg")
    assert world.platform.rich_menus.menus[menu_id].media_type == "image/jpeg"


def test_a_retry_key_belongs_to_messages_only(world: World) -> None:
    answer = httpx.post(
        f"{world.url}/_line/v2/bot/richmenu",
        json=menu(),
        headers={
            "authorization": f"Bearer {world.token}",
            "x-line-retry-key": "123e4567-e89b-12d3-a456-426614174000",
        },
    )
    assert answer.status_code == 400
    assert world.platform.rich_menus.menus == {}


# The shop's own menus ----------------------------------------------------------------------------------


def test_the_shops_menus_are_registered_once_however_often_it_is_asked(world: World) -> None:
    channel = Channel(CHANNEL_ID, CHANNEL_SECRET, f"{world.url}/_line", f"{world.url}/_line")
    old = world.make(menu(name="storefront zh-TW 00000000"))
    foreign = world.make(menu(name="summer sale"))
    first = register(channel)
    again = register(channel)
    assert (first.made, first.removed, again.made, again.removed) == (4, 1, 0, 0)
    assert first.menus == again.menus
    assert set(world.platform.rich_menus.menus) == {foreign, *first.menus.values()}
    assert old not in world.platform.rich_menus.menus
    assert world.platform.rich_menus.default_id == first.menus[Language.ZH_TW]
    assert world.platform.rich_menus.aliases == {
        alias_of(language): menu_id for language, menu_id in first.menus.items()
    }


@pytest.mark.parametrize("language", Language)
def test_a_menu_does_what_the_products_buttons_do(language: Language) -> None:
    areas = areas_of(language)
    assert [decode(each.action["data"]).verb for each in areas] == [
        "catalogue",
        "orders",
        "person",
        "language",
        "language",
        "language",
    ]
    assert UNKNOWN not in {decode(each.action["data"]).verb for each in areas}
    others = {each.action["richMenuAliasId"] for each in areas[3:]}
    assert others == {alias_of(other) for other in Language if other is not language}
    # The areas cover the picture, edge to edge, and none reaches over another.
    size = menu_of(language, "1")["size"]
    assert sum(each.width * each.height for each in areas) == size["width"] * size["height"]
    assert max(each.x + each.width for each in areas) == size["width"]
    assert max(each.y + each.height for each in areas) == size["height"]
    head = picture_of(language).read_bytes()[:24]
    assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (size["width"], size["height"])
