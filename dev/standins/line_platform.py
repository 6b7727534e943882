"""The LINE stand-in: a real server that behaves towards the shop as LINE's platform does.

`LinePlatform` holds customers, chats and the wire; `line_app` is what the shop calls (mount it where
`LINE_API_BASE_URL` points); `line_control_routes` is how a customer acts from outside the process.
"""

from dev.standins.line_api import line_app, placeholder_picture
from dev.standins.line_control import (
    customer_json,
    entry_json,
    hop_json,
    line_control_routes,
    rich_menus_json,
)
from dev.standins.line_flex_limits import flex_problems
from dev.standins.line_limits import message_problems
from dev.standins.line_reading import Button, buttons, links, words
from dev.standins.line_rich_menus import RichMenus
from dev.standins.line_state import LinePlatform
from dev.standins.line_values import (
    Change,
    Chat,
    ChatEntry,
    Customer,
    Fault,
    FaultKind,
    Hop,
    Manner,
    NoSuchButton,
    NoSuchCustomer,
    NoSuchMessage,
    Signature,
    Tapped,
    Via,
)

__all__ = [
    "Button",
    "Change",
    "Chat",
    "ChatEntry",
    "Customer",
    "Fault",
    "FaultKind",
    "Hop",
    "LinePlatform",
    "Manner",
    "NoSuchButton",
    "NoSuchCustomer",
    "NoSuchMessage",
    "RichMenus",
    "Signature",
    "Tapped",
    "Via",
    "buttons",
    "customer_json",
    "entry_json",
    "flex_problems",
    "hop_json",
    "line_app",
    "line_control_routes",
    "links",
    "message_problems",
    "placeholder_picture",
    "rich_menus_json",
    "words",
]
