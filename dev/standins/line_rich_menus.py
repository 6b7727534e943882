"""The rich menus of the LINE stand-in: made, pictured, linked and shown as LINE's platform does.

A menu cannot be changed once it is made, nor its picture. What a customer sees is the menu linked to them, else the
default one; an alias is a second name, which a tap on `richmenuswitch` goes by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dev.standins.line_action_limits import ALIAS_ID, RICH_MENU_ACTION, chars
from dev.standins.line_checks import Place, flag, items, shape, text, whole
from dev.standins.line_values import Answer, Customer

JsonObject = dict[str, Any]

MENUS_MOST = 1000
PICTURE_BYTES = 1024 * 1024
PICTURE_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
NARROWEST, WIDEST, LOWEST, FLATTEST = 800, 2500, 250, 1.45

AREA = shape(
    {
        "bounds": shape({"x": whole(0), "y": whole(0), "width": whole(1), "height": whole(1)}),
        "action": RICH_MENU_ACTION,
    }
)
MENU = shape(
    {
        "size": shape({"width": whole(NARROWEST, WIDEST), "height": whole(LOWEST)}),
        "selected": flag,
        "name": chars(300),
        "chatBarText": chars(14),
        "areas": items(AREA, 0, 20),
    }
)
ALIAS = shape({"richMenuAliasId": ALIAS_ID, "richMenuId": text()})
BULK = shape({"richMenuId": text(), "userIds": items(text(), 1, 500)})
BULK_UNLINK = shape({"userIds": items(text(), 1, 500)})
NO_MENU = Answer(404, {"message": "Not found"})
NO_ALIAS = Answer(404, {"message": "richmenu alias not found"})
DONE = Answer(200, {})


@dataclass
class RichMenu:
    """One menu: what was asked for, and its picture once that has come."""

    menu_id: str
    asked: JsonObject
    picture: bytes = b""
    media_type: str = ""

    def as_json(self) -> JsonObject:
        return {"richMenuId": self.menu_id, **self.asked}


@dataclass
class RichMenus:
    """All menus of the channel. `changed` is called whenever a customer may see something else."""

    token_hex: Callable[[int], str]
    changed: Callable[[], None]
    menus: dict[str, RichMenu] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    default_id: str | None = None

    def shown_to(self, user_id: str) -> RichMenu | None:
        """The menu at the foot of this customer's chat."""
        linked = self.menus.get(self.links.get(user_id, ""))
        return linked or self.menus.get(self.default_id or "")

    # Menus ---------------------------------------------------------------------------------------------

    def validate(self, body: Any) -> Answer:
        problems = list(MENU(body, Place()))
        if not problems and body["size"]["width"] < FLATTEST * body["size"]["height"]:
            problems.append(Place("size").problem(f"width must be at least {FLATTEST} times height"))
        return _refused(problems) or DONE

    def create(self, body: Any) -> Answer:
        refused = self.validate(body)
        if refused.status != 200:
            return refused
        if len(self.menus) >= MENUS_MOST:
            return _bad_request(f"You can't have more than {MENUS_MOST} rich menus")
        menu = RichMenu(f"richmenu-{self.token_hex(16)}", dict(body))
        self.menus[menu.menu_id] = menu
        return Answer(200, {"richMenuId": menu.menu_id})

    def give_picture(self, menu_id: str, content: bytes, media_type: str) -> Answer:
        """The picture of a menu: JPEG or PNG of the menu's size, 1 MB at the most, once."""
        menu = self.menus.get(menu_id)
        if menu is None:
            return NO_MENU
        if menu.picture:
            return _bad_request("An image has already been uploaded to the richmenu")
        if len(content) > PICTURE_BYTES:
            return Answer(413, {"message": "Request entity too large"})
        found = next((kind for start, kind in PICTURE_TYPES.items() if content.startswith(start)), "")
        if not found or found != media_type:
            return _bad_request("The image must be a JPEG or PNG, as the Content-Type header says")
        size = menu.asked["size"]["width"], menu.asked["size"]["height"]
        if picture_size(content, found) != size:
            return _bad_request(f"The image must be {size[0]} by {size[1]} pixels, as the richmenu is")
        menu.picture, menu.media_type = content, found
        self.changed()
        return DONE

    def picture(self, menu_id: str) -> Answer:
        menu = self.menus.get(menu_id)
        if menu is None or not menu.picture:
            return NO_MENU
        return Answer(200, {}, {"content-type": menu.media_type}, menu.picture)

    def get(self, menu_id: str) -> Answer:
        menu = self.menus.get(menu_id)
        return Answer(200, menu.as_json()) if menu else NO_MENU

    def listed(self) -> Answer:
        return Answer(200, {"richmenus": [menu.as_json() for menu in self.menus.values()]})

    def delete(self, menu_id: str) -> Answer:
        if self.menus.pop(menu_id, None) is None:
            return NO_MENU
        self.changed()
        return DONE

    # For whom ------------------------------------------------------------------------------------------

    def set_default(self, menu_id: str) -> Answer:
        refused = self._not_ready(menu_id)
        if refused:
            return refused
        self.default_id = menu_id
        self.changed()
        return DONE

    def default(self) -> Answer:
        if self.default_id not in self.menus:
            return Answer(404, {"message": "no default richmenu"})
        return Answer(200, {"richMenuId": self.default_id})

    def cancel_default(self) -> Answer:
        self.default_id = None
        self.changed()
        return DONE

    def link(self, user_id: str, menu_id: str, customer: Customer | None) -> Answer:
        """Linking somebody who is no friend is answered with 200 and has no effect."""
        refused = self._not_ready(menu_id)
        if refused:
            return refused
        if customer is not None and customer.friend and not customer.blocked:
            self.links[user_id] = menu_id
            self.changed()
        return DONE

    def unlink(self, user_id: str) -> Answer:
        self.links.pop(user_id, None)
        self.changed()
        return DONE

    def of_user(self, user_id: str) -> Answer:
        if self.links.get(user_id) not in self.menus:
            return Answer(404, {"message": "the user has no richmenu"})
        return Answer(200, {"richMenuId": self.links[user_id]})

    def link_many(self, body: Any, customers: dict[str, Customer]) -> Answer:
        refused = _refused(list(BULK(body, Place()))) or self._not_ready(body["richMenuId"])
        if refused:
            return refused
        for user_id in body["userIds"]:
            self.link(user_id, body["richMenuId"], customers.get(user_id))
        return Answer(202, {})

    def unlink_many(self, body: Any) -> Answer:
        refused = _refused(list(BULK_UNLINK(body, Place())))
        if refused:
            return refused
        for user_id in body["userIds"]:
            self.unlink(user_id)
        return Answer(202, {})

    # Aliases -------------------------------------------------------------------------------------------

    def create_alias(self, body: Any) -> Answer:
        refused = _refused(list(ALIAS(body, Place())))
        if refused:
            return refused
        if body["richMenuAliasId"] in self.aliases:
            return _bad_request("conflict richmenu alias id")
        return self._point(body["richMenuAliasId"], body["richMenuId"])

    def update_alias(self, alias_id: str, body: Any) -> Answer:
        refused = _refused(list(shape({"richMenuId": text()})(body, Place())))
        if refused:
            return refused
        return self._point(alias_id, body["richMenuId"]) if alias_id in self.aliases else NO_ALIAS

    def delete_alias(self, alias_id: str) -> Answer:
        return DONE if self.aliases.pop(alias_id, None) else NO_ALIAS

    def alias(self, alias_id: str) -> Answer:
        if alias_id not in self.aliases:
            return NO_ALIAS
        return Answer(200, {"richMenuAliasId": alias_id, "richMenuId": self.aliases[alias_id]})

    def listed_aliases(self) -> Answer:
        return Answer(200, {"aliases": [self.alias(alias_id).body for alias_id in self.aliases]})

    def switch(self, user_id: str, alias_id: str) -> str:
        """A tap on `richmenuswitch`: links the menu behind the alias. The `status` of the postback that follows."""
        if alias_id not in self.aliases:
            return "RICHMENU_ALIAS_ID_NOTFOUND"
        menu = self.menus.get(self.aliases[alias_id])
        if menu is None or not menu.picture:
            return "RICHMENU_NOTFOUND"
        self.links[user_id] = menu.menu_id
        self.changed()
        return "SUCCESS"

    def _point(self, alias_id: str, menu_id: str) -> Answer:
        if menu_id not in self.menus:
            return _bad_request("richmenu not found")
        self.aliases[alias_id] = menu_id
        return DONE

    def _not_ready(self, menu_id: str) -> Answer | None:
        menu = self.menus.get(menu_id)
        if menu is None:
            return NO_MENU
        return None if menu.picture else _bad_request("must upload richmenu image before applying it to user")


def picture_size(content: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height in pixels, read from its head; None for what is no picture."""
    if media_type == "image/png":
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return _jpeg_size(content)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        kind, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + length
    return None


def _refused(problems: list[Any]) -> Answer | None:
    if not problems:
        return None
    details = [{"message": problem.message, "property": problem.property} for problem in problems]
    return Answer(400, {"message": f"The request body has {len(problems)} error(s)", "details": details})


def _bad_request(message: str) -> Answer:
    return Answer(400, {"message": message})
