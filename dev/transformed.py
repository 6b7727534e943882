"""Writes template.yaml as CloudFormation will see it, for cfn-lint: `python -m dev.transformed <file>`.

Only the transformed template shows a circle between a function, its permissions and a state machine.
"""

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from dev.local.processes import REGION
from dev.local.settings import ROOT
from dev.local.template import Json, read_template, resources_of

# Where `sam deploy` would have put the code; the transform asks for such an address and looks no further.
DEPLOYED = "s3://code/of-the-project"
PLACES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


def transformed(template: Json) -> Json:
    """The plain CloudFormation of a SAM template, which is changed on the way."""
    for kind, place in PLACES.items():
        for _, properties in resources_of(template, kind):
            if "InlineCode" not in properties and "Definition" not in properties:
                properties[place] = DEPLOYED
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    plain: Any = translator.translate(template, _defaults(template), {})
    return dict(plain)


def _defaults(template: Json) -> Json:
    parameters: Json = template.get("Parameters", {})
    return {name: body["Default"] for name, body in parameters.items() if "Default" in body}


def main(arguments: list[str]) -> int:
    target = Path(arguments[0])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps(transformed(read_template(ROOT / "template.yaml")), indent=2), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
