"""What commands do besides calling their verb: what they ask first, and show while it runs. One file per feature."""

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
