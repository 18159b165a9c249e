"""What do the files say? Layers of text by key, for one environment, each value with its place."""

from .configuration import (
    Configuration,
    Found,
    Hidden,
    check_environment_name,
    environment_from,
    environments,
    find_root,
)
from .entry import Entry
from .layers import DeferredLayer, EnvironmentLayer, JsonFileLayer
from .source import ConfigSource, WritableSource

__all__ = [
    "ConfigSource",
    "Configuration",
    "DeferredLayer",
    "Entry",
    "EnvironmentLayer",
    "Found",
    "Hidden",
    "JsonFileLayer",
    "WritableSource",
    "check_environment_name",
    "environment_from",
    "environments",
    "find_root",
]
