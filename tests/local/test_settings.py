"""What a person may choose for the local run, and what is refused with one line."""

from pathlib import Path

import pytest

from dev.local.settings import ROOT, STAFF_LINE_USER_ID, BadSetting, LocalSettings, read_settings


def test_without_an_environment_the_run_uses_8080_and_its_own_stand_ins() -> None:
    settings = read_settings({})

    assert settings == LocalSettings(port=8080, headless=False, shop_csv=None, chosen={}, scenario="")
    assert settings.folder == ROOT / ".local" / "8080"
    assert settings.parameters("x86_64") == {
        "Architecture": "x86_64",
        "PublicBaseUrl": "http://127.0.0.1:8080",
        "PictureBaseUrl": "https://demo-shop.example/pictures",
        "LineApiBaseUrl": "http://127.0.0.1:8080/_line",
        "LineDataApiBaseUrl": "http://127.0.0.1:8080/_line",
        "LinePayBaseUrl": "http://127.0.0.1:8080/_line_pay",
        "BackofficeUrl": "http://127.0.0.1:8080/_local/order-system",
        "StaffLineUserIds": STAFF_LINE_USER_ID,
    }


def test_every_choice_reaches_the_parameter_of_its_name(tmp_path: Path) -> None:
    csv = tmp_path / "shop.csv"
    csv.write_text("sku\n", encoding="utf-8")

    settings = read_settings(
        {
            "PORT": "9001",
            "HEADLESS": "1",
            "SCENARIO": "happy",
            "SHOP_CSV": str(csv),
            "BACKOFFICE_URL": "http://127.0.0.1:7001/events/",
            "LINE_API_BASE_URL": "http://127.0.0.1:7002/",
            "LINE_DATA_API_BASE_URL": "http://127.0.0.1:7003",
            "LINE_PAY_BASE_URL": "http://127.0.0.1:7004",
            "QUOTE_VALIDITY_SECONDS": "30",
            "QUOTE_REMINDER_SECONDS": "10",
            "PAYMENT_WINDOW_SECONDS": "20",
            "PAYMENT_CHECK_SECONDS": "2",
        }
    )

    assert (settings.port, settings.headless, settings.scenario, settings.shop_csv) == (
        9001,
        True,
        "happy",
        csv,
    )
    assert settings.parameters("arm64") == {
        "Architecture": "arm64",
        "PublicBaseUrl": "http://127.0.0.1:9001",
        "PictureBaseUrl": "https://demo-shop.example/pictures",
        "BackofficeUrl": "http://127.0.0.1:7001/events/",
        "StaffLineUserIds": STAFF_LINE_USER_ID,
        "LineApiBaseUrl": "http://127.0.0.1:7002",
        "LineDataApiBaseUrl": "http://127.0.0.1:7003",
        "LinePayBaseUrl": "http://127.0.0.1:7004",
        "QuoteValiditySeconds": "30",
        "QuoteReminderSeconds": "10",
        "PaymentWindowSeconds": "20",
        "PaymentCheckSeconds": "2",
    }


def test_a_scenario_about_the_shop_s_clock_brings_its_durations_unless_others_are_chosen() -> None:
    assert read_settings({"SCENARIO": "expiry"}).chosen == {"QuoteValiditySeconds": "20"}
    chosen = read_settings({"SCENARIO": "reminder", "QUOTE_VALIDITY_SECONDS": "90"}).chosen
    assert chosen == {"QuoteReminderSeconds": "20", "QuoteValiditySeconds": "90"}
    assert read_settings({"SCENARIO": "happy"}).chosen == {}


def test_blank_choices_are_no_choices() -> None:
    assert read_settings(
        {"PORT": "", "BACKOFFICE_URL": "", "PAYMENT_CHECK_SECONDS": "", "HEADLESS": "0"}
    ) == (read_settings({}))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "eighty", "PORT must be a whole number from 1 to 65535, not 'eighty'."),
        ("PORT", "65536", "PORT must be a whole number from 1 to 65535, not '65536'."),
        ("PAYMENT_CHECK_SECONDS", "0", "PAYMENT_CHECK_SECONDS must be a whole number from 1, not '0'."),
        ("QUOTE_VALIDITY_SECONDS", "1.5", "QUOTE_VALIDITY_SECONDS must be a whole number from 1, not '1.5'."),
        (
            "LINE_PAY_BASE_URL",
            "127.0.0.1:1",
            "LINE_PAY_BASE_URL must start with http:// or https://, not '127.0.0.1:1'.",
        ),
        ("SHOP_CSV", "/not/there.csv", "SHOP_CSV names a file that is not there: /not/there.csv"),
    ],
)
def test_a_choice_that_cannot_be_used_is_refused_in_one_line(name: str, value: str, message: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({name: value})

    assert str(refused.value) == message
