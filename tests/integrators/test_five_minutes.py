"""A stranger with docs/back-office.md, an address and a secret: what the page says to type, typed."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from dev.local.settings import ROOT
from tests.aws.world import World, words

PAGE: Final = (ROOT / "docs" / "back-office.md").read_text("utf-8")
LEFT_OPEN: Final = {"https://…/hooks/wms": "URL", "whsec_…": "SECRET", "A7K3Q-9XM2T": "ORDER"}
"""What the page leaves to its reader in the commands of the first section."""


def block(beginning: str) -> str:
    """The one block of the page that begins so."""
    (found,) = [
        each for each in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) if each.startswith(beginning)
    ]
    return str(found)


def typed(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - what our own page says
        ["bash", "-euo", "pipefail", "-c", commands],  # noqa: S607
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_first_section_of_the_page_sends_a_notice_to_the_customer(shop: World, tmp_path: Path) -> None:
    phone = shop.phone()
    _, order = phone.bought()
    mine = {
        "URL": f"{shop.url}/hooks/wms",
        "SECRET": shop.credentials.wms_secret,
        "ORDER": order.order_number,
    }
    commands = block("export URL=")
    for open_value, name in LEFT_OPEN.items():
        assert commands.count(open_value) == 1
        commands = commands.replace(open_value, mine[name])
    (tmp_path / "send.sh").write_text(block("#!/usr/bin/env bash\n# Sends"), "utf-8")

    done = typed(commands, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"reason": "taken"} 202\n', "")
    shop.settle()
    heard = words(phone.heard())
    assert "已出貨" in heard
    assert "905512345678" in heard
    assert "黑貓宅急便" in heard

    again = f"export URL='{mine['URL']}' SECRET='{mine['SECRET']}'; bash send.sh event.json"
    assert typed(again, tmp_path).stdout == '{"reason": "taken"} 202\n'
    shop.settle()
    assert phone.heard() == []
