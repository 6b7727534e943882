"""The secret store: kept for five minutes, asked again for a rotation, and outlived when it is away (H4)."""

import json
from collections.abc import Iterator

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from moto import mock_aws

from storefront.adapters.secrets import Secrets
from tests.aws.deployment import REGION

NAME = "line-pay"


class Vault:
    """A secret store that can go away, and forget that anybody asked."""

    def __init__(self) -> None:
        self._client = boto3.client("secretsmanager", region_name=REGION)
        self._client.create_secret(Name=NAME, SecretString="{}")

    def put(self, secret: object) -> None:
        self._client.put_secret_value(SecretId=NAME, SecretString=json.dumps(secret))

    def go_away(self) -> None:
        self._client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
        self.five_minutes_pass()

    @staticmethod
    def five_minutes_pass() -> None:
        parameters.clear_caches()  # type: ignore[no-untyped-call]


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", REGION),
    ):
        monkeypatch.setenv(name, value)
    with mock_aws():
        parameters.clear_caches()  # type: ignore[no-untyped-call]
        yield Vault()
    parameters.clear_caches()  # type: ignore[no-untyped-call]


def test_what_is_known_outlives_the_store_H4(vault: Vault) -> None:
    secrets = Secrets({"line_pay": NAME})
    vault.put({"channelSecret": "one"})
    assert secrets.read("line_pay") == {"channelSecret": "one"}
    vault.go_away()
    assert secrets.read("line_pay") == {"channelSecret": "one"}


def test_who_knows_nothing_yet_fails_H4(vault: Vault) -> None:
    vault.go_away()
    with pytest.raises(GetParameterError):
        Secrets({"line_pay": NAME}).read("line_pay")


def test_a_rotation_is_not_answered_with_what_was_known_before(vault: Vault) -> None:
    """Whoever asks for the newest must not be told that a right signature is wrong: the caller is asked again."""
    secrets = Secrets({"line_pay": NAME})
    vault.put({"channelSecret": "one"})
    secrets.read("line_pay")
    vault.go_away()
    with pytest.raises(GetParameterError):
        secrets.read("line_pay", refresh=True)


def test_a_new_secret_counts_at_once_when_it_is_asked_for(vault: Vault) -> None:
    secrets = Secrets({"line_pay": NAME})
    vault.put({"channelSecret": "one"})
    secrets.read("line_pay")
    vault.put({"channelSecret": "two"})
    assert secrets.read("line_pay") == {"channelSecret": "one"}
    assert secrets.read("line_pay", refresh=True) == {"channelSecret": "two"}
    vault.five_minutes_pass()
    assert secrets.read("line_pay") == {"channelSecret": "two"}


def test_a_secret_that_is_no_object_is_an_error(vault: Vault) -> None:
    vault.put(["channelSecret"])
    with pytest.raises(LookupError):
        Secrets({"line_pay": NAME}).read("line_pay")
