"""What commands do besides calling their verb: the questions before it, and the output while it runs. One file per feature."""

from . import (
    adapters,
    asking,
    batch,
    bundles,
    checks,
    connections,
    environments,
    profiles,
    requirements,
    rotation,
    secrets,
    trust,
    usage,
    use,
)

__all__ = [
    "adapters",
    "asking",
    "batch",
    "bundles",
    "checks",
    "connections",
    "environments",
    "profiles",
    "requirements",
    "rotation",
    "secrets",
    "trust",
    "usage",
    "use",
]
