"""What changed, told to every open window of the page: the parts of the page publish here, the stream listens."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

News = tuple[str, Any]
"""The name of a server-sent event and its value, which can be written as JSON."""


class Feed:
    """Publishes news in order. `register` names what a window has to be told first, before any change reaches it."""

    def __init__(self) -> None:
        self._there: list[Callable[[], list[News]]] = []
        self._queues: list[asyncio.Queue[News]] = []

    def register(self, what_is_there: Callable[[], list[News]]) -> None:
        self._there.append(what_is_there)

    def what_is_there(self) -> list[News]:
        return [news for part in self._there for news in part()]

    def tell(self, name: str, value: Any) -> None:
        for queue in self._queues:
            queue.put_nowait((name, value))

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[News]]:
        """Every piece of news from now on, in order."""
        queue: asyncio.Queue[News] = asyncio.Queue()
        self._queues.append(queue)
        try:
            yield queue
        finally:
            self._queues.remove(queue)
