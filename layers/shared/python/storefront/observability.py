"""Logs and metrics: named events with ids, never tokens, bodies, names or addresses (O4, X11).

Metrics are written in CloudWatch's embedded format by Powertools; alarms in the template listen to their names.
"""

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "Storefront"
SERVICE = "storefront"
"""One dimension for all functions, so that an alarm hears a metric whoever counts it."""


@cache
def logger() -> Logger:
    """The function's logger; its service name and level come from Powertools' own environment variables."""
    return Logger(log_uncaught_exceptions=False)


@cache
def metrics() -> Metrics:
    """The function's metrics; `flush_metrics` at the end of an invocation."""
    return Metrics(namespace=NAMESPACE, service=SERVICE)


def flush_metrics() -> None:
    """Write what was counted in this invocation, if anything was."""
    if metrics().metric_set:
        metrics().flush_metrics()


class PowertoolsMetrics:
    """The metrics port."""

    def count(self, name: str, value: int = 1) -> None:
        metrics().add_metric(name=name, unit=MetricUnit.Count, value=value)
