"""How fast a scenario goes: time to read before the next act, and a hold for as long as somebody likes."""

import asyncio
from typing import Final

# A person reads a line of a chat in about a second and a half, and a long one takes longer.
LEAST_SECONDS: Final = 1.4
SECONDS_A_CHARACTER: Final = 0.02
SPEEDS: Final = (0, 1, 2)
"""How many times a reader's own speed; 0 waits for nobody."""


def seconds_to_read(text: str) -> float:
    return LEAST_SECONDS + SECONDS_A_CHARACTER * len(text)


class Pace:
    """Lives in one event loop. Speed and hold may change at any time, in the middle of a pause too."""

    def __init__(self, speed: int = 0) -> None:
        self._speed = 0
        self._held = False
        self._changed = asyncio.Event()
        self.go_at(speed)

    @property
    def speed(self) -> int:
        return self._speed

    @property
    def held(self) -> bool:
        return self._held

    def go_at(self, speed: int) -> None:
        if speed not in SPEEDS:
            raise ValueError(f"a speed is one of {SPEEDS}, not {speed}")
        self._speed = speed
        self._changed.set()

    def hold(self) -> None:
        self._held = True
        self._changed.set()

    def go_on(self) -> None:
        self._held = False
        self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Returns when a reader at this speed has had so long, and nobody holds."""
        left = seconds  # at a reader's own speed
        now = asyncio.get_running_loop().time
        while self._held or (self._speed and left > 0):
            self._changed.clear()
            speed, began = 0 if self._held else self._speed, now()
            try:
                await asyncio.wait_for(self._changed.wait(), left / speed if speed else None)
            except TimeoutError:
                return
            left -= (now() - began) * speed
