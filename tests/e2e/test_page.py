"""The page of the running product in Chromium: a scenario is played from its desk, and its transcript holds it."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.spawned import LocalRun

pytestmark = [pytest.mark.local_run, pytest.mark.browser]

# A whole order on a slow machine.
PLAY_MILLISECONDS = 180_000


def test_the_happy_scenario_plays_from_the_desk_and_its_transcript_says_paid(
    local_run: LocalRun, page: Page
) -> None:
    page.goto(local_run.base_url)
    page.locator(".view[data-view=scenarios]").click()
    page.get_by_role("radio", name="不停頓").check()
    page.get_by_role("button", name="播放「一路順利」").click()

    expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=PLAY_MILLISECONDS)

    assert page.locator(".step").evaluate_all("steps => steps.every(step => step.matches('.step-done'))")
    expect(page.locator(".phone:visible").get_by_role("log", name="訊息")).to_contain_text("付款成功")
    told = httpx.get(f"{local_run.base_url}/_local/page/transcript", trust_env=False).text
    parts = ["# 一路順利", "## 付款", "付款成功", "## 出貨", "已送達", "happy held"]
    places = [told.index(part) for part in parts]
    assert places == sorted(places)
    assert "✗" not in told
