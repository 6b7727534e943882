"""What holds for all tests: those that drive a browser come last.

Playwright keeps an event loop running in the main thread from its first page on, and no other test could start
one of its own beside it.
"""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))
