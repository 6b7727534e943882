"""GET /_local/page/stream: what the page shows, as server-sent events, first what is there, then each change.

A browser that comes back is told everything once more; the page knows entries by their index, so nothing shows twice.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from dev.local.settings import STAFF_LINE_USER_ID
from dev.page.books import BookReader
from dev.page.feed import Feed, News
from dev.standins.line_platform import (
    Change,
    Chat,
    ChatEntry,
    Customer,
    LinePlatform,
    RichMenus,
    customer_json,
    entry_json,
    rich_menus_json,
)

JsonObject = dict[str, Any]

# How often a silent stream says that it is there: a connection must not look idle.
SILENCE_SECONDS = 15.0
FIRST_CUSTOMER = "林小美"


class FirstCustomer:
    """Somebody to write as, for whoever opens the page before any customer is there: a friend of the shop since now."""

    def __init__(self, line: LinePlatform) -> None:
        self._line = line
        self._under_way: set[asyncio.Task[Any]] = set()

    def welcome(self) -> None:
        if self._line.customers.keys() - {STAFF_LINE_USER_ID}:
            return
        customer = self._line.add_customer(FIRST_CUSTOMER)
        task = asyncio.create_task(self._line.deliver([self._line.follow(customer.user_id)]))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def page_events(line: LinePlatform, feed: Feed, books: BookReader, run: str) -> AsyncIterator[bytes]:
    """The stream of one browser window, without an end."""
    with line.subscribe() as changes, feed.subscribe() as told, books.watched():
        for name, value in [("hello", {"run": run}), *_conversations(line), *feed.what_is_there()]:
            yield sse(name, value)
        change, news = asyncio.ensure_future(changes.get()), asyncio.ensure_future(told.get())
        try:
            while True:
                done, _ = await asyncio.wait(
                    {change, news}, timeout=SILENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if change in done:
                    event = _change_event(change.result())
                    change = asyncio.ensure_future(changes.get())
                    if event is not None:
                        yield sse(*event)
                if news in done:
                    piece = news.result()
                    news = asyncio.ensure_future(told.get())
                    yield sse(*piece)
                if not done:
                    yield b": still here\n\n"
        finally:
            change.cancel()
            news.cancel()


def sse(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False, default=str)}\n\n".encode()


def _conversations(line: LinePlatform) -> list[News]:
    # The page shows the first phone that it hears of: a customer's, not the shop's own.
    people = sorted(line.customers.values(), key=lambda each: each.user_id == STAFF_LINE_USER_ID)
    events: list[News] = [("customer", _person(customer)) for customer in people]
    for customer in people:
        chat = line.chat(customer.user_id)
        events += [("entry", entry_json(entry)) for entry in chat.entries]
        events.append(("loading", _chat_state(chat)))
    return [*events, ("richMenus", rich_menus_json(line.rich_menus))]


def _change_event(change: Change) -> News | None:
    match change.value:
        case Customer() as customer:
            return "customer", _person(customer)
        case ChatEntry() as entry:
            return "entry", entry_json(entry)
        case Chat() as chat:
            return "loading", _chat_state(chat)
        case RichMenus() as menus:
            return "richMenus", rich_menus_json(menus)
    return None


def _person(customer: Customer) -> JsonObject:
    """`staff`: the shop's own person, whose phone says so."""
    return {**customer_json(customer), "staff": customer.user_id == STAFF_LINE_USER_ID}


def _chat_state(chat: Chat) -> JsonObject:
    return {
        "chat_id": chat.chat_id,
        "loading_until": chat.loading_until,
        "quick_replies_used": chat.quick_replies_used,
    }
