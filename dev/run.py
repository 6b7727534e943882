"""`make run`: the whole product on one port of 127.0.0.1, until Ctrl-C.

Starts the local AWS, builds and deploys the template into it, fills the secret store and the catalogue, and
serves the API, the stand-ins of LINE and LINE Pay and the page. Ends everything that it started.
"""

import asyncio
import json
import os
import shutil
import sys
import webbrowser
from contextlib import AsyncExitStack
from pathlib import Path

from dev.local.building import Build, BuildFailed, built, local_architecture
from dev.local.context import CallLog, LocalContext
from dev.local.deploying import DeployFailed, deploy, deployed_stack, write_overlay
from dev.local.gateway import Gateway
from dev.local.local_aws import LocalAwsFailed, MiniStack, start_local_aws
from dev.local.office import LocalOffice
from dev.local.overlay import OverlayError
from dev.local.processes import end_children
from dev.local.seeding import CannotSeed, seed, seed_rich_menus
from dev.local.server import Front, PortInUse, line_alone, reserve, serving, until_told_to_end, whole_app
from dev.local.settings import (
    ROOT,
    STAFF_LINE_USER_ID,
    STAFF_NAME,
    BadSetting,
    LocalSettings,
    read_settings,
)
from dev.local.steps import Steps, complain, say
from dev.local.template import http_routes, read_template
from dev.local.warming import warm_up
from dev.page.routes import DEMO_SHOP
from dev.page.shop_front import ShopFront
from dev.scenario import play
from dev.standins.line_pay import LinePayPlatform
from dev.standins.line_platform import LinePlatform

EXPECTED = (BadSetting, PortInUse, BuildFailed, LocalAwsFailed, OverlayError, DeployFailed, CannotSeed)
WATCH_SECONDS = 1.0


async def run(settings: LocalSettings) -> int:
    """Until told to end, or the end of the scenario or of the local AWS: the exit status. Raises EXPECTED."""
    with until_told_to_end() as told:
        running = asyncio.create_task(_run(settings))
        telling = asyncio.create_task(told.wait())
        try:
            await asyncio.wait({running, telling}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return running.result()
            say("\nEnding …")
            return 0
        finally:
            for task in (running, telling):
                task.cancel()
            await asyncio.to_thread(end_children)
            await asyncio.gather(running, telling, return_exceptions=True)


async def _run(settings: LocalSettings) -> int:
    async with AsyncExitStack() as ending:
        ministack, context = await _start(settings, ending)
        _tell_ready(context)
        if settings.scenario:
            return await play(settings.scenario, settings.base_url)
        while ministack.is_running():
            await asyncio.sleep(WATCH_SECONDS)
        complain(f"The local AWS ended by itself; its log is {ministack.log}.")
        return 1


async def _start(settings: LocalSettings, ending: AsyncExitStack) -> tuple[MiniStack, LocalContext]:
    """Returns when a message can be handled; what has to be closed is left with `ending`."""
    steps = Steps()
    front = Front(steps)
    await ending.enter_async_context(serving(front, reserve(settings.port)))
    logs = _empty_folder(settings)
    ending.callback(_leave_logs_only, settings.folder)
    template = read_template(ROOT / "template.yaml")
    architecture = local_architecture()
    parameters = settings.parameters(architecture)

    ministack, build = await asyncio.gather(
        asyncio.to_thread(_start_aws, settings, steps), asyncio.to_thread(_build, architecture, steps)
    )
    ending.callback(build.release)
    with steps.step("deploy", "deployed the template into it (sam deploy)"):
        overlay = write_overlay(build, settings.folder / "overlay", parameters, logs)
        await asyncio.to_thread(deploy, overlay, ministack.endpoint, parameters, settings.folder)
        stack = await asyncio.to_thread(deployed_stack, ministack.endpoint)
    context = LocalContext(
        base_url=settings.base_url,
        settings=settings,
        stack=stack,
        line=LinePlatform(f"{settings.base_url}/line/webhook"),
        line_pay=LinePayPlatform(shop_name=ShopFront(DEMO_SHOP).name()),
        proxied=CallLog(),
        seconds=steps.seconds,
        office=LocalOffice(stack),
    )
    with steps.step("seed", "filled the secret store and the catalogue"):
        await asyncio.to_thread(seed, context)
        _write_endpoint(context)
    # A friend of the shop already, so that notices reach this phone; nobody is welcomed for it.
    context.line.follow(context.line.add_customer(STAFF_NAME, user_id=STAFF_LINE_USER_ID).user_id)
    with steps.step("warm_up", "woke the functions that the first order meets"):
        await warm_up(template, context)
    gateway = Gateway(ministack.port, context.proxied)
    ending.push_async_callback(context.line.aclose)
    ending.push_async_callback(gateway.aclose)
    front.stand_by(line_alone(context))
    with steps.step("rich_menus", "registered the rich menus with LINE's stand-in"):
        await asyncio.to_thread(seed_rich_menus, settings, context.credentials)
        context.line.wire.clear()  # what a person watches begins with what a person does
    front.open(whole_app(context, gateway, http_routes(template)))
    steps.seconds["ready"] = steps.total()
    return ministack, context


def _empty_folder(settings: LocalSettings) -> Path:
    """Every start is empty: nothing of the run before on this port is left."""
    shutil.rmtree(settings.folder, ignore_errors=True)
    logs = settings.folder / "logs"
    logs.mkdir(parents=True)
    (settings.folder / "tmp").mkdir()
    return logs


def _write_endpoint(context: LocalContext) -> None:
    """For commands that work on a running shop, such as `make catalogue`."""
    stack = context.stack
    says = {
        "port": context.settings.port,
        "endpoint": stack.endpoint,
        "region": stack.region,
        "tables": dict(stack.outputs),
    }
    path = context.settings.folder / "endpoint.json"
    path.write_text(json.dumps(says, indent=2), encoding="utf-8")


def _leave_logs_only(folder: Path) -> None:
    """So that nobody takes a run that is over for a running one."""
    (folder / "endpoint.json").unlink(missing_ok=True)
    for place in ("overlay", "tmp"):
        shutil.rmtree(folder / place, ignore_errors=True)


def _start_aws(settings: LocalSettings, steps: Steps) -> MiniStack:
    with steps.step("local_aws", "started the local AWS (MiniStack)"):
        return start_local_aws(settings.folder)


def _build(architecture: str, steps: Steps) -> Build:
    with steps.step("build", "built functions and layers (sam build)"):
        return built(architecture)


def _tell_ready(context: LocalContext) -> None:
    url, settings = context.base_url, context.settings
    say(f"{context.seconds['ready']:6.1f} s  ready")
    say(f"\n  Chat with the shop, pay and send notices:  {url}/")
    say(f"  Webhook for LINE:                          {url}/line/webhook")
    say(f"  Logs of the functions:                     {(settings.folder / 'logs').relative_to(ROOT)}/")
    say("  Ctrl-C ends everything; the next start is empty again.\n")
    if not settings.headless and not settings.scenario and _has_display():
        webbrowser.open(url)


def _has_display() -> bool:
    """Without one, the standard library would open a text browser in this very terminal."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def main() -> int:
    try:
        return asyncio.run(run(read_settings(os.environ)))
    except EXPECTED as problem:
        complain(str(problem))
        return 1


if __name__ == "__main__":
    sys.exit(main())
