"""The rich-menu endpoints of the Messaging API, as the stand-in answers them."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request

from dev.standins.line_calls import Call, JsonObject, Takes
from dev.standins.line_state import LinePlatform
from dev.standins.line_values import Answer

Work = Callable[[Request, JsonObject], Answer]


def rich_menu_calls(platform: LinePlatform) -> list[Call]:
    """More exact paths stand before those that would swallow them."""
    menus = platform.rich_menus
    return [
        _call("POST", "/richmenu", lambda _r, body: menus.create(body)),
        _call("POST", "/richmenu/validate", lambda _r, body: menus.validate(body)),
        _call("GET", "/richmenu/list", lambda _r, _b: menus.listed()),
        _call("POST", "/richmenu/bulk/link", lambda _r, body: menus.link_many(body, platform.customers)),
        _call("POST", "/richmenu/bulk/unlink", lambda _r, body: menus.unlink_many(body)),
        _call("POST", "/richmenu/alias", lambda _r, body: menus.create_alias(body)),
        _call("GET", "/richmenu/alias/list", lambda _r, _b: menus.listed_aliases()),
        _call("GET", "/richmenu/alias/{alias}", lambda r, _b: menus.alias(_of(r, "alias"))),
        _call("POST", "/richmenu/alias/{alias}", lambda r, body: menus.update_alias(_of(r, "alias"), body)),
        _call("DELETE", "/richmenu/alias/{alias}", lambda r, _b: menus.delete_alias(_of(r, "alias"))),
        _call("GET", "/richmenu/{menu}", lambda r, _b: menus.get(_of(r, "menu"))),
        _call("DELETE", "/richmenu/{menu}", lambda r, _b: menus.delete(_of(r, "menu"))),
        _call(
            "POST",
            "/richmenu/{menu}/content",
            lambda r, body: menus.give_picture(_of(r, "menu"), body["content"], body["mediaType"]),
            Takes.PICTURE,
        ),
        _call("GET", "/richmenu/{menu}/content", lambda r, _b: menus.picture(_of(r, "menu"))),
        _call(
            "POST",
            "/user/all/richmenu/{menu}",
            lambda r, _b: menus.set_default(_of(r, "menu")),
            Takes.NOTHING,
        ),
        _call("GET", "/user/all/richmenu", lambda _r, _b: menus.default()),
        _call("DELETE", "/user/all/richmenu", lambda _r, _b: menus.cancel_default()),
        _call("POST", "/user/{user}/richmenu/{menu}", partial(_link, platform), Takes.NOTHING),
        _call("GET", "/user/{user}/richmenu", lambda r, _b: menus.of_user(_of(r, "user"))),
        _call("DELETE", "/user/{user}/richmenu", lambda r, _b: menus.unlink(_of(r, "user"))),
    ]


def _link(platform: LinePlatform, request: Request, _body: JsonObject) -> Answer:
    user_id = _of(request, "user")
    return platform.rich_menus.link(user_id, _of(request, "menu"), platform.customers.get(user_id))


def _call(method: str, path: str, work: Work, takes: Takes | None = None) -> Call:
    takes = takes if takes is not None else Takes.JSON if method == "POST" else Takes.NOTHING
    return Call(method, f"/v2/bot{path}", "richMenu", lambda request, body, _id: work(request, body), takes)


def _of(request: Request, name: str) -> str:
    return str(request.path_params[name])
