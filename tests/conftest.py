"""What holds for all tests: which browser they drive, and that those that drive one come last.

Playwright keeps an event loop running in the main thread from its first page on, and no other test could start
one of its own beside it.
"""

import os
import shutil
from typing import Any

import pytest

JsonObject = dict[str, Any]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_configure(config: pytest.Config) -> None:
    # pytest-playwright declares its fixtures in a way that pytest 10 will no longer take; nothing of ours does.
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Session-scoped fixtures defined as instance methods:pytest.PytestRemovedIn10Warning",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: JsonObject) -> JsonObject:
    if shutil.which(CHROMIUM) is None:
        pytest.fail(
            f"there is no Chromium at {CHROMIUM}: run `apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji "
            "fonts-thai-tlwg`, or name another one in CHROMIUM",
            pytrace=False,
        )
    # In a container Chromium runs as root, which its sandbox refuses.
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": ["--no-sandbox", "--disable-dev-shm-usage"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: JsonObject) -> JsonObject:
    return {
        **browser_context_args,
        "locale": "zh-TW",
        "timezone_id": "Asia/Taipei",
        "viewport": {"width": 1440, "height": 900},
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }
