"""What botocore says about AWS services: asked of a fresh interpreter that sees nothing but one tree.

Reads {"path": [...], "services": [...]} from standard input and writes, through botocore's own readers,
everything that decides how a call is made: operations, shapes, paginators, waiters, and the endpoint in
every region.
"""

import json
import sys
from typing import Any


def main() -> None:
    """Answer one question from standard input."""
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["path"]
    json.dump({service: _service(service) for service in asked["services"]}, sys.stdout, default=str)


def _service(name: str) -> dict[str, Any]:
    from botocore.session import Session  # noqa: PLC0415  (the path is known only now)

    session = Session()
    model = session.get_service_model(name)
    return {
        "metadata": model.metadata,
        "operations": {operation: _operation(model, operation) for operation in model.operation_names},
        "shapes": {shape: _shape(model.shape_for(shape)) for shape in model.shape_names},
        "waiters": _raw(session, name, "waiters-2"),
        "paginators": _raw(session, name, "paginators-1"),
        "endpoints": _endpoints(session, name, model.endpoint_prefix),
    }


def _operation(service: Any, name: str) -> list[Any]:
    operation = service.operation_model(name)
    shapes = [operation.input_shape, operation.output_shape, *operation.error_shapes]
    return [
        operation.http,
        [shape.name if shape else None for shape in shapes],
        operation.idempotent_members,
        operation.auth_type,
        operation.endpoint,
        operation.endpoint_discovery,
        operation.http_checksum,
        operation.http_checksum_required,
        operation.request_compression,
        operation.get_event_stream_output() is not None,
        [[parameter.name, parameter.value] for parameter in operation.static_context_parameters],
        [[parameter.name, parameter.member_name] for parameter in operation.context_parameters],
    ]


def _shape(shape: Any) -> list[Any]:
    members = getattr(shape, "members", {})
    parts = [getattr(shape, part) for part in ("member", "key", "value") if hasattr(shape, part)]
    return [
        shape.type_name,
        shape.serialization,
        shape.metadata,
        {name: [member.name, member.serialization, member.metadata] for name, member in members.items()},
        [[part.name, part.serialization] for part in parts],
    ]


def _raw(session: Any, service: str, kind: str) -> Any:
    loader = session.get_component("data_loader")
    known = service in loader.list_available_services(kind)
    return loader.load_service_model(service, kind) if known else None


def _endpoints(session: Any, service: str, prefix: str) -> dict[str, list[Any]]:
    from botocore.endpoint_provider import EndpointProvider  # noqa: PLC0415  (the path is known only now)

    loader = session.get_component("data_loader")
    table = session._get_internal_component("endpoint_resolver")
    partitions = loader.load_data("partitions")
    rules = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
    regions = [
        region
        for partition in table.get_available_partitions()
        for region in table.get_available_endpoints(prefix, partition)
    ]
    return {
        region: [
            table.construct_endpoint(prefix, region),
            *(
                _resolve(rules, region, fips=fips, dual_stack=dual)
                for fips in (False, True)
                for dual in (False, True)
            ),
        ]
        for region in regions
    }


def _resolve(rules: Any, region: str, *, fips: bool, dual_stack: bool) -> list[Any]:
    from botocore.exceptions import EndpointProviderError  # noqa: PLC0415  (the path is known only now)

    try:
        endpoint = rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack)
    except EndpointProviderError as refused:
        return [str(refused)]
    return [endpoint.url, endpoint.properties, endpoint.headers]


if __name__ == "__main__":
    main()
