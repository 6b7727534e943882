"""`make richmenu`: the shop's menus at the foot of the chat, registered with LINE. `draw` draws their pictures anew.

With STACK the channel of a deployed stack, whose secret your own AWS credentials have to read; else the local run's.
"""

import argparse
import json
import sys
from collections.abc import Sequence

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from linebot.v3.messaging import ApiException
from linebot.v3.oauth import ApiException as TokenRefused

from dev.catalogue import NoShop, local_run
from dev.local.context import LocalCredentials
from dev.local.settings import ROOT
from dev.rich_menu.drawing import draw
from dev.rich_menu.registering import Channel, register
from storefront.domain.language import Language

SECRET = "LineSecret"  # noqa: S105 - the logical id in the template


def channel_of_stack(stack: str) -> Channel:
    """The channel whose secret the stack keeps, and the addresses that its functions use."""
    cloudformation = boto3.client("cloudformation")
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in described.get("Parameters", [])}
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=SECRET)
    secret_id = found["StackResourceDetail"]["PhysicalResourceId"]
    secret = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
    return Channel(
        secret["channelId"],
        secret["channelSecret"],
        parameters["LineApiBaseUrl"].rstrip("/"),
        parameters["LineDataApiBaseUrl"].rstrip("/"),
    )


def local_channel(line_base_url: str) -> Channel:
    """The local run's channel; its stand-in is both of LINE's servers."""
    credentials = LocalCredentials()
    return Channel(credentials.line_channel_id, credentials.line_channel_secret, line_base_url, line_base_url)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dev.rich_menu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", default="register", choices=["register", "draw"])
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    arguments = parser.parse_args(argv)
    if arguments.what == "draw":
        for language in Language:
            picture = draw(language)
            print(f"{picture.name}  {picture.stat().st_size:,} bytes")
        return 0
    try:
        if arguments.stack:
            channel = channel_of_stack(arguments.stack)
        else:
            port = arguments.port or local_run(ROOT / ".local", None)["port"]
            channel = local_channel(f"http://127.0.0.1:{port}/_line")
        done = register(channel)
    except (
        NoShop,
        BotoCoreError,
        ClientError,
        ApiException,
        TokenRefused,
        urllib3.exceptions.HTTPError,
    ) as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{len(done.menus)} rich menus: {done.made} made, {done.removed} of earlier versions removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
