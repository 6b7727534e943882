"""The routes of the scenarios' desk: the list, play, pace and stop, and transcripts of what was said."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dev.page.asking import json_object
from dev.page.player import CannotPlay, Player
from dev.page.transcript import chat_json, chat_markdown, performance_json, performance_markdown
from dev.standins.line_platform import LinePlatform, NoSuchCustomer

DEFAULT_SPEED = 1


def playing_routes(player: Player, line: LinePlatform, shop_name: str) -> list[BaseRoute]:
    async def listed(_request: Request) -> Response:
        return JSONResponse({"scenarios": player.playbill()})

    async def play(request: Request) -> Response:
        asked = await json_object(request)
        if asked is None or not isinstance(asked.get("name"), str):
            return JSONResponse({"message": "send an object with name as application/json"}, 400)
        try:
            performance = player.start(asked["name"], asked.get("speed", DEFAULT_SPEED))
        except CannotPlay as refused:
            return JSONResponse({"reason": refused.reason, "message": str(refused)}, 409)
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 400)
        return JSONResponse({"number": performance.number, "name": performance.billed.name}, 202)

    async def pace(request: Request) -> Response:
        asked = await json_object(request)
        if asked is None:
            return JSONResponse({"message": "send an object with speed or paused as application/json"}, 400)
        try:
            player.change_pace(speed=asked.get("speed"), hold=asked.get("paused"))
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 400)
        return JSONResponse({})

    async def stop(request: Request) -> Response:
        if await json_object(request) is None:
            return JSONResponse({"message": "send an object as application/json"}, 400)
        await player.stop()
        return JSONResponse({})

    async def transcript(request: Request) -> Response:
        """`?customer=<user id>`, or without it the latest scenario; `&format=json`; `&lang=en`."""
        asked = request.query_params
        as_json, language = asked.get("format") == "json", asked.get("lang", "zh-TW")
        customer = asked.get("customer")
        if customer is None:
            if player.latest is None:
                return JSONResponse({"message": "no scenario has been played yet"}, 404)
            name = player.latest.billed.name
            if as_json:
                return _download(JSONResponse(performance_json(player.latest, line)), f"{name}.json")
            return _markdown(performance_markdown(player.latest, line, shop_name, language), f"{name}.md")
        # Another program may have named this customer: what is no letter or digit stays out of the header.
        chat = "chat-" + "".join(sign for sign in customer[:9] if sign.isascii() and sign.isalnum())
        try:
            if as_json:
                return _download(JSONResponse(chat_json(line, customer)), f"{chat}.json")
            return _markdown(chat_markdown(line, customer, shop_name, language), f"{chat}.md")
        except NoSuchCustomer:
            return JSONResponse({"message": "there is no such customer"}, 404)

    return [
        Route("/_local/page/scenarios", listed),
        Route("/_local/page/scenarios/play", play, methods=["POST"]),
        Route("/_local/page/scenarios/pace", pace, methods=["POST"]),
        Route("/_local/page/scenarios/stop", stop, methods=["POST"]),
        Route("/_local/page/transcript", transcript),
    ]


def _markdown(text: str, name: str) -> Response:
    return _download(Response(text, media_type="text/markdown; charset=utf-8"), name)


def _download(response: Response, name: str) -> Response:
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    response.headers["cache-control"] = "no-store"
    response.headers["x-content-type-options"] = "nosniff"
    return response
