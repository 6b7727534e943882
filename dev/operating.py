"""What the operators' commands share: how one is read, asked of the operator's desk, and answered on the terminal."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from dev.catalogue import NoShop
from dev.invoking import InvocationFailed, RunningShop, running_shop

FUNCTION: Final = "OperatorDeskFunctionName"
"""The output of the stack that names the operator's desk."""


def command(module: str, manual: str | None) -> argparse.ArgumentParser:
    """A command line that knows which shop is meant; `manual` is its page."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=manual,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    return parser


def told(
    shop: RunningShop,
    asked: dict[str, Any],
    shown: Callable[[dict[str, Any]], str],
    refused: str = "Not done",
) -> tuple[int, str]:
    """Exit status and what to print: what the desk answered, as `shown` puts it, or why it would not."""
    answer = shop.invoke(FUNCTION, asked)
    if "refused" in answer:
        return 1, f"{refused}: {answer['refused']}"
    return 0, shown(answer)


def run(arguments: argparse.Namespace, ask: Callable[[RunningShop], tuple[int, str]]) -> int:
    """Ask the shop that is meant and print its answer: exit status 0, 1 if it refuses, 2 if nobody was reached."""
    try:
        status, said = ask(running_shop(arguments.stack, arguments.port))
    except (NoShop, InvocationFailed, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(said, file=sys.stderr if status else sys.stdout)
    return status


def printable(lines: Sequence[str]) -> str:
    """Words of customers, back offices and other people, without what would steer or disguise a terminal (X20)."""
    return "\n".join("".join(each if each.isprintable() else "·" for each in line) for line in lines)
