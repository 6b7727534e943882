"""The unmodified build, as it goes to AWS, deploys in full."""

import pytest

from dev.local.settings import ROOT
from dev.local.template import read_template
from dev.rehearsal import rehearse

pytestmark = pytest.mark.local_run


def test_every_resource_of_the_unmodified_template_is_created() -> None:
    deployed = rehearse()

    assert {status for _, _, status in deployed} == {"CREATE_COMPLETE"}
    logical_ids = {logical_id for _, logical_id, _ in deployed}
    template = read_template(ROOT / "template.yaml")
    unconditional = {
        name
        for name, resource in template["Resources"].items()
        if "Condition" not in resource and resource["Type"] != "AWS::Serverless::LayerVersion"
    }
    assert unconditional <= logical_ids
